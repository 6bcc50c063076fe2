DROP TABLE settings;
DROP TABLE form_tokens;
DROP TABLE login_attempts;
DROP TABLE login_links;
DROP TABLE sign_ins;
DROP TABLE person_roles;
DROP TABLE people;

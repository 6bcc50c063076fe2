DROP TABLE payer_accounts;
DROP TABLE bank_accounts;
DROP TABLE attachments;
DROP TABLE organisation_members;
DROP TABLE organisations;
DROP TABLE countries;
DROP TABLE communes;

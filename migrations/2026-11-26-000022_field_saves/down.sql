DROP TABLE field_saves;

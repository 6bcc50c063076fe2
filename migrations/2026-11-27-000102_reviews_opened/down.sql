ALTER TABLE reviews DROP COLUMN opened_at;

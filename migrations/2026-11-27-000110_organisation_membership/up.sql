-- The profile says it.
ALTER TABLE organisations DROP COLUMN is_member;

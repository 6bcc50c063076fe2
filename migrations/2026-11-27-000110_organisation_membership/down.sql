ALTER TABLE organisations ADD COLUMN is_member BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE organisations SET is_member = TRUE
  WHERE id IN (SELECT organisation_id FROM organisation_profiles WHERE membership = 'member');

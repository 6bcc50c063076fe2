DROP TABLE kept_apart;
DROP TABLE seat_skills;
ALTER TABLE committee_seats DROP COLUMN is_guest;

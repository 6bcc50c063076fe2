DROP TABLE amendment_changes;
DROP TABLE amendment_lines;
ALTER TABLE amendments DROP COLUMN new_partner;
ALTER TABLE amendments DROP COLUMN new_amount_cents;

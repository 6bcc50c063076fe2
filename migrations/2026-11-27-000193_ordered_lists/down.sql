DROP INDEX disbursements_by_day;
DROP INDEX accounts_by_order;
ALTER TABLE accounts DROP COLUMN sort_key;

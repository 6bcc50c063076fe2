-- The accounts of the journal are read by funder, agreement, stage, call and grant, page by page.
ALTER TABLE accounts ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
UPDATE accounts SET sort_key =
  (SELECT f.code || ' ' || s.reference FROM funding_sources s JOIN funders f ON f.id = s.funder_id
   WHERE s.id = accounts.funding_source_id)
  || CASE stage WHEN 'funder' THEN ' 0 ' WHEN 'source' THEN ' 1 ' WHEN 'envelope' THEN ' 2 ' WHEN 'committed' THEN ' 3 '
     WHEN 'authorised' THEN ' 4 ' WHEN 'paid' THEN ' 5 ' ELSE ' 6 ' END
  || COALESCE((SELECT c.reference FROM calls c WHERE c.id = accounts.call_id), '') || ' '
  || COALESCE((SELECT g.reference FROM grants g WHERE g.id = accounts.grant_id), '');
CREATE INDEX accounts_by_order ON accounts (sort_key, id);

-- Disbursements are read by the day they are due, those without one last.
CREATE INDEX disbursements_by_day ON disbursements (state, (COALESCE(due_on, '9999-12-31')), id);

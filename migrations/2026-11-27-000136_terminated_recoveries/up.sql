-- Finance or management asks back what a grant that ended before its time was paid and did not spend.
UPDATE lifecycle_edges SET roles = 'system director finance' WHERE id = 'recovery::create';

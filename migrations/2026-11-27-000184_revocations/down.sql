DELETE FROM lifecycle_edges
  WHERE id IN ('disbursement:authorised:revoke', 'disbursement:returned:revoke', 'disbursement:in_run:revoke');

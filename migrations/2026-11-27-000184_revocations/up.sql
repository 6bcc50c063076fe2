-- An authorisation is taken back before the bank is asked for the payment.
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:authorised:revoke', 'disbursement', 'authorised', 'revoke', 'planned', 'finance system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:returned:revoke', 'disbursement', 'returned', 'revoke', 'planned', 'finance system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:in_run:revoke', 'disbursement', 'in_run', 'revoke', 'planned', 'finance system');

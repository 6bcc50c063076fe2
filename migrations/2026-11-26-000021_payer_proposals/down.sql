DROP TABLE payer_proposals;

DROP TABLE mandate_declarations;
DROP TABLE committee_mandates;

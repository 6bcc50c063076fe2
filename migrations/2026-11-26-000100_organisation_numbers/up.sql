CREATE INDEX organisations_by_rna ON organisations (rna);
CREATE INDEX organisations_by_uai ON organisations (uai);

DROP INDEX organisations_by_uai;
DROP INDEX organisations_by_rna;

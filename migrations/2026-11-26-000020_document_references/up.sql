-- A number names one document. The papers stay as they were issued; where two had the same number, the register adds the
-- check code of the later one.
UPDATE documents SET reference = reference || '-' || check_code
WHERE EXISTS (SELECT 1 FROM documents AS older WHERE older.reference = documents.reference AND older.id < documents.id);
DROP INDEX documents_by_reference;
CREATE UNIQUE INDEX documents_by_reference ON documents (reference);
-- Nobody is called « La direction »: letters are signed by a person, whom the fund names.
DELETE FROM settings WHERE name = 'signatory_name' AND value = 'La direction';

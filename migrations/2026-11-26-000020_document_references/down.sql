DROP INDEX documents_by_reference;
CREATE INDEX documents_by_reference ON documents (reference);
UPDATE documents SET reference = substr(reference, 1, length(reference) - length(check_code) - 1)
WHERE reference LIKE '%-' || check_code;

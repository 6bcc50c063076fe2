-- What funders have still to pay is read in the order in which it is expected, page by page.
CREATE INDEX source_instalments_awaited ON source_instalments (expected_on, id) WHERE received_on IS NULL;

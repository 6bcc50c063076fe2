DROP TABLE account_checks;

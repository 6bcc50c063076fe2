DROP TABLE payment_run_lines;

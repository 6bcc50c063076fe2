//! Rows and the queries that read and write them. No rule, no French.

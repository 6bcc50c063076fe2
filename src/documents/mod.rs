//! Letters and receipts as tagged PDF bytes.

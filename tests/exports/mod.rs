//! Files that leave the house, read back by other programs' rules.

mod answers;
mod credit_transfers;
mod tables;

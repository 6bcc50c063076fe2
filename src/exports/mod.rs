//! Files that leave the house: CSV, XLSX, SEPA credit transfers.

pub mod answers;
pub mod applications;
pub mod credit_transfers;
mod csv_files;
pub mod disbursements;
pub mod grants;
pub mod sheets;
pub mod statistics;
mod xlsx_files;

use crate::usecases::exports::Exported;

/// A noun that leaves the house as a table.
pub trait Tabled: Exported + 'static {
    const TABLE: &'static sheets::Table<Self::Row>;
}

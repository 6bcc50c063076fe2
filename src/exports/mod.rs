//! Files that leave the house: CSV, XLSX, ZIP, SEPA credit transfers.

pub mod answers;
pub mod applications;
pub mod archives;
pub mod credit_transfers;
mod csv_files;
pub mod disbursements;
pub mod donations;
pub mod evidence_packs;
pub mod grants;
pub mod lists;
pub mod movements;
pub mod rankings;
pub mod score_sheets;
pub mod sheets;
pub mod statistics;
pub mod treasury;
mod xlsx_files;

use crate::usecases::exports::Exported;

/// A noun that leaves the house as a table.
pub trait Tabled: Exported + 'static {
    const TABLE: &'static sheets::Table<Self::Row>;
}

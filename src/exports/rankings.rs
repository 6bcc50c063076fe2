//! The ranking of a call as a table: the figures of each file side by side.

use super::{
    Tabled,
    sheets::{Column, Table, shared},
};
pub use crate::usecases::exports::{RankingRow, Rankings};

/// The table of a ranking.
pub const RANKINGS: &Table<RankingRow> =
    &Table { name: "Classement", columns: COLUMNS, fund: |row| &row.origin.fund_code };

#[rustfmt::skip]
const COLUMNS: &[Column<RankingRow>] = &[
    shared!(application_reference),
    shared!(rank),
    shared!(project_title),
    Column::text("applicant_name", "Organisation", 34, |r| &r.applicant_name),
    Column::rate("mean_percent", "Moyenne (%)", |r| r.mean),
    Column::rate("median_percent", "Médiane (%)", |r| r.median),
    Column::rate("spread_percent", "Écart (%)", |r| r.spread),
    Column::rate("adjusted_percent", "Note ajustée (%)", |r| r.adjusted),
    Column::integer("gained_places", "Places gagnées par la note ajustée", |r| r.gained),
    Column::codes("remarks", "Remarques", 40, |r| &r.remarks),
    Column::text("confidence", "Assurance des lectures", 30, |r| &r.confidence),
    shared!(reviews),
    shared!(requested),
    shared!(status),
    shared!(status_label),
    shared!(awarded),
    shared!(call_reference),
    shared!(call_title),
];

impl Tabled for Rankings {
    const TABLE: &'static Table<RankingRow> = RANKINGS;
}

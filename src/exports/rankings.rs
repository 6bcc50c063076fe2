//! The ranking of a call as a table: the figures of each file side by side.

use super::{
    Tabled,
    sheets::{Column, Table},
};
pub use crate::usecases::exports::{RankingRow, Rankings};

/// The table of a ranking.
pub const RANKINGS: &Table<RankingRow> =
    &Table { name: "Classement", columns: COLUMNS, fund: |row| &row.origin.fund_code };

#[rustfmt::skip]
const COLUMNS: &[Column<RankingRow>] = &[
    Column::text("application_reference", "Dossier", 18, |r| &r.application_reference),
    Column::integer("rank", "Rang", |r| r.rank),
    Column::text("project_title", "Projet", 40, |r| &r.project_title),
    Column::text("applicant_name", "Structure", 34, |r| &r.applicant_name),
    Column::rate("mean_percent", "Moyenne (%)", |r| r.mean),
    Column::rate("median_percent", "Médiane (%)", |r| r.median),
    Column::rate("spread_percent", "Écart (%)", |r| r.spread),
    Column::rate("adjusted_percent", "Note ajustée (%)", |r| r.adjusted),
    Column::integer("gained_places", "Places gagnées par la note ajustée", |r| r.gained),
    Column::codes("remarks", "Remarques", 40, |r| &r.remarks),
    Column::integer("reviews", "Notations rendues", |r| r.reviews),
    Column::money("requested", "Demandé (€)", |r| r.requested),
    Column::text("status", "Code d’état", 12, |r| r.status),
    Column::text("status_label", "État", 18, |r| r.status_label),
    Column::money("awarded", "Attribué (€)", |r| r.awarded),
    Column::text("call_reference", "Référence de l’appel", 18, |r| &r.origin.call_reference),
    Column::text("call_title", "Appel à projets", 30, |r| &r.origin.call_title),
];

impl Tabled for Rankings {
    const TABLE: &'static Table<RankingRow> = RANKINGS;
}

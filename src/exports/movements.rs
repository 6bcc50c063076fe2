//! The money journal as tables: movements, and accounts with what lay on them one day.

use super::sheets::{Column, Table};
use crate::usecases::books::{AccountBalance, Movement};

/// The table of movements.
pub const MOVEMENTS: &Table<Movement> = &Table { name: "Journal", columns: MOVEMENT_COLUMNS, fund: |_| "Journal" };

/// The table of accounts.
pub const BALANCES: &Table<AccountBalance> = &Table { name: "Soldes", columns: BALANCE_COLUMNS, fund: |_| "Soldes" };

/// The reference of the call a movement is about, or nothing.
fn call_of(movement: &Movement) -> &str {
    movement.to.call.as_deref().or(movement.from.call.as_deref()).unwrap_or_default()
}

/// The reference of the grant a movement is about, or nothing.
fn grant_of(movement: &Movement) -> &str {
    movement.to.grant.as_deref().or(movement.from.grant.as_deref()).unwrap_or_default()
}

#[rustfmt::skip]
const MOVEMENT_COLUMNS: &[Column<Movement>] = &[
    Column::text("kind_label", "Mouvement", 26, |r| r.row.kind.label()),
    Column::text("kind", "Code du mouvement", 18, |r| r.row.kind.code()),
    Column::integer("number", "Nº", |r| Some(r.row.seq)),
    Column::instant("at", "Quand", |r| Some(r.row.at)),
    Column::text("from_stage", "De", 28, |r| r.from.stage.label()),
    Column::text("to_stage", "Vers", 28, |r| r.to.stage.label()),
    Column::text("source_reference", "Convention", 20, |r| &r.from.source),
    Column::text("call_reference", "Appel à projets", 20, call_of),
    Column::text("grant_reference", "Subvention", 20, grant_of),
    Column::integer("reverses", "Corrige la ligne nº", |r| r.row.reverses_seq),
    Column::money("amount", "Montant (€)", |r| Some(r.row.amount_cents)),
];

#[rustfmt::skip]
const BALANCE_COLUMNS: &[Column<AccountBalance>] = &[
    Column::text("stage_label", "Étape", 28, |r| r.account.stage.label()),
    Column::text("stage", "Code de l’étape", 16, |r| r.account.stage.code()),
    Column::text("source_reference", "Convention", 20, |r| &r.account.source),
    Column::text("call_reference", "Appel à projets", 20, |r| r.account.call.as_deref().unwrap_or_default()),
    Column::text("grant_reference", "Subvention", 20, |r| r.account.grant.as_deref().unwrap_or_default()),
    Column::date("on", "Au soir du", |r| Some(r.on)),
    Column::money("balance", "Solde (€)", |r| Some(r.balance)),
];

//! Donations as a table: one row for each, with its donor, for whoever may know of donors.

use super::sheets::{Column, Table};
use crate::usecases::donation_books::DonationLine;

/// The table of donations.
pub const DONATIONS: &Table<DonationLine> = &Table { name: "Dons", columns: COLUMNS, fund: |_| "Dons" };

#[rustfmt::skip]
const COLUMNS: &[Column<DonationLine>] = &[
    Column::text("reference", "Don", 16, |r| &r.row.reference),
    Column::date("given_on", "Donné le", |r| Some(r.row.given_on)),
    Column::text("donor_kind", "Code du type de donateur", 12, |r| r.row.donor_kind.code()),
    Column::text("donor_kind_label", "Donateur", 16, |r| r.row.donor_kind.label()),
    Column::text("name", "Nom ou dénomination", 28, |r| &r.row.name),
    Column::text("first_names", "Prénoms", 20, |r| &r.row.first_names),
    Column::text("legal_form", "Forme juridique", 14, |r| &r.row.legal_form),
    Column::text("siren", "SIREN", 12, |r| &r.row.siren),
    Column::text("street", "Adresse", 30, |r| &r.row.street),
    Column::text("postcode", "Code postal", 10, |r| &r.row.postcode),
    Column::text("city", "Commune", 20, |r| &r.row.city),
    Column::text("email", "Courriel", 28, |r| &r.row.email),
    Column::money("amount", "Montant (€)", |r| Some(r.row.amount_cents)),
    Column::text("means", "Code du moyen", 12, |r| r.row.means.code()),
    Column::text("means_label", "Mode de versement", 18, |r| r.row.means.label()),
    Column::text("gift_form_label", "Forme du don", 18, |r| r.row.gift_form.label()),
    Column::text("source", "Source alimentée", 20, |r| &r.source),
    Column::text("wish", "Fléchage", 28, |r| &r.wish),
    Column::text("receipt", "Reçu fiscal", 14, |r| &r.receipt),
    Column::text("status", "Code d’état", 12, |r| r.row.state.code()),
    Column::text("status_label", "État", 18, |r| r.row.state.label()),
];

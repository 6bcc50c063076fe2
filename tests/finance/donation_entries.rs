//! Donations as the accountant and a statement tell them: each under its own number, on its own day, and nobody by name.

use super::donations::house;
use crate::support::{databases::each_database, programme::open};
use tisserand::{
    domain::{accounting::charts, lifecycles::donations::DonationEvent, money::Euros},
    store::{accounting as entries, funding_sources},
    usecases::{
        accounting,
        donations::DonationForm,
        evidence::{self, Told},
        evidence_packs,
    },
};

#[test]
fn a_donation_is_entered_under_its_own_number_on_its_own_day() {
    for db in each_database() {
        let house = house(db);
        let (today, given_on) = (open().paris_date(), open().plus_days(-1).paris_date());
        let form = DonationForm { given_on: given_on.to_string(), ..house.form("150") };
        let id = house.record(&form).unwrap();
        house.cancel(id, DonationEvent::Cancel, "Chèque sans provision").unwrap();
        let mut fields: accounting::Fields = charts::usual().into_iter().collect();
        fields.insert(charts::SIREN.into(), "732829320".into());
        let made = house.db().write(|tx| {
            accounting::set(tx, &house.finance, &fields)?;
            accounting::export(tx, &house.finance, today, open())
        });
        let made = made.unwrap();
        let found = house.db().read(|conn| entries::entries(conn, made, 0, 100)).unwrap();
        let reference = house.row(id).reference;
        let told: Vec<_> = found.iter().filter(|entry| entry.piece == reference).collect();
        let days: Vec<_> = told.iter().map(|entry| (entry.entry_on, entry.piece_on)).collect();
        assert_eq!(days, [(today, given_on), (today, today)], "recorded, then taken back");
        assert!(told.iter().all(|entry| entry.label.contains(&reference) && !entry.label.contains("Martin")));
        assert!(told.iter().all(|entry| entry.third_name.is_empty()), "no accountant needs the name of a donor");
    }
}

#[test]
fn the_statement_of_a_source_counts_what_donors_gave() {
    for db in each_database() {
        let house = house(db);
        house.record(&house.form("150")).unwrap();
        let gone = house.record(&house.form("20")).unwrap();
        house.cancel(gone, DonationEvent::Cancel, "Chèque sans provision").unwrap();
        let source = house.db().read(|conn| funding_sources::by_reference(conn, "DONS-2027")).unwrap().unwrap();
        let period = evidence_packs::period("2026-01-01", "2026-12-31").unwrap();
        let found = house.db().read(|conn| {
            let funder = evidence::funder(conn, source.funder_id)?;
            evidence::gather(conn, &funder, period, (None, Told::Every), open())
        });
        let told = found.unwrap().evidence.sources;
        let told = told.iter().find(|told| told.reference == source.reference).unwrap();
        let all = Euros::whole(150);
        assert_eq!((told.amount, told.received, told.in_hand()), (all, all, all));
    }
}

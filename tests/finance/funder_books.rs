//! What a funder reads of its money is what its evidence pack says and what the journal holds, to the cent.

use super::{
    NAME, cash,
    evidence::{ask, reader},
};
use crate::support::{
    databases::each_database,
    grants::{Grantee, IBANS, Paying},
    site::Site,
};
use tisserand::{
    domain::{
        amendments::AmendmentKind,
        evidence_packs::{Evidence, SourceFacts},
        ids::{DisbursementId, GrantId},
        journal::Stage,
        lifecycles::grants::GrantEvent,
        money::Euros,
        reports::ReportKind,
    },
    store::{
        Tx, disbursements as payments,
        journal::{self, Scope},
        recoveries as recovery_rows,
    },
    usecases::{
        Actor,
        amendments::{self, AmendmentForm},
        disbursements,
        evidence::Told,
        evidence_packs, grants, recoveries,
    },
};

/// Two grants that two funders share: of the first something came back, of the second something was never spent.
fn lived(paying: &Paying) -> [Grantee; 2] {
    let (first, second) = (paying.award(NAME, Euros::whole(10_000)), paying.award("Le Fil", Euros::whole(6_001)));
    paying.announce();
    paying.ready(&first, NAME, IBANS[0]);
    paying.ready(&second, "Le Fil", IBANS[1]);
    for grantee in [&first, &second] {
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
    }
    paying.report(&first, ReportKind::Interim, Euros::whole(4_000));
    paying.report(&first, ReportKind::Final, Euros::whole(4_000));
    let owed = paying.db.read(|conn| recovery_rows::of_grant(conn, first.grant)).unwrap()[0].id;
    let today = paying.now.paris_date();
    paying.does(|tx| recoveries::receive(tx, &paying.finance, owed, 0, today, paying.now).map(drop)).unwrap();
    paying.report(&second, ReportKind::Interim, Euros::whole(5_000));
    paying.report(&second, ReportKind::Final, Euros::whole(5_000));
    paying.check();
    [first, second]
}

fn told(paying: &Paying, who: &Actor, (from, until): (&str, &str), told: Told<'_>) -> Evidence {
    let period = evidence_packs::period(from, until).unwrap();
    let found = paying.db.read(|conn| evidence_packs::statement(conn, who, period, told, paying.now));
    found.unwrap().unwrap().evidence
}

const YEARS: (&str, &str) = ("2026-01-01", "2028-12-31");

#[actix_web::test]
async fn a_funder_reads_the_figures_of_its_pack_and_of_the_journal_to_the_cent() {
    for db in each_database() {
        let paying = Paying::on(db);
        lived(&paying);
        let door = Site::over(&paying.db, paying.now);
        let mut all: Vec<SourceFacts> = Vec::new();
        for code in ["afd", "region"] {
            let who = reader(&paying, code, Some(code));
            let page = told(&paying, &who, YEARS, Told::After("", 1));
            assert_eq!(page.grants.len(), 1, "one grant is told, the figures are of both");
            let pack = ask(&paying, &paying.finance, code);
            let later = paying.now.plus_minutes(60);
            let frozen = paying.does(|tx| evidence_packs::freeze(tx, pack, later)).unwrap().unwrap();
            assert_eq!(frozen.sources, page.sources);
            assert_eq!(frozen.grants.len(), 2);
            for source in &page.sources {
                let lies =
                    |stage| paying.db.read(|conn| journal::balance(conn, stage, Scope::Source(source.id))).unwrap();
                assert_eq!(source.committed, lies(Stage::Committed));
                assert_eq!(source.authorised, lies(Stage::Authorised));
                assert_eq!(source.recovered, lies(Stage::Recovered));
                assert_eq!(source.paid - source.recovered, lies(Stage::Paid));
            }
            let figures = |of: fn(&SourceFacts) -> Euros| frozen.sources.iter().map(of).sum::<Euros>();
            let paid: Euros = frozen.grants.iter().map(|grant| grant.paid()).sum();
            assert_eq!(figures(|source| source.paid_in_period), paid, "payment by payment");
            let recovered: Euros = frozen.grants.iter().map(|grant| grant.recovered).sum();
            assert_eq!(figures(|source| source.recovered), recovered);
            let awarded: Euros = frozen.grants.iter().map(|grant| grant.awarded).sum();
            assert_eq!(figures(|source| source.committed + source.authorised + source.paid), awarded);
            let before = told(&paying, &who, ("2020-01-01", "2020-12-31"), Told::After("", 9));
            assert!(before.grants.is_empty() && before.sources.iter().all(|one| one.paid_in_period == Euros::ZERO));
            let shown = door.get(&door.cookie_of(&who), "/bailleur?du=2026-01-01&au=2028-12-31").await;
            let shown = shown.text().await.unwrap();
            for amount in page.sources.iter().flat_map(|one| [one.committed, one.paid, one.recovered]) {
                assert!(shown.contains(&amount.to_string()), "{amount}: {shown}");
            }
            all.extend(page.sources);
        }
        let sum = |of: fn(&SourceFacts) -> Euros| all.iter().map(of).sum::<Euros>();
        assert_eq!(sum(|source| source.recovered), Euros::whole(1_400));
        // 5 000 and half of 6 001.
        assert_eq!(sum(|source| source.paid), Euros::from_cents(800_050));
        // 90 % of what the second project cost, less what was paid: the rest of its award lies in the envelope again.
        assert_eq!(sum(|source| source.committed + source.authorised), Euros::from_cents(149_950));
        assert!(all.iter().filter(|source| source.paid.is_positive()).count() > 1, "two sources share each payment");
    }
}

#[test]
fn whoever_is_recused_reads_for_a_funder_without_the_file() {
    for db in each_database() {
        let paying = Paying::on(db);
        let [first, second] = lived(&paying);
        let who = reader(&paying, "anna", Some("afd"));
        paying.recuse(&who, first.grant);
        let page = told(&paying, &who, YEARS, Told::After("", 9));
        assert_eq!(page.grants.iter().map(|grant| grant.id).collect::<Vec<_>>(), [second.grant]);
        for source in &page.sources {
            let scope = Scope::GrantSource(second.grant, source.id);
            let lies = |stage| paying.db.read(|conn| journal::balance(conn, stage, scope)).unwrap();
            assert_eq!((source.paid, source.recovered), (lies(Stage::Paid), Euros::ZERO));
            assert_eq!(source.paid_in_period, lies(Stage::Paid));
            assert_eq!(source.committed, lies(Stage::Committed));
        }
    }
}

/// The figures a funder reads are what the journal holds of these grants and of no other; those of all its agreements.
fn adds_up(paying: &Paying, who: &Actor, grants: &[GrantId]) -> SourceFacts {
    let page = told(paying, who, YEARS, Told::After("", 9));
    assert!(page.grants.iter().all(|grant| grants.contains(&grant.id)));
    for source in &page.sources {
        let lies = |stage| -> Euros {
            let of = |grant: &GrantId| Scope::GrantSource(*grant, source.id);
            let balance = |grant: &GrantId| paying.db.read(|conn| journal::balance(conn, stage, of(grant))).unwrap();
            grants.iter().map(balance).sum()
        };
        assert_eq!(source.committed, lies(Stage::Committed));
        assert_eq!(source.authorised, lies(Stage::Authorised));
        assert_eq!((source.paid, source.paid_in_period), (lies(Stage::Paid), lies(Stage::Paid)), "nothing came back");
    }
    let sum = |of: fn(&SourceFacts) -> Euros| page.sources.iter().map(of).sum::<Euros>();
    let (committed, paid) = (sum(|source| source.committed), sum(|source| source.paid));
    SourceFacts { committed, paid, ..page.sources[0].clone() }
}

fn returned(paying: &Paying, line: DisbursementId) {
    let version = paying.db.read(|conn| payments::find(conn, line)).unwrap().version;
    let why = "Compte clos (AC04)";
    let back =
        paying.does(|tx| disbursements::mark_returned(tx, &paying.finance, line, version, why, paying.now).map(drop));
    back.unwrap();
}

#[test]
fn under_an_embargo_after_a_return_an_amendment_and_an_end_the_figures_are_those_of_the_journal() {
    for db in each_database() {
        let paying = Paying::on(db);
        let (first, second) = (paying.award(NAME, Euros::whole(10_000)), paying.award("Le Fil", Euros::whole(6_001)));
        let who = reader(&paying, "anna", Some("afd"));
        assert_eq!(adds_up(&paying, &who, &[]).committed, Euros::ZERO, "nothing is told before its day");
        paying.announce();
        let both = [first.grant, second.grant];
        let announced = adds_up(&paying, &who, &both).committed;
        assert!(announced.is_positive());
        paying.ready(&first, NAME, IBANS[0]);
        paying.ready(&second, "Le Fil", IBANS[1]);
        let line = paying.payments(first.grant)[0].id;
        paying.pay(paying.prepare(&[line]));
        let paid = adds_up(&paying, &who, &both).paid;
        assert!(paid.is_positive());
        returned(&paying, line);
        assert_eq!(adds_up(&paying, &who, &both).paid, Euros::ZERO, "the bank has sent it back");
        paying.authorise(line).unwrap();
        paying.pay(paying.put_in_run(&[line]).unwrap());
        let whole = adds_up(&paying, &who, &both);
        assert_eq!((whole.paid, whole.paid + whole.committed), (paid, announced), "paid again, once");

        let less = AmendmentForm::new(AmendmentKind::Amount, "Moins de séances", "Une école s’est retirée");
        let less = AmendmentForm { new_amount: Some(Euros::whole(8_000)), ..less };
        let ask = |tx: &mut Tx| amendments::request(tx, &first.holder, first.grant, &less, paying.now);
        let asked = paying.does(ask).unwrap();
        let (officer, said) = (&paying.officer, (true, ""));
        paying.does(|tx| amendments::decide(tx, officer, (asked, 0), said, paying.now).map(drop)).unwrap();
        let lowered = adds_up(&paying, &who, &both).committed;
        assert!(lowered < whole.committed, "what an amendment takes is promised no more");
        let (version, why) = (paying.grant(second.grant).version, (GrantEvent::Terminate, "Projet abandonné"));
        let end = |tx: &mut Tx| {
            grants::change_with_reason(tx, &paying.director, second.grant, version, why, paying.now).map(drop)
        };
        paying.does(end).unwrap();
        assert!(adds_up(&paying, &who, &both).committed < lowered, "nor what a grant that ended leaves");
        paying.check();
    }
}

#[test]
fn what_is_in_hand_is_of_one_day_even_where_the_period_ended_before() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        let advance = cash::expected(&paying, "Avance", -1, "9 000");
        cash::received(&paying, advance, "9 000");
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        // Both moved today, after the last day of the period.
        let yesterday = paying.now.plus_days(-1).paris_date().to_string();
        let who = reader(&paying, "anna", Some("afd"));
        let found = told(&paying, &who, ("2026-01-01", yesterday.as_str()), Told::Every);
        let source = found.sources.iter().find(|source| source.reference == "AFD-2026-TANDEMS").unwrap();
        assert!(source.paid.is_positive() && source.paid_in_period == Euros::ZERO, "{source:?}");
        assert_eq!((source.expected, source.received), (Euros::whole(9_000), Euros::whole(9_000)));
        assert_eq!(source.in_hand(), Euros::whole(9_000) - source.paid);
    }
}

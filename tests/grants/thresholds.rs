//! When a grant goes with a signed agreement: by its own amount, and by what one organisation accepts in a year.

use super::{NAME, page};
use crate::support::{
    databases::{each_database, sqlite},
    grants::{Grantee, IBANS, Paying},
    site::Site,
};
use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use tisserand::{
    domain::{
        amendments::AmendmentKind,
        letters::LetterKind,
        lifecycles::grants::{GrantEvent, GrantState},
        money::Euros,
    },
    store::{
        StoreError, Tx, documents,
        schema::{applications, grants::dsl},
    },
    usecases::{
        UseCaseError,
        amendments::{self, AmendmentForm},
        grant_papers, grants,
    },
};

/// Two offers to one organisation, of so many cents.
fn offers(paying: &Paying, cents: [i64; 2]) -> [Grantee; 2] {
    let first = paying.award(NAME, Euros::from_cents(cents[0]));
    let second = paying.award("Le Fil", Euros::from_cents(cents[1]));
    let row = diesel::update(dsl::grants.find(second.grant)).set(dsl::organisation_id.eq(first.organisation));
    paying.does(|tx| row.clone().execute(tx.conn()).map_err(StoreError::from).map_err(UseCaseError::from)).unwrap();
    paying.announce();
    let second = Grantee { holder: first.holder.clone(), organisation: first.organisation, grant: second.grant };
    [first, second]
}

fn is_required(paying: &Paying, grantee: &Grantee) -> bool {
    paying.grant(grantee.grant).is_agreement_required
}

#[test]
fn what_one_organisation_accepts_in_a_year_counts_together() {
    for db in each_database() {
        let paying = Paying::on(db);
        let [first, second] = offers(&paying, [1_300_000, 1_000_001]);
        paying.accept(&first);
        assert_eq!((is_required(&paying, &first), paying.grant(first.grant).state), (false, GrantState::Active));
        paying.accept(&second);
        assert_eq!((is_required(&paying, &second), paying.grant(second.grant).state), (true, GrantState::Accepted));
        paying.send_agreement(second.grant);
        let sent = paying.db.read(|conn| documents::of_subject(conn, second.grant.as_str())).unwrap();
        let sent = sent.iter().find(|row| row.kind == LetterKind::Agreement).unwrap();
        assert!(sent.facts.contains("2001-495"), "it says what the law asks: {}", sent.facts);

        let decides = |euros| {
            let form = AmendmentForm::new(AmendmentKind::Amount, "Changer cela", "Le projet a changé");
            let form = AmendmentForm { new_amount: Some(Euros::whole(euros)), ..form };
            let id = paying.does(|tx| amendments::request(tx, &first.holder, first.grant, &form, paying.now)).unwrap();
            let said = caution(&paying, &first);
            paying
                .does(|tx| amendments::decide(tx, &paying.officer, (id, 0), (true, ""), paying.now).map(drop))
                .unwrap();
            said
        };
        assert_eq!(decides(12_500), "", "less than it was");
        let said = decides(13_500);
        assert!(said.contains("Toutes les subventions de l’année comptent"), "{said}");
        assert_eq!(paying.grant(first.grant).amount_cents, Euros::whole(12_500), "an agreement is to be signed first");
        paying.check();
    }
}

#[test]
fn neither_the_exact_amount_nor_another_year_takes_an_agreement() {
    let paying = Paying::on(sqlite());
    let [first, second] = offers(&paying, [1_300_000, 1_000_000]);
    paying.accept(&first);
    paying.accept(&second);
    assert!(!is_required(&paying, &first) && !is_required(&paying, &second), "23 000 € are not more than 23 000 €");
    assert_eq!(paying.grant(second.grant).state, GrantState::Active);
    paying.check();

    let paying = Paying::on(sqlite());
    let [first, second] = offers(&paying, [1_200_000, 1_200_000]);
    paying.accept(&first);
    let year = paying.grant(first.grant).decided_on.year();
    let owed = |day: Option<NaiveDate>| {
        let row = diesel::update(dsl::grants.find(first.grant)).set(dsl::decided_on.eq(day.unwrap()));
        paying.does(|tx| row.clone().execute(tx.conn()).map_err(StoreError::from).map_err(UseCaseError::from)).unwrap();
        owes(&paying, &second)
    };
    assert!(!owed(NaiveDate::from_ymd_opt(year - 1, 12, 31)), "the year before");
    assert!(owed(NaiveDate::from_ymd_opt(year, 1, 1)) && owed(NaiveDate::from_ymd_opt(year, 12, 31)));
}

/// What whoever decides the amendment that is asked for reads first; empty when there is nothing to say.
fn caution(paying: &Paying, grantee: &Grantee) -> String {
    let seen = paying.db.read(|conn| grant_papers::find(conn, &paying.officer, grantee.grant, paying.now)).unwrap();
    seen.cautions.into_iter().map(|(_, said)| said).collect()
}

/// Whether the offer goes with an agreement, as its holder reads it.
fn owes(paying: &Paying, offer: &Grantee) -> bool {
    let seen = paying.db.read(|conn| grant_papers::find(conn, &offer.holder, offer.grant, paying.now));
    seen.unwrap().file.grant.is_agreement_required
}

#[test]
fn a_grant_that_was_terminated_counts_for_what_was_paid_of_it() {
    for db in each_database() {
        let paying = Paying::on(db);
        let [first, second] = offers(&paying, [200_000, 2_250_000]);
        assert!(!owes(&paying, &second));
        paying.ready(&first, NAME, IBANS[0]);
        assert!(owes(&paying, &second));
        paying.pay(paying.prepare(&[paying.payments(first.grant)[0].id]));
        end(&paying, &first);
        assert!(owes(&paying, &second), "what was paid was granted");
        paying.check();
    }
    let paying = Paying::on(sqlite());
    let [first, second] = offers(&paying, [200_000, 2_250_000]);
    paying.ready(&first, NAME, IBANS[0]);
    end(&paying, &first);
    assert!(!owes(&paying, &second), "nothing was paid");
    paying.check();
}

fn end(paying: &Paying, grantee: &Grantee) {
    let (version, why) = (paying.grant(grantee.grant).version, (GrantEvent::Terminate, "Projet abandonné"));
    let ends = |tx: &mut Tx| {
        grants::change_with_reason(tx, &paying.director, grantee.grant, version, why, paying.now).map(drop)
    };
    paying.does(ends).unwrap();
}

#[test]
fn what_wants_an_agreement_of_a_raise_is_the_call_or_the_law() {
    let grows = |threshold: i64, [from, to]: [i64; 2]| {
        let paying = Paying::with(sqlite(), |call| call.agreement_threshold = Euros::whole(threshold));
        let grantee = paying.award(NAME, Euros::whole(from));
        paying.announce();
        paying.accept(&grantee);
        let form = AmendmentForm::new(AmendmentKind::Amount, "Changer cela", "Le projet a changé");
        let form = AmendmentForm { new_amount: Some(Euros::whole(to)), ..form };
        paying.does(|tx| amendments::request(tx, &grantee.holder, grantee.grant, &form, paying.now)).unwrap();
        caution(&paying, &grantee)
    };
    for (threshold, amounts) in [(5_000, [5_000, 5_001]), (24_000, [24_000, 24_001])] {
        let said = grows(threshold, amounts);
        assert!(said.contains("l’appel veut une convention") && !said.contains("2001-495"), "{said}");
    }
    let said = grows(23_000, [23_000, 23_001]);
    assert!(said.contains("la loi veut une convention") && said.contains("2001-495"), "{said}");
}

#[actix_web::test]
async fn the_offer_says_why_an_agreement_is_signed_before_it_is_accepted() {
    let paying = Paying::on(sqlite());
    let [first, second] = offers(&paying, [1_300_000, 1_100_000]);
    let application = paying.grant(second.grant).application_id;
    let row = diesel::update(applications::table.find(application));
    let row = row.set(applications::organisation_id.eq(first.organisation));
    paying.does(|tx| row.clone().execute(tx.conn()).map_err(StoreError::from).map_err(UseCaseError::from)).unwrap();
    let site = Site::over(&paying.db, paying.now);
    let (cookie, home) = (site.cookie_of(&second.holder), format!("/subventions/{}", second.grant));
    let before = page(site.get(&cookie, &home).await, 200).await;
    assert!(before.contains("remplace la convention"), "an offer nobody answered counts for nothing: {before}");
    paying.accept(&first);
    let after = page(site.get(&cookie, &home).await, 200).await;
    assert!(after.contains("car vos subventions de l’année dépassent ensemble"), "{after}");
}

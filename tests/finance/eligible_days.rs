//! A payment outside the eligible days of the agreement it comes from is said to whoever makes it, and stays where the
//! agreement says so.

use super::{Desk, NAME, led_to, text};
use crate::support::{
    databases::{each_database, sqlite},
    grants::{Paying, text_of},
    site::Site,
};
use tisserand::{
    domain::{
        amendments::AmendmentKind, blockers::Blocker, definitions::OutsideDays, ids::FundingSourceId, money::Euros,
    },
    store::{Tx, funding_sources},
    usecases::{
        UseCaseError,
        amendments::{self, AmendmentForm},
        approvals, disbursements, eligible_days,
        funding_sources::{self as agreements, SourceForm},
        payables,
        payment_runs::{self, Preparation},
    },
};

const REFERENCE: &str = "AFD-2026-TANDEMS";

fn source(paying: &Paying) -> FundingSourceId {
    paying.db.read(|conn| funding_sources::by_reference(conn, REFERENCE)).unwrap().unwrap().id
}

/// The agreement pays until so many days from now.
fn pays_until(paying: &Paying, days: i64, refuses_outside: bool) {
    let id = source(paying);
    let known = paying.db.read(|conn| agreements::find(conn, &paying.finance, id, paying.now)).unwrap().definition;
    let eligible_until = paying.now.plus_days(days).paris_date().to_string();
    let form = SourceForm { eligible_until, refuses_outside, ..SourceForm::of(&known) };
    paying.does(|tx| agreements::save(tx, &paying.finance, Some(id), &form, paying.now)).unwrap();
    let saved = paying.db.read(|conn| agreements::find(conn, &paying.finance, id, paying.now)).unwrap().definition;
    let wanted = if refuses_outside { OutsideDays::Refuse } else { OutsideDays::Say };
    assert_eq!(saved.outside_days, wanted);
    assert_eq!(SourceForm::of(&saved), form, "the page shows what was saved");
}

fn reason(error: UseCaseError) -> String {
    let UseCaseError::Refused(reason) = error else { panic!("{error:?}") };
    reason.to_string()
}

#[test]
fn a_payment_outside_the_eligible_days_stays_where_the_agreement_says_so() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        let first = paying.payments(grantee.grant)[0].id;
        let found = || paying.db.read(|conn| disbursements::find(conn, &paying.finance, first, paying.now)).unwrap();
        pays_until(&paying, -1, true);
        let said = found();
        assert!(said.obstacles[0].contains(&format!("la convention {REFERENCE} (du ")), "{:?}", said.obstacles);
        assert!(said.cautions.is_empty());
        let refused = reason(paying.authorise(first).unwrap_err());
        assert!(refused.starts_with(&format!("La convention {REFERENCE} ne paie que du ")), "{refused}");
        // What is expected later is said today already.
        let second = paying.payments(grantee.grant)[1].id;
        pays_until(&paying, 10, true);
        let later = paying.db.read(|conn| disbursements::find(conn, &paying.finance, second, paying.now)).unwrap();
        assert!(later.cautions.len() == 1 && !later.obstacles.iter().any(|said| said.contains(REFERENCE)), "{later:?}");
        // The last day is eligible.
        pays_until(&paying, 0, true);
        assert!(found().obstacles.is_empty());
        paying.authorise(first).unwrap();
        // A run that the bank executes the day after is not of that day.
        let version = paying.payments(grantee.grant)[0].version;
        let (payer, execution_on) = (paying.payer, paying.now.plus_days(1).paris_date());
        let wanted = Preparation { lines: vec![(first, version)], payer, execution_on };
        let late = paying.does(|tx| payment_runs::prepare(tx, &paying.finance, &wanted, paying.now));
        assert!(reason(late.unwrap_err()).contains("ne paie que"));
        pays_until(&paying, 30, true);
        let run = paying.put_in_run(&[first]).unwrap();
        paying.pay(run);
        paying.check();
    }
}

#[test]
fn no_file_is_made_for_a_day_after_the_last_one_that_is_eligible() {
    for db in each_database() {
        let (mut paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        pays_until(&paying, 0, true);
        let run = paying.prepare(&[paying.payments(grantee.grant)[0].id]);
        let approve = |now| paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, now).map(drop));
        let late = approve(paying.now.plus_days(1)).unwrap_err();
        assert!(reason(late).contains("ne paie que"), "nobody approves what cannot leave");
        approve(paying.now).unwrap();
        paying.now = paying.now.plus_days(1);
        let approved = paying.db.read(|conn| payment_runs::file(conn, &paying.finance, run)).unwrap();
        let ids: Vec<_> = approved.leaving().map(|line| line.disbursement.id).collect();
        let today = paying.now.paris_date();
        let said = paying.db.read(|conn| eligible_days::of_run(conn, &approved.run, &ids, today)).unwrap();
        assert_eq!(said.len(), 1, "the page of the run says it before");
        let export = |tx: &mut Tx| payment_runs::export(tx, &paying.finance, run, 1, text_of, paying.now).map(drop);
        assert!(
            reason(paying.does(export).unwrap_err()).contains("ne paie que"),
            "approved in time, asked for too late"
        );
        pays_until(&paying, 30, true);
        paying.does(export).unwrap();
        paying.check();
    }
}

#[test]
fn a_line_of_a_run_says_that_it_would_leave_on_a_day_that_is_refused() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        let first = paying.payments(grantee.grant)[0].id;
        pays_until(&paying, 0, true);
        paying.prepare(&[first]);
        let waits = |days: i64| {
            let now = paying.now.plus_days(days);
            paying.db.read(|conn| payables::blockers(conn, &paying.finance, first, now)).unwrap()
        };
        assert_eq!(waits(0), [Blocker::RunToApprove]);
        assert_eq!(waits(1), [Blocker::RunToApprove, Blocker::OutsideDays], "a late run leaves later");
        pays_until(&paying, 30, true);
        assert_eq!(waits(1), [Blocker::RunToApprove]);
    }
}

#[test]
fn a_payment_outside_the_eligible_days_is_said_otherwise() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        let first = paying.payments(grantee.grant)[0].id;
        pays_until(&paying, -1, false);
        let said = paying.db.read(|conn| disbursements::find(conn, &paying.finance, first, paying.now)).unwrap();
        assert!(said.obstacles.is_empty(), "{:?}", said.obstacles);
        let wanted = format!("Hors des dates d’éligibilité de la convention {REFERENCE}\u{a0}: du ");
        assert!(said.cautions[0].starts_with(&wanted), "{:?}", said.cautions);
        assert_eq!(said.cautions.len(), 1, "the other agreement pays");
        let yesterday = paying.now.plus_days(-1).paris_date();
        let none = paying.db.read(|conn| eligible_days::of_payments(conn, &[first], yesterday)).unwrap();
        assert!(none.is_empty());
        paying.pay(paying.prepare(&[first]));
        paying.check();
    }
}

#[actix_web::test]
async fn whoever_authorises_prepares_and_approves_reads_it() {
    let desk = Desk::open();
    let paying = &desk.paying;
    let first = paying.payments(desk.grantee.grant)[0].id;
    let path = format!("/finances/conventions/{}", source(paying));
    let edit = format!("{path}/modification");
    let until = paying.now.plus_days(-1).paris_date().to_string();
    let fields = [
        ("titre", "Volet scolaire"),
        ("montant", "45 000"),
        ("debut", "2025-01-01"),
        ("fin", "2028-12-31"),
        ("eligible-fin", until.as_str()),
        ("hors-dates", "oui"),
        ("clause", "Article 7"),
        ("conservation", "10"),
    ];
    let without = text(desk.send(&desk.finance, &edit, &edit, &fields[..2]).await, 422).await;
    assert!(without.contains("name=\"hors-dates\""), "{without}");
    assert_eq!(led_to(&desk.send(&desk.finance, &edit, &edit, &fields).await), path);
    assert!(desk.page(&desk.director, &path, 200).await.contains("aucun versement en dehors"));
    let one = format!("/finances/versements/{first}");
    let page = desk.page(&desk.finance, &one, 200).await;
    assert!(page.contains("Un jour éligible pour la convention") && page.contains("ne paie que du"), "{page}");
    let queue = desk.page(&desk.finance, "/finances/a-verser?blocage=outside_days", 200).await;
    assert!(queue.contains("Hors des dates d’éligibilité du bailleur") && queue.contains(&one), "{queue}");
    // Only said, it may leave.
    let softer: Vec<_> = fields.into_iter().filter(|(name, _)| *name != "hors-dates").collect();
    assert_eq!(led_to(&desk.send(&desk.finance, &edit, &edit, &softer).await), path);
    let said = "Hors des dates d’éligibilité de la convention";
    for page in [one.as_str(), "/finances/versements"] {
        assert!(desk.page(&desk.finance, page, 200).await.contains(said), "{page}");
    }
    paying.authorise(first).unwrap();
    assert!(desk.page(&desk.finance, "/finances/lots/nouveau", 200).await.contains(said));
    let run = paying.put_in_run(&[first]).unwrap();
    let home = format!("/finances/lots/{run}");
    for page in [home.clone(), format!("{home}/approbation")] {
        assert!(desk.page(&desk.director, &page, 200).await.contains(said), "{page}");
    }
}

#[actix_web::test]
async fn the_holder_reads_why_a_payment_waits_and_whoever_lets_the_project_end_later_is_warned() {
    let (paying, grantee) = Paying::granted(sqlite(), NAME, Euros::whole(10_000));
    pays_until(&paying, -1, true);
    let site = Site::over(&paying.db, paying.now);
    let (holder, officer) = (site.cookie_of(&grantee.holder), site.cookie_of(&paying.officer));
    let (mine, theirs) = (format!("/subventions/{}", grantee.grant), format!("/suivi/{}", grantee.grant));
    let page = text(site.get(&holder, &mine).await, 200).await;
    for words in
        ["vient d’un financeur qui ne paie que jusqu’au", "C’est à l’équipe du fonds d’agir", "Vous n’avez rien"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let page = text(site.get(&officer, &theirs).await, 200).await;
    assert!(page.contains(&format!("La convention {REFERENCE} ne paie que du")), "{page}");
    pays_until(&paying, 30, true);
    let page = text(site.get(&holder, &mine).await, 200).await;
    assert!(!page.contains("vient d’un financeur") && page.contains("Rien ne manque"), "{page}");
    let asked = AmendmentForm {
        new_ends_on: Some("2028-03-31".parse().unwrap()),
        ..AmendmentForm::new(AmendmentKind::Duration, "Trois mois de plus", "La salle est en travaux")
    };
    paying.does(|tx| amendments::request(tx, &grantee.holder, grantee.grant, &asked, paying.now)).unwrap();
    let said = format!("La nouvelle fin dépasse les dates d’éligibilité de la convention {REFERENCE}");
    assert!(text(site.get(&officer, &theirs).await, 200).await.contains(&said), "the officer who decides is told");
    assert!(!text(site.get(&holder, &mine).await, 200).await.contains(&said), "the funder is the house's to deal with");
}

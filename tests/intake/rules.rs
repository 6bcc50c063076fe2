//! The rules that look beyond one file: at earlier grants, at the agreement's ceiling, at the other half of a pair.

use crate::support::{
    databases::{each_database, sqlite},
    grants::{IBANS, Paying},
    programme::{Programme, assert_whole, closed, open, person, siret},
};
use tisserand::{
    domain::{
        decisions::Verdict as Decision,
        definitions::{self, ApplicationsPerHolder},
        eligibility::{Finding, Verdict},
        ids::{ApplicationId, CallId},
        lifecycles::calls::{Call, CallEvent},
        money::Euros,
        roles::Role,
    },
    store::Db,
    usecases::{
        Actor, Outcome,
        advance::advance_now,
        answers, applications, calls,
        decisions::{self, DecisionForm},
        eligibility,
        organisations::{self, OrganisationForm},
        reference_data,
    },
};

/// What the rule with this code finds in a file at this moment.
fn finding(db: &Db, file: ApplicationId, code: &str, now: tisserand::domain::time::Moment) -> Finding {
    let found = db.read(|conn| eligibility::checklist(conn, &Actor::system(), file, now)).unwrap();
    found.into_iter().find(|(rule, _)| rule.code() == code).unwrap_or_else(|| panic!("no rule {code}")).1
}

#[test]
fn a_report_overdue_anywhere_stands_in_the_way_until_it_comes() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award("Les Passeurs", Euros::whole(5_000));
        let start = |tx: &mut tisserand::store::Tx| {
            applications::start(tx, &grantee.holder, paying.call, grantee.organisation, paying.now)
        };
        let next = paying.does(start).unwrap();
        paying.announce();
        paying.accept(&grantee);
        assert_eq!(finding(&paying.db, next, "no_overdue_report", paying.now).verdict, Verdict::Met);
        let late = paying.now.plus_days(900);
        let found = finding(&paying.db, next, "no_overdue_report", late);
        assert_eq!(found.verdict, Verdict::NotMet, "{}", found.sentence);
        use tisserand::domain::{lifecycles::reports::ReportEvent, reports::ReportKind};
        let reports = paying.db.read(|conn| tisserand::store::reports::of_grant(conn, grantee.grant)).unwrap();
        for row in reports {
            assert!(matches!(row.kind, ReportKind::Interim | ReportKind::Final));
            let waive = (ReportEvent::Waive, "Pièces reçues sur papier.");
            paying
                .does(|tx| tisserand::usecases::reports::send_back(tx, &paying.director, row.id, 0, waive, late))
                .unwrap();
        }
        assert_eq!(finding(&paying.db, next, "no_overdue_report", late).verdict, Verdict::Met);
    }
}

#[test]
fn nobody_waits_for_an_interim_report_once_the_final_one_is_accepted() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award("Les Passeurs", Euros::whole(5_000));
        let start = |tx: &mut tisserand::store::Tx| {
            applications::start(tx, &grantee.holder, paying.call, grantee.organisation, paying.now)
        };
        let next = paying.does(start).unwrap();
        paying.announce();
        paying.ready(&grantee, "Les Passeurs", IBANS[0]);
        let late = paying.now.plus_days(900);
        let judged = || finding(&paying.db, next, "no_overdue_report", late).verdict;
        assert_eq!(judged(), Verdict::NotMet);
        paying.report(&grantee, tisserand::domain::reports::ReportKind::Final, Euros::whole(4_000));
        assert_eq!(judged(), Verdict::Met, "the interim report was never written");
        paying.check();
    }
}

#[test]
fn what_a_terminated_grant_did_not_report_stands_in_no_way() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award("Les Passeurs", Euros::whole(5_000));
        let start = |tx: &mut tisserand::store::Tx| {
            applications::start(tx, &grantee.holder, paying.call, grantee.organisation, paying.now)
        };
        let next = paying.does(start).unwrap();
        paying.announce();
        paying.ready(&grantee, "Les Passeurs", IBANS[0]);
        let late = paying.now.plus_days(900);
        let judged = || finding(&paying.db, next, "no_overdue_report", late).verdict;
        assert_eq!(judged(), Verdict::NotMet);
        let why = (tisserand::domain::lifecycles::grants::GrantEvent::Terminate, "Projet abandonné.");
        let version = paying.grant(grantee.grant).version;
        let end = |tx: &mut tisserand::store::Tx| {
            let end = tisserand::usecases::grants::change_with_reason;
            end(tx, &paying.director, grantee.grant, version, why, paying.now).map(drop)
        };
        paying.does(end).unwrap();
        assert_eq!(judged(), Verdict::Met, "what was paid is asked back instead");
        paying.check();
    }
}

#[test]
fn a_report_is_late_from_midnight_in_paris_on_the_nights_when_the_clocks_change_too() {
    let paying = Paying::on(sqlite());
    let grantee = paying.award("Les Passeurs", Euros::whole(5_000));
    let start = |tx: &mut tisserand::store::Tx| {
        applications::start(tx, &grantee.holder, paying.call, grantee.organisation, paying.now)
    };
    let next = paying.does(start).unwrap();
    paying.announce();
    paying.accept(&grantee);
    let reports = paying.db.read(|conn| tisserand::store::reports::of_grant(conn, grantee.grant)).unwrap();
    for day in ["2029-03-25", "2029-10-28"] {
        let day: chrono::NaiveDate = day.parse().unwrap();
        let owed = |tx: &mut tisserand::store::Tx| -> Outcome<()> {
            for row in &reports {
                tisserand::store::reports::set_due_on(tx, row.id, day)?;
            }
            Ok(())
        };
        paying.does(owed).unwrap();
        let midnight = tisserand::domain::time::Moment::start_of_day(day.succ_opt().unwrap());
        let judged = |at| finding(&paying.db, next, "no_overdue_report", at).verdict;
        assert_eq!(judged(midnight.plus_minutes(-1)), Verdict::Met, "{day} is not over");
        assert_eq!(judged(midnight), Verdict::NotMet, "{day} is over");
    }
}

#[test]
fn a_grant_of_the_same_fund_counts_once_it_is_not_declined() {
    let paying = Paying::on(sqlite());
    let grantee = paying.award("Les Passeurs", Euros::whole(5_000));
    let fund = paying.db.read(|conn| tisserand::store::calls::find(conn, paying.call)).unwrap().fund_id;
    let own = paying.grant(grantee.grant).application_id;
    let other = "0198c0a1-7b5c-7def-8123-456789abcdef".parse().unwrap();
    let count = |but| {
        let of_fund = |conn: &mut tisserand::store::Conn| {
            tisserand::store::checklists::grants_of_fund(conn, &[grantee.organisation], fund)
        };
        paying.db.read(of_fund).unwrap().iter().filter(|row| row.application_id != but).count()
    };
    let earlier = || count(other);
    assert_eq!((earlier(), count(own)), (1, 0), "a file's own grant is no earlier one");
    paying.announce();
    let decline = |tx: &mut tisserand::store::Tx| {
        use tisserand::domain::lifecycles::grants::{Grant, GrantEvent};
        advance_now::<Grant>(tx, &grantee.holder, grantee.grant, GrantEvent::Decline, paying.now)
    };
    paying.does(decline).unwrap();
    assert_eq!(earlier(), 0);
}

fn award(world: &Programme, file: ApplicationId, amount: &str) -> Outcome<()> {
    let version = world.application(file).version;
    let motive = "Un projet solide.".to_owned();
    let form = DecisionForm { verdict: Decision::Award, amount: amount.into(), motive, conditions: String::new() };
    world.db.write(|tx| decisions::decide(tx, &world.officer, file, &form, version, closed()))
}

#[test]
fn the_ceiling_per_third_party_is_summed_over_every_call_of_the_agreement() {
    for db in each_database() {
        let world = Programme::with_definition(db, |definition| {
            definition.calls[0].applications = ApplicationsPerHolder::Several;
            let mut second = definition.calls[0].clone();
            second.reference = "RECITAL-2027-2".into();
            definition.calls.push(second);
            let regranting = definition.funding_sources[0].regranting.as_mut().unwrap();
            regranting.ceiling_per_beneficiary = Some(Euros::whole(4_000));
        });
        let (who, first, _) = world.in_review(1, 3_000);
        let organisation = world.application(first).organisation_id;
        let second = world.complete_for(&who, organisation, 1, 3_000);
        world.submit(&who, second);
        world.review(second);
        world.session();
        award(&world, first, "3 000").unwrap();
        let other: CallId = world.db.read(|conn| calls::by_reference(conn, "RECITAL-2027-2")).unwrap().id;
        let left = |call| {
            let of = &[organisation];
            world.db.read(|conn| eligibility::beneficiaries_left(conn, call, of, None)).unwrap().remove(&organisation)
        };
        assert_eq!((left(world.call), left(other)), (Some(Euros::whole(1_000)), Some(Euros::whole(1_000))));
        let beyond = award(&world, second, "1 000,01").unwrap_err().to_string();
        assert!(beyond.contains("plafond par bénéficiaire"), "{beyond}");
        award(&world, second, "1 000").unwrap();
        assert_eq!(left(other), Some(Euros::ZERO));
        assert_whole(&world.db);
    }
}

#[test]
fn one_live_file_per_organisation_and_call_unless_the_call_allows_more() {
    for (several, expected) in [(ApplicationsPerHolder::One, true), (ApplicationsPerHolder::Several, false)] {
        let world = Programme::with(sqlite(), |call| call.applications = several);
        let (who, first) = world.filed(1, 3_000);
        let organisation = world.application(first).organisation_id;
        let start = |tx: &mut tisserand::store::Tx| applications::start(tx, &who, world.call, organisation, open());
        assert_eq!(world.db.write(start).unwrap() == first, expected, "{several}");
    }
}

#[test]
fn a_pair_is_complete_once_the_other_half_has_joined() {
    let db = sqlite();
    let definition = definitions::parse(include_str!("../../fixtures/tandems.toml")).unwrap();
    let (who, now) = (person(&db, "Porteuse", Role::Applicant), open());
    db.write(reference_data::load).unwrap();
    let organisation = |nom: &str, forme: &str, number: u32| {
        let form = OrganisationForm {
            nom: nom.into(),
            forme: forme.into(),
            siret: siret(number),
            uai: if forme == "school" { "0591004W".into() } else { String::new() },
            rue: "3 rue du Port".into(),
            code_postal: "59000".into(),
            ville: "Lille".into(),
            representant: "Anaïs Lefèvre".into(),
            qualite: "présidente".into(),
            ..OrganisationForm::default()
        };
        db.write(|tx| organisations::create(tx, &who, &form, now)).unwrap()
    };
    let (lead, school, company) = (
        organisation("Les Passeurs", "association", 1),
        organisation("Collège du Port", "school", 2),
        organisation("Port SA", "company", 3),
    );
    let file = db
        .write(|tx| {
            calls::load(tx, &Actor::system(), &definition, now)?;
            let call = calls::by_reference(tx.conn(), "TANDEMS-2027")?.id;
            advance_now::<Call>(tx, &Actor::system(), call, CallEvent::Publish, now)?;
            applications::start(tx, &who, call, lead, now)
        })
        .unwrap();
    assert_eq!(finding(&db, file, "pair_complete", now).verdict, Verdict::NotMet);
    let join = |other| db.write(|tx| answers::join_partner(tx, &who, file, other, now));
    assert!(join(company).is_err(), "a company is no half of a tandem");
    assert!(join(lead).is_err(), "nobody pairs with themselves");
    join(school).unwrap();
    assert_eq!(finding(&db, file, "pair_complete", now).verdict, Verdict::Met);
}

//! The rules of a call, told while there is still time: of the organisation before the first word, of the project beside the
//! field it is about.

use super::pages::text;
use crate::support::{
    databases::{each_database, sqlite},
    grants::{Grantee, Paying},
    programme::{Programme, assert_whole, open, person},
    site::Site,
};
use tisserand::{
    domain::{
        definitions::{self, CallDefinition, QuestionKind},
        eligibility::{Rule, Verdict},
        ids::{ApplicationId, CallId},
        lifecycles::calls::{Call, CallEvent},
        money::Euros,
        organisations::LegalForm,
        references::{Marker, MarkerLevel},
        roles::Role,
        time::Moment,
    },
    store::{
        Tx, applications as rows,
        calls::{self as call_rows, CallRow},
    },
    usecases::{Actor, UseCaseError, advance::advance_now, answers, applications, calls, eligibility, reference_data},
};

fn closed_to_others() -> Programme {
    Programme::with(sqlite(), |call| {
        call.eligibility = vec![Rule::LegalForms { forms: vec![LegalForm::School] }, Rule::NoOverdueReport];
    })
}

#[actix_web::test]
async fn an_organisation_outside_the_rules_is_told_before_the_first_word_and_may_file_all_the_same() {
    let world = closed_to_others();
    let who = person(&world.db, "Zoe Wattez", Role::Applicant);
    world.organisation(&who, 1);
    let site = Site::over(&world.db, open());
    let cookie = site.cookie_of(&who);
    let reference = world.db.read(|conn| tisserand::store::calls::find(conn, world.call)).unwrap().reference;
    let start = text(site.get(&cookie, &format!("/appels/{reference}/dossier")).await, 200).await;
    assert!(start.contains("son dossier ne serait pas recevable") && start.contains("Association"), "{start}");
    let (who, id) = world.complete(2, 3_000);
    let cookie = site.cookie_of(&who);
    for path in ["", "/verification"] {
        let page = text(site.get(&cookie, &format!("/dossiers/{id}{path}")).await, 200).await;
        assert!(page.contains("Ce qui s’oppose à ce dossier aujourd’hui"), "{page}");
    }
    world.submit(&who, id);
    let page = text(site.get(&cookie, &format!("/dossiers/{id}")).await, 200).await;
    assert!(!page.contains("Ce qui s’oppose"), "what is filed is judged by a person");
    assert_whole(&world.db);
}

#[actix_web::test]
async fn an_organisation_within_the_rules_reads_nothing_of_them() {
    let world = Programme::with(sqlite(), |call| call.eligibility.push(Rule::NoOverdueReport));
    let (who, id) = world.complete(1, 3_000);
    let site = Site::over(&world.db, open());
    let page = text(site.get(&site.cookie_of(&who), &format!("/dossiers/{id}")).await, 200).await;
    assert!(!page.contains("Ce qui s’oppose"), "{page}");
}

#[test]
fn a_project_outside_the_rules_cannot_be_filed_and_is_told_where_to_change() {
    for db in each_database() {
        let outside = |call: &mut CallDefinition| {
            call.eligibility.push(Rule::GoalsAmong { goals: vec![17] });
            call.eligibility.push(Rule::MarkerAtLeast { marker: Marker::Gender, level: MarkerLevel::Principal });
        };
        let world = Programme::with(db, outside);
        let (who, id) = world.complete(1, 3_000);
        let content = world.db.read(|conn| answers::find(conn, &who, id)).unwrap();
        let asked: Vec<_> = content.definition.questions().map(|(_, question)| question.kind).collect();
        let lacks = content.lacks();
        for (kind, words) in [(QuestionKind::Goals, "ODD choisis"), (QuestionKind::Markers, "l’appel demande au moins")]
        {
            let lack = lacks.iter().find(|lack| lack.sentence.contains(words));
            assert_eq!(lack.is_some(), asked.contains(&kind), "{words}: {lacks:?}");
            assert!(lack.is_none_or(|lack| lack.section.is_some() && lack.field.is_some()));
        }
        assert_whole(&world.db);
    }
}

/// Gives a call these conditions, as if it had been published with them.
fn give_rules(paying: &Paying, call: CallId, rules: &[Rule]) {
    let write = |tx: &mut Tx| {
        let known = call_rows::find(tx.conn(), call)?;
        let mut definition = (*calls::parse(&known)?).clone();
        definition.eligibility = rules.to_vec();
        let settings = serde_json::to_string(&definition)?;
        call_rows::redefine(tx, &CallRow { settings: settings.into(), ..known })?;
        Ok::<_, UseCaseError>(())
    };
    paying.db.write(write).unwrap();
}

/// A draft in the call of another fund, which has money of one of the same funders.
fn draft_elsewhere(paying: &Paying, grantee: &Grantee) -> (CallId, ApplicationId) {
    let definition = definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap();
    let start = |tx: &mut Tx| {
        reference_data::load(tx)?;
        calls::load(tx, &Actor::system(), &definition, open())?;
        let call = calls::by_reference(tx.conn(), &definition.calls[0].reference)?.id;
        advance_now::<Call>(tx, &Actor::system(), call, CallEvent::Publish, open())?;
        let draft = applications::start(tx, &grantee.holder, call, grantee.organisation, open())?;
        Ok::<_, UseCaseError>((call, draft))
    };
    paying.db.write(start).unwrap()
}

/// What the checklist of a file finds for the condition with this code.
fn verdict(paying: &Paying, id: ApplicationId, code: &str, now: Moment) -> Verdict {
    let found = paying.db.read(|conn| eligibility::checklist(conn, &Actor::system(), id, now)).unwrap();
    found.into_iter().find(|(rule, _)| rule.code() == code).unwrap().1.verdict
}

#[test]
fn money_of_the_same_funders_counts_from_whatever_fund_it_came_over_the_period() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award("Les Passeurs", Euros::whole(5_000));
        let (call, draft) = draft_elsewhere(&paying, &grantee);
        let (own, decided) = (paying.grant(grantee.grant).application_id, paying.grant(grantee.grant).decided_on);
        let over = |since, until| [Rule::OncePerFunder { since, until }];
        give_rules(&paying, call, &over(None, None));
        let early = verdict(&paying, draft, "once_per_funder", open());
        assert_eq!(early, Verdict::Met, "before the announcement a draft tells nothing of what was decided");
        paying.announce();
        for (since, until, expected) in [
            (None, None, Verdict::NotMet),
            (Some(decided), Some(decided), Verdict::NotMet),
            (decided.succ_opt(), None, Verdict::Met),
            (None, decided.pred_opt(), Verdict::Met),
        ] {
            give_rules(&paying, call, &over(since, until));
            assert_eq!(verdict(&paying, draft, "once_per_funder", open()), expected, "{since:?} {until:?}");
        }
        give_rules(&paying, paying.call, &over(None, None));
        assert_eq!(verdict(&paying, own, "once_per_funder", open()), Verdict::Met, "its own grant is no earlier one");
    }
}

#[test]
fn a_report_that_the_other_half_of_a_pair_owes_stands_against_both() {
    let paying = Paying::on(sqlite());
    let grantee = paying.award("Les Passeurs", Euros::whole(5_000));
    let other = paying.award("Le Collège", Euros::whole(5_000));
    paying.announce();
    paying.accept(&grantee);
    let late = paying.now.plus_days(900);
    let (call, draft) = draft_elsewhere(&paying, &other);
    for call in [call, paying.call] {
        give_rules(&paying, call, &[Rule::NoOverdueReport]);
    }
    let judged = |id: ApplicationId| verdict(&paying, id, "no_overdue_report", late);
    let told = || {
        let content = paying.db.read(|conn| answers::find(conn, &Actor::system(), draft)).unwrap();
        paying.db.read(|conn| eligibility::against(conn, &content, late)).unwrap().len()
    };
    assert_eq!((judged(draft), told()), (Verdict::Met, 0), "alone it owes nothing");
    paying.db.write(|tx| rows::set_partner(tx, draft, Some(grantee.organisation))).unwrap();
    assert_eq!((judged(draft), told()), (Verdict::NotMet, 1), "its partner does");
    let own = paying.grant(grantee.grant).application_id;
    assert_eq!(judged(own), Verdict::Met, "what a file owes itself does not stand against it");
}

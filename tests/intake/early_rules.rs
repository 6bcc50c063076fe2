//! The rules of a call, told while there is still time: of the organisation before the first word, of the project beside the
//! field it is about.

use super::pages::text;
use crate::support::{
    databases::{each_database, sqlite},
    grants::Paying,
    programme::{Programme, assert_whole, open, person},
    site::Site,
};
use tisserand::{
    domain::{
        definitions::{CallDefinition, QuestionKind},
        eligibility::Rule,
        money::Euros,
        organisations::LegalForm,
        references::{Marker, MarkerLevel},
        roles::Role,
    },
    store::{checklists, funding_sources},
    usecases::answers,
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

#[test]
fn money_of_the_same_funders_counts_from_whatever_fund_it_came_over_the_period() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award("Les Passeurs", Euros::whole(5_000));
        let own = paying.grant(grantee.grant).application_id;
        let funders = paying.db.read(|conn| funding_sources::funders_of_call(conn, paying.call)).unwrap();
        let funders: Vec<_> = funders.iter().map(|funder| funder.id).collect();
        let decided = paying.grant(grantee.grant).decided_on;
        let count = |funders: &[_]| {
            let of = |conn: &mut tisserand::store::Conn| {
                checklists::grants_of_funders(conn, &[grantee.organisation], funders)
            };
            paying.db.read(of).unwrap()
        };
        assert_eq!(count(&funders), [(grantee.organisation, own, decided)]);
        assert_eq!(count(&[]), []);
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
    let file = paying.grant(other.grant).application_id;
    let overdue = |parties: &[_]| {
        let of = |conn: &mut tisserand::store::Conn| checklists::overdue_reports(conn, parties, late.paris_date());
        paying.db.read(of).unwrap().into_iter().filter(|(_, of)| *of != file).count()
    };
    let alone = overdue(&[other.organisation]);
    assert!(overdue(&[other.organisation, grantee.organisation]) > alone);
}

//! What an organisation asks for elsewhere, and has been given, tells nothing of a file to whoever is recused from it: the
//! pages about its other file are those of a house in which that one never was.

use crate::support::{
    bare::bare,
    databases::sqlite_in_order,
    programme::{Programme, closed, id, open, person},
    site::Site,
};
use tisserand::{
    domain::{
        decisions::Verdict,
        definitions::ApplicationsPerHolder,
        eligibility::Rule,
        ids::{ApplicationId, SessionId},
        money::Euros,
        roles::Role,
    },
    store::{
        Tx,
        recusals::{self, RecusalRow},
    },
    usecases::{
        Actor,
        decisions::{self, DecisionForm},
        rooms::{self, ProposalForm},
    },
};

fn recuse(world: &Programme, who: &Actor, file: ApplicationId) {
    let row = |tx: &mut Tx| {
        let row = RecusalRow {
            id: tx.mint(open())?,
            person_id: id(who),
            application_id: file,
            reason: "Ma sœur y travaille".into(),
            declared_by: id(who),
            declared_at: open(),
        };
        recusals::insert(tx, &row)
    };
    world.db.write(row).unwrap();
}

fn award(world: &Programme, file: ApplicationId) {
    let form = DecisionForm {
        verdict: Verdict::Award,
        amount: "2 500".into(),
        motive: "Un projet solide.".into(),
        conditions: String::new(),
    };
    let version = world.application(file).version;
    world.db.write(|tx| decisions::decide(tx, &world.officer, file, &form, version, closed())).unwrap();
}

/// A file before the committee, with or without another one of the same organisation, which was awarded and is hidden from
/// an officer and from a member.
fn house(has_sibling: bool) -> (Programme, [Actor; 2], ApplicationId, SessionId) {
    let world = Programme::with_definition(sqlite_in_order(), |definition| {
        let call = &mut definition.calls[0];
        call.applications = ApplicationsPerHolder::Several;
        call.eligibility.push(Rule::OncePerProgramme);
        let regranting = definition.funding_sources[0].regranting.as_mut().unwrap();
        regranting.ceiling_per_beneficiary = Some(Euros::whole(4_000));
    });
    let officer = person(&world.db, "Paul Lemaire", Role::Officer);
    let member = Actor::person(id(&world.members[1]), vec![Role::Reviewer]);
    let (holder, file, _) = world.in_review(1, 3_000);
    world.assign(file, &member).unwrap();
    let sibling = has_sibling.then(|| {
        let sibling = world.complete_for(&holder, world.application(file).organisation_id, 9, 2_500);
        recuse(&world, &officer, sibling);
        recuse(&world, &member, sibling);
        world.submit(&holder, sibling);
        world.review(sibling);
        sibling
    });
    let session = world.session();
    if let Some(sibling) = sibling {
        award(&world, sibling);
    }
    let form = ProposalForm { verdict: Some(Verdict::Award), amount: "2 000".into() };
    world.db.write(|tx| rooms::propose(tx, &world.officer, session, file, None, &form)).unwrap();
    (world, [officer, member], file, session)
}

async fn pages(has_sibling: bool) -> Vec<(String, String)> {
    let (world, [officer, member], file, session) = house(has_sibling);
    let call = format!("/appels-a-projets/{}", world.definition.reference);
    let review = world.db.read(|conn| tisserand::store::reviews::of(conn, file, id(&member))).unwrap().unwrap().id;
    let site = Site::over(&world.db, closed());
    let mut found = Vec::new();
    let of_team = [
        format!("/instruction/{file}"),
        "/instruction?etape=tous".to_owned(),
        call.clone(),
        format!("{call}/conflits"),
        format!("{call}/repartition"),
        format!("{call}/classement"),
        format!("{call}/statistiques"),
        format!("/seances/{session}"),
        format!("/seances/{session}/salle"),
        format!("/seances/{session}/dossiers/{file}"),
    ];
    let of_member = [
        "/comite".to_owned(),
        format!("/comite/evaluations/{review}"),
        format!("/comite/seances/{session}"),
        format!("/comite/seances/{session}/salle"),
    ];
    for (who, paths) in [(&officer, &of_team[..]), (&member, &of_member[..])] {
        let cookie = site.cookie_of(who);
        for (place, path) in paths.iter().enumerate() {
            let reply = site.get(&cookie, path).await;
            let status = reply.status();
            found.push((format!("{place} {status}"), bare(&reply.text().await.unwrap())));
        }
    }
    found
}

#[actix_web::test]
async fn nothing_about_a_file_tells_of_a_hidden_one_of_the_same_organisation() {
    let (without, with) = (pages(false).await, pages(true).await);
    for (expected, found) in without.iter().zip(&with) {
        assert_eq!(found, expected);
    }
    assert!(without[0].1.contains("classes 1") && without[8].1.contains("classes 1"), "the pages show something");
}

//! What those read whose project is not retained, and what is noted of the reading of a decision.

use super::{decided::Decided, text};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{assert_whole, closed},
    site::Site,
};
use tisserand::{
    domain::{
        decisions::Verdict,
        definitions::{self, CallDefinition},
        lifecycles::calls::{Call, CallEvent},
    },
    store::{decision_readings, documents, grants},
    usecases::{Actor, advance::advance_now, calls},
};

/// Another edition is announced, open to the same organisations.
fn another_call(decided: &Decided) -> CallDefinition {
    let mut file = definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap();
    let call = &mut file.calls[0];
    call.reference = "RECITAL-2027-2".into();
    call.title = "Récital, deuxième appel de 2027".into();
    call.window.opens = closed().plus_days(20);
    call.window.closes = closed().plus_days(60);
    call.calendar.committee_on = closed().plus_days(70).paris_date();
    call.calendar.announcement_on = closed().plus_days(80).paris_date();
    call.envelope = "10 000".parse().unwrap();
    call.sources[0].amount = call.envelope;
    call.sources.truncate(1);
    call.earmarks.clear();
    let call = call.clone();
    let db = &decided.world.db;
    file.calls = vec![call.clone()];
    db.write(|tx| calls::load(tx, &Actor::system(), &file, closed())).unwrap();
    let id = db.read(|conn| calls::by_reference(conn, &call.reference)).unwrap().id;
    db.write(|tx| advance_now::<Call>(tx, &decided.world.officer, id, CallEvent::Publish, closed())).unwrap();
    call
}

#[actix_web::test]
async fn a_refusal_carries_its_reasons_and_the_offer_of_support_in_letter_and_page() {
    for db in each_database() {
        let decided = Decided::with(db, |_| {}, &[Verdict::Reject]).confirmed();
        let (world, file) = (&decided.world, decided.files[0]);
        let next = another_call(&decided);
        decided.announce();
        let letter = world.db.read(|conn| documents::of_subject(conn, file.as_str())).unwrap().pop().unwrap();
        let site = Site::over(&world.db, closed());
        let cookie = site.cookie_of(&decided.applicants[0]);
        let page = text(site.get(&cookie, &format!("/dossiers/{file}")).await, 200).await;
        for said in [
            "Un partenariat construit avec les habitant·es.",
            "un rendez-vous avec Camille Delattre, qui suit votre territoire",
            "Monter le budget d’un premier projet",
            &next.title,
        ] {
            assert!(letter.facts.contains(said), "{said}: {}", letter.facts);
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(page.contains("/appels/RECITAL-2027-2\""), "{page}");
        let sent = serde_json::from_str(&letter.facts).unwrap();
        tisserand::documents::render(&sent).unwrap();
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn the_team_sees_when_a_decision_was_first_opened_and_its_people_are_told_so() {
    let decided = Decided::with(sqlite(), |_| {}, &[Verdict::Award, Verdict::Reject]).confirmed();
    let (world, files) = (&decided.world, &decided.files);
    let site = Site::over(&world.db, closed());
    let officer = site.cookie_of(&world.officer);
    let holders: Vec<_> = decided.applicants.iter().map(|who| site.cookie_of(who)).collect();
    let opened = |at: usize| world.db.read(|conn| decision_readings::find(conn, files[at])).unwrap();
    let before = text(site.get(&holders[1], &format!("/dossiers/{}", files[1])).await, 200).await;
    assert!(opened(1).is_none() && !before.contains("a été ouverte"), "nothing is noted before the results");
    decided.announce();
    let dossier = text(site.get(&officer, &format!("/instruction/{}", files[1])).await, 200).await;
    assert!(dossier.contains("pas encore ouverte") && opened(1).is_none(), "the team opens nothing: {dossier}");
    let page = text(site.get(&holders[1], &format!("/dossiers/{}", files[1])).await, 200).await;
    assert!(page.contains("L’équipe du fonds voit que cette décision a été ouverte"), "{page}");
    let first = opened(1).unwrap();
    assert_eq!((Some(first.opened_by), first.opened_at), (decided.applicants[1].person, closed()));
    site.clock.set(closed().plus_days(3));
    text(site.get(&holders[1], &format!("/dossiers/{}", files[1])).await, 200).await;
    assert_eq!(opened(1), Some(first), "the first opening stays");
    let officer = site.cookie_of(&world.officer);
    let dossier = text(site.get(&officer, &format!("/instruction/{}", files[1])).await, 200).await;
    assert!(dossier.contains("ouverte pour la première fois le 15\u{a0}février 2027"), "{dossier}");
    let grant = world.db.read(|conn| grants::of_application(conn, files[0])).unwrap().unwrap().id;
    let page = text(site.get(&holders[0], &format!("/subventions/{grant}")).await, 200).await;
    assert!(opened(0).is_some() && page.contains("a été ouverte pour la première fois"), "{page}");
}

#[test]
fn a_file_that_says_nonsense_of_its_help_is_refused_with_its_line() {
    let good = include_str!("../../fixtures/recital.toml");
    for (from, to, said) in [
        ("departments = [\"59\", \"62\"]", "departments = [\"59\", \"621\"]", "is not the code of a department"),
        ("departments = [\"59\", \"62\"]", "departments = []", "follows no department"),
        ("axes = [\"HABITER\", \"JEUNES\", \"HUMANITE\"]", "axes = [\"HABITER\", \"JEUNE\"]", "there is no axis"),
        ("place = \"à la MRES, à Lille\"", "place = \" \"", "the place of a training is empty"),
        ("decision_receipt = \"first_opening\"", "decision_receipt = \"always\"", "always"),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let line = text.lines().position(|line| line == to).unwrap() + 1;
        let fault = definitions::parse(&text).unwrap_err();
        assert!(fault.message.contains(said), "{fault}");
        assert_eq!(fault.line, line, "{fault}");
    }
}

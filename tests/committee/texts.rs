//! The texts of a call with their merge fields: filled in where they are read, and never sent with a hole.

use super::text;
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, closed},
    site::Site,
};
use tisserand::{
    domain::{
        decisions::Verdict,
        definitions::{self, CallDefinition},
        ids::ApplicationId,
        lifecycles::{calls::CallEvent, calls::CallState, sessions::SessionEvent},
        messages::MessageKind,
        money::Euros,
    },
    store::{documents, messages},
    usecases::{
        decisions::{self, DecisionForm},
        releases,
    },
};

fn decide(world: &Programme, id: ApplicationId, verdict: Verdict, conditions: &str) {
    let motive = "Un projet sincère.".to_owned();
    let form = DecisionForm { verdict, amount: "2 500".into(), motive, conditions: conditions.into() };
    let version = world.application(id).version;
    world.db.write(|tx| decisions::decide(tx, &world.officer, id, &form, version, closed())).unwrap();
}

/// A call whose two files are decided, ready to be announced.
fn decided(
    db: crate::support::databases::TestDb,
    change: impl FnOnce(&mut CallDefinition),
    conditions: &str,
) -> (Programme, [ApplicationId; 2]) {
    let world = Programme::with(db, change);
    let (_, kept, _) = world.in_review(1, 3_000);
    let (_, refused, _) = world.in_review(2, 3_000);
    let session = world.session();
    decide(&world, kept, Verdict::Award, conditions);
    decide(&world, refused, Verdict::Reject, "");
    world.advance_call(CallEvent::StartReview).unwrap();
    world.advance_call(CallEvent::Deliberate).unwrap();
    world.step(session, SessionEvent::Minute);
    world.try_step(&world.director, session, SessionEvent::Confirm).unwrap();
    (world, [kept, refused])
}

fn texts(call: &mut CallDefinition) {
    let letters = &mut call.letters;
    letters.award_intro = "À {organisation} : {montant} pour « {projet} », à accepter avant le {date_reponse}.".into();
    letters.commitments = vec!["rappeler le numéro {subvention}".into()];
    letters.award_mail = "Le comité du {date_comite} vous a lus.".into();
    letters.refusal_advice = "Écrivez à {contact} au sujet de {dossier}.".into();
    letters.refusal_mail = "Vous demandiez {montant_demande}.".into();
}

fn said(world: &Programme, file: ApplicationId, kind: MessageKind) -> (String, String) {
    let letters = world.db.read(|conn| documents::of_subject(conn, file.as_str())).unwrap();
    let letter = letters.last().unwrap().facts.clone();
    let mails = world.db.read(|conn| messages::page(conn, None, None, 500)).unwrap();
    let mail = mails.into_iter().find(|mail| mail.kind == kind && mail.about_id == file.as_str()).unwrap();
    (letter, mail.facts)
}

#[test]
fn a_letter_and_its_mail_say_the_values_their_texts_name() {
    for db in each_database() {
        let (world, [kept, refused]) = decided(db, texts, "");
        world.advance_call(CallEvent::Announce).unwrap();
        let (letter, mail) = said(&world, kept, MessageKind::Award);
        let number = world.application(kept).reference;
        let grant = world.db.read(|conn| tisserand::store::grants::of_application(conn, kept)).unwrap().unwrap();
        for words in [Euros::whole(2_500).to_string(), "à accepter avant le 8\u{a0}mars 2027".into(), grant.reference]
        {
            assert!(letter.contains(&words), "{words}: {letter}");
        }
        assert!(mail.contains("Le comité du 11\u{a0}mars 2027 vous a lus."), "{mail}");
        let (letter, mail) = said(&world, refused, MessageKind::Refusal);
        let number_refused = world.application(refused).reference;
        assert!(letter.contains(&format!("au sujet de {number_refused}.")) && !letter.contains(&number), "{letter}");
        assert!(letter.contains("recital@lianescooperation.example"), "{letter}");
        assert!(mail.contains(&format!("Vous demandiez {}.", Euros::whole(3_000))), "{mail}");
        for text in [&letter, &mail] {
            assert!(!text.contains("{dossier}") && !text.contains("{contact}"), "{text}");
        }
    }
}

#[actix_web::test]
async fn nothing_leaves_while_a_text_names_what_a_file_does_not_have() {
    let conditions = |call: &mut CallDefinition| call.letters.award_intro = "À condition : {conditions}.".into();
    let (world, [kept, _]) = decided(sqlite(), conditions, "");
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let page = format!("/appels-a-projets/{}/annonce", world.definition.reference);
    let html = text(site.get(&cookie, &page).await, 200).await;
    assert!(html.contains("À corriger avant d’annoncer") && html.contains("nomme {conditions}"), "{html}");
    let (call, version) = (world.call, world.call_row().version);
    let early = world.db.write(|tx| releases::announce(tx, &world.officer, call, version, closed())).unwrap_err();
    assert!(early.to_string().contains("rien n’est parti"), "{early}");
    let refused = world.advance_call(CallEvent::Announce).unwrap_err().to_string();
    assert!(
        refused.contains("Premières phrases de la lettre d’accord") && refused.contains("{conditions}"),
        "{refused}"
    );
    assert_eq!(world.call_row().state, CallState::Deliberated);
    let letters = world.db.read(|conn| documents::of_subject(conn, kept.as_str())).unwrap();
    assert!(letters.iter().all(|letter| !letter.facts.contains("condition")), "no letter is issued");
    let (world, [kept, _]) = decided(sqlite(), conditions, "Trouver une salle.");
    world.advance_call(CallEvent::Announce).unwrap();
    let (letter, _) = said(&world, kept, MessageKind::Award);
    assert!(letter.contains("À condition\u{a0}: Trouver une salle."), "{letter}");
}

#[test]
fn a_file_that_names_an_unknown_field_or_leaves_a_brace_open_is_refused_with_its_line() {
    let good = include_str!("../../fixtures/recital.toml");
    for (wrong, said) in [
        ("Bravo à {organization}. ", "the field \"organization\" does not exist in this text."),
        ("Bravo à {organisation. ", "a brace stands alone"),
    ] {
        let text = good.replacen("award_intro = \"", &format!("award_intro = \"{wrong}"), 1);
        let line = text.lines().position(|line| line.starts_with("award_intro")).unwrap() + 1;
        let fault = definitions::parse(&text).unwrap_err();
        assert_eq!(fault.line, line, "{fault}");
        assert!(fault.message.contains(said), "{fault}");
    }
    let amount = good.replacen("refusal_intro = \"", "refusal_intro = \"{montant} ", 1);
    assert!(definitions::parse(&amount).is_err(), "a refusal has no amount to name");
}

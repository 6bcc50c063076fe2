//! The thread of an application: both sides write and read, everybody else finds nothing.

use super::{
    pages::{field, text},
    typing::{fill, go, holds, looked_at, press, see, signed_in},
    walks::give_password,
};
use crate::support::{
    browser::{Browser, Step},
    databases::{each_database, sqlite},
    programme::{PDF, Programme, closed, id as id_of, open, person},
    site::Site,
};
use diesel::connection::SimpleConnection;
use reqwest::multipart::{Form, Part};
use std::collections::BTreeSet;
use tisserand::{
    domain::{
        exchanges::ExchangeSide::{self, Applicant, Team},
        ids::ApplicationId,
        lifecycles::messages::MessageState,
        messages::{Mail, MessageKind},
        roles::Role,
    },
    store::{StoreError, messages},
    usecases::{Actor, Outcome, UseCaseError, exchanges, recusals},
};

fn post(programme: &Programme, who: &Actor, id: ApplicationId, side: ExchangeSide, words: &str) -> Outcome<()> {
    programme.db.write(|tx| exchanges::post(tx, who, id, side, (words, &[]), closed())).map(drop)
}

fn counts(programme: &Programme, id: ApplicationId) -> (i32, i32) {
    let of = |side| programme.db.read(|conn| exchanges::count(conn, id, side)).unwrap().0;
    (of(Applicant), of(Team))
}

/// Who was told that a message waits, in order.
fn told(programme: &Programme) -> Vec<(String, Mail)> {
    let mails = programme.db.read(|conn| messages::in_state(conn, MessageState::Queued, 100)).unwrap();
    let about = mails.into_iter().filter(|mail| mail.kind == MessageKind::ExchangeReceived);
    about.map(|mail| (mail.recipient_address, serde_json::from_str(&mail.facts).unwrap())).collect()
}

#[test]
fn each_side_reads_what_the_other_wrote_and_is_told_once() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, id) = programme.filed(1, 3_000);
        let officer = &programme.officer;
        post(&programme, &who, id, Applicant, "Un mot de passe : sésame.").unwrap();
        post(&programme, &who, id, Applicant, "Et autre chose.").unwrap();
        assert_eq!(counts(&programme, id), (0, 2));
        let mails = told(&programme);
        assert_eq!(mails.len(), 1, "once until it is read: {mails:?}");
        assert_eq!(mails[0].0, "lucie.hennebelle@example.org");
        assert!(!format!("{:?}", mails[0].1).contains("sésame"), "a mail says nothing of what is written");
        let read = |side| {
            programme
                .db
                .read(|conn| exchanges::find(conn, if side == Team { officer } else { &who }, id, side, None))
                .unwrap()
        };
        assert!(read(Applicant).messages.iter().all(|message| !message.is_read));
        programme.db.write(|tx| exchanges::mark_read(tx, officer, id, Team)).unwrap();
        assert_eq!(counts(&programme, id), (0, 0));
        assert!(read(Applicant).messages.iter().all(|message| message.is_read));
        post(&programme, officer, id, Team, "Bien reçu.").unwrap();
        assert_eq!(counts(&programme, id), (1, 0));
        let mailed: BTreeSet<_> = told(&programme).into_iter().map(|(address, _)| address).collect();
        assert_eq!(mailed.into_iter().collect::<Vec<_>>(), ["lucie.hennebelle@example.org", "porteuse.1@example.org"]);
        post(&programme, &who, id, Applicant, "Merci.").unwrap();
        assert_eq!(told(&programme).len(), 3, "told again, having read");
        let words: Vec<_> = read(Team).messages.into_iter().map(|message| message.row.body).collect();
        assert_eq!(words, ["Un mot de passe : sésame.", "Et autre chose.", "Bien reçu.", "Merci."]);
    }
}

#[test]
fn a_message_is_never_changed_nor_taken_back() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, id) = programme.filed(1, 3_000);
        post(&programme, &who, id, Applicant, "Bonjour.").unwrap();
        for sql in ["UPDATE exchanges SET body = ''", "DELETE FROM exchanges"] {
            let refused = programme.db.write(|tx| tx.conn().batch_execute(sql).map_err(StoreError::from));
            assert!(refused.is_err(), "{sql}");
        }
    }
}

#[test]
fn nobody_else_finds_the_thread() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    let (stranger, _) = programme.filed(2, 3_000);
    post(&programme, &who, id, Applicant, "Bonjour.").unwrap();
    programme.eligible(id);
    programme.assign(id, &programme.members[0]).unwrap();
    let missing =
        |found: Outcome<()>| assert!(matches!(found, Err(UseCaseError::Store(StoreError::NotFound))), "{found:?}");
    let find = |who: &Actor, side| programme.db.read(|conn| exchanges::find(conn, who, id, side, None)).map(drop);
    for other in [&stranger, &programme.members[0], &programme.members[1]] {
        for side in [Applicant, Team] {
            missing(find(other, side));
            missing(post(&programme, other, id, side, "Me voici."));
        }
    }
    missing(find(&programme.officer, Applicant));
    missing(find(&who, Team));
    let auditor = person(&programme.db, "Sylvie Morel", Role::Auditor);
    assert!(find(&auditor, Team).is_ok());
    let refused = post(&programme, &auditor, id, Team, "Je passe.");
    assert!(matches!(refused, Err(UseCaseError::Refused(_))), "who reads does not write: {refused:?}");
    programme.db.write(|tx| exchanges::mark_read(tx, &auditor, id, Team)).unwrap();
    assert_eq!(counts(&programme, id), (0, 1), "an auditor's look is not the team's");
    let tied = person(&programme.db, "Aude Tison", Role::Officer);
    let declare = |tx: &mut tisserand::store::Tx| {
        recusals::declare_conflict(tx, &tied, id_of(&tied), id, "Ma sœur y travaille", closed())
    };
    programme.db.write(declare).unwrap();
    missing(find(&tied, Team));
    missing(post(&programme, &tied, id, Team, "Pourtant."));
    programme.db.write(|tx| exchanges::mark_read(tx, &programme.officer, id, Team)).unwrap();
    post(&programme, &who, id, Applicant, "Encore un mot.").unwrap();
    let mails = told(&programme);
    let mailed: Vec<_> = mails.iter().map(|(address, _)| address.as_str()).collect();
    assert!(!mailed.contains(&"aude.tison@example.org"), "{mailed:?}");
    assert!(mailed.iter().all(|address| *address == "lucie.hennebelle@example.org"), "{mailed:?}");
}

#[test]
fn a_draft_has_no_thread_yet() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    let refused = post(&programme, &who, id, Applicant, "Bonjour.");
    let Err(UseCaseError::Refused(why)) = refused else { panic!("{refused:?}") };
    assert!(why.to_string().contains("une fois le dossier déposé") && why.to_string().contains("recital@"), "{why}");
}

/// The form of a message as a browser sends it.
fn form(token: &str, words: &str, files: &[(&str, &[u8])]) -> Form {
    let form = Form::new().text("token", token.to_owned()).text("texte", words.to_owned());
    let part = |(name, bytes): &(&str, &[u8])| Part::bytes(bytes.to_vec()).file_name((*name).to_owned());
    files.iter().fold(form, |form, file| form.part("pieces", part(file)))
}

#[actix_web::test]
async fn messages_go_to_and_fro_with_their_files() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    let site = Site::over(&programme.db, closed());
    let (holder, officer) = (site.cookie_of(&who), site.cookie_of(&programme.officer));
    let (mine, theirs) = (format!("/dossiers/{id}/messages"), format!("/instruction/{id}/messages"));
    let page = text(site.get(&holder, &mine).await, 200).await;
    assert!(page.contains("Aucun message") && page.contains("Votre message"), "{page}");
    let token = field(&page, "token");
    let too_long = "é".repeat(4_001);
    for (words, file, said) in [
        (" ", None, "Écrivez votre message."),
        (" ", Some(("devis.pdf", PDF)), "choisissez-les à nouveau («\u{a0}devis.pdf\u{a0}»)"),
        (too_long.as_str(), None, "4001 caractères pour 4000 au plus"),
        ("Bonjour <b>", Some(("outil.pdf", &b"MZ\x90\x00\x03"[..])), "«\u{a0}outil.pdf\u{a0}»"),
    ] {
        let files: Vec<_> = file.into_iter().collect();
        let page = text(site.post_files(&holder, &mine, form(&token, words, &files)).await, 422).await;
        assert!(page.contains(said), "{said}: {page}");
        assert!(page.contains(&words.trim().replace('<', "&#60;").replace('>', "&#62;")), "what was typed is kept");
    }
    let many: Vec<_> = (0..6).map(|_| ("piece.pdf", PDF)).collect();
    let page = text(site.post_files(&holder, &mine, form(&token, "Bonjour", &many)).await, 422).await;
    assert!(page.contains("5 fichiers au plus"), "{page}");
    for _ in 0..2 {
        let sent = site.post_files(&holder, &mine, form(&token, "Voici <le> devis.", &[("devis.pdf", PDF)])).await;
        assert_eq!(sent.status(), 303, "a second click sends nothing more");
    }
    assert_eq!(counts(&programme, id), (0, 1));
    let queue = text(site.get(&officer, "/instruction").await, 200).await;
    assert!(queue.contains("Messages à lire (1)") && queue.contains("1\u{a0}nouveau message"), "{queue}");
    let dossier = text(site.get(&officer, &format!("/instruction/{id}")).await, 200).await;
    assert!(dossier.contains("1\u{a0}nouveau message") && dossier.contains("Message envoyé"), "{dossier}");
    let thread = text(site.get(&officer, &theirs).await, 200).await;
    assert!(thread.contains("Voici &#60;le&#62; devis.") && thread.contains("nouveau</span>"), "{thread}");
    assert!(thread.contains("Porteuse 1</strong>, la structure · 15\u{a0}février 2027 à 0\u{a0}h\u{a0}00"), "{thread}");
    let file = format!("/pieces/{}", thread.split("/pieces/").nth(1).unwrap().split('"').next().unwrap());
    for (cookie, status) in [
        (&officer, 200),
        (&holder, 200),
        (&site.cookie_of(&programme.members[0]), 404),
        (&site.cookie_of(&programme.filed(2, 3_000).0), 404),
    ] {
        assert_eq!(site.get(cookie, &file).await.status(), status);
    }
    assert_eq!(counts(&programme, id), (0, 0), "it is read");
    assert!(text(site.get(&holder, &mine).await, 200).await.contains("Lu par l’équipe du fonds"));
    let token = field(&thread, "token");
    assert_eq!(site.post_files(&officer, &theirs, form(&token, "Merci.", &[])).await.status(), 303);
    let dossier = text(site.get(&holder, &format!("/dossiers/{id}")).await, 200).await;
    assert!(dossier.contains("1\u{a0}nouveau message") && dossier.contains("l’équipe du fonds"), "{dossier}");
    let stranger = site.cookie_of(&person(&programme.db, "Autre Porteur", Role::Applicant));
    for path in [&mine, &theirs] {
        assert_eq!(site.get(&stranger, path).await.status(), 404);
        assert_eq!(site.post_files(&stranger, path, form(&token, "Bonjour", &[])).await.status(), 404);
    }
}

#[actix_web::test]
async fn a_long_thread_goes_on_backwards() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    for n in 1..=45 {
        post(&programme, &who, id, Applicant, &format!("Message numéro {n}.")).unwrap();
    }
    let site = Site::over(&programme.db, open());
    let cookie = site.cookie_of(&who);
    let page = text(site.get(&cookie, &format!("/dossiers/{id}/messages")).await, 200).await;
    assert!(page.contains("Message numéro 45.") && !page.contains("Message numéro 5."), "{page}");
    let older = page.split("?avant=").nth(1).unwrap().split('"').next().unwrap();
    let page = text(site.get(&cookie, &format!("/dossiers/{id}/messages?avant={older}")).await, 200).await;
    assert!(page.contains("Message numéro 5.") && !page.contains("Message numéro 6."), "{page}");
}

#[actix_web::test]
async fn a_message_sent_while_the_network_is_cut_is_there_again_until_it_is_taken() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::on(sqlite());
    let (_, id) = programme.filed(1, 3_000);
    let site = Site::over(&programme.db, closed());
    give_password(&site, "porteuse.1@example.org");
    let (thread, words) = (format!("/dossiers/{id}/messages"), "Écrit dans le train.");
    let (area, send) = ("css=#champ-texte", "Envoyer le message");
    let mut steps = signed_in("porteuse.1@example.org");
    steps.extend([go(&thread), fill(area, words), Step::Offline(true), press(send)]);
    steps.extend([Step::CloseTab, Step::Offline(false), Step::Phone, go(&thread), holds(area, words)]);
    steps.push(see("Texte retrouvé sur cet appareil"));
    steps.extend(looked_at("kept-message"));
    steps.extend([press(send), see("Votre message est envoyé."), holds(area, "")]);
    steps.extend([go(&thread), see(words), holds(area, ""), Step::Absent("Texte retrouvé".into())]);
    browser.walk("kept-message", &site.base, &steps).unwrap();
}

//! The antivirus: a file is kept at once, scanned afterwards, and refused to everybody when something is found in it.

use super::pages::{ORGANISATION, start, text};
use crate::support::{databases::sqlite, site::Site};
use reqwest::multipart::{Form, Part};
use std::{
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    thread,
};
use tempfile::TempDir;
use tisserand::{
    domain::{roles::Role, time::Moment},
    mail::{Transport, Worker},
    store::scanner::Scanner,
    usecases::{reference_data, scans},
};

/// One conversation of clamd: the INSTREAM command, chunks after their lengths, an empty one, an answer. What is not
/// the protocol gets its error.
fn converse(mut line: UnixStream) -> std::io::Result<()> {
    let mut command = [0; 10];
    line.read_exact(&mut command)?;
    if &command != b"zINSTREAM\0" {
        return line.write_all(b"UNKNOWN COMMAND\0");
    }
    let mut bytes = Vec::new();
    loop {
        let mut length = [0; 4];
        line.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length == 0 {
            break;
        }
        let mut chunk = vec![0; length];
        line.read_exact(&mut chunk)?;
        bytes.extend(chunk);
    }
    let found = bytes.windows(5).any(|part| part == b"EICAR");
    let answer: &[u8] = if found { b"stream: Win.Test.EICAR_HDB-1 FOUND\0" } else { b"stream: OK\0" };
    line.write_all(answer)
}

/// A clamd on a socket of its own; it lives as long as the folder.
pub fn daemon() -> (TempDir, Scanner) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("clamd.ctl");
    let door = UnixListener::bind(&path).unwrap();
    thread::spawn(move || door.incoming().flatten().for_each(|line| drop(converse(line))));
    (folder, Scanner::at(path.to_str().unwrap()))
}

fn site(is_scanning: bool) -> Site {
    let db = sqlite();
    let now = Moment::start_of_day("2026-12-01".parse().unwrap());
    let site = Site::keeping(db, now).with_calls();
    site.db.write(reference_data::load).unwrap();
    site.db.write(|tx| scans::switch(tx, is_scanning, now)).unwrap();
    site
}

pub fn worker(site: &Site, scanner: Scanner) -> Worker {
    let mails = crate::support::output_dir("scans");
    let from = "Lianes coopération <fonds@example.org>".parse().unwrap();
    let transport = Transport::folder(mails).unwrap();
    let press = |_: &tisserand::domain::letters::Letter| Ok(b"%PDF-1.4\n%%EOF\n".to_vec());
    Worker::new(site.db.clone(), site.clock.clone(), site.files.clone(), transport, from, press).with_scanner(scanner)
}

async fn attach(site: &Site, cookie: &str, dossier: &str, document: &str, bytes: &[u8]) {
    let part = Part::bytes(bytes.to_vec()).file_name("piece.pdf");
    let form = Form::new().part(document.to_owned(), part);
    assert_eq!(site.post_files(cookie, &format!("{dossier}/pieces/{document}"), form).await.status(), 303);
}

async fn draft(site: &Site) -> (String, String) {
    let cookie = site.person(Role::Applicant);
    site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await;
    let dossier = start(site, &cookie, "RECITAL-2027-1").await;
    (cookie, dossier)
}

const CLEAN: &[u8] = b"%PDF-1.7\nsain\n%%EOF\n";
pub const FOUL: &[u8] = b"%PDF-1.7\nEICAR\n%%EOF\n";

#[actix_web::test]
async fn a_file_waits_is_scanned_and_is_given_back_to_nobody_when_it_is_refused() {
    let site = site(true);
    let (_folder, scanner) = daemon();
    let mut worker = worker(&site, scanner);
    let (cookie, dossier) = draft(&site).await;
    attach(&site, &cookie, &dossier, "statuts", CLEAN).await;
    attach(&site, &cookie, &dossier, "comptes", FOUL).await;
    let section = format!("{dossier}/rubriques/pieces");
    let page = text(site.get(&cookie, &section).await, 200).await;
    assert_eq!(page.matches("en cours d’analyse").count(), 2, "{page}");
    worker.drain().await.unwrap();
    let page = text(site.get(&cookie, &section).await, 200).await;
    assert!(page.contains("saine") && page.contains("refusée"), "{page}");
    let hrefs: Vec<_> =
        page.split("href=\"/pieces/").skip(1).map(|part| part.split('"').next().unwrap().to_owned()).collect();
    let mut statuses = Vec::new();
    for href in &hrefs {
        statuses.push(site.get(&cookie, &format!("/pieces/{href}")).await.status().as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let page = text(site.get(&cookie, &dossier).await, 200).await;
    assert!(
        page.contains("Joignez le document «\u{a0}Derniers comptes approuvés\u{a0}»"),
        "it counts as missing: {page}"
    );
    attach(&site, &cookie, &dossier, "rapport", FOUL).await;
    let page = text(site.get(&cookie, &section).await, 200).await;
    assert_eq!(page.matches("refusée").count(), 2, "the same bytes are judged once: {page}");
}

#[actix_web::test]
async fn a_silent_antivirus_keeps_nobody_waiting_and_is_asked_again() {
    let site = site(true);
    let (cookie, dossier) = draft(&site).await;
    attach(&site, &cookie, &dossier, "statuts", CLEAN).await;
    worker(&site, Scanner::at("/nowhere/clamd.ctl")).drain().await.unwrap();
    let section = format!("{dossier}/rubriques/pieces");
    assert!(text(site.get(&cookie, &section).await, 200).await.contains("en cours d’analyse"));
    let (_folder, scanner) = daemon();
    site.clock.set(site.clock.now().plus_minutes(11));
    worker(&site, scanner).drain().await.unwrap();
    assert!(text(site.get(&cookie, &section).await, 200).await.contains("saine"));
}

#[actix_web::test]
async fn without_an_antivirus_nothing_is_said_and_what_came_before_it_is_scanned() {
    let site = site(false);
    let (cookie, dossier) = draft(&site).await;
    attach(&site, &cookie, &dossier, "statuts", FOUL).await;
    let section = format!("{dossier}/rubriques/pieces");
    assert!(!text(site.get(&cookie, &section).await, 200).await.contains("analyse"));
    site.db.write(|tx| scans::switch(tx, true, site.clock.now())).unwrap();
    let (_folder, scanner) = daemon();
    worker(&site, scanner).drain().await.unwrap();
    assert!(text(site.get(&cookie, &section).await, 200).await.contains("refusée"));
}

#[actix_web::test]
async fn a_refused_file_is_told_by_mail_and_what_was_owed_is_owed_again() {
    use crate::support::programme::{Programme, open};
    use tisserand::{domain::messages::MessageKind, store::messages, usecases::answers};
    let programme = Programme::on(sqlite());
    programme.db.write(|tx| scans::switch(tx, true, open())).unwrap();
    let (who, id) = programme.complete(1, 3_000);
    let content = || programme.db.read(|conn| answers::find(conn, &who, id)).unwrap();
    let rib = content().attachments.iter().find(|file| file.document_code == "rib").unwrap().id;
    programme.db.write(|tx| answers::detach(tx, &who, id, rib, open())).unwrap();
    programme.submit(&who, id);
    let foul = tisserand::usecases::attachments::judge("f", "rib.pdf", FOUL).unwrap();
    programme.db.write(|tx| answers::attach(tx, &who, id, "rib", &foul, open())).unwrap();
    assert!(content().owed.is_empty(), "it came");
    programme.db.write(|tx| scans::record(tx, &foul.sha256, Some("EICAR"), open())).unwrap();
    assert_eq!(content().owed[0].document_code, "rib");
    let told = || {
        let mails = programme.db.read(|conn| messages::about(conn, id.as_str(), 50)).unwrap();
        mails.into_iter().filter(|mail| mail.kind == MessageKind::FileRefused).collect::<Vec<_>>()
    };
    assert!(
        told().len() == 1 && told()[0].facts.contains("rib.pdf") && told()[0].facts.contains("joignez-en un autre")
    );
    programme.db.write(|tx| answers::attach(tx, &who, id, "rib", &foul, open())).unwrap();
    assert_eq!((content().owed.len(), told().len()), (1, 2), "the same bytes are refused at once");
    let clean = tisserand::usecases::attachments::judge("f", "rib.pdf", CLEAN).unwrap();
    programme.db.write(|tx| answers::attach(tx, &who, id, "rib", &clean, open())).unwrap();
    assert!(content().owed.is_empty());
}

#[test]
fn whoever_sent_a_refused_file_with_a_message_or_put_it_in_the_vault_is_told() {
    use crate::support::programme::{Programme, closed};
    use tisserand::{
        domain::{exchanges::ExchangeSide::Applicant, messages::MessageKind, vaults::VaultPaper},
        store::messages,
        usecases::{attachments, exchanges, vaults},
    };
    let programme = Programme::on(sqlite());
    programme.db.write(|tx| scans::switch(tx, true, closed())).unwrap();
    let (who, id) = programme.filed(1, 3_000);
    let told = |about: &str| {
        let mut mails = programme.db.read(|conn| messages::about(conn, about, 50)).unwrap();
        mails.retain(|mail| mail.kind == MessageKind::FileRefused);
        mails
    };
    let foul = attachments::judge("pieces", "devis.pdf", FOUL).unwrap();
    let files = [foul.clone()];
    programme.db.write(|tx| exchanges::post(tx, &who, id, Applicant, ("Voici.", &files), closed())).unwrap();
    programme.db.write(|tx| scans::record(tx, &foul.sha256, Some("EICAR"), closed())).unwrap();
    let mails = told(id.as_str());
    assert!(mails.len() == 1 && mails[0].facts.contains("devis.pdf"), "{mails:?}");
    assert!(mails[0].facts.contains("joint à votre message"), "{mails:?}");
    let thread = programme.db.read(|conn| exchanges::find(conn, &who, id, Applicant, None)).unwrap();
    let message = &thread.messages[0];
    assert!(message.files.is_empty() && message.refused == ["devis.pdf"], "{message:?}");
    let organisation = programme.application(id).organisation_id;
    let paper = (VaultPaper::Bylaws, None);
    programme.db.write(|tx| vaults::keep(tx, &who, organisation, paper, &foul, closed())).unwrap();
    let mails = told(organisation.as_str());
    assert!(!mails.is_empty() && mails[0].facts.contains("Remplacez-le dans le coffre"), "known at once: {mails:?}");
}

#[test]
fn no_refused_file_is_told_to_whoever_is_recused_or_has_no_vault() {
    use crate::support::programme::{Programme, closed};
    use tisserand::{
        domain::{
            exchanges::ExchangeSide::Team, messages::MessageKind, organisations::MemberSeat::Treasurer,
            vaults::VaultPaper,
        },
        store::{
            messages,
            recusals::{self, RecusalRow},
        },
        usecases::{attachments, exchanges, organisations, vaults},
    };
    let programme = Programme::on(sqlite());
    programme.db.write(|tx| scans::switch(tx, true, closed())).unwrap();
    let (who, application_id) = programme.filed(1, 3_000);
    let organisation = programme.application(application_id).organisation_id;
    let guest = ("tao@example.org".parse().unwrap(), "Tao Trésor");
    let invite = |tx: &mut tisserand::store::Tx| {
        organisations::invite(tx, &who, organisation, (&guest.0, guest.1), Treasurer, closed())
    };
    programme.db.write(invite).unwrap();
    let foul = attachments::judge("pieces", "devis.pdf", FOUL).unwrap();
    let (officer, files) = (&programme.officer, [foul.clone()]);
    programme.db.write(|tx| exchanges::post(tx, officer, application_id, Team, ("Voici.", &files), closed())).unwrap();
    let paper = (VaultPaper::Bylaws, None);
    programme.db.write(|tx| vaults::keep(tx, &who, organisation, paper, &foul, closed())).unwrap();
    let person_id = officer.person.unwrap();
    let recuse = |tx: &mut tisserand::store::Tx| {
        let (id, reason) = (tx.mint(closed())?, "Une amie y travaille".to_owned());
        let row = RecusalRow { id, person_id, application_id, reason, declared_by: person_id, declared_at: closed() };
        recusals::insert(tx, &row)
    };
    programme.db.write(recuse).unwrap();
    programme.db.write(|tx| scans::record(tx, &foul.sha256, Some("EICAR"), closed())).unwrap();
    let told = |about: &str| {
        let mails = programme.db.read(|conn| messages::about(conn, about, 50)).unwrap();
        let mails = mails.into_iter().filter(|mail| mail.kind == MessageKind::FileRefused);
        mails.map(|mail| mail.recipient_address).collect::<Vec<_>>()
    };
    assert_eq!(told(application_id.as_str()), Vec::<String>::new(), "nothing of a file one is recused from");
    assert_eq!(told(organisation.as_str()), ["porteuse.1@example.org"], "a treasurer has no vault");
}

#[test]
fn whoever_is_recused_since_hears_nothing_of_the_file_of_their_message() {
    use crate::support::programme::{Programme, closed};
    use tisserand::{
        domain::{exchanges::ExchangeSide::Team, messages::MessageKind},
        store::messages,
        usecases::{attachments, exchanges, recusals},
    };
    let programme = Programme::on(sqlite());
    programme.db.write(|tx| scans::switch(tx, true, closed())).unwrap();
    let (_, id) = programme.filed(1, 3_000);
    let officer = &programme.officer;
    let foul = attachments::judge("pieces", "modele.pdf", FOUL).unwrap();
    let files = [foul.clone()];
    programme.db.write(|tx| exchanges::post(tx, officer, id, Team, ("Voici.", &files), closed())).unwrap();
    let person = officer.person.unwrap();
    programme
        .db
        .write(|tx| recusals::declare_conflict(tx, officer, person, id, "Ma sœur y travaille", closed()))
        .unwrap();
    programme.db.write(|tx| scans::record(tx, &foul.sha256, Some("EICAR"), closed())).unwrap();
    let mails = programme.db.read(|conn| messages::about(conn, id.as_str(), 50)).unwrap();
    assert!(mails.iter().all(|mail| mail.kind != MessageKind::FileRefused), "{mails:?}");
}

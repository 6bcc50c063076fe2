//! Documents that follow a filed file: promised, printed on the receipt, reminded of, brought, overdue.

use super::pages::{ORGANISATION, site, start, text};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{PDF, Programme, open, person},
    site::Site,
};
use tisserand::{
    domain::{
        definitions::{self, DocumentNeed},
        ids::ApplicationId,
        messages::MessageKind,
        roles::Role,
        time::Moment,
    },
    store::{documents, messages},
    usecases::{Actor, Outcome, UseCaseError, answers, applications, attachments, clock, owed_documents},
};

/// A complete draft without the document that may follow.
pub(super) fn without_rib(programme: &Programme) -> (Actor, ApplicationId) {
    let (who, id) = programme.complete(1, 3_000);
    let content = programme.db.read(|conn| answers::find(conn, &who, id)).unwrap();
    let rib = content.attachments.iter().find(|file| file.document_code == "rib").unwrap().id;
    programme.db.write(|tx| answers::detach(tx, &who, id, rib, open())).unwrap();
    (who, id)
}

fn attach(programme: &Programme, who: &Actor, id: ApplicationId, document: &str) -> Outcome<()> {
    let file = attachments::judge("f", "piece.pdf", PDF).unwrap();
    programme.db.write(|tx| answers::attach(tx, who, id, document, &file, open())).map(drop)
}

fn day(text: &str) -> Moment {
    Moment::start_of_day(text.parse().unwrap())
}

fn reminders(programme: &Programme, id: ApplicationId) -> Vec<String> {
    let mails = programme.db.read(|conn| messages::about(conn, id.as_str(), 50)).unwrap();
    let mut mails: Vec<_> = mails.into_iter().filter(|mail| mail.kind == MessageKind::OwedDocument).collect();
    mails.sort_by_key(|mail| mail.id);
    mails.into_iter().map(|mail| mail.subject_line.replace(['\u{a0}', '\u{202f}'], " ")).collect()
}

#[test]
fn what_follows_is_on_the_receipt_reminded_of_and_listed_until_it_comes() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, id) = without_rib(&programme);
        programme.db.write(|tx| owed_documents::promise(tx, &who, id, "rib", open())).unwrap();
        programme.db.write(|tx| owed_documents::promise(tx, &who, id, "rib", open())).unwrap();
        programme.submit(&who, id);
        let receipt = programme.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap().remove(0);
        assert!(
            receipt.facts.contains("Documents à fournir plus tard") && receipt.facts.contains("22"),
            "{}",
            receipt.facts
        );
        let overdue =
            |at| programme.db.read(|conn| owed_documents::overdue(conn, &programme.officer, None, at)).unwrap();
        let wake = |at| programme.db.write(|tx| clock::run_due(tx, at)).unwrap();
        wake(day("2027-03-14"));
        assert_eq!(reminders(&programme, id), [""; 0]);
        wake(day("2027-03-15"));
        wake(day("2027-03-16"));
        assert_eq!(reminders(&programme, id).len(), 1, "one ahead, however often the clock looks");
        assert_eq!(overdue(day("2027-03-22")).lines.len(), 0, "its day is not over");
        wake(day("2027-03-23"));
        wake(day("2027-03-24"));
        let said = reminders(&programme, id);
        assert!(said.len() == 2 && said[1].contains("en retard"), "{said:?}");
        let late = overdue(day("2027-03-23"));
        assert_eq!((late.lines[0].0.id, late.lines[0].1.as_str()), (id, "Relevé d’identité bancaire"));
        let stranger = person(&programme.db, "Autre porteur", Role::Applicant);
        assert!(attach(&programme, &stranger, id, "rib").is_err());
        assert!(matches!(attach(&programme, &who, id, "statuts"), Err(UseCaseError::Refused(_))), "not what was owed");
        attach(&programme, &who, id, "rib").unwrap();
        assert_eq!(overdue(day("2027-03-23")).lines.len(), 0);
        assert!(matches!(attach(&programme, &who, id, "rib"), Err(UseCaseError::Refused(_))), "it came once");
        let hash = programme.application(id).content_hash;
        assert!(hash.is_some(), "what was filed stays as it was filed");
    }
}

#[test]
fn nothing_is_awaited_from_a_withdrawn_file_and_a_needed_document_cannot_follow() {
    let programme = Programme::on(sqlite());
    let (who, id) = without_rib(&programme);
    let refused = programme.db.write(|tx| owed_documents::promise(tx, &who, id, "statuts", open()));
    assert!(matches!(refused, Err(UseCaseError::Refused(_))));
    programme.submit(&who, id);
    programme.db.write(|tx| applications::withdraw(tx, &who, id, 1, open())).unwrap();
    programme.db.write(|tx| clock::run_due(tx, day("2027-05-01"))).unwrap();
    assert_eq!(reminders(&programme, id), [""; 0]);
    let officer = &programme.officer;
    assert_eq!(programme.db.read(|conn| owed_documents::count_overdue(conn, officer, day("2027-05-01"))).unwrap(), 0);
}

#[test]
fn a_call_gives_a_day_of_its_own_and_only_to_what_may_follow() {
    let text = include_str!("../../fixtures/recital.toml");
    let rib = "avant le premier versement.\"\nneed = \"later\"";
    let own = text.replace(rib, &format!("{rib}\ndue_on = \"2027-04-30\""));
    let call = definitions::parse(&own).unwrap().calls.remove(0);
    let due = |code: &str| call.due_on(call.document(code).unwrap());
    assert_eq!((due("rib"), due("statuts")), (Some("2027-04-30".parse().unwrap()), None));
    assert_eq!(call.document("rib").unwrap().need, DocumentNeed::Later);
    let moved = call.edition_after(364);
    assert_eq!(moved.due_on(moved.document("rib").unwrap()), Some("2028-04-28".parse().unwrap()));
    let early = text.replace(rib, &format!("{rib}\ndue_on = \"2026-12-01\""));
    assert!(definitions::parse(&early).unwrap_err().message.contains("before the call closes"));
    let needed = text
        .replace(rib, &rib.replace("later", "required").replace("required\"", "required\"\ndue_on = \"2027-04-30\""));
    assert!(definitions::parse(&needed).unwrap_err().message.contains("cannot follow the filing"));
}

async fn draft(site: &Site) -> (String, String) {
    let cookie = site.person(Role::Applicant);
    site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await;
    let dossier = start(site, &cookie, "RECITAL-2027-1").await;
    (cookie, dossier)
}

#[actix_web::test]
async fn the_page_says_the_limit_and_the_day_before_anything_is_chosen() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let section = format!("{dossier}/rubriques/pieces");
    let page = text(site.get(&cookie, &section).await, 200).await;
    assert!(page.contains("10\u{a0}Mo au plus") && page.contains("HEIC"), "{page}");
    assert_eq!(page.matches("Je la fournirai plus tard").count(), 1, "only where the call allows it");
    let sent = site.post(&cookie, &format!("{dossier}/pieces/rib/plus-tard"), &[]).await;
    assert_eq!(sent.status(), 303);
    let page = text(site.get(&cookie, &section).await, 200).await;
    assert!(page.contains("attendue pour le <strong>22\u{a0}mars 2027"), "{page}");
    let page = text(site.get(&cookie, &dossier).await, 200).await;
    assert!(page.contains("Relevé d’identité bancaire, pour le 22\u{a0}mars 2027"), "{page}");
    let stranger = site.person(Role::Officer);
    assert_eq!(site.post(&stranger, &format!("{dossier}/pieces/rib/plus-tard"), &[]).await.status(), 404);
    let refused = site.post(&cookie, &format!("{dossier}/pieces/statuts/plus-tard"), &[]).await;
    assert!(text(refused, 409).await.contains("nécessaire dès le dépôt"));
}

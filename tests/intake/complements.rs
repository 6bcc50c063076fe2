//! A complement: what is ticked reopens and nothing else; before and after are kept and compared.

use super::{
    groups::with_costs,
    pages::{field, text},
};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{PDF, Programme, closed, open, person},
    site::Site,
};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::{
        complements::{BudgetTable, Item},
        ids::{ApplicationId, ComplementRequestId},
        lifecycles::applications::ApplicationState,
        lifecycles::messages::MessageState,
        messages::{Mail, MessageKind},
        roles::Role,
        time::Moment,
    },
    store::{Db, StoreError, answers as rows, attachments as files, digests::sha256, filings, messages},
    usecases::{
        Actor, Outcome, UseCaseError,
        answers::{self, Typed},
        attachments, clock, complements,
        field_saves::{self, Change},
    },
};

/// A title, the charges and one paper.
const ITEMS: &[&str] = &["question-titre", "budget-expense", "document-rib"];

fn refusal<T: std::fmt::Debug>(refused: Outcome<T>) -> String {
    match refused {
        Err(UseCaseError::Refused(refusal)) => refusal.to_string(),
        other => panic!("not a refusal: {other:?}"),
    }
}

fn save(db: &Db, who: &Actor, id: ApplicationId, section: &str, typed: &[(&str, &str)]) -> Outcome<()> {
    let typed: Typed = typed.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
    db.write(|tx| answers::save_section(tx, who, id, section, &typed, open())).map(drop)
}

fn save_field(db: &Db, who: &Actor, id: ApplicationId, section: &str, field: &str, value: &str) -> Outcome<()> {
    let typed = Typed::from([(field.to_owned(), value.to_owned())]);
    db.write(|tx| {
        let mut draft = field_saves::open(tx.conn(), who, id, (section, field))?;
        let change = Change { field, page: "unepagequelconque", number: 1, before: None, typed: &typed };
        field_saves::save(tx, &mut draft, &change, open())
    })
    .map(drop)
}

fn attach(db: &Db, who: &Actor, id: ApplicationId, document: &str, bytes: &[u8]) -> Outcome<()> {
    let file = attachments::judge("f", "autre.pdf", bytes).unwrap();
    db.write(|tx| answers::attach(tx, who, id, document, &file, open())).map(drop)
}

fn last_request(db: &Db, id: ApplicationId) -> complements::Request {
    db.read(|conn| complements::of_application(conn, id)).unwrap().pop().unwrap()
}

fn other_pdf() -> Vec<u8> {
    [PDF, b"% une autre version\n"].concat()
}

fn answer(programme: &Programme, who: &Actor, id: ApplicationId, words: &str, at: Moment) -> Outcome<()> {
    let version = programme.application(id).version;
    programme.db.write(|tx| complements::answer(tx, who, id, version, words, at)).map(drop)
}

#[test]
fn only_what_was_ticked_reopens_on_either_database() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, id) = programme.filed(1, 3_000);
        programme.ask_complement(id, "Le titre et les charges.", ITEMS, open()).unwrap();
        let db = &programme.db;
        let kept = db.read(|conn| rows::of_application(conn, id)).unwrap();
        for (section, typed, name) in [
            ("projet", ("resume", "Un autre résumé"), "quelques mots"),
            ("budget", ("montant-74.4", "1"), "Budget\u{a0}: ressources"),
            ("partenaires", ("partenaire-0-nom", "Un autre"), "Partenaires"),
            ("public", ("nombre", "40"), "rubrique"),
        ] {
            let said = refusal(save(db, &who, id, section, &[typed]));
            assert!(said.contains("ne rouvre pas") && said.to_lowercase().contains(&name.to_lowercase()), "{said}");
            let said = refusal(save_field(db, &who, id, section, typed.0.replace("-0-nom", "s").trim(), typed.1));
            assert!(said.contains("ne rouvre pas"), "{said}");
        }
        let said = refusal(attach(db, &who, id, "statuts", PDF));
        assert!(said.contains("ne rouvre pas"), "{said}");
        let held = db.read(|conn| files::of_owner(conn, id.as_str())).unwrap();
        let of = |code: &str| held.iter().find(|file| file.document_code == code).unwrap().id;
        let said = refusal(db.write(|tx| answers::detach(tx, &who, id, of("statuts"), open())));
        assert!(said.contains("ne rouvre pas"), "{said}");
        assert_eq!(db.read(|conn| rows::of_application(conn, id)).unwrap(), kept, "nothing was written");
        save(db, &who, id, "projet", &[("titre", "Deux océans")]).unwrap();
        save_field(db, &who, id, "projet", "titre", "Trois océans").unwrap();
        save(db, &who, id, "budget", &[("montant-60.2", "5 000"), ("montant-62.3", "1 000")]).unwrap();
        attach(db, &who, id, "rib", &other_pdf()).unwrap();
        assert_eq!(programme.application(id).title, "Trois océans");
        let lines = db.read(|conn| rows::budget_of(conn, id)).unwrap();
        assert!(lines.iter().any(|line| line.account == "74.4"), "the resources are as filed: {lines:?}");
    }
}

#[test]
fn an_answer_keeps_what_was_filed_before_and_after() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, id) = programme.filed(1, 3_000);
        let hash = programme.application(id).content_hash.unwrap();
        programme
            .ask_complement(id, "Le titre.", &["question-titre", "question-resume", "document-rib"], open())
            .unwrap();
        let db = &programme.db;
        save(db, &who, id, "projet", &[("titre", "Deux océans")]).unwrap();
        attach(db, &who, id, "rib", &other_pdf()).unwrap();
        answer(&programme, &who, id, "C’est fait.", open().plus_days(1)).unwrap();
        let kept = db.read(|conn| filings::of_application(conn, id)).unwrap();
        let [first, second] = &kept[..] else { panic!("{} filings", kept.len()) };
        assert_eq!((first.number, &first.digest), (1, &hash), "what the receipt proves");
        assert!([first, second].iter().all(|filing| sha256(&filing.said) == filing.digest));
        let request = last_request(db, id);
        assert_eq!((request.row.filing_before, request.row.filing_after), (Some(1), Some(2)));
        let found = db.read(|conn| complements::compare(conn, &programme.officer, id, request.row.id)).unwrap();
        let differs = |item: &Item| complements::differs(&found.before, &found.after, item);
        assert!(differs(&Item::Question("titre".into())) && differs(&Item::Document("rib".into())));
        assert!(!differs(&Item::Question("resume".into())) && !differs(&Item::Budget(BudgetTable::Expense)));
        assert_eq!(found.consequences, []);
        assert!(found.before.answers["titre"].starts_with("Un océan") && found.after.answers["titre"] == "Deux océans");
        for sql in ["UPDATE filings SET said = ''", "DELETE FROM filings", "UPDATE complement_items SET note = 'x'"] {
            let refused = db.write(|tx| tx.conn().batch_execute(sql).map_err(StoreError::from));
            assert!(refused.is_err(), "{sql}");
        }
    }
}

#[test]
fn a_complement_that_empties_what_is_needed_is_not_sent() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    programme.ask_complement(id, "Le titre.", &["question-titre"], open()).unwrap();
    save(&programme.db, &who, id, "projet", &[("titre", "")]).unwrap();
    let said = refusal(answer(&programme, &who, id, "Voilà.", open()));
    assert!(said.contains("Il manque encore") && said.contains("Titre"), "{said}");
    save(&programme.db, &who, id, "projet", &[("titre", "Revenu")]).unwrap();
    answer(&programme, &who, id, "Voilà.", open()).unwrap();
}

#[test]
fn a_complement_that_breaks_a_rule_on_what_follows_from_it_is_not_sent() {
    let programme = with_costs(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    programme.ask_complement(id, "Les frais.", &["question-frais"], open()).unwrap();
    save(&programme.db, &who, id, "projet", &[("frais", "combien=3000,01\tquoi=Le car")]).unwrap();
    let said = refusal(answer(&programme, &who, id, "Voilà.", open()));
    assert!(said.contains("Les frais dépassent le montant demandé"), "{said}");
    save(&programme.db, &who, id, "projet", &[("frais", "combien=2999\tquoi=Le car")]).unwrap();
    answer(&programme, &who, id, "Voilà.", open()).unwrap();
}

#[test]
fn what_depends_on_a_reopened_answer_reopens_with_it() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    programme.ask_complement(id, "Qui est loin ?", &["question-eloigne"], open()).unwrap();
    save(&programme.db, &who, id, "public", &[("eloigne", "oui"), ("comment_eloigne", "Par les maisons de quartier.")])
        .unwrap();
    answer(&programme, &who, id, "C’est dit.", open()).unwrap();
    let request = last_request(&programme.db, id).row.id;
    let found = programme.db.read(|conn| complements::compare(conn, &programme.officer, id, request)).unwrap();
    assert_eq!(found.consequences, [Item::Question("comment_eloigne".into())]);
}

#[test]
fn a_term_that_passes_keeps_what_had_been_corrected() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, id) = programme.filed(1, 3_000);
        programme.ask_complement(id, "Le titre.", &["question-titre"], open()).unwrap();
        save(&programme.db, &who, id, "projet", &[("titre", "À moitié")]).unwrap();
        let late = last_request(&programme.db, id).row.due_at;
        assert_eq!(programme.db.write(|tx| clock::run_due(tx, late.plus_seconds(-1))).unwrap(), 0);
        assert_eq!(programme.db.write(|tx| clock::run_due(tx, late)).unwrap(), 1);
        assert_eq!(programme.application(id).state, ApplicationState::Submitted);
        let request = last_request(&programme.db, id);
        assert_eq!((request.row.answer, request.row.filing_after), (None, Some(2)));
    }
}

#[test]
fn a_request_made_before_boxes_were_ticked_reopens_everything() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, id) = programme.filed(1, 3_000);
        programme.ask_complement(id, "Le titre.", &["question-titre"], open()).unwrap();
        let sql = "UPDATE complement_requests SET filing_before = NULL";
        programme.db.write(|tx| tx.conn().batch_execute(sql).map_err(StoreError::from)).unwrap();
        save(&programme.db, &who, id, "projet", &[("resume", "Un autre résumé")]).unwrap();
        answer(&programme, &who, id, "Voilà.", open()).unwrap();
    }
}

#[test]
fn the_mail_names_what_is_reopened() {
    let programme = Programme::on(sqlite());
    let (_, id) = programme.filed(1, 3_000);
    programme.ask_complement(id, "Le titre et le RIB.", &["document-rib", "question-titre"], open()).unwrap();
    let mails = programme.db.read(|conn| messages::in_state(conn, MessageState::Queued, 100)).unwrap();
    let asked = mails.iter().find(|mail| mail.kind == MessageKind::ComplementAsked).unwrap();
    let mail: Mail = serde_json::from_str(&asked.facts).unwrap();
    let said = mail.paragraphs.join("\n");
    assert!(said.contains("Le titre et le RIB."), "{said}");
    let title = programme.definition.question("titre").unwrap().label.clone();
    let rib = programme.definition.document("rib").unwrap().label.clone();
    let (first, second) = (said.find(&title).unwrap(), said.find(&rib).unwrap());
    assert!(first < second, "in the order of the form: {said}");
}

#[actix_web::test]
async fn the_applicant_sees_fields_where_it_is_open_and_text_elsewhere() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    programme.ask_complement(id, "Précisez, s’il vous plaît.", ITEMS, open()).unwrap();
    let site = Site::over(&programme.db, open());
    let cookie = site.cookie_of(&who);
    let path = format!("/dossiers/{id}");
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("Ce qui est à corriger") && page.contains("à corriger</span>"), "{page}");
    assert!(
        page.contains(&format!("{path}/rubriques/projet#champ-titre")) && page.contains("tel que déposé"),
        "{page}"
    );
    let section = text(site.get(&cookie, &format!("{path}/rubriques/projet")).await, 200).await;
    assert!(section.contains("name=\"titre\"") && !section.contains("name=\"resume\""), "{section}");
    assert!(section.contains("Tel que déposé") && section.contains("Précisez, s’il vous plaît."), "{section}");
    let budget = text(site.get(&cookie, &format!("{path}/rubriques/budget")).await, 200).await;
    assert!(budget.contains("name=\"montant-60.2\"") && !budget.contains("name=\"montant-74.4\""), "{budget}");
    assert!(budget.contains("À corriger\u{a0}: Budget\u{a0}: charges") && budget.contains("74.4 – "), "{budget}");
    let papers = text(site.get(&cookie, &format!("{path}/rubriques/pieces")).await, 200).await;
    assert!(papers.contains("pieces/rib\"") && !papers.contains("pieces/statuts\""), "{papers}");
    let closed = text(site.get(&cookie, &format!("{path}/rubriques/public")).await, 200).await;
    assert!(
        closed.contains("Rien n’est à corriger dans cette rubrique") && !closed.contains("name=\"nombre\""),
        "{closed}"
    );
    let refused = site.post(&cookie, &format!("{path}/rubriques/public"), &[("nombre", "40")]).await;
    assert!(text(refused, 409).await.contains("ne rouvre pas la rubrique"));
    let upload = site.post_file(&cookie, &format!("{path}/pieces/statuts"), &[], Some(("f", "s.pdf", PDF))).await;
    assert!(text(upload, 409).await.contains("ne rouvre pas"));
    let sent = site
        .post(&cookie, &format!("{path}/rubriques/projet"), &[("titre", "Deux océans"), ("suite", "suivante")])
        .await;
    assert_eq!(sent.headers()["location"], format!("{path}/rubriques/budget"), "the next one that is open");
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("modifié</span>"), "{page}");
}

#[actix_web::test]
async fn the_officer_ticks_and_compares() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    let site = Site::over(&programme.db, closed());
    let (officer, holder) = (site.cookie_of(&programme.officer), site.cookie_of(&who));
    let path = format!("/instruction/{id}/complement");
    let page = text(site.get(&officer, &path).await, 200).await;
    assert!(page.contains("value=\"question-titre\"") && page.contains("Un océan, deux classes 1"), "{page}");
    assert!(page.contains("value=\"2027-02-25\""), "the call's own delay: {page}");
    let (version, token) = (field(&page, "version"), field(&page, "token"));
    let sealed = [("version", version.as_str()), ("token", token.as_str())];
    let send = |more: &[(&'static str, &'static str)]| [&sealed[..], more].concat();
    let wrong = send(&[("demande", "Le titre"), ("echeance", "2020-01-01"), ("note-question-titre", "Plus court")]);
    let page = text(site.post(&officer, &path, &wrong).await, 422).await;
    assert!(page.contains("Cochez au moins un élément") && page.contains("Cette date est passée"), "{page}");
    assert!(page.contains("Le titre</textarea>") && page.contains("Plus court"), "{page}");
    let right = send(&[
        ("demande", "Le titre"),
        ("echeance", "2027-03-01"),
        ("element", "question-titre"),
        ("element", "document-rib"),
        ("element", "question-nulle-part"),
        ("note-question-titre", "Plus <court>"),
    ]);
    for _ in 0..2 {
        assert_eq!(site.post(&officer, &path, &right).await.status(), 303, "a second click changes nothing");
    }
    let request = last_request(&programme.db, id);
    assert_eq!((request.items.len(), request.items[0].1.as_str()), (2, "Plus <court>"));
    let page = text(site.get(&officer, &format!("/instruction/{id}")).await, 200).await;
    assert!(page.contains("Plus &#60;court&#62;") && !page.contains("Comparer avant"), "{page}");
    let compare = format!("/instruction/{id}/complements/{}", request.row.id);
    assert_eq!(site.get(&officer, &compare).await.status(), 404, "nothing has come");
    text(site.get(&officer, &path).await, 409).await;
    site.post(&holder, &format!("/dossiers/{id}/rubriques/projet"), &[("titre", "Court")]).await;
    answer(&programme, &who, id, "Le voici.", closed()).unwrap();
    let page = text(site.get(&officer, &format!("/instruction/{id}")).await, 200).await;
    assert!(page.contains("Comparer avant et après") && page.contains(&compare), "{page}");
    let page = text(site.get(&officer, &compare).await, 200).await;
    let (before, after) = (page.find("Un océan, deux classes 1").unwrap(), page.rfind("<p>Court</p>").unwrap());
    assert!(before < after && page.contains("Demandé, et laissé tel quel") && page.contains("Le voici."), "{page}");
    assert_eq!(site.get(&holder, &compare).await.status(), 404);
    let other = compare.replace(request.row.id.as_str(), "0198c0a1-7b5c-7def-8123-456789abcdef");
    assert_eq!(site.get(&officer, &other).await.status(), 404);
}

#[actix_web::test]
async fn the_team_reads_the_paper_that_was_replaced_and_nobody_else_does() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    for bytes in [PDF, &other_pdf(), PDF] {
        site.files.put(bytes.to_vec()).await.unwrap();
    }
    let held = |db: &Db| {
        let rows = db.read(|conn| files::of_owner(conn, id.as_str())).unwrap();
        rows.into_iter().find(|file| file.document_code == "rib").unwrap().id
    };
    // Put in and taken away before filing: the team never gets it.
    attach(&programme.db, &who, id, "rib", &[&other_pdf()[..], b"x"].concat()).unwrap();
    let draft = held(&programme.db);
    attach(&programme.db, &who, id, "rib", PDF).unwrap();
    let filed = held(&programme.db);
    programme.submit(&who, id);
    programme.ask_complement(id, "Le RIB.", &["document-rib"], open()).unwrap();
    attach(&programme.db, &who, id, "rib", &other_pdf()).unwrap();
    answer(&programme, &who, id, "Voilà.", open()).unwrap();
    let (officer, holder) = (site.cookie_of(&programme.officer), site.cookie_of(&who));
    assert_eq!(site.get(&officer, &format!("/pieces/{filed}")).await.status(), 200);
    assert_eq!(site.get(&holder, &format!("/pieces/{filed}")).await.status(), 404);
    assert_eq!(site.get(&officer, &format!("/pieces/{draft}")).await.status(), 404);
    let auditor = person(&programme.db, "Sylvie Morel", Role::Auditor);
    let request: ComplementRequestId = last_request(&programme.db, id).row.id;
    let page = format!("/instruction/{id}/complements/{request}");
    let page = text(site.get(&site.cookie_of(&auditor), &page).await, 200).await;
    assert!(page.contains(&sha256(PDF)) && page.contains(&sha256(other_pdf())), "{page}");
}

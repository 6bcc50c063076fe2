//! A call rehearsed before anybody applies: a good one leads to its last payment, each dead end is named, and nothing
//! stays of it.

use super::preparations::Desk;
use crate::support::{
    databases::{TestDb, each_database, sqlite},
    programme::{Programme, open, person},
};
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text,
};
use tisserand::{
    domain::{
        decisions::DecisionPace,
        definitions::{self, Author, CallPart, DecisionAuthority, Definition, Need, ProjectField, Question, ShowIf},
        eligibility::Rule,
        messages::MessageKind,
        money::Euros,
        roles::Role,
        schedules::DueRule,
        time::Moment,
    },
    exports::credit_transfers::bank_file,
    store::StoreError,
    usecases::{
        Actor, calls, reference_data,
        rehearsals::{Rehearsal, Step, Thing, rehearse},
    },
};

const FUNDS: [&str; 3] = [
    include_str!("../../fixtures/recital.toml"),
    include_str!("../../fixtures/tandems.toml"),
    include_str!("../../fixtures/sublime.toml"),
];

/// What the applicants of every call read at least.
const READ: &[MessageKind] = &[
    MessageKind::Receipt,
    MessageKind::Eligible,
    MessageKind::Award,
    MessageKind::Refusal,
    MessageKind::ReserveList,
    MessageKind::ClosingSoon,
    MessageKind::ComplementAsked,
    MessageKind::ReportDue,
];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

/// Everything a database holds: the bytes of its compacted copy on SQLite, every row of every table on PostgreSQL.
fn everything(db: &TestDb) -> Vec<u8> {
    if db.url().starts_with("sqlite:") {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.db");
        let vacuum = format!("VACUUM INTO '{}'", copy.display());
        db.read(|conn| conn.batch_execute(&vacuum).map_err(StoreError::from)).unwrap();
        return std::fs::read(copy).unwrap();
    }
    let mut conn = PgConnection::establish(db.url()).unwrap();
    let tables = "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    let tables: Vec<Line> = sql_query(tables).load(&mut conn).unwrap();
    let mut all = Vec::new();
    for table in tables {
        let rows = format!("SELECT t::text AS text FROM \"{}\" t ORDER BY 1", table.text);
        let rows: Vec<Line> = sql_query(rows).load(&mut conn).unwrap();
        all.extend(rows.into_iter().flat_map(|row| format!("{}: {}\n", table.text, row.text).into_bytes()));
    }
    all
}

/// Plays a call as its officer would, and makes sure that nothing stays.
fn played(db: &TestDb, officer: &Actor, reference: &str, now: Moment) -> Rehearsal {
    let before = everything(db);
    let rehearsal = db.rehearse(|tx| rehearse(tx, officer, reference, bank_file, now)).unwrap();
    assert!(everything(db) == before, "the rehearsal of {reference} left something");
    rehearsal
}

/// The call of a definition, as a draft that was never judged.
fn draft(db: &TestDb, definition: &Definition) -> Actor {
    db.write(reference_data::load).unwrap();
    db.write(|tx| calls::load(tx, &Actor::system(), definition, open())).unwrap();
    person(db, "Lucie Hennebelle", Role::Officer)
}

#[test]
fn the_call_of_each_fund_leads_to_its_last_payment_and_nothing_stays() {
    for db in each_database() {
        for text in FUNDS {
            let definition = definitions::parse(text).unwrap();
            let officer = draft(&db, &definition);
            let call = &definition.calls[0];
            let rehearsal = played(&db, &officer, &call.reference, open());
            assert_eq!(rehearsal.dead_ends, [], "{}", call.reference);
            let steps: Vec<Step> = rehearsal.taken.iter().map(|taken| taken.step).collect();
            assert_eq!(steps, Step::ALL, "{}", call.reference);
            let said: Vec<&String> = rehearsal.taken.iter().flat_map(|taken| &taken.said).collect();
            let paid = said.iter().filter(|said| said.contains("versés le")).count();
            assert_eq!(paid, call.schedule.steps.len(), "{said:?}");
            assert!(said.iter().any(|said| said.starts_with("«\u{a0}Accord")), "{said:?}");
            assert!(said.iter().any(|said| said.starts_with("«\u{a0}Réponse")), "{said:?}");
            let kinds: Vec<MessageKind> = rehearsal.written.iter().map(|written| written.mail.kind).collect();
            for kind in READ {
                assert!(kinds.contains(kind), "{kind}: {kinds:?}");
            }
            let mails = rehearsal.written.iter().map(|written| written.mail.paragraphs.join("\n"));
            let letters = rehearsal.written.iter().filter_map(|written| written.letter.as_ref());
            let letters: Vec<String> = letters.map(|letter| serde_json::to_string(&letter.blocks).unwrap()).collect();
            assert!(letters.len() >= 3, "the receipt and both answers: {letters:?}");
            let kept: Vec<String> = mails.chain(letters).filter(|text| text.contains("{projet}")).collect();
            assert_eq!(kept, [""; 0], "every field has its value");
            let days: Vec<Moment> = rehearsal.taken.iter().map(|taken| taken.at).collect();
            assert!(days.is_sorted(), "it follows the calendar of the call: {days:?}");
            if call.reports.interim.is_some() {
                let reported = rehearsal.taken.iter().find(|taken| taken.step == Step::Report).unwrap();
                let paid = reported.said.iter().find(|said| said.contains("versés le")).unwrap();
                assert!(paid.ends_with("versés le 1er\u{a0}juillet 2027"), "half way through the project: {paid}");
            }
        }
    }
}

/// A change that leads nowhere, what is said of it, and where it is repaired: a part and what in it, empty for all of it.
type Broken = (fn(&mut Definition), &'static str, CallPart, &'static str);

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn only_after(question: &str, answer: &str) -> Option<ShowIf> {
    Some(ShowIf { question: question.into(), any_of: vec![answer.into()] })
}

/// What in a part, as it is written below.
fn named(thing: &Option<Thing>) -> String {
    match thing {
        None => String::new(),
        Some(Thing::Rule(place)) => format!("rule {place}"),
        Some(Thing::Document(code)) => format!("document {code}"),
        Some(Thing::Section(code)) => format!("section {code}"),
        Some(Thing::Question(code)) => format!("question {code}"),
    }
}

const BROKEN: &[Broken] = &[
    (
        |file| file.calls[0].window.closes = file.calls[0].window.opens.plus_days(-1),
        "ferme avant d’ouvrir",
        CallPart::Calendar,
        "",
    ),
    (
        |file| file.funding_sources[0].amount = Euros::whole(50_000),
        "L’enveloppe n’est pas couverte\u{a0}: la convention AFD-2026-ECM-HDF n’a plus que 50\u{202f}000",
        CallPart::Money,
        "",
    ),
    (
        |file| file.funding_sources[0].ends_on = day("2027-01-31"),
        "finit le 31\u{a0}janvier 2027, avant l’annonce",
        CallPart::Money,
        "",
    ),
    (
        |file| file.calls[0].sections[6].show_if = only_after("eloigne", "oui"),
        "«\u{a0}Statuts signés\u{a0}» est obligatoire, mais la rubrique",
        CallPart::Documents,
        "section pieces",
    ),
    (
        |file| file.calls[0].documents[2].author = Author::Partner,
        "«\u{a0}Derniers comptes approuvés\u{a0}» est à joindre par l’autre organisation",
        CallPart::Documents,
        "document comptes",
    ),
    (
        |file| {
            file.calls[0].sections[2].show_if = only_after("eloigne", "non");
            file.calls[0].sections[2].questions[3].show_if = only_after("eloigne", "oui");
        },
        "«\u{a0}Comment tenez-vous compte de l’environnement\u{a0}?\u{a0}» ne peut être posée à personne",
        CallPart::Form,
        "question environnement",
    ),
    (
        |file| file.calls[0].sections[1].questions[0].least = Some(9),
        "«\u{a0}Publics visés\u{a0}» ne peut pas recevoir de réponse",
        CallPart::Form,
        "question publics",
    ),
    (
        |file| file.calls[0].sections[0].questions[1].words = Some(0),
        "«\u{a0}L’action en quelques mots\u{a0}» ne peut pas recevoir de réponse",
        CallPart::Form,
        "question resume",
    ),
    (
        |file| file.calls[0].eligibility.push(Rule::EndsBy { day: day("2027-04-10") }),
        "Aucune date ne convient\u{a0}: un projet commence au plus tôt le 1er\u{a0}avril 2027",
        CallPart::Eligibility,
        "rule 6",
    ),
    (
        |file| file.calls[0].amount.maximum_project_cost = Some(Euros::whole(500)),
        "Le plus petit montant, 500\u{a0}€, ne peut pas être demandé",
        CallPart::Money,
        "",
    ),
    (
        |file| {
            let communes = vec!["80021".into()];
            file.calls[0].eligibility[1] = Rule::SeatInDepartments { departments: vec!["59".into()] };
            file.calls[0].eligibility.push(Rule::SeatInCommunes { area: "Amiens".into(), communes });
        },
        "n’est pas recevable\u{a0}: Le siège est hors de la zone de l’appel (Amiens)",
        CallPart::Eligibility,
        "rule 6",
    ),
    (
        |file| file.calls[0].schedule.steps[0].not_before = Some(DueRule::On(day("2050-01-01"))),
        "ne peut pas partir avant le 1er\u{a0}janvier 2050, et la convention AFD-2026-ECM-HDF finit le 31\u{a0}décembre 2028",
        CallPart::Money,
        "",
    ),
    (
        |file| file.calls[0].letters.award_intro = "Sous conditions : {conditions}".into(),
        "Une lettre ne peut pas partir\u{a0}: Le texte «\u{a0}Premières phrases de la lettre d’accord\u{a0}» nomme {conditions}",
        CallPart::Letters,
        "",
    ),
    (
        |file| {
            // Its letters leave while the committee sits.
            (file.calls[0].decisions, file.calls[0].decided_by) = (DecisionPace::Rolling, DecisionAuthority::Committee);
            file.calls[0].letters.award_intro = "Sous conditions : {conditions}".into();
        },
        "Une lettre ne peut pas partir\u{a0}: Le texte «\u{a0}Premières phrases de la lettre d’accord\u{a0}» nomme {conditions}",
        CallPart::Letters,
        "",
    ),
    (
        |file| file.calls[0].letters.award_mail = "Sous conditions : {conditions}".into(),
        "Le texte «\u{a0}Courriel d’accord\u{a0}» nomme {conditions}",
        CallPart::Letters,
        "",
    ),
    (
        |file| {
            // Whoever leaves its first day out would get a mail with a hole in it.
            let starts = |question: &&mut Question| question.fills == Some(ProjectField::StartsOn);
            let mut questions = file.calls[0].sections.iter_mut().flat_map(|section| &mut section.questions);
            questions.find(starts).unwrap().need = Need::Recommended;
            file.calls[0].letters.award_mail = "À partir du {debut}.".into();
        },
        "Le texte «\u{a0}Courriel d’accord\u{a0}» nomme {debut}, et la question",
        CallPart::Letters,
        "",
    ),
    (|file| file.fund.contact.name.clear(), "Une lettre ne peut pas partir", CallPart::Letters, ""),
    (|file| file.calls[0].grid.criteria.clear(), "Tous les coefficients de la grille sont nuls.", CallPart::Grid, ""),
    (
        |file| file.calls[0].letters.refusal_advice.clear(),
        "Il manque encore\u{a0}: les textes des lettres",
        CallPart::Letters,
        "",
    ),
];

#[test]
fn each_kind_of_dead_end_is_found_and_named() {
    for (change, said, part, thing) in BROKEN {
        let db = sqlite();
        let mut definition = definitions::parse(FUNDS[0]).unwrap();
        change(&mut definition);
        let officer = draft(&db, &definition);
        let rehearsal = played(&db, &officer, "RECITAL-2027-1", open());
        let found = rehearsal.dead_ends.iter().find(|dead_end| dead_end.sentence.contains(said));
        let found = found.unwrap_or_else(|| panic!("{said}: {rehearsal:?}"));
        assert_eq!((found.part, named(&found.thing).as_str()), (*part, *thing), "{said}");
    }
}

#[test]
fn a_letter_that_cannot_leave_is_read_with_its_hole() {
    let db = sqlite();
    let mut definition = definitions::parse(FUNDS[0]).unwrap();
    definition.calls[0].letters.award_intro = "Sous conditions : {conditions}".into();
    let officer = draft(&db, &definition);
    let rehearsal = played(&db, &officer, "RECITAL-2027-1", open());
    let award = rehearsal.written.iter().find(|written| written.mail.kind == MessageKind::Award).unwrap();
    let letter = serde_json::to_string(&award.letter.as_ref().unwrap().blocks).unwrap();
    assert!(letter.contains("{conditions}"), "{letter}");
}

#[test]
fn a_deadline_that_is_over_is_a_dead_end() {
    let db = sqlite();
    let officer = draft(&db, &definitions::parse(FUNDS[0]).unwrap());
    let late = Moment::start_of_day(day("2027-05-01"));
    let rehearsal = played(&db, &officer, "RECITAL-2027-1", late);
    assert!(rehearsal.dead_ends[0].sentence.contains("est déjà passée"), "{rehearsal:?}");
}

#[test]
fn a_published_call_is_rehearsed_beside_its_files_with_the_money_it_holds() {
    for db in each_database() {
        // All of the agreement is in the envelope: only what the call holds itself can be drawn again.
        let programme = Programme::with_definition(db, |file| {
            file.funding_sources[0].amount = Euros::whole(60_000);
            file.funding_sources[0].earmarks.clear();
        });
        programme.filed(1, 2_000);
        let rehearsal = played(&programme.db, &programme.officer, "RECITAL-2027-1", open());
        assert_eq!(rehearsal.dead_ends, []);
        assert_eq!(rehearsal.taken.len(), Step::ALL.len());
    }
}

#[actix_web::test]
async fn the_page_shows_how_far_the_call_leads_and_what_repairs_it() {
    let desk = Desk::on(sqlite());
    let address = "/appels-a-projets/RECITAL-2027-1/repetition";
    assert!(desk.read("/appels-a-projets/RECITAL-2027-1/preparation").await.contains(address));
    assert!(desk.read(address).await.contains("À la fin tout est défait"));
    let (status, _, page) = desk.send(address, &[]).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("L’appel va jusqu’au bout") && page.contains("Le solde est versé"), "{page}");
    assert!(
        page.contains("Ce que lisent les organisations") && page.contains("Chaque champ entre accolades"),
        "{page}"
    );
    let [mail, letter] = ["L’accusé de dépôt est joint", "Ce document prouve le dépôt."];
    assert!(page.contains(mail) && page.contains(letter), "{page}");
    desk.begin().await;
    let (status, _, page) = desk.send("/appels-a-projets/URGENCE-2027/repetition", &[]).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("L’appel ne va pas jusqu’au bout"), "{page}");
    assert!(page.contains("href=\"/appels-a-projets/URGENCE-2027/preparation/argent\""), "{page}");
    assert!(!page.contains("class=\"done\""), "a call that cannot be published is not played further: {page}");
}

//! Applications with their answers: a column a question, rows in a table of their own, nothing of what one may not see.

use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, closed, open},
    site::Site,
};
use std::{
    io::{Cursor, Read},
    sync::atomic::Ordering,
};
use tisserand::{
    domain::{
        definitions::{Formula, Operation, Question, QuestionKind},
        ids::ApplicationId,
    },
    exports::{
        answers::{Answers, write_answers_xlsx},
        sheets::Form,
    },
    store::{Db, Tx, connection::QueryCounter, recusals},
    usecases::{
        Actor, UseCaseError, answers,
        exports::{self, AnswerSheet, Answered, AnsweredRow, Filter},
    },
};

/// A call with a table of costs and their sum.
fn programme(db: crate::support::databases::TestDb) -> Programme {
    Programme::with(db, |call| {
        let column =
            |code: &str, label: &str, kind| Question { label: label.into(), ..Question::blank(code.into(), kind) };
        let columns =
            vec![column("quoi", "Quoi", QuestionKind::ShortText), column("combien", "Combien", QuestionKind::Euros)];
        let group = column("frais", "Frais de route", QuestionKind::Group);
        let formula = Some(Formula { operation: Operation::Sum, of: vec!["frais.combien".into()] });
        call.sections[0].questions.push(Question { columns, ..group });
        let total = column("total_frais", "Total des frais", QuestionKind::Computed);
        call.sections[0].questions.push(Question { formula, ..total });
    })
}

fn filed(programme: &Programme, number: u32, rows: &str) -> ApplicationId {
    let (who, id) = programme.complete(number, 3_000);
    let typed = [("frais".to_owned(), rows.to_owned()), ("resume".to_owned(), "=1+1\nDeux lignes".to_owned())].into();
    programme.db.write(|tx| answers::save_section(tx, &who, id, "projet", &typed, open())).unwrap();
    programme.submit(&who, id);
    id
}

fn read(db: &Db, actor: &Actor) -> Result<(AnswerSheet, Vec<AnsweredRow>), UseCaseError> {
    db.read(|conn| {
        let filter = Filter { call: Some("RECITAL-2027-1".into()), ..Filter::default() };
        let sheet = exports::sheets(conn, actor, &filter)?.remove(0);
        let rows: Result<Vec<_>, _> =
            exports::begin::<Answered>(conn, actor, &filter)?.rows(|next| next(conn)).collect();
        Ok((sheet, rows?))
    })
}

fn csv(sheet: &AnswerSheet, rows: &[AnsweredRow], form: Form, group: Option<&str>) -> Vec<Vec<String>> {
    let (table, mut bytes) = (Answers::of(sheet, form), Vec::new());
    let group = group.map(|code| table.group(code).unwrap());
    let rows = rows.iter().cloned().map(Ok::<_, std::convert::Infallible>);
    table.write_csv(group, rows, &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let delimiter = if form == Form::French { b';' } else { b',' };
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn every_question_has_its_column_and_no_row_is_dropped() {
    for db in each_database() {
        let programme = programme(db);
        filed(&programme, 1, "combien=12,50\tquoi=Le car\n=\ncombien=7,50\tquoi=-2 places");
        programme.complete(2, 2_000);
        let (sheet, rows) = read(&programme.db, &programme.officer).unwrap();
        assert_eq!(rows.len(), 1, "a draft never leaves the house");
        let lines = csv(&sheet, &rows, Form::French, None);
        let cell = |heading: &str| {
            let place =
                lines[0].iter().position(|h| h == heading).unwrap_or_else(|| panic!("no {heading}: {:?}", lines[0]));
            lines[1][place].clone()
        };
        for (_, question) in programme.definition.questions() {
            assert!(lines[0].contains(&question.label), "{}", question.label);
        }
        assert_eq!(cell("Organisation"), rows[0].application.applicant.name);
        assert_eq!(cell("L’action en quelques mots"), "'=1+1\nDeux lignes", "no spreadsheet computes it");
        assert_eq!(cell("Total des frais"), "20,00");
        assert_eq!(
            cell("Frais de route"),
            "Quoi\u{a0}: Le car, Combien\u{a0}: 12,50\u{a0}€\nQuoi\u{a0}: -2 places, Combien\u{a0}: 7,50\u{a0}€"
        );
        assert_eq!(cell("Début"), "2027-04-15");
        let group = csv(&sheet, &rows, Form::French, Some("frais"));
        assert_eq!(group[0][2..], ["Organisation", "Ligne", "Quoi", "Combien"]);
        assert_eq!(group[1][3..], ["1", "Le car", "12,50"]);
        assert_eq!(group[2][3..], ["3", "'-2 places", "7,50"]);
        assert_eq!(group.len(), 3);
        let machine = csv(&sheet, &rows, Form::Machine, None);
        let place = machine[0].iter().position(|key| key == "question.frais").unwrap();
        assert_eq!(machine[1][place], "2");
    }
}

#[test]
fn a_workbook_has_a_sheet_for_the_call_and_one_for_each_table() {
    let programme = programme(sqlite());
    filed(&programme, 1, "combien=12,50\tquoi=Le car");
    let (sheet, rows) = read(&programme.db, &programme.officer).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    let rows = rows.into_iter().map(Ok::<_, std::convert::Infallible>);
    assert_eq!(write_answers_xlsx(&[sheet], rows, &mut bytes).unwrap(), 1);
    let mut archive = zip::ZipArchive::new(bytes).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let names = part("xl/workbook.xml");
    assert!(names.contains("name=\"RECITAL-2027-1\"") && names.contains("name=\"RECITAL-2027-1 frais\""), "{names}");
    let (first, second) = (part("xl/worksheets/sheet1.xml"), part("xl/worksheets/sheet2.xml"));
    assert!(first.contains("Total des frais") && first.contains("<v>12.5</v>"), "{first}");
    assert!(second.contains("Le car") && second.contains("<v>12.5</v>") && !first.contains("<f>"), "{second}");
    assert!(first.contains("state=\"frozen\""), "{first}");
}

#[test]
fn more_applications_ask_no_more_questions_of_the_database() {
    let asked = |count: u32| {
        let programme = programme(sqlite());
        for number in 1..=count {
            filed(&programme, number, "combien=1\tquoi=Le car");
        }
        let counter = QueryCounter::default();
        let db = Db::open_counting(programme.db.url(), counter.clone()).unwrap();
        let before = counter.load(Ordering::Relaxed);
        assert_eq!(read(&db, &programme.officer).unwrap().1.len(), count as usize);
        counter.load(Ordering::Relaxed) - before
    };
    assert_eq!(asked(1), asked(6));
}

#[actix_web::test]
async fn an_officer_downloads_it_without_what_they_are_recused_from() {
    let programme = programme(sqlite());
    let (one, _) = (filed(&programme, 1, "combien=1\tquoi=Le car"), filed(&programme, 2, "combien=2\tquoi=Le train"));
    let site = Site::over(&programme.db, closed());
    let (officer, member) = (site.cookie_of(&programme.officer), site.cookie_of(&programme.members[0]));
    let path = "/appels-a-projets/RECITAL-2027-1/reponses";
    let page = site.get(&officer, "/appels-a-projets/RECITAL-2027-1").await.text().await.unwrap();
    assert!(page.contains(&format!("href=\"{path}\"")), "{page}");
    let book = site.get(&officer, path).await;
    assert_eq!(book.status(), 200);
    assert!(book.headers()["content-disposition"].to_str().unwrap().contains("reponses-RECITAL-2027-1-"));
    assert_eq!(&book.bytes().await.unwrap()[..2], b"PK");
    let table = || async { site.get(&officer, &format!("{path}?format=csv")).await.text().await.unwrap() };
    let text = table().await;
    assert!(text.contains("Le car") && text.contains("Le train"), "{text}");
    let person = programme.officer.person.unwrap();
    let row = |tx: &mut Tx| {
        let row = recusals::RecusalRow {
            id: tx.mint(closed())?,
            person_id: person,
            application_id: one,
            reason: "Ma sœur préside".into(),
            declared_by: person,
            declared_at: closed(),
        };
        recusals::insert(tx, &row)
    };
    programme.db.write(row).unwrap();
    let text = table().await;
    assert!(!text.contains("Le car") && text.contains("Le train"), "{text}");
    assert_eq!(site.get(&member, path).await.status(), 404);
    assert_eq!(site.get(&officer, "/appels-a-projets/NULLE-PART/reponses").await.status(), 404);
}

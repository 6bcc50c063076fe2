//! Scoring away from the site: the pack that leaves, the sheet that comes back, and what never happens on the way.

use super::text;
use crate::support::{
    databases::sqlite,
    forms,
    programme::{Programme, closed, id},
    site::Site,
};
use std::io::{Cursor, Read};
use tisserand::{
    domain::{
        ids::{ApplicationId, ReviewId},
        lifecycles::reviews::ReviewState,
        scoring::Marks,
    },
    store::{Tx, reviews as rows},
    usecases::{recusals, reviews},
};

/// A member with two files to score, one handed in and one they are recused from.
struct Away {
    world: Programme,
    site: Site,
    cookie: String,
    base: String,
    reviews: Vec<ReviewId>,
    references: Vec<String>,
}

impl Away {
    fn begun() -> Self {
        let world = Programme::on(sqlite());
        let files: Vec<(ApplicationId, ReviewId)> = (1..=4)
            .map(|number| {
                let (_, file, review) = world.in_review(number, 3_000);
                (file, review)
            })
            .collect();
        let member = &world.members[0];
        let marks = world.marks("3");
        let submit = |tx: &mut Tx| reviews::save_and_submit(tx, member, files[2].1, &marks, "Remis.", closed());
        world.db.write(submit).unwrap();
        let recuse = |tx: &mut Tx| {
            recusals::declare_conflict(tx, member, id(member), files[3].0, "Ma sœur y travaille", closed())
        };
        world.db.write(recuse).unwrap();
        let site = Site::over(&world.db, closed());
        let cookie = site.cookie_of(member);
        let base = format!("/comite/hors-ligne/{}", world.definition.reference);
        let references = files.iter().map(|(file, _)| world.application(*file).reference).collect();
        let reviews = files.into_iter().map(|(_, review)| review).collect();
        Away { world, site, cookie, base, reviews, references }
    }

    /// The names in the archive, and the rows of its sheet.
    async fn pack(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let reply = self.site.get(&self.cookie, &format!("{}/dossiers.zip", self.base)).await;
        assert_eq!(reply.status().as_u16(), 200);
        assert_eq!(reply.headers()["content-type"], "application/zip");
        let mut archive = zip::ZipArchive::new(Cursor::new(reply.bytes().await.unwrap().to_vec())).unwrap();
        let mut names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        names.sort();
        let mut sheet = Vec::new();
        archive.by_name("notes.csv").unwrap().read_to_end(&mut sheet).unwrap();
        for name in names.iter().filter(|name| name.ends_with(".pdf")) {
            let mut bytes = Vec::new();
            archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
            assert!(bytes.starts_with(b"%PDF"), "{name}");
        }
        let text = String::from_utf8(sheet).unwrap();
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(text.as_bytes());
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        (names, rows.collect())
    }

    /// Sends a sheet; gives the page that says what becomes of it.
    async fn bring(&self, rows: &[Vec<String>], status: u16) -> String {
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        for row in rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let file = Some(("feuille", "notes.csv", bytes.as_slice()));
        text(self.site.post_file(&self.cookie, &self.base, &[], file).await, status).await
    }

    /// Presses the button of that page, with these choices.
    async fn take(&self, page: &str, choices: &[(&str, &str)]) -> reqwest::Response {
        let action = format!("{}/reprise", self.base);
        let fields = forms::changed(forms::fields(page, &action), choices);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.site.post_file(&self.cookie, &action, &fields, None).await
    }

    fn state(&self, number: usize) -> ReviewState {
        self.world.db.read(|conn| rows::find(conn, self.reviews[number])).unwrap().state
    }

    fn marks(&self, number: usize) -> Marks {
        self.world.db.read(|conn| reviews::marks_of(conn, self.reviews[number])).unwrap()
    }

    fn comment(&self, number: usize, criterion: &str) -> String {
        let scores = self.world.db.read(|conn| rows::scores(conn, self.reviews[number])).unwrap();
        scores.into_iter().find(|score| score.criterion == criterion).map(|score| score.comment).unwrap_or_default()
    }

    /// Writes on the site, as its sheet does.
    fn write_online(&self, number: usize, points: &str, comment: &str) {
        let mut marks = self.world.marks(points);
        marks.truncate(1);
        marks[0].comment = comment.into();
        let member = &self.world.members[0];
        let save = |tx: &mut Tx| reviews::save_scores(tx, member, self.reviews[number], &marks, "", closed());
        self.world.db.write(save).unwrap();
    }

    fn first_criterion(&self) -> String {
        self.world.definition.grid.criteria[0].code.clone()
    }
}

const REFERENCE: usize = 0;
const POINTS: usize = 4;
const COMMENT: usize = 5;
const CODE: usize = 6;

/// Changes the cells of one line.
fn fill(rows: &mut [Vec<String>], reference: &str, code: &str, points: &str, comment: &str) {
    let row = rows.iter_mut().find(|row| row[REFERENCE] == reference && row[CODE] == code).unwrap();
    (row[POINTS], row[COMMENT]) = (points.into(), comment.into());
}

#[actix_web::test]
async fn a_pack_holds_the_files_that_wait_and_its_sheet_comes_back_as_drafts() {
    let away = Away::begun();
    let list = text(away.site.get(&away.cookie, "/comite").await, 200).await;
    assert!(list.contains(&away.base), "{list}");
    let (names, mut sheet) = away.pack().await;
    let wanted = [
        "LISEZ-MOI.txt".to_owned(),
        format!("dossiers/{}.pdf", away.references[0]),
        format!("dossiers/{}.pdf", away.references[1]),
        "notes.csv".to_owned(),
    ];
    assert_eq!(names, wanted, "neither what is handed in nor what one is recused from");
    let criteria = &away.world.definition.grid.criteria;
    assert_eq!(sheet.len(), 1 + 2 * (criteria.len() + 1));
    for criterion in criteria {
        fill(&mut sheet, &away.references[0], &criterion.code, "4", "Clair\net sobre");
    }
    fill(&mut sheet, &away.references[0], "avis-ensemble", "", "À soutenir.");
    let page = away.bring(&sheet, 200).await;
    assert!(page.contains("Rien n’est encore écrit") && page.contains("Repris dans vos brouillons"), "{page}");
    assert_eq!(away.state(0), ReviewState::Assigned, "nothing is written before it is asked for");
    assert_eq!(away.take(&page, &[]).await.status(), 303);
    assert_eq!(away.state(0), ReviewState::InProgress, "nothing is handed in");
    assert!(away.marks(0).len() == criteria.len() && away.marks(0).values().all(|mark| *mark == 4));
    assert_eq!(away.comment(0, &criteria[0].code), "Clair\net sobre");
    let row = away.world.db.read(|conn| rows::find(conn, away.reviews[0])).unwrap();
    assert_eq!(row.opinion, "À soutenir.");
    assert_eq!(away.state(1), ReviewState::Assigned, "an untouched file stays untouched");
    assert_eq!(away.take(&page, &[]).await.status(), 303, "a second click finds what the first one did");
}

#[actix_web::test]
async fn what_may_not_be_taken_is_said_line_by_line_and_a_recused_file_is_as_unknown_as_none() {
    let away = Away::begun();
    let (_, mut sheet) = away.pack().await;
    let code = away.first_criterion();
    fill(&mut sheet, &away.references[0], &code, "9", "");
    fill(&mut sheet, &away.references[1], &code, "2", "");
    let line = |reference: &str, code: &str| {
        let mut row = vec![String::new(); 8];
        (row[REFERENCE], row[POINTS], row[CODE]) = (reference.into(), "5".into(), code.into());
        row
    };
    sheet.push(line(&away.references[2], &code));
    sheet.push(line(&away.references[3], &code));
    sheet.push(line("RECITAL-2027-1-9999", &code));
    sheet.push(line(&away.references[1], "inconnu"));
    sheet.push(line(&away.references[1], &code));
    let page = away.bring(&sheet, 200).await;
    for sentence in [
        "La note va de 0 à 5, sans décimale.",
        "Vous avez déjà remis cette évaluation.",
        "Ce critère n’est pas dans la grille",
        "Cette ligne est là deux fois",
    ] {
        assert!(page.contains(sentence), "{sentence}: {page}");
    }
    assert_eq!(page.matches("n’est pas parmi ceux qui vous sont confiés").count(), 2, "{page}");
    assert!(!page.contains("classes 4"), "nothing is told of a file one is recused from: {page}");
    assert_eq!(away.take(&page, &[]).await.status(), 303);
    assert_eq!(away.marks(1).into_values().collect::<Vec<_>>(), [2]);
    assert!(away.marks(0).is_empty() && away.marks(3).is_empty());
    assert!(away.marks(2).values().all(|mark| *mark == 3), "what is handed in stays");
}

#[actix_web::test]
async fn what_changed_on_both_sides_is_shown_twice_and_a_person_chooses() {
    for (side, points, comment) in [("feuille", 4, "De la feuille"), ("ligne", 2, "Du site")] {
        let away = Away::begun();
        let (_, mut sheet) = away.pack().await;
        let code = away.first_criterion();
        fill(&mut sheet, &away.references[0], &code, "4", "De la feuille");
        away.write_online(0, "2", "Du site");
        away.write_online(1, "5", "Du site seul");
        let page = away.bring(&sheet, 200).await;
        assert!(page.contains("Changé des deux côtés"), "{page}");
        assert!(page.contains("4 – De la feuille") && page.contains("2 – Du site"), "{page}");
        assert!(!page.contains("Du site seul"), "what the sheet left alone is no collision: {page}");
        let unsure = text(away.take(&page, &[]).await, 422).await;
        assert!(unsure.contains("Choisissez ce qui compte."), "{unsure}");
        assert_eq!(away.comment(0, &code), "Du site", "nothing is written unasked");
        let name = unsure.split("name=\"choix-").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let name = format!("choix-{name}");
        away.write_online(0, "3", "Encore autre chose");
        let again = text(away.take(&unsure, &[(&name, side)]).await, 422).await;
        assert!(again.contains("3 – Encore autre chose"), "a choice holds for what was shown alone: {again}");
        away.write_online(0, "2", "Du site");
        assert_eq!(away.take(&unsure, &[(&name, side)]).await.status(), 303);
        assert_eq!((away.marks(0)[&code], away.comment(0, &code)), (points, comment.to_owned()));
        assert_eq!((away.marks(1)[&code], away.comment(1, &code)), (5, "Du site seul".to_owned()));
    }
}

#[actix_web::test]
async fn no_cell_of_the_sheet_is_computed_and_what_was_typed_comes_back_unchanged() {
    let away = Away::begun();
    let code = away.first_criterion();
    away.write_online(0, "3", "=HYPERLINK(\"http://x\")");
    let (_, sheet) = away.pack().await;
    let cells: Vec<&String> = sheet.iter().flatten().collect();
    assert!(cells.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{cells:?}");
    let page = away.bring(&sheet, 200).await;
    assert!(!page.contains("Repris dans vos brouillons"), "a sheet nobody touched changes nothing: {page}");
    assert_eq!(away.comment(0, &code), "=HYPERLINK(\"http://x\")");
}

#[actix_web::test]
async fn what_is_no_sheet_is_refused_in_words_and_somebody_elses_pack_does_not_exist() {
    let away = Away::begun();
    for (name, bytes, sentence) in [
        ("notes.csv", b"%PDF-1.7".as_slice(), "enregistrez-la au format CSV"),
        ("notes.csv", b"Dossier;Note\nA;1\n".as_slice(), "Il manque une colonne"),
    ] {
        let reply = away.site.post_file(&away.cookie, &away.base, &[], Some(("feuille", name, bytes))).await;
        assert!(text(reply, 422).await.contains(sentence), "{name}");
    }
    // A workbook is told from the archive itself, and how it becomes a sheet is said.
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().write(0, 0, "Dossier").unwrap();
    let workbook = workbook.save_to_buffer().unwrap();
    let archive = away.site.get(&away.cookie, &format!("{}/dossiers.zip", away.base)).await.bytes().await.unwrap();
    for (name, bytes, sentence) in [
        ("notes.xlsx", workbook.as_slice(), "CSV UTF-8 (délimité par des virgules)"),
        ("evaluations.zip", &archive[..], "l’archive entière"),
    ] {
        let reply = away.site.post_file(&away.cookie, &away.base, &[], Some(("feuille", name, bytes))).await;
        let page = text(reply, 422).await;
        let error = page.split("id=\"erreur-feuille\"").nth(1).unwrap().split("</p>").next().unwrap();
        assert!(error.contains(sentence), "{name}: {error}");
    }
    let page = text(away.site.get(&away.cookie, &away.base).await, 200).await;
    assert!(page.contains("Comment enregistrer au format CSV") && page.contains("Texte CSV"), "{page}");
    let nothing = text(away.site.post_file(&away.cookie, &away.base, &[("a", "b")], None).await, 422).await;
    assert!(nothing.contains("Choisissez la feuille"), "{nothing}");
    let other = away.site.cookie_of(&away.world.members[1]);
    for path in [away.base.clone(), format!("{}/dossiers.zip", away.base)] {
        assert_eq!(away.site.get(&other, &path).await.status(), 404, "{path}");
    }
    let taken = away.site.post(&other, &format!("{}/reprise", away.base), &[("lignes", "[]")]).await;
    assert_eq!(taken.status(), 404);
}

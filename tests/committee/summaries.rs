//! What a sheet says before it is read: the summary of its file, the answers beside each criterion, the reader's pace.

use super::{field, text};
use crate::support::{
    databases::{self, each_database, sqlite},
    programme::{Programme, closed, id},
    site::Site,
};
use diesel::connection::SimpleConnection;
use std::sync::atomic::Ordering;
use tisserand::{
    domain::{decisions::Verdict, ids::ReviewId, time::Moment},
    store::{Db, StoreError, Tx, grants as grant_rows},
    usecases::{
        decisions::{self, DecisionForm},
        grants, recusals,
    },
};

fn sheet(review: ReviewId) -> String {
    format!("/comite/evaluations/{review}")
}

/// A page with its no-break spaces as plain ones.
async fn read(site: &Site, cookie: &str, path: &str) -> String {
    text(site.get(cookie, path).await, 200).await.replace(['\u{a0}', '\u{202f}'], " ")
}

/// What the summary says under this name.
fn fact<'a>(page: &'a str, name: &str) -> &'a str {
    let rest = page.split(&format!("<dt>{name}</dt><dd>")).nth(1).unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split("</dd>").next().unwrap()
}

fn change(world: &Programme, sql: &str) {
    world.db.read(|conn| conn.batch_execute(sql).map_err(StoreError::from)).unwrap();
}

#[actix_web::test]
async fn the_summary_tells_amount_budget_axis_territory_and_the_papers_to_come() {
    let world = Programme::on(sqlite());
    let (_, file, review) = world.in_review(1, 3_000);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.members[0]);
    let page = read(&site, &cookie, &sheet(review)).await;
    assert!(fact(&page, "Montant demandé").starts_with("3 000 €, soit 50 %"), "{page}");
    assert_eq!(fact(&page, "Budget du projet"), "6 000 €, équilibré");
    assert!(fact(&page, "Territoire").contains("Lille"), "{page}");
    assert_ne!(fact(&page, "Axe"), "");
    assert_eq!(fact(&page, "Pièces attendues"), "Aucune");
    let paper = &world.definition.documents[0];
    change(&world, &format!("DELETE FROM attachments WHERE document_code = '{}'", paper.code));
    let owes = format!(
        "INSERT INTO owed_documents (application_id, document_code, due_on, promised_by, promised_at, reminders)
         SELECT id, '{}', '2027-03-01', created_by, created_at, 0 FROM applications WHERE id = '{file}'",
        paper.code
    );
    change(&world, &owes);
    let page = read(&site, &cookie, &sheet(review)).await;
    assert_eq!(fact(&page, "Pièces attendues"), format!("{} (attendu pour le 1er mars 2027)", paper.label));
}

#[actix_web::test]
async fn past_grants_say_nothing_that_is_under_embargo_or_of_a_file_the_reader_is_recused_from() {
    for db in each_database() {
        let world = Programme::on(db);
        let (holder, before, _) = world.in_review(1, 3_000);
        let (_, file, review) = world.in_review(2, 2_000);
        let same = "UPDATE applications SET organisation_id = (SELECT organisation_id FROM applications WHERE id = ";
        change(&world, &format!("{same}'{before}') WHERE id = '{file}'"));
        world.session();
        let form = DecisionForm {
            verdict: Verdict::Award,
            amount: "2 500".into(),
            motive: "Une action utile.".into(),
            conditions: String::new(),
        };
        let version = world.application(before).version;
        world.db.write(|tx| decisions::decide(tx, &world.officer, before, &form, version, closed())).unwrap();
        let site = Site::over(&world.db, closed());
        let member = &world.members[0];
        let cookie = site.cookie_of(member);
        let said = async || fact(&read(&site, &cookie, &sheet(review)).await, "Subventions passées").to_owned();
        assert_eq!(said().await, "Aucune", "the award is under embargo");
        // From here on each decision is told as it is taken.
        change(&world, "UPDATE calls SET decision_pace = 'rolling'");
        assert_eq!(said().await, "Aucune", "nothing was accepted yet");
        let grant = world.db.read(|conn| grant_rows::of_application(conn, before)).unwrap().unwrap();
        world.db.write(|tx| grants::accept(tx, &holder, grant.id, grant.version, closed())).unwrap();
        assert_eq!(said().await, "2027, Fonds Récital : 2 500 €");
        let declare = |tx: &mut Tx| recusals::declare_conflict(tx, member, id(member), before, "J’y siège", closed());
        world.db.write(declare).unwrap();
        assert_eq!(said().await, "Aucune", "a file that does not exist had no grant");
    }
}

#[actix_web::test]
async fn each_criterion_shows_the_answers_it_looks_at_and_leads_to_the_whole() {
    let world = Programme::on(sqlite());
    let (_, file, review) = world.in_review(1, 3_000);
    let long = format!("Un début{} et la fin.", " très long".repeat(60));
    let code = &world.definition.grid.criterion("education").unwrap().answers[1];
    change(
        &world,
        &format!("UPDATE answers SET value = '{long}' WHERE application_id = '{file}' AND question = '{code}'"),
    );
    let site = Site::over(&world.db, closed());
    let page = read(&site, &site.cookie_of(&world.members[0]), &sheet(review)).await;
    for criterion in &world.definition.grid.criteria {
        let from = page.find(&format!("data-unit=\"note-{}\"", criterion.code)).unwrap();
        let form = page[from..].split("</fieldset>").next().unwrap();
        for code in &criterion.answers {
            assert!(
                form.contains(&format!("<a href=\"#reponse-{code}\">")),
                "{code} beside {}: {form}",
                criterion.code
            );
            assert_eq!(page.matches(&format!("id=\"reponse-{code}\"")).count(), 1, "{code}");
        }
    }
    let grid = page.split("id=\"grille\"").nth(1).unwrap();
    assert!(grid.contains("Un début très long") && !grid.contains("et la fin."), "{grid}");
    assert!(page.contains("et la fin."), "the whole is in its section");
}

/// Opens a sheet, hands it in after so many minutes, and gives where that leads.
async fn hand_in(site: &Site, cookie: &str, world: &Programme, review: ReviewId, minutes: i64) -> String {
    let page = text(site.get(cookie, &sheet(review)).await, 200).await;
    site.clock.set(site.clock.now().plus_minutes(minutes));
    let mut form = vec![("suite".to_owned(), "remettre".to_owned()), ("avis".to_owned(), "Un avis.".to_owned())];
    for name in ["empreinte", "ouvert"] {
        form.push((name.to_owned(), field(&page, name)));
    }
    for criterion in &world.definition.grid.criteria {
        form.push((format!("note-{}", criterion.code), "4".to_owned()));
        form.push((format!("commentaire-{}", criterion.code), String::new()));
    }
    let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let reply = site.post(cookie, &sheet(review), &form).await;
    assert_eq!(reply.status(), 303);
    reply.headers()["location"].to_str().unwrap().to_owned()
}

#[actix_web::test]
async fn after_each_sheet_the_next_one_opens_and_from_the_third_on_the_pace_is_told() {
    let world = Programme::on(sqlite());
    let reviews: Vec<ReviewId> = (1..=6).map(|number| world.in_review(number, 1_000).2).collect();
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.members[0]);
    let list = "/comite";
    assert_eq!(hand_in(&site, &cookie, &world, reviews[1], 12).await, sheet(reviews[2]));
    assert_eq!(hand_in(&site, &cookie, &world, reviews[2], 11).await, sheet(reviews[3]));
    let page = read(&site, &cookie, list).await;
    assert!(page.contains("<strong>2 sur 6</strong> évaluations remises") && !page.contains("votre rythme"), "{page}");
    // A night in between counts as little as it says.
    assert_eq!(hand_in(&site, &cookie, &world, reviews[5], 900).await, sheet(reviews[0]), "from the last to the first");
    let page = read(&site, &cookie, list).await;
    assert!(page.contains("<strong>3 sur 6</strong>, environ 35 min à votre rythme"), "{page}");
    let page = read(&site, &cookie, &sheet(reviews[0])).await;
    assert!(page.contains("3 sur 6, environ 35 min à votre rythme"), "{page}");
    for at in [0, 3, 4] {
        hand_in(&site, &cookie, &world, reviews[at], 12).await;
    }
    let page = read(&site, &cookie, &sheet(reviews[4])).await;
    assert!(page.contains("6 sur 6 remises") && page.contains("Votre évaluation, remise"), "{page}");
    assert!(!read(&site, &cookie, list).await.contains("votre rythme"), "nothing is left");
}

#[actix_web::test]
async fn a_page_that_says_it_was_opened_tomorrow_or_never_is_not_believed() {
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 1_000);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.members[0]);
    let stamp = field(&text(site.get(&cookie, &sheet(review)).await, 200).await, "empreinte");
    let opened = || world.db.read(|conn| tisserand::store::reviews::find(conn, review)).unwrap().opened_at;
    let later = closed().plus_days(1).unix_seconds().to_string();
    let form = [("empreinte", stamp.as_str()), ("ouvert", &later), ("avis", "Un avis."), ("suite", "garder")];
    assert_eq!(site.post(&cookie, &sheet(review), &form).await.status(), 303);
    assert_eq!(opened(), Some(closed()), "the first save is what is known");
    let stamp = field(&text(site.get(&cookie, &sheet(review)).await, 200).await, "empreinte");
    let form = [("empreinte", stamp.as_str()), ("ouvert", "0"), ("avis", "Un autre."), ("suite", "garder")];
    assert_eq!(site.post(&cookie, &sheet(review), &form).await.status(), 303);
    assert_eq!(opened(), Some(closed()), "never before the file was entrusted");
    assert!(opened() > Some(Moment::from_unix_seconds(0)));
}

#[actix_web::test]
async fn a_sheet_asks_the_database_as_much_among_many_files_as_among_few() {
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 1_000);
    world.in_review(2, 1_000);
    let questions = databases::counter();
    let counted = Db::open_counting(world.db.url(), questions.clone()).unwrap();
    let site = Site::over(&counted, closed());
    let cookie = site.cookie_of(&world.members[0]);
    let cost = async |path: &str| {
        let before = questions.load(Ordering::Relaxed);
        read(&site, &cookie, path).await;
        questions.load(Ordering::Relaxed) - before
    };
    let paths = [sheet(review), "/comite".to_owned()];
    for path in &paths {
        cost(path).await;
    }
    let few = [cost(&paths[0]).await, cost(&paths[1]).await];
    for number in 3..=8 {
        world.in_review(number, 1_000);
    }
    assert_eq!([cost(&paths[0]).await, cost(&paths[1]).await], few);
}

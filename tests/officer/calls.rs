//! Calls as the officer opens, staffs and moves them.

use super::{Office, content, dossiers::hidden};
use crate::support::{
    forms,
    programme::{id as id_of, person},
};
use tisserand::{
    domain::{
        definitions,
        lifecycles::{applications::ApplicationState, calls::CallState},
        roles::Role,
    },
    store::seats,
    usecases::{Actor, calls},
};

const CALL: &str = "/appels-a-projets/RECITAL-2027-1";

impl Office {
    /// Presses a button of the call's page as it is now.
    async fn press_on_call(&self, who: &Actor, verb: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let cookie = self.site.cookie_of(who);
        let question = self.site.get(&cookie, &format!("{CALL}/{verb}")).await;
        let page = match question.status().as_u16() {
            200 => question.text().await.unwrap(),
            _ => self.read(who, CALL).await,
        };
        let (version, token) = (self.programme.call_row().version.to_string(), hidden(&page, "token"));
        let mut sent = vec![("version", version.as_str()), ("token", token.as_str())];
        sent.extend(fields);
        self.send(who, &format!("{CALL}/{verb}"), &sent).await
    }
}

#[actix_web::test]
async fn the_calls_are_listed_with_their_numbers_and_their_money() {
    let office = Office::open();
    let world = &office.programme;
    world.filed(1, 3_000);
    world.in_review(2, 3_000);
    world.complete(3, 3_000);
    let page = office.read(&world.officer, "/appels-a-projets").await;
    let words = content(&page);
    assert!(words.contains("<strong>1</strong> déposé") && words.contains("<strong>1</strong> en cours d’évaluation"));
    assert!(!words.contains("brouillon"), "a draft counts for nobody");
    assert!(words.contains("Dépôt fermé depuis le") && words.contains("Reste disponible"), "{page}");
    let page = office.read(&world.officer, CALL).await;
    for words in
        ["Où en est l’appel", "Passer à l’instruction", "Enveloppe par convention", "Claire Vanhoutte", "Axes ouverts"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(office.status(&world.officer, "/appels-a-projets/RIEN-2027").await, 404);
    assert_eq!(office.status(&world.members[0], "/appels-a-projets").await, 404);
}

#[actix_web::test]
async fn a_call_moves_along_its_table_and_says_why_not() {
    let office = Office::open();
    let world = &office.programme;
    let officer = &world.officer;
    world.filed(1, 3_000);
    assert_eq!(office.press_on_call(officer, "instruction", &[]).await.0, 303);
    assert_eq!(world.call_row().state, CallState::InReview);
    let page = office.read(officer, CALL).await;
    assert!(page.contains("Au moins un dossier attend encore une décision."), "{page}");
    let (status, page) = office.press_on_call(officer, "deliberation", &[]).await;
    assert!(status == 409 && page.contains("Au moins un dossier attend encore une décision."), "{page}");
}

#[actix_web::test]
async fn a_call_without_files_is_cancelled_by_the_direction_with_a_reason() {
    let office = Office::open();
    let world = &office.programme;
    let page = office.read(&world.officer, CALL).await;
    assert!(!page.contains("Annuler l’appel"), "the officer cannot once it is published");
    let (status, page) = office.press_on_call(&world.director, "annulation", &[("motif", " ")]).await;
    assert!(status == 422 && page.contains("Écrivez le motif"), "{page}");
    let done = office.press_on_call(&world.director, "annulation", &[("motif", "La convention est dénoncée.")]).await;
    assert_eq!((done.0, world.call_row().state), (303, CallState::Cancelled));
    assert!(office.read(&world.director, CALL).await.contains("La convention est dénoncée."));
    let history = world.db.read(|conn| tisserand::store::history::of_subject(conn, world.call.as_str())).unwrap();
    assert_eq!(history.last().unwrap().reason, "La convention est dénoncée.");
}

#[actix_web::test]
async fn a_committee_is_made_by_picking_and_files_are_shared_out() {
    let office = Office::open();
    let world = &office.programme;
    let officer = &world.officer;
    let guest = person(&world.db, "Sabine Delcourt", Role::Reviewer);
    let (status, page) = office.press_on_call(officer, "comite", &[("voix", "deliberative")]).await;
    assert!(status == 422 && page.contains("Choisissez une personne."), "{page}");
    let chosen = id_of(&guest).to_string();
    let fields = [("personne", chosen.as_str()), ("institution", ""), ("voix", "advisory")];
    assert_eq!(office.press_on_call(officer, "comite", &fields).await.0, 303);
    let page = office.read(officer, CALL).await;
    assert!(page.contains("Sabine Delcourt") && page.contains("en son nom propre, voix consultative"), "{page}");
    assert_eq!(office.press_on_call(officer, &format!("comite/{chosen}/fin"), &[]).await.0, 303);
    let members = world.db.read(|conn| seats::members(conn, world.call)).unwrap();
    assert_eq!(members.len(), 4);
    let (_, id) = world.filed(1, 3_000);
    world.eligible(id);
    let page = office.read(officer, CALL).await;
    assert!(page.contains("<strong>2</strong> lectures restent"), "{page}");
    let path = format!("{CALL}/repartition");
    let mut form = forms::fields(&office.read(officer, &path).await, &path);
    for (day, wanted) in [("2027-01-01", 422), ("2027-03-01", 303)] {
        form.iter_mut().filter(|(name, _)| name == "echeance").for_each(|(_, value)| *value = day.into());
        let sent: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (status, page) = office.send(officer, &path, &sent).await;
        assert!(status == wanted && (status == 303 || page.contains("Cette date est passée")), "{page}");
    }
    let page = office.read(officer, CALL).await;
    assert!(page.contains("0 sur 2") && page.contains("Confier au comité les dossiers prêts"), "{page}");
    assert_eq!(office.press_on_call(officer, "lectures", &[]).await.0, 303);
    assert_eq!(world.application(id).state, ApplicationState::InReview);
}

#[actix_web::test]
async fn next_years_call_is_opened_from_this_years_without_a_developer() {
    let office = Office::open();
    let world = &office.programme;
    let officer = &world.officer;
    let page = office.read(officer, "/appels-a-projets/nouveau?modele=RECITAL-2027-1").await;
    assert!(page.contains("reference = &#34;RECITAL-2027-1&#34;"), "{page}");
    let model = world.db.read(|conn| calls::template(conn, "RECITAL-2027-1")).unwrap();
    let known = definitions::parse(&model).unwrap();
    assert_eq!(known.calls[0], world.definition, "what is written reads back the same");
    let mut next = known.clone();
    next.calls[0].reference = "RECITAL-2028-1".into();
    let sent = definitions::write(&next).unwrap();
    let reply = office.upload(officer, &sent).await;
    assert_eq!((reply.0, reply.1.as_str()), (303, "/appels-a-projets/RECITAL-2028-1"), "{}", reply.2);
    let page = office.read(officer, "/appels-a-projets/RECITAL-2028-1").await;
    assert!(page.contains("Publier l’appel") && page.contains("en préparation"), "{page}");
}

#[actix_web::test]
async fn the_next_edition_comes_with_its_dates_moved_and_what_is_left_to_look_at() {
    let office = Office::open();
    let officer = &office.programme.officer;
    let page = office.read(officer, "/appels-a-projets/nouveau?modele=RECITAL-2027-1&ouverture=2027-11-03").await;
    assert!(page.contains("RECITAL-2028-1") && page.contains("2027-11-01 09:00"), "{page}");
    assert!(page.contains("jour où l’on ne travaille pas (Toussaint)"), "{page}");
    let opens = "2027-11-03".parse().unwrap();
    let (text, _) = office.programme.db.read(|conn| calls::next_edition(conn, "RECITAL-2027-1", opens)).unwrap();
    let reply = office.upload(officer, &text).await;
    assert_eq!((reply.0, reply.1.as_str()), (303, "/appels-a-projets/RECITAL-2028-1"), "{}", reply.2);
    let cookie = office.site.cookie_of(officer);
    let misread = "/appels-a-projets/nouveau?modele=RECITAL-2027-1&ouverture=2027-02-31";
    let reply = office.site.get(&cookie, misread).await;
    assert_eq!(reply.status().as_u16(), 422);
    assert!(reply.text().await.unwrap().contains("Cette date n’existe pas"));
}

#[actix_web::test]
async fn a_faulty_definition_names_its_line_and_nothing_typed_is_lost() {
    let office = Office::open();
    let officer = &office.programme.officer;
    let good = include_str!("../../fixtures/recital.toml");
    let bad = good.replacen("reference = \"RECITAL-2027-1\"", "referense = \"RECITAL-2027-1\"", 1);
    let line = bad.lines().position(|line| line.contains("referense")).unwrap() + 1;
    let (status, _, page) = office.upload(officer, &bad).await;
    assert_eq!(status, 422);
    assert!(page.contains("Ligne ") && page.contains("referense = &#34;RECITAL-2027-1&#34;"), "{page}");
    assert!(page.contains(&format!("Ligne {line},")), "line {line}: {page}");
    let changed = good.replacen("Récital", "Récitale", 1);
    let (status, _, page) = office.upload(officer, &changed.replacen("title = \"", "title = \"Autre ", 30)).await;
    assert!(status == 409 && page.contains("Préparez une révision à l’écran"), "{status} {page}");
    assert_eq!(office.upload(officer, " ").await.0, 422);
}

impl Office {
    /// Sends a definition as the page does; gives the status, the address and the page that answer.
    async fn upload(&self, who: &Actor, text: &str) -> (u16, String, String) {
        let form = reqwest::multipart::Form::new().text("definition", text.to_owned());
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let request = client.post(format!("{}/appels-a-projets/nouveau", self.site.base)).multipart(form);
        let request = request.header("cookie", self.site.cookie_of(who)).header("sec-fetch-site", "same-origin");
        let reply = request.send().await.unwrap();
        let location = reply.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
        (reply.status().as_u16(), location, reply.text().await.unwrap())
    }
}

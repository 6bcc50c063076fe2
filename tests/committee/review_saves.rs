//! A sheet that saves by itself: a mark, a comment and the opinion, on one device or two, until it is handed in.

use super::{PASSWORD, field, signed_in, text};
use crate::support::{
    browser::{Browser, Step},
    databases::{each_database, sqlite},
    programme::{Programme, closed, id},
    site::Site,
};
use serde_json::Value;
use tisserand::{
    domain::{
        ids::{ApplicationId, ReviewId},
        lifecycles::{reviews::ReviewState, sessions::SessionEvent},
    },
    store::{Tx, reviews as rows},
    usecases::{Actor, edits::mark, passwords, people, recusals},
};

const PAGE: &str = "a1b2c3d4e5f6";
const OTHER: &str = "0123456789ab";

/// A reader at an open sheet.
struct Pen<'a> {
    site: &'a Site,
    cookie: String,
    path: String,
    person: String,
    page: &'static str,
}

impl<'a> Pen<'a> {
    fn of(site: &'a Site, reader: &Actor, review: ReviewId, page: &'static str) -> Self {
        let (path, person) = (format!("/comite/evaluations/{review}"), id(reader).to_string());
        Pen { site, cookie: site.cookie_of(reader), path, person, page }
    }

    /// Sends one change of one field, of which `seen` was shown.
    async fn sends(&self, number: u32, name: &str, seen: &str, value: &str) -> (u16, Value) {
        let (number, seen, seen_name) = (number.to_string(), mark(seen), format!("vu-{name}"));
        let fields = [
            ("envoi-champ", name),
            ("envoi-page", self.page),
            ("envoi-numero", number.as_str()),
            ("envoi-personne", self.person.as_str()),
            (seen_name.as_str(), seen.as_str()),
            (name, value),
        ];
        let reply = self.site.post(&self.cookie, &format!("{}/champs", self.path), &fields).await;
        let status = reply.status().as_u16();
        (status, reply.json().await.unwrap_or_default())
    }

    /// The same; what became of it.
    async fn writes(&self, number: u32, name: &str, seen: &str, value: &str) -> String {
        let (status, answer) = self.sends(number, name, seen, value).await;
        assert_eq!(status, 200, "{answer}");
        answer["state"].as_str().unwrap().to_owned()
    }

    async fn shown(&self) -> String {
        text(self.site.get(&self.cookie, &self.path).await, 200).await
    }

    /// Sends the whole form of a page, with the marks it showed.
    async fn posts(&self, shown: &str, typed: &[(&str, &str)], status: u16) -> String {
        let names = shown.split("name=\"vu-").skip(1).map(|rest| format!("vu-{}", rest.split('"').next().unwrap()));
        let names = names.chain(["empreinte".to_owned(), "ouvert".to_owned()]);
        let marks: Vec<(String, String)> = names.map(|name| (name.clone(), field(shown, &name))).collect();
        let marks = marks.iter().map(|(name, mark)| (name.as_str(), mark.as_str()));
        let sent: Vec<_> = marks.chain(typed.iter().copied()).collect();
        text(self.site.post(&self.cookie, &self.path, &sent).await, status).await
    }
}

/// What the form of a sheet says, each criterion marked alike and without a comment.
fn marked<'a>(names: &'a [String], points: &'a str) -> Vec<(&'a str, &'a str)> {
    names.iter().map(|name| (name.as_str(), if name.starts_with("note-") { points } else { "" })).collect()
}

fn names(world: &Programme) -> Vec<String> {
    let criteria = world.definition.grid.criteria.iter();
    criteria.flat_map(|known| [format!("note-{}", known.code), format!("commentaire-{}", known.code)]).collect()
}

fn row(world: &Programme, review: ReviewId) -> rows::ReviewRow {
    world.db.read(|conn| rows::find(conn, review)).unwrap()
}

/// The mark and the comment that are stored of a criterion.
fn stored(world: &Programme, review: ReviewId, criterion: &str) -> (Option<i32>, String) {
    let scores = world.db.read(|conn| rows::scores(conn, review)).unwrap();
    let score = scores.into_iter().find(|score| score.criterion == criterion);
    score.map(|score| (score.points, score.comment)).unwrap_or_default()
}

#[actix_web::test]
async fn each_mark_comment_and_the_opinion_save_by_themselves_and_are_there_after_a_reload() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, _, review) = world.in_review(1, 3_000);
        let site = Site::over(&world.db, closed());
        let me = Pen::of(&site, &world.members[0], review, PAGE);
        let (status, answer) = me.sends(1, "note-pertinence", "", "4").await;
        assert_eq!((status, &answer["state"], &answer["mark"]), (200, &"saved".into(), &mark("4").into()), "{answer}");
        assert!(answer["left"].as_i64().unwrap() > 86_400, "the page learns how long the sign-in lasts");
        assert_eq!(row(&world, review).state, ReviewState::InProgress, "the first word begins the review");
        assert_eq!(me.writes(2, "commentaire-pertinence", "", "Solide, ").await, "saved");
        assert_eq!(me.writes(3, "commentaire-pertinence", "Solide,", "Solide, et ancré.").await, "saved");
        assert_eq!(me.writes(4, "avis", "", "À soutenir.").await, "saved");
        let page = me.shown().await;
        assert!(page.contains("name=\"note-pertinence\" value=\"4\" checked"), "{page}");
        assert!(page.contains("Solide, et ancré.") && page.contains("À soutenir."), "{page}");
        assert_eq!(me.writes(5, "note-pertinence", "4", "").await, "saved", "taken back");
        assert_eq!(stored(&world, review, "pertinence"), (None, "Solide, et ancré.".into()));
        assert_eq!(me.writes(2, "commentaire-pertinence", "", "Solide, ").await, "older");
        assert_eq!(stored(&world, review, "pertinence").1, "Solide, et ancré.");
    }
}

#[actix_web::test]
async fn two_devices_of_one_reader_never_overwrite_each_other_unseen() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, _, review) = world.in_review(1, 3_000);
        let site = Site::over(&world.db, closed());
        let desk = Pen::of(&site, &world.members[0], review, PAGE);
        let phone = Pen::of(&site, &world.members[0], review, OTHER);
        let old = phone.shown().await;
        assert_eq!(desk.writes(1, "commentaire-pertinence", "", "Écrit au bureau").await, "saved");
        let (_, answer) = phone.sends(1, "commentaire-pertinence", "", "Écrit au téléphone").await;
        assert_eq!((&answer["state"], &answer["theirs"]["text"]), (&"contested".into(), &"Écrit au bureau".into()));
        assert_eq!(answer["theirs"]["fields"][0][1], "Écrit au bureau");
        assert_eq!(phone.writes(2, "note-education", "", "3").await, "saved", "another field is nobody's quarrel");
        assert_eq!(desk.writes(2, "note-pertinence", "", "5").await, "saved");
        let (_, answer) = phone.sends(3, "note-pertinence", "", "2").await;
        assert_eq!(answer["theirs"]["text"], "5 sur 5", "{answer}");

        // Without a script the page of the phone tells the same, and keeps both texts.
        let names = names(&world);
        let mut typed = marked(&names, "");
        typed.retain(|(name, _)| *name != "commentaire-pertinence");
        typed.extend([("commentaire-pertinence", "Écrit au téléphone"), ("avis", ""), ("suite", "garder")]);
        let page = phone.posts(&old, &typed, 409).await;
        assert!(page.contains("Écrit au téléphone</textarea>") && page.contains("rien n’est perdu"), "{page}");
        let told = page.split("Enregistré ailleurs entre-temps").nth(1).unwrap();
        assert!(page.contains("<p class=\"as-typed\">Écrit au bureau</p>"), "{told}");
        assert_eq!(stored(&world, review, "pertinence"), (Some(5), "Écrit au bureau".into()), "nothing was written");
        assert!(
            page.contains("name=\"note-pertinence\" value=\"5\" checked"),
            "what only the desk wrote is shown: {page}"
        );
        let chosen = [("note-pertinence", "5"), ("note-education", "3")];
        typed.retain(|(name, _)| chosen.iter().all(|(other, _)| other != name));
        typed.extend(chosen);
        phone.posts(&page, &typed, 303).await;
        let kept = (Some(5), "Écrit au téléphone".to_owned());
        assert_eq!(stored(&world, review, "pertinence"), kept, "chosen with both in view");
    }
}

#[actix_web::test]
async fn a_page_that_is_behind_keeps_what_another_device_wrote_in_other_fields() {
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 3_000);
    let site = Site::over(&world.db, closed());
    let desk = Pen::of(&site, &world.members[0], review, PAGE);
    let old = desk.shown().await;
    let phone = Pen::of(&site, &world.members[0], review, OTHER);
    assert_eq!(phone.writes(1, "commentaire-education", "", "Les élèves animent.").await, "saved");
    let names = names(&world);
    let mut typed = marked(&names, "");
    typed.extend([("avis", "Un avis."), ("suite", "garder")]);
    desk.posts(&old, &typed, 303).await;
    assert_eq!(stored(&world, review, "education").1, "Les élèves animent.");
    assert_eq!(row(&world, review).opinion, "Un avis.");
}

#[actix_web::test]
async fn nothing_saves_after_the_review_is_handed_in_or_its_session_minuted() {
    let world = Programme::on(sqlite());
    let (_, file, review) = world.in_review(1, 3_000);
    let late = world.assign(file, &world.members[1]).unwrap();
    let site = Site::over(&world.db, closed());
    let me = Pen::of(&site, &world.members[0], review, PAGE);
    let names = names(&world);
    let mut typed = marked(&names, "4");
    typed.extend([("avis", "Un avis."), ("suite", "remettre")]);
    me.posts(&me.shown().await, &typed, 303).await;
    let (status, answer) = me.sends(1, "avis", "Un avis.", "Un avis, après coup.").await;
    assert_eq!((status, &answer["state"]), (409, &"refused".into()), "{answer}");
    assert!(answer["wrong"][0][1].as_str().unwrap().contains("remise"), "{answer}");
    assert_eq!(row(&world, review).opinion, "Un avis.");
    assert_eq!(me.writes(2, "avis", "Un avis.", "Un avis.").await, "saved", "what is there already is no change");

    let session = world.session();
    award(&world, file);
    world.step(session, SessionEvent::Minute);
    let other = Pen::of(&site, &world.members[1], late, OTHER);
    let (status, answer) = other.sends(1, "note-pertinence", "", "3").await;
    assert_eq!((status, &answer["state"]), (409, &"refused".into()), "{answer}");
    assert!(answer["wrong"][0][1].as_str().unwrap().contains("La séance est terminée"), "{answer}");
    assert_eq!(stored(&world, late, "pertinence"), (None, String::new()));
    let page = other.shown().await;
    assert!(page.contains("Votre évaluation, non remise") && page.contains("La séance est terminée"), "{page}");
    assert!(!page.contains("name=\"avis\""), "nothing is left to fill in");
    let sent = [("avis", "Trop tard, mais écrit."), ("suite", "garder")];
    let page = text(site.post(&other.cookie, &other.path, &sent).await, 409).await;
    assert!(page.contains("Trop tard, mais écrit."), "what was typed can be copied: {page}");
}

fn award(world: &Programme, file: ApplicationId) {
    use tisserand::{
        domain::decisions::Verdict,
        usecases::decisions::{self, DecisionForm},
    };
    let (version, motive) = (world.application(file).version, "Un partenariat construit.".to_owned());
    let form = DecisionForm { verdict: Verdict::Award, amount: "2 500".into(), motive, conditions: String::new() };
    world.db.write(|tx| decisions::decide(tx, &world.officer, file, &form, version, closed())).unwrap();
}

#[actix_web::test]
async fn what_cannot_be_kept_is_told_and_what_is_not_asked_is_not_stored() {
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 3_000);
    let site = Site::over(&world.db, closed());
    let me = Pen::of(&site, &world.members[0], review, PAGE);
    for wrong in ["6", "-1", "quatre", "3,5"] {
        let (status, answer) = me.sends(1, "note-pertinence", "", wrong).await;
        assert_eq!((status, &answer["state"]), (200, &"unreadable".into()), "{wrong}: {answer}");
        assert_eq!(answer["wrong"][0][0], "note-pertinence");
        assert!(answer["wrong"][0][1].as_str().unwrap().contains("de 0 à 5"), "{answer}");
    }
    let (_, answer) = me.sends(2, "avis", "", &"a".repeat(5_001)).await;
    assert_eq!(answer["state"], "unreadable", "{answer}");
    for unknown in ["", "note-absent", "titre", "vu-avis"] {
        assert_eq!(me.writes(3, unknown, "", "x").await, "not_asked", "{unknown}");
    }
    assert_eq!(me.sends(0, "avis", "", "x").await.0, 422);
    assert_eq!(row(&world, review).state, ReviewState::Assigned, "nothing has begun");
}

#[actix_web::test]
async fn for_a_recused_reader_and_for_anybody_else_the_sheet_does_not_save() {
    let world = Programme::on(sqlite());
    let (_, file, review) = world.in_review(1, 3_000);
    let site = Site::over(&world.db, closed());
    let me = Pen::of(&site, &world.members[0], review, PAGE);
    assert_eq!(me.writes(1, "avis", "", "Avant le lien").await, "saved");
    let other = Pen::of(&site, &world.members[1], review, OTHER);
    assert_eq!(other.sends(1, "avis", "", "x").await.0, 404);
    let borrowed = Pen { person: me.person.clone(), ..other };
    let (status, answer) = borrowed.sends(1, "avis", "", "x").await;
    assert_eq!((status, &answer["state"]), (409, &"somebody_else".into()), "a page that is not theirs");
    let member = &world.members[0];
    let declare = |tx: &mut Tx| recusals::declare_conflict(tx, member, id(member), file, "J’y siège", closed());
    world.db.write(declare).unwrap();
    let before = row(&world, review);
    assert_eq!(me.sends(1, "avis", "", "Avant le lien").await.0, 404, "sent again");
    assert_eq!(me.sends(2, "note-pertinence", "", "5").await.0, 404);
    assert_eq!(row(&world, review), before);
    assert_eq!(before.opinion, "");
    assert_eq!(world.db.read(|conn| tisserand::store::review_saves::of_page(conn, review, PAGE)).unwrap(), []);
}

const KEPT: &str = "non enregistré – gardé sur ce téléphone";
const SAVED: &str = "enregistré";
const COMMENT: &str = "css=#champ-commentaire-pertinence";

fn word(unit: &str, text: &str) -> Step {
    Step::Reads(format!("css=[data-unit=\"{unit}\"] .save-state"), text.into())
}

fn go(path: &str) -> Step {
    Step::Goto(path.into())
}

fn four() -> Step {
    Step::Tick("css=input[name='note-pertinence'][value='4']".into())
}

fn is_four() -> Step {
    Step::Holds("css=input[name='note-pertinence']:checked".into(), "4".into())
}

fn fill(field: &str, text: &str) -> Step {
    Step::Fill(field.into(), text.into())
}

fn holds(field: &str, text: &str) -> Step {
    Step::Holds(field.into(), text.into())
}

/// A reader with a sheet, and a browser.
fn desk() -> Option<(Browser, Programme, Site, String)> {
    let browser = Browser::open()?;
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 3_000);
    let hash = passwords::hash(PASSWORD).unwrap();
    world.db.write(|tx| people::set_password(tx, id(&world.members[0]), &hash, closed())).unwrap();
    let site = Site::over(&world.db, closed());
    Some((browser, world, site, format!("/comite/evaluations/{review}")))
}

#[test]
fn a_mark_and_a_comment_given_without_a_network_are_there_after_it() {
    let Some((browser, _world, site, sheet)) = desk() else { return };
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    steps.extend([Step::Phone, go(&sheet), Step::Offline(true), four(), fill(COMMENT, "Écrit dans le train.")]);
    steps.extend([word("note-pertinence", KEPT), word("commentaire-pertinence", KEPT)]);
    steps.push(Step::Expect("Pas de connexion. Ce que vous écrivez est gardé sur ce téléphone".into()));
    steps.extend([Step::Audit, Step::Reflow, Step::Screenshot("sheet-offline".into()), Step::Phone]);
    steps.extend([Step::Offline(false), word("note-pertinence", SAVED), word("commentaire-pertinence", SAVED)]);
    steps.extend([go(&sheet), is_four(), holds(COMMENT, "Écrit dans le train.")]);
    // The tab is closed without a network.
    steps.extend([Step::Offline(true), fill("css=#champ-avis", "À soutenir."), word("avis", KEPT), Step::CloseTab]);
    steps.extend([Step::Offline(false), Step::Phone, go(&sheet), holds("css=#champ-avis", "À soutenir.")]);
    steps.extend([word("avis", SAVED), go(&sheet), holds("css=#champ-avis", "À soutenir.")]);
    // The sign-in ends while somebody writes.
    steps.extend([Step::LoseSession, fill(COMMENT, "Écrit à minuit."), word("commentaire-pertinence", KEPT)]);
    steps.push(Step::Click("Se reconnecter pour l’enregistrer".into()));
    steps.push(Step::Click("J’ai un mot de passe".into()));
    steps.push(fill("css=#email-mot-de-passe", "claire.vanhoutte@example.org"));
    steps.push(fill("css=#champ-mot_de_passe", PASSWORD));
    steps.push(Step::Click("css=form[action='/connexion'] button".into()));
    steps.extend([Step::Path(sheet.clone()), word("commentaire-pertinence", SAVED)]);
    steps.extend([go(&sheet), holds(COMMENT, "Écrit à minuit.")]);
    browser.walk("sheet-offline", &site.base, &steps).unwrap();
}

#[test]
fn two_tabs_of_one_reader_get_both_texts_and_choose() {
    let Some((browser, _world, site, sheet)) = desk() else { return };
    let tab = |name: &str| Step::Tab(name.to_owned());
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    steps.extend([go(&sheet), tab("other"), go(&sheet), tab("")]);
    steps.extend([fill(COMMENT, "Dans le premier."), word("commentaire-pertinence", SAVED), tab("other")]);
    steps.extend([fill(COMMENT, "Dans le second."), Step::Expect("Enregistré ailleurs entre-temps".into())]);
    steps.extend([Step::Expect("Dans le premier.".into()), Step::Audit, Step::Screenshot("sheet-contested".into())]);
    steps.extend([Step::Click("Garder mon texte".into()), word("commentaire-pertinence", SAVED)]);
    steps.extend([go(&sheet), holds(COMMENT, "Dans le second.")]);
    browser.walk("sheet-two-tabs", &site.base, &steps).unwrap();
}

#[test]
fn a_sheet_one_goes_back_to_shows_what_is_stored_and_saves_on() {
    let Some((browser, _world, site, sheet)) = desk() else { return };
    let tab = |name: &str| Step::Tab(name.to_owned());
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    steps.extend([go(&sheet), four(), fill(COMMENT, "Avant de partir."), word("commentaire-pertinence", SAVED)]);
    steps.extend([go("/comite"), Step::Back, is_four(), holds(COMMENT, "Avant de partir.")]);
    steps.extend([fill(COMMENT, "De retour."), word("commentaire-pertinence", SAVED)]);
    steps.push(Step::Absent("Enregistré ailleurs entre-temps".into()));
    // Meanwhile another tab wrote: a page out of the browser's memory is as old as when it was left.
    steps.extend([tab("other"), go(&sheet), fill(COMMENT, "Entre-temps."), word("commentaire-pertinence", SAVED)]);
    steps.extend([tab(""), holds(COMMENT, "De retour."), Step::Remembered, holds(COMMENT, "Entre-temps.")]);
    steps.extend([fill(COMMENT, "Après."), word("commentaire-pertinence", SAVED)]);
    steps.push(Step::Absent("Enregistré ailleurs entre-temps".into()));
    // What waits goes before the page is asked for anew.
    steps.extend([Step::Phone, Step::Offline(true), fill(COMMENT, "Dans le tunnel."), Step::Remembered]);
    steps.extend([holds(COMMENT, "Dans le tunnel."), Step::Offline(false), Step::Remembered]);
    steps.extend([word("commentaire-pertinence", SAVED), go(&sheet), holds(COMMENT, "Dans le tunnel.")]);
    browser.walk("sheet-back", &site.base, &steps).unwrap();
}

#[test]
fn the_page_of_the_pack_is_up_to_date_when_one_goes_back_to_it() {
    let Some((browser, world, site, sheet)) = desk() else { return };
    let pack = format!("/comite/hors-ligne/{}", world.definition.reference);
    let tab = |name: &str| Step::Tab(name.to_owned());
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    steps.extend([go(&pack), Step::Expect("Télécharger l’archive (ZIP)".into()), tab("other"), go(&sheet)]);
    let criteria = world.definition.grid.criteria.iter();
    steps.extend(criteria.map(|one| Step::Tick(format!("css=input[name='note-{}'][value='4']", one.code))));
    steps.extend([Step::Click("Enregistrer et remettre".into()), Step::Expect("évaluation est remise".into())]);
    steps.extend([tab(""), Step::Remembered, Step::Expect("Tout est remis".into()), go("/comite"), Step::Back]);
    steps.push(Step::Expect("Tout est remis".into()));
    browser.walk("pack-back", &site.base, &steps).unwrap();
}

#[test]
fn without_scripts_the_sheet_saves_by_its_button() {
    let Some((browser, world, site, sheet)) = desk() else { return };
    let browser = browser.without_scripts();
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    steps[2] = Step::Click("css=summary".into());
    steps.extend([go(&sheet), four(), fill(COMMENT, "Sans script."), Step::Click("Enregistrer le brouillon".into())]);
    steps.extend([Step::Expect("C’est enregistré.".into()), is_four(), holds(COMMENT, "Sans script.")]);
    browser.walk("sheet-plain", &site.base, &steps).unwrap();
    let review = sheet.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(stored(&world, review, "pertinence"), (Some(4), "Sans script.".into()));
}

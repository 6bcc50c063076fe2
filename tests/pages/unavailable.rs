//! A disk that is full, a database or a store of files that is gone: every word typed comes back with the page that says so,
//! and the same form acts once when it works again.

use super::{expired::carried, field, text};
use crate::support::{
    databases::{TestDb, each_database, postgres, sqlite},
    programme::{PDF, Programme, closed, open},
    site::Site,
};
use diesel::connection::SimpleConnection;
use reqwest::{
    Response,
    multipart::{Form, Part},
};
use std::{fs, sync::mpsc, thread};
use tisserand::{
    domain::{exchanges::ExchangeSide, ids::ApplicationId},
    store::{Conn, Db, Entropy, Files, StoreError, Tx, settings},
    usecases::{Actor, exchanges},
};

/// An application that is filed, and its messages.
struct Talk {
    world: Programme,
    holder: Actor,
    id: ApplicationId,
}

impl Talk {
    fn on(db: TestDb) -> Self {
        let world = Programme::on(db);
        let (holder, id) = world.filed(1, 3_000);
        Talk { world, holder, id }
    }

    fn path(&self) -> String {
        format!("/dossiers/{}/messages", self.id)
    }

    async fn token(&self, site: &Site) -> String {
        let page = site.get(&site.cookie_of(&self.holder), &self.path()).await;
        field(&text(page, 200).await, "token")
    }

    async fn send(&self, site: &Site, cookie: &str, fields: &[(String, String)], file: Option<&str>) -> Response {
        let form = fields.iter().fold(Form::new(), |form, (name, value)| form.text(name.clone(), value.clone()));
        let form = match file {
            Some(name) => form.part("pieces", Part::bytes(PDF.to_vec()).file_name(name.to_owned())),
            None => form,
        };
        site.post_files(cookie, &self.path(), form).await
    }

    fn messages(&self) -> usize {
        let read = |conn: &mut Conn| exchanges::find(conn, &self.holder, self.id, ExchangeSide::Applicant, None);
        self.world.db.read(read).unwrap().messages.len()
    }
}

fn typed(token: &str, words: &str) -> Vec<(String, String)> {
    [("token", token), ("texte", words)].map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

/// The page that gives back what was typed, and the fields it would send again.
async fn given_back(answer: Response) -> (String, Vec<(String, String)>) {
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "30");
    assert!(answer.headers()["cache-control"].to_str().unwrap().contains("no-store"));
    let page = text(answer, 503).await;
    for said in ["Nous n’avons pas pu enregistrer votre envoi", "Rien n’est perdu", "Envoyer à nouveau"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let fields = carried(&page);
    (page, fields)
}

fn run(db: &Db, sql: &str) -> Result<(), StoreError> {
    db.write(|tx: &mut Tx| Ok(tx.conn().batch_execute(sql)?))
}

/// Lets the file grow no more, and writes until nothing fits.
fn fill(db: &Db) {
    run(db, "PRAGMA max_page_count=1").unwrap();
    let row = |n: i32| db.write(|tx: &mut Tx| settings::set(tx, &format!("fill-{n}"), &"x".repeat(3_000)));
    let full = (0..1_000).find_map(|n| row(n).err());
    assert!(matches!(full, Some(StoreError::Away(_))), "{full:?}");
}

#[actix_web::test]
async fn a_full_disk_keeps_every_word_and_takes_the_form_once_there_is_room() {
    let talk = Talk::on(sqlite());
    let site = Site::over(&talk.world.db, closed());
    let (cookie, words) = (site.cookie_of(&talk.holder), "é".repeat(3_900));
    let token = talk.token(&site).await;
    fill(&talk.world.db);
    let (page, fields) = given_back(talk.send(&site, &cookie, &typed(&token, &words), None).await).await;
    assert!(page.contains("enctype=\"multipart/form-data\"") && page.contains(&talk.path()), "{page}");
    assert_eq!(fields, typed(&token, &words));
    assert_eq!(talk.messages(), 0);
    text(site.get(&cookie, &talk.path()).await, 200).await;
    run(&talk.world.db, "PRAGMA max_page_count=1000000").unwrap();
    for _ in 0..2 {
        assert_eq!(talk.send(&site, &cookie, &fields, None).await.status(), 303);
    }
    assert_eq!(talk.messages(), 1, "sent twice, it acted once");
}

#[actix_web::test]
async fn a_database_that_goes_away_and_comes_back_loses_and_doubles_nothing() {
    for db in each_database() {
        let talk = Talk::on(db);
        let site = Site::over(&talk.world.db, closed());
        let cookie = site.cookie_of(&talk.holder);
        let token = talk.token(&site).await;
        talk.world.db.goes_away();
        let sent = typed(&token, "Voici <le> devis.\nEt la suite.");
        let (page, fields) = given_back(talk.send(&site, &cookie, &sent, Some("devis.pdf")).await).await;
        assert!(
            page.contains("Vous aviez choisi « devis.pdf »") && page.contains("Voici &#60;le&#62; devis."),
            "{page}"
        );
        assert_eq!(fields, sent);
        talk.world.db.comes_back();
        for _ in 0..2 {
            assert_eq!(talk.send(&site, &cookie, &fields, Some("devis.pdf")).await.status(), 303);
        }
        assert_eq!(talk.messages(), 1);
    }
}

#[test]
fn a_connection_that_is_cut_in_the_middle_is_an_absence_and_heals() {
    let Some(db) = postgres() else { return };
    let cut = db.write(|tx: &mut Tx| {
        settings::set(tx, "half", "written")?;
        db.goes_away();
        settings::set(tx, "other", "half")
    });
    assert!(matches!(cut, Err(StoreError::Away(_))), "{cut:?}");
    db.comes_back();
    db.write(|tx: &mut Tx| settings::set(tx, "whole", "written")).unwrap();
    let known = db.read(settings::all).unwrap();
    assert_eq!(["half", "other", "whole"].map(|name| known.contains_key(name)), [false, false, true]);
}

#[actix_web::test]
async fn a_rival_that_never_lets_go_is_waited_for_a_few_seconds_only() {
    let talk = Talk::on(sqlite());
    let site = Site::over(&talk.world.db, closed());
    let cookie = site.cookie_of(&talk.holder);
    let token = talk.token(&site).await;
    let rival = Db::open(talk.world.db.url(), Entropy::System).unwrap();
    let (let_go, held) = mpsc::channel::<()>();
    let (holds, held_now) = mpsc::channel();
    let holding = thread::spawn(move || {
        rival.write(|_: &mut Tx| {
            holds.send(()).unwrap();
            held.recv().unwrap();
            Ok::<_, StoreError>(())
        })
    });
    held_now.recv().unwrap();
    let (_, fields) = given_back(talk.send(&site, &cookie, &typed(&token, "Bonjour."), None).await).await;
    let_go.send(()).unwrap();
    holding.join().unwrap().unwrap();
    assert_eq!(talk.send(&site, &cookie, &fields, None).await.status(), 303);
    assert_eq!(talk.messages(), 1);
}

#[actix_web::test]
async fn a_store_of_files_that_takes_nothing_loses_no_word() {
    let talk = Talk::on(sqlite());
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("files");
    let site = Site::with_files(&talk.world.db, closed(), Files::local(&place).unwrap());
    let cookie = site.cookie_of(&talk.holder);
    let sent = typed(&talk.token(&site).await, "Voici le devis.");
    fs::remove_dir(&place).unwrap();
    fs::write(&place, "").unwrap();
    let (_, fields) = given_back(talk.send(&site, &cookie, &sent, Some("devis.pdf")).await).await;
    assert_eq!((fields.as_slice(), talk.messages()), (sent.as_slice(), 0));
    fs::remove_file(&place).unwrap();
    fs::create_dir(&place).unwrap();
    assert_eq!(talk.send(&site, &cookie, &fields, Some("devis.pdf")).await.status(), 303);
    assert_eq!(talk.messages(), 1);
}

#[actix_web::test]
async fn a_page_and_a_field_that_saves_by_itself_are_told_when_to_come_back() {
    let world = Programme::on(sqlite());
    let (holder, id) = world.complete(1, 3_000);
    let site = Site::over(&world.db, open());
    let cookie = site.cookie_of(&holder);
    world.db.goes_away();
    let page = site.get(&cookie, &format!("/dossiers/{id}")).await;
    assert_eq!(page.headers()["retry-after"], "30");
    assert!(text(page, 503).await.contains("ne peut ni lire ni enregistrer"));
    let field = [("envoi-champ", "titre"), ("titre", "Un titre"), ("envoi-numero", "1")];
    let saved = site.post(&cookie, &format!("/dossiers/{id}/rubriques/projet/champs"), &field).await;
    assert_eq!(saved.headers()["retry-after"], "30");
    assert!(!text(saved, 503).await.contains("Envoyer à nouveau"), "its script keeps it");
    world.db.comes_back();
    text(site.get(&cookie, &format!("/dossiers/{id}")).await, 200).await;
}

//! The whole site on a socket of its own, with a person for each role.

use super::databases::{TestDb, sqlite};
use actix_web::rt::System;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Response, redirect::Policy};
use std::{net::TcpListener, sync::Arc, thread};
use tisserand::domain::lifecycles::calls::{Call, CallEvent};
use tisserand::{
    domain::{definitions, ids::PersonId, roles::Role, time::Moment},
    store::{Db, Files},
    usecases::{Actor, advance::advance_now, calls, clock::Clock, people, sign_ins},
    web::{App, server},
};

/// A running site.
pub struct Site {
    pub base: String,
    pub db: Db,
    pub clock: Clock,
    /// Where its attachments are kept.
    pub files: Files,
    client: Client,
    /// The database, when it is the site's own.
    _own: Option<TestDb>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

/// The cookie of somebody signed in.
pub fn sign_in(db: &Db, person: PersonId, now: Moment) -> String {
    format!("sid={}", db.write(|tx| sign_ins::open(tx, person, "Essai", now)).unwrap())
}

fn in_memory() -> Files {
    Files::over(Arc::new(object_store::memory::InMemory::new()))
}

impl Site {
    /// At this instant, with nothing in it.
    pub fn at(now: Moment) -> Self {
        let own = sqlite();
        let site = Site::over(&own, now);
        Site { _own: Some(own), ..site }
    }

    /// At this instant, keeping this database of its own.
    pub fn keeping(own: TestDb, now: Moment) -> Self {
        let site = Site::over(&own, now);
        Site { _own: Some(own), ..site }
    }

    /// The same, reached through a proxy that speaks HTTPS.
    pub fn behind_https(now: Moment) -> Self {
        let own = sqlite();
        let site = Site::started(&own, now, Scheme::Https, in_memory());
        Site { _own: Some(own), ..site }
    }

    /// At this instant, over a database in which something happened already.
    pub fn over(db: &Db, now: Moment) -> Self {
        Site::started(db, now, Scheme::Http, in_memory())
    }

    /// The same, keeping attachments here.
    pub fn with_files(db: &Db, now: Moment, files: Files) -> Self {
        Site::started(db, now, Scheme::Http, files)
    }

    fn started(db: &Db, now: Moment, scheme: Scheme, files: Files) -> Self {
        super::rendered::listen();
        let (db, clock) = (db.clone(), Clock::at(now));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let app = App::new(db.clone(), clock.clone(), scheme == Scheme::Https).with_files(files.clone());
        let origin = base.clone();
        thread::spawn(move || System::new().block_on(server::start(app, &origin, listener, 1).unwrap()));
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Site { base, db, clock, files, client, _own: None }
    }

    /// The three calls of the fixtures, published.
    pub fn with_calls(self) -> Self {
        let (now, system) = (self.clock.now(), Actor::system());
        for text in [
            include_str!("../../fixtures/recital.toml"),
            include_str!("../../fixtures/tandems.toml"),
            include_str!("../../fixtures/sublime.toml"),
        ] {
            let definition = definitions::parse(text).unwrap();
            self.db
                .write(|tx| {
                    calls::load(tx, &system, &definition, now)?;
                    let id = calls::by_reference(tx.conn(), &definition.calls[0].reference)?.id;
                    advance_now::<Call>(tx, &system, id, CallEvent::Publish, now)
                })
                .unwrap();
        }
        self
    }

    /// The cookie of a new person with this role.
    pub fn person(&self, role: Role) -> String {
        let (now, email) = (self.clock.now(), format!("{role}@essai.example").parse().unwrap());
        let open = |tx: &mut tisserand::store::Tx| {
            let id = people::ensure(tx, &email, "Dominique Essai", role, now)?;
            sign_ins::open(tx, id, "Essai", now)
        };
        format!("sid={}", self.db.write(open).unwrap())
    }

    /// The cookie of somebody who is already known.
    pub fn cookie_of(&self, actor: &Actor) -> String {
        sign_in(&self.db, actor.person.unwrap(), self.clock.now())
    }

    /// Sends a form with one file: field, name and bytes.
    pub async fn post_file(
        &self,
        cookie: &str,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &str, &[u8])>,
    ) -> Response {
        let form =
            fields.iter().fold(Form::new(), |form, (name, value)| form.text(name.to_string(), value.to_string()));
        let form = match file {
            Some((field, name, bytes)) => {
                form.part(field.to_owned(), Part::bytes(bytes.to_vec()).file_name(name.to_owned()))
            }
            None => form,
        };
        let request = self.client.post(format!("{}{path}", self.base)).header("cookie", cookie);
        request.header("sec-fetch-site", "same-origin").multipart(form).send().await.unwrap()
    }

    /// Asks for a page; an empty cookie is nobody's.
    pub async fn get(&self, cookie: &str, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).header("cookie", cookie).send().await.unwrap()
    }

    /// The same, saying this header besides.
    pub async fn get_saying(&self, cookie: &str, path: &str, (name, value): (&str, &str)) -> Response {
        let request = self.client.get(format!("{}{path}", self.base)).header("cookie", cookie);
        request.header(name, value).send().await.unwrap()
    }

    /// Sends a form from one of our own pages.
    pub async fn post(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).header("cookie", cookie);
        request.header("sec-fetch-site", "same-origin").form(fields).send().await.unwrap()
    }

    /// Sends a form from this page of ours, as browsers tell it.
    pub async fn post_from_page(&self, cookie: &str, path: &str, page: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).header("cookie", cookie);
        let request = request.header("sec-fetch-site", "same-origin").header("referer", format!("{}{page}", self.base));
        request.form(fields).send().await.unwrap()
    }

    /// Sends files from one of our own pages.
    pub async fn post_files(&self, cookie: &str, path: &str, form: Form) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).header("cookie", cookie);
        request.header("sec-fetch-site", "same-origin").multipart(form).send().await.unwrap()
    }

    /// Sends a form as another site would make a browser do.
    pub async fn post_from_elsewhere(&self, cookie: &str, path: &str) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).header("cookie", cookie);
        request.header("sec-fetch-site", "cross-site").form(&[("a", "b")]).send().await.unwrap()
    }
}

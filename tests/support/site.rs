//! The whole site on a socket of its own, with a person for each role.

use super::databases::{TestDb, sqlite};
use actix_web::rt::System;
use reqwest::{Client, Response, redirect::Policy};
use std::{net::TcpListener, ops::Deref, thread};
use tisserand::domain::lifecycles::calls::{Call, CallEvent};
use tisserand::{
    domain::{definitions, ids::PersonId, roles::Role, time::Moment},
    store::Db,
    usecases::{Actor, advance::advance_now, calls, clock::Clock, people, sign_ins},
    web::{App, server},
};

/// A running site over a database of its own.
pub struct Site {
    pub db: TestDb,
    pub clock: Clock,
    door: Door,
}

/// Where a running site is knocked at.
pub struct Door {
    pub base: String,
    client: Client,
}

impl Deref for Site {
    type Target = Door;
    fn deref(&self) -> &Door {
        &self.door
    }
}

/// The cookie of somebody signed in.
pub fn sign_in(db: &Db, person: PersonId, now: Moment) -> String {
    format!("sid={}", db.write(|tx| sign_ins::open(tx, person, "Essai", now)).unwrap())
}

impl Site {
    /// At this instant, with nothing in it.
    pub fn at(now: Moment) -> Self {
        let (db, clock) = (sqlite(), Clock::at(now));
        let door = Door::open(&db, clock.clone());
        Site { db, clock, door }
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
        let id = self.db.write(|tx| people::ensure(tx, &email, "Dominique Essai", role, now)).unwrap();
        sign_in(&self.db, id, now)
    }
}

impl Door {
    /// A site over this database.
    pub fn open(db: &Db, clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (app, origin) = (App::new(db.clone(), clock, false), base.clone());
        thread::spawn(move || System::new().block_on(server::start(app, &origin, listener, 1).unwrap()));
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Door { base, client }
    }

    /// Asks for a page; an empty cookie is nobody's.
    pub async fn get(&self, cookie: &str, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).header("cookie", cookie).send().await.unwrap()
    }

    /// Sends a form from one of our own pages.
    pub async fn post(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).header("cookie", cookie);
        request.header("sec-fetch-site", "same-origin").form(fields).send().await.unwrap()
    }

    /// Sends a form as another site would make a browser do.
    pub async fn post_from_elsewhere(&self, cookie: &str, path: &str) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).header("cookie", cookie);
        request.header("sec-fetch-site", "cross-site").form(&[("a", "b")]).send().await.unwrap()
    }
}

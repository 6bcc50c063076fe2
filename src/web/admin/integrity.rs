//! The promises that must always hold: as they were found the last time, and asked again when somebody wishes.

use crate::{
    domain::{promises::in_french, time::Moment},
    store::{Conn, Tx, entropy},
    usecases::{
        form_tokens::{self, Sending},
        integrity,
        integrity_runs::{self, Finding, Run},
    },
    web::{
        App, Fields, Reply,
        audiences::Verifier,
        flashes::see_other_saying,
        pages::{Chrome, Flash, render},
    },
};
use actix_web::web::Data;
use askama::Template;
use tokio::runtime::Handle;

const HERE: &str = "/administration/integrite";

#[derive(Template)]
#[template(path = "admin/integrity.html")]
struct IntegrityPage {
    chrome: Chrome,
    /// When the promises were asked last, and by whom; nothing before the first time.
    last: Option<String>,
    promises: Vec<Promise>,
    do_all_hold: bool,
    /// When, who, what was found.
    runs: Vec<(String, String, String)>,
    token: String,
}

/// One promise and what was found.
struct Promise {
    words: &'static str,
    remedy: &'static str,
    checked: i64,
    broken: i64,
    examples: Vec<String>,
}

impl Promise {
    fn holds(&self) -> bool {
        self.broken == 0
    }
}

fn promise(found: Finding) -> Promise {
    let said = in_french(found.number, &found.name);
    Promise {
        words: said.words,
        remedy: said.remedy,
        checked: found.checked,
        broken: found.broken,
        examples: found.examples,
    }
}

fn asked_by(run: &Run) -> String {
    run.ran_by.clone().unwrap_or_else(|| "la plateforme, la nuit".to_owned())
}

fn outcome(broken: i32) -> String {
    match broken {
        0 => "Tout tient".to_owned(),
        1 => "Une promesse rompue".to_owned(),
        n => format!("{n} promesses rompues"),
    }
}

/// What was found the last time.
pub async fn show(app: Data<App>, who: Verifier) -> Reply {
    let actor = who.actor.clone();
    let (runs, found) = app.read(move |conn| integrity_runs::last(conn, &actor)).await?;
    let promises: Vec<_> = found.into_iter().map(promise).collect();
    let page = IntegrityPage {
        chrome: who.chrome(),
        last: runs
            .first()
            .map(|run| format!("Dernière vérification\u{a0}: le {}, par {}.", run.ran_at.french(), asked_by(run))),
        do_all_hold: promises.iter().all(Promise::holds),
        promises,
        runs: runs.iter().map(|run| (run.ran_at.french(), asked_by(run), outcome(run.broken))).collect(),
        token: entropy::form_token()?,
    };
    Ok(render(&page))
}

/// Asks every promise now, of the stored bytes of the documents too where files are kept, and keeps what is found.
pub async fn ask(app: Data<App>, who: Verifier, form: Fields) -> Reply {
    let (person, now, token): (_, Moment, _) = (who.id, app.now(), form.token().to_owned());
    let (files, on) = (app.files().ok().cloned(), Handle::current());
    let ask = move |conn: &mut Conn| {
        let is_whole = |sha256: &str| match &files {
            Some(files) => on.block_on(files.get(sha256)).map(drop),
            None => Ok(()),
        };
        let stored = files.as_ref().map(|_| &is_whole as integrity::Stored<'_>);
        integrity::check(conn, stored, &mut |_| {})
    };
    let found = app.read_frozen(ask).await?;
    let broken = found.iter().filter(|promise| promise.tally.broken > 0).count();
    let record = move |tx: &mut Tx| {
        let sending = Sending { person, token: &token, route: HERE, body: b"", now };
        form_tokens::once(tx, sending, |tx| {
            integrity_runs::record(tx, Some(person), &found, now)?;
            Ok(HERE.to_owned())
        })
    };
    let to = app.write(record).await?;
    let flash = match broken {
        0 => Flash::success("Tout est vérifié\u{a0}: chaque promesse tient."),
        _ => Flash::error("Tout est vérifié\u{a0}: au moins une promesse est rompue."),
    };
    Ok(see_other_saying(to, &flash))
}

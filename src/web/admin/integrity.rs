//! The promises that must always hold: as they were found the last time, and asked again when somebody wishes.

use crate::{
    domain::{history_heads::HistoryHead, promises::in_french, text::grouped, time::Moment},
    store::{Conn, Tx, document_checks::Progress, entropy},
    usecases::{
        Outcome,
        form_tokens::{self, Sending},
        history_heads::{self, Published},
        integrity::{self, READ_AT_ONCE},
        integrity_runs::{self, Finding, Run},
    },
    web::{
        App, Fields, Reply,
        audiences::Verifier,
        flashes::see_other_saying,
        pages::{Chrome, Flash, Tone, render},
    },
};
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;
use tokio::runtime::Handle;

const HERE: &str = "/administration/integrite";
/// Hours after which a check is late: there is one each night.
const LATE_HOURS: i64 = 36;

#[derive(Template)]
#[template(path = "admin/integrity.html")]
struct IntegrityPage {
    chrome: Chrome,
    /// When the promises were asked last, and by whom; nothing before the first time.
    last: Option<String>,
    /// Whether a night has passed since without any.
    is_late: bool,
    promises: Vec<Promise>,
    do_all_hold: bool,
    /// How far the reading of the documents is; nothing while there are none.
    documents: String,
    /// When, who, what was found.
    runs: Vec<(String, String, String)>,
    /// The head of the history now; nothing while it is empty.
    head: Option<HistoryHead>,
    published: Vec<Published>,
    /// A head read in a mail, as it was typed, and what comparing it gave: how grave, and in which words.
    typed: String,
    compared: Option<(Tone, String)>,
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

    /// How many faults are behind those that are shown.
    fn unshown(&self) -> i64 {
        let shown = i64::try_from(self.examples.len()).unwrap_or(i64::MAX);
        if shown == 0 { 0 } else { self.broken - shown }
    }

    fn checked_words(&self) -> String {
        grouped(self.checked)
    }

    fn broken_words(&self) -> String {
        grouped(self.broken)
    }

    fn unshown_words(&self) -> String {
        grouped(self.unshown())
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

/// « 4 000 documents ont été relus depuis le 3 mai 2027 ; 120 ne l’ont pas encore été. »
fn documents_read(progress: &Progress) -> String {
    let roll =
        format!("Chaque nuit en relit {READ_AT_ONCE}, à commencer par ceux qui ne l’ont pas été depuis longtemps.");
    match (progress.since, progress.unread) {
        (None, 0) => String::new(),
        (None, unread) => {
            format!("Documents conservés\u{a0}: {} à relire pour la première fois. {roll}", grouped(unread))
        }
        (Some(since), 0) => format!(
            "Documents conservés\u{a0}: tous ({}) ont été relus depuis le {}. {roll}",
            grouped(progress.read),
            since.french()
        ),
        (Some(since), unread) => format!(
            "Documents conservés\u{a0}: {} relus depuis le {}, {} à relire pour la première fois. {roll}",
            grouped(progress.read),
            since.french(),
            grouped(unread)
        ),
    }
}

/// A head to compare with the history.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    empreinte: String,
}

/// What comparing a head gave: nothing when none was typed, `None` inside when what was typed is no head.
fn compared(is_there: Option<Option<bool>>) -> Option<(Tone, String)> {
    let (tone, words) = match is_there? {
        Some(true) => (
            Tone::Success,
            "Cette empreinte est dans l’historique, à sa place\u{a0}: rien de ce qui la précède n’a été réécrit.",
        ),
        Some(false) => (
            Tone::Error,
            "Cette empreinte n’est pas dans l’historique à cette place\u{a0}: il a été réécrit ou raccourci depuis. \
             Prévenez la direction et gardez le courriel.",
        ),
        None => (
            Tone::Error,
            "Ce n’est pas une empreinte. Recopiez-la en entier\u{a0}: le numéro de la ligne, deux-points, puis 64 chiffres \
             et lettres de a à f.",
        ),
    };
    Some((tone, words.to_owned()))
}

/// What was found the last time, and the head of the history.
pub async fn show(app: Data<App>, who: Verifier, asked: Query<Asked>) -> Reply {
    let (actor, typed, now) = (who.actor.clone(), asked.into_inner().empreinte, app.now());
    let wanted = (!typed.trim().is_empty()).then(|| typed.parse::<HistoryHead>().ok());
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let (runs, found) = integrity_runs::last(conn, &actor)?;
        let is_there = match &wanted {
            Some(Some(head)) => Some(Some(history_heads::is_there(conn, &actor, head)?)),
            Some(None) => Some(None),
            None => None,
        };
        let heads = history_heads::published(conn, &actor)?;
        Ok((runs, found, integrity_runs::documents(conn, &actor)?, heads, is_there))
    };
    let (runs, found, documents, (head, published), is_there) = app.read(load).await?;
    let promises: Vec<_> = found.into_iter().map(promise).collect();
    let page = IntegrityPage {
        chrome: who.chrome(),
        last: runs
            .first()
            .map(|run| format!("Dernière vérification\u{a0}: le {}, par {}.", run.ran_at.french(), asked_by(run))),
        is_late: runs.first().is_some_and(|run| run.ran_at.plus_minutes(LATE_HOURS * 60) < now),
        do_all_hold: promises.iter().all(Promise::holds),
        promises,
        documents: documents_read(&documents),
        head,
        published,
        typed,
        compared: compared(is_there),
        runs: runs.iter().map(|run| (run.ran_at.french(), asked_by(run), outcome(run.broken))).collect(),
        token: entropy::form_token()?,
    };
    Ok(render(&page))
}

/// Asks every promise now, of the documents whose turn it is too where files are kept, and keeps what is found.
pub async fn ask(app: Data<App>, who: Verifier, form: Fields) -> Reply {
    let (person, now, token): (_, Moment, _) = (who.id, app.now(), form.token().to_owned());
    let (files, on) = (app.files().ok().cloned(), Handle::current());
    let ask = move |conn: &mut Conn| -> Outcome<_> {
        match &files {
            Some(files) => integrity::check_some(conn, &|sha256: &str| on.block_on(files.get(sha256)).map(drop)),
            None => Ok((integrity::check(conn, None, &mut |_| {})?, Vec::new())),
        }
    };
    let (found, read) = app.read_frozen(ask).await?;
    let broken = found.iter().filter(|promise| promise.tally.broken > 0).count();
    let record = move |tx: &mut Tx| {
        let sending = Sending { person, token: &token, route: HERE, body: b"", now };
        form_tokens::once(tx, sending, |tx| {
            integrity_runs::record(tx, Some(person), &found, now)?;
            integrity_runs::mark_read(tx, &read, now)?;
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

//! How soon a change in the room of a session is on every screen: 200 files, 30 members and a hall that follow it.

use super::{
    rankings::{self, Made, RANKED, Shape},
    server::{Done, Page, Server, say, send},
};
use reqwest::{Client, redirect::Policy};
use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};
use tisserand::{
    domain::{
        ids::{PersonId, SessionId},
        lifecycles::sessions::SessionEvent,
        money::Euros,
        roles::Role,
        sessions::Presence,
        time::Moment,
    },
    store::{Tx, sessions as rows},
    usecases::{
        Actor, Outcome,
        committees::{self, Vote},
        interests::{self, InterestsForm},
        sessions::{self, SessionForm},
    },
};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// Files on the agenda.
const FILES: u32 = 200;
/// Members who follow, beside the hall.
const MEMBERS: usize = 30;
/// How many times an amount changes.
const CHANGES: usize = 40;
/// How long a screen may stay behind before the measure gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A screen: the page that shows the room, and the stream that says when to ask for it again.
struct Screen {
    page: String,
    stream: String,
    cookie: String,
}

/// Prints how long a change of amount takes to be on the last of the screens.
pub fn measure(folder: &Path, program: &Path, now: Moment) -> Done {
    let folder = rankings::empty(&folder.join("room"))?;
    let made = rankings::make(&folder, Shape { files: FILES, others: 10_000, readers: MEMBERS }, now)?;
    let session = made.db.write(|tx| opened(tx, &made, now))?;
    let officer = rankings::sign_in(&made.db, made.officer, now)?;
    let mut screens = vec![Screen {
        page: format!("/seances/{session}/ecran"),
        stream: format!("/seances/{session}/flux"),
        cookie: officer.clone(),
    }];
    for member in &made.readers {
        screens.push(Screen {
            page: format!("/comite/seances/{session}/salle"),
            stream: format!("/comite/seances/{session}/flux"),
            cookie: rankings::sign_in(&made.db, *member, now)?,
        });
    }
    let server = Server::start(program, &folder, None)?;
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut waits = rt.block_on(changes(&server, screens, &officer, session))?;
    waits.sort();
    let at = |share: usize| waits.get(share * (waits.len() - 1) / 100).map_or(0, Duration::as_millis);
    let (median, high, most) = (at(50), at(95), at(100));
    let screens = MEMBERS + 1;
    say(format!(
        "| {FILES} files, {screens} screens | a new amount on the last screen | {median} ms median, {high} ms at 95 %, \
         {most} ms at most of {CHANGES} |"
    ))
}

/// The call's session with every file on its agenda, opened with everybody there.
fn opened(tx: &mut Tx, made: &Made, now: Moment) -> Outcome<SessionId> {
    let officer = Actor { person: Some(made.officer), roles: vec![Role::Officer] };
    let form = SessionForm {
        title: format!("Comité {RANKED}"),
        date: now.paris_date().to_string(),
        time: "14:00".into(),
        place: "Lille".into(),
    };
    for member in &made.readers {
        committees::appoint(tx, &officer, made.call, *member, "Région Hauts-de-France", Vote::Deliberative, now)?;
    }
    let id = sessions::plan(tx, &officer, made.call, &form, now)?;
    sessions::fill_agenda(tx, &officer, id)?;
    let step = |tx: &mut Tx, event| {
        let version = rows::find(tx.conn(), id)?.version;
        sessions::step(tx, &officer, id, version, event, now)
    };
    step(tx, SessionEvent::Convene)?;
    let nothing = InterestsForm { answer: "rien".into(), ..InterestsForm::default() };
    for member in &made.readers {
        let actor = Actor { person: Some(*member), roles: vec![Role::Reviewer] };
        interests::declare(tx, &actor, &nothing, None, now)?;
        interests::declare(tx, &actor, &nothing, Some(id), now)?;
    }
    let there: Vec<(PersonId, Presence)> = made.readers.iter().map(|member| (*member, Presence::Present)).collect();
    sessions::record_attendance(tx, &officer, id, &there, made.readers.first().copied())?;
    step(tx, SessionEvent::Open)?;
    Ok(id)
}

/// Changes the amount of one file again and again; each time, how long the slowest screen took to show what is left.
async fn changes(server: &Server, screens: Vec<Screen>, officer: &str, session: SessionId) -> Done<Vec<Duration>> {
    let (said, mut shown) = mpsc::channel(screens.len() * 4);
    let count = screens.len();
    let following = (0..count).zip(screens).map(|(number, screen)| follow(server, (number, screen), said.clone()));
    let changing = async {
        // Every stream greets, and every screen then asks for its page.
        every(&mut shown, count, "").await?;
        let (client, mut waits, mut seen) =
            (Client::builder().redirect(Policy::none()).build()?, Vec::new(), String::new());
        for number in 0..CHANGES {
            let amount = 1_000 + i64::try_from(number)?;
            let wanted = Euros::whole(amount).to_string();
            let form = [("proposition", "award".to_owned()), ("montant", amount.to_string()), ("vu", seen)];
            let change = Page {
                name: "change",
                cookie: officer.to_owned(),
                path: format!("/seances/{session}/salle/dossiers/0198c0a1-0000-7000-8000-000000000000"),
                form: Some(form.map(|(name, value)| (name.to_owned(), value)).into()),
            };
            let begun = Instant::now();
            let status = send(&client, server, &change, 0).await?;
            if status != 303 {
                return Err(format!("the change answers {status}").into());
            }
            every(&mut shown, count, &wanted).await?;
            waits.push(begun.elapsed());
            seen = format!("award:{}", Euros::whole(amount).cents());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Done::Ok(waits)
    };
    tokio::select! {
        ended = futures_util::future::try_join_all(following) => Err(format!("a stream ended: {:?}", ended.err()).into()),
        waits = changing => waits,
    }
}

/// A page that a screen shows, with the number of that screen.
type Seen = (usize, String);

/// Waits until every screen has shown these words; one that shows them twice counts once.
async fn every(shown: &mut Receiver<Seen>, count: usize, words: &str) -> Done {
    let mut behind: BTreeSet<usize> = (0..count).collect();
    while !behind.is_empty() {
        let (number, page) = next(shown).await?;
        if page.contains(words) {
            behind.remove(&number);
        }
    }
    Ok(())
}

async fn next(shown: &mut Receiver<Seen>) -> Done<Seen> {
    Ok(tokio::time::timeout(PATIENCE, shown.recv()).await?.ok_or("no screen is left")?)
}

/// Follows the room as a browser does: asks for the page again at each event, and tells what it shows.
async fn follow(server: &Server, (number, screen): (usize, Screen), said: Sender<Seen>) -> Done {
    let client = Client::builder().redirect(Policy::none()).build()?;
    let get = |path: &str| client.get(format!("{}{path}", server.base)).header("cookie", &screen.cookie).send();
    let mut stream = get(&screen.stream).await?.error_for_status()?;
    while let Some(piece) = stream.chunk().await? {
        if piece.windows(5).any(|bytes| bytes == b"data:") {
            let page = get(&screen.page).await?;
            if !page.status().is_success() {
                return Err(format!("{} answers {}", screen.page, page.status()).into());
            }
            said.send((number, page.text().await?)).await?;
        }
    }
    Err("the stream is over".into())
}

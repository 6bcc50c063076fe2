//! `demo`: a site full of made-up people and projects, to click through.

use super::{
    Done, Failure,
    databases::Url,
    load, serve,
    story::{
        advising,
        applying::{self, OpenCall},
        calendars,
        cast::{self, Cast, Player},
        dice::Dice,
        editions::Edition,
        funders, judging, opening,
        programmes::{self, Planned},
        world::World,
    },
    terminal,
    worker::Post,
};
use crate::{
    domain::{definitions::Definition, labels, roles::Role, sign_ins::Limits, time::Moment},
    store::{Db, Tx},
    usecases::{Outcome, attachments::FitFile, clock::Clock, integrity, integrity_runs, passwords, people},
    web::App,
};
use indicatif::ProgressBar;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// The password of everybody in the demo.
const PASSWORD: &str = "tisserand-demo";

/// Starts a site with made-up people and projects; mails stay in a folder and can be read on the site.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand demo --port 8080 --data-dir var")]
pub(super) struct Demo {
    /// The port to listen on, on this machine only.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where everything is kept; a second start finds it again.
    #[arg(long, default_value = "var", value_name = "DIR")]
    data_dir: PathBuf,
    /// Fill the database and stop.
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    pub(super) fn run(self, url: &Url) -> Done {
        fs::create_dir_all(&self.data_dir)?;
        let url = url.clone().or_in(&self.data_dir);
        let db = url.open_or_make()?;
        url.unlock(&db, &self.data_dir)?;
        url.arrive(&db, &self.data_dir)?;
        let origin = format!("http://127.0.0.1:{}", self.port);
        serve::remember_address(&db, &origin)?;
        serve::limit_sign_ins(&db, Limits::DEMO)?;
        let logins = self.data_dir.join("logins.json");
        let post = Post::in_folder(self.data_dir);
        if !logins.exists() {
            let now = Clock::System.now();
            let players = fill(&db, &post, now)?;
            verify(&db, &players, now)?;
            write_logins(&logins, &origin, &players)?;
        }
        db.refresh_statistics()?;
        show_logins(&logins, &origin)?;
        if self.no_serve {
            return Ok(());
        }
        let listener = serve::listen(&format!("127.0.0.1:{}", self.port))?;
        let worker = post.worker(&db, Clock::System)?;
        let app = App::new(db, Clock::System, false).with_mailbox(post.mails()).with_files(post.files()?);
        serve::serve(app, &origin, listener, Some(worker))
    }
}

/// The people, the calls of the past and of today and what was applied for, in one transaction: a start that is interrupted
/// leaves nothing.
fn fill(db: &Db, post: &Post, now: Moment) -> Result<Vec<Player>, Failure> {
    let hash = passwords::hash(PASSWORD)?;
    let definitions = current(load::shipped()?, now);
    tokio::runtime::Builder::new_current_thread().build()?.block_on(post.files()?.put(opening::PAPER.to_vec()))?;
    let bar = terminal::progress(1, "filling the demo")?;
    let filled = db.write(|tx| {
        let dice = Dice::new(2027);
        let world = live_through(tx, &dice, programmes::past(&definitions, now), &bar, now)?;
        let cast = &world.cast;
        let mut players = everybody(cast);
        players.push(cast::seat_funder(tx, cast, now)?);
        players.extend(world.grantee().cloned());
        let refused = world.refused().filter(|refused| is_new(&players, refused)).cloned();
        players.extend(refused);
        let paper = opening::paper("document.pdf")?;
        for (fund, definition) in (0..).zip(&definitions) {
            for call in opening::publish(tx, &cast.officer.actor(), definition, now)? {
                judging::seat(tx, cast, &call, now)?;
                players.push(apply(tx, &dice, (cast, &call, fund), &paper, now)?);
            }
        }
        if let Some(any) = definitions.first() {
            funders::keep_books(tx, cast, any, now)?;
        }
        advising::open_slots(tx, cast, now)?;
        for player in &players {
            people::set_password(tx, player.id, &hash, now)?;
        }
        Outcome::Ok(players)
    });
    bar.finish_and_clear();
    Ok(filled?)
}

/// Asks every promise, as the administrator.
fn verify(db: &Db, players: &[Player], now: Moment) -> Done {
    let found = db.read_frozen(|conn| integrity::check(conn, None, &mut |_| {}))?;
    let by = players.iter().find(|player| player.role == Role::Admin).map(|player| player.id);
    Ok(db.write(|tx| integrity_runs::record(tx, by, &found, now))?)
}

/// Everything that came before today, from the first call to the payments that wait.
fn live_through(tx: &mut Tx, dice: &Dice, past: Vec<Planned>, bar: &ProgressBar, now: Moment) -> Outcome<World> {
    let openings = past.iter().flat_map(|call| &call.definition.calls).map(|call| call.window.opens);
    let first = openings.min().unwrap_or(now).plus_days(-30);
    let mut world = World::begin(tx, dice.clone(), 0, first, now)?;
    world.judges_lines = true;
    for (place, call) in (0..).zip(past) {
        let mut edition =
            Edition::new(call.definition, call.numbers, world.cast.clone(), dice.apart(1_000_000 + place));
        edition.leaves_unsigned = call.leaves_unsigned;
        world.editions.push(edition);
    }
    let events = world.events();
    // The transaction may be run again.
    bar.set_length(events.len() as u64);
    bar.set_position(0);
    for (at, event) in events {
        let news = world.play(tx, event, at)?;
        world.learn(event, news);
        bar.inc(1);
    }
    Ok(world)
}

/// Files at every step that comes before the committee; gives the holder of one that is still a draft.
fn apply(
    tx: &mut Tx,
    dice: &Dice,
    (cast, call, fund): (&Cast, &OpenCall, i64),
    paper: &FitFile,
    now: Moment,
) -> Outcome<Player> {
    let mut draft = |number: i64| applying::draft(tx, dice, call, paper, fund * 5 + number, now);
    let (unfiled, waiting, asked, admitted, refused) = (draft(0)?, draft(1)?, draft(2)?, draft(3)?, draft(4)?);
    for filed in [&waiting, &asked, &admitted, &refused] {
        applying::file(tx, filed, now)?;
    }
    judging::ask(
        tx,
        cast,
        asked.id,
        "Merci de joindre le programme détaillé des ateliers et de préciser le budget.",
        now,
    )?;
    judging::admit(tx, cast, admitted.id, now)?;
    let motive = "L’action a déjà commencé\u{a0}: le règlement ne prend en compte que les dépenses à venir.";
    judging::turn_away(tx, cast, refused.id, motive, now)?;
    Ok(unfiled.applicant)
}

/// The calls as they are, or moved by whole weeks when the present lies outside their windows.
fn current(definitions: Vec<Definition>, now: Moment) -> Vec<Definition> {
    let windows: Vec<_> = definitions.iter().flat_map(|definition| &definition.calls).map(|call| call.window).collect();
    if windows.iter().all(|window| window.is_open(now)) {
        return definitions;
    }
    let last_opening = windows.iter().map(|window| window.opens.unix_seconds()).max().unwrap_or_default();
    let weeks = (now.unix_seconds() - last_opening) / (7 * 86_400);
    definitions.iter().map(|definition| calendars::moved(definition, weeks * 7)).collect()
}

fn is_new(players: &[Player], one: &Player) -> bool {
    players.iter().all(|known| known.id != one.id)
}

fn everybody(cast: &Cast) -> Vec<Player> {
    let staff = [&cast.officer, &cast.finance, &cast.director, &cast.admin, &cast.auditor];
    staff.into_iter().chain(&cast.reviewers).cloned().collect()
}

/// Writes who can sign in, whole or not at all.
fn write_logins(file: &Path, origin: &str, players: &[Player]) -> Done {
    let login = |player: &Player| {
        serde_json::json!({
            "role": player.role.code(), "label": labels::role(player.role), "name": player.name,
            "email": player.email, "password": PASSWORD,
        })
    };
    let logins: Vec<_> = players.iter().map(login).collect();
    let text =
        serde_json::json!({ "address": origin, "mailbox": format!("{origin}/boite-aux-lettres"), "logins": logins });
    let mut part = tempfile::NamedTempFile::new_in(file.parent().unwrap_or(Path::new(".")))?;
    writeln!(part, "{text:#}")?;
    part.persist(file).map_err(|error| error.error)?;
    Ok(())
}

fn show_logins(file: &Path, origin: &str) -> Done {
    let unreadable = |_| Failure::because(format!("{} is not a list of logins", file.display()));
    let text: serde_json::Value = serde_json::from_str(&fs::read_to_string(file)?).map_err(unreadable)?;
    let logins = text["logins"].as_array().cloned().unwrap_or_default();
    let cell = |login: &serde_json::Value, name: &str| login[name].as_str().unwrap_or_default().to_owned();
    let rows: Vec<_> = logins
        .iter()
        .map(|login| ["role", "name", "email", "password"].map(|name| cell(login, name)).to_vec())
        .collect();
    terminal::table(&["ROLE", "NAME", "EMAIL", "PASSWORD"], &rows)?;
    terminal::say(format!("\n{origin}  (mails: {origin}/boite-aux-lettres)"))
}

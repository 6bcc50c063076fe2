//! What the money journal costs once it is long: balances and pages over a million movements on SQLite.
//!
//! `cargo bench --bench journal -- --help` explains itself.

use clap::Parser;
use diesel::connection::SimpleConnection;
use std::{
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Instant,
};
use tisserand::{
    domain::{definitions, ids::AccountId, journal::Stage, money::Euros, time::Moment},
    store::{
        Db, Entropy, StoreError,
        books::{self, Wanted},
        funding_sources,
        journal::{self, Scope},
    },
    usecases::{Actor, calls, clock::Clock, reference_data},
};

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// Balances at any date and pages of a long journal, in microseconds: the median and the slowest of many.
#[derive(Parser)]
#[command(after_help = "Example:\n  cargo bench --bench journal -- --movements 1000000 --days 1000")]
struct Options {
    /// Movements of the journal, all of one funding source: half of them into one account.
    #[arg(long, default_value_t = 1_000_000)]
    movements: i64,
    /// Days over which they are spread evenly.
    #[arg(long, default_value_t = 1_000)]
    days: i64,
    /// Times each thing is asked.
    #[arg(long, default_value_t = 50)]
    times: usize,
    /// Where the journal is kept; it is made once.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn say(line: impl std::fmt::Display) -> Done {
    Ok(writeln!(io::stdout(), "{line}")?)
}

fn main() -> Done {
    let options = Options::parse();
    let folder = options.folder.join(format!("journal-{}-{}", options.movements, options.days));
    let is_new = !folder.join("history.db").exists();
    fs::create_dir_all(&folder)?;
    let db = Db::open(&format!("sqlite:{}", folder.join("history.db").display()), Entropy::System)?;
    db.migrate()?;
    let begun = Instant::now();
    if is_new {
        make(&db, &options)?;
    }
    db.refresh_statistics()?;
    let cores = std::thread::available_parallelism()?;
    let (movements, days, times) = (options.movements, options.days, options.times);
    say(format!("{movements} movements over {days} days on SQLite, {cores} cores, each asked {times} times"))?;
    if is_new {
        say(format!("made in {} s, day sums kept by triggers", begun.elapsed().as_secs()))?;
    }
    measure(&db, &options, &folder)
}

/// Writes the journal: into and out of the same two accounts in turn, so that each holds a day's sum for every day.
fn make(db: &Db, options: &Options) -> Done {
    db.write(reference_data::load)?;
    let definition = definitions::parse(include_str!("../fixtures/recital.toml"))?;
    let now = Clock::System.now();
    db.write(|tx| calls::load(tx, &Actor::system(), &definition, now))?;
    let (from, to) = db.write(|tx| {
        let source = funding_sources::all(tx.conn())?.first().map(|row| row.id).ok_or(StoreError::NotFound)?;
        let from = journal::account(tx, Stage::Funder, source, None, None, now)?;
        Ok::<_, StoreError>((from, journal::account(tx, Stage::Source, source, None, None, now)?))
    })?;
    let (count, seconds) = (options.movements, options.days * 86_400);
    let sql = format!(
        "BEGIN;
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
         INSERT INTO transfers (seq, from_account, to_account, amount_cents, kind, at)
         SELECT 1000 + i, CASE i % 2 WHEN 0 THEN '{to}' ELSE '{from}' END, CASE i % 2 WHEN 0 THEN '{from}' ELSE '{to}' END,
           100 + i % 977, 'grant', datetime('2024-01-01 00:00:00', '+' || (i * {seconds} / {count}) || ' seconds')
         FROM n;
         COMMIT;"
    );
    Ok(db.read(|conn| conn.batch_execute(&sql).map_err(StoreError::from))?)
}

/// The median and the slowest of many, in microseconds.
fn timed(times: usize, mut ask: impl FnMut(usize) -> Done) -> Done<(u128, u128)> {
    let mut each = Vec::with_capacity(times);
    for turn in 0..times {
        let begun = Instant::now();
        ask(turn)?;
        each.push(begun.elapsed().as_micros());
    }
    each.sort_unstable();
    Ok((each.get(times / 2).copied().unwrap_or_default(), each.last().copied().unwrap_or_default()))
}

fn measure(db: &Db, options: &Options, folder: &Path) -> Done {
    let row = |what: &str, (median, slowest): (u128, u128)| say(format!("| {what} | {median} µs | {slowest} µs |"));
    let size = fs::metadata(folder.join("history.db"))?.len() / 1_048_576;
    say(format!("database of {size} MiB\n| what | median | slowest |\n|---|---|---|"))?;
    let first = Moment::start_of_day("2024-01-01".parse()?);
    // An evening somewhere in the middle of a day in UTC: its last hours are added one by one.
    let evening = |turn: usize| first.plus_days((turn as i64 * 37) % options.days.max(1)).plus_minutes(23 * 60);
    let source = db.read(funding_sources::all)?.first().map(|row| row.id).ok_or("no source")?;
    let places = db.read(|conn| books::account_page(conn, (None, None), (None, &[]), 50))?;
    let ids: Vec<AccountId> = places.into_iter().map(|(_, id)| id).collect();
    let at = |until: Moment| db.read(|conn| books::balances(conn, &ids, &[], until));
    let some = |turn: usize| -> Done {
        at(evening(turn))?;
        Ok(())
    };
    row("balance of every account on some evening", timed(options.times, some)?)?;
    let now = first.plus_days(options.days + 1);
    let today = |_: usize| -> Done {
        at(now)?;
        Ok(())
    };
    row("balance of every account today", timed(options.times, today)?)?;
    let plain = |_: usize| -> Done {
        db.read(|conn| journal::balance(conn, Stage::Source, Scope::Source(source)))?;
        Ok(())
    };
    row("the same of one account, movement by movement", timed(options.times, plain)?)?;
    let mut key = None;
    let page = |_: usize| -> Done {
        let found = db.read(|conn| books::page(conn, &Wanted::default(), key, &[], 51))?;
        key = found.last().map(|last| (last.at, last.seq));
        Ok(())
    };
    row("a page of 50 movements, and the next", timed(options.times, page)?)?;
    let day = (evening(1).plus_days(-1), evening(1));
    let wanted = Wanted { accounts: Some(ids.clone()), sources: None, from: Some(day.0), until: Some(day.1) };
    let one_day = |_: usize| -> Done {
        db.read(|conn| books::page(conn, &wanted, None, &[], 51))?;
        Ok(())
    };
    row("a page of these accounts on one day", timed(options.times, one_day)?)?;
    let kept: Euros = at(now)?.values().copied().sum();
    if kept == Euros::ZERO { Ok(()) } else { Err("what came in is not what went out".into()) }
}

//! `simulate`: a believable history of any size, written through the use cases.

use super::{
    Done, Failure,
    databases::Url,
    load,
    story::{
        dice::Dice,
        editions::Edition,
        opening,
        programmes::{self, MOST_CALLS},
        world::{Event, World},
    },
    terminal,
};
use crate::{
    domain::{lifecycle::Refusal, time::Moment},
    store::{Db, Files, history},
    usecases::UseCaseError,
};
use chrono::NaiveDate;
use std::path::PathBuf;

/// Members of the committees, at most.
const READERS: usize = 40;

/// Events that share one write: what they touch is laid down once for all of them, and most of it is touched by each.
const SHARED: usize = 50;

/// Fills a new database with a history of several years: calls, applications in every state, reviews, decisions,
/// payments, reports. The same seed gives the same data. Its mails count as sent; its letters are rendered by the first
/// worker that runs on it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  tisserand simulate --applications 10000 --calls 20 --seed 1 --database-url sqlite:big.db"
)]
pub(super) struct Simulate {
    /// How many applications there are in all.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    applications: u32,
    /// Over how many calls they are spread, the three funds in turn.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u8).range(1..=MOST_CALLS as i64))]
    calls: u8,
    /// What chance grows from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The last day of the history.
    #[arg(long, default_value = "2026-11-25", value_name = "DATE")]
    today: NaiveDate,
    /// Where attachments are kept.
    #[arg(long, env = "DATA_DIR", default_value = "var", value_name = "DIR")]
    data_dir: PathBuf,
}

impl Simulate {
    pub(super) fn run(self, url: &Url) -> Done {
        let db = url.make_seeded(self.seed)?;
        if !db.read(|conn| history::after(conn, 0, 1))?.is_empty() {
            return Err(Failure::because(
                "a simulation needs a database without a history; name a new one with --database-url",
            ));
        }
        url.unlock(&db, &self.data_dir)?;
        db.make_room()?;
        let files = Files::local(&self.data_dir.join("files"))?;
        tokio::runtime::Builder::new_current_thread().build()?.block_on(files.put(opening::PAPER.to_vec()))?;
        let until = Moment::start_of_day(self.today).plus_minutes(18 * 60);
        let mut world = self.world(&db, until)?;
        let events = world.events();
        let bar = terminal::progress(events.len() as u64, "simulating")?;
        for (place, together) in events.chunks(SHARED).enumerate() {
            write(&db, &mut world, together)?;
            // Counted early, then each time the history has doubled: the statements in between meet large tables too.
            if (place + 1).is_power_of_two() {
                db.refresh_statistics()?;
            }
            bar.inc(together.len() as u64);
        }
        bar.finish_and_clear();
        db.refresh_statistics()?;
        terminal::say(format!(
            "{} applications to {} calls, until {}.",
            self.applications,
            world.editions.len(),
            self.today
        ))
    }

    fn world(&self, db: &Db, until: Moment) -> Result<World, Failure> {
        let dice = Dice::new(self.seed);
        let calls = usize::from(self.calls);
        let planned = programmes::plan(&load::shipped()?, calls, self.applications as usize, until);
        let openings = planned.iter().flat_map(|call| &call.definition.calls).map(|call| call.window.opens);
        let first = openings.min().unwrap_or(until).plus_days(-30);
        let mut world = db.write(|tx| World::begin(tx, dice.clone(), READERS, first, until))?;
        for (place, call) in (0u64..).zip(planned) {
            let mut cast = world.cast.clone();
            let seats = (call.numbers.files * 3 / 8).clamp(5, READERS);
            cast.reviewers.rotate_left((usize::from(place as u8) * 5) % READERS);
            cast.reviewers.truncate(seats);
            world.editions.push(Edition::new(call.definition, call.numbers, cast, dice.apart(1_000_000 + place)));
        }
        Ok(world)
    }
}

/// Lets these events happen, all or none.
fn write(db: &Db, world: &mut World, events: &[(Moment, Event)]) -> Done {
    let (mut is_begun, mut last) = (false, None);
    let written = db.write(|tx| {
        // The world has learnt what the first attempt did.
        if std::mem::replace(&mut is_begun, true) {
            return Err(UseCaseError::Refused(Refusal::because(
                "another program writes here; a simulation needs its database to itself",
            )));
        }
        for (at, event) in events {
            last = Some((*at, *event));
            let news = world.play(tx, *event, *at)?;
            world.learn(*event, news);
        }
        Ok(())
    });
    written.map_err(|error| {
        let place =
            last.map_or(String::new(), |(at, event): (Moment, Event)| format!("{event:?} at {}: ", at.machine()));
        Failure::because(format!("{place}{}", told(error)))
    })
}

fn told(error: UseCaseError) -> String {
    Failure::from(error).0
}

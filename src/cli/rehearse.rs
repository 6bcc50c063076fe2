//! `rehearse`: one year of the three funds in a throw-away database, at a chosen clock, through the use cases.

use super::{
    Done, Failure, accounting_file, check, databases,
    export::{self, Format, Noun},
    iban_keys, load, out_files,
    story::{
        calendars,
        cast::{self, Cast},
        dice::Dice,
        funders, opening, paying,
        year::{EVENTS, Event, Stage, Year},
    },
    terminal,
    worker::Post,
};
use crate::{
    domain::{definitions::Definition, letters::LetterKind, time::Moment},
    exports::sheets::Form,
    mail,
    store::{Db, Entropy, Files, documents, payment_runs},
    usecases::{
        Actor, Outcome, accounting, clock::Clock, evidence_packs, exports::Filter, payment_runs::bank_file, settings,
    },
};
use chrono::NaiveDate;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Walks the whole line for the three funds, from the published call to what proves it to a funder, and keeps every letter,
/// mail, bank file and table, the accounting file and the evidence pack. Fails when a promise is broken on the way.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  tisserand rehearse --out rehearsal\n  tisserand rehearse --out next-year --at 2027-09-06"
)]
pub(super) struct Rehearse {
    /// A new or empty folder for what the rehearsal leaves.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The day on which the first of the three calls is published; the others follow as far apart as they are.
    #[arg(long, value_name = "DATE")]
    at: Option<NaiveDate>,
}

/// The rehearsal under way.
struct Rehearsal {
    db: Db,
    clock: Clock,
    worker: mail::Worker,
    rt: tokio::runtime::Runtime,
    steps: Vec<Vec<String>>,
}

impl Rehearse {
    pub(super) fn run(&self, url: &databases::Url) -> Done {
        fs::create_dir_all(&self.out)?;
        if fs::read_dir(&self.out)?.next().is_some() {
            return Err(Failure::because(format!("{} is not empty", self.out.display())));
        }
        let scratch = tempfile::tempdir()?;
        let own = format!("sqlite:{}", scratch.path().join("rehearsal.db").display());
        let db = databases::make(url.given().unwrap_or(&own), Entropy::seeded(2027))?;
        if !db.read(|conn| crate::store::history::after(conn, 0, 1))?.is_empty() {
            return Err(Failure::because("a rehearsal needs a database without a history"));
        }
        // A database that is thrown away takes its key with it.
        match url.given() {
            Some(_) => url.unlock(&db, &self.out)?,
            None => iban_keys::GivenKeys::unlock_once(&db)?,
        }
        let post = Post::in_folder(self.out.clone());
        let files = post.files()?;
        let mut rehearsal = Rehearsal::begin(db, &post)?;
        let years = at(load::shipped()?, self.at);
        let cast = rehearsal.walk(&files, &years)?;
        let letters = keep_letters(&rehearsal.db, &rehearsal.rt, &files, &self.out.join("letters"))?;
        rehearsal.count(&years, &letters);
        terminal::table(&["WHEN", "FUND", "WHAT", "OUTCOME"], &rehearsal.steps)?;
        let steps: String = rehearsal.steps.iter().map(|step| step.join("\t") + "\n").collect();
        out_files::write_whole(&self.out.join("steps.tsv"), steps.as_bytes())?;
        let db = &rehearsal.db;
        keep_bank_files(db, &self.out.join("payments"), rehearsal.clock.now())?;
        keep_exports(db, &self.out.join("exports"))?;
        keep_entries(db, &self.out.join("accounting"))?;
        keep_packs(db, (&rehearsal.rt, &files), &cast.finance.actor(), &self.out.join("evidence"))?;
        terminal::say("")?;
        let found = check::look(db, Some(&files))?;
        if url.given().is_none() {
            // Only the database that is thrown away knew them by their hash: every letter and every pack has a name now.
            fs::remove_dir_all(self.out.join("files"))?;
        }
        check::report(&found)
    }
}

impl Rehearsal {
    fn begin(db: Db, post: &Post) -> Result<Self, Failure> {
        let clock = Clock::at(Moment::from_unix_seconds(0));
        let worker = post.worker(&db, clock.clone())?;
        let rt = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        Ok(Rehearsal { db, clock, worker, rt, steps: Vec::new() })
    }

    fn walk(&mut self, files: &Files, definitions: &[Definition]) -> Result<Cast, Failure> {
        let years = (0i64..).zip(definitions);
        let mut years: Vec<_> = years.map(|(fund, definition)| Year::new(definition.clone(), fund * 12)).collect();
        let mut events: Vec<(Moment, usize, Event)> = Vec::new();
        for (fund, year) in years.iter().enumerate() {
            events.extend(EVENTS.iter().filter_map(|event| Some((year.when(*event)?, fund, *event))));
        }
        events.sort();
        let first = events.first().map(|(at, ..)| at.plus_days(-7)).unwrap_or(self.clock.now());
        self.clock.set(first);
        self.rt.block_on(files.put(opening::PAPER.to_vec()))?;
        let (cast, payer) = self.db.write(|tx| {
            settings::save(tx, settings::Settings::default())?;
            Outcome::Ok((cast::gather(tx, first)?, paying::open_payer(tx, first)?))
        })?;
        let (dice, paper) = (Dice::new(2027), opening::paper("document.pdf")?);
        let stage = Stage { cast: &cast, dice: &dice, paper: &paper, payer };
        let bar = terminal::progress(events.len() as u64, "rehearsing")?;
        for (at, fund, event) in events {
            self.clock.set(at);
            let Some(year) = years.get_mut(fund) else { continue };
            let said = self.db.write(|tx| year.play(tx, event, &stage, at));
            let said = said
                .map_err(|error| Failure::because(format!("{event:?} of fund {fund}: {}", Failure::from(error).0)))?;
            let name = year.definition.fund.name.clone();
            let step = |line: &str| vec![at.machine(), name.clone(), format!("{event:?}"), line.to_owned()];
            self.steps.extend(said.lines().map(step));
            self.rt.block_on(self.worker.drain())?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        if let Some(year) = years.first() {
            self.prove(&cast, &year.definition)?;
        }
        Ok(cast)
    }

    /// How many letters of each kind every fund has issued, each a PDF.
    fn count(&mut self, definitions: &[Definition], letters: &[(String, LetterKind)]) {
        let now = self.clock.now();
        for definition in definitions {
            let is_theirs =
                |reference: &str| definition.calls.iter().any(|call| reference.starts_with(call.reference.as_str()));
            let theirs = letters.iter().filter(|(reference, _)| is_theirs(reference));
            let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
            for (_, kind) in theirs {
                *kinds.entry(kind.to_string()).or_default() += 1;
            }
            for (kind, count) in kinds {
                let (name, said) = (definition.fund.name.clone(), format!("{count} PDF: {kind}"));
                self.steps.push(vec![now.machine(), name, "Letters".to_owned(), said]);
            }
        }
    }

    /// When all is paid, the books are shown: what the funders paid, what donors gave, the entries and the proof.
    fn prove(&mut self, cast: &Cast, any: &Definition) -> Done {
        let now = self.clock.now().plus_days(10);
        self.clock.set(now);
        self.db.write(|tx| {
            cast::seat_funder(tx, cast, now)?;
            funders::keep_books(tx, cast, any, now)
        })?;
        let said = "instalments noted, a donation receipted, entries and an evidence pack made";
        self.steps.push(vec![now.machine(), "all".to_owned(), "Prove".to_owned(), said.to_owned()]);
        self.rt.block_on(self.worker.drain())?;
        Ok(())
    }
}

/// The calls as they are, or moved so that the first one is published on this day.
fn at(definitions: Vec<Definition>, day: Option<NaiveDate>) -> Vec<Definition> {
    let published = definitions.iter().filter_map(|definition| Year::new(definition.clone(), 0).when(Event::Publish));
    let Some((day, first)) = day.zip(published.min()) else { return definitions };
    let days = (day - first.paris_date()).num_days();
    definitions.iter().map(|definition| calendars::moved(definition, days)).collect()
}

/// Every issued letter under a name that people can read; gives the reference and the kind of each.
fn keep_letters(
    db: &Db,
    rt: &tokio::runtime::Runtime,
    files: &Files,
    folder: &Path,
) -> Result<Vec<(String, LetterKind)>, Failure> {
    fs::create_dir_all(folder)?;
    let (mut last, mut kept) = (None, Vec::new());
    loop {
        let page = db.read(|conn| documents::after(conn, last, 200))?;
        let Some(end) = page.last().map(|row| row.id) else { return Ok(kept) };
        for row in &page {
            let Some(sha256) = &row.sha256 else {
                return Err(Failure::because(format!("the letter {} was not rendered", row.reference)));
            };
            let bytes = rt.block_on(files.get(sha256))?;
            let name = format!("{}-{}-{}.pdf", row.reference, row.kind, row.check_code);
            out_files::write_whole(&folder.join(name.replace(['/', ' '], "-")), &bytes)?;
            kept.push((row.reference.clone(), row.kind));
        }
        last = Some(end);
    }
}

/// Every bank file.
fn keep_bank_files(db: &Db, folder: &Path, now: Moment) -> Done {
    fs::create_dir_all(folder)?;
    for run in db.read(|conn| payment_runs::page(conn, None, None, 1000))? {
        if db.read(|conn| payment_runs::file(conn, run.id))?.is_some() {
            let (_, file) = db.write(|tx| bank_file(tx, &Actor::system(), run.id, now))?;
            out_files::write_whole(&folder.join(format!("{}.xml", run.reference)), file.content.as_bytes())?;
        }
    }
    Ok(())
}

/// Every table, for a spreadsheet and as a workbook.
fn keep_exports(db: &Db, folder: &Path) -> Done {
    fs::create_dir_all(folder)?;
    for (noun, name) in
        [(Noun::Disbursements, "disbursements"), (Noun::Grants, "grants"), (Noun::Applications, "applications")]
    {
        for (format, ending) in [(Format::Csv, "csv"), (Format::Xlsx, "xlsx")] {
            let file = folder.join(format!("{name}.{ending}"));
            export::leave(db, noun, &Filter::default(), (format, Form::French), &file)?;
        }
    }
    Ok(())
}

/// Every file of accounting entries.
fn keep_entries(db: &Db, folder: &Path) -> Done {
    fs::create_dir_all(folder)?;
    for (export, _) in db.read(|conn| accounting::made(conn, &Actor::system()))? {
        accounting_file::leave(db, export.id, &folder.join(&export.file_name))?;
    }
    Ok(())
}

/// Every evidence pack, as finance takes it away.
fn keep_packs(db: &Db, (rt, files): (&tokio::runtime::Runtime, &Files), finance: &Actor, folder: &Path) -> Done {
    fs::create_dir_all(folder)?;
    for line in db.read(|conn| evidence_packs::page(conn, finance, None, 100))? {
        if let Some(why) = line.failure {
            let why = why.trim_end_matches('.');
            return Err(Failure::because(format!("an evidence pack was not made: {why}")));
        }
        let pack = db.read(|conn| evidence_packs::archive(conn, finance, line.id))?;
        let bytes = rt.block_on(files.get(&pack.sha256))?;
        out_files::write_whole(&folder.join(&pack.name), &bytes)?;
    }
    Ok(())
}

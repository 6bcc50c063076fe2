//! What the main pages cost: starts the server on simulated histories and reads its CPU time and memory from /proc.
//!
//! `cargo bench --bench pages -- --help` explains itself. The client runs in this process, so that the figures are those
//! of the server alone. Nothing but 127.0.0.1 is spoken to.

mod batches;
mod rankings;
mod readers;
mod rooms;
mod server;

use clap::Parser;
use reqwest::Client;
use server::{Done, Page, Server, get, load, say};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use tisserand::{
    domain::{
        definitions::{ProjectField, Question, QuestionKind},
        ids::{CallId, PersonId},
        lifecycles::{applications::ApplicationState, calls::CallState, reviews::ReviewState},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, Db, Entropy, StoreError, answers,
        applications::{self, ApplicationLine, ApplicationRow, Filter, Reach, Sight},
        calls as calls_rows, people,
        reviews::{self, OwnReview},
    },
    usecases::{Actor, Outcome, UseCaseError, calls, clock::Clock, review_sheets, sign_ins},
};

/// CPU per request of the main pages, memory and start of the server, on histories of several sizes.
#[derive(Parser)]
#[command(after_help = "Example:\n  cargo bench --bench pages -- --applications 1000,10000 --requests 2000")]
struct Options {
    /// Sizes of the simulated histories; each is made once and kept.
    #[arg(long, value_delimiter = ',', default_value = "1000")]
    applications: Vec<u32>,
    /// Instead of whole histories: files of another call, beside which one call of 1,000 files is ranked.
    #[arg(long, value_delimiter = ',')]
    ranking: Vec<u32>,
    /// Instead of whole histories: files of another call, beside which one person has 40 files to review.
    #[arg(long, value_delimiter = ',')]
    reader: Vec<u32>,
    /// Instead of whole histories: a session of 200 files that 30 members and a hall follow, whose amounts change.
    #[arg(long)]
    room: bool,
    /// Instead of pages: a pay run of 1,000 lines, 1,000 letters and the tables of 100,000 disbursements, on a copy of each
    /// history.
    #[arg(long)]
    batches: bool,
    /// Requests for each page.
    #[arg(long, default_value_t = 2000)]
    requests: usize,
    /// Requests under way at the same time.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Where the histories are kept.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
    /// The program that is measured [default: the one built with this].
    #[arg(long, default_value = env!("CARGO_BIN_EXE_tisserand"), hide_default_value = true)]
    program: PathBuf,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Done {
    let options = Options::parse();
    say("| applications | what | measured |\n|---|---|---|")?;
    for others in &options.ranking {
        let load_of = (options.requests, options.connections);
        rankings::measure(&options.folder, &options.program, *others, Clock::System.now(), load_of)?;
    }
    for others in &options.reader {
        let load_of = (options.requests, options.connections);
        readers::measure(&options.folder, &options.program, *others, Clock::System.now(), load_of)?;
    }
    if options.room {
        rooms::measure(&options.folder, &options.program, Clock::System.now())?;
    }
    if options.room || !options.ranking.is_empty() || !options.reader.is_empty() {
        return Ok(());
    }
    for size in &options.applications {
        if options.batches {
            batches::measure(&history(&options, *size)?, &options.program, *size, Clock::System.now())?;
        } else {
            measure(&options, *size)?;
        }
    }
    Ok(())
}

/// Prints what was measured on a history of this size.
fn row(size: u32, what: &str, measured: String) -> Done {
    say(format!("| {size} | {what} | {measured} |"))
}

/// The folder of a simulated history of this size, which is made once.
fn history(options: &Options, size: u32) -> Done<PathBuf> {
    let folder = options.folder.join(size.to_string());
    fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    let now = Clock::System.now();
    if !folder.join("history.db").exists() {
        let (count, today) = (size.to_string(), now.paris_date().to_string());
        let arguments = ["simulate", "--applications", &count, "--calls", "20", "--today", &today];
        let begun = Instant::now();
        if !server::program(&options.program, &folder, &arguments).stdout(Stdio::null()).status()?.success() {
            return Err("the history could not be simulated".into());
        }
        row(size, "simulate", format!("{} s", begun.elapsed().as_secs()))?;
    }
    Ok(folder)
}

fn measure(options: &Options, size: u32) -> Done {
    let folder = history(options, size)?;
    let row = |what: &str, measured: String| row(size, what, measured);
    let now = Clock::System.now();
    row("start on a new database, all migrations", format!("{} ms", first_start(options, &folder)?))?;
    let begun = Instant::now();
    let server = Server::start(&options.program, &folder, None)?;
    row("start on this database, first page", format!("{} ms", begun.elapsed().as_millis()))?;
    std::thread::sleep(Duration::from_secs(1));
    row("memory at rest (RSS)", format!("{} kB", server.memory("status", "VmRSS:")?))?;
    let (pages, finance) = pages(&folder, now)?;
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for page in &pages {
        match rt.block_on(load(&server, page, options.requests, options.connections))? {
            Ok(cpu) => row(page.name, format!("{}.{:03} ms of CPU a request", cpu / 1000, cpu % 1000))?,
            Err(status) => row(page.name, format!("answers {status}"))?,
        }
    }
    // One hand types: its changes come one after the other, and none shares its commit.
    for page in &typing(&folder, now)? {
        match rt.block_on(load(&server, page, options.requests, 1))? {
            Ok(cpu) => row(page.name, format!("{}.{:03} ms of CPU a request", cpu / 1000, cpu % 1000))?,
            Err(status) => row(page.name, format!("answers {status}"))?,
        }
    }
    for (name, table, format) in EXPORTS {
        let export = format!("/finances/exports/fichier?table={table}&format={format}");
        let told = rt.block_on(download(&server, &get(name, finance.clone(), &export)))?;
        row(name, told)?;
    }
    if let Some(page) = pages.iter().find(|page| page.name.starts_with("one application")) {
        let busy = load(&server, page, options.requests, 64);
        rt.block_on(busy)?.map_err(|status| format!("answers {status}"))?;
    }
    row("memory after 64 connections (PSS)", format!("{} kB", server.memory("smaps_rollup", "Pss:")?))?;
    row("memory at its highest (RSS)", format!("{} kB", server.memory("status", "VmHWM:")?))
}

/// How long an empty folder takes to become a migrated database, in milliseconds.
fn first_start(options: &Options, folder: &Path) -> Done<u128> {
    let scratch = folder.join("first");
    fs::create_dir_all(&scratch)?;
    for file in fs::read_dir(&scratch)? {
        fs::remove_file(file?.path())?;
    }
    let begun = Instant::now();
    let made = server::program(&options.program, &scratch, &["migrate"])
        .env("DATABASE_URL", "sqlite:first.db")
        .stdout(Stdio::null())
        .status()?;
    if made.success() { Ok(begun.elapsed().as_millis()) } else { Err("the migrations failed".into()) }
}

/// Tables that are exported whole.
const EXPORTS: [(&str, &str, &str); 3] = [
    ("export of every application, CSV", "dossiers", "csv"),
    ("export of every disbursement, CSV", "versements", "csv"),
    ("export of every disbursement, XLSX", "versements", "xlsx"),
];

/// Downloads a file: when its first byte came, what it cost, and what the memory grew by.
async fn download(server: &Server, page: &Page) -> Done<String> {
    let (before, rest) = (server.cpu()?, server.memory("status", "RssAnon:")?);
    let begun = Instant::now();
    let request = Client::new().get(format!("{}{}", server.base, page.path)).header("cookie", &page.cookie);
    let mut reply = request.send().await?.error_for_status()?;
    let (mut first, mut bytes, mut lines, mut highest) = (None, 0, 0, 0);
    while let Some(chunk) = reply.chunk().await? {
        first.get_or_insert_with(|| begun.elapsed().as_millis());
        bytes += chunk.len();
        lines += chunk.iter().filter(|byte| **byte == b'\n').count();
        highest = highest.max(server.memory("status", "RssAnon:")?);
    }
    let (first, cpu) = (first.unwrap_or_default(), (server.cpu()? - before) / 1000);
    let (size, grown) = (bytes / 1024, highest.saturating_sub(rest));
    let lines = if page.path.ends_with("csv") { format!("{lines} lines, ") } else { String::new() };
    Ok(format!("{lines}{size} KiB: {cpu} ms of CPU, first byte after {first} ms, memory + {grown} kB"))
}

/// The pages, each as somebody for whom there is much to show, and the cookie of whoever may export.
fn pages(folder: &Path, now: Moment) -> Done<(Vec<Page>, String)> {
    let db = Db::open(&format!("sqlite:{}", folder.join("history.db").display()), Entropy::System)?;
    let sign_in =
        |person| db.write(|tx| Ok::<_, UseCaseError>(format!("sid={}", sign_ins::open(tx, person, "bench", now)?)));
    let mut pages = vec![get("sign-in page", String::new(), "/connexion")];
    let (draft, file) = db.read(a_draft)?.ok_or("no draft of an open call")?;
    let holder = sign_in(file.created_by)?;
    pages.push(get("public call page", String::new(), &format!("/appels/{}", draft.call_reference)));
    pages.push(get("home page", String::new(), "/"));
    pages.push(get("funded projects", String::new(), "/projets"));
    pages.push(get("own applications", holder.clone(), "/dossiers"));
    pages.push(get("one application, its holder", holder.clone(), &format!("/dossiers/{}", draft.id)));
    let save = save(&db, &file, holder.clone())?;
    pages.push(get("one section, its holder", holder, &save.path));
    pages.push(save);
    let staff = |role| {
        let found = db.read(|conn| people::with_role(conn, role))?;
        Done::Ok(sign_in(found.first().ok_or("nobody has the role")?.id)?)
    };
    let (reader, read) = db.read(busiest_reader)?.ok_or("no reader of a call under review")?;
    let reader = sign_in(reader)?;
    pages.push(get("reviewer's list", reader.clone(), "/comite"));
    pages.push(get("one file beside its grid", reader.clone(), &format!("/comite/evaluations/{}", read.id)));
    pages.push(score(&db, &read, reader)?);
    let officer = staff(Role::Officer)?;
    pages.push(get("officer's queue", officer.clone(), "/instruction"));
    pages.push(get("one file, officer", officer.clone(), &format!("/instruction/{}", read.application_id)));
    let call = db.read(|conn| calls_rows::find(conn, read.call_id))?.reference;
    pages.push(get("one call, officer", officer.clone(), &format!("/appels-a-projets/{call}")));
    pages.push(get("ranking of a call", officer.clone(), &format!("/appels-a-projets/{call}/classement")));
    pages.push(get("grants followed", officer, "/suivi"));
    let finance = staff(Role::Finance)?;
    pages.push(get("payments", finance.clone(), "/finances/versements"));
    pages.push(get("people", staff(Role::Admin)?, "/administration"));
    pages.push(get("outbox", staff(Role::Admin)?, "/administration/courriels"));
    pages.push(get("history", staff(Role::Auditor)?, "/administration/historique"));
    Ok((pages, finance))
}

/// A draft with a title in a call that is open, with its list line.
fn a_draft(conn: &mut Conn) -> Result<Option<(ApplicationLine, ApplicationRow)>, StoreError> {
    let everything = Sight { person: None, reach: Reach::Everything };
    let drafts = Filter { states: vec![ApplicationState::Draft], ..Filter::default() };
    let mut after = None;
    loop {
        let lines = applications::page(conn, everything, &drafts, after, 500)?;
        let Some(last) = lines.last() else { return Ok(None) };
        after = Some(last.id);
        let is_fit = |line: &&ApplicationLine| !line.title.is_empty() && line.call_state == CallState::Published;
        if let Some(line) = lines.iter().find(is_fit) {
            let row = applications::find(conn, everything, line.id)?;
            return Ok(Some((line.clone(), row)));
        }
    }
}

/// Whoever reads most, among the readers of calls under review, with a review they have not handed in.
fn busiest_reader(conn: &mut Conn) -> Result<Option<(PersonId, OwnReview)>, StoreError> {
    let open: Vec<CallId> =
        calls_rows::in_states(conn, &[CallState::InReview], 100)?.iter().map(|call| call.id).collect();
    let mut found: Vec<(usize, PersonId, OwnReview)> = Vec::new();
    for reader in people::with_role(conn, Role::Reviewer)? {
        let own = reviews::of_person(conn, reader.id)?;
        let is_waiting = |review: &&OwnReview| {
            matches!(review.state, ReviewState::Assigned | ReviewState::InProgress) && open.contains(&review.call_id)
        };
        if let Some(review) = own.iter().find(is_waiting) {
            found.push((own.len(), reader.id, review.clone()));
        }
    }
    Ok(found.into_iter().max_by_key(|(count, ..)| *count).map(|(_, reader, review)| (reader, review)))
}

/// A full set of marks, kept as a draft; the first request writes them, the others write them again.
fn score(db: &Db, read: &OwnReview, cookie: String) -> Done<Page> {
    let call = db.read(|conn| calls::definition(conn, read.call_id))?;
    let reader = db.read(|conn| Ok::<_, StoreError>(reviews::find(conn, read.id)?.person_id))?;
    let actor = Actor { person: Some(reader), roles: vec![Role::Reviewer] };
    let sheet = db.read(|conn| review_sheets::find(conn, &actor, read.id))?;
    let mut form = vec![("empreinte".into(), sheet.stamp), ("avis".into(), "Un projet clair et utile.".into())];
    for criterion in &call.grid.criteria {
        form.push((format!("note-{}", criterion.code), "3".to_owned()));
        form.push((format!("commentaire-{}", criterion.code), "Bien construit, à préciser.".to_owned()));
    }
    form.push(("suite".into(), "garder".into()));
    Ok(Page { name: "post of a score", cookie, path: format!("/comite/evaluations/{}", read.id), form: Some(form) })
}

/// The first section of a draft, sent with another title each time.
fn save(db: &Db, file: &ApplicationRow, cookie: String) -> Done<Page> {
    let read = |conn: &mut Conn| {
        Outcome::Ok((calls::definition(conn, file.call_id)?, answers::of_application(conn, file.id)?))
    };
    let (call, answers) = db.read(read)?;
    let section = call.sections.first().ok_or("no section")?;
    let field = |question: &Question| match question.fills {
        Some(ProjectField::Title) => (question.code.clone(), "Un titre, essai #".to_owned()),
        _ => (question.code.clone(), answers.get(&question.code).cloned().unwrap_or_default()),
    };
    let form = Some(section.questions.iter().map(field).collect());
    Ok(Page {
        name: "save of a section",
        cookie,
        path: format!("/dossiers/{}/rubriques/{}", file.id, section.code),
        form,
    })
}

/// Fields of a draft that save by themselves while somebody types: a title, which lists show, and a long text.
fn typing(folder: &Path, now: Moment) -> Done<Vec<Page>> {
    let db = Db::open(&format!("sqlite:{}", folder.join("history.db").display()), Entropy::System)?;
    let (_, file) = db.read(a_draft)?.ok_or("no draft")?;
    let call = db.read(|conn| calls::definition(conn, file.call_id))?;
    let holder = file.created_by;
    let secret = db.write(|tx| sign_ins::open(tx, holder, "bench", now))?;
    let text = "Des ateliers au bord de l’eau, essai #. ".repeat(35);
    let all = || call.sections.iter().flat_map(|section| section.questions.iter().map(move |q| (&section.code, q)));
    let title = all().find(|(_, question)| question.fills == Some(ProjectField::Title)).ok_or("no title")?;
    let long = all().find(|(_, question)| question.kind == QuestionKind::LongText).ok_or("no long text")?;
    let page = |name, (section, question): (&String, &Question), value: &str| Page {
        name,
        cookie: format!("sid={secret}"),
        path: format!("/dossiers/{}/rubriques/{section}/champs", file.id),
        form: Some(vec![
            ("envoi-champ".to_owned(), question.code.clone()),
            ("envoi-page".to_owned(), format!("bench{}", now.unix_seconds())),
            ("envoi-numero".to_owned(), "1#".to_owned()),
            ("envoi-personne".to_owned(), holder.to_string()),
            (question.code.clone(), value.to_owned()),
        ]),
    };
    Ok(vec![
        page("one field by itself, the title", title, "Un titre, essai #"),
        page("one field by itself, a long text", long, &text),
    ])
}

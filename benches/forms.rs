//! What long forms cost: their pages, their scripts, and many people who type at once.
//!
//! `cargo bench --bench forms -- --help` explains itself. Forms of 100 and of 300 questions are made in a new database;
//! the client runs in this process, so that the CPU time is that of the server alone.

mod server;

use clap::Parser;
use reqwest::{Client, redirect::Policy};
use server::{Done, Page, Server, get, load, say, send};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};
use tisserand::{
    domain::{
        definitions::{self, AnswerChoice, CallDefinition, Definition, Need, Question, QuestionKind},
        identity::Email,
        ids::{ApplicationId, PersonId},
        lifecycles::calls::{Call, CallEvent},
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{Db, Entropy, StoreError, Tx},
    usecases::{
        Actor, Outcome,
        advance::advance_now,
        applications, calls,
        clock::Clock,
        organisations::{self, OrganisationForm},
        people, sign_ins,
    },
};

/// Weight and CPU of the pages of long forms, weight of their scripts, and saves of many people at once.
#[derive(Parser)]
#[command(after_help = "Example:\n  cargo bench --bench forms -- --writers 64")]
struct Options {
    /// Requests for each page.
    #[arg(long, default_value_t = 400)]
    requests: usize,
    /// People who type at the same time, each in a file of their own.
    #[arg(long, default_value_t = 64)]
    writers: u32,
    /// Fields that each of them saves.
    #[arg(long, default_value_t = 50)]
    saves: usize,
    /// Where the database is made anew.
    #[arg(long, default_value = "target/bench/forms")]
    folder: PathBuf,
    /// The program that is measured [default: the one built with this].
    #[arg(long, default_value = env!("CARGO_BIN_EXE_tisserand"), hide_default_value = true)]
    program: PathBuf,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// The questions of each form that is measured.
const SIZES: [usize; 2] = [100, 300];
/// The scripts that the page of a section may ask for.
const SCRIPTS: [&str; 3] = ["site.js", "form.js", "files.js"];

fn main() -> Done {
    let options = Options::parse();
    if options.folder.exists() {
        fs::remove_dir_all(&options.folder)?;
    }
    fs::create_dir_all(&options.folder)?;
    let folder = options.folder.canonicalize()?;
    let now = Clock::System.now();
    let world = World::make(&folder, options.writers, now)?;
    let server = Server::start(&options.program, &folder, Some("tisserand::web::server=debug"))?;
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    say("| what | measured |\n|---|---|")?;
    rt.block_on(measure(&options, &world, &server))?;
    say(format!("| memory at its highest (RSS) | {} kB |", server.memory("status", "VmHWM:")?))
}

async fn measure(options: &Options, world: &World, server: &Server) -> Done {
    for (size, desk) in SIZES.iter().zip(&world.forms) {
        let page = get("page of a form", desk.cookie.clone(), &desk.section());
        let bytes = weight(server, &page.path, &page.cookie).await?;
        say(format!("| {} of {size} questions, compressed | {bytes} bytes |", page.name))?;
        match load(server, &page, options.requests, 1).await? {
            Ok(cpu) => say(format!("| {} of {size} questions | {} of CPU a request |", page.name, thousandths(cpu)))?,
            Err(status) => say(format!("| {} of {size} questions | answers {status} |", page.name))?,
        }
    }
    let mut scripts = 0;
    for name in SCRIPTS {
        let path = tisserand::web::assets::asset(name);
        scripts += weight(server, &path, "").await?;
    }
    say(format!("| scripts of the page, compressed | {scripts} bytes |"))?;
    let first = world.writers.first().ok_or("nobody types")?;
    match load(server, &first.save(), options.requests, 1).await? {
        Ok(cpu) => say(format!("| save of one field, one hand | {} of CPU a request |", thousandths(cpu)))?,
        Err(status) => say(format!("| save of one field, one hand | answers {status} |"))?,
    }
    together(options, world, server).await
}

/// Microseconds as milliseconds.
fn thousandths(micros: u64) -> String {
    format!("{}.{:03} ms", micros / 1000, micros % 1000)
}

/// How many bytes a page or script takes on the way, compressed as browsers ask for it.
async fn weight(server: &Server, path: &str, cookie: &str) -> Done<usize> {
    let request = Client::new().get(format!("{}{path}", server.base));
    let reply = request.header("cookie", cookie).header("accept-encoding", "gzip").send().await?.error_for_status()?;
    if reply.headers().get("content-encoding").is_none_or(|coding| coding != "gzip") {
        return Err(format!("{path} is not compressed").into());
    }
    Ok(reply.bytes().await?.len())
}

/// Everybody saves one field after the other: how long each answer takes, in the server and as the people see it. They are
/// on the same machine and ask again at once, so what they see holds their own waiting for a core.
async fn together(options: &Options, world: &World, server: &Server) -> Done {
    let client = Client::builder().redirect(Policy::none()).build()?;
    let (before, answered) = (server.cpu()?, answers(options)?.len());
    let begun = Instant::now();
    let types = |desk: &Desk| {
        let (page, client) = (desk.save(), client.clone());
        async move {
            let mut waits = Vec::with_capacity(options.saves);
            for number in 0..options.saves {
                let begun = Instant::now();
                // Above the numbers that were sent before.
                let status = send(&client, server, &page, 1_000_000 + number).await?;
                if status != 200 {
                    return Err(format!("a save answers {status}").into());
                }
                waits.push(u64::try_from(begun.elapsed().as_micros())?);
            }
            Done::Ok(waits)
        }
    };
    let mut waits = Vec::new();
    for own in futures_util::future::join_all(world.writers.iter().map(types)).await {
        waits.extend(own?);
    }
    let (count, all) = (waits.len().max(1), begun.elapsed().as_millis().max(1));
    let cpu = (server.cpu()? - before) / u64::try_from(count)?;
    let (writers, rate) = (world.writers.len(), u128::try_from(count)? * 1000 / all);
    say(format!(
        "| saves of one field by {writers} people at once | {rate} a second, {} of CPU each |",
        thousandths(cpu)
    ))?;
    let inside = answers(options)?.split_off(answered);
    say(format!("| the same, from the request to its answer in the server | {} |", hundredths(inside)))?;
    say(format!("| the same, until the people have their answer | {} |", hundredths(waits)))
}

/// How long the server took for each answer so far, in microseconds: from the head of a request to that of its answer.
fn answers(options: &Options) -> Done<Vec<u64>> {
    let log = fs::read_to_string(options.folder.join("server.log"))?;
    let micros = |line: &str| line.split_once("micros=")?.1.split_whitespace().next()?.parse().ok();
    Ok(log.lines().filter_map(micros).collect())
}

/// How long half of these took, and all but the hundredth part.
fn hundredths(mut micros: Vec<u64>) -> String {
    micros.sort_unstable();
    let at = |part: usize| micros.get(micros.len() * part / 100).copied().unwrap_or_default();
    format!("half within {}, 99 of 100 within {}", thousandths(at(50)), thousandths(at(99)))
}

/// Somebody at an open draft.
struct Desk {
    person: PersonId,
    cookie: String,
    file: ApplicationId,
}

impl Desk {
    fn section(&self) -> String {
        format!("/dossiers/{}/rubriques/long", self.file)
    }

    /// A long text that saves by itself, another one each time.
    fn save(&self) -> Page {
        let text = "Des ateliers au bord de l’eau, essai #. ".repeat(10);
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Page {
            name: "save",
            cookie: self.cookie.clone(),
            path: format!("{}/champs", self.section()),
            form: Some(vec![
                field("envoi-champ", "q1"),
                field("envoi-page", "bench0123456789"),
                field("envoi-numero", "1#"),
                field("envoi-personne", self.person.as_str()),
                field("q1", &text),
            ]),
        }
    }
}

/// A database with one call for each size of form, and drafts in them.
struct World {
    /// One draft of each form.
    forms: Vec<Desk>,
    /// Drafts of the first form.
    writers: Vec<Desk>,
}

impl World {
    fn make(folder: &Path, writers: u32, now: Moment) -> Done<World> {
        let db = Db::open(&format!("sqlite:{}", folder.join("history.db").display()), Entropy::System)?;
        db.migrate()?;
        db.write(tisserand::usecases::reference_data::load)?;
        let definition = long(definitions::parse(include_str!("../fixtures/recital.toml"))?, now);
        let references: Vec<_> = definition.calls.iter().map(|call| call.reference.clone()).collect();
        let system = Actor::system();
        db.write(|tx| calls::load(tx, &system, &definition, now))?;
        for reference in &references {
            db.write(|tx| {
                let id = calls::by_reference(tx.conn(), reference)?.id;
                advance_now::<Call>(tx, &system, id, CallEvent::Publish, now)
            })?;
        }
        let desk = |reference: &str, number: u32| db.write(|tx| desk(tx, reference, number, now));
        let mut forms = Vec::new();
        for (number, reference) in (1_000..).zip(&references) {
            forms.push(desk(reference, number)?);
        }
        let writers = (0..writers).map(|number| desk(&references[0], number)).collect::<Result<_, _>>()?;
        Ok(World { forms, writers })
    }
}

/// The fund with a call for each size, whose form has a section of so many questions.
fn long(mut definition: Definition, now: Moment) -> Definition {
    let model = definition.calls.remove(0).edition_opening(now.plus_days(-7).paris_date());
    for source in &mut definition.funding_sources {
        source.amount = Euros::whole(10_000_000);
    }
    let call = |size: &usize| {
        let mut call = CallDefinition { reference: format!("LONG-{size}"), ..model.clone() };
        let mut section = call.sections[0].clone();
        (section.code, section.title) = ("long".into(), format!("{size} questions"));
        section.questions = (1..=*size).map(question).collect();
        call.sections.push(section);
        call
    };
    definition.calls = SIZES.iter().map(call).collect();
    definition
}

fn question(number: usize) -> Question {
    use QuestionKind::{Choice, LongText, Number, ShortText, YesNo};
    let kind = [LongText, ShortText, Number, YesNo, Choice][(number - 1) % 5];
    let choice =
        |code: &str| AnswerChoice { code: code.into(), label: format!("La réponse {code}, en quelques mots") };
    Question {
        label: format!("Question {number}\u{a0}: que voulez-vous nous dire de votre projet\u{202f}?"),
        help: "Quelques mots suffisent, avec un exemple si vous en avez un.".into(),
        need: Need::Recommended,
        words: (kind == LongText).then_some(300),
        choices: if kind == Choice { ["a", "b", "c", "d"].map(choice).to_vec() } else { Vec::new() },
        ..Question::blank(format!("q{number}"), kind)
    }
}

/// A person, their association and its draft.
fn desk(tx: &mut Tx, reference: &str, number: u32, now: Moment) -> Outcome<Desk> {
    let address = format!("porteuse{number}@exemple.fr");
    let address: Email = address.parse().map_err(|_| StoreError::NotFound)?;
    let person = people::ensure(tx, &address, "Porteuse", Role::Applicant, now)?;
    let actor = Actor { person: Some(person), roles: vec![Role::Applicant] };
    let form = OrganisationForm {
        nom: format!("Passerelles {number}"),
        forme: "association".into(),
        rna: format!("W59{number:07}"),
        rue: "3 rue du Port".into(),
        code_postal: "59000".into(),
        ville: "Lille".into(),
        representant: "Anaïs Lefèvre".into(),
        qualite: "présidente".into(),
        ..OrganisationForm::default()
    };
    let organisation = organisations::create(tx, &actor, &form, now)?;
    let call = calls::by_reference(tx.conn(), reference)?.id;
    let file = applications::start(tx, &actor, call, organisation, now)?;
    let cookie = format!("sid={}", sign_ins::open(tx, person, "bench", now)?);
    Ok(Desk { person, cookie, file })
}

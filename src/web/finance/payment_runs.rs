//! Payment runs: prepared by one person, approved by another, one bank file, then the bank's answers.

use super::{
    Sources, capital,
    cautions::{Known, suspended, to_stop},
    day_of, kept_back_words, once, places, questions, told, tone,
};
use crate::{
    domain::{
        ids::{DisbursementId, PaymentRunId},
        lifecycle::{Machine, Refusal},
        lifecycles::payment_runs::{PaymentRun, PaymentRunEvent, PaymentRunState},
        money::Euros,
        roles::Role,
        run_lines::RunLineOutcome,
        time::{Moment, french_date},
    },
    exports::{credit_transfers::bank_file, lists::RUNS, sheets::Cell},
    store::{
        Conn, Tx, bank_accounts as accounts,
        disbursements::{self as payments, DisbursementFile},
        entropy,
        money_sources::{self, SplitRow},
        payment_runs::{self as rows, PaymentFileRow, PaymentRunRow},
        people,
    },
    usecases::{
        Actor, Outcome, UseCaseError,
        advance::Object,
        payment_runs::{self, RunFile},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Books, Finance, Payer, SignedIn},
        deadlines::Deadline,
        flashes::see_other_saying,
        lists::{self, Format},
        pages::{Chrome, FieldErrors, Flash, NavLink, Tone, render, render_as},
        parts::{Action, Badge, Fact, NOBODY, Pager, Press, Step, Stepper, TimelineEvent, Weight},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Runs on one page.
const PAGE: usize = 30;
pub(super) const LIST: &str = "/finances/lots";

fn badge(state: PaymentRunState) -> Badge {
    let tone = match state {
        PaymentRunState::Open => Tone::Warning,
        PaymentRunState::Approved | PaymentRunState::Exported => Tone::Info,
        PaymentRunState::Settled => Tone::Success,
        PaymentRunState::Cancelled => Tone::Neutral,
    };
    Badge { tone, label: state.label().to_owned() }
}

#[derive(Template)]
#[template(path = "finance/payment_runs.html")]
struct RunsPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    can_prepare: bool,
    lines: Vec<RunLine>,
    pager: Pager,
}

struct RunLine {
    href: String,
    reference: String,
    execution: String,
    prepared_by: String,
    count: i64,
    total: Euros,
    badge: Badge,
    who: &'static str,
}

/// Where the list goes on.
#[derive(Debug, Deserialize)]
pub struct After {
    #[serde(default)]
    apres: String,
}

type Totals = Vec<(PaymentRunId, i64, Euros)>;

fn load_list(
    conn: &mut Conn,
    actor: &Actor,
    (key, limit): (Option<PaymentRunId>, usize),
) -> Outcome<(Vec<PaymentRunRow>, Totals, Vec<people::PersonRow>)> {
    let runs = payment_runs::page(conn, actor, key, i64::try_from(limit).unwrap_or(i64::MAX))?;
    let ids: Vec<_> = runs.iter().map(|run| run.id).collect();
    let authors: Vec<_> = runs.iter().map(|run| run.prepared_by).collect();
    Ok((runs, payments::totals_of_runs(conn, &ids)?, people::of_ids(conn, &authors)?))
}

/// How many transfers a run has, what they come to, and who prepared it.
fn about(run: &PaymentRunRow, totals: &Totals, authors: &[people::PersonRow]) -> (i64, Euros, String) {
    let (count, total) = totals.iter().find(|row| row.0 == run.id).map_or((0, Euros::ZERO), |row| (row.1, row.2));
    let author = authors.iter().find(|row| row.id == run.prepared_by);
    (count, total, author.map(|row| row.name.clone()).unwrap_or_default())
}

/// The same list as a file.
pub async fn leave(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let actor = who.actor.clone();
    let page = move |conn: &mut Conn, key: Option<PaymentRunId>| -> Outcome<_> {
        let (runs, totals, authors) = load_list(conn, &actor, (key, lists::CHUNK))?;
        let told = |run: PaymentRunRow| {
            let about = about(&run, &totals, &authors);
            (run, about)
        };
        Ok(lists::paged(runs.into_iter().map(told).collect(), |(run, _): &ToldRun| run.id))
    };
    lists::give(&app, RUNS, format.into_inner(), lists::pages(page, cells)).await
}

/// A run with its transfers, what they come to, and who prepared it.
type ToldRun = (PaymentRunRow, (i64, Euros, String));

fn cells((run, (count, total, prepared_by)): &ToldRun) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Text(run.reference.clone()),
        Cell::Date(run.execution_on),
        Cell::Text(prepared_by.clone()),
        Cell::Integer(*count),
        Cell::Money(*total),
    ];
    cells.extend(lists::status(run.state.code(), run.state.label()));
    cells
}

/// The runs, the newest first.
pub async fn list(app: Data<App>, who: Books, after: Query<After>) -> Reply {
    let (actor, key) = (who.actor.clone(), after.apres.parse::<PaymentRunId>().ok());
    let (mut runs, totals, authors) = app.read(move |conn| load_list(conn, &actor, (key, PAGE + 1))).await?;
    let more = runs.len() > PAGE;
    runs.truncate(PAGE);
    let next = runs.last().filter(|_| more).map(|last| format!("{LIST}?apres={}", last.id));
    let line = |run: PaymentRunRow| {
        let (count, total, prepared_by) = about(&run, &totals, &authors);
        RunLine {
            href: format!("{LIST}/{}", run.id),
            execution: french_date(run.execution_on),
            prepared_by,
            reference: run.reference,
            count,
            total,
            badge: badge(run.state),
            who: Some(turn(run.state).1).filter(|who| *who != NOBODY).unwrap_or_default(),
        }
    };
    let page = RunsPage {
        chrome: who.chrome(),
        places: places(&who, LIST),
        can_prepare: who.actor.is(Role::Finance),
        lines: runs.into_iter().map(line).collect(),
        pager: Pager { first: key.map(|_| LIST.into()), next },
    };
    Ok(render(&page))
}

#[derive(Template)]
#[template(path = "finance/payment_run.html")]
struct RunPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: PaymentRunId,
    title: String,
    stepper: Stepper,
    facts: Vec<Fact>,
    lines: Vec<Line>,
    sum: Euros,
    totals: Vec<(String, Euros)>,
    version: i32,
    token: String,
    actions: Vec<Action>,
    can_mark_paid: bool,
    /// Hash and address of the bank file.
    file: Option<(String, Option<String>)>,
    events: Vec<TimelineEvent>,
    day: String,
    errors: FieldErrors,
}

struct Line {
    id: DisbursementId,
    href: String,
    holder: String,
    what: String,
    account: String,
    cautions: Vec<String>,
    split: String,
    amount: Euros,
    badge: Badge,
    is_waiting: bool,
}

struct View {
    file: RunFile,
    offered: Vec<(PaymentRunEvent, Result<(), Refusal>)>,
    splits: Vec<SplitRow>,
    sources: Sources,
    known: Known,
    /// The accounts of those who are paid that are not closed.
    open: Vec<accounts::BankAccountRow>,
    names: BTreeMap<crate::domain::ids::PersonId, String>,
    kept: Option<PaymentFileRow>,
    events: Vec<TimelineEvent>,
}

fn load(conn: &mut Conn, actor: &Actor, id: PaymentRunId, now: Moment) -> Outcome<View> {
    let file = payment_runs::file(conn, actor, id)?;
    let ids: Vec<_> = file.lines.iter().map(|line| line.disbursement.id).collect();
    let paid: BTreeSet<_> = file.lines.iter().map(|line| line.grant.organisation_id).collect();
    let people_ids: Vec<_> = [Some(file.run.prepared_by), file.run.approved_by].into_iter().flatten().collect();
    // Buttons are judged as they will be once the reason is written and the file made, which is what pressing does.
    let mut standing = PaymentRun::look(conn, id, actor, now)?;
    standing.facts.reason = Some(String::new());
    standing.facts.has_file = true;
    Ok(View {
        offered: standing.offered(),
        splits: money_sources::splits_of(conn, &ids)?,
        sources: Sources::load(conn)?,
        known: Known::load(conn, &file, now)?,
        open: accounts::open_of_all(conn, &paid.into_iter().collect::<Vec<_>>())?,
        names: people::of_ids(conn, &people_ids)?.into_iter().map(|row| (row.id, row.name)).collect(),
        kept: rows::file(conn, id)?,
        events: told(conn, Machine::PaymentRun, id.as_str())?,
        file,
    })
}

/// The step of the way, who acts next, and what the state means.
const fn turn(state: PaymentRunState) -> (usize, &'static str, &'static str) {
    match state {
        PaymentRunState::Open => (
            0,
            "La direction, ou une autre personne de la gestion financière",
            "Le lot attend l’approbation d’une autre personne que celle qui l’a préparé.",
        ),
        PaymentRunState::Approved => {
            (1, "La gestion financière", "Le lot est approuvé\u{a0}: le fichier bancaire peut être généré.")
        }
        PaymentRunState::Exported => (
            2,
            "La gestion financière",
            "Le fichier est prêt pour la banque. Constatez ensuite chaque virement sur le relevé.",
        ),
        PaymentRunState::Settled => (3, NOBODY, "Tous les virements de ce lot sont constatés."),
        PaymentRunState::Cancelled => {
            (0, NOBODY, "Ce lot est annulé\u{a0}: ses versements sont de nouveau disponibles.")
        }
    }
}

fn stepper(view: &View, now: Moment) -> Stepper {
    let run = &view.file.run;
    let (step, who_acts, sentence) = turn(run.state);
    let is_over = matches!(run.state, PaymentRunState::Settled | PaymentRunState::Cancelled);
    Stepper {
        title: "Où en est le lot".into(),
        steps: Step::along(["Préparé", "Approuvé", "Transmis à la banque", "Exécuté"], step),
        who_acts: who_acts.into(),
        by_when: (!is_over).then(|| Deadline::on(run.execution_on, now.paris_date())),
        sentence: sentence.into(),
    }
}

fn facts(view: &View) -> Vec<Fact> {
    let run = &view.file.run;
    let name = |id| view.names.get(&id).cloned().unwrap_or_default();
    let mut facts = vec![
        Fact::new("Compte qui paie", format!("{}, {}", view.file.payer.holder, view.file.payer.iban.masked())),
        Fact::new("Exécution demandée", french_date(run.execution_on)),
        Fact::new("Préparé par", format!("{}, le {}", name(run.prepared_by), run.created_at.french())),
    ];
    if let (Some(by), Some(at)) = (run.approved_by, run.approved_at) {
        facts.push(Fact::new("Approuvé par", format!("{}, le {}", name(by), at.french())));
    }
    if let Some(at) = run.exported_at {
        facts.push(Fact::new("Fichier généré", at.french()));
    }
    facts.extend(run.reason.as_ref().map(|reason| Fact::new("Motif", reason)));
    facts
}

/// How a line stands: as its payment does before the run is approved, as it went with this run afterwards.
fn line_badge(file: &DisbursementFile, view: &View) -> Badge {
    let row = &file.disbursement;
    let Some(approved) = view.file.approved(row.id) else {
        return Badge { tone: tone(row.state), label: row.state.label().to_owned() };
    };
    let tone = match approved.outcome {
        RunLineOutcome::Waiting => Tone::Info,
        RunLineOutcome::Paid => Tone::Success,
        RunLineOutcome::Returned => Tone::Error,
        RunLineOutcome::Withdrawn | RunLineOutcome::Carried => Tone::Neutral,
    };
    Badge { tone, label: approved.outcome.label().to_owned() }
}

fn line(file: &DisbursementFile, view: &View, now: Moment) -> Line {
    let row = &file.disbursement;
    let account = row.bank_account_id.and_then(|id| view.known.accounts.get(&id));
    let net = view.file.net(row);
    let mut cautions = view.known.cautions(account, row.id, now);
    if view.file.run.state == PaymentRunState::Exported && view.file.waits_for(row) {
        cautions.extend(account.and_then(|account| to_stop(account, &view.open)));
        cautions.extend(suspended(file));
    }
    let kept_back = kept_back_words(row.amount_cents, row.amount_cents - net);
    Line {
        id: row.id,
        href: format!("/finances/versements/{}", row.id),
        holder: file.holder.name.clone(),
        what: format!(
            "{} nº\u{a0}{}, {}, {}{kept_back}",
            capital(row.kind.label()),
            row.number,
            file.grant.grant_reference,
            file.fund.fund_name
        ),
        account: account.map(|row| row.iban.masked()).unwrap_or_default(),
        cautions,
        split: view.sources.split(view.splits.iter().filter(|split| split.disbursement_id == row.id)),
        amount: net,
        badge: line_badge(file, view),
        is_waiting: view.file.waits_for(row),
    }
}

fn actions(id: PaymentRunId, view: &View) -> Vec<Action> {
    let action = |(event, judged): &(PaymentRunEvent, Result<(), Refusal>)| {
        let (path, weight, press) = match event {
            PaymentRunEvent::Approve => ("approbation", Weight::Primary, Press::Asks),
            PaymentRunEvent::Export => ("fichier", Weight::Primary, Press::Acts),
            PaymentRunEvent::Cancel => ("annulation", Weight::Danger, Press::Asks),
            PaymentRunEvent::Settle => return None,
        };
        let refusal = judged.as_ref().err().map(ToString::to_string);
        let href = format!("{LIST}/{id}/{path}");
        Some(Action { label: event.label().to_owned(), href, weight, refusal, press })
    };
    view.offered.iter().filter_map(action).collect()
}

async fn page(
    app: &App,
    who: &SignedIn,
    id: PaymentRunId,
    day: String,
    errors: FieldErrors,
) -> Result<RunPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let view = app.read(move |conn| load(conn, &actor, id, now)).await?;
    let run = &view.file.run;
    let is_finance = who.actor.is(Role::Finance);
    let address = || format!("{LIST}/{id}/fichier");
    let sum = view.file.total();
    let whole: Euros = view.file.leaving().map(|file| file.disbursement.amount_cents).sum();
    let leaving: BTreeSet<_> = view.file.leaving().map(|file| file.disbursement.id).collect();
    let splits = view.splits.iter().filter(|split| leaving.contains(&split.disbursement_id));
    Ok(RunPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Lots de virements")],
        id,
        title: run.reference.clone(),
        stepper: stepper(&view, now),
        facts: facts(&view),
        lines: view.file.lines.iter().map(|file| line(file, &view, now)).collect(),
        sum,
        totals: view.sources.totals(splits, whole - sum),
        version: run.version,
        token: entropy::form_token()?,
        actions: actions(id, &view),
        can_mark_paid: is_finance && run.state == PaymentRunState::Exported,
        file: view.kept.as_ref().map(|file| (file.sha256.clone(), is_finance.then(address))),
        events: view.events,
        day,
        errors,
    })
}

/// One run.
pub async fn show(app: Data<App>, who: Books, id: Path<PaymentRunId>) -> Reply {
    let today = app.now().paris_date().to_string();
    Ok(render(&page(&app, &who, id.into_inner(), today, FieldErrors::none()).await?))
}

/// What came with a verb.
struct Said {
    version: i32,
    reason: String,
    day: Option<NaiveDate>,
    lines: Vec<DisbursementId>,
    now: Moment,
}

type Verb = fn(&mut Tx, &Actor, PaymentRunId, &Said) -> Outcome<()>;

/// Runs a verb once per form; gives where it leads.
async fn run(
    app: &App,
    who: &SignedIn,
    id: PaymentRunId,
    form: &Fields,
    (path, verb): (&str, Verb),
) -> Result<String, Failure> {
    let actor = who.actor.clone();
    let said = Said {
        version: form.version(),
        reason: form.text("motif").to_owned(),
        day: form.text("paye_le").parse().ok(),
        lines: form.all("ligne").filter_map(|line| line.parse().ok()).collect(),
        now: app.now(),
    };
    let run = move |tx: &mut Tx| {
        verb(tx, &actor, id, &said)?;
        Ok(format!("{LIST}/{id}"))
    };
    once(app, who, form, format!("{LIST}/{id}/{path}"), run).await
}

/// The same for a form of the run's page: a refused word comes back beside its field.
async fn act(
    app: &App,
    who: &SignedIn,
    id: PaymentRunId,
    form: &Fields,
    (path, verb, sentence): (&str, Verb, &str),
) -> Reply {
    match run(app, who, id, form, (path, verb)).await {
        Ok(answer) => Ok(see_other_saying(answer, &Flash::success(sentence))),
        Err(Failure::UseCase(UseCaseError::Invalid(fields))) => {
            let page = page(app, who, id, form.text("paye_le").to_owned(), errors_of(fields)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

macro_rules! verbs {
    ($($(#[$meta:meta])* $name:ident, $audience:ident, $path:literal, $verb:expr, $sentence:literal;)+) => { $(
        $(#[$meta])*
        pub async fn $name(app: Data<App>, who: $audience, id: Path<PaymentRunId>, form: Fields) -> Reply {
            act(&app, &who, id.into_inner(), &form, ($path, $verb, $sentence)).await
        }
    )+ };
}

verbs! {
    /// Makes the bank file, once.
    export, Finance, "fichier", |tx, actor, id, said| payment_runs::export(tx, actor, id, said.version, bank_file, said.now).map(drop),
        "Le fichier bancaire est généré. Téléchargez-le et remettez-le à la banque.";
    /// Records that the bank executed the ticked lines.
    mark_paid, Finance, "paiement", |tx, actor, id, said| {
        let day = day_of("paye_le", said.day)?;
        payment_runs::mark_some_paid(tx, actor, (id, said.version), |line| said.lines.contains(&line), day, said.now)
    }, "Les virements sont constatés. Les avis de versement partent par courriel.";
}

/// Cancels it, with the reason.
pub async fn cancel(app: Data<App>, who: Payer, id: Path<PaymentRunId>, form: Fields) -> Reply {
    let id = id.into_inner();
    let verb: Verb =
        |tx, actor, id, said| payment_runs::cancel(tx, actor, id, said.version, &said.reason, said.now).map(drop);
    match run(&app, &who, id, &form, ("annulation", verb)).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Le lot est annulé. Ses versements restent autorisés."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let question = questions::cancelled_run(&app, &who, id).await?;
            Ok(question.refused(form.text("motif"), errors_of(wrong)))
        }
        Err(failure) => Err(failure),
    }
}

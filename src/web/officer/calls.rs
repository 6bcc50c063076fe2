//! One call for projects: where it stands, its money, its committee, what can happen to it.

use super::{
    call_stages,
    committees::{Seat, VOTES},
    progress::{FileRead, ReaderLine},
    queues::address_of,
    summaries,
};
use crate::{
    domain::{
        decisions::DECIDED,
        definitions::CallDefinition,
        ids::PersonId,
        labels,
        lifecycle::Refusal,
        lifecycles::{
            applications::ApplicationState,
            calls::{Call, CallEvent, CallState},
        },
        queues::Queue,
        references::axis,
        roles::Role,
        time::Moment,
    },
    store::{calls::CallRow, entropy, people, queues as counts},
    usecases::{
        Actor, Outcome, UseCaseError,
        access::{self, TEAM},
        advance::{Object, Standing},
        calls,
        envelopes::{self, Envelope},
        form_tokens,
        readings::{self, Readings},
        release_plans::{self, Plan},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::{Officer, SignedIn, Staff},
        flashes::see_other_saying,
        meters::Meter,
        pages::{Chrome, FieldErrors, Flash, NavLink, Tone, render, render_as},
        parts::{Action, Badge, Choice, Fact, Press, Stepper, Weight},
        routes::is_mapped,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

pub(super) const LIST: &str = "/appels-a-projets";
/// Files whose reading is shown one by one.
const MOST_FILES: usize = 100;

pub(super) fn badge(state: CallState) -> Badge {
    let tone = match state {
        CallState::Draft => Tone::Warning,
        CallState::Published | CallState::InReview | CallState::Deliberated => Tone::Info,
        CallState::Announced => Tone::Success,
        CallState::Archived => Tone::Neutral,
        CallState::Cancelled => Tone::Error,
    };
    Badge { tone, label: state.label().to_owned() }
}

pub(super) fn meter(envelope: &Envelope) -> Meter {
    let parts = [
        ("Versé", "paid", envelope.paid),
        ("Autorisé", "authorised", envelope.authorised),
        ("Engagé", "committed", envelope.committed),
    ];
    Meter::new("Enveloppe", envelope.total, &parts)
}

/// Whether the call's money is set aside, so that a meter says something.
pub(super) fn is_funded(state: CallState) -> bool {
    !matches!(state, CallState::Draft | CallState::Cancelled | CallState::Archived)
}

/// The counts in the order of an application's life.
pub(super) fn state_counts(counts: impl Iterator<Item = (ApplicationState, i64)>) -> Vec<(&'static str, i64)> {
    let counts: Vec<_> = counts.filter(|(_, count)| *count > 0).collect();
    let of = |state: &ApplicationState| counts.iter().find(|(known, _)| known == state);
    ApplicationState::ALL
        .iter()
        .filter_map(of)
        .map(|(state, count)| (labels::applications(*state, *count), *count))
        .collect()
}

#[derive(Template)]
#[template(path = "officer/call.html")]
struct CallPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    reference: String,
    title: String,
    fund: String,
    fund_code: String,
    badge: Badge,
    stepper: Stepper,
    version: i32,
    token: String,
    actions: Vec<Action>,
    announcement: Option<String>,
    reason: String,
    /// The hour that is fixed for the announcement, in a sentence; empty when none is.
    release: String,
    links: Vec<(String, String)>,
    /// Where the call is prepared, for its officer while it can be.
    preparation: Option<(String, &'static str)>,
    meter: Option<Meter>,
    earmarks: Vec<Meter>,
    sources: Vec<Source>,
    milestones: Vec<Fact>,
    rules: Vec<Fact>,
    axes: Vec<String>,
    counts: Vec<(&'static str, i64)>,
    members: Vec<Seat>,
    office: Option<Office>,
    readers: Vec<ReaderLine>,
    files: Vec<FileRead>,
    is_cut: bool,
    errors: FieldErrors,
}

struct Source {
    reference: String,
    title: String,
    cells: [String; 5],
}

/// What the officer does about the committee and its reading.
struct Office {
    reviewers: Vec<Choice>,
    institutions: Vec<Choice>,
    votes: Vec<Choice>,
    without_readers: usize,
    /// Where the files without readers are.
    unread: String,
    ready: usize,
    /// How many readers are missing, and where they are proposed.
    lacking: usize,
    proposal: String,
}

/// What was typed into the forms of the page.
#[derive(Default)]
pub(super) struct Typed {
    personne: String,
    institution: String,
    voix: String,
}

impl Typed {
    pub(super) fn of(form: &Fields) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Typed { personne: text("personne"), institution: text("institution"), voix: text("voix") }
    }
}

/// Everything the page shows, read in one go.
struct View {
    row: CallRow,
    definition: std::sync::Arc<CallDefinition>,
    fund: std::sync::Arc<crate::domain::definitions::FundDefinition>,
    standing: Standing<Call>,
    earmarks: Vec<Meter>,
    sources: Vec<(String, String, Envelope)>,
    counts: Vec<(ApplicationState, i64)>,
    readings: Readings,
    release: Option<Plan>,
    reviewers: Vec<people::PersonRow>,
}

fn load(conn: &mut crate::store::Conn, actor: &Actor, reference: &str, now: Moment) -> Outcome<View> {
    access::require(actor, TEAM)?;
    let row = calls::by_reference(conn, reference)?;
    let person = actor.person.ok_or(crate::store::StoreError::NotFound)?;
    let counts = counts::count_by_call(conn, person, &[row.id])?;
    Ok(View {
        definition: calls::parse(&row)?,
        fund: calls::fund_of(conn, &row)?,
        standing: Call::look(conn, row.id, actor, now)?,
        earmarks: envelopes::of_axes(conn, person, &row)?.iter().map(Meter::promised).collect(),
        sources: envelopes::by_source(conn, person, &row)?,
        counts: counts.into_iter().filter(|(call, ..)| *call == row.id).map(|(_, state, n)| (state, n)).collect(),
        readings: readings::of_call(conn, actor, row.id)?,
        release: release_plans::of_call(conn, row.id)?.filter(|_| !row.is_announced()),
        reviewers: people::with_role(conn, Role::Reviewer)?,
        row,
    })
}

/// The steps of the call, each asked about on a page of its own; announcing has its own way there.
fn actions(view: &View, offered: &[(CallEvent, Result<(), Refusal>)]) -> Vec<Action> {
    let action = |(event, judged): &(CallEvent, Result<(), Refusal>)| {
        let path = match event {
            // The page of the announcement has a form for it.
            CallEvent::PlanRelease | CallEvent::DropRelease => return None,
            CallEvent::Announce if judged.is_ok() => return None,
            // Nothing to publish is no news: the way to a revision is a link.
            CallEvent::Revise if judged.is_err() => return None,
            event => path(*event),
        };
        let weight = if *event == CallEvent::Cancel { Weight::Danger } else { Weight::Primary };
        let href = format!("{LIST}/{}/{path}", view.row.reference);
        let refusal = judged.as_ref().err().map(ToString::to_string);
        Some(Action { label: event.label().to_owned(), href, weight, refusal, press: Press::Asks })
    };
    offered.iter().filter_map(action).collect()
}

/// Where a step of the call is asked about and done, below its own address.
pub(super) const fn path(event: CallEvent) -> &'static str {
    match event {
        CallEvent::Publish => "publication",
        CallEvent::StartReview => "instruction",
        CallEvent::Deliberate => "deliberation",
        CallEvent::Announce | CallEvent::HaltRelease => "annonce",
        CallEvent::PlanRelease => "annonce/heure",
        CallEvent::DropRelease => "annonce/heure/fin",
        CallEvent::Archive => "archivage",
        CallEvent::Cancel => "annulation",
        CallEvent::Revise => "revision",
    }
}

fn links(view: &View) -> Vec<(String, String)> {
    let reference = &view.row.reference;
    let mut links = vec![(format!("/instruction?appel={reference}"), "Dossiers à instruire".to_owned())];
    let is_decided = |state: &ApplicationState| *state == ApplicationState::InReview || DECIDED.contains(state);
    if is_mapped("/appels-a-projets/{reference}/classement") && view.counts.iter().any(|(state, _)| is_decided(state)) {
        links.push((format!("{LIST}/{reference}/classement"), "Classement".into()));
    }
    let knows = [Role::Officer, Role::Director, Role::Auditor];
    if !view.counts.is_empty() && knows.iter().any(|role| view.standing.roles.contains(role)) {
        links.push((format!("{LIST}/{reference}/statistiques"), "Statistiques".into()));
    }
    if is_mapped("/seances") {
        links.push(("/seances".into(), "Séances du comité".into()));
    }
    if view.row.state != CallState::Draft {
        links.push((format!("/appels/{reference}"), "Page publique".into()));
    }
    if view.standing.roles.contains(&Role::Officer) && !view.readings.members.is_empty() {
        links.push((format!("{LIST}/{reference}/declarations"), "Déclarations d’intérêts".into()));
        links.push((format!("{LIST}/{reference}/conflits"), "Liens possibles".into()));
    }
    let waits = view.counts.iter().any(|(state, _)| *state == ApplicationState::ReserveListed);
    if waits && view.standing.roles.contains(&Role::Officer) {
        links.push((format!("{LIST}/{reference}/reserve"), "Liste d’attente".into()));
    }
    let takes_late = matches!(view.row.state, CallState::Published | CallState::InReview);
    if takes_late && view.standing.roles.contains(&Role::Officer) {
        links.push((format!("{LIST}/{reference}/delais"), "Délais accordés".into()));
        let pairs = view.definition.pair.iter().map(|_| format!("{LIST}/{reference}/binomes"));
        links.extend(pairs.map(|href| (href, "Binômes à former".to_owned())));
    }
    links
}

fn preparation(view: &View) -> Option<(String, &'static str)> {
    let words = match (view.row.state, view.standing.facts.has_revision) {
        (CallState::Draft, _) => "Préparer l’appel, partie par partie",
        (CallState::Published, false) => "Préparer une révision",
        (CallState::InReview, false) => "Réviser la grille d’évaluation",
        (CallState::Published | CallState::InReview, true) => "Continuer la révision",
        _ => return None,
    };
    let is_officer = view.standing.roles.contains(&Role::Officer);
    is_officer.then(|| (format!("{LIST}/{}/preparation", view.row.reference), words))
}

fn sources(view: &View) -> Vec<Source> {
    let source = |(reference, title, envelope): &(String, String, Envelope)| {
        let spent = envelope.committed + envelope.authorised + envelope.paid;
        let cells = [envelope.total, envelope.committed, envelope.authorised, envelope.paid, envelope.total - spent];
        Source { reference: reference.clone(), title: title.clone(), cells: cells.map(|amount| amount.to_string()) }
    };
    view.sources.iter().map(source).collect()
}

fn office(view: &View, typed: &Typed) -> Option<Office> {
    let is_open = matches!(view.row.state, CallState::Draft | CallState::Published | CallState::InReview);
    if !is_open || !view.standing.roles.contains(&Role::Officer) {
        return None;
    }
    let sits = |person: PersonId| view.readings.members.iter().any(|member| member.person_id == person);
    let free = view.reviewers.iter().filter(|row| !sits(row.id));
    let per_file = usize::try_from(view.fund.committee.readers).unwrap_or_default();
    let vote = if typed.voix.is_empty() { "deliberative" } else { &typed.voix };
    Some(Office {
        reviewers: Choice::list(free.map(|row| (row.id.to_string(), row.name.clone())), &[&typed.personne]),
        institutions: Choice::list(
            view.fund.committee.seats.iter().map(|seat| (seat.clone(), seat.clone())),
            &[&typed.institution],
        ),
        votes: Choice::list(VOTES, &[vote]),
        without_readers: view.readings.without_readers(),
        unread: address_of(&view.row.reference, Queue::WithoutReaders),
        ready: view.readings.ready(),
        lacking: view.readings.lacking(per_file),
        proposal: format!("{LIST}/{}/repartition", view.row.reference),
    })
}

async fn page(
    app: &App,
    who: &SignedIn,
    reference: &str,
    typed: Typed,
    errors: FieldErrors,
) -> Result<CallPage, Failure> {
    let (actor, now, wanted) = (who.actor.clone(), app.now(), reference.to_owned());
    let view = app.read(move |conn| load(conn, &actor, &wanted, now)).await?;
    let offered = view.standing.offered();
    let judged = |wanted: CallEvent| offered.iter().find(|(event, _)| *event == wanted).map(|(_, judged)| judged);
    let may_announce = judged(CallEvent::Announce).is_some_and(Result::is_ok);
    let announcement = format!("{LIST}/{reference}/annonce");
    let mut files = FileRead::all(&view.readings);
    let is_cut = files.len() > MOST_FILES;
    files.truncate(MOST_FILES);
    let total = view.sources.iter().fold(Envelope::default(), |sum, (.., part)| Envelope {
        total: view.row.envelope_cents,
        committed: sum.committed + part.committed,
        authorised: sum.authorised + part.authorised,
        paid: sum.paid + part.paid,
    });
    Ok(CallPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Appels à projets")],
        reference: reference.to_owned(),
        title: view.row.title.clone(),
        fund: view.fund.name.clone(),
        fund_code: view.fund.code.clone(),
        badge: badge(view.row.state),
        stepper: call_stages::stepper(&view.row, &view.definition, now),
        version: view.row.version,
        token: entropy::form_token()?,
        actions: actions(&view, &offered),
        announcement: (may_announce && is_mapped("/appels-a-projets/{reference}/annonce")).then_some(announcement),
        reason: view.row.reason.clone().filter(|_| view.row.state == CallState::Cancelled).unwrap_or_default(),
        release: view.release.as_ref().map(Plan::words).unwrap_or_default(),
        links: links(&view),
        preparation: preparation(&view),
        meter: is_funded(view.row.state).then(|| meter(&total)),
        sources: sources(&view),
        milestones: summaries::milestones(&view.row, &view.definition),
        rules: summaries::rules(&view.definition, &view.fund),
        axes: view
            .definition
            .axes
            .iter()
            .map(|code| axis(code).map_or(code.clone(), |axis| axis.label.clone()))
            .collect(),
        counts: state_counts(view.counts.iter().copied()),
        members: view.readings.members.iter().map(Seat::of).collect(),
        office: office(&view, &typed),
        readers: view.readings.readers.iter().map(ReaderLine::of).collect(),
        files,
        is_cut,
        errors,
        earmarks: view.earmarks,
    })
}

/// One call.
pub async fn show(app: Data<App>, who: Staff, reference: Path<String>) -> Reply {
    Ok(render(&page(&app, &who, &reference, Typed::default(), FieldErrors::none()).await?))
}

/// A verb of the call's page.
pub(super) type Verb = fn(&mut crate::store::Tx, &Actor, &CallRow, &Fields, Moment) -> Outcome<String>;

/// Runs a verb once per form and gives what came of it in words; a second click gets the answer of the first one.
pub(super) async fn run(
    app: &App,
    who: &SignedIn,
    reference: &str,
    form: &Fields,
    (path, verb): (&str, Verb),
) -> Result<String, Failure> {
    let (actor, person, now, wanted) = (who.actor.clone(), who.id, app.now(), reference.to_owned());
    let (route, body) = (format!("{LIST}/{reference}/{path}"), format!("{form:?}"));
    let sent = form.clone();
    app.write(move |tx| {
        let sending = form_tokens::Sending { person, token: sent.token(), route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            let row = calls::by_reference(tx.conn(), &wanted)?;
            verb(tx, &actor, &row, &sent, now)
        })
    })
    .await
}

/// Runs a verb whose form stands on the call's page: what is wrong comes back beside its field.
pub(super) async fn act(app: &App, who: &SignedIn, reference: &str, form: Fields, verb: (&str, Verb)) -> Reply {
    match run(app, who, reference, &form, verb).await {
        Ok(said) => Ok(see_other_saying(format!("{LIST}/{reference}"), &Flash::success(said))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            let page = page(app, who, reference, Typed::of(&form), errors).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

macro_rules! steps {
    ($($(#[$meta:meta])* $name:ident, $path:literal, $event:ident, $said:literal;)+) => { $(
        $(#[$meta])*
        pub async fn $name(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
            let verb: Verb = |tx, actor, row, form, now| {
                calls::step(tx, actor, row.id, form.version(), CallEvent::$event, now)?;
                Ok($said.to_owned())
            };
            act(&app, &who, &reference, form, ($path, verb)).await
        }
    )+ };
}

steps! {
    /// Publishes the call and sets its money aside.
    publish, "publication", Publish, "L’appel est publié. Son enveloppe est réservée.";
    /// Begins the work on its files.
    start_review, "instruction", StartReview, "L’instruction commence.";
    /// Ends the deliberations.
    deliberate, "deliberation", Deliberate, "Les délibérations sont closes.";
    /// Puts the call away.
    archive, "archivage", Archive, "L’appel est archivé.";
}

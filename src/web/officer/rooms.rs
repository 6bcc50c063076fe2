//! The room of a session for the team: the cut-line with what is proposed for each file, the file before the committee,
//! and what everybody in the room sees of it.

use super::tone;
use crate::{
    domain::{
        cut_lines::{Proposal, Strategy},
        decisions::Verdict,
        ids::{ApplicationId, SessionId},
        money::Euros,
        references::department_name,
        scoring::Score,
        sessions::quorum_words,
    },
    store::StoreError,
    usecases::{
        Outcome, UseCaseError,
        rooms::{self, Line, ProposalForm, Room},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        bells,
        flashes::see_other_saying,
        meters::Gauged,
        pages::{Chrome, Flash, NavLink, render, render_as},
        parts::{Badge, Choice, Fact},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/room.html")]
struct RoomPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    title: String,
    current: Option<Before>,
    /// The file after the one before the committee, or the first.
    next: Option<String>,
    may_call: bool,
    /// The voices there are, beside the quorum.
    voices: String,
    gauges: Vec<Gauged>,
    sources: Vec<Gauged>,
    lines: Vec<Shown>,
    is_open: bool,
    strategies: Vec<Choice>,
    /// What is wrong with the name of a scenario.
    name: String,
    name_error: String,
}

/// The file before the committee.
pub(in crate::web) struct Before {
    pub title: String,
    pub href: String,
    pub facts: Vec<Fact>,
}

/// One line of the cut-line.
struct Shown {
    id: String,
    rank: String,
    href: String,
    title: String,
    about: String,
    /// The criteria that stand apart; often nothing.
    apart: Vec<String>,
    mean: String,
    requested: String,
    /// How the points of the file set the amount; often nothing.
    computed: String,
    /// Why nothing is proposed any more: the decision.
    badge: Option<Badge>,
    decided: String,
    /// What the page showed, so that nobody overwrites what they have not read.
    seen: String,
    verdicts: Vec<Choice>,
    amount: String,
    wrong: String,
    objections: Vec<String>,
    is_current: bool,
    /// Whether the line is drawn above this file.
    is_cut: bool,
}

/// What was typed for one file, and what is wrong with it.
#[derive(Default)]
struct Again {
    id: Option<ApplicationId>,
    verdict: String,
    amount: String,
    wrong: String,
    name: String,
    name_error: String,
}

/// What a proposal is to the form: a code and cents.
fn written(proposal: Option<Proposal>) -> String {
    proposal.map_or(String::new(), |proposal| format!("{}:{}", proposal.verdict, proposal.amount.cents()))
}

fn seen(text: &str) -> Option<Proposal> {
    let (verdict, cents) = text.split_once(':')?;
    Some(Proposal { verdict: verdict.parse().ok()?, amount: Euros::from_cents(cents.parse().ok()?) })
}

/// The words of a proposal on screen.
pub(in crate::web) fn words(proposal: Proposal) -> String {
    match proposal.verdict {
        Verdict::Award => proposal.amount.to_string(),
        Verdict::ReserveList => "liste d’attente".into(),
        Verdict::Reject => "non retenu".into(),
        Verdict::Defer => "ajourné".into(),
    }
}

/// What may be proposed.
fn verdicts(chosen: &str) -> Vec<Choice> {
    let verdict = |verdict: Verdict, label: &str| (verdict.code().to_owned(), label.to_owned());
    let known = [
        (String::new(), "Rien encore".to_owned()),
        verdict(Verdict::Award, "Retenir"),
        verdict(Verdict::ReserveList, "Liste d’attente"),
        verdict(Verdict::Reject, "Ne pas retenir"),
        verdict(Verdict::Defer, "Ajourner"),
    ];
    Choice::list(known, &[chosen])
}

fn mean(line: &Line) -> String {
    if line.row.score_count > 0 { Score::from_hundredths(line.row.score_mean).to_string() } else { String::new() }
}

fn shown(room: &Room, again: &Again) -> Vec<Shown> {
    let is_award = |line: &Line| {
        line.candidate.is_awarded || line.candidate.proposal.is_some_and(|proposal| proposal.verdict == Verdict::Award)
    };
    // The line lies below the last file that is retained.
    let cut = room.cut.lines.iter().rposition(is_award).map(|last| last + 1);
    let line = |(place, line): (usize, &Line)| {
        let (row, proposal) = (&line.row, line.candidate.proposal);
        let is_again = again.id == Some(row.id);
        let verdict = proposal.map_or("", |proposal| proposal.verdict.code());
        let amount = proposal.filter(|proposal| proposal.verdict == Verdict::Award).map(|proposal| proposal.amount);
        let department = department_name(&row.department).unwrap_or_default();
        let offered = Some(line.candidate.offered()).filter(|amount| amount.is_positive());
        let apart = room.apart.get(&row.id).into_iter().flatten();
        let about = [row.reference.as_str(), &row.organisation, department];
        Shown {
            id: row.id.to_string(),
            rank: line.rank.map(|rank| rank.to_string()).unwrap_or_default(),
            href: format!("/seances/{}/dossiers/{}", room.cut.session.id, row.id),
            title: row.title.clone(),
            about: about.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" – "),
            apart: apart.map(|one| format!("À part, {}\u{a0}: {}", one.label, one.words())).collect(),
            mean: mean(line),
            requested: row.requested.to_string(),
            computed: line.computed.as_ref().map(|computed| computed.said.clone()).unwrap_or_default(),
            badge: line
                .candidate
                .is_decided
                .then(|| Badge { tone: tone(row.state), label: row.state.label().to_owned() }),
            decided: row.decided.map(|amount| amount.to_string()).unwrap_or_default(),
            seen: written(proposal),
            verdicts: verdicts(if is_again { &again.verdict } else { verdict }),
            amount: match amount.or(offered) {
                _ if is_again => again.amount.clone(),
                amount => amount.map(Euros::grouped).unwrap_or_default(),
            },
            wrong: if is_again { again.wrong.clone() } else { String::new() },
            objections: line.objections.clone(),
            is_current: room.current == Some(row.id),
            is_cut: cut == Some(place),
        }
    };
    room.cut.lines.iter().enumerate().map(line).collect()
}

fn before(room: &Room) -> Option<Before> {
    let line = room.cut.line(room.current?)?;
    let proposal = match line.candidate.proposal.filter(|_| !line.candidate.is_decided) {
        Some(proposal) => words(proposal),
        None if line.candidate.is_decided => line.row.state.label().to_owned(),
        None => "rien encore".to_owned(),
    };
    Some(Before {
        title: line.row.title.clone(),
        href: format!("/seances/{}/dossiers/{}", room.cut.session.id, line.row.id),
        facts: vec![
            Fact::new("Organisation", &line.row.organisation),
            Fact::new("Demandé", line.row.requested),
            Fact::new("Proposé", proposal),
        ],
    })
}

/// The same with who may vote on it, and how they did: for the team alone.
fn balloted(mut file: Before, room: &Room) -> Before {
    let Some(ballot) = &room.ballot else { return file };
    file.facts.push(Fact::new("Voix", quorum_words(ballot.voices(), ballot.quorum)));
    let out = ballot.out.iter().filter_map(|person| Some(ballot.roll.seat(*person)?.name.as_str()));
    let out: Vec<&str> = out.collect();
    if !out.is_empty() {
        file.facts.push(Fact::new("Hors séance", out.join(", ")));
    }
    let vote = ballot.last().map_or_else(|| "pas de vote".to_owned(), |row| row.tally().words());
    file.facts.push(Fact::linked("Vote", vote, format!("{}#vote", file.href)));
    file
}

/// The files in the order of discussion.
fn agenda(room: &Room) -> Vec<&Line> {
    let mut lines: Vec<&Line> = room.cut.lines.iter().collect();
    lines.sort_by(|a, b| (a.row.position, &a.row.reference).cmp(&(b.row.position, &b.row.reference)));
    lines
}

/// The place of the file before the committee in the order of discussion, from 0.
fn place(room: &Room, lines: &[&Line]) -> Option<usize> {
    let current = room.current?;
    lines.iter().position(|line| line.row.id == current)
}

/// The file to call after the current one, in the order of discussion: the next that waits.
fn next(room: &Room) -> Option<String> {
    let lines = agenda(room);
    let from = place(room, &lines).map_or(0, |place| place + 1);
    let waiting = lines.iter().skip(from).find(|line| !line.candidate.is_decided);
    waiting.map(|line| line.row.id.to_string())
}

fn page(who: &Officer, room: &Room, again: &Again) -> RoomPage {
    let session = &room.cut.session;
    RoomPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/seances", "Séances"),
            NavLink::new(format!("/seances/{}", session.id), &session.title),
        ],
        id: session.id.to_string(),
        title: session.title.clone(),
        current: before(room).map(|file| balloted(file, room)),
        voices: quorum_words(room.voices, session.quorum),
        next: next(room),
        may_call: room.cut.may_call(),
        gauges: room.cut.gauges.iter().map(Gauged::from).collect(),
        sources: room.sources.iter().map(Gauged::from).collect(),
        lines: shown(room, again),
        is_open: room.cut.is_open(),
        strategies: Choice::list(Strategy::ALL.iter().map(|one| (one.code(), one.label())), &[]),
        name: again.name.clone(),
        name_error: again.name_error.clone(),
    }
}

async fn build(app: &App, who: &Officer, id: SessionId, again: &Again) -> Result<RoomPage, Failure> {
    let actor = who.actor.clone();
    let room = app.read(move |conn| rooms::for_team(conn, &actor, id)).await?;
    Ok(page(who, &room, again))
}

/// The room.
pub async fn show(app: Data<App>, who: Officer, id: Path<SessionId>) -> Reply {
    Ok(render(&build(&app, &who, id.into_inner(), &Again::default()).await?))
}

/// The room again, with a scenario's name that does not fit.
pub(super) async fn unnamed(app: &App, who: &Officer, id: SessionId, name: &str, why: String) -> Reply {
    let again = Again { name: name.to_owned(), name_error: why, ..Again::default() };
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &build(app, who, id, &again).await?))
}

/// Says what the room is told, once it is written.
pub(super) fn told(app: &App, id: SessionId, said: &str, anchor: &str) -> Reply {
    app.bells().ring(id);
    Ok(see_other_saying(format!("/seances/{id}/salle{anchor}"), &Flash::success(said)))
}

const CHANGED: &str =
    "Une autre personne vient de changer cette proposition\u{a0}: voici la sienne, la vôtre est gardée dans le champ.";

/// Proposes something for a file, or draws the line below it.
pub async fn propose(app: Data<App>, who: Officer, place: Path<(SessionId, ApplicationId)>, form: Fields) -> Reply {
    let ((id, application), actor) = (place.into_inner(), who.actor.clone());
    let anchor = format!("#dossier-{application}");
    if form.text("geste") == "ligne" {
        app.write(move |tx| rooms::draw(tx, &actor, id, application)).await?;
        return told(&app, id, "La ligne est tracée sous ce dossier.", &anchor);
    }
    let verdict = form.filled("proposition").map(str::parse::<Verdict>).transpose().map_err(|_| Failure::Malformed)?;
    let (wanted, seen) = (ProposalForm { verdict, amount: form.text("montant").to_owned() }, seen(form.text("vu")));
    let (status, wrong) = match app.write(move |tx| rooms::propose(tx, &actor, id, application, seen, &wanted)).await {
        Ok(()) => return told(&app, id, "La proposition est notée.", &anchor),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let sentence = wrong.into_iter().next().map(|field| field.message).unwrap_or_default();
            (StatusCode::UNPROCESSABLE_ENTITY, sentence)
        }
        Err(Failure::UseCase(UseCaseError::Refused(reason))) => (StatusCode::CONFLICT, reason.to_string()),
        Err(Failure::UseCase(UseCaseError::Store(StoreError::Stale))) => (StatusCode::CONFLICT, CHANGED.into()),
        Err(failure) => return Err(failure),
    };
    let typed = |name| form.text(name).to_owned();
    let again = Again {
        id: Some(application),
        verdict: typed("proposition"),
        amount: typed("montant"),
        wrong,
        ..Again::default()
    };
    Ok(render_as(status, &build(&app, &who, id, &again).await?))
}

/// Puts a file before the committee, or none.
pub async fn call_up(app: Data<App>, who: Officer, id: Path<SessionId>, form: Fields) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let file = form.filled("dossier").map(str::parse::<ApplicationId>).transpose().map_err(|_| Failure::NotFound)?;
    app.write(move |tx| -> Outcome<()> { rooms::call_up(tx, &actor, id, file) }).await?;
    let said = match file {
        Some(_) => "Ce dossier est devant le comité\u{a0}: tous les écrans suivent.",
        None => "Aucun dossier n’est devant le comité.",
    };
    told(&app, id, said, "")
}

#[derive(Template)]
#[template(path = "officer/hall.html")]
struct HallPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    title: String,
    current: Option<Before>,
    place: String,
    gauges: Vec<Gauged>,
    sources: Vec<Gauged>,
}

/// The room on a screen for the hall: the file before the committee and what is left.
pub async fn hall(app: Data<App>, who: Officer, id: Path<SessionId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let room = app.read(move |conn| rooms::for_hall(conn, &actor, id)).await?;
    let lines = agenda(&room);
    let place = place(&room, &lines);
    Ok(render(&HallPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(format!("/seances/{id}/salle"), "Salle de séance")],
        id: id.to_string(),
        title: room.cut.session.title.clone(),
        current: before(&room),
        place: place.map(|place| format!("Dossier {} sur {}", place + 1, lines.len())).unwrap_or_default(),
        gauges: room.cut.gauges.iter().map(Gauged::from).collect(),
        sources: room.sources.iter().map(Gauged::from).collect(),
    }))
}

/// The changes of the room, as they happen.
pub async fn follow(app: Data<App>, who: Officer, id: Path<SessionId>) -> Reply {
    bells::follow(app, &who, id.into_inner()).await
}

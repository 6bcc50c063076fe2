//! The room of a session: what is proposed for each file, what that leaves, and the file before the committee. Proposals
//! decide nothing; the decision of each file is written on its own page.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    blinds::Veil,
    committees::{member_of, require},
    cost_marks, definitions, earmark_books, eligibility, journal as ledger,
    rankings::{self, Apart},
    sessions::AGENDA_OPEN,
    votes::{self, Ballot},
};
use crate::{
    domain::{
        cut_lines::{self, Candidate, Gauge, Proposal, Purse},
        decisions::{UNDECIDED, Verdict},
        definitions::Earmark,
        ids::{ApplicationId, OrganisationId, PersonId, SessionId},
        journal::Stage,
        lifecycle::Refusal,
        lifecycles::{applications::ApplicationState, sessions::SessionState},
        money::Euros,
        point_amounts::{self, Computed},
        roles::Role,
        scoring::{Grid, Score},
        sessions::Tally,
    },
    store::{
        Conn, StoreError, Tx, attendance,
        calls::{self, CallRow},
        funding_sources,
        journal::{self, Scope},
        own_reviews,
        rooms::{self as rows, Ranked},
        sessions::{self, SessionRow},
    },
};
use std::collections::BTreeMap;

/// A file of the cut-line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Files with the same mean share a rank; one nobody has scored has none.
    pub rank: Option<usize>,
    pub row: Ranked,
    pub candidate: Candidate,
    /// What its proposal goes against, French sentences.
    pub objections: Vec<String>,
    /// What its points open, where they set the amount.
    pub computed: Option<Computed>,
}

/// Everything proposed in a session, and what it leaves. What the reader is recused from is in no line and in no sum.
#[derive(Debug)]
pub struct CutLine {
    pub session: SessionRow,
    pub call: CallRow,
    /// Best mean first.
    pub lines: Vec<Line>,
    pub purse: Purse,
    /// The envelope first.
    pub gauges: Vec<Gauge>,
}

impl CutLine {
    /// Whether a file may be put before the committee: while it is in session.
    pub fn may_call(&self) -> bool {
        self.session.state == SessionState::InSession
    }

    /// Whether proposals may still change.
    pub fn is_open(&self) -> bool {
        AGENDA_OPEN.contains(&self.session.state)
    }

    /// The files as the rules read them.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        self.lines.iter().map(|line| line.candidate.clone()).collect()
    }

    /// One line, if it exists for the reader.
    pub fn line(&self, id: ApplicationId) -> Option<&Line> {
        self.lines.iter().find(|line| line.row.id == id)
    }
}

pub(super) fn load(conn: &mut Conn, id: SessionId, reader: PersonId) -> Outcome<CutLine> {
    let proposals = rows::proposals(conn, id)?;
    load_with(conn, id, reader, &proposals)
}

type Proposals = BTreeMap<ApplicationId, Proposal>;

fn load_with(conn: &mut Conn, id: SessionId, reader: PersonId, proposals: &Proposals) -> Outcome<CutLine> {
    let session = sessions::find(conn, id)?;
    let call = calls::find(conn, session.call_id)?;
    let ranked = ranked(conn, &session, reader)?;
    let purse = purse(conn, &call, reader)?;
    let computed = computed(&call, &ranked)?;
    let mut candidates = candidates(conn, (id, reader), &call, (&ranked, &computed, proposals))?;
    note_awards_elsewhere(conn, &call, reader, &mut candidates)?;
    let gauges = cut_lines::gauges(&purse, &candidates);
    let objections: Vec<_> =
        candidates.iter().map(|candidate| cut_lines::objections(candidate, &purse, &candidates)).collect();
    let rank = |row: &Ranked| {
        let first = ranked.iter().position(|other| other.score_mean == row.score_mean)?;
        (row.score_count > 0).then_some(first + 1)
    };
    let ranks: Vec<_> = ranked.iter().map(rank).collect();
    let lines = ranks.into_iter().zip(ranked).zip(candidates).zip(objections.into_iter().zip(computed));
    let line = |(((rank, row), candidate), (objections, computed))| Line { rank, row, candidate, objections, computed };
    let lines = lines.map(line).collect();
    Ok(CutLine { session, call, lines, purse, gauges })
}

/// The files on the agenda, best mean first; those the reader has still to review come last, without a mean.
fn ranked(conn: &mut Conn, session: &SessionRow, reader: PersonId) -> Outcome<Vec<Ranked>> {
    let mut ranked = rows::ranked(conn, session.id, reader)?;
    let unread = own_reviews::unread(conn, reader, session.call_id)?;
    if !unread.is_empty() {
        let of_reader = |row: &Ranked| unread.contains(&row.id);
        ranked.iter_mut().filter(|row| of_reader(row)).for_each(|row| row.score_count = 0);
        ranked.sort_by_key(of_reader);
    }
    Ok(ranked)
}

/// The money of a call as a reader may know it.
pub(super) fn purse(conn: &mut Conn, call: &CallRow, reader: PersonId) -> Outcome<Purse> {
    let definition = definitions::call(&call.settings)?;
    let unseen = journal::promised_unseen(conn, reader, None, Scope::Call(call.id))?;
    let marked = Earmark::in_euros(&definition.earmarks, definition.envelope);
    let mut earmarks = Vec::with_capacity(marked.len());
    for earmark in marked {
        let promised = journal::promised_under(conn, &earmark.axis, Scope::Call(call.id))?;
        let unseen = journal::promised_unseen(conn, reader, Some(&earmark.axis), Scope::Call(call.id))?;
        earmarks.push((earmark, promised - unseen));
    }
    Ok(Purse {
        total: call.envelope_cents,
        left: journal::balance(conn, Stage::Envelope, Scope::Call(call.id))? + unseen,
        floor: definition.amount.floor,
        ceiling: definition.amount.ceiling,
        earmarks,
        of_agreements: earmark_books::of_agreements(conn, reader, call)?,
    })
}

/// What the points of each file open.
fn computed(call: &CallRow, ranked: &[Ranked]) -> Outcome<Vec<Option<Computed>>> {
    let definition = definitions::call(&call.settings)?;
    let mean = |row: &Ranked| (row.score_count > 0).then(|| Score::from_hundredths(row.score_mean));
    Ok(ranked.iter().map(|row| point_amounts::of_call(&definition, mean(row), row.requested)).collect())
}

fn candidates(
    conn: &mut Conn,
    (id, reader): (SessionId, PersonId),
    call: &CallRow,
    (ranked, computed, proposals): (&[Ranked], &[Option<Computed>], &Proposals),
) -> Outcome<Vec<Candidate>> {
    let mut axes = rows::axes(conn, id)?;
    let organisations: Vec<_> = ranked.iter().map(|row| row.organisation_id).collect();
    let left = eligibility::beneficiaries_left(conn, call.id, &organisations, Some(reader))?;
    let definition = definitions::call(&call.settings)?;
    let mut ruled_out = ruled_out(conn, &definition.grid, ranked)?;
    let ids: Vec<_> = ranked.iter().map(|row| row.id).collect();
    let most = cost_marks::most_by_rate(conn, &definition, &ids)?;
    let candidate = |(row, computed): (&Ranked, &Option<Computed>)| Candidate {
        id: row.id,
        organisation: row.organisation_id,
        partner: row.partner_id,
        is_holder_awarded: false,
        department: row.department.clone(),
        axes: axes.remove(&row.id).unwrap_or_default(),
        requested: row.requested,
        by_points: computed.as_ref().map(|computed| computed.amount),
        ruled_out: ruled_out.remove(&row.id).unwrap_or_default(),
        most_by_rate: most.get(&row.id).copied(),
        is_decided: !UNDECIDED.contains(&row.state),
        is_awarded: row.state == ApplicationState::Awarded,
        proposal: proposals.get(&row.id).copied(),
        beneficiary_left: left.get(&row.organisation_id).copied(),
    };
    Ok(ranked.iter().zip(computed).map(candidate).collect())
}

/// Says of each file whether another session of the call awarded one of the same organisation.
fn note_awards_elsewhere(
    conn: &mut Conn,
    call: &CallRow,
    reader: PersonId,
    candidates: &mut [Candidate],
) -> Outcome<()> {
    let here: Vec<_> = candidates.iter().map(|candidate| candidate.id).collect();
    let awarded: Vec<_> = rows::awarded(conn, call.id, reader)?;
    let holders: Vec<OrganisationId> = awarded
        .into_iter()
        .filter(|(id, ..)| !here.contains(id))
        .flat_map(|(_, first, second)| std::iter::once(first).chain(second))
        .collect();
    for candidate in candidates {
        candidate.is_holder_awarded = candidate.is_held_by(holders.iter().copied());
    }
    Ok(())
}

/// Why the marks of files rule them out, French sentences. Nothing is said of a file the reader has still to review.
fn ruled_out(conn: &mut Conn, grid: &Grid, ranked: &[Ranked]) -> Outcome<BTreeMap<ApplicationId, Vec<String>>> {
    let scored: Vec<&Ranked> = ranked.iter().filter(|row| row.score_count > 0).collect();
    let ids: Vec<_> = scored.iter().map(|row| row.id).collect();
    let mut eliminated = rankings::eliminated(conn, grid, &ids)?;
    let said = |row: &Ranked| {
        let labels = eliminated.remove(&row.id).unwrap_or_default().into_iter();
        let below = |label| format!("La moyenne de «\u{a0}{label}\u{a0}» est sous la note éliminatoire.");
        let mut said: Vec<String> = labels.map(below).collect();
        if !grid.passes(Score::from_hundredths(row.score_mean)) {
            said.push("La moyenne est sous le seuil de l’appel.".to_owned());
        }
        (row.id, said)
    };
    Ok(scored.into_iter().map(said).collect())
}

/// What the team sees of a session's room.
#[derive(Debug)]
pub struct Room {
    pub cut: CutLine,
    /// The envelope by funding source, when there are several.
    pub sources: Vec<Gauge>,
    /// The file before the committee, if it exists for the reader.
    pub current: Option<ApplicationId>,
    /// Who may vote on it.
    pub ballot: Option<Ballot>,
    /// The voices of the session, whatever file it hears.
    pub voices: i64,
    /// The means of the criteria that stand apart, by file.
    pub apart: BTreeMap<ApplicationId, Vec<Apart>>,
}

/// The room for the team.
pub fn for_team(conn: &mut Conn, officer: &Actor, id: SessionId) -> Outcome<Room> {
    let reader = require(officer, Role::Officer)?;
    let cut = load(conn, id, reader)?;
    let current = rows::find(conn, id)?.application_id.filter(|current| cut.line(*current).is_some());
    let ballot = current.map(|current| votes::ballot(conn, &cut.session, current)).transpose()?;
    let voices = attendance::roll(conn, &cut.session)?.voices(&[]);
    let ids: Vec<_> = cut.lines.iter().map(|line| line.row.id).collect();
    let apart = rankings::apart(conn, &definitions::call(&cut.call.settings)?.grid, &ids)?;
    Ok(Room { sources: sources(conn, &cut, reader)?, current, ballot, voices, apart, cut })
}

/// The room on the screen of the hall, before the eyes of the whole committee: where it reads without names, the file
/// before it has none.
pub fn for_hall(conn: &mut Conn, officer: &Actor, id: SessionId) -> Outcome<Room> {
    let mut room = for_team(conn, officer, id)?;
    let Some(current) = room.current else { return Ok(room) };
    let veil = Veil::of_hall(conn, &room.cut.call, current)?;
    for line in room.cut.lines.iter_mut().filter(|line| line.row.id == current) {
        veil.line(current, &mut line.row.title, &mut line.row.organisation);
    }
    Ok(room)
}

/// The envelope by funding source, when there are several.
fn sources(conn: &mut Conn, cut: &CutLine, reader: PersonId) -> Outcome<Vec<Gauge>> {
    let known = funding_sources::of_call(conn, cut.call.id)?;
    if known.len() < 2 {
        return Ok(Vec::new());
    }
    let parts = ledger::foreseen_parts(conn, cut.call.id, cut_lines::proposed(&cut.candidates()))?;
    let mut gauges = Vec::with_capacity(known.len());
    for (source, total) in known {
        let scope = Scope::CallSource(cut.call.id, source.id);
        let left = journal::balance(conn, Stage::Envelope, scope)?;
        let unseen = journal::promised_unseen(conn, reader, None, scope)?;
        let part = parts.iter().find(|part| part.source == source.id).map_or(Euros::ZERO, |part| part.amount);
        let mut gauge = Gauge {
            label: format!("Convention {}", source.reference),
            total,
            committed: total - left - unseen,
            proposed: part,
            warning: String::new(),
        };
        if gauge.left() < Euros::ZERO {
            gauge.warning = format!("Il manque {} à cette convention.", -gauge.left());
        }
        gauges.push(gauge);
    }
    Ok(gauges)
}

/// What is before the committee, for one of its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Current {
    Nothing,
    /// A file the member is recused from: they are out of the room (hors séance), and learn nothing of it.
    OutOfRoom,
    File(ApplicationId),
}

/// The room for one member of the committee, its files in the order of the agenda: a ranking would tell what others
/// think of a file the member has not scored yet. So would the agenda, filled best file first: while one of its files
/// waits for their review they stand by reference. What is proposed is theirs to see once they sit.
pub fn for_member(conn: &mut Conn, actor: &Actor, id: SessionId) -> Outcome<(CutLine, Current)> {
    let person = member(conn, actor, id)?;
    let proposals = match sessions::find(conn, id)?.state {
        SessionState::Planned | SessionState::Convened => Proposals::new(),
        SessionState::InSession | SessionState::Minuted | SessionState::Confirmed => rows::proposals(conn, id)?,
    };
    let mut cut = load_with(conn, id, person, &proposals)?;
    let files: Vec<_> = cut.lines.iter().map(|line| line.row.id).collect();
    let veil = Veil::of_call(conn, actor, &cut.call, &files)?;
    for line in &mut cut.lines {
        veil.line(line.row.id, &mut line.row.title, &mut line.row.organisation);
    }
    let unread = own_reviews::unread(conn, person, cut.session.call_id)?;
    if cut.lines.iter().any(|line| unread.contains(&line.row.id)) {
        cut.lines.sort_by(|a, b| a.row.reference.cmp(&b.row.reference));
    } else {
        cut.lines.sort_by_key(|line| line.row.position);
    }
    let current = match rows::find(conn, id)?.application_id {
        None => Current::Nothing,
        Some(file) if cut.line(file).is_some() => Current::File(file),
        Some(_) => Current::OutOfRoom,
    };
    Ok((cut, current))
}

/// The envelope by funding source, for one of the members, as the room showed itself to them.
pub fn sources_for_member(conn: &mut Conn, actor: &Actor, cut: &CutLine) -> Outcome<Vec<Gauge>> {
    let person = member_of(conn, actor, cut.session.call_id)?;
    sources(conn, cut, person)
}

/// What a member reads of voices: those of the session, and the vote on the file before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floor {
    pub voices: i64,
    pub tally: Option<Tally>,
}

/// The voices for one member of the committee. The session's are the same whatever file it hears.
pub fn floor(conn: &mut Conn, actor: &Actor, id: SessionId, current: Current) -> Outcome<Floor> {
    member(conn, actor, id)?;
    let session = sessions::find(conn, id)?;
    let tally = match current {
        Current::File(file) => votes::ballot(conn, &session, file)?.last().map(|row| row.tally()),
        Current::Nothing | Current::OutOfRoom => None,
    };
    Ok(Floor { voices: attendance::roll(conn, &session)?.voices(&[]), tally })
}

/// The person, if they sit in the committee of this session.
fn member(conn: &mut Conn, actor: &Actor, id: SessionId) -> Outcome<PersonId> {
    let session = sessions::find(conn, id)?;
    member_of(conn, actor, session.call_id)
}

/// How many times the room has changed for somebody who may follow it: a change of a file that does not exist for them is
/// none of theirs.
pub fn turn(conn: &mut Conn, actor: &Actor, id: SessionId) -> Outcome<i64> {
    let reader = match require(actor, Role::Officer) {
        Ok(officer) => officer,
        Err(_) => member(conn, actor, id)?,
    };
    sessions::find(conn, id)?;
    Ok(rows::find(conn, id)?.turn - rows::unseen_turns(conn, id, reader)?)
}

/// Whether the committee sits now.
pub fn is_under_way(conn: &mut Conn, id: SessionId) -> Outcome<bool> {
    Ok(sessions::find(conn, id)?.state == SessionState::InSession)
}

/// What was typed for one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProposalForm {
    /// Nothing proposed when it is empty.
    pub verdict: Option<Verdict>,
    /// As typed; read for an award alone.
    pub amount: String,
}

impl ProposalForm {
    fn read(&self) -> Result<Option<Proposal>, UseCaseError> {
        match self.verdict {
            None => Ok(None),
            Some(Verdict::Award) => {
                let amount = self.amount.trim().parse::<Euros>().ok().filter(|amount| amount.is_positive());
                let sentence = "Indiquez le montant proposé, par exemple 4\u{202f}500,00.";
                let wrong = || UseCaseError::Invalid(vec![FieldError::new("montant", sentence)]);
                Ok(Some(Proposal::award(amount.ok_or_else(wrong)?)))
            }
            Some(verdict) => Ok(Some(Proposal { verdict, amount: Euros::ZERO })),
        }
    }
}

/// A cut-line whose proposals may change, for an officer.
fn opened(tx: &mut Tx, officer: &Actor, id: SessionId) -> Outcome<CutLine> {
    let reader = require(officer, Role::Officer)?;
    let cut = load(tx.conn(), id, reader)?;
    if cut.is_open() { Ok(cut) } else { Err(Refusal::NotFromHere(cut.session.state.label()).into()) }
}

/// Proposes something for one file, for which the page showed `seen`.
pub fn propose(
    tx: &mut Tx,
    officer: &Actor,
    id: SessionId,
    application: ApplicationId,
    seen: Option<Proposal>,
    form: &ProposalForm,
) -> Outcome<()> {
    let cut = opened(tx, officer, id)?;
    let line = cut.line(application).ok_or(StoreError::NotFound)?;
    if line.candidate.is_decided {
        return Err(Refusal::because("La décision de ce dossier est déjà écrite.").into());
    }
    let proposal = form.read()?;
    if line.candidate.proposal != seen && line.candidate.proposal != proposal {
        return Err(StoreError::Stale.into());
    }
    rows::propose(tx, id, application, proposal)?;
    stir_file(tx, id, application)
}

/// Draws the line below a file: it and those above are proposed, at the amount asked for or that their points open unless
/// another one was proposed; those below no longer are, nor is a file whose points open nothing.
pub fn draw(tx: &mut Tx, officer: &Actor, id: SessionId, last: ApplicationId) -> Outcome<()> {
    let cut = opened(tx, officer, id)?;
    let end = cut.lines.iter().position(|line| line.row.id == last).ok_or(StoreError::NotFound)?;
    for (place, line) in cut.lines.iter().enumerate().filter(|(_, line)| !line.candidate.is_decided) {
        let was = line.candidate.proposal;
        let is_award = was.is_some_and(|proposal| proposal.verdict == Verdict::Award);
        let proposal = match (place <= end, is_award) {
            (true, false) if line.candidate.offered().is_positive() => Some(Proposal::award(line.candidate.offered())),
            (false, true) => None,
            (true, _) | (false, false) => was,
        };
        if proposal != was {
            rows::propose(tx, id, line.row.id, proposal)?;
            stir_file(tx, id, line.row.id)?;
        }
    }
    Ok(())
}

/// Puts a file before the committee, or none: every member's screen follows.
pub fn call_up(tx: &mut Tx, officer: &Actor, id: SessionId, application: Option<ApplicationId>) -> Outcome<()> {
    let reader = require(officer, Role::Officer)?;
    let cut = load(tx.conn(), id, reader)?;
    if !cut.may_call() {
        return Err(Refusal::NotFromHere(cut.session.state.label()).into());
    }
    if application.is_some_and(|application| cut.line(application).is_none()) {
        return Err(StoreError::NotFound.into());
    }
    Ok(rows::set_current(tx, id, application)?)
}

/// Counts a change that the room must show: a presence, a step of the session.
pub fn stir(tx: &mut Tx, id: SessionId) -> Outcome<()> {
    Ok(rows::touch(tx, id)?)
}

/// Counts a change of one file that the room must show to whoever the file exists for: a proposal, a vote, a decision.
pub fn stir_file(tx: &mut Tx, id: SessionId, application: ApplicationId) -> Outcome<()> {
    Ok(rows::touch_file(tx, id, application)?)
}

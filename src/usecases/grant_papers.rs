//! A grant with everything its page shows, read in a fixed number of queries.

use super::{
    Actor, Outcome, UseCaseError,
    advance::Object,
    agreements, amendment_terms, disbursements,
    eligible_days::{self, EligibleDays},
    grant_pieces::{self, AskedPiece, PieceVersion},
    grants, raised_agreements, recoveries as recoveries_of, settlements,
    signing::{self, Paper},
    terms::{self, Terms},
};
use crate::{
    domain::{
        balances::Balance,
        disbursements::{PlannedPayment, conditions_of_grant},
        ids::{AmendmentId, ApplicationId, DocumentId, FundingSourceId, GrantId},
        journal::Stage,
        letters::LetterKind,
        lifecycle::Refusal,
        lifecycles::{
            amendments::AmendmentState,
            disbursements::DisbursementState,
            grants::{Grant, GrantEvent, GrantState},
        },
        money::Euros,
        time::Moment,
    },
    store::{
        Conn, StoreError,
        amendments::{self, AmendmentRow, ChangeRow},
        bank_accounts::{self, BankAccountRow},
        disbursements::{self as payments, DisbursementRow},
        documents::{self, DocumentRow},
        funding_sources,
        grant_pieces::{self as store_pieces, GrantPieceRow},
        grants::{self as grant_rows, GrantFile, GrantRow},
        history::{self, TransitionRow},
        journal, people,
        recoveries::{self, RecoveryRow},
        reports::{self, ReportRow},
    },
};
use chrono::NaiveDate;

/// A payment of a grant with what it waits for.
#[derive(Debug, Clone)]
pub struct Scheduled {
    pub row: DisbursementRow,
    /// Everything it depends on, met or not, in French.
    pub condition: String,
    /// What still stands in its way; empty when it is due or gone.
    pub obstacles: Vec<String>,
    /// The agreement that does not pay it today, and today: its money may not leave on any day.
    pub outside: Option<(EligibleDays, NaiveDate)>,
}

/// The whole of a grant.
#[derive(Debug, Clone)]
pub struct GrantPaper {
    pub file: GrantFile,
    pub offered: Vec<(GrantEvent, Result<(), Refusal>)>,
    pub terms: Terms,
    pub schedule: Vec<Scheduled>,
    /// What acceptance today would plan; empty once it is planned.
    pub foreseen: Vec<PlannedPayment>,
    pub reports: Vec<ReportRow>,
    pub amendments: Vec<AmendmentRow>,
    /// What those that were granted change.
    pub changes: Vec<ChangeRow>,
    /// What is said to whoever decides those whose new end no money covers any more, or that take an agreement.
    pub cautions: Vec<(AmendmentId, String)>,
    /// What both sides sign, signed or not.
    pub signing: Vec<Paper>,
    pub recoveries: Vec<RecoveryRow>,
    /// The papers its payments wait for.
    pub pieces: Vec<AskedPiece>,
    /// What was provided of them and what was said of it, oldest first.
    pub versions: Vec<PieceVersion>,
    /// How its balance came about, once the final report is accepted.
    pub balance: Option<Balance>,
    /// What the reader may ask back of it once it is terminated, or why not yet.
    pub claim: Option<Result<Balance, Refusal>>,
    /// The accounts of the grantee that are not closed.
    pub accounts: Vec<BankAccountRow>,
    /// Every letter about it, newest first.
    pub letters: Vec<DocumentRow>,
    /// What happened to it and to what hangs on it, newest first.
    pub history: Vec<TransitionRow>,
    /// The name of whoever must sign in their own name.
    pub reader: String,
}

/// The grant that came of an application; nothing while there is none, or none for the reader.
pub fn of_application(conn: &mut Conn, actor: &Actor, id: ApplicationId, now: Moment) -> Outcome<Option<GrantPaper>> {
    let Some(row) = grant_rows::of_application(conn, id)? else { return Ok(None) };
    match find(conn, actor, row.id, now) {
        Ok(paper) => Ok(Some(paper)),
        Err(UseCaseError::Store(StoreError::NotFound)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// One grant, for those who may see it.
pub fn find(conn: &mut Conn, actor: &Actor, id: GrantId, now: Moment) -> Outcome<GrantPaper> {
    let mut file = grants::file(conn, actor, id)?;
    if file.grant.state == GrantState::Offered {
        // As acceptance today would make it.
        file.grant.is_agreement_required = agreements::is_owed(conn, &file.grant)?;
    }
    let offered = Grant::look(conn, id, actor, now)?.offered();
    let rows = payments::of_grant(conn, id)?;
    let reports = reports::of_grant(conn, id)?;
    let accounts = bank_accounts::open_of(conn, file.grant.organisation_id)?;
    let foreseen = match file.grant.state {
        GrantState::Offered => disbursements::foreseen(conn, &file.grant, now.paris_date())?,
        _ => Vec::new(),
    };
    let given = store_pieces::of_grants(conn, &[id])?;
    let pieces = grant_pieces::asked(&rows, &given)?;
    let versions = grant_pieces::versions(conn, id, &given)?;
    let schedule = schedule_of(conn, &file, rows, (&reports, &given, &accounts), now)?;
    let amendments = amendments::of_grant(conn, id)?;
    let asked: Vec<_> = amendments.iter().map(|row| row.id).collect();
    let mut changes = if asked.is_empty() { Vec::new() } else { amendments::changes_of(conn, &asked)? };
    for row in amendments.iter().filter(|row| row.state == AmendmentState::Requested) {
        changes.extend(amendment_terms::asked_shift(conn, row, &file.grant, now)?);
    }
    let recoveries = recoveries::of_grant(conn, id)?;
    let cautions = cautions(conn, &file.grant, &schedule, &amendments)?;
    let below = below(&schedule, &reports, &amendments, &recoveries);
    let subjects: Vec<_> = std::iter::once(id.to_string()).chain(below).collect();
    Ok(GrantPaper {
        terms: terms::of_call(conn, file.grant.call_id)?,
        letters: letters(conn, &file, &subjects)?,
        history: history::of_subjects(conn, &subjects)?,
        signing: signing::papers(conn, actor, &file, now)?,
        claim: recoveries_of::claim_of(conn, actor, &file)?,
        reader: actor.person.map(|id| people::find(conn, id)).transpose()?.map(|row| row.name).unwrap_or_default(),
        file,
        offered,
        schedule,
        foreseen,
        reports,
        amendments,
        changes,
        cautions,
        recoveries,
        pieces,
        versions,
        balance: settlements::computed(conn, id)?,
        accounts,
    })
}

/// The payments of a grant, each with what it waits for.
fn schedule_of(
    conn: &mut Conn,
    file: &GrantFile,
    rows: Vec<DisbursementRow>,
    (reports, given, accounts): (&[ReportRow], &[GrantPieceRow], &[BankAccountRow]),
    now: Moment,
) -> Outcome<Vec<Scheduled>> {
    let today = now.paris_date();
    let leaving: Vec<_> = rows.iter().filter(|row| row.state.is_to_leave()).map(|row| row.id).collect();
    let outside = eligible_days::refused(conn, &leaving, today)?;
    let scheduled = |row: DisbursementRow| {
        let obstacles = match row.state {
            DisbursementState::Planned => {
                disbursements::obstacles(&row, Some(&file.grant), (reports, given), (&file.holder, accounts), now)?
            }
            _ => Vec::new(),
        };
        let conditions = disbursements::conditions(&row)?;
        let condition = conditions_of_grant(&conditions, file.grant.is_agreement_required);
        let outside = outside.get(&row.id).and_then(|found| eligible_days::hardest(found, today));
        let outside = outside.map(|days| (days.clone(), today));
        Outcome::Ok(Scheduled { row, condition, obstacles, outside })
    };
    rows.into_iter().map(scheduled).collect()
}

/// What is said of amendments asked for whose new end is beyond the eligible days of an agreement that pays the grant, or
/// whose amount takes an agreement to be signed.
fn cautions(
    conn: &mut Conn,
    grant: &GrantRow,
    schedule: &[Scheduled],
    amendments: &[AmendmentRow],
) -> Outcome<Vec<(AmendmentId, String)>> {
    let is_to_come = |line: &&Scheduled| line.row.state != DisbursementState::Cancelled;
    let payments: Vec<_> = schedule.iter().filter(is_to_come).map(|line| line.row.id).collect();
    let mut said = Vec::new();
    for row in amendments.iter().filter(|row| row.state == AmendmentState::Requested) {
        said.extend(raised_agreements::caution(conn, row, grant)?.map(|caution| (row.id, caution)));
        let Some(end) = row.new_ends_on else { continue };
        let found = eligible_days::of_end(conn, &payments, end)?;
        said.extend(found.iter().map(|source| (row.id, source.caution_of_end())));
    }
    Ok(said)
}

/// The identifiers of what hangs on a grant.
fn below<'a>(
    schedule: &'a [Scheduled],
    reports: &'a [ReportRow],
    amendments: &'a [AmendmentRow],
    recoveries: &'a [RecoveryRow],
) -> impl Iterator<Item = String> + 'a {
    let payments = schedule.iter().map(|line| line.row.id.to_string());
    let reports = reports.iter().map(|row| row.id.to_string());
    let amendments = amendments.iter().map(|row| row.id.to_string());
    payments.chain(reports).chain(amendments).chain(recoveries.iter().map(|row| row.id.to_string()))
}

/// The letters about a grant; of those about its application, the award.
fn letters(conn: &mut Conn, file: &GrantFile, subjects: &[String]) -> Outcome<Vec<DocumentRow>> {
    let application = file.grant.application_id.to_string();
    let all: Vec<_> = subjects.iter().cloned().chain([application.clone()]).collect();
    let mut letters = documents::of_subjects(conn, &all)?;
    letters.retain(|letter| letter.subject_id != application || letter.kind == LetterKind::Award);
    Ok(letters)
}

/// One letter about a grant, for those who may see it.
pub fn letter(conn: &mut Conn, actor: &Actor, id: GrantId, letter: DocumentId, now: Moment) -> Outcome<DocumentRow> {
    let paper = find(conn, actor, id, now)?;
    let found = paper.letters.into_iter().find(|row| row.id == letter);
    found.ok_or_else(|| StoreError::NotFound.into())
}

/// Where the money of a grant lies, for one funding source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyLine {
    pub source: String,
    /// Promised and neither authorised nor given back.
    pub committed: Euros,
    /// Authorised and not yet paid.
    pub authorised: Euros,
    /// Paid and kept.
    pub paid: Euros,
    /// Come back from the grantee.
    pub recovered: Euros,
}

/// Where the money of a grant lies, source by source.
pub fn money(conn: &mut Conn, actor: &Actor, id: GrantId) -> Outcome<Vec<MoneyLine>> {
    grants::file(conn, actor, id)?;
    let mut sources: Vec<(FundingSourceId, MoneyLine)> = Vec::new();
    for (source, stage, amount) in journal::of_grant(conn, id)? {
        let at = sources.iter().position(|(id, _)| *id == source).unwrap_or(sources.len());
        if at == sources.len() {
            let zero = Euros::ZERO;
            let line =
                MoneyLine { source: String::new(), committed: zero, authorised: zero, paid: zero, recovered: zero };
            sources.push((source, line));
        }
        let line = &mut sources[at].1;
        match stage {
            Stage::Committed => line.committed += amount,
            Stage::Authorised => line.authorised += amount,
            Stage::Paid => line.paid += amount,
            Stage::Recovered => line.recovered += amount,
            Stage::Funder | Stage::Source | Stage::Envelope => {}
        }
    }
    let ids: Vec<_> = sources.iter().map(|(id, _)| *id).collect();
    let titles = funding_sources::titles(conn, &ids)?;
    let named = |(id, line): (FundingSourceId, MoneyLine)| {
        let title = titles.iter().find(|(known, _)| *known == id).map(|(_, title)| title.clone());
        MoneyLine { source: title.unwrap_or_default(), ..line }
    };
    Ok(sources.into_iter().map(named).collect())
}

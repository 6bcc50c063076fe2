//! Following grants: which of them wait for the team, and what for.

use super::{Actor, Outcome, access, amendments::is_open};
use crate::{
    domain::{disbursements::PieceOutcome, ids::GrantId, lifecycles::grants::GrantState, roles::Role, time::Moment},
    store::{
        Conn,
        amendments::{self, AmendmentRow},
        grant_pieces::{self, GrantPieceRow},
        grant_queues,
        grants::GrantFile,
        reports::{self, ReportRow},
        signing,
    },
};
use chrono::NaiveDate;
pub use grant_queues::Queue;

/// Who follows grants.
const READERS: [Role; 4] = [Role::Officer, Role::Finance, Role::Director, Role::Auditor];

/// A grant of a queue with what it may wait for.
#[derive(Debug, Clone)]
pub struct Followed {
    pub file: GrantFile,
    pub reports: Vec<ReportRow>,
    pub amendments: Vec<AmendmentRow>,
    /// The papers that were provided and that nobody has judged, and those that the antivirus refused.
    pub pieces: Vec<GrantPieceRow>,
    /// The day before which both should have signed what is still to be signed; nothing while there is time.
    pub sign_by: Option<NaiveDate>,
}

/// The grants of a queue before `key`, newest first; a fixed number of queries, whatever their number.
pub fn page(
    conn: &mut Conn,
    actor: &Actor,
    queue: Queue,
    key: Option<GrantId>,
    limit: i64,
    now: Moment,
) -> Outcome<Vec<Followed>> {
    access::require(actor, &READERS)?;
    let files = grant_queues::page(conn, (queue, actor.person), now.paris_date(), key, limit)?;
    let ids: Vec<_> = files.iter().map(|file| file.grant.id).collect();
    let reports = reports::of_grants(conn, &ids)?;
    let amendments = amendments::of_grants(conn, &ids)?;
    let pieces = grant_pieces::of_grants(conn, &ids)?;
    let late = signing::late_of(conn, &ids, now.paris_date())?;
    let is_over = |file: &GrantFile| {
        matches!(file.grant.state, GrantState::Closed | GrantState::Declined | GrantState::Terminated)
    };
    let is_to_read = |row: &&GrantPieceRow| matches!(row.outcome, PieceOutcome::Provided | PieceOutcome::Infected);
    let followed = |file: GrantFile| Followed {
        pieces: pieces
            .iter()
            .filter(|row| row.grant_id == file.grant.id && !is_over(&file))
            .filter(is_to_read)
            .cloned()
            .collect(),
        sign_by: late.iter().find(|(id, _)| *id == file.grant.id && is_open(file.grant.state)).map(|(_, day)| *day),
        reports: reports.iter().filter(|row| row.grant_id == file.grant.id).cloned().collect(),
        amendments: amendments.iter().filter(|row| row.grant_id == file.grant.id).cloned().collect(),
        file,
    };
    Ok(files.into_iter().map(followed).collect())
}

/// How many grants wait in each of these queues.
pub fn counts(conn: &mut Conn, actor: &Actor, queues: &[Queue], now: Moment) -> Outcome<Vec<i64>> {
    access::require(actor, &READERS)?;
    queues.iter().map(|queue| Ok(grant_queues::count(conn, (*queue, actor.person), now.paris_date())?)).collect()
}

//! Which grants wait for something, each kind of waiting a queue.

use super::{
    Conn, StoreError,
    grants::GrantFile,
    recusals::hidden_from,
    schema::{
        amendments, applications, calls, disbursements, funds, grant_pieces, grants, organisations, recoveries, reports,
    },
};
use crate::domain::{
    disbursements::PieceOutcome,
    ids::{GrantId, PersonId},
    lifecycles::{
        amendments::AmendmentState,
        disbursements::DisbursementState,
        grants::GrantState,
        recoveries::RecoveryState,
        reports::{REPORTING, ReportState, WITH_AUTHOR},
    },
    reports::ReportKind,
};
use chrono::NaiveDate;
use diesel::{
    dsl::{exists, not, sql},
    prelude::*,
    sql_types::{Bool, Date},
};

/// What a grant waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Everything, whatever it waits for.
    All,
    /// The offer is past its date without an answer.
    Unanswered,
    /// The agreement is to be sent.
    ToSend,
    /// The holder has signed, the house has not.
    ToCountersign,
    /// An agreement or an amendment should have been signed by both.
    SignaturesLate,
    /// A report is to be read.
    ReportsFiled,
    /// A paper that a payment waits for is to be read, or was refused by the antivirus.
    PiecesGiven,
    /// A report is late.
    ReportsLate,
    /// An amendment is asked for.
    AmendmentsAsked,
    /// The final report is judged, and nothing is owed or under way: the closing may start or end.
    ReadyToClose,
    Suspended,
}

/// Lives of grants in which an agreement or an amendment is to be signed.
const SIGNED_IN: [GrantState; 4] =
    [GrantState::Accepted, GrantState::AgreementSent, GrantState::Active, GrantState::Suspended];

macro_rules! waiting {
    ($rows:expr, $queue:expr, $today:expr) => {{
        let rows = $rows;
        match $queue {
            Queue::All => rows,
            Queue::Unanswered => {
                rows.filter(grants::state.eq(GrantState::Offered).and(grants::confirm_by.assume_not_null().lt($today)))
            }
            Queue::ToSend => {
                rows.filter(grants::state.eq(GrantState::Accepted).and(grants::is_agreement_required.eq(true)))
            }
            Queue::ToCountersign => rows.filter(
                grants::state
                    .eq(GrantState::AgreementSent)
                    .and(grants::holder_signed_at.is_not_null())
                    .and(grants::issuer_signed_at.is_null()),
            ),
            Queue::SignaturesLate => rows.filter(grants::state.eq_any(SIGNED_IN)).filter(
                sql::<Bool>(
                    "(grants.id IN (SELECT p.grant_id FROM signing_papers p WHERE p.grant_id IN (
                         SELECT g.id FROM grants g WHERE g.state = 'agreement_sent'
                         UNION ALL SELECT a.grant_id FROM amendments a WHERE a.state = 'to_sign')
                       AND p.replaced_at IS NULL
                       AND (SELECT COUNT(*) FROM paper_signatures q WHERE q.document_id = p.document_id) < 2
                       AND p.sign_by < ",
                )
                .bind::<Date, _>($today)
                .sql("))"),
            ),
            // From what waits to its grant: few things wait, whatever the number of grants.
            Queue::ReportsFiled => rows
                .filter(grants::id.eq_any(
                    reports::table.filter(reports::state.eq(ReportState::Submitted)).select(reports::grant_id),
                )),
            Queue::PiecesGiven => rows
                .filter(grants::state.ne_all([GrantState::Closed, GrantState::Declined, GrantState::Terminated]))
                .filter(
                    grants::id.eq_any(
                        grant_pieces::table
                            .filter(grant_pieces::outcome.eq_any([PieceOutcome::Provided, PieceOutcome::Infected]))
                            .select(grant_pieces::grant_id),
                    ),
                ),
            Queue::ReportsLate => rows.filter(grants::state.eq_any(REPORTING)).filter(
                grants::id.eq_any(
                    reports::table
                        .filter(reports::state.eq_any(WITH_AUTHOR))
                        .filter(reports::due_on.lt($today))
                        .select(reports::grant_id),
                ),
            ),
            Queue::AmendmentsAsked => rows.filter(
                grants::id.eq_any(
                    amendments::table
                        .filter(amendments::state.eq_any([AmendmentState::Requested, AmendmentState::ToSign]))
                        .select(amendments::grant_id),
                ),
            ),
            Queue::ReadyToClose => rows
                .filter(grants::state.eq_any([GrantState::Active, GrantState::Closing]))
                .filter(exists(
                    reports::table
                        .filter(reports::grant_id.eq(grants::id))
                        .filter(reports::kind.eq(ReportKind::Final))
                        .filter(reports::state.eq_any([ReportState::Accepted, ReportState::Waived])),
                ))
                .filter(not(exists(
                    disbursements::table
                        .filter(disbursements::grant_id.eq(grants::id))
                        .filter(disbursements::state.eq_any(UNDER_WAY)),
                )))
                .filter(not(exists(
                    recoveries::table
                        .filter(recoveries::grant_id.eq(grants::id))
                        .filter(recoveries::state.eq(RecoveryState::Requested)),
                ))),
            Queue::Suspended => rows.filter(grants::state.eq(GrantState::Suspended)),
        }
    }};
}

const UNDER_WAY: [DisbursementState; 4] =
    [DisbursementState::Authorised, DisbursementState::InRun, DisbursementState::Returned, DisbursementState::Withheld];

/// The grants of a queue before `key` (their identifier), newest first; none that is hidden from `reader`.
pub fn page(
    conn: &mut Conn,
    (queue, reader): (Queue, Option<PersonId>),
    today: NaiveDate,
    key: Option<GrantId>,
    limit: i64,
) -> Result<Vec<GrantFile>, StoreError> {
    let rows = grants::table
        .inner_join(applications::table)
        .inner_join(organisations::table)
        .inner_join(calls::table.inner_join(funds::table))
        .order(grants::id.desc())
        .limit(limit)
        .select(GrantFile::as_select())
        .into_boxed();
    let mut rows = waiting!(rows, queue, today);
    if let Some(reader) = reader {
        rows = rows.filter(grants::application_id.ne_all(hidden_from(reader)));
    }
    if let Some(key) = key {
        rows = rows.filter(grants::id.lt(key));
    }
    Ok(rows.load(conn)?)
}

/// How many grants a queue has for `reader`.
pub fn count(conn: &mut Conn, (queue, reader): (Queue, Option<PersonId>), today: NaiveDate) -> Result<i64, StoreError> {
    let mut rows = grants::table.select(diesel::dsl::count_star()).into_boxed();
    if let Some(reader) = reader {
        rows = rows.filter(grants::application_id.ne_all(hidden_from(reader)));
    }
    Ok(waiting!(rows, queue, today).first(conn)?)
}

//! The disbursements that have still to leave, each with what it waits for, and the cash of each month. The same questions
//! tell, filter and count, so that a page cannot disagree with its filters.

use super::{Conn, StoreError};
use crate::domain::{
    blockers::{Blocker, Turn},
    holidays::bank_day,
    ids::{CallId, DisbursementId, FundingSourceId, PersonId, RecoveryId},
    journal::Stage,
    lifecycles::{donations::DonationState, recoveries::RecoveryState},
    money::Euros,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text, Timestamp},
};

/// When each thing stands in the way of the disbursement `d` of the grant `g`: what `usecases::disbursements` judges one
/// by one. `$1` is today, `$2` this instant; the order is that in which SQLite first meets them.
const BEFORE_A_RUN: &[(Blocker, &str)] = &[
    (Blocker::Date, "d.conditions LIKE '[{\"date_reached\":%' AND SUBSTR(d.conditions, 19, 10) > $1"),
    (
        Blocker::AgreementToSend,
        "d.conditions LIKE '%agreement_settled%' AND g.is_agreement_required AND g.state = 'accepted'",
    ),
    (
        Blocker::HolderSignature,
        "d.conditions LIKE '%agreement_settled%' AND g.is_agreement_required AND g.state <> 'accepted'
         AND g.holder_signed_at IS NULL",
    ),
    (
        Blocker::IssuerSignature,
        "d.conditions LIKE '%agreement_settled%' AND g.is_agreement_required AND g.state <> 'accepted'
         AND g.holder_signed_at IS NOT NULL AND g.issuer_signed_at IS NULL",
    ),
    (
        Blocker::ReportToFile,
        "d.conditions LIKE '%\"report_accepted\"%' AND NOT EXISTS (SELECT 1 FROM reports p
          WHERE p.grant_id = g.id AND p.state IN ('submitted', 'accepted', 'waived')
            AND d.conditions LIKE ('%\"report_accepted\":\"' || p.kind || '\"%'))",
    ),
    (
        Blocker::ReportToRead,
        // Nothing is added to the state, so that SQLite finds the reports by their grant even before rows were counted.
        "EXISTS (SELECT 1 FROM reports p WHERE p.grant_id = g.id AND p.state || '' = 'submitted'
            AND d.conditions LIKE ('%\"report_accepted\":\"' || p.kind || '\"%'))",
    ),
    (
        Blocker::PieceToProvide,
        "d.conditions LIKE '%\"piece_accepted\"%' AND NOT EXISTS (SELECT 1 FROM grant_pieces q
          WHERE q.grant_id = g.id AND q.outcome IN ('provided', 'accepted', 'infected')
            AND d.conditions LIKE ('%\"code\":\"' || q.code || '\"%'))",
    ),
    (
        Blocker::PieceToJudge,
        "EXISTS (SELECT 1 FROM grant_pieces q WHERE q.grant_id = g.id AND q.outcome = 'provided'
            AND d.conditions LIKE ('%\"code\":\"' || q.code || '\"%'))",
    ),
    (
        Blocker::PieceInfected,
        "EXISTS (SELECT 1 FROM grant_pieces q WHERE q.grant_id = g.id AND q.outcome = 'infected'
            AND d.conditions LIKE ('%\"code\":\"' || q.code || '\"%'))",
    ),
    (
        Blocker::RibMissing,
        "NOT EXISTS (SELECT 1 FROM bank_accounts b WHERE b.organisation_id = g.organisation_id AND b.state <> 'closed')",
    ),
    (
        Blocker::RibQuarantined,
        "EXISTS (SELECT 1 FROM bank_accounts b WHERE b.organisation_id = g.organisation_id
          AND b.state NOT IN ('closed', 'verified') AND b.quarantined_until > $2)",
    ),
    (
        Blocker::RibToVerify,
        "EXISTS (SELECT 1 FROM bank_accounts b WHERE b.organisation_id = g.organisation_id
          AND b.state NOT IN ('closed', 'verified') AND (b.quarantined_until IS NULL OR b.quarantined_until <= $2))",
    ),
    (
        Blocker::SiretMissing,
        "o.siret IS NULL AND o.country_code IN ('FR', 'BL', 'GF', 'GP', 'MF', 'MQ', 'PM', 'RE', 'YT')",
    ),
    (Blocker::Suspended, "g.state = 'suspended'"),
    (Blocker::Withheld, "d.state = 'withheld'"),
    (Blocker::Returned, "d.state = 'returned'"),
];

/// The same once it is in a run `r`.
const IN_A_RUN: &[(Blocker, &str)] = &[
    (Blocker::RunToApprove, "r.state = 'open'"),
    (Blocker::RunToExport, "r.state = 'approved'"),
    (Blocker::BankToTell, "r.state NOT IN ('open', 'approved')"),
];

/// The days on which a source pays, where it refuses every other one; both are among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayingDays {
    pub source: FundingSourceId,
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl PayingDays {
    fn has(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.until
    }
}

/// When a part of the disbursement `d` comes from a source that does not pay on a day, in words of SQL.
fn refused_on(day: &str, strict: &[PayingDays]) -> String {
    let outside = |one: &PayingDays| {
        let PayingDays { source, from, until } = one;
        format!("(z.funding_source_id = '{source}' AND {day} NOT BETWEEN '{from}' AND '{until}')")
    };
    let any: Vec<String> = strict.iter().map(outside).collect();
    format!(
        "EXISTS (SELECT 1 FROM disbursement_splits z WHERE z.disbursement_id = d.id AND z.amount_cents > 0 AND ({}))",
        any.join(" OR ")
    )
}

/// The day on which a run `r` leaves whose file is still to be made: a bank refuses a day that is over.
fn day_of_run(today: NaiveDate) -> String {
    let late = bank_day(today);
    format!("(CASE WHEN CAST(r.execution_on AS TEXT) < $1 THEN '{late}' ELSE CAST(r.execution_on AS TEXT) END)")
}

/// The disbursements to leave as `t`: what they wait for as codes, each with a space behind it. `$3` is a call or nothing,
/// `$4` the reader, from whom files may be hidden.
fn to_leave(wanted: &Wanted) -> String {
    let case = |(blocker, holds): &(Blocker, &str), state: &str| {
        format!("CASE WHEN d.state {state} 'in_run' AND ({holds}) THEN '{} ' ELSE '' END", blocker.code())
    };
    let before = BEFORE_A_RUN.iter().map(|one| case(one, "<>"));
    let mut codes: Vec<String> = before.chain(IN_A_RUN.iter().map(|one| case(one, "="))).collect();
    let today = wanted.now.paris_date();
    let refusing: Vec<PayingDays> = wanted.strict.iter().filter(|one| !one.has(today)).cloned().collect();
    if !refusing.is_empty() {
        let holds = refused_on("$1", &refusing);
        codes.push(case(&(Blocker::OutsideDays, holds.as_str()), "<>"));
    }
    if !wanted.strict.is_empty() {
        let holds = format!("r.state IN ('open', 'approved') AND {}", refused_on(&day_of_run(today), &wanted.strict));
        codes.push(case(&(Blocker::OutsideDays, holds.as_str()), "="));
    }
    format!(
        "(SELECT s.id, s.state, s.due, s.amount_cents, s.execution, CASE WHEN s.blockers <> '' THEN s.blockers
                WHEN s.state = 'planned' THEN '{} ' ELSE '{} ' END AS blockers
          FROM (SELECT d.id, d.state, d.amount_cents, COALESCE(CAST(d.due_on AS TEXT), '9999-12-31') AS due,
                  CAST(r.execution_on AS TEXT) AS execution, {} AS blockers
                FROM disbursements d JOIN grants g ON g.id = d.grant_id
                JOIN organisations o ON o.id = g.organisation_id LEFT JOIN payment_runs r ON r.id = d.payment_run_id
                WHERE d.state IN ('planned', 'authorised', 'in_run', 'returned', 'withheld')
                  AND ($3 = '' OR d.call_id = $3) AND NOT EXISTS (SELECT 1 FROM recusals x
                    WHERE x.person_id = $4 AND x.application_id = g.application_id)) s) t",
        Blocker::ToAuthorise.code(),
        Blocker::ToPutInRun.code(),
        codes.join(" || ")
    )
}

/// Which disbursements are asked for, by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub call: Option<CallId>,
    pub blocker: Option<Blocker>,
    /// Who must act on one thing at least.
    pub turn: Option<Turn>,
    /// Who reads: what is hidden from them is left out.
    pub reader: Option<PersonId>,
    /// The sources that pay on some days alone.
    pub strict: Vec<PayingDays>,
    pub now: Moment,
}

impl Wanted {
    fn today(&self) -> String {
        self.now.paris_date().to_string()
    }

    fn call(&self) -> String {
        self.call.map(|id| id.to_string()).unwrap_or_default()
    }

    fn reader(&self) -> String {
        self.reader.map(|id| id.to_string()).unwrap_or_default()
    }
}

/// One disbursement that has still to leave: the day it is expected (the last day of all when none is), and the codes of
/// what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Payable {
    #[diesel(sql_type = Text)]
    pub id: DisbursementId,
    #[diesel(sql_type = Text)]
    pub due: String,
    #[diesel(sql_type = Text)]
    pub blockers: String,
}

/// What narrows a list to the disbursements on which somebody must act.
fn waits_for(turn: Option<Turn>) -> String {
    let Some(turn) = turn else { return String::new() };
    let theirs = Blocker::ALL.iter().filter(|blocker| blocker.turn() == turn);
    let any: Vec<String> = theirs.map(|blocker| format!("(' ' || t.blockers) LIKE '% {} %'", blocker.code())).collect();
    format!("AND ({})", any.join(" OR "))
}

/// The disbursements after a key (the day and the identifier of the last one shown), the soonest first.
pub fn page(conn: &mut Conn, wanted: &Wanted, (due, id): (&str, &str), limit: i64) -> Result<Vec<Payable>, StoreError> {
    let sql = format!(
        "SELECT t.id, t.due, t.blockers FROM {}
         WHERE ($5 = '' OR (' ' || t.blockers) LIKE ('% ' || $5 || ' %')) AND (t.due > $6 OR (t.due = $6 AND t.id > $7))
         {} ORDER BY t.due, t.id LIMIT {limit}",
        to_leave(wanted),
        waits_for(wanted.turn)
    );
    let blocker = wanted.blocker.map_or("", Blocker::code);
    let query = sql_query(sql).bind::<Text, _>(wanted.today()).bind::<Timestamp, _>(wanted.now);
    let query = query.bind::<Text, _>(wanted.call()).bind::<Text, _>(wanted.reader()).bind::<Text, _>(blocker);
    let query = query.bind::<Text, _>(due).bind::<Text, _>(id);
    Ok(on!(conn, |conn| query.load(conn))?)
}

/// What one disbursement waits for, as codes; nothing once it has left or is hidden from the reader.
pub fn of_one(conn: &mut Conn, wanted: &Wanted, id: DisbursementId) -> Result<Option<Payable>, StoreError> {
    let sql = format!("SELECT t.id, t.due, t.blockers FROM {} WHERE t.id = $5", to_leave(wanted));
    let query = sql_query(sql).bind::<Text, _>(wanted.today()).bind::<Timestamp, _>(wanted.now);
    let query = query.bind::<Text, _>(wanted.call()).bind::<Text, _>(wanted.reader()).bind::<Text, _>(id.to_string());
    let found: Vec<Payable> = on!(conn, |conn| query.load(conn))?;
    Ok(found.into_iter().next())
}

#[derive(QueryableByName)]
struct Group {
    #[diesel(sql_type = Text)]
    blockers: String,
    #[diesel(sql_type = BigInt)]
    n: i64,
    #[diesel(sql_type = BigInt)]
    cents: i64,
}

/// How many disbursements wait for the same things, and what they add up to; whatever blocker is asked for.
pub fn counts(conn: &mut Conn, wanted: &Wanted) -> Result<Vec<(String, i64, Euros)>, StoreError> {
    let sql = format!(
        "SELECT t.blockers, CAST(COUNT(*) AS BIGINT) AS n, CAST(SUM(t.amount_cents) AS BIGINT) AS cents FROM {}
         GROUP BY t.blockers ORDER BY t.blockers",
        to_leave(wanted)
    );
    let query = sql_query(sql).bind::<Text, _>(wanted.today()).bind::<Timestamp, _>(wanted.now);
    let query = query.bind::<Text, _>(wanted.call()).bind::<Text, _>(wanted.reader());
    let found: Vec<Group> = on!(conn, |conn| query.load(conn))?;
    Ok(found.into_iter().map(|row| (row.blockers, row.n, Euros::from_cents(row.cents))).collect())
}

/// What moves on one funding source in one month (`2027-04`; `9999-12` when no day is known), by its step: what leaves is
/// paid, in a run, due, or planned; what comes in is received, returned by a grantee, asked back of one, awaited, or late.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Monthly {
    #[diesel(sql_type = Text)]
    pub source: FundingSourceId,
    #[diesel(sql_type = Text)]
    pub month: String,
    #[diesel(sql_type = Text)]
    pub step: String,
    #[diesel(sql_type = BigInt)]
    cents: i64,
}

impl Monthly {
    /// How much.
    pub fn amount(&self) -> Euros {
        Euros::from_cents(self.cents)
    }
}

/// What leaves and left, by source, month and step. What is paid counts on the day of the bank's operation, what is in a
/// run on the day it is to be executed, the rest on the day it is expected.
pub fn by_month(conn: &mut Conn, wanted: &Wanted) -> Result<Vec<Monthly>, StoreError> {
    let sql = format!(
        "SELECT m.source, m.month, m.step, CAST(SUM(m.cents) AS BIGINT) AS cents FROM (
           SELECT f.funding_source_id AS source, f.amount_cents AS cents,
             SUBSTR(CASE WHEN t.state = 'in_run' THEN COALESCE(t.execution, t.due) ELSE t.due END, 1, 7) AS month,
             CASE WHEN t.state = 'in_run' THEN 'in_run'
                  WHEN t.state = 'authorised' OR t.blockers = '{} ' THEN 'due' ELSE 'planned' END AS step
           FROM {} JOIN disbursement_splits f ON f.disbursement_id = t.id
           UNION ALL
           SELECT f.funding_source_id, f.amount_cents,
             SUBSTR(COALESCE(CAST(d.paid_on AS TEXT), '9999-12-31'), 1, 7), 'paid'
           FROM disbursements d JOIN grants g ON g.id = d.grant_id
           JOIN disbursement_splits f ON f.disbursement_id = d.id
           WHERE d.state = 'paid' AND ($3 = '' OR d.call_id = $3) AND NOT EXISTS (SELECT 1 FROM recusals x
             WHERE x.person_id = $4 AND x.application_id = g.application_id)) m
         GROUP BY m.source, m.month, m.step ORDER BY m.source, m.month, m.step",
        Blocker::ToAuthorise.code(),
        to_leave(wanted)
    );
    let query = sql_query(sql).bind::<Text, _>(wanted.today()).bind::<Timestamp, _>(wanted.now);
    let query = query.bind::<Text, _>(wanted.call()).bind::<Text, _>(wanted.reader());
    Ok(on!(conn, |conn| query.load(conn))?)
}

/// What comes in and came in, by source, month and step: instalments of funders on the day of the bank, or on the day they
/// are expected; donations; what grantees paid back, on the day of the bank or, where it was kept back from a payment, on
/// that day, unless that payment left no more.
pub fn coming_by_month(conn: &mut Conn, wanted: &Wanted) -> Result<Vec<Monthly>, StoreError> {
    // SQLite follows cross joins in their order, from the few recoveries to the journal.
    let sql = format!(
        "SELECT m.source, m.month, m.step, CAST(SUM(m.cents) AS BIGINT) AS cents FROM (
           SELECT i.funding_source_id AS source, SUBSTR(CAST(COALESCE(i.received_on, i.expected_on) AS TEXT), 1, 7) AS month,
             CASE WHEN i.received_on IS NOT NULL THEN 'received'
                  WHEN CAST(i.expected_on AS TEXT) < $1 THEN 'late' ELSE 'awaited' END AS step,
             CASE WHEN i.received_on IS NOT NULL THEN COALESCE(i.received_cents, 0) ELSE i.expected_cents END AS cents
           FROM source_instalments i
           UNION ALL
           SELECT d.funding_source_id, SUBSTR(CAST(d.given_on AS TEXT), 1, 7), 'received', d.amount_cents
           FROM donations d WHERE d.state <> '{}'
           UNION ALL
           SELECT a.funding_source_id, SUBSTR(COALESCE(CAST(r.received_on AS TEXT), CAST(t.at AS TEXT)), 1, 7), 'returned',
             t.amount_cents
           FROM recoveries r CROSS JOIN grants g CROSS JOIN accounts a CROSS JOIN transfers t CROSS JOIN transitions h
           WHERE g.id = r.grant_id AND a.grant_id = g.id AND a.stage = '{}' AND t.to_account = a.id
             AND h.seq = t.transition_seq AND h.subject_id = r.id
             AND NOT EXISTS (SELECT 1 FROM transfers u WHERE u.from_account = a.id AND u.reverses_seq = t.seq)
             AND NOT EXISTS (SELECT 1 FROM recusals x
             WHERE x.person_id = $2 AND x.application_id = g.application_id)) m
         GROUP BY m.source, m.month, m.step ORDER BY m.source, m.month, m.step",
        DonationState::Cancelled.code(),
        Stage::Recovered.code()
    );
    let query = sql_query(sql).bind::<Text, _>(wanted.today()).bind::<Text, _>(wanted.reader());
    Ok(on!(conn, |conn| query.load(conn))?)
}

/// One source of a call of whose grant something is asked back: when that is due, how much it is in all, and what the source
/// has paid of the grant.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct AskedBack {
    #[diesel(sql_type = Text)]
    pub recovery: RecoveryId,
    #[diesel(sql_type = Text)]
    pub source: FundingSourceId,
    #[diesel(sql_type = Text)]
    month: String,
    #[diesel(sql_type = BigInt)]
    asked_cents: i64,
    #[diesel(sql_type = BigInt)]
    paid_cents: i64,
}

impl AskedBack {
    /// What is asked back of the grant, from whatever source it was paid.
    pub fn asked(&self) -> Euros {
        Euros::from_cents(self.asked_cents)
    }

    /// What the source has paid of the grant and has not had back.
    pub fn paid(&self) -> Euros {
        Euros::from_cents(self.paid_cents)
    }

    /// So much of it, as what comes in for the source in the month in which it is due.
    pub fn coming(&self, amount: Euros) -> Monthly {
        Monthly { source: self.source, month: self.month.clone(), step: "asked_back".into(), cents: amount.cents() }
    }
}

/// What is asked back and has not come: for each recovery every source of its call, in the order of the call.
pub fn asked_back(conn: &mut Conn, wanted: &Wanted) -> Result<Vec<AskedBack>, StoreError> {
    // The source is not compared as it is, so that SQLite finds the accounts by their grant even before rows were counted.
    let sql = format!(
        "SELECT r.id AS recovery, c.funding_source_id AS source, SUBSTR(CAST(r.due_on AS TEXT), 1, 7) AS month,
           r.amount_cents AS asked_cents, CAST(COALESCE((SELECT SUM(k.into_cents - k.out_cents)
             FROM accounts a JOIN account_days k ON k.account_id = a.id
             WHERE a.grant_id = g.id AND a.stage = '{}' AND a.funding_source_id || '' = c.funding_source_id), 0) AS BIGINT)
             AS paid_cents
         FROM recoveries r JOIN grants g ON g.id = r.grant_id JOIN call_sources c ON c.call_id = g.call_id
         WHERE r.state = '{}' AND NOT EXISTS (SELECT 1 FROM recusals x
           WHERE x.person_id = $1 AND x.application_id = g.application_id)
         ORDER BY r.id, c.position",
        Stage::Paid.code(),
        RecoveryState::Requested.code()
    );
    let query = sql_query(sql).bind::<Text, _>(wanted.reader());
    Ok(on!(conn, |conn| query.load(conn))?)
}

//! Questions to the database whose every answer is a broken promise: what must always hold, asked set by set.

use super::{Conn, SharedText, StoreError, states};
use crate::domain::lifecycle::Machine;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};

mod duty_probes;
mod kept_probes;
mod probes;
pub use duty_probes::{AFTER_RECUSALS, DUTIES, EARLIER, SUBMISSIONS};
pub use kept_probes::{CLAIMS, HEADS, RUN_LINES};
pub use probes::{
    ACCOUNTING, DAYS, DONATIONS, ENVELOPES, JOURNAL, LIVE_APPLICATIONS, MESSAGES, PATHS, PAYEES, PAYMENTS, RECUSALS,
    REPORTS, SEALS, STATEMENTS, SUMS, THREADS,
};

/// How many broken rows of one probe are told in words.
const TOLD: i64 = 5;

/// One question: `checked` counts what it looks at (column `n`), `broken` gives `subject` and `detail` of each row
/// that breaks the promise.
#[derive(Debug, Clone, Copy)]
pub struct Probe {
    pub checked: &'static str,
    pub broken: &'static str,
}

/// What a probe found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub checked: i64,
    pub broken: i64,
    /// The first few broken rows, in words.
    pub examples: Vec<String>,
}

impl Tally {
    /// Adds what another probe of the same promise found.
    pub fn add(&mut self, other: Tally) {
        self.checked += other.checked;
        self.broken += other.broken;
        self.examples.extend(other.examples);
    }

    /// Counts one broken thing, and tells it if few were told before.
    pub fn blame(&mut self, subject: impl std::fmt::Display, detail: impl std::fmt::Display) {
        self.broken += 1;
        if self.broken <= TOLD {
            self.examples.push(format!("{subject}: {detail}"));
        }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Asks one question.
pub fn ask(conn: &mut Conn, probe: &Probe) -> Result<Tally, StoreError> {
    ask_sql(conn, probe.checked, probe.broken)
}

fn count(conn: &mut Conn, sql: &str) -> Result<i64, StoreError> {
    Ok(on!(conn, |conn| sql_query(format!("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM {sql}"))
        .get_result::<Count>(conn))?
    .n)
}

fn ask_sql(conn: &mut Conn, checked: &str, broken: &str) -> Result<Tally, StoreError> {
    let mut tally = Tally { checked: count(conn, checked)?, ..Tally::default() };
    let first = sql_query(format!("SELECT subject, detail FROM ({broken}) found ORDER BY subject LIMIT {}", TOLD + 1));
    let found: Vec<Finding> = on!(conn, |conn| first.load(conn))?;
    if found.len() as i64 > TOLD {
        tally.broken = count(conn, &format!("({broken}) found"))?;
    } else {
        tally.broken = found.len() as i64;
    }
    tally.examples = found.into_iter().map(|found| format!("{}: {}", found.subject, found.detail)).collect();
    tally.examples.truncate(TOLD as usize);
    Ok(tally)
}

/// Objects of a machine whose state is not the last line of their history, or that moved without a line.
pub fn standings(conn: &mut Conn, machine: Machine) -> Result<Tally, StoreError> {
    let table = states::table(machine);
    let broken = format!(
        "SELECT o.id AS subject, '{machine} is ' || o.state || ', its history says ' || COALESCE(t.to_state, 'nothing')
           AS detail
         FROM (SELECT id, state, version,
                 (SELECT MAX(seq) FROM transitions WHERE subject_id = {table}.id) AS last,
                 (SELECT COUNT(*) FROM transitions WHERE subject_id = {table}.id) AS moves
               FROM {table}) o
         LEFT JOIN transitions t ON t.seq = o.last
         WHERE t.seq IS NULL OR t.machine <> '{machine}' OR t.to_state <> o.state OR o.moves <> o.version + 1"
    );
    ask_sql(conn, table, &broken)
}

#[derive(QueryableByName)]
struct State {
    #[diesel(sql_type = Text)]
    state: String,
}

/// The states in which there are objects of a machine.
pub fn states(conn: &mut Conn, machine: Machine) -> Result<Vec<String>, StoreError> {
    let sql = format!("SELECT DISTINCT state FROM {} ORDER BY state", states::table(machine));
    Ok(on!(conn, |conn| sql_query(sql).load::<State>(conn))?.into_iter().map(|row| row.state).collect())
}

#[derive(QueryableByName)]
struct Edge {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    to_state: String,
    #[diesel(sql_type = Text)]
    roles: String,
}

/// The lifecycle tables as the database holds them: key, state reached, roles.
pub fn edges(conn: &mut Conn) -> Result<Vec<(String, String, String)>, StoreError> {
    let edges: Vec<Edge> =
        on!(conn, |conn| sql_query("SELECT id, to_state, roles FROM lifecycle_edges ORDER BY id").load(conn))?;
    Ok(edges.into_iter().map(|edge| (edge.id, edge.to_state, edge.roles)).collect())
}

/// A settled grant whose payments, less what comes back, are not the smaller of the award and its part of the cost
/// accepted. Whether that is allowed is for the call's definition to say.
#[derive(Debug, Clone, QueryableByName)]
pub struct Imbalance {
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// The JSON of the call's definition.
    #[diesel(sql_type = Text)]
    pub settings: SharedText,
    #[diesel(sql_type = BigInt)]
    pub award_cents: i64,
    #[diesel(sql_type = BigInt)]
    pub owed_cents: i64,
    #[diesel(sql_type = BigInt)]
    pub paid_cents: i64,
    #[diesel(sql_type = BigInt)]
    pub back_cents: i64,
}

/// Whether the amount of a grant `g` was amended: what the committee decided is then not its award any more.
const AMENDED: &str = "EXISTS (SELECT 1 FROM amendments m
    WHERE m.grant_id = g.id AND m.kind = 'amount' AND m.state = 'approved')";

/// Grants that an accepted cost has settled. One whose amount was amended tells its award of that moment by its balance.
fn settled() -> String {
    format!(
        "grants g WHERE g.state IN ('closing', 'closed') AND g.accepted_cost_cents IS NOT NULL
           AND (NOT {AMENDED} OR EXISTS (SELECT 1 FROM balances b WHERE b.grant_id = g.id))"
    )
}

/// How many grants are settled, and those whose sums do not meet.
pub fn imbalances(conn: &mut Conn) -> Result<(i64, Vec<Imbalance>), StoreError> {
    let settled = settled();
    let sql = format!(
        "SELECT s.reference, c.settings, s.award_cents, s.owed_cents, s.paid_cents, s.back_cents
         FROM (SELECT g.reference, g.call_id, g.award_cents,
                 CASE WHEN g.award_cents < g.share_cents THEN g.award_cents ELSE g.share_cents END AS owed_cents,
                 CAST(COALESCE((SELECT SUM(d.amount_cents) FROM disbursements d
                   WHERE d.grant_id = g.id AND d.state <> 'cancelled'), 0) AS BIGINT) AS paid_cents,
                 CAST(COALESCE((SELECT SUM(r.amount_cents) FROM recoveries r
                   WHERE r.grant_id = g.id), 0) AS BIGINT) AS back_cents
               FROM (SELECT g.id, g.reference, g.call_id, g.accepted_cost_cents * g.rate_points / 10000 AS share_cents,
                       COALESCE(CASE WHEN {AMENDED}
                         THEN (SELECT b.award_cents FROM balances b WHERE b.grant_id = g.id)
                         ELSE (SELECT a.decided_cents FROM applications a WHERE a.id = g.application_id) END, 0)
                         AS award_cents
                     FROM {settled}) g) s
         JOIN calls c ON c.id = s.call_id
         WHERE s.owed_cents <> s.paid_cents - s.back_cents ORDER BY s.reference"
    );
    Ok((count(conn, &settled)?, on!(conn, |conn| sql_query(sql).load(conn))?))
}

/// The bank files: run, recorded digest of what is kept, what is kept.
pub fn payment_files(conn: &mut Conn) -> Result<Vec<(String, String, String)>, StoreError> {
    use super::schema::payment_files::dsl;
    use diesel::{ExpressionMethods, QueryDsl};
    // One without a digest still holds its numbers, which another promise tells.
    let rows = dsl::payment_files.filter(dsl::kept_sha256.ne(""));
    Ok(on!(conn, |conn| rows.select((dsl::payment_run_id, dsl::kept_sha256, dsl::content)).load(conn))?)
}

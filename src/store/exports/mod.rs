//! Rows that leave the house, call by call and chunk by chunk: each call is read along an index from the last key on,
//! and what surrounds a chunk is looked up for the whole chunk at once.

mod applications;
mod disbursements;
mod grants;

pub use applications::{
    ApplicationLine, OrganisationLine, answers, applications, applications_of, marks, organisations_of,
    planned_expenses,
};
pub use disbursements::{AccountLine, DisbursementLine, accounts_of, disbursements, run_references, splits_between};
pub use grants::{GrantLine, announced_at, final_reports_due, grants, grants_of, lying};

use super::{
    Conn, StoreError,
    schema::{application_tags, calls, funders, funding_sources, funds},
};
use crate::domain::{
    decisions::{DecisionPace, is_announced},
    ids::{ApplicationId, CallId, FundingSourceId},
    lifecycles::calls::CallState,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// A call and its fund, as every row of it says them.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct CallOrigin {
    pub id: CallId,
    pub state: CallState,
    pub decision_pace: DecisionPace,
    pub opens_at: Moment,
    pub reference: String,
    pub title: String,
    pub revision: i32,
    pub fund_code: String,
    pub fund_name: String,
}

impl CallOrigin {
    /// The title with the reference: calls of one year may bear the same title.
    pub fn named(&self) -> String {
        format!("{} ({})", self.title, self.reference)
    }

    /// Whether a decision on its files is told to their people.
    pub fn is_announced(&self) -> bool {
        is_announced(self.state, self.decision_pace)
    }
}

/// Days in Paris, both included; an absent bound does not bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// The calls of one fund or of all, by fund and reference.
pub fn calls(conn: &mut Conn, fund: Option<&str>) -> Result<Vec<CallOrigin>, StoreError> {
    let columns = (
        calls::id,
        calls::state,
        calls::decision_pace,
        calls::opens_at,
        calls::reference,
        calls::title,
        calls::revision,
        funds::code,
        funds::name,
    );
    let rows = calls::table.inner_join(funds::table).order((funds::code, calls::reference)).select(columns);
    match fund {
        Some(code) => Ok(on!(conn, |conn| rows.filter(funds::code.eq(code)).load(conn))?),
        None => Ok(on!(conn, |conn| rows.load(conn))?),
    }
}

/// Every funding source: its reference and the name of its funder.
pub fn sources(conn: &mut Conn) -> Result<Vec<(FundingSourceId, String, String)>, StoreError> {
    let rows = funding_sources::table.inner_join(funders::table);
    Ok(on!(conn, |conn| rows.select((funding_sources::id, funding_sources::reference, funders::name)).load(conn))?)
}

/// The codes of one kind of tag of these applications, in order.
pub fn tags(
    conn: &mut Conn,
    kind: &str,
    applications: &[ApplicationId],
) -> Result<Vec<(ApplicationId, String)>, StoreError> {
    let rows = application_tags::table.filter(application_tags::application_id.eq_any(applications));
    let rows = rows.filter(application_tags::kind.eq(kind)).order(application_tags::code);
    Ok(on!(conn, |conn| rows.select((application_tags::application_id, application_tags::code)).load(conn))?)
}

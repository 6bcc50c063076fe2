//! The files that organisations have filed with a fund, where a call takes only so many.

use super::{
    Conn, StoreError,
    schema::{applications, calls},
};
use crate::domain::{
    ids::{ApplicationId, CallId, FundId, OrganisationId},
    lifecycles::applications::ApplicationState,
    time::Moment,
};
use diesel::prelude::*;

/// A file that was filed and counts.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct FiledLine {
    pub id: ApplicationId,
    pub organisation_id: OrganisationId,
    pub partner_organisation_id: Option<OrganisationId>,
    pub call_id: CallId,
    pub submitted_at: Option<Moment>,
}

/// The filed files of these organisations in the calls of a fund, as either half of a pair. One that was withdrawn or
/// found inadmissible gives its place back.
pub fn of_organisations(
    conn: &mut Conn,
    organisations: &[OrganisationId],
    fund: FundId,
) -> Result<Vec<FiledLine>, StoreError> {
    let without = [ApplicationState::Draft, ApplicationState::Withdrawn, ApplicationState::Ineligible];
    let of_fund = calls::table.filter(calls::fund_id.eq(fund)).select(calls::id);
    let theirs = applications::organisation_id.eq_any(organisations).or(applications::partner_organisation_id
        .is_not_null()
        .and(applications::partner_organisation_id.assume_not_null().eq_any(organisations)));
    let rows = applications::table
        .filter(applications::call_id.eq_any(of_fund))
        .filter(applications::state.ne_all(without))
        .filter(theirs);
    let columns = (
        applications::id,
        applications::organisation_id,
        applications::partner_organisation_id,
        applications::call_id,
        applications::submitted_at,
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

//! What a file's facts say about the rules of its call.

use super::{Outcome, answers::Content};
use crate::{
    domain::{
        ids::{CallId, OrganisationId},
        money::Euros,
        time::Moment,
    },
    store::{Conn, applications, funding_sources},
};

/// The rules judged not met, each a French sentence.
pub fn unmet(_: &mut Conn, _: &Content, _: Moment) -> Outcome<Vec<String>> {
    Ok(Vec::new())
}

/// What is left for this beneficiary under the lowest ceiling per third party of the call's agreements, if any has one.
pub fn beneficiary_left(conn: &mut Conn, call: CallId, organisation: OrganisationId) -> Outcome<Option<Euros>> {
    let mut left: Option<Euros> = None;
    for (source, _) in funding_sources::of_call(conn, call)? {
        if let Some(ceiling) = source.beneficiary_ceiling_cents {
            let granted = applications::granted_from(conn, organisation, source.id)?;
            let rest = ceiling - granted;
            left = Some(left.map_or(rest, |known| known.min(rest)));
        }
    }
    Ok(left)
}

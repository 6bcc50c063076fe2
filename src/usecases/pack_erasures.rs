//! What is erased goes from the evidence packs made before too: numbers, amounts and days stay, the archive is made anew
//! and says what was taken out.

use super::Outcome;
use crate::{
    domain::{
        evidence_packs::{Evidence, Going},
        ids::{ApplicationId, EvidencePackId, GrantId, OrganisationId},
        time::Moment,
    },
    store::{
        Conn, Tx, evidence_packs as packs, grants,
        pack_erasures::{self as rows, PackErasureRow},
    },
};

/// Packs looked at in one go.
const AT_ONCE: i64 = 25;

/// Names that stand in place of what goes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Names<'a> {
    /// Of the beneficiary, where it goes.
    pub beneficiary: Option<&'a str>,
    /// Of the project, where it goes.
    pub project: Option<&'a str>,
}

/// Takes what is erased of an application out of every pack.
pub(super) fn forget_application(tx: &mut Tx, id: ApplicationId, names: Names<'_>, now: Moment) -> Outcome<()> {
    match grants::of_application(tx.conn(), id)? {
        Some(grant) => forget_grant(tx, grant.id, names, now),
        None => Ok(()),
    }
}

/// Takes an organisation out of every pack, under the name that stands in its place.
pub(super) fn forget_organisation(tx: &mut Tx, id: OrganisationId, name: &str, now: Moment) -> Outcome<()> {
    for grant in rows::grants_of(tx.conn(), id)? {
        forget_grant(tx, grant, Names { beneficiary: Some(name), project: None }, now)?;
    }
    Ok(())
}

fn forget_grant(tx: &mut Tx, grant: GrantId, names: Names<'_>, now: Moment) -> Outcome<()> {
    for pack in rows::of_grant(tx.conn(), grant)? {
        forget(tx, (pack, grant), names, now)?;
    }
    Ok(())
}

/// Packs that were made before an erasure and still say what went, so many of them after this one, by identifier.
pub fn left_over(conn: &mut Conn, last: Option<EvidencePackId>, _now: Moment) -> Outcome<Vec<EvidencePackId>> {
    Ok(rows::left_over(conn, last, AT_ONCE)?)
}

/// Takes out of one of them what it still says.
pub fn catch_up(tx: &mut Tx, pack: EvidencePackId, now: Moment) -> Outcome<()> {
    for grant in rows::left_over_in(tx.conn(), pack)? {
        forget(tx, (pack, grant), Names::default(), now)?;
    }
    Ok(())
}

fn forget(tx: &mut Tx, (pack, grant): (EvidencePackId, GrantId), names: Names<'_>, now: Moment) -> Outcome<()> {
    let row = packs::find(tx.conn(), pack, None)?;
    let is_nameless = names.beneficiary.is_some();
    if rows::is_known(tx.conn(), pack, grant, is_nameless)? {
        return Ok(());
    }
    rows::append(tx, &PackErasureRow { pack_id: pack, grant_id: grant, is_nameless, erased_at: now })?;
    let Some(facts) = row.facts else { return Ok(()) };
    let mut evidence: Evidence = serde_json::from_str(&facts)?;
    let papers = evidence.grants.iter().filter(|facts| facts.id == grant).flat_map(|facts| &facts.proofs);
    let papers: Vec<String> = papers.filter_map(|proof| proof.sha256.clone()).collect();
    let kept = rows::readable(tx.conn(), &papers)?;
    let going = Going { on: now.paris_date(), name: names.beneficiary, title: names.project, kept: &kept };
    if evidence.forget(grant, going, row.sha256.as_deref()) {
        rows::rewrite(tx, pack, &serde_json::to_string(&evidence)?, now)?;
    }
    Ok(())
}

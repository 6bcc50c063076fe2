//! Evidence packs: asked for by whoever keeps the money, frozen and bound by the worker, given to the same people and to the
//! funder itself. The facts are written down once: whenever it is made again, the archive is the same to the byte.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    evidence::{self, Gathered, Period, Told},
    grant_papers::{self, GrantPaper},
};
use crate::{
    domain::{
        evidence_packs::{Evidence, GrantFacts},
        ids::{EvidencePackId, FunderId, GrantId},
        lifecycle::Refusal,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, digests, doomed_files,
        evidence_packs::{self as rows, EvidencePackRow, PackLine},
        funding_dues,
        funding_sources::{self, FunderRow},
    },
};
use chrono::NaiveDate;

const READERS: [Role; 3] = [Role::Finance, Role::Director, Role::Auditor];
/// Minutes for which a pack waits for letters that are still to be printed and files that are still to be looked at; then it
/// says that the letters are not there.
const PATIENCE_MINUTES: i64 = 10;
/// Archives that a funder is shown.
const SHOWN: i64 = 24;

/// What is asked for, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackForm {
    /// Identifier of the funder.
    pub funder: String,
    pub from: String,
    pub until: String,
}

/// One pack, for those who keep the money.
#[derive(Debug, Clone)]
pub struct Pack {
    pub row: EvidencePackRow,
    pub funder: FunderRow,
    /// What it says, once it is frozen.
    pub evidence: Option<Evidence>,
}

/// A period as typed into the fields `du` and `au`, or what is wrong with it.
pub fn period(from: &str, until: &str) -> Result<Period, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut day = |field: &str, text: &str| {
        let wrong = |_| FieldError::new(field, "Écrivez cette date en entier, par exemple 31/12/2027.");
        text.trim().parse::<NaiveDate>().map_err(|error| errors.push(wrong(error))).ok()
    };
    let (from, until) = (day("du", from), day("au", until));
    match (from, until) {
        (Some(from), Some(until)) if from <= until => Ok(Period { from, until }),
        (Some(_), Some(_)) => Err(vec![FieldError::new("au", "La fin de la période précède son début.")]),
        _ => Err(errors),
    }
}

/// Asks for a pack. The worker makes it.
pub fn ask(tx: &mut Tx, actor: &Actor, form: &PackForm, now: Moment) -> Outcome<EvidencePackId> {
    access::require(actor, &[Role::Finance])?;
    let asked_by = access::person(actor)?;
    let funder = match form.funder.parse::<FunderId>() {
        Ok(id) => funding_sources::funders(tx.conn())?.into_iter().find(|row| row.id == id),
        Err(_) => None,
    };
    let missing = funder.is_none().then(|| FieldError::new("bailleur", "Choisissez le bailleur."));
    let (period, funder) = match (period(&form.from, &form.until), funder) {
        (Ok(period), Some(funder)) => (period, funder),
        (judged, _) => {
            let wrong = missing.into_iter().chain(judged.err().unwrap_or_default());
            return Err(UseCaseError::Invalid(wrong.collect()));
        }
    };
    let row = EvidencePackRow {
        id: tx.mint(now)?,
        funder_id: funder.id,
        from_on: period.from,
        until_on: period.until,
        asked_by,
        asked_at: now,
        is_whole: true,
        facts_at: None,
        facts: None,
        sha256: None,
        size: None,
        made_at: None,
        again_at: None,
        remade_at: None,
        remade_sha256: None,
        failure: None,
    };
    rows::insert(tx, &row)?;
    Ok(row.id)
}

/// The packs before `key`, newest first.
pub fn page(conn: &mut Conn, actor: &Actor, key: Option<EvidencePackId>, limit: i64) -> Outcome<Vec<PackLine>> {
    access::require(actor, &READERS)?;
    Ok(rows::page(conn, (key, actor.person), limit)?)
}

/// One pack.
pub fn find(conn: &mut Conn, actor: &Actor, id: EvidencePackId) -> Outcome<Pack> {
    access::require(actor, &READERS)?;
    let row = rows::find(conn, id, actor.person)?;
    let evidence = row.facts.as_deref().map(serde_json::from_str).transpose()?;
    Ok(Pack { funder: evidence::funder(conn, row.funder_id)?, row, evidence })
}

/// Asks for a pack once more: it is made of the same facts.
pub fn ask_again(tx: &mut Tx, actor: &Actor, id: EvidencePackId, now: Moment) -> Outcome<()> {
    access::require(actor, &[Role::Finance])?;
    let row = rows::find(tx.conn(), id, actor.person)?;
    if row.failure.is_none() && (row.sha256.is_none() || row.again_at.is_some()) {
        return Err(Refusal::because("Ce dossier est déjà en préparation.").into());
    }
    Ok(rows::ask_again(tx, id, now)?)
}

/// How the archive is called and where its bytes are, once it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    pub name: String,
    pub sha256: String,
}

fn archived(row: EvidencePackRow) -> Outcome<Archived> {
    let (Some(sha256), Some(facts)) = (row.sha256, row.facts) else { return Err(StoreError::NotFound.into()) };
    let evidence: Evidence = serde_json::from_str(&facts)?;
    Ok(Archived { name: format!("{}.zip", evidence.name()), sha256 })
}

/// The archive of a pack, for those who keep the money.
pub fn archive(conn: &mut Conn, actor: &Actor, id: EvidencePackId) -> Outcome<Archived> {
    archived(find(conn, actor, id)?.row)
}

/// The funder that a person who reads for it belongs to; nobody else has one.
pub fn funder_of(conn: &mut Conn, actor: &Actor) -> Outcome<Option<FunderRow>> {
    access::require(actor, &[Role::Funder])?;
    let id = funding_dues::funder_of(conn, access::person(actor)?)?;
    id.map(|id| evidence::funder(conn, id)).transpose()
}

/// What somebody who reads for a funder sees of its money over a period; nothing for whoever belongs to none.
pub fn statement(
    conn: &mut Conn,
    actor: &Actor,
    period: Period,
    told: Told<'_>,
    now: Moment,
) -> Outcome<Option<Gathered>> {
    let Some(funder) = funder_of(conn, actor)? else { return Ok(None) };
    Ok(Some(evidence::gather(conn, &funder, period, (actor.person, told), now)?))
}

/// The grants of a period after a reference, so many at most, with the last one when others follow; none for whoever
/// belongs to no funder.
pub fn funded(
    conn: &mut Conn,
    actor: &Actor,
    period: Period,
    (after, most): (&str, usize),
) -> Outcome<(Vec<GrantFacts>, Option<String>)> {
    let Some(funder) = funder_of(conn, actor)? else { return Ok((Vec::new(), None)) };
    let found = evidence::grants_told(conn, &funder, period, (actor.person, Told::After(after, most)))?;
    Ok((found.grants, found.next))
}

/// One grant that the funder pays for, from its first day to now; any other does not exist for it.
pub fn granted(conn: &mut Conn, actor: &Actor, id: GrantId, now: Moment) -> Outcome<GrantFacts> {
    let period = Period { from: NaiveDate::default(), until: now.paris_date() };
    let funder = funder_of(conn, actor)?.ok_or(StoreError::NotFound)?;
    let found = evidence::grants_told(conn, &funder, period, (actor.person, Told::One(id)))?;
    found.grants.into_iter().next().ok_or_else(|| StoreError::NotFound.into())
}

/// How far a grant of [`granted`] is: who acts next and by when.
pub fn granted_paper(conn: &mut Conn, found: &GrantFacts, now: Moment) -> Outcome<GrantPaper> {
    grant_papers::find(conn, &Actor::system(), found.id, now)
}

/// The archives that a funder may take away: its own, made, with nothing left out.
pub fn given(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<EvidencePackRow>> {
    let Some(funder) = funder_of(conn, actor)? else { return Ok(Vec::new()) };
    let mut found = rows::made_of(conn, funder.id, SHOWN)?;
    let hidden = rows::hidden(conn, actor.person)?;
    found.retain(|row| !hidden.contains(&row.id));
    Ok(found)
}

/// One of them.
pub fn given_archive(conn: &mut Conn, actor: &Actor, id: EvidencePackId) -> Outcome<Archived> {
    let row = rows::find(conn, id, actor.person)?;
    let funder = funder_of(conn, actor)?;
    if !row.is_whole || funder.is_none_or(|funder| funder.id != row.funder_id) {
        return Err(StoreError::NotFound.into());
    }
    archived(row)
}

/// The packs that wait to be made, for the worker.
pub fn owed(conn: &mut Conn, limit: i64) -> Outcome<Vec<EvidencePackId>> {
    Ok(rows::owed(conn, limit)?)
}

/// The facts of a pack, written down the first time; nothing while letters or files it speaks of
/// are not ready.
pub fn freeze(tx: &mut Tx, id: EvidencePackId, now: Moment) -> Outcome<Option<Evidence>> {
    let row = rows::find(tx.conn(), id, None)?;
    if let Some(facts) = &row.facts {
        return Ok(Some(serde_json::from_str(facts)?));
    }
    let funder = evidence::funder(tx.conn(), row.funder_id)?;
    let period = Period { from: row.from_on, until: row.until_on };
    let gathered = evidence::gather(tx.conn(), &funder, period, (Some(row.asked_by), Told::Every), now)?;
    if !gathered.is_printed && now < row.asked_at.plus_minutes(PATIENCE_MINUTES) {
        return Ok(None);
    }
    let (counted, is_whole) = evidence::counted(tx.conn(), &funder, Some(row.asked_by))?;
    let facts = serde_json::to_string(&gathered.evidence)?;
    rows::freeze(tx, id, (&facts, is_whole), &counted, now)?;
    Ok(Some(gathered.evidence))
}

/// Records an archive: the first one is the pack's, a later one is only compared with it. One made of facts that were erased
/// while it was being made, of which it knew so many `removals`, goes and is made anew.
pub fn record(
    tx: &mut Tx,
    id: EvidencePackId,
    (sha256, size): (&str, i64),
    removals: usize,
    now: Moment,
) -> Outcome<()> {
    let row = rows::find(tx.conn(), id, None)?;
    let facts: Option<Evidence> = row.facts.as_deref().map(serde_json::from_str).transpose()?;
    if facts.is_some_and(|facts| facts.removals.len() != removals) {
        return Ok(doomed_files::doom_bytes(tx, sha256, now)?);
    }
    match row.sha256 {
        None => rows::set_made(tx, id, sha256, size, now)?,
        Some(_) => rows::set_remade(tx, id, sha256, now)?,
    }
    Ok(())
}

/// Records why a pack cannot be made.
pub fn record_failed(tx: &mut Tx, id: EvidencePackId, why: &str) -> Outcome<()> {
    Ok(rows::set_failed(tx, id, why)?)
}

/// The SHA-256 by which a file of an archive can be checked, in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    digests::sha256(bytes)
}

//! Tables that leave the house, read as a stream: call by call, a chunk of rows at a time, so that a hundred thousand
//! rows need no more memory than a thousand. Who sees which rows is the one condition every page carries.

mod answers;
mod applications;
mod disbursements;
mod grants;
mod rankings;

pub use answers::{AnswerSheet, Answered, AnsweredRow, AskedColumn, sheets};
pub use applications::{ApplicationRow, Applications};
pub use disbursements::{Account, DisbursementRow, Disbursements};
pub use grants::{GrantRow, Grants};
pub use rankings::{RankingRow, Rankings, ranking};

use super::{Actor, FieldError, Outcome, UseCaseError, access, applications::sight};
use crate::{
    domain::{
        identity::{Rna, Siret},
        ids::{ApplicationId, FundingSourceId},
        money::Euros,
        roles::Role,
    },
    store::{
        Conn,
        applications::Sight,
        exports::{self as rows, CallOrigin, Days, OrganisationLine},
    },
};
use chrono::NaiveDate;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// Rows read at a time.
const CHUNK: usize = 1000;

/// Which rows are wanted: one fund, one call or all, days in Paris, both included. A disbursement is of the day the bank paid it,
/// or else of its due date; a grant of the day it was decided; an application of the day it was filed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Code of a fund.
    pub fund: Option<String>,
    /// Reference of a call.
    pub call: Option<String>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// Where a row comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub fund_code: String,
    pub fund_name: String,
    pub call_reference: String,
    pub call_title: String,
}

/// An organisation as exports name it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beneficiary {
    pub name: String,
    pub siret: Option<Siret>,
    pub rna: Option<Rna>,
    /// Name of the commune of its seat.
    pub commune: String,
    /// Code of its department: `59`.
    pub department: String,
}

impl Beneficiary {
    /// The SIRET without spaces, or nothing.
    pub fn siret(&self) -> &str {
        self.siret.as_ref().map_or("", |siret| siret.as_str())
    }

    /// The RNA number, or nothing.
    pub fn rna(&self) -> &str {
        self.rna.as_ref().map_or("", |rna| rna.as_str())
    }
}

impl From<OrganisationLine> for Beneficiary {
    fn from(row: OrganisationLine) -> Self {
        Beneficiary { name: row.name, siret: row.siret, rna: row.rna, commune: row.city, department: row.department }
    }
}

/// The granted project, as its grant and each of its disbursements say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    pub application_reference: String,
    pub grant_reference: String,
    pub title: String,
    /// Codes of the strategic axes.
    pub axes: Vec<String>,
    pub decided_on: Option<NaiveDate>,
    pub beneficiary: Beneficiary,
}

/// A part of an amount that comes from one funding source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunderShare {
    /// Reference of the funding source (convention amont).
    pub source: Arc<str>,
    /// Name of the funder, for people.
    pub funder: Arc<str>,
    /// The part it pays.
    pub amount: Euros,
}

/// What every chunk of one export is read with.
#[derive(Debug)]
pub struct Scope {
    sight: Sight,
    days: Days,
    sources: BTreeMap<FundingSourceId, (Arc<str>, Arc<str>)>,
}

impl Scope {
    fn share(&self, source: FundingSourceId, amount: Euros) -> FunderShare {
        let (source, funder) = self.sources.get(&source).cloned().unwrap_or_default();
        FunderShare { source, funder, amount }
    }
}

/// One call of an export.
#[derive(Debug)]
pub struct Call {
    row: CallOrigin,
    origin: Arc<Origin>,
}

impl From<CallOrigin> for Call {
    fn from(row: CallOrigin) -> Self {
        let origin = Origin {
            fund_code: row.fund_code.clone(),
            fund_name: row.fund_name.clone(),
            call_reference: row.reference.clone(),
            call_title: row.title.clone(),
        };
        Call { row, origin: Arc::new(origin) }
    }
}

/// Some rows, and the key of the last one when more may follow.
pub type Chunk<R, K> = (Vec<R>, Option<K>);

/// A noun that is exported: how a chunk of it is read.
pub trait Exported: Default {
    type Row: 'static;
    /// What orders the rows of a call.
    type Key;

    /// Who may take it away.
    const READERS: &'static [Role] = &[Role::Finance, Role::Director, Role::Auditor, Role::System];
    /// Whether each of its rows tells a decision: those of a call are left out until its results are announced, for what
    /// leaves the house may be passed on.
    const TELLS_DECISIONS: bool = false;

    /// At most `CHUNK` rows of a call after `after`, with the key of the last one when more may follow.
    fn chunk(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        call: &Call,
        after: Option<Self::Key>,
    ) -> Outcome<Chunk<Self::Row, Self::Key>>;
}

/// An export under way.
pub struct Reading<N: Exported> {
    noun: N,
    scope: Scope,
    calls: VecDeque<Call>,
    after: Option<N::Key>,
}

/// Begins an export for whoever may take the books away.
pub fn begin<N: Exported>(conn: &mut Conn, actor: &Actor, filter: &Filter) -> Outcome<Reading<N>> {
    begin_with(conn, actor, filter, N::default())
}

/// The same with a noun that knows already how it is wanted.
fn begin_with<N: Exported>(conn: &mut Conn, actor: &Actor, filter: &Filter, noun: N) -> Outcome<Reading<N>> {
    access::require(actor, N::READERS)?;
    check(conn, filter)?;
    let mut calls = rows::calls(conn, filter.fund.as_deref())?;
    calls.retain(|row| of_call(filter, row) && (!N::TELLS_DECISIONS || row.is_announced()));
    let sources = rows::sources(conn)?.into_iter();
    let scope = Scope {
        sight: sight(actor),
        days: Days { from: filter.from, to: filter.to },
        sources: sources.map(|(id, reference, funder)| (id, (reference.into(), funder.into()))).collect(),
    };
    Ok(Reading { noun, scope, calls: calls.into_iter().map(Call::from).collect(), after: None })
}

fn check(conn: &mut Conn, filter: &Filter) -> Outcome<()> {
    let mut errors = Vec::new();
    if let Some(code) = &filter.fund
        && crate::store::funds::by_code(conn, code)?.is_none()
    {
        errors.push(FieldError::new("fonds", format!("Aucun fonds n’a le code «\u{a0}{code}\u{a0}».")));
    }
    if let Some(reference) = &filter.call
        && !rows::calls(conn, None)?.iter().any(|row| row.reference == *reference)
    {
        errors.push(FieldError::new("appel", format!("Aucun appel n’a la référence «\u{a0}{reference}\u{a0}».")));
    }
    if let (Some(from), Some(to)) = (filter.from, filter.to)
        && from > to
    {
        errors.push(FieldError::new("au", "La fin de la période précède son début."));
    }
    if errors.is_empty() { Ok(()) } else { Err(UseCaseError::Invalid(errors)) }
}

/// Whether rows of this call are wanted.
fn of_call(filter: &Filter, row: &CallOrigin) -> bool {
    filter.call.as_ref().is_none_or(|reference| *reference == row.reference)
}

impl<N: Exported> Reading<N> {
    /// The next rows; none when everything has been read.
    pub fn next(&mut self, conn: &mut Conn) -> Outcome<Vec<N::Row>> {
        while let Some(call) = self.calls.front() {
            let (rows, last) = self.noun.chunk(conn, &self.scope, call, self.after.take())?;
            match last {
                Some(key) => self.after = Some(key),
                None => drop(self.calls.pop_front()),
            }
            if !rows.is_empty() {
                return Ok(rows);
            }
        }
        Ok(Vec::new())
    }

    /// The rows one by one; `read` lends a connection for each chunk.
    pub fn rows<'a>(
        mut self,
        read: impl FnMut(&mut dyn FnMut(&mut Conn) -> Outcome<Vec<N::Row>>) -> Outcome<Vec<N::Row>> + 'a,
    ) -> impl Iterator<Item = Outcome<N::Row>> + 'a
    where
        N: 'a,
    {
        one_by_one(move |conn: &mut Conn| self.next(conn), read)
    }
}

/// Rows that come in chunks, one by one: an empty chunk is the end. `read` lends a connection for each chunk.
pub fn one_by_one<'a, R: 'a>(
    mut next: impl FnMut(&mut Conn) -> Outcome<Vec<R>> + 'a,
    mut read: impl FnMut(&mut dyn FnMut(&mut Conn) -> Outcome<Vec<R>>) -> Outcome<Vec<R>> + 'a,
) -> impl Iterator<Item = Outcome<R>> + 'a {
    let mut ready = Vec::new().into_iter();
    let mut is_over = false;
    std::iter::from_fn(move || {
        if let Some(row) = ready.next() {
            return Some(Ok(row));
        }
        if is_over {
            return None;
        }
        match read(&mut next) {
            Ok(rows) => ready = rows.into_iter(),
            Err(error) => {
                is_over = true;
                return Some(Err(error));
            }
        }
        is_over = ready.len() == 0;
        ready.next().map(Ok)
    })
}

/// The key of the last row of a full chunk; nothing follows a chunk that is not full.
fn last_key<Line, Key>(lines: &[Line], key: impl Fn(&Line) -> Key) -> Option<Key> {
    if lines.len() < CHUNK { None } else { lines.last().map(key) }
}

/// Each thing once, for a look-up.
fn once<I: Ord + Copy>(ids: impl Iterator<Item = I>) -> Vec<I> {
    let mut ids: Vec<I> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The codes of one kind of tag, by application.
fn tags_of(
    conn: &mut Conn,
    kind: &str,
    applications: &[ApplicationId],
) -> Outcome<BTreeMap<ApplicationId, Vec<String>>> {
    let mut tags: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for (application, code) in rows::tags(conn, kind, applications)? {
        tags.entry(application).or_default().push(code);
    }
    Ok(tags)
}

/// The projects of these grants that exist for the reader, by grant.
fn projects(
    conn: &mut Conn,
    scope: &Scope,
    grants: &[rows::GrantLine],
) -> Outcome<BTreeMap<crate::domain::ids::GrantId, Arc<Project>>> {
    let ids = once(grants.iter().map(|grant| grant.application_id));
    let applications = rows::applications_of(conn, scope.sight, &ids)?;
    let applications: BTreeMap<_, _> = applications.into_iter().map(|row| (row.id, row)).collect();
    let mut axes = tags_of(conn, "axis", &ids)?;
    let organisations = rows::organisations_of(conn, &once(grants.iter().map(|grant| grant.organisation_id)))?;
    let organisations: BTreeMap<_, _> = organisations.into_iter().map(|row| (row.id, row)).collect();
    let mut projects = BTreeMap::new();
    for grant in grants {
        let Some(application) = applications.get(&grant.application_id) else { continue };
        let Some(holder) = organisations.get(&grant.organisation_id) else { continue };
        let project = Project {
            application_reference: application.reference.clone(),
            grant_reference: grant.reference.clone(),
            title: application.title.clone(),
            axes: axes.remove(&grant.application_id).unwrap_or_default(),
            decided_on: Some(grant.decided_on),
            beneficiary: holder.clone().into(),
        };
        projects.insert(grant.id, Arc::new(project));
    }
    Ok(projects)
}

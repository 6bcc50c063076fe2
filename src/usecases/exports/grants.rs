//! Grants (subventions): what was asked, awarded, paid and remains, as the money journal says.

use super::{Call, Exported, FunderShare, Origin, Project, Scope, last_key, projects};
use crate::{
    domain::{
        decisions::DecisionPace,
        ids::{CallId, FundingSourceId, GrantId},
        journal::Stage,
        money::{Euros, Rate},
        time::Moment,
    },
    store::{
        Conn,
        exports::{self as rows, GrantLine},
    },
    usecases::Outcome,
};
use chrono::NaiveDate;
use std::{collections::BTreeMap, sync::Arc};

/// One grant as it leaves the house.
#[derive(Debug, Clone)]
pub struct GrantRow {
    pub origin: Arc<Origin>,
    pub project: Arc<Project>,
    /// Code of the state and its French label.
    pub status: &'static str,
    pub status_label: &'static str,
    /// The whole budget of the project.
    pub budget: Option<Euros>,
    pub requested: Euros,
    /// What the journal holds for it, whatever the stage: nothing once declined.
    pub awarded: Euros,
    /// Part of the budget the award may cover at most.
    pub rate: Option<Rate>,
    /// What left the bank and did not come back.
    pub paid: Euros,
    /// Not yet paid and still promised.
    pub remaining: Euros,
    pub notified_on: Option<NaiveDate>,
    pub agreement_signed_on: Option<NaiveDate>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub report_due_on: Option<NaiveDate>,
    /// Adds up to `awarded`.
    pub funder_split: Vec<FunderShare>,
}

/// The grants; remembers when the results of the present call were announced.
#[derive(Debug, Default)]
pub struct Grants {
    announced: Option<(CallId, Option<Moment>)>,
}

/// What lies in the journal for one grant.
#[derive(Debug, Default)]
struct Holdings {
    paid: Euros,
    remaining: Euros,
    by_source: BTreeMap<FundingSourceId, Euros>,
}

impl Exported for Grants {
    type Row = GrantRow;
    type Key = GrantId;

    const TELLS_DECISIONS: bool = true;

    fn chunk(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        call: &Call,
        after: Option<GrantId>,
    ) -> Outcome<(Vec<GrantRow>, Option<GrantId>)> {
        let lines = rows::grants(conn, call.row.id, scope.days, after, super::CHUNK as i64)?;
        let ids: Vec<_> = lines.iter().map(|line| line.id).collect();
        let applications: Vec<_> = lines.iter().map(|line| line.application_id).collect();
        let projects = projects(conn, scope, &lines)?;
        let mut holdings = holdings(conn, &ids)?;
        let reports: BTreeMap<_, _> = rows::final_reports_due(conn, &ids)?.into_iter().collect();
        let budgets: BTreeMap<_, _> = rows::planned_expenses(conn, &applications)?.into_iter().collect();
        let asked = rows::applications_of(conn, scope.sight, &applications)?;
        let asked: BTreeMap<_, _> = asked.into_iter().map(|row| (row.id, row.requested_cents)).collect();
        let announced = self.announced_at(conn, call)?;
        let next = last_key(&lines, |line| line.id);
        let mut found = Vec::with_capacity(lines.len());
        for line in lines {
            let Some(project) = projects.get(&line.id) else { continue };
            let holds = holdings.remove(&line.id).unwrap_or_default();
            found.push(GrantRow {
                budget: budgets.get(&line.application_id).copied(),
                requested: asked.get(&line.application_id).copied().unwrap_or_default(),
                notified_on: announced.map(|at| at.max(line.created_at).paris_date()),
                report_due_on: reports.get(&line.id).copied(),
                ..row(line, call, project, holds, scope)
            });
        }
        Ok((found, next))
    }
}

impl Grants {
    fn announced_at(&mut self, conn: &mut Conn, call: &Call) -> Outcome<Option<Moment>> {
        match self.announced {
            Some((known, at)) if known == call.row.id => Ok(at),
            _ => {
                let at = match call.row.decision_pace {
                    // Each is told when its grant is opened, and none before the call is.
                    DecisionPace::Rolling => Some(call.row.opens_at),
                    DecisionPace::Together if call.row.is_announced() => rows::announced_at(conn, call.row.id)?,
                    DecisionPace::Together => None,
                };
                self.announced = Some((call.row.id, at));
                Ok(at)
            }
        }
    }
}

fn holdings(conn: &mut Conn, ids: &[GrantId]) -> Outcome<BTreeMap<GrantId, Holdings>> {
    let mut found: BTreeMap<GrantId, Holdings> = BTreeMap::new();
    for (grant, stage, source, amount) in rows::lying(conn, ids)? {
        let holds = found.entry(grant).or_default();
        match stage {
            Stage::Paid => holds.paid += amount,
            Stage::Committed | Stage::Authorised => holds.remaining += amount,
            Stage::Recovered => {}
            Stage::Funder | Stage::Source | Stage::Envelope => continue,
        }
        *holds.by_source.entry(source).or_default() += amount;
    }
    Ok(found)
}

fn row(line: GrantLine, call: &Call, project: &Arc<Project>, holds: Holdings, scope: &Scope) -> GrantRow {
    let shares = holds.by_source.into_iter().filter(|(_, amount)| amount.is_positive());
    let funder_split: Vec<_> = shares.map(|(source, amount)| scope.share(source, amount)).collect();
    let signed = line.holder_signed_at.zip(line.issuer_signed_at);
    GrantRow {
        origin: call.origin.clone(),
        project: project.clone(),
        status: line.state.code(),
        status_label: line.state.label(),
        budget: None,
        requested: Euros::ZERO,
        awarded: funder_split.iter().map(|share| share.amount).sum(),
        rate: Some(line.rate_points),
        paid: holds.paid,
        remaining: holds.remaining,
        notified_on: None,
        agreement_signed_on: signed.map(|(holder, issuer)| holder.max(issuer).paris_date()),
        starts_on: line.starts_on,
        ends_on: line.ends_on,
        report_due_on: None,
        funder_split,
    }
}

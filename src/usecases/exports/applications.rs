//! Applications (dossiers). A decision shows only once the results of the call are announced: what leaves the house may
//! be passed on.

use super::{Beneficiary, Call, Chunk, Exported, Origin, Scope, last_key, once, tags_of};
use crate::{
    domain::{
        decisions::{DECIDED, shown_to_applicants},
        identity::Uai,
        ids::{ApplicationId, CallId},
        money::{Euros, Rate},
        time::Moment,
    },
    store::{
        Conn, communes,
        exports::{self as rows, ApplicationLine},
        own_reviews,
    },
    usecases::Outcome,
};
use chrono::NaiveDate;
use std::{collections::BTreeMap, sync::Arc};

/// One application as it leaves the house.
#[derive(Debug, Clone)]
pub struct ApplicationRow {
    pub origin: Arc<Origin>,
    pub application_reference: String,
    /// Code of the state and its French label.
    pub status: &'static str,
    pub status_label: &'static str,
    pub submitted_at: Option<Moment>,
    pub applicant: Beneficiary,
    /// The co-applicant, as a tandem has one: the school, and its number.
    pub partner_name: String,
    pub partner_uai: Option<Uai>,
    pub project_title: String,
    /// Codes of the strategic axes.
    pub axes: Vec<String>,
    /// Numbers of the Sustainable Development Goals.
    pub goals: Vec<String>,
    /// Country where the project happens, in French, when abroad.
    pub country: String,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub budget: Option<Euros>,
    pub requested: Option<Euros>,
    /// Absent while the decision is not announced.
    pub awarded: Option<Euros>,
    /// How many reviews have been submitted.
    pub reviews: Option<i64>,
    /// Mean mark, as a part of the highest possible one.
    pub score: Option<Rate>,
    pub rank: Option<i64>,
    /// Absent while the decision is not announced.
    pub decided_on: Option<NaiveDate>,
}

/// The applications; remembers the marks of the present call and the names of countries.
#[derive(Debug, Default)]
pub struct Applications {
    marks: Option<(CallId, Vec<i64>)>,
    /// Files of the present call that the reader has still to review: their marks stay away.
    unread: Vec<ApplicationId>,
    countries: BTreeMap<String, String>,
}

impl Exported for Applications {
    type Row = ApplicationRow;
    type Key = String;

    fn chunk(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        call: &Call,
        after: Option<String>,
    ) -> Outcome<Chunk<ApplicationRow, String>> {
        let (lines, next) = self.lines(conn, scope, call, after)?;
        Ok((lines.into_iter().map(|line| line.row).collect(), next))
    }
}

/// A row with what it was read by.
#[derive(Debug)]
pub(super) struct Line {
    pub id: ApplicationId,
    /// The revision of the form it was filed with.
    pub revision: i32,
    pub row: ApplicationRow,
}

impl Applications {
    /// A chunk of rows, each with its id and its revision.
    pub(super) fn lines(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        call: &Call,
        after: Option<String>,
    ) -> Outcome<Chunk<Line, String>> {
        self.prepare(conn, scope, call)?;
        let size = super::CHUNK as i64;
        let lines = rows::applications(conn, scope.sight, call.row.id, scope.days, after.as_deref(), size)?;
        let ids: Vec<_> = lines.iter().map(|line| line.id).collect();
        let parties = lines.iter().flat_map(|line| [Some(line.organisation_id), line.partner_organisation_id]);
        let organisations = rows::organisations_of(conn, &once(parties.flatten()))?;
        let organisations: BTreeMap<_, _> = organisations.into_iter().map(|row| (row.id, row)).collect();
        let (mut axes, mut goals) = (tags_of(conn, "axis", &ids)?, tags_of(conn, "goal", &ids)?);
        let budgets: BTreeMap<_, _> = rows::planned_expenses(conn, &ids)?.into_iter().collect();
        let next = last_key(&lines, |line| line.reference.clone());
        let mut found = Vec::with_capacity(lines.len());
        for line in lines {
            let Some(applicant) = organisations.get(&line.organisation_id).cloned() else { continue };
            let partner = line.partner_organisation_id.and_then(|id| organisations.get(&id).cloned());
            let (partner_name, partner_uai) = partner.map(|row| (row.name, row.uai)).unwrap_or_default();
            let mut goals = goals.remove(&line.id).unwrap_or_default();
            goals.sort_by_key(|goal| goal.parse::<u32>().unwrap_or_default());
            let (id, revision) = (line.id, line.revision);
            let row = ApplicationRow {
                applicant: applicant.into(),
                partner_name,
                partner_uai,
                axes: axes.remove(&line.id).unwrap_or_default(),
                goals,
                budget: budgets.get(&line.id).copied(),
                ..self.row(line, call)
            };
            found.push(Line { id, revision, row });
        }
        Ok((found, next))
    }

    fn prepare(&mut self, conn: &mut Conn, scope: &Scope, call: &Call) -> Outcome<()> {
        if self.countries.is_empty() {
            self.countries = communes::countries(conn)?.into_iter().map(|row| (row.code, row.name)).collect();
        }
        if self.marks.as_ref().is_none_or(|(known, _)| *known != call.row.id) {
            self.unread = match scope.sight.person {
                Some(person) => own_reviews::unread(conn, person, call.row.id)?,
                None => Vec::new(),
            };
            let marks = rows::marks(conn, scope.sight, call.row.id)?.into_iter();
            let marks = marks.filter(|(id, _)| !self.unread.contains(id)).map(|(_, mean)| mean);
            self.marks = Some((call.row.id, marks.collect()));
        }
        Ok(())
    }

    /// One more than the files with a better mean.
    fn rank(&self, mean: i64) -> Option<i64> {
        let (_, marks) = self.marks.as_ref()?;
        i64::try_from(marks.partition_point(|mark| *mark > mean) + 1).ok()
    }

    fn row(&self, line: ApplicationLine, call: &Call) -> ApplicationRow {
        let shown = shown_to_applicants(line.state, call.row.state, call.row.decision_pace);
        let is_decided = DECIDED.contains(&line.state) && call.row.is_announced();
        let is_unread = self.unread.contains(&line.id);
        let is_scored = line.score_count > 0 && !is_unread;
        let abroad = line.country_code.filter(|code| code != "FR");
        ApplicationRow {
            origin: call.origin.clone(),
            application_reference: line.reference,
            status: shown.code(),
            status_label: shown.label(),
            submitted_at: line.submitted_at,
            applicant: Beneficiary::default(),
            partner_name: String::new(),
            partner_uai: None,
            project_title: line.title,
            axes: Vec::new(),
            goals: Vec::new(),
            country: abroad.and_then(|code| self.countries.get(&code).cloned()).unwrap_or_default(),
            starts_on: line.starts_on,
            ends_on: line.ends_on,
            budget: None,
            requested: Some(line.requested_cents),
            awarded: line.decided_cents.filter(|_| is_decided),
            reviews: Some(line.score_count.into()).filter(|_| !is_unread),
            score: i32::try_from(line.score_mean).ok().filter(|_| is_scored).map(Rate::from_basis_points),
            rank: if is_scored { self.rank(line.score_mean) } else { None },
            decided_on: is_decided.then(|| line.state_at.paris_date()),
        }
    }
}

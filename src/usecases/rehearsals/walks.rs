//! The walk itself: the made-up team, a copy of the call, and one step after the other.

use super::{Outcome, Rehearsal, Step, UseCaseError, checks, fictions::Project};
use crate::{
    domain::{
        definitions::CallDefinition,
        identity::made_up,
        ids::{ApplicationId, CallId, OrganisationId, PayerAccountId},
        lifecycles::calls::{Call, CallEvent},
        roles::Role,
        time::Moment,
    },
    store::{Tx, funding_sources},
    usecases::{
        Actor,
        advance::advance_now,
        attachments::{self, FitFile},
        calls,
        committees::{self, Vote},
        journal,
        payment_runs::{self, BankOrder},
        people,
        preparations::Preparation,
    },
};
use chrono::NaiveDate;

/// The made-up team.
pub(super) struct Crew {
    pub officer: Actor,
    pub finance: Actor,
    pub director: Actor,
    pub members: Vec<Actor>,
}

pub(super) const DIRECTOR: &str = "Répétition Direction";

/// One made-up file and whoever stands behind it.
pub(super) struct Dossier {
    pub id: ApplicationId,
    pub holder: Actor,
    pub name: String,
    pub organisation: OrganisationId,
    pub partner: Option<(Actor, OrganisationId)>,
}

/// The walk under way.
pub(super) struct Walk<'t, 'c> {
    pub(super) tx: &'t mut Tx<'c>,
    pub(super) call: CallDefinition,
    pub(super) id: CallId,
    pub(super) crew: Crew,
    pub(super) payer: PayerAccountId,
    pub(super) paper: FitFile,
    pub(super) render: fn(&BankOrder) -> Result<String, String>,
    pub(super) project: Option<Project>,
    pub(super) dossiers: Vec<Dossier>,
    pub(super) now: Moment,
}

/// The smallest file that is taken for a PDF; its bytes are kept nowhere.
const PAPER: &[u8] = b"%PDF-1.4\n%%EOF\n";

pub(super) fn engage(tx: &mut Tx, name: &str, local: &str, role: Role, now: Moment) -> Outcome<Actor> {
    let address = format!("{local}@repetition.example");
    let email = address.parse().map_err(|_| UseCaseError::Unreadable(address))?;
    let id = people::ensure(tx, &email, name, role, now)?;
    Ok(Actor::person(id, vec![role]))
}

pub(super) fn noon(day: NaiveDate) -> Moment {
    Moment::start_of_day(day).plus_minutes(12 * 60)
}

impl<'t, 'c> Walk<'t, 'c> {
    /// Brings everybody in, with a copy of the call as a draft: nothing of the call itself is touched.
    pub(super) fn prepare(
        tx: &'t mut Tx<'c>,
        known: &Preparation,
        render: fn(&BankOrder) -> Result<String, String>,
    ) -> Outcome<Self> {
        let call = CallDefinition {
            reference: format!("{}-REPETITION", known.row.reference),
            ..CallDefinition::clone(&known.definition)
        };
        let now = call.window.opens.plus_days(-1);
        let officer = engage(tx, "Répétition Instruction", "instruction", Role::Officer, now)?;
        let mut members = Vec::new();
        let committee = &known.fund.committee;
        for number in 0..committee.quorum.max(committee.readers).max(2) {
            let name = format!("Répétition Comité {}", number + 1);
            members.push(engage(tx, &name, &format!("comite{number}"), Role::Reviewer, now)?);
        }
        let finance = engage(tx, "Répétition Finances", "finances", Role::Finance, now)?;
        let director = engage(tx, DIRECTOR, "direction", Role::Director, now)?;
        for drawn in &call.sources {
            // What the published call has drawn is there to be drawn again.
            if let Some(source) = funding_sources::by_reference(tx.conn(), &drawn.reference)? {
                journal::record_source(tx, source.id, checks::held(known, &drawn.reference), now)?;
            }
        }
        calls::open_draft(tx, &officer, known.row.fund_id, &call, now)?;
        let id = calls::by_reference(tx.conn(), &call.reference)?.id;
        let iban = made_up::iban(70_000_000_017);
        let iban = iban.parse().map_err(|_| UseCaseError::Unreadable(iban))?;
        let payer = payment_runs::add_payer(tx, "Répétition", iban, None, now)?;
        let paper = attachments::judge("piece", "piece.pdf", PAPER)?;
        let crew = Crew { officer, finance, director, members };
        let (project, dossiers) = (None, Vec::new());
        Ok(Walk { tx, call, id, crew, payer, paper, render, project, dossiers, now })
    }

    /// When the last step was played.
    pub(super) const fn now(&self) -> Moment {
        self.now
    }

    /// Plays one step; gives what came of it. What leads nowhere is added to the rehearsal.
    pub(super) fn take(&mut self, step: Step, met: &mut Rehearsal) -> Outcome<Vec<String>> {
        match step {
            Step::Publish => self.publish(),
            Step::FillIn => self.fill_in(met),
            Step::File => self.file(met),
            Step::Admit => self.admit(met),
            Step::Score => self.score(),
            Step::Decide => self.decide(met),
            Step::Announce => self.announce(met),
            Step::Accept => self.accept(),
            Step::Pay => self.pay(),
            Step::Report => self.report(),
            Step::Settle => self.settle(met),
        }
    }

    fn publish(&mut self) -> Outcome<Vec<String>> {
        advance_now::<Call>(self.tx, &self.crew.officer, self.id, CallEvent::Publish, self.now)?;
        let institution = "Comité de la répétition";
        for member in &self.crew.members {
            let Some(person) = member.person else { continue };
            committees::appoint(
                self.tx,
                &self.crew.officer,
                self.id,
                person,
                institution,
                Vote::Deliberative,
                self.now,
            )?;
        }
        Ok(vec![format!("Enveloppe de {}", self.call.envelope)])
    }
}

//! The committee of a rehearsal: marks, a session that keeps one file and not the other, and the letters that leave.

use super::{
    DeadEnd, Outcome, Rehearsal,
    walks::{Walk, noon},
};
use crate::{
    domain::{
        decisions::Verdict,
        definitions::{CallPart, DecisionAuthority},
        ids::PersonId,
        lifecycle::Machine,
        lifecycles::{
            applications::{Application, ApplicationEvent, ApplicationState},
            calls::{Call, CallEvent},
            reviews::ReviewState,
            sessions::SessionEvent,
        },
        scoring::Criterion,
        sessions::Presence,
    },
    store::{Tx, reviews as review_rows, states},
    usecases::{
        Actor,
        advance::advance_now,
        applications, assignments,
        decisions::{self, DecisionForm},
        minutes, releases,
        reviews::{self, TypedMark},
        sessions::{self, SessionForm},
    },
};

impl Walk<'_, '_> {
    pub(super) fn score(&mut self) -> Outcome<Vec<String>> {
        let officer = &self.crew.officer;
        advance_now::<Call>(self.tx, officer, self.id, CallEvent::StartReview, self.now)?;
        assignments::assign_proposed(self.tx, officer, self.id, Some(self.call.calendar.committee_on), self.now)?;
        for dossier in &self.dossiers {
            advance_now::<Application>(self.tx, officer, dossier.id, ApplicationEvent::StartReview, self.now)?;
        }
        let best = |criterion: &Criterion| TypedMark {
            criterion: criterion.code.clone(),
            points: criterion.most.to_string(),
            comment: "Note fictive.".into(),
        };
        let marks: Vec<_> = self.call.grid.criteria.iter().map(best).collect();
        let mut count = 0;
        for member in &self.crew.members {
            let Some(person) = member.person else { continue };
            for review in review_rows::of_person(self.tx.conn(), person)? {
                if review.call_id == self.id && review.state == ReviewState::Assigned {
                    reviews::save_and_submit(self.tx, member, review.id, &marks, "Avis fictif.", self.now)?;
                    count += 1;
                }
            }
        }
        Ok(vec![format!("{count} évaluations rendues")])
    }

    pub(super) fn decide(&mut self, met: &mut Rehearsal) -> Outcome<Vec<String>> {
        self.now = noon(self.call.calendar.committee_on);
        let officer = &self.crew.officer;
        let form = SessionForm {
            title: "Séance de la répétition".into(),
            date: self.call.calendar.committee_on.to_string(),
            time: "14:00".into(),
            place: "Nulle part".into(),
        };
        let id = sessions::plan(self.tx, officer, self.id, &form, self.now)?;
        sessions::fill_agenda(self.tx, officer, id)?;
        let step = |tx: &mut Tx, actor: &Actor, event, now| {
            let version = states::current(tx.conn(), Machine::Session, id.as_str())?.version;
            sessions::step(tx, actor, id, version, event, now)
        };
        step(self.tx, officer, SessionEvent::Convene, self.now)?;
        let members: Vec<PersonId> = self.crew.members.iter().filter_map(|member| member.person).collect();
        let there: Vec<_> = members.iter().map(|person| (*person, Presence::Present)).collect();
        sessions::record_attendance(self.tx, officer, id, &there, members.first().copied())?;
        step(self.tx, officer, SessionEvent::Open, self.now)?;
        let mut said = Vec::new();
        for (dossier, verdict) in self.dossiers.iter().zip([Verdict::Award, Verdict::Reject]) {
            let row = applications::find(self.tx.conn(), officer, dossier.id)?;
            let amount = row.requested_cents;
            let form = DecisionForm {
                verdict,
                amount: amount.plain(),
                motive: "Motif fictif de la répétition.".into(),
                conditions: String::new(),
            };
            if let Err(error) = decisions::decide(self.tx, officer, dossier.id, &form, row.version, self.now) {
                // Where a decision leaves at once, it may be its letter that keeps it back.
                return if self.letters_lack(met)? { Ok(said) } else { Err(error) };
            }
            if verdict == Verdict::Award {
                said.push(format!("{} accordés", amount));
            }
        }
        step(self.tx, officer, SessionEvent::Minute, self.now)?;
        minutes::sign_read(self.tx, id, self.now)?;
        match self.call.decided_by {
            DecisionAuthority::Board => {
                step(self.tx, &self.crew.director, SessionEvent::Confirm, self.now)?;
                said.push("confirmés par le conseil d’administration".into());
            }
            DecisionAuthority::Committee => step(self.tx, officer, SessionEvent::CloseWithoutBoard, self.now)?,
        }
        Ok(said)
    }

    /// Whether something keeps the letters and mails of what is decided from leaving; it is then said by name.
    fn letters_lack(&mut self, met: &mut Rehearsal) -> Outcome<bool> {
        let officer = &self.crew.officer;
        let leaving = releases::outgoing(self.tx.conn(), officer, self.id, self.now)?;
        let before = met.dead_ends.len();
        for why in leaving.iter().flat_map(|letter| &letter.lacks) {
            met.meet(DeadEnd::new(CallPart::Letters, format!("Une lettre ne peut pas partir\u{a0}: {why}")));
        }
        // Nobody is on a reserve list here: what would tell them so is read on the file that is turned down.
        if let Some(dossier) = self.dossiers.last() {
            let reserve = ApplicationState::ReserveListed;
            for why in releases::unnamed_if(self.tx.conn(), officer, dossier.id, reserve, self.now)? {
                met.meet(DeadEnd::new(CallPart::Letters, format!("Un courriel ne peut pas partir\u{a0}: {why}")));
            }
        }
        Ok(met.dead_ends.len() > before)
    }

    pub(super) fn announce(&mut self, met: &mut Rehearsal) -> Outcome<Vec<String>> {
        self.now = noon(self.call.calendar.announcement_on);
        let officer = &self.crew.officer;
        advance_now::<Call>(self.tx, officer, self.id, CallEvent::Deliberate, self.now)?;
        if self.letters_lack(met)? {
            return Ok(Vec::new());
        }
        let officer = &self.crew.officer;
        let leaving = releases::outgoing(self.tx.conn(), officer, self.id, self.now)?;
        let version = states::current(self.tx.conn(), Machine::Call, self.id.as_str())?.version;
        releases::announce(self.tx, officer, self.id, version, self.now)?;
        Ok(leaving.into_iter().map(|letter| format!("«\u{a0}{}\u{a0}»", letter.subject)).collect())
    }
}

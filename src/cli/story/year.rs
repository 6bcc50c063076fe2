//! One year in the life of a fund, as events at their dates: from the published call to the closed grants.

use super::{
    applying::{self, Dossier, OpenCall},
    cast::Cast,
    dice::Dice,
    judging, opening,
    paying::{self, Bilan, Retained},
};
use crate::{
    domain::{
        definitions::Definition,
        ids::{GrantId, PayerAccountId, SessionId},
        lifecycles::grants::GrantState,
        money::Rate,
        time::Moment,
    },
    store::{Tx, grants},
    usecases::{Outcome, UseCaseError, attachments::FitFile},
};

/// What happens, in the order of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    Publish,
    Apply,
    ComeTooLate,
    Examine,
    Complete,
    Entrust,
    Score,
    Meet,
    Announce,
    Accept,
    Pay,
    ReportHalfWay,
    PayAgain,
    ReportAll,
    Settle,
    Recover,
    Close,
}

/// Every event of a year, in order.
pub(crate) const EVENTS: &[Event] = &[
    Event::Publish,
    Event::Apply,
    Event::ComeTooLate,
    Event::Examine,
    Event::Complete,
    Event::Entrust,
    Event::Score,
    Event::Meet,
    Event::Announce,
    Event::Accept,
    Event::Pay,
    Event::ReportHalfWay,
    Event::PayAgain,
    Event::ReportAll,
    Event::Settle,
    Event::Recover,
    Event::Close,
];

/// A fund whose year is walked through.
pub(crate) struct Year {
    pub definition: Definition,
    /// The number of its first made-up organisation.
    pub first: i64,
    pub call: Option<OpenCall>,
    pub dossiers: Vec<Dossier>,
    pub session: Option<SessionId>,
    pub grants: Vec<(GrantId, usize)>,
}

/// What every event needs.
pub(crate) struct Stage<'a> {
    pub cast: &'a Cast,
    pub dice: &'a Dice,
    pub paper: &'a FitFile,
    pub payer: PayerAccountId,
}

/// How many files are started; the last one comes too late.
const FILES: i64 = 8;

impl Year {
    pub(crate) fn new(definition: Definition, first: i64) -> Self {
        Year { definition, first, call: None, dossiers: Vec::new(), session: None, grants: Vec::new() }
    }

    /// When an event happens.
    pub(crate) fn when(&self, event: Event) -> Option<Moment> {
        let call = self.definition.calls.first()?;
        let (window, calendar) = (call.window, &call.calendar);
        let (committee, announced) = (noon(calendar.committee_on), noon(calendar.announcement_on));
        Some(match event {
            Event::Publish => window.opens.plus_days(-1),
            Event::Apply => window.opens.plus_days(12),
            Event::ComeTooLate => window.closes,
            Event::Examine => window.closes.plus_minutes(60 * 10),
            Event::Complete => window.closes.plus_days(3),
            Event::Entrust => window.closes.plus_days(5),
            Event::Score => committee.plus_days(-3),
            Event::Meet => committee,
            Event::Announce => announced,
            Event::Accept => announced.plus_days(4),
            Event::Pay => announced.plus_days(40),
            Event::ReportHalfWay => announced.plus_days(240),
            Event::PayAgain => announced.plus_days(245),
            Event::ReportAll => announced.plus_days(420),
            Event::Settle => announced.plus_days(560),
            Event::Recover => announced.plus_days(590),
            Event::Close => announced.plus_days(600),
        })
    }

    /// Lets an event happen, and says in a few words what did: a line, and one for each payment.
    pub(crate) fn play(&mut self, tx: &mut Tx, event: Event, stage: &Stage<'_>, now: Moment) -> Outcome<String> {
        if event == Event::Publish {
            return self.publish(tx, stage, now);
        }
        let call = self.call.clone().ok_or_else(|| UseCaseError::Unreadable("no call is published".into()))?;
        match event {
            Event::Publish => Ok(String::new()),
            Event::Apply => self.apply(tx, &call, stage, now),
            Event::ComeTooLate => self.come_too_late(tx, now),
            Event::Examine => self.examine(tx, stage, now),
            Event::Complete => self.complete(tx, stage, now),
            Event::Entrust => self.entrust(tx, &call, stage, now),
            Event::Score => score(tx, &call, stage, now),
            Event::Meet => self.meet(tx, &call, stage, now),
            Event::Announce => judging::announce(tx, stage.cast, &call, now).map(|()| "every decision is sent".into()),
            Event::Accept => self.accept(tx, stage, now),
            Event::Pay | Event::PayAgain | Event::Settle => self.pay(tx, stage, now),
            Event::ReportHalfWay => self.report(tx, stage, Bilan::Interim, now),
            Event::ReportAll => self.report(tx, stage, Bilan::Final, now),
            Event::Recover => {
                let count = paying::recover(tx, stage.cast, Some(&self.granted()), now)?;
                Ok(if count == 0 { "nothing was owed".into() } else { format!("{count} came back") })
            }
            Event::Close => self.close(tx),
        }
    }

    fn publish(&mut self, tx: &mut Tx, stage: &Stage<'_>, now: Moment) -> Outcome<String> {
        let officer = stage.cast.officer.actor();
        let call = opening::publish(tx, &officer, &self.definition, now)?.into_iter().next();
        let call = call.ok_or_else(|| UseCaseError::Unreadable("a fund without a call".into()))?;
        judging::seat(tx, stage.cast, &call, now)?;
        let said = format!("envelope of {}", call.definition.envelope);
        self.call = Some(call);
        Ok(said)
    }

    fn apply(&mut self, tx: &mut Tx, call: &OpenCall, stage: &Stage<'_>, now: Moment) -> Outcome<String> {
        self.dossiers.clear();
        for number in self.first..self.first + FILES {
            self.dossiers.push(applying::draft(tx, stage.dice, call, stage.paper, number, now)?);
        }
        let incomplete = applying::start_empty(tx, stage.dice, call, self.first + FILES, now)?;
        let refused = match applying::file(tx, &incomplete, now) {
            Err(UseCaseError::Refused(reason)) => reason.to_string(),
            other => return other.map(|()| "an empty file was taken".into()),
        };
        for dossier in self.dossiers.iter().take(self.dossiers.len() - 1) {
            applying::file(tx, dossier, now)?;
        }
        Ok(format!("{} filed; an empty one: « {} »", self.dossiers.len() - 1, on_one_line(&refused)))
    }

    fn come_too_late(&self, tx: &mut Tx, now: Moment) -> Outcome<String> {
        let Some(late) = self.dossiers.last() else { return Ok("nobody".into()) };
        match applying::file(tx, late, now) {
            Err(UseCaseError::Refused(reason)) => Ok(format!("« {} »", on_one_line(&reason.to_string()))),
            Err(error) => Err(error),
            Ok(()) => Err(UseCaseError::Unreadable("a late file was taken".into())),
        }
    }

    /// The first file lacks something, the second does not fit the call.
    fn examine(&self, tx: &mut Tx, stage: &Stage<'_>, now: Moment) -> Outcome<String> {
        let [asked, refused, rest @ .., _] = self.dossiers.as_slice() else { return Ok("nothing".into()) };
        judging::ask(tx, stage.cast, asked.id, "Merci de joindre le programme détaillé des ateliers.", now)?;
        let motive = "L’action a déjà commencé\u{a0}: seules les dépenses à venir peuvent être soutenues.";
        judging::turn_away(tx, stage.cast, refused.id, motive, now)?;
        for dossier in rest {
            judging::admit(tx, stage.cast, dossier.id, now)?;
        }
        Ok(format!("{} admissible, one complement asked, one file turned away", rest.len()))
    }

    fn complete(&self, tx: &mut Tx, stage: &Stage<'_>, now: Moment) -> Outcome<String> {
        let Some(asked) = self.dossiers.first() else { return Ok("nothing".into()) };
        judging::answer(tx, asked, "Le programme est joint\u{a0}: huit ateliers, de mai à novembre.", now)?;
        judging::admit(tx, stage.cast, asked.id, now)?;
        Ok("the complement came, the file is admissible".into())
    }

    /// The files the committee hears.
    fn heard(&self) -> Vec<&Dossier> {
        let admitted = self.dossiers.iter().enumerate().filter(|(place, _)| *place != 1);
        admitted.map(|(_, dossier)| dossier).take(self.dossiers.len().saturating_sub(2)).collect()
    }

    fn entrust(&self, tx: &mut Tx, call: &OpenCall, stage: &Stage<'_>, now: Moment) -> Outcome<String> {
        let heard: Vec<_> = self.heard().iter().map(|dossier| dossier.id).collect();
        judging::entrust(tx, stage.cast, call, &heard, now)?;
        let recused = judging::recuse_one(tx, stage.cast, &heard, now)?;
        Ok(format!("{} files entrusted; {recused} is recused from one", heard.len()))
    }

    fn meet(&mut self, tx: &mut Tx, call: &OpenCall, stage: &Stage<'_>, now: Moment) -> Outcome<String> {
        let session = judging::convene(tx, stage.cast, call, now)?;
        judging::open(tx, stage.cast, session, now)?;
        let heard: Vec<_> = self.heard().iter().map(|dossier| dossier.id).collect();
        let awarded = judging::decide_all(tx, stage.cast, call, &heard, now)?;
        judging::close(tx, stage.cast, call, session, now)?;
        self.session = Some(session);
        Ok(format!("{awarded} of {} files awarded", heard.len()))
    }

    fn accept(&mut self, tx: &mut Tx, stage: &Stage<'_>, now: Moment) -> Outcome<String> {
        self.grants.clear();
        for (place, dossier) in self.dossiers.iter().enumerate() {
            if let Some(grant) = paying::accept(tx, stage.cast, dossier, stage.paper, now)? {
                self.grants.push((grant, place));
            }
        }
        Ok(format!("{} grants accepted, accounts verified", self.grants.len()))
    }

    /// The grants of the fund.
    fn granted(&self) -> Vec<GrantId> {
        self.grants.iter().map(|(grant, _)| *grant).collect()
    }

    /// What is due to the fund's own grants is paid.
    fn pay(&self, tx: &mut Tx, stage: &Stage<'_>, now: Moment) -> Outcome<String> {
        let granted = self.granted();
        let authorised = paying::authorise(tx, stage.cast, Some(&granted), now)?;
        let Some(run) = paying::run(tx, stage.cast, stage.payer, Some(&granted), now)? else {
            return Ok("nothing was due".into());
        };
        paying::executed(tx, stage.cast, run, now)?;
        let mut said = vec![format!("{authorised} payments authorised, approved by another person, paid")];
        said.extend(paying::told(tx, stage.cast, run)?);
        Ok(said.join("\n"))
    }

    /// Nothing is owed any more either way: the grants of the fund have closed.
    fn close(&self, tx: &mut Tx) -> Outcome<String> {
        let rows = grants::of_ids(tx.conn(), &self.granted())?;
        if let Some(open) = rows.iter().find(|row| row.state != GrantState::Closed) {
            return Err(UseCaseError::Unreadable(format!("{} is {} and not closed", open.reference, open.state)));
        }
        Ok(format!("{} grants closed, nothing is owed either way", rows.len()))
    }

    /// The first grantee spends a third of what was planned, and not all of it is accepted in the end; the others spend what
    /// was planned.
    fn report(&self, tx: &mut Tx, stage: &Stage<'_>, bilan: Bilan, now: Moment) -> Outcome<String> {
        let mut count = 0;
        for (order, (grant, place)) in self.grants.iter().enumerate() {
            let Some(dossier) = self.dossiers.get(*place) else { continue };
            let (spent, retained) = match (order, bilan) {
                (0, Bilan::Interim) => (Rate::percent(30), Retained::Everything),
                (0, Bilan::Final) => (Rate::percent(30), Retained::LessOfOneLine),
                _ => (Rate::percent(100), Retained::Everything),
            };
            count += paying::report(tx, stage, dossier, *grant, (bilan, spent, retained), now)?;
        }
        Ok(if count == 0 { "no such report is asked".into() } else { format!("{count} reports filed and accepted") })
    }
}

fn score(tx: &mut Tx, call: &OpenCall, stage: &Stage<'_>, now: Moment) -> Outcome<String> {
    let mut count = 0;
    for reviewer in &stage.cast.reviewers {
        count += judging::score(tx, stage.dice, reviewer.id, call, now)?;
    }
    Ok(format!("{count} reviews handed in"))
}

fn on_one_line(reason: &str) -> String {
    reason.replace('\n', " ")
}

fn noon(day: chrono::NaiveDate) -> Moment {
    Moment::start_of_day(day).plus_minutes(12 * 60)
}

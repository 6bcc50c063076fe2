//! A made-up history: calls of several years and the life of their grants, as dated events that are written one by one.

use super::{
    applying::Holder,
    cast::{self, Cast, Player},
    dice::Dice,
    editions::{Edition, News, Step},
    opening, paying, treasury,
};
use crate::{
    domain::{
        ids::{OrganisationId, PayerAccountId},
        lifecycles::messages::MessageState,
        time::Moment,
    },
    store::{Tx, messages as outbox},
    usecases::{Outcome, attachments::FitFile, messages, reference_data, settings},
};
use std::collections::BTreeMap;

/// Days between two rounds of payments.
const MONTH: i64 = 30;
/// For how many days at the end no round is made, so that something is left to do.
const QUIET: i64 = 30;

/// What may happen at a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    /// A step of the edition at this place.
    Step(usize, Step),
    Month,
    LastDays,
}

/// Everything the story knows of what it has written.
pub(crate) struct World {
    pub cast: Cast,
    pub editions: Vec<Edition>,
    /// Whether the officer judges reports line by line.
    pub judges_lines: bool,
    dice: Dice,
    paper: FitFile,
    payer: PayerAccountId,
    until: Moment,
    known: BTreeMap<i64, Known>,
    by_organisation: BTreeMap<OrganisationId, i64>,
}

struct Known {
    holder: Holder,
    has_account: bool,
}

/// What an event needs of the world.
pub(crate) struct Scene<'a> {
    pub cast: &'a Cast,
    pub dice: &'a Dice,
    pub paper: &'a FitFile,
    pub payer: PayerAccountId,
    /// When the story ends.
    pub until: Moment,
    /// Whether the officer judges reports line by line.
    pub judges_lines: bool,
    world: &'a World,
}

impl Scene<'_> {
    /// The organisation of this number, if it is there.
    pub(super) fn known(&self, number: i64) -> Option<&Holder> {
        self.world.known.get(&number).map(|known| &known.holder)
    }

    /// The organisation of this number; brought in when it is new.
    pub(super) fn holder(
        &self,
        number: i64,
        news: &mut News,
        bring_in: impl FnOnce(&mut Dice) -> Outcome<Holder>,
    ) -> Outcome<Holder> {
        if let Some(holder) = self.known(number) {
            return Ok(holder.clone());
        }
        let holder = bring_in(&mut self.dice.apart(number.unsigned_abs()))?;
        news.holders.push((number, holder.clone()));
        Ok(holder)
    }

    /// Whether the organisation of this number has given a bank account.
    pub(super) fn has_account(&self, number: i64) -> bool {
        self.world.known.get(&number).is_some_and(|known| known.has_account)
    }

    /// Who applies for this organisation.
    pub(super) fn of_organisation(&self, id: OrganisationId) -> Option<&Holder> {
        self.known(*self.world.by_organisation.get(&id)?)
    }
}

impl World {
    /// A world with its staff and `readers` committee members, before anything has happened.
    pub(crate) fn begin(tx: &mut Tx, dice: Dice, readers: usize, now: Moment, until: Moment) -> Outcome<World> {
        let known = settings::load(tx.conn())?;
        settings::save(tx, known)?;
        reference_data::load(tx)?;
        let mut cast = cast::gather(tx, now)?;
        cast::enlarge(tx, &mut cast, &dice, readers, now)?;
        let payer = paying::open_payer(tx, now)?;
        let paper = opening::paper("document.pdf")?;
        let (known, by_organisation, editions) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Ok(World { cast, editions, judges_lines: false, dice, paper, payer, until, known, by_organisation })
    }

    /// Somebody with a grant that was accepted.
    pub(crate) fn grantee(&self) -> Option<&Player> {
        self.known.values().find(|known| known.has_account).map(|known| &known.holder.applicant)
    }

    /// Somebody who knows that their project was not retained, by the newest call that is announced.
    pub(crate) fn refused(&self) -> Option<&Player> {
        let today = self.until.paris_date();
        let day = |edition: &Edition| edition.definition.calls.first().map(|call| call.calendar.announcement_on);
        let announced = self.editions.iter().filter_map(|edition| Some((day(edition)?, edition)));
        let (_, newest) = announced.filter(|(day, _)| *day < today).max_by_key(|(day, _)| *day)?;
        self.known.get(&newest.refused()?).map(|known| &known.holder.applicant)
    }

    /// Everything that happens until the end of the story, in order.
    pub(crate) fn events(&self) -> Vec<(Moment, Event)> {
        let steps = |(place, edition): (usize, &Edition)| {
            edition.steps().into_iter().map(move |(at, step)| (at, Event::Step(place, step)))
        };
        let mut events: Vec<_> = self.editions.iter().enumerate().flat_map(steps).collect();
        let first = events.iter().map(|(at, _)| *at).min().unwrap_or(self.until);
        let mut month = first.plus_days(MONTH);
        while month < self.until.plus_days(-QUIET) {
            events.push((month, Event::Month));
            month = month.plus_days(MONTH);
        }
        events.push((self.until.plus_minutes(-60), Event::LastDays));
        events.retain(|(at, _)| *at < self.until);
        events.sort();
        events
    }

    /// Lets an event happen. What it brought is for `learn` once it is written.
    pub(crate) fn play(&self, tx: &mut Tx, event: Event, now: Moment) -> Outcome<News> {
        let World { cast, dice, paper, payer, until, judges_lines, .. } = self;
        let (payer, until, judges_lines) = (*payer, *until, *judges_lines);
        let scene = Scene { cast, dice, paper, payer, until, judges_lines, world: self };
        let news = match event {
            Event::Step(place, step) => match self.editions.get(place) {
                Some(edition) => edition.play(tx, step, &scene, now)?,
                None => News::default(),
            },
            Event::Month => treasury::month(tx, &scene, now).map(|()| News::default())?,
            Event::LastDays => treasury::last_days(tx, &scene, now).map(|()| News::default())?,
        };
        post(tx)?;
        Ok(news)
    }

    /// Takes in what an event brought.
    pub(crate) fn learn(&mut self, event: Event, mut news: News) {
        for (number, holder) in news.holders.drain(..) {
            self.by_organisation.insert(holder.organisation, number);
            self.known.insert(number, Known { holder, has_account: false });
        }
        for number in news.accounts.drain(..) {
            if let Some(known) = self.known.get_mut(&number) {
                known.has_account = true;
            }
        }
        if let Event::Step(place, _) = event
            && let Some(edition) = self.editions.get_mut(place)
        {
            edition.learn(&mut news);
        }
    }
}

/// The mails of a made-up past have left: no worker ever sends them.
fn post(tx: &mut Tx) -> Outcome<()> {
    loop {
        let mut waiting = outbox::in_state(tx.conn(), MessageState::Queued, 500)?;
        if waiting.is_empty() {
            return Ok(());
        }
        // There none waits for what may be told next.
        for row in waiting.iter_mut().filter(|row| row.next_attempt_at > row.created_at) {
            outbox::set_due(tx, row.id, row.created_at)?;
            row.next_attempt_at = row.created_at;
        }
        messages::record_carried(tx, &waiting)?;
    }
}

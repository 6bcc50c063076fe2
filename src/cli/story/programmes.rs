//! Which calls a made-up history has: editions of the three funds on calendars that lie around its last day.

use super::{calendars, editions::Numbers};
use crate::domain::{definitions::Definition, money::Euros, time::Moment};
use chrono::{Duration, NaiveDate};

/// How far back the editions of one fund lie, in years: the present one, the one before the last, then the others.
const AGES: [i64; 10] = [0, 2, 1, 3, 4, 5, 6, 7, 8, 9];
/// The most calls of a history: each fund twice a year.
pub(crate) const MOST_CALLS: usize = 60;

/// A call to come and who applies to it.
pub(crate) struct Planned {
    pub definition: Definition,
    pub numbers: Numbers,
    /// Whether agreements of it wait to be signed at the end.
    pub leaves_unsigned: bool,
}

/// `calls` editions of the funds in turn, with `files` applications in all. On `today` the newest of the first fund is
/// open, of the second just announced, of the third in review.
pub(crate) fn plan(funds: &[Definition], calls: usize, files: usize, today: Moment) -> Vec<Planned> {
    let mut planned: Vec<Planned> = Vec::with_capacity(calls);
    for place in 0..calls {
        let share = files / calls + usize::from(place < files % calls);
        let (fund, turn) = (place % funds.len().max(1), place / funds.len().max(1));
        let Some(shipped) = funds.get(fund) else { continue };
        let years = AGES.get(turn % AGES.len()).copied().unwrap_or_default();
        let half = i64::try_from(turn / AGES.len()).unwrap_or_default();
        let days = present(shipped, fund, today.paris_date()) - years * 364 - half * 182;
        let mut definition = calendars::moved(shipped, days);
        let is_known = |reference: &str| planned.iter().any(|other| reference_of(&other.definition) == reference);
        while is_known(&reference_of(&definition)) {
            definition.calls.iter_mut().for_each(|call| call.reference.push_str("-B"));
        }
        definition.fund.committee.readers = 3;
        scale(&mut definition, days, share);
        let (base, pool) = (i64::try_from(fund * 200_000).unwrap_or_default(), pool(files, calls));
        let shift = i64::try_from(turn * share * 2 / 3).unwrap_or_default();
        let numbers = Numbers { base, pool, shift, files: share };
        planned.push(Planned { definition, numbers, leaves_unsigned: false });
    }
    planned
}

/// How many organisations know a fund: half as many again as apply to one of its calls.
fn pool(files: usize, calls: usize) -> i64 {
    i64::try_from(files.div_ceil(calls.max(1)) * 3 / 2 + 1).unwrap_or_default()
}

fn reference_of(definition: &Definition) -> String {
    definition.calls.first().map(|call| call.reference.clone()).unwrap_or_default()
}

/// By how many days the shipped call moves to be where its fund stands today.
fn present(shipped: &Definition, fund: usize, today: NaiveDate) -> i64 {
    match fund {
        0 => shift(shipped, Anchor::Opening, today, -56),
        1 => shift(shipped, Anchor::Announcement, today, -24),
        _ => shift(shipped, Anchor::Committee, today, 5),
    }
}

/// A date of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Opening,
    Committee,
    Announcement,
}

/// By how many days the shipped call moves for a date of it to lie `wait` days from today.
fn shift(shipped: &Definition, anchor: Anchor, today: NaiveDate, wait: i64) -> i64 {
    let Some(call) = shipped.calls.first() else { return 0 };
    let anchor = match anchor {
        Anchor::Opening => call.window.opens.paris_date(),
        Anchor::Committee => call.calendar.committee_on,
        Anchor::Announcement => call.calendar.announcement_on,
    };
    let aim = today.checked_add_signed(Duration::days(wait)).unwrap_or(today);
    (aim - anchor).num_days()
}

/// The past of a demonstration, before the calls that are open: for each fund a call that was announced, one of them long
/// ago; one just announced, with agreements to sign; one whose minutes wait to be confirmed, one whose committee meets in
/// three days, one that is being read.
pub(crate) fn past(funds: &[Definition], today: Moment) -> Vec<Planned> {
    const FILES: usize = 8;
    const JUST_ANNOUNCED: i64 = -26;
    // The fund, what is aimed at, and how many days from today.
    let wanted = [
        (0, Anchor::Announcement, -620),
        (2, Anchor::Announcement, -330),
        (1, Anchor::Announcement, -290),
        (0, Anchor::Announcement, JUST_ANNOUNCED),
        (2, Anchor::Committee, -2),
        (1, Anchor::Committee, 3),
        (0, Anchor::Committee, 16),
    ];
    let mut planned: Vec<Planned> = Vec::with_capacity(wanted.len());
    for (turn, (fund, anchor, wait)) in (0..).zip(wanted) {
        let Some(shipped) = funds.get(fund) else { continue };
        let days = shift(shipped, anchor, today.paris_date(), wait);
        let mut definition = calendars::moved(shipped, days);
        let known = funds.iter().chain(planned.iter().map(|other| &other.definition));
        let known: Vec<_> = known.map(reference_of).collect();
        while known.contains(&reference_of(&definition)) {
            definition.calls.iter_mut().for_each(|call| call.reference.push_str("-B"));
        }
        scale(&mut definition, days, 0);
        let base = 15 + i64::try_from(fund * 8).unwrap_or_default();
        let leaves_unsigned = (anchor, wait) == (Anchor::Announcement, JUST_ANNOUNCED);
        if let Some(call) = definition.calls.first_mut().filter(|_| leaves_unsigned) {
            call.agreement_threshold = call.amount.floor;
        }
        let numbers = Numbers { base, pool: 8, shift: turn * 3, files: FILES };
        planned.push(Planned { definition, numbers, leaves_unsigned });
    }
    planned
}

/// Agreements of its own that can fund a good third of what is asked.
fn scale(definition: &mut Definition, days: i64, files: usize) {
    let Some(call) = definition.calls.first_mut() else { return };
    let asked = call.amount.ceiling.cents() * i64::try_from(files).unwrap_or_default() * 3 / 10;
    let times = (asked / call.envelope.cents().max(1) + 1).max(1);
    let year = call.reference.clone();
    let more = |amount: Euros| Euros::from_cents(amount.cents() * times);
    call.envelope = more(call.envelope);
    for source in &mut call.sources {
        source.reference = format!("{}/{year}", source.reference);
        source.amount = more(source.amount);
    }
    for source in &mut definition.funding_sources {
        source.reference = format!("{}/{year}", source.reference);
        source.amount = more(source.amount);
        for earmark in &mut source.earmarks {
            earmark.amount = more(earmark.amount);
        }
        let moved = |day: NaiveDate| day.checked_add_signed(Duration::days(days)).unwrap_or(day);
        (source.starts_on, source.ends_on) = (moved(source.starts_on), moved(source.ends_on));
    }
}

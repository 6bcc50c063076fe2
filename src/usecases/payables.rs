//! What has to leave, what is in its way and whose turn it is; and what comes in and leaves each month, source by source.

use super::{
    Actor, Outcome, access, definitions,
    disbursements::conditions,
    eligible_days::{self, EligibleDays},
    journal::{Part, split},
};
use crate::{
    domain::{
        blockers::{Blocker, Turn, named},
        disbursements::Condition,
        ids::{CallId, DisbursementId, FundingSourceId},
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, bank_accounts,
        disbursements::{self, DisbursementFile},
        funding_sources,
        payables::{self as rows, Wanted},
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

const READERS: [Role; 3] = [Role::Finance, Role::Director, Role::Auditor];
/// Months shown after the present one.
pub const MONTHS_AHEAD: usize = 12;

/// A disbursement that has still to leave.
#[derive(Debug, Clone)]
pub struct Payable {
    pub file: DisbursementFile,
    /// What it waits for, in the order of its way; never empty.
    pub blockers: Vec<Blocker>,
    /// The day before which it may not leave.
    pub not_before: Option<NaiveDate>,
    /// When the quarantine of a changed RIB is over.
    pub quarantined_until: Option<Moment>,
    /// Where a list goes on after it.
    pub key: Key,
}

/// The place of a disbursement in the list: the day it is expected, then itself.
pub type Key = (String, DisbursementId);

/// Which disbursements are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    pub call: Option<CallId>,
    pub blocker: Option<Blocker>,
    /// Who must act.
    pub turn: Option<Turn>,
}

fn wanted(conn: &mut Conn, actor: &Actor, filter: Filter, now: Moment) -> Outcome<Wanted> {
    access::require(actor, &READERS)?;
    let strict = eligible_days::strict(conn)?.iter().map(EligibleDays::paying).collect();
    Ok(Wanted { call: filter.call, blocker: filter.blocker, turn: filter.turn, reader: actor.person, strict, now })
}

/// The disbursements after a key, the soonest first.
pub fn page(
    conn: &mut Conn,
    actor: &Actor,
    filter: Filter,
    (key, limit): (Option<&Key>, i64),
    now: Moment,
) -> Outcome<Vec<Payable>> {
    let after = key.map_or(("", ""), |(due, id)| (due.as_str(), id.as_str()));
    let wanted = wanted(conn, actor, filter, now)?;
    let lines = rows::page(conn, &wanted, after, limit)?;
    let ids: Vec<_> = lines.iter().map(|line| line.id).collect();
    let files: BTreeMap<_, _> =
        disbursements::files_of(conn, &ids)?.into_iter().map(|file| (file.disbursement.id, file)).collect();
    let organisations: Vec<_> = files.values().map(|file| file.grant.organisation_id).collect();
    let accounts = bank_accounts::open_of_all(conn, &organisations)?;
    let payable = |line: rows::Payable| -> Outcome<Payable> {
        let file = files.get(&line.id).cloned().ok_or(StoreError::NotFound)?;
        let theirs = accounts.iter().filter(|row| row.organisation_id == file.grant.organisation_id);
        let day = |condition: &Condition| match condition {
            Condition::DateReached(day) => Some(*day),
            _ => None,
        };
        Ok(Payable {
            blockers: named(&line.blockers),
            not_before: conditions(&file.disbursement)?.iter().find_map(day),
            quarantined_until: theirs.filter_map(|row| row.quarantined_until).filter(|until| *until > now).max(),
            key: (line.due, line.id),
            file,
        })
    };
    lines.into_iter().map(payable).collect()
}

/// What one disbursement waits for, in the order of its way; nothing once it has left.
pub fn blockers(conn: &mut Conn, actor: &Actor, id: DisbursementId, now: Moment) -> Outcome<Vec<Blocker>> {
    let wanted = wanted(conn, actor, Filter::default(), now)?;
    let found = rows::of_one(conn, &wanted, id)?;
    Ok(found.map(|line| named(&line.blockers)).unwrap_or_default())
}

/// How many disbursements wait for something, and what they add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub lines: i64,
    pub amount: Euros,
}

impl Sum {
    fn add(&mut self, lines: i64, amount: Euros) {
        self.lines += lines;
        self.amount += amount;
    }
}

/// The disbursements to leave in figures. One that waits for two things counts in both, and with both whose turn it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub whole: Sum,
    pub blockers: BTreeMap<Blocker, Sum>,
    pub turns: BTreeMap<Turn, Sum>,
}

/// What waits for what and with whom, of one call or of all.
pub fn counts(conn: &mut Conn, actor: &Actor, call: Option<CallId>, now: Moment) -> Outcome<Counts> {
    let mut counts = Counts::default();
    let wanted = wanted(conn, actor, Filter { call, ..Filter::default() }, now)?;
    for (codes, lines, amount) in rows::counts(conn, &wanted)? {
        counts.whole.add(lines, amount);
        let mut turns: Vec<Turn> = Vec::new();
        for blocker in named(&codes) {
            counts.blockers.entry(blocker).or_default().add(lines, amount);
            if !turns.contains(&blocker.turn()) {
                turns.push(blocker.turn());
            }
        }
        for turn in turns {
            counts.turns.entry(turn).or_default().add(lines, amount);
        }
    }
    Ok(counts)
}

/// What comes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coming {
    /// From the funder or from donors, on the day of the bank.
    pub received: Euros,
    /// From grantees, of what was paid too much.
    pub returned: Euros,
    /// Expected from the funder: before today, and from today on.
    pub late: Euros,
    pub awaited: Euros,
    /// Asked back of grantees and not come yet, by the day on which it is due.
    pub asked_back: Euros,
}

impl Coming {
    /// Everything that came or is to come.
    pub fn total(&self) -> Euros {
        self.of_funder() + self.returned + self.asked_back
    }

    /// What the funder or donors gave or are to give.
    pub fn of_funder(&self) -> Euros {
        self.received + self.late + self.awaited
    }

    fn and(self, other: Coming) -> Coming {
        Coming {
            received: self.received + other.received,
            returned: self.returned + other.returned,
            late: self.late + other.late,
            awaited: self.awaited + other.awaited,
            asked_back: self.asked_back + other.asked_back,
        }
    }
}

/// What moves in one month, or before or after the months that are shown: what leaves, and what comes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flow {
    pub paid: Euros,
    pub in_run: Euros,
    /// Authorised, or with nothing in its way.
    pub due: Euros,
    pub planned: Euros,
    pub coming: Coming,
}

/// What is done by the day of the bank: it is never late.
const DONE: [&str; 3] = ["paid", "received", "returned"];

impl Flow {
    /// Everything that leaves or left.
    pub fn total(&self) -> Euros {
        self.paid + self.in_run + self.due + self.planned
    }

    /// What comes in less what leaves.
    pub fn net(&self) -> Euros {
        self.coming.total() - self.total()
    }

    fn is_nothing(&self) -> bool {
        *self == Flow::default()
    }

    fn add(&mut self, step: &str, amount: Euros) {
        let part = match step {
            "paid" => &mut self.paid,
            "in_run" => &mut self.in_run,
            "due" => &mut self.due,
            "received" => &mut self.coming.received,
            "returned" => &mut self.coming.returned,
            "late" => &mut self.coming.late,
            "awaited" => &mut self.coming.awaited,
            "asked_back" => &mut self.coming.asked_back,
            _ => &mut self.planned,
        };
        *part += amount;
    }

    /// With what another one says.
    pub fn and(self, other: Flow) -> Flow {
        Flow {
            paid: self.paid + other.paid,
            in_run: self.in_run + other.in_run,
            due: self.due + other.due,
            planned: self.planned + other.planned,
            coming: self.coming.and(other.coming),
        }
    }
}

/// The cash of one funding source: what it gives, and what moves on it before the present month, in each month from the
/// present one, and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceCash {
    pub id: FundingSourceId,
    pub funder: String,
    pub reference: String,
    /// Whether a funder pays it by instalments; donations feed it otherwise.
    pub is_agreement: bool,
    /// What the agreement with the funder gives, or what was given.
    pub given: Euros,
    pub before: Flow,
    pub months: Vec<Flow>,
    pub after: Flow,
}

impl SourceCash {
    /// Everything that moves or moved on this source.
    pub fn whole(&self) -> Flow {
        self.months.iter().fold(self.before.and(self.after), |sum, month| sum.and(*month))
    }

    /// What is still there of what it gives at the end of each month.
    pub fn left(&self) -> Vec<Euros> {
        let mut left = self.given - self.before.total();
        let step = |month: &Flow| {
            left -= month.total();
            left
        };
        self.months.iter().map(step).collect()
    }

    /// The cash at the end of each month: what has come in by then less what has left. Negative where the house pays ahead
    /// of the funder.
    pub fn in_hand(&self) -> Vec<Euros> {
        let mut in_hand = self.before.net();
        let step = |month: &Flow| {
            in_hand += month.net();
            in_hand
        };
        self.months.iter().map(step).collect()
    }
}

/// The cash, month by month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cash {
    /// The first day of each month, the present one first.
    pub months: Vec<NaiveDate>,
    /// Every source on which something moves or moved, by reference.
    pub sources: Vec<SourceCash>,
}

/// What comes in and leaves each month from the present one on, source by source. What was expected in a month that is over
/// and has neither left nor come counts in the present one.
pub fn cash(conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<Cash> {
    let wanted = wanted(conn, actor, Filter::default(), now)?;
    let months = months_from(now.paris_date());
    let keys: Vec<String> = months.iter().map(|day| day.format("%Y-%m").to_string()).collect();
    let present = keys.first().cloned().unwrap_or_default();
    let mut sources = sources(conn, months.len())?;
    let mut lines = rows::by_month(conn, &wanted)?;
    lines.extend(rows::coming_by_month(conn, &wanted)?);
    lines.extend(asked_back(&rows::asked_back(conn, &wanted)?));
    for line in lines {
        let Some(source) = sources.iter_mut().find(|source| source.id == line.source) else { continue };
        if !source.is_agreement && line.step == "received" {
            source.given += line.amount();
        }
        let is_late = line.month < present && !DONE.contains(&line.step.as_str());
        let month = if is_late { &present } else { &line.month };
        let place = keys.iter().position(|key| key == month);
        let flow = match place {
            Some(place) => source.months.get_mut(place),
            None if *month < present => Some(&mut source.before),
            None => Some(&mut source.after),
        };
        if let Some(flow) = flow {
            flow.add(&line.step, line.amount());
        }
    }
    sources.retain(|source| !source.whole().is_nothing());
    Ok(Cash { months, sources })
}

/// What is asked back, divided among the sources that paid it as it will be once it comes.
fn asked_back(lines: &[rows::AskedBack]) -> Vec<rows::Monthly> {
    let mut found = Vec::new();
    for sources in lines.chunk_by(|one, other| one.recovery == other.recovery) {
        let paid: Vec<_> = sources.iter().map(|line| Part { source: line.source, amount: line.paid() }).collect();
        let asked = sources.first().map_or(Euros::ZERO, rows::AskedBack::asked);
        let parts = sources.iter().zip(split(asked, &paid));
        let parts = parts.filter(|(_, part)| part.amount.is_positive());
        found.extend(parts.map(|(line, part)| line.coming(part.amount)));
    }
    found
}

/// Every source before anything moved on it. What a source of donations had before them is there from the beginning.
fn sources(conn: &mut Conn, months: usize) -> Outcome<Vec<SourceCash>> {
    let funders: BTreeMap<_, _> = funding_sources::funders(conn)?.into_iter().map(|row| (row.id, row.name)).collect();
    let mut found = Vec::new();
    for row in funding_sources::all(conn)? {
        let is_agreement = definitions::source(&row.settings)?.kind.is_agreement();
        let received = if is_agreement { Euros::ZERO } else { row.amount_cents };
        found.push(SourceCash {
            funder: funders.get(&row.funder_id).cloned().unwrap_or_default(),
            id: row.id,
            reference: row.reference,
            is_agreement,
            given: row.amount_cents,
            before: Flow { coming: Coming { received, ..Coming::default() }, ..Flow::default() },
            months: vec![Flow::default(); months],
            after: Flow::default(),
        });
    }
    Ok(found)
}

/// The first days of the present month and of those after it.
fn months_from(today: NaiveDate) -> Vec<NaiveDate> {
    use chrono::{Datelike, Months};
    let first = today.with_day(1).unwrap_or(today);
    (0_u32..).take(MONTHS_AHEAD + 1).filter_map(|ahead| first.checked_add_months(Months::new(ahead))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_of_months_follows_the_present_one() {
        let months = months_from("2027-12-31".parse().unwrap());
        assert_eq!(months.len(), MONTHS_AHEAD + 1);
        assert_eq!(months.first().map(NaiveDate::to_string).as_deref(), Some("2027-12-01"));
        assert_eq!(months.last().map(NaiveDate::to_string).as_deref(), Some("2028-12-01"));
    }

    #[test]
    fn what_is_left_falls_month_after_month() {
        let flow = |euros| Flow { planned: Euros::whole(euros), ..Flow::default() };
        let awaited = |euros| {
            let coming = Coming { awaited: Euros::whole(euros), ..Coming::default() };
            Flow { coming, ..Flow::default() }
        };
        let source = SourceCash {
            id: "0198c0a1-7b5c-7def-8123-456789abcdef".parse().unwrap(),
            funder: "AFD".into(),
            reference: "A".into(),
            is_agreement: true,
            given: Euros::whole(100),
            before: flow(10),
            months: vec![flow(20), awaited(60), flow(80)],
            after: flow(5),
        };
        assert_eq!(source.left(), [Euros::whole(70), Euros::whole(70), Euros::whole(-10)]);
        assert_eq!(source.in_hand(), [Euros::whole(-30), Euros::whole(30), Euros::whole(-50)]);
        assert_eq!(source.whole().total(), Euros::whole(115));
    }
}

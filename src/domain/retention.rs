//! How long what people entrust to the house is kept, as the legal notice promises it.

use super::{codes::codes, time::Moment};
use chrono::{Months, NaiveDate};

codes! {
    /// Why an application goes.
    pub enum ErasureGround {
        /// It was never filed.
        Draft => "draft",
        /// It was not selected, not admissible, withdrawn, or its call was cancelled.
        NotFunded => "not_funded",
        /// Its grant is over, and its accounts need be shown no more.
        Funded => "funded",
    }
}

/// Months after the call has closed.
const DRAFT_MONTHS: u32 = 12;
/// Months after the decision.
const NOT_FUNDED_MONTHS: u32 = 24;
/// Accounts are kept ten years (Code de commerce, art. L123-22); an agreement with a funder may ask for more.
const BOOKS_YEARS: u32 = 10;
/// Months after the session.
pub const NOTES_MONTHS: u32 = 24;
/// Months without a visit.
pub const ACCOUNT_MONTHS: u32 = 24;
/// Days between a warning and what it warns of.
pub const NOTICE_DAYS: u64 = 30;
/// Days for which links, sign-ins and the marks of forms are kept once they have served.
pub const TRACE_DAYS: i64 = 30;

impl ErasureGround {
    /// What an officer reads of it.
    pub const fn label(self) -> &'static str {
        match self {
            ErasureGround::Draft => "Brouillons jamais déposés",
            ErasureGround::NotFunded => "Dossiers non retenus",
            ErasureGround::Funded => "Dossiers financés, clos",
        }
    }

    /// For how many months an application is kept. `agreed_years` is what the agreements that pay for its call ask for.
    pub fn months(self, agreed_years: i32) -> u32 {
        match self {
            ErasureGround::Draft => DRAFT_MONTHS,
            ErasureGround::NotFunded => NOT_FUNDED_MONTHS,
            ErasureGround::Funded => 12 * BOOKS_YEARS.max(u32::try_from(agreed_years).unwrap_or_default()),
        }
    }
}

/// The day on which goes what has been over since then.
pub fn due_on(since: Moment, months: u32) -> NaiveDate {
    let day = since.paris_date();
    day.checked_add_months(Months::new(months)).unwrap_or(day)
}

/// What was over before this instant is due on this day. A month that has no such day is over with its last one.
pub fn over_before(today: NaiveDate, months: u32) -> Moment {
    Moment::end_of_day(today.checked_sub_months(Months::new(months)).unwrap_or_default())
}

/// Whether an agreement with a funder still asks for the papers of what it paid: for its years after its last day, and after
/// the day of its last money where that comes later.
pub fn is_held(ends_on: NaiveDate, last_money: Option<NaiveDate>, years: i32, day: NaiveDate) -> bool {
    let over = last_money.map_or(ends_on, |last| last.max(ends_on));
    let months = 12 * u32::try_from(years).unwrap_or_default();
    over.checked_add_months(Months::new(months)).is_none_or(|last| last >= day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_a_day_in_paris_whatever_the_clocks_did_meanwhile() {
        // Closed at the end of the night in which clocks go forward, due in the year in which they go a day later.
        let closed = Moment::from_paris(day("2027-03-28"), "23:59:59".parse().unwrap());
        assert_eq!(due_on(closed, 12), day("2028-03-28"));
        assert!(closed < over_before(day("2028-03-28"), 12) && closed >= over_before(day("2028-03-27"), 12));
        let leap = Moment::start_of_day(day("2028-02-29"));
        assert!(leap < over_before(day("2029-03-01"), 12) && leap >= over_before(day("2029-02-27"), 12));
    }

    #[test]
    fn an_agreement_may_ask_for_more_than_the_law_and_never_for_less() {
        assert_eq!(ErasureGround::Funded.months(5), 120);
        assert_eq!(ErasureGround::Funded.months(12), 144);
        assert_eq!(ErasureGround::Draft.months(12), 12);
    }

    #[test]
    fn an_agreement_holds_what_it_paid_for_until_its_years_after_the_last_money_are_over() {
        let ends = day("2030-12-31");
        assert!(is_held(ends, None, 5, day("2035-12-31")) && !is_held(ends, None, 5, day("2036-01-01")));
        assert!(is_held(ends, Some(day("2032-06-30")), 5, day("2037-06-30")), "the balance of the funder came later");
        assert!(!is_held(ends, Some(day("2029-06-30")), 5, day("2036-01-01")));
    }
}

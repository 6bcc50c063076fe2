//! The next edition of a call: the same definition with every date moved by whole weeks, and the periods of its rules by
//! whole years, and what is left to look at.

use super::CallDefinition;
use crate::domain::{
    eligibility::Rule,
    holidays::public_holiday,
    references::{school_calendar_ends, school_holiday},
    schedules::DueRule,
    time::{Moment, Window, french_date, french_weekday_date},
};
use chrono::{Datelike, Duration, Months, NaiveDate, Weekday};
use std::{collections::BTreeSet, ops::RangeInclusive};

/// What the officer is to look at before a new edition is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// A text names a year of the edition it was copied from.
    NamesYear { place: String, year: i32, excerpt: String },
    /// A date falls on a day on which nobody works.
    OnHoliday { place: &'static str, what: String, day: NaiveDate, name: &'static str },
    /// A date falls in the school holidays of zone B.
    InSchoolHoliday { place: &'static str, what: String, day: NaiveDate, name: String },
    /// Dates lie beyond the school calendars that are known, which end on this day.
    BeyondSchoolCalendar { until: NaiveDate },
}

impl Remark {
    /// The French sentence shown on screen.
    pub fn sentence(&self) -> String {
        match self {
            Remark::NamesYear { year, excerpt, .. } => {
                format!("Un texte nomme encore {year}\u{a0}: «\u{a0}{excerpt}\u{a0}».")
            }
            Remark::OnHoliday { what, day, name, .. } => {
                let day = french_weekday_date(*day);
                format!("{what}\u{a0}: {day} est un jour où l’on ne travaille pas ({name}).")
            }
            Remark::InSchoolHoliday { what, day, name, .. } => {
                let day = french_weekday_date(*day);
                format!("{what}\u{a0}: {day} tombe dans les vacances scolaires de la zone B ({name}).")
            }
            Remark::BeyondSchoolCalendar { until } => {
                let until = french_date(*until);
                format!(
                    "Le calendrier scolaire n’est pas encore connu après le {until}\u{a0}: vérifiez les dates qui suivent."
                )
            }
        }
    }

    /// What of the call it is about, as a path below it.
    pub fn path(&self) -> &str {
        match self {
            Remark::NamesYear { place, .. } => place.strip_prefix("call.").unwrap_or(place),
            Remark::OnHoliday { place, .. } | Remark::InSchoolHoliday { place, .. } => place,
            Remark::BeyondSchoolCalendar { .. } => "calendar",
        }
    }
}

impl CallDefinition {
    /// The same call with every date moved by so many days; the hours of the Paris wall clock stay. A period over which
    /// files or grants are counted begins and ends on the same days of another year.
    fn moved(&self, days: i64) -> CallDefinition {
        let mut call = self.clone();
        call.window = Window { opens: moved(call.window.opens, days), closes: moved(call.window.closes, days) };
        call.calendar.committee_on = later(call.calendar.committee_on, days);
        call.calendar.announcement_on = later(call.calendar.announcement_on, days);
        for other in &mut call.calendar.others {
            other.on = later(other.on, days);
        }
        for rule in &mut call.eligibility {
            match rule {
                Rule::StartsFrom { day } | Rule::EndsBy { day } => *day = later(*day, days),
                Rule::FilesPerProgramme { since, until, .. } | Rule::OncePerFunder { since, until } => {
                    for day in [since, until].into_iter().flatten() {
                        *day = years_later(*day, nearest_years(days));
                    }
                }
                _ => {}
            }
        }
        for document in &mut call.documents {
            document.due_on = document.due_on.map(|day| later(day, days));
        }
        for step in &mut call.schedule.steps {
            step.due = moved_rule(step.due, days);
            step.not_before = step.not_before.map(|rule| moved_rule(rule, days));
        }
        call.reports.last.due = moved_rule(call.reports.last.due, days);
        if let Some(interim) = &mut call.reports.interim {
            interim.due = moved_rule(interim.due, days);
        }
        call
    }

    /// The edition that opens in the week of `opens_on`, on the weekday of this one.
    pub fn edition_opening(&self, opens_on: NaiveDate) -> CallDefinition {
        let days = (opens_on - self.window.opens.paris_date()).num_days();
        self.edition_after((days + 3).div_euclid(7) * 7)
    }

    /// The edition so many days later, or earlier; whole weeks keep the weekdays. The years of its reference and its title
    /// follow.
    pub fn edition_after(&self, days: i64) -> CallDefinition {
        let mut next = self.moved(days);
        let (from, to) = (self.calendar.announcement_on.year(), next.calendar.announcement_on.year());
        let mut years = [(from, to), (from - 1, to - 1)];
        // « 2026-2027 » becomes « 2027-2028 », not « 2028-2028 »: a year is replaced before another one becomes it.
        if to < from {
            years.reverse();
        }
        for (old, new) in years {
            next.reference = next.reference.replace(&old.to_string(), &new.to_string());
            next.title = next.title.replace(&old.to_string(), &new.to_string());
        }
        next
    }

    /// The years it is about, from its opening to its announcement.
    fn years(&self) -> RangeInclusive<i32> {
        self.window.opens.paris().year()..=self.calendar.announcement_on.year()
    }

    /// What it still says of the years of the edition a year before, and which of its dates fall on days off.
    pub fn remarks(&self) -> Vec<Remark> {
        let before = self.edition_after(-52 * 7).years();
        self.naming(&Years { gone: before.filter(|year| !self.years().contains(year)).collect(), ..Years::default() })
    }

    /// The same of a copy of `earlier`. A text as it was in the model is not of this edition whatever year of the model it
    /// names; one that was written again may name a year that both share.
    pub fn remarks_after(&self, earlier: &CallDefinition) -> Vec<Remark> {
        let mut kept = BTreeSet::new();
        if let Ok(value) = serde_json::to_value(earlier) {
            texts(&value, &mut kept);
        }
        let gone = earlier.years().filter(|year| !self.years().contains(year)).collect();
        let has_moved = earlier.years() != self.years();
        self.naming(&Years { gone, shared: earlier.years().filter(|_| has_moved).collect(), kept })
    }

    fn naming(&self, years: &Years) -> Vec<Remark> {
        let mut remarks = self.dates_off();
        let Ok(value) = serde_json::to_value(self) else { return remarks };
        name_years(&value, "call", years, &mut remarks);
        remarks
    }

    /// Its dates on days off, and those in school holidays.
    fn dates_off(&self) -> Vec<Remark> {
        let last_minute = self.window.closes.plus_minutes(-1);
        let mut dates = vec![
            ("calendar", "Ouverture".to_owned(), self.window.opens.paris_date()),
            ("calendar", "Date limite".to_owned(), last_minute.paris_date()),
            ("calendar", "Comité".to_owned(), self.calendar.committee_on),
            ("calendar", "Annonce des résultats".to_owned(), self.calendar.announcement_on),
        ];
        dates.extend(self.calendar.others.iter().map(|other| ("calendar", other.label.clone(), other.on)));
        let owed = self.documents.iter().filter_map(|d| Some(("documents", d.label.clone(), d.due_on?)));
        dates.extend(owed);
        dates.extend(self.eligibility.iter().filter_map(|rule| match rule {
            Rule::StartsFrom { day } => Some(("eligibility", "Début des projets au plus tôt".to_owned(), *day)),
            Rule::EndsBy { day } => Some(("eligibility", "Fin des projets au plus tard".to_owned(), *day)),
            _ => None,
        }));
        for (place, step) in self.schedule.steps.iter().enumerate() {
            let paid = |what: &str| format!("Versement {}, {what}", place + 1);
            let days = [(paid("prévu"), Some(step.due)), (paid("pas avant"), step.not_before)];
            dates.extend(days.into_iter().filter_map(|(what, rule)| Some(("schedule", what, fixed_day(rule?)?))));
        }
        let reports = self.reports.interim.iter().chain([&self.reports.last]);
        dates.extend(reports.filter_map(|report| Some(("reports", report.title.clone(), fixed_day(report.due)?))));
        let is_beyond = dates.iter().any(|(.., day)| *day >= school_calendar_ends());
        let off = |(place, what, day): (&'static str, String, NaiveDate)| {
            let holiday = school_holiday(day).map(|holiday| holiday.name.clone());
            let in_holiday = holiday.map(|name| Remark::InSchoolHoliday { place, what: what.clone(), day, name });
            day_off(day).map(|name| Remark::OnHoliday { place, what, day, name }).into_iter().chain(in_holiday)
        };
        let mut remarks: Vec<Remark> = dates.into_iter().flat_map(off).collect();
        if is_beyond {
            remarks.push(Remark::BeyondSchoolCalendar { until: school_calendar_ends() });
        }
        remarks
    }
}

fn day_off(day: NaiveDate) -> Option<&'static str> {
    public_holiday(day).or(match day.weekday() {
        Weekday::Sat => Some("samedi"),
        Weekday::Sun => Some("dimanche"),
        _ => None,
    })
}

fn later(day: NaiveDate, days: i64) -> NaiveDate {
    Duration::try_days(days).and_then(|wait| day.checked_add_signed(wait)).unwrap_or(day)
}

/// The number of years nearest to so many days.
fn nearest_years(days: i64) -> i32 {
    /// Days of four years.
    const FOUR: i64 = 4 * 365 + 1;
    i32::try_from((8 * days + FOUR).div_euclid(2 * FOUR)).unwrap_or(0)
}

/// The same day of another year; the 28th of February where it has no 29th.
fn years_later(day: NaiveDate, years: i32) -> NaiveDate {
    let months = Months::new(years.unsigned_abs().saturating_mul(12));
    let moved = if years < 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) };
    moved.unwrap_or(day)
}

/// The same Paris time of the day, days later: not the same number of hours when clocks change in between.
fn moved(at: Moment, days: i64) -> Moment {
    let wall = at.paris();
    Moment::from_paris(later(wall.date_naive(), days), wall.time())
}

fn moved_rule(rule: DueRule, days: i64) -> DueRule {
    match rule {
        DueRule::On(day) => DueRule::On(later(day, days)),
        rule => rule,
    }
}

/// The day of a rule that names one, whatever becomes of the grant.
fn fixed_day(rule: DueRule) -> Option<NaiveDate> {
    match rule {
        DueRule::On(day) => Some(day),
        _ => None,
    }
}

/// The years that a text should not name any more.
#[derive(Default)]
struct Years {
    /// In any text.
    gone: BTreeSet<i32>,
    /// In a text of the model.
    shared: BTreeSet<i32>,
    /// The texts of the model.
    kept: BTreeSet<String>,
}

/// Every text that people read; codes, references and dates have no spaces and are passed over.
fn texts(value: &serde_json::Value, found: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::String(text) if text.contains(char::is_whitespace) => {
            found.insert(text.clone());
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        serde_json::Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

/// Looks for years in every text that people read.
fn name_years(value: &serde_json::Value, place: &str, years: &Years, remarks: &mut Vec<Remark>) {
    match value {
        serde_json::Value::String(text) if text.contains(char::is_whitespace) => {
            let of_model = years.shared.iter().filter(|_| years.kept.contains(text));
            let stale: BTreeSet<i32> = years.gone.iter().chain(of_model).copied().collect();
            let named = stale.iter().filter_map(|year| {
                let at = text.find(&year.to_string())?;
                Some(Remark::NamesYear { place: place.to_owned(), year: *year, excerpt: excerpt(text, at) })
            });
            remarks.extend(named);
        }
        serde_json::Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                name_years(item, &format!("{place}.{i}"), years, remarks);
            }
        }
        // The window and the calendar are dates, already moved.
        serde_json::Value::Object(fields) => {
            for (key, field) in fields.iter().filter(|(key, _)| *key != "window") {
                name_years(field, &format!("{place}.{key}"), years, remarks);
            }
        }
        _ => {}
    }
}

/// Some words around the year.
fn excerpt(text: &str, at: usize) -> String {
    const AROUND: usize = 40;
    let start = text[..at].char_indices().rev().nth(AROUND).map_or(0, |(start, _)| start);
    let end = text[at..].char_indices().nth(AROUND).map_or(text.len(), |(end, _)| at + end);
    let words = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}{words}{}", if start > 0 { "…" } else { "" }, if end < text.len() { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::definitions::parse;

    fn recital() -> CallDefinition {
        parse(include_str!("../../../fixtures/recital.toml")).unwrap().calls.remove(0)
    }

    #[test]
    fn a_year_later_every_date_keeps_its_weekday_and_its_hour() {
        let (call, next) = (recital(), recital().moved(52 * 7));
        for (was, is) in [
            (call.window.opens.paris_date(), next.window.opens.paris_date()),
            (call.calendar.committee_on, next.calendar.committee_on),
            (call.calendar.others[0].on, next.calendar.others[0].on),
        ] {
            assert_eq!(((is - was).num_days(), is.weekday()), (364, was.weekday()));
        }
        assert_eq!(next.window.opens.paris().time(), call.window.opens.paris().time());
        assert_eq!(next.window.closes.paris().time(), call.window.closes.paris().time());
    }

    #[test]
    fn an_edition_opens_on_the_nearest_same_weekday_and_its_name_follows() {
        let next = recital().edition_opening("2027-11-03".parse().unwrap());
        assert_eq!(next.window.opens.paris_date(), "2027-11-01".parse::<NaiveDate>().unwrap());
        assert_eq!(
            (next.reference.as_str(), next.title.as_str()),
            ("RECITAL-2028-1", "Récital 2028, première session")
        );
        let tandems = parse(include_str!("../../../fixtures/tandems.toml")).unwrap().calls.remove(0);
        let next = tandems.edition_opening("2027-10-01".parse().unwrap());
        assert_eq!(next.title, "Tandems, second semestre 2027-2028");
        assert_eq!(tandems.edition_after(-52 * 7).title, "Tandems, second semestre 2025-2026");
    }

    #[test]
    fn a_deadline_at_midnight_stays_at_midnight_when_clocks_change_in_between() {
        let next = recital().moved(20 * 7);
        assert_eq!(next.window.closes.paris().time(), chrono::NaiveTime::MIN);
        assert_eq!(next.window.opens.paris().to_string(), "2027-03-22 09:00:00 CET");
        assert_eq!(recital().moved(24 * 7).window.opens.paris().to_string(), "2027-04-19 09:00:00 CEST");
    }

    #[test]
    fn a_text_that_names_an_old_year_is_found_with_its_place() {
        let mut next = recital().moved(104 * 7);
        next.title = "Récital, première session".into();
        next.rules[0].text = "En 2026, le fonds a soutenu\ntrente projets.".into();
        let remarks = next.remarks_after(&recital());
        let text = remarks.iter().find_map(|remark| match remark {
            Remark::NamesYear { place, year, excerpt } if place == "call.rules.0.text" => {
                Some((*year, excerpt.clone()))
            }
            _ => None,
        });
        assert_eq!(text, Some((2026, "En 2026, le fonds a soutenu trente projets.".to_owned())));
        assert!(
            !remarks.iter().any(|remark| matches!(remark, Remark::NamesYear { place, .. } if place == "call.title"))
        );
    }

    #[test]
    fn a_year_that_both_editions_share_is_found_in_the_texts_of_the_model_alone() {
        let mut model = recital();
        model.rules[0].text = "Le fonds 2027 soutient trente projets.".into();
        let mut next = model.edition_after(52 * 7);
        let named = |call: &CallDefinition| {
            let is_it = |remark: &Remark| matches!(remark, Remark::NamesYear { place, year: 2027, .. } if place == "call.rules.0.text");
            call.remarks_after(&model).iter().any(is_it)
        };
        assert!(next.years().contains(&2027) && named(&next), "2027 is the year before, here");
        next.rules[0].text = "L’appel ouvre en novembre 2027.".into();
        assert!(!named(&next), "and the year of the opening, there");
        assert!(!named(&model), "nothing has moved");
    }

    #[test]
    fn the_period_over_which_files_or_grants_are_counted_moves_by_whole_years() {
        let over = |since: &str, until: &str| {
            let (since, until) = (since.parse().ok(), until.parse().ok());
            vec![Rule::FilesPerProgramme { most: 2, since, until: None }, Rule::OncePerFunder { since, until }]
        };
        let mut call = recital();
        call.eligibility = over("2027-01-01", "2027-12-31");
        for (weeks, since, until) in [
            (52, "2028-01-01", "2028-12-31"),
            (104, "2029-01-01", "2029-12-31"),
            (-52, "2026-01-01", "2026-12-31"),
            (40, "2028-01-01", "2028-12-31"),
            (25, "2027-01-01", "2027-12-31"),
            (-25, "2027-01-01", "2027-12-31"),
        ] {
            assert_eq!(call.edition_after(weeks * 7).eligibility, over(since, until), "{weeks}");
        }
        call.eligibility = over("2028-02-29", "2029-02-28");
        assert_eq!(call.edition_after(52 * 7).eligibility, over("2029-02-28", "2030-02-28"));
    }

    #[test]
    fn a_date_in_the_school_holidays_of_zone_b_is_pointed_at() {
        let mut call = recital();
        call.calendar.committee_on = "2027-03-03".parse().unwrap();
        let said: Vec<String> = call.remarks_after(&recital()).iter().map(Remark::sentence).collect();
        let committee = "Comité\u{a0}: mercredi 3\u{a0}mars 2027 tombe dans les vacances scolaires de la zone B (vacances d’hiver).";
        assert!(said.iter().any(|said| said == committee), "{said:?}");
        assert!(!said.iter().any(|said| said.contains("n’est pas encore connu")), "{said:?}");
        let later = recital().moved(104 * 7);
        let said: Vec<String> = later.remarks_after(&recital()).iter().map(Remark::sentence).collect();
        assert!(
            said.iter().any(|said| said.contains("n’est pas encore connu après le 1er\u{a0}septembre 2027")),
            "{said:?}"
        );
    }

    #[test]
    fn a_committee_on_easter_monday_is_pointed_at() {
        let mut call = recital();
        let day = "2027-03-29".parse().unwrap();
        (call.calendar.committee_on, call.documents[0].due_on) = (day, Some(day));
        let remarks = call.remarks_after(&recital());
        let off = |place, what: &str| Remark::OnHoliday { place, what: what.into(), day, name: "lundi de Pâques" };
        assert!(remarks.contains(&off("calendar", "Comité")), "{remarks:?}");
        assert!(remarks.contains(&off("documents", &call.documents[0].label)), "{remarks:?}");
    }

    #[test]
    fn days_of_projects_payments_and_reports_are_pointed_at_too() {
        let days_of = |day: &str| {
            let day: NaiveDate = day.parse().unwrap();
            let mut call = recital();
            call.eligibility = vec![Rule::StartsFrom { day }, Rule::EndsBy { day }];
            let rule = DueRule::On(day);
            (call.schedule.steps[0].due, call.schedule.steps[1].not_before) = (rule, Some(rule));
            call.reports.last.due = rule;
            let remarks = call.remarks_after(&recital());
            let on = |remark: &Remark| match remark {
                Remark::OnHoliday { place, what, day: on, .. } if *on == day => Some((*place, what.clone())),
                Remark::InSchoolHoliday { place, what, day: on, .. } if *on == day => Some((*place, what.clone())),
                _ => None,
            };
            remarks.iter().filter_map(on).map(|(place, what)| format!("{place}: {what}")).collect::<Vec<_>>()
        };
        let expected = [
            "eligibility: Début des projets au plus tôt",
            "eligibility: Fin des projets au plus tard",
            "schedule: Versement 1, prévu",
            "schedule: Versement 2, pas avant",
            "reports: Bilan de l’action",
        ];
        assert_eq!(days_of("2027-03-29"), expected, "Easter Monday");
        assert_eq!(days_of("2027-03-03"), expected, "winter holidays of zone B");
        assert_eq!(days_of("2027-03-17"), Vec::<String>::new());
    }
}

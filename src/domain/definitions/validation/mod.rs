//! What a definition may not say.

mod conditions;
mod grids;
mod questionnaires;
mod relations;
mod supports;

use super::{
    AgreementFault, CallDefinition, DecisionAuthority, Definition, Earmark, EarmarkLimit, Fault,
    FundingSourceDefinition, MergeFault, MergedText, Share, SourceKind, agreement_faults, merge_faults,
};
use crate::domain::{
    decisions::DecisionPace,
    disbursements::Piece,
    eligibility::Rule,
    money::{Euros, Rate},
    references::{axis, goal, is_commune},
    reminders,
    schedules::{PaidAfter, ScheduleTemplate},
    text::unprintable,
};
use std::collections::BTreeSet;

/// The faults found so far, each under the path of its field.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Fault { path: path.into(), message: message.into() });
    }

    /// Adds a fault unless `rule` holds.
    fn unless(&mut self, rule: bool, path: impl Into<String>, message: impl FnOnce() -> String) {
        if !rule {
            self.add(path, message());
        }
    }

    /// Adds a fault for each code that was there before, or that is no code: lower-case letters, digits and `_`.
    fn codes<'a>(&mut self, what: &str, paths: impl Iterator<Item = (String, &'a str)>) {
        let mut seen = BTreeSet::new();
        for (path, code) in paths {
            let is_code =
                !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            self.unless(is_code, path.clone(), || {
                format!("the code {code:?} of a {what} is not made of lower-case letters, digits and _.")
            });
            self.unless(seen.insert(code), path, || format!("the {what} {code:?} is there twice."));
        }
    }

    /// Adds a fault when the documents cannot print a text that stands in them.
    fn printable(&mut self, path: impl Into<String>, text: &str) {
        let signs = unprintable(text);
        self.unless(signs.is_empty(), path, || {
            let signs: String = signs.into_iter().collect();
            format!("no document can print {signs:?}.")
        });
    }

    /// Adds a fault for each field that a text may not name, and when its braces are not paired.
    fn merged(&mut self, path: &str, text: &str, kind: MergedText) {
        for fault in merge_faults(text, kind) {
            let said = match fault {
                MergeFault::Unknown(name) => format!("the field {name:?} does not exist in this text."),
                MergeFault::Unpaired => "a brace stands alone: a field is written between two braces.".to_owned(),
            };
            self.add(path, said);
        }
    }

    /// Adds a fault for each thing that keeps the text of an agreement from binding both sides.
    fn agreement(&mut self, path: &str, text: &str) {
        for fault in agreement_faults(text) {
            let said = match fault {
                AgreementFault::NotAlone(field) => format!("the field {} stands alone on its line.", field.written()),
                AgreementFault::Unopened => "the end of a case ends none.".to_owned(),
                AgreementFault::Unclosed => "a case has no end.".to_owned(),
                AgreementFault::Uncovered(field) => {
                    format!("the field {} is said only where a project has dates.", field.written())
                }
                AgreementFault::Lacking(field) => format!("every agreement names {}.", field.written()),
            };
            self.add(path, said);
        }
    }

    fn axes<'a>(&mut self, path: &str, axes: impl Iterator<Item = (usize, &'a String)>) {
        for (i, code) in axes {
            self.unless(axis(code).is_some(), format!("{path}.{i}"), || format!("there is no axis {code:?}."));
        }
    }
}

/// Every fault of the definition.
pub(super) fn faults(definition: &Definition) -> Vec<Fault> {
    let mut faults = Faults::default();
    fund(definition, &mut faults);
    for (i, source) in definition.funding_sources.iter().enumerate() {
        funding_source(definition, source, &format!("funding_source.{i}"), &mut faults);
    }
    let mut references = BTreeSet::new();
    for (i, call) in definition.calls.iter().enumerate() {
        let path = format!("call.{i}");
        faults.unless(references.insert(&call.reference), format!("{path}.reference"), || {
            format!("the call {:?} is there twice.", call.reference)
        });
        of_call(definition, call, &path, &mut faults);
    }
    faults.0
}

fn fund(definition: &Definition, faults: &mut Faults) {
    let fund = &definition.fund;
    faults.codes("fund", std::iter::once(("fund.code".to_owned(), fund.code.as_str())));
    let is_prefix = (2..=6).contains(&fund.prefix.len()) && fund.prefix.bytes().all(|b| b.is_ascii_uppercase());
    faults.unless(is_prefix, "fund.prefix", || "the prefix of a fund is two to six capital letters.".to_owned());
    let is_colour =
        fund.colour.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    faults.unless(is_colour, "fund.colour", || format!("the colour {:?} is not written #rrggbb.", fund.colour));
    if let Some(signatory) = &fund.signatory {
        for (field, text) in [("name", &signatory.name), ("title", &signatory.title)] {
            faults.unless(!text.trim().is_empty(), format!("fund.signatory.{field}"), || {
                format!("the {field} of the signatory is empty.")
            });
        }
    }
    let (quorum, readers) = (fund.committee.quorum, fund.committee.readers);
    faults.unless(quorum > 0, "fund.committee.quorum", || "the quorum of a committee is at least 1.".to_owned());
    faults.unless(readers > 0, "fund.committee.readers", || "a file has at least one reader.".to_owned());
    faults.unless((0..=10).contains(&fund.committee.proxies), "fund.committee.proxies", || {
        "a member carries from 0 to 10 proxies.".to_owned()
    });
    let colleges = &fund.committee.colleges;
    let paths = colleges.iter().enumerate();
    let paths = paths.map(|(i, college)| (format!("fund.committee.colleges.{i}.code"), college.code.as_str()));
    faults.codes("college", paths);
    let wanted: i32 = colleges.iter().map(|college| college.readers.max(0)).sum();
    let is_possible = wanted <= readers && colleges.iter().all(|college| college.readers >= 0);
    faults.unless(is_possible, "fund.committee.colleges", || {
        "the colleges ask for more readers than a file has.".to_owned()
    });
    supports::fund(fund, faults);
    let funders = definition.funders.iter().enumerate();
    faults.codes("funder", funders.map(|(i, funder)| (format!("funder.{i}.code"), funder.code.as_str())));
    let signatory = fund
        .signatory
        .iter()
        .flat_map(|who| [("fund.signatory.name", &who.name), ("fund.signatory.title", &who.title)]);
    let printed =
        [("fund.name", &fund.name), ("fund.mention", &fund.mention), ("fund.contact.name", &fund.contact.name)];
    for (path, text) in printed.into_iter().chain(signatory) {
        faults.printable(path, text);
    }
}

fn funding_source(definition: &Definition, source: &FundingSourceDefinition, path: &str, faults: &mut Faults) {
    let same = definition.funding_sources.iter().filter(|other| other.reference == source.reference).count();
    faults.unless(same == 1, format!("{path}.reference"), || {
        format!("the funding source {:?} is there twice.", source.reference)
    });
    let has_funder = definition.funders.iter().any(|funder| funder.code == source.funder);
    faults.unless(has_funder, format!("{path}.funder"), || {
        format!("there is no funder {:?} in this file.", source.funder)
    });
    faults.unless(source.starts_on <= source.ends_on, format!("{path}.ends_on"), || {
        "a funding source ends before it starts.".to_owned()
    });
    let (from, until) = source.eligible_days();
    faults.unless(from <= until, format!("{path}.eligible_until"), || {
        "the eligible days of a funding source end before they start.".to_owned()
    });
    // Donations come later, one by one.
    let has_money = source.amount.is_positive() || source.kind == SourceKind::Donations;
    faults.unless(has_money, format!("{path}.amount"), || "a funding source has no money.".to_owned());
    faults.unless(source.retention_years >= 0, format!("{path}.retention_years"), || {
        "papers are kept for a number of years, not negative.".to_owned()
    });
    if let Some(regranting) = &source.regranting {
        faults.unless(!regranting.clause.trim().is_empty(), format!("{path}.regranting.clause"), || {
            format!("the re-granting clause of {:?} is empty.", source.reference)
        });
    }
    let whole = source.kind.is_agreement().then_some(source.amount);
    earmarks(&source.earmarks, whole, path, faults);
    fund_earmarks(source, whole, path, faults);
}

/// What is marked for funds, of a funding source. A fund may be loaded after it.
fn fund_earmarks(source: &FundingSourceDefinition, whole: Option<Euros>, path: &str, faults: &mut Faults) {
    let marks = source.fund_marks();
    let is_reserved = |earmark: &&Earmark| earmark.limit == EarmarkLimit::Reserved;
    let points = marks.iter().filter(is_reserved).filter_map(|earmark| earmark.share);
    let points: i32 = points.map(|Share(rate)| rate.basis_points()).sum();
    faults.unless(points <= Rate::WHOLE.basis_points(), format!("{path}.fund_earmarks"), || {
        "the shares reserved for funds are more than the whole.".to_owned()
    });
    if let Some(whole) = whole {
        let worked_out = Earmark::in_euros(&marks, whole);
        let reserved: Euros = worked_out.iter().filter(is_reserved).map(|earmark| earmark.amount).sum();
        faults.unless(reserved <= whole, format!("{path}.fund_earmarks"), || {
            format!("the earmarks add up to {}, more than the {} there are.", reserved.machine(), whole.machine())
        });
    }
    let mut seen = BTreeSet::new();
    for (i, part) in source.fund_earmarks.iter().enumerate() {
        let path = format!("{path}.fund_earmarks.{i}.fund");
        faults.unless(!part.fund.trim().is_empty(), path.clone(), || "a part is marked for no fund.".to_owned());
        let is_said_once = part.share.is_none() || !part.amount.is_positive();
        faults.unless(is_said_once, path.clone(), || {
            format!("the fund {:?} is earmarked both in euros and in percent.", part.fund)
        });
        faults.unless(seen.insert((&part.fund, part.limit)), path, || {
            format!("the fund {:?} is earmarked twice.", part.fund)
        });
    }
}

/// What is marked for the axes, of a funding source or of the envelope of a call. Of how much donations will make nobody
/// knows yet.
fn earmarks(earmarks: &[Earmark], whole: Option<Euros>, path: &str, faults: &mut Faults) {
    let is_reserved = |earmark: &&Earmark| earmark.limit == EarmarkLimit::Reserved;
    let points = earmarks.iter().filter(is_reserved).filter_map(|earmark| earmark.share);
    let points: i32 = points.map(|Share(rate)| rate.basis_points()).sum();
    faults.unless(points <= Rate::WHOLE.basis_points(), format!("{path}.earmarks"), || {
        "the shares reserved for axes are more than the whole.".to_owned()
    });
    if let Some(whole) = whole {
        let worked_out = Earmark::in_euros(earmarks, whole);
        let reserved: Euros = worked_out.iter().filter(is_reserved).map(|earmark| earmark.amount).sum();
        faults.unless(reserved <= whole, format!("{path}.earmarks"), || {
            format!("the earmarks add up to {}, more than the {} there are.", reserved.machine(), whole.machine())
        });
    }
    let mut seen = BTreeSet::new();
    for (i, earmark) in earmarks.iter().enumerate() {
        let is_said_once = earmark.share.is_none() || !earmark.amount.is_positive();
        faults.unless(is_said_once, format!("{path}.earmarks.{i}.share"), || {
            format!("the axis {:?} is earmarked both in euros and in percent.", earmark.axis)
        });
        let path = format!("{path}.earmarks.{i}.axis");
        faults.unless(axis(&earmark.axis).is_some(), path.clone(), || format!("there is no axis {:?}.", earmark.axis));
        faults.unless(seen.insert((&earmark.axis, earmark.limit)), path, || {
            format!("the axis {:?} is earmarked twice.", earmark.axis)
        });
    }
}

fn of_call(definition: &Definition, call: &CallDefinition, path: &str, faults: &mut Faults) {
    calendar(call, path, faults);
    money(definition, call, path, faults);
    faults.unless(!call.axes.is_empty(), format!("{path}.axes"), || {
        "a call is open to one axis at least: every fund lets a project place itself under one.".to_owned()
    });
    faults.axes(&format!("{path}.axes"), call.axes.iter().enumerate());
    for (i, rule) in call.eligibility.iter().enumerate() {
        eligibility(rule, &format!("{path}.eligibility.{i}"), faults);
    }
    conditions::counts(call, &format!("{path}.eligibility"), faults);
    faults.printable(format!("{path}.title"), &call.title);
    for (name, kind, text) in call.letters.texts() {
        let at = format!("{path}.letters.{name}");
        faults.printable(&at, text);
        faults.merged(&at, text, kind);
    }
    faults.agreement(&format!("{path}.letters.agreement"), &call.letters.agreement);
    let delays = &call.delays;
    let days = [
        ("complement_days", delays.complement_days),
        ("confirmation_days", delays.confirmation_days),
        ("appeal_days", delays.appeal_days),
    ];
    for (name, days) in days {
        faults
            .unless((1..=365).contains(&days), format!("{path}.delays.{name}"), || format!("{name} is from 1 to 365."));
    }
    reminders(&delays.reminder_days, &format!("{path}.delays.reminder_days"), faults);
    schedule(&call.schedule, call.reports.interim.is_some(), &format!("{path}.schedule"), faults);
    grids::grid(&call.grid, &format!("{path}.grid"), faults);
    questionnaires::application(call, path, faults);
    questionnaires::report(call, &call.reports.last, &format!("{path}.reports.final"), faults);
    if let Some(interim) = &call.reports.interim {
        questionnaires::report(call, interim, &format!("{path}.reports.interim"), faults);
    }
    grids::answers(call, &format!("{path}.grid"), faults);
}

fn reminders(days: &[i64], path: &str, faults: &mut Faults) {
    faults.unless(days.len() <= reminders::MOST, path, || {
        format!("a deadline is reminded of {} times at most.", reminders::MOST)
    });
    let (mut seen, most) = (BTreeSet::new(), reminders::MOST_DAYS);
    for days in days {
        faults.unless((1..=most).contains(days), path, || format!("a reminder leaves 1 to {most} days before."));
        faults.unless(seen.insert(days), path, || format!("the reminder of {days} days before is there twice."));
    }
}

fn calendar(call: &CallDefinition, path: &str, faults: &mut Faults) {
    let (window, calendar) = (call.window, &call.calendar);
    faults.unless(window.opens < window.closes, format!("{path}.window.closes"), || {
        "the call closes before it opens.".to_owned()
    });
    let is_final = call.decisions == DecisionPace::Together || call.decided_by == DecisionAuthority::Committee;
    faults.unless(is_final, format!("{path}.decisions"), || {
        "decisions told as they are taken cannot wait for the board.".to_owned()
    });
    // A call that closes with the end of a day has closed at the first instant of the next one.
    let last_day = window.closes.plus_seconds(-1).paris_date();
    faults.unless(calendar.committee_on > last_day, format!("{path}.calendar.committee_on"), || {
        "the committee meets before the call has closed.".to_owned()
    });
    faults.unless(
        calendar.announcement_on >= calendar.committee_on,
        format!("{path}.calendar.announcement_on"),
        || "the results are announced before the committee has met.".to_owned(),
    );
}

fn money(definition: &Definition, call: &CallDefinition, path: &str, faults: &mut Faults) {
    let drawn: Euros = call.sources.iter().map(|source| source.amount).sum();
    faults.unless(drawn == call.envelope, format!("{path}.envelope"), || {
        format!("the envelope is {} but its sources add up to {}.", call.envelope.machine(), drawn.machine())
    });
    earmarks(&call.earmarks, Some(call.envelope), path, faults);
    let mut seen = BTreeSet::new();
    for (i, drawn) in call.sources.iter().enumerate() {
        let at = format!("{path}.sources.{i}");
        faults.unless(seen.insert(&drawn.reference), format!("{at}.reference"), || {
            format!("the call draws on {:?} twice.", drawn.reference)
        });
        let Some(source) = definition.funding_sources.iter().find(|source| source.reference == drawn.reference) else {
            faults.add(
                format!("{at}.reference"),
                format!("there is no funding source {:?} in this file.", drawn.reference),
            );
            continue;
        };
        faults.unless(source.regranting.is_some(), format!("{at}.reference"), || {
            format!(
                "the funding source {:?} has no re-granting clause: its money may not be granted on.",
                source.reference
            )
        });
        let all_calls = definition.calls.iter().flat_map(|call| &call.sources);
        let total: Euros =
            all_calls.filter(|other| other.reference == source.reference).map(|other| other.amount).sum();
        // What donations feed is counted when the call is published.
        let is_there = total <= source.amount || source.kind == SourceKind::Donations;
        faults.unless(is_there, format!("{at}.amount"), || {
            format!(
                "the calls draw {} on {:?}, which has {}.",
                total.machine(),
                source.reference,
                source.amount.machine()
            )
        });
    }
    let (amount, at) = (&call.amount, format!("{path}.amount"));
    faults
        .unless(amount.floor <= amount.ceiling, format!("{at}.floor"), || "the floor is above the ceiling.".to_owned());
    faults.unless(amount.ceiling.is_positive(), format!("{at}.ceiling"), || "the ceiling is nothing.".to_owned());
    faults.unless(amount.ceiling <= call.envelope, format!("{at}.ceiling"), || {
        format!("the ceiling of {} is above the envelope of {}.", amount.ceiling.machine(), call.envelope.machine())
    });
    faults.unless(amount.rate > Rate::percent(0), format!("{at}.rate"), || "the rate is nothing.".to_owned());
}

fn eligibility(rule: &Rule, path: &str, faults: &mut Faults) {
    let empty = |what: &str| format!("a rule {:?} without {what} refuses everybody.", rule.code());
    match rule {
        Rule::LegalForms { forms } => faults.unless(!forms.is_empty(), format!("{path}.forms"), || empty("forms")),
        Rule::SeatInDepartments { departments } => {
            faults.unless(!departments.is_empty(), format!("{path}.departments"), || empty("departments"));
        }
        Rule::SeatInCommunes { communes, .. } | Rule::ProjectInCommunes { communes, .. } => {
            faults.unless(!communes.is_empty(), format!("{path}.communes"), || empty("communes"));
            for (i, code) in communes.iter().enumerate() {
                faults.unless(is_commune(code), format!("{path}.communes.{i}"), || {
                    format!("{code:?} is not the INSEE code of a commune of the region.")
                });
            }
        }
        Rule::ProjectInCountries { list, countries, excluded } => {
            faults.unless(list.is_some() || !countries.is_empty(), path, || empty("a list or countries"));
            conditions::countries(countries, excluded, path, faults);
        }
        Rule::AnnualBudgetBetween { floor, ceiling } => conditions::budget(rule, (*floor, *ceiling), path, faults),
        Rule::GoalsAmong { goals } => {
            faults.unless(!goals.is_empty(), format!("{path}.goals"), || empty("goals"));
            for (i, number) in goals.iter().enumerate() {
                faults.unless(goal(*number).is_some(), format!("{path}.goals.{i}"), || {
                    format!("there is no goal {number}.")
                });
            }
        }
        Rule::DurationMonths { least, most } => {
            faults
                .unless(least <= most, format!("{path}.least"), || "the least duration is above the most.".to_owned());
        }
        _ => {}
    }
}

fn schedule(schedule: &ScheduleTemplate, has_interim: bool, path: &str, faults: &mut Faults) {
    let whole: i32 = schedule.steps.iter().map(|step| step.share.basis_points()).sum();
    faults.unless(whole == Rate::WHOLE.basis_points(), format!("{path}.step"), || {
        let hundredths = whole % 100;
        format!("the payments of the schedule add up to {}.{hundredths:02} %, not to 100 %.", whole / 100)
    });
    for (i, step) in schedule.steps.iter().enumerate() {
        faults.unless(step.share > Rate::percent(0), format!("{path}.step.{i}.share"), || {
            "a payment is of nothing.".to_owned()
        });
        faults.unless(step.after != PaidAfter::InterimReport || has_interim, format!("{path}.step.{i}.after"), || {
            "a payment waits for an interim report, and the call asks for none.".to_owned()
        });
        let is_named = |piece: &String| !piece.trim().is_empty() && piece.chars().count() <= Piece::LONGEST;
        faults.unless(step.piece.as_ref().is_none_or(is_named), format!("{path}.step.{i}.piece"), || {
            "the paper a payment waits for has no name, or too long a one.".to_owned()
        });
        let is_last = i + 1 == schedule.steps.len();
        faults.unless(step.after != PaidAfter::FinalReport || is_last, format!("{path}.step.{i}.after"), || {
            "only the last payment may wait for the final report.".to_owned()
        });
    }
}

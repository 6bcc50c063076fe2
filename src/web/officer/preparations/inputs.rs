//! The fields of a set-up form, named as the definition names what they hold: shown, refilled with what was typed, read.

use crate::{
    domain::{
        definitions::{Earmark, EarmarkLimit},
        forms::day,
        money::{Euros, Rate},
        time::Moment,
    },
    web::{Fields, pages::FieldErrors, parts::Choice},
};
use chrono::{NaiveDate, NaiveTime};
use std::{collections::BTreeSet, fmt::Display, ops::RangeInclusive, str::FromStr};

/// One field. `widget` names how it is printed.
#[derive(Debug, Clone, Default)]
pub(super) struct Input {
    pub widget: &'static str,
    pub name: String,
    pub label: String,
    pub help: String,
    pub value: String,
    pub choices: Vec<Choice>,
    pub is_optional: bool,
    pub is_checked: bool,
    pub rows: usize,
    /// Fields that the text may name, as they are written, each with its meaning; often none.
    pub fields: Vec<(String, &'static str)>,
    /// What somebody else has written there meanwhile; often nothing.
    pub theirs: String,
}

impl Input {
    pub(super) fn new(widget: &'static str, name: impl Into<String>, label: &str, value: impl Display) -> Self {
        let (name, label, value) = (name.into(), label.to_owned(), value.to_string());
        Input { widget, name, label, value, rows: 4, ..Input::default() }
    }

    pub(super) fn text(name: impl Into<String>, label: &str, value: &str) -> Self {
        Input::new("text", name, label, value)
    }

    pub(super) fn area(name: impl Into<String>, label: &str, value: &str) -> Self {
        Input::new("textarea", name, label, value)
    }

    pub(super) fn hidden(name: impl Into<String>, value: &str) -> Self {
        Input::new("hidden", name, "", value)
    }

    pub(super) fn money(name: impl Into<String>, label: &str, value: Option<Euros>) -> Self {
        Input::new("money", name, label, value.map(euros).unwrap_or_default())
    }

    pub(super) fn rate(name: impl Into<String>, label: &str, value: Option<Rate>) -> Self {
        let percent = value.map(|rate| rate.to_string().replace(['\u{a0}', '%'], "")).unwrap_or_default();
        Input { help: "En pour cent.".into(), ..Input::new("digits", name, label, percent) }
    }

    pub(super) fn number(name: impl Into<String>, label: &str, value: Option<impl Display>) -> Self {
        Input::new("digits", name, label, value.map(|number| number.to_string()).unwrap_or_default())
    }

    pub(super) fn date(name: impl Into<String>, label: &str, value: Option<NaiveDate>) -> Self {
        Input::new("date", name, label, value.map(|day| day.to_string()).unwrap_or_default())
    }

    pub(super) fn tick(name: impl Into<String>, label: &str, is_checked: bool) -> Self {
        Input { is_checked, is_optional: true, ..Input::new("tick", name, label, "") }
    }

    pub(super) fn choose(
        widget: &'static str,
        name: impl Into<String>,
        label: &str,
        options: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
        chosen: &[&str],
    ) -> Self {
        Input { choices: Choice::list(options, chosen), ..Input::new(widget, name, label, "") }
    }

    pub(super) fn help(self, help: &str) -> Self {
        Input { help: help.to_owned(), ..self }
    }

    pub(super) fn rows(self, rows: usize) -> Self {
        Input { rows, ..self }
    }

    pub(super) fn optional(self) -> Self {
        Input { is_optional: true, ..self }
    }

    /// What it holds, in words.
    fn said(&self) -> String {
        let ticked = self.choices.iter().filter(|choice| choice.checked).map(|choice| choice.label.as_str());
        match self.widget {
            "tick" => if self.is_checked { "oui" } else { "non" }.to_owned(),
            _ if self.choices.is_empty() => self.value.clone(),
            _ => ticked.collect::<Vec<_>>().join("\n"),
        }
    }

    /// The same with what was typed; keeps what is stored in view when that is something else and not this person's.
    fn retyped(&mut self, form: &Fields, is_contested: bool) {
        let stored = self.said();
        self.value = form.text(&self.name).to_owned();
        self.is_checked = form.has(&self.name);
        for choice in &mut self.choices {
            choice.checked = form.all(&self.name).any(|chosen| chosen == choice.value);
        }
        if is_contested && self.widget != "hidden" && self.said() != stored {
            self.theirs = if stored.is_empty() { "(vide)".to_owned() } else { stored };
        }
    }
}

/// An amount as a field shows it.
fn euros(amount: Euros) -> String {
    amount.plain().trim_end_matches(",00").to_owned()
}

/// Fields that belong together.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    pub title: String,
    pub help: String,
    pub inputs: Vec<Input>,
    /// Whether it opens only when asked for.
    pub is_folded: bool,
    /// Whether two fields stand beside each other where there is room.
    pub is_paired: bool,
}

impl Group {
    pub(super) fn new(title: &str, inputs: Vec<Input>) -> Self {
        Group { title: title.to_owned(), inputs, ..Group::default() }
    }

    pub(super) fn help(self, help: &str) -> Self {
        Group { help: help.to_owned(), ..self }
    }

    pub(super) fn folded(self) -> Self {
        Group { is_folded: true, ..self }
    }

    pub(super) fn paired(self) -> Self {
        Group { is_paired: true, ..self }
    }

    /// Whether something in it needs to be seen at once.
    pub(super) fn speaks(&self, errors: &FieldErrors) -> bool {
        self.inputs.iter().any(|input| errors.get(&input.name).is_some() || !input.theirs.is_empty())
    }
}

/// What was sent, while a refused form is shown again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Typed<'a> {
    pub form: Option<&'a Fields>,
    pub is_contested: bool,
}

impl Typed<'_> {
    /// How many rows a list of fields shows: those stored and some spare ones, or as many as were sent.
    pub(super) fn rows(&self, list: &str, stored: usize, spare: usize) -> usize {
        let sent = self.form.and_then(|form| indices(form, list).last().copied()).map_or(0, |last| last + 1);
        (stored + spare).max(sent).min(MOST_ROWS)
    }

    /// Refills the fields.
    pub(super) fn refill(&self, groups: &mut [Group]) {
        let Some(form) = self.form else { return };
        for input in groups.iter_mut().flat_map(|group| &mut group.inputs) {
            input.retyped(form, self.is_contested);
        }
    }
}

/// More rows than any list of a call has.
const MOST_ROWS: usize = 60;

/// The numbers of the rows of a list that were sent: fields named `list.3.label`.
fn indices(form: &Fields, list: &str) -> BTreeSet<usize> {
    let number = |name: &str| name.strip_prefix(list)?.strip_prefix('.')?.split('.').next()?.parse().ok();
    form.iter().filter_map(|(name, _)| number(name)).filter(|number| *number < MOST_ROWS).collect()
}

/// A sent form as it is read, with what is wrong in it.
pub(super) struct Reading<'a> {
    pub form: &'a Fields,
    pub errors: FieldErrors,
}

impl<'a> Reading<'a> {
    pub(super) fn of(form: &'a Fields) -> Self {
        Reading { form, errors: FieldErrors::none() }
    }

    pub(super) fn rows(&self, list: &str) -> BTreeSet<usize> {
        indices(self.form, list)
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.form.text(name).to_owned()
    }

    /// A text that must be there, of so many characters at most.
    pub(super) fn needed(&mut self, name: &str, most: usize, sentence: &str) -> String {
        let text = self.text(name);
        if text.is_empty() {
            self.errors.add(name, sentence);
        } else if text.chars().count() > most {
            self.errors.add(name, format!("{most} caractères au plus."));
        }
        text
    }

    /// A text that may be left out, of so many characters at most.
    pub(super) fn optional(&mut self, name: &str, most: usize) -> String {
        let text = self.text(name);
        if text.chars().count() > most {
            self.errors.add(name, format!("{most} caractères au plus."));
        }
        text
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.form.has(name)
    }

    fn parsed<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Option<T>, sentence: &str) -> Option<T> {
        let found = self.form.filled(name).map(read)?;
        if found.is_none() {
            self.errors.add(name, sentence);
        }
        found
    }

    fn or_missing<T>(&mut self, name: &str, found: Option<T>, sentence: &str) -> Option<T> {
        if found.is_none() {
            self.errors.add(name, sentence);
        }
        found
    }

    pub(super) fn amount_option(&mut self, name: &str) -> Option<Euros> {
        let read = |text: &str| text.parse::<Euros>().ok().filter(|amount| *amount >= Euros::ZERO);
        self.parsed(name, read, "Indiquez un montant en euros, par exemple 1\u{202f}250,50.")
    }

    /// A part of the money for an axis: « 10 000 » or « 30 % ».
    pub(super) fn earmark_option(&mut self, name: &str, axis: &str, limit: EarmarkLimit) -> Option<Earmark> {
        let read = |text: &str| {
            let percent = text.trim_end().strip_suffix('%');
            let amount = percent.unwrap_or(text).parse::<Euros>().ok().filter(|amount| *amount >= Euros::ZERO)?;
            match percent {
                None => Some(Earmark::fixed(axis, amount, limit)),
                // The hundredths of a percentage are basis points.
                Some(_) => {
                    let points = i32::try_from(amount.cents()).ok().filter(|points| (0..=10_000).contains(points))?;
                    Some(Earmark::part(axis, Rate::from_basis_points(points), limit))
                }
            }
        };
        let sentence = "Indiquez un montant en euros ou un pourcentage, par exemple 30\u{a0}%.";
        let found = self.parsed(name, read, sentence)?;
        let is_something = found.amount.is_positive() || found.share.is_some_and(|share| share.0 > Rate::percent(0));
        is_something.then_some(found)
    }

    pub(super) fn amount(&mut self, name: &str) -> Euros {
        let found = self.amount_option(name);
        self.or_missing(name, found, "Indiquez un montant en euros.").unwrap_or_default()
    }

    pub(super) fn rate(&mut self, name: &str) -> Rate {
        // A percentage has two decimals at most, as an amount does: its hundredths are basis points.
        let read = |text: &str| {
            let cents = text.trim_end_matches(['%', ' ', '\u{a0}']).parse::<Euros>().ok()?.cents();
            i32::try_from(cents).ok().filter(|points| (0..=10_000).contains(points)).map(Rate::from_basis_points)
        };
        let found = self.parsed(name, read, "Indiquez un pourcentage de 0 à 100.");
        self.or_missing(name, found, "Indiquez un pourcentage.").unwrap_or_default()
    }

    pub(super) fn number_option<T: FromStr + PartialOrd + Display>(
        &mut self,
        name: &str,
        range: RangeInclusive<T>,
    ) -> Option<T> {
        let sentence = format!("Indiquez un nombre entier de {} à {}.", range.start(), range.end());
        let read = |text: &str| {
            let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            compact.parse::<T>().ok().filter(|number| range.contains(number))
        };
        self.parsed(name, read, &sentence)
    }

    pub(super) fn number<T: FromStr + PartialOrd + Display + Default>(
        &mut self,
        name: &str,
        range: RangeInclusive<T>,
    ) -> T {
        let sentence = format!("Indiquez un nombre entier de {} à {}.", range.start(), range.end());
        let found = self.number_option(name, range);
        self.or_missing(name, found, &sentence).unwrap_or_default()
    }

    pub(super) fn date_option(&mut self, name: &str) -> Option<NaiveDate> {
        self.parsed(name, day, "Cette date n’existe pas. Exemple\u{a0}: 02/11/2027.")
    }

    /// A day that must be there; some day when it is not, since the form is then refused.
    pub(super) fn date(&mut self, name: &str) -> NaiveDate {
        let found = self.date_option(name);
        self.or_missing(name, found, "Indiquez une date.").unwrap_or_default()
    }

    /// The time of a day on the Paris clock; `None` when it is left out.
    pub(super) fn time(&mut self, name: &str) -> Option<NaiveTime> {
        let read = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
        self.parsed(name, read, "Indiquez une heure, par exemple 12:00.")
    }

    /// The instant that two fields say: the first of a day, or the one after its last, unless a time is given.
    pub(super) fn moment(&mut self, day: &str, time: &str, whole_day: fn(NaiveDate) -> Moment) -> Moment {
        let (date, time) = (self.date(day), self.time(time));
        time.map_or_else(|| whole_day(date), |time| Moment::from_paris(date, time))
    }

    /// One of the codes of an enum.
    pub(super) fn code<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.code_or(name, "Choisissez une réponse.")
    }

    /// The same, with what is said when there is none.
    pub(super) fn code_or<T: FromStr>(&mut self, name: &str, missing: &str) -> Option<T> {
        let found = self.form.text(name).parse().ok();
        self.or_missing(name, found, missing)
    }

    /// Every code chosen among several.
    pub(super) fn codes<T: FromStr>(&self, name: &str) -> Vec<T> {
        self.form.all(name).filter_map(|code| code.parse().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_as_people_write_it() {
        let form =
            Fields::of([("a", "1 250,50"), ("r", "12,5 %"), ("n", "1 000"), ("d", "02/11/2027"), ("t", "09:30")]);
        let mut reading = Reading::of(&form);
        assert_eq!(reading.amount("a"), Euros::from_cents(125_050));
        assert_eq!(reading.rate("r"), Rate::from_basis_points(1_250));
        assert_eq!(reading.number("n", 0..=2_000), 1_000);
        assert_eq!(reading.moment("d", "t", Moment::start_of_day).machine(), "2027-11-02T08:30:00Z");
        assert!(reading.errors.is_empty());
        for name in ["x", "y"] {
            reading.amount(name);
        }
        assert_eq!(reading.errors.len(), 2);
    }

    #[test]
    fn an_amount_and_a_rate_read_back_as_they_are_shown() {
        assert_eq!(Input::money("a", "A", Some(Euros::whole(60_000))).value, "60000");
        assert_eq!(Input::rate("r", "R", Some(Rate::from_basis_points(1_250))).value, "12,5");
    }

    #[test]
    fn another_persons_words_are_shown_only_where_they_differ() {
        let mut groups = [Group::new("G", vec![Input::text("a", "A", "Eux"), Input::text("b", "B", "Pareil")])];
        let form = Fields::of([("a", "Moi"), ("b", "Pareil")]);
        Typed { form: Some(&form), is_contested: true }.refill(&mut groups);
        let shown: Vec<_> = groups[0].inputs.iter().map(|i| (i.value.as_str(), i.theirs.as_str())).collect();
        assert_eq!(shown, [("Moi", "Eux"), ("Pareil", "")]);
    }
}

//! Making a call piece by piece: what it begins with, codes made from labels, things moved up and down.

use super::{CallDefinition, Section};
use crate::domain::{codes::codes, text::fold, time::Window};
use chrono::NaiveDate;

/// The longest code made from a label, in characters.
const LONGEST: usize = 40;

/// The code of something new: made from its label when it is born, unlike those that are `taken`, and never changed
/// afterwards. Answers are kept under the code of their question.
pub fn code_from(label: &str, taken: &[String]) -> String {
    let plain: String = fold(label).chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect();
    let mut code = String::new();
    for word in plain.split_whitespace() {
        if !code.is_empty() && code.len() + word.len() >= LONGEST {
            break;
        }
        if !code.is_empty() {
            code.push('_');
        }
        code.push_str(&word[..word.len().min(LONGEST)]);
    }
    if code.is_empty() {
        code.push_str("element");
    }
    let free = |candidate: &String| !taken.contains(candidate);
    let numbered = (2..).map(|n| format!("{code}_{n}"));
    std::iter::once(code.clone()).chain(numbered).find(free).unwrap_or(code)
}

/// Which way something moves in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
}

impl Way {
    /// The place next to `at`, in a list of `length`.
    fn beside(self, at: usize, length: usize) -> Option<usize> {
        match self {
            Way::Up => at.checked_sub(1),
            Way::Down => Some(at + 1).filter(|next| *next < length),
        }
    }
}

/// Exchanges an item with its neighbour; at the end of the list it stays.
pub fn shift<T>(items: &mut [T], at: usize, way: Way) {
    if let Some(next) = way.beside(at, items.len()).filter(|_| at < items.len()) {
        items.swap(at, next);
    }
}

/// Moves a question; from the edge of its section it goes on into the next one.
pub fn shift_question(sections: &mut [Section], (section, question): (usize, usize), way: Way) {
    let count = sections.len();
    let Some(here) = sections.get_mut(section).filter(|here| question < here.questions.len()) else { return };
    if way.beside(question, here.questions.len()).is_some() {
        return shift(&mut here.questions, question, way);
    }
    let Some(next) = way.beside(section, count) else { return };
    let moved = here.questions.remove(question);
    let into = &mut sections[next].questions;
    let at = if way == Way::Up { into.len() } else { 0 };
    into.insert(at, moved);
}

codes! {
    /// What a call made on screen may begin with, beside an earlier call.
    pub enum Pattern {
        /// A short form that can be asked as it is, and nothing that only the officer knows.
        Short => "court",
        /// Everything an answer to a crisis needs but its dates and its money.
        Emergency => "urgence",
    }
}

impl Pattern {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Pattern::Short => "Un formulaire court",
            Pattern::Emergency => "Un appel d’urgence (axe des crises)",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Pattern::Short => include_str!("starter.toml"),
            Pattern::Emergency => include_str!("emergency.toml"),
        }
    }

    /// The call it gives, under this name and with these dates: the window, the committee, the announcement.
    ///
    /// # Errors
    /// Never, as a test makes sure: the texts are the house's own.
    pub fn call(
        self,
        reference: &str,
        title: &str,
        window: Window,
        (committee_on, announcement_on): (NaiveDate, NaiveDate),
    ) -> Result<CallDefinition, toml::de::Error> {
        let mut call: CallDefinition = toml::from_str(self.text())?;
        reference.clone_into(&mut call.reference);
        title.clone_into(&mut call.title);
        call.window = window;
        call.calendar.committee_on = committee_on;
        call.calendar.announcement_on = announcement_on;
        Ok(call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        definitions::{CallPart, CallSource, Definition, Fault, PartState, parse},
        money::Euros,
        schedules::ScheduleModel,
        time::Moment,
    };

    #[test]
    fn a_code_is_made_from_its_label_and_never_twice() {
        assert_eq!(code_from("L’Œuvre, l’été : où ?", &[]), "l_oeuvre_l_ete_ou");
        assert_eq!(code_from("Nombre", &["nombre".into(), "nombre_2".into()]), "nombre_3");
        assert_eq!(code_from("  ?! ", &[]), "element");
        let long = code_from(&"anticonstitutionnellement ".repeat(9), &[]);
        assert!(long.len() <= LONGEST && !long.ends_with('_'), "{long}");
        assert!(code_from(&"é".repeat(90), &[]).len() <= LONGEST);
    }

    #[test]
    fn a_question_moves_within_its_section_and_on_into_the_next() {
        let mut sections = parse(include_str!("../../../fixtures/recital.toml")).unwrap().calls.remove(0).sections;
        let codes = |sections: &[Section], at: usize| -> Vec<String> {
            sections[at].questions.iter().map(|question| question.code.clone()).collect()
        };
        let first = codes(&sections, 0);
        shift_question(&mut sections, (0, 1), Way::Up);
        assert_eq!(codes(&sections, 0)[..2], [first[1].clone(), first[0].clone()]);
        shift_question(&mut sections, (0, 0), Way::Up);
        assert_eq!(codes(&sections, 0)[0], first[1], "nothing is above the first question");
        shift_question(&mut sections, (0, first.len() - 1), Way::Down);
        assert_eq!(codes(&sections, 1)[0], first[first.len() - 1]);
        shift_question(&mut sections, (1, 0), Way::Up);
        assert_eq!(codes(&sections, 0).len(), first.len());
    }

    /// Récital's file with one call made from this pattern.
    fn made(pattern: Pattern) -> Definition {
        let mut file = parse(include_str!("../../../fixtures/recital.toml")).unwrap();
        let window = Window {
            opens: Moment::start_of_day("2027-09-01".parse().unwrap()),
            closes: Moment::end_of_day("2027-10-31".parse().unwrap()),
        };
        let days = ("2027-11-15".parse().unwrap(), "2027-11-22".parse().unwrap());
        file.calls = vec![pattern.call("URGENCE-2027", "Urgence 2027", window, days).unwrap()];
        file
    }

    fn faults(file: &Definition) -> Vec<Fault> {
        let mut faults = file.validate();
        for fault in &mut faults {
            fault.path = fault.path.replacen("call.0.", "", 1);
        }
        faults
    }

    #[test]
    fn an_emergency_call_lacks_its_money_and_nothing_else() {
        let mut file = made(Pattern::Emergency);
        let faults = faults(&file);
        for part in CallPart::ALL {
            let wanted = if *part == CallPart::Money { PartState::Lacking } else { PartState::Complete };
            assert_eq!(part.state(&file.calls[0], &faults), wanted, "{part} {faults:?}");
        }
        let call = &mut file.calls[0];
        call.envelope = Euros::whole(20_000);
        call.sources = vec![CallSource { reference: "AFD-2026-ECM-HDF".into(), amount: call.envelope }];
        assert_eq!(file.validate(), []);
    }

    #[test]
    fn a_new_call_pays_four_fifths_then_the_rest() {
        let call = made(Pattern::Short).calls.remove(0);
        assert_eq!(call.schedule, ScheduleModel::EightyTwenty.schedule());
    }

    #[test]
    fn a_new_call_has_a_form_that_can_be_asked_and_lacks_what_only_the_officer_knows() {
        let file = made(Pattern::Short);
        let faults = faults(&file);
        let state = |part: CallPart| part.state(&file.calls[0], &faults);
        assert_eq!(state(CallPart::Form), PartState::Complete, "{faults:?}");
        for part in [CallPart::Calendar, CallPart::Eligibility, CallPart::Documents, CallPart::Reports] {
            assert_eq!(state(part), PartState::Complete, "{part} {faults:?}");
        }
        for part in [CallPart::Money, CallPart::Grid, CallPart::Presentation, CallPart::Holders] {
            assert_eq!(state(part), PartState::Lacking, "{part}");
        }
    }
}

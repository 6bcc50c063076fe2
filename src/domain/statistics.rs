//! Statistics of a round: by what its files are counted, what groups of them add up to, and which of these sums somebody
//! who reads files one by one may be told.

use super::{
    codes::codes,
    decisions::{BEFORE_COMMITTEE, DECIDED},
    lifecycles::applications::ApplicationState,
    money::Euros,
};
use std::{iter::Sum, ops::Sub};

codes! {
    /// By what the files of a call are counted.
    pub enum Theme {
        Course => "course",
        Outcomes => "outcomes",
        Axes => "axes",
        SubThemes => "sub_themes",
        Goals => "goals",
        Markers => "markers",
        Seats => "seat_departments",
        Places => "action_departments",
        Communes => "action_communes",
        Firsts => "first_requests",
        Members => "network_membership",
        Spread => "score_spread",
    }

    /// How far a file came, or what became of it.
    pub enum Step {
        Started => "started",
        Filed => "filed",
        Admissible => "admissible",
        Scored => "scored",
        Awarded => "awarded",
        ReserveListed => "reserve_listed",
        Rejected => "rejected",
        Deferred => "deferred",
        Ineligible => "ineligible",
        Withdrawn => "withdrawn",
    }
}

impl Theme {
    /// The French name.
    pub const fn label(self) -> &'static str {
        match self {
            Theme::Course => "Le parcours des dossiers",
            Theme::Outcomes => "Les autres suites",
            Theme::Axes => "Axes",
            Theme::SubThemes => "Sous-thèmes",
            Theme::Goals => "Objectifs de développement durable (ODD)",
            Theme::Markers => "Marqueurs",
            Theme::Seats => "Département du siège",
            Theme::Places => "Département de l’action",
            Theme::Communes => "Communes de l’action",
            Theme::Firsts => "Premières demandes",
            Theme::Members => "Appartenance au réseau",
            Theme::Spread => "Écart entre les notes d’un même dossier",
        }
    }

    /// Whether its groups ask for money, each for that of its own files.
    pub const fn has_sums(self) -> bool {
        !matches!(self, Theme::Course | Theme::Outcomes | Theme::Spread)
    }

    /// Whether each file is in one group alone, so that the groups add up to the whole.
    pub const fn is_partition(self) -> bool {
        matches!(self, Theme::Axes | Theme::Seats | Theme::Places | Theme::Firsts | Theme::Members)
    }
}

impl Step {
    /// From the first page to the grant, each step out of the one before.
    pub const WAY: &'static [Step] = &[Step::Started, Step::Filed, Step::Admissible, Step::Scored, Step::Awarded];
    /// What else may become of a file that was filed.
    pub const ASIDE: &'static [Step] =
        &[Step::ReserveListed, Step::Rejected, Step::Deferred, Step::Ineligible, Step::Withdrawn];

    /// The French name, of several files.
    pub const fn label(self) -> &'static str {
        match self {
            Step::Started => "Commencés",
            Step::Filed => "Déposés",
            Step::Admissible => "Recevables",
            Step::Scored => "Notés",
            Step::Awarded => "Retenus",
            Step::ReserveListed => "Sur liste d’attente",
            Step::Rejected => "Non retenus",
            Step::Deferred => "Reportés",
            Step::Ineligible => "Non recevables",
            Step::Withdrawn => "Retirés après le dépôt",
        }
    }

    /// The state of the files that stand at this step, where one state says it.
    const fn state(self) -> Option<ApplicationState> {
        Some(match self {
            Step::Awarded => ApplicationState::Awarded,
            Step::ReserveListed => ApplicationState::ReserveListed,
            Step::Rejected => ApplicationState::Rejected,
            Step::Deferred => ApplicationState::Deferred,
            Step::Ineligible => ApplicationState::Ineligible,
            Step::Withdrawn => ApplicationState::Withdrawn,
            Step::Started | Step::Filed | Step::Admissible | Step::Scored => return None,
        })
    }

    /// Whether it is a decision of the committee, under embargo until it is announced.
    pub fn is_decision(self) -> bool {
        self.state().is_some_and(|state| DECIDED.contains(&state))
    }

    /// Whether a filed file in this state has come to this step.
    pub fn has(self, state: ApplicationState, is_scored: bool) -> bool {
        match self {
            Step::Started | Step::Filed => true,
            Step::Admissible => state == ApplicationState::Eligible || BEFORE_COMMITTEE.contains(&state),
            Step::Scored => is_scored,
            step => step.state() == Some(state),
        }
    }
}

/// What some files add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub files: i64,
    pub asked: Euros,
    /// How many of them are awarded, and what they are awarded together.
    pub awards: i64,
    pub awarded: Euros,
}

impl Tally {
    /// Of files in one state: what they ask for and what was decided for them, together.
    pub fn of(state: ApplicationState, files: i64, asked: Euros, decided: Euros) -> Self {
        match state {
            ApplicationState::Awarded => Tally { files, asked, awards: files, awarded: decided },
            _ => Tally { files, asked, ..Tally::default() },
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Tally>>(tallies: I) -> Tally {
        tallies.fold(Tally::default(), |sum, more| Tally {
            files: sum.files + more.files,
            asked: sum.asked + more.asked,
            awards: sum.awards + more.awards,
            awarded: sum.awarded + more.awarded,
        })
    }
}

impl Sub for Tally {
    type Output = Tally;
    fn sub(self, other: Tally) -> Tally {
        Tally {
            files: self.files - other.files,
            asked: self.asked - other.asked,
            awards: self.awards - other.awards,
            awarded: self.awarded - other.awarded,
        }
    }
}

/// What a reader may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Whether decisions are no secret to them.
    pub knows_decisions: bool,
    /// Whether sums that would tell of one file are kept from them.
    pub is_guarded: bool,
}

/// One group of files as a reader may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The French name.
    pub label: String,
    pub files: i64,
    /// Nothing where it is not added up, or would tell of one file.
    pub asked: Option<Euros>,
    /// Nothing as long as decisions are under embargo.
    pub awards: Option<i64>,
    pub awarded: Option<Euros>,
}

impl Slice {
    /// A group of which nothing is added up.
    pub fn of_files(label: impl Into<String>, files: i64) -> Self {
        Slice { label: label.into(), files, asked: None, awards: None, awarded: None }
    }

    /// What a file asks for, in the middle, rounded down to the cent.
    pub fn mean_asked(&self) -> Option<Euros> {
        self.asked?.cents().checked_div(self.files).map(Euros::from_cents)
    }
}

/// From so many files on a sum tells nothing of one of them.
pub const FEWEST: i64 = 3;

/// Which sums over so many files each would tell of one file: those over one or two, and the smallest of the others
/// where what is left of the whole would tell the same.
pub fn veiled(counts: &[i64]) -> Vec<bool> {
    let is_few = |count: i64| (1..FEWEST).contains(&count);
    let mut veiled: Vec<bool> = counts.iter().map(|count| is_few(*count)).collect();
    let hidden: i64 = counts.iter().zip(&veiled).filter(|(_, is_veiled)| **is_veiled).map(|(count, _)| count).sum();
    if is_few(hidden) {
        let others = counts.iter().enumerate().filter(|(_, count)| **count >= FEWEST);
        if let Some((smallest, _)) = others.min_by_key(|(_, count)| **count) {
            veiled[smallest] = true;
        }
    }
    veiled
}

/// The groups as a reader may know them.
pub fn sliced(groups: Vec<(String, Tally)>, sight: Sight) -> Vec<Slice> {
    let veil = |count: fn(&Tally) -> i64| {
        let counts: Vec<i64> = groups.iter().map(|(_, tally)| count(tally)).collect();
        if sight.is_guarded { veiled(&counts) } else { vec![false; counts.len()] }
    };
    let veils: Vec<(bool, bool)> = veil(|tally| tally.files).into_iter().zip(veil(|tally| tally.awards)).collect();
    let slice = |((label, tally), (hides_asked, hides_awarded)): ((String, Tally), (bool, bool))| Slice {
        label,
        files: tally.files,
        asked: (!hides_asked).then_some(tally.asked),
        awards: sight.knows_decisions.then_some(tally.awards),
        awarded: (sight.knows_decisions && !hides_awarded).then_some(tally.awarded),
    };
    groups.into_iter().zip(veils).map(slice).collect()
}

/// The classes in which the gaps between the notes of a file are told.
const GAPS: [&str; 4] =
    ["Moins de 5 points", "De 5 à moins de 10 points", "De 10 à moins de 20 points", "20 points et plus"];

/// How many files have gaps of each class. Gaps come in whole fives of points out of 100, each with its files.
pub fn gaps(counted: &[(i64, i64)]) -> Vec<Slice> {
    let mut classes = [0; GAPS.len()];
    for (fives, files) in counted {
        let class = match *fives {
            ..=0 => 0,
            1 => 1,
            2..=3 => 2,
            _ => 3,
        };
        classes[class] += files;
    }
    GAPS.iter().zip(classes).map(|(label, files)| Slice::of_files(*label, files)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(files: i64) -> (String, Tally) {
        (files.to_string(), Tally { files, asked: Euros::whole(files * 1_000), ..Tally::default() })
    }

    #[test]
    fn a_sum_over_one_or_two_files_is_kept_and_so_is_what_would_tell_it() {
        assert_eq!(veiled(&[5, 1, 8]), [true, true, false], "the whole less 8 files would tell of one");
        assert_eq!(veiled(&[5, 2, 1, 8]), [false, true, true, false], "three files together tell of none");
        assert_eq!(veiled(&[5, 0, 8]), [false; 3]);
        assert_eq!(veiled(&[1]), [true]);
        assert_eq!(veiled(&[]), Vec::<bool>::new());
    }

    #[test]
    fn whoever_reads_everything_is_kept_from_nothing() {
        let open = Sight { knows_decisions: true, is_guarded: false };
        let slices = sliced(vec![asks(1), asks(4)], open);
        assert_eq!(slices[0].asked, Some(Euros::whole(1_000)));
        assert_eq!((slices[0].awards, slices[0].awarded), (Some(0), Some(Euros::ZERO)));
        let kept = sliced(vec![asks(1), asks(4)], Sight { knows_decisions: false, is_guarded: true });
        assert!(kept.iter().all(|slice| slice.asked.is_none() && slice.awards.is_none() && slice.awarded.is_none()));
    }

    #[test]
    fn every_step_is_shown_once() {
        let shown: Vec<Step> = Step::WAY.iter().chain(Step::ASIDE).copied().collect();
        assert_eq!(shown, Step::ALL);
        assert!(Step::Awarded.is_decision() && !Step::Ineligible.is_decision() && !Step::Scored.is_decision());
        assert!(Step::Admissible.has(ApplicationState::Rejected, false));
        assert!(!Step::Admissible.has(ApplicationState::Withdrawn, true));
    }

    #[test]
    fn gaps_are_told_in_classes() {
        let files: Vec<i64> =
            gaps(&[(0, 4), (1, 3), (2, 2), (3, 1), (4, 5), (19, 1)]).iter().map(|s| s.files).collect();
        assert_eq!(files, [4, 3, 3, 6]);
    }
}

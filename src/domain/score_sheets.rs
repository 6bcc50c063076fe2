//! The sheet that a member fills in away from the site: one line for each file and criterion, judged when it comes back
//! against what the review holds by then.

use super::scoring::Criterion;
use serde::{Deserialize, Serialize};

/// The code under which the opinion of a whole file stands; no criterion has a hyphen.
pub const OPINION: &str = "avis-ensemble";
/// The longest comment or opinion, in characters.
pub const LONGEST: usize = 5_000;

/// One line as it comes back, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SheetLine {
    pub reference: String,
    /// The code of a criterion, or [`OPINION`].
    pub criterion: String,
    pub points: String,
    pub comment: String,
    /// The seal of what the review held when the sheet was made.
    pub seal: String,
}

/// What a review holds now under the criterion of a line, as it would be typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    pub points: String,
    pub comment: String,
}

impl Held {
    fn says(&self, points: &str, comment: &str) -> bool {
        (self.points.as_str(), self.comment.as_str()) == (points, comment)
    }
}

/// What becomes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It says nothing new: what the review holds stays.
    Kept,
    /// The review has not changed since the sheet was made: it takes what was typed.
    Taken,
    /// Both have changed: a person chooses.
    Contested,
    /// Why it is not taken, a French sentence.
    Refused(String),
}

/// What a criterion, or the opinion of a whole file, takes.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    Mark(&'a Criterion),
    Opinion,
}

/// What is wrong with what was typed; nothing when it may be kept.
fn fault(asked: Asked<'_>, points: &str, comment: &str) -> Option<String> {
    if comment.chars().count() > LONGEST {
        return Some(format!("Le commentaire dépasse {LONGEST} caractères."));
    }
    match asked {
        _ if points.is_empty() => None,
        Asked::Opinion => Some("L’avis d’ensemble ne porte pas de note.".to_owned()),
        Asked::Mark(criterion) => {
            let is_mark = points.parse::<i32>().is_ok_and(|mark| (0..=criterion.most).contains(&mark));
            (!is_mark).then(|| format!("La note va de 0 à {}, sans décimale.", criterion.most))
        }
    }
}

/// Judges one line of a file that may still be scored. `seal` gives the seal of points and comment.
pub fn judge(line: &SheetLine, asked: Asked<'_>, held: &Held, seal: impl Fn(&str, &str) -> String) -> Fate {
    let (points, comment) = (line.points.trim(), line.comment.trim());
    // Untouched since it left: whatever was written on the site meanwhile stays.
    if held.says(points, comment) || line.seal == seal(points, comment) {
        return Fate::Kept;
    }
    if let Some(sentence) = fault(asked, points, comment) {
        return Fate::Refused(sentence);
    }
    let is_as_it_left = line.seal == seal(&held.points, &held.comment) || (line.seal.is_empty() && held.says("", ""));
    if is_as_it_left { Fate::Taken } else { Fate::Contested }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seal(points: &str, comment: &str) -> String {
        format!("{points}|{comment}")
    }

    fn held(points: &str, comment: &str) -> Held {
        Held { points: points.into(), comment: comment.into() }
    }

    fn criterion() -> Criterion {
        Criterion {
            code: "budget".into(),
            label: "Budget".into(),
            help: String::new(),
            weight: 1,
            most: 5,
            independent: false,
            descriptors: Vec::new(),
            eliminatory_below: None,
            answers: Vec::new(),
        }
    }

    fn fate(typed: (&str, &str), left: (&str, &str), now: (&str, &str)) -> Fate {
        let line = SheetLine {
            points: typed.0.into(),
            comment: typed.1.into(),
            seal: seal(left.0, left.1),
            ..SheetLine::default()
        };
        judge(&line, Asked::Mark(&criterion()), &held(now.0, now.1), seal)
    }

    #[test]
    fn what_changed_on_one_side_alone_is_taken_from_there() {
        assert_eq!(fate(("4", ""), ("", ""), ("", "")), Fate::Taken);
        assert_eq!(fate(("4", "Solide"), ("4", ""), ("4", "")), Fate::Taken);
        assert_eq!(fate(("", ""), ("", ""), ("3", "En ligne")), Fate::Kept);
        assert_eq!(fate(("3", "Pareil"), ("", ""), ("3", "Pareil")), Fate::Kept);
    }

    #[test]
    fn what_changed_on_both_sides_waits_for_a_person() {
        assert_eq!(fate(("4", ""), ("", ""), ("3", "")), Fate::Contested);
        let unsealed = SheetLine { points: "4".into(), ..SheetLine::default() };
        let judged = |now| judge(&unsealed, Asked::Mark(&criterion()), &now, seal);
        assert_eq!((judged(held("", "")), judged(held("3", ""))), (Fate::Taken, Fate::Contested));
    }

    #[test]
    fn a_mark_outside_the_scale_is_refused_in_words() {
        for typed in ["6", "-1", "4,5", "quatre"] {
            assert!(
                matches!(fate((typed, ""), ("", ""), ("", "")), Fate::Refused(why) if why.contains("0 à 5")),
                "{typed}"
            );
        }
        let long = "a".repeat(LONGEST + 1);
        assert!(matches!(fate(("4", &long), ("", ""), ("", "")), Fate::Refused(_)));
        let opinion = SheetLine { points: "4".into(), ..SheetLine::default() };
        assert!(matches!(judge(&opinion, Asked::Opinion, &held("", ""), seal), Fate::Refused(_)));
    }

    proptest! {
        #[test]
        fn nothing_written_on_the_site_is_overwritten_unasked(
            typed in ("[0-6]?", "[ab]{0,2}"), left in ("[0-5]?", "[ab]{0,2}"), now in ("[0-5]?", "[ab]{0,2}"),
        ) {
            fn words(of: &(String, String)) -> (&str, &str) {
                (of.0.as_str(), of.1.as_str())
            }
            if left != now {
                prop_assert_ne!(fate(words(&typed), words(&left), words(&now)), Fate::Taken);
            }
        }
    }
}

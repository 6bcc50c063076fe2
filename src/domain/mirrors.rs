//! What a reader sees of their own way of marking: their marks beside those of the others on the same files. Others are
//! only ever counted together, and never when so few that one of them could be recognised.

use super::{
    ids::{ApplicationId, PersonId},
    scoring::{Score, median},
};
use std::collections::{BTreeMap, BTreeSet};

/// Reviews that a reader has handed in before they look into the mirror.
pub const LEAST_OWN: usize = 5;
/// Reviews by others that a comparison is made of.
pub const LEAST_OTHERS: usize = 3;
/// People they come from.
const LEAST_PEOPLE: usize = 2;

/// What a mean of means is worked out in, before it is rounded to a hundredth.
const FINE: i128 = 1_000_000;

/// A mark of one review. Points are hundredths of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub file: ApplicationId,
    pub reader: PersonId,
    pub points: i64,
}

/// Somebody's marks beside those of the others on the same files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// Files that somebody else has reviewed too.
    pub files: usize,
    /// Reviews of these files by others.
    pub others: usize,
    pub mean: Score,
    pub median: Score,
    /// The mean over these files of what the others gave to each.
    pub mean_of_others: Score,
}

impl Comparison {
    /// How far above the others, below them when negative.
    pub fn gap(self) -> Score {
        Score::from_hundredths(self.mean.hundredths() - self.mean_of_others.hundredths())
    }
}

type Sides = (BTreeMap<ApplicationId, i64>, BTreeMap<ApplicationId, Vec<i64>>);

/// What `own` gave to each file, and what the others gave to the same ones.
fn sides(own: PersonId, marks: &[Mark]) -> Sides {
    let mine: BTreeMap<ApplicationId, i64> =
        marks.iter().filter(|mark| mark.reader == own).map(|mark| (mark.file, mark.points)).collect();
    let mut theirs: BTreeMap<ApplicationId, Vec<i64>> = BTreeMap::new();
    for mark in marks.iter().filter(|mark| mark.reader != own && mine.contains_key(&mark.file)) {
        theirs.entry(mark.file).or_default().push(mark.points);
    }
    (mine, theirs)
}

/// Compares what `own` gave with what the others did, file by file. Nothing while too few others have marked these files.
pub fn compare(own: PersonId, marks: &[Mark]) -> Option<Comparison> {
    let (mine, theirs) = sides(own, marks);
    let of_others = marks.iter().filter(|mark| mark.reader != own && mine.contains_key(&mark.file));
    let people: BTreeSet<PersonId> = of_others.map(|mark| mark.reader).collect();
    let others: usize = theirs.values().map(Vec::len).sum();
    if others < LEAST_OTHERS || people.len() < LEAST_PEOPLE {
        return None;
    }
    let shared: Vec<Score> =
        theirs.keys().filter_map(|file| mine.get(file)).copied().map(Score::from_hundredths).collect();
    let own: i64 = shared.iter().map(|score| score.hundredths()).sum();
    let means = theirs.values().filter_map(|given| fine_mean(given.iter().map(|points| i128::from(*points) * FINE)));
    Some(Comparison {
        files: shared.len(),
        others,
        mean: rounded(i128::from(own) * FINE, shared.len())?,
        median: median(&shared)?,
        mean_of_others: rounded(means.sum(), shared.len())?,
    })
}

/// How far from their usual gap a reader stands on a file that deserves a second look, in hundredths of a point out of 100.
const FAR: i64 = 1_500;
/// Files that are pointed out at most.
const MOST_LOOKS: usize = 3;

/// A file that deserves a second look: its reader and the others see it otherwise than they usually do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondLook {
    pub file: ApplicationId,
    pub mine: Score,
    /// The mean of what the others gave to it.
    pub others: Score,
}

impl SecondLook {
    /// How far above the others, below them when negative, in hundredths of a point.
    fn gap(self) -> i64 {
        self.mine.hundredths() - self.others.hundredths()
    }
}

/// The files that deserve a second look by somebody: those furthest from their usual gap, the one in the middle, first.
pub fn second_looks(own: PersonId, marks: &[Mark]) -> Vec<SecondLook> {
    let (mine, theirs) = sides(own, marks);
    let look = |(file, given): (&ApplicationId, &Vec<i64>)| {
        let others = rounded(given.iter().map(|points| i128::from(*points) * FINE).sum(), given.len())?;
        Some(SecondLook { file: *file, mine: Score::from_hundredths(*mine.get(file)?), others })
    };
    let mut looks: Vec<SecondLook> = theirs.iter().filter_map(look).collect();
    let mut gaps: Vec<i64> = looks.iter().map(|look| look.gap()).collect();
    gaps.sort_unstable();
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or_default();
    looks.retain(|look| (look.gap() - usual).abs() >= FAR);
    looks.sort_by_key(|look| (-(look.gap() - usual).abs(), look.file));
    looks.truncate(MOST_LOOKS);
    looks
}

fn fine_mean(values: impl ExactSizeIterator<Item = i128>) -> Option<i128> {
    let count = i128::try_from(values.len()).ok()?;
    values.sum::<i128>().checked_div(count)
}

/// A sum over so many, to the nearest hundredth, a half rounded up.
fn rounded(fine: i128, count: usize) -> Option<Score> {
    let all = FINE * i128::try_from(count).ok()?;
    i64::try_from((2 * fine + all).checked_div(2 * all)?).ok().map(Score::from_hundredths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::Minted, time::Moment};
    use proptest::prelude::*;

    fn marks(of: &[(u8, u8, i64)]) -> Vec<Mark> {
        let mark = |(file, reader, points): &(u8, u8, i64)| Mark {
            file: ApplicationId::mint(Moment::from_unix_seconds(0), [*file; 10]),
            reader: person(*reader),
            points: *points,
        };
        of.iter().map(mark).collect()
    }

    fn person(number: u8) -> PersonId {
        PersonId::mint(Moment::from_unix_seconds(0), [number; 10])
    }

    #[test]
    fn each_file_weighs_the_same_however_many_read_it() {
        // The third file has no other reader, the fourth is not one's own.
        let given = marks(&[(1, 1, 400), (1, 2, 300), (1, 3, 100), (2, 1, 200), (2, 2, 400), (3, 1, 500), (4, 2, 0)]);
        let found = compare(person(1), &given).unwrap();
        assert_eq!((found.files, found.others), (2, 3));
        let hundredths = [found.mean, found.median, found.mean_of_others, found.gap()].map(Score::hundredths);
        assert_eq!(hundredths, [300, 300, 300, 0]);
    }

    #[test]
    fn so_few_others_that_one_could_be_recognised_are_not_shown() {
        let two = [(1, 1, 400), (2, 1, 300), (3, 1, 300), (1, 2, 300), (2, 3, 100)];
        assert_eq!(compare(person(1), &marks(&two)), None, "two reviews");
        let alone = [(1, 1, 400), (2, 1, 300), (3, 1, 300), (1, 2, 300), (2, 2, 100), (3, 2, 100)];
        assert_eq!(compare(person(1), &marks(&alone)), None, "one other reader");
        assert_eq!(compare(person(1), &[]), None);
    }

    #[test]
    fn a_file_seen_otherwise_than_usual_deserves_a_second_look() {
        // The reader is ten points above the others, but on the third file far above them and on the fourth below.
        let given = [(1, 1, 7_000), (1, 2, 6_000), (2, 1, 6_000), (2, 2, 5_000), (3, 1, 9_000), (3, 2, 4_000)];
        let given: Vec<_> = given.into_iter().chain([(4, 1, 4_000), (4, 2, 5_500), (4, 3, 4_500), (5, 1, 0)]).collect();
        let looks = second_looks(person(1), &marks(&given));
        let found: Vec<_> = looks.iter().map(|look| (look.mine.hundredths(), look.others.hundredths())).collect();
        assert_eq!(found, [(9_000, 4_000), (4_000, 5_000)]);
        assert_eq!(second_looks(person(1), &marks(&given[..4])), []);
    }

    proptest! {
        #[test]
        fn one_point_more_everywhere_is_one_point_more_above(points in prop::collection::vec(0i64..=400, 12)) {
            let given: Vec<(u8, u8, i64)> =
                (0u8..).zip(&points).map(|(at, points)| (at / 3, at % 3, *points)).collect();
            let more: Vec<_> = given.iter().map(|(f, r, p)| (*f, *r, if *r == 0 { p + 100 } else { *p })).collect();
            let (before, after) = (compare(person(0), &marks(&given)).unwrap(), compare(person(0), &marks(&more)).unwrap());
            prop_assert_eq!(after.gap().hundredths(), before.gap().hundredths() + 100);
            prop_assert_eq!(after.median.hundredths(), before.median.hundredths() + 100);
        }
    }
}

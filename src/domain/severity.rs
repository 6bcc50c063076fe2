//! How much higher or lower each reader of a call marks, and what a file would be worth if all of them marked alike. It
//! is shown beside the mean and never in its place.
//!
//! A mark is taken for the worth of its file plus the leaning of its reader. The leanings are those that leave the least
//! squares over the marks of files read by several people; over these marks they add up to nothing. The adjusted score of
//! a file is the mean of its marks, each without the leaning of its reader. So a reader who marks every file ten points
//! lower changes no order of adjusted scores; for that, leanings are not shrunk towards nothing when little is known of a
//! reader: whoever shares fewer than [`LEAST_SHARED`] files with others is not compared at all, and nobody is as long as
//! two groups of readers have no file in common. Where marks agree, the adjusted score is the mean.
//!
//! Whole numbers only: the same marks give the same figures, in whatever order they come.

use super::{
    ids::{ApplicationId, PersonId},
    scoring::Score,
};
use std::collections::BTreeMap;

/// Files that a reader must have in common with other readers before they are compared.
pub const LEAST_SHARED: usize = 3;
/// Places between the two rankings, from which on a page speaks of it.
pub const FAR: i64 = 4;

/// Binary places kept behind a hundredth of a point while solving.
const FINE: u32 = 40;
/// Those of them that are kept when it is done, so that what is half a hundredth is rounded as such.
const KEPT: u32 = 16;
/// The highest score, in hundredths.
const MOST: i128 = 10_000;

/// The total that one reader gave to one file. A reader gives one for each file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reading {
    pub file: ApplicationId,
    pub reader: PersonId,
    pub total: Score,
}

/// Why nothing is adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Fewer than two readers share enough files with others.
    Overlap,
    /// Some readers have no file in common with the others, not even through somebody else.
    Link,
}

/// One reader among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaning {
    /// Files they have marked.
    pub files: usize,
    /// Those of them that another reader who is compared has marked too.
    pub shared: usize,
    /// How far above the others they mark, in hundredths of a point, below them when negative; nothing while they share
    /// too few files.
    pub above: Option<Score>,
}

/// What the marks of a call say once the leanings of their readers are taken away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Adjusted {
    pub readers: BTreeMap<PersonId, Leaning>,
    /// The files whose readers are all compared.
    pub files: BTreeMap<ApplicationId, Score>,
    pub lack: Option<Lack>,
}

/// A file with its marks: the place of the reader, and hundredths of a point.
type File = (ApplicationId, Vec<(usize, i128)>);

/// Adjusts the marks of a call.
pub fn adjust(readings: &[Reading]) -> Adjusted {
    let mut people: Vec<PersonId> = readings.iter().map(|reading| reading.reader).collect();
    people.sort_unstable();
    people.dedup();
    let files = by_file(readings, &people);
    let shared = compared(&files, people.len());
    let lack = lack(&files, &shared);
    let leanings = if lack.is_some() { vec![None; people.len()] } else { leanings(&files, &shared) };
    let mut marked = vec![0; people.len()];
    files.iter().flat_map(|(_, marks)| marks).for_each(|(reader, _)| marked[*reader] += 1);
    let leaning = |(place, person): (usize, PersonId)| {
        let above = leanings[place].map(rounded).map(Score::from_hundredths);
        (person, Leaning { files: marked[place], shared: shared[place], above })
    };
    let adjusted = files.iter().filter_map(|(file, marks)| Some((*file, without(marks, &leanings)?)));
    Adjusted { files: adjusted.collect(), lack, readers: people.into_iter().enumerate().map(leaning).collect() }
}

fn by_file(readings: &[Reading], people: &[PersonId]) -> Vec<File> {
    let mut sorted = readings.to_vec();
    sorted.sort_unstable();
    let mark = |reading: &Reading| {
        let place = people.binary_search(&reading.reader).ok()?;
        Some((place, i128::from(reading.total.hundredths())))
    };
    let file = |marks: &[Reading]| Some((marks.first()?.file, marks.iter().filter_map(mark).collect()));
    sorted.chunk_by(|a, b| a.file == b.file).filter_map(file).collect()
}

/// How many files each reader shares with others who share enough themselves; nothing for whoever shares too few.
fn compared(files: &[File], people: usize) -> Vec<usize> {
    let mut kept = vec![true; people];
    loop {
        let mut shared = vec![0; people];
        for (_, marks) in files {
            let among = || marks.iter().filter(|(reader, _)| kept[*reader]);
            if among().count() > 1 {
                among().for_each(|(reader, _)| shared[*reader] += 1);
            }
        }
        let enough: Vec<bool> = shared.iter().map(|count| *count >= LEAST_SHARED).collect();
        if enough == kept {
            return shared;
        }
        kept = enough;
    }
}

/// The marks of a file by readers who are compared, where there are several.
fn common<'a>(marks: &'a [(usize, i128)], shared: &[usize]) -> Vec<&'a (usize, i128)> {
    let marks: Vec<_> = marks.iter().filter(|(reader, _)| shared[*reader] > 0).collect();
    if marks.len() > 1 { marks } else { Vec::new() }
}

fn lack(files: &[File], shared: &[usize]) -> Option<Lack> {
    let mut group: Vec<usize> = (0..shared.len()).collect();
    for (_, marks) in files {
        let among = common(marks, shared);
        let groups: Vec<usize> = among.iter().map(|(reader, _)| group[*reader]).collect();
        if let Some(first) = groups.iter().min() {
            group.iter_mut().filter(|other| groups.contains(other)).for_each(|other| *other = *first);
        }
    }
    let mut groups: Vec<usize> =
        group.into_iter().zip(shared).filter(|(_, count)| **count > 0).map(|(g, _)| g).collect();
    groups.sort_unstable();
    groups.dedup();
    match groups.len() {
        0 => Some(Lack::Overlap),
        1 => None,
        _ => Some(Lack::Link),
    }
}

/// The leaning of each reader who is compared, in hundredths with `FINE` binary places.
fn leanings(files: &[File], shared: &[usize]) -> Vec<Option<i128>> {
    let members: Vec<usize> = (0..shared.len()).filter(|reader| shared[*reader] > 0).collect();
    let place = |reader: usize| members.partition_point(|member| *member < reader);
    // The last reader is put at nothing: only the gaps between readers are known.
    let unknown = members.len().saturating_sub(1);
    let mut rows = vec![vec![0i128; unknown + 1]; unknown];
    let mut given = vec![0i128; members.len()];
    for (_, marks) in files {
        let marks = common(marks, shared);
        let (Ok(count), sum) = (i128::try_from(marks.len()), marks.iter().map(|(_, mark)| mark).sum::<i128>()) else {
            continue;
        };
        let part = (1i128 << FINE).checked_div(count).unwrap_or_default();
        for (reader, mark) in &marks {
            let here = place(*reader);
            given[here] += 1;
            let Some(row) = rows.get_mut(here) else { continue };
            row[unknown] += part * (count * mark - sum);
            row[here] += part * count;
            for there in marks.iter().map(|(other, _)| place(*other)).filter(|there| *there < unknown) {
                row[there] -= part;
            }
        }
    }
    let mut found = solved(rows);
    found.push(0);
    let all: i128 = given.iter().sum();
    let sum: i128 = found.iter().zip(&given).map(|(leaning, marks)| leaning * marks).sum();
    let middle = sum.checked_div(all).unwrap_or_default();
    let mut leanings = vec![None; shared.len()];
    members.into_iter().zip(found).for_each(|(reader, leaning)| leanings[reader] = Some(leaning - middle));
    leanings
}

/// Solves equations by elimination, each with its known side last. The matrix is that of a connected graph without one
/// of its points: no pivot is nothing, and none has to be sought.
fn solved(mut rows: Vec<Vec<i128>>) -> Vec<i128> {
    for place in 0..rows.len() {
        let (done, rest) = rows.split_at_mut(place + 1);
        let Some(pivot) = done.last() else { continue };
        for row in rest {
            let factor = (row[place] << FINE).checked_div(pivot[place]).unwrap_or_default();
            row.iter_mut().zip(pivot).skip(place).for_each(|(cell, above)| *cell -= (factor * above) >> FINE);
        }
    }
    let mut found = vec![0; rows.len()];
    for (place, row) in rows.iter().enumerate().rev() {
        let known = row.iter().zip(&found).skip(place + 1).map(|(part, value)| (part * value) >> FINE).sum::<i128>();
        let left = row.last().copied().unwrap_or_default() - known;
        found[place] = (left << FINE).checked_div(row[place]).unwrap_or_default();
    }
    found
}

/// The mean of the marks of a file without the leanings of its readers, between 0 and 100; nothing when one of them is
/// not compared.
fn without(marks: &[(usize, i128)], leanings: &[Option<i128>]) -> Option<Score> {
    let bare = marks.iter().map(|(reader, mark)| Some((mark << FINE) - leanings[*reader]?));
    let sum: i128 = bare.sum::<Option<i128>>()?;
    let mean = sum.checked_div(i128::try_from(marks.len()).ok()?)?;
    Some(Score::from_hundredths(rounded(mean.clamp(0, MOST << FINE))))
}

/// To the nearest hundredth, a half rounded up.
fn rounded(fine: i128) -> i64 {
    let kept = (fine + (1 << (FINE - KEPT - 1))) >> (FINE - KEPT);
    i64::try_from((kept + (1 << (KEPT - 1))) >> KEPT).unwrap_or_default()
}

/// How many places each of these files gains by its second score, among them all; negative when it loses some. Files of
/// the same score share a place.
pub fn places(files: &[(ApplicationId, Score, Score)]) -> BTreeMap<ApplicationId, i64> {
    let sorted = |score: fn(&(ApplicationId, Score, Score)) -> Score| {
        let mut scores: Vec<Score> = files.iter().map(score).collect();
        scores.sort_unstable_by(|a, b| b.cmp(a));
        scores
    };
    let (first, second) = (sorted(|file| file.1), sorted(|file| file.2));
    let place = |scores: &[Score], score: Score| {
        i64::try_from(scores.partition_point(|other| *other > score)).unwrap_or(i64::MAX)
    };
    let gained =
        |(file, one, other): &(ApplicationId, Score, Score)| (*file, place(&first, *one) - place(&second, *other));
    files.iter().map(gained).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::Minted, scoring::mean, time::Moment};
    use proptest::prelude::*;

    fn file(number: u8) -> ApplicationId {
        ApplicationId::mint(Moment::from_unix_seconds(0), [number; 10])
    }

    fn reader(number: u8) -> PersonId {
        PersonId::mint(Moment::from_unix_seconds(0), [number; 10])
    }

    /// Marks in whole points.
    fn readings(of: &[(u8, u8, i64)]) -> Vec<Reading> {
        let reading = |(f, r, points): &(u8, u8, i64)| Reading {
            file: file(*f),
            reader: reader(*r),
            total: Score::from_hundredths(points * 100),
        };
        of.iter().map(reading).collect()
    }

    fn hundredths(adjusted: &Adjusted) -> Vec<i64> {
        adjusted.files.values().map(|score| score.hundredths()).collect()
    }

    #[test]
    fn a_severe_reader_costs_a_file_nothing() {
        // The second reader gives ten points less than the others, everywhere; the fourth file is the best.
        let marks =
            readings(&[(1, 1, 60), (1, 2, 50), (2, 1, 70), (2, 2, 60), (3, 1, 40), (3, 2, 30), (4, 2, 65), (5, 1, 70)]);
        let adjusted = adjust(&marks);
        assert_eq!(adjusted.lack, None);
        assert_eq!(hundredths(&adjusted), [5_500, 6_500, 3_500, 7_000, 6_500]);
        let above = |number| adjusted.readers[&reader(number)].above.map(Score::hundredths);
        assert_eq!((above(1), above(2)), (Some(500), Some(-500)));
        let one = adjusted.readers[&reader(2)];
        assert_eq!((one.files, one.shared), (4, 3));
    }

    #[test]
    fn readers_are_compared_through_others_who_read_what_they_read() {
        let mut marks = Vec::new();
        for number in 0..3 {
            marks.extend([(number, 1, 50), (number, 2, 60), (10 + number, 2, 60), (10 + number, 3, 80)]);
        }
        let adjusted = adjust(&readings(&marks));
        let above = |number| adjusted.readers[&reader(number)].above.map(Score::hundredths);
        assert_eq!((above(1), above(2), above(3)), (Some(-1_250), Some(-250), Some(1_750)));
        assert_eq!(hundredths(&adjusted), [6_250; 6], "once they mark alike, the files are worth the same");
    }

    #[test]
    fn without_enough_files_in_common_nothing_is_adjusted() {
        let two = readings(&[(1, 1, 60), (1, 2, 50), (2, 1, 70), (2, 2, 60), (3, 1, 40), (4, 2, 40)]);
        let adjusted = adjust(&two);
        assert_eq!((adjusted.lack, hundredths(&adjusted)), (Some(Lack::Overlap), vec![]));
        assert_eq!(adjusted.readers[&reader(1)], Leaning { files: 3, shared: 0, above: None });
        assert_eq!(adjust(&[]), Adjusted { lack: Some(Lack::Overlap), ..Adjusted::default() });
    }

    #[test]
    fn groups_without_a_common_file_are_not_compared() {
        let apart: Vec<_> = (0..3)
            .flat_map(|number| [(number, 1, 50), (number, 2, 60), (10 + number, 3, 40), (10 + number, 4, 50)])
            .collect();
        let adjusted = adjust(&readings(&apart));
        assert_eq!((adjusted.lack, hundredths(&adjusted)), (Some(Lack::Link), vec![]));
        let mut joined = apart;
        joined.extend([(20, 2, 60), (20, 3, 40)]);
        let adjusted = adjust(&readings(&joined));
        assert_eq!((adjusted.lack, adjusted.files.len()), (None, 7));
    }

    #[test]
    fn a_file_read_by_somebody_who_is_not_compared_keeps_its_mean_alone() {
        let mut marks: Vec<_> = (0..3).flat_map(|number| [(number, 1, 50), (number, 2, 60)]).collect();
        marks.extend([(0, 3, 90), (9, 3, 10)]);
        let adjusted = adjust(&readings(&marks));
        assert_eq!(adjusted.files.keys().copied().collect::<Vec<_>>(), [file(1), file(2)]);
        assert_eq!(adjusted.readers[&reader(3)], Leaning { files: 2, shared: 0, above: None });
    }

    #[test]
    fn places_are_counted_among_the_files_that_have_both_scores() {
        let score = Score::from_hundredths;
        let files = [(file(1), score(90), score(60)), (file(2), score(80), score(80)), (file(3), score(70), score(80))];
        assert_eq!(places(&files).into_values().collect::<Vec<_>>(), [-2, 1, 2]);
    }

    /// Files of a few readers each, so that all of them are joined by some files.
    fn some_marks() -> impl Strategy<Value = Vec<(u8, u8, i64)>> {
        prop::collection::vec(prop::collection::btree_map(0u8..5, 20i64..=80, 1..4), 6..20).prop_map(|files| {
            let joined = (0..4u8).flat_map(|at| (0..5u8).map(move |reader| (200 + at, reader, i64::from(40 + at))));
            let drawn = files.into_iter().enumerate().flat_map(|(at, marks)| {
                marks.into_iter().map(move |(reader, mark)| (u8::try_from(at).unwrap(), reader, mark))
            });
            joined.chain(drawn).collect()
        })
    }

    proptest! {
        #[test]
        fn a_constant_severity_changes_no_order(marks in some_marks(), who in 0u8..5, by in -20i64..=20) {
            let before = adjust(&readings(&marks));
            let moved: Vec<_> = marks.iter().map(|(f, r, m)| (*f, *r, if *r == who { m + by } else { *m })).collect();
            let after = adjust(&readings(&moved));
            prop_assert_eq!(before.files.len(), after.files.len());
            for (one, score) in &before.files {
                for (other, _) in before.files.iter().filter(|(_, than)| *than > score) {
                    prop_assert!(after.files[one] <= after.files[other]);
                }
            }
        }

        #[test]
        fn the_order_of_arrival_changes_nothing(marks in some_marks(), turn in 0usize..100) {
            let mut turned = readings(&marks);
            let by = turn % turned.len();
            turned.rotate_left(by);
            turned.reverse();
            prop_assert_eq!(adjust(&readings(&marks)), adjust(&turned));
        }

        #[test]
        fn other_names_change_nothing(marks in some_marks(), files in 1u8..100, readers in 1u8..100) {
            // Files 0 to 19 and 200 to 203, readers 0 to 4: turned round, no two fall together.
            let named: Vec<_> = marks.iter().map(|(f, r, m)| (f.wrapping_add(files), (r + readers) % 5, *m)).collect();
            let (known, other) = (adjust(&readings(&marks)), adjust(&readings(&named)));
            for (f, ..) in &marks {
                prop_assert_eq!(known.files.get(&file(*f)), other.files.get(&file(f.wrapping_add(files))));
            }
        }

        #[test]
        fn scores_stay_between_nothing_and_the_whole(marks in some_marks()) {
            let far: Vec<_> = marks.iter().map(|(f, r, m)| (*f, *r, if m % 2 == 0 { 0 } else { 100 })).collect();
            for score in adjust(&readings(&far)).files.values() {
                prop_assert!((0..=10_000).contains(&score.hundredths()));
            }
        }

        #[test]
        fn readers_who_agree_are_left_alone(marks in some_marks()) {
            let agreed: Vec<_> = marks.iter().map(|(f, r, _)| (*f, *r, 30 + i64::from(f % 50))).collect();
            let adjusted = adjust(&readings(&agreed));
            for (f, ..) in &agreed {
                prop_assert_eq!(adjusted.files.get(&file(*f)).copied(), mean(100 * (30 + i64::from(f % 50)), 1));
            }
            prop_assert!(adjusted.readers.values().all(|reader| reader.above == Some(Score::from_hundredths(0))));
        }
    }
}

//! The pace of a reader: how long the files they still have to score will take, judged by those they have handed in.
//! Whole minutes only.

use super::time::Moment;

/// Files handed in before a pace is spoken of.
const ENOUGH: usize = 3;
/// A file takes at least this many minutes, however fast a sheet that was written elsewhere is copied.
const LEAST: i64 = 2;
/// And counts for this many at most: whoever opens a sheet in the evening and hands it in the next day slept in between.
const MOST: i64 = 90;

/// From when to when a reader had one sheet in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sitting {
    pub opened_at: Moment,
    pub submitted_at: Moment,
}

impl Sitting {
    /// How long it counts for, in minutes.
    fn minutes(self) -> i64 {
        let seconds = self.submitted_at.unix_seconds() - self.opened_at.unix_seconds();
        ((seconds + 30) / 60).clamp(LEAST, MOST)
    }
}

/// The minutes that half of the files took less than; nothing before enough of them are in.
pub fn median(sittings: &[Sitting]) -> Option<i64> {
    if sittings.len() < ENOUGH {
        return None;
    }
    let mut minutes: Vec<i64> = sittings.iter().map(|sitting| sitting.minutes()).collect();
    minutes.sort_unstable();
    let half = minutes.len() / 2;
    let upper = *minutes.get(half)?;
    // Of an even number of files the two in the middle share it, a half rounded up.
    let lower = if minutes.len().is_multiple_of(2) { *minutes.get(half - 1)? } else { upper };
    Some((lower + upper + 1) / 2)
}

/// What is left to do at the reader's pace: « environ 1 h 50 à votre rythme ». Nothing when nothing is left, or while the
/// pace is not known.
pub fn left(files: i64, sittings: &[Sitting]) -> Option<String> {
    let minutes = median(sittings)?.saturating_mul(files);
    (files > 0).then(|| format!("environ {} à votre rythme", duration(minutes)))
}

/// A length of time that is only an estimate: to five minutes below an hour, to ten below ten hours, then to the hour.
fn duration(minutes: i64) -> String {
    let step = match minutes {
        ..60 => 5,
        60..600 => 10,
        _ => 60,
    };
    let minutes = ((minutes + step / 2) / step * step).max(step);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}\u{a0}min"),
        (hours, 0) => format!("{hours}\u{a0}h"),
        (hours, minutes) => format!("{hours}\u{a0}h\u{a0}{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sittings(minutes: &[i64]) -> Vec<Sitting> {
        let at = Moment::from_unix_seconds;
        let sitting = |minutes: &i64| Sitting { opened_at: at(0), submitted_at: at(minutes * 60) };
        minutes.iter().map(sitting).collect()
    }

    #[test]
    fn the_median_is_said_from_three_files_on() {
        assert_eq!(median(&sittings(&[4, 4])), None);
        assert_eq!(median(&sittings(&[9, 3, 4])), Some(4));
        assert_eq!(median(&sittings(&[3, 4, 9, 20])), Some(7), "the half of 4 and 9, rounded up");
    }

    #[test]
    fn neither_a_copied_sheet_nor_a_night_in_between_counts_as_it_is() {
        assert_eq!(median(&sittings(&[0, 0, 0])), Some(LEAST));
        assert_eq!(median(&sittings(&[900, 900, 900])), Some(MOST));
        assert_eq!(median(&sittings(&[-5, -5, -5])), Some(LEAST), "a clock that was put back");
    }

    #[test]
    fn what_is_left_is_told_in_round_figures() {
        let left = |files, minutes| left(files, &sittings(&[minutes; 3])).unwrap_or_default().replace('\u{a0}', " ");
        assert_eq!(left(28, 4), "environ 1 h 50 à votre rythme");
        assert_eq!(left(1, 4), "environ 5 min à votre rythme");
        assert_eq!(left(2, 29), "environ 1 h à votre rythme");
        assert_eq!(left(40, 30), "environ 20 h à votre rythme");
        assert_eq!(left(0, 4), "");
    }
}

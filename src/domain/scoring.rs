//! Scoring grids, totals and means. Scores are counted in hundredths of a point out of 100, never in floats.

use super::point_amounts::PointAmounts;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// The grid of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// The mean, out of 100, below which a file is not proposed to the committee.
    #[serde(default)]
    pub pass_mark: Option<i64>,
    /// The gap between two readers, out of 100, above which the committee is told to discuss.
    #[serde(default)]
    pub spread_alert: Option<i64>,
    /// Whether readers learn whose a file is only once their review of it is in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blind: bool,
    #[serde(rename = "criterion")]
    pub criteria: Vec<Criterion>,
    /// How the mean sets the amount that is proposed; or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amounts: Option<PointAmounts>,
}

/// One criterion, marked from 0 to `most`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub code: String,
    pub label: String,
    #[serde(default)]
    pub help: String,
    /// Nothing for an independent criterion.
    pub weight: u32,
    pub most: i32,
    /// Shown, marked and commented, never summed: its mean stands apart.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub independent: bool,
    /// What each mark means, from 0 to `most`; or nothing.
    #[serde(default)]
    pub descriptors: Vec<String>,
    /// A mean below this mark rules the file out (note éliminatoire).
    #[serde(default)]
    pub eliminatory_below: Option<i32>,
    /// The questions whose answers it judges, by code: its reader finds them beside the mark.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
}

/// A score out of 100, in hundredths. Prints `72,50`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score(i64);

/// The marks one reader gave, by code of criterion.
pub type Marks = BTreeMap<String, i32>;

impl Score {
    /// From hundredths of a point.
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Score(hundredths)
    }

    /// In hundredths of a point.
    pub const fn hundredths(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "\u{2212}" } else { "" };
        write!(f, "{sign}{},{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

/// `dividend / divisor` to the nearest whole, a half rounded up. Neither may be negative; nothing when divided by zero.
fn half_up(dividend: i128, divisor: i128) -> Option<i64> {
    i64::try_from((2 * dividend + divisor).checked_div(2 * divisor)?).ok()
}

impl Grid {
    /// The criterion with this code.
    pub fn criterion(&self, code: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.code == code)
    }

    /// The criteria that make up the total.
    pub fn summed(&self) -> impl Iterator<Item = &Criterion> {
        self.criteria.iter().filter(|criterion| !criterion.independent)
    }

    /// Those that stand apart.
    pub fn independent(&self) -> impl Iterator<Item = &Criterion> {
        self.criteria.iter().filter(|criterion| criterion.independent)
    }

    /// The weighted score of one reader: each mark as a part of its scale, by weight. A half hundredth is rounded up.
    /// Nothing while a criterion that is summed has no mark, or one outside its scale.
    pub fn total(&self, marks: &Marks) -> Option<Score> {
        // Scales of different lengths meet on their product, so that only the last division rounds.
        let scale: i128 = self.summed().map(|criterion| i128::from(criterion.most.max(1))).product();
        let mut weighed: i128 = 0;
        for criterion in self.summed() {
            let mark = *marks.get(&criterion.code).filter(|mark| (0..=criterion.most).contains(mark))?;
            weighed += i128::from(criterion.weight) * i128::from(mark) * (scale / i128::from(criterion.most.max(1)));
        }
        let weights: i128 = self.summed().map(|criterion| i128::from(criterion.weight)).sum();
        half_up(weighed * 10_000, scale * weights).map(Score)
    }

    /// The criteria still without a valid mark, in the order of the grid.
    pub fn unmarked(&self, marks: &Marks) -> Vec<&Criterion> {
        let has_mark = |c: &&Criterion| !marks.get(&c.code).is_some_and(|mark| (0..=c.most).contains(mark));
        self.criteria.iter().filter(has_mark).collect()
    }

    /// The criteria whose mean over these readers is below their eliminatory mark.
    pub fn eliminating(&self, readers: &[Marks]) -> Vec<&Criterion> {
        let is_below = |criterion: &&Criterion| {
            let Some(least) = criterion.eliminatory_below else { return false };
            let given: Vec<i64> =
                readers.iter().filter_map(|m| m.get(&criterion.code)).map(|m| i64::from(*m)).collect();
            // Compared as a sum, so that nothing is rounded in favour of either.
            !given.is_empty() && given.iter().sum::<i64>() < i64::from(least) * given.len() as i64
        };
        self.criteria.iter().filter(is_below).collect()
    }

    /// Whether this mean reaches the pass mark, where there is one.
    pub fn passes(&self, mean: Score) -> bool {
        self.pass_mark.is_none_or(|least| mean.0 >= least * 100)
    }

    /// Whether two readers are so far apart that the committee should talk about it.
    pub fn is_spread(&self, totals: &[Score]) -> bool {
        spread(totals).is_some_and(|gap| self.is_gap(gap))
    }

    /// Whether a gap between two readers is one that the committee should talk about.
    pub fn is_gap(&self, gap: Score) -> bool {
        self.spread_alert.is_some_and(|most| gap.0 > most * 100)
    }

    /// The criteria that count otherwise in `next`, each by its place there, with a French phrase that says what it counted
    /// before and counts then. Nothing when no total can differ.
    pub fn reweighed(&self, next: &Grid) -> Vec<(usize, String)> {
        let weight = |criterion: &Criterion| match criterion.independent {
            true => "à part".to_owned(),
            false => criterion.weight.to_string(),
        };
        let phrase = |old: &Criterion| {
            let place = next.criteria.iter().position(|new| new.code == old.code)?;
            let (new, before) = (&next.criteria[place], weight(old));
            let after = weight(new);
            (before != after).then(|| (place, format!("«\u{a0}{}\u{a0}» {before} → {after}", new.label)))
        };
        self.criteria.iter().filter_map(phrase).collect()
    }

    /// What of `next` the marks already handed in cannot follow: the field of the definition, and a French sentence.
    pub fn unfollowed(&self, next: &Grid) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for old in &self.criteria {
            let label = &old.label;
            match next.criteria.iter().position(|new| new.code == old.code) {
                None => found.push((
                    "grid.criterion".to_owned(),
                    format!(
                        "Des évaluations sont remises\u{a0}: le critère «\u{a0}{label}\u{a0}» ne peut plus être retiré."
                    ),
                )),
                Some(at) if next.criteria[at].most != old.most => found.push((
                    format!("grid.criterion.{at}.most"),
                    format!(
                        "Des évaluations sont remises\u{a0}: «\u{a0}{label}\u{a0}» reste noté de 0 à {}.",
                        old.most
                    ),
                )),
                Some(_) => {}
            }
        }
        let added = next.criteria.iter().enumerate().filter(|(_, new)| self.criterion(&new.code).is_none());
        found.extend(added.map(|(at, new)| {
            let label = &new.label;
            let sentence = format!(
                "Des évaluations sont remises sans «\u{a0}{label}\u{a0}»\u{a0}: un critère ne s’ajoute plus. Rouvrez-les d’abord."
            );
            (format!("grid.criterion.{at}.label"), sentence)
        }));
        found
    }
}

/// The mean of `count` submitted totals that add up to `sum` hundredths; a half hundredth is rounded up.
pub fn mean(sum: i64, count: i32) -> Option<Score> {
    half_up(i128::from(sum), i128::from(count)).map(Score)
}

/// The middle one of these totals; half-way between the two in the middle, a half hundredth rounded up.
pub fn median(totals: &[Score]) -> Option<Score> {
    let mut sorted = totals.to_vec();
    sorted.sort_unstable();
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get((sorted.len() - 1) / 2)?;
    half_up(i128::from(lower.0) + i128::from(upper.0), 2).map(Score)
}

/// The largest gap between two of these totals; nothing between fewer than two.
pub fn spread(totals: &[Score]) -> Option<Score> {
    let (least, most) = (totals.iter().min()?, totals.iter().max()?);
    (totals.len() > 1).then_some(Score(most.0 - least.0))
}

/// The mean of `count` marks of one criterion that add up to `sum`, in hundredths of its own scale.
pub fn mark_mean(sum: i64, count: i64) -> Option<Score> {
    half_up(i128::from(sum) * 100, i128::from(count)).map(Score)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn criterion(code: &str, weight: u32, most: i32, eliminatory_below: Option<i32>) -> Criterion {
        let (label, help) = (code.to_owned(), String::new());
        let (answers, independent) = (vec![], false);
        let code = code.into();
        Criterion { code, label, help, weight, most, independent, descriptors: vec![], eliminatory_below, answers }
    }

    fn grid() -> Grid {
        let criteria = vec![criterion("a", 3, 5, Some(2)), criterion("b", 2, 5, None), criterion("c", 1, 3, None)];
        Grid { pass_mark: Some(50), spread_alert: Some(20), blind: false, criteria, amounts: None }
    }

    fn marks(of: &[(&str, i32)]) -> Marks {
        of.iter().map(|(code, mark)| ((*code).to_owned(), *mark)).collect()
    }

    #[test]
    fn a_total_weighs_each_mark_on_its_own_scale() {
        let total = |a, b, c| grid().total(&marks(&[("a", a), ("b", b), ("c", c)])).map(Score::hundredths);
        assert_eq!(total(5, 5, 3), Some(10_000));
        assert_eq!(total(0, 0, 0), Some(0));
        // 3×4/5 + 2×3/5 + 1×2/3 = 64/15 of 6: 71.111…
        assert_eq!(total(4, 3, 2), Some(7_111));
        // 1/3 of 1/6: 5.5555… is rounded up.
        assert_eq!(total(0, 0, 1), Some(556));
        assert_eq!(total(6, 0, 0), None);
        assert_eq!(total(-1, 0, 0), None);
    }

    #[test]
    fn a_missing_mark_leaves_no_total_and_is_named() {
        let given = marks(&[("a", 4), ("c", 9)]);
        assert_eq!(grid().total(&given), None);
        assert_eq!(grid().unmarked(&given).iter().map(|c| c.code.as_str()).collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(Grid { criteria: vec![], ..grid() }.total(&given), None);
    }

    #[test]
    fn a_mean_rounds_its_half_up() {
        assert_eq!(mean(10_001, 2), Some(Score(5_001)));
        assert_eq!(mean(10_000, 3), Some(Score(3_333)));
        assert_eq!(mean(0, 0), None);
        assert_eq!(Score(7_205).to_string(), "72,05");
    }

    #[test]
    fn a_median_and_a_spread_need_no_order() {
        let of = |totals: &[i64]| {
            let totals: Vec<Score> = totals.iter().copied().map(Score).collect();
            (median(&totals).map(|score| score.0), spread(&totals).map(|score| score.0))
        };
        assert_eq!(of(&[9_000, 1_000, 5_000]), (Some(5_000), Some(8_000)));
        assert_eq!(of(&[6_001, 5_000]), (Some(5_501), Some(1_001)));
        assert_eq!((of(&[700]), of(&[])), ((Some(700), None), (None, None)));
    }

    #[test]
    fn an_eliminatory_mark_counts_by_the_mean_of_the_readers() {
        let of = |given: &[i32]| {
            let readers: Vec<Marks> = given.iter().map(|mark| marks(&[("a", *mark)])).collect();
            grid().eliminating(&readers).len()
        };
        assert_eq!((of(&[2, 2]), of(&[1, 3]), of(&[1, 2]), of(&[])), (0, 0, 1, 0));
    }

    #[test]
    fn the_pass_mark_itself_passes() {
        assert!(grid().passes(Score(5_000)) && !grid().passes(Score(4_999)));
        assert!(!grid().is_spread(&[Score(5_000), Score(7_000)]) && grid().is_spread(&[Score(5_000), Score(7_001)]));
        assert!(!grid().is_spread(&[]));
    }

    fn with_one_apart() -> Grid {
        let mut grid = grid();
        grid.criteria.push(Criterion { independent: true, ..criterion("d", 0, 4, Some(1)) });
        grid
    }

    #[test]
    fn an_independent_criterion_is_marked_and_never_summed() {
        let given = |d| marks(&[("a", 4), ("b", 3), ("c", 2), ("d", d)]);
        let totals: Vec<_> = (0..=4).map(|d| with_one_apart().total(&given(d))).collect();
        assert!(totals.iter().all(|total| *total == Some(Score(7_111))), "{totals:?}");
        let unmarked = marks(&[("a", 4), ("b", 3), ("c", 2)]);
        assert_eq!(with_one_apart().unmarked(&unmarked).len(), 1, "it waits for a mark all the same");
        assert_eq!(with_one_apart().eliminating(&[given(0)]).len(), 1);
        assert_eq!(mark_mean(7, 2).map(|mean| mean.to_string()).as_deref(), Some("3,50"));
        assert_eq!(mark_mean(0, 0), None);
    }

    #[test]
    fn what_counts_otherwise_is_named_with_its_numbers() {
        let mut next = with_one_apart();
        assert_eq!(with_one_apart().reweighed(&next), []);
        next.criteria[0].weight = 5;
        (next.criteria[1].weight, next.criteria[1].independent) = (0, true);
        next.criteria[2].descriptors = vec!["Rien".into()];
        let phrases = [(0, "«\u{a0}a\u{a0}» 3 → 5".to_owned()), (1, "«\u{a0}b\u{a0}» 2 → à part".to_owned())];
        assert_eq!(with_one_apart().reweighed(&next), phrases);
        assert_eq!(with_one_apart().unfollowed(&next), []);
    }

    #[test]
    fn a_scale_or_a_list_that_the_marks_cannot_follow_is_named() {
        let mut next = grid();
        next.criteria[1].most = 10;
        next.criteria.remove(0);
        next.criteria.push(criterion("e", 1, 5, None));
        let fields: Vec<_> = grid().unfollowed(&next).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["grid.criterion", "grid.criterion.0.most", "grid.criterion.2.label"]);
    }

    proptest! {
        #[test]
        fn a_total_is_between_nothing_and_the_whole(a in 0i32..=5, b in 0i32..=5, c in 0i32..=3) {
            let total = grid().total(&marks(&[("a", a), ("b", b), ("c", c)])).unwrap();
            prop_assert!((0..=10_000).contains(&total.hundredths()));
        }
    }
}

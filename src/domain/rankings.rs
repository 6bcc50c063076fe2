//! The ranking of a call: the figures of each file side by side, its rank by the mean alone, and the order of a list by
//! any of them.

use super::{
    codes::codes,
    ids::ApplicationId,
    money::Euros,
    scoring::{Score, median, spread},
    severity::{Adjusted, places},
};
use std::cmp::Reverse;

codes! {
    /// By which figure a ranking is put in order, the highest first.
    #[derive(Default)]
    pub enum Order {
        #[default]
        Mean => "moyenne",
        Median => "mediane",
        Spread => "ecart",
        Adjusted => "ajustee",
    }
}

impl Order {
    /// The French words of its column.
    pub const fn label(self) -> &'static str {
        match self {
            Order::Mean => "Moyenne",
            Order::Median => "Médiane",
            Order::Spread => "Écart",
            Order::Adjusted => "Note ajustée",
        }
    }
}

/// A file before it is ranked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contender {
    pub id: ApplicationId,
    pub reference: String,
    pub requested: Euros,
    /// Nothing while no reader has submitted.
    pub mean: Option<Score>,
    /// What each reader gave.
    pub totals: Vec<Score>,
}

/// What is known of a file, out of 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    pub mean: Option<Score>,
    pub median: Option<Score>,
    /// The largest gap between two readers.
    pub spread: Option<Score>,
    /// The mean without the severity of its readers, where enough is known of them.
    pub adjusted: Option<Score>,
}

/// A file in the ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    pub id: ApplicationId,
    pub reference: String,
    /// By the mean; files with the same mean share one, a file nobody has scored has none.
    pub rank: Option<i64>,
    pub figures: Figures,
    /// How many readers its figures are of.
    pub reviews: usize,
    /// What it asks for.
    pub requested: Euros,
    /// What the files down to this one ask for together, in the order of the means.
    pub cumulative: Euros,
    /// Places that its adjusted score would gain it among the files that have one.
    pub gained: i64,
}

/// Where a file stands in one of the orders: its figure and its reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub figure: Option<Score>,
    pub reference: String,
}

impl Figures {
    /// The figure that an order goes by.
    pub const fn by(self, order: Order) -> Option<Score> {
        match order {
            Order::Mean => self.mean,
            Order::Median => self.median,
            Order::Spread => self.spread,
            Order::Adjusted => self.adjusted,
        }
    }
}

impl Ranked {
    /// Where it stands.
    pub fn place(&self, order: Order) -> Place {
        Place { figure: self.figures.by(order), reference: self.reference.clone() }
    }
}

/// The highest figure first, files without one last; ties by reference.
fn key(figure: Option<Score>, reference: &str) -> (bool, Reverse<Option<Score>>, &str) {
    (figure.is_none(), Reverse(figure), reference)
}

/// Ranks the files of a call, the best mean first.
pub fn ranking(contenders: Vec<Contender>, adjusted: &Adjusted) -> Vec<Ranked> {
    let both = |one: &Contender| Some((one.id, one.mean?, *adjusted.files.get(&one.id)?));
    let gained = places(&contenders.iter().filter_map(both).collect::<Vec<_>>());
    let ranked = |one: Contender| Ranked {
        figures: Figures {
            mean: one.mean,
            median: median(&one.totals),
            spread: spread(&one.totals),
            adjusted: adjusted.files.get(&one.id).copied(),
        },
        reviews: one.totals.len(),
        gained: gained.get(&one.id).copied().unwrap_or_default(),
        id: one.id,
        reference: one.reference,
        rank: None,
        requested: one.requested,
        cumulative: Euros::ZERO,
    };
    let mut files: Vec<Ranked> = contenders.into_iter().map(ranked).collect();
    sort(&mut files, Order::Mean);
    let (mut cumulative, mut last) = (Euros::ZERO, (None, None));
    for (place, file) in (1..).zip(&mut files) {
        cumulative += file.requested;
        file.cumulative = cumulative;
        let mean = file.figures.mean;
        file.rank = mean.and(if mean == last.0 { last.1 } else { Some(place) });
        last = (mean, file.rank);
    }
    files
}

/// Puts ranked files in another order; ranks stay.
pub fn sort(files: &mut [Ranked], order: Order) {
    files.sort_unstable_by(|a, b| key(a.figures.by(order), &a.reference).cmp(&key(b.figures.by(order), &b.reference)));
}

/// The files of a sorted list that follow a place, whether or not a file still stands there.
pub fn after<'a>(files: &'a [Ranked], order: Order, place: &Place) -> &'a [Ranked] {
    let from = key(place.figure, &place.reference);
    let start = files.partition_point(|file| key(file.figures.by(order), &file.reference) <= from);
    files.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::Minted, scoring::mean, time::Moment};
    use proptest::prelude::*;

    fn contender(number: u8, totals: &[i64]) -> Contender {
        Contender {
            id: ApplicationId::mint(Moment::from_unix_seconds(0), [number; 10]),
            reference: format!("REC-{number:03}"),
            requested: Euros::whole(1_000),
            mean: mean(totals.iter().sum(), i32::try_from(totals.len()).unwrap()),
            totals: totals.iter().copied().map(Score::from_hundredths).collect(),
        }
    }

    fn files(of: &[(u8, &[i64])]) -> Vec<Ranked> {
        ranking(of.iter().map(|(number, totals)| contender(*number, totals)).collect(), &Adjusted::default())
    }

    fn names(files: &[Ranked]) -> Vec<&str> {
        files.iter().map(|file| &file.reference[4..]).collect()
    }

    #[test]
    fn the_rank_is_by_the_mean_whatever_the_order_of_the_list() {
        let mut files = files(&[
            (1, &[]),
            (2, &[6_000, 6_000]),
            (3, &[0, 10_000, 8_000]),
            (4, &[6_000]),
            (5, &[9_000, 7_000]),
            (6, &[5_000]),
        ]);
        let ranks: Vec<_> = files.iter().map(|file| file.rank).collect();
        assert_eq!(names(&files), ["005", "002", "003", "004", "006", "001"]);
        assert_eq!(ranks, [Some(1), Some(2), Some(2), Some(2), Some(5), None]);
        assert_eq!(files[2].cumulative, Euros::whole(3_000));
        sort(&mut files, Order::Median);
        assert_eq!(names(&files), ["003", "005", "002", "004", "006", "001"]);
        sort(&mut files, Order::Spread);
        assert_eq!(names(&files), ["003", "005", "002", "001", "004", "006"]);
        assert_eq!((files[0].rank, files[0].cumulative), (Some(2), Euros::whole(3_000)));
    }

    proptest! {
        #[test]
        fn pages_go_through_every_file_once(
            totals in prop::collection::vec(prop::collection::vec(0i64..4, 0..3), 0..12),
            size in 1usize..4,
        ) {
            let contenders: Vec<_> = (0u8..).zip(&totals).map(|(number, totals)| contender(number, totals)).collect();
            let mut files = ranking(contenders, &Adjusted::default());
            for order in Order::ALL {
                sort(&mut files, *order);
                let (mut seen, mut rest) = (Vec::new(), files.as_slice());
                while let Some(last) = rest.iter().take(size).next_back() {
                    seen.extend(rest.iter().take(size).cloned());
                    rest = after(&files, *order, &last.place(*order));
                }
                prop_assert_eq!(&seen, &files);
            }
        }
    }
}

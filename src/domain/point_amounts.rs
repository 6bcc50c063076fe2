//! Points that set the amount: what a mean opens, as the grid of a call says it. Cents and basis points, never floats.

use super::{
    definitions::{
        CallDefinition,
        values::{amount, amount_option, rate},
    },
    money::{Euros, Rate},
    scoring::Score,
};
use serde::{Deserialize, Serialize};

/// How the mean of a file sets what is proposed for it: by bands of the mean, or by the point.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointAmounts {
    /// What one point of the mean, out of 100, is worth.
    #[serde(default, with = "amount_option", skip_serializing_if = "Option::is_none")]
    pub per_point: Option<Euros>,
    /// The amount is rounded down to a multiple of this; without it, to the euro.
    #[serde(with = "amount", default = "one_euro")]
    pub step: Euros,
    /// The bands, the lowest mean first.
    #[serde(default, rename = "band", skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<Band>,
}

/// From this mean on, out of 100, a file is proposed this part of what it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    pub from: i64,
    #[serde(with = "rate")]
    pub rate: Rate,
}

fn one_euro() -> Euros {
    Euros::whole(1)
}

/// What a file may be given, whatever its mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub requested: Euros,
    /// The least and the most the call grants to one file.
    pub floor: Euros,
    pub ceiling: Euros,
}

/// The amount that the points of a file open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computed {
    /// Nothing when its mean opens nothing.
    pub amount: Euros,
    /// How it came about, one French sentence.
    pub said: String,
}

/// What the points of a file open in a call; nothing where the call has no such scheme, or while nobody has scored the file.
pub fn of_call(call: &CallDefinition, mean: Option<Score>, requested: Euros) -> Option<Computed> {
    let bounds = Bounds { requested, floor: call.amount.floor, ceiling: call.amount.ceiling };
    Some(call.grid.amounts.as_ref()?.compute(mean?, bounds))
}

impl PointAmounts {
    /// Whether it says one way, and only one.
    pub fn is_one_way(&self) -> bool {
        self.per_point.is_some() == self.bands.is_empty()
    }

    /// What this mean opens before the bounds of the call.
    fn opened(&self, mean: Score, requested: Euros) -> Euros {
        match self.per_point {
            Some(value) => {
                let cents = i128::from(value.cents()) * i128::from(mean.hundredths()) / 100;
                Euros::from_cents(i64::try_from(cents).unwrap_or(i64::MAX))
            }
            None => requested.at(self.rate(mean)),
        }
    }

    fn rate(&self, mean: Score) -> Rate {
        let reached = self.bands.iter().filter(|band| mean.hundredths() >= band.from * 100);
        reached.map(|band| band.rate).max().unwrap_or_default()
    }

    /// The amount for a file with this mean: what the points open, rounded down to the step, never above what is asked nor
    /// above the ceiling of the call; below its floor it is the floor, as far as that much is asked. A mean that opens
    /// nothing gives nothing.
    pub fn compute(&self, mean: Score, bounds: Bounds) -> Computed {
        let opened = self.opened(mean, bounds.requested);
        let most = bounds.requested.min(bounds.ceiling);
        let step = self.step.cents().max(1);
        let rounded = Euros::from_cents(opened.cents() / step * step).min(most);
        let amount = if opened.is_positive() { rounded.max(bounds.floor.min(most)) } else { Euros::ZERO };
        Computed { amount, said: self.said(mean, bounds, (opened, amount)) }
    }

    fn said(&self, mean: Score, bounds: Bounds, (opened, amount): (Euros, Euros)) -> String {
        let how = match self.per_point {
            Some(value) => format!("{mean} × {value} le point"),
            None => format!("{mean} sur 100 ouvre {} des {} demandés", self.rate(mean), bounds.requested),
        };
        if !opened.is_positive() {
            return format!("D’après la grille\u{a0}: {how}, aucun montant n’est proposé.");
        }
        let held = if opened > bounds.ceiling && amount == bounds.ceiling {
            ", ramené au plafond de l’appel".to_owned()
        } else if opened > bounds.requested && amount == bounds.requested {
            ", ramené au montant demandé".to_owned()
        } else if opened < bounds.floor && amount == bounds.floor {
            ", relevé au plancher de l’appel".to_owned()
        } else if amount >= opened {
            String::new()
        } else if self.step == one_euro() {
            ", arrondi à l’euro inférieur".to_owned()
        } else {
            format!(", arrondi au multiple de {} inférieur", self.step)
        };
        format!("D’après la grille\u{a0}: {how}, soit {amount}{held}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bands() -> PointAmounts {
        let band = |from, percent| Band { from, rate: Rate::percent(percent) };
        PointAmounts { per_point: None, step: Euros::whole(10), bands: vec![band(50, 60), band(70, 80), band(85, 100)] }
    }

    fn by_point(cents: i64) -> PointAmounts {
        PointAmounts { per_point: Some(Euros::from_cents(cents)), step: one_euro(), bands: Vec::new() }
    }

    fn bounds(requested: i64) -> Bounds {
        Bounds { requested: Euros::whole(requested), floor: Euros::whole(500), ceiling: Euros::whole(5_000) }
    }

    fn amount(scheme: &PointAmounts, mean: i64, requested: i64) -> Euros {
        scheme.compute(Score::from_hundredths(mean), bounds(requested)).amount
    }

    #[test]
    fn the_band_of_the_mean_opens_its_part_of_what_is_asked() {
        let amounts = [4_999, 5_000, 6_999, 7_000, 8_500].map(|mean| amount(&bands(), mean, 3_333).cents());
        // 60 % of 3 333 € is 1 999,80 €; 80 % is 2 666,40 €: rounded down to tens.
        assert_eq!(amounts, [0, 199_000, 199_000, 266_000, 333_000]);
    }

    #[test]
    fn a_point_is_worth_its_value_within_the_bounds_of_the_call() {
        let amounts = [0, 100, 7_250, 10_000].map(|mean| amount(&by_point(6_000), mean, 5_500).cents());
        // 1 × 60 € is raised to the floor; 72,50 × 60 €; 6 000 € is held to the ceiling.
        assert_eq!(amounts, [0, 50_000, 435_000, 500_000]);
        assert_eq!(amount(&by_point(6_000), 9_000, 2_000), Euros::whole(2_000));
        assert_eq!(amount(&by_point(6_000), 100, 300), Euros::whole(300), "no floor is above what is asked");
    }

    #[test]
    fn the_computation_is_said_in_one_sentence() {
        let said = |scheme: &PointAmounts, mean, requested| {
            scheme.compute(Score::from_hundredths(mean), bounds(requested)).said.replace(['\u{a0}', '\u{202f}'], " ")
        };
        assert_eq!(
            said(&bands(), 7_250, 4_000),
            "D’après la grille : 72,50 sur 100 ouvre 80 % des 4 000 € demandés, soit 3 200 €."
        );
        assert!(said(&bands(), 7_250, 3_333).ends_with("soit 2 660 €, arrondi au multiple de 10 € inférieur."));
        assert!(said(&bands(), 4_000, 3_000).ends_with("aucun montant n’est proposé."));
        assert!(said(&by_point(10_000), 9_000, 9_000).ends_with("soit 5 000 €, ramené au plafond de l’appel."));
        assert!(said(&by_point(10_000), 9_000, 900).ends_with("soit 900 €, ramené au montant demandé."));
        assert!(said(&by_point(100), 9_000, 900).ends_with("soit 500 €, relevé au plancher de l’appel."));
    }

    #[test]
    fn a_scheme_says_one_way_alone() {
        assert!(bands().is_one_way() && by_point(100).is_one_way());
        assert!(!PointAmounts::default().is_one_way());
        assert!(!PointAmounts { per_point: Some(Euros::whole(1)), ..bands() }.is_one_way());
    }

    proptest! {
        #[test]
        fn nothing_is_proposed_above_what_is_asked_or_the_ceiling_and_more_points_never_give_less(
            (low, high) in (0i64..=10_000, 0i64..=10_000),
            (requested, floor, ceiling) in (0i64..=2_000_000, 0i64..=200_000, 1i64..=1_000_000),
            (value, step) in (prop::option::of(0i64..=20_000), 1i64..=50_000),
            mut bands in prop::collection::vec((0i64..=100, 0i32..=10_000), 0..5),
        ) {
            bands.sort_unstable();
            let bands = bands.into_iter().map(|(from, points)| Band { from, rate: Rate::from_basis_points(points) });
            let scheme = PointAmounts {
                per_point: value.map(Euros::from_cents),
                step: Euros::from_cents(step),
                bands: bands.collect(),
            };
            let bounds = Bounds {
                requested: Euros::from_cents(requested),
                floor: Euros::from_cents(floor),
                ceiling: Euros::from_cents(ceiling),
            };
            let of = |mean: i64| scheme.compute(Score::from_hundredths(mean), bounds).amount;
            let (less, more) = (of(low.min(high)), of(low.max(high)));
            prop_assert!(more <= bounds.requested && more <= bounds.ceiling);
            prop_assert!(Euros::ZERO <= less && less <= more);
        }
    }
}

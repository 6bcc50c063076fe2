//! Money in whole cents and rates in basis points. No float comes near either.

use diesel::{deserialize::FromSqlRow, expression::AsExpression};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
    str::FromStr,
};

/// An amount in euro cents. Prints the French way: `12 345,67 €` with U+202F between thousands and U+00A0 before the sign.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, AsExpression, FromSqlRow, Serialize, Deserialize,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
#[serde(transparent)]
pub struct Euros(i64);

/// A text that is not an amount in euros with at most two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount")]
pub struct NotAnAmount;

impl Euros {
    /// No money at all.
    pub const ZERO: Euros = Euros(0);

    /// From whole cents.
    pub const fn from_cents(cents: i64) -> Self {
        Euros(cents)
    }

    /// From whole euros.
    pub const fn whole(euros: i64) -> Self {
        Euros(euros * 100)
    }

    /// The amount in whole cents.
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// Whether more than nothing.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The cents as a column keeps them.
    pub(crate) const fn stored(&self) -> &i64 {
        &self.0
    }

    /// The amount for a machine: `12345.67`, a dot and always two decimals.
    pub fn machine(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }

    /// The amount for a French form field or spreadsheet: `12345,67`.
    pub fn plain(self) -> String {
        self.machine().replace('.', ",")
    }

    /// The amount as a form gives it back to whoever reads it over: `12 345`, `12 345,67`.
    pub fn grouped(self) -> String {
        self.to_string().replace("\u{a0}€", "")
    }

    /// This part of the amount, rounded down to the cent: a rate is a ceiling, so rounding never exceeds it.
    pub fn at(self, rate: Rate) -> Self {
        Euros(i64::try_from(i128::from(self.0) * i128::from(rate.0) / 10_000).unwrap_or(i64::MAX))
    }
}

impl FromStr for Euros {
    type Err = NotAnAmount;

    /// Reads what people type: `1 234,5`, `1234.50 €`, `12 €`; every kind of space is ignored. Fifteen digits at most.
    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let amount = compact.strip_suffix('€').unwrap_or(&compact);
        let (negative, digits) = match amount.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, amount),
        };
        let (whole, decimals) = digits.split_once([',', '.']).unwrap_or((digits, ""));
        let all_digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
        let well_formed = !whole.is_empty() && whole.len() <= 13 && decimals.len() <= 2;
        if !well_formed || !all_digits(whole) || !all_digits(decimals) || digits.ends_with([',', '.']) {
            return Err(NotAnAmount);
        }
        let cents = format!("{whole}{decimals:0<2}").parse::<i64>().map_err(|_| NotAnAmount)?;
        if negative && cents == 0 {
            return Err(NotAnAmount);
        }
        Ok(Euros(if negative { -cents } else { cents }))
    }
}

impl fmt::Display for Euros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = (self.0.unsigned_abs() / 100).to_string();
        if self.0 < 0 {
            f.write_str("\u{2212}")?;
        }
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                f.write_str("\u{202f}")?;
            }
            write!(f, "{digit}")?;
        }
        match self.0.unsigned_abs() % 100 {
            0 => f.write_str("\u{a0}€"),
            cents => write!(f, ",{cents:02}\u{a0}€"),
        }
    }
}

impl Add for Euros {
    type Output = Euros;
    fn add(self, other: Euros) -> Euros {
        Euros(self.0 + other.0)
    }
}
impl Sub for Euros {
    type Output = Euros;
    fn sub(self, other: Euros) -> Euros {
        Euros(self.0 - other.0)
    }
}
impl Neg for Euros {
    type Output = Euros;
    fn neg(self) -> Euros {
        Euros(-self.0)
    }
}
impl AddAssign for Euros {
    fn add_assign(&mut self, other: Euros) {
        self.0 += other.0;
    }
}
impl SubAssign for Euros {
    fn sub_assign(&mut self, other: Euros) {
        self.0 -= other.0;
    }
}
impl Sum for Euros {
    fn sum<I: Iterator<Item = Euros>>(amounts: I) -> Euros {
        amounts.fold(Euros::ZERO, Add::add)
    }
}

/// A rate in basis points: 10 000 is the whole. Prints the French way: `50 %`, `12,5 %`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, AsExpression, FromSqlRow, Serialize, Deserialize,
)]
#[diesel(sql_type = diesel::sql_types::Integer)]
#[serde(transparent)]
pub struct Rate(i32);

impl Rate {
    /// The whole: 100 %.
    pub const WHOLE: Rate = Rate(10_000);

    /// From basis points.
    pub const fn from_basis_points(points: i32) -> Self {
        Rate(points)
    }

    /// From a whole percentage.
    pub const fn percent(percent: i32) -> Self {
        Rate(percent * 100)
    }

    /// The basis points as a column keeps them.
    pub(crate) const fn stored(&self) -> &i32 {
        &self.0
    }

    /// The rate in basis points.
    pub const fn basis_points(self) -> i32 {
        self.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("\u{2212}")?;
        }
        let (whole, rest) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match rest {
            0 => write!(f, "{whole}\u{a0}%"),
            _ if rest % 10 == 0 => write!(f, "{whole},{}\u{a0}%", rest / 10),
            _ => write!(f, "{whole},{rest:02}\u{a0}%"),
        }
    }
}

/// Splits `total` in proportion to `weights` by the largest remainder: the parts always add up to `total`.
///
/// The cents left over by rounding down go to the largest remainders, earlier parts first. Without a positive
/// weight everything goes to the first part. `total` must not be negative.
pub fn share(total: Euros, weights: &[i64]) -> Vec<Euros> {
    let sum: i128 = weights.iter().map(|w| i128::from((*w).max(0))).sum();
    if sum == 0 {
        return weights.iter().enumerate().map(|(i, _)| if i == 0 { total } else { Euros::ZERO }).collect();
    }
    let exact = |weight: i64| i128::from(total.0) * i128::from(weight.max(0));
    let mut parts: Vec<i64> = weights.iter().map(|w| i64::try_from(exact(*w) / sum).unwrap_or_default()).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse(exact(weights[i]) % sum));
    let left = usize::try_from(total.0 - parts.iter().sum::<i64>()).unwrap_or_default();
    for &i in by_remainder.iter().take(left) {
        parts[i] += 1;
    }
    parts.into_iter().map(Euros).collect()
}

/// The most that [`share`] splits without giving the part of this weight more than `most`, of weights that add up to
/// `whole`; nothing where the part gets nothing.
pub fn most_within(most: Euros, weight: i64, whole: i64) -> Option<Euros> {
    if weight <= 0 {
        return None;
    }
    let total = (i128::from(most.0) * i128::from(whole)).div_euclid(i128::from(weight));
    Some(Euros(i64::try_from(total).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_type_is_read() {
        for (typed, cents) in [
            ("1 234,5", 123_450),
            ("1234.50 €", 123_450),
            ("12€", 1_200),
            ("1\u{a0}234\u{202f}567,89\u{a0}€", 123_456_789),
            ("-3,07", -307),
            ("\u{2212}3,07 €", -307),
            ("0", 0),
            ("9999999999999,99", 999_999_999_999_999),
        ] {
            assert_eq!(typed.parse(), Ok(Euros::from_cents(cents)), "{typed}");
        }
    }

    #[test]
    fn a_part_of_a_split_stays_within_its_limit_to_the_cent() {
        for weights in [[1, 2, 4], [100, 0, 1], [7, 7, 7], [333, 333, 334]] {
            let whole = weights.iter().sum();
            for most in [0, 1, 99, 100_000] {
                for (i, weight) in weights.iter().enumerate() {
                    let Some(total) = most_within(Euros(most), *weight, whole) else { continue };
                    let part = share(total, &weights)[i].0;
                    assert!(part == most || part == most - 1, "{total:?} by {weights:?} gives {part}, not {most}");
                }
            }
        }
        assert_eq!(most_within(Euros(100), 0, 3), None, "a part of nothing limits nothing");
        assert_eq!(most_within(Euros(-1), 1, 2), Some(Euros(-2)), "what is exceeded already leaves less than nothing");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for typed in [
            "",
            " ",
            "€",
            ",5",
            "5,",
            "1.234,5",
            "1,234.5",
            "10,005",
            "1e3",
            "NaN",
            "-0",
            "-0,00",
            "--5",
            "5-",
            "+5",
            "1€2",
            "12 €€",
            "٣",
            "0x10",
            "99999999999999",
            "1_000",
        ] {
            assert_eq!(typed.parse::<Euros>(), Err(NotAnAmount), "{typed}");
        }
    }

    #[test]
    fn amounts_print_the_french_way() {
        for (cents, printed) in [
            (0, "0\u{a0}€"),
            (5, "0,05\u{a0}€"),
            (100_000, "1\u{202f}000\u{a0}€"),
            (123_456_789, "1\u{202f}234\u{202f}567,89\u{a0}€"),
            (-12_345, "\u{2212}123,45\u{a0}€"),
        ] {
            assert_eq!(Euros::from_cents(cents).to_string(), printed);
        }
        assert_eq!(Euros::from_cents(-1_234_567).plain(), "-12345,67");
        assert_eq!(Euros::from_cents(1_234_507).machine(), "12345.07");
        assert_eq!(Euros::whole(240_000).grouped(), "240\u{202f}000");
        assert_eq!(Euros::from_cents(1_234_567).grouped(), "12\u{202f}345,67");
    }

    #[test]
    fn a_rate_prints_the_french_way_and_rounds_down() {
        for (points, printed) in
            [(5_000, "50\u{a0}%"), (1_250, "12,5\u{a0}%"), (5, "0,05\u{a0}%"), (-50, "\u{2212}0,5\u{a0}%")]
        {
            assert_eq!(Rate::from_basis_points(points).to_string(), printed);
        }
        assert_eq!(Euros::from_cents(333).at(Rate::percent(50)), Euros::from_cents(166));
        assert_eq!(Euros::from_cents(i64::MAX).at(Rate::WHOLE), Euros::from_cents(i64::MAX));
    }

    #[test]
    fn left_over_cents_go_to_the_largest_remainders_then_to_the_first() {
        let parts =
            |total, weights: &[i64]| share(Euros::from_cents(total), weights).iter().map(|p| p.0).collect::<Vec<_>>();
        assert_eq!(parts(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(parts(100, &[50, 30, 20]), [50, 30, 20]);
        assert_eq!(parts(101, &[50, 30, 20]), [51, 30, 20]);
        assert_eq!(parts(7, &[0, 0]), [7, 0]);
        assert_eq!(parts(7, &[]), [] as [i64; 0]);
    }

    proptest! {
        #[test]
        fn every_amount_reads_back(cents in -999_999_999_999_999i64..=999_999_999_999_999) {
            let amount = Euros::from_cents(cents);
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
            prop_assert_eq!(amount.plain().parse(), Ok(amount));
            prop_assert_eq!(amount.grouped().parse(), Ok(amount));
            prop_assert_eq!(amount.machine().parse(), Ok(amount));
        }

        #[test]
        fn any_text_is_judged_without_a_panic(text in "\\PC{0,30}") {
            let _ = text.parse::<Euros>();
        }

        #[test]
        fn parts_always_add_up(total in 0i64..=1_000_000_000_000_000, weights in prop::collection::vec(-5i64..=i64::MAX, 1..12)) {
            let parts = share(Euros(total), &weights);
            prop_assert_eq!(parts.iter().copied().sum::<Euros>(), Euros(total));
            prop_assert!(parts.iter().all(|part| part.0 >= 0));
        }

        #[test]
        fn no_part_is_a_cent_away_from_its_exact_share(total in 0i64..=1_000_000, weights in prop::collection::vec(1i64..1000, 1..8)) {
            let sum: i64 = weights.iter().sum();
            for (part, weight) in share(Euros(total), &weights).iter().zip(&weights) {
                prop_assert!((part.0 * sum - total * weight).abs() < sum);
            }
        }
    }
}

//! Reports (bilans): their kinds, and the comparison of what was planned with what was spent.

use super::{
    codes::codes,
    definitions::values::{amount, rate},
    money::{Euros, Rate},
};
use serde::{Deserialize, Serialize};

codes! {
    /// When in the life of a grant a report is due.
    pub enum ReportKind {
        /// While the project runs (bilan intermédiaire).
        Interim => "interim",
        /// Once it has ended; its accepted cost fixes the balance (bilan final, Cerfa 15059).
        Final => "final",
    }
}

impl ReportKind {
    /// The French words shown on screen and in letters.
    pub fn label(self) -> &'static str {
        match self {
            ReportKind::Interim => "bilan intermédiaire",
            ReportKind::Final => "bilan final",
        }
    }
}

/// From which gap between plan and reality a line must be explained (Cerfa 15059, part 2): beyond both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GapRule {
    /// Of what was planned.
    #[serde(with = "rate")]
    pub rate: Rate,
    #[serde(with = "amount")]
    pub amount: Euros,
}

impl Default for GapRule {
    fn default() -> Self {
        GapRule { rate: Rate::percent(10), amount: Euros::whole(100) }
    }
}

impl GapRule {
    /// Whether it is the rule of a call that says nothing.
    pub fn is_usual(&self) -> bool {
        *self == GapRule::default()
    }

    /// Whether what was spent differs so much from what was planned that it must be explained.
    pub fn asks(&self, planned: Euros, actual: Euros) -> bool {
        let gap = if actual > planned { actual - planned } else { planned - actual };
        gap > self.amount && gap > planned.at(self.rate)
    }

    /// « plus de 10 % et de 100 € ».
    pub fn words(&self) -> String {
        format!("plus de {} et de {}", self.rate, self.amount)
    }
}

/// What was spent of what was planned: « 85 % », rounded; nothing where nothing was planned.
pub fn realised(planned: Euros, actual: Euros) -> String {
    let (planned, actual) = (i128::from(planned.cents()), i128::from(actual.cents()));
    match planned {
        1.. => format!("{}\u{a0}%", (actual * 100 + planned / 2) / planned),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_gap_worth_a_word_asks_for_one() {
        let asks = |planned, actual| GapRule::default().asks(Euros::whole(planned), Euros::whole(actual));
        assert!(!asks(5_000, 5_400));
        assert!(!asks(200, 290));
        assert!(asks(200, 301));
        assert!(asks(5_000, 4_400));
        assert!(asks(0, 150));
        // At the very limit there is nothing to say, one cent beyond it there is.
        assert!(!asks(5_000, 5_500) && !asks(200, 300) && !asks(0, 100) && !asks(0, 0));
        let cents = |planned, actual| GapRule::default().asks(Euros::whole(planned), Euros::from_cents(actual));
        assert!(cents(5_000, 550_001) && cents(5_000, 449_999) && cents(0, 10_001));
        let strict = GapRule { rate: Rate::percent(0), amount: Euros::ZERO };
        assert!(strict.asks(Euros::whole(5_000), Euros::from_cents(500_001)));
        assert!(!strict.asks(Euros::whole(5_000), Euros::whole(5_000)));
        assert_eq!(GapRule::default().words(), "plus de 10\u{a0}% et de 100\u{a0}€");
    }

    #[test]
    fn what_was_spent_is_a_part_of_what_was_planned() {
        let part = |planned, actual| realised(Euros::whole(planned), Euros::whole(actual));
        assert_eq!([part(200, 170), part(3, 2), part(0, 50)], ["85\u{a0}%", "67\u{a0}%", ""]);
    }
}

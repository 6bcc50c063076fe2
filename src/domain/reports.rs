//! Reports (bilans): their kinds, and the comparison of what was planned with what was spent.

use super::{codes::codes, money::Euros};

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

/// Whether what was spent differs so much from what was planned that it must be explained (Cerfa 15059, part 2):
/// by more than a tenth and more than 100 €.
pub fn needs_explanation(planned: Euros, actual: Euros) -> bool {
    let gap = (actual.cents() - planned.cents()).abs();
    gap > 10_000 && gap > planned.cents() / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_gap_worth_a_word_asks_for_one() {
        let needs = |planned, actual| needs_explanation(Euros::whole(planned), Euros::whole(actual));
        assert!(!needs(5_000, 5_400));
        assert!(!needs(200, 290));
        assert!(needs(200, 301));
        assert!(needs(5_000, 4_400));
        assert!(needs(0, 150));
    }
}

//! Reports (bilans): their kinds, and the comparison of what was planned with what was spent.

use super::codes::codes;

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

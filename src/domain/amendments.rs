//! Amendments (avenants): what of a grant may be asked to change.

use super::codes::codes;

codes! {
    /// What an amendment changes.
    pub enum AmendmentKind {
        /// When the project ends.
        Duration => "duration",
        /// How the same amount is spent.
        Budget => "budget",
        /// The amount itself.
        Amount => "amount",
        /// The account that is paid; asked for by entering the new account.
        Bank => "bank",
        /// With whom the project is led.
        Partner => "partner",
    }
}

impl AmendmentKind {
    /// The French words shown on screen and in letters.
    pub fn label(self) -> &'static str {
        match self {
            AmendmentKind::Duration => "durée du projet",
            AmendmentKind::Budget => "répartition du budget",
            AmendmentKind::Amount => "montant",
            AmendmentKind::Bank => "compte bancaire",
            AmendmentKind::Partner => "partenaires",
        }
    }
}

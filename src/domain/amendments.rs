//! Amendments (avenants): what of a grant may be asked to change.

use super::{
    codes::codes,
    money::{Euros, share},
};

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

    /// Whether what one of this kind says was before and becomes would not be true any more once the other is in force: both
    /// name the payments and their days when one moves the end and the other the amount.
    pub fn meets(self, other: AmendmentKind) -> bool {
        let names_payments = |kind| matches!(kind, AmendmentKind::Duration | AmendmentKind::Amount);
        self == other || (names_payments(self) && names_payments(other))
    }
}

/// One thing an amendment changes, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub label: String,
    pub was: String,
    pub becomes: String,
}

/// Why an amount cannot become another one, in a French sentence: `paid` has left for good, `under_way` counts payments
/// neither planned nor gone. `None` when it can.
pub fn amount_obstacle(new: Euros, paid: Euros, under_way: usize) -> Option<String> {
    if under_way > 0 {
        return Some(
            "Un versement est en cours ou retenu\u{a0}: le montant change une fois qu’il est payé ou rétabli.".into(),
        );
    }
    (new < paid).then(|| format!("{paid} sont déjà versés\u{a0}: le montant ne peut pas descendre en dessous."))
}

/// What is left to pay of a new amount, shared among the payments that are still open as they were before.
pub fn shared_anew(new: Euros, paid: Euros, open: &[Euros]) -> Vec<Euros> {
    let weights: Vec<i64> = open.iter().map(|amount| amount.cents()).collect();
    share(new - paid, &weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_paid_yet_is_shared_as_before_and_never_below_what_is_paid() {
        let open = [Euros::whole(4_000), Euros::whole(1_000)];
        assert_eq!(
            shared_anew(Euros::whole(8_000), Euros::whole(5_000), &open),
            [Euros::whole(2_400), Euros::whole(600)]
        );
        assert!(amount_obstacle(Euros::whole(4_999), Euros::whole(5_000), 0).unwrap().contains("déjà versés"));
        assert!(amount_obstacle(Euros::whole(9_000), Euros::ZERO, 1).unwrap().contains("en cours"));
        assert_eq!(amount_obstacle(Euros::whole(5_000), Euros::whole(5_000), 0), None);
    }
}

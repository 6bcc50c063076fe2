//! The balance (solde) of a grant: min(award, rate × accepted cost) − paid, line by line, the same on every page and letter.

use super::{
    budgets::{SurplusRule, balance_due},
    money::{Euros, Rate},
};

/// What a grant comes to once a cost is retained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The cost retained.
    pub cost: Euros,
    /// The part of it the grant may cover.
    pub rate: Rate,
    pub award: Euros,
    /// Paid and not come back.
    pub paid: Euros,
    /// What is asked back, under the rule of the call.
    pub to_return: Euros,
}

impl Balance {
    /// The balance of an award, under the rule of its call for what was paid too much.
    pub fn compute((award, rate): (Euros, Rate), cost: Euros, paid: Euros, rule: &SurplusRule) -> Self {
        let balance = Balance { cost, rate, award, paid, to_return: Euros::ZERO };
        let over = balance.overpaid();
        Balance { to_return: if over.is_positive() { rule.to_return(award, over) } else { Euros::ZERO }, ..balance }
    }

    /// The rate applied to the cost.
    pub fn share(&self) -> Euros {
        self.cost.at(self.rate)
    }

    /// What the grant finally amounts to: the smaller of share and award.
    pub fn due(&self) -> Euros {
        self.share().min(self.award)
    }

    /// What is still owed to the holder; negative when too much was paid.
    pub fn owed(&self) -> Euros {
        balance_due(self.award, self.rate, self.cost, self.paid)
    }

    /// What was paid too much; nothing when something is owed.
    pub fn overpaid(&self) -> Euros {
        (-self.owed()).max(Euros::ZERO)
    }

    /// What of it the holder keeps.
    pub fn left(&self) -> Euros {
        self.overpaid() - self.to_return
    }

    /// The computation, a French line and its amount each.
    pub fn lines(&self) -> Vec<(String, String)> {
        let mut lines = vec![
            ("Dépenses retenues".to_owned(), self.cost.to_string()),
            (format!("× taux de la subvention, {}", self.rate), self.share().to_string()),
            ("Montant accordé".to_owned(), self.award.to_string()),
            ("Montant définitif\u{a0}: le plus petit des deux".to_owned(), self.due().to_string()),
            ("− déjà versé".to_owned(), self.paid.to_string()),
            ("= solde".to_owned(), self.owed().to_string()),
        ];
        if self.overpaid().is_positive() {
            if self.left().is_positive() {
                lines.push(("dont laissé par le règlement de l’appel".to_owned(), self.left().to_string()));
            }
            lines.push(("dont à reverser".to_owned(), self.to_return.to_string()));
        }
        lines
    }

    /// The same as far as what was paid: the letter that asks the rest back ends with its sum.
    pub fn lines_to_request(&self) -> Vec<(String, String)> {
        let paid = [("Déjà versé".to_owned(), self.paid.to_string())];
        paid.into_iter().chain(self.lines().into_iter().take(4)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOTHING_KEPT: SurplusRule = SurplusRule { kept: Rate::percent(0), waived_up_to: Euros::ZERO };

    fn of(award: i64, percent: i32, cost: i64, paid: i64) -> Balance {
        let (award, rate) = (Euros::whole(award), Rate::percent(percent));
        Balance::compute((award, rate), Euros::whole(cost), Euros::whole(paid), &NOTHING_KEPT)
    }

    /// 20 000 € of project, valuations included, of which 3 000 € are not eligible: half of the rest, not of the whole.
    #[test]
    fn half_of_what_is_eligible_is_not_half_of_the_project() {
        let balance = of(10_000, 50, 17_000, 5_000);
        assert_eq!((balance.due(), balance.owed()), (Euros::whole(8_500), Euros::whole(3_500)));
    }

    #[test]
    fn a_cost_below_the_advance_gives_a_debt_of_the_difference() {
        let balance = of(10_000, 50, 6_000, 5_000);
        assert_eq!((balance.owed(), balance.to_return), (-Euros::whole(2_000), Euros::whole(2_000)));
        let words: Vec<_> = balance.lines().into_iter().map(|(label, _)| label).collect();
        assert_eq!(words.last().map(String::as_str), Some("dont à reverser"));
    }

    #[test]
    fn nothing_accepted_takes_all_back_and_no_rate_gives_more_than_the_award() {
        let nothing = of(10_000, 50, 0, 5_000);
        assert_eq!((nothing.due(), nothing.to_return), (Euros::ZERO, Euros::whole(5_000)));
        let generous = of(10_000, 150, 8_000, 4_000);
        assert_eq!((generous.share(), generous.due()), (Euros::whole(12_000), Euros::whole(10_000)));
        let even = of(10_000, 50, 20_000, 10_000);
        assert_eq!((even.owed(), even.overpaid(), even.to_return), (Euros::ZERO, Euros::ZERO, Euros::ZERO));
        assert_eq!(even.lines().len(), 6, "nothing is asked and nothing left");
        let terms = (Euros::from_cents(1), Rate::percent(90));
        let cent = Balance::compute(terms, Euros::from_cents(1), Euros::from_cents(1), &NOTHING_KEPT);
        assert_eq!((cent.due(), cent.to_return), (Euros::ZERO, Euros::from_cents(1)), "90 % of a cent is none");
    }

    #[test]
    fn what_the_rule_leaves_is_not_asked_back() {
        let rule = SurplusRule { kept: Rate::percent(10), waived_up_to: Euros::ZERO };
        let (award, rate) = (Euros::whole(10_000), Rate::percent(50));
        let balance = Balance::compute((award, rate), Euros::whole(6_000), Euros::whole(5_000), &rule);
        assert_eq!((balance.left(), balance.to_return), (Euros::whole(1_000), Euros::whole(1_000)));
        assert_eq!(balance.lines().len(), 8, "{:?}", balance.lines());
    }

    proptest! {
        #[test]
        fn to_the_cent_nobody_gets_more_than_the_award_nor_the_share(
            award in 0i64..100_000_000, points in 0i32..=10_000, cost in 0i64..1_000_000_000, paid in 0i64..100_000_000,
            kept in 0i32..=10_000, waived in 0i64..100_000,
        ) {
            let rule = SurplusRule { kept: Rate::from_basis_points(kept), waived_up_to: Euros::from_cents(waived) };
            let (award, paid) = (Euros::from_cents(award), Euros::from_cents(paid));
            let terms = (award, Rate::from_basis_points(points));
            let balance = Balance::compute(terms, Euros::from_cents(cost), paid, &rule);
            prop_assert!(balance.due() <= award && balance.due() <= balance.share());
            prop_assert!(balance.due() == award || balance.due() == balance.share());
            // Exact: the share is never above the rate, and less than a cent below it.
            let exact = i128::from(cost) * i128::from(points);
            let share = i128::from(balance.share().cents()) * 10_000;
            prop_assert!(share <= exact && exact - share < 10_000);
            prop_assert_eq!(paid + balance.owed(), balance.due());
            prop_assert_eq!(balance.to_return + balance.left(), balance.overpaid());
            prop_assert!(balance.to_return >= Euros::ZERO && balance.left() >= Euros::ZERO);
            prop_assert!(balance.owed() < Euros::ZERO || balance.to_return == Euros::ZERO);
        }

        #[test]
        fn a_greater_cost_never_gives_less(cost in 0i64..100_000_000, more in 0i64..1_000_000, points in 0i32..=10_000) {
            let terms = (Euros::whole(50_000), Rate::from_basis_points(points));
            let of = |cost| Balance::compute(terms, Euros::from_cents(cost), Euros::whole(1_000), &NOTHING_KEPT);
            prop_assert!(of(cost + more).owed() >= of(cost).owed());
        }
    }
}

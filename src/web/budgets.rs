//! A budget as a page shows it: its parts side by side, their totals and whether the two sides meet.

use crate::domain::{
    budgets::{AmountRules, Budget, RateBase, Side as BudgetSide, Stage},
    money::Euros,
};

/// The two sides of a budget, ready to print or to fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetTable {
    /// What is to be known before an amount is written; often nothing.
    pub hint: &'static str,
    pub parts: Vec<BudgetPart>,
    pub balance: Balance,
}

/// One table of the budget: expenses, income, or contributions in kind on either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetPart {
    pub title: String,
    pub side: Side,
    pub rows: Vec<BudgetRow>,
    pub total: String,
}

/// Which way the money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Expense,
    Income,
}

impl Side {
    /// The code by which the page's script adds up.
    pub const fn code(self) -> &'static str {
        match self {
            Side::Expense => "expense",
            Side::Income => "income",
        }
    }
}

/// One line. When filled in, the amount is the field `field`; the label is the field `label_field`, unless that is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BudgetRow {
    pub field: String,
    pub label: String,
    pub label_field: String,
    pub help: String,
    /// As typed or as printed: the table shows it unchanged.
    pub amount: String,
    /// What more may be said of the line; nothing where only an amount is.
    pub more: Option<More>,
}

/// What more may be said of a line: what it is, and a box to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct More {
    pub words_field: String,
    pub words: String,
    /// Name of the box, its words, and whether it is ticked.
    pub tick: Option<(String, &'static str, bool)>,
    /// Name of the field of the part of an expense the fund does not pay for, and what stands in it.
    pub part: Option<(String, String)>,
}

impl More {
    /// Whether something of it is said.
    pub fn is_said(&self) -> bool {
        !self.words.is_empty()
            || self.tick.as_ref().is_some_and(|(.., is_ticked)| *is_ticked)
            || self.part.as_ref().is_some_and(|(_, amount)| !amount.is_empty())
    }
}

/// The tables of a planned budget in the order of its form: the side of each, and whether it holds contributions in kind.
pub const PLANNED: [(BudgetSide, bool); 4] = [
    (BudgetSide::Expense, false),
    (BudgetSide::Income, false),
    (BudgetSide::Expense, true),
    (BudgetSide::Income, true),
];

/// The sum of the lines of one of these tables.
pub fn planned_total(budget: &Budget, (side, is_valuation): (BudgetSide, bool)) -> Euros {
    let lines = budget.lines.iter().filter(|line| line.side == side && line.is_valuation() == is_valuation);
    lines.map(|line| line.planned).sum()
}

/// Whether the two sides meet, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    pub expense: String,
    pub income: String,
    pub is_even: bool,
    pub sentence: String,
    /// Cents that the income has beside the lines one fills in: the grant asked for.
    pub given: i64,
    /// What is asked and what the call allows, a name and a sentence each; nothing where no call is asked.
    pub shares: Vec<(&'static str, String)>,
    /// Whether more is asked than the call allows, or less.
    pub is_over: bool,
}

impl Balance {
    /// Compares the two totals.
    pub fn of(expense: Euros, income: Euros) -> Self {
        let gap = expense - income;
        let sentence = if gap == Euros::ZERO {
            "Le budget est équilibré.".to_owned()
        } else if gap.is_positive() {
            format!("Il manque {gap} de ressources.")
        } else {
            format!("Il y a {} de ressources en trop.", -gap)
        };
        let (expense, income) = (expense.to_string(), income.to_string());
        Balance { expense, income, is_even: gap == Euros::ZERO, sentence, given: 0, shares: Vec::new(), is_over: false }
    }

    /// The same for a planned budget, with the grant asked for and the contributions in kind.
    pub fn planned(budget: &Budget) -> Self {
        let in_kind = budget.valuations(BudgetSide::Income, Stage::Planned);
        let balance = Balance::of(budget.project_cost(Stage::Planned), budget.income(Stage::Planned) + in_kind);
        Balance { given: budget.grant.cents(), ..balance }
    }

    /// The same beside what its call allows: the share that is asked, and the rate on the eligible cost.
    pub fn asked(budget: &Budget, rules: &AmountRules) -> Self {
        let ceiling = rules.ceiling_for(budget, Stage::Planned);
        let is_over = budget.grant > ceiling || budget.grant < rules.floor;
        Balance { shares: shares(budget, rules, ceiling), is_over, ..Balance::planned(budget) }
    }
}

fn shares(budget: &Budget, rules: &AmountRules, ceiling: Euros) -> Vec<(&'static str, String)> {
    let (grant, cost) = (budget.grant, budget.project_cost(Stage::Planned));
    let eligible = budget.eligible_cost(Stage::Planned, rules.base);
    let counted = match rules.base {
        RateBase::WithValuations => "contributions en nature comprises",
        RateBase::WithoutValuations => "sans les contributions en nature",
    };
    let share = match budget.granted_share(Stage::Planned) {
        Some(share) => format!("{grant} sur {cost}, soit {share}"),
        None => grant.to_string(),
    };
    let rate = match budget.granted_rate(Stage::Planned, rules.base) {
        Some(rate) => format!("{rate} de {eligible} ({counted})\u{a0}; l’appel permet {} au plus", rules.rate),
        None => format!("Aucune dépense éligible pour l’instant\u{a0}; l’appel permet {} au plus", rules.rate),
    };
    let allowed = if ceiling < rules.floor {
        format!("{ceiling} au plus pour ce budget, moins que le minimum de l’appel ({})", rules.floor)
    } else {
        format!("De {} à {ceiling} pour ce budget", rules.floor)
    };
    vec![("Part demandée", share), ("Taux sur les dépenses éligibles", rate), ("L’appel permet", allowed)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_balance_says_which_side_is_short() {
        assert!(Balance::of(Euros::whole(10), Euros::whole(10)).is_even);
        assert!(Balance::of(Euros::whole(10), Euros::whole(7)).sentence.starts_with("Il manque 3"));
        assert!(Balance::of(Euros::whole(7), Euros::whole(10)).sentence.starts_with("Il y a 3"));
    }
}

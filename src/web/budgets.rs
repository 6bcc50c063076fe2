//! A budget as a page shows it: its parts side by side, their totals and whether the two sides meet.

use crate::domain::{
    budgets::{Budget, Side as BudgetSide, Stage},
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
        Balance { expense, income, is_even: gap == Euros::ZERO, sentence, given: 0 }
    }

    /// The same for a planned budget, with the grant asked for and the contributions in kind.
    pub fn planned(budget: &Budget) -> Self {
        let in_kind = budget.valuations(BudgetSide::Income, Stage::Planned);
        let balance = Balance::of(budget.project_cost(Stage::Planned), budget.income(Stage::Planned) + in_kind);
        Balance { given: budget.grant.cents(), ..balance }
    }
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

//! The budget lines of the Cerfa 12156*06, which the financial report (Cerfa 15059*02) uses again.

use super::rows;
use crate::domain::{budgets::Side, text::printed};
use serde::Deserialize;
use std::sync::LazyLock;

/// One line of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetAccount {
    /// The account of the French chart, cut further by a dot where the form is (`62.3`).
    pub code: String,
    pub label: String,
    pub side: Side,
    /// Whether it values what is given without money (contributions volontaires en nature, classes 86 and 87).
    pub is_valuation: bool,
    /// The line it details.
    pub parent: Option<String>,
    /// Whether an amount may be written on it: a line that others detail is their total.
    pub is_open: bool,
}

#[derive(Deserialize)]
struct LineRow {
    sens: String,
    code: String,
    libelle: String,
    parent: String,
}

static ACCOUNTS: LazyLock<Vec<BudgetAccount>> = LazyLock::new(|| {
    let lines: Vec<LineRow> = rows(include_str!("../../../fixtures/standards/cerfa/cerfa-12156-budget-lignes.csv"));
    lines
        .iter()
        .map(|line| BudgetAccount {
            code: line.code.clone(),
            label: printed(&line.libelle),
            side: if matches!(line.sens.as_str(), "charge" | "contribution_emploi") {
                Side::Expense
            } else {
                Side::Income
            },
            is_valuation: line.sens.starts_with("contribution"),
            parent: (!line.parent.is_empty()).then(|| line.parent.clone()),
            is_open: !lines.iter().any(|other| other.parent == line.code),
        })
        .collect()
});

/// The lines, in the order of the form.
pub fn budget_accounts() -> &'static [BudgetAccount] {
    &ACCOUNTS
}

/// The line with this code.
pub fn budget_account(code: &str) -> Option<&'static BudgetAccount> {
    ACCOUNTS.iter().find(|account| account.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_whole() {
        assert_eq!(budget_accounts().len(), 59);
        for (code, side, is_valuation, is_open) in [
            ("60", Side::Expense, false, false),
            ("60.1", Side::Expense, false, true),
            ("65", Side::Expense, false, true),
            ("74.2", Side::Income, false, true),
            ("864", Side::Expense, true, true),
            ("870", Side::Income, true, true),
        ] {
            let account = budget_account(code).unwrap();
            assert_eq!((account.side, account.is_valuation, account.is_open), (side, is_valuation, is_open), "{code}");
        }
    }

    #[test]
    fn every_detail_has_its_line_on_the_same_side() {
        for account in budget_accounts().iter().filter_map(|a| a.parent.as_deref().map(|parent| (a, parent))) {
            let parent = budget_account(account.1).unwrap();
            assert_eq!((parent.side, parent.is_valuation), (account.0.side, account.0.is_valuation));
        }
    }
}

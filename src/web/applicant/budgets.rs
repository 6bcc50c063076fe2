//! The budget of a draft as its form shows it.

use crate::{
    domain::{
        budgets::{Budget, BudgetUnit, Side as BudgetSide},
        complements::{BudgetTable as Table, Item, Opening},
        references::{budget_account, budget_accounts},
    },
    usecases::answers::Typed,
    web::{
        budgets::{Balance, BudgetPart, BudgetRow, BudgetTable, PLANNED, Side, planned_total},
        pages::FieldErrors,
    },
};

/// The budget as stored; a line something is said about keeps what was typed.
pub(super) fn budget_table(
    (budget, unit): (&Budget, BudgetUnit),
    opening: &Opening,
    typed: &Typed,
    errors: &FieldErrors,
) -> BudgetTable {
    let part = |title: &str, (side, is_valuation): (BudgetSide, bool)| {
        let is_open = opening.opens(&Item::Budget(Table::of(side, is_valuation)));
        let accounts =
            budget_accounts().iter().filter(|a| a.is_open && a.side == side && a.is_valuation == is_valuation);
        let planned = |code: &str| budget.lines.iter().find(|line| line.account == code);
        // A table as it was filed has its lines alone, and no field.
        let accounts = accounts.filter(|account| is_open || planned(&account.code).is_some());
        let rows: Vec<BudgetRow> = accounts
            .map(|account| {
                let field = format!("montant-{}", account.code);
                let line = planned(&account.code);
                let kept = line.map(|line| unit.shown(line.planned)).unwrap_or_default();
                if let Some(line) = line.filter(|_| !is_open) {
                    let label = format!("{} – {}", account.code, account.label);
                    return BudgetRow { label, amount: line.planned.to_string(), ..BudgetRow::default() };
                }
                let parent = account.parent.as_deref().and_then(budget_account);
                BudgetRow {
                    amount: typed.get(&field).filter(|_| errors.get(&field).is_some()).cloned().unwrap_or(kept),
                    field,
                    label: format!("{} – {}", account.code, account.label),
                    label_field: String::new(),
                    help: parent.map(|parent| parent.label.clone()).unwrap_or_default(),
                }
            })
            .collect();
        let total = planned_total(budget, (side, is_valuation));
        let side = if side == BudgetSide::Expense { Side::Expense } else { Side::Income };
        BudgetPart { title: title.into(), side, rows, total: total.to_string() }
    };
    let titles = [
        "Charges",
        &format!("Ressources, sans la subvention demandée ici ({})", budget.grant),
        "Contributions en nature\u{a0}: emplois",
        "Contributions en nature\u{a0}: ressources",
    ];
    let parts = titles.into_iter().zip(PLANNED).map(|(title, of)| part(title, of));
    let hint = if unit == BudgetUnit::Euro { "Montants en euros entiers, sans centimes." } else { "" };
    BudgetTable { hint, parts: parts.collect(), balance: Balance::planned(budget) }
}

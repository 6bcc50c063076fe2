//! The budget of a draft as its form shows it.

use crate::{
    domain::{
        budgets::{AmountRules, Budget, BudgetLine, BudgetUnit, Side as BudgetSide},
        complements::{BudgetTable as Table, Item, Opening},
        money::Euros,
        references::{BudgetAccount, budget_account, budget_accounts},
    },
    usecases::{answers::Typed, planned_budgets},
    web::{
        budgets::{Balance, BudgetPart, BudgetRow, BudgetTable, More, PLANNED, Side, planned_total},
        pages::FieldErrors,
    },
};

/// The budget as stored; a line something is said about keeps what was typed.
pub(super) fn budget_table(
    (budget, rules): (&Budget, &AmountRules),
    opening: &Opening,
    typed: &Typed,
    errors: &FieldErrors,
) -> BudgetTable {
    let unit = rules.unit;
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
                let given = line.filter(|line| line.planned != Euros::ZERO);
                let kept = given.map(|line| unit.shown(line.planned)).unwrap_or_default();
                if let Some(line) = line.filter(|_| !is_open) {
                    let label = format!("{} – {}", account.code, account.label);
                    let note = line.note();
                    let help = [line.label.as_str(), &note].into_iter().filter(|part| !part.is_empty());
                    let help = help.collect::<Vec<_>>().join(", ");
                    return BudgetRow { label, help, amount: line.planned.to_string(), ..BudgetRow::default() };
                }
                let parent = account.parent.as_deref().and_then(budget_account);
                let words = format!("intitule-{}", account.code);
                let part = planned_budgets::part_field(account).unwrap_or_default();
                let is_wrong = [&field, &words, &part].iter().any(|f| errors.get(f).is_some());
                let mine = Some(typed).filter(|_| is_wrong);
                BudgetRow {
                    amount: mine.and_then(|typed| typed.get(&field)).cloned().unwrap_or(kept),
                    more: Some(more((account, unit), line, mine)),
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
    BudgetTable { hint, parts: parts.collect(), balance: Balance::asked(budget, rules) }
}

/// What more is said of a line: as typed where something is wrong with it, else as stored.
fn more((account, unit): (&BudgetAccount, BudgetUnit), line: Option<&BudgetLine>, typed: Option<&Typed>) -> More {
    let words_field = format!("intitule-{}", account.code);
    let typed = typed.filter(|typed| typed.contains_key(&words_field));
    let stored = || line.map(|line| line.label.clone()).unwrap_or_default();
    let words = typed.and_then(|typed| typed.get(&words_field)).cloned().unwrap_or_else(stored);
    let is_ticked = |field: &str| match typed {
        Some(typed) => typed.contains_key(field),
        None => line.is_some_and(BudgetLine::is_ticked),
    };
    let tick = planned_budgets::tick(account).map(|(field, label)| (field.clone(), label, is_ticked(&field)));
    let part = planned_budgets::part_field(account).map(|field| {
        let kept = line.filter(|line| line.ineligible != Euros::ZERO).map(|line| unit.shown(line.ineligible));
        let shown = match typed {
            Some(typed) => typed.get(&field).cloned().unwrap_or_default(),
            None => kept.unwrap_or_default(),
        };
        (field, shown)
    });
    More { words_field, words, tick, part }
}

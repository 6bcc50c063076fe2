//! The amounts typed beside the open lines of the Cerfa budget, fields `montant-60.1` and `intitule-60.1`.

use super::{
    FieldError, Outcome,
    answers::{Content, Typed},
    edits::{self, Fate, Seen},
};
use crate::{
    domain::{
        budgets::{BudgetLine, BudgetUnit, Side},
        complements::{BudgetTable, Opening},
        ids::ApplicationId,
        money::Euros,
        references::{BudgetAccount, budget_account, budget_accounts},
    },
    store::{
        Tx,
        answers::{self as rows, BudgetLineRow},
    },
};

/// A line of the budget to which an amount may be given, with its place in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct OpenLine {
    pub account: &'static BudgetAccount,
    position: i32,
}

impl OpenLine {
    /// Every line one may fill in, in order.
    pub(super) fn all() -> impl Iterator<Item = OpenLine> {
        let open = budget_accounts().iter().enumerate().filter(|(_, account)| account.is_open);
        open.map(|(position, account)| OpenLine { account, position: i32::try_from(position).unwrap_or(i32::MAX) })
    }

    /// The field of its amount.
    pub(super) fn field(self) -> String {
        format!("montant-{}", self.account.code)
    }

    /// Its place among the lines of the form.
    pub(super) fn position(self) -> i32 {
        self.position
    }

    /// The stored line, if an amount was given to it.
    pub(super) fn is_in(self, rows: &[BudgetLineRow]) -> Option<&BudgetLineRow> {
        rows.iter().find(|row| row.account == self.account.code)
    }
}

/// An amount as its field shows it once stored; nothing when there is none.
pub(super) fn shown(row: Option<&BudgetLineRow>) -> String {
    row.map_or(String::new(), |row| row.planned_cents.plain())
}

/// What was typed on one line.
pub(super) struct Reading {
    /// Written as an amount is stored; as typed when it is none.
    pub value: String,
    /// The line it makes; an empty amount makes none.
    pub row: Option<BudgetLineRow>,
    /// Why it cannot be kept.
    pub unreadable: Option<FieldError>,
}

/// Reads the amount typed on a line, in the unit of the call.
pub(super) fn read(id: ApplicationId, (open, unit): (OpenLine, BudgetUnit), typed: &Typed) -> Reading {
    let (field, account) = (open.field(), open.account);
    let text = |name: &str| typed.get(name).map_or("", |text| text.trim());
    let amount = text(&field);
    let unreadable = |error: FieldError| Reading { value: amount.to_owned(), row: None, unreadable: Some(error) };
    let planned = match amount.parse::<Euros>() {
        Ok(planned) if planned.is_positive() => planned,
        Ok(Euros::ZERO) => return Reading { value: String::new(), row: None, unreadable: None },
        Err(_) if amount.is_empty() => return Reading { value: String::new(), row: None, unreadable: None },
        read => return unreadable(not_an_amount(&field, amount, read.ok())),
    };
    if let Some(sentence) = unit.refuses(planned) {
        return unreadable(FieldError::new(&field, sentence));
    }
    let row = BudgetLineRow {
        application_id: id,
        position: open.position,
        account: account.code.clone(),
        side: account.side.code().to_owned(),
        label: text(&format!("intitule-{}", account.code)).to_owned(),
        planned_cents: planned,
        is_eligible: account.side == Side::Expense,
        is_secured: typed.contains_key(&format!("acquis-{}", account.code)),
    };
    Reading { value: planned.plain(), row: Some(row), unreadable: None }
}

/// What is wrong with an amount that makes no line.
fn not_an_amount(field: &str, typed: &str, read: Option<Euros>) -> FieldError {
    let sentence = match read {
        Some(_) => "Un montant ne peut pas être négatif.".to_owned(),
        None => {
            let start: String = typed.chars().take(30).collect();
            format!("«\u{a0}{start}\u{a0}» n’est pas un montant. Exemple\u{a0}: 1\u{202f}250,50.")
        }
    };
    FieldError::new(field, sentence)
}

/// Writes every amount of a page, and gives the budget as it is then. A line that somebody else changed meanwhile, or on
/// which no amount can be read, stays as it is stored; a budget that nobody changed is not written again.
pub(super) fn save(
    tx: &mut Tx,
    (id, unit): (ApplicationId, BudgetUnit),
    seen: &Seen,
    opening: &Opening,
    errors: &mut Vec<FieldError>,
) -> Outcome<Vec<BudgetLineRow>> {
    let stored = rows::budget_of(tx.conn(), id)?;
    let mut lines = Vec::new();
    for open in OpenLine::all() {
        let (known, reading) = (open.is_in(&stored), read(id, (open, unit), seen.typed()));
        if !opening.opens_account(open.account) {
            lines.extend(known.cloned());
            continue;
        }
        let current = shown(known);
        match (seen.fate(&open.field(), &reading.value, &current), reading.unreadable) {
            (Fate::Written, None) => lines.extend(reading.row),
            (Fate::Written, unreadable) => {
                errors.extend(unreadable);
                lines.extend(known.cloned());
            }
            (Fate::Contested, _) => {
                errors.push(edits::taken_amount(&open.field(), &current));
                lines.extend(known.cloned());
            }
            (Fate::Kept, _) => lines.extend(known.cloned()),
        }
    }
    if lines != stored {
        rows::set_budget(tx, id, &lines)?;
    }
    Ok(lines)
}

/// Whether a page would write another amount on a line of this table.
pub(super) fn changes(content: &Content, table: BudgetTable, typed: &Typed) -> bool {
    let stored = |open: OpenLine| {
        let line = content.budget.lines.iter().find(|line| line.account == open.account.code);
        line.map_or(String::new(), |line| line.planned.plain())
    };
    let of_table = OpenLine::all().filter(|open| BudgetTable::of_account(open.account) == table);
    let mut sent = of_table.filter(|open| typed.contains_key(&open.field()));
    sent.any(|open| read(content.row.id, (open, content.definition.amount.unit), typed).value != stored(open))
}

/// The field of every line one may write on, with the amount it shows now.
pub(super) fn stored_fields(lines: &[BudgetLine], opening: &Opening) -> impl Iterator<Item = (String, String)> {
    OpenLine::all().filter(|open| opening.opens_account(open.account)).map(|open| {
        let line = lines.iter().find(|line| line.account == open.account.code);
        (open.field(), line.map_or(String::new(), |line| line.planned.plain()))
    })
}

/// A stored line as the rules read it.
pub(super) fn line(row: &BudgetLineRow) -> Option<BudgetLine> {
    Some(BudgetLine {
        account: row.account.clone(),
        side: row.side.parse().ok()?,
        label: row.label.clone(),
        planned: row.planned_cents,
        actual: None,
        is_eligible: row.is_eligible,
    })
}

/// The French name of a budget line, by its code.
pub fn account_label(code: &str) -> &str {
    budget_account(code).map_or(code, |account| account.label.as_str())
}

//! What is typed on the open lines of the Cerfa budget: the amount (`montant-60.1`), what it is in the applicant's words
//! (`intitule-60.1`), and whether the fund may not pay for it (`non-eligible-60.1`, or a part: `part-non-eligible-60.1`) or
//! the income is certain (`acquis-74.4`).

use super::{
    FieldError, Outcome,
    answers::{Content, Typed},
    edits::{self, Fate, Seen},
};
use crate::{
    domain::{
        budgets::{BudgetLine, BudgetUnit, Side, part_too_great},
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

    /// The field of what it is in the applicant's words.
    fn words_field(self) -> String {
        format!("intitule-{}", self.account.code)
    }

    /// Its place among the lines of the form.
    pub(super) fn position(self) -> i32 {
        self.position
    }

    /// The stored line, if an amount was given to it.
    pub(super) fn is_in(self, rows: &[BudgetLineRow]) -> Option<&BudgetLineRow> {
        rows.iter().find(|row| row.account == self.account.code)
    }

    /// The same among lines as the rules read them.
    fn of(self, lines: &[BudgetLine]) -> Option<&BudgetLine> {
        lines.iter().find(|line| line.account == self.account.code)
    }
}

/// The box beside a line that says more of it, and what it says; nothing for what is received in kind.
pub fn tick(account: &BudgetAccount) -> Option<(String, &'static str)> {
    match (account.side, account.is_valuation) {
        (Side::Expense, _) => Some((format!("non-eligible-{}", account.code), "Dépense non éligible")),
        (Side::Income, false) => Some((format!("acquis-{}", account.code), "Déjà acquis")),
        (Side::Income, true) => None,
    }
}

/// The field of the part of an expense the fund may not pay for; nothing for what is received.
pub fn part_field(account: &BudgetAccount) -> Option<String> {
    (account.side == Side::Expense).then(|| format!("{PART}{}", account.code))
}

const PART: &str = "part-non-eligible-";

/// Whether this is a field in which one types on a line.
pub fn is_of_line(field: &str) -> bool {
    ["montant-", "intitule-", PART].iter().any(|start| field.starts_with(start))
}

/// Everything a line says, as two writers of it are told apart: its amount alone, most often.
pub(super) fn said(line: Option<&BudgetLine>) -> String {
    let Some(line) = line else { return String::new() };
    let amount = if line.planned == Euros::ZERO { String::new() } else { line.planned.plain() };
    match (line.label.as_str(), line.note().as_str()) {
        ("", "") => amount,
        (words, note) => format!("{amount}\n{words}\n{note}"),
    }
}

/// The same for whoever reads it: « 1 000 €, Location de la salle, non éligible ».
pub fn in_words(line: Option<&BudgetLine>) -> String {
    let Some(line) = line else { return "rien".to_owned() };
    let said = [line.planned.to_string(), line.label.clone(), line.note()];
    said.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The fields of the form that say a line, each with its value.
pub fn fields(code: &str, line: Option<&BudgetLine>) -> Vec<(String, String)> {
    let (amount, words) = line.map_or_else(Default::default, |line| (shown(line), line.label.clone()));
    let mut fields = vec![(format!("montant-{code}"), amount), (format!("intitule-{code}"), words)];
    let ticked = line.filter(|line| line.is_ticked()).and(budget_account(code)).and_then(tick);
    fields.extend(ticked.map(|(field, _)| (field, "oui".to_owned())));
    let part = line.filter(|line| line.ineligible != Euros::ZERO);
    fields.extend(part.map(|line| (format!("{PART}{code}"), line.ineligible.plain())));
    fields
}

/// The amount of a line as its field shows it; nothing when only its words were given.
fn shown(line: &BudgetLine) -> String {
    if line.planned == Euros::ZERO { String::new() } else { line.planned.plain() }
}

/// What was typed on one line.
pub(super) struct Reading {
    /// As [`said`] writes what is stored; the amount as typed when it is none.
    pub value: String,
    /// The line it makes; without an amount or words there is none.
    pub row: Option<BudgetLineRow>,
    /// Why it cannot be kept.
    pub unreadable: Option<FieldError>,
}

/// The most characters of the words of a line.
const LONGEST_WORDS: usize = 150;

/// Reads what is typed on a line, in the unit of the call. A page that does not ask for its words leaves what is said of it.
pub(super) fn read(
    id: ApplicationId,
    (open, unit): (OpenLine, BudgetUnit),
    typed: &Typed,
    known: Option<&BudgetLine>,
) -> Reading {
    let (field, account) = (open.field(), open.account);
    let amount = typed.get(&field).map_or("", |text| text.trim());
    let unreadable = |error: FieldError| Reading { value: amount.to_owned(), row: None, unreadable: Some(error) };
    let planned = match amount.parse::<Euros>() {
        Ok(planned) if planned >= Euros::ZERO => planned,
        Err(_) if amount.is_empty() => Euros::ZERO,
        read => return unreadable(not_an_amount(&field, amount, read.ok())),
    };
    if let Some(sentence) = unit.refuses(planned) {
        return unreadable(FieldError::new(&field, sentence));
    }
    let words = typed.get(&open.words_field()).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    if let Some(words) = words.as_ref().filter(|words| words.chars().count() > LONGEST_WORDS) {
        let sentence = format!("{LONGEST_WORDS} caractères au plus pour dire ce que c’est.");
        let error = FieldError::new(open.words_field(), sentence);
        // With its words, lest it be taken for a line that nobody touched.
        return Reading { value: format!("{amount}\n{words}"), ..unreadable(error) };
    }
    let part = match read_part(account, (planned, unit), typed) {
        Ok(part) => part,
        Err((typed, error)) => return Reading { value: format!("{amount}\n{typed}"), ..unreadable(error) },
    };
    // A part that is all of it is the whole line.
    let is_whole = part == planned && part.is_positive();
    let is_boxed = tick(account).is_some_and(|(field, _)| typed.contains_key(&field));
    let is_ticked = is_whole || (is_boxed && part == Euros::ZERO);
    let (is_expense, kept) = (account.side == Side::Expense, known.filter(|_| words.is_none()));
    let line = BudgetLine {
        account: account.code.clone(),
        side: account.side,
        planned,
        actual: None,
        is_eligible: kept.map_or(is_expense && !(words.is_some() && is_ticked), |line| line.is_eligible),
        is_secured: kept.map_or(!is_expense && words.is_some() && is_ticked, |line| line.is_secured),
        ineligible: kept.map_or(if is_ticked { Euros::ZERO } else { part }, |line| line.ineligible),
        label: kept.map_or_else(|| words.unwrap_or_default(), |line| line.label.clone()),
    };
    if planned == Euros::ZERO && line.label.is_empty() {
        return Reading { value: String::new(), row: None, unreadable: None };
    }
    let row = BudgetLineRow {
        application_id: id,
        position: open.position,
        side: account.side.code().to_owned(),
        planned_cents: planned,
        is_eligible: line.is_eligible,
        is_secured: line.is_secured,
        ineligible_cents: line.ineligible,
        account: line.account.clone(),
        label: line.label.clone(),
    };
    Reading { value: said(Some(&line)), row: Some(row), unreadable: None }
}

/// Reads the part of a line of expense the fund may not pay for; zero where nothing is typed. What is wrong comes with
/// what was typed.
fn read_part(
    account: &BudgetAccount,
    (planned, unit): (Euros, BudgetUnit),
    typed: &Typed,
) -> Result<Euros, (String, FieldError)> {
    let Some(field) = part_field(account) else { return Ok(Euros::ZERO) };
    let text = typed.get(&field).map_or("", |text| text.trim());
    if text.is_empty() {
        return Ok(Euros::ZERO);
    }
    let wrong = |error: FieldError| Err((text.to_owned(), error));
    match text.parse::<Euros>() {
        Ok(part) if part > planned => wrong(FieldError::new(&field, part_too_great(planned))),
        Ok(part) if part >= Euros::ZERO => match unit.refuses(part) {
            Some(sentence) => wrong(FieldError::new(&field, sentence)),
            None => Ok(part),
        },
        read => wrong(not_an_amount(&field, text, read.ok())),
    }
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
        let known = open.is_in(&stored);
        let line = known.and_then(line);
        let reading = read(id, (open, unit), seen.typed(), line.as_ref());
        if !opening.opens_account(open.account) {
            lines.extend(known.cloned());
            continue;
        }
        match (seen.fate(&open.field(), &reading.value, &said(line.as_ref())), reading.unreadable) {
            (Fate::Written, None) => lines.extend(reading.row),
            (Fate::Written, unreadable) => {
                errors.extend(unreadable);
                lines.extend(known.cloned());
            }
            (Fate::Contested, _) => {
                errors.push(edits::taken_amount(&open.field(), &in_words(line.as_ref())));
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

/// Whether a page would write something else on a line of this table.
pub(super) fn changes(content: &Content, table: BudgetTable, typed: &Typed) -> bool {
    let of_table = OpenLine::all().filter(|open| BudgetTable::of_account(open.account) == table);
    let mut sent = of_table.filter(|open| typed.contains_key(&open.field()));
    sent.any(|open| {
        let stored = open.of(&content.budget.lines);
        read(content.row.id, (open, content.definition.amount.unit), typed, stored).value != said(stored)
    })
}

/// The field of every line one may write on, with what it says now.
pub(super) fn stored_fields(lines: &[BudgetLine], opening: &Opening) -> impl Iterator<Item = (String, String)> {
    let open = OpenLine::all().filter(|open| opening.opens_account(open.account));
    open.map(|open| (open.field(), said(open.of(lines))))
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
        is_secured: row.is_secured,
        ineligible: row.ineligible_cents,
    })
}

/// The French name of a budget line, by its code.
pub fn account_label(code: &str) -> &str {
    budget_account(code).map_or(code, |account| account.label.as_str())
}

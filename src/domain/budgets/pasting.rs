//! A budget pasted from a spreadsheet: one line an account and its amount, cells parted by tabs or semicolons.

use super::{BudgetUnit, Side};
use crate::domain::{
    money::Euros,
    references::{BudgetAccount, budget_account, budget_accounts},
    text::{cut, fold},
};

/// Most characters and lines that are read.
const LONGEST: usize = 20_000;
pub const MOST_LINES: usize = 300;
/// Most characters of a line shown again.
const SHOWN: usize = 120;
/// Most further lines of one cell.
const MOST_OF_CELL: usize = 10;

/// One pasted line and what was understood of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastedLine {
    /// Counted from 1 in what was pasted.
    pub number: usize,
    pub text: String,
    pub meaning: Meaning,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// An amount on a line of the budget.
    Amount { account: &'static str, amount: Euros },
    /// Nothing to take over, and why: a heading, a total.
    PassedOver(&'static str),
    /// What keeps it from being understood, a French sentence.
    Unclear(String),
}

/// The lines that are not empty, with their places. A cell of several lines, which a spreadsheet puts between quotes, is
/// one.
fn written(text: &str) -> Vec<(usize, String)> {
    let is_odd = |line: &str| line.matches('"').count() % 2 == 1;
    let opens = |line: &str| is_odd(line) && line.split(['\t', ';']).any(|cell| cell.starts_with('"'));
    let (mut lines, mut rows) = (text.lines().enumerate(), Vec::new());
    while let Some((at, line)) = lines.next() {
        let mut row = line.to_owned();
        let end = lines.clone().take(MOST_OF_CELL).position(|(_, next)| is_odd(next)).filter(|_| opens(line));
        for (_, next) in lines.by_ref().take(end.map_or(0, |last| last + 1)) {
            row.push(' ');
            row.push_str(next);
        }
        if row.chars().any(|c| !c.is_whitespace() && c != ';') {
            rows.push((at, row));
        }
    }
    rows
}

/// Why this is too much to be read, a French sentence; nothing when it is not.
pub fn too_long(text: &str) -> Option<String> {
    if text.chars().count() > LONGEST {
        return Some(format!(
            "C’est trop long\u{a0}: {LONGEST} caractères au plus. Collez seulement les lignes du budget."
        ));
    }
    (written(text).len() > MOST_LINES).then(|| format!("C’est trop long\u{a0}: {MOST_LINES} lignes au plus."))
}

/// Reads what was pasted, in the unit of the call, no more lines than are taken; empty lines are left out.
pub fn pasted(unit: BudgetUnit, text: &str) -> Vec<PastedLine> {
    let read = written(text).into_iter().take(MOST_LINES).map(|(i, line)| {
        let shown = line.split_whitespace().collect::<Vec<_>>().join(" ");
        PastedLine { number: i + 1, text: cut(&shown, SHOWN), meaning: meaning(unit, &line) }
    });
    read.collect()
}

/// The sum pasted for each line of the budget, in the order of the form.
pub fn amounts(lines: &[PastedLine]) -> Vec<(&'static str, Euros)> {
    let sum = |account: &BudgetAccount| {
        let of = lines.iter().filter_map(|line| match line.meaning {
            Meaning::Amount { account: code, amount } if code == account.code => Some(amount),
            _ => None,
        });
        of.fold(None, |sum: Option<Euros>, amount| Some(sum.unwrap_or_default() + amount))
    };
    budget_accounts().iter().filter_map(|account| Some((account.code.as_str(), sum(account)?))).collect()
}

fn cells(line: &str) -> Vec<String> {
    let by = if line.contains('\t') { '\t' } else { ';' };
    let clean = |cell: &str| cell.trim().trim_matches('"').split_whitespace().collect::<Vec<_>>().join(" ");
    line.split(by).map(clean).filter(|cell| !cell.is_empty()).collect()
}

/// An amount in French notation, also with « EUR » behind it.
fn amount(cell: &str) -> Option<Euros> {
    let cell = cell.strip_suffix("EUR").or_else(|| cell.strip_suffix("eur")).unwrap_or(cell);
    cell.parse().ok()
}

fn meaning(unit: BudgetUnit, line: &str) -> Meaning {
    let cells = cells(line);
    // The amount is the last cell that is one; an account number alone is none.
    let found = cells.iter().enumerate().skip(1).rev().find_map(|(i, cell)| Some((i, amount(cell)?)));
    let Some((at, amount)) = found else {
        let has_digit = |cell: &String| cell.chars().any(|c| c.is_ascii_digit());
        return match cells.as_slice() {
            [only] if has_digit(only) => {
                Meaning::Unclear("Séparez le poste et le montant par une tabulation ou un point-virgule.".to_owned())
            }
            [_, rest @ ..] if rest.iter().any(has_digit) => {
                Meaning::Unclear("Nous n’y lisons pas de montant. Exemple\u{a0}: 1\u{202f}250,50.".to_owned())
            }
            _ => Meaning::PassedOver("sans montant"),
        };
    };
    let names: Vec<&str> = cells[..at].iter().map(String::as_str).collect();
    let words = fold(&names.join(" "));
    if words.trim_start().starts_with("total") || words.trim_start().starts_with("sous-total") {
        return Meaning::PassedOver("un total, recalculé ici");
    }
    if amount < Euros::ZERO {
        return Meaning::Unclear("Un montant ne peut pas être négatif.".to_owned());
    }
    match account(&names) {
        Ok(_) if amount == Euros::ZERO => Meaning::PassedOver("un montant nul"),
        Ok(account) => match unit.refuses(amount) {
            Some(sentence) => Meaning::Unclear(sentence),
            None => Meaning::Amount { account: &account.code, amount },
        },
        Err(sentence) => Meaning::Unclear(sentence),
    }
}

/// The line of the budget that the cells before an amount name: by its number, or else by its label.
fn account(names: &[&str]) -> Result<&'static BudgetAccount, String> {
    let number: String =
        names.first().copied().unwrap_or_default().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let number = number.trim_end_matches('.');
    if number.len() >= 2 {
        return by_number(number);
    }
    let label = fold(&names.join(" "));
    let label = label.trim();
    if label.len() < 3 {
        return Err("Écrivez d’abord un numéro de compte ou un intitulé.".to_owned());
    }
    let open = || budget_accounts().iter().filter(|account| account.is_open);
    if let [only] = open().filter(|account| fold(&account.label).trim() == label).collect::<Vec<_>>().as_slice() {
        return Ok(*only);
    }
    match open().filter(|account| fold(&account.label).contains(label)).collect::<Vec<_>>().as_slice() {
        [only] => Ok(*only),
        [] => Err("Nous ne reconnaissons pas ce poste\u{a0}: écrivez son numéro de compte devant, par exemple 62.3."
            .to_owned()),
        several => Err(format!("Plusieurs postes portent ce nom\u{a0}: {}. Écrivez le numéro devant.", named(several))),
    }
}

fn by_number(number: &str) -> Result<&'static BudgetAccount, String> {
    let plain = |code: &str| code.replace('.', "");
    let exact = budget_account(number).or_else(|| budget_accounts().iter().find(|a| plain(&a.code) == plain(number)));
    match exact {
        Some(account) if account.is_open => Ok(account),
        Some(account) => {
            let details =
                budget_accounts().iter().filter(|other| other.parent.as_deref() == Some(account.code.as_str()));
            let details: Vec<_> = details.collect();
            Err(format!("Le compte {} se détaille\u{a0}: {}.", account.code, named(&details)))
        }
        None => Err(format!("Le compte {number} n’est pas dans ce budget.")),
    }
}

fn named(accounts: &[&BudgetAccount]) -> String {
    let side = |account: &BudgetAccount| if account.side == Side::Expense { "charge" } else { "ressource" };
    let name = |account: &&BudgetAccount| format!("{} ({}, {})", account.code, cut(&account.label, 40), side(account));
    accounts.iter().take(6).map(name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Meaning {
        pasted(BudgetUnit::Cent, line).remove(0).meaning
    }

    fn on(account: &'static str, cents: i64) -> Meaning {
        Meaning::Amount { account, amount: Euros::from_cents(cents) }
    }

    #[test]
    fn numbers_labels_and_french_amounts_are_understood() {
        let label = &budget_account("62.3").unwrap().label;
        for (line, wanted) in [
            ("60.1\t1 250,50 €".to_owned(), on("60.1", 125_050)),
            ("601;1\u{202f}250,50".to_owned(), on("60.1", 125_050)),
            ("62.3 – Publicité\tdétail\t300".to_owned(), on("62.3", 30_000)),
            (format!("{label}\t1\u{a0}000,00\u{a0}€"), on("62.3", 100_000)),
            (format!("{}\t80 EUR", label.to_uppercase()), on("62.3", 8_000)),
            ("\"65\";\"12,5\"".to_owned(), on("65", 1_250)),
        ] {
            assert_eq!(read(&line), wanted, "{line}");
        }
    }

    #[test]
    fn what_is_not_understood_says_why_and_totals_are_passed_over() {
        for (line, said) in [
            ("60\t500", "se détaille"),
            ("99.9\t500", "n’est pas dans ce budget"),
            ("Licornes\t500", "ne reconnaissons pas"),
            ("60.1\t-500", "négatif"),
            ("60.1\tdouze 1", "pas de montant"),
            ("60.1\t80 r", "pas de montant"),
            ("60.1 Prestations 500", "Séparez"),
        ] {
            match read(line) {
                Meaning::Unclear(sentence) => assert!(sentence.contains(said), "{line}: {sentence}"),
                other => panic!("{line}: {other:?}"),
            }
        }
        for line in ["Charges\tMontant", "TOTAL DES CHARGES\t12 000", "60.1\t0"] {
            assert!(matches!(read(line), Meaning::PassedOver(_)), "{line}");
        }
        assert_eq!(pasted(BudgetUnit::Cent, "\n;;\n \t\n"), []);
    }

    #[test]
    fn a_cell_of_several_lines_is_read_as_one_and_a_lone_quote_takes_nothing_with_it() {
        let read = |text: &str| {
            let lines = pasted(BudgetUnit::Cent, text);
            lines.into_iter().map(|line| (line.number, line.meaning)).collect::<Vec<_>>()
        };
        let text = "\"60.1 Prestations\net fournitures\"\t1 250,50\r\n62.3\t10";
        assert_eq!(read(text), [(1, on("60.1", 125_050)), (3, on("62.3", 1_000))]);
        assert_eq!(read("\"60.1\t5\n62.3\t6"), [(1, on("60.1", 500)), (2, on("62.3", 600))]);
        assert_eq!(read("60.1 dit \"grand\t5\n62.3 \"petit\t6"), [(1, on("60.1", 500)), (2, on("62.3", 600))]);
    }

    #[test]
    fn more_lines_than_are_read_are_not_passed_over_in_silence() {
        assert_eq!(too_long(&"60.1\t1\n\n".repeat(MOST_LINES)), None, "empty lines do not count");
        let sentence = too_long(&"60.1\t1\n".repeat(MOST_LINES + 1)).unwrap();
        assert_eq!(sentence, "C’est trop long\u{a0}: 300 lignes au plus.");
    }

    #[test]
    fn two_lines_of_one_account_add_up() {
        let lines = pasted(BudgetUnit::Cent, "60.1\t100\nTotal\t100\n74.4\t250\n60.1\t50,50");
        assert_eq!(amounts(&lines), [("60.1", Euros::from_cents(15_050)), ("74.4", Euros::from_cents(25_000))]);
        assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    #[test]
    fn cents_are_not_understood_where_a_call_counts_whole_euros() {
        let read = |line: &str| pasted(BudgetUnit::Euro, line).remove(0).meaning;
        assert!(matches!(read("60.1\t12,50"), Meaning::Unclear(sentence) if sentence.contains("euros entiers")));
        assert!(matches!(read("60.1\t12,00"), Meaning::Amount { .. }));
    }
}

//! A budget pasted from a spreadsheet: how each line was read, and the form that keeps it. Nothing is kept before.

use crate::{
    domain::{
        budgets::BudgetUnit,
        budgets::pasting::{MOST_LINES, Meaning, PastedLine, amounts, pasted, too_long},
        definitions::{Section, SectionContent},
        money::Euros,
        references::{budget_account, budget_accounts},
        text::counted,
    },
    usecases::{
        FieldError,
        answers::{self, Content, Typed},
        planned_budgets,
    },
};

/// The field that holds what was pasted, and the button that has it read.
pub(super) const FIELD: &str = "tableur";
pub(super) const READ: &str = "coller";

/// What was pasted, line by line.
pub(super) struct Reading {
    /// In words: how many lines were understood and how many not.
    pub sentence: String,
    pub lines: Vec<Line>,
    /// The fields that keep it: every amount of the budget, those pasted and those that stay.
    pub fields: Vec<(String, String)>,
    /// The button that keeps it; empty when nothing was understood.
    pub keep: String,
}

/// One line as it was read.
pub(super) struct Line {
    pub number: usize,
    pub text: String,
    /// Where it goes, in words; empty when it goes nowhere.
    pub account: String,
    pub amount: String,
    /// What is said of it: what it replaces, why it is passed over.
    pub note: String,
    /// What is wrong with it; often nothing.
    pub error: String,
}

pub(super) fn help() -> String {
    format!(
        "Copiez dans votre tableur une colonne de postes (numéro de compte ou intitulé) et une colonne de montants, puis \
         collez-les ici. Une ligne par poste, {MOST_LINES} au plus. Rien n’est repris avant que vous l’ayez vérifié."
    )
}

/// What is wrong with the lines of the page and with what was pasted. A budget that does not balance yet is no reason to
/// stop reading.
pub(super) fn wrong(wrong: Vec<FieldError>, unit: BudgetUnit, typed: &Typed) -> Vec<FieldError> {
    let mut wrong: Vec<_> = wrong.into_iter().filter(|error| planned_budgets::is_of_line(&error.field)).collect();
    let text = typed.get(FIELD).map_or("", |text| text.trim());
    let read = pasted(unit, text);
    let unclear = read.iter().filter(|line| matches!(line.meaning, Meaning::Unclear(_))).count();
    let sentence = if text.is_empty() {
        "Collez d’abord les lignes de votre tableur.".to_owned()
    } else if let Some(sentence) = too_long(text) {
        sentence
    } else if unclear > 0 {
        let unclear = i64::try_from(unclear).unwrap_or(i64::MAX);
        let lines = counted(unclear, "ligne n’est pas comprise", "lignes ne sont pas comprises");
        format!("{lines}\u{a0}: corrigez le texte et relisez-le, ou reprenez les autres.")
    } else if amounts(&read).is_empty() {
        "Nous n’avons lu aucun montant.".to_owned()
    } else {
        return wrong;
    };
    wrong.push(FieldError::new(FIELD, sentence));
    wrong
}

/// How what was pasted into this section is read; nothing when nothing was pasted.
pub(super) fn reading(content: &Content, section: &Section, typed: &Typed) -> Option<Reading> {
    let text = typed.get(FIELD).filter(|text| !text.trim().is_empty() && section.content == SectionContent::Budget)?;
    if too_long(text).is_some() {
        return None;
    }
    let read = pasted(content.definition.amount.unit, text);
    let found: Vec<(&str, Euros)> = amounts(&read).into_iter().filter(|(code, _)| is_open(content, code)).collect();
    let lines: Vec<Line> = read.iter().map(|line| shown(content, line)).collect();
    let unclear = lines.iter().filter(|line| !line.error.is_empty()).count();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let understood = lines.iter().filter(|line| !line.account.is_empty()).count();
    let mut sentence = counted(count(understood), "ligne comprise", "lignes comprises");
    if unclear > 0 {
        sentence = format!("{sentence}, {}", counted(count(unclear), "à corriger ci-dessous", "à corriger ci-dessous"));
    }
    let keep = match found.len() {
        0 => String::new(),
        1 => "Reprendre ce montant".to_owned(),
        several => format!("Reprendre ces {several} montants"),
    };
    Some(Reading { sentence, fields: fields(content, section, &found), lines, keep })
}

fn is_open(content: &Content, code: &str) -> bool {
    budget_account(code).is_some_and(|account| content.opening.opens_account(account))
}

fn stored(content: &Content, code: &str) -> Option<Euros> {
    content.budget.lines.iter().find(|line| line.account == code).map(|line| line.planned)
}

fn shown(content: &Content, line: &PastedLine) -> Line {
    let mut shown = Line {
        number: line.number,
        text: line.text.clone(),
        account: String::new(),
        amount: String::new(),
        note: String::new(),
        error: String::new(),
    };
    match &line.meaning {
        Meaning::Amount { account, .. } if !is_open(content, account) => {
            "La demande de complément ne rouvre pas ce poste.".clone_into(&mut shown.error);
        }
        Meaning::Amount { account, amount } => {
            let label = budget_account(account).map_or("", |known| known.label.as_str());
            shown.account = format!("{account} – {label}");
            shown.amount = amount.to_string();
            shown.note = match stored(content, account).filter(|known| known != amount && known.is_positive()) {
                Some(known) => format!("remplace {known}"),
                None => String::new(),
            };
        }
        Meaning::PassedOver(why) => shown.note = format!("laissée de côté\u{a0}: {why}"),
        Meaning::Unclear(sentence) => shown.error.clone_from(sentence),
    }
    shown
}

/// Every amount one may write, with the marks of what is stored: the page that keeps them saves as any other.
fn fields(content: &Content, section: &Section, found: &[(&str, Euros)]) -> Vec<(String, String)> {
    let open = budget_accounts().iter().filter(|account| account.is_open && is_open(content, &account.code));
    let amounts = open.map(|account| {
        let pasted = found.iter().find(|(code, _)| *code == account.code).map(|(_, amount)| *amount);
        let amount = pasted.or_else(|| stored(content, &account.code));
        (format!("montant-{}", account.code), amount.map(Euros::plain).unwrap_or_default())
    });
    let marks = answers::marks(content, section).into_iter().filter(|(name, _)| name.starts_with("vu-montant-"));
    amounts.chain(marks).collect()
}

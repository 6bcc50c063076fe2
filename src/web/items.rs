//! One thing of an application in words: what may be asked again by itself, and what is compared before and after.

use super::answers;
use crate::{
    domain::{
        complements::{BudgetTable, Item},
        money::Euros,
        references::budget_account,
    },
    usecases::{answers::Content, file_answers},
};
use std::collections::BTreeMap;

/// One line of what is said; a text of several paragraphs is one line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineShown {
    pub text: String,
    /// Where the file is, for a document.
    pub href: String,
    /// Beneath it, small.
    pub help: String,
}

impl LineShown {
    fn plain(text: String) -> Self {
        LineShown { text, ..LineShown::default() }
    }
}

/// What an application says of one item. `communes` are the names of those that answers give by code.
pub fn lines(content: &Content, item: &Item, communes: &BTreeMap<String, String>) -> Vec<LineShown> {
    match item {
        Item::Question(code) if file_answers::section_of(&content.definition, code).is_some() => files(content, code),
        Item::Question(code) => {
            let question = content.definition.question(code);
            let shown = question.map(|question| answers::answer(content, question, communes).lines);
            shown.unwrap_or_default().into_iter().map(LineShown::plain).collect()
        }
        Item::Budget(table) => budget(content, *table),
        Item::Partners => {
            let partner = |row: answers::PartnerShown| {
                let said = [row.name, row.country, row.part, row.email];
                let said: Vec<_> = said.into_iter().filter(|part| !part.is_empty()).collect();
                LineShown::plain(said.join(", "))
            };
            answers::partners(content).into_iter().map(partner).collect()
        }
        Item::Document(code) => files(content, code),
    }
}

/// The files attached under this code.
fn files(content: &Content, code: &str) -> Vec<LineShown> {
    let files = content.attachments.iter().filter(|file| file.document_code == code);
    let line = |file: &crate::store::attachments::AttachmentRow| LineShown {
        text: file.file_name.clone(),
        href: format!("/pieces/{}", file.id),
        help: format!("{}, empreinte {}", size(file.size), file.sha256),
    };
    files.map(line).collect()
}

fn budget(content: &Content, table: BudgetTable) -> Vec<LineShown> {
    let own = content.budget.lines.iter().filter(|line| BudgetTable::of(line.side, line.is_valuation()) == table);
    let line = |line: &crate::domain::budgets::BudgetLine| {
        let name = budget_account(&line.account).map_or(line.account.clone(), |account| account.label.clone());
        let note = line.note();
        let more = [line.label.as_str(), &note].into_iter().filter(|part| !part.is_empty());
        let more: String = more.map(|part| format!(", {part}")).collect();
        LineShown::plain(format!("{} – {name}\u{a0}: {}{more}", line.account, line.planned))
    };
    let mut lines: Vec<_> = own.clone().map(line).collect();
    let total: Euros = own.map(|line| line.planned).sum();
    if !lines.is_empty() {
        lines.push(LineShown::plain(format!("Total\u{a0}: {total}")));
    }
    lines
}

/// The size of a file in words: `12 Ko`.
pub fn size(bytes: i64) -> String {
    match bytes {
        ..1024 => format!("{bytes}\u{a0}octets"),
        1024..1_048_576 => format!("{}\u{a0}Ko", bytes / 1024),
        _ => format!("{}\u{a0}Mo", bytes / 1_048_576),
    }
}

//! What a request for corrections reopens of a filed report: the questions, tables and documents that an officer ticked,
//! what depends on them, and nothing else.

use super::{
    budgets::Side,
    complements::{BudgetTable, Item, Opening},
    definitions::{ReportTemplate, Section, ShowIf},
    forms::{Gravity, Problem},
};
use std::collections::BTreeSet;

/// The table in which a line of the financial report stands.
pub fn table_of(side: Side, account: &str) -> BudgetTable {
    BudgetTable::of(side, account.starts_with("86") || account.starts_with("87"))
}

fn questions(section: &Section) -> Vec<Item> {
    let given = section.questions.iter().filter(|question| question.is_given());
    given.map(|question| Item::Question(question.code.clone())).collect()
}

/// Everything a report asks for under its headings, in its order; `tables` are those it has.
pub fn items(template: &ReportTemplate, tables: &[BudgetTable]) -> Vec<(String, Vec<Item>)> {
    let mut items: Vec<_> = template.sections.iter().map(|s| (s.title.clone(), questions(s))).collect();
    items.push(("Compte rendu financier".to_owned(), tables.iter().map(|table| Item::Budget(*table)).collect()));
    let documents = template.documents.iter().map(|document| Item::Document(document.code.clone()));
    items.push(("Documents".to_owned(), documents.collect()));
    items.retain(|(_, items)| !items.is_empty());
    items
}

/// Its name on the report, in French; nothing when the report does not ask for it.
pub fn label(template: &ReportTemplate, item: &Item) -> Option<String> {
    match item {
        Item::Question(code) => {
            let mut asked = template.sections.iter().flat_map(|section| &section.questions);
            asked.find(|question| question.code == *code).map(|question| question.label.clone())
        }
        Item::Budget(table) => Some(table.label().to_owned()),
        Item::Document(code) => {
            let wanted = template.documents.iter().find(|document| document.code == *code);
            wanted.map(|document| document.label.clone())
        }
        Item::Partners => None,
    }
}

/// What ticking these items opens: they themselves, and whatever is asked or not by an answer that is opened.
pub fn opening(template: &ReportTemplate, ticked: impl IntoIterator<Item = Item>) -> Opening {
    let mut open: BTreeSet<Item> = ticked.into_iter().collect();
    let depends = |open: &BTreeSet<Item>, condition: Option<&ShowIf>| {
        condition.is_some_and(|condition| open.contains(&Item::Question(condition.question.clone())))
    };
    // A condition names an earlier question: one pass in the order of the form is enough.
    for section in &template.sections {
        if depends(&open, section.show_if.as_ref()) {
            open.extend(questions(section));
        }
        for question in &section.questions {
            if depends(&open, question.show_if.as_ref()) {
                open.insert(Item::Question(question.code.clone()));
            }
        }
    }
    Opening::Only(open)
}

/// Whether a problem of the form is one that the people of the report can do something about. What is wrong always is:
/// it follows from what they just wrote.
pub fn concerns(opening: &Opening, problem: &Problem) -> bool {
    let is_asked = |code: &String| opening.opens_question(code) || opening.opens(&Item::Document(code.clone()));
    match opening {
        Opening::Everything => true,
        Opening::Only(_) => problem.gravity == Gravity::Wrong || problem.question.as_ref().is_some_and(is_asked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::definitions;

    #[test]
    fn every_item_of_a_report_has_a_name_and_a_code_that_reads_back() {
        for text in [include_str!("../../fixtures/recital.toml"), include_str!("../../fixtures/sublime.toml")] {
            let call = definitions::parse(text).unwrap().calls.remove(0);
            let template = &call.reports.last;
            let all: Vec<_> = items(template, BudgetTable::ALL).into_iter().flat_map(|(_, items)| items).collect();
            for item in &all {
                assert_eq!(item.to_string().parse().as_ref(), Ok(item));
                assert!(label(template, item).is_some_and(|label| !label.is_empty()), "{item}");
            }
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "none stands twice");
        }
    }

    #[test]
    fn what_is_not_ticked_stays_shut() {
        let call = definitions::parse(include_str!("../../fixtures/sublime.toml")).unwrap().calls.remove(0);
        let open = opening(&call.reports.last, [Item::Question("appris".into()), Item::Budget(BudgetTable::Expense)]);
        assert!(open.opens_question("appris") && !open.opens_question("realise"));
        assert!(open.opens(&Item::Budget(BudgetTable::Expense)) && !open.opens(&Item::Budget(BudgetTable::Income)));
        assert!(!open.opens(&Item::Document("justificatifs".into())));
    }
}

//! What a request for a complement reopens of a filed application: the questions, parts of the budget, partners and
//! documents that an officer ticked, what depends on them, and nothing else.

use super::{
    budgets::Side,
    codes::{UnknownCode, codes},
    definitions::{CallDefinition, Section, SectionContent},
    forms::{Form, Gravity, Problem},
    references::BudgetAccount,
};
use std::{collections::BTreeSet, fmt, str::FromStr};

codes! {
    /// One of the four tables of a planned budget.
    pub enum BudgetTable {
        Expense => "expense",
        Income => "income",
        ExpenseInKind => "expense_in_kind",
        IncomeInKind => "income_in_kind",
    }
}

impl BudgetTable {
    /// The table of these lines.
    pub const fn of(side: Side, is_valuation: bool) -> Self {
        match (side, is_valuation) {
            (Side::Expense, false) => BudgetTable::Expense,
            (Side::Income, false) => BudgetTable::Income,
            (Side::Expense, true) => BudgetTable::ExpenseInKind,
            (Side::Income, true) => BudgetTable::IncomeInKind,
        }
    }

    /// The table in which a line of the plan stands.
    pub const fn of_account(account: &BudgetAccount) -> Self {
        BudgetTable::of(account.side, account.is_valuation)
    }

    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            BudgetTable::Expense => "Budget\u{a0}: charges",
            BudgetTable::Income => "Budget\u{a0}: ressources",
            BudgetTable::ExpenseInKind => "Budget\u{a0}: contributions en nature, emplois",
            BudgetTable::IncomeInKind => "Budget\u{a0}: contributions en nature, ressources",
        }
    }
}

/// Something of an application that may be asked for again by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// The answer to the question with this code; statements are questions.
    Question(String),
    Budget(BudgetTable),
    /// The partners, all together.
    Partners,
    /// The document with this code.
    Document(String),
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::Question(code) => write!(f, "question-{code}"),
            Item::Budget(table) => write!(f, "budget-{table}"),
            Item::Partners => f.write_str("partners"),
            Item::Document(code) => write!(f, "document-{code}"),
        }
    }
}

impl FromStr for Item {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        match text.split_once('-') {
            Some(("question", code)) => Ok(Item::Question(code.to_owned())),
            Some(("budget", table)) => Ok(Item::Budget(table.parse()?)),
            Some(("document", code)) => Ok(Item::Document(code.to_owned())),
            None if text == "partners" => Ok(Item::Partners),
            _ => Err(UnknownCode),
        }
    }
}

impl Item {
    /// What a section asks for, one by one, in its order.
    pub fn of_section(call: &CallDefinition, section: &Section) -> Vec<Item> {
        let typed = section.questions.iter().filter(|question| question.is_given());
        let mut items: Vec<_> = typed.map(|question| Item::Question(question.code.clone())).collect();
        match section.content {
            SectionContent::Questions => {}
            SectionContent::Budget => items.extend(BudgetTable::ALL.iter().map(|table| Item::Budget(*table))),
            SectionContent::Partners => items.push(Item::Partners),
            SectionContent::Documents => {
                items.extend(call.documents.iter().map(|document| Item::Document(document.code.clone())));
            }
        }
        items
    }

    /// Its name on the form, in French; nothing when the call does not ask for it.
    pub fn label(&self, call: &CallDefinition) -> Option<String> {
        let has = |content| call.sections.iter().any(|section| section.content == content);
        match self {
            Item::Question(code) => call.question(code).map(|question| question.label.clone()),
            Item::Budget(table) => has(SectionContent::Budget).then(|| table.label().to_owned()),
            Item::Partners => has(SectionContent::Partners).then(|| "Partenaires du projet".to_owned()),
            Item::Document(code) => call.document(code).map(|document| document.label.clone()),
        }
    }

    /// The name of its one field on the page of its section; a table has several.
    pub fn field(&self) -> Option<&str> {
        match self {
            Item::Question(code) | Item::Document(code) => Some(code),
            Item::Budget(_) | Item::Partners => None,
        }
    }
}

/// How much of an application its people may write in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// A draft, or a request made before items were ticked.
    Everything,
    /// A filed application of which only these are asked again.
    Only(BTreeSet<Item>),
}

impl Opening {
    /// What ticking these items opens: they themselves, and whatever is asked or not by an answer that is opened.
    pub fn around(call: &CallDefinition, ticked: impl IntoIterator<Item = Item>) -> Self {
        let mut open: BTreeSet<Item> = ticked.into_iter().collect();
        // A condition names an earlier question: one pass in the order of the form is enough.
        for section in &call.sections {
            let depends = |open: &BTreeSet<Item>, condition: Option<&super::definitions::ShowIf>| {
                condition.is_some_and(|condition| open.contains(&Item::Question(condition.question.clone())))
            };
            if depends(&open, section.show_if.as_ref()) {
                open.extend(Item::of_section(call, section));
            }
            for question in &section.questions {
                if depends(&open, question.show_if.as_ref()) {
                    open.insert(Item::Question(question.code.clone()));
                }
            }
        }
        Opening::Only(open)
    }

    /// Whether this may be written in.
    pub fn opens(&self, item: &Item) -> bool {
        match self {
            Opening::Everything => true,
            Opening::Only(items) => items.contains(item),
        }
    }

    /// Whether the answer to this question may be written.
    pub fn opens_question(&self, code: &str) -> bool {
        matches!(self, Opening::Everything) || self.opens(&Item::Question(code.to_owned()))
    }

    /// Whether this line of the budget may be written.
    pub fn opens_account(&self, account: &BudgetAccount) -> bool {
        self.opens(&Item::Budget(BudgetTable::of_account(account)))
    }

    /// Whether anything of a section may be written in.
    pub fn opens_section(&self, call: &CallDefinition, section: &Section) -> bool {
        matches!(self, Opening::Everything) || Item::of_section(call, section).iter().any(|item| self.opens(item))
    }

    /// Whether a problem of the form is one that its people can do something about: it is in what is open, or follows from
    /// it, as a total does.
    pub fn concerns(&self, call: &CallDefinition, problem: &Problem) -> bool {
        let is_open = match &problem.question {
            None => BudgetTable::ALL.iter().any(|table| self.opens(&Item::Budget(*table))),
            Some(code) => {
                self.opens_question(code)
                    || (call.question(code).is_none() && self.opens(&Item::Document(code.clone())))
                    || (problem.gravity == Gravity::Wrong && self.bears_on(call, code))
            }
        };
        is_open && problem.gravity != Gravity::Advice
    }

    /// Whether what is said of a question changes with an answer that may be written.
    fn bears_on(&self, call: &CallDefinition, code: &str) -> bool {
        let form = Form::of_call(call);
        call.question(code).is_some_and(|question| {
            call.questions().any(|(_, other)| self.opens_question(&other.code) && form.is_bound(question, &other.code))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::definitions;

    fn call() -> CallDefinition {
        definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap().calls.remove(0)
    }

    #[test]
    fn every_item_of_every_section_has_a_name_and_a_code_that_reads_back() {
        let call = call();
        let items: Vec<_> = call.sections.iter().flat_map(|section| Item::of_section(&call, section)).collect();
        for item in &items {
            assert_eq!(item.to_string().parse().as_ref(), Ok(item));
            assert!(item.label(&call).is_some_and(|label| !label.is_empty()), "{item}");
        }
        assert_eq!(items.iter().collect::<BTreeSet<_>>().len(), items.len(), "none stands twice");
        for text in ["", "question", "budget-rien", "autre-chose"] {
            assert_eq!(text.parse::<Item>(), Err(UnknownCode), "{text}");
        }
        assert_eq!(Item::Question("nulle-part".into()).label(&call), None);
    }

    #[test]
    fn ticking_a_question_opens_what_is_asked_after_it_and_nothing_else() {
        let call = call();
        let question = |code: &str| Item::Question(code.to_owned());
        let open = Opening::around(&call, [question("eloigne")]);
        assert_eq!(open, Opening::Only(BTreeSet::from([question("eloigne"), question("comment_eloigne")])));
        assert!(open.opens_question("comment_eloigne") && !open.opens_question("titre"));
        let alone = Opening::around(&call, [question("comment_eloigne")]);
        assert!(!alone.opens_question("eloigne"));
        assert!(Opening::Everything.opens(&Item::Partners));
    }
}

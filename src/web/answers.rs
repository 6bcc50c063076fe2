//! A filed application as it is read: every section in the order of the form, answers in words, the budget by class.

use super::{
    budgets::{Balance, BudgetPart, BudgetRow, BudgetTable, Side},
    parts::Fact,
};
use crate::{
    domain::{
        budgets::{BudgetLine, Side as BudgetSide},
        definitions::{CallDefinition, DocumentNeed, Question, QuestionKind, SectionContent},
        forms::{Form, Row, chosen, in_words, rows},
        lifecycles::applications::ApplicationState,
        money::Euros,
        profiles::Identity,
        references::{budget_account, country},
        time::french_date,
    },
    store::Conn,
    usecases::{Outcome, answers::Content, dossiers},
};
use std::collections::BTreeMap;

/// One section of the form, filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SectionShown {
    pub code: String,
    pub title: String,
    pub answers: Vec<AnswerShown>,
    pub budget: Option<BudgetTable>,
    pub partners: Vec<PartnerShown>,
    pub documents: Vec<DocumentShown>,
}

/// One answer in words; several lines when several things were chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerShown {
    /// The code of the question.
    pub code: String,
    pub label: String,
    pub lines: Vec<String>,
    /// Whether it is a text of several paragraphs, its one line.
    pub is_text: bool,
    /// Of a group, the same as a table.
    pub table: Option<RowsShown>,
    /// Of a file, where it is.
    pub file: Option<FileShown>,
}

/// The file that answers a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileShown {
    pub href: String,
    /// What the antivirus says of it; often nothing.
    pub scan: &'static str,
}

/// The rows of a group in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsShown {
    /// The name of each column, and whether it holds numbers or amounts.
    pub heads: Vec<(String, bool)>,
    pub rows: Vec<Vec<String>>,
}

impl RowsShown {
    /// The names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.heads.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Each cell of a row with the name of its column and whether it is a number.
    pub fn cells<'a>(&'a self, row: &'a [String]) -> impl Iterator<Item = (&'a str, bool, &'a str)> {
        self.heads.iter().zip(row).map(|((name, is_number), cell)| (name.as_str(), *is_number, cell.as_str()))
    }

    /// A row in one line: « Date : 12 mai 2027, Heures : 2 ».
    fn line(&self, row: &[String]) -> String {
        let said = self.cells(row).filter(|(.., cell)| !cell.is_empty());
        said.map(|(name, _, cell)| format!("{name}\u{a0}: {cell}")).collect::<Vec<_>>().join(", ")
    }
}

/// A partner of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerShown {
    pub name: String,
    pub part: String,
    pub country: String,
    pub email: String,
}

/// A paper of the call's list, with the file received for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentShown {
    pub label: String,
    pub file: String,
    /// Where the file is; empty when none was received.
    pub href: String,
    pub is_missing: bool,
    /// By when it is to follow, in words; often nothing.
    pub due: String,
    /// What the antivirus says of it; often nothing.
    pub scan: &'static str,
}

/// The answers and papers of a file that is no longer being written.
pub fn filed(conn: &mut Conn, content: &Content) -> Outcome<Vec<SectionShown>> {
    use ApplicationState::{ComplementRequested, Draft};
    match content.row.state {
        Draft | ComplementRequested => Ok(Vec::new()),
        _ => read(conn, content),
    }
}

/// The answers and papers of a file as they are now, for whoever reads it without writing in it.
pub fn read(conn: &mut Conn, content: &Content) -> Outcome<Vec<SectionShown>> {
    Ok(sections(content, &dossiers::communes_of(conn, content)?))
}

/// Every section that the form asks. `communes` are the names of those that answers name by code.
pub fn sections(content: &Content, communes: &BTreeMap<String, String>) -> Vec<SectionShown> {
    let form = Form::of_call(&content.definition);
    let asked = content.definition.sections.iter().filter(|section| form.shows_section(section, &content.answers));
    let shown = asked.map(|section| {
        let questions = section.questions.iter().filter(|question| form.shows(question, &content.answers));
        let mut shown = SectionShown {
            code: section.code.clone(),
            title: section.title.clone(),
            answers: questions.map(|question| answer(content, question, communes)).collect(),
            ..SectionShown::default()
        };
        match section.content {
            SectionContent::Budget => shown.budget = Some(budget(content)),
            SectionContent::Partners => shown.partners = partners(content),
            SectionContent::Documents => shown.documents = documents(content),
            SectionContent::Questions => {}
        }
        shown
    });
    shown.collect()
}

/// One answer in words.
pub(super) fn answer(content: &Content, question: &Question, communes: &BTreeMap<String, String>) -> AnswerShown {
    let typed = content.answers.get(&question.code).map_or("", String::as_str);
    let is_text = question.kind == QuestionKind::LongText;
    let one = |text: String| Some(text).filter(|text| !text.is_empty()).into_iter().collect();
    let table = question.kind.has_rows().then(|| table(&content.definition, question, typed, communes));
    let lines = match (&table, question.kind) {
        (Some(table), QuestionKind::Organisation) => table.rows.iter().map(|row| organisation_line(row)).collect(),
        (Some(table), _) => table.rows.iter().map(|row| table.line(row)).collect(),
        (None, QuestionKind::LongText) => one(typed.trim().to_owned()),
        (None, QuestionKind::Computed) => one(Form::of_call(&content.definition).answer(question, &content.answers)),
        (None, _) => chosen(typed).map(|line| in_words(&content.definition, question, line, communes)).collect(),
    };
    let is_table = question.kind == QuestionKind::Group;
    let table = table.filter(|table| is_table && !table.rows.is_empty());
    let file = content.attachments.iter().find(|file| file.document_code == question.code);
    let file = file.filter(|_| question.kind == QuestionKind::File).map(|file| FileShown {
        href: format!("/pieces/{}", file.id),
        scan: content.verdict(file).map_or("", |verdict| verdict.label()),
    });
    AnswerShown { code: question.code.clone(), label: question.label.clone(), lines, is_text, table, file }
}

/// An organisation in one line: « Ville de Cesena (Italie, Collectivité territoriale) : partage ses essais ».
fn organisation_line(row: &[String]) -> String {
    let cell = |place: usize| row.get(place).map(String::as_str).filter(|cell| !cell.is_empty());
    let among = |places: [usize; 2]| places.into_iter().filter_map(cell).collect::<Vec<_>>().join(", ");
    let situated = Some(among([1, 2])).filter(|said| !said.is_empty()).map(|said| format!(" ({said})"));
    let part = cell(3).map(|role| format!("\u{a0}: {role}"));
    let contact = Some(among([4, 5])).filter(|said| !said.is_empty()).map(|said| format!(". Contact\u{a0}: {said}"));
    let said = [situated, part, contact].into_iter().flatten().collect::<String>();
    format!("{}{said}", cell(0).unwrap_or_default())
}

/// The rows of a group, a line each.
pub(super) fn lines(call: &CallDefinition, group: &Question, typed: &str) -> Vec<String> {
    // No column asks for a commune.
    let table = table(call, group, typed, &BTreeMap::new());
    table.rows.iter().map(|row| table.line(row)).collect()
}

fn table(call: &CallDefinition, group: &Question, typed: &str, communes: &BTreeMap<String, String>) -> RowsShown {
    let is_number = |kind| matches!(kind, QuestionKind::Number | QuestionKind::Euros);
    let row = |row: &Row| {
        let cell = |column: &Question| row.get(&column.code).map(|cell| in_words(call, column, cell, communes));
        group.row_columns().iter().map(|column| cell(column).unwrap_or_default()).collect::<Vec<_>>()
    };
    let rows = rows(typed).iter().map(row).filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
    RowsShown { heads: group.row_columns().iter().map(|c| (c.label.clone(), is_number(c.kind))).collect(), rows }
}

/// The planned budget: one row for each Cerfa class that has money, with its lines beneath.
pub fn budget(content: &Content) -> BudgetTable {
    let budget = &content.budget;
    let part = |title: &str, side: BudgetSide, is_valuation: bool| {
        let lines = budget.lines.iter().filter(|line| line.side == side && line.is_valuation() == is_valuation);
        let mut rows = by_class(&lines.clone().collect::<Vec<_>>());
        let mut total: Euros = lines.map(|line| line.planned).sum();
        if side == BudgetSide::Income && !is_valuation {
            total += budget.grant;
            let label = "Subvention demandée ici".to_owned();
            rows.insert(0, BudgetRow { label, amount: budget.grant.to_string(), ..BudgetRow::default() });
        }
        let side = if side == BudgetSide::Expense { Side::Expense } else { Side::Income };
        BudgetPart { title: title.into(), side, rows, total: total.to_string() }
    };
    let parts = [
        part("Charges", BudgetSide::Expense, false),
        part("Ressources", BudgetSide::Income, false),
        part("Contributions en nature\u{a0}: emplois", BudgetSide::Expense, true),
        part("Contributions en nature\u{a0}: ressources", BudgetSide::Income, true),
    ];
    BudgetTable {
        hint: "",
        parts: parts.into_iter().filter(|part| !part.rows.is_empty()).collect(),
        balance: Balance::asked(budget, &content.definition.amount),
    }
}

fn by_class(lines: &[&BudgetLine]) -> Vec<BudgetRow> {
    let mut classes: BTreeMap<String, Vec<&BudgetLine>> = BTreeMap::new();
    for line in lines {
        let class = budget_account(&line.account).and_then(|account| account.parent.clone());
        classes.entry(class.unwrap_or_else(|| line.account.clone())).or_default().push(line);
    }
    let name = |code: &str| budget_account(code).map_or(code.to_owned(), |account| account.label.clone());
    let row = |(class, lines): (String, Vec<&BudgetLine>)| {
        let total: Euros = lines.iter().map(|line| line.planned).sum();
        let says_more = |line: &BudgetLine| !line.label.is_empty() || !line.note().is_empty();
        let detail = lines.iter().filter(|line| line.account != class || says_more(line)).map(|line| {
            let label = if line.label.is_empty() { name(&line.account) } else { line.label.clone() };
            let note = Some(line.note()).filter(|note| !note.is_empty()).map(|note| format!(", {note}"));
            format!("{label}\u{a0}: {}{}", line.planned, note.unwrap_or_default())
        });
        BudgetRow {
            label: format!("{class} – {}", name(&class)),
            help: detail.collect::<Vec<_>>().join(" · "),
            amount: total.to_string(),
            ..BudgetRow::default()
        }
    };
    classes.into_iter().map(row).collect()
}

/// The name of a country by its code.
fn country_name(code: &str) -> String {
    country(code).map_or(code.to_owned(), |country| country.name.clone())
}

/// The partners, as they are read.
pub(super) fn partners(content: &Content) -> Vec<PartnerShown> {
    let partner = |row: &crate::store::answers::PartnerRow| PartnerShown {
        name: row.name.clone(),
        part: row.part.clone(),
        country: country_name(&row.country_code),
        email: row.email.clone().unwrap_or_default(),
    };
    content.partners.iter().map(partner).collect()
}

/// Of a paper that may say a name, to whoever reads without names.
const VEILED: &str = "jointe, lisible une fois votre évaluation remise";

/// The papers of the call's list, each with the file received for it.
pub(super) fn documents(content: &Content) -> Vec<DocumentShown> {
    let wanted = content.definition.documents.iter().map(|wanted| {
        let file = content.attachments.iter().find(|file| file.document_code == wanted.code);
        let is_veiled = content.veiled.as_ref().is_some_and(|papers| papers.contains(&wanted.code));
        DocumentShown {
            label: wanted.label.clone(),
            file: file.map(|file| file.file_name.clone()).unwrap_or_default(),
            href: file.map(|file| format!("/pieces/{}", file.id)).unwrap_or_default(),
            is_missing: file.is_none() && !is_veiled && wanted.need == DocumentNeed::Required,
            due: if is_veiled { VEILED.to_owned() } else { due(content, &wanted.code) },
            scan: file.and_then(|file| content.verdict(file)).map_or("", |verdict| verdict.label()),
        }
    });
    wanted.collect()
}

fn due(content: &Content, code: &str) -> String {
    let owed = content.owed.iter().find(|owed| owed.document_code == code);
    owed.map_or(String::new(), |owed| format!("attendu pour le {}", french_date(owed.due_on)))
}

/// An organisation as it is read: its card, then what it says of itself and who leads it, as far as it does.
pub fn organisation(row: &Identity) -> Vec<Fact> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let (name, capacity) = &row.representative;
    let budget = row.annual_budget_cents.map(|cents| Euros::from_cents(cents).to_string());
    let mut facts = vec![
        Fact::new("Nom", &row.name),
        Fact::new("Forme", row.legal_form.label()),
        Fact::new("SIRET", text(&row.siret)),
        Fact::new("Siège", format!("{}, {} {}", row.street, row.postcode, row.city)),
        Fact::new("Créée le", row.founded_on.map(french_date).unwrap_or_default()),
        Fact::new("Budget annuel", budget.unwrap_or_default()),
        Fact::new("Représentée par", format!("{name}, {capacity}")),
        Fact::new("Courriel", text(&row.email)),
        Fact::new("Téléphone", text(&row.phone)),
    ];
    facts.extend(row.rna.iter().map(|number| Fact::new("RNA", number)));
    facts.extend(row.uai.iter().map(|number| Fact::new("UAI", number)));
    facts.extend(profile(row));
    facts
}

fn profile(row: &Identity) -> Vec<Fact> {
    let said = |label: &str, value: Option<String>| value.map(|value| Fact::new(label, value));
    let yes = |yes: bool| if yes { "Oui" } else { "Non" }.to_owned();
    let facts = [
        said("Par délégation", Some(row.delegation.clone()).filter(|delegation| !delegation.is_empty())),
        said("OSIM", row.is_osim.map(yes)),
        said("Personnes salariées", row.staff.map(|band| band.label().to_owned())),
        said("Bénévoles", row.volunteers.map(|count| count.to_string())),
        said("Membres ou adhérent·es", row.members.map(|count| count.to_string())),
        said("Lien avec le réseau", row.membership.map(|membership| membership.label().to_owned())),
    ];
    let led = row.mandates.iter().map(|mandate| {
        let days = mandate.days();
        let value = if days.is_empty() { mandate.name.clone() } else { format!("{}, {days}", mandate.name) };
        Fact::new(mandate.duty.label(), value)
    });
    facts.into_iter().flatten().chain(led).collect()
}

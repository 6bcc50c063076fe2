//! A whole application as a PDF, the same for its people and for the team.

use super::{
    App, Failure, Reply,
    answers::{self, AnswerShown, SectionShown},
    budgets::BudgetPart,
    downloads,
    parts::Fact,
};
use crate::{
    documents as press,
    domain::{
        correspondence::{
            papers::in_groups,
            whole_files::{self, FileSection, Said, WholeFile},
        },
        definitions::QuestionKind,
        letters::{Fund, Table},
        ties,
        time::french_date,
    },
    usecases::{answers::Content, receipts, whole_files::Whole},
};

/// Answers longer than this stand below their question.
const SHORT: usize = 160;

fn said(answer: AnswerShown) -> Said {
    if let Some(rows) = answer.table {
        let mut table = Table::new(&answer.label);
        for (name, is_number) in &rows.heads {
            table = if *is_number { table.amount_column(name) } else { table.text_column(name) };
        }
        return Said::Rows(rows.rows.into_iter().fold(table, Table::row));
    }
    let apart = if answer.lines.iter().any(|line| line.contains(", ")) { "\u{a0}; " } else { ", " };
    let text = answer.lines.join(if answer.is_text { "\n" } else { apart });
    match text.is_empty() {
        true => Said::Short(answer.label, "Sans réponse".into()),
        false if answer.is_text || text.chars().count() > SHORT => Said::Long(answer.label, text),
        false => Said::Short(answer.label, text),
    }
}

fn table(part: BudgetPart) -> Table {
    let mut table = Table::new(&part.title).text_column("Poste").amount_column("Montant");
    for row in part.rows {
        let label = if row.help.is_empty() { row.label } else { format!("{} ({})", row.label, row.help) };
        table = table.row([label, row.amount]);
    }
    table.total = Some(vec!["Total".into(), part.total]);
    table
}

fn section(shown: SectionShown) -> FileSection {
    let mut said: Vec<Said> = shown.answers.into_iter().map(said).collect();
    said.extend(shown.partners.into_iter().map(|partner| {
        let rest = [partner.part, partner.country, partner.email].into_iter().filter(|part| !part.is_empty());
        Said::Short(partner.name, rest.collect::<Vec<_>>().join(", "))
    }));
    let awaited = shown.documents.into_iter().filter(|document| document.href.is_empty());
    said.extend(awaited.map(|document| {
        let due = if document.due.is_empty() { "non joint".to_owned() } else { document.due };
        Said::Short(document.label, due)
    }));
    let tables = shown.budget.into_iter().flat_map(|budget| budget.parts).map(table).collect();
    FileSection { title: shown.title, said, tables }
}

fn pairs(facts: Vec<Fact>) -> Vec<(String, String)> {
    let pair = |fact: Fact| (fact.label, if fact.value.is_empty() { "Non renseigné".into() } else { fact.value });
    facts.into_iter().map(pair).collect()
}

/// The statements that were agreed to, with their text.
fn statements(content: &Content) -> Vec<(String, String)> {
    let asked = content.definition.questions().filter(|(_, question)| question.kind == QuestionKind::Statement);
    let agreed = asked.filter(|(_, question)| content.answers.get(&question.code).is_some_and(|said| said == "oui"));
    let texts = agreed.filter_map(|(_, question)| content.definition.statement(question.statement.as_deref()?));
    texts.map(|statement| (statement.title.clone(), statement.text.clone())).collect()
}

fn receipt(whole: &Whole) -> Vec<(String, String)> {
    let row = &whole.content.row;
    let (Some(receipt), Some(at)) = (&whole.receipt, row.submitted_at) else { return Vec::new() };
    let text = |name: &str, value: String| (name.to_owned(), value);
    let mut said = vec![
        text("Déposé le", at.french()),
        text("Accusé de dépôt", receipt.reference.clone()),
        text("Vérifier l’accusé", format!("{}/verifier/{}", whole.settings.base_url, receipt.check_code)),
        text("Empreinte du contenu déposé", in_groups(row.content_hash.as_deref().unwrap_or_default())),
    ];
    if let Some((at, digest)) = &whole.completed {
        said.push(text("Complété le", at.french()));
        said.push(text("Empreinte depuis le complément", in_groups(digest)));
    }
    said
}

fn file(whole: &Whole) -> WholeFile {
    let (content, fund) = (&whole.content, &whole.fund);
    let row = &content.row;
    let dates = row.starts_on.zip(row.ends_on);
    let receipt = receipt(whole);
    WholeFile {
        issuer: whole.settings.issuer(),
        city: whole.settings.issuer_city.clone(),
        fund: Fund { name: fund.name.clone(), logo: fund.logo, mention: fund.mention.clone(), emblem: fund.emblem },
        reference: row.reference.clone(),
        title: if row.title.trim().is_empty() { "Projet sans titre".into() } else { row.title.clone() },
        call_title: content.call.title.clone(),
        facts: pairs(vec![
            Fact::new("Numéro du dossier", &row.reference),
            Fact::new("Organisation", &content.organisation.name),
            Fact::new("Montant demandé", row.requested_cents),
            Fact::new(
                "Dates",
                dates.map_or(String::new(), |(from, to)| format!("{} – {}", french_date(from), french_date(to))),
            ),
        ]),
        organisations: whole
            .identities
            .iter()
            .map(|row| (row.name.clone(), pairs(answers::organisation(row))))
            .collect(),
        ties: ties::in_words(&content.ties),
        sections: answers::sections(content, &whole.communes).into_iter().map(section).collect(),
        papers: receipts::papers(content),
        statements: statements(content),
        at: row.submitted_at.filter(|_| !receipt.is_empty()).unwrap_or(row.updated_at),
        receipt,
    }
}

/// The PDF. The same content always gives the same bytes.
pub(super) async fn download(app: &App, whole: Whole) -> Reply {
    let name = format!("{}.pdf", whole.content.row.reference);
    let bytes = app.print(move || print(&whole)).await?;
    Ok(downloads::file(&name, "application/pdf", bytes?))
}

/// Its bytes.
pub(super) fn print(whole: &Whole) -> Result<Vec<u8>, Failure> {
    press::render(&whole_files::letter(&file(whole))).map_err(|error| Failure::Broken(error.to_string()))
}

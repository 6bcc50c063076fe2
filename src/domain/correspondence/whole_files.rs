//! A whole application as one document: everything it says, its papers with their digests, and what proves its filing.

use super::papers::{self, Paper};
use crate::domain::{
    letters::{Block, Fund, Issuer, Language, Letter, LetterKind, Table},
    text::{legible, nbsp},
    time::{Moment, french_date},
};

/// An application, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeFile {
    pub issuer: Issuer,
    /// Where letters are written.
    pub city: String,
    pub fund: Fund,
    pub reference: String,
    pub title: String,
    pub call_title: String,
    /// What the project and its organisations are, in short.
    pub facts: Vec<(String, String)>,
    pub organisations: Vec<(String, Vec<(String, String)>)>,
    pub sections: Vec<FileSection>,
    pub papers: Vec<Paper>,
    /// What is declared of ties with the network, a line each.
    pub ties: Vec<String>,
    /// Title and text of each statement that was agreed to.
    pub statements: Vec<(String, String)>,
    /// What proves the filing; empty for a draft.
    pub receipt: Vec<(String, String)>,
    /// When it was filed, or last written in: the same content gives the same bytes.
    pub at: Moment,
}

/// One section of the form, filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileSection {
    pub title: String,
    pub said: Vec<Said>,
    pub tables: Vec<Table>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A question and its answer, beside each other.
    Short(String, String),
    /// A question and a text of several paragraphs below it.
    Long(String, String),
    /// A question answered by rows, under its name.
    Rows(Table),
}

/// Facts of which what no document can print is replaced.
pub(super) fn legible_pairs(pairs: &[(String, String)]) -> Block {
    Block::facts(pairs.iter().map(|(name, value)| (legible(name), legible(value))))
}

fn legible_table(table: &Table) -> Block {
    let row = |cells: &Vec<String>| cells.iter().map(|cell| legible(cell)).collect();
    Block::Table(Table { rows: table.rows.iter().map(row).collect(), ..table.clone() })
}

impl FileSection {
    fn blocks(&self) -> Vec<Block> {
        if self.said.is_empty() && self.tables.is_empty() {
            return Vec::new();
        }
        let mut blocks = vec![Block::heading(legible(&self.title))];
        let mut short: Vec<(String, String)> = Vec::new();
        for said in &self.said {
            match said {
                Said::Short(question, answer) => short.push((question.clone(), answer.clone())),
                Said::Long(question, text) => {
                    if !short.is_empty() {
                        blocks.push(legible_pairs(&std::mem::take(&mut short)));
                    }
                    blocks.push(Block::Label(legible(question)));
                    blocks.push(Block::paragraph(legible(text)));
                }
                Said::Rows(table) => {
                    if !short.is_empty() {
                        blocks.push(legible_pairs(&std::mem::take(&mut short)));
                    }
                    blocks.push(legible_table(table));
                }
            }
        }
        if !short.is_empty() {
            blocks.push(legible_pairs(&short));
        }
        blocks.extend(self.tables.iter().map(legible_table));
        blocks
    }
}

fn statements(statements: &[(String, String)]) -> Vec<Block> {
    if statements.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::heading("Textes acceptés")];
    for (title, text) in statements {
        blocks.push(Block::Label(legible(title)));
        blocks.push(Block::paragraph(legible(text)));
    }
    blocks
}

/// The document.
pub fn letter(file: &WholeFile) -> Letter {
    let reference = format!("{}-{}", file.reference, LetterKind::File.suffix());
    let state = match file.receipt.is_empty() {
        true => "Brouillon, non déposé : ce document ne prouve aucun dépôt.",
        false => "Tel qu’il a été déposé.",
    };
    let mut blocks = vec![
        Block::paragraph(nbsp(&format!("« {} », appel « {} ». {state}", legible(&file.title), file.call_title))),
        legible_pairs(&file.facts),
    ];
    for (name, facts) in &file.organisations {
        blocks.push(Block::heading(legible(name)));
        blocks.push(legible_pairs(facts));
    }
    blocks.extend(file.sections.iter().flat_map(FileSection::blocks));
    blocks.extend(papers::blocks(&file.papers));
    blocks.push(Block::heading("Liens déclarés avec le réseau"));
    blocks.push(Block::list(file.ties.iter().map(|line| nbsp(&legible(line)))));
    blocks.extend(statements(&file.statements));
    if !file.receipt.is_empty() {
        blocks.push(Block::heading("Le dépôt"));
        blocks.push(legible_pairs(&file.receipt));
    }
    Letter {
        kind: LetterKind::File,
        title: format!("Dossier {}", file.reference),
        reference,
        language: Language::French,
        issuer: file.issuer.clone(),
        fund: file.fund.clone(),
        sender: Vec::new(),
        recipient: Vec::new(),
        place_and_date: format!("{}, le {}", file.city, french_date(file.at.paris_date())),
        your_reference: Some(format!("dossier {}", file.reference)),
        subject: "le dossier complet".into(),
        salutation: String::new(),
        blocks,
        closing: String::new(),
        signature: None,
        parties: Vec::new(),
        check_url: String::new(),
        check_code: String::new(),
        issued_at: file.at,
    }
    .typeset()
}

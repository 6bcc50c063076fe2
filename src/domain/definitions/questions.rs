//! The form of a call: sections, questions, documents and statements.

use super::{
    AnswerRule, Formula,
    partners::{CONTACT, organisation_columns},
};
use crate::domain::{
    codes::codes,
    references::{Country, CountryList},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

codes! {
    /// What an answer is, and so how it is asked and read.
    pub enum QuestionKind {
        /// One line.
        ShortText => "short_text",
        /// Several paragraphs.
        LongText => "long_text",
        /// A whole number, not negative.
        Number => "number",
        Euros => "euros",
        Date => "date",
        /// `oui` or `non`.
        YesNo => "yes_no",
        /// One of the choices, by code.
        Choice => "choice",
        /// Any of the choices, by code, one a line.
        Choices => "choices",
        /// The INSEE code of a commune of the region.
        Commune => "commune",
        /// The two letters of a country.
        Country => "country",
        /// The code of one of the call's axes.
        Axis => "axis",
        /// Numbers of sustainable development goals, one a line.
        Goals => "goals",
        /// Targets of these goals, such as `4.7`, one a line.
        Targets => "targets",
        /// Themes of the call's axes, such as `JEUNES.2`, one a line.
        Themes => "themes",
        /// `gender:1`, one marker a line.
        Markers => "markers",
        Email => "email",
        Phone => "phone",
        Siret => "siret",
        Rna => "rna",
        Uai => "uai",
        Iban => "iban",
        /// A file, beside its question. The answer is its name.
        File => "file",
        /// An organisation of the project, or several: name, country, kind, role and contact, one a row.
        Organisation => "organisation",
        /// Rows of simple answers, one question a column.
        Group => "group",
        /// A value computed from other answers; nobody types it.
        Computed => "computed",
        /// `oui`, given to a text shown in full.
        Statement => "statement",
    }

    /// How much an answer is missed.
    pub enum Need {
        /// Without it the file cannot be filed.
        Required => "required",
        Recommended => "recommended",
        Optional => "optional",
    }

    /// What of the project an answer fills, beside being an answer.
    pub enum ProjectField {
        Title => "title",
        /// The amount asked for.
        Requested => "requested",
        StartsOn => "starts_on",
        EndsOn => "ends_on",
        /// Where the project happens.
        Commune => "commune",
        Country => "country",
    }

    /// What a section is made of.
    pub enum SectionContent {
        Questions => "questions",
        /// The budget by Cerfa line.
        Budget => "budget",
        /// The list of partners.
        Partners => "partners",
        /// The documents to attach.
        Documents => "documents",
    }

    /// Who fills a section in.
    pub enum Author {
        /// The organisation that applies.
        Lead => "lead",
        /// The other half of a pair.
        Partner => "partner",
        /// Both halves of a pair.
        Both => "both",
    }

    /// When a document is owed.
    pub enum DocumentNeed {
        /// Without it the file cannot be filed.
        Required => "required",
        /// May follow: the file is accepted, the money waits.
        Later => "later",
        Optional => "optional",
    }
}

impl QuestionKind {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            QuestionKind::ShortText => "Texte court, une ligne",
            QuestionKind::LongText => "Texte long, plusieurs paragraphes",
            QuestionKind::Number => "Nombre entier",
            QuestionKind::Euros => "Montant en euros",
            QuestionKind::Date => "Date",
            QuestionKind::YesNo => "Oui ou non",
            QuestionKind::Choice => "Un choix dans une liste",
            QuestionKind::Choices => "Plusieurs choix dans une liste",
            QuestionKind::Commune => "Commune des Hauts-de-France",
            QuestionKind::Country => "Pays",
            QuestionKind::Axis => "Axe de l’appel",
            QuestionKind::Goals => "Objectifs de développement durable",
            QuestionKind::Targets => "Cibles des objectifs de développement durable",
            QuestionKind::Themes => "Sous-thèmes des axes de l’appel",
            QuestionKind::Markers => "Attentions transversales (genre, climat, handicap…)",
            QuestionKind::Email => "Adresse électronique",
            QuestionKind::Phone => "Téléphone",
            QuestionKind::Siret => "Numéro SIRET",
            QuestionKind::Rna => "Numéro RNA d’association",
            QuestionKind::Uai => "Code UAI d’établissement scolaire",
            QuestionKind::Iban => "IBAN, numéro de compte bancaire",
            QuestionKind::File => "Fichier ou photo",
            QuestionKind::Organisation => "Organisation partenaire (nom, pays, rôle, contact)",
            QuestionKind::Group => "Tableau, plusieurs lignes de réponses",
            QuestionKind::Computed => "Valeur calculée à partir d’autres réponses",
            QuestionKind::Statement => "Engagement sur l’honneur",
        }
    }

    /// Whether its answer is made of rows.
    pub const fn has_rows(self) -> bool {
        matches!(self, QuestionKind::Group | QuestionKind::Organisation)
    }

    /// Whether its answer is somebody's: a way to reach or to pay a person, which tells nothing of the project.
    pub const fn is_personal(self) -> bool {
        matches!(self, QuestionKind::Email | QuestionKind::Phone | QuestionKind::Iban)
    }

    /// Whether its answers are chosen from a list that the question itself gives.
    pub const fn has_choices(self) -> bool {
        matches!(self, QuestionKind::Choice | QuestionKind::Choices)
    }
}

impl Need {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Need::Required => "Obligatoire",
            Need::Recommended => "Conseillée",
            Need::Optional => "Facultative",
        }
    }
}

impl ProjectField {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            ProjectField::Title => "le titre du projet",
            ProjectField::Requested => "le montant demandé",
            ProjectField::StartsOn => "le début du projet",
            ProjectField::EndsOn => "la fin du projet",
            ProjectField::Commune => "la commune du projet",
            ProjectField::Country => "le pays du projet",
        }
    }
}

impl SectionContent {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            SectionContent::Questions => "des questions",
            SectionContent::Budget => "le budget",
            SectionContent::Partners => "les partenaires",
            SectionContent::Documents => "les pièces à joindre",
        }
    }
}

impl Author {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Author::Lead => "l’organisation qui dépose",
            Author::Partner => "l’autre organisation du binôme",
            Author::Both => "les deux organisations",
        }
    }
}

impl DocumentNeed {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            DocumentNeed::Required => "Nécessaire pour déposer",
            DocumentNeed::Later => "Peut suivre",
            DocumentNeed::Optional => "Facultatif",
        }
    }
}

/// One part of the form, one screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub code: String,
    pub title: String,
    #[serde(default)]
    pub help: String,
    #[serde(default = "questions")]
    pub content: SectionContent,
    #[serde(default = "lead")]
    pub author: Author,
    #[serde(default)]
    pub show_if: Option<ShowIf>,
    #[serde(default, rename = "question")]
    pub questions: Vec<Question>,
}

fn questions() -> SectionContent {
    SectionContent::Questions
}

fn lead() -> Author {
    Author::Lead
}

/// One question. Its code never changes once the call is published: answers are kept under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub code: String,
    pub label: String,
    #[serde(default)]
    pub help: String,
    /// An answer such as one might give, shown with the help.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub example: String,
    pub kind: QuestionKind,
    #[serde(default = "required")]
    pub need: Need,
    /// The most words of a text, short or long.
    #[serde(default)]
    pub words: Option<usize>,
    /// The least and most of a number, of how many are chosen, or of the rows of a group.
    #[serde(default)]
    pub least: Option<i64>,
    #[serde(default)]
    pub most: Option<i64>,
    #[serde(default, rename = "choice")]
    pub choices: Vec<AnswerChoice>,
    /// The countries to choose from; without it, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub countries: Option<CountryList>,
    #[serde(default)]
    pub show_if: Option<ShowIf>,
    #[serde(default)]
    pub fills: Option<ProjectField>,
    /// The code of the statement it agrees to.
    #[serde(default)]
    pub statement: Option<String>,
    /// What each row of a group holds, one question a column.
    #[serde(default, rename = "column", skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Question>,
    /// How a computed value comes about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<Formula>,
    /// What the answer must be in the light of others.
    #[serde(default, rename = "rule", skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<AnswerRule>,
}

impl Question {
    /// A required question that says nothing yet.
    pub const fn blank(code: String, kind: QuestionKind) -> Self {
        Question {
            code,
            label: String::new(),
            help: String::new(),
            example: String::new(),
            kind,
            need: Need::Required,
            words: None,
            least: None,
            most: None,
            choices: Vec::new(),
            countries: None,
            show_if: None,
            fills: None,
            statement: None,
            columns: Vec::new(),
            formula: None,
            rules: Vec::new(),
        }
    }

    /// Whether the country is one of those to choose from.
    pub fn offers(&self, country: &Country) -> bool {
        self.countries.unwrap_or(CountryList::World).holds(country)
    }

    /// Whether somebody answers it, and not the form itself.
    pub fn is_given(&self) -> bool {
        self.kind != QuestionKind::Computed
    }

    /// Whether its answer is written in the fields of its page: a file comes by its own way.
    pub fn is_typed(&self) -> bool {
        self.is_given() && self.kind != QuestionKind::File
    }

    /// What each row of its answer holds, one question a column; nothing when it has no rows.
    pub fn row_columns(&self) -> &[Question] {
        if self.kind == QuestionKind::Organisation { organisation_columns() } else { &self.columns }
    }

    /// The columns of its rows that may be told outside the house: none that says how to reach somebody.
    pub fn told_columns(&self) -> impl Iterator<Item = &Question> {
        let is_partner = self.kind == QuestionKind::Organisation;
        let reaches = move |column: &&Question| column.kind.is_personal() || (is_partner && column.code == CONTACT);
        self.row_columns().iter().filter(move |column| !reaches(column))
    }

    /// Whether the file cannot be filed without an answer.
    pub fn is_required(&self) -> bool {
        self.need == Need::Required && self.is_given()
    }
}

fn required() -> Need {
    Need::Required
}

/// One of the answers to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerChoice {
    pub code: String,
    pub label: String,
}

/// A question or section that is asked only after certain answers to an earlier question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowIf {
    pub question: String,
    /// The answers, any of which shows it.
    pub any_of: Vec<String>,
}

/// A paper to attach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentDefinition {
    pub code: String,
    pub label: String,
    #[serde(default)]
    pub help: String,
    pub need: DocumentNeed,
    /// By when a document that may follow is owed; without it, by the day of the announcement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// Whether it says no name: whoever reads without names may read it at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anonymous: bool,
    #[serde(default = "lead")]
    pub author: Author,
}

/// A text somebody agrees to on their honour. Its wording at the time is kept with the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementDefinition {
    pub code: String,
    pub title: String,
    pub text: String,
}

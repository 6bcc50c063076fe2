//! Eligibility rules as data and the facts they judge.

mod judging;
mod outlooks;
mod wordings;

pub use judging::judge;
pub use outlooks::{Chance, Outlook, Topic, outlook};
pub use wordings::conditions;

use super::{
    codes::codes,
    definitions::{
        CallDefinition, DocumentNeed, ProjectField, Question, QuestionKind,
        values::{amount, amount_option, rate},
    },
    forms::{self, Answers, REPUBLICAN_CONTRACT, TagKind},
    money::{Euros, Rate},
    organisations::LegalForm,
    references::{Country, CountryList, Marker, MarkerLevel, countries, country},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One rule. Some follow from the rest of a call: see [`rules_of`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// The organisation has one of these forms.
    LegalForms { forms: Vec<LegalForm> },
    /// The organisation has existed for so many years on the day of the deadline.
    MinimumAge { years: u32 },
    /// Its seat is in one of these departments.
    SeatInDepartments { departments: Vec<String> },
    /// Its seat is in one of these communes (INSEE codes).
    SeatInCommunes { area: String, communes: Vec<String> },
    /// The project happens in one of these communes (INSEE codes).
    ProjectInCommunes { area: String, communes: Vec<String> },
    /// The project happens in a country of this list or in one of these (ISO codes), and in none of those excluded.
    ProjectInCountries {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        list: Option<CountryList>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        countries: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        excluded: Vec<ExcludedCountry>,
    },
    /// Its last annual budget is within these bounds, one of which may be left out.
    #[serde(alias = "maximum_annual_budget")]
    AnnualBudgetBetween {
        #[serde(default, with = "amount_option", skip_serializing_if = "Option::is_none")]
        floor: Option<Euros>,
        #[serde(default, alias = "amount", with = "amount_option", skip_serializing_if = "Option::is_none")]
        ceiling: Option<Euros>,
    },
    /// The amount asked for is within these bounds.
    AmountBetween {
        #[serde(with = "amount")]
        floor: Euros,
        #[serde(with = "amount")]
        ceiling: Euros,
    },
    /// The amount asked for is at most this part of the eligible cost.
    MaximumRate {
        #[serde(with = "rate")]
        rate: Rate,
    },
    /// The project lasts between so many months.
    DurationMonths { least: u32, most: u32 },
    /// The project does not start before this day: nothing is paid for after the event.
    StartsFrom { day: NaiveDate },
    /// The project is over by this day.
    EndsBy { day: NaiveDate },
    /// The organisation owes no report on an earlier grant.
    NoOverdueReport,
    /// The organisation has had no grant of this programme yet.
    OncePerProgramme,
    /// The organisation has had no grant out of the money of the funders of this call, from any fund, decided over this
    /// period where there is one.
    OncePerFunder {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<NaiveDate>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<NaiveDate>,
    },
    /// The organisation files at most so many files to this call.
    FilesPerCall { most: u32 },
    /// The organisation files at most so many files to the calls of this programme, over its period where it has one.
    FilesPerProgramme {
        most: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<NaiveDate>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<NaiveDate>,
    },
    /// Both organisations of the pair have joined the file.
    PairComplete,
    /// The project aims at this marker at least so much.
    MarkerAtLeast { marker: Marker, level: MarkerLevel },
    /// The project contributes to at least one of these goals.
    GoalsAmong { goals: Vec<u8> },
    /// Nothing required is missing from the documents.
    DocumentsPresent,
    /// The republican commitment contract is subscribed to, where the law asks for it (loi 2000-321, art. 10-1).
    RepublicanContract { statement: String },
    /// Only a person can tell.
    Judgement { code: String, label: String },
}

impl Rule {
    /// The fixed code, as in definition files. A judgement left to a person adds its own.
    pub fn code(&self) -> &str {
        match self {
            Rule::LegalForms { .. } => "legal_forms",
            Rule::MinimumAge { .. } => "minimum_age",
            Rule::SeatInDepartments { .. } => "seat_in_departments",
            Rule::SeatInCommunes { .. } => "seat_in_communes",
            Rule::ProjectInCommunes { .. } => "project_in_communes",
            Rule::ProjectInCountries { .. } => "project_in_countries",
            Rule::AnnualBudgetBetween { .. } => "annual_budget_between",
            Rule::AmountBetween { .. } => "amount_between",
            Rule::MaximumRate { .. } => "maximum_rate",
            Rule::DurationMonths { .. } => "duration_months",
            Rule::StartsFrom { .. } => "starts_from",
            Rule::EndsBy { .. } => "ends_by",
            Rule::NoOverdueReport => "no_overdue_report",
            Rule::OncePerProgramme => "once_per_programme",
            Rule::OncePerFunder { .. } => "once_per_funder",
            Rule::FilesPerCall { .. } => "files_per_call",
            Rule::FilesPerProgramme { .. } => "files_per_programme",
            Rule::PairComplete => "pair_complete",
            Rule::MarkerAtLeast { .. } => "marker_at_least",
            Rule::GoalsAmong { .. } => "goals_among",
            Rule::DocumentsPresent => "documents_present",
            Rule::RepublicanContract { .. } => "republican_contract",
            Rule::Judgement { code, .. } => code,
        }
    }
}

/// A country where nothing is funded, and the sentence that tells people why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExcludedCountry {
    /// Two letters (ISO 3166-1 alpha-2).
    pub country: String,
    pub sentence: String,
}

impl Rule {
    /// Whether a project in this country meets the rule; every rule that reads something else takes it.
    pub fn takes_country(&self, place: &Country) -> bool {
        let Rule::ProjectInCountries { list, countries, excluded } = self else { return true };
        let is_listed = list.is_some_and(|list| list.holds(place)) || countries.contains(&place.code);
        is_listed && !excluded.iter().any(|known| known.country == place.code)
    }
}

impl Rule {
    /// Whether the answer to this question is what the rule reads.
    pub fn reads(&self, question: &Question) -> bool {
        let fills = |field: ProjectField| question.fills == Some(field);
        match self {
            Rule::AmountBetween { .. } => fills(ProjectField::Requested),
            Rule::StartsFrom { .. } => fills(ProjectField::StartsOn),
            Rule::EndsBy { .. } | Rule::DurationMonths { .. } => fills(ProjectField::EndsOn),
            Rule::ProjectInCommunes { .. } => fills(ProjectField::Commune),
            Rule::ProjectInCountries { .. } => fills(ProjectField::Country),
            Rule::MarkerAtLeast { .. } => question.kind == QuestionKind::Markers,
            Rule::GoalsAmong { .. } => question.kind == QuestionKind::Goals,
            Rule::RepublicanContract { statement } => question.statement.as_ref() == Some(statement),
            _ => false,
        }
    }

    /// Whether it bears on what the organisation is or has been given, which no answer of the form changes.
    pub const fn is_of_organisation(&self) -> bool {
        matches!(
            self,
            Rule::LegalForms { .. }
                | Rule::MinimumAge { .. }
                | Rule::SeatInDepartments { .. }
                | Rule::SeatInCommunes { .. }
                | Rule::AnnualBudgetBetween { .. }
                | Rule::NoOverdueReport
                | Rule::OncePerProgramme
                | Rule::OncePerFunder { .. }
        )
    }
}

/// The code of a country that this question and the rules of the call take, France where it is one.
pub fn fitting_country(call: &CallDefinition, question: &Question) -> &'static str {
    let fits =
        |place: &&Country| question.offers(place) && call.eligibility.iter().all(|rule| rule.takes_country(place));
    let found = country("FR").filter(fits).or_else(|| countries().iter().find(fits));
    found.map_or("FR", |place| place.code.as_str())
}

/// Every rule of a call: those it declares, then those that follow from its amounts, its pair, its documents and its
/// statements.
pub fn rules_of(call: &CallDefinition) -> Vec<Rule> {
    let mut rules = call.eligibility.clone();
    let mut follow = vec![
        Rule::AmountBetween { floor: call.amount.floor, ceiling: call.amount.ceiling },
        Rule::MaximumRate { rate: call.amount.rate },
    ];
    if call.pair.is_some() {
        follow.push(Rule::PairComplete);
    }
    if call.documents.iter().any(|document| document.need == DocumentNeed::Required) {
        follow.push(Rule::DocumentsPresent);
    }
    if call.statement(REPUBLICAN_CONTRACT).is_some() {
        follow.push(Rule::RepublicanContract { statement: REPUBLICAN_CONTRACT.to_owned() });
    }
    for rule in follow {
        if !rules.iter().any(|declared| declared.code() == rule.code()) {
            rules.push(rule);
        }
    }
    rules
}

/// What is known of a file. Nothing unknown is guessed: the rule that reads it is left to a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The day of the deadline in Paris, on which ages are counted.
    pub deadline_on: Option<NaiveDate>,
    pub legal_form: Option<LegalForm>,
    pub founded_on: Option<NaiveDate>,
    /// The department of the seat.
    pub department: Option<String>,
    /// The INSEE code of the commune of the seat.
    pub seat_commune: Option<String>,
    /// The INSEE code of the commune where the project happens.
    pub project_commune: Option<String>,
    /// The two letters of the country where the project happens.
    pub project_country: Option<String>,
    pub annual_budget: Option<Euros>,
    pub requested: Option<Euros>,
    /// The eligible cost, counted as the call does ([`super::budgets::RateBase`]).
    pub eligible_cost: Option<Euros>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub overdue_reports: Option<u32>,
    /// Grants of this fund's earlier calls, or of this one.
    pub earlier_grants: Option<u32>,
    /// Grants out of the money of this call's funders, over the period of the rule.
    pub earlier_funder_grants: Option<u32>,
    /// Files that the organisation has filed before this one, in this call, and in the calls of the fund over the period of
    /// the rule.
    pub filed_in_call: Option<u32>,
    pub filed_in_programme: Option<u32>,
    pub is_pair_complete: Option<bool>,
    /// The markers aimed at.
    pub markers: Option<Vec<(Marker, MarkerLevel)>>,
    /// The goals chosen.
    pub goals: Option<Vec<u8>>,
    /// The names of required documents that are not attached.
    pub missing_documents: Option<Vec<String>>,
    /// The codes of the statements agreed to.
    pub statements: Option<Vec<String>>,
}

impl Facts {
    /// The same, with what the answers say of the project. What is not answered, or not asked, is not known.
    pub fn with_project(self, call: &CallDefinition, answers: &Answers) -> Self {
        let (project, tags) = (forms::project(call, answers), forms::tags(call, answers));
        let form = forms::Form::of_call(call);
        let answered = |kind: QuestionKind| {
            let mut of_kind = call.questions().filter(|(section, question)| {
                question.kind == kind && form.shows_section(section, answers) && form.shows(question, answers)
            });
            of_kind.any(|(_, question)| answers.get(&question.code).is_some_and(|typed| !typed.trim().is_empty()))
        };
        let codes = |kind: TagKind| tags.iter().filter(move |tag| tag.kind == kind);
        let level = |number: i32| MarkerLevel::ALL.iter().copied().find(|level| level.number() == number);
        let marker = |tag: &forms::Tag| Some((tag.code.parse::<Marker>().ok()?, level(tag.level)?));
        Facts {
            requested: project.requested,
            starts_on: project.starts_on,
            ends_on: project.ends_on,
            project_commune: project.commune,
            project_country: project.country,
            goals: answered(QuestionKind::Goals)
                .then(|| codes(TagKind::Goal).filter_map(|tag| tag.code.parse().ok()).collect()),
            markers: answered(QuestionKind::Markers).then(|| codes(TagKind::Marker).filter_map(marker).collect()),
            ..self
        }
    }
}

codes! {
    /// What a rule finds.
    pub enum Verdict {
        Met => "met",
        NotMet => "not_met",
        /// The fact is not known, or only a person can tell.
        ToJudge => "to_judge",
    }
}

impl Verdict {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Verdict::Met => "respectée",
            Verdict::NotMet => "non respectée",
            Verdict::ToJudge => "à apprécier",
        }
    }
}

/// What a rule finds in a file, with a French sentence that names the fact it read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub verdict: Verdict,
    pub sentence: String,
}

#[cfg(test)]
mod tests;

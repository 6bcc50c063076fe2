//! One function per verb people use. `&mut Tx` in, no SQL statement, no HTTP; a status changes through `advance` alone.

pub mod access;
pub mod account_changes;
pub mod account_checks;
pub mod accounting;
pub mod admissions;
pub mod advance;
pub mod agendas;
pub mod agreements;
mod amendment_terms;
pub mod amendments;
pub mod answers;
pub mod applications;
pub mod approvals;
mod approved_lines;
mod asked;
pub mod assignments;
pub mod attachments;
pub mod authors;
pub mod bank_accounts;
mod blinds;
pub mod books;
pub mod calls;
mod chair_notices;
pub mod clock;
mod closing_reminders;
pub mod committee_mandates;
pub mod committees;
pub mod complements;
pub mod conflicts;
pub mod copies;
pub mod cost_marks;
pub mod decisions;
pub mod definitions;
pub mod deposits;
pub mod disbursements;
pub mod documents;
pub mod donation_books;
pub mod donations;
pub mod dossiers;
mod due_reminders;
pub mod earmark_books;
mod earmark_overrides;
mod earmarks;
pub mod edits;
mod effects;
pub mod eligibility;
pub mod eligible_days;
pub mod entrustments;
pub mod envelopes;
pub mod evidence;
pub mod evidence_packs;
pub mod exchanges;
pub mod exports;
pub mod field_saves;
pub mod file_answers;
pub mod filed_counts;
pub mod filings;
pub mod form_tokens;
pub mod funding_dues;
pub mod funding_sources;
mod gone_transfers;
pub mod grant_papers;
pub mod grant_pieces;
pub mod grant_queues;
pub mod grants;
pub mod guests;
pub mod history_heads;
pub mod instances;
pub mod instants;
pub mod integrity;
pub mod integrity_runs;
pub mod interest_forms;
pub mod interests;
pub mod journal;
pub mod judgements;
pub mod lacks;
pub mod login_links;
pub mod look_alikes;
pub mod messages;
pub mod minutes;
pub mod mirrors;
pub mod offline_packs;
pub mod one_time_codes;
pub mod organisation_erasures;
pub mod organisations;
pub mod owed_documents;
pub mod own_passwords;
pub mod pack_erasures;
pub mod pairings;
pub mod partners;
pub mod passes;
pub mod passwords;
pub mod payables;
pub mod payers;
pub mod payment_runs;
pub mod people;
pub mod planned_budgets;
pub mod preparations;
pub mod profiles;
pub mod project_rules;
mod projects;
pub mod promotions;
pub mod public_accountants;
pub mod queues;
mod raised_agreements;
pub mod rankings;
pub mod readings;
mod reasons;
pub mod receipt_rights;
pub mod receipts;
pub mod recounts;
pub mod recoveries;
pub mod recovery_delays;
pub mod recovery_parts;
pub mod recusals;
pub mod reference_data;
mod refused_files;
pub mod rehearsals;
pub mod release_plans;
pub mod releases;
pub mod renamings;
pub mod report_changes;
pub mod report_extensions;
pub mod report_judgements;
pub mod report_lacks;
mod report_letters;
pub mod report_signatures;
pub mod reports;
pub mod retention;
pub mod review_confidences;
pub mod review_notices;
pub mod review_saves;
pub mod review_sheets;
pub mod reviews;
pub mod revisions;
pub mod revocations;
pub mod rooms;
pub mod run_lists;
pub mod run_queues;
mod run_standings;
pub mod scans;
pub mod scenarios;
pub mod sealed_numbers;
pub mod seat_origins;
pub mod sessions;
pub mod settings;
mod settlements;
pub mod sign_ins;
pub mod signatures;
pub mod signing;
pub mod skills;
pub mod slots;
pub mod source_marks;
pub mod statements;
pub mod statistics;
pub mod supports;
mod tax_receipts;
pub mod terms;
pub mod ties;
mod undone_offsets;
pub mod vaults;
pub mod votes;
pub mod whole_files;

use crate::{
    domain::{ids::PersonId, lifecycle::Refusal, roles::Role},
    store::{MayConflict, StoreError},
};

/// Who asks for something, and everything they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `None` for the clock and for the consequences of other transitions.
    pub person: Option<PersonId>,
    pub roles: Vec<Role>,
}

impl Actor {
    /// A person with these roles.
    pub fn person(id: PersonId, roles: Vec<Role>) -> Self {
        Actor { person: Some(id), roles }
    }

    /// The clock, and the consequences of other transitions.
    pub fn system() -> Self {
        Actor { person: None, roles: vec![Role::System] }
    }

    /// Whether the actor has this role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// Why a use case did not do what was asked; each variant is something a caller treats differently.
#[derive(Debug, thiserror::Error)]
pub enum UseCaseError {
    /// A rule says no, with a French sentence for the person.
    #[error("{0}")]
    Refused(Refusal),
    /// What was typed does not fit: French sentences by field, in the order of the form.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// The rows were not there, were changed meanwhile, or the database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored definition or fact cannot be read back.
    #[error("unreadable facts: {0}")]
    Unreadable(String),
}

/// One French sentence for one field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

impl FieldError {
    /// A sentence beside a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        FieldError { field: field.into(), message: message.into() }
    }
}

impl From<Refusal> for UseCaseError {
    fn from(refusal: Refusal) -> Self {
        UseCaseError::Refused(refusal)
    }
}

impl From<Vec<FieldError>> for UseCaseError {
    fn from(wrong: Vec<FieldError>) -> Self {
        UseCaseError::Invalid(wrong)
    }
}

impl From<serde_json::Error> for UseCaseError {
    fn from(error: serde_json::Error) -> Self {
        UseCaseError::Unreadable(error.to_string())
    }
}

impl MayConflict for UseCaseError {
    fn is_conflict(&self) -> bool {
        matches!(self, UseCaseError::Store(error) if error.is_conflict())
    }
}

/// What a use case gives.
pub type Outcome<T> = Result<T, UseCaseError>;

//! Rows and query functions over SQLite and PostgreSQL, the transaction, the history and the files. No rule, no French.

#[macro_use]
pub mod connection;
#[macro_use]
mod kept;
pub mod account_checks;
pub mod account_erasures;
pub mod accounting;
pub mod accounting_pieces;
pub mod amendments;
pub mod answers;
pub mod application_copies;
pub mod applications;
pub mod attachments;
pub mod attendance;
pub mod backups;
pub mod balances;
pub mod bank_accounts;
pub mod blinds;
pub mod books;
pub mod calls;
pub mod checklists;
pub mod closing_reminders;
pub mod columns;
pub mod committee_mandates;
pub mod communes;
pub mod complement_requests;
pub mod conflicts;
pub mod cost_marks;
pub mod days;
pub mod db;
pub mod decision_readings;
pub mod decisions;
pub mod digests;
pub mod disbursements;
pub mod document_checks;
pub mod documents;
pub mod donations;
pub mod donor_erasures;
pub mod doomed_files;
pub mod draft_revisions;
pub mod due_reminders;
pub mod earmark_overrides;
pub mod entropy;
pub mod erasure_failures;
pub mod erasures;
pub mod evidence_facts;
pub mod evidence_packs;
pub mod exchanges;
pub mod exports;
pub mod field_saves;
pub mod filed_counts;
pub mod files;
pub mod filings;
pub mod form_tokens;
pub mod former_emails;
pub mod former_names;
pub mod funded_projects;
pub mod funder_books;
pub mod funding_dues;
pub mod funding_sources;
pub mod funds;
pub mod grant_pieces;
pub mod grant_queues;
pub mod grants;
mod group_commit;
pub mod guards;
pub mod history;
pub mod history_heads;
pub mod iban_readings;
mod idle;
pub mod instalment_lines;
pub mod instances;
pub mod integrity;
pub mod integrity_runs;
pub mod interests;
pub mod journal;
pub mod judgements;
pub mod letter_edits;
pub mod login_links;
pub mod messages;
pub mod migrations;
pub mod minutes;
pub mod mirrors;
pub mod money_sources;
pub mod one_time_codes;
pub mod organisation_erasures;
pub mod organisations;
pub mod owed_documents;
pub mod own_reviews;
pub mod pack_erasures;
pub mod pairings;
pub mod passes;
pub mod payables;
pub mod payment_runs;
pub mod people;
pub mod profiles;
pub mod promotions;
pub mod public_accountants;
pub mod queues;
pub mod rankings;
pub mod recounts;
pub mod recoveries;
pub mod recusals;
pub mod release_plans;
pub mod report_extensions;
pub mod report_judgements;
pub mod report_signatures;
pub mod reports;
pub mod review_confidences;
pub mod review_notices;
pub mod review_saves;
pub mod reviews;
pub mod rooms;
pub mod run_lines;
pub mod scanner;
pub mod scans;
pub mod schema;
pub mod sealed_answers;
pub mod sealing;
pub mod seals;
pub mod seat_origins;
pub mod seats;
pub mod sessions;
pub mod settings;
pub mod shared_text;
pub mod sign_ins;
pub mod signatures;
pub mod signing;
pub mod skills;
pub mod slots;
pub mod statements;
pub mod states;
pub mod statistics;
pub mod ties;
mod together;
pub mod traces;
pub mod vaults;
pub mod votes;
mod whereabouts;

pub use connection::Conn;
pub use db::{Db, Tx};
pub use entropy::Entropy;
pub use files::{Files, StoredFile};
use kept::{kept, kept_if_few};
pub use shared_text::SharedText;

/// What can go wrong between a query and its rows; each variant is something a caller treats differently.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such row.
    #[error("not found")]
    NotFound,
    /// Somebody else changed the row since it was read.
    #[error("changed in the meantime")]
    Stale,
    /// A unique value is already in use.
    #[error("already in use")]
    Taken,
    /// The transaction lost against a rival and may be run again.
    #[error("conflicting transactions")]
    Conflict,
    /// Nothing can be kept or read for now, for no fault of who asks: a full disk, a file or a server that is gone.
    #[error("away for now: {0}")]
    Away(String),
    /// The database refused or failed.
    #[error("database: {0}")]
    Database(String),
    /// The files refused or failed.
    #[error("files: {0}")]
    File(String),
    /// A number could not be sealed or opened.
    #[error("sealed numbers: {0}")]
    Sealed(String),
    /// No connection could be had.
    #[error("connection: {0}")]
    Pool(String),
}

impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind::*, Error};
        match &error {
            Error::NotFound => StoreError::NotFound,
            Error::DatabaseError(UniqueViolation, _) => StoreError::Taken,
            Error::DatabaseError(SerializationFailure, _) => StoreError::Conflict,
            Error::DatabaseError(ClosedConnection | UnableToSendCommand | ReadOnlyTransaction, info) => {
                StoreError::Away(info.message().to_owned())
            }
            Error::DatabaseError(_, info) => match info.message() {
                "database is locked" | "database table is locked" | "deadlock detected" => StoreError::Conflict,
                message if is_away(message) => StoreError::Away(message.to_owned()),
                message => StoreError::Database(message.to_owned()),
            },
            _ => StoreError::Database(error.to_string()),
        }
    }
}

/// What the databases say, in part, when they can do nothing for now. Neither gives its number through diesel: SQLite's
/// FULL, IOERR, CANTOPEN and READONLY, and PostgreSQL's 53100, 57014 and 57P01 to 57P03, whose words follow its language.
const AWAY: [&str; 14] = [
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
    "attempt to write a readonly database",
    "No space left on device",
    "Aucun espace disponible",
    "terminating connection",
    "arrêt des connexions",
    "server closed the connection",
    "no connection to the server",
    "the database system is",
    "le système de bases de données",
    "statement timeout",
    "délai écoulé pour l'exécution",
];

fn is_away(message: &str) -> bool {
    AWAY.iter().any(|words| message.contains(words))
}

/// An error of a transaction's work, able to tell whether running the work again can help.
pub trait MayConflict {
    /// Whether the transaction lost against a rival.
    fn is_conflict(&self) -> bool;
}

impl MayConflict for StoreError {
    fn is_conflict(&self) -> bool {
        matches!(self, StoreError::Conflict)
    }
}

/// Asks that exactly one row was written.
pub fn one(written: usize) -> Result<(), StoreError> {
    if written == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

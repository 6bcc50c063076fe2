//! From signing up to the filed application.

mod applications;
mod bad_input;
mod checks;
mod closing_reminders;
mod complements;
mod copies;
mod devices;
mod dialogues;
mod edits;
mod exchanges;
mod field_saves;
mod groups;
mod owed_documents;
mod pages;
mod pairings;
mod passes;
mod pastes;
mod people;
mod rules;
mod scans;
mod seats;
mod typing;
mod vaults;
mod walks;
mod whole_files;

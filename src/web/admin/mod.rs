//! The administrator's and the auditor's pages: people and roles, mails, history, integrity.

pub mod history;
pub mod integrity;
pub mod messages;
pub mod people;

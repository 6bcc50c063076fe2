//! Pages: read the request, call one use case, show a page.

pub mod account;
pub mod admin;
pub mod app;
pub mod applicant;
pub mod assets;
pub mod audiences;
pub mod budgets;
pub mod errors;
pub mod failures;
pub mod filters;
pub mod finance;
pub mod flashes;
pub mod forms;
#[cfg(test)]
mod gallery;
pub mod headers;
pub mod mailbox;
pub mod meters;
pub mod pages;
pub mod parts;
pub mod public;
pub mod routes;
pub mod scores;
pub mod server;
mod streams;

pub use app::App;
pub use failures::{Failure, Reply};
pub use forms::Fields;

//! Pages: read the request, call one use case, show a page.

pub mod account;
pub mod admin;
pub mod answers;
pub mod app;
pub mod applicant;
pub mod assets;
pub mod audiences;
mod bells;
pub mod budgets;
pub mod committee;
pub mod confirming;
pub mod deadlines;
pub mod differences;
pub mod director;
pub mod downloads;
pub mod errors;
pub mod exchanges;
pub mod expired;
pub mod failures;
pub mod filters;
pub mod finance;
pub mod flashes;
pub mod forms;
#[cfg(test)]
mod gallery;
pub mod grants;
pub mod headers;
pub mod items;
pub mod mailbox;
pub mod meters;
mod minutes;
pub mod officer;
pub mod pages;
pub mod parts;
pub mod public;
pub mod reports;
pub mod routes;
pub mod scores;
pub mod sendings;
pub mod server;
mod streams;
pub mod uploads;
mod whole_files;

pub use app::App;
pub use failures::{Failure, Reply};
pub use forms::Fields;

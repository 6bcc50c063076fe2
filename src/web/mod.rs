//! Pages: read the request, call one use case, show a page.

pub mod assets;
pub mod budgets;
pub mod errors;
pub mod filters;
#[cfg(test)]
mod gallery;
pub mod headers;
pub mod meters;
pub mod pages;
pub mod parts;
pub mod scores;

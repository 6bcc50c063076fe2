//! Tisserand runs the calls for projects of territorial funds, from the published call to the funder's proof.
//!
//! Floors, from the ground up: `domain` (rules), `store` (rows), `usecases` (verbs), then `documents`, `mail`,
//! `exports` and `imports` side by side, then `web`, then `cli`. Imports only go down.

pub mod cli;
pub mod documents;
pub mod domain;
pub mod exports;
pub mod imports;
pub mod mail;
pub mod store;
pub mod usecases;
pub mod web;

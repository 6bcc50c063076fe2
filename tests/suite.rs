//! The one integration-test binary: each folder beside this file is one of its modules.
#![cfg(test)]

mod administration;
mod architecture;
mod calls;
mod cli;
mod committee;
mod database;
mod eligibility_pages;
mod exports;
mod finance;
mod grants;
mod history_heads;
mod instances;
mod intake;
mod integrity;
mod integrity_duties;
mod integrity_runs;
mod journey;
mod letters;
mod lifecycle_edges;
mod lifecycles;
mod money;
mod officer;
mod offsets;
mod outbox;
mod pages;
mod permissions;
mod promises;
mod public_pages;
mod queries;
mod readme;
mod support;
mod terminations;
mod undone_offsets;

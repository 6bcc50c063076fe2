//! The rules: pure functions and value types. No I/O, no clock, no SQL statement, no HTTP.

pub mod budgets;
pub mod codes;
pub mod correspondence;
pub mod decisions;
pub mod definitions;
pub mod eligibility;
pub mod forms;
pub mod identity;
pub mod ids;
pub mod journal;
pub mod labels;
pub mod letters;
pub mod lifecycle;
pub mod lifecycles;
pub mod messages;
pub mod money;
pub mod organisations;
pub mod references;
pub mod roles;
pub mod schedules;
pub mod scoring;
pub mod sessions;
pub mod text;
pub mod time;

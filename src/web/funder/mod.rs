//! Pages of those who read for a funder: their own money, live, and nothing else.

pub mod statements;

//! Exchanges: the messages (échanges) that an applicant and the team write each other about one application.

use super::codes::codes;

codes! {
    /// Who writes, and who reads: the two sides of a thread.
    pub enum ExchangeSide {
        Applicant => "applicant",
        Team => "team",
    }
}

impl ExchangeSide {
    /// The side that reads what this one writes.
    pub const fn other(self) -> Self {
        match self {
            ExchangeSide::Applicant => ExchangeSide::Team,
            ExchangeSide::Team => ExchangeSide::Applicant,
        }
    }
}

/// Most characters of one message.
pub const LONGEST: usize = 4_000;
/// Most files sent with one message.
pub const MOST_FILES: usize = 5;

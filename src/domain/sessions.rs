//! What a committee session (séance) records beside its lifecycle: who was there.

use super::codes::codes;

codes! {
    /// How a member took part in a session.
    pub enum Presence {
        Present => "present",
        /// Another member votes for them (pouvoir); counts for the quorum.
        Represented => "represented",
        /// Came after the opening; counts for the quorum.
        Late => "late",
        Excused => "excused",
        Absent => "absent",
    }
}

impl Presence {
    /// The French word shown on screen and in the minutes.
    pub const fn label(self) -> &'static str {
        match self {
            Presence::Present => "présent·e",
            Presence::Represented => "représenté·e",
            Presence::Late => "arrivé·e en retard",
            Presence::Excused => "excusé·e",
            Presence::Absent => "absent·e",
        }
    }

    /// Whether this presence counts for the quorum.
    pub const fn counts(self) -> bool {
        matches!(self, Presence::Present | Presence::Represented | Presence::Late)
    }
}

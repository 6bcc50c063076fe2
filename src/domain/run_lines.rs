//! What becomes of the lines of a payment run once it is approved: the run stays what was approved.

use super::codes::codes;

codes! {
    /// How a line of an approved run went.
    pub enum RunLineOutcome {
        /// The bank has not told of it.
        Waiting => "waiting",
        Paid => "paid",
        /// The bank sent the money back.
        Returned => "returned",
        /// It left the run before the file was made: it is not in the file.
        Withdrawn => "withdrawn",
        /// The bank sent the money back, and another run pays it again.
        Carried => "carried",
    }
}

impl RunLineOutcome {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            RunLineOutcome::Waiting => "en attente de la banque",
            RunLineOutcome::Paid => "versé",
            RunLineOutcome::Returned => "rejeté par la banque",
            RunLineOutcome::Withdrawn => "retiré du lot",
            RunLineOutcome::Carried => "rejeté, repris dans un autre lot",
        }
    }
}

//! Promotions from a reserve list: what becomes of a proposal to award a file with money that came free.

use super::codes::codes;

codes! {
    /// How a proposal ended.
    pub enum PromotionOutcome {
        /// The file is awarded.
        Confirmed => "confirmed",
        /// The management said no; the file stays on the list.
        Refused => "refused",
    }
}

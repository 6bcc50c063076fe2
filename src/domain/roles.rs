//! Who a person is to Tisserand. A role opens screens; what it may do to one object is an edge of that object's lifecycle.

use super::codes::codes;

codes! {
    /// A role of a person, or the clock.
    pub enum Role {
        /// Project holder (porteur·se de projet) and co-applicant.
        Applicant => "applicant",
        /// Committee member (membre du comité) who scores.
        Reviewer => "reviewer",
        /// Programme officer (chargé·e de mission).
        Officer => "officer",
        /// Pays and proves.
        Finance => "finance",
        /// Management and signatory.
        Director => "director",
        /// Sees its own money, changes nothing.
        Funder => "funder",
        /// Reads everything, changes nothing.
        Auditor => "auditor",
        /// People, roles, settings; no power over money or scores.
        Admin => "admin",
        /// The clock and the consequences of other transitions; never a person.
        System => "system",
    }
}

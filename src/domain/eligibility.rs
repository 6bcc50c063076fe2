//! Eligibility rules as data and the facts they judge.

use super::{
    definitions::values::{amount, rate},
    money::{Euros, Rate},
    organisations::LegalForm,
    references::{Marker, MarkerLevel},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One rule. Some follow from the rest of a call: see [`rules_of`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// The organisation has one of these forms.
    LegalForms { forms: Vec<LegalForm> },
    /// The organisation has existed for so many years on the day of the deadline.
    MinimumAge { years: u32 },
    /// Its seat is in one of these departments.
    SeatInDepartments { departments: Vec<String> },
    /// Its seat is in one of these communes (INSEE codes).
    SeatInCommunes { area: String, communes: Vec<String> },
    /// The project happens in one of these communes (INSEE codes).
    ProjectInCommunes { area: String, communes: Vec<String> },
    /// Its last annual budget is at most this.
    MaximumAnnualBudget {
        #[serde(with = "amount")]
        amount: Euros,
    },
    /// The amount asked for is within these bounds.
    AmountBetween {
        #[serde(with = "amount")]
        floor: Euros,
        #[serde(with = "amount")]
        ceiling: Euros,
    },
    /// The amount asked for is at most this part of the eligible cost.
    MaximumRate {
        #[serde(with = "rate")]
        rate: Rate,
    },
    /// The project lasts between so many months.
    DurationMonths { least: u32, most: u32 },
    /// The project does not start before this day: nothing is paid for after the event.
    StartsFrom { day: NaiveDate },
    /// The project is over by this day.
    EndsBy { day: NaiveDate },
    /// The organisation owes no report on an earlier grant.
    NoOverdueReport,
    /// The organisation has had no grant of this programme yet.
    OncePerProgramme,
    /// Both organisations of the pair have joined the file.
    PairComplete,
    /// The project aims at this marker at least so much.
    MarkerAtLeast { marker: Marker, level: MarkerLevel },
    /// The project contributes to at least one of these goals.
    GoalsAmong { goals: Vec<u8> },
    /// Nothing required is missing from the documents.
    DocumentsPresent,
    /// The republican commitment contract is subscribed to, where the law asks for it (loi 2000-321, art. 10-1).
    RepublicanContract { statement: String },
    /// Only a person can tell.
    Judgement { code: String, label: String },
}

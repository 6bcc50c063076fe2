//! A fund, who pays for it, and the agreements its money comes from.

use super::values::{amount, amount_option};
use crate::domain::{codes::codes, letters::LogoCode, money::Euros};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Who gives the money (bailleur).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunderDefinition {
    /// The fixed code, such as `afd`.
    pub code: String,
    pub name: String,
    /// What this funder asks to be said wherever its money goes.
    pub mention: String,
}

/// An upstream agreement (convention amont): so much money, for so long, under such conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundingSourceDefinition {
    /// The number of the agreement.
    pub reference: String,
    /// The code of its funder.
    pub funder: String,
    pub title: String,
    #[serde(with = "amount")]
    pub amount: Euros,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// When what is paid for may be spent (dates d’éligibilité), where that is not as long as the agreement runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eligible_from: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eligible_until: Option<NaiveDate>,
    /// Without it the money may not be granted on (CGCT art. L1611-4; décret-loi of 2 May 1938, art. 15).
    pub regranting: Option<Regranting>,
    /// How many years after its last payment the papers must be kept.
    pub retention_years: i32,
    /// Parts marked for an axis, over all the calls that draw from this agreement.
    #[serde(default)]
    pub earmarks: Vec<Earmark>,
}

impl FundingSourceDefinition {
    /// The days on which what is paid for may be spent, both included.
    pub fn eligible_days(&self) -> (NaiveDate, NaiveDate) {
        (self.eligible_from.unwrap_or(self.starts_on), self.eligible_until.unwrap_or(self.ends_on))
    }
}

/// The permission to grant the money on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regranting {
    /// Where the agreement says so, in words.
    pub clause: String,
    /// The most one beneficiary may get under this agreement, all calls together.
    #[serde(with = "amount_option", default)]
    pub ceiling_per_beneficiary: Option<Euros>,
}

codes! {
    /// How an earmark binds.
    pub enum EarmarkLimit {
        /// So much is meant for the axis, which may take more.
        Reserved => "reserved",
        /// The axis may take no more than that.
        Ceiling => "ceiling",
    }
}

fn reserved() -> EarmarkLimit {
    EarmarkLimit::Reserved
}

/// A part of the money marked for an axis (fléchage).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earmark {
    pub axis: String,
    #[serde(with = "amount")]
    pub amount: Euros,
    #[serde(default = "reserved")]
    pub limit: EarmarkLimit,
}

/// A territorial fund (fonds territorial), what does not change from one call to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundDefinition {
    /// The fixed code, which also chooses the colours of its pages.
    pub code: String,
    /// What the numbers of its files begin with, such as `REC`.
    pub prefix: String,
    pub name: String,
    /// What it is for, in one or two sentences.
    pub purpose: String,
    /// The colour of its mark: `#rrggbb`.
    pub colour: String,
    pub logo: LogoCode,
    /// The funder's picture owed on its documents.
    pub emblem: Option<LogoCode>,
    /// What its funders ask to be said on every document.
    pub mention: String,
    /// Whether the team sees when a decision was first opened; without it, nothing is noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_receipt: Option<DecisionReceipt>,
    pub contact: Contact,
    /// Who signs its letters and agreements; whoever signs for the installation when it names nobody.
    #[serde(default)]
    pub signatory: Option<Signatory>,
    pub committee: Committee,
    /// What goes with the money: training, meetings, an adviser.
    #[serde(default)]
    pub support: Vec<String>,
    /// Who follows which territory: offered to those whose project is not retained.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advisers: Vec<Adviser>,
    /// Trainings offered to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trainings: Vec<Training>,
}

/// Somebody who follows a territory (conseiller·ère).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adviser {
    pub name: String,
    /// Codes of departments: `59`.
    pub departments: Vec<String>,
    /// When and how one meets: « trente minutes, le jeudi, à Arras ou en visio ».
    pub meeting: String,
    pub email: crate::domain::identity::Email,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<crate::domain::identity::Phone>,
}

/// A training (formation).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    pub title: String,
    /// The axes it is about, by code; all of them when none is named.
    #[serde(default)]
    pub axes: Vec<String>,
    /// The day; none where it is held again and again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// Where, or how to take part.
    pub place: String,
}

codes! {
    /// What is noted of the reading of a decision.
    pub enum DecisionReceipt {
        /// When somebody of the organisations first opened it; they are told so on its page.
        FirstOpening => "first_opening",
    }
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub name: String,
    pub email: crate::domain::identity::Email,
    pub phone: Option<crate::domain::identity::Phone>,
}

/// Who signs (signataire).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signatory {
    pub name: String,
    /// The capacity in which that person signs (qualité): « Directrice ».
    pub title: String,
}

/// A member carries one proxy, unless the fund says otherwise.
const fn one_proxy() -> i32 {
    1
}

/// The committee that reads the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Committee {
    pub name: String,
    /// How many voting members must be there.
    pub quorum: i32,
    /// How many members read each file.
    pub readers: i32,
    /// How many proxies (pouvoirs) one member may carry in a session.
    #[serde(default = "one_proxy")]
    pub proxies: i32,
    /// The institutions that have a seat.
    pub seats: Vec<String>,
}

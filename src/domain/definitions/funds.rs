//! A fund, who pays for it, and the agreements its money comes from.

use super::values::{amount, amount_option, rate};
use crate::domain::{
    codes::codes,
    letters::LogoCode,
    money::{Euros, Rate, share},
};
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
    /// What happens to a payment outside these days.
    #[serde(default = "said", skip_serializing_if = "OutsideDays::is_said")]
    pub outside_days: OutsideDays,
    /// Without it the money may not be granted on (CGCT art. L1611-4; décret-loi of 2 May 1938, art. 15).
    pub regranting: Option<Regranting>,
    /// How many years after its last payment the papers must be kept.
    pub retention_years: i32,
    /// Whether a report on its money holds at least one paper that proves what was spent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub receipts: bool,
    /// What feeds it; an agreement, unless it says otherwise.
    #[serde(default = "agreement", skip_serializing_if = "SourceKind::is_agreement")]
    pub kind: SourceKind,
    /// Parts marked for an axis, over all the calls that draw from this agreement.
    #[serde(default)]
    pub earmarks: Vec<Earmark>,
    /// Parts marked for a fund: those of the calls of one fund together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fund_earmarks: Vec<FundEarmark>,
}

impl FundingSourceDefinition {
    /// The parts marked for funds as earmarks, each under the mark of its fund. Apart from those of the axes: both count the
    /// same money.
    pub fn fund_marks(&self) -> Vec<Earmark> {
        let mark = |part: &FundEarmark| Earmark {
            axis: fund_mark(&part.fund),
            amount: part.amount,
            share: part.share,
            limit: part.limit,
        };
        self.fund_earmarks.iter().map(mark).collect()
    }

    /// The days on which what is paid for may be spent, both included.
    pub fn eligible_days(&self) -> (NaiveDate, NaiveDate) {
        (self.eligible_from.unwrap_or(self.starts_on), self.eligible_until.unwrap_or(self.ends_on))
    }
}

codes! {
    /// What feeds a funding source.
    pub enum SourceKind {
        /// An upstream agreement, recorded whole.
        Agreement => "agreement",
        /// Donations, recorded one by one; the amount of the definition is what was there before them, often nothing.
        Donations => "donations",
    }
}

impl SourceKind {
    /// Whether it is an agreement.
    pub fn is_agreement(&self) -> bool {
        *self == SourceKind::Agreement
    }
}

fn agreement() -> SourceKind {
    SourceKind::Agreement
}

codes! {
    /// What happens to a payment on a day that is not eligible.
    pub enum OutsideDays {
        /// It may leave; whoever makes it is told.
        Say => "say",
        /// It stays.
        Refuse => "refuse",
    }
}

impl OutsideDays {
    /// Whether it is only said.
    pub fn is_said(&self) -> bool {
        *self == OutsideDays::Say
    }
}

fn said() -> OutsideDays {
    OutsideDays::Say
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
    /// Nothing when it is a share.
    #[serde(with = "amount", default)]
    pub amount: Euros,
    /// The share of the whole it is, where it is no fixed amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    #[serde(default = "reserved")]
    pub limit: EarmarkLimit,
}

/// A part of the money of an agreement marked for a fund, whatever the axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundEarmark {
    /// The code of the fund.
    pub fund: String,
    /// Nothing when it is a share.
    #[serde(with = "amount", default)]
    pub amount: Euros,
    /// The share of the whole it is, where it is no fixed amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    #[serde(default = "reserved")]
    pub limit: EarmarkLimit,
}

const FUND_MARK: &str = "fund:";

/// Under what a part marked for a fund is counted, where the code of an axis stands otherwise: `fund:recital`.
pub fn fund_mark(code: &str) -> String {
    format!("{FUND_MARK}{code}")
}

/// The code of the fund that a mark is for; nothing when it is the code of an axis.
pub fn marked_fund(mark: &str) -> Option<&str> {
    mark.strip_prefix(FUND_MARK)
}

/// A share of the money, written `30 %`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share(#[serde(with = "rate")] pub Rate);

impl Earmark {
    /// What is reserved for an axis, or the most it may take.
    pub fn fixed(axis: impl Into<String>, amount: Euros, limit: EarmarkLimit) -> Self {
        Earmark { axis: axis.into(), amount, share: None, limit }
    }

    /// The same as a share of the whole.
    pub fn part(axis: impl Into<String>, rate: Rate, limit: EarmarkLimit) -> Self {
        Earmark { axis: axis.into(), amount: Euros::ZERO, share: Some(Share(rate)), limit }
    }

    /// The earmarks with every share of `whole` worked out to the cent: reserved shares by the largest remainder, so that
    /// together they are what they are of the whole; a ceiling rounded down, so that it is never beyond its share.
    pub fn in_euros(earmarks: &[Earmark], whole: Euros) -> Vec<Earmark> {
        let points = |earmark: &Earmark| match (earmark.share, earmark.limit) {
            (Some(Share(rate)), EarmarkLimit::Reserved) => i64::from(rate.basis_points()),
            _ => 0,
        };
        let mut weights: Vec<i64> = earmarks.iter().map(points).collect();
        let rest = i64::from(Rate::WHOLE.basis_points()) - weights.iter().sum::<i64>();
        weights.push(rest.max(0));
        let parts = share(whole, &weights);
        let worked_out = |(earmark, part): (&Earmark, Euros)| match (earmark.share, earmark.limit) {
            (None, _) => earmark.clone(),
            (Some(_), EarmarkLimit::Reserved) => Earmark { amount: part, ..earmark.clone() },
            (Some(Share(rate)), EarmarkLimit::Ceiling) => Earmark { amount: whole.at(rate), ..earmark.clone() },
        };
        earmarks.iter().zip(parts).map(worked_out).collect()
    }

    /// « 30 % », when it is a share.
    pub fn share_words(&self) -> Option<String> {
        self.share.map(|Share(rate)| rate.to_string())
    }
}

codes! {
    /// What happens to an award that would go beyond a ceiling on its axis.
    pub enum BeyondCeiling {
        /// It is refused.
        Refuse => "refuse",
        /// It stands when whoever decides writes why.
        Override => "override",
    }
}

impl BeyondCeiling {
    /// Whether it is refused.
    pub fn is_refused(&self) -> bool {
        *self == BeyondCeiling::Refuse
    }
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
    /// The colleges its members sit in (collèges), when it has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub colleges: Vec<College>,
}

/// A college of a committee: associations, local authorities, qualified people…
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct College {
    pub code: String,
    pub label: String,
    /// How many of the readers of each file sit in it, at least.
    #[serde(default)]
    pub readers: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_worked_out_to_the_cent() {
        let third = Rate::from_basis_points(3_333);
        let earmarks = [
            Earmark::part("A", third, EarmarkLimit::Reserved),
            Earmark::part("B", third, EarmarkLimit::Reserved),
            Earmark::part("C", Rate::from_basis_points(3_334), EarmarkLimit::Reserved),
            Earmark::part("A", third, EarmarkLimit::Ceiling),
            Earmark::fixed("B", Euros::from_cents(7), EarmarkLimit::Ceiling),
        ];
        let found = Earmark::in_euros(&earmarks, Euros::from_cents(10_001));
        let cents: Vec<i64> = found.iter().map(|earmark| earmark.amount.cents()).collect();
        assert_eq!(cents[..3].iter().sum::<i64>(), 10_001, "the whole is shared out");
        assert_eq!(&cents[3..], [3_333, 7], "a ceiling is never beyond its share");
        assert_eq!(found[0].share_words().as_deref(), Some("33,33\u{a0}%"));
    }

    #[test]
    fn a_share_is_written_as_people_write_it() {
        let read: Earmark = toml::from_str("axis = \"CRISES\"\nshare = \"30 %\"\nlimit = \"ceiling\"").unwrap();
        assert_eq!(read, Earmark::part("CRISES", Rate::percent(30), EarmarkLimit::Ceiling));
        let json = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Earmark>(&json).unwrap(), read);
        let fixed = Earmark::fixed("CRISES", Euros::whole(4), EarmarkLimit::Reserved);
        assert!(!serde_json::to_string(&fixed).unwrap().contains("share"));
    }
}

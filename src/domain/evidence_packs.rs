//! What proves to a funder (bailleur) where its money went, over a period: the facts of a statement, frozen at one instant,
//! and the proofs that go with it. The same facts make the page, the PDF, the workbook and the archive.

use super::{
    ids::{FundingSourceId, GrantId},
    letters::Issuer,
    money::Euros,
    references::budget_account,
    text::counted,
    time::{Moment, french_date},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a funder is shown of its money. Days are Paris days, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub issuer: Issuer,
    pub city: String,
    /// The funder, by code and by name.
    pub funder_code: String,
    pub funder: String,
    /// What this funder asks to be said.
    pub mention: String,
    pub from: NaiveDate,
    pub until: NaiveDate,
    /// Everything below is as it was at this instant (UTC).
    pub as_of: Moment,
    pub sources: Vec<SourceFacts>,
    pub grants: Vec<GrantFacts>,
    /// What was taken out since, because it was erased; in the order in which it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removals: Vec<RemovalFacts>,
}

/// What a pack lost of one grant when the file of the grant, or its beneficiary, was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovalFacts {
    /// The grant, by its number.
    pub reference: String,
    /// Paris day.
    pub erased_on: NaiveDate,
    /// Papers and reports that went.
    pub papers: usize,
    pub reports: usize,
    /// Whether the name, number and town of the beneficiary went.
    pub is_nameless: bool,
    /// SHA-256 of the archive made before, in hexadecimal; nothing when there was none.
    pub archive: Option<String>,
}

impl RemovalFacts {
    /// What went, in a French sentence.
    pub fn sentence(&self) -> String {
        let mut went = Vec::new();
        if self.papers > 0 {
            went.push(counted(self.papers as i64, "pièce", "pièces"));
        }
        if self.reports > 0 {
            went.push(counted(self.reports as i64, "bilan imprimé", "bilans imprimés"));
        }
        if self.is_nameless {
            went.push("le nom, le SIRET et la ville du bénéficiaire".to_owned());
        }
        let went = if went.is_empty() { "rien de ce que dit cet état".to_owned() } else { went.join(", ") };
        let before = self
            .archive
            .as_ref()
            .map_or_else(String::new, |sha256| format!(" L’archive d’avant avait l’empreinte {sha256}."));
        format!("{}, le {}\u{a0}: {went}.{before}", self.reference, french_date(self.erased_on))
    }
}

/// What goes of a grant in a pack.
#[derive(Debug, Clone, Copy)]
pub struct Going<'a> {
    pub on: NaiveDate,
    /// What stands in place of the name of the beneficiary, where it goes too.
    pub name: Option<&'a str>,
    /// What stands in place of the title of the project, where it goes too.
    pub title: Option<&'a str>,
    /// SHA-256 of the papers that stay.
    pub kept: &'a [String],
}

/// An upstream agreement (convention amont), and how far its money has gone. All amounts are of this source alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFacts {
    pub id: FundingSourceId,
    pub reference: String,
    pub title: String,
    pub amount: Euros,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// When what is paid for may be spent; as long as the agreement runs when it does not say.
    pub eligible_from: NaiveDate,
    pub eligible_until: NaiveDate,
    pub clause: Option<String>,
    pub ceiling: Option<Euros>,
    /// What the funder was to pay by the end of the period, and what it has paid in all.
    pub expected: Euros,
    pub received: Euros,
    /// Promised to grants and not yet authorised; authorised and not yet paid; left the bank, whatever came back.
    pub committed: Euros,
    pub authorised: Euros,
    pub paid: Euros,
    /// Came back from grantees, part of `paid`.
    pub recovered: Euros,
    /// What left the bank within the period.
    pub paid_in_period: Euros,
}

impl SourceFacts {
    /// What the house has in hand of this source: received and not yet paid. Negative where it paid ahead of the funder.
    pub fn in_hand(&self) -> Euros {
        self.received - self.paid + self.recovered
    }
}

/// One grant with what this funder has to do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantFacts {
    pub id: GrantId,
    pub reference: String,
    pub application: String,
    pub call: String,
    pub fund: String,
    pub project: String,
    pub beneficiary: String,
    pub siret: String,
    pub city: String,
    pub decided_on: NaiveDate,
    /// When both had signed the agreement, or when the award was accepted where none is asked for.
    pub agreed_on: Option<NaiveDate>,
    pub needs_agreement: bool,
    pub state: String,
    /// What the journal holds for it from this funder, and what came back.
    pub awarded: Euros,
    pub recovered: Euros,
    /// Those that left the bank within the period.
    pub payments: Vec<PaymentFacts>,
    pub classes: Vec<ClassFacts>,
    pub reports: Vec<ReportFacts>,
    /// In the order in which they are put into the archive.
    pub proofs: Vec<ProofFacts>,
}

impl GrantFacts {
    /// What left the bank for it within the period, from this funder.
    pub fn paid(&self) -> Euros {
        self.payments.iter().map(|payment| payment.amount).sum()
    }

    /// The reports that say something: each is printed as a paper of the archive.
    pub fn printed_reports(&self) -> impl Iterator<Item = &ReportFacts> {
        self.reports.iter().filter(|report| !report.said.is_empty())
    }
}

/// The part of a payment that comes from one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentFacts {
    pub number: i32,
    pub kind: String,
    pub source: String,
    pub amount: Euros,
    /// All sources together.
    pub whole: Euros,
    /// What left the bank for it, which is what the line of the bank says: what the grantee owed elsewhere was kept back.
    /// Nothing in facts that were frozen before it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_bank: Option<Euros>,
    pub paid_on: NaiveDate,
    /// What the house gave the bank to know the payment by, the run it left in, and the bank's own reference where a
    /// statement line told it.
    pub end_to_end_id: String,
    pub run: String,
    pub bank_reference: String,
    /// Whether the day lies within the eligible dates of the source.
    pub is_eligible: bool,
    /// In whose name the account is, where a public accountant holds it, and why it is the beneficiary's; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub payee: String,
}

impl PaymentFacts {
    /// What the payment is known by, and to whom else than the beneficiary it went.
    pub fn references(&self) -> String {
        let told = [&self.end_to_end_id, &self.run, &self.bank_reference, &self.payee];
        let told: Vec<_> = told.into_iter().filter(|text| !text.is_empty()).map(String::as_str).collect();
        told.join(", ")
    }

    /// What was kept back from it, because its grantee owed it elsewhere.
    pub fn kept_back(&self) -> Euros {
        self.whole - self.left_bank.unwrap_or(self.whole)
    }
}

/// A class of accounts of the project's budget: what was planned, and what was spent as the last accepted report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassFacts {
    /// Two digits: `60`.
    pub class: String,
    pub label: String,
    pub is_expense: bool,
    pub planned: Euros,
    pub actual: Option<Euros>,
}

/// A report of the grantee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFacts {
    pub kind: String,
    pub due_on: NaiveDate,
    pub filed_on: Option<NaiveDate>,
    pub state: String,
    /// Neither accepted nor waived.
    pub is_owed: bool,
    /// Where it lies in the archive, and what it says, question and answer; nothing before it is filed.
    pub path: String,
    pub said: Vec<(String, String)>,
}

/// A paper that proves something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofFacts {
    pub title: String,
    /// Where it lies in the archive.
    pub path: String,
    pub content_type: String,
    /// `None` when the paper cannot be had: refused by the antivirus, or never printed.
    pub sha256: Option<String>,
    pub size: i64,
}

impl Evidence {
    /// Takes out what a pack says of a grant beyond its numbers, amounts and days; tells whether the pack said anything of it.
    /// `archive` is the SHA-256 of what was made of it until now.
    pub fn forget(&mut self, grant: GrantId, going: Going<'_>, archive: Option<&str>) -> bool {
        let Some(facts) = self.grants.iter_mut().find(|facts| facts.id == grant) else { return false };
        let papers = facts.proofs.len();
        facts.proofs.retain(|proof| proof.sha256.as_ref().is_some_and(|sha256| going.kept.contains(sha256)));
        let reports = facts.printed_reports().count();
        facts.reports.iter_mut().for_each(|report| report.said.clear());
        if let Some(title) = going.title {
            title.clone_into(&mut facts.project);
        }
        if let Some(name) = going.name {
            name.clone_into(&mut facts.beneficiary);
            (facts.siret, facts.city) = (String::new(), String::new());
            facts.payments.iter_mut().for_each(|payment| payment.payee.clear());
        }
        self.removals.push(RemovalFacts {
            reference: facts.reference.clone(),
            erased_on: going.on,
            papers: papers - facts.proofs.len(),
            reports,
            is_nameless: going.name.is_some(),
            archive: archive.map(str::to_owned),
        });
        true
    }

    /// The days in words: « du 1 janvier 2027 au 31 décembre 2027 ».
    pub fn period(&self) -> String {
        format!("du {} au {}", super::time::french_date(self.from), super::time::french_date(self.until))
    }

    /// What left the bank within the period.
    pub fn paid(&self) -> Euros {
        self.grants.iter().map(GrantFacts::paid).sum()
    }

    /// Every paper that can be had, in the order of the archive.
    pub fn proofs(&self) -> impl Iterator<Item = (&ProofFacts, &str)> {
        let all = self.grants.iter().flat_map(|grant| &grant.proofs);
        all.filter_map(|proof| Some((proof, proof.sha256.as_deref()?)))
    }

    /// How the files of the pack are called: `preuves-afd-2027-01-01-2027-12-31`.
    pub fn name(&self) -> String {
        format!("preuves-{}-{}-{}", plain(&self.funder_code), self.from, self.until)
    }
}

/// Most characters of a name in the archive: with the folders above it, short of what an older Windows takes (260).
const LONGEST_NAME: usize = 80;
/// Most characters of what tells a program how to open a file.
const LONGEST_EXTENSION: usize = 8;

/// Letters, figures and what parts them, as every file system takes them. A long name is cut before its extension, without
/// which nobody could open the file.
pub fn plain(text: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || ".-_".contains(c) { c } else { '-' };
    let whole: String = text.trim().chars().map(kept).collect();
    let (stem, extension) = match whole.rsplit_once('.') {
        Some((stem, extension)) if extension.chars().count() <= LONGEST_EXTENSION => (stem, format!(".{extension}")),
        _ => (whole.as_str(), String::new()),
    };
    let room = LONGEST_NAME - extension.chars().count();
    let name = stem.chars().take(room).collect::<String>() + &extension;
    if name.trim_matches(['.', '-']).is_empty() { "piece".to_owned() } else { name.trim_matches('.').to_owned() }
}

/// A line of a budget, as far as a statement reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetFacts {
    /// `60.1`.
    pub account: String,
    pub is_expense: bool,
    pub amount: Euros,
}

/// What was planned and what was spent, class by class; expenses first. Nothing is spent while no report is accepted.
pub fn by_class(planned: &[BudgetFacts], actual: Option<&[BudgetFacts]>) -> Vec<ClassFacts> {
    // False comes first: expenses before income.
    let mut classes: BTreeMap<(bool, String), (Euros, Euros)> = BTreeMap::new();
    let key = |line: &BudgetFacts| (!line.is_expense, line.account.chars().take(2).collect::<String>());
    for line in planned {
        classes.entry(key(line)).or_default().0 += line.amount;
    }
    for line in actual.unwrap_or_default() {
        classes.entry(key(line)).or_default().1 += line.amount;
    }
    let told = |((is_income, class), (planned, spent)): ((bool, String), (Euros, Euros))| ClassFacts {
        label: budget_account(&class).map_or(String::new(), |account| account.label.clone()),
        class,
        is_expense: !is_income,
        planned,
        actual: actual.is_some().then_some(spent),
    };
    classes.into_iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(account: &str, is_expense: bool, euros: i64) -> BudgetFacts {
        BudgetFacts { account: account.into(), is_expense, amount: Euros::whole(euros) }
    }

    #[test]
    fn the_lines_of_a_class_add_up_on_their_side() {
        let planned =
            [line("74.2", false, 900), line("60.1", true, 300), line("60.4", true, 200), line("61", true, 400)];
        let actual = [line("60.1", true, 350), line("62", true, 50)];
        let found = by_class(&planned, Some(&actual));
        let said: Vec<_> = found.iter().map(|c| (c.class.as_str(), c.is_expense, c.planned, c.actual)).collect();
        let euros = Euros::whole;
        assert_eq!(
            said,
            [
                ("60", true, euros(500), Some(euros(350))),
                ("61", true, euros(400), Some(euros(0))),
                ("62", true, euros(0), Some(euros(50))),
                ("74", false, euros(900), Some(euros(0))),
            ]
        );
        assert!(!found[0].label.is_empty());
        assert!(by_class(&planned, None).iter().all(|class| class.actual.is_none()));
    }

    #[test]
    fn a_name_is_one_that_every_file_system_takes() {
        assert_eq!(plain("../a b/é?.pdf"), "-a-b-é-.pdf");
        assert_eq!(plain("…"), "piece");
        assert_eq!(plain(""), "piece");
        let long = format!("{}.pdf", "facture très détaillée ".repeat(9));
        let short = plain(&long);
        assert!(short.chars().count() == 80 && short.starts_with("facture-très") && short.ends_with(".pdf"), "{short}");
        assert_eq!(plain(&"a".repeat(99)).len(), 80);
        assert_eq!(plain("SUB-2027-0004"), "SUB-2027-0004");
    }
}

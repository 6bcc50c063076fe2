//! What a disbursement (versement) is for and what it waits for. When it is due is derived here, never a state.

use super::{codes::codes, money::Euros, reports::ReportKind, text::fold};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

codes! {
    /// What a disbursement is within its grant.
    pub enum DisbursementKind {
        /// Paid before the project spends (avance).
        Advance => "advance",
        /// Paid while it spends (acompte).
        Instalment => "instalment",
        /// Paid once the accepted cost is known (solde).
        Balance => "balance",
    }
}

impl DisbursementKind {
    /// The French word shown on screen and in letters.
    pub fn label(self) -> &'static str {
        match self {
            DisbursementKind::Advance => "avance",
            DisbursementKind::Instalment => "acompte",
            DisbursementKind::Balance => "solde",
        }
    }
}

/// A paper asked of the grantee before a payment leaves (« pièce »). In names, a piece is such a paper; what an
/// organisation keeps in its vault and what is attached to a file are papers too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its name in letters, digits and hyphens: by what it is found again.
    pub code: String,
    /// Its name in the words of the call.
    pub label: String,
}

impl Piece {
    /// Most characters of its name.
    pub const LONGEST: usize = 120;

    /// The paper of this name.
    pub fn named(label: &str) -> Self {
        Piece { code: fold(label).replace(' ', "-"), label: label.trim().to_owned() }
    }
}

codes! {
    /// What is said of a paper that was provided.
    pub enum PieceOutcome {
        /// Nobody has judged it yet.
        Provided => "provided",
        Accepted => "accepted",
        /// Another one is asked for.
        Refused => "refused",
        /// The antivirus refused it: nobody can read it, and another one is to be provided.
        Infected => "infected",
    }
}

/// One thing that must have happened before the money leaves; kept as JSON with the disbursement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The agreement is signed by both, or the acceptance replaces it.
    AgreementSettled,
    /// This day has come.
    DateReached(NaiveDate),
    /// The report of this kind is accepted, or its author is exempted from it.
    ReportAccepted(ReportKind),
    /// This paper is provided by the grantee, and accepted.
    PieceAccepted(Piece),
}

/// What is known of a grant when one asks whether a payment is due.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Whether the agreement is signed, where one is required.
    pub is_agreement_settled: bool,
    /// Kinds of reports accepted or waived.
    pub judged_reports: Vec<ReportKind>,
    /// Papers that were provided, by their code, and what is said of each.
    pub pieces: Vec<(String, PieceOutcome)>,
    /// Today in Paris.
    pub today: NaiveDate,
}

/// The conditions not met yet, each a short French phrase that says who must act.
pub fn waits_for(conditions: &[Condition], progress: &Progress) -> Vec<String> {
    conditions.iter().filter_map(|condition| obstacle(condition, progress)).collect()
}

fn obstacle(condition: &Condition, progress: &Progress) -> Option<String> {
    match condition {
        Condition::AgreementSettled if progress.is_agreement_settled => None,
        Condition::AgreementSettled => Some("la signature de la convention".into()),
        Condition::DateReached(day) if *day <= progress.today => None,
        Condition::DateReached(day) => Some(format!("le {}", super::time::french_date(*day))),
        Condition::ReportAccepted(kind) if progress.judged_reports.contains(kind) => None,
        Condition::ReportAccepted(kind) => Some(format!("l’acceptation du {}", kind.label())),
        Condition::PieceAccepted(piece) => {
            let said = progress.pieces.iter().find(|(code, _)| *code == piece.code).map(|(_, outcome)| *outcome);
            match said {
                Some(PieceOutcome::Accepted) => None,
                Some(PieceOutcome::Provided) => {
                    Some(format!("l’acceptation de la pièce «\u{a0}{}\u{a0}»", piece.label))
                }
                Some(PieceOutcome::Infected) => {
                    Some(format!("une autre pièce «\u{a0}{}\u{a0}», l’antivirus ayant refusé la première", piece.label))
                }
                Some(PieceOutcome::Refused) | None => Some(format!("la pièce «\u{a0}{}\u{a0}»", piece.label)),
            }
        }
    }
}

/// One payment of a grant's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPayment {
    pub kind: DisbursementKind,
    pub amount: Euros,
    /// The day it is expected; not a condition.
    pub due_on: NaiveDate,
    /// A date, if there is one, comes first.
    pub conditions: Vec<Condition>,
}

/// What a payment waits for, as one phrase of a schedule: a report implies the agreement before it, a date comes last.
/// Whether there is an agreement to sign depends on the grant.
pub fn conditions_of_grant(conditions: &[Condition], is_agreement_required: bool) -> String {
    let has_report = conditions.iter().any(|condition| matches!(condition, Condition::ReportAccepted(_)));
    let is_date = |condition: &&Condition| matches!(condition, Condition::DateReached(_));
    let shown = conditions.iter().filter(|condition| !has_report || **condition != Condition::AgreementSettled);
    let (dates, others): (Vec<_>, Vec<_>) = shown.partition(is_date);
    let label = |condition: &Condition| match condition {
        Condition::AgreementSettled if is_agreement_required => "convention signée".to_owned(),
        Condition::AgreementSettled => "subvention acceptée".to_owned(),
        Condition::DateReached(day) => format!("à partir du {}", super::time::french_date(*day)),
        Condition::ReportAccepted(kind) => format!("{} accepté", kind.label()),
        Condition::PieceAccepted(piece) => format!("pièce «\u{a0}{}\u{a0}» acceptée", piece.label),
    };
    others.into_iter().chain(dates).map(label).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_payment_waits_for_each_condition_in_turn() {
        let conditions = [
            Condition::AgreementSettled,
            Condition::DateReached(day("2027-06-01")),
            Condition::ReportAccepted(ReportKind::Final),
        ];
        let mut progress = Progress { today: day("2027-05-31"), ..Progress::default() };
        let first = ["la signature de la convention", "le 1er\u{a0}juin 2027", "l’acceptation du bilan final"];
        assert_eq!(waits_for(&conditions, &progress), first);
        progress.is_agreement_settled = true;
        progress.today = day("2027-06-01");
        assert_eq!(waits_for(&conditions, &progress), ["l’acceptation du bilan final"]);
        progress.judged_reports = vec![ReportKind::Final];
        assert!(waits_for(&conditions, &progress).is_empty());
    }

    #[test]
    fn a_payment_waits_for_a_paper_until_it_is_accepted() {
        let piece = Piece::named(" Attestation d’assurance 2027 ");
        assert_eq!(
            (piece.code.as_str(), piece.label.as_str()),
            ("attestation-d-assurance-2027", "Attestation d’assurance 2027")
        );
        let conditions = [Condition::PieceAccepted(piece.clone())];
        let waits = |pieces| waits_for(&conditions, &Progress { pieces, ..Progress::default() });
        let of = |outcome| vec![(piece.code.clone(), outcome)];
        assert_eq!(waits(Vec::new()), ["la pièce «\u{a0}Attestation d’assurance 2027\u{a0}»"]);
        assert_eq!(waits(of(PieceOutcome::Refused)), waits(Vec::new()));
        assert!(waits(of(PieceOutcome::Provided))[0].starts_with("l’acceptation de la pièce"));
        assert!(waits(of(PieceOutcome::Infected))[0].contains("l’antivirus"));
        assert!(waits(of(PieceOutcome::Accepted)).is_empty());
        assert_eq!(conditions_of_grant(&conditions, true), "pièce «\u{a0}Attestation d’assurance 2027\u{a0}» acceptée");
    }

    #[test]
    fn conditions_survive_json() {
        let conditions = vec![Condition::AgreementSettled, Condition::ReportAccepted(ReportKind::Interim)];
        let json = serde_json::to_string(&conditions).unwrap();
        assert_eq!(json, r#"["agreement_settled",{"report_accepted":"interim"}]"#);
        assert_eq!(serde_json::from_str::<Vec<Condition>>(&json).unwrap(), conditions);
    }
}

//! What a disbursement waits for, by name, and whose turn it is: the steps between a plan and the bank's word.

use super::codes::codes;

codes! {
    /// One thing that must happen before a disbursement leaves.
    pub enum Blocker {
        /// A day that has not come.
        Date => "date",
        AgreementToSend => "agreement_to_send",
        HolderSignature => "holder_signature",
        IssuerSignature => "issuer_signature",
        ReportToFile => "report_to_file",
        ReportToRead => "report_to_read",
        PieceToProvide => "piece_to_provide",
        PieceToJudge => "piece_to_judge",
        /// The antivirus refused what was provided.
        PieceInfected => "piece_infected",
        RibMissing => "rib_missing",
        RibQuarantined => "rib_quarantined",
        RibToVerify => "rib_to_verify",
        SiretMissing => "siret_missing",
        /// An agreement it comes from does not pay today.
        OutsideDays => "outside_days",
        Suspended => "suspended",
        Withheld => "withheld",
        Returned => "returned",
        /// Nothing is in the way: it waits to be authorised.
        ToAuthorise => "to_authorise",
        ToPutInRun => "to_put_in_run",
        RunToApprove => "run_to_approve",
        RunToExport => "run_to_export",
        /// The bank has been asked and has not said that it paid.
        BankToTell => "bank_to_tell",
    }
}

codes! {
    /// Whose turn it is.
    pub enum Turn {
        Nobody => "nobody",
        Holder => "holder",
        Officer => "officer",
        Finance => "finance",
        Director => "director",
    }
}

impl Blocker {
    /// What is missing, as a list names it.
    pub const fn label(self) -> &'static str {
        match self {
            Blocker::Date => "Date pas encore atteinte",
            Blocker::AgreementToSend => "Convention à envoyer",
            Blocker::HolderSignature => "Convention à signer par le bénéficiaire",
            Blocker::IssuerSignature => "Convention à signer par la direction",
            Blocker::ReportToFile => "Bilan à déposer",
            Blocker::ReportToRead => "Bilan à accepter",
            Blocker::PieceToProvide => "Pièce à fournir",
            Blocker::PieceToJudge => "Pièce à accepter",
            Blocker::PieceInfected => "Pièce refusée par l’antivirus, à fournir de nouveau",
            Blocker::RibMissing => "RIB à fournir",
            Blocker::RibQuarantined => "RIB changé, en quarantaine",
            Blocker::RibToVerify => "RIB à vérifier",
            Blocker::SiretMissing => "Numéro SIRET à fournir",
            Blocker::OutsideDays => "Hors des dates d’éligibilité du bailleur",
            Blocker::Suspended => "Subvention suspendue",
            Blocker::Withheld => "Versement retenu",
            Blocker::Returned => "Rejeté par la banque, à autoriser de nouveau",
            Blocker::ToAuthorise => "Rien ne bloque\u{a0}: à autoriser",
            Blocker::ToPutInRun => "Autorisé\u{a0}: à mettre dans un lot",
            Blocker::RunToApprove => "Lot à approuver",
            Blocker::RunToExport => "Fichier bancaire à générer",
            Blocker::BankToTell => "Virement à constater sur le relevé",
        }
    }

    /// Whose turn it is. A RIB in quarantine waits for its day alone.
    pub const fn turn(self) -> Turn {
        match self {
            Blocker::Date | Blocker::RibQuarantined => Turn::Nobody,
            Blocker::HolderSignature
            | Blocker::ReportToFile
            | Blocker::PieceToProvide
            | Blocker::PieceInfected
            | Blocker::RibMissing
            | Blocker::SiretMissing => Turn::Holder,
            Blocker::AgreementToSend | Blocker::ReportToRead | Blocker::PieceToJudge | Blocker::Suspended => {
                Turn::Officer
            }
            Blocker::IssuerSignature | Blocker::RunToApprove => Turn::Director,
            Blocker::RibToVerify
            | Blocker::OutsideDays
            | Blocker::Withheld
            | Blocker::Returned
            | Blocker::ToAuthorise
            | Blocker::ToPutInRun
            | Blocker::RunToExport
            | Blocker::BankToTell => Turn::Finance,
        }
    }
}

impl Turn {
    /// Who that is, in words.
    pub const fn label(self) -> &'static str {
        match self {
            Turn::Nobody => "Personne\u{a0}: une date à attendre",
            Turn::Holder => "Le bénéficiaire",
            Turn::Officer => "L’instruction",
            Turn::Finance => "La gestion financière",
            Turn::Director => "La direction",
        }
    }
}

/// The blockers that a list of their codes names, in the order of the list; what is no code is left out.
pub fn named(codes: &str) -> Vec<Blocker> {
    codes.split_whitespace().filter_map(|code| code.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_by_spaces_alone() {
        assert_eq!(named("date report_to_file "), [Blocker::Date, Blocker::ReportToFile]);
        assert!(Blocker::ALL.iter().all(|blocker| !blocker.code().contains(' ')));
        assert!(named("").is_empty());
    }
}

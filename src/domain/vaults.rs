//! The papers an organisation keeps, to use them again in each file.

use super::codes::codes;
use chrono::NaiveDate;

codes! {
    /// What a paper of the vault is. The code is that of the document it may serve as.
    pub enum VaultPaper {
        /// Statutes, signed.
        Bylaws => "statuts",
        /// The prefecture's receipt of the declaration (récépissé).
        Receipt => "recepisse",
        /// Bank details (RIB).
        BankDetails => "rib",
        /// The last accounts that were approved.
        Accounts => "comptes",
        /// The last activity report.
        ActivityReport => "rapport",
        /// Who sits on the board.
        Board => "liste_dirigeants",
        Insurance => "assurance",
        /// Who may sign for it.
        Mandate => "pouvoir",
    }
}

/// Days before a paper's end at which it is said to end soon.
const SOON_DAYS: i64 = 30;

/// How a paper stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It has no end, or its end is far.
    Valid,
    EndsSoon(NaiveDate),
    Expired(NaiveDate),
}

impl Freshness {
    /// Of a paper that is valid until `expires_on`, that day included.
    pub fn on(day: NaiveDate, expires_on: Option<NaiveDate>) -> Self {
        match expires_on {
            Some(end) if end < day => Freshness::Expired(end),
            Some(end) if (end - day).num_days() <= SOON_DAYS => Freshness::EndsSoon(end),
            _ => Freshness::Valid,
        }
    }
}

impl VaultPaper {
    /// The French name.
    pub const fn label(self) -> &'static str {
        match self {
            VaultPaper::Bylaws => "Statuts signés",
            VaultPaper::Receipt => "Récépissé de déclaration en préfecture",
            VaultPaper::BankDetails => "Relevé d’identité bancaire",
            VaultPaper::Accounts => "Derniers comptes approuvés",
            VaultPaper::ActivityReport => "Dernier rapport d’activité",
            VaultPaper::Board => "Liste des personnes qui dirigent l’organisation",
            VaultPaper::Insurance => "Attestation d’assurance",
            VaultPaper::Mandate => "Pouvoir de signature ou délibération",
        }
    }

    /// What its end is, where it has one.
    pub const fn end_help(self) -> &'static str {
        match self {
            VaultPaper::Insurance => "La fin de la période assurée.",
            VaultPaper::Accounts => "Le jour où les comptes suivants seront approuvés, par exemple.",
            VaultPaper::Board | VaultPaper::Mandate => "La fin du mandat.",
            _ => "Si ce document a une fin.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_valid_until_its_day_included() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let on = |text: &str| Freshness::on(day("2027-03-10"), Some(day(text)));
        assert_eq!(on("2027-03-09"), Freshness::Expired(day("2027-03-09")));
        assert_eq!(on("2027-03-10"), Freshness::EndsSoon(day("2027-03-10")));
        assert_eq!(on("2027-04-09"), Freshness::EndsSoon(day("2027-04-09")));
        assert_eq!(on("2027-04-10"), Freshness::Valid);
        assert_eq!(Freshness::on(day("2027-03-10"), None), Freshness::Valid);
    }
}

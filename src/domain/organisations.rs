//! What an organisation is in law, and what a person is in it.

use super::{codes::codes, identity::Siret};

codes! {
    /// The legal form (forme juridique) of an organisation, as coarse as the rules of the funds need it.
    pub enum LegalForm {
        /// Association under the law of 1901, or of 1908 in Alsace-Moselle.
        Association => "association",
        Foundation => "foundation",
        /// School of any level, public or private under contract.
        School => "school",
        University => "university",
        /// Commune, intercommunality, department, region.
        LocalAuthority => "local_authority",
        /// Public establishment other than a school or a university.
        PublicBody => "public_body",
        /// Co-operative or other company of the social economy.
        Cooperative => "cooperative",
        Company => "company",
        /// Union, mutual society, group of people without legal personality.
        Other => "other",
    }

    /// What a person is in an organisation.
    pub enum MemberSeat {
        /// Answers for it and may invite others.
        Manager => "manager",
        /// Works on its applications.
        Member => "member",
        /// Keeps the budget of its files and its bank account; nothing else of a file, nor of its grant, exists for them.
        Treasurer => "treasurer",
        /// Represents it in law (représentant·e légal·e): reads everything and signs.
        Representative => "representative",
    }

    /// What somebody may do for an organisation.
    pub enum Right {
        /// Read the whole of its files and what came of them: answers, documents, messages, letters, grants, reports.
        Read => "read",
        /// Everything that is written, filed and sent.
        Write => "write",
        /// The budget of a file and the bank account.
        Money => "money",
        Sign => "sign",
        /// Who else acts for it, and as what.
        Invite => "invite",
    }
}

impl LegalForm {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            LegalForm::Association => "Association",
            LegalForm::Foundation => "Fondation",
            LegalForm::School => "Établissement scolaire",
            LegalForm::University => "Établissement d’enseignement supérieur",
            LegalForm::LocalAuthority => "Collectivité territoriale",
            LegalForm::PublicBody => "Établissement public",
            LegalForm::Cooperative => "Coopérative ou entreprise de l’économie sociale",
            LegalForm::Company => "Entreprise",
            LegalForm::Other => "Autre",
        }
    }

    /// Whether a public accountant (comptable public) may hold its money: public bodies are paid on an account in that
    /// accountant's name and not in theirs (décret 2012-1246, art. 18). Schools count whole: a private one is often paid
    /// through the body that runs it.
    pub const fn has_public_accountant(self) -> bool {
        matches!(self, LegalForm::School | LegalForm::University | LegalForm::LocalAuthority | LegalForm::PublicBody)
    }

    /// Whether it must subscribe to the republican commitment contract to get public money (loi 2000-321, art. 10-1).
    pub const fn owes_republican_contract(self) -> bool {
        matches!(self, LegalForm::Association | LegalForm::Foundation)
    }
}

impl MemberSeat {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            MemberSeat::Manager => "responsable",
            MemberSeat::Member => "collègue",
            MemberSeat::Treasurer => "trésorier·ère",
            MemberSeat::Representative => "représentant·e légal·e",
        }
    }

    /// What the seat allows, in a sentence.
    pub const fn help(self) -> &'static str {
        match self {
            MemberSeat::Manager => "Complète et dépose les dossiers, invite et retire des personnes.",
            MemberSeat::Member => "Complète et dépose les dossiers.",
            MemberSeat::Treasurer => {
                "Remplit le budget des dossiers et le compte bancaire, et ne voit ni le reste des dossiers, ni le coffre, ni les subventions."
            }
            MemberSeat::Representative => "Lit tout, et signe ce que l’appel demande de signer.",
        }
    }

    /// Whether the seat gives this right.
    pub const fn may(self, right: Right) -> bool {
        match right {
            Right::Write => matches!(self, MemberSeat::Manager | MemberSeat::Member),
            Right::Money => !matches!(self, MemberSeat::Representative),
            Right::Read | Right::Sign => !matches!(self, MemberSeat::Treasurer),
            Right::Invite => matches!(self, MemberSeat::Manager),
        }
    }
}

/// Said early to an organisation in France that has no SIRET.
pub const SIRET_OWED: &str = "Vous pouvez déposer des dossiers sans numéro SIRET. Mais en France une subvention ne se \
    verse qu’à une organisation qui en a un\u{a0}: aucun versement ne partira avant. La demande est gratuite\u{a0}; faites-la \
    dès maintenant, la réponse peut prendre plusieurs semaines.";

/// Where organisations have a SIRET: France, and those of its territories overseas that the list of countries names
/// apart and that are in the same register (répertoire Sirene, Insee).
pub const SIRET_COUNTRIES: [&str; 9] = ["FR", "BL", "GF", "GP", "MF", "MQ", "PM", "RE", "YT"];

/// Whether an organisation of this country may receive money: in France, whoever gets a subsidy has a SIRET; foreign
/// registers give none.
pub fn may_be_paid(country_code: &str, siret: Option<&Siret>) -> bool {
    siret.is_some() || !SIRET_COUNTRIES.contains(&country_code)
}

/// The department a French postcode lies in; Corsica is told apart by its third digit, overseas has three digits.
pub fn department_of(postcode: &str) -> Option<String> {
    if postcode.len() != 5 || !postcode.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let department = match postcode.get(..2)? {
        "20" if matches!(postcode.as_bytes()[2], b'0' | b'1') => "2A",
        "20" => "2B",
        "97" | "98" => postcode.get(..3)?,
        "00" => return None,
        two => two,
    };
    Some(department.to_owned())
}

/// The line of an address that the post reads: postcode, and the city in capitals.
pub fn postal_line(postcode: &str, city: &str) -> String {
    format!("{postcode} {}", city.to_uppercase())
}

/// Where a letter to an organisation goes, as on the envelope; lines without words are left out.
pub fn envelope(
    name: &str,
    (person, capacity): (&str, &str),
    street: &str,
    (postcode, city): (&str, &str),
) -> Vec<String> {
    let attention =
        [person, capacity].into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(", ");
    let lines = [name.to_owned(), attention, street.to_owned(), postal_line(postcode, city)];
    lines.into_iter().filter(|line| !line.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_republican_contract_binds_associations_and_foundations_only() {
        let bound = LegalForm::ALL.iter().copied().filter(|form| form.owes_republican_contract());
        assert!(bound.eq([LegalForm::Association, LegalForm::Foundation]));
    }

    #[test]
    fn only_an_organisation_in_france_needs_a_siret_to_be_paid() {
        let siret = "73282932000074".parse().unwrap();
        assert!(may_be_paid("FR", Some(&siret)) && may_be_paid("SN", None));
        assert!(!may_be_paid("FR", None) && !may_be_paid("RE", None), "La Réunion is in France");
        assert!(may_be_paid("NC", None), "New Caledonia keeps a register of its own");
    }

    #[test]
    fn a_postcode_names_its_department() {
        for (postcode, department) in
            [("59000", "59"), ("02100", "02"), ("20090", "2A"), ("20200", "2B"), ("97400", "974"), ("80000", "80")]
        {
            assert_eq!(department_of(postcode).as_deref(), Some(department));
        }
        for bad in ["", "5900", "5900O", "00100", "590000"] {
            assert_eq!(department_of(bad), None, "{bad}");
        }
    }
}

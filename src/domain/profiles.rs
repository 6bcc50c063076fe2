//! What an organisation says of itself beside its card: people, membership of the network, and who leads it.

use super::{codes::codes, organisations::LegalForm, text::fold, time::french_date};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

codes! {
    /// How many people an organisation employs.
    pub enum StaffBand {
        Nobody => "0",
        OneOrTwo => "1-2",
        ThreeToFive => "3-5",
        SixToNine => "6-9",
        TenAndMore => "10+",
    }

    /// How an organisation stands to the network.
    pub enum Membership {
        Outside => "outside",
        /// It has asked to join.
        Applying => "applying",
        Member => "member",
    }

    /// What a mandate is for.
    pub enum Duty {
        President => "president",
        CoPresident => "co_president",
        VicePresident => "vice_president",
        Treasurer => "treasurer",
        DeputyTreasurer => "deputy_treasurer",
        Secretary => "secretary",
        DeputySecretary => "deputy_secretary",
        /// Member of the board (conseil d’administration).
        BoardMember => "board_member",
        /// Directs the staff, or the establishment.
        Director => "director",
        /// Elected by a local authority.
        Elected => "elected",
        Other => "other",
    }
}

impl StaffBand {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            StaffBand::Nobody => "Aucune personne salariée",
            StaffBand::OneOrTwo => "1 ou 2",
            StaffBand::ThreeToFive => "De 3 à 5",
            StaffBand::SixToNine => "De 6 à 9",
            StaffBand::TenAndMore => "10 et plus",
        }
    }
}

impl Membership {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Membership::Outside => "Non adhérente",
            Membership::Applying => "Demande d’adhésion en cours",
            Membership::Member => "Adhérente",
        }
    }
}

impl Duty {
    /// The French words shown on screen: the duty, which has no gender.
    pub const fn label(self) -> &'static str {
        match self {
            Duty::President => "Présidence",
            Duty::CoPresident => "Coprésidence",
            Duty::VicePresident => "Vice-présidence",
            Duty::Treasurer => "Trésorerie",
            Duty::DeputyTreasurer => "Trésorerie adjointe",
            Duty::Secretary => "Secrétariat",
            Duty::DeputySecretary => "Secrétariat adjoint",
            Duty::BoardMember => "Conseil d’administration",
            Duty::Director => "Direction",
            Duty::Elected => "Mandat électif",
            Duty::Other => "Autre fonction",
        }
    }
}

/// Somebody who leads an organisation (dirigeant·e), from a day to a day, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    pub name: String,
    pub duty: Duty,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

impl Mandate {
    /// Whether it has ended.
    pub fn is_over(&self, today: NaiveDate) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Its days in words; empty when none is known.
    pub fn days(&self) -> String {
        match (self.from, self.until) {
            (Some(from), Some(until)) => format!("du {} au {}", french_date(from), french_date(until)),
            (Some(from), None) => format!("depuis le {}", french_date(from)),
            (None, Some(until)) => format!("jusqu’au {}", french_date(until)),
            (None, None) => String::new(),
        }
    }
}

/// What an organisation is and says of itself, as it is filed with an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub name: String,
    pub legal_form: LegalForm,
    pub siret: Option<String>,
    pub rna: Option<String>,
    pub uai: Option<String>,
    pub street: String,
    pub postcode: String,
    pub city: String,
    pub country: String,
    pub founded_on: Option<NaiveDate>,
    pub annual_budget_cents: Option<i64>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// Name and capacity of whoever represents it in law.
    pub representative: (String, String),
    /// By what delegation that person signs; often empty.
    pub delegation: String,
    pub is_osim: Option<bool>,
    pub staff: Option<StaffBand>,
    pub volunteers: Option<i32>,
    pub members: Option<i32>,
    pub membership: Option<Membership>,
    pub mandates: Vec<Mandate>,
}

impl Identity {
    /// What is to be put right about who leads it, each a kind French sentence.
    pub fn remarks(&self, today: NaiveDate) -> Vec<String> {
        let held = |duty: Duty| self.mandates.iter().any(|mandate| mandate.duty == duty && !mandate.is_over(today));
        let ended = self.mandates.iter().filter(|mandate| mandate.is_over(today) && !held(mandate.duty));
        let mut said: Vec<_> = ended
            .filter_map(|mandate| {
                let until = french_date(mandate.until?);
                let (name, duty) = (&mandate.name, mandate.duty.label());
                Some(format!("{name} ({duty})\u{a0}: ce mandat s’est terminé le {until}."))
            })
            .collect();
        let (name, _) = &self.representative;
        let mut present = self.mandates.iter().filter(|mandate| !mandate.is_over(today)).peekable();
        if present.peek().is_some()
            && self.delegation.is_empty()
            && !present.any(|mandate| is_same_person(&mandate.name, name))
        {
            said.push(format!(
                "{name} représente l’organisation sans figurer parmi les dirigeant·es\u{a0}: il manque la délégation."
            ));
        }
        said
    }
}

/// Whether two names seem to be of one person: the same words in any order, or all those of the shorter one, two at
/// least, in the longer.
pub fn is_same_person(one: &str, other: &str) -> bool {
    same_person(&person_words(one), &person_words(other))
}

/// The words by which the names of people are compared.
pub fn person_words(name: &str) -> Vec<String> {
    fold(name).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The same for names whose words are known.
pub fn same_person(one: &[String], other: &[String]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let is_enough = short.len() >= 2 || (short.len() == long.len() && !short.is_empty());
    is_enough && short.iter().all(|word| long.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn mandate(name: &str, duty: Duty, until: Option<&str>) -> Mandate {
        Mandate { name: name.into(), duty, from: None, until: until.map(day) }
    }

    fn identity(mandates: Vec<Mandate>, delegation: &str) -> Identity {
        Identity {
            name: "Passerelles".into(),
            legal_form: LegalForm::Association,
            siret: None,
            rna: None,
            uai: None,
            street: String::new(),
            postcode: "59000".into(),
            city: "Lille".into(),
            country: "FR".into(),
            founded_on: None,
            annual_budget_cents: None,
            email: None,
            phone: None,
            representative: ("Anaïs Lefèvre".into(), "présidente".into()),
            delegation: delegation.into(),
            is_osim: None,
            staff: None,
            volunteers: None,
            members: None,
            membership: None,
            mandates,
        }
    }

    #[test]
    fn a_name_is_known_whatever_its_order_accents_and_second_names() {
        assert!(is_same_person("Anaïs Lefèvre", "LEFEVRE Anais"));
        assert!(is_same_person("Claire Vanhoutte", "Claire Marie Vanhoutte"));
        assert!(!is_same_person("Claire", "Claire Vanhoutte"), "one word says too little");
        assert!(!is_same_person("Claire Vanhoutte", "Claire Mercier"));
        assert!(!is_same_person("", ""));
    }

    #[test]
    fn a_mandate_that_ended_is_said_until_somebody_holds_it_again() {
        let today = day("2027-03-01");
        let old = mandate("Anaïs Lefèvre", Duty::President, Some("2027-02-28"));
        let said = identity(vec![old.clone()], "").remarks(today);
        assert_eq!(said, ["Anaïs Lefèvre (Présidence)\u{a0}: ce mandat s’est terminé le 28\u{a0}février 2027."]);
        let new = mandate("Lefevre Anais", Duty::President, None);
        assert!(identity(vec![old.clone(), new], "").remarks(today).is_empty());
        assert!(identity(vec![old], "").remarks(day("2027-02-28")).is_empty(), "its last day counts");
    }

    #[test]
    fn whoever_represents_leads_or_says_by_what_delegation() {
        let today = day("2027-03-01");
        let other = vec![mandate("Paul Noël", Duty::President, None)];
        let said = identity(other.clone(), "").remarks(today);
        assert!(said[0].starts_with("Anaïs Lefèvre représente l’organisation sans"), "{said:?}");
        assert!(identity(other, "Délégation du conseil, mars 2026").remarks(today).is_empty());
        assert!(identity(Vec::new(), "").remarks(today).is_empty(), "nothing is said of a list not begun");
    }
}

//! Conflicts of interests that facts point at: what a file's organisations and a member of the committee seem to have in
//! common. A clue proves nothing; a person answers it.

use super::{
    codes::codes,
    ids::{OrganisationId, PersonId},
    interests::{Likeness, Sought, likeness},
    profiles::{Duty, same_person},
};
use std::collections::{BTreeMap, BTreeSet};

codes! {
    /// What kind of fact was read.
    pub enum Clue {
        /// The member acts for the organisation on this site.
        ActsFor => "acts_for",
        /// The applicant named them when declaring ties.
        NamedByApplicant => "named_by_applicant",
        /// They declared a tie with an organisation whose name is like it.
        Declared => "declared",
        /// Somebody who leads it has the same name.
        Officer => "officer",
        /// They sit in its name.
        Institution => "institution",
        /// They work for it.
        Employer => "employer",
        BankHolder => "bank_holder",
        EmailDomain => "email_domain",
        Address => "address",
        PastAward => "past_award",
    }
}

impl Clue {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Clue::ActsFor => "Compte sur la plateforme",
            Clue::NamedByApplicant => "Lien cité par l’organisation",
            Clue::Declared => "Lien déclaré, nom proche",
            Clue::Officer => "Même nom qu’un·e dirigeant·e",
            Clue::Institution => "Siège en son nom",
            Clue::Employer => "Employeur",
            Clue::BankHolder => "Titulaire du compte bancaire",
            Clue::EmailDomain => "Même domaine de courriel",
            Clue::Address => "Même adresse",
            Clue::PastAward => "Subvention passée en commun",
        }
    }
}

/// Somebody's or something's name, with the words it is compared by.
#[derive(Debug, Clone, Default)]
pub struct Name {
    pub text: String,
    pub words: Vec<String>,
}

/// An organisation that a member acts for.
#[derive(Debug, Clone)]
pub struct OwnOrganisation {
    pub id: OrganisationId,
    pub name: Name,
    /// Folded; empty when unknown.
    pub address: String,
}

/// Whom a member works for; each part is empty when it is not known.
#[derive(Debug, Clone, Default)]
pub struct Employer {
    pub name: Name,
    /// Its SIREN or RNA number.
    pub number: String,
    pub domain: String,
}

/// What is known of a member.
#[derive(Debug, Clone)]
pub struct MemberFacts {
    pub person: PersonId,
    pub name: Name,
    /// Of their mail; empty when it belongs to a provider.
    pub domain: String,
    /// In whose name they sit; often empty.
    pub institution: Name,
    pub employer: Employer,
    pub ties: Vec<Sought>,
    pub organisations: Vec<OwnOrganisation>,
}

/// What is known of an organisation that applies.
#[derive(Debug, Clone, Default)]
pub struct OrganisationFacts {
    pub name: Name,
    pub numbers: Vec<String>,
    /// Folded and as written; empty when unknown.
    pub address: (String, String),
    pub domains: BTreeSet<String>,
    /// Who leads it or represents it, each with what they are to it.
    pub officers: Vec<(Name, String)>,
    pub bank_holders: Vec<Name>,
    /// Who acts for it here.
    pub people: BTreeSet<PersonId>,
    /// Ties declared in its files: whom they name, the tie, folded, and as written.
    pub ties: Vec<(Name, String, String)>,
    /// Organisations it was awarded a grant with, each with the number of a file.
    pub awarded_with: BTreeMap<OrganisationId, String>,
    /// The same by the name of a partner of the project.
    pub awarded_with_named: Vec<(Name, String)>,
}

/// What somebody is to an organisation by a mandate, in words.
pub fn mandate_in_words(duty: Duty, days: &str) -> String {
    let duty = duty.label().to_lowercase();
    if days.is_empty() { duty } else { format!("{duty}, {days}") }
}

/// Everything that a member and an organisation seem to have in common, each with the fact in a French sentence.
pub fn clues(member: &MemberFacts, organisation: &OrganisationFacts) -> Vec<(Clue, String)> {
    let name = &organisation.name.text;
    let mut found = Vec::new();
    if organisation.people.contains(&member.person) {
        found.push((Clue::ActsFor, format!("Agit pour {name} sur la plateforme.")));
    }
    found.extend(named_by_applicant(member, organisation));
    for tie in &member.ties {
        if tie.names(&organisation.numbers, &organisation.name.words) != Likeness::None {
            let interest = &tie.interest;
            let fact =
                format!("A déclaré un lien avec «\u{a0}{}\u{a0}»\u{a0}: {}.", interest.organisation, interest.words());
            found.push((Clue::Declared, fact));
        }
    }
    for (officer, what) in &organisation.officers {
        if same_person(&officer.words, &member.name.words) {
            found.push((Clue::Officer, format!("Porte le même nom que {} ({what}).", officer.text)));
        }
    }
    if likeness(&member.institution.words, &organisation.name.words) == Likeness::Same {
        found.push((Clue::Institution, format!("Siège au nom de {}.", member.institution.text)));
    }
    found.extend(by_employer(&member.employer, organisation));
    found.extend(by_bank(member, organisation));
    if organisation.domains.contains(&member.domain) {
        found.push((
            Clue::EmailDomain,
            format!("A une adresse de courriel en @{}, comme l’organisation.", member.domain),
        ));
    }
    for own in &member.organisations {
        found.extend(by_organisation(own, organisation));
    }
    found.dedup();
    found
}

fn named_by_applicant(member: &MemberFacts, organisation: &OrganisationFacts) -> Option<(Clue, String)> {
    let full = member.name.words.join(" ");
    let within = |text: &str| full.contains(' ') && format!(" {text} ").contains(&format!(" {full} "));
    let tie =
        organisation.ties.iter().find(|(who, folded, _)| same_person(&who.words, &member.name.words) || within(folded));
    tie.map(|(who, _, nature)| {
        (Clue::NamedByApplicant, format!("La déclaration de liens du dossier cite {}\u{a0}: {nature}.", who.text))
    })
}

fn by_employer(employer: &Employer, organisation: &OrganisationFacts) -> Option<(Clue, String)> {
    let Employer { name, number, domain } = employer;
    let how = if !number.is_empty() && organisation.numbers.contains(number) {
        format!("le même numéro ({number})")
    } else {
        match likeness(&name.words, &organisation.name.words) {
            Likeness::Same => "le même nom".to_owned(),
            Likeness::Close => "un nom proche".to_owned(),
            Likeness::None if !domain.is_empty() && organisation.domains.contains(domain) => {
                format!("le même domaine de courriel (@{domain})")
            }
            Likeness::None => return None,
        }
    };
    let who = if name.text.is_empty() { String::new() } else { format!(", {},", name.text) };
    Some((Clue::Employer, format!("Son employeur{who} a {how} que l’organisation.")))
}

fn by_bank(member: &MemberFacts, organisation: &OrganisationFacts) -> Option<(Clue, String)> {
    let own = |holder: &&Name| {
        let is_theirs = |own: &OwnOrganisation| likeness(&own.name.words, &holder.words) == Likeness::Same;
        same_person(&holder.words, &member.name.words) || member.organisations.iter().any(is_theirs)
    };
    // Its own account is in its own name: that says nothing of anybody.
    let other = organisation.bank_holders.iter().filter(|holder| holder.words != organisation.name.words);
    let holder = other.into_iter().find(own)?;
    Some((Clue::BankHolder, format!("Le compte bancaire de l’organisation est au nom de {}.", holder.text)))
}

fn by_organisation(own: &OwnOrganisation, organisation: &OrganisationFacts) -> Vec<(Clue, String)> {
    let mut found = Vec::new();
    if own.name.words == organisation.name.words {
        return found;
    }
    let (folded, written) = &organisation.address;
    if !folded.is_empty() && own.address == *folded {
        let fact = format!("{}, pour qui elle ou il agit, est à la même adresse\u{a0}: {written}.", own.name.text);
        found.push((Clue::Address, fact));
    }
    let by_name = || {
        organisation
            .awarded_with_named
            .iter()
            .find(|(name, _)| likeness(&name.words, &own.name.words) == Likeness::Same)
    };
    let reference = organisation.awarded_with.get(&own.id).or_else(|| by_name().map(|(_, reference)| reference));
    if let Some(reference) = reference {
        let fact =
            format!("{}, pour qui elle ou il agit, a été lauréate avec l’organisation ({reference}).", own.name.text);
        found.push((Clue::PastAward, fact));
    }
    found
}

/// Where anybody may have a mailbox: the domain says nothing of whom its owner is tied to. Names kept for examples
/// (RFC 2606) belong to nobody, and an academy's (`ac-lille.fr`) to every teacher of a region.
const PROVIDERS: &[&str] = &[
    "gmail",
    "googlemail",
    "orange",
    "wanadoo",
    "free",
    "sfr",
    "neuf",
    "laposte",
    "hotmail",
    "outlook",
    "live",
    "msn",
    "yahoo",
    "ymail",
    "icloud",
    "me",
    "mac",
    "aol",
    "bbox",
    "numericable",
    "gmx",
    "protonmail",
    "proton",
    "pm",
    "mailo",
    "tutanota",
    "tuta",
    "club-internet",
    "cegetel",
    "aliceadsl",
    "nordnet",
    "mailfence",
    "zaclys",
    "example",
];

/// The domain of a mail address or of a site; nothing when the text has none.
pub fn host(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase();
    let host = match lower.rsplit_once('@') {
        Some((_, host)) => host,
        None => lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest),
    };
    let host = host.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host).trim_end_matches('.');
    let is_host = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    (host.contains('.') && host.split('.').all(is_host)).then(|| host.to_owned())
}

/// The domain of a mail address or of a site, when it tells who it belongs to.
pub fn telling_domain(text: &str) -> Option<String> {
    let host = host(text)?;
    let labels: Vec<&str> = host.split('.').collect();
    let (owner, top) = match labels.as_slice() {
        [.., owner, top] => (*owner, *top),
        _ => return None,
    };
    let is_shared =
        PROVIDERS.contains(&owner) || owner.starts_with("ac-") || matches!(top, "example" | "test" | "invalid");
    (!owner.is_empty() && !is_shared).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ids::Minted,
        interests::{Bond, Interest, telling_words},
        profiles::person_words,
        time::Moment,
    };

    fn person(text: &str) -> Name {
        Name { text: text.into(), words: person_words(text) }
    }

    fn named(text: &str) -> Name {
        Name { text: text.into(), words: telling_words(text) }
    }

    fn member() -> MemberFacts {
        let tie = Interest {
            organisation: "MRES".into(),
            number: String::new(),
            bond: Bond::Employer,
            detail: String::new(),
        };
        MemberFacts {
            person: PersonId::mint(Moment::from_unix_seconds(0), [1; 10]),
            name: person("Claire Vanhoutte"),
            domain: "passerelles-lille.fr".into(),
            institution: named("Ville de Lille"),
            employer: Employer {
                name: named("Métropole Européenne de Lille"),
                number: "245900410".into(),
                domain: "lillemetropole.fr".into(),
            },
            ties: vec![Sought::new(tie, "2027-01-15".parse().unwrap())],
            organisations: vec![OwnOrganisation {
                id: OrganisationId::mint(Moment::from_unix_seconds(0), [2; 10]),
                name: named("Eau vive"),
                address: "3 rue du port 59000 lille".into(),
            }],
        }
    }

    fn kinds(organisation: &OrganisationFacts) -> Vec<Clue> {
        clues(&member(), organisation).into_iter().map(|(clue, _)| clue).collect()
    }

    #[test]
    fn each_fact_of_the_vault_gives_its_clue() {
        let blank = || OrganisationFacts { name: named("Passerelles"), ..OrganisationFacts::default() };
        assert_eq!(kinds(&blank()), []);
        let cases = [
            (Clue::Employer, OrganisationFacts { numbers: vec!["245900410".into()], ..blank() }),
            (Clue::Employer, OrganisationFacts { domains: ["lillemetropole.fr".to_owned()].into(), ..blank() }),
            (
                Clue::Employer,
                OrganisationFacts { name: named("La Métropole européenne de Lille"), ..OrganisationFacts::default() },
            ),
            (Clue::ActsFor, OrganisationFacts { people: [member().person].into(), ..blank() }),
            (
                Clue::Officer,
                OrganisationFacts { officers: vec![(person("VANHOUTTE Claire"), "présidence".into())], ..blank() },
            ),
            (
                Clue::Declared,
                OrganisationFacts {
                    name: named("Maison régionale de l’environnement et des solidarités"), ..blank()
                },
            ),
            (Clue::Institution, OrganisationFacts { name: named("Ville de Lille"), ..blank() }),
            (
                Clue::BankHolder,
                OrganisationFacts { bank_holders: vec![named("Passerelles"), person("Claire Vanhoutte")], ..blank() },
            ),
            (Clue::BankHolder, OrganisationFacts { bank_holders: vec![named("Association Eau vive")], ..blank() }),
            (Clue::EmailDomain, OrganisationFacts { domains: ["passerelles-lille.fr".to_owned()].into(), ..blank() }),
            (
                Clue::Address,
                OrganisationFacts { address: ("3 rue du port 59000 lille".into(), "3 rue du Port".into()), ..blank() },
            ),
            (
                Clue::PastAward,
                OrganisationFacts {
                    awarded_with: [(member().organisations[0].id, "R-1".to_owned())].into(),
                    ..blank()
                },
            ),
            (
                Clue::PastAward,
                OrganisationFacts { awarded_with_named: vec![(named("Eau Vive"), "R-1".into())], ..blank() },
            ),
            (
                Clue::NamedByApplicant,
                OrganisationFacts {
                    ties: vec![(person("Anaïs L"), "soeur de claire vanhoutte".into(), "sœur".into())],
                    ..blank()
                },
            ),
        ];
        for (clue, organisation) in cases {
            assert_eq!(kinds(&organisation), [clue], "{clue}");
        }
    }

    #[test]
    fn a_mailbox_that_anybody_may_have_tells_nothing() {
        for shared in [
            "a@gmail.com",
            "b@laposte.net",
            "c@orange.fr",
            "d@example.org",
            "e@ac-lille.fr",
            "sans-domaine",
            "f@comite.example",
        ] {
            assert_eq!(telling_domain(shared), None, "{shared}");
        }
        assert_eq!(telling_domain("X@Mres-asso.org").as_deref(), Some("mres-asso.org"));
        assert_eq!(telling_domain("https://www.mres-asso.org/contact?x").as_deref(), Some("mres-asso.org"));
    }
}

//! What members of a committee declare of themselves: the organisations they are tied to, once a year and again before
//! each session. CASF art. R313-2-5 and CGCT art. L2131-11: whoever has an interest in a file takes no part in its
//! judgement.

use super::{codes::codes, text::fold, time::french_date};
use chrono::{Months, NaiveDate};

/// The most ties one declaration holds.
pub const MOST: usize = 40;
/// How long a yearly declaration stands, in months.
const MONTHS: u32 = 12;

codes! {
    /// How somebody is tied to an organisation.
    pub enum Bond {
        Employer => "employer",
        Officer => "officer",
        Volunteer => "volunteer",
        Donor => "donor",
        Family => "family",
        Other => "other",
    }
}

impl Bond {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Bond::Employer => "J’y travaille, ou j’y ai travaillé",
            Bond::Officer => "J’y ai un mandat (bureau, conseil d’administration)",
            Bond::Volunteer => "J’y suis bénévole ou adhérent·e",
            Bond::Donor => "Je la soutiens par des dons",
            Bond::Family => "Quelqu’un de ma famille ou un·e proche y travaille ou la dirige",
            Bond::Other => "Un autre lien",
        }
    }

    /// The same of somebody else, in two or three words.
    pub const fn short(self) -> &'static str {
        match self {
            Bond::Employer => "emploi",
            Bond::Officer => "mandat",
            Bond::Volunteer => "bénévolat ou adhésion",
            Bond::Donor => "don ou mécénat",
            Bond::Family => "famille ou proche",
            Bond::Other => "autre lien",
        }
    }
}

/// One declared tie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// As typed.
    pub organisation: String,
    /// Its SIREN or RNA number, as far as it is known; often empty.
    pub number: String,
    pub bond: Bond,
    /// In the member's words; often empty.
    pub detail: String,
}

impl Interest {
    /// The tie in words, the organisation left out.
    pub fn words(&self) -> String {
        match self.detail.as_str() {
            "" => self.bond.short().to_owned(),
            detail => format!("{}, {detail}", self.bond.short()),
        }
    }
}

/// The last day on which a declaration made on this day stands.
pub fn stands_until(declared_on: NaiveDate) -> NaiveDate {
    let next = declared_on.checked_add_months(Months::new(MONTHS));
    next.and_then(|day| day.pred_opt()).unwrap_or(declared_on)
}

/// Whether a declaration made on this day still stands.
pub fn stands(declared_on: NaiveDate, today: NaiveDate) -> bool {
    today <= stands_until(declared_on)
}

/// The reason that a recusal keeps when a declared tie brings it about.
pub fn reason(interest: &Interest, declared_on: NaiveDate) -> String {
    format!("Lien déclaré le {} avec {}\u{a0}: {}", french_date(declared_on), interest.organisation, interest.words())
}

/// An organisation as a tie may name it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    pub name: String,
    /// SIREN and RNA, those it has.
    pub numbers: Vec<String>,
}

/// How well a tie names an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    None,
    /// It may be the one: a person is to say.
    Close,
    /// By its number, or by the same words.
    Same,
}

/// Words that tell no organisation from another.
const EMPTY_WORDS: &[&str] = &[
    "l",
    "d",
    "la",
    "le",
    "les",
    "de",
    "du",
    "des",
    "et",
    "en",
    "a",
    "au",
    "aux",
    "pour",
    "association",
    "asso",
    "loi",
    "1901",
];
/// The fewest letters of a single word that may name an organisation by being in its name.
const TELLING: usize = 4;

/// The words of a name that tell it from others.
pub fn telling_words(name: &str) -> Vec<String> {
    let folded = fold(name);
    let words: Vec<String> = folded.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let telling: Vec<_> = words.iter().filter(|word| !EMPTY_WORDS.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { words } else { telling }
}

/// How well two names, given by their telling words, are one.
pub fn likeness(one: &[String], other: &[String]) -> Likeness {
    if one.is_empty() || other.is_empty() {
        return Likeness::None;
    }
    if one == other {
        return Likeness::Same;
    }
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let is_within = short.iter().all(|word| long.contains(word));
    let is_telling = short.len() >= 2 || short.iter().any(|word| word.chars().count() >= TELLING);
    let initials: String = long.iter().filter_map(|word| word.chars().next()).collect();
    let is_acronym = long.len() >= 3 && matches!(short, [word] if *word == initials);
    if (is_within && is_telling) || is_acronym { Likeness::Close } else { Likeness::None }
}

/// A tie prepared for comparison with many organisations.
#[derive(Debug, Clone)]
pub struct Sought {
    pub interest: Interest,
    pub declared_on: NaiveDate,
    words: Vec<String>,
}

impl Sought {
    /// A tie declared on this day.
    pub fn new(interest: Interest, declared_on: NaiveDate) -> Self {
        Sought { words: telling_words(&interest.organisation), interest, declared_on }
    }

    /// How well it names this organisation, given by its numbers and the telling words of its name.
    pub fn names(&self, numbers: &[String], words: &[String]) -> Likeness {
        match self.interest.number.as_str() {
            "" => likeness(&self.words, words),
            number if numbers.iter().any(|known| known == number) => Likeness::Same,
            // A number that is another's says that the name alone misleads.
            number if numbers.iter().any(|known| known.starts_with('W') == number.starts_with('W')) => {
                likeness(&self.words, words).min(Likeness::Close)
            }
            _ => likeness(&self.words, words),
        }
    }
}

/// The number as it is kept: a SIREN (also out of a SIRET) or an RNA number; `None` when it is neither.
pub fn number(typed: &str) -> Option<String> {
    let plain: String = typed.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_uppercase();
    let digits = plain.strip_prefix('W').unwrap_or(&plain);
    let all_digits = digits.chars().all(|c| c.is_ascii_digit());
    match (plain.starts_with('W'), digits.len()) {
        (true, 9) if all_digits => Some(plain),
        (false, 9 | 14) if all_digits => Some(plain.chars().take(9).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn alike(one: &str, other: &str) -> Likeness {
        likeness(&telling_words(one), &telling_words(other))
    }

    #[test]
    fn a_declaration_stands_for_a_year_less_a_day() {
        assert_eq!(stands_until(day("2027-01-15")), day("2028-01-14"));
        assert!(stands(day("2027-01-15"), day("2028-01-14")) && !stands(day("2027-01-15"), day("2028-01-15")));
        assert_eq!(stands_until(day("2028-02-29")), day("2029-02-27"));
    }

    #[test]
    fn the_same_organisation_is_known_by_its_words_and_one_like_it_is_left_to_a_person() {
        assert_eq!(alike("Association Les Passerelles", "PASSERELLES"), Likeness::Same);
        assert_eq!(alike("L’Œuvre d’été", "oeuvre ete"), Likeness::Same);
        assert_eq!(alike("Passerelles", "Passerelles 2"), Likeness::Close);
        let mres = "Maison régionale de l’environnement et des solidarités";
        assert_eq!(alike("MRES", mres), Likeness::Close, "by its initials");
        assert_eq!(alike("Amis", "Les amis du marais"), Likeness::Close);
        assert_eq!(alike("Eau", "Eau vive"), Likeness::None, "three letters name nobody");
        assert_eq!(alike("Ville de Lille", "Ville de Roubaix"), Likeness::None);
        assert_eq!(alike("", "Passerelles"), Likeness::None);
    }

    #[test]
    fn a_number_names_one_organisation_whatever_its_name() {
        let interest = |number: &str| Interest {
            organisation: "Passerelles".into(),
            number: number.into(),
            bond: Bond::Employer,
            detail: String::new(),
        };
        let (numbers, words) = (vec!["123456789".to_owned()], telling_words("Passerelles"));
        let named =
            |number: &str, words: &[String]| Sought::new(interest(number), day("2027-01-15")).names(&numbers, words);
        assert_eq!(named("123456789", &telling_words("Autre nom")), Likeness::Same);
        assert_eq!(named("987654321", &words), Likeness::Close);
        assert_eq!(named("", &words), Likeness::Same);
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(number("123 456 789 00012"), Some("123456789".into()));
        assert_eq!(number("W 592 001 234"), Some("W592001234".into()));
        assert_eq!(number("12345"), None);
    }
}

//! Why a number is refused, in words for whoever typed it: a character, how many of them, the country, or the key.

use super::{Iban, Invalid, Rna, Siret, Uai, compact, is_in_sepa};
use crate::domain::text::counted;

fn strange(text: &str, fits: impl Fn(char) -> bool) -> Option<char> {
    text.chars().find(|c| !fits(*c))
}

fn key(name: &str) -> String {
    format!(
        "Ce numéro {name} comporte une erreur de frappe\u{a0}: sa clé de contrôle ne correspond pas. Vérifiez chaque \
         caractère."
    )
}

fn length(rule: &str, text: &str) -> String {
    format!("{rule}\u{a0}: celui-ci en a {}.", text.chars().count())
}

/// Why this is no SIRET; nothing when it is one.
pub fn siret(typed: &str) -> Option<String> {
    let error = typed.parse::<Siret>().err()?;
    let digits = compact(typed);
    Some(match strange(&digits, |c| c.is_ascii_digit()) {
        _ if error == Invalid::Key => key("SIRET"),
        Some(sign) => format!("Un SIRET n’a que des chiffres\u{a0}: retirez «\u{a0}{sign}\u{a0}»."),
        None if digits.len() == 9 => {
            "Ces 9 chiffres sont un SIREN. Le SIRET en compte 14\u{a0}: ajoutez les 5 de l’établissement.".to_owned()
        }
        None if digits.len() != 14 => length("Un SIRET compte 14 chiffres", &digits),
        None => key("SIRET"),
    })
}

/// Why this is no mail address: a letter that none has, or else the usual sentence.
pub fn email(typed: &str, usual: &str) -> String {
    match strange(typed.trim(), |c| c.is_ascii()) {
        Some(sign) if sign.is_alphabetic() => format!(
            "Une adresse électronique s’écrit sans accent ni lettre d’un autre alphabet\u{a0}: retapez «\u{a0}{sign}\u{a0}»."
        ),
        Some(_) => "Cette adresse contient un signe inattendu ou invisible\u{a0}: retapez-la à la main.".to_owned(),
        None => usual.to_owned(),
    }
}

/// Why this is no number of the register of associations; nothing when it is one.
pub fn rna(typed: &str) -> Option<String> {
    typed.parse::<Rna>().err()?;
    let text = compact(typed);
    let shape = "Un numéro RNA compte la lettre W et 9 chiffres, comme W595012345";
    Some(match strange(&text, |c| c.is_ascii_alphanumeric()) {
        Some(sign) => format!("Un numéro RNA n’a que des chiffres et des lettres\u{a0}: retirez «\u{a0}{sign}\u{a0}»."),
        None if text.starts_with('W') && text.len() != 10 => {
            let digits = i64::try_from(text.len().saturating_sub(1)).unwrap_or(i64::MAX);
            format!("{shape}\u{a0}: après le W, celui-ci a {}.", counted(digits, "caractère", "caractères"))
        }
        None if !text.starts_with('W') => format!("{shape}\u{a0}: celui-ci ne commence pas par W."),
        None => format!("{shape}\u{a0}: une lettre s’est glissée parmi les chiffres."),
    })
}

/// Why this is no number of a school; nothing when it is one.
pub fn uai(typed: &str) -> Option<String> {
    let error = typed.parse::<Uai>().err()?;
    let text = compact(typed);
    let shape = "Un numéro UAI compte 7 chiffres et une lettre, comme 0590001A";
    Some(match strange(&text, |c| c.is_ascii_alphanumeric()) {
        _ if error == Invalid::Key => {
            "Ce numéro UAI comporte une erreur de frappe\u{a0}: sa lettre ne correspond pas à ses chiffres.".to_owned()
        }
        Some(sign) => format!("Un numéro UAI n’a que des chiffres et une lettre\u{a0}: retirez «\u{a0}{sign}\u{a0}»."),
        None if text.len() != 8 => {
            format!("{shape}\u{a0}: celui-ci a {}.", counted(many(&text), "caractère", "caractères"))
        }
        None if text.bytes().all(|b| b.is_ascii_digit()) => format!("{shape}\u{a0}: il manque la lettre de la fin."),
        None => format!("{shape}\u{a0}: la lettre est à la fin."),
    })
}

fn many(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// Why this is no account number that can be paid; nothing when it is one.
pub fn iban(typed: &str) -> Option<String> {
    let error = match typed.parse::<Iban>() {
        Ok(iban) if is_in_sepa(iban.country()) => return None,
        Ok(iban) => return Some(out_of_reach(iban.country())),
        Err(error) => error,
    };
    let text = compact(typed);
    if let Some(sign) = strange(&text, |c| c.is_ascii_alphanumeric()) {
        return Some(format!(
            "Un IBAN n’a que des chiffres et des lettres sans accent\u{a0}: retirez «\u{a0}{sign}\u{a0}»."
        ));
    }
    let (country, rest) = text.split_at_checked(2).unwrap_or((&text, ""));
    if !country.bytes().all(|b| b.is_ascii_alphabetic()) || country.len() < 2 {
        return Some("Un IBAN commence par les deux lettres d’un pays, comme FR76.".to_owned());
    }
    if country == "FR" && text.len() != 27 {
        return Some(length("Un IBAN français compte 27 caractères", &text));
    }
    if !rest.bytes().take(2).all(|b| b.is_ascii_digit()) {
        return Some(format!("Après {country}, un IBAN a deux chiffres\u{a0}: sa clé de contrôle."));
    }
    Some(match (error, iban_country(&text)) {
        (_, Some(Country::Unknown)) => format!("«\u{a0}{country}\u{a0}» n’est pas un pays où les comptes ont un IBAN."),
        (Invalid::Shape, _) => {
            let count = counted(many(&text), "caractère", "caractères");
            format!(
                "Cet IBAN de {count} n’a pas la longueur de ceux de son pays ({country}). Recopiez-le depuis le RIB."
            )
        }
        (Invalid::Key, _) => {
            "Cet IBAN comporte une erreur de frappe\u{a0}: sa clé de contrôle ne correspond pas. Comparez \
                              chaque caractère avec le RIB\u{a0}; les espaces et les minuscules ne comptent pas."
                .to_owned()
        }
    })
}

fn out_of_reach(country: &str) -> String {
    format!(
        "Ce compte est tenu dans un pays ({country}) hors de la zone SEPA\u{a0}: nos virements ne peuvent pas l’atteindre. \
         Indiquez un compte de la zone SEPA, ou contactez-nous."
    )
}

enum Country {
    Known,
    Unknown,
}

/// Whether accounts of its country have such numbers; nothing when the key already is wrong.
fn iban_country(text: &str) -> Option<Country> {
    match text.parse::<iban::Iban>() {
        Err(iban::ParseIbanError::UnknownCountry(_)) => Some(Country::Unknown),
        Err(iban::ParseIbanError::InvalidBaseIban { .. }) => None,
        _ => Some(Country::Known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_what_is_wrong() {
        type Judge = fn(&str) -> Option<String>;
        let cases: [(Judge, &str, &str); 19] = [
            (siret, "732 829 320 0007", "celui-ci en a 13"),
            (siret, "732829320", "sont un SIREN"),
            (siret, "732 829 320 0007O", "retirez «\u{a0}O\u{a0}»"),
            (siret, "732 829 320 00075", "clé de contrôle"),
            (rna, "595012345", "ne commence pas par W"),
            (rna, "W59501234", "celui-ci a 8\u{a0}caractères"),
            (rna, "W59501234X", "parmi les chiffres"),
            (rna, "W59/012345", "retirez «\u{a0}/\u{a0}»"),
            (uai, "0750655", "celui-ci a 7\u{a0}caractères"),
            (uai, "07506555", "il manque la lettre"),
            (uai, "0750655F", "sa lettre ne correspond pas"),
            (iban, "FR76 3000 6000 0112 3456 7890 18", "celui-ci en a 26"),
            (iban, "FR7630006000011234567890188", "clé de contrôle"),
            (iban, "7630006000011234567890189", "deux lettres d’un pays"),
            (iban, "FR76 3000 6000 0112 3456 789é 189", "retirez «\u{a0}é\u{a0}»"),
            (iban, "FRA6 3000 6000 0112 3456 7890 189", "deux chiffres"),
            (iban, "BE68 5390 0754 7035", "clé de contrôle"),
            (iban, "", "deux lettres d’un pays"),
            (iban, "TN59 1000 6035 1835 9847 8831", "hors de la zone SEPA"),
        ];
        for (judge, typed, said) in cases {
            let sentence = judge(typed).unwrap();
            assert!(sentence.contains(said), "{typed}: {sentence}");
        }
        assert_eq!((siret("73282932000074"), rna("W595012345"), uai("0750655E")), (None, None, None));
        assert_eq!(iban("fr76 3000 6000 0112 3456 7890 189"), None);
    }
}

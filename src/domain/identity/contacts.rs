//! How to reach somebody: e-mail address and telephone number.

use super::{Invalid, all_digits, by_text, compact, grouped};
use diesel::{deserialize::FromSqlRow, expression::AsExpression};
use std::{fmt, str::FromStr};

/// An e-mail address, its domain in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Email(String);

/// A telephone number: ten digits from 0 for France, `+` and up to fifteen digits elsewhere. Prints by pairs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Phone(String);

by_text!(Email, Phone);

impl Email {
    /// What follows the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for Email {
    type Err = Invalid;

    /// One address, without a name, quotes or comments: at most 64 characters, `@`, and a domain with a dot; 254 in all.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}'));
        let (local, domain) = text.rsplit_once('@').ok_or(Invalid::Shape)?;
        let domain = domain.to_ascii_lowercase();
        let fits = local.len() <= 64 && local.len() + domain.len() < 254;
        if fits && is_local_part(local) && is_domain(&domain) {
            Ok(Email(format!("{local}@{domain}")))
        } else {
            Err(Invalid::Shape)
        }
    }
}

/// Words of letters, digits and a few signs, separated by single dots (RFC 5322 dot-atom).
fn is_local_part(local: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    local.split('.').all(|word| !word.is_empty() && word.bytes().all(allowed))
}

/// At least two labels, none beginning or ending with a hyphen, the last one not a number.
fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = domain.rsplit_once('.').map_or("", |(_, last)| last);
    domain.split('.').all(label) && last.len() >= 2 && !all_digits(last)
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Phone {
    type Err = Invalid;

    /// `06 12 34 56 78`, `+33 (0)6 12…` and `0033 6 12…` are the same number; other countries keep their `+`.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = compact(text).replace("(0)", "").replace(['(', ')', '/'], "");
        let text = text.strip_prefix("00").map_or(text.clone(), |rest| format!("+{rest}"));
        let text = match text.strip_prefix("+33") {
            Some(rest) if rest.starts_with('0') => rest.to_owned(),
            Some(rest) => format!("0{rest}"),
            None => text,
        };
        let digits = text.strip_prefix('+').unwrap_or(&text);
        let first_two = digits.as_bytes().get(..2).ok_or(Invalid::Shape)?;
        let plausible = match text.strip_prefix('+') {
            Some(_) => (7..=15).contains(&digits.len()) && first_two[0] != b'0',
            None => digits.len() == 10 && first_two[0] == b'0' && first_two[1] != b'0',
        };
        if all_digits(digits) && plausible { Ok(Phone(text)) } else { Err(Invalid::Shape) }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = if self.0.starts_with('+') { 3 } else { 2 };
        f.write_str(&grouped(&self.0, std::iter::once(first).chain(std::iter::repeat(2))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_keeps_its_name_and_lowers_its_domain() {
        let email: Email = " Jeanne.Dupont+recital@Asso-Exemple.FR\u{a0}".parse().unwrap();
        assert_eq!(email.as_str(), "Jeanne.Dupont+recital@asso-exemple.fr");
        assert_eq!(email.domain(), "asso-exemple.fr");
    }

    #[test]
    fn what_no_server_would_take_is_refused() {
        let long = format!("{}@exemple.fr", "a".repeat(65));
        let deep = format!("a@{}fr", "exemple.".repeat(32));
        for typed in [
            "",
            "@",
            "a@b",
            "a@.fr",
            "a@fr.",
            "a@exemple..fr",
            ".a@exemple.fr",
            "a..b@exemple.fr",
            "a b@exemple.fr",
            "a@exemple.fr\r\nBcc: b@exemple.fr",
            "a@-exemple.fr",
            "a@192.168.1.1",
            "a@b@exemple.fr",
            "é@exemple.fr",
            "<a@exemple.fr>",
            "a@exemple.f",
            "a,b@exemple.fr",
            &long,
            &deep,
        ] {
            assert_eq!(typed.parse::<Email>(), Err(Invalid::Shape), "{typed}");
        }
    }

    #[test]
    fn a_french_number_has_one_form() {
        for typed in ["0612345678", "06.12.34.56.78", "+33 6 12 34 56 78", "+33 (0)6 12 34 56 78", "0033612345678"] {
            let phone: Phone = typed.parse().unwrap();
            assert_eq!(phone.as_str(), "0612345678", "{typed}");
            assert_eq!(phone.to_string(), "06\u{a0}12\u{a0}34\u{a0}56\u{a0}78");
        }
    }

    #[test]
    fn a_foreign_number_keeps_its_plus() {
        let phone: Phone = "+32 471 23 45 67".parse().unwrap();
        assert_eq!(phone.as_str(), "+32471234567");
        assert_eq!(phone.to_string().replace('\u{a0}', " "), "+32 47 12 34 56 7");
        for typed in
            ["", "+", "0", "061234567", "06123456789", "0012", "1234567890", "+123456", "06 12 34 56 7a", "+é1"]
        {
            assert_eq!(typed.parse::<Phone>(), Err(Invalid::Shape), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in "\\PC{0,40}") {
            let _ = (text.parse::<Email>(), text.parse::<Phone>());
        }

        #[test]
        fn what_is_stored_reads_back(typed in "[a-z]{1,8}(\\.[a-z]{1,8})?@[A-Za-z]{2,8}\\.(fr|org)") {
            let email: Email = typed.parse().unwrap();
            prop_assert_eq!(email.as_str().parse::<Email>().unwrap(), email.clone());
        }
    }
}

//! Mail addresses that look like another one: whoever writes to the wrong one is deceived. An address is written in ASCII
//! here (what else is typed is refused), so that few signs are left that can be taken for others.

use super::Email;
use std::collections::BTreeSet;

/// What an address looks like: signs that are easily taken for each other are made one, and what separates words is left
/// out. Two addresses with the same skeleton are hard to tell apart.
pub fn skeleton(address: &str) -> String {
    let lower = address.to_ascii_lowercase();
    let one_by_one = |c: char| match c {
        '0' => Some('o'),
        '1' | '|' => Some('l'),
        '5' => Some('s'),
        '-' | '_' | '\'' | '`' => None,
        other => Some(other),
    };
    let (local, domain) = lower.rsplit_once('@').unwrap_or((lower.as_str(), ""));
    let words = |text: &str| {
        let text: String = text.chars().filter_map(one_by_one).collect();
        // After the pairs: « ci » is no « d ».
        text.replace("rn", "m").replace("vv", "w").replace("cl", "d").replace('i', "l")
    };
    format!("{}@{}", words(&local.replace('.', "")), words(domain))
}

/// Whether two addresses look alike and are not the same.
pub fn is_like(one: &str, other: &str) -> bool {
    !one.eq_ignore_ascii_case(other) && skeleton(one) == skeleton(other)
}

/// Whether a domain stands for letters outside ASCII (RFC 5890): what it looks like elsewhere is not what is read here.
fn is_encoded(address: &str) -> bool {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    domain.split('.').any(|label| label.starts_with("xn--"))
}

/// What is said of an address that looks like one of the team's; often nothing.
pub fn like_the_team(address: &str, team: &[Email]) -> Option<String> {
    let one = team.iter().find(|one| is_like(address, one.as_str()))?;
    Some(format!(
        "{address} ressemble à {one}, de l’équipe, sans être la même adresse\u{a0}: vérifiez à qui vous écrivez."
    ))
}

/// What is to be looked at among the addresses of one organisation; often nothing.
pub fn cautions(contacts: &[Email], team: &[Email]) -> Vec<String> {
    let contacts: BTreeSet<String> = contacts.iter().map(|one| one.as_str().to_ascii_lowercase()).collect();
    let mut said = Vec::new();
    for (place, contact) in contacts.iter().enumerate() {
        said.extend(like_the_team(contact, team));
        let others = contacts.iter().skip(place.saturating_add(1)).filter(|other| is_like(contact, other));
        said.extend(others.map(|other| {
            format!("{contact} et {other} se ressemblent sans être la même adresse\u{a0}: vérifiez à qui vous écrivez.")
        }));
        if is_encoded(contact) {
            said.push(format!(
                "Le domaine de {contact} s’écrit avec des lettres accentuées ou d’un autre alphabet\u{a0}: vérifiez-le."
            ));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emails(texts: &[&str]) -> Vec<Email> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn addresses_that_look_alike_have_one_skeleton() {
        let mine = "marie.clement@reseau-lianes.example";
        for other in [
            "rnarie.clement@reseau-lianes.example",
            "marie.c1ement@reseau-lianes.example",
            "marie.dement@reseau-lianes.example",
            "marieclement@reseau-lianes.example",
            "marie_clement@reseau-lianes.example",
            "marie.clement@reseau-1ianes.example",
            "marie.clement@reseau-Iianes.example",
            "marie.clement@reseaulianes.example",
        ] {
            assert!(is_like(mine, other), "{other}");
            assert!(other.parse::<Email>().is_ok(), "{other}");
        }
        for other in [
            mine,
            "Marie.Clement@reseau-lianes.example",
            "marie.clement@reseau-lianes.exemple",
            "maria.clement@reseau-lianes.example",
            "contact@reseau-lianes.example",
        ] {
            assert!(!is_like(mine, other), "{other}");
        }
    }

    #[test]
    fn letters_of_another_alphabet_are_no_address() {
        // A Cyrillic « а », a Greek « ο », a full-width letter, an invisible sign.
        for typed in ["m\u{430}rie@lianes.example", "marie@lian\u{3bf}s.example", "\u{ff4d}arie@lianes.example"] {
            assert!(typed.parse::<Email>().is_err(), "{typed}");
        }
        assert!("ma\u{200b}rie@lianes.example".parse::<Email>().is_err());
    }

    #[test]
    fn what_is_to_be_looked_at_is_said_once() {
        let team = emails(&["marie@lianes.example"]);
        let said = cautions(&emails(&["rnarie@lianes.example", "RNARIE@lianes.example", "zoe@asso.example"]), &team);
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("rnarie@lianes.example ressemble à marie@lianes.example, de l’équipe"));
        assert_eq!(cautions(&emails(&["zoe@asso.example", "z0e@asso.example"]), &team).len(), 1);
        assert_eq!(cautions(&emails(&["zoe@xn--lians-bsa.example"]), &team).len(), 1);
        assert!(cautions(&emails(&["marie@lianes.example", "zoe@asso.example"]), &team).is_empty());
    }
}

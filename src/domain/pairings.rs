//! Bringing two organisations that applied alone together into one pair (tandem).

use super::text::fold;

/// Most characters of what an organisation says of the other half it looks for.
pub const LONGEST_WISH: usize = 600;
/// Most proposals for one file, and for one call.
const MOST_EACH: usize = 3;
const MOST_PROPOSALS: usize = 20;

/// What brings two lonely files together or keeps them apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traits {
    /// INSEE codes; empty when unknown.
    pub commune: String,
    pub department: String,
    /// The axis of the project; empty before it is chosen.
    pub axis: String,
}

/// What two files have in common, in words; the more, the closer.
pub fn in_common(one: &Traits, other: &Traits) -> Vec<&'static str> {
    let same = |a: &str, b: &str| !a.is_empty() && a == b;
    let mut reasons = Vec::new();
    if same(&one.commune, &other.commune) {
        reasons.push("même commune");
    } else if same(&one.department, &other.department) {
        reasons.push("même département");
    }
    if same(&one.axis, &other.axis) {
        reasons.push("même axe");
    }
    reasons
}

fn weight(reasons: &[&str]) -> usize {
    let of = |reason: &&str| match *reason {
        "même commune" => 3,
        "même axe" => 2,
        _ => 1,
    };
    reasons.iter().map(of).sum()
}

/// Pairs worth thinking of, the closest first: places in the two lists, and what they have in common.
pub fn proposals(ones: &[Traits], others: &[Traits]) -> Vec<(usize, usize, Vec<&'static str>)> {
    let mut found = Vec::new();
    for (i, one) in ones.iter().enumerate() {
        let close = others.iter().enumerate().map(|(j, other)| (i, j, in_common(one, other)));
        let mut close: Vec<_> = close.filter(|(.., reasons)| !reasons.is_empty()).collect();
        close.sort_by_key(|(_, _, reasons)| std::cmp::Reverse(weight(reasons)));
        found.extend(close.into_iter().take(MOST_EACH));
    }
    found.sort_by_key(|(_, _, reasons)| std::cmp::Reverse(weight(reasons)));
    found.truncate(MOST_PROPOSALS);
    found
}

/// Words that stand before the name of a child.
const CHILDREN: &[&str] = &["eleve", "eleves", "enfant", "enfants", "ecolier", "ecoliers", "ecoliere", "ecolieres"];
/// Words between them and the name.
const BETWEEN: &[&str] =
    &["nomme", "nommee", "nommes", "prenomme", "prenommee", "prenommes", "sappelle", "sont", "comme"];

/// A word without the signs around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Whether a clause ends with this word: no name belongs to it any more.
fn ends_clause(word: &str) -> bool {
    word.ends_with(['.', ',', ';', '!', '?', ')'])
}

fn is_name(word: &str) -> bool {
    let word = bare(word);
    let is_written = word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\''));
    word.starts_with(char::is_uppercase) && is_written && word.chars().any(char::is_lowercase)
}

/// Whether a text seems to name pupils: « l’élève Léa Martin », « les élèves : Tom, Inès et Adam ». It misses some and is
/// no reason to refuse a file; it is there to make people read again.
pub fn seems_to_name_pupils(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_child = |word: &str| {
        let last = bare(word).rsplit(['’', '\'']).next().unwrap_or_default();
        CHILDREN.contains(&fold(last).trim()) && !ends_clause(word)
    };
    (0..words.len()).filter(|at| is_child(words[*at])).any(|at| {
        let after = words[at + 1..].iter();
        let mut after = after.skip_while(|word| {
            let plain: String = fold(word).chars().filter(|c| c.is_alphanumeric()).collect();
            !ends_clause(word) && (plain.is_empty() || BETWEEN.contains(&plain.as_str()))
        });
        let named = after.by_ref().take_while(|word| is_name(word) || **word == "et").filter(|word| **word != "et");
        named.count() >= 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(commune: &str, department: &str, axis: &str) -> Traits {
        Traits { commune: commune.into(), department: department.into(), axis: axis.into() }
    }

    #[test]
    fn the_closest_are_proposed_first_and_strangers_not_at_all() {
        let schools = [of("59350", "59", "JEUNES"), of("80021", "80", "")];
        let associations = [of("62041", "62", "HABITER"), of("59512", "59", "HABITER"), of("59350", "59", "JEUNES")];
        let found = proposals(&schools, &associations);
        assert_eq!(found, [(0, 2, vec!["même commune", "même axe"]), (0, 1, vec!["même département"])]);
        assert_eq!(in_common(&of("", "", ""), &of("", "", "")), Vec::<&str>::new());
    }

    #[test]
    fn names_of_pupils_are_noticed_and_those_of_places_are_not() {
        for text in [
            "L’élève Léa Martin présentera le projet.",
            "Trois élèves : Tom, Inès et Adam, ont préparé l’exposition.",
            "les enfants Jean-Baptiste Petit et sa sœur",
        ] {
            assert!(seems_to_name_pupils(text), "{text}");
        }
        for text in [
            "Deux classes de 5e, 54 élèves du collège Jean Moulin.",
            "Les élèves de Lille et de Roubaix se rencontrent.",
            "Les élèves travaillent avec Amnesty International.",
            "Nous cherchons une classe de cycle 3.",
            "24 élèves. École Jules Ferry",
            "24 élèves, Collège Jean Moulin",
            "24 élèves\u{a0}; Collège Jean Moulin",
            "",
        ] {
            assert!(!seems_to_name_pupils(text), "{text}");
        }
    }
}

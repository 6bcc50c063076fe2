//! Ties between those who apply and the bodies of the network, declared by the applicant when filing. CASF art. R313-2-5
//! and CGCT art. L2131-11 say why: whoever has an interest in a file takes no part in its judgement.

use super::profiles::is_same_person;
use serde::{Deserialize, Serialize};

/// The most ties one application may declare.
pub const MOST: usize = 8;

/// Somebody of the organisation who has a tie with the network, and which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tie {
    pub name: String,
    pub nature: String,
}

/// What is said of ties: nothing yet, none, or which ones.
pub type Declared = Option<Vec<Tie>>;

/// What is declared, in short French lines.
pub fn in_words(declared: &Declared) -> Vec<String> {
    match declared {
        None => vec!["Aucune déclaration n’a été faite".to_owned()],
        Some(ties) if ties.is_empty() => vec!["Aucun lien, selon la déclaration de l’organisation".to_owned()],
        Some(ties) => ties.iter().map(|tie| format!("{}\u{a0}: {}", tie.name, tie.nature)).collect(),
    }
}

/// The tie that names this person, if there is one: by the name of who has it, or within its description.
pub fn naming<'a>(declared: &'a Declared, person: &str) -> Option<&'a Tie> {
    declared.iter().flatten().find(|tie| is_same_person(&tie.name, person) || is_named_in(&tie.nature, person))
}

fn is_named_in(text: &str, person: &str) -> bool {
    let name = super::text::fold(person);
    name.contains(' ') && format!(" {} ", super::text::fold(text)).contains(&format!(" {name} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_by_name_or_within_the_description() {
        let declared =
            Some(vec![Tie { name: "Anaïs Lefèvre".into(), nature: "épouse de Claire Vanhoutte, jurée".into() }]);
        assert!(naming(&declared, "LEFEVRE Anaïs").is_some());
        assert!(naming(&declared, "Claire Vanhoutte").is_some());
        assert!(naming(&declared, "Claire Mercier").is_none() && naming(&None, "Claire Vanhoutte").is_none());
    }

    #[test]
    fn no_answer_is_not_the_answer_none() {
        assert_ne!(in_words(&None), in_words(&Some(Vec::new())));
    }
}

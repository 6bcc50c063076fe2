//! The holder of an account compared with the name of an organisation, as banks compare them: capitals, accents and signs do
//! not matter, nor does the legal form written before or behind the name.

use super::text::fold;

/// Words that say what an organisation is before the law, and no more.
const FORMS: [&str; 14] =
    ["1901", "ass", "asso", "assoc", "association", "eurl", "loi", "sa", "sarl", "sas", "sasu", "scic", "scop", "ste"];

fn is_form(word: &str) -> bool {
    FORMS.contains(&word)
}

/// What is left of a name to be compared: « & » and « et » are the same, and a name made of nothing but its form stays whole.
fn bare(folded: &str) -> Vec<&str> {
    let words: Vec<&str> = folded.split(' ').filter(|word| *word != "et").collect();
    let before = words.iter().take_while(|word| is_form(word)).count();
    let behind = words.iter().rev().take_while(|word| is_form(word)).count();
    match words.get(before..words.len() - behind) {
        Some(core) if !core.is_empty() => core.to_vec(),
        _ => words,
    }
}

/// Whether the holder written on a RIB is the organisation of this name.
pub fn is_same_holder(holder: &str, name: &str) -> bool {
    let (holder, name) = (fold(holder), fold(name));
    !name.is_empty() && bare(&holder) == bare(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn capitals_accents_signs_and_legal_forms_do_not_matter() {
        for (holder, name) in [
            ("ASSOCIATION LES PASSEURS", "Les Passeurs"),
            ("Café des Échanges", "cafe des echanges"),
            ("ASS. L'OEUVRE ET CIE - LILLE", "L’Œuvre & Cie – Lille"),
            ("LES PASSEURS ASSOCIATION LOI 1901", "Les Passeurs"),
            ("LES PASSEURS", "Les Passeurs (association loi 1901)"),
            ("SCIC LE FIL", "Le Fil SCIC"),
            ("Association", "ASSOCIATION"),
        ] {
            assert!(is_same_holder(holder, name), "{holder} / {name}");
        }
    }

    #[test]
    fn another_name_is_another_holder() {
        for (holder, name) in [
            ("Jean Dupont", "Les Passeurs"),
            ("Les Passeurs du Nord", "Les Passeurs"),
            ("Les Passeurs Lille", "Lille Les Passeurs"),
            ("Association", "SCOP"),
            ("", "Les Passeurs"),
            ("", ""),
            ("…", "漢字"),
        ] {
            assert!(!is_same_holder(holder, name), "{holder} / {name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_its_own_holder_and_the_order_does_not_matter(one in "\\PC{0,30}", other in "\\PC{0,30}") {
            prop_assert_eq!(is_same_holder(&one, &one), !fold(&one).is_empty());
            prop_assert_eq!(is_same_holder(&one, &other), is_same_holder(&other, &one));
        }
    }
}

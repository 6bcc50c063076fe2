//! The holder of an account compared with the name of an organisation, as banks compare them: capitals, accents and signs do
//! not matter, nor does the legal form written before or behind the name, unless it is said to be another one.

use super::text::fold;

/// Words that say what an organisation is before the law, and no more: an association, or a company (cooperatives are).
const OF_ASSOCIATIONS: [&str; 6] = ["1901", "ass", "asso", "assoc", "association", "loi"];
const OF_COMPANIES: [&str; 8] = ["eurl", "sa", "sarl", "sas", "sasu", "scic", "scop", "ste"];

fn is_form(word: &str) -> bool {
    OF_ASSOCIATIONS.contains(&word) || OF_COMPANIES.contains(&word)
}

/// A name to be compared: what is left of it, and the legal form it was written with, often none.
struct Bare<'a> {
    words: Vec<&'a str>,
    forms: Vec<&'a str>,
}

impl<'a> Bare<'a> {
    /// « & » and « et » are the same, and a name made of nothing but its form stays whole.
    fn of(folded: &'a str) -> Self {
        let words: Vec<&str> = folded.split(' ').filter(|word| *word != "et").collect();
        let before = words.iter().take_while(|word| is_form(word)).count();
        let behind = words.iter().rev().take_while(|word| is_form(word)).count();
        let forms = words.iter().take(before).chain(words.iter().rev().take(behind)).copied().collect();
        match words.get(before..words.len() - behind) {
            Some(core) if !core.is_empty() => Bare { words: core.to_vec(), forms },
            _ => Bare { words, forms: Vec::new() },
        }
    }

    fn says(&self, forms: &[&str]) -> bool {
        self.forms.iter().any(|form| forms.contains(form))
    }

    fn is_association(&self) -> bool {
        self.says(&OF_ASSOCIATIONS) && !self.says(&OF_COMPANIES)
    }

    fn is_company(&self) -> bool {
        self.says(&OF_COMPANIES) && !self.says(&OF_ASSOCIATIONS)
    }

    /// Whether one says that it is an association, and the other that it is a company: two organisations of one name.
    fn is_other_form(&self, other: &Bare<'_>) -> bool {
        (self.is_association() && other.is_company()) || (self.is_company() && other.is_association())
    }
}

/// Whether the holder written on a RIB is the organisation of this name.
pub fn is_same_holder(holder: &str, name: &str) -> bool {
    let (holder, name) = (fold(holder), fold(name));
    let (theirs, ours) = (Bare::of(&holder), Bare::of(&name));
    !name.is_empty() && theirs.words == ours.words && !theirs.is_other_form(&ours)
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
            ("SCIC SARL LE FIL", "Le Fil SCIC"),
            ("SAS LE FIL", "Le Fil"),
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
            ("SARL LES PASSEURS", "Association Les Passeurs"),
            ("LES PASSEURS ASSO LOI 1901", "SCOP Les Passeurs"),
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

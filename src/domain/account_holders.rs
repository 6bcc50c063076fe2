//! The holder of an account compared with the name of an organisation, as banks compare them: capitals, accents and signs do
//! not matter, nor does the legal form written before or behind the name, unless it is said to be another one. A public body is
//! paid on the account of its public accountant, whose name is another.

use super::{
    identity::Siret,
    organisations::LegalForm,
    text::fold,
    time::{Moment, french_date},
};

/// Who holds an account, as far as names tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountHolder {
    Organisation,
    /// Somebody else, of an organisation whose money a public accountant may hold: to be recognised by a person.
    PublicAccountant,
    /// Somebody else, where nobody else may be.
    Other,
}

impl AccountHolder {
    /// Who holds an account in the name `holder`, given by the organisation of this name and form.
    pub fn of(holder: &str, name: &str, form: LegalForm) -> Self {
        match (is_same_holder(holder, name) && !is_other_kind(holder, name, form), form.has_public_accountant()) {
            (true, _) => AccountHolder::Organisation,
            (false, true) => AccountHolder::PublicAccountant,
            (false, false) => AccountHolder::Other,
        }
    }
}

/// Whether the number is one of those kept for public bodies: they begin with 1 or 2 (répertoire Sirene, Insee). What an
/// organisation is in law it says itself.
fn is_public_number(siret: &Siret) -> bool {
    siret.as_str().starts_with(['1', '2'])
}

/// Why the number of an organisation does not show that it is a public body, a French sentence; nothing where it does.
pub fn doubt_of_number(siret: Option<&Siret>) -> Option<&'static str> {
    match siret {
        Some(siret) if is_public_number(siret) => None,
        Some(_) => Some(
            "Le SIRET de cette organisation n’est pas celui d’un organisme public (il commencerait par 1 ou 2)\u{a0}: elle \
             déclare elle-même sa forme juridique, vérifiez-la.",
        ),
        None => Some(
            "Cette organisation n’a pas donné de SIRET, qui dirait si elle est un organisme public\u{a0}: elle déclare \
             elle-même sa forme juridique, vérifiez-la.",
        ),
    }
}

/// Days before an account is given for which a change of the organisation's name is told with it.
const RENAMED_DAYS: i64 = 60;

/// That an organisation took the name on its RIB shortly before it gave the RIB, or between that and the verification;
/// often nothing. `known` are the names it has or had, each with the end of those it gave up.
pub fn renamed_for(
    (holder, given_at): (&str, Moment),
    checked_at: Option<Moment>,
    known: &[(&str, Option<Moment>)],
) -> Option<String> {
    let is_recent =
        |until: Moment| until.plus_days(RENAMED_DAYS) >= given_at && checked_at.is_none_or(|checked| until <= checked);
    let given_up = known.iter().filter_map(|(name, until)| Some((*name, until.filter(|until| is_recent(*until))?)));
    let (name, until) = given_up.filter(|(name, _)| !is_same_holder(holder, name)).max_by_key(|(_, until)| *until)?;
    // In another name than its own, the account tells nothing of the change.
    let is_new =
        |(known, end): &(&str, Option<Moment>)| is_same_holder(holder, known) && end.is_none_or(|end| end >= until);
    known.iter().any(is_new).then(|| {
        format!(
            "Changement de nom récent\u{a0}: l’organisation s’appelait «\u{a0}{name}\u{a0}» jusqu’au {}, et le RIB est au \
             nouveau nom. Vérifiez ce changement (Journal officiel, répertoire Sirene) et appelez un contact connu avant lui.",
            french_date(until.paris_date())
        )
    })
}

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

/// Whether the RIB says that its holder is a company where the organisation is an association, or the reverse, which the
/// name of the organisation does not say: somebody else bears that name.
fn is_other_kind(holder: &str, name: &str, form: LegalForm) -> bool {
    let (holder, name) = (fold(holder), fold(name));
    let (theirs, ours) = (Bare::of(&holder), Bare::of(&name));
    match form {
        LegalForm::Association | LegalForm::Foundation => theirs.is_company() && !ours.is_company(),
        LegalForm::Company => theirs.is_association() && !ours.is_association(),
        _ => false,
    }
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
    fn the_holder_of_a_public_body_may_be_its_accountant_and_of_nobody_else() {
        for form in LegalForm::ALL {
            assert_eq!(AccountHolder::of("LES PASSEURS", "Les Passeurs", *form), AccountHolder::Organisation);
            let public = ["school", "university", "local_authority", "public_body"].contains(&form.code());
            let wanted = if public { AccountHolder::PublicAccountant } else { AccountHolder::Other };
            assert_eq!(AccountHolder::of("SGC LILLE", "Commune de Lens", *form), wanted, "{form}");
        }
    }

    #[test]
    fn a_company_of_the_same_name_is_no_association() {
        use LegalForm::{Association, Company, Cooperative};
        for (holder, name, form, is_own) in [
            ("SARL LES PASSEURS", "Les Passeurs", Association, false),
            ("ASSOCIATION LES PASSEURS", "Les Passeurs", Association, true),
            ("SAS LE FIL", "Le Fil SAS", Association, true),
            ("SAS LE FIL", "Le Fil", Company, true),
            ("ASSOCIATION LE FIL", "Le Fil", Company, false),
            ("SCIC LE FIL", "Le Fil", Cooperative, true),
        ] {
            let wanted = if is_own { AccountHolder::Organisation } else { AccountHolder::Other };
            assert_eq!(AccountHolder::of(holder, name, form), wanted, "{holder} / {name}");
        }
    }

    #[test]
    fn the_numbers_of_public_bodies_begin_apart() {
        for (siret, is_public) in [("21590350100017", true), ("73282932000074", false)] {
            let number: Siret = siret.parse().unwrap();
            assert_eq!(doubt_of_number(Some(&number)).is_none(), is_public, "{siret}");
        }
        assert!(doubt_of_number(None).is_some(), "who gives no number shows nothing");
    }

    #[test]
    fn a_name_taken_shortly_before_the_account_is_told() {
        let given = Moment::from_unix_seconds(1_806_528_600);
        let told = |holder: &str, until: Moment, checked: Option<Moment>| {
            let known =
                [("Les Voleurs", None), ("Les Passeurs", Some(until)), ("Ancien Nom", Some(given.plus_days(-900)))];
            renamed_for((holder, given), checked, &known)
        };
        let said = told("LES VOLEURS", given.plus_days(-60), None).unwrap();
        assert!(said.contains("«\u{a0}Les Passeurs\u{a0}»"), "{said}");
        assert_eq!(told("LES VOLEURS", given.plus_days(-61), None), None, "long before");
        assert!(told("LES VOLEURS", given.plus_days(3), None).is_some(), "after the account, before it is verified");
        assert_eq!(told("LES VOLEURS", given.plus_days(3), Some(given.plus_days(2))), None, "once verified");
        assert_eq!(told("LES PASSEURS", given.plus_days(-3), None), None, "the RIB still says the former name");
        assert_eq!(told("SGC LILLE", given.plus_days(-3), None), None, "nor the new one");
        assert_eq!(renamed_for(("LES PASSEURS", given), None, &[("Les Passeurs", None)]), None);
        let respelt = [("LES PASSEURS", None), ("Les Passeurs", Some(given))];
        assert_eq!(renamed_for(("LES PASSEURS", given), None, &respelt), None, "the same name written otherwise");
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

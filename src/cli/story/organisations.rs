//! Made-up organisations: associations, schools and co-operatives that could be next door.

use super::{
    dice::Dice,
    places::{COAST, TOWNS, Town},
};
use crate::{
    domain::{identity::made_up as numbers, organisations::LegalForm},
    usecases::organisations::OrganisationForm,
};

/// Where an organisation is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Anywhere,
    Coast,
}

const ASSOCIATIONS: &[&str] = &[
    "Les Mains vertes de",
    "Passerelles du monde –",
    "Graines de citoyens",
    "La Fabrique solidaire de",
    "Terres en commun –",
    "Maison des cultures de",
    "Le Fil et la Trame –",
    "Horizons partagés –",
    "Collectif Eau vive de",
    "Les Jardins de la rue –",
    "Ciné-débat citoyen de",
    "Tissons ensemble –",
    "Atelier Boussole –",
    "Jeunes Pousses de",
    "Café des voisins de",
    "Entraide sans rivages –",
    "Récup’ et Cie –",
    "Radio Beffroi –",
];
const SCHOOLS: &[&str] = &["École Louise-Michel", "Collège Rosa-Parks", "Lycée Simone-Veil", "Collège Jean-Jaurès"];
const STREETS: &[&str] = &[
    "rue des Tisserands",
    "rue de la Paix",
    "place du Beffroi",
    "rue du Canal",
    "avenue de la Filature",
    "rue des Hortillons",
    "boulevard Carnot",
    "rue de l’Abbaye",
];
const FIRST_NAMES: &[&str] = &[
    "Amélie",
    "Karim",
    "Lucie",
    "Thomas",
    "Fatou",
    "Jérôme",
    "Inès",
    "Mathieu",
    "Nadia",
    "Benoît",
    "Zoé",
    "Yanis",
    "Hélène",
    "Sofiane",
    "Clémence",
    "Étienne",
    "Maëlle",
    "Ousmane",
    "Cécile",
    "Gauthier",
];
const LAST_NAMES: &[&str] = &[
    "Caron",
    "Delattre",
    "Lefebvre",
    "Vandamme",
    "Bouazza",
    "Dewaele",
    "Lecœur",
    "Traoré",
    "Deroubaix",
    "Masson",
    "Leclercq",
    "Benali",
    "Hocquet",
    "Vasseur",
    "Diallo",
    "Dubrulle",
    "Carpentier",
    "Wattez",
    "Noël",
    "Fournier",
];

/// An organisation and the person who applies for it.
#[derive(Debug, Clone)]
pub(crate) struct MadeUp {
    pub form: OrganisationForm,
    pub town: &'static str,
    pub person: String,
    pub email: String,
    pub iban: String,
}

/// First and last name.
pub(super) fn name(dice: &mut Dice) -> String {
    format!("{} {}", dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES))
}

/// The organisation of this number, of one of these forms. Numbers above the first few get the number in their name,
/// since two organisations never share one.
pub(super) fn make(dice: &mut Dice, number: i64, forms: &[LegalForm], place: Where) -> MadeUp {
    let legal_form = if forms.contains(&LegalForm::Association) && dice.chance(92) {
        LegalForm::Association
    } else {
        *dice.pick(forms)
    };
    let town = dice.pick(if place == Where::Coast { COAST } else { TOWNS });
    let person = name(dice);
    let form = OrganisationForm {
        nom: title(dice, number, legal_form, town),
        forme: legal_form.code().into(),
        siret: numbers::siret(number),
        rna: rna(legal_form, town, number),
        uai: uai(legal_form, town, number),
        rue: format!("{} {}", dice.between(1, 140), dice.pick(STREETS)),
        code_postal: town.postcode.into(),
        ville: town.name.into(),
        pays: "FR".into(),
        creation: format!("{}-{:02}-{:02}", dice.between(1985, 2012), dice.between(1, 12), dice.between(1, 28)),
        budget_annuel: (dice.between(4, 180) * 1_000).to_string(),
        courriel: format!("contact{number}@exemple.fr"),
        telephone: format!("03 20 {:02} {:02} {:02}", dice.below(100), dice.below(100), dice.below(100)),
        site: String::new(),
        representant: name(dice),
        qualite: dice.pick(&["présidente", "président", "trésorière", "directeur"]).to_string(),
    };
    let email = format!("porteur{number}@exemple.fr");
    MadeUp { form, town: town.code, person, email, iban: numbers::iban(dice.below(99_999_999_999)) }
}

fn title(dice: &mut Dice, number: i64, form: LegalForm, town: &Town) -> String {
    let name = match form {
        LegalForm::School => format!("{} de {}", dice.pick(SCHOOLS), town.name),
        LegalForm::Cooperative => format!("Coopérative du Marais – {}", town.name),
        LegalForm::LocalAuthority => format!("Commune de {}", town.name),
        LegalForm::Foundation => format!("Fondation du Beffroi – {}", town.name),
        LegalForm::University => format!("Université populaire de {}", town.name),
        LegalForm::PublicBody => format!("Centre social public de {}", town.name),
        _ => format!("{} {}", dice.pick(ASSOCIATIONS), town.name),
    };
    let name = elided(&name);
    if number < 40 { name } else { format!("{name} ({number})") }
}

/// As it is said: Amiens takes an apostrophe.
fn elided(name: &str) -> String {
    let vowels = ["A", "E", "É", "I", "O", "U"];
    vowels.iter().fold(name.to_owned(), |name, vowel| name.replace(&format!(" de {vowel}"), &format!(" d’{vowel}")))
}

fn rna(form: LegalForm, town: &Town, number: i64) -> String {
    match form {
        LegalForm::Association => numbers::rna(town.postcode.get(..2).unwrap_or("59"), number),
        _ => String::new(),
    }
}

fn uai(form: LegalForm, town: &Town, number: i64) -> String {
    match form {
        LegalForm::School => numbers::uai(town.postcode.get(..2).unwrap_or("59"), number),
        _ => String::new(),
    }
}

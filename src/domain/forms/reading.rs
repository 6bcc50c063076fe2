//! How each kind of answer is read, and what is said when it cannot be.

use super::{chosen, groups};
use crate::domain::{
    definitions::{ProjectField, Question, QuestionKind},
    identity::{Email, Phone, faults, is_token_right},
    money::Euros,
    references::{Marker, MarkerLevel, country, goal, is_commune, target, theme},
    text::{counted, unprintable_sentence, word_count},
};
use chrono::{Datelike, NaiveDate};

/// The longest one-line answer, in characters.
const SHORT: usize = 200;
/// The longest text without a limit of its own, in words.
const LONG: usize = 2_000;

/// A day as a form field sends it (`2027-04-01`) or as people write it (`01/04/2027`), in this century.
pub fn day(typed: &str) -> Option<NaiveDate> {
    let typed = typed.trim();
    let day = typed.parse().or_else(|_| NaiveDate::parse_from_str(typed, "%d/%m/%Y")).ok()?;
    (2000..2100).contains(&NaiveDate::year(&day)).then_some(day)
}

/// Judges a non-empty answer: the error is the French sentence to show beside the field.
pub fn read(question: &Question, axes: &[String], typed: &str) -> Result<(), String> {
    let typed = typed.trim();
    // The title stands in every document about the project.
    if let Some(sentence) = unprintable_sentence(typed).filter(|_| question.fills == Some(ProjectField::Title)) {
        return Err(sentence);
    }
    match question.kind {
        QuestionKind::ShortText if typed.chars().count() > SHORT => {
            Err(format!("{SHORT} caractères au plus\u{a0}: votre réponse en compte {}.", typed.chars().count()))
        }
        QuestionKind::ShortText if typed.lines().count() > 1 => Err("Écrivez sur une seule ligne.".to_owned()),
        QuestionKind::ShortText | QuestionKind::LongText => words(question, typed),
        QuestionKind::Number => number(question, typed),
        QuestionKind::Euros => amount(typed),
        QuestionKind::Date => known(day(typed).is_some(), "Indiquez une date, par exemple 15/04/2027."),
        QuestionKind::YesNo => known(matches!(typed, "oui" | "non"), "Répondez par oui ou par non."),
        QuestionKind::Statement => known(typed == "oui", "Cochez la case si vous êtes d’accord avec le texte."),
        QuestionKind::Choice => known(is_choice(question, typed), "Choisissez l’une des réponses proposées."),
        QuestionKind::Choices => {
            known(chosen(typed).all(|code| is_choice(question, code)), "Choisissez parmi les réponses proposées.")?;
            how_many(question, chosen(typed).count())
        }
        QuestionKind::Commune => known(is_commune(typed), "Choisissez une commune des Hauts-de-France dans la liste."),
        QuestionKind::Country => place(question, typed),
        QuestionKind::Axis => known(axes.iter().any(|axis| axis == typed), "Choisissez l’un des axes de l’appel."),
        QuestionKind::Goals => {
            let is_goal = |line: &str| line.parse().is_ok_and(|number| goal(number).is_some());
            known(chosen(typed).all(is_goal), "Choisissez parmi les dix-sept objectifs de développement durable.")?;
            how_many(question, chosen(typed).count())
        }
        QuestionKind::Targets => {
            known(chosen(typed).all(|code| target(code).is_some()), "Choisissez parmi les cibles proposées.")?;
            how_many(question, chosen(typed).count())
        }
        QuestionKind::Themes => {
            let is_open = |code: &str| theme(code).is_some_and(|(axis, _)| axes.contains(&axis.code));
            known(chosen(typed).all(is_open), "Choisissez parmi les sous-thèmes des axes de l’appel.")?;
            how_many(question, chosen(typed).count())
        }
        QuestionKind::Markers => {
            known(chosen(typed).all(|line| marker(line).is_some()), "Choisissez un niveau pour chaque sujet.")
        }
        QuestionKind::Email => {
            known(typed.parse::<Email>().is_ok(), "Indiquez une adresse complète, par exemple nom@exemple.fr.")
        }
        QuestionKind::Phone => known(typed.parse::<Phone>().is_ok(), "Indiquez un numéro de téléphone à dix chiffres."),
        QuestionKind::Siret => faults::siret(typed).map_or(Ok(()), Err),
        QuestionKind::Rna => faults::rna(typed).map_or(Ok(()), Err),
        QuestionKind::Uai => faults::uai(typed).map_or(Ok(()), Err),
        QuestionKind::Iban => match is_token_right(typed) {
            Some(is_right) => known(is_right, "Cet IBAN n’est pas valable\u{a0}: recopiez-le en entier depuis le RIB."),
            None => faults::iban(typed).map_or(Ok(()), Err),
        },
        QuestionKind::Group | QuestionKind::Organisation => groups::read(question, axes, typed),
        // Nobody types them: a file is judged by what it contains when it comes.
        QuestionKind::Computed | QuestionKind::File => Ok(()),
    }
}

fn place(question: &Question, typed: &str) -> Result<(), String> {
    match country(typed) {
        None => Err("Choisissez un pays dans la liste.".to_owned()),
        Some(country) if question.offers(country) => Ok(()),
        Some(country) => Err(format!(
            "{} n’est pas sur la liste des pays qui peuvent recevoir l’aide au développement (CAD de l’OCDE)\u{a0}: \
             choisissez un pays de la liste.",
            country.name
        )),
    }
}

/// A marker and its level, written `gender:1`.
pub fn marker(line: &str) -> Option<(Marker, MarkerLevel)> {
    let (marker, level) = line.split_once(':')?;
    Some((marker.trim().parse().ok()?, level.trim().parse().ok()?))
}

fn known(is_known: bool, otherwise: &str) -> Result<(), String> {
    if is_known { Ok(()) } else { Err(otherwise.to_owned()) }
}

fn is_choice(question: &Question, code: &str) -> bool {
    question.choices.iter().any(|choice| choice.code == code)
}

fn words(question: &Question, typed: &str) -> Result<(), String> {
    let (most, written) = (question.words.unwrap_or(LONG), word_count(typed));
    let limit = counted(i64::try_from(most).unwrap_or(i64::MAX), "mot", "mots");
    known(written <= most, &format!("{limit} au plus\u{a0}: votre réponse en compte {written}."))
}

/// A whole number as people write it, not negative.
pub fn whole(typed: &str) -> Option<i64> {
    let compact: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let is_whole = !compact.is_empty() && compact.len() <= 12 && compact.bytes().all(|b| b.is_ascii_digit());
    compact.parse().ok().filter(|_| is_whole)
}

fn number(question: &Question, typed: &str) -> Result<(), String> {
    let Some(number) = whole(typed) else {
        return Err("Indiquez un nombre entier, sans virgule ni unité.".to_owned());
    };
    match (question.least, question.most) {
        (Some(least), _) if number < least => Err(format!("Indiquez un nombre d’au moins {least}.")),
        (_, Some(most)) if number > most => Err(format!("Indiquez un nombre d’au plus {most}.")),
        _ => Ok(()),
    }
}

fn amount(typed: &str) -> Result<(), String> {
    match typed.parse::<Euros>() {
        Ok(amount) if amount >= Euros::ZERO => Ok(()),
        Ok(_) => Err("Un montant ne peut pas être négatif.".to_owned()),
        Err(_) => Err("Indiquez un montant en euros, par exemple 1\u{202f}250,50.".to_owned()),
    }
}

fn how_many(question: &Question, count: usize) -> Result<(), String> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    match (question.least, question.most) {
        (Some(least), _) if count < least => {
            Err(format!("Choisissez au moins {}.", counted(least, "réponse", "réponses")))
        }
        (_, Some(most)) if count > most => {
            let most = counted(most, "réponse", "réponses");
            Err(format!("Choisissez au plus {most}\u{a0}: vous en avez coché {count}."))
        }
        _ => Ok(()),
    }
}

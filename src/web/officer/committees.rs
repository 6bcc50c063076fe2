//! The committee of a call and who reads what.

use super::calls::{Verb, act};
use crate::{
    domain::ids::PersonId,
    store::seats::Member,
    usecases::{
        FieldError, UseCaseError, assignments,
        committees::{self, Vote},
    },
    web::{App, Fields, Reply, audiences::Officer},
};
use actix_web::web::{Data, Path};

/// A seat on the page of its call.
pub(super) struct Seat {
    pub(super) person: PersonId,
    pub(super) name: String,
    pub(super) detail: String,
}

impl Seat {
    pub(super) fn of(member: &Member) -> Self {
        let of = if member.institution.is_empty() { "en son nom propre" } else { &member.institution };
        let detail = format!("{of}, {}", vote_in_words(member));
        Seat { person: member.person_id, name: member.name.clone(), detail }
    }
}

/// What a member may do, in words.
pub(super) const fn vote_in_words(member: &Member) -> &'static str {
    match (member.is_guest, member.is_voting) {
        (true, _) => "invité·e, lit sans noter ni voter",
        (false, true) => "voix délibérative",
        (false, false) => "voix consultative",
    }
}

/// What a seat may come with, by code.
pub(super) const VOTES: [(&str, &str); 3] = [
    ("deliberative", "Délibérative"),
    ("advisory", "Consultative"),
    ("guest", "Aucune\u{a0}: invité·e, lit sans noter ni voter"),
];

fn wrong(field: &str, sentence: &str) -> UseCaseError {
    UseCaseError::Invalid(vec![FieldError::new(field, sentence)])
}

/// Gives somebody a seat.
pub async fn appoint(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    let verb: Verb = |tx, actor, row, form, now| {
        let person: PersonId =
            form.text("personne").parse().map_err(|_| wrong("personne", "Choisissez une personne."))?;
        let vote = match form.text("voix") {
            "deliberative" => Vote::Deliberative,
            "advisory" => Vote::Advisory,
            "guest" => Vote::Guest,
            _ => return Err(wrong("voix", "Dites si la personne vote.")),
        };
        committees::appoint(tx, actor, row.id, person, form.text("institution"), vote, now)?;
        Ok("La personne siège au comité.".to_owned())
    };
    act(&app, &who, &reference, form, ("comite", verb)).await
}

/// Ends a seat.
pub async fn dismiss(app: Data<App>, who: Officer, path: Path<(String, PersonId)>, form: Fields) -> Reply {
    let (reference, person) = path.into_inner();
    let (actor, now, wanted) = (who.actor.clone(), app.now(), reference.clone());
    drop(form);
    app.write(move |tx| {
        let call = crate::usecases::calls::by_reference(tx.conn(), &wanted)?;
        committees::dismiss(tx, &actor, call.id, person, now)
    })
    .await?;
    let said = crate::web::pages::Flash::success("La personne ne siège plus. Ses évaluations remises restent.");
    Ok(crate::web::flashes::see_other_saying(format!("/appels-a-projets/{reference}"), &said))
}

/// Hands every admissible file that has readers to the committee.
pub async fn hand_over(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    let verb: Verb = |tx, actor, row, _, now| {
        Ok(match assignments::hand_over(tx, actor, row.id, now)? {
            0 => "Aucun dossier n’attend d’être confié au comité.".to_owned(),
            1 => "Un dossier est confié au comité.".to_owned(),
            n => format!("{n} dossiers sont confiés au comité."),
        })
    };
    act(&app, &who, &reference, form, ("lectures", verb)).await
}

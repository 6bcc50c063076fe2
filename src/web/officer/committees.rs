//! The committee of a call and who reads what.

use super::calls::{Verb, act};
use crate::{
    domain::ids::PersonId,
    store::Tx,
    usecases::{
        Actor, FieldError, Outcome, UseCaseError, assignments,
        committees::{self, Vote},
    },
    web::{App, Fields, Reply, audiences::Officer},
};
use actix_web::web::{Data, Path};
use chrono::NaiveDate;

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

fn share(
    tx: &mut Tx,
    actor: &Actor,
    row: &crate::store::calls::CallRow,
    form: &Fields,
    now: crate::domain::time::Moment,
) -> Outcome<String> {
    let day = form
        .filled("echeance")
        .ok_or_else(|| wrong("echeance", "Donnez la date pour laquelle rendre les évaluations."))?;
    let day: NaiveDate = day.parse().map_err(|_| wrong("echeance", "Cette date n’existe pas."))?;
    if day < now.paris_date() {
        return Err(wrong("echeance", "Cette date est passée\u{a0}: donnez-en une à venir."));
    }
    let added = assignments::assign_proposed(tx, actor, row.id, Some(day), now)?;
    Ok(match added {
        0 => "Rien à répartir\u{a0}: chaque dossier recevable a ses lecteur·rices, ou le comité n’en a plus de disponible.".to_owned(),
        1 => "Une évaluation est confiée. La personne en est avertie par courriel.".to_owned(),
        n => format!("{n} évaluations sont confiées. Chaque personne en est avertie par courriel."),
    })
}

/// Entrusts every admissible file that lacks readers.
pub async fn share_out(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    act(&app, &who, &reference, form, ("repartition", share)).await
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

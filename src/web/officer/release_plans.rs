//! The hour at which the results of a call are announced: fixed, changed, dropped.

use super::announcements;
use crate::{
    domain::time::Moment,
    store::Tx,
    usecases::{Actor, Outcome, UseCaseError, calls, form_tokens, instants::TypedInstant, release_plans},
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Flash, render_as},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};

/// What is done to the plan of the call with this reference.
type Verb = fn(&mut Tx, &Actor, &str, &Fields, Moment) -> Outcome<()>;

async fn once(app: &App, who: &Officer, reference: &str, form: &Fields, deed: (&str, Verb)) -> Result<String, Failure> {
    let (actor, person, now, sent) = (who.actor.clone(), who.id, app.now(), form.clone());
    let ((path, verb), wanted) = (deed, reference.to_owned());
    let (route, next) = (format!("/appels-a-projets/{wanted}/{path}"), format!("/appels-a-projets/{wanted}/annonce"));
    app.write(move |tx| {
        let body = format!("{sent:?}");
        let sending = form_tokens::Sending { person, token: sent.token(), route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            verb(tx, &actor, &wanted, &sent, now)?;
            Ok(next.clone())
        })
    })
    .await
}

/// Fixes the hour, in place of another one. The page shows which instant was understood.
pub async fn fix(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    let verb: Verb = |tx, actor, reference, form, now| {
        let call = calls::by_reference(tx.conn(), reference)?.id;
        let typed = TypedInstant { day: form.text("jour"), hour: form.text("heure") };
        release_plans::fix(tx, actor, call, form.version(), typed, now).map(drop)
    };
    match once(&app, &who, &reference, &form, ("annonce/heure", verb)).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("L’heure de l’annonce est fixée."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = announcements::page(&app, &who, &reference, &form, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Drops the hour that was fixed.
pub async fn drop_plan(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    let verb: Verb = |tx, actor, reference, form, now| {
        let call = calls::by_reference(tx.conn(), reference)?.id;
        release_plans::drop_plan(tx, actor, call, form.version(), now)
    };
    let to = once(&app, &who, &reference, &form, ("annonce/heure/fin", verb)).await?;
    Ok(see_other_saying(to, &Flash::success("L’annonce n’a plus d’heure fixée\u{a0}: elle attend votre main.")))
}

//! The steps of a call that nothing takes back: each is asked about on its own page, and cancelling asks why.

use super::calls::{LIST, Verb, path, run};
use crate::{
    domain::{
        ids::CallId,
        lifecycles::calls::{Call, CallEvent},
        time::Moment,
    },
    store::{Conn, calls::CallRow},
    usecases::{
        Actor, Outcome, UseCaseError,
        advance::{Object, Standing},
        calls,
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Officer, SignedIn, Staff},
        confirming::{Confirmation, Stands},
        flashes::see_other_saying,
        pages::{Flash, NavLink},
    },
};
use actix_web::web::{Data, Path};

fn consequences(event: CallEvent) -> &'static [&'static str] {
    match event {
        CallEvent::Publish => &[
            "L’appel paraît sur le site public et ouvre de lui-même à la date prévue.",
            "Son enveloppe est réservée sur les conventions de financement.",
            "Sa définition est fixée\u{a0}: ensuite, seule une révision la change, après que vous aurez vu ce qu’elle fait.",
            "Seule la direction pourra l’annuler, tant qu’aucun dossier n’est déposé.",
        ],
        CallEvent::StartReview => {
            &["Les dossiers déposés sont vérifiés, puis confiés au comité.", "L’appel ne pourra plus être annulé."]
        }
        CallEvent::Deliberate => &[
            "Le comité ne décide plus rien pour cet appel, sauf pour les dossiers sur liste d’attente.",
            "L’étape suivante est l’annonce des résultats.",
        ],
        CallEvent::Archive => &["L’appel est terminé.", "Ses dossiers et ses subventions restent lisibles."],
        CallEvent::Cancel => &[
            "L’appel n’est plus proposé\u{a0}: les brouillons commencés ne pourront pas être déposés.",
            "L’enveloppe réservée retourne à ses conventions.",
        ],
        CallEvent::Announce
        | CallEvent::Revise
        | CallEvent::PlanRelease
        | CallEvent::DropRelease
        | CallEvent::HaltRelease => &[],
    }
}

fn load(conn: &mut Conn, actor: &Actor, reference: &str, now: Moment) -> Outcome<(CallRow, Standing<Call>)> {
    let row = calls::by_reference(conn, reference)?;
    let id: CallId = row.id;
    Ok((row, Call::look(conn, id, actor, now)?))
}

async fn question(app: &App, who: &SignedIn, reference: &str, event: CallEvent) -> Result<Confirmation, Failure> {
    let (actor, now, wanted) = (who.actor.clone(), app.now(), reference.to_owned());
    let (row, standing) = app.read(move |conn| load(conn, &actor, &wanted, now)).await?;
    let stands = Stands::before(&standing, event)?;
    let home = format!("{LIST}/{reference}");
    let action = format!("{home}/{}", path(event));
    let way = vec![NavLink::new(LIST, "Appels à projets"), NavLink::new(home, reference)];
    let page = Confirmation::about(who.chrome(), way, event, stands, action)?;
    let page = page.saying(format!("{}, {reference}.", row.title), consequences(event));
    Ok(match event {
        CallEvent::Cancel => page.with_motive("Il reste dans l’historique."),
        _ => page,
    })
}

macro_rules! questions {
    ($($(#[$meta:meta])* $name:ident, $audience:ident, $event:ident;)+) => { $(
        $(#[$meta])*
        pub async fn $name(app: Data<App>, who: $audience, reference: Path<String>) -> Reply {
            Ok(question(&app, &who, &reference, CallEvent::$event).await?.shown())
        }
    )+ };
}

questions! {
    /// Asks before the call is published.
    ask_publish, Officer, Publish;
    /// Asks before the work on its files begins.
    ask_start_review, Officer, StartReview;
    /// Asks before the deliberations end.
    ask_deliberate, Officer, Deliberate;
    /// Asks before the call is put away.
    ask_archive, Officer, Archive;
    /// Asks before the call is cancelled, and why.
    ask_cancel, Staff, Cancel;
}

/// Cancels the call, with the reason.
pub async fn cancel(app: Data<App>, who: Staff, reference: Path<String>, form: Fields) -> Reply {
    let verb: Verb = |tx, actor, row, form, now| {
        calls::cancel(tx, actor, row.id, form.version(), form.text("motif"), now)?;
        Ok("L’appel est annulé.".to_owned())
    };
    match run(&app, &who, &reference, &form, ("annulation", verb)).await {
        Ok(said) => Ok(see_other_saying(format!("{LIST}/{reference}"), &Flash::success(said))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = question(&app, &who, &reference, CallEvent::Cancel).await?;
            Ok(page.refused(form.text("motif"), errors_of(wrong)))
        }
        Err(failure) => Err(failure),
    }
}

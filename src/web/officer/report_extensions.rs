//! More time for a report: given at once, or in answer to a request.

use super::reports::refused;
use crate::{
    domain::ids::ReportId,
    store::Tx,
    usecases::{
        FieldError, UseCaseError,
        report_extensions::{self, Answer, Wish},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::Staff,
        flashes::see_other_saying,
        pages::Flash,
        sendings::{Sent, send},
    },
};
use actix_web::web::{Data, Path};

/// Until when, and why; the page has another motive than this one.
fn wish(form: &Fields) -> (String, String) {
    (form.text("jusqu_au").to_owned(), form.text("delai").to_owned())
}

async fn answer(app: &App, who: &Staff, id: ReportId, form: &Fields, done: Result<String, Failure>) -> Reply {
    match done {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("C’est noté. L’organisation est prévenue."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let named = |error: FieldError| {
                if error.field == "motif" { FieldError::new("delai", error.message) } else { error }
            };
            refused(app, who, id, form, errors_of(wrong.into_iter().map(named).collect())).await
        }
        Err(failure) => Err(failure),
    }
}

/// Gives more time.
pub async fn give(app: Data<App>, who: Staff, id: Path<ReportId>, form: Fields) -> Reply {
    let (id, actor, now, (until, reason)) = (id.into_inner(), who.actor.clone(), app.now(), wish(&form));
    let home = format!("/suivi/bilans/{id}");
    let sent = Sent::new(&app, &who, &form, &format!("{home}/delai"), &home);
    let act = move |tx: &mut Tx| {
        let wish = Wish { until: &until, reason: &reason };
        report_extensions::give(tx, &actor, id, &wish, now)
    };
    let done = send(&app, sent, act).await;
    answer(&app, &who, id, &form, done).await
}

/// Answers a request for more time.
pub async fn decide(app: Data<App>, who: Staff, path: Path<(ReportId, i32)>, form: Fields) -> Reply {
    let ((id, number), actor, now, (until, reason)) = (path.into_inner(), who.actor.clone(), app.now(), wish(&form));
    let home = format!("/suivi/bilans/{id}");
    let said = if form.text("suite") == "accorder" { Answer::Grant } else { Answer::Refuse };
    let sent = Sent::new(&app, &who, &form, &format!("{home}/delai/{number}"), &home);
    let act = move |tx: &mut Tx| {
        let wish = Wish { until: &until, reason: &reason };
        report_extensions::decide(tx, &actor, id, (number, said), &wish, now)
    };
    let done = send(&app, sent, act).await;
    answer(&app, &who, id, &form, done).await
}

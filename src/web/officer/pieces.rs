//! The papers that payments of a grant wait for, judged by an officer.

use super::grants::answer;
use crate::{
    domain::ids::{AttachmentId, GrantId},
    usecases::grant_pieces,
    web::{
        App, Failure, Fields, Reply,
        audiences::Staff,
        sendings::{Sent, send},
    },
};
use actix_web::web::{Data, Path};

/// Accepts a paper that was provided, or refuses it with a motive.
pub async fn judge(app: Data<App>, who: Staff, path: Path<(GrantId, String)>, form: Fields) -> Reply {
    let ((id, code), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    let read: AttachmentId = form.text("lu").parse().map_err(|_| Failure::NotFound)?;
    let (home, motive, is_accepted) =
        (format!("/suivi/{id}"), form.text("motif").to_owned(), form.text("suite") == "accepter");
    let sent = Sent::new(&app, &who, &form, &format!("{home}/pieces/{code}"), &home);
    let asked = format!("piece-{code}");
    let judged =
        send(&app, sent, move |tx| grant_pieces::judge(tx, &actor, (id, &code, read), (is_accepted, &motive), now));
    let said = if is_accepted {
        "La pièce est acceptée."
    } else {
        "La pièce est refusée. L’organisation lit votre motif."
    };
    answer(&app, &who, (id, &asked), &form, judged.await, said).await
}

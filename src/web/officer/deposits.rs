//! The copy of an agreement that the holder signed and sent by post, deposited by the team.

use super::grants::answer;
use crate::{
    domain::ids::{DocumentId, GrantId},
    usecases::{
        UseCaseError,
        deposits::{self, DepositForm},
        grants, signing,
    },
    web::{
        App, Failure, Reply,
        audiences::Staff,
        sendings::{Sent, send},
        uploads::{self, Parts},
    },
};
use actix_web::web::{Data, Path};

const DONE: &str = "L’exemplaire signé est enregistré. L’organisation est prévenue.";

/// Takes a copy that came by post as the signature of the holder.
pub async fn deposit(app: Data<App>, who: Staff, id: Path<GrantId>, form: Parts) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    // Nothing is read from somebody who may not see the grant.
    app.read(move |conn| grants::file(conn, &actor, id).map(drop)).await?;
    let upload = uploads::read(form).await?;
    let (fields, (name, bytes)) = (upload.fields.clone(), upload.file_or_nothing());
    let document: DocumentId = fields.text("document").parse().map_err(|_| Failure::NotFound)?;
    let typed =
        DepositForm { signed_by: fields.text("signataire").to_owned(), signed_on: fields.text("signe_le").to_owned() };
    let scan = match signing::judge_scan("copie", &name, &bytes) {
        Ok(scan) => scan,
        Err(UseCaseError::Invalid(wrong)) => {
            let wrong = typed.faults().into_iter().chain(wrong).collect();
            let refused = Err(Failure::UseCase(UseCaseError::Invalid(wrong)));
            return answer(&app, &who, (id, ""), &fields, refused, DONE).await;
        }
        Err(error) => return Err(error.into()),
    };
    app.files()?.put(bytes).await?;
    let (actor, session, now) = (who.actor.clone(), who.sign_in.to_string(), app.now());
    let home = format!("/suivi/{id}");
    let sent = Sent::new(&app, &who, &fields, &format!("{home}/signature/depot"), &home);
    let done =
        send(&app, sent, move |tx| deposits::deposit(tx, &actor, (id, document), (&scan, &session), &typed, now)).await;
    answer(&app, &who, (id, ""), &fields, done, DONE).await
}

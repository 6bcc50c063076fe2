//! The papers that payments of my grant wait for, provided on its page.

use super::{
    errors_of,
    grants::{mine, page},
};
use crate::{
    domain::ids::GrantId,
    usecases::{UseCaseError, attachments, grant_pieces},
    web::{
        App, Fields, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        pages::{Flash, render_as},
        uploads,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};

/// Provides a paper, in place of the former one.
pub async fn provide(app: Data<App>, who: Applicant, path: Path<(GrantId, String)>, form: uploads::Parts) -> Reply {
    let ((id, code), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    // Nothing is read from somebody who may not see the grant.
    app.read(move |conn| mine(conn, &actor, id, now).map(drop)).await?;
    let (name, bytes) = uploads::read(form).await?.file_or_nothing();
    let file = match attachments::judge(&format!("piece-{code}"), &name, &bytes) {
        Ok(file) => file,
        Err(UseCaseError::Invalid(wrong)) => {
            let page = page(&app, &who, id, &Fields::default(), errors_of(wrong)).await?;
            return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
        Err(error) => return Err(error.into()),
    };
    app.files()?.put(bytes).await?;
    let actor = who.actor.clone();
    app.write(move |tx| grant_pieces::provide(tx, &actor, (id, &code), &file, now)).await?;
    Ok(see_other_saying(format!("/subventions/{id}"), &Flash::success("La pièce est déposée. L’équipe la lit.")))
}

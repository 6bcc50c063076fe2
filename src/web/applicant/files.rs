//! Files of an application: attached, read again, taken away; and the letters it received.

use super::{sections, shown_state};
use crate::{
    domain::{
        definitions::SectionContent,
        ids::{ApplicationId, AttachmentId, DocumentId},
        letters::LetterKind,
    },
    store::documents,
    usecases::{UseCaseError, answers, attachments},
    web::{
        App, Failure, Reply,
        audiences::{Applicant, Member},
        downloads,
        flashes::see_other_saying,
        pages::Flash,
        uploads,
    },
};
use actix_multipart::Multipart;
use actix_web::web::{Data, Path};

/// Attaches a document. The bytes are on disk before any row names them; a file that is refused says why beside its field.
pub async fn attach(app: Data<App>, who: Applicant, path: Path<(ApplicationId, String)>, form: Multipart) -> Reply {
    let (id, document) = path.into_inner();
    let actor = who.actor.clone();
    let content = app.read(move |conn| answers::find(conn, &actor, id)).await?;
    let mut sections = content.definition.sections.iter();
    let section = sections.find(|section| section.content == SectionContent::Documents).ok_or(Failure::NotFound)?;
    let (name, bytes) = uploads::read(form).await?.file_or_nothing();
    let file = match attachments::judge(&document, &name, &bytes) {
        Ok(file) => file,
        Err(UseCaseError::Invalid(wrong)) => return sections::refused(&app, &who, id, &section.code, wrong).await,
        Err(error) => return Err(error.into()),
    };
    app.files()?.put(bytes).await?;
    let (actor, now) = (who.actor.clone(), app.now());
    app.write(move |tx| answers::attach(tx, &actor, id, &document, &file, now)).await?;
    let back = format!("/dossiers/{id}/rubriques/{}", section.code);
    Ok(see_other_saying(back, &Flash::success("Le document est joint.")))
}

/// Takes a document away.
pub async fn detach(app: Data<App>, who: Applicant, path: Path<(ApplicationId, AttachmentId)>) -> Reply {
    let ((id, attachment), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    app.write(move |tx| answers::detach(tx, &actor, id, attachment, now)).await?;
    Ok(see_other_saying(format!("/dossiers/{id}"), &Flash::success("Le document est retiré.")))
}

/// Gives an attachment back to whoever may see what it belongs to.
pub async fn download(app: Data<App>, who: Member, id: Path<AttachmentId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let row = app.read(move |conn| attachments::find(conn, &actor, id)).await?;
    let bytes = app.files()?.get(&row.sha256).await?;
    Ok(downloads::file(&row.file_name, &row.content_type, bytes))
}

/// A letter about an application, as a PDF. The same facts always give the same bytes.
pub async fn letter(app: Data<App>, who: Applicant, path: Path<(ApplicationId, DocumentId)>) -> Reply {
    let ((id, document), actor) = (path.into_inner(), who.actor.clone());
    let row = app
        .read(move |conn| {
            let content = answers::find(conn, &actor, id)?;
            let row = documents::find(conn, document)?;
            let embargoed = shown_state(content.row.state, content.call.state) != content.row.state;
            let told = row.kind == LetterKind::Receipt || !embargoed;
            if row.subject_id == id.as_str() && told { Ok(row) } else { Err(crate::store::StoreError::NotFound.into()) }
        })
        .await?;
    downloads::letter(&app, row).await
}

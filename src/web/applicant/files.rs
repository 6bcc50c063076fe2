//! Files of an application: attached, read again, taken away; and the letters it received.

use super::{sections, shown_state};
use crate::{
    documents as press,
    domain::{
        definitions::SectionContent,
        ids::{ApplicationId, AttachmentId, DocumentId},
        letters::{Letter, LetterKind},
    },
    store::documents,
    usecases::{UseCaseError, answers, attachments},
    web::{
        App, Failure, Reply,
        audiences::{Applicant, Member},
        flashes::see_other_saying,
        pages::Flash,
        uploads,
    },
};
use actix_multipart::Multipart;
use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};

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

/// Bytes as a download that no browser runs.
fn download_of(name: &str, content_type: &str, bytes: Vec<u8>) -> HttpResponse {
    let ascii: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}"),
        ))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(bytes)
}

/// Gives an attachment back to whoever may see what it belongs to.
pub async fn download(app: Data<App>, who: Member, id: Path<AttachmentId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let row = app.read(move |conn| attachments::find(conn, &actor, id)).await?;
    let bytes = app.files()?.get(&row.sha256).await?;
    Ok(download_of(&row.file_name, &row.content_type, bytes))
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
    letter_of(&app, row).await
}

/// An issued letter as a download.
pub(super) async fn letter_of(app: &App, row: documents::DocumentRow) -> Reply {
    let bytes = app
        .hash(move || {
            let letter: Letter = serde_json::from_str(&row.facts).map_err(UseCaseError::from)?;
            let bytes = press::render(&letter).map_err(|error| Failure::Broken(error.to_string()))?;
            Ok::<_, Failure>((letter.reference, bytes))
        })
        .await?;
    let (reference, bytes) = bytes?;
    Ok(download_of(&format!("{reference}.pdf"), "application/pdf", bytes))
}

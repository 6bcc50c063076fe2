//! Files of an application: attached, read again, taken away; and the letters it received.

use super::{applications, sections, shown_state};
use crate::{
    domain::{
        definitions::SectionContent,
        ids::{ApplicationId, AttachmentId, DocumentId},
        letters::LetterKind,
    },
    store::documents,
    usecases::{UseCaseError, answers, attachments, authors, file_answers, owed_documents, whole_files},
    web::{
        App, Failure, Reply,
        audiences::{Applicant, Member},
        downloads,
        flashes::see_other_saying,
        pages::Flash,
        uploads,
    },
};
use actix_web::web::{Data, Path};

/// Where a document, or the file that answers a question, is asked for: its section, or the application's own page once
/// it is filed.
pub(super) async fn place(
    app: &App,
    who: &Applicant,
    id: ApplicationId,
    code: &str,
) -> Result<Option<String>, Failure> {
    let (actor, code) = (who.actor.clone(), code.to_owned());
    app.read(move |conn| {
        let content = answers::find(conn, &actor, id)?;
        let is_open = answers::may_write(conn, &actor, &content.row)?;
        let of_documents = || content.definition.sections.iter().find(|s| s.content == SectionContent::Documents);
        let section = file_answers::section_of(&content.definition, &code).or_else(of_documents);
        let section = section.ok_or(crate::store::StoreError::NotFound)?;
        Ok(is_open.then(|| section.code.clone()))
    })
    .await
}

/// Attaches a document. The bytes are on disk before any row names them; a file that is refused says why beside its field.
pub async fn attach(
    app: Data<App>,
    who: Applicant,
    path: Path<(ApplicationId, String)>,
    form: uploads::Parts,
) -> Reply {
    let (id, document) = path.into_inner();
    let section = place(&app, &who, id, &document).await?;
    let (name, bytes) = uploads::read(form).await?.file_or_nothing();
    let file = match (attachments::judge(&document, &name, &bytes), &section) {
        (Ok(file), _) => file,
        (Err(UseCaseError::Invalid(wrong)), Some(code)) => return sections::refused(&app, &who, id, code, wrong).await,
        (Err(UseCaseError::Invalid(wrong)), None) => return applications::refused(&app, &who, id, "", wrong).await,
        (Err(error), _) => return Err(error.into()),
    };
    app.files()?.put(bytes).await?;
    let (actor, now) = (who.actor.clone(), app.now());
    app.write(move |tx| answers::attach(tx, &actor, id, &document, &file, now)).await?;
    let back = section.map_or(format!("/dossiers/{id}"), |code| format!("/dossiers/{id}/rubriques/{code}"));
    Ok(see_other_saying(back, &Flash::success("Le document est joint.")))
}

/// Says that a document will follow.
pub async fn promise(app: Data<App>, who: Applicant, path: Path<(ApplicationId, String)>) -> Reply {
    let (id, document) = path.into_inner();
    let section = place(&app, &who, id, &document).await?.ok_or(Failure::NotFound)?;
    let (actor, now) = (who.actor.clone(), app.now());
    app.write(move |tx| owed_documents::promise(tx, &actor, id, &document, now)).await?;
    let flash = Flash::success("C’est noté. La date figure sur la page du dossier et sur l’accusé de dépôt.");
    Ok(see_other_saying(format!("/dossiers/{id}/rubriques/{section}"), &flash))
}

/// Takes a document away.
pub async fn detach(app: Data<App>, who: Applicant, path: Path<(ApplicationId, AttachmentId)>) -> Reply {
    let ((id, attachment), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    app.write(move |tx| answers::detach(tx, &actor, id, attachment, now)).await?;
    Ok(see_other_saying(format!("/dossiers/{id}"), &Flash::success("Le document est retiré.")))
}

/// Gives an attachment back to whoever may see what it belongs to.
pub async fn download(app: Data<App>, who: Member, id: Path<AttachmentId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let row = app.read(move |conn| attachments::find_declared(conn, &actor, id, now)).await?;
    let row = row.ok_or_else(|| Failure::Declare(format!("/pieces/{id}")))?;
    let bytes = app.files()?.get(&row.sha256).await?;
    Ok(downloads::file(&row.file_name, &row.content_type, bytes))
}

/// A letter about an application, as a PDF. The same facts always give the same bytes.
pub async fn letter(app: Data<App>, who: Applicant, path: Path<(ApplicationId, DocumentId)>) -> Reply {
    let ((id, document), actor) = (path.into_inner(), who.actor.clone());
    let row = app
        .read(move |conn| {
            let content = answers::find(conn, &actor, id)?;
            authors::refuse_money_keeper(conn, &actor, &content.row)?;
            let row = documents::find(conn, document)?;
            let embargoed = shown_state(&content) != content.row.state;
            let told = row.kind == LetterKind::Receipt || !embargoed;
            if row.subject_id == id.as_str() && told { Ok(row) } else { Err(crate::store::StoreError::NotFound.into()) }
        })
        .await?;
    downloads::letter(&app, who.actor.person, row).await
}

/// The whole application as a PDF.
pub async fn whole(app: Data<App>, who: Applicant, id: Path<ApplicationId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let whole = app.read(move |conn| whole_files::of_holder(conn, &actor, id)).await?;
    crate::web::whole_files::download(&app, whole).await
}

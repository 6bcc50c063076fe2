//! What leaves the site as a file: attachments and letters.

use super::{App, Failure, Reply};
use crate::{
    documents as press,
    domain::{ids::PersonId, letters::Letter},
    store::documents::DocumentRow,
    usecases::{UseCaseError, documents},
};
use actix_web::{HttpResponse, http::header};

/// Bytes as a download that no browser runs.
pub fn file(name: &str, content_type: &str, bytes: Vec<u8>) -> HttpResponse {
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

/// A letter as a PDF for this reader; whether they may have it has been judged. The same facts always give the same
/// bytes.
pub async fn letter(app: &App, by: Option<PersonId>, row: DocumentRow) -> Reply {
    let row = match documents::has_number(&row) {
        true => {
            let now = app.now();
            app.write(move |tx| documents::whole(tx, &row, by, now)).await?
        }
        false => row,
    };
    let bytes = app
        .print(move || {
            let letter: Letter = serde_json::from_str(&row.facts).map_err(UseCaseError::from)?;
            let bytes = press::render(&letter).map_err(|error| Failure::Broken(error.to_string()))?;
            Ok::<_, Failure>((letter.reference, bytes))
        })
        .await?;
    let (reference, bytes) = bytes?;
    Ok(file(&format!("{reference}.pdf"), "application/pdf", bytes))
}

/// A letter as it would be printed, in a tab of the browser; nothing is issued by looking.
pub async fn preview(app: &App, mut letter: Letter) -> Reply {
    letter.check_code = "APERÇU".into();
    let bytes = app.print(move || press::render(&letter).map_err(|error| Failure::Broken(error.to_string()))).await??;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/pdf"))
        .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"apercu.pdf\""))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(bytes))
}

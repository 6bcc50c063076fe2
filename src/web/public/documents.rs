//! The check of a document: whoever holds the paper learns whether it is genuine, and nothing more.

use crate::{
    domain::{letters::LetterKind, time::Moment},
    store::{Conn, StoreError, documents, donations},
    usecases::{Outcome, UseCaseError},
    web::{
        App, Failure, Reply,
        audiences::Public,
        pages::{Chrome, render, render_as, see_other},
        parts::Fact,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "public/check.html")]
struct CheckPage {
    chrome: Chrome,
    code: String,
    facts: Vec<Fact>,
    /// That it does not count any more; empty while it does.
    void: String,
    is_unknown: bool,
}

/// The code typed from the paper.
#[derive(Debug, Deserialize)]
pub struct Typed {
    code: Option<String>,
}

/// Codes have neither case, spaces nor hyphens.
fn canonical(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).take(40).collect()
}

/// The form, or the way to the answer.
pub async fn ask(visitor: Public, typed: Query<Typed>) -> Reply {
    match typed.code.as_deref().map(canonical).filter(|code| !code.is_empty()) {
        Some(code) => Ok(see_other(format!("/verifier/{code}"))),
        None => {
            let (chrome, code, void) = (visitor.chrome(), String::new(), String::new());
            Ok(render(&CheckPage { chrome, code, facts: Vec::new(), void, is_unknown: false }))
        }
    }
}

/// What is known of the document with this code.
pub async fn check(app: Data<App>, visitor: Public, code: Path<String>) -> Reply {
    let code = canonical(&code);
    let wanted = code.clone();
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let row = documents::by_check_code(conn, &wanted)?;
        let void = match row.kind {
            LetterKind::TaxReceipt => {
                donations::receipt_of_document(conn, row.id)?.and_then(|known| known.cancelled_at)
            }
            _ => None,
        };
        Ok((row, void))
    };
    let found = app.read(load).await;
    let chrome = visitor.chrome();
    match found {
        Ok((row, void)) => {
            let facts = vec![
                Fact::new("Document", &row.title),
                Fact::new("Référence", &row.reference),
                Fact::new("Émis le", row.issued_at.french()),
                Fact::new(
                    "Empreinte du fichier (SHA-256)",
                    row.sha256.unwrap_or_else(|| "en cours de production".into()),
                ),
            ];
            let said = |at: Moment| {
                format!("Il vient bien de nous, mais il ne vaut plus\u{a0}: reçu annulé le {}.", at.french())
            };
            let void = void.map(said).unwrap_or_default();
            Ok(render(&CheckPage { chrome, code, facts, void, is_unknown: false }))
        }
        Err(Failure::UseCase(UseCaseError::Store(StoreError::NotFound))) => {
            let page = CheckPage { chrome, code, facts: Vec::new(), void: String::new(), is_unknown: true };
            Ok(render_as(StatusCode::NOT_FOUND, &page))
        }
        Err(failure) => Err(failure),
    }
}

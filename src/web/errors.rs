//! What a visitor reads when something cannot be: always a page, in words, with a way out.

use super::pages::{Chrome, render_as};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

#[derive(Template)]
#[template(path = "errors/page.html")]
struct ErrorPage<'a> {
    chrome: Chrome,
    status: u16,
    sentence: &'a str,
}

/// The page for a status, with the one sentence that says what happened here; an empty sentence leaves the general words.
pub fn page_for(status: StatusCode, sentence: &str) -> HttpResponse {
    page_in(Chrome::unknown(), status, sentence)
}

/// The same in the frame of somebody who is known.
pub fn page_in(chrome: Chrome, status: StatusCode, sentence: &str) -> HttpResponse {
    render_as(status, &ErrorPage { chrome, status: status.as_u16(), sentence })
}

/// The page for an address that leads nowhere, or to something the visitor may not know of.
pub fn not_found() -> HttpResponse {
    page_for(StatusCode::NOT_FOUND, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::to_bytes;

    async fn words(status: u16, sentence: &str) -> String {
        let response = page_for(StatusCode::from_u16(status).unwrap(), sentence);
        assert_eq!(response.status().as_u16(), status);
        String::from_utf8(to_bytes(response.into_body()).await.unwrap().to_vec()).unwrap()
    }

    #[actix_web::test]
    async fn every_refusal_has_its_own_words_and_a_way_out() {
        let mut titles = std::collections::BTreeSet::new();
        for status in [400, 403, 404, 409, 413, 422, 429, 500, 503] {
            let html = words(status, "").await;
            assert!(html.contains("href=\"/\"") && html.contains("href=\"/contact\""), "{status}");
            let title = html.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap();
            assert!(titles.insert(title.to_owned()), "{status}: {title}");
        }
    }

    #[actix_web::test]
    async fn the_sentence_is_shown_and_cannot_carry_markup() {
        assert!(words(409, "Le dossier <est> déposé.").await.contains("Le dossier &#60;est&#62; déposé."));
    }

    #[actix_web::test]
    async fn a_debug_page_names_its_template() {
        assert!(words(404, "").await.ends_with("<!-- tisserand::web::errors::ErrorPage -->\n"));
    }
}

//! A form that cannot be kept for now, its disk full or its database gone: the page that says so carries everything that was
//! typed, to be sent again once it works. Sent again, the form goes through every check, and its token still acts once.

use super::{
    pages::{Chrome, render_as},
    typed::{Files, Typed},
};
use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    middleware::Next,
};
use askama::Template;

/// When to come back, in seconds.
pub const RETRY_AFTER: &str = "30";

#[derive(Template)]
#[template(path = "errors/unsaved.html")]
struct UnsavedPage {
    chrome: Chrome,
    /// Where the form was sent, and is sent again.
    action: String,
    /// Everything it said, as it was.
    fields: Vec<(String, String)>,
    files: Files,
    takes_files: bool,
    /// What a person typed: name of the field and text.
    typed: Vec<(String, String)>,
}

/// Gives back what was typed into a form that could not be kept; everything else goes on.
pub async fn give_back<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    // Fields that save by themselves stay in the browser until they are saved.
    let is_form = !request.method().is_safe() && !request.path().ends_with("/champs");
    let response = next.call(request).await?;
    if !is_form || response.status() != StatusCode::SERVICE_UNAVAILABLE {
        return Ok(response.map_into_left_body());
    }
    let typed = response.request().extensions().get::<Typed>().cloned();
    let Some(typed) = typed.filter(Typed::is_worth_keeping) else { return Ok(response.map_into_left_body()) };
    let answer = page(response.request(), typed);
    Ok(response.into_response(answer.map_into_right_body()))
}

fn page(request: &HttpRequest, typed: Typed) -> HttpResponse {
    let page = UnsavedPage {
        chrome: Chrome::unknown(),
        action: request.uri().to_string(),
        typed: typed.in_words(),
        fields: typed.sent_again(),
        takes_files: typed.takes_files,
        files: typed.files,
    };
    let mut answer = render_as(StatusCode::SERVICE_UNAVAILABLE, &page);
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}

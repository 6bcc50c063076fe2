//! A sentence for the next page, carried by a cookie that is spent when shown.

use super::{
    audiences::is_attended,
    pages::{Flash, Tone},
};
use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::MessageBody,
    cookie::{Cookie, SameSite},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
};

const NAME: &str = "flash";

/// After a POST: the browser fetches the page at `path`, which shows the sentence once.
pub fn see_other_saying(path: impl AsRef<str>, flash: &Flash) -> HttpResponse {
    let tone = flash.tone.class();
    let value = serde_html_form::to_string([(tone, &flash.text)]).unwrap_or_default();
    let cookie = Cookie::build(NAME, value).path("/").http_only(true).same_site(SameSite::Lax).finish();
    HttpResponse::SeeOther().insert_header((header::LOCATION, path.as_ref())).cookie(cookie).finish()
}

/// The sentence that the last answer left for this page.
pub(super) fn of(request: &HttpRequest) -> Option<Flash> {
    let cookie = request.cookie(NAME)?;
    let pairs: Vec<(String, String)> = serde_html_form::from_str(cookie.value()).ok()?;
    let (tone, text) = pairs.into_iter().next()?;
    let tones = [Tone::Neutral, Tone::Info, Tone::Success, Tone::Warning, Tone::Error];
    Some(Flash { tone: tones.into_iter().find(|known| known.class() == tone)?, text })
}

/// Spends the cookie once somebody has been shown a page: what a script asks for by itself, and a file, show nothing.
pub async fn spend(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let has_flash = request.cookie(NAME).is_some();
    let mut response = next.call(request).await?;
    if has_flash && is_navigation(response.request()) && is_page(&response) {
        let mut spent = Cookie::build(NAME, "").path("/").finish();
        spent.make_removal();
        if let Err(error) = response.response_mut().add_cookie(&spent) {
            tracing::warn!(%error, "a spent flash stays");
        }
    }
    Ok(response)
}

/// Whether the answer takes the place of the page: a browser that does not say so is believed to ask for one.
fn is_navigation(request: &HttpRequest) -> bool {
    request.headers().get("sec-fetch-mode").is_none_or(|mode| mode == "navigate") && is_attended(request)
}

fn is_page(response: &ServiceResponse<impl MessageBody>) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    !response.status().is_redirection() && kind.is_some_and(|kind| kind.starts_with("text/html"))
}

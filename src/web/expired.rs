//! A form that is sent when the sign-in is over: nothing is written, nothing typed is lost. The page that answers carries
//! every field, to be sent again once the person has signed in elsewhere; sent again, the form goes through every check.

use super::{
    audiences::{self, Who},
    failures::Failure,
    forms::Fields,
    pages::{Chrome, render_as},
    routes::SITE_MAP,
    typed::{Files, Typed},
    uploads,
};
use actix_web::{
    Error, HttpResponse, ResponseError,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    middleware::Next,
};
use askama::Template;

#[derive(Template)]
#[template(path = "account/expired.html")]
struct ExpiredPage {
    chrome: Chrome,
    /// Where the form was sent, and is sent again.
    action: String,
    /// Everything it said, as it was.
    fields: Vec<(String, String)>,
    /// Name of each field and of the files that must be chosen again there: no page can carry one.
    files: Files,
    /// What a person typed: name of the field and text.
    typed: Vec<(String, String)>,
}

/// Who may send a form to the address of this request; `None` when nobody can.
fn who_posts(request: &ServiceRequest) -> Option<Who> {
    let pattern = request.match_pattern()?;
    SITE_MAP.iter().find(|address| address.method == "post" && address.path == pattern).map(|address| address.who)
}

/// Answers a form that needs a signed-in person and has none; everything else goes on.
pub async fn keep_typed<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    // Fields that save by themselves stay in the browser until they are saved: their script is sent to the sign-in.
    let is_kept = request.path().ends_with("/champs");
    let is_asked = !is_kept && !request.method().is_safe() && who_posts(&request).is_some_and(|who| who != Who::Public);
    if !is_asked {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    match audiences::is_somebody(request.request()).await {
        Ok(true) => return Ok(next.call(request).await?.map_into_left_body()),
        Ok(false) => {}
        // Who sends it cannot be looked up: what was typed is read for the page that says so.
        Err(failure) => {
            read(&mut request).await.ok();
            return Ok(request.into_response(failure.error_response().map_into_right_body()));
        }
    }
    let answer = match read(&mut request).await {
        Ok(typed) if typed.is_worth_keeping() => page(&request, typed),
        // A button without words: the way is through the sign-in and back to its page.
        Ok(_) => Failure::SignIn(audiences::page_before(request.request())).error_response(),
        Err(failure) => failure.error_response(),
    };
    Ok(request.into_response(answer.map_into_right_body()))
}

async fn read(request: &mut ServiceRequest) -> Result<Typed, Failure> {
    if request.request().headers().get(header::CONTENT_TYPE).is_some_and(is_multipart) {
        let sent = request.extract::<uploads::Sent>().await?;
        return Ok(Typed::with_files(&sent.fields, &sent.files));
    }
    Ok(Typed::plain(&request.extract::<Fields>().await?))
}

fn is_multipart(value: &HeaderValue) -> bool {
    value.to_str().is_ok_and(|value| value.starts_with("multipart/"))
}

fn page(request: &ServiceRequest, typed: Typed) -> HttpResponse {
    let page = ExpiredPage {
        chrome: Chrome::signed_out(Vec::new()),
        action: request.path().to_owned(),
        typed: typed.in_words(),
        fields: typed.sent_again(),
        files: typed.files,
    };
    let mut answer = render_as(StatusCode::UNAUTHORIZED, &page);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}

//! A form that is sent when the sign-in is over: nothing is written, nothing typed is lost. The page that answers carries
//! every field, to be sent again once the person has signed in elsewhere; sent again, the form goes through every check.

use super::{
    audiences::{self, Who},
    failures::Failure,
    forms::Fields,
    pages::{Chrome, render_as},
    routes::SITE_MAP,
    uploads,
};
use crate::usecases::edits;
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
    if !is_asked || audiences::is_somebody(request.request()).await.unwrap_or(true) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let answer = match read(&mut request).await {
        Ok((fields, files)) if is_worth_keeping(&fields, &files) => page(&request, &fields, files),
        // A button without words: the way is through the sign-in and back to its page.
        Ok(_) => Failure::SignIn(audiences::page_before(request.request())).error_response(),
        Err(failure) => failure.error_response(),
    };
    Ok(request.into_response(answer.map_into_right_body()))
}

type Files = Vec<(String, Vec<String>)>;

async fn read(request: &mut ServiceRequest) -> Result<(Fields, Files), Failure> {
    if !request.request().headers().get(header::CONTENT_TYPE).is_some_and(is_multipart) {
        return Ok((request.extract::<Fields>().await?, Files::new()));
    }
    let sent = request.extract::<uploads::Sent>().await?;
    let mut files = Files::new();
    for file in sent.files {
        match files.iter_mut().find(|(field, _)| *field == file.field) {
            Some((_, names)) => names.push(file.name),
            None => files.push((file.field, vec![file.name])),
        }
    }
    Ok((sent.fields, files))
}

fn is_multipart(value: &HeaderValue) -> bool {
    value.to_str().is_ok_and(|value| value.starts_with("multipart/"))
}

/// Passwords are typed again by hand.
fn is_secret(name: &str) -> bool {
    name.contains("mot_de_passe")
}

/// Whether a person wrote this, and not the page.
fn is_typed(name: &str, value: &str) -> bool {
    let is_of_page = matches!(name, "version" | "token" | "lu" | "suite")
        || name.starts_with("envoi-")
        || name.starts_with(&edits::seen_field(""));
    // The country of a partner is chosen beforehand: alone it says nothing.
    let is_default = name.starts_with("partenaire-") && name.ends_with("-pays");
    !is_of_page && !is_default && !is_secret(name) && !value.trim().is_empty()
}

fn is_worth_keeping(fields: &Fields, files: &Files) -> bool {
    !files.is_empty() || fields.iter().any(|(name, value)| is_typed(name, value))
}

/// `motif_du_refus` as it is read: « Motif du refus »; rows, counted from 0 in a form, are counted from 1.
fn words(name: &str) -> String {
    let row = name.split('-').nth(1).and_then(|number| number.parse::<usize>().ok());
    if let (Some(row), Some((first, rest))) = (row, name.split_once('-')) {
        let part = rest.split_once('-').map(|(_, part)| format!(", {part}")).unwrap_or_default();
        return super::grants::capitalised(&format!("{first} {}{part}", row + 1));
    }
    super::grants::capitalised(&name.replace(['_', '-', '.'], " "))
}

fn page(request: &ServiceRequest, fields: &Fields, files: Files) -> HttpResponse {
    let typed = fields.iter().filter(|(name, value)| is_typed(name, value));
    let page = ExpiredPage {
        chrome: Chrome::signed_out(Vec::new()),
        action: request.path().to_owned(),
        typed: typed.map(|(name, value)| (words(name), value.to_owned())).collect(),
        fields: fields
            .iter()
            .filter(|(name, _)| !is_secret(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        files,
    };
    let mut answer = render_as(StatusCode::UNAUTHORIZED, &page);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}

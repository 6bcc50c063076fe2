//! What was typed into a form, kept as typed so that a refused page comes back filled.

use super::{failures::Failure, typed::Typed};
use crate::domain::text::visible;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use futures_util::StreamExt;
use std::{future::Future, pin::Pin, sync::Arc};

/// The longest form taken, in bytes: some 150 pages of text, far above the longest honest answer.
const LIMIT: usize = 1 << 20;
/// More fields than any form has.
const MOST_FIELDS: usize = 5_000;

/// The fields of a posted form, in the order of the page; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(Arc<Vec<(String, String)>>);

impl Fields {
    /// Fields given one by one, for tests and for pages first shown.
    pub fn of<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        Fields(Arc::new(pairs.collect()))
    }

    /// What was typed into a field, without the space around it; empty when the field is absent.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The same, `None` when nothing was typed.
    pub fn filled(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// Every value of a repeated field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// Whether the field was sent at all: a ticked box, a pressed button.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Every field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The version of the object that the page showed; an impossible one when it is missing.
    pub fn version(&self) -> i32 {
        self.text("version").parse().unwrap_or(-1)
    }

    /// The token that makes a second click harmless.
    pub fn token(&self) -> &str {
        self.text("token")
    }
}

async fn read(mut payload: Payload, announced: Option<usize>) -> Result<Fields, Failure> {
    let too_large =
        || Failure::TooLarge("Le texte envoyé dépasse 1\u{a0}Mo. Raccourcissez-le ou joignez un fichier.".into());
    if announced.is_some_and(|length| length > LIMIT) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Failure::Malformed)?;
        if body.len() + chunk.len() > LIMIT {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    let pairs: Vec<(String, String)> = serde_html_form::from_bytes(&body).map_err(|_| Failure::Malformed)?;
    if pairs.len() > MOST_FIELDS {
        return Err(too_large());
    }
    // Browsers send line ends as CRLF; texts are kept with LF.
    let kept = |value: String| visible(&value.replace("\r\n", "\n").replace('\r', "\n"));
    Ok(Fields::of(pairs.into_iter().map(|(name, value)| (name, kept(value)))))
}

impl FromRequest for Fields {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form =
            request.content_type() == "application/x-www-form-urlencoded" || request.content_type().is_empty();
        let announced = request.headers().get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
        let (payload, request) = (payload.take(), request.clone());
        Box::pin(async move {
            if !is_form {
                return Err(Failure::Malformed);
            }
            let fields = read(payload, announced).await?;
            request.extensions_mut().insert(Typed::plain(&fields));
            Ok(fields)
        })
    }
}

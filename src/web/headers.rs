//! Middlewares around every request: addresses are readable, forms come from our own pages, answers carry the protective
//! headers.

use super::errors::page_for;
use actix_web::{
    Error, HttpMessage,
    body::{EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::{Bytes, Data},
};
use futures_util::{Stream, StreamExt, stream};
use std::{io, time::Duration};
use tokio::time::timeout;

/// Scheme, host and port under which people reach the site, as a browser writes them: `https://fonds.example.org`.
/// From the settings: behind a proxy the Host header proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnOrigin(pub String);

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     font-src 'self'; form-action 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const PROTECTIVE: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::PERMISSIONS_POLICY, "camera=(), microphone=(), geolocation=()"),
];

/// Adds the protective headers to every answer, without replacing one that a handler made stricter.
pub async fn protect(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    for (name, value) in PROTECTIVE {
        if !response.headers().contains_key(&name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    Ok(response)
}

/// How long a body may stand still, in seconds: a phone that changes networks is back before.
const PATIENCE: Duration = Duration::from_secs(45);

/// The same body, which breaks off when nothing comes any more: whoever sends one byte an hour holds no place for ever.
fn patient(
    body: impl Stream<Item = Result<Bytes, PayloadError>> + 'static,
    patience: Duration,
) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let pieces = stream::unfold(Some(Box::pin(body)), move |body| async move {
        let mut body = body?;
        match timeout(patience, body.next()).await {
            Ok(piece) => piece.map(|piece| (piece, Some(body))),
            Err(_) => Some((Err(PayloadError::Io(io::ErrorKind::TimedOut.into())), None)),
        }
    });
    // Whoever reads a form of files asks once more after its end.
    pieces.fuse()
}

/// Waits for the bytes of a form or a file, but not without end.
pub async fn lose_patience(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if !request.method().is_safe() {
        let body = patient(request.take_payload(), PATIENCE);
        request.set_payload(Payload::Stream { payload: Box::pin(body) });
    }
    next.call(request).await
}

/// Refuses with 403 what would change something and was not sent from one of our own pages.
pub async fn refuse_foreign_forms<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let own = request.app_data::<Data<OwnOrigin>>().map(|own| own.0.clone()).unwrap_or_default();
    let text = |name: &str| text_of(request.headers(), name);
    if request.method().is_safe() || same_origin(text("sec-fetch-site"), text("origin"), &own) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    // Not the path: a link of a mail carries its secret there.
    let route = request.match_pattern().unwrap_or_default();
    tracing::warn!(route, origin = text("origin"), "refused a form from another site");
    let refusal = page_for(StatusCode::FORBIDDEN, "").map_into_right_body();
    Ok(request.into_response(refusal))
}

/// Answers 404 to an address with a zero byte in it: nothing is called so, and PostgreSQL takes no text with one.
pub async fn refuse_zero_bytes<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if request.uri().to_string().contains("%00") {
        let missing = page_for(StatusCode::NOT_FOUND, "").map_into_right_body();
        return Ok(request.into_response(missing));
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// A browser says itself where a form comes from; older ones and programs must name our own origin.
fn same_origin(fetch_site: Option<&str>, origin: Option<&str>, own: &str) -> bool {
    match (fetch_site, origin) {
        (Some("same-origin" | "none"), _) => true,
        (Some(_), _) | (None, None) => false,
        (None, Some(origin)) => !own.is_empty() && origin == own,
    }
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{
        App, HttpResponse,
        middleware::from_fn,
        test::{TestRequest, call_service, init_service},
        web,
    };

    const OWN: &str = "https://fonds.example.org";

    async fn status_of(request: TestRequest) -> u16 {
        let site = App::new()
            .app_data(Data::new(OwnOrigin(OWN.to_owned())))
            .wrap(from_fn(refuse_foreign_forms))
            .wrap(from_fn(protect))
            .default_service(web::to(HttpResponse::NoContent));
        let response = call_service(&init_service(site).await, request.to_request()).await;
        for (name, value) in PROTECTIVE {
            assert_eq!(response.headers().get(&name).and_then(|v| v.to_str().ok()), Some(value), "{name}");
        }
        response.status().as_u16()
    }

    #[actix_web::test]
    async fn reading_is_free_and_writing_needs_our_own_page() {
        let post = || TestRequest::post().uri("/dossiers");
        assert_eq!(status_of(TestRequest::get().uri("/dossiers")).await, 204);
        assert_eq!(status_of(post()).await, 403);
        assert_eq!(status_of(post().insert_header(("sec-fetch-site", "same-origin"))).await, 204);
        assert_eq!(status_of(post().insert_header(("sec-fetch-site", "none"))).await, 204);
        assert_eq!(status_of(post().insert_header(("sec-fetch-site", "cross-site"))).await, 403);
        assert_eq!(
            status_of(post().insert_header(("sec-fetch-site", "same-site")).insert_header(("origin", OWN))).await,
            403
        );
        assert_eq!(status_of(post().insert_header(("origin", OWN))).await, 204);
        assert_eq!(status_of(post().insert_header(("origin", "https://fonds.example.org.evil"))).await, 403);
        assert_eq!(status_of(post().insert_header(("origin", "null"))).await, 403);
    }

    #[actix_web::test]
    async fn a_body_that_stands_still_breaks_off() {
        let first = stream::iter([Ok(Bytes::from_static(b"titre="))]);
        let body = patient(first.chain(stream::pending()), Duration::from_millis(20));
        let pieces: Vec<_> = body.collect().await;
        assert!(matches!(&pieces[..], [Ok(_), Err(PayloadError::Io(_))]), "{pieces:?}");
    }

    #[test]
    fn without_a_configured_origin_nothing_is_our_own() {
        assert!(!same_origin(None, None, ""));
        assert!(!same_origin(None, Some(OWN), ""));
        assert!(!same_origin(None, Some(""), ""));
    }
}

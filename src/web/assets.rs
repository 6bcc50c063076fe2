//! Style sheet, script, fonts and pictures, carried inside the binary.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::{collections::BTreeMap, fmt::Write, sync::LazyLock};

#[derive(RustEmbed)]
#[folder = "templates/assets"]
struct Embedded;

/// Address by file name, the content's fingerprint within: it may be kept for ever.
static ADDRESSES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let address = |name: &str| Embedded::get(name).map(|file| format!("/static/{}/{name}", fingerprint(&file)));
    Embedded::iter().filter_map(|name| Some((name.to_string(), address(&name)?))).collect()
});

/// The address of an asset, to be written into a page. An unknown name gives the plain address, which answers 404.
pub fn asset(name: impl AsRef<str>) -> String {
    let name = name.as_ref();
    ADDRESSES.get(name).cloned().unwrap_or_else(|| format!("/static/{name}"))
}

/// `GET /static/{path:.*}`: with the right fingerprint for ever, without one for an hour, with a wrong one not at all.
pub async fn serve(request: HttpRequest, path: web::Path<String>) -> HttpResponse {
    if let Some(file) = Embedded::get(&path) {
        return answer(&request, &path, &file, "public, max-age=3600");
    }
    let Some((print, name)) = path.split_once('/') else { return super::errors::not_found() };
    match Embedded::get(name) {
        Some(file) if fingerprint(&file) == print => {
            answer(&request, name, &file, "public, max-age=31536000, immutable")
        }
        _ => super::errors::not_found(),
    }
}

fn answer(request: &HttpRequest, name: &str, file: &EmbeddedFile, keep: &'static str) -> HttpResponse {
    let tag = format!("\"{}\"", fingerprint(file));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)) {
        return HttpResponse::build(StatusCode::NOT_MODIFIED).insert_header((header::ETAG, tag)).finish();
    }
    HttpResponse::Ok()
        .content_type(content_type(name))
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::ETAG, tag))
        .body(file.data.to_vec())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The first twelve hexadecimal digits of the SHA-256.
fn fingerprint(file: &EmbeddedFile) -> String {
    file.metadata.sha256_hash().iter().take(6).fold(String::with_capacity(12), |mut print, byte| {
        let _ = write!(print, "{byte:02x}");
        print
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{App, test::TestRequest, test::call_service, test::init_service};

    async fn fetch(path: &str, known: Option<&str>) -> HttpResponse {
        let site = init_service(App::new().route("/static/{path:.*}", web::get().to(serve))).await;
        let mut request = TestRequest::get().uri(path);
        if let Some(tag) = known {
            request = request.insert_header((header::IF_NONE_MATCH, tag));
        }
        let (_, response) = call_service(&site, request.to_request()).await.into_parts();
        response.map_into_boxed_body()
    }

    fn header_of(response: &HttpResponse, name: header::HeaderName) -> String {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }

    #[actix_web::test]
    async fn the_fingerprinted_address_may_be_kept_for_ever() {
        let response = fetch(&asset("site.css"), None).await;
        assert_eq!(response.status(), 200);
        assert_eq!(header_of(&response, header::CONTENT_TYPE), "text/css; charset=utf-8");
        assert!(header_of(&response, header::CACHE_CONTROL).contains("immutable"));
        let again = fetch(&asset("site.css"), Some(&header_of(&response, header::ETAG))).await;
        assert_eq!(again.status(), 304);
    }

    #[actix_web::test]
    async fn the_plain_address_is_kept_for_an_hour_and_a_wrong_one_is_unknown() {
        let plain = fetch("/static/site.js", None).await;
        assert_eq!(header_of(&plain, header::CACHE_CONTROL), "public, max-age=3600");
        for unknown in ["/static/000000000000/site.css", "/static/nothing.css", "/static/../Cargo.toml"] {
            assert_eq!(fetch(unknown, None).await.status(), 404, "{unknown}");
        }
    }

    #[test]
    fn the_style_sheet_stays_small() {
        let bytes = Embedded::get("site.css").map(|file| file.data.len()).unwrap_or_default();
        assert!((1..=34 * 1024).contains(&bytes), "{bytes} bytes");
    }
}

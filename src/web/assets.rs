//! Style sheet, script, fonts and pictures, carried inside the binary.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, AcceptEncoding, ContentEncoding, Encoding, Header},
    },
    web,
};
use flate2::{Compression, write::GzEncoder};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write as _},
    sync::LazyLock,
};

#[derive(RustEmbed)]
#[folder = "templates/assets"]
struct Embedded;

/// Address by file name, the content's fingerprint within: it may be kept for ever.
static ADDRESSES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let address = |name: &str| Embedded::get(name).map(|file| format!("/static/{}/{name}", fingerprint(&file)));
    Embedded::iter().filter_map(|name| Some((name.to_string(), address(&name)?))).collect()
});

/// The texts as they travel: compressed once, and harder than an answer could be while somebody waits for it.
static PACKED: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let texts = Embedded::iter().filter(|name| content_type(name).starts_with("text/"));
    texts
        .filter_map(|name| Some((name.to_string(), pack(&travelling(&name, &Embedded::get(&name)?.data)).ok()?)))
        .collect()
});

/// A script without the lines that only explain it; anything else as it is.
fn travelling<'a>(name: &str, bytes: &'a [u8]) -> Cow<'a, [u8]> {
    match std::str::from_utf8(bytes) {
        Ok(text) if name.ends_with(".js") => {
            let lines = text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("//"));
            Cow::Owned(lines.collect::<String>().into_bytes())
        }
        _ => Cow::Borrowed(bytes),
    }
}

fn pack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes)?;
    packed.finish()
}

fn takes_packed(request: &HttpRequest) -> bool {
    let offered = [Encoding::gzip(), Encoding::identity()];
    AcceptEncoding::parse(request).is_ok_and(|wish| wish.negotiate(offered.iter()) == Some(Encoding::gzip()))
}

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
    let mut response = HttpResponse::Ok();
    response.content_type(content_type(name));
    response.insert_header((header::CACHE_CONTROL, keep)).insert_header((header::ETAG, tag));
    let Some(packed) = PACKED.get(name) else { return response.body(file.data.to_vec()) };
    response.insert_header((header::VARY, "accept-encoding"));
    if takes_packed(request) {
        return response.insert_header(ContentEncoding::Gzip).body(packed.as_slice());
    }
    response.body(travelling(name, &file.data).into_owned())
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
    use std::io::Read;

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

    #[actix_web::test]
    async fn a_text_travels_packed_to_those_who_take_it_so_alone() {
        let site = init_service(App::new().route("/static/{path:.*}", web::get().to(serve))).await;
        let ask = async |wish: &str| {
            let request = TestRequest::get().uri("/static/form.js").insert_header((header::ACCEPT_ENCODING, wish));
            let response = call_service(&site, request.to_request()).await;
            let is_packed = response.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
            (is_packed, actix_web::test::read_body(response).await)
        };
        let (is_packed, packed) = ask("gzip, deflate, br").await;
        let mut read = String::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut read).unwrap();
        let (is_plain, plain) = ask("identity").await;
        assert!(is_packed && !is_plain);
        assert_eq!(read.as_bytes(), plain);
        assert!(!ask("gzip;q=0").await.0);
    }

    #[test]
    fn a_script_travels_without_the_lines_that_explain_it() {
        let text = "// Why.\n\"use strict\";\n  // How.\nfetch(`https://${place}`); // there\n";
        let left = "\"use strict\";\nfetch(`https://${place}`); // there\n";
        assert_eq!(travelling("site.js", text.as_bytes()), left.as_bytes());
        assert_eq!(travelling("site.css", text.as_bytes()), text.as_bytes());
    }

    #[test]
    fn style_sheet_and_scripts_stay_small() {
        let bytes = Embedded::get("site.css").map(|file| file.data.len()).unwrap_or_default();
        assert!((1..=34 * 1024).contains(&bytes), "{bytes} bytes");
        // All that a page may ask for, as it travels.
        let pages = [
            &["site.js", "form.js", "communes.js", "files.js"][..],
            &["site.js", "keep.js", "form.js", "files.js"],
            &["site.js", "keep.js", "form.js", "sheet.js", "arrows.js"],
            &["site.js", "keep.js", "room.js"],
        ];
        for page in pages {
            let scripts: usize = page.iter().map(|name| PACKED[*name].len()).sum();
            assert!((1..=15_000).contains(&scripts), "{scripts} bytes for {page:?}");
        }
        let unknown = PACKED.keys().filter(|name| name.ends_with(".js"));
        let unknown: Vec<_> = unknown.filter(|name| !pages.concat().contains(&name.as_str())).collect();
        assert_eq!(unknown, Vec::<&String>::new(), "scripts of no page");
    }
}

//! What two houses may differ in though the same was done in both, and nothing else. Everything a person is served is
//! compared byte for byte once this is taken away:
//!
//! | taken away | why it differs by nature |
//! |---|---|
//! | an identifier, by the order in which the text names it | minted at random; that one is named twice still counts |
//! | a secret of 64 figures: tokens of forms, digests over identifiers | drawn or computed anew for each page |
//! | the code under which a document is checked | drawn for each document |
//! | the address and port of the site | each house stands at a port of its own |
//! | the headers `date` and `content-length` | of now; told by the bytes that are compared |
//! | the header `connection` | whether the form had come whole when the answer left: of the network, not of the answer |
//! | the bytes of a PDF that says one of these | its words and their places are compared instead |
//! | what of a workbook lies outside its folder `xl` | when it was written, and by which program |
//!
//! Dates of now need nothing: both houses live at the same instant.

use super::{on_path, site::Site};
use reqwest::Response;
use std::{
    io::{Cursor, Read, Write},
    process::{Command, Stdio},
};
use tisserand::store::digests::sha256;

/// Headers that say nothing of what is served.
const OF_NOW: [&str; 3] = ["date", "content-length", "connection"];

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() >= 36
        && (0..36)
            .all(|at| if [8, 13, 18, 23].contains(&at) { bytes[at] == b'-' } else { bytes[at].is_ascii_hexdigit() })
}

fn is_secret(bytes: &[u8]) -> bool {
    bytes.len() >= 64 && bytes[..64].iter().all(u8::is_ascii_hexdigit)
}

/// The code of a document: ten letters and figures that cannot be mistaken for others.
fn is_code(bytes: &[u8]) -> bool {
    let is_letter = |byte: &u8| b"23456789ABCDEFGHJKMNPQRSTUVWXYZ".contains(byte);
    bytes.len() >= 10 && bytes[..10].iter().all(is_letter) && !bytes.get(10).is_some_and(u8::is_ascii_alphanumeric)
}

/// A text without what is drawn anew each time: identifiers by their order, secrets and codes away.
pub fn bare(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut known, mut bare, mut at): (Vec<&str>, String, usize) = (Vec::new(), String::new(), 0);
    let mut is_word = false;
    while let Some(letter) = text[at..].chars().next() {
        let rest = &bytes[at..];
        if is_uuid(rest) {
            let id = &text[at..at + 36];
            let place = known.iter().position(|one| *one == id).unwrap_or_else(|| {
                known.push(id);
                known.len() - 1
            });
            bare.push_str(&format!("id{place}"));
            at += 36;
        } else if !is_word && is_secret(rest) {
            bare.push_str("secret");
            at += 64;
        } else if !is_word && is_code(rest) {
            bare.push_str("code");
            at += 10;
        } else {
            bare.push(letter);
            is_word = letter.is_ascii_alphanumeric();
            at += letter.len_utf8();
            continue;
        }
        is_word = true;
    }
    bare
}

/// The words of a PDF, as far as a program is there to read them.
pub fn words_of_pdf(bytes: &[u8]) -> String {
    let mut command = Command::new("pdftotext");
    command.args(["-layout", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let Ok(mut program) = command.spawn() else { return "a PDF".into() };
    // It may close its ears before the end of what is no PDF.
    drop(program.stdin.take().unwrap().write_all(bytes));
    String::from_utf8_lossy(&program.wait_with_output().unwrap().stdout).into_owned()
}

/// A PDF as it is compared: its words with their places, and its very bytes where nothing in them is drawn anew. Without
/// the program that reads it, its words cannot be told from what is drawn.
fn pdf(bytes: &[u8], base: &str) -> String {
    let words = words_of_pdf(bytes);
    let is_drawn =
        on_path("pdftotext").is_none() || bare(&words) != words || words.contains(base) || words.contains("Empreinte");
    let digest = if is_drawn { String::new() } else { sha256(bytes).split_at(60).0.to_owned() };
    format!("{words}\n{digest}")
}

/// Every part of a workbook that holds something, one after the other, without when and by what it was written.
pub fn words_of_workbook(bytes: &[u8]) -> String {
    let mut book = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = book.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut said = String::new();
    for name in names.iter().filter(|name| name.starts_with("xl/")) {
        said.push_str(&format!("\n{name}\n"));
        book.by_name(name).unwrap().read_to_string(&mut said).unwrap();
    }
    said
}

/// What a site answers: a line of status, every header, then the body.
pub async fn answer(site: &Site, mut reply: Response) -> (u16, String) {
    let status = reply.status().as_u16();
    let headers = reply.headers().iter().filter(|(name, _)| !OF_NOW.contains(&name.as_str()));
    let mut head: Vec<String> =
        headers.map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap_or("?"))).collect();
    head.sort();
    let kind = reply.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    let body = if kind.contains("event-stream") {
        reply.chunk().await.unwrap().map(|first| String::from_utf8_lossy(&first).into_owned()).unwrap_or_default()
    } else {
        let bytes = reply.bytes().await.unwrap();
        match kind.as_str() {
            kind if kind.contains("pdf") => pdf(&bytes, &site.base),
            kind if kind.contains("spreadsheet") => words_of_workbook(&bytes),
            _ => String::from_utf8_lossy(&bytes).into_owned(),
        }
    };
    (status, format!("{status}\n{}\n{body}", head.concat()).replace(&site.base, "site"))
}

//! A form that carries a file: its fields and the file, never more than the limit of either.

use super::{Failure, Fields, typed::Typed};
use crate::domain::{
    attachments::{LARGEST, Unfit},
    text::visible,
};
use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use futures_util::StreamExt;
use std::{future::Future, pin::Pin};

/// The longest text of all fields together, in bytes.
const LONGEST_TEXT: usize = 1 << 20;
/// More fields than any such form has.
const MOST_FIELDS: usize = 5_000;
/// More files than any page of questions asks for.
const MOST_FILES: usize = 20;
/// The most that is read of a file that is too heavy, in bytes.
const MOST_PAST: usize = 10 * LARGEST;

/// What a form with a file sent.
#[derive(Debug, Clone, Default)]
pub struct Upload {
    pub fields: Fields,
    /// Name of the field that carried the file.
    pub file_field: String,
    /// Name and bytes of the first file that was chosen.
    pub file: Option<(String, Vec<u8>)>,
}

impl Upload {
    /// The file, or an empty one that every judgement refuses in words.
    pub fn file_or_nothing(self) -> (String, Vec<u8>) {
        self.file.unwrap_or_else(|| ("fichier".into(), Vec::new()))
    }
}

/// The bytes of a part; nothing when there are more than the limit. The rest is read past, as far as a browser may
/// reasonably send: what follows it in the form is still wanted.
async fn bytes_of(part: &mut Field, limit: usize) -> Result<Option<Vec<u8>>, Failure> {
    let (mut bytes, mut past) = (Vec::new(), 0);
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| Failure::Malformed)?;
        if past > 0 || bytes.len() + chunk.len() > limit {
            past += chunk.len() + std::mem::take(&mut bytes).len();
            if past > MOST_PAST {
                return Err(too_heavy());
            }
            continue;
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((past == 0).then_some(bytes))
}

fn too_heavy() -> Failure {
    Failure::TooLarge(Unfit::TooLarge.sentence())
}

fn too_long() -> Failure {
    Failure::TooLarge("Le texte envoyé dépasse 1\u{a0}Mo. Raccourcissez-le ou joignez un fichier.".into())
}

/// The parts of a form that carries files, as they come, and the request beside which what they said is kept.
pub struct Parts {
    form: Multipart,
    request: HttpRequest,
}

impl Parts {
    /// The next part.
    pub async fn part(&mut self) -> Option<Result<Field, MultipartError>> {
        self.form.next().await
    }

    /// Keeps what was read, for the page that answers when it cannot be taken.
    pub fn keep(&self, fields: &Fields, files: &[SentFile]) {
        self.request.extensions_mut().insert(Typed::with_files(fields, files));
    }
}

impl FromRequest for Parts {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (form, request) = (Multipart::from_request(request, payload), request.clone());
        Box::pin(async move { Ok(Parts { form: form.await.map_err(|_| Failure::Malformed)?, request }) })
    }
}

/// What a form with several files sent.
#[derive(Debug, Clone, Default)]
pub struct Uploads {
    pub fields: Fields,
    /// Name and bytes of each file that was chosen.
    pub files: Vec<(String, Vec<u8>)>,
}

/// The form of a page that may carry several files, or none. A file that is too heavy does not lose what was typed.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    pub fields: Fields,
    pub files: Vec<SentFile>,
}

/// A file that was chosen.
#[derive(Debug, Clone)]
pub struct SentFile {
    /// Name of the field that carried it.
    pub field: String,
    pub name: String,
    /// Nothing when it is heavier than any file may be.
    pub bytes: Option<Vec<u8>>,
}

impl FromRequest for Sent {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !request.content_type().starts_with("multipart/") {
            let fields = Fields::from_request(request, payload);
            return Box::pin(async move { Ok(Sent { fields: fields.await?, files: Vec::new() }) });
        }
        let form = Parts::from_request(request, payload);
        Box::pin(async move {
            let (fields, files) = read_form(form.await?, MOST_FILES).await?;
            Ok(Sent { fields, files })
        })
    }
}

/// Reads the form. Files after the first one are not kept.
pub async fn read(form: Parts) -> Result<Upload, Failure> {
    let (fields, files) = read_form(form, 1).await?;
    let (file_field, file) = match files.into_iter().next() {
        Some(SentFile { bytes: None, .. }) => return Err(too_heavy()),
        Some(SentFile { field, name, bytes: Some(bytes) }) => (field, Some((name, bytes))),
        None => (String::new(), None),
    };
    Ok(Upload { fields, file_field, file })
}

/// Reads the form. Files after so many are not kept.
pub async fn read_all(form: Parts, most: usize) -> Result<Uploads, Failure> {
    let (fields, files) = read_form(form, most).await?;
    let files: Option<Vec<_>> = files.into_iter().map(|file| Some((file.name, file.bytes?))).collect();
    Ok(Uploads { fields, files: files.ok_or_else(too_heavy)? })
}

async fn read_form(mut form: Parts, most: usize) -> Result<(Fields, Vec<SentFile>), Failure> {
    let (mut pairs, mut files, mut room) = (Vec::new(), Vec::new(), LONGEST_TEXT);
    while let Some(part) = form.part().await {
        let mut part = part.map_err(|_| Failure::Malformed)?;
        let sent = part.content_disposition();
        let name = sent.and_then(|sent| sent.get_name()).unwrap_or_default().to_owned();
        let file_name = sent.and_then(|sent| sent.get_filename()).map(str::to_owned);
        match file_name {
            Some(file_name) if !file_name.is_empty() && files.len() < most => {
                let bytes = bytes_of(&mut part, LARGEST).await?;
                files.push(SentFile { field: name, name: file_name, bytes });
            }
            Some(_) => drop(bytes_of(&mut part, LARGEST).await?),
            None => {
                let text = bytes_of(&mut part, room).await?.ok_or_else(too_long)?;
                room -= text.len();
                if pairs.len() >= MOST_FIELDS {
                    return Err(Failure::Malformed);
                }
                let text = String::from_utf8(text).map_err(|_| Failure::Malformed)?;
                pairs.push((name, visible(&text.replace("\r\n", "\n").replace('\r', "\n"))));
            }
        }
    }
    let fields = Fields::of(pairs);
    form.keep(&fields, &files);
    Ok((fields, files))
}

//! A form that carries a file: its fields and the file, never more than the limit of either.

use super::{Failure, Fields};
use crate::domain::{
    attachments::{LARGEST, LARGEST_IN_WORDS},
    text::visible,
};
use actix_multipart::{Field, Multipart};
use futures_util::StreamExt;

/// The longest text of all fields together, in bytes.
const LONGEST_TEXT: usize = 1 << 16;
/// More fields than any such form has.
const MOST_FIELDS: usize = 100;

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

async fn bytes_of(part: &mut Field, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| Failure::Malformed)?;
        if bytes.len() + chunk.len() > limit {
            let sentence = format!(
                "Ce fichier est trop lourd\u{a0}: {LARGEST_IN_WORDS} au plus. Enregistrez-le en PDF, ou réduisez ses images."
            );
            return Err(Failure::TooLarge(sentence));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// What a form with several files sent.
#[derive(Debug, Clone, Default)]
pub struct Uploads {
    pub fields: Fields,
    /// Name and bytes of each file that was chosen.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Reads the form. Files after the first one are not kept.
pub async fn read(form: Multipart) -> Result<Upload, Failure> {
    let (fields, files) = read_form(form, 1).await?;
    let first = files.into_iter().next();
    let (file_field, file) = first.map_or((String::new(), None), |(field, name, bytes)| (field, Some((name, bytes))));
    Ok(Upload { fields, file_field, file })
}

/// Reads the form. Files after so many are not kept.
pub async fn read_all(form: Multipart, most: usize) -> Result<Uploads, Failure> {
    let (fields, files) = read_form(form, most).await?;
    Ok(Uploads { fields, files: files.into_iter().map(|(_, name, bytes)| (name, bytes)).collect() })
}

/// Field, name and bytes.
type Sent = (String, String, Vec<u8>);

async fn read_form(mut form: Multipart, most: usize) -> Result<(Fields, Vec<Sent>), Failure> {
    let (mut pairs, mut files, mut room) = (Vec::new(), Vec::new(), LONGEST_TEXT);
    while let Some(part) = form.next().await {
        let mut part = part.map_err(|_| Failure::Malformed)?;
        let sent = part.content_disposition();
        let name = sent.and_then(|sent| sent.get_name()).unwrap_or_default().to_owned();
        let file_name = sent.and_then(|sent| sent.get_filename()).map(str::to_owned);
        match file_name {
            Some(file_name) if !file_name.is_empty() && files.len() < most => {
                let bytes = bytes_of(&mut part, LARGEST).await?;
                files.push((name, file_name, bytes));
            }
            Some(_) => drop(bytes_of(&mut part, LARGEST).await?),
            None => {
                let text = bytes_of(&mut part, room).await?;
                room -= text.len();
                if pairs.len() >= MOST_FIELDS {
                    return Err(Failure::Malformed);
                }
                let text = String::from_utf8(text).map_err(|_| Failure::Malformed)?;
                pairs.push((name, visible(&text.replace("\r\n", "\n").replace('\r', "\n"))));
            }
        }
    }
    Ok((Fields::of(pairs), files))
}

//! The mails of the folder transport, read back: the mailbox of the demo.

use mail_parser::{Message, MessageParser, MimeHeaders};
use std::{
    fs, io,
    path::{Component, Path},
};

/// A mail as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The name of its file.
    pub file: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    /// When it left, in seconds since 1970 (UTC).
    pub at: i64,
    /// The names of what is attached.
    pub attachments: Vec<String>,
}

/// The newest mails of the folder, those before the file named `before` when it is given.
pub fn list(folder: &Path, before: Option<&str>, limit: usize) -> io::Result<Vec<Received>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if is_mail(&name) && before.is_none_or(|before| name.as_str() < before) {
            names.push(name);
        }
    }
    names.sort_unstable_by(|one, other| other.cmp(one));
    names.truncate(limit);
    Ok(names.iter().filter_map(|name| read(folder, name)).collect())
}

/// One mail of the folder; `None` when there is none of this name.
pub fn read(folder: &Path, file: &str) -> Option<Received> {
    let bytes = bytes_of(folder, file)?;
    let mail = MessageParser::default().parse(&bytes)?;
    let names = mail.attachments().map(|part| part.attachment_name().unwrap_or("document").to_owned());
    Some(Received {
        file: file.to_owned(),
        to: recipient(&mail),
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: mail.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        at: mail.date().map(|date| date.to_timestamp()).unwrap_or_default(),
        attachments: names.collect(),
    })
}

/// The bytes of the attachment numbered `index` (from 0), with its name.
pub fn attachment(folder: &Path, file: &str, index: usize) -> Option<(String, Vec<u8>)> {
    let bytes = bytes_of(folder, file)?;
    let mail = MessageParser::default().parse(&bytes)?;
    let part = mail.attachment(u32::try_from(index).ok()?)?;
    Some((part.attachment_name().unwrap_or("document").to_owned(), part.contents().to_vec()))
}

fn recipient(mail: &Message<'_>) -> String {
    let Some(to) = mail.to().and_then(|to| to.first()) else { return String::new() };
    let address = to.address().unwrap_or_default();
    to.name().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
}

fn is_mail(name: &str) -> bool {
    name.ends_with(".eml") && !name.starts_with('.')
}

fn bytes_of(folder: &Path, file: &str) -> Option<Vec<u8>> {
    let is_one_name = matches!(Path::new(file).components().collect::<Vec<_>>().as_slice(), [Component::Normal(_)]);
    if is_one_name && is_mail(file) { fs::read(folder.join(file)).ok() } else { None }
}

//! From words to the message that travels: text, HTML and the letter in one, under a name that never changes.

use super::rendering::{Rendered, one_line};
use crate::domain::{ids::MessageId, messages::MessageKind, slots::CalendarEntry, time::Moment};
use lettre::{
    Address, Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use std::time::{Duration, UNIX_EPOCH};

/// A mail with its address, ready to be put together.
#[derive(Debug)]
pub struct Parcel<'a> {
    pub id: MessageId,
    pub kind: MessageKind,
    pub from: &'a Mailbox,
    pub to_name: &'a str,
    pub to_address: &'a str,
    /// When the mail became owed (UTC): it names the file of the folder transport.
    pub owed_at: Moment,
    /// When it leaves (UTC).
    pub at: Moment,
    pub rendered: &'a Rendered,
    pub attached: Option<Attached>,
}

/// What goes with a mail.
#[derive(Debug)]
pub struct Attached {
    file_name: String,
    content_type: String,
    bytes: Vec<u8>,
}

impl Attached {
    /// A letter, as a PDF named after its reference.
    pub fn letter(reference: &str, bytes: Vec<u8>) -> Self {
        Attached { file_name: file_name(reference), content_type: "application/pdf".to_owned(), bytes }
    }

    /// An entry for a calendar.
    pub fn entry(entry: &CalendarEntry) -> Self {
        let content_type = format!("text/calendar; charset=utf-8; method={}", entry.method());
        Attached { file_name: "rendez-vous.ics".to_owned(), content_type, bytes: entry.text().into_bytes() }
    }
}

/// Why a mail cannot be put together: nothing another attempt would change.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// Nobody can be reached under such an address.
    #[error("address: {0}")]
    Address(#[from] lettre::address::AddressError),
    /// A part was refused.
    #[error("message: {0}")]
    Message(#[from] lettre::error::Error),
    /// A type of content was refused.
    #[error("content: {0}")]
    Content(#[from] lettre::message::header::ContentTypeErr),
}

impl Parcel<'_> {
    /// The message. The same parcel gives the same bytes, and every attempt the same Message-ID.
    pub fn compose(self) -> Result<Message, ComposeError> {
        let name = one_line(self.to_name);
        let to = Mailbox::new(Some(name).filter(|name| !name.is_empty()), self.to_address.trim().parse::<Address>()?);
        let seconds = u64::try_from(self.at.unix_seconds()).unwrap_or_default();
        let builder = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(self.rendered.subject.clone())
            .message_id(Some(format!("<{}@{}>", self.id, self.from.email.domain())))
            .date(UNIX_EPOCH + Duration::from_secs(seconds))
            // Out-of-office robots do not answer what says this (RFC 3834).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()));
        // Boundaries that come from the identifier: random ones would make every attempt another message.
        let words = MultiPart::alternative()
            .boundary(format!("words-{}", self.id))
            .singlepart(SinglePart::plain(self.rendered.text.clone()))
            .singlepart(SinglePart::html(self.rendered.html.clone()));
        let Some(attached) = self.attached else { return Ok(builder.multipart(words)?) };
        let content_type = ContentType::parse(&attached.content_type)?;
        let letter = Attachment::new(attached.file_name).body(attached.bytes, content_type);
        let whole = MultiPart::mixed().boundary(format!("whole-{}", self.id));
        Ok(builder.multipart(whole.multipart(words).singlepart(letter))?)
    }

    /// The name of the file under which the folder transport keeps this mail, in the order in which mails are owed.
    pub fn file_name(&self) -> String {
        let at = self.owed_at.utc().format("%Y%m%d-%H%M%S");
        format!("{at}-{}-{}.eml", self.kind, self.id)
    }
}

/// `LC-2027-0042.pdf`: letters, digits and hyphens only, whatever the reference holds.
fn file_name(reference: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    let name: String = reference.chars().map(safe).take(80).collect();
    format!("{name}.pdf")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Minted;

    fn parcel<'a>(rendered: &'a Rendered, from: &'a Mailbox, to_address: &'a str) -> Parcel<'a> {
        let at = Moment::from_unix_seconds(1_800_000_000);
        let id = MessageId::mint(at, [7; 10]);
        let attached = Some(Attached::letter("LC/2027 42", b"%PDF-1.7".to_vec()));
        let kind = MessageKind::Award;
        Parcel { id, kind, from, to_name: "Zoé\nNœud", to_address, owed_at: at, at, rendered, attached }
    }

    #[test]
    fn the_same_parcel_gives_the_same_bytes() {
        let rendered =
            Rendered { subject: "Été".into(), text: "Déposé\u{202f}!".into(), html: "<p>Déposé</p>".into() };
        let from: Mailbox = "Lianes coopération <fonds@example.org>".parse().unwrap();
        let compose = || parcel(&rendered, &from, "zoe@example.org").compose().unwrap().formatted();
        let bytes = compose();
        assert_eq!(bytes, compose());
        let text = String::from_utf8(bytes).unwrap();
        let id = parcel(&rendered, &from, "zoe@example.org").id;
        for said in [format!("Message-ID: <{id}@example.org>"), "Auto-Submitted: auto-generated".into()] {
            assert!(text.contains(&said), "{said}\n{text}");
        }
        assert!(text.contains("LC-2027-42.pdf") && text.contains("Date: Fri, 15 Jan 2027 08:00:00 +0000"), "{text}");
    }

    #[test]
    fn a_calendar_entry_travels_as_one() {
        let at = Moment::from_unix_seconds(1_800_000_000);
        let entry = CalendarEntry {
            uid: "1@example.org".into(),
            sequence: 0,
            is_cancelled: false,
            changed_at: at,
            starts_at: at,
            ends_at: at.plus_minutes(30),
            summary: "Rendez-vous".into(),
            location: "Lille".into(),
            description: String::new(),
            organiser_name: "Zoé".into(),
            organiser_email: "zoe@example.org".into(),
        };
        let rendered = Rendered { subject: String::new(), text: String::new(), html: String::new() };
        let from: Mailbox = "fonds@example.org".parse().unwrap();
        let parcel = Parcel { attached: Some(Attached::entry(&entry)), ..parcel(&rendered, &from, "zoe@example.org") };
        let text = String::from_utf8(parcel.compose().unwrap().formatted()).unwrap();
        assert!(text.contains("rendez-vous.ics") && text.contains("text/calendar"), "{text}");
        assert!(text.contains("method=PUBLISH"), "{text}");
    }

    #[test]
    fn an_address_with_a_line_break_is_refused() {
        let rendered = Rendered { subject: String::new(), text: String::new(), html: String::new() };
        let from: Mailbox = "fonds@example.org".parse().unwrap();
        let bad = "zoe@example.org\r\nBcc: rest@example.org";
        assert!(matches!(parcel(&rendered, &from, bad).compose(), Err(ComposeError::Address(_))));
    }
}

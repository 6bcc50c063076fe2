//! Meeting slots (créneaux de rendez-vous): what an adviser opens to those whose project is not retained, and the entry
//! of a calendar that goes with the mail when one of them books.

use super::{codes::codes, time::Moment};

/// Minutes of the shortest meeting.
pub const SHORTEST: i32 = 10;
/// Minutes of the longest meeting.
pub const LONGEST: i32 = 180;
/// Slots opened at once, one after the other.
pub const MOST_AT_ONCE: i32 = 12;
/// Slots named in a letter; its page has them all.
pub const NAMED: usize = 3;

codes! {
    /// How one meets.
    pub enum MeetingMeans {
        OnSite => "on_site",
        Phone => "phone",
        Video => "video",
    }
}

impl MeetingMeans {
    /// As a sentence says it.
    pub const fn label(self) -> &'static str {
        match self {
            MeetingMeans::OnSite => "sur place",
            MeetingMeans::Phone => "par téléphone",
            MeetingMeans::Video => "en visioconférence",
        }
    }
}

/// A slot in words: « 3 mars 2027 à 14 h 00, 30 minutes, en visioconférence ».
pub fn in_words(starts_at: Moment, minutes: i32, means: MeetingMeans) -> String {
    format!("{}, {minutes}\u{a0}minutes, {}", starts_at.french(), means.label())
}

/// Whether two meetings take the same minutes, by start and length in minutes.
pub fn overlap(one: (Moment, i32), other: (Moment, i32)) -> bool {
    let end = |(at, minutes): (Moment, i32)| at.plus_minutes(i64::from(minutes));
    one.0 < end(other) && other.0 < end(one)
}

/// What a calendar is told of a meeting (RFC 5545, RFC 5546).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEntry {
    /// The same for whoever reads it and however often it changes.
    pub uid: String,
    /// Grows with each change.
    pub sequence: i32,
    pub is_cancelled: bool,
    /// When it was last changed.
    pub changed_at: Moment,
    pub starts_at: Moment,
    pub ends_at: Moment,
    pub summary: String,
    pub location: String,
    pub description: String,
    pub organiser_name: String,
    pub organiser_email: String,
}

/// Bytes of a line, at most, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

/// `20270303T130000Z`: an instant in UTC, whatever the reader's clock shows.
fn instant(at: Moment) -> String {
    at.utc().format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as the value of a property (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => safe.extend(['\\', letter]),
            '\n' => safe.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}

/// A text between quotation marks, which it may not hold itself.
fn quoted(text: &str) -> String {
    let safe: String = text.chars().filter(|letter| *letter != '"' && !letter.is_control()).collect();
    format!("\"{safe}\"")
}

/// Adds a line, cut where it is too long: what follows begins with a space. No letter is cut in two.
fn push_line(text: &mut String, line: &str) {
    let mut length = 0;
    for letter in line.chars() {
        if length + letter.len_utf8() > LINE {
            text.push_str("\r\n ");
            length = 1;
        }
        text.push(letter);
        length += letter.len_utf8();
    }
    text.push_str("\r\n");
}

impl CalendarEntry {
    /// What is asked of the calendar that opens it.
    pub const fn method(&self) -> &'static str {
        if self.is_cancelled { "CANCEL" } else { "PUBLISH" }
    }

    /// The file: one event, its instants in UTC.
    pub fn text(&self) -> String {
        let status = if self.is_cancelled { "CANCELLED" } else { "CONFIRMED" };
        let lines = [
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            "PRODID:-//Tisserand//Rendez-vous//FR".to_owned(),
            "CALSCALE:GREGORIAN".to_owned(),
            format!("METHOD:{}", self.method()),
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", escaped(&self.uid)),
            format!("SEQUENCE:{}", self.sequence),
            format!("DTSTAMP:{}", instant(self.changed_at)),
            format!("DTSTART:{}", instant(self.starts_at)),
            format!("DTEND:{}", instant(self.ends_at)),
            format!("SUMMARY:{}", escaped(&self.summary)),
            format!("LOCATION:{}", escaped(&self.location)),
            format!("DESCRIPTION:{}", escaped(&self.description)),
            format!("ORGANIZER;CN={}:mailto:{}", quoted(&self.organiser_name), self.organiser_email),
            format!("STATUS:{status}"),
            "END:VEVENT".to_owned(),
            "END:VCALENDAR".to_owned(),
        ];
        let mut text = String::new();
        lines.iter().for_each(|line| push_line(&mut text, line));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> CalendarEntry {
        let starts_at = Moment::from_paris("2027-03-03".parse().unwrap(), "14:00:00".parse().unwrap());
        CalendarEntry {
            uid: "0198c0a1@example.org".into(),
            sequence: 0,
            is_cancelled: false,
            changed_at: starts_at.plus_days(-3),
            starts_at,
            ends_at: starts_at.plus_minutes(30),
            summary: "Rendez-vous; avec Zoé, de l’équipe".into(),
            location: "Lille\nMRES".into(),
            description: "É".repeat(100),
            organiser_name: "Zoé \"Z\" Nœud".into(),
            organiser_email: "zoe@example.org".into(),
        }
    }

    #[test]
    fn a_calendar_reads_instants_in_utc_and_texts_as_they_were_written() {
        let text = entry().text();
        for said in [
            "UID:0198c0a1@example.org\r\n",
            "DTSTART:20270303T130000Z\r\n",
            "DTEND:20270303T133000Z\r\n",
            "DTSTAMP:20270228T130000Z\r\n",
            "SUMMARY:Rendez-vous\\; avec Zoé\\, de l’équipe\r\n",
            "LOCATION:Lille\\nMRES\r\n",
            "ORGANIZER;CN=\"Zoé Z Nœud\":mailto:zoe@example.org\r\n",
            "METHOD:PUBLISH\r\n",
            "STATUS:CONFIRMED\r\n",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.split("\r\n").all(|line| line.len() <= LINE), "{text}");
        assert!(text.replace("\r\n ", "").contains(&"É".repeat(100)), "{text}");
    }

    #[test]
    fn what_is_called_off_is_the_same_entry_later() {
        let off = CalendarEntry { is_cancelled: true, sequence: 1, ..entry() }.text();
        assert!(off.contains("METHOD:CANCEL") && off.contains("STATUS:CANCELLED") && off.contains("SEQUENCE:1"));
        assert!(off.contains("UID:0198c0a1@example.org\r\n"));
    }

    #[test]
    fn meetings_that_follow_each_other_do_not_overlap() {
        let at = entry().starts_at;
        assert!(overlap((at, 30), (at.plus_minutes(29), 30)) && overlap((at, 30), (at.plus_minutes(-10), 60)));
        assert!(!overlap((at, 30), (at.plus_minutes(30), 30)) && !overlap((at.plus_minutes(30), 30), (at, 30)));
    }
}

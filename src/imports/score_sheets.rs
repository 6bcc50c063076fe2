//! The sheet of an offline pack as it comes back from whatever spreadsheet: `;`, `,` or tabs, UTF-8 or Windows-1252, columns in
//! any order.

use crate::domain::{score_sheets::SheetLine, text::fold};
use csv::{ReaderBuilder, StringRecord};
use std::borrow::Cow;

/// The heaviest sheet, in bytes: as much as the longest form.
const HEAVIEST: usize = 1 << 20;
/// The most lines.
const MOST: usize = 5_000;

/// Why a sheet cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// A print, a picture: no text.
    NotText,
    /// What Excel (old or new) and LibreOffice save by themselves.
    Workbook,
    /// The whole pack, in which the sheet is.
    Pack,
    /// A column that is needed is not there.
    NoColumns,
    TooLong,
}

impl Unreadable {
    /// The French sentence beside the field.
    pub const fn sentence(self) -> &'static str {
        match self {
            Unreadable::NotText => {
                "Ce fichier n’est pas la feuille de notes. Dans votre tableur, enregistrez-la au format CSV, puis déposez-la."
            }
            Unreadable::Workbook => {
                "Ce fichier est un classeur, que nous ne savons pas lire. Ouvrez-le, puis choisissez «\u{a0}Fichier\u{a0}» et \
                 «\u{a0}Enregistrer sous\u{a0}»\u{a0}: dans Excel, le type «\u{a0}CSV UTF-8 (délimité par des \
                 virgules)\u{a0}»\u{a0}; dans LibreOffice, «\u{a0}Texte CSV\u{a0}». Déposez ensuite ce fichier .csv."
            }
            Unreadable::Pack => {
                "Ce fichier est l’archive entière. Sortez-en la feuille notes.csv, remplissez-la et déposez-la seule."
            }
            Unreadable::NoColumns => {
                "Il manque une colonne\u{a0}: «\u{a0}Dossier\u{a0}», «\u{a0}Code\u{a0}», «\u{a0}Note\u{a0}» et «\u{a0}Commentaire\u{a0}» \
                 doivent garder leur nom."
            }
            Unreadable::TooLong => "La feuille dépasse 1\u{a0}Mo ou 5\u{202f}000 lignes.",
        }
    }
}

/// How the workbooks of old Excel begin.
const OLD_WORKBOOK: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// What these bytes are, when they are no text.
fn foreign(bytes: &[u8]) -> Option<Unreadable> {
    let has = |name: &[u8]| bytes.windows(name.len()).any(|part| part == name);
    if bytes.starts_with(b"PK") {
        return Some(if has(b"notes.csv") { Unreadable::Pack } else { Unreadable::Workbook });
    }
    if bytes.starts_with(&OLD_WORKBOOK) {
        return Some(Unreadable::Workbook);
    }
    (bytes.starts_with(b"%PDF") || bytes.contains(&0)).then_some(Unreadable::NotText)
}

/// What the bytes 0x80 to 0x9F stand for in Windows-1252; those that stand for nothing are read as a question mark.
const WINDOWS: [char; 32] = [
    '€', '?', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '?', 'Ž', '?', '?', '‘', '’', '“', '”', '•', '–',
    '—', '˜', '™', 'š', '›', 'œ', '?', 'ž', 'Ÿ',
];

fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    let letter = |byte: &u8| match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        byte => char::from(*byte),
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
        Err(_) => Cow::Owned(bytes.iter().map(letter).collect()),
    }
}

/// A cell as it was typed: without the apostrophe that kept a spreadsheet from computing it, with plain line ends.
fn typed(cell: &str) -> String {
    let cell = cell.replace("\r\n", "\n").replace('\r', "\n");
    let is_held = |rest: &&str| rest.trim_start().starts_with(['=', '+', '-', '@', '|', '%']);
    cell.strip_prefix('\'').filter(is_held).unwrap_or(&cell).trim().to_owned()
}

/// Where each column stands.
struct Columns {
    reference: usize,
    criterion: usize,
    points: usize,
    comment: usize,
    seal: Option<usize>,
}

impl Columns {
    fn of(headings: &StringRecord) -> Option<Columns> {
        let place = |name: &str| headings.iter().position(|heading| fold(heading).trim() == name);
        Some(Columns {
            reference: place("dossier")?,
            criterion: place("code")?,
            points: place("note")?,
            comment: place("commentaire")?,
            seal: place("repere"),
        })
    }

    fn line(&self, record: &StringRecord) -> SheetLine {
        let cell = |at: usize| record.get(at).map(typed).unwrap_or_default();
        SheetLine {
            reference: cell(self.reference),
            criterion: cell(self.criterion),
            points: cell(self.points),
            comment: cell(self.comment),
            seal: self.seal.map(cell).unwrap_or_default(),
        }
    }
}

/// The lines of a sheet; those that name no file are left out.
///
/// # Errors
/// When it is no such sheet.
pub fn read(bytes: &[u8]) -> Result<Vec<SheetLine>, Unreadable> {
    if let Some(other) = foreign(bytes) {
        return Err(other);
    }
    if bytes.len() > HEAVIEST {
        return Err(Unreadable::TooLong);
    }
    let text = text_of(bytes);
    let first = text.lines().next().unwrap_or_default();
    let count = |mark: &u8| first.bytes().filter(|byte| byte == mark).count();
    let mark = [b',', b'\t', b';'].into_iter().max_by_key(count).unwrap_or(b';');
    let mut reader = ReaderBuilder::new().delimiter(mark).flexible(true).from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|_| Unreadable::NotText)?;
    let columns = Columns::of(headings).ok_or(Unreadable::NoColumns)?;
    let mut lines = Vec::new();
    for record in reader.records() {
        let line = columns.line(&record.map_err(|_| Unreadable::NotText)?);
        if line.reference.is_empty() {
            continue;
        }
        if lines.len() == MOST {
            return Err(Unreadable::TooLong);
        }
        lines.push(line);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &str, comment: &str) -> SheetLine {
        SheetLine {
            reference: "R-1".into(),
            criterion: "budget".into(),
            points: points.into(),
            comment: comment.into(),
            seal: "ab".into(),
        }
    }

    #[test]
    fn a_sheet_is_read_whatever_spreadsheet_wrote_it() {
        let wanted = vec![line("4", "Élevé ; « sobre »\net clair"), line("", "-3 trop cher")];
        let french = "\u{feff}Dossier;Projet;Note;Commentaire;Code;Repère\r\nR-1;x;4;\"Élevé ; « sobre »\r\net clair\";budget;ab\r\n\
                      R-1;x;;'-3 trop cher;budget;ab\r\n;;;;;\r\n";
        assert_eq!(read(french.as_bytes()), Ok(wanted.clone()));
        let tabs = "Code\tDossier\tNote\tCommentaire\tRepère\nbudget\tR-1\t4\t\"Élevé ; « sobre »\net clair\"\tab\n\
                    budget\tR-1\t\t-3 trop cher\tab\n";
        assert_eq!(read(tabs.as_bytes()), Ok(wanted));
    }

    #[test]
    fn old_letters_are_read_as_what_they_stand_for() {
        let bytes = b"Dossier;Note;Commentaire;Code;Rep\xe8re\nR-1;4;Co\xfbt \x80 \x9cuvre l\x92an;budget;ab\n";
        assert_eq!(read(bytes), Ok(vec![line("4", "Coût € œuvre l’an")]));
    }

    #[test]
    fn what_is_no_sheet_is_refused() {
        assert_eq!(read(b"PK\x03\x04 xl/workbook.xml"), Err(Unreadable::Workbook));
        assert_eq!(read(b"PK\x03\x04 LISEZ-MOI.txt notes.csv"), Err(Unreadable::Pack));
        assert_eq!(read(&OLD_WORKBOOK), Err(Unreadable::Workbook));
        assert_eq!(read(b"%PDF-1.7"), Err(Unreadable::NotText));
        assert_eq!(read(b"Dossier;Note\nR-1;4\n"), Err(Unreadable::NoColumns));
        assert_eq!(read(b""), Err(Unreadable::NoColumns));
        assert_eq!(read("a".repeat(HEAVIEST + 1).as_bytes()), Err(Unreadable::TooLong));
    }
}

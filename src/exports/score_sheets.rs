//! The sheet of an offline pack, as a CSV that a French spreadsheet opens.

use super::{
    csv_files::CsvRows,
    sheets::{Cell, Form, Heading},
};
use crate::usecases::offline_packs::PackLine;
use std::io;

/// The headings, by which the sheet is read when it comes back.
const HEADINGS: [(&str, &str); 8] = [
    ("reference", "Dossier"),
    ("title", "Projet"),
    ("criterion", "Critère"),
    ("scale", "Barème"),
    ("points", "Note"),
    ("comment", "Commentaire"),
    ("code", "Code"),
    ("seal", "Repère"),
];

/// The sheet. What a spreadsheet would compute stands behind an apostrophe.
///
/// # Errors
/// When it cannot be written.
pub fn sheet(lines: &[PackLine]) -> io::Result<Vec<u8>> {
    let headings = HEADINGS.map(|(key, heading)| Heading::new(key, heading, 0));
    let mut bytes = Vec::new();
    let mut rows = CsvRows::begin(&headings, Form::French, &mut bytes)?;
    for line in lines {
        let text = |text: &String| Cell::Text(text.clone());
        rows.write(&[
            text(&line.sent.reference),
            text(&line.title),
            text(&line.label),
            text(&line.scale),
            text(&line.sent.points),
            text(&line.sent.comment),
            text(&line.sent.criterion),
            text(&line.sent.seal),
        ])?;
    }
    rows.end()?;
    Ok(bytes)
}

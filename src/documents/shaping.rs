//! From text to lines of glyphs: cleaning, measuring and wrapping.
//!
//! Lengths are whole thousandths of a point, so that every machine breaks the lines at the same place.

use super::{DocumentError, fonts::Face, fonts::Glyph};
use crate::domain::text::{is_invisible, is_pictogram, is_space};

/// A length on paper, in thousandths of a point.
pub type Length = i64;

/// Whole millimetres as a length.
pub const fn mm(millimetres: i64) -> Length {
    millimetres * 720_000 / 254
}

/// Whole points as a length.
pub const fn pt(points: i64) -> Length {
    points * 1_000
}

/// A face at a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub face: Face,
    pub size: Length,
    /// From one baseline to the next.
    pub leading: Length,
}

/// A line ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    pub glyphs: Vec<Glyph>,
    /// Without the space at its end.
    pub width: Length,
}

impl Style {
    /// A regular style: size and leading in tenths of a point.
    pub const fn regular(size: i64, leading: i64) -> Self {
        Style { face: Face::Regular, size: size * 100, leading: leading * 100 }
    }

    /// A bold style: size and leading in tenths of a point.
    pub const fn bold(size: i64, leading: i64) -> Self {
        Style { face: Face::Bold, size: size * 100, leading: leading * 100 }
    }

    /// From the top of a line to its baseline, capitals being centred in the leading.
    pub const fn baseline(self) -> Length {
        (self.leading + self.size * 714 / 1_000) / 2
    }

    /// The text on as many lines as it needs. Only U+0020 lets a line break, and a word wider than the line is cut.
    pub fn wrap(self, text: &str, width: Length) -> Result<Vec<Line>, DocumentError> {
        let text = clean(text)?;
        let space = self.face.shape(" ")?;
        let space_width = self.measure(&space);
        let mut lines = vec![Line::default()];
        let mut pending = false;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let glyphs = self.face.shape(word)?;
            let mut wide = self.measure(&glyphs);
            if let Some(line) = lines.last_mut().filter(|_| pending) {
                line.glyphs.extend_from_slice(&space);
                if line.width + space_width + wide <= width {
                    line.width += space_width;
                } else {
                    lines.push(Line::default());
                }
            }
            let mut rest = glyphs.as_slice();
            while wide > width {
                let cut = self.fitting(rest, width);
                let (head, tail) = rest.split_at(cut);
                put(&mut lines, head, self.measure(head));
                lines.push(Line::default());
                rest = tail;
                wide = self.measure(rest);
            }
            put(&mut lines, rest, wide);
            pending = true;
        }
        Ok(lines)
    }

    /// The text on one line, cut with an ellipsis where it would be too wide.
    pub fn one_line(self, text: &str, width: Length) -> Result<Line, DocumentError> {
        let mut lines = self.wrap(text, width)?;
        if lines.len() < 2 {
            return Ok(lines.pop().unwrap_or_default());
        }
        let ellipsis = self.face.shape("…")?;
        let mut line = self.wrap(text, width - self.measure(&ellipsis))?.into_iter().next().unwrap_or_default();
        while line.glyphs.last().is_some_and(|glyph| glyph.character == ' ') {
            line.glyphs.pop();
        }
        line.glyphs.extend(ellipsis);
        line.width = self.measure(&line.glyphs);
        Ok(line)
    }

    /// The width of these glyphs.
    pub fn measure(self, glyphs: &[Glyph]) -> Length {
        glyphs.iter().map(|glyph| i64::from(glyph.advance)).sum::<i64>() * self.size / 1_000
    }

    /// The widths of the whole text and of its widest word.
    pub fn widths(self, text: &str) -> Result<(Length, Length), DocumentError> {
        let text = clean(text)?;
        let space = self.measure(&self.face.shape(" ")?);
        let (mut whole, mut widest) = (0, 0);
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let width = self.measure(&self.face.shape(word)?);
            whole += width + if whole > 0 { space } else { 0 };
            widest = width.max(widest);
        }
        Ok((whole, widest))
    }

    /// How many of these glyphs fit, at least one; an accent stays with its letter.
    fn fitting(self, glyphs: &[Glyph], width: Length) -> usize {
        let (mut used, mut cut) = (0, 0);
        for glyph in glyphs {
            used += i64::from(glyph.advance) * self.size;
            if used > width * 1_000 {
                break;
            }
            cut += 1;
        }
        cut = cut.max(1);
        while cut > 1 && glyphs.get(cut).is_some_and(|glyph| glyph.advance == 0) {
            cut -= 1;
        }
        cut
    }
}

fn put(lines: &mut [Line], glyphs: &[Glyph], width: Length) {
    if let Some(line) = lines.last_mut() {
        line.glyphs.extend_from_slice(glyphs);
        line.width += width;
    }
}

/// The text as it can be printed: one kind of breaking space, nothing invisible, no pictogram.
///
/// A letter of a script the faces do not have is an error: a legal document shows no empty box.
fn clean(text: &str) -> Result<String, DocumentError> {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            _ if is_space(character) => cleaned.push(' '),
            '\u{2007}' => cleaned.push('\u{a0}'),
            _ if character.is_control() || is_invisible(character) => {}
            ' '..='~' => cleaned.push(character),
            _ if Face::Regular.has(character)? => cleaned.push(character),
            _ if is_pictogram(character) => {}
            _ => return Err(DocumentError::Unprintable(character)),
        }
    }
    Ok(cleaned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Style = Style::regular(100, 140);

    fn read(line: &Line) -> String {
        line.glyphs.iter().map(|glyph| glyph.character).collect()
    }

    #[test]
    fn a_line_breaks_at_a_plain_space_and_keeps_it() {
        let lines = TEXT.wrap("le dossier\u{a0}no 7 est complet", mm(20)).unwrap();
        let read: Vec<String> = lines.iter().map(read).collect();
        assert_eq!(read, ["le ", "dossier\u{a0}no ", "7 est ", "complet"]);
        assert!(lines.iter().all(|line| line.width <= mm(20)));
    }

    #[test]
    fn a_word_wider_than_the_line_is_cut() {
        let word = "anticonstitutionnellement".repeat(4);
        let lines = TEXT.wrap(&word, mm(30)).unwrap();
        assert!(lines.len() > 4 && lines.iter().all(|line| line.width <= mm(30)));
        assert_eq!(lines.iter().map(read).collect::<String>(), word);
    }

    #[test]
    fn controls_directions_and_pictograms_do_not_reach_the_paper() {
        let lines = TEXT.wrap("Graines\u{202e} 🌱 de\u{0007}\npaix\u{fe0f}", mm(100)).unwrap();
        assert_eq!(read(&lines[0]), "Graines de paix");
    }

    #[test]
    fn letters_of_the_partners_languages_are_printed() {
        for name in ["Kɔnɔ Ŋgugi", "Nguyễn Thị Ánh", "Şükrü Łódź", "Αθήνα", "Київ", "Ẹ̀kọ́"]
        {
            assert!(TEXT.wrap(name, mm(100)).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_the_domain_calls_printable_is_what_the_faces_have() {
        use crate::domain::text::{PRINTABLE, unprintable};
        // The last two of the plane are no characters.
        for character in '\u{20}'..='\u{fffd}' {
            let is_listed = PRINTABLE.iter().any(|(from, to)| (*from..=*to).contains(&character));
            for face in [Face::Regular, Face::Bold] {
                assert_eq!(face.has(character).unwrap(), is_listed, "U+{:04X}", u32::from(character));
            }
            let text = character.to_string();
            assert_eq!(clean(&text).is_ok(), unprintable(&text).is_empty(), "U+{:04X}", u32::from(character));
        }
    }

    #[test]
    fn a_letter_without_a_glyph_is_refused() {
        assert!(matches!(TEXT.wrap("مرحبا", mm(100)), Err(DocumentError::Unprintable('م'))));
    }

    #[test]
    fn one_line_ends_with_an_ellipsis() {
        let line = TEXT.one_line("Une très longue ligne qui ne tient pas", mm(40)).unwrap();
        assert!(read(&line).ends_with('…') && line.width <= mm(40));
    }
}

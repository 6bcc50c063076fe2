//! The two faces of the text, parsed once, and the subset of each that a letter embeds.

use super::DocumentError;
use rustybuzz::{BufferClusterLevel, Direction, Feature, ShapePlan, UnicodeBuffer, script, ttf_parser::Tag};
use std::{collections::BTreeSet, sync::OnceLock};
use subsetter::GlyphRemapper;

/// A face of the text. Both have 1000 units per em.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Face {
    Regular,
    Bold,
}

/// A glyph as shaped; distances in thousandths of an em.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyph {
    pub id: u16,
    /// How far the pen moves after kerning.
    pub advance: i32,
    /// How far the font says it moves.
    pub natural: i32,
    /// Displacement of the glyph itself (an accent over its letter).
    pub shift: (i32, i32),
    /// The character it copies back as.
    pub character: char,
}

/// What a face needs to be embedded: only the glyphs in use, numbered anew.
pub struct Embedding {
    pub program: Vec<u8>,
    /// From the face's glyph numbers to the embedded ones.
    pub numbers: GlyphRemapper,
    /// Widths in thousandths of an em, by embedded number.
    pub widths: Vec<(u16, u16)>,
}

/// Vertical measures for the font descriptor, in thousandths of an em.
pub struct Extent {
    pub ascent: i16,
    pub descent: i16,
    pub bounds: [i16; 4],
    pub weight: u16,
}

struct Loaded {
    bytes: &'static [u8],
    face: rustybuzz::Face<'static>,
    plan: ShapePlan,
}

impl Face {
    /// The name under which the face is embedded.
    pub const fn name(self) -> &'static str {
        match self {
            Face::Regular => "NotoSans-Regular",
            Face::Bold => "NotoSans-Bold",
        }
    }

    /// Whether the face can show this character.
    pub fn has(self, character: char) -> Result<bool, DocumentError> {
        Ok(self.loaded()?.face.glyph_index(character).is_some())
    }

    /// Kerned glyphs for one word. Ligatures are off, so that each glyph copies back as its own letter.
    pub fn shape(self, word: &str) -> Result<Vec<Glyph>, DocumentError> {
        let loaded = self.loaded()?;
        let mut buffer = UnicodeBuffer::new();
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::LATIN);
        buffer.set_cluster_level(BufferClusterLevel::Characters);
        for (position, character) in word.char_indices() {
            buffer.add(character, u32::try_from(position).unwrap_or(u32::MAX));
        }
        let shaped = rustybuzz::shape_with_plan(&loaded.face, &loaded.plan, buffer);
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions()).map(|(info, position)| {
            let id = u16::try_from(info.glyph_id).unwrap_or(0);
            let start = usize::try_from(info.cluster).unwrap_or(0);
            let natural = i32::from(loaded.face.glyph_hor_advance(rustybuzz::ttf_parser::GlyphId(id)).unwrap_or(0));
            Glyph {
                id,
                advance: position.x_advance,
                natural,
                shift: (position.x_offset, position.y_offset),
                character: word.get(start..).and_then(|rest| rest.chars().next()).unwrap_or(' '),
            }
        });
        Ok(glyphs.collect())
    }

    /// The font program with these glyphs only.
    pub fn embed(self, used: &BTreeSet<u16>) -> Result<Embedding, DocumentError> {
        let loaded = self.loaded()?;
        let glyphs: Vec<u16> = used.iter().copied().collect();
        let numbers = GlyphRemapper::new_from_glyphs_sorted(&glyphs);
        let program = subsetter::subset(loaded.bytes, 0, &numbers).map_err(|_| DocumentError::Font)?;
        let width = |id: u16| loaded.face.glyph_hor_advance(rustybuzz::ttf_parser::GlyphId(id)).unwrap_or(0);
        let widths = numbers.remapped_gids().zip(0u16..).map(|(old, new)| (new, width(old))).collect();
        Ok(Embedding { program, numbers, widths })
    }

    /// The vertical measures of the face.
    pub fn extent(self) -> Result<Extent, DocumentError> {
        let face = &self.loaded()?.face;
        let bounds = face.global_bounding_box();
        Ok(Extent {
            ascent: face.ascender(),
            descent: face.descender(),
            bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max],
            weight: face.weight().to_number(),
        })
    }

    fn loaded(self) -> Result<&'static Loaded, DocumentError> {
        static REGULAR: OnceLock<Option<Loaded>> = OnceLock::new();
        static BOLD: OnceLock<Option<Loaded>> = OnceLock::new();
        let loaded = match self {
            Face::Regular => REGULAR.get_or_init(|| load(include_bytes!("fonts/text-regular.ttf"))),
            Face::Bold => BOLD.get_or_init(|| load(include_bytes!("fonts/text-bold.ttf"))),
        };
        loaded.as_ref().ok_or(DocumentError::Font)
    }
}

fn load(bytes: &'static [u8]) -> Option<Loaded> {
    let face = rustybuzz::Face::from_slice(bytes, 0)?;
    let features = [Feature::new(Tag::from_bytes(b"liga"), 0, ..)];
    let plan = ShapePlan::new(&face, Direction::LeftToRight, Some(script::LATIN), None, &features);
    Some(Loaded { bytes, face, plan })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_french_character_has_its_own_glyph() {
        let mut seen = BTreeSet::new();
        for character in "aàâäæcçeéèêëiîïoôöœuùûüyÿAÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ«»’“”–—…€°\u{a0}\u{202f}\u{2011}-− →".chars()
        {
            for face in [Face::Regular, Face::Bold] {
                let glyphs = face.shape(&character.to_string()).unwrap();
                assert_eq!(glyphs.len(), 1, "{character:?}");
                assert_ne!(glyphs[0].id, 0, "{character:?}");
                assert_eq!(glyphs[0].character, character);
                assert!(seen.insert((face, glyphs[0].id)), "{character:?} shares a glyph");
            }
        }
    }

    #[test]
    fn pairs_are_kerned_and_ligatures_are_not_made() {
        let kerned = Face::Regular.shape("AV").unwrap();
        assert!(kerned[0].advance < kerned[0].natural);
        assert_eq!(Face::Regular.shape("ffi").unwrap().len(), 3);
    }

    #[test]
    fn a_combining_accent_becomes_its_letter() {
        assert_eq!(Face::Regular.shape("e\u{301}").unwrap().len(), 1);
    }

    #[test]
    fn a_subset_is_small_and_renumbered() {
        let used: BTreeSet<u16> = Face::Bold.shape("Étude").unwrap().iter().map(|glyph| glyph.id).collect();
        let embedded = Face::Bold.embed(&used).unwrap();
        assert!(embedded.program.len() < 4_000, "{}", embedded.program.len());
        assert_eq!(embedded.widths.len(), usize::from(embedded.numbers.num_gids()));
    }
}

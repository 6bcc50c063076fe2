//! What a page shows: runs of glyphs, filled rectangles and pictures, each inside a tagged sequence or an artifact.
//!
//! Nothing here knows the PDF writer; `paper` hands the pages to it.

use super::{
    fonts::{Face, Glyph},
    logos::Picture,
    shaping::{Length, Line, Style},
    tags::{ElementId, Tree},
};

/// A colour, 8 bits for each of red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink(pub u8, pub u8, pub u8);

/// One thing drawn. `x` counts from the left edge, `y` downwards from the top edge.
#[derive(Debug, Clone)]
pub enum Mark {
    /// Glyphs on the baseline `y`.
    Text { x: Length, y: Length, face: Face, size: Length, ink: Ink, glyphs: Vec<Glyph> },
    /// A filled rectangle, `x` and `y` being its upper left corner.
    Fill { x: Length, y: Length, width: Length, height: Length, ink: Ink },
    /// Rectangles in one colour, drawn as one figure: `[x, y, width, height]`, from the corner `x`, `y`.
    Mosaic { x: Length, y: Length, side: Length, tiles: Vec<[Length; 4]>, ink: Ink },
    /// A picture in the rectangle.
    Picture { x: Length, y: Length, width: Length, height: Length, picture: &'static Picture },
}

/// To whom a mark speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Decoration and repeated heads, skipped when the page is read aloud.
    Artifact,
    /// What stands at the top of every page after the first, skipped too.
    RunningHead,
    /// What stands at the foot of every page, skipped too.
    RunningFoot,
    Element(ElementId),
}

/// Marks that follow each other in the same part.
#[derive(Debug)]
pub struct Sequence {
    pub part: Part,
    /// The name of the part's structure type.
    pub name: &'static str,
    /// The number of the marked content on its page, for an element's.
    pub number: usize,
    pub marks: Vec<Mark>,
}

/// One page.
#[derive(Debug, Default)]
pub struct Page {
    pub sequences: Vec<Sequence>,
}

impl Mark {
    /// A line whose box begins at `x`, `y`.
    pub fn line(line: Line, x: Length, y: Length, style: Style, ink: Ink) -> Self {
        Mark::Text { x, y: y + style.baseline(), face: style.face, size: style.size, ink, glyphs: line.glyphs }
    }

    fn lowered(mut self, by: Length) -> Self {
        match &mut self {
            Mark::Text { y, .. } | Mark::Fill { y, .. } | Mark::Mosaic { y, .. } | Mark::Picture { y, .. } => *y += by,
        }
        self
    }

    fn bounds(&self) -> [Length; 4] {
        match *self {
            Mark::Mosaic { x, y, side, .. } => [x, y, side, side],
            Mark::Picture { x, y, width, height, .. } | Mark::Fill { x, y, width, height, .. } => [x, y, width, height],
            Mark::Text { x, y, size, ref glyphs, .. } => {
                let width = glyphs.iter().map(|glyph| i64::from(glyph.advance)).sum::<i64>() * size / 1_000;
                [x, y - size, width, size * 5 / 4]
            }
        }
    }
}

impl Page {
    /// Draws a mark lower by `top`, on page number `page` of the document.
    pub fn draw(&mut self, tree: &mut Tree, page: usize, part: Part, mark: Mark, top: Length) {
        let mark = mark.lowered(top);
        if let Part::Element(element) = part {
            tree.place(element, page, mark.bounds());
        }
        match self.sequences.last_mut().filter(|open| open.part == part) {
            Some(open) => open.marks.push(mark),
            None => {
                let name = match part {
                    Part::Artifact | Part::RunningHead | Part::RunningFoot => "Artifact",
                    Part::Element(element) => tree.name(element),
                };
                let number = self.sequences.iter().filter(|sequence| matches!(sequence.part, Part::Element(_))).count();
                if let Part::Element(element) = part {
                    tree.attach(element, page, number);
                }
                self.sequences.push(Sequence { part, name, number, marks: vec![mark] });
            }
        }
    }
}

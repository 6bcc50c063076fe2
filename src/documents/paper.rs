//! The pages in the hands of printpdf: the only module that knows its drawing calls.
#![expect(clippy::float_arithmetic, reason = "the PDF writer takes floats; lengths are whole until they reach it")]

use super::{
    DocumentError,
    canvas::{Ink, Mark, Page, Part},
    fonts::{Embedding, Face, Glyph},
    logos::Picture,
    shaping::{Length, mm},
};
use printpdf::{
    Codepoint, Color, CurTransMat, DictItem, ExternalStream, ExternalXObject, FontId, FontMetrics, LinePoint, Mm, Op,
    PaintMode, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Polygon, PolygonRing,
    Pt, Rect, Rgb, TextItem, WindingOrder, XObject, XObjectId, XObjectTransform,
};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

const PAPER_HEIGHT: Length = mm(297);

/// Writes the pages as an untagged file; marked content already carries its numbers.
pub fn write(pages: &[Page]) -> Result<lopdf::Document, DocumentError> {
    let mut document = PdfDocument::new("");
    let mut writer = Writer { fonts: BTreeMap::new(), ink: None, pictures: BTreeMap::new(), ops: Vec::new() };
    for (face, used) in used_glyphs(pages) {
        let embedding = face.embed(&used)?;
        document.resources.fonts.map.insert(font_id(face), PdfFont::new(font(face, &embedding)?));
        writer.fonts.insert(face, embedding);
    }
    for page in pages {
        let ops = writer.page(page);
        document.pages.push(PdfPage::new(Mm(210.0), Mm(297.0), ops));
    }
    document.resources.xobjects.map.extend(writer.pictures.into_values());
    Ok(document.to_lopdf_document(&PdfSaveOptions::default(), &mut Vec::new()))
}

fn used_glyphs(pages: &[Page]) -> BTreeMap<Face, BTreeSet<u16>> {
    let mut used: BTreeMap<Face, BTreeSet<u16>> = BTreeMap::new();
    for mark in pages.iter().flat_map(|page| &page.sequences).flat_map(|sequence| &sequence.marks) {
        if let Mark::Text { face, glyphs, .. } = mark {
            used.entry(*face).or_default().extend(glyphs.iter().map(|glyph| glyph.id));
        }
    }
    used
}

fn font_id(face: Face) -> FontId {
    FontId(face.name().to_owned())
}

/// The embedded face. Its name begins with six letters that tell one subset from another (ISO 32000-1, 9.6.4).
fn font(face: Face, embedding: &Embedding) -> Result<ParsedFont, DocumentError> {
    let letters = Sha256::digest(&embedding.program).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect();
    let prefix: String = letters;
    let name = format!("{prefix}+{}", face.name());
    let extent = face.extent()?;
    let metrics = FontMetrics { ascent: extent.ascent, descent: extent.descent };
    let widths = embedding.widths.iter().copied().collect();
    let program = embedding.program.clone();
    let mut font = ParsedFont::with_glyph_data(program, 0, Some(name), BTreeMap::new(), widths, 1_000, metrics);
    let measures = &mut font.pdf_font_metrics;
    [measures.x_min, measures.y_min, measures.x_max, measures.y_max] = extent.bounds;
    measures.us_weight_class = extent.weight;
    Ok(font)
}

struct Writer {
    fonts: BTreeMap<Face, Embedding>,
    ink: Option<Ink>,
    /// By the address of the picture, which is static: each is written once.
    pictures: BTreeMap<usize, (XObjectId, XObject)>,
    ops: Vec<Op>,
}

impl Writer {
    fn page(&mut self, page: &Page) -> Vec<Op> {
        self.ink = None;
        for sequence in &page.sequences {
            self.ops.push(match sequence.part {
                Part::Artifact => Op::BeginMarkedContent { tag: sequence.name.to_owned() },
                Part::RunningHead => running("Header"),
                Part::RunningFoot => running("Footer"),
                Part::Element(_) => {
                    let number = DictItem::Int(i64::try_from(sequence.number).unwrap_or(0));
                    let properties = DictItem::Dict { map: BTreeMap::from([("MCID".to_owned(), number)]) };
                    Op::BeginMarkedContentWithProperties { tag: sequence.name.to_owned(), properties }
                }
            });
            for mark in &sequence.marks {
                self.mark(mark);
            }
            self.ops.push(Op::EndMarkedContent);
        }
        std::mem::take(&mut self.ops)
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Text { x, y, face, size, ink, glyphs } => {
                self.ink(*ink);
                let font = PdfFontHandle::External(font_id(*face));
                self.ops.push(Op::StartTextSection);
                self.ops.push(Op::SetFont { font, size: points(*size) });
                self.ops.push(Op::SetTextCursor { pos: point(*x, *y) });
                self.text(*face, *size, glyphs);
                self.ops.push(Op::EndTextSection);
            }
            Mark::Fill { x, y, width, height, ink } => {
                self.ink(*ink);
                let corner = point(*x, y + height);
                let (width, height) = (points(*width), points(*height));
                let mode = Some(PaintMode::Fill);
                let rectangle = Rect { x: corner.x, y: corner.y, width, height, mode, winding_order: None };
                self.ops.push(Op::DrawRectangle { rectangle });
            }
            Mark::Mosaic { x, y, tiles, ink, .. } => {
                self.ink(*ink);
                let rings = tiles.iter().map(|&[left, top, width, height]| {
                    let (x, y) = (x + left, y + top);
                    let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)];
                    PolygonRing { points: corners.map(|(x, y)| LinePoint { p: point(x, y), bezier: false }).to_vec() }
                });
                let (rings, mode) = (rings.collect(), PaintMode::Fill);
                self.ops
                    .push(Op::DrawPolygon { polygon: Polygon { rings, mode, winding_order: WindingOrder::NonZero } });
            }
            Mark::Picture { x, y, width, height, picture } => {
                let id = self.picture(picture);
                let (left, low) = (points(*x).0, points(PAPER_HEIGHT - y - height).0);
                let matrix = CurTransMat::Raw([points(*width).0, 0.0, 0.0, points(*height).0, left, low]);
                self.ops.push(Op::SaveGraphicsState);
                self.ops.push(Op::SetTransformationMatrix { matrix });
                self.ops.push(Op::UseXobject {
                    id,
                    transform: XObjectTransform { no_auto_scale: true, ..Default::default() },
                });
                self.ops.push(Op::RestoreGraphicsState);
            }
        }
    }

    fn text(&mut self, face: Face, size: Length, glyphs: &[Glyph]) {
        let mut items = Vec::new();
        let mut run = Vec::with_capacity(glyphs.len());
        for glyph in glyphs {
            let id = self.fonts.get(&face).and_then(|font| font.numbers.get(glyph.id)).unwrap_or(0);
            let (right, up) = glyph.shift;
            if right != 0 {
                items.push(TextItem::GlyphIds(std::mem::take(&mut run)));
                items.push(TextItem::Offset(thousandths(-right)));
            }
            let back = thousandths(glyph.natural - glyph.advance + right);
            let codepoint = Codepoint::with_cid(id, back, glyph.character.to_string());
            if up == 0 {
                run.push(codepoint);
                continue;
            }
            items.push(TextItem::GlyphIds(std::mem::take(&mut run)));
            self.ops.push(Op::ShowText { items: std::mem::take(&mut items) });
            self.ops.push(Op::SetLineOffset { multiplier: points(i64::from(up) * size / 1_000).0 });
            self.ops.push(Op::ShowText { items: vec![TextItem::GlyphIds(vec![codepoint])] });
            self.ops.push(Op::SetLineOffset { multiplier: 0.0 });
        }
        items.push(TextItem::GlyphIds(run));
        self.ops.push(Op::ShowText { items });
    }

    fn ink(&mut self, ink: Ink) {
        if self.ink.replace(ink) == Some(ink) {
            return;
        }
        // Three decimals say each of the 256 steps.
        let part = |step: u8| thousandths(i32::from(step) * 1_000 / 255) / 1_000.0;
        let col = Color::Rgb(Rgb { r: part(ink.0), g: part(ink.1), b: part(ink.2), icc_profile: None });
        self.ops.push(Op::SetFillColor { col });
    }

    fn picture(&mut self, picture: &'static Picture) -> XObjectId {
        let number = self.pictures.len();
        let made = || (XObjectId(format!("Logo{number}")), XObject::External(image(picture)));
        let address = std::ptr::from_ref(picture).addr();
        self.pictures.entry(address).or_insert_with(made).0.clone()
    }
}

/// Begins an artifact of every page.
fn running(place: &str) -> Op {
    let name = |text: &str| DictItem::Name(text.as_bytes().to_vec());
    let properties = [("Type", name("Pagination")), ("Subtype", name(place))];
    let properties = DictItem::Dict { map: properties.map(|(key, value)| (key.to_owned(), value)).into() };
    Op::BeginMarkedContentWithProperties { tag: "Artifact".to_owned(), properties }
}

/// The picture with its pixels as PNG compressed them.
fn image(picture: &Picture) -> ExternalXObject {
    let name = |text: &str| DictItem::Name(text.as_bytes().to_vec());
    let (width, height, bits) = (i64::from(picture.width), i64::from(picture.height), i64::from(picture.bits));
    let last = i64::try_from(picture.palette.len() / 3).unwrap_or(1) - 1;
    let palette = DictItem::Bytes(picture.palette.clone());
    let space = DictItem::Array(vec![name("Indexed"), name("DeviceRGB"), DictItem::Int(last), palette]);
    let filter = [
        ("Predictor", DictItem::Int(15)),
        ("Colors", DictItem::Int(1)),
        ("BitsPerComponent", DictItem::Int(bits)),
        ("Columns", DictItem::Int(width)),
    ];
    let dict = [
        ("Type", name("XObject")),
        ("Subtype", name("Image")),
        ("Width", DictItem::Int(width)),
        ("Height", DictItem::Int(height)),
        ("BitsPerComponent", DictItem::Int(bits)),
        ("ColorSpace", space),
        ("Filter", name("FlateDecode")),
        ("DecodeParms", DictItem::Dict { map: filter.map(|(key, value)| (key.to_owned(), value)).into() }),
    ];
    let dict = dict.map(|(key, value)| (key.to_owned(), value)).into();
    let stream = ExternalStream { dict, content: picture.pixels.clone(), compress: false };
    ExternalXObject { stream, width: None, height: None, dpi: None }
}

#[expect(clippy::cast_precision_loss, reason = "a page is under a million thousandths of a point: exact in f32")]
fn points(length: Length) -> Pt {
    Pt(length as f32 / 1_000.0)
}

#[expect(clippy::cast_precision_loss, reason = "under a few thousand: exact in f32")]
fn thousandths(count: i32) -> f32 {
    count as f32
}

/// From the upper left corner of the page to the lower left one, where PDF counts from.
fn point(x: Length, y: Length) -> Point {
    Point { x: points(x), y: points(PAPER_HEIGHT - y) }
}

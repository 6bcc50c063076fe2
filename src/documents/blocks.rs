//! The body: paragraphs, headings, lists and facts as rows.

use super::{
    DocumentError,
    canvas::{Mark, Part},
    layout::{Flow, Row, Theme, without_widows},
    shaping::{Length, Line, Style, mm, pt},
    tables,
    tags::{ElementId, Scope, Tag, Tree},
};
use crate::domain::letters::Block;

/// The left edge of the text.
pub const LEFT: Length = mm(25);
/// The width of the text.
pub const WIDTH: Length = mm(160);
/// The style of the text.
pub const BODY: Style = Style::regular(100, 146);
const BODY_HEADING: Style = Style::bold(110, 156);
const ANNEX: Style = Style::bold(125, 172);
const LABEL_ABOVE: Style = Style::bold(100, 146);
const LABEL: Style = Style::regular(93, 138);
const VALUE: Style = Style::bold(93, 138);
const PARAGRAPH_GAP: Length = pt(7);
const LABELS_WIDTH: Length = mm(52);
const PADDING: Length = pt(4);

/// Rows being gathered, with the structure they belong to.
pub struct Body<'a> {
    pub flow: Flow,
    pub tree: &'a mut Tree,
    pub theme: Theme,
}

impl Body<'_> {
    /// Adds blocks one after the other: facts under a label stay on its page.
    pub fn add_all(&mut self, blocks: &[Block]) -> Result<(), DocumentError> {
        let mut is_named = false;
        for block in blocks {
            let first = self.flow.rows.len();
            self.add(block)?;
            if is_named && matches!(block, Block::Facts(_)) {
                let inner = self.flow.rows.len().saturating_sub(first + 1);
                self.flow.rows.iter_mut().skip(first).take(inner).for_each(|row| row.sticks = true);
            }
            is_named = matches!(block, Block::Label(_));
        }
        Ok(())
    }

    fn add(&mut self, block: &Block) -> Result<(), DocumentError> {
        match block {
            Block::Paragraph(text) => {
                for text in text.lines().filter(|line| !line.trim().is_empty()) {
                    self.text(text, Tag::P, BODY, PARAGRAPH_GAP)?;
                }
                Ok(())
            }
            Block::Heading(text) => self.heading(text, Tag::H2, BODY_HEADING, pt(15)),
            Block::Annex(text) => {
                let first = self.flow.rows.len();
                self.heading(text, Tag::H2, ANNEX, 0)?;
                self.flow.rows.iter_mut().skip(first).take(1).for_each(|row| row.turns = true);
                Ok(())
            }
            Block::Label(text) => self.heading(text, Tag::H3, LABEL_ABOVE, pt(10)),
            Block::List(points) => self.list(points),
            Block::Table(table) => tables::add(self, table),
            Block::Facts(facts) => self.facts(facts),
        }
    }

    /// Adds a paragraph over the whole width.
    pub fn text(&mut self, text: &str, tag: Tag, style: Style, gap: Length) -> Result<(), DocumentError> {
        let element = self.tree.add(Tree::ROOT, tag);
        let ink = if tag == Tag::P { self.theme.text } else { self.theme.accent };
        let mut rows = Vec::new();
        for line in even_lines(text, style)? {
            let mark = Mark::line(line, LEFT, 0, style, ink);
            rows.push(Row { height: style.leading, marks: vec![(Part::Element(element), mark)], ..Row::default() });
        }
        self.push(rows, gap);
        Ok(())
    }

    /// Keeps the last rows with whatever comes next.
    pub fn hold(&mut self) {
        for row in self.flow.rows.iter_mut().rev().take(2) {
            row.sticks = true;
        }
    }

    fn push(&mut self, mut rows: Vec<Row>, gap: Length) {
        without_widows(&mut rows);
        if let Some(first) = rows.first_mut() {
            first.gap = gap;
        }
        self.flow.rows.append(&mut rows);
    }

    fn heading(&mut self, text: &str, tag: Tag, style: Style, gap: Length) -> Result<(), DocumentError> {
        let before = self.flow.rows.len();
        self.text(text, tag, style, gap)?;
        for row in self.flow.rows.iter_mut().skip(before) {
            row.sticks = true;
        }
        Ok(())
    }

    fn list(&mut self, points: &[String]) -> Result<(), DocumentError> {
        // What leads in stays with what it announces.
        if let Some(lead) = self.flow.rows.last_mut() {
            lead.sticks = true;
        }
        let list = self.tree.add(Tree::ROOT, Tag::L);
        let (bullet_x, text_x) = (LEFT + pt(6), LEFT + pt(18));
        for (index, point) in points.iter().enumerate() {
            let item = self.tree.add(list, Tag::LI);
            let (label, content) = (self.tree.add(item, Tag::Lbl), self.tree.add(item, Tag::LBody));
            let mut rows = Vec::new();
            for (number, line) in BODY.wrap(point, LEFT + WIDTH - text_x)?.into_iter().enumerate() {
                let mut marks = Vec::new();
                if number == 0 {
                    let bullet = BODY.one_line("• ", pt(20))?;
                    marks.push((Part::Element(label), Mark::line(bullet, bullet_x, 0, BODY, self.theme.accent)));
                }
                marks.push((Part::Element(content), Mark::line(line, text_x, 0, BODY, self.theme.text)));
                rows.push(Row { height: BODY.leading, marks, ..Row::default() });
            }
            self.push(rows, if index == 0 { pt(6) } else { pt(3) });
            self.keep_ends(index, points.len());
        }
        Ok(())
    }

    fn facts(&mut self, facts: &[(String, String)]) -> Result<(), DocumentError> {
        let table = self.tree.add(Tree::ROOT, Tag::Table);
        let name_x = LEFT + pt(12);
        let value_x = LEFT + LABELS_WIDTH;
        for (index, (name, value)) in facts.iter().enumerate() {
            let row = self.tree.add(table, Tag::TR);
            let (head, data) = (self.tree.add(row, Tag::TH(Scope::Row)), self.tree.add(row, Tag::TD));
            let names = LABEL.wrap(name, value_x - name_x - pt(8))?;
            let values = VALUE.wrap(value, LEFT + WIDTH - value_x - pt(10))?;
            let count = names.len().max(values.len());
            let (mut names, mut values) = (names.into_iter(), values.into_iter());
            let mut rows = Vec::new();
            for number in 0..count {
                let above = if number == 0 { PADDING } else { 0 } + if index + number == 0 { PADDING } else { 0 };
                let ends = number + 1 == count;
                let below = if ends { PADDING } else { 0 } + if ends && index + 1 == facts.len() { PADDING } else { 0 };
                let height = above + LABEL.leading + below;
                let mut marks = self.panel(height);
                let lines = [(names.next(), head, name_x, LABEL), (values.next(), data, value_x, VALUE)];
                for (line, element, x, style) in lines {
                    let ink = if element == head { self.theme.muted } else { self.theme.text };
                    marks.extend(line.map(|line| (Part::Element(element), Mark::line(line, x, above, style, ink))));
                }
                rows.push(Row { height, marks, ..Row::default() });
            }
            self.push(rows, if index == 0 { pt(11) } else { 0 });
            self.keep_ends(index, facts.len());
        }
        self.space(pt(6));
        Ok(())
    }

    /// Keeps the first and the last item of a group with its neighbour.
    fn keep_ends(&mut self, index: usize, count: usize) {
        if let Some(last) = self.flow.rows.last_mut() {
            last.sticks = index + 1 < count && (index == 0 || index + 2 == count);
        }
    }

    /// Adds an empty row.
    pub fn space(&mut self, height: Length) {
        if let Some(last) = self.flow.rows.last_mut() {
            last.height += height;
        }
    }

    fn panel(&self, height: Length) -> Vec<(Part, Mark)> {
        let fill = |x, width, ink| (Part::Artifact, Mark::Fill { x, y: 0, width, height, ink });
        vec![fill(LEFT, WIDTH, self.theme.panel), fill(LEFT, pt(3), self.theme.accent)]
    }

    /// An element under the root.
    pub fn element(&mut self, tag: Tag) -> ElementId {
        self.tree.add(Tree::ROOT, tag)
    }
}

/// Lines over the whole width; when one short word would be left over, slightly shorter ones.
fn even_lines(text: &str, style: Style) -> Result<Vec<Line>, DocumentError> {
    let left_over = |lines: &[Line]| lines.len() > 1 && lines.last().is_some_and(|line| line.width < WIDTH / 8);
    let lines = style.wrap(text, WIDTH)?;
    if left_over(&lines) {
        let shorter = style.wrap(text, WIDTH * 94 / 100)?;
        if shorter.len() == lines.len() && !left_over(&shorter) {
            return Ok(shorter);
        }
    }
    Ok(lines)
}

//! Rows one below the other, and where the pages break between them.

use super::{
    canvas::{Ink, Mark, Page, Part},
    shaping::Length,
    tags::Tree,
};

/// What is never split: a line of text or a row of a table. Its marks count from its own top.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Space above, dropped at the top of a page.
    pub gap: Length,
    pub height: Length,
    /// On the same page as the next row.
    pub sticks: bool,
    /// At the top of a page of its own.
    pub turns: bool,
    /// The head to repeat when a page begins with this row.
    pub head: Option<usize>,
    pub marks: Vec<(Part, Mark)>,
}

/// The body of a letter before it is broken into pages.
#[derive(Debug, Default)]
pub struct Flow {
    pub rows: Vec<Row>,
    /// Rows that come back at the top of a page, by the number in [`Row::head`].
    pub heads: Vec<Row>,
}

impl Flow {
    /// Draws everything nearer, for a letter that would otherwise spill a few lines onto another page.
    pub fn tighten(&mut self) {
        for row in self.rows.iter_mut().chain(&mut self.heads) {
            row.gap = row.gap * 11 / 20;
        }
    }
}

/// Where rows may stand, from the top edge of the paper.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub first_top: Length,
    pub next_top: Length,
    pub bottom: Length,
}

/// The colours of a letter.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    pub text: Ink,
    /// For labels; at least 4.5 to 1 on white and on `panel`.
    pub muted: Ink,
    pub rule: Ink,
    pub accent: Ink,
    /// A tint of the accent, behind facts and totals.
    pub panel: Ink,
}

struct Placing<'a> {
    pages: Vec<Page>,
    tree: &'a mut Tree,
    frame: Frame,
    y: Length,
    at_top: bool,
}

/// Breaks the rows into pages, at least one.
///
/// Rows that stick together move to the next page together, unless they are taller than a page.
pub fn paginate(flow: Flow, tree: &mut Tree, first: Page, frame: Frame) -> Vec<Page> {
    let mut placing = Placing { pages: vec![first], tree, frame, y: frame.first_top, at_top: true };
    let mut rows = flow.rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut group = Vec::new();
        for row in rows.by_ref() {
            let more = row.sticks;
            group.push(row);
            if !more {
                break;
            }
        }
        let height: Length = group.iter().map(|row| row.gap + row.height).sum();
        let turns = group.first().is_some_and(|row| row.turns);
        if !placing.at_top && (turns || placing.y + height > frame.bottom) {
            placing.turn(group.first(), &flow.heads);
        }
        for row in group {
            if !placing.at_top && placing.y + row.gap + row.height > frame.bottom {
                placing.turn(Some(&row), &flow.heads);
            }
            placing.put(row);
        }
    }
    placing.pages
}

impl Placing<'_> {
    fn turn(&mut self, next: Option<&Row>, heads: &[Row]) {
        self.pages.push(Page::default());
        self.y = self.frame.next_top;
        self.at_top = true;
        if let Some(head) = next.and_then(|row| row.head).and_then(|head| heads.get(head)) {
            let mut head = head.clone();
            for (part, _) in &mut head.marks {
                *part = Part::Artifact;
            }
            self.put(head);
        }
    }

    fn put(&mut self, row: Row) {
        if !self.at_top {
            self.y += row.gap;
        }
        let number = self.pages.len() - 1;
        if let Some(page) = self.pages.last_mut() {
            for (part, mark) in row.marks {
                page.draw(self.tree, number, part, mark, self.y);
            }
        }
        self.y += row.height;
        self.at_top = false;
    }
}

/// Keeps the first two and the last two lines of a paragraph together.
pub fn without_widows(lines: &mut [Row]) {
    let count = lines.len();
    for (index, line) in lines.iter_mut().enumerate() {
        let is_last = index + 1 == count;
        line.sticks = !is_last && (index == 0 || index + 2 == count || count <= 3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { first_top: 0, next_top: 0, bottom: 100 };

    fn row(height: Length, sticks: bool, head: Option<usize>) -> Row {
        let mark = Mark::Fill { x: 0, y: 0, width: 1, height, ink: Ink(0, 0, 0) };
        Row { gap: 5, height, sticks, head, marks: vec![(Part::Artifact, mark)], ..Row::default() }
    }

    fn tops(flow: Flow) -> Vec<Vec<Length>> {
        let mut tree = Tree::new();
        let top = |mark: &Mark| if let Mark::Fill { y, .. } = mark { *y } else { -1 };
        let pages = paginate(flow, &mut tree, Page::default(), FRAME);
        pages.iter().map(|page| page.sequences.iter().flat_map(|part| part.marks.iter().map(top)).collect()).collect()
    }

    #[test]
    fn rows_that_stick_turn_the_page_together() {
        let flow = Flow { rows: vec![row(60, false, None), row(20, true, None), row(20, false, None)], heads: vec![] };
        assert_eq!(tops(flow), [vec![0], vec![0, 25]]);
    }

    #[test]
    fn a_row_that_turns_the_page_begins_one() {
        let turning = Row { turns: true, ..row(20, false, None) };
        let flow = Flow { rows: vec![row(20, false, None), turning.clone(), row(20, false, None)], heads: vec![] };
        assert_eq!(tops(flow), [vec![0], vec![0, 25]]);
        assert_eq!(tops(Flow { rows: vec![turning], heads: vec![] }), [vec![0]], "never an empty page");
    }

    #[test]
    fn a_page_that_begins_inside_a_table_repeats_its_head() {
        let flow = Flow { rows: vec![row(60, false, None), row(60, false, Some(0))], heads: vec![row(10, true, None)] };
        assert_eq!(tops(flow), [vec![0], vec![0, 15]]);
    }

    #[test]
    fn rows_taller_than_a_page_together_are_split() {
        let flow = Flow { rows: (0..5).map(|index| row(40, index < 4, None)).collect(), heads: vec![] };
        assert_eq!(tops(flow), [vec![0, 45], vec![0, 45], vec![0]]);
    }

    #[test]
    fn short_paragraphs_stay_whole_and_long_ones_keep_two_lines() {
        let sticking = |count: usize| {
            let mut rows = vec![Row::default(); count];
            without_widows(&mut rows);
            rows.iter().map(|row| row.sticks).collect::<Vec<_>>()
        };
        assert_eq!(sticking(3), [true, true, false]);
        assert_eq!(sticking(5), [true, false, false, true, false]);
    }
}

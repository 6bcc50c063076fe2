//! The blocks under a contract in which its parties sign, two side by side.

use super::{
    DocumentError,
    blocks::{LEFT, WIDTH},
    canvas::{Mark, Part},
    layout::{Row, Theme},
    shaping::{Length, Style, mm, pt},
    tags::{Tag, Tree},
};
use crate::domain::letters::Party;

const BODY: Style = Style::bold(98, 142);
const NAME: Style = Style::regular(98, 142);
const LABEL: Style = Style::regular(88, 128);
const BETWEEN: Length = mm(8);
const ACROSS: Length = (WIDTH - BETWEEN) / 2;
const PADDING: Length = pt(8);
const HAIRLINE: Length = 600;
/// Room for a hand, and perhaps a stamp.
const ROOM: Length = mm(22);

/// The rows of the blocks, each on the page of what follows.
pub fn signature_blocks(parties: &[Party], tree: &mut Tree, theme: Theme) -> Result<Vec<Row>, DocumentError> {
    parties.chunks(2).map(|pair| row(pair, tree, theme)).collect()
}

fn row(pair: &[Party], tree: &mut Tree, theme: Theme) -> Result<Row, DocumentError> {
    let mut marks = Vec::new();
    let mut height = 0;
    for (x, party) in [LEFT, LEFT + ACROSS + BETWEEN].into_iter().zip(pair) {
        let element = tree.add(Tree::ROOT, Tag::P);
        let signed = party.signed.as_deref();
        let said = format!("Pour {}", party.body);
        let lines = [
            (said.as_str(), BODY, theme.accent, pt(2)),
            (&party.name, NAME, theme.text, 0),
            (&party.title, NAME, theme.text, pt(6)),
            (signed.unwrap_or("Date\u{a0}:"), LABEL, theme.muted, pt(4)),
            (if signed.is_none() { "Signature\u{a0}:" } else { "" }, LABEL, theme.muted, ROOM),
        ];
        let mut y = PADDING;
        for (text, style, ink, below) in lines {
            if text.trim().is_empty() {
                continue;
            }
            for line in style.wrap(text, ACROSS - 2 * PADDING)? {
                marks.push((Part::Element(element), Mark::line(line, x + PADDING, y, style, ink)));
                y += style.leading;
            }
            y += below;
        }
        height = height.max(y + pt(4));
    }
    for x in [LEFT, LEFT + ACROSS + BETWEEN].into_iter().take(pair.len()) {
        let frame = [
            (x, 0, ACROSS, pt(2), theme.accent),
            (x, height - HAIRLINE, ACROSS, HAIRLINE, theme.rule),
            (x, 0, HAIRLINE, height, theme.rule),
            (x + ACROSS - HAIRLINE, 0, HAIRLINE, height, theme.rule),
        ];
        let fill = |(x, y, width, height, ink)| (Part::Artifact, Mark::Fill { x, y, width, height, ink });
        marks.extend(frame.map(fill));
    }
    Ok(Row { gap: pt(14), height, sticks: true, marks, ..Row::default() })
}

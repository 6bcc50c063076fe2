//! A letter put together: the letterhead, the body and the seal, on as many pages as they need.

use super::{
    DocumentError,
    blocks::{BODY, Body},
    canvas::{Ink, Page},
    layout::{Flow, Frame, Theme, paginate},
    letterhead::{Head, frame_pages, seal},
    parties::signature_blocks,
    shaping::{Style, mm, pt},
    tags::{Tag, Tree},
};
use crate::domain::letters::{Block, Letter, LetterKind, LogoCode};

const SUBJECT: Style = Style::bold(125, 172);

/// How far apart paragraphs stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Roomy,
    Tight,
}

/// The pages of a letter and what they mean: nearer together when that saves a page.
pub fn compose(letter: &Letter) -> Result<(Vec<Page>, Tree), DocumentError> {
    let roomy = lay_out(letter, Spacing::Roomy)?;
    if roomy.0.len() < 2 {
        return Ok(roomy);
    }
    let tight = lay_out(letter, Spacing::Tight)?;
    Ok(if tight.0.len() < roomy.0.len() { tight } else { roomy })
}

fn lay_out(letter: &Letter, spacing: Spacing) -> Result<(Vec<Page>, Tree), DocumentError> {
    let theme = theme(letter.fund.logo);
    let mut tree = Tree::new();
    let (first, top) = Head::draw(letter, &mut tree, theme)?;
    let mut body = Body { flow: Flow::default(), tree: &mut tree, theme };
    let has_name = matches!(
        letter.kind,
        LetterKind::Rules
            | LetterKind::Minutes
            | LetterKind::MinutesCopy
            | LetterKind::TaxReceipt
            | LetterKind::VoidTaxReceipt
            | LetterKind::Evidence
            | LetterKind::RunList
    );
    let is_titled = !letter.parties.is_empty() || has_name;
    let subject = if is_titled { letter.subject.clone() } else { format!("Objet\u{a0}: {}", letter.subject) };
    body.text(&subject, Tag::H1, SUBJECT, 0)?;
    body.space(pt(6));
    body.hold();
    if !letter.salutation.is_empty() {
        body.text(&letter.salutation, Tag::P, BODY, pt(8))?;
        body.hold();
    }
    let annexes = letter.blocks.iter().position(|block| matches!(block, Block::Annex(_)));
    let (text, annexes) = letter.blocks.split_at(annexes.unwrap_or(letter.blocks.len()));
    body.add_all(text)?;
    body.hold();
    if !letter.closing.is_empty() {
        body.text(&letter.closing, Tag::P, BODY, pt(8))?;
        body.hold();
    }
    let mut flow = body.flow;
    flow.rows.append(&mut signature_blocks(&letter.parties, &mut tree, theme)?);
    if !annexes.is_empty() {
        flow = after_signatures(flow, annexes, &mut tree, theme)?;
    }
    // What was never issued has no page that says whether it is genuine.
    if letter.kind.is_issued() {
        flow.rows.push(seal(letter, &mut tree, theme)?);
    }
    if spacing == Spacing::Tight {
        flow.tighten();
    }
    let frame = Frame { first_top: top, next_top: mm(27), bottom: mm(268) };
    let mut pages = paginate(flow, &mut tree, first, frame);
    frame_pages(letter, &mut pages, &mut tree, theme)?;
    Ok((pages, tree))
}

/// Adds the annexes: nothing before them waits for what they say.
fn after_signatures(mut flow: Flow, annexes: &[Block], tree: &mut Tree, theme: Theme) -> Result<Flow, DocumentError> {
    if let Some(last) = flow.rows.last_mut() {
        last.sticks = false;
    }
    let mut body = Body { flow, tree, theme };
    body.add_all(annexes)?;
    body.hold();
    Ok(body.flow)
}

/// Each fund has its colour; text in it keeps 7 to 1 on white.
const fn theme(logo: LogoCode) -> Theme {
    let (accent, panel) = match logo {
        LogoCode::Tandems => (Ink(0x8f, 0x34, 0x12), Ink(0xfb, 0xf3, 0xec)),
        LogoCode::Sublime | LogoCode::EuropeanUnion => (Ink(0x1b, 0x3d, 0x7a), Ink(0xef, 0xf3, 0xfa)),
        LogoCode::Lianes | LogoCode::Recital => (Ink(0x08, 0x57, 0x4b), Ink(0xee, 0xf5, 0xf3)),
    };
    let text = Ink(0x1c, 0x22, 0x20);
    Theme { text, muted: Ink(0x50, 0x5a, 0x57), rule: Ink(0xc6, 0xcf, 0xcc), accent, panel }
}

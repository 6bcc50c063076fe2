//! What surrounds the body: who writes to whom, the references, the signature, the check and the foot of each page.

use super::{
    DocumentError,
    blocks::{LEFT, WIDTH},
    canvas::{Mark, Page, Part},
    layout::{Row, Theme},
    logos, qr,
    shaping::{Length, Style, mm, pt},
    tags::{ElementId, Tag, Tree},
};
use crate::domain::letters::{Letter, LogoCode};
use std::slice;

/// The right column begins where the window of a French DL envelope does, with some air.
const RIGHT: Length = mm(110);
const RIGHT_WIDTH: Length = mm(78);
const LOGO_TOP: Length = mm(15);
const LOGO_SIDE: Length = mm(15);
const BESIDE_LOGO: Length = LOGO_SIDE + pt(9);
/// The recipient begins 50 mm from the top: folded in three, the address shows in the window.
const RECIPIENT_TOP: Length = mm(51);
const REFERENCES_TOP: Length = mm(87);
const SUBJECT_TOP: Length = mm(101);
const FOOT_TOP: Length = mm(271);

const NAME: Style = Style::bold(120, 160);
const FUND: Style = Style::bold(108, 142);
const SMALL: Style = Style::regular(83, 120);
const SMALL_BOLD: Style = Style::bold(83, 120);
const ADDRESS: Style = Style::regular(105, 148);
const ADDRESS_BOLD: Style = Style::bold(105, 148);
const REFERENCE: Style = Style::regular(93, 138);
const SIGNATURE: Style = Style::regular(100, 146);
const SIGNATURE_NAME: Style = Style::bold(100, 146);
const FOOT: Style = Style::regular(72, 98);
const CODE_SIDE: Length = mm(22);
/// The least height at which the Union wants its flag shown.
const EMBLEM_HEIGHT: Length = mm(10);

/// Marks of the first page, gathered from the top down.
pub struct Head<'a> {
    page: Page,
    tree: &'a mut Tree,
    theme: Theme,
}

impl<'a> Head<'a> {
    /// Draws everything above the subject; gives the page and where the subject may begin.
    pub fn draw(letter: &Letter, tree: &'a mut Tree, theme: Theme) -> Result<(Page, Length), DocumentError> {
        let mut head = Head { page: Page::default(), tree, theme };
        head.threads();
        let issuer = head.issuer(letter)?;
        head.fund(letter)?;
        let has_window = !letter.recipient.is_empty();
        let above = match has_window {
            true => head.recipient(letter)?.max(REFERENCES_TOP),
            // Nothing goes through the window of an envelope.
            false => issuer.max(LOGO_TOP + LOGO_SIDE) + pt(22),
        };
        if letter.place_and_date.is_empty() {
            return Ok((head.page, above));
        }
        let references = head.references(letter, above)? + pt(14);
        Ok((head.page, if has_window { SUBJECT_TOP.max(references) } else { references }))
    }

    /// Two threads that cross, along the upper edge.
    fn threads(&mut self) {
        let (step, thread) = (mm(7), pt(2));
        for index in 0..30 {
            let (over, under) = if index % 2 == 0 { (0, pt(3)) } else { (pt(3), 0) };
            let fill = |y, ink| Mark::Fill { x: index * step, y, width: step, height: thread, ink };
            self.mark(Part::Artifact, fill(mm(5) + over, self.theme.accent));
            self.mark(Part::Artifact, fill(mm(5) + under, self.theme.rule));
        }
    }

    fn mark(&mut self, part: Part, mark: Mark) {
        self.page.draw(self.tree, 0, part, mark, 0);
    }

    fn lines(
        &mut self,
        element: ElementId,
        texts: &[(&str, Style)],
        (x, y): (Length, Length),
        width: Length,
    ) -> Result<Length, DocumentError> {
        let mut y = y;
        for (text, style) in texts.iter().filter(|(text, _)| !text.trim().is_empty()) {
            let ink = if *style == SMALL { self.theme.muted } else { self.theme.text };
            for line in style.wrap(text, width)? {
                self.mark(Part::Element(element), Mark::line(line, x, y, *style, ink));
                y += style.leading;
            }
        }
        Ok(y)
    }

    fn logo(&mut self, logo: LogoCode, x: Length) -> Result<(), DocumentError> {
        let figure = self.tree.add_figure(Tree::ROOT, logos::alternative(logo).to_owned());
        let mark = picture(logo, x, LOGO_TOP, LOGO_SIDE)?;
        self.mark(Part::Element(figure), mark);
        Ok(())
    }

    /// Gives where it ends, without the sender below.
    fn issuer(&mut self, letter: &Letter) -> Result<Length, DocumentError> {
        self.logo(letter.issuer.logo, LEFT)?;
        let issuer = &letter.issuer;
        let mut texts = vec![(issuer.name.as_str(), NAME)];
        texts.extend(issuer.address.iter().map(|line| (line.as_str(), SMALL)));
        let x = LEFT + BESIDE_LOGO;
        let width = RIGHT - x - pt(8);
        let element = self.tree.add(Tree::ROOT, Tag::P);
        let mut end = self.lines(element, &texts, (x, LOGO_TOP - pt(3)), width)?;
        for contact in issuer.contact.split(" – ") {
            let mut element = self.tree.add(Tree::ROOT, Tag::P);
            if contact.contains('@') {
                element = self.tree.add_link(element, format!("mailto:{contact}"));
            }
            end = self.lines(element, &[(contact, SMALL)], (x, end), width)?;
        }
        if !letter.sender.is_empty() {
            let texts: Vec<_> = letter.sender.iter().map(|line| (line.as_str(), SMALL)).collect();
            let element = self.tree.add(Tree::ROOT, Tag::P);
            self.lines(element, &texts, (LEFT, RECIPIENT_TOP.max(end + pt(8))), RIGHT - LEFT - pt(12))?;
        }
        Ok(end)
    }

    fn fund(&mut self, letter: &Letter) -> Result<(), DocumentError> {
        self.logo(letter.fund.logo, RIGHT)?;
        let element = self.tree.add(Tree::ROOT, Tag::P);
        let texts = [(letter.fund.name.as_str(), FUND), (letter.reference.as_str(), SMALL)];
        self.lines(element, &texts, (RIGHT + BESIDE_LOGO, LOGO_TOP + pt(6)), RIGHT_WIDTH - BESIDE_LOGO)?;
        Ok(())
    }

    fn recipient(&mut self, letter: &Letter) -> Result<Length, DocumentError> {
        let element = self.tree.add(Tree::ROOT, Tag::P);
        let style = |index| if index == 0 { ADDRESS_BOLD } else { ADDRESS };
        let lines = letter.recipient.iter().enumerate();
        let texts: Vec<_> = lines.map(|(index, line)| (line.as_str(), style(index))).collect();
        let end = self.lines(element, &texts, (RIGHT, RECIPIENT_TOP), RIGHT_WIDTH)?;
        Ok(end + pt(10))
    }

    fn references(&mut self, letter: &Letter, y: Length) -> Result<Length, DocumentError> {
        let element = self.tree.add(Tree::ROOT, Tag::P);
        let dated = self.lines(element, &[(&letter.place_and_date, REFERENCE)], (RIGHT, y), RIGHT_WIDTH)?;
        let ours = format!("Notre référence\u{a0}: {}", letter.reference);
        let yours = letter.your_reference.as_ref().map(|yours| format!("Votre référence\u{a0}: {yours}"));
        let mut texts = vec![(ours.as_str(), REFERENCE)];
        texts.extend(yours.iter().map(|yours| (yours.as_str(), REFERENCE)));
        let element = self.tree.add(Tree::ROOT, Tag::P);
        let referred = self.lines(element, &texts, (LEFT, y), RIGHT - LEFT - pt(12))?;
        Ok(dated.max(referred))
    }
}

fn picture(logo: LogoCode, x: Length, y: Length, height: Length) -> Result<Mark, DocumentError> {
    let picture = logos::picture(logo).ok_or(DocumentError::Logo)?;
    let width = height * i64::from(picture.width) / i64::from(picture.height).max(1);
    Ok(Mark::Picture { x, y, width, height, picture })
}

/// The last row: the check on the left, the signature on the right.
pub fn seal(letter: &Letter, tree: &mut Tree, theme: Theme) -> Result<Row, DocumentError> {
    let mut marks = Vec::new();
    let mut height = CODE_SIDE;
    if let Some(signature) = &letter.signature {
        let element = tree.add(Tree::ROOT, Tag::P);
        let mut y = 0;
        let place = signature.place.as_deref().unwrap_or_default();
        let room = mm(13);
        for (text, style, below) in
            [(place, SIGNATURE, pt(4)), (&signature.title, SIGNATURE, room), (&signature.name, SIGNATURE_NAME, 0)]
        {
            for line in style.wrap(text, RIGHT_WIDTH)?.into_iter().filter(|line| !line.glyphs.is_empty()) {
                marks.push((Part::Element(element), Mark::line(line, RIGHT, y, style, theme.text)));
                y += style.leading;
            }
            y += if text.is_empty() { 0 } else { below };
        }
        height = height.max(y);
    }
    let top = height - CODE_SIDE;
    let figure = tree.add_figure(Tree::ROOT, format!("Code QR qui mène à {}", letter.check_url));
    marks.push((Part::Element(figure), qr::code(&letter.check_url, LEFT, top, CODE_SIDE, theme.text)?));
    let element = tree.add(Tree::ROOT, Tag::P);
    let (x, width) = (LEFT + CODE_SIDE + pt(10), RIGHT - LEFT - CODE_SIDE - pt(22));
    let width = if letter.signature.is_some() { width } else { WIDTH - CODE_SIDE - pt(10) };
    let link = tree.add_link(element, letter.check_url.clone());
    let words = tree.add(Tree::ROOT, Tag::P);
    let address = breakable(&letter.check_url, SMALL, width)?;
    let code = format!("Code\u{a0}: {}", letter.check_code);
    let texts = [
        ("Vérifier ce document", SMALL_BOLD, element, theme.text),
        ("Scannez le code ou ouvrez\u{a0}: ", SMALL, element, theme.muted),
        (&address, SMALL, link, theme.accent),
        (&code, SMALL_BOLD, words, theme.text),
    ];
    let mut lines = Vec::new();
    for (text, style, element, ink) in texts {
        lines.extend(style.wrap(text, width)?.into_iter().map(|line| (line, style, element, ink)));
    }
    let tall = SMALL.leading * i64::try_from(lines.len()).unwrap_or(0);
    let mut y = (top + (CODE_SIDE - tall) / 2).max(0);
    for (line, style, element, ink) in lines {
        marks.push((Part::Element(element), Mark::line(line, x, y, style, ink)));
        y += style.leading;
    }
    Ok(Row { gap: pt(17), height: height.max(y), marks, ..Row::default() })
}

/// The address without its scheme, on lines that end after a slash where they can.
fn breakable(address: &str, style: Style, width: Length) -> Result<String, DocumentError> {
    let mut lines: Vec<String> = vec![String::new()];
    for part in address.trim_start_matches("https://").split_inclusive('/') {
        let line = lines.last().map(|line| format!("{line}{part}")).unwrap_or_default();
        if style.widths(&line)?.0 <= width {
            lines.pop();
            lines.push(line);
        } else {
            lines.push(part.to_owned());
        }
    }
    Ok(lines.join(" "))
}

/// Draws the foot of every page and the head of those after the first.
pub fn frame_pages(letter: &Letter, pages: &mut [Page], tree: &mut Tree, theme: Theme) -> Result<(), DocumentError> {
    let count = pages.len();
    for (number, page) in pages.iter_mut().enumerate() {
        if number > 0 {
            running_head(letter, page, number, tree, theme)?;
        }
        let rule = Mark::Fill { x: LEFT, y: FOOT_TOP, width: WIDTH, height: 500, ink: theme.rule };
        page.draw(tree, number, Part::RunningFoot, rule, 0);
        mention(letter, page, number, tree, theme)?;
        let paging = SMALL.one_line(&format!("Page\u{a0}{} sur\u{a0}{count}", number + 1), mm(40))?;
        let (x, y) = (LEFT + WIDTH - paging.width, mm(285));
        page.draw(tree, number, Part::RunningFoot, Mark::line(paging, x, y, SMALL, theme.muted), 0);
        if count > 1 {
            // A single page has said it at its head.
            let issuer = &letter.issuer;
            let identity = [slice::from_ref(&issuer.name), &issuer.address, slice::from_ref(&issuer.contact)].concat();
            let identity = FOOT.one_line(&identity.join(" · "), WIDTH - mm(28))?;
            let mark = Mark::line(identity, LEFT, y + pt(1), FOOT, theme.muted);
            page.draw(tree, number, Part::RunningFoot, mark, 0);
        }
    }
    Ok(())
}

/// What the funders ask to be said: read aloud once, shown on every page.
fn mention(
    letter: &Letter,
    page: &mut Page,
    number: usize,
    tree: &mut Tree,
    theme: Theme,
) -> Result<(), DocumentError> {
    let top = FOOT_TOP + mm(3);
    let mut x = LEFT;
    if let Some(emblem) = letter.fund.emblem {
        let mark = picture(emblem, x, top, EMBLEM_HEIGHT)?;
        x += EMBLEM_HEIGHT * 3 / 2 + pt(9);
        let mut part = Part::RunningFoot;
        if number == 0 {
            part = Part::Element(tree.add_figure(Tree::ROOT, logos::alternative(emblem).to_owned()));
        }
        page.draw(tree, number, part, mark, 0);
    }
    if letter.fund.mention.is_empty() {
        return Ok(());
    }
    let part = if number == 0 { Part::Element(tree.add(Tree::ROOT, Tag::P)) } else { Part::RunningFoot };
    let mut y = top - pt(1);
    for line in FOOT.wrap(&letter.fund.mention, LEFT + WIDTH - x)?.into_iter().take(3) {
        page.draw(tree, number, part, Mark::line(line, x, y, FOOT, theme.text), 0);
        y += FOOT.leading;
    }
    Ok(())
}

fn running_head(
    letter: &Letter,
    page: &mut Page,
    number: usize,
    tree: &mut Tree,
    theme: Theme,
) -> Result<(), DocumentError> {
    let y = mm(13);
    let fund = SMALL_BOLD.one_line(&letter.fund.name, mm(60))?;
    let text = SMALL.one_line(&letter.reference, WIDTH - fund.width - pt(16))?;
    let x = LEFT + WIDTH - fund.width;
    page.draw(tree, number, Part::RunningHead, Mark::line(text, LEFT, y, SMALL, theme.muted), 0);
    page.draw(tree, number, Part::RunningHead, Mark::line(fund, x, y, SMALL_BOLD, theme.accent), 0);
    let rule = Mark::Fill { x: LEFT, y: y + pt(15), width: WIDTH, height: pt(1), ink: theme.accent };
    page.draw(tree, number, Part::RunningHead, rule, 0);
    Ok(())
}

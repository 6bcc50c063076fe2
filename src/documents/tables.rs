//! A table as rows: widths of the columns, cells that wrap, the head that comes back on each page.

use super::{
    DocumentError,
    blocks::{Body, LEFT, WIDTH},
    canvas::{Ink, Mark, Part},
    layout::Row,
    shaping::{Length, Line, Style, pt},
    tags::{ElementId, Scope, Tag},
};
use crate::domain::letters::{Align, Table};

const CAPTION: Style = Style::bold(98, 146);
const HEAD: Style = Style::bold(88, 124);
const CELL: Style = Style::regular(93, 132);
const SUM: Style = Style::bold(93, 132);
const PADDING_X: Length = pt(6);
const PADDING_Y: Length = pt(4);
const HAIRLINE: Length = 500;
/// A row with more lines than this may break over two pages.
const MOST_LINES: usize = 16;

/// Where a column stands, without its padding.
#[derive(Debug, Clone, Copy)]
struct Column {
    x: Length,
    width: Length,
    align: Align,
}

/// How a row is written.
#[derive(Clone, Copy)]
struct Look {
    tag: Tag,
    style: Style,
    ink: Ink,
    background: Option<Ink>,
    /// The rule below the row: its height and colour.
    rule: (Length, Ink),
}

/// Adds the table to the body.
pub fn add(body: &mut Body<'_>, table: &Table) -> Result<(), DocumentError> {
    let columns = columns(table)?;
    let element = body.element(Tag::Table);
    caption(body, table, element)?;
    let theme = body.theme;
    let head = Look {
        tag: Tag::TH(Scope::Column),
        style: HEAD,
        ink: theme.accent,
        background: None,
        rule: (pt(1) + HAIRLINE, theme.accent),
    };
    let plain = Look { tag: Tag::TD, style: CELL, ink: theme.text, background: None, rule: (HAIRLINE, theme.rule) };
    let sum = Look { style: SUM, background: Some(theme.panel), rule: (pt(1), theme.accent), ..plain };

    let headers: Vec<&str> = table.headers.iter().map(|header| header.text.as_str()).collect();
    let mut rows = cells(body, element, &columns, &headers, head)?;
    for row in &mut rows {
        row.sticks = true;
    }
    if let Some(first) = rows.first_mut().filter(|_| table.caption.is_empty()) {
        first.gap = pt(11);
    }
    let number = body.flow.heads.len();
    body.flow.heads.extend(rows.first().cloned());
    body.flow.rows.append(&mut rows);

    let looks = table.rows.iter().map(|row| (row, plain)).chain(table.total.iter().map(|row| (row, sum)));
    let count = table.rows.len() + usize::from(table.total.is_some());
    for (index, (texts, look)) in looks.enumerate() {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut rows = cells(body, element, &columns, &texts, look)?;
        for row in &mut rows {
            row.head = Some(number);
        }
        if let Some(last) = rows.last_mut() {
            last.sticks = index + 1 < count && (index == 0 || index + 2 == count);
        }
        body.flow.rows.append(&mut rows);
    }
    body.space(pt(4));
    Ok(())
}

fn caption(body: &mut Body<'_>, table: &Table, element: ElementId) -> Result<(), DocumentError> {
    if table.caption.is_empty() {
        return Ok(());
    }
    let caption = body.tree.add(element, Tag::Caption);
    for (index, line) in CAPTION.wrap(&table.caption, WIDTH)?.into_iter().enumerate() {
        let mark = Mark::line(line, LEFT, 0, CAPTION, body.theme.text);
        let gap = if index == 0 { pt(13) } else { 0 };
        let marks = vec![(Part::Element(caption), mark)];
        body.flow.rows.push(Row { gap, height: CAPTION.leading + pt(2), sticks: true, marks, ..Row::default() });
    }
    Ok(())
}

/// The rows that show one row of the table: one, or several when a cell is very long.
fn cells(
    body: &mut Body<'_>,
    table: ElementId,
    columns: &[Column],
    texts: &[&str],
    look: Look,
) -> Result<Vec<Row>, DocumentError> {
    let tr = body.tree.add(table, Tag::TR);
    let mut wrapped: Vec<(ElementId, Column, Vec<Line>)> = Vec::new();
    for (index, &column) in columns.iter().enumerate() {
        let element = body.tree.add(tr, look.tag);
        let text = texts.get(index).copied().unwrap_or_default();
        let column = if look.style == SUM { over_empty(column, index, columns, texts) } else { column };
        wrapped.push((element, column, look.style.wrap(text, column.width)?));
    }
    let lines = wrapped.iter().map(|(_, _, lines)| lines.len()).max().unwrap_or(1);
    let slices = lines.div_ceil(MOST_LINES);
    let mut rows = Vec::new();
    for slice in 0..slices {
        let (from, to) = (slice * MOST_LINES, ((slice + 1) * MOST_LINES).min(lines));
        let above = if slice == 0 { PADDING_Y } else { 0 };
        let below = if slice + 1 == slices { PADDING_Y } else { 0 };
        let height = above + look.style.leading * i64::try_from(to - from).unwrap_or(1) + below;
        let fill = |y, height, ink| (Part::Artifact, Mark::Fill { x: LEFT, y, width: WIDTH, height, ink });
        let mut marks: Vec<(Part, Mark)> = look.background.map(|ink| fill(0, height, ink)).into_iter().collect();
        if slice + 1 == slices {
            marks.push(fill(height - look.rule.0, look.rule.0, look.rule.1));
        }
        for (element, column, lines) in &wrapped {
            let mut y = above;
            for line in lines.iter().take(to).skip(from).filter(|line| !line.glyphs.is_empty()) {
                let x = match column.align {
                    Align::Left => column.x,
                    Align::Right => column.x + column.width - line.width,
                };
                marks.push((Part::Element(*element), Mark::line(line.clone(), x, y, look.style, look.ink)));
                y += look.style.leading;
            }
        }
        rows.push(Row { height, marks, ..Row::default() });
    }
    Ok(rows)
}

/// A left column that runs on to the next cell with a text: the label of a total.
fn over_empty(column: Column, index: usize, columns: &[Column], texts: &[&str]) -> Column {
    let Align::Left = column.align else { return column };
    let next = columns.iter().zip(texts).skip(index + 1).take_while(|(_, text)| text.is_empty()).last();
    next.map_or(column, |(last, _)| Column { width: last.x + last.width - column.x, ..column })
}

/// Amounts get the width they need; text shares what is left after its widest words.
fn columns(table: &Table) -> Result<Vec<Column>, DocumentError> {
    let mut needs: Vec<(Length, Length)> = Vec::new();
    for (index, header) in table.headers.iter().enumerate() {
        let (mut whole, mut widest) = HEAD.widths(&header.text)?;
        let sums = table.total.iter().map(|row| (row, SUM));
        for (row, style) in table.rows.iter().map(|row| (row, CELL)).chain(sums) {
            // The label of the total runs over the empty cells beside it.
            let label = style == SUM && index == 0 && table.headers.len() > 1;
            let Some(text) = row.get(index).filter(|_| !label) else { continue };
            let (cell, word) = style.widths(text)?;
            whole = whole.max(cell);
            widest = widest.max(if header.align == Align::Right { cell } else { word });
        }
        needs.push((whole + 2 * PADDING_X + pt(1), widest + 2 * PADDING_X + pt(1)));
    }
    let widths = share(&needs, WIDTH);
    let mut x = LEFT;
    let columns = table.headers.iter().zip(widths).map(|(header, width)| {
        let column = Column { x: x + PADDING_X, width: (width - 2 * PADDING_X).max(pt(12)), align: header.align };
        x += width;
        column
    });
    Ok(columns.collect())
}

/// Shares a width between columns of which `(whole, widest)` says the width without any break and the least one.
fn share(needs: &[(Length, Length)], width: Length) -> Vec<Length> {
    let whole: Length = needs.iter().map(|need| need.0).sum();
    let least: Length = needs.iter().map(|need| need.1).sum();
    let count = i64::try_from(needs.len()).unwrap_or(1).max(1);
    if whole <= width {
        let spare = width - whole;
        return needs.iter().map(|need| need.0 + spare * need.0 / whole.max(1)).collect();
    }
    if least <= width {
        let (spare, wanted) = (width - least, (whole - least).max(1));
        return needs.iter().map(|need| need.1 + spare * (need.0 - need.1) / wanted).collect();
    }
    // Some word is wider than its share: no column takes more than it needs, the widest pay.
    let fair = width / count;
    let modest: Length = needs.iter().map(|need| need.1).filter(|&need| need <= fair).sum();
    let greedy = needs.iter().filter(|need| need.1 > fair).count();
    let each = (width - modest) / i64::try_from(greedy).unwrap_or(1).max(1);
    needs.iter().map(|need| if need.1 <= fair { need.1 } else { each }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_width_and_never_more() {
        for needs in [vec![(30, 10), (40, 20)], vec![(300, 40), (40, 40)], vec![(500, 400), (40, 40), (600, 10)]] {
            let widths = share(&needs, 100);
            let total: Length = widths.iter().sum();
            assert!((97..=100).contains(&total), "{widths:?}");
        }
        assert_eq!(share(&[(300, 40), (40, 40)], 100), [60, 40]);
        assert!(share(&[], 100).is_empty());
    }
}

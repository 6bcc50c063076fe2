//! Charts as their template draws them. Everything lies across in thousandths of the width and down in pixels, so that a
//! chart is as wide as its page while its letters keep their size; every bar is told in words beside it, and shades
//! differ by their pattern.

use crate::domain::{money::Euros, scoring::Score};

/// Characters of a line of text, as many as the narrowest telephone shows.
const LINE_CHARS: usize = 30;
/// Between two lines of text, in pixels.
const LINE: i64 = 20;
/// How high a bar is, and what follows it.
const BAR: i64 = 18;
const GAP: i64 = 14;
/// The longest bar where its number stands behind it, and where nothing does.
const BESIDE: i64 = 700;
const WHOLE: i64 = 1000;

/// How a bar is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shade {
    Full,
    Hatched,
}

/// A bar: where it begins and how long it is, in thousandths of the width; where its top is, in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub from: i64,
    pub length: i64,
    pub y: i64,
    pub shade: Shade,
}

/// A line of text: where it begins, in thousandths of the width, and where it stands, in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub from: i64,
    pub y: i64,
    pub text: String,
    /// Whether it is the number behind a bar.
    pub is_number: bool,
}

/// A chart, its identifier alone on its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub id: String,
    pub title: String,
    /// All that it shows, in words.
    pub words: String,
    /// What its shades mean; empty where there is one.
    pub legend: &'static str,
    pub height: i64,
    pub bars: Vec<Bar>,
    pub lines: Vec<Line>,
}

/// What a group asks for and is awarded, as far as they may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    pub label: String,
    pub asked: Option<Euros>,
    pub awarded: Option<Euros>,
}

/// The notes somebody gave, from the least to the most, and their mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    pub label: String,
    pub least: Score,
    pub mean: Score,
    pub most: Score,
}

/// What leaves in one month: what is sure to, and what is only planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outflow {
    pub label: String,
    pub sure: Euros,
    pub planned: Euros,
}

/// Thousandths of the width as an attribute says them: `12.5%`.
fn percent(thousandths: i64) -> String {
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

impl Bar {
    /// Where it begins.
    pub fn x(&self) -> String {
        percent(self.from)
    }

    /// How long it is.
    pub fn width(&self) -> String {
        percent(self.length)
    }

    /// Whether it is hatched.
    pub fn is_hatched(&self) -> bool {
        self.shade == Shade::Hatched
    }
}

impl Line {
    /// Where it begins.
    pub fn x(&self) -> String {
        percent(self.from)
    }
}

/// This part of `whole`, in thousandths up to `full`; something is always seen of what is not nothing.
fn part(value: i64, whole: i64, full: i64) -> i64 {
    if value <= 0 || whole <= 0 {
        return 0;
    }
    let length = i128::from(value.min(whole)) * i128::from(full) / i128::from(whole);
    i64::try_from(length).unwrap_or(full).max(3)
}

/// A text in lines between its words; a word longer than a line is cut.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.chunks(LINE_CHARS) {
            let piece: String = piece.iter().collect();
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + piece.chars().count() <= LINE_CHARS => {
                    line.push(' ');
                    line.push_str(&piece);
                }
                _ => lines.push(piece),
            }
        }
    }
    lines
}

impl Chart {
    fn blank(id: &str, title: &str, legend: &'static str) -> Self {
        Chart {
            id: id.to_owned(),
            title: title.to_owned(),
            words: String::new(),
            legend,
            height: 0,
            bars: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Writes a text below what is there.
    fn write(&mut self, text: &str) {
        for text in wrapped(text) {
            self.height += LINE;
            self.lines.push(Line { from: 0, y: self.height - 7, text, is_number: false });
        }
    }

    /// Draws a bar below what is there; nothing is no bar.
    fn draw(&mut self, from: i64, length: i64, shade: Shade) {
        if length > 0 {
            self.bars.push(Bar { from, length, y: self.height, shade });
        }
    }

    /// Writes a number behind the bar that ends there.
    fn number(&mut self, from: i64, text: String) {
        self.lines.push(Line { from, y: self.height + BAR - 4, text, is_number: true });
    }

    /// Goes on below the bars just drawn.
    fn go_on(&mut self, said: &str) {
        self.height += BAR + GAP;
        if !self.words.is_empty() {
            self.words.push_str("\u{202f}; ");
        }
        self.words.push_str(said);
    }

    /// Bars from the left, as long as their groups have files.
    pub fn of_files(id: &str, title: &str, groups: &[(String, i64)]) -> Self {
        let most = groups.iter().map(|(_, files)| *files).max().unwrap_or_default();
        let mut chart = Chart::blank(id, title, "");
        for (label, files) in groups {
            chart.write(label);
            let length = part(*files, most, BESIDE);
            chart.draw(0, length, Shade::Full);
            chart.number(length, files.to_string());
            chart.go_on(&format!("{label}\u{a0}: {files}"));
        }
        chart
    }

    /// A funnel: bars in the middle, each out of the one before.
    pub fn funnel(id: &str, title: &str, steps: &[(String, i64)]) -> Self {
        let most = steps.iter().map(|(_, files)| *files).max().unwrap_or_default();
        let mut chart = Chart::blank(id, title, "");
        for (label, files) in steps {
            let said = format!("{label}\u{a0}: {files}");
            chart.write(&said);
            let length = part(*files, most, WHOLE);
            chart.draw((WHOLE - length) / 2, length, Shade::Full);
            chart.go_on(&said);
        }
        chart
    }

    /// Bars from the left, as long as what is asked for; what is awarded of it is their full part.
    pub fn of_money(id: &str, title: &str, groups: &[Sums], knows_decisions: bool) -> Self {
        let most = groups.iter().filter_map(|sums| sums.asked).map(Euros::cents).max().unwrap_or_default();
        let legend =
            if knows_decisions { "Plein\u{a0}: accordé. Hachuré\u{a0}: demandé, non accordé." } else { "" };
        let mut chart = Chart::blank(id, title, legend);
        for sums in groups {
            let amounts = sums.words(knows_decisions);
            chart.write(&sums.label);
            chart.write(&amounts);
            let cents = |amount: Option<Euros>| part(amount.unwrap_or_default().cents(), most, WHOLE);
            let asked = cents(sums.asked);
            let awarded = cents(sums.awarded).min(asked);
            chart.draw(0, awarded, Shade::Full);
            chart.draw(awarded, asked - awarded, Shade::Hatched);
            chart.go_on(&format!("{}\u{a0}: {amounts}", sums.label));
        }
        chart
    }

    /// Bars from the left, as long as what leaves each month; what is sure of it is their full part.
    pub fn of_outflows(id: &str, title: &str, months: &[Outflow]) -> Self {
        let most = months.iter().map(|month| (month.sure + month.planned).cents()).max().unwrap_or_default();
        let legend = "Plein\u{a0}: versé, dans un lot ou dû. Hachuré\u{a0}: prévu.";
        let mut chart = Chart::blank(id, title, legend);
        for month in months {
            let said = format!("{}\u{a0}: {}", month.label, month.sure + month.planned);
            chart.write(&said);
            let whole = part((month.sure + month.planned).cents(), most, WHOLE);
            let sure = part(month.sure.cents(), most, WHOLE).min(whole);
            chart.draw(0, sure, Shade::Full);
            chart.draw(sure, whole - sure, Shade::Hatched);
            let planned = format!("{said}, dont {} prévus", month.planned);
            chart.go_on(if month.planned.is_positive() { &planned } else { &said });
        }
        chart
    }

    /// Bars from the least to the most note, on a scale to 100.
    pub fn of_ranges(id: &str, title: &str, ranges: &[Range]) -> Self {
        let place = |score: Score| score.hundredths().clamp(0, 10_000) / 10;
        let mut chart = Chart::blank(id, title, "");
        for range in ranges {
            let notes = format!("de {} à {}, moyenne {}", range.least, range.most, range.mean);
            chart.write(&range.label);
            chart.write(&notes);
            let from = place(range.least).min(WHOLE - 3);
            chart.draw(from, (place(range.most) - from).max(3), Shade::Full);
            chart.go_on(&format!("{}\u{a0}: {notes}", range.label));
        }
        chart
    }
}

impl Sums {
    /// The amounts in words.
    fn words(&self, knows_decisions: bool) -> String {
        let asked = self.asked.map_or("montant non montré".to_owned(), |asked| format!("{asked} demandés"));
        match self.awarded {
            Some(awarded) => format!("{asked}, {awarded} accordés"),
            None if knows_decisions && self.asked.is_some() => format!("{asked}, montant accordé non montré"),
            None => asked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(label: &str, files: i64) -> (String, i64) {
        (label.to_owned(), files)
    }

    fn assert_inside(chart: &Chart) {
        for bar in &chart.bars {
            assert!(bar.from >= 0 && bar.length > 0 && bar.from + bar.length <= WHOLE, "{bar:?}");
            assert!(bar.y >= 0 && bar.y + BAR <= chart.height, "{bar:?}");
        }
        for line in &chart.lines {
            assert!(line.text.chars().count() <= LINE_CHARS && (0..chart.height).contains(&line.y), "{line:?}");
        }
    }

    #[test]
    fn a_huge_group_is_as_long_as_allowed_and_a_tiny_one_is_still_seen() {
        let chart = Chart::of_files("c", "Axes", &[group("Un", 1), group("Tous", i64::MAX), group("Aucun", 0)]);
        let lengths: Vec<i64> = chart.bars.iter().map(|bar| bar.length).collect();
        assert_eq!(lengths, [3, BESIDE], "nothing is no bar");
        assert_eq!(chart.lines.iter().filter(|line| line.is_number).count(), 3, "but it is said");
        assert_inside(&chart);
    }

    #[test]
    fn without_files_there_is_no_bar() {
        let chart = Chart::of_files("c", "Axes", &[group("Un", 0), group("Deux", 0)]);
        assert!(chart.bars.is_empty());
        assert_eq!(chart.words, "Un\u{a0}: 0\u{202f}; Deux\u{a0}: 0");
        assert_eq!(Chart::of_files("c", "Axes", &[]).height, 0);
    }

    #[test]
    fn a_funnel_stands_in_the_middle() {
        let chart = Chart::funnel("c", "Parcours", &[group("Déposés", 10), group("Retenus", 5)]);
        let bars: Vec<_> = chart.bars.iter().map(|bar| (bar.from, bar.length)).collect();
        assert_eq!(bars, [(0, 1000), (250, 500)]);
        assert_inside(&chart);
    }

    #[test]
    fn what_is_awarded_lies_within_what_is_asked() {
        let sums = |asked, awarded| Sums { label: "Nord".into(), asked, awarded };
        let (some, more) = (Some(Euros::whole(1_000)), Some(Euros::whole(4_000)));
        let groups = [sums(more, some), sums(some, more), sums(None, None), sums(some, Some(Euros::ZERO))];
        let chart = Chart::of_money("c", "Montants", &groups, true);
        let bars: Vec<_> = chart.bars.iter().map(|bar| (bar.from, bar.length, bar.is_hatched())).collect();
        assert_eq!(bars, [(0, 250, false), (250, 750, true), (0, 250, false), (0, 250, true)]);
        assert!(chart.words.contains("montant non montré"), "{}", chart.words);
        assert_inside(&chart);
    }

    #[test]
    fn what_is_sure_to_leave_lies_within_what_leaves() {
        let month = |label: &str, sure, planned| Outflow {
            label: label.into(),
            sure: Euros::whole(sure),
            planned: Euros::whole(planned),
        };
        let months = [month("avril 2027", 1_000, 3_000), month("mai 2027", 0, 0), month("juin 2027", 0, 2_000)];
        let chart = Chart::of_outflows("c", "Mois", &months);
        let bars: Vec<_> = chart.bars.iter().map(|bar| (bar.from, bar.length, bar.is_hatched())).collect();
        assert_eq!(bars, [(0, 250, false), (250, 750, true), (0, 500, true)]);
        assert!(chart.words.contains("mai 2027\u{a0}: 0") && chart.words.contains("prévus"), "{}", chart.words);
        assert_inside(&chart);
    }

    #[test]
    fn long_labels_go_on_below() {
        let label = "Habiter et prendre soin de nos territoires, anticonstitutionnellementissimementlong";
        let chart = Chart::of_files("c", "Axes", &[group(label, 2)]);
        let lines: Vec<&str> = chart.lines.iter().filter(|line| !line.is_number).map(|l| l.text.as_str()).collect();
        assert_eq!(lines[..2], ["Habiter et prendre soin de nos", "territoires,"]);
        assert_eq!(lines.len(), 4);
        assert_inside(&chart);
    }

    #[test]
    fn notes_that_agree_are_a_stroke() {
        let score = |points: i64| Score::from_hundredths(points * 100);
        let range =
            |least, most| Range { label: "Ana".into(), least: score(least), mean: score(least), most: score(most) };
        let chart = Chart::of_ranges("c", "Notes", &[range(40, 80), range(100, 100), range(0, 0)]);
        let bars: Vec<_> = chart.bars.iter().map(|bar| (bar.from, bar.length)).collect();
        assert_eq!(bars, [(400, 400), (997, 3), (0, 3)]);
        assert_inside(&chart);
    }

    #[test]
    fn thousandths_are_written_without_a_float() {
        assert_eq!([0, 5, 125, 1000].map(percent), ["0.0%", "0.5%", "12.5%", "100.0%"]);
    }
}

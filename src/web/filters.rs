//! Template filters: values of the domain in the words of a page. Pages say `use crate::web::filters;`.

use crate::domain::{
    money::{Euros, Rate},
    time::{Moment, french_date},
};
use askama::filters::Safe;
use chrono::NaiveDate;
use std::fmt::Write;

/// `12 345,67 €`.
#[askama::filter_fn]
pub fn money(amount: &Euros, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(amount.to_string())
}

/// `12,5 %`.
#[askama::filter_fn]
pub fn percent(rate: &Rate, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(rate.to_string())
}

/// `1er avril 2027`.
#[askama::filter_fn]
pub fn date(day: &NaiveDate, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(french_date(*day))
}

/// `31 mars 2027 à 23 h 59`, Paris time.
#[askama::filter_fn]
pub fn datetime(at: &Moment, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(at.french())
}

/// A typed text as paragraphs: an empty line parts two, a line break stays one, lines that begin with `- ` are a list.
/// Everything is escaped.
#[askama::filter_fn]
pub fn nl2p(text: &str, _: &dyn askama::Values) -> askama::Result<Safe<String>> {
    Ok(Safe(paragraphs(text)))
}

fn paragraphs(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    let mut open = "";
    let text = text.replace("\r\n", "\n");
    for line in text.trim().split('\n').map(str::trim_end) {
        match line.strip_prefix("- ") {
            Some(item) => {
                turn_to(&mut html, &mut open, "ul");
                html.push_str("<li>");
                item.chars().for_each(|character| push_escaped(&mut html, character));
                html.push_str("</li>");
            }
            None if line.is_empty() => turn_to(&mut html, &mut open, ""),
            None => {
                if open == "p" {
                    html.push_str("<br>");
                }
                turn_to(&mut html, &mut open, "p");
                line.chars().for_each(|character| push_escaped(&mut html, character));
            }
        }
    }
    turn_to(&mut html, &mut open, "");
    html
}

/// Closes the open block and begins another one, unless it is of the same kind; no kind begins nothing.
fn turn_to(html: &mut String, open: &mut &'static str, kind: &'static str) {
    if *open == kind {
        return;
    }
    if !open.is_empty() {
        let _ = write!(html, "</{open}>");
    }
    if !kind.is_empty() {
        let _ = write!(html, "<{kind}>");
    }
    *open = kind;
}

fn push_escaped(html: &mut String, character: char) {
    match character {
        '<' | '>' | '&' | '"' | '\'' => {
            let _ = write!(html, "&#{};", u32::from(character));
        }
        _ => html.push(character),
    }
}

/// The query of an address that leads back to `path` afterwards: `suite=%2Fdossiers`.
#[askama::filter_fn]
pub fn back(path: &str, _: &dyn askama::Values) -> askama::Result<String> {
    serde_html_form::to_string([("suite", path)]).map_err(|error| askama::Error::Custom(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::filters;
    use askama::Template;

    #[derive(Template)]
    #[template(
        source = "{{ amount|money }}|{{ rate|percent }}|{{ day|date }}|{{ at|datetime }}|{{ text|nl2p }}",
        ext = "html"
    )]
    struct Filtered<'a> {
        amount: Euros,
        rate: Rate,
        day: NaiveDate,
        at: Moment,
        text: &'a str,
    }

    #[test]
    fn values_read_as_french() {
        let day = NaiveDate::from_ymd_opt(2027, 4, 1).unwrap();
        let (at, amount) = (Moment::start_of_day(day), Euros::from_cents(123_456));
        let text = Filtered { amount, rate: Rate::percent(70), day, at, text: "Oui & non" }.render().unwrap();
        let expected = "1\u{202f}234,56\u{a0}€|70\u{a0}%|1er\u{a0}avril 2027|1er\u{a0}avril 2027 à 0\u{a0}h\u{a0}00|<p>Oui &#38; non</p>";
        assert_eq!(text, expected);
    }

    #[test]
    fn paragraphs_and_line_breaks_stay_and_markup_does_not() {
        assert_eq!(paragraphs("Un\r\ndeux\n\n\ntrois <b>\n"), "<p>Un<br>deux</p><p>trois &#60;b&#62;</p>");
        assert_eq!(paragraphs("  \n "), "");
        let listed = "<p>Sont invités :</p><ul><li>les &#60;b&#62; ;</li><li>les autres.</li></ul><p>Et vous.</p>";
        assert_eq!(paragraphs("Sont invités :\n- les <b> ;\n- les autres.\n\nEt vous."), listed);
    }
}

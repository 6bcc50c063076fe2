//! From the typed message to its words: a subject, a text for every reader, and the same as sober HTML.

use crate::{domain::messages::Mail, usecases::settings::Settings};
use askama::Template;

/// A mail in words, not yet addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// On one line, without control characters.
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// A link with the whole address of our site.
struct Link<'a> {
    label: &'a str,
    href: String,
}

#[derive(Template)]
#[template(path = "mail/message.txt")]
struct TextMail<'a> {
    mail: &'a Mail,
    name: &'a str,
    link: Option<Link<'a>>,
    settings: &'a Settings,
}

#[derive(Template)]
#[template(path = "mail/message.html")]
struct HtmlMail<'a> {
    subject: &'a str,
    mail: &'a Mail,
    name: &'a str,
    link: Option<Link<'a>>,
    settings: &'a Settings,
}

/// The mail as `recipient_name` is to read it; an empty name is greeted without one.
///
/// # Errors
/// Only when a template cannot write, which is a defect.
pub fn render(mail: &Mail, settings: &Settings, recipient_name: &str) -> Result<Rendered, askama::Error> {
    let subject = one_line(&mail.subject);
    let name = one_line(recipient_name);
    let link = || {
        let href = |path: &str| format!("{}{path}", settings.base_url.trim_end_matches('/'));
        mail.action.as_ref().map(|action| Link { label: &action.label, href: href(&action.path) })
    };
    let text = TextMail { mail, name: &name, link: link(), settings }.render()?;
    let html = HtmlMail { subject: &subject, mail, name: &name, link: link(), settings }.render()?;
    Ok(Rendered { subject, text, html })
}

/// A text on one line: whatever breaks lines or controls a terminal becomes a space.
pub(super) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::messages::{Action, MessageKind};

    fn mail() -> Mail {
        Mail {
            kind: MessageKind::Award,
            subject: "Accord\u{a0}: à confirmer\r\nBcc: x@example.org avant le 12 mars".into(),
            paragraphs: vec!["Votre projet « Eau & <école> » est retenu.".into(), "Bravo\u{202f}!".into()],
            facts: vec![("Montant".into(), "4\u{202f}500,00\u{a0}€".into())],
            action: Some(Action { label: "Confirmer".into(), path: "/subventions/42".into() }),
            contact: "fonds@example.org – 03 20 00 00 00".into(),
        }
    }

    #[test]
    fn text_and_html_say_the_same_with_a_whole_address() {
        let settings = Settings { base_url: "https://fonds.example.org/".into(), ..Settings::default() };
        let rendered = render(&mail(), &settings, "Zoé Nœud").unwrap();
        assert_eq!(rendered.subject, "Accord\u{a0}: à confirmer Bcc: x@example.org avant le 12 mars");
        for said in ["Bonjour Zoé Nœud,", "Bravo\u{202f}!", "https://fonds.example.org/subventions/42", "Lianes"] {
            assert!(rendered.text.contains(said) && rendered.html.contains(said), "{said}");
        }
        assert!(rendered.text.contains("Montant\u{a0}: 4\u{202f}500,00\u{a0}€"), "{}", rendered.text);
        assert!(rendered.text.contains("« Eau & <école> »") && rendered.html.contains("Eau &#38; &#60;école&#62;"));
        assert!(!rendered.html.contains("<img") && rendered.html.contains("lang=\"fr\""));
    }

    #[test]
    fn nothing_to_do_and_nobody_named_leaves_no_hole() {
        let bare = Mail { facts: Vec::new(), action: None, ..mail() };
        let rendered = render(&bare, &Settings::default(), " ").unwrap();
        assert!(rendered.text.starts_with("Bonjour,\n\nVotre projet"), "{}", rendered.text);
        assert!(!rendered.text.contains("\n\n\n") && !rendered.html.contains("<table"), "{}", rendered.text);
    }
}

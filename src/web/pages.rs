//! What every page shares: the frame around it, the messages on top, the errors beside fields, and rendering.

use actix_web::{HttpResponse, HttpResponseBuilder, http::StatusCode, http::header};
use askama::Template;

/// What the frame around a page shows: who is there, where they may go, what just happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chrome {
    pub visitor: Visitor,
    pub links: Vec<NavLink>,
    pub flashes: Vec<Flash>,
}

/// Who looks at the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor {
    /// Not asked: the page shows neither « Se connecter » nor a name (error pages).
    Unknown,
    SignedOut,
    SignedIn {
        /// By which the browser keeps what one person typed apart from what another did.
        id: String,
        name: String,
        /// Seconds until the sign-in ends by itself, for the script that warns of it.
        left: i64,
    },
}

/// A link of the menu, of the tabs or of the breadcrumb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavLink {
    pub href: String,
    pub label: String,
    pub current: bool,
}

/// A sentence shown once, on top of the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    pub tone: Tone,
    pub text: String,
}

/// How a message or a state is to be felt; the words say it too, the colour never alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Neutral,
    Info,
    Success,
    Warning,
    Error,
}

impl Tone {
    /// The class name in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Tone::Neutral => "neutral",
            Tone::Info => "info",
            Tone::Success => "success",
            Tone::Warning => "warning",
            Tone::Error => "error",
        }
    }
}

impl Chrome {
    /// The frame for somebody who has not signed in.
    pub fn signed_out(links: Vec<NavLink>) -> Self {
        Chrome { visitor: Visitor::SignedOut, links, flashes: Vec::new() }
    }

    /// The frame for a signed-in person with the links of their roles.
    pub fn signed_in(id: impl ToString, name: impl Into<String>, links: Vec<NavLink>) -> Self {
        let visitor = Visitor::SignedIn { id: id.to_string(), name: name.into(), left: 0 };
        Chrome { visitor, links, flashes: Vec::new() }
    }

    /// The same frame for a sign-in that ends by itself in so many seconds.
    pub fn lasting(mut self, seconds: i64) -> Self {
        if let Visitor::SignedIn { left, .. } = &mut self.visitor {
            *left = seconds;
        }
        self
    }

    /// The frame of a page that does not know who looks at it.
    pub fn unknown() -> Self {
        Chrome { visitor: Visitor::Unknown, links: Vec::new(), flashes: Vec::new() }
    }

    /// The same frame with these messages on top of the page.
    pub fn with_flashes(mut self, flashes: Vec<Flash>) -> Self {
        self.flashes = flashes;
        self
    }
}

impl NavLink {
    /// A link to another page.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        NavLink { href: href.into(), label: label.into(), current: false }
    }

    /// The same links, the one whose address begins `path` most precisely marked as current.
    pub fn mark_current(mut links: Vec<NavLink>, path: &str) -> Vec<NavLink> {
        let covers = |href: &str| path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
        let best = links.iter().map(|link| link.href.as_str()).filter(|href| covers(href)).map(str::len).max();
        for link in &mut links {
            link.current = Some(link.href.len()) == best && covers(&link.href);
        }
        links
    }
}

impl Flash {
    /// Something went as asked.
    pub fn success(text: impl Into<String>) -> Self {
        Flash { tone: Tone::Success, text: text.into() }
    }

    /// Something the person should know.
    pub fn info(text: impl Into<String>) -> Self {
        Flash { tone: Tone::Info, text: text.into() }
    }

    /// Something the person should look at.
    pub fn warning(text: impl Into<String>) -> Self {
        Flash { tone: Tone::Warning, text: text.into() }
    }

    /// Something was refused or failed.
    pub fn error(text: impl Into<String>) -> Self {
        Flash { tone: Tone::Error, text: text.into() }
    }
}

/// French sentences beside the fields of a refused form, in the order of the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldErrors(Vec<(String, String)>);

impl FieldErrors {
    /// No error: the form as first shown.
    pub const fn none() -> Self {
        FieldErrors(Vec::new())
    }

    /// Says what is wrong with a field. Only the first sentence about a field is kept.
    pub fn add(&mut self, field: impl Into<String>, sentence: impl Into<String>) {
        let field = field.into();
        if self.get(&field).is_none() {
            self.0.push((field, sentence.into()));
        }
    }

    /// The value, or `None` after noting the sentence: reads a form field by field.
    pub fn note<T, E>(&mut self, field: &str, parsed: Result<T, E>, sentence: &str) -> Option<T> {
        if parsed.is_err() {
            self.add(field, sentence);
        }
        parsed.ok()
    }

    /// In the order in which the form asks for the fields; others come last.
    pub fn in_order(mut self, fields: &[&str]) -> Self {
        let place = |name: &str| fields.iter().position(|field| *field == name).unwrap_or(fields.len());
        self.0.sort_by_key(|(name, _)| place(name));
        self
    }

    /// The sentence about a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, sentence)| sentence.as_str())
    }

    /// Field and sentence, in order: the summary on top of the page.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, sentence)| (field.as_str(), sentence.as_str()))
    }

    /// How many fields are wrong.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<F: Into<String>, S: Into<String>> FromIterator<(F, S)> for FieldErrors {
    fn from_iter<I: IntoIterator<Item = (F, S)>>(pairs: I) -> Self {
        let mut errors = FieldErrors::none();
        for (field, sentence) in pairs {
            errors.add(field, sentence);
        }
        errors
    }
}

/// The page with status 200.
pub fn render<T: Template>(page: &T) -> HttpResponse {
    render_as(StatusCode::OK, page)
}

/// The page with another status: 422 for a refused form, 409 for a refused transition.
///
/// In debug builds the page ends with a comment that names its template struct: *view source* is the index.
pub fn render_as<T: Template>(status: StatusCode, page: &T) -> HttpResponse {
    let mut html = match page.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, page = std::any::type_name::<T>(), "a page could not be rendered");
            return HttpResponse::InternalServerError().content_type("text/plain; charset=utf-8").body(BROKEN_PAGE);
        }
    };
    let name = std::any::type_name::<T>();
    let name = name.split('<').next().unwrap_or(name);
    tracing::trace!(page = name, "rendered");
    if cfg!(debug_assertions) {
        html.push_str(&format!("<!-- {name} -->\n"));
    }
    HttpResponseBuilder::new(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .body(html)
}

const BROKEN_PAGE: &str =
    "Cette page n’a pas pu être affichée. Rien n’est perdu\u{202f}; réessayez dans quelques minutes.";

/// After a POST: the browser fetches the page at `path`, so that reloading repeats nothing.
pub fn see_other(path: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path.as_ref())).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_most_precise_link_is_current() {
        let links = vec![NavLink::new("/dossiers", "Dossiers"), NavLink::new("/dossiers/nouveau", "Nouveau")];
        let current = |path: &str| -> Vec<bool> {
            NavLink::mark_current(links.clone(), path).into_iter().map(|link| link.current).collect()
        };
        assert_eq!(current("/dossiers/nouveau/budget"), [false, true]);
        assert_eq!(current("/dossiers/42"), [true, false]);
        assert_eq!(current("/dossiersdautrui"), [false, false]);
    }

    #[test]
    fn the_first_sentence_about_a_field_stays_and_the_order_too() {
        let errors: FieldErrors =
            [("siret", "Il manque un chiffre."), ("nom", "Vide."), ("siret", "Autre.")].into_iter().collect();
        assert_eq!(errors.iter().collect::<Vec<_>>(), [("siret", "Il manque un chiffre."), ("nom", "Vide.")]);
        assert_eq!(errors.get("siret"), Some("Il manque un chiffre."));
        assert_eq!(errors.len(), 2);
    }
}

//! Two sites walked side by side by the same person: every page, file and answer of the one must be that of the other.

use super::{
    bare::{answer, bare},
    forms, output_dir,
    site::Site,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tisserand::{
    domain::roles::Role,
    web::routes::{Address, SITE_MAP},
};

/// The same thing on both sites: a cookie, an address.
pub type Pair = (String, String);

/// Pages of one address that are looked at, whatever leads to more.
pub(super) const MOST_PAGES: usize = 3;
/// Forms of one address that are sent.
const MOST_SENT: usize = 2;
/// An identifier of nothing.
pub const NOTHING: &str = "0198c0a1-7b5c-7def-8123-456789abcdef";

/// What one person finds.
#[derive(Default)]
pub struct Walk {
    /// The addresses of the map that gave something, `get /dossiers/{id}`.
    pub reached: BTreeSet<String>,
    /// What differs, or tells too much, in words.
    pub faults: Vec<String>,
    /// What stands for a parameter after this beginning of an address: `/dossiers/{}`.
    learned: BTreeMap<String, Vec<Pair>>,
    sheets: Vec<(Sheet, Sheet)>,
}

/// A form as a page shows it: where it is sent, and every field with what stands in it.
#[derive(Clone)]
pub struct Sheet {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

/// Where a page leads, and what it asks.
pub(super) struct Leads {
    pub links: Vec<String>,
    pub sheets: Vec<Sheet>,
}

pub fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

fn fits(pattern: &str, path: &str) -> bool {
    let (wanted, given): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len()
        && wanted.iter().zip(given).all(|(wanted, given)| is_parameter(wanted) && !given.is_empty() || *wanted == given)
}

/// The address of the map that answers to this path: words before parameters.
pub fn pattern_of(method: &str, path: &str) -> Option<&'static str> {
    let path = path.split(['?', '#']).next().unwrap();
    let known = SITE_MAP.iter().filter(|address| address.method == method && fits(address.path, path));
    known.map(|address| address.path).min_by_key(|pattern| pattern.matches('{').count())
}

/// Whether the address opens for somebody who has these roles.
pub(super) fn opens(address: &Address, roles: &[Role]) -> bool {
    address.who.roles().is_none_or(|of| of.iter().any(|role| roles.contains(role)))
}

async fn sent(site: &Site, cookie: &str, sheet: &Sheet) -> String {
    let fields: Vec<_> = sheet.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    answer(site, site.post(cookie, &sheet.action, &fields).await).await.1
}

fn plain(text: &str) -> String {
    text.replace("&#38;", "&").replace("&amp;", "&").replace("&#39;", "'").replace("&#34;", "\"")
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

/// The addresses a search or a filter may lead to: as it stands, and with each other choice in turn.
fn searches(form: &str, action: &str, words: &[&str]) -> Vec<String> {
    let stands = forms::fields_of(form);
    let mut asked = vec![stands.clone()];
    for piece in form.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap_or((piece, ""));
        let select = form.split("<select").skip(1).find(|select| select.contains(&format!("<{piece}")));
        let named = match tag.split(' ').next().unwrap() {
            "option" => select.and_then(|select| attribute(select, "name")).zip(attribute(tag, "value")),
            "input" if tag.contains("type=\"radio\"") => attribute(tag, "name").zip(attribute(tag, "value")),
            _ => None,
        };
        asked.extend(named.map(|change| forms::changed(stands.clone(), &[change])));
        let is_text = tag.starts_with("input") && (tag.contains("\"search\"") || tag.contains("\"text\""));
        if let Some(name) = attribute(tag, "name").filter(|_| is_text) {
            asked.extend(words.iter().map(|word| forms::changed(stands.clone(), &[(name, word)])));
        }
    }
    let place = action.split(['?', '#']).next().unwrap();
    asked.into_iter().map(|fields| format!("{place}?{}", serde_html_form::to_string(fields).unwrap())).collect()
}

pub(super) fn leads(html: &str, here: &str, words: &[&str]) -> Leads {
    let place = here.split(['?', '#']).next().unwrap();
    let whole = |link: &str| match plain(link) {
        query if query.starts_with('?') => format!("{place}{query}"),
        link => link,
    };
    let named = ["href", "src", "data-flux", "data-src"].map(|name| format!(" {name}=\""));
    let marked = named.iter().flat_map(|mark| html.split(mark.as_str()).skip(1));
    let mut links: Vec<String> = marked.map(|rest| whole(rest.split('"').next().unwrap())).collect();
    let mut sheets = Vec::new();
    for form in html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap()) {
        let tag = form.split('>').next().unwrap();
        let action = attribute(tag, "action").map_or_else(|| place.to_owned(), whole);
        if tag.contains("method=\"post\"") {
            sheets.push(Sheet { action, fields: forms::fields_of(form) });
        } else {
            links.extend(searches(form, &action, words));
        }
    }
    links.retain(|link| link.starts_with('/') && !link.starts_with("//") && !link.starts_with("/static"));
    links.iter_mut().for_each(|link| link.truncate(link.find('#').unwrap_or(link.len())));
    Leads { links, sheets }
}

/// The first line that differs, on both sides.
fn difference(one: &str, other: &str) -> String {
    let mut lines = one.lines().zip(other.lines());
    match lines.find(|(one, other)| one != other) {
        Some((one, other)) => {
            let at = one.char_indices().zip(other.chars()).find(|((_, a), b)| a != b).map_or(0, |((at, _), _)| at);
            let from = |text: &str| text.chars().skip(at.saturating_sub(60)).take(220).collect::<String>();
            format!("{:?}\n      is with it {:?}", from(one), from(other))
        }
        None => format!("{} lines, and {} with it", one.lines().count(), other.lines().count()),
    }
}

/// Fails with a list one can read, kept whole beside the other things to look at.
pub fn assert_none(name: &str, faults: &[String]) {
    std::fs::write(output_dir("twins").join(format!("{name}.txt")), faults.join("\n")).unwrap();
    let first: Vec<_> = faults.iter().take(30).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), first.join("\n"));
}

/// Both sites, and what their walkers look for.
pub struct Twins<'a> {
    pub one: &'a Site,
    pub other: &'a Site,
    /// What is typed into every search.
    pub words: &'a [&'a str],
    /// Addresses that may differ, each with why; none of `words` may stand there all the same.
    pub apart: &'a [(&'a str, &'a str)],
    /// Addresses that are everybody's, whoever asks.
    pub public: &'a [&'a str],
    /// Addresses that a mail leads to, and no page.
    pub known: &'a [Pair],
}

impl Twins<'_> {
    fn compare(&self, told: &mut Walk, what: &str, pattern: &str, (one, other): (&str, &str)) -> bool {
        if self.public.contains(&pattern) {
            return false;
        }
        if self.apart.iter().any(|(known, _)| *known == pattern) {
            let word = self.words.iter().find(|word| other.contains(**word) && !one.contains(**word));
            told.faults.extend(word.map(|word| format!("{what} says « {word} »")));
            return false;
        }
        let (one, other) = (bare(one), bare(other));
        if one != other {
            told.faults.push(format!("{what}\n      {}", difference(&one, &other)));
        }
        one == other
    }

    fn learn(told: &mut Walk, method: &str, (one, other): (&str, &str)) {
        let Some(pattern) = pattern_of(method, one) else { return };
        let mut key = String::new();
        let of = |path: &str| -> Vec<String> {
            path.split(['?', '#']).next().unwrap().split('/').skip(1).map(str::to_owned).collect()
        };
        let (one, other) = (of(one), of(other));
        for ((segment, one), other) in pattern.split('/').skip(1).zip(one).zip(other) {
            key.push('/');
            key.push_str(if is_parameter(segment) { "{}" } else { segment });
            let values = told.learned.entry(key.clone()).or_default();
            if is_parameter(segment) && !values.iter().any(|(known, _)| *known == one) {
                values.push((one, other));
            }
        }
    }

    /// What an address of the map may look like, from what was learned.
    fn filled(told: &Walk, pattern: &str) -> Vec<Pair> {
        let (mut made, mut key) = (vec![Pair::default()], String::new());
        for segment in pattern.split('/').skip(1) {
            key.push('/');
            key.push_str(if is_parameter(segment) { "{}" } else { segment });
            let values = match is_parameter(segment) {
                true => told.learned.get(&key).cloned().unwrap_or_default(),
                false => vec![(segment.to_owned(), segment.to_owned())],
            };
            let longer = |(one, other): &Pair| {
                let add = |(a, b): &Pair| (format!("{one}/{a}"), format!("{other}/{b}"));
                values.iter().take(3).map(add).collect::<Vec<_>>()
            };
            made = made.iter().flat_map(longer).take(4).collect();
        }
        made
    }

    async fn visit(&self, who: &Pair, told: &mut Walk, pattern: &'static str, at: &Pair) -> Vec<Pair> {
        let (status, one) = answer(self.one, self.one.get(&who.0, &at.0).await).await;
        let (_, other) = answer(self.other, self.other.get(&who.1, &at.1).await).await;
        if status < 400 {
            told.reached.insert(format!("get {pattern}"));
        }
        if !self.compare(told, &format!("GET {}", at.0), pattern, (&one, &other)) || !one.contains("text/html") {
            return Vec::new();
        }
        let (one, other) = (leads(&one, &at.0, self.words), leads(&other, &at.1, self.words));
        for pair in one.sheets.iter().cloned().zip(other.sheets) {
            Self::learn(told, "post", (&pair.0.action, &pair.1.action));
            told.sheets.push(pair);
        }
        let pairs: Vec<Pair> = one.links.into_iter().zip(other.links).collect();
        pairs.iter().for_each(|(one, other)| Self::learn(told, "get", (one, other)));
        pairs
    }

    /// Looks at everything that can be reached by the pages of somebody who has these roles, then at what of the map no
    /// page led to.
    pub async fn walk(&self, who: &Pair, roles: &[Role]) -> Walk {
        let mut told = Walk::default();
        let open: Vec<_> = SITE_MAP.iter().filter(|address| address.method == "get" && opens(address, roles)).collect();
        let fixed = open.iter().filter(|address| !address.path.contains('{')).map(|address| address.path.to_owned());
        let mut waiting: VecDeque<Pair> = fixed.map(|path| (path.clone(), path)).collect();
        for (one, other) in self.known {
            Self::learn(&mut told, "get", (one, other));
            waiting.push_back((one.clone(), other.clone()));
        }
        let (mut seen, mut counts) = (BTreeSet::new(), BTreeMap::<&str, usize>::new());
        while let Some(at) = waiting.pop_front() {
            let Some(pattern) = pattern_of("get", &at.0) else { continue };
            let count = counts.entry(pattern).or_default();
            let most = if pattern.contains('{') { MOST_PAGES } else { 3 * MOST_PAGES };
            if *count < most && seen.insert(at.0.clone()) {
                *count += 1;
                waiting.extend(self.visit(who, &mut told, pattern, &at).await);
            }
        }
        for address in open.iter().filter(|address| !counts.contains_key(address.path)) {
            for at in Self::filled(&told, address.path) {
                self.visit(who, &mut told, address.path, &at).await;
            }
        }
        told
    }

    /// Sends every form that was met as it stands, and what no page shows a form for with a few words.
    pub async fn send(&self, who: &Pair, told: &mut Walk, roles: &[Role], but: &[&str]) {
        let mut counts = BTreeMap::<&str, usize>::new();
        let words = |token: &str| {
            let said = ["texte", "motif", "message", "titre", "nom", "reponse"].map(|name| (name, "Voici."));
            let made = [("version", "0"), ("token", token)].into_iter().chain(said);
            made.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
        };
        let mut sheets = told.sheets.clone();
        for address in SITE_MAP.iter().filter(|address| address.method == "post") {
            let may = opens(address, roles);
            let met = sheets.iter().any(|(one, _)| pattern_of("post", &one.action) == Some(address.path));
            for (one, other) in Self::filled(told, address.path).into_iter().take(usize::from(may && !met)) {
                let fields = words(&format!("{:064x}", sheets.len()));
                sheets.push((Sheet { action: one, fields: fields.clone() }, Sheet { action: other, fields }));
            }
        }
        for (one, other) in sheets {
            let Some(pattern) = pattern_of("post", &one.action).filter(|pattern| !but.contains(pattern)) else {
                continue;
            };
            let count = counts.entry(pattern).or_default();
            *count += 1;
            if *count > MOST_SENT {
                continue;
            }
            let (one_said, other_said) = (sent(self.one, &who.0, &one).await, sent(self.other, &who.1, &other).await);
            self.compare(told, &format!("POST {}", one.action), pattern, (&one_said, &other_said));
            told.reached.insert(format!("post {pattern}"));
        }
    }

    /// Asks the other site for something by each identifier that must not exist, in every place of every address, by GET
    /// and by POST: what comes must be what comes for an identifier of nothing.
    pub async fn probe(&self, cookie: &str, told: &mut Walk, hidden: &[String]) {
        let asked = SITE_MAP.iter().filter(|address| address.path.contains('{') && !address.path.contains(".*"));
        for address in asked.filter(|address| !self.public.contains(&address.path)) {
            for place in 0..address.path.matches('{').count() {
                let path = with_hole(told, address.path, place);
                let expected = self.asked(cookie, address.method, &path.replace("{}", NOTHING)).await;
                for id in hidden {
                    let path = path.replace("{}", id);
                    let heard = self.asked(cookie, address.method, &path).await;
                    if heard != expected {
                        let what = difference(&expected.1, &heard.1);
                        told.faults.push(format!("{} {path}: {} {what}", address.method, heard.0));
                    }
                }
            }
        }
    }

    async fn asked(&self, cookie: &str, method: &str, path: &str) -> (u16, String) {
        let token = "b".repeat(64);
        let fields = [("version", "0"), ("motif", "Voici."), ("texte", "Voici."), ("token", token.as_str())];
        let reply = match method {
            "get" => self.other.get(cookie, path).await,
            _ => self.other.post(cookie, path, &fields).await,
        };
        let (status, said) = answer(self.other, reply).await;
        (status, bare(&said))
    }
}

/// The address with a hole at one of its parameters, the others filled as the other site has them.
fn with_hole(told: &Walk, pattern: &str, hole: usize) -> String {
    let (mut path, mut key, mut place) = (String::new(), String::new(), 0);
    for segment in pattern.split('/').skip(1) {
        key.push('/');
        key.push_str(if is_parameter(segment) { "{}" } else { segment });
        path.push('/');
        match is_parameter(segment) {
            true if place == hole => path.push_str("{}"),
            true => {
                path.push_str(told.learned.get(&key).and_then(|known| known.first()).map_or(NOTHING, |pair| &pair.1))
            }
            false => path.push_str(segment),
        }
        place += usize::from(is_parameter(segment));
    }
    path
}

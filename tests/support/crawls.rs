//! One person looks at everything their pages lead to, and what was met is kept: the pages, the addresses, the forms.

use super::{
    site::Site,
    twins::{MOST_PAGES, Sheet, leads, opens, pattern_of},
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tisserand::{domain::roles::Role, web::routes::SITE_MAP};

/// A page as it was served.
pub struct Page {
    pub pattern: &'static str,
    pub path: String,
    pub status: u16,
    pub html: String,
}

/// What one person met.
#[derive(Default)]
pub struct Crawl {
    pub pages: Vec<Page>,
    /// The addresses that links led to, by their line of the map.
    pub links: BTreeMap<&'static str, BTreeSet<String>>,
    /// The forms, by the line of the map they are sent to.
    pub forms: BTreeMap<&'static str, Vec<Sheet>>,
}

impl Crawl {
    async fn visit(&mut self, site: &Site, cookie: &str, pattern: &'static str, path: &str) -> Vec<String> {
        let reply = site.get(cookie, path).await;
        let status = reply.status().as_u16();
        let kind = reply.headers().get("content-type").map_or("", |value| value.to_str().unwrap()).to_owned();
        // A stream of events has no end, and files are looked at elsewhere.
        if !kind.contains("text/html") {
            return Vec::new();
        }
        let html = reply.text().await.unwrap();
        let met = leads(&html, path, &[]);
        for link in &met.links {
            if let Some(pattern) = pattern_of("get", link) {
                let path = link.split('?').next().unwrap().to_owned();
                self.links.entry(pattern).or_default().insert(path);
            }
        }
        for sheet in met.sheets {
            if let Some(pattern) = pattern_of("post", &sheet.action) {
                self.forms.entry(pattern).or_default().push(sheet);
            }
        }
        self.pages.push(Page { pattern, path: path.to_owned(), status, html });
        met.links
    }
}

/// Looks at a few pages of every address that somebody with these roles is led to, from those that need no identifier on.
pub async fn crawl(site: &Site, cookie: &str, roles: &[Role]) -> Crawl {
    let mut crawl = Crawl::default();
    let open = SITE_MAP.iter().filter(|address| address.method == "get" && opens(address, roles));
    let fixed = open.filter(|address| !address.path.contains('{')).map(|address| address.path.to_owned());
    let mut waiting: VecDeque<String> = fixed.collect();
    let (mut seen, mut counts) = (BTreeSet::new(), BTreeMap::<&str, usize>::new());
    while let Some(path) = waiting.pop_front() {
        let Some(pattern) = pattern_of("get", &path) else { continue };
        let count = counts.entry(pattern).or_default();
        if *count < MOST_PAGES && seen.insert(path.clone()) {
            *count += 1;
            waiting.extend(crawl.visit(site, cookie, pattern, &path).await);
        }
    }
    crawl
}

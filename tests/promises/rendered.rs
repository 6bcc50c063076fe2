//! How what is rendered reads: the pages of three houses that are lived in, as all of their people find them, and the mails
//! that are owed there. That the suite as a whole renders every page of the source is seen by `tests/run`, at its end.

use super::scenes::{Scene, giving, judging, lived};
use crate::support::{crawls::crawl, root, twins::assert_none};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};
use tisserand::{domain::messages::Mail, mail, store::messages, usecases::settings};

/// Every file below a folder of the project with one of these endings, by its path below that folder.
fn files(folder: &Path, endings: &[&str]) -> Vec<(String, String)> {
    let (mut found, mut waiting) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(place) = waiting.pop() {
        for entry in fs::read_dir(&place).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                waiting.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The templates of pages, mails and their parts, with what they say.
fn templates() -> BTreeMap<String, String> {
    let all = files(&root().join("templates"), &[".html", ".txt"]);
    all.into_iter().filter(|(name, _)| !name.starts_with("assets/")).collect()
}

/// The templates that a struct of the source renders.
fn of_structs() -> BTreeSet<String> {
    let sources = files(&root().join("src"), &[".rs"]);
    let named = sources.iter().flat_map(|(_, text)| text.split("#[template(").skip(1));
    named.filter_map(|rest| Some(rest.split("path = \"").nth(1)?.split('"').next()?.to_owned())).collect()
}

/// What a page is read as: its text piece by piece, without what is typed or quoted in it.
fn pieces(html: &str) -> Vec<String> {
    let mut html = html.to_owned();
    for tag in ["script", "style", "textarea", "pre", "code"] {
        while let Some(from) = html.find(&format!("<{tag}")) {
            let to = html[from..].find(&format!("</{tag}>")).map_or(html.len(), |at| from + at + tag.len() + 3);
            html.replace_range(from..to, "");
        }
    }
    html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim().to_owned()).collect()
}

/// Whether a piece breaks the rule that French punctuation is not parted from its word.
fn is_parted(piece: &str) -> bool {
    let marks = [" ;", " !", " ?", " »", "« "];
    marks.iter().any(|mark| piece.contains(mark)) || piece.contains(" : ") || piece.ends_with(" :")
}

/// Whether a word of the machine stands in a piece.
fn is_unfinished(piece: &str) -> bool {
    let lower = piece.to_lowercase();
    let mut words = piece.split(|letter: char| !letter.is_alphanumeric());
    lower.contains("lorem") || piece.contains("{{") || piece.contains("{%") || words.any(|word| word == "None")
}

/// What is wrong with a page whoever reads it.
fn wrong(html: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if !html.contains("<html lang=\"fr\">") {
        wrong.push("no language".to_owned());
    }
    let title = html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap_or_default().trim();
    if title.is_empty() || title.starts_with('–') {
        wrong.push(format!("no title: « {title} »"));
    }
    let pieces = pieces(html);
    wrong.extend(pieces.iter().filter(|piece| is_parted(piece)).map(|piece| format!("parted: {piece}")));
    wrong.extend(pieces.iter().filter(|piece| is_unfinished(piece)).map(|piece| format!("unfinished: {piece}")));
    wrong
}

/// What is wrong with the pages of a house, as each of its people and a visitor find them.
async fn looked_at(scene: &Scene) -> Vec<String> {
    let mut faults = BTreeSet::new();
    let visitor = crawl(&scene.site, "", &[]).await;
    let mut pages = visitor.pages;
    for one in &scene.insiders {
        pages.extend(crawl(&scene.site, &one.cookie, &one.roles).await.pages);
    }
    for page in pages {
        faults.extend(wrong(&page.html).into_iter().map(|fault| format!("{}: {fault} ({})", page.pattern, page.path)));
        if page.status >= 500 {
            faults.insert(format!("{}: {}", page.path, page.status));
        }
    }
    faults.into_iter().collect()
}

/// The mails that are owed in a house: what is wrong with them.
fn read_mails(scene: &Scene) -> Vec<String> {
    let db = &scene.site.db;
    let (mails, settings) = db
        .read(|conn| {
            Ok::<_, tisserand::usecases::UseCaseError>((
                messages::page(conn, None, None, 5_000)?,
                settings::load(conn)?,
            ))
        })
        .unwrap();
    let mut faults = Vec::new();
    for row in mails {
        let known: Mail = serde_json::from_str(&row.facts).unwrap();
        let words = mail::render(&known, &settings, &row.recipient_name).unwrap();
        let is_empty = words.subject.trim().is_empty() || words.text.trim().is_empty();
        let found = wrong(&words.html).into_iter().chain(is_empty.then(|| "empty".to_owned()));
        faults.extend(found.map(|fault| format!("{}: {fault}", row.kind)));
        faults
            .extend(words.text.lines().filter(|line| is_unfinished(line)).map(|line| format!("{}: {line}", row.kind)));
    }
    faults
}

/// Those of the templates that are drawn in when these are: what they extend, import or include, and so on.
fn with_parts(templates: &BTreeMap<String, String>, mut drawn: BTreeSet<String>) -> BTreeSet<String> {
    let mut waiting: Vec<String> = drawn.iter().cloned().collect();
    while let Some(name) = waiting.pop() {
        let text = templates.get(&name).map(String::as_str).unwrap_or_default();
        for word in ["extends \"", "import \"", "include \""] {
            let parts = text.split(word).skip(1).filter_map(|rest| rest.split('"').next());
            for part in parts.map(str::to_owned) {
                if drawn.insert(part.clone()) {
                    waiting.push(part);
                }
            }
        }
    }
    drawn
}

#[actix_web::test]
async fn the_pages_and_mails_of_three_houses_read_as_they_should() {
    let (judged, lived, given) = (judging(), lived(), giving());
    let mut faults = Vec::new();
    for scene in [&judged.scene, &lived.scene, &given.scene] {
        faults.extend(looked_at(scene).await);
        faults.extend(read_mails(scene));
    }
    assert_none("rendered", &faults);
}

#[test]
fn every_template_is_drawn_in_by_a_page_or_a_mail() {
    let templates = templates();
    let drawn = with_parts(&templates, of_structs());
    let lost: Vec<_> = templates.keys().filter(|template| !drawn.contains(*template)).cloned().collect();
    assert_none("templates", &lost);
}

//! Every template is rendered by a test: the pages of three houses that are lived in, as all of their people find them, and
//! the mails that are owed there. What no page of theirs leads to names the test that opens it.

use super::scenes::{Scene, giving, judging, lived};
use crate::support::{crawls::crawl, root, twins::assert_none};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};
use tisserand::{domain::messages::Mail, mail, store::messages, usecases::settings};

/// Templates to which nothing may lead in the three houses, each with the test that renders it and what it asks for there.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("account/link.html", "tests/administration.rs", "/connexion/lien/"),
    ("account/link_over.html", "tests/administration.rs", "/connexion/lien/"),
    ("account/link_sent.html", "tests/intake/people.rs", "/connexion/lien"),
    ("account/expired.html", "tests/pages/expired.rs", "Votre session a expiré"),
    ("applicant/amendment.html", "tests/grants/holder.rs", "/avenants"),
    ("applicant/certification.html", "tests/grants/certified.rs", "/certification"),
    ("applicant/communes.html", "tests/intake/communes.rs", "/communes/"),
    ("applicant/decline.html", "tests/grants/holder.rs", "/refus"),
    ("applicant/signature.html", "tests/intake/tandem_signatures.rs", "/signature"),
    ("applicant/meeting.html", "tests/committee/slots.rs", "/rendez-vous"),
    ("applicant/start.html", "tests/intake/seats.rs", "/dossier"),
    ("applicant/section.html", "tests/intake/drafts.rs", "/rubriques/"),
    ("applicant/check.html", "tests/intake/checks.rs", "/verification"),
    ("applicant/ties.html", "tests/intake/ties.rs", "/liens"),
    ("applicant/vault.html", "tests/intake/vaults.rs", "/coffre"),
    ("committee/give_up.html", "tests/committee/sheets.rs", "/deport"),
    ("committee/guest_files.html", "tests/committee/assignments.rs", "/comite/lectures"),
    ("committee/guest_file.html", "tests/committee/assignments.rs", "/comite/lectures"),
    ("committee/minutes.html", "tests/committee/minutes.rs", "/proces-verbal"),
    ("committee/mirror.html", "tests/committee/mirrors.rs", "/comite/miroir"),
    ("committee/pack.html", "tests/committee/packs.rs", "/comite/hors-ligne"),
    ("director/session.html", "tests/committee/minutes.rs", "/direction/seances"),
    ("director/promotion.html", "tests/committee/reserve.rs", "/direction/promotions"),
    ("finance/approval.html", "tests/finance/approvals.rs", "/approbation"),
    ("finance/columns.html", "tests/finance/lists.rs", "/colonnes"),
    ("finance/statement.html", "tests/finance/statement_pages.rs", "/finances/releves"),
    ("finance/statement_columns.html", "tests/finance/statement_pages.rs", "colonnes"),
    ("mailbox/list.html", "tests/administration.rs", "/boite-aux-lettres"),
    ("mailbox/mail.html", "tests/administration.rs", "/boite-aux-lettres"),
    ("officer/announcement.html", "tests/committee/rooms.rs", "/annonce"),
    ("officer/assignments.html", "tests/committee/assignments.rs", "/repartition"),
    ("officer/complement.html", "tests/intake/complements.rs", "/complement"),
    ("officer/complement_compared.html", "tests/intake/complements.rs", "/complements/"),
    ("officer/conflicts.html", "tests/committee/suggestions.rs", "/conflits"),
    ("officer/keeping.html", "tests/intake/retention.rs", "/conservation"),
    ("officer/letter.html", "tests/committee/edited_letters.rs", "/annonce"),
    ("officer/minutes.html", "tests/committee/minutes.rs", "/correction"),
    ("officer/pairings.html", "tests/intake/pairings.rs", "/binomes"),
    ("officer/passes.html", "tests/intake/passes.rs", "/delais"),
    ("officer/preparation.html", "tests/officer/preparations.rs", "/preparation"),
    ("officer/preparation_part.html", "tests/officer/preparations.rs", "/preparation"),
    ("officer/preparation_preview.html", "tests/officer/preparations.rs", "/apercu"),
    ("officer/preparation_rehearsal.html", "tests/officer/rehearsals.rs", "/repetition"),
    ("officer/preparation_revision.html", "tests/officer/revisions.rs", "/revision"),
    ("officer/reserves.html", "tests/committee/rolling.rs", "/reserve"),
    ("officer/promotion.html", "tests/committee/rolling.rs", "/reserve/"),
    ("officer/ranking_reviews.html", "tests/committee/rankings.rs", "classement"),
    ("officer/scenarios.html", "tests/committee/cut_lines.rs", "scenario"),
    ("officer/sealed_number.html", "tests/intake/accounts.rs", "/iban/"),
    ("officer/seat.html", "tests/committee/suggestions.rs", "/comite/"),
    ("officer/slot_end.html", "tests/committee/slots.rs", "/annulation"),
    ("parts/gallery.html", "src/web/gallery.rs", "GalleryPage"),
];

/// The templates of mails, which no page renders.
const MAILS: [&str; 2] = ["mail/message.html", "mail/message.txt"];

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

/// The template of each struct, by the name that a page ends with: `tisserand::web::account::profile::ProfilePage`.
fn structs() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (file, text) in files(&root().join("src"), &[".rs"]) {
        let module = file.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
        for rest in text.split("#[template(").skip(1) {
            let Some(template) = rest.split("path = \"").nth(1).and_then(|rest| rest.split('"').next()) else {
                continue;
            };
            let name = rest.split("struct ").nth(1).unwrap_or_default();
            let name: String = name.chars().take_while(|letter| letter.is_alphanumeric()).collect();
            found.insert(format!("tisserand::{module}::{name}"), template.to_owned());
        }
    }
    found
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
    wrong.extend(pieces.iter().filter(|piece| is_unfinished(piece)).map(|piece| format!("unfinished: {piece}")));
    wrong
}

/// The pages of a house as each of its people and a visitor find them: what is wrong, and the structs they came from.
async fn looked_at(scene: &Scene, seen: &mut BTreeSet<String>) -> Vec<String> {
    let mut faults = BTreeSet::new();
    let visitor = crawl(&scene.site, "", &[]).await;
    let mut pages = visitor.pages;
    for one in &scene.insiders {
        pages.extend(crawl(&scene.site, &one.cookie, &one.roles).await.pages);
    }
    for page in pages {
        let name = page.html.rsplit("<!-- ").next().and_then(|rest| rest.split(" -->").next()).unwrap_or_default();
        seen.insert(name.to_owned());
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
async fn every_template_is_rendered_and_reads_as_it_should() {
    let (judged, lived, given) = (judging(), lived(), giving());
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    for scene in [&judged.scene, &lived.scene, &given.scene] {
        faults.extend(looked_at(scene, &mut seen).await);
        faults.extend(read_mails(scene));
    }
    let (templates, structs) = (templates(), structs());
    let drawn = seen.iter().filter_map(|name| structs.get(name)).cloned();
    let elsewhere = ELSEWHERE.iter().map(|(template, ..)| *template).chain(MAILS).map(str::to_owned);
    let drawn = with_parts(&templates, drawn.chain(elsewhere).collect());
    for template in templates.keys().filter(|template| !drawn.contains(*template)) {
        faults.push(format!("{template} is rendered by no test"));
    }
    for (template, file, asked) in ELSEWHERE {
        let is_there = fs::read_to_string(root().join(file)).is_ok_and(|text| text.contains(asked));
        if !templates.contains_key(*template) || !is_there {
            faults.push(format!("{template}: {file} does not ask for {asked}"));
        }
    }
    assert_none("rendered", &faults);
}

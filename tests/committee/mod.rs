//! The committee's work: readers, scores, recusals, sessions, decisions under embargo.

mod assignments;
mod audits;
mod beyond;
mod blinds;
mod chair_notices;
mod confidences;
mod cut_lines;
mod decided;
mod decisions;
mod declarations;
mod earmarks;
mod edited_letters;
mod embargo;
mod entrustments;
mod fund_earmarks;
mod gathered_mails;
mod grids;
mod keyboard;
mod minutes;
mod mirrors;
mod next_steps;
mod offers;
mod own_first;
mod packs;
mod rankings;
mod releases;
mod reserve;
mod review_saves;
mod reviews;
mod rolling;
mod rooms;
mod sheets;
mod slots;
mod statistics;
mod suggestions;
mod summaries;
mod supports;
mod texts;
mod third_parties;
mod votes;
mod walks;

use crate::support::browser::Step;

/// What everybody signs in with.
const PASSWORD: &str = "un-mot-de-passe-long";

/// The steps of somebody who signs in on the way to a page.
fn signed_in(name: &str, page: &str) -> Vec<Step> {
    vec![
        Step::Become(name.to_owned()),
        Step::Goto(format!("/connexion?suite={}", page.replace('/', "%2F"))),
        Step::Click("J’ai un mot de passe".into()),
        Step::Fill("css=#email-mot-de-passe".into(), format!("{name}@example.org")),
        Step::Fill("css=#champ-mot_de_passe".into(), PASSWORD.into()),
        Step::Click("css=form[action='/connexion'] button".into()),
        Step::Path(page.to_owned()),
    ]
}

/// The value of a hidden field.
fn field(html: &str, name: &str) -> String {
    let from = html.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {html}"));
    html[from..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn text(response: reqwest::Response, status: u16) -> String {
    let got = response.status().as_u16();
    let html = response.text().await.unwrap();
    assert_eq!(got, status, "{html}");
    html
}

/// A page without what is drawn anew each time: identifiers by their order, tokens and stamps away.
fn bare(html: &str) -> String {
    let mut known: Vec<String> = Vec::new();
    let is_part = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut bare = String::new();
    for piece in html.split_inclusive(|c: char| !is_part(c)) {
        let (word, end) = match piece.char_indices().next_back() {
            Some((at, last)) if !is_part(last) => piece.split_at(at),
            _ => (piece, ""),
        };
        match word.len() {
            36 if word.matches('-').count() == 4 => {
                let at = known.iter().position(|id| id == word).unwrap_or_else(|| {
                    known.push(word.to_owned());
                    known.len() - 1
                });
                bare.push_str(&format!("id{at}"));
            }
            64 => bare.push_str("token"),
            _ => bare.push_str(word),
        }
        bare.push_str(end);
    }
    bare
}

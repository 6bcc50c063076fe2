//! What people read on pages of every kind: questions before what cannot be undone, forms whose sign-in is over, what they
//! filed, what is said about time and numbers.

mod confirmations;
mod expired;
mod faults;
mod own_file;
mod paging;
mod team;
mod told;
mod unavailable;
mod words;

pub async fn text(response: reqwest::Response, status: u16) -> String {
    let got = response.status().as_u16();
    let html = response.text().await.unwrap();
    assert_eq!(got, status, "{html}");
    html.replace(['\u{a0}', '\u{202f}'], " ")
}

/// The value of the first field of this name after `from`.
pub fn field(html: &str, name: &str) -> String {
    let at = html.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {html}"));
    html[at..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

//! From the offer to the closed grant, as its holder and the team see it on their pages.

mod accounts;
mod certified;
mod due_dates;
mod holder;
mod judged;
mod mails;
mod reports;
mod team;
mod walks;

use crate::support::{
    databases::sqlite,
    grants::{Grantee, Paying},
    site::Site,
};
use tisserand::{domain::money::Euros, usecases::Actor};

/// An announced grant and the site that shows it.
pub struct Stage {
    pub paying: Paying,
    pub site: Site,
    pub grantee: Grantee,
    /// The cookie of its holder.
    pub holder: String,
}

pub const NAME: &str = "Les Passeurs";
pub const PDF: &[u8] = b"%PDF-1.7\nune facture\n%%EOF\n";

impl Stage {
    pub fn of(amount: i64) -> Self {
        Self::over(Paying::on(sqlite()), amount)
    }

    /// The same under a call of its own.
    pub fn over(paying: Paying, amount: i64) -> Self {
        let grantee = paying.award(NAME, Euros::whole(amount));
        paying.announce();
        let site = Site::over(&paying.db, paying.now);
        let holder = site.cookie_of(&grantee.holder);
        Stage { paying, site, grantee, holder }
    }

    pub fn home(&self) -> String {
        format!("/subventions/{}", self.grantee.grant)
    }

    pub fn account(&self) -> String {
        format!("/organisations/{}/compte", self.grantee.organisation)
    }

    /// The page at `path` for its holder.
    pub async fn reads(&self, path: &str) -> String {
        page(self.site.get(&self.holder, path).await, 200).await
    }

    /// Presses a button of a page of the holder's: its version and token, and `more`.
    pub async fn presses(&self, page: &str, path: &str, more: &[(&str, &str)]) -> reqwest::Response {
        press(&self.site, &self.holder, page, path, more).await
    }

    pub fn cookie(&self, actor: &Actor) -> String {
        self.site.cookie_of(actor)
    }
}

/// Sends a form of `page`, read before, as this person.
pub async fn press(site: &Site, cookie: &str, page: &str, path: &str, more: &[(&str, &str)]) -> reqwest::Response {
    let (version, token) = (hidden(page, "version"), hidden(page, "token"));
    let mut fields = vec![("version", version.as_str()), ("token", token.as_str())];
    fields.extend_from_slice(more);
    site.post(cookie, path, &fields).await
}

/// The words of an answer that came with this status.
pub async fn page(reply: reqwest::Response, status: u16) -> String {
    let got = reply.status().as_u16();
    let html = reply.text().await.unwrap();
    assert_eq!(got, status, "{html}");
    html
}

/// The value of the first field of this name.
pub fn hidden(html: &str, name: &str) -> String {
    let from = html.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {html}"));
    html[from..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Where a redirect leads.
pub fn leads(reply: &reqwest::Response) -> String {
    assert_eq!(reply.status(), 303);
    reply.headers()["location"].to_str().unwrap().to_owned()
}

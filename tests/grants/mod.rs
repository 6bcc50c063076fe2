//! From the offer to the closed grant, as its holder and the team see it on their pages.

mod account_changes;
mod accounts;
mod agreement_texts;
mod amendments;
mod certified;
mod deposits;
mod due_dates;
mod holder;
mod judged;
mod mails;
mod pieces;
mod raised_agreements;
mod raises;
mod receipts;
mod refused_files;
mod reports;
mod signing;
mod team;
mod thresholds;
mod treasurers;
mod unsigned;
mod walks;

use crate::support::{
    databases::sqlite,
    grants::{Grantee, Paying},
    site::Site,
};
use tisserand::{
    domain::{messages::MessageKind, money::Euros},
    store::{StoreError, signing as signing_rows},
    usecases::{Actor, messages},
};

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

    /// The paper that both have not signed yet.
    pub fn document(&self) -> String {
        let open = self.paying.db.read(|conn| {
            let mut open = signing_rows::papers_of(conn, self.grantee.grant)?;
            let ids: Vec<_> = open.iter().map(|paper| paper.document_id).collect();
            let given = signing_rows::signatures_under(conn, &ids)?;
            open.retain(|paper| given.iter().filter(|one| one.document_id == paper.document_id).count() < 2);
            Ok::<_, StoreError>(open)
        });
        open.unwrap()[0].document_id.to_string()
    }

    /// The code of the last mail that carries one, as its reader gets it.
    pub fn code(&self) -> String {
        let mails = self.paying.does(|tx| messages::claim(tx, self.paying.now, 1_000)).unwrap();
        let mut codes = mails.into_iter().filter(|one| one.mail.kind == MessageKind::OneTimeCode);
        let code = codes.next_back().unwrap().mail.facts[0].1.clone();
        code.replace('\u{a0}', "")
    }

    /// Asks for a code on the page at `home` and signs with it.
    pub async fn signs(&self, (cookie, home): (&str, &str), name: &str) -> reqwest::Response {
        let (document, path) = (self.document(), format!("{home}/signature"));
        let first = page(self.site.get(cookie, home).await, 200).await;
        leads(&press(&self.site, cookie, &first, &format!("{path}/code"), &[("document", &document)]).await);
        let code = self.code();
        let shown = page(self.site.get(cookie, home).await, 200).await;
        let typed = [("document", document.as_str()), ("nom", name), ("engagement", "oui"), ("code", &code)];
        press(&self.site, cookie, &shown, &path, &typed).await
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

//! Paying on screen: two people, one bank file, and tables that say what the journal says.

mod pages;
mod payees;
mod paying;
mod sealed;
mod statement_pages;
mod statements;
mod tables;

use crate::support::{
    databases::sqlite,
    grants::{Grantee, IBANS, Paying},
    site::{Site, sign_in},
};
use tisserand::{
    domain::{ids::PaymentRunId, money::Euros},
    usecases::Actor,
};

const NAME: &str = "Les Passeurs";

/// A desk with a site: a call announced, one grant running, its account verified.
struct Desk {
    paying: Paying,
    grantee: Grantee,
    door: Site,
    finance: String,
    director: String,
}

impl Desk {
    fn open() -> Self {
        Self::with(|paying, grantee| paying.ready(grantee, NAME, IBANS[0]))
    }

    /// The same before anything but `prepare` happened.
    fn with(prepare: impl Fn(&Paying, &Grantee)) -> Self {
        let paying = Paying::on(sqlite());
        let grantee = paying.award(NAME, Euros::whole(10_000));
        paying.announce();
        prepare(&paying, &grantee);
        let door = Site::over(&paying.db, paying.now);
        let cookie = |actor: &Actor| sign_in(&paying.db, actor.person.unwrap(), paying.now);
        let (finance, director) = (cookie(&paying.finance), cookie(&paying.director));
        Desk { paying, grantee, door, finance, director }
    }

    /// A run of the first payment, prepared.
    fn run(&self) -> PaymentRunId {
        self.paying.prepare(&[self.paying.payments(self.grantee.grant)[0].id])
    }

    /// The page, which must come with this status.
    async fn page(&self, cookie: &str, path: &str, status: u16) -> String {
        text(self.door.get(cookie, path).await, status).await
    }

    /// Sends the form of the page at `from` to `to`, with its version and its token.
    async fn send(&self, cookie: &str, from: &str, to: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let page = self.page(cookie, from, 200).await;
        let hidden = [("version", field(&page, "version")), ("token", field(&page, "token"))];
        let hidden = hidden.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<_> = hidden.chain(fields.iter().copied()).collect();
        self.door.post(cookie, to, &all).await
    }
}

async fn text(response: reqwest::Response, status: u16) -> String {
    let got = response.status().as_u16();
    let html = response.text().await.unwrap();
    assert_eq!(got, status, "{html}");
    html.replace(['\u{a0}', '\u{202f}'], " ")
}

/// Where a form led.
fn led_to(response: &reqwest::Response) -> String {
    assert_eq!(response.status().as_u16(), 303);
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// The value of the first field of this name; empty when the page has none.
fn field(html: &str, name: &str) -> String {
    let after = html.split(&format!("name=\"{name}\"")).nth(1).unwrap_or_default();
    after.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

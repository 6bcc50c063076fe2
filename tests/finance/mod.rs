//! Paying on screen: two people, one bank file, and tables that say what the journal says.

mod account_checks;
mod accountants;
mod accounting;
mod approvals;
mod bank_lines;
mod beneficiary_ceilings;
mod books;
mod cash;
mod cautions;
mod donation_entries;
mod donations;
mod eligible_days;
mod erasures;
mod evidence;
mod funder_books;
mod funding;
mod gone_transfers;
mod lists;
mod look_alikes;
mod money_lists;
mod pages;
mod payables;
mod payees;
mod paying;
mod printed_runs;
mod recovery_parts;
mod revocations;
mod run_lines;
mod run_queues;
mod sealed;
mod statement_dues;
mod statement_pages;
mod statement_returns;
mod statement_schemas;
mod statements;
mod tables;

use crate::support::{
    databases::sqlite,
    grants::{Grantee, IBANS, Paying},
    site::{Site, sign_in},
};
use tisserand::{
    domain::{ids::PaymentRunId, money::Euros, one_time_codes::CodePurpose},
    store::one_time_codes::{self as code_rows, Owner},
    usecases::{Actor, one_time_codes as codes},
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
        Self::over(Paying::on(sqlite()), prepare)
    }

    /// The same over a call of one's own.
    fn over(paying: Paying, prepare: impl Fn(&Paying, &Grantee)) -> Self {
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

    /// The direction asks for a code and approves the run with it.
    async fn approve(&self, run: PaymentRunId) {
        let path = format!("/finances/lots/{run}/approbation");
        led_to(&self.send(&self.director, &path, &format!("{path}/code"), &[]).await);
        let code = code_of(&self.paying, &self.paying.director, run);
        let sent = self.send(&self.director, &path, &path, &[("code", &code)]).await;
        assert_eq!(led_to(&sent), format!("/finances/lots/{run}"));
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

/// The code somebody was sent for a run, as the mail says it that leaves now.
fn code_of(paying: &Paying, who: &Actor, run: PaymentRunId) -> String {
    let person = who.person.unwrap();
    let owner = Owner { purpose: CodePurpose::PaymentRunApproval, person, subject: run.as_str() };
    let id = paying.db.read(|conn| code_rows::open(conn, owner)).unwrap().unwrap().id;
    paying.does(|tx| codes::arm(tx, id, paying.now)).unwrap()
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

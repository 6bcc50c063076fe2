//! Who may open an address: the type of the extractor is the permission.

use super::{
    app::App,
    failures::Failure,
    flashes,
    pages::{Chrome, Flash, NavLink},
};
use crate::{
    domain::{roles::Role, sign_ins::Visit, time::Moment},
    usecases::{
        instances, login_links,
        sign_ins::{self, SignedInPerson},
    },
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Data};
use std::{future::Future, ops::Deref, pin::Pin};

/// One address of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    pub method: &'static str,
    pub path: &'static str,
    pub who: Who,
}

/// Who may open an address, as the site map says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Public,
    Member,
    Applicant,
    Reviewer,
    Officer,
    Finance,
    Director,
    Admin,
    Auditor,
    Verifier,
    Staff,
    Payer,
    Books,
    Donors,
    Accounts,
    Sources,
    Funding,
    Funder,
}

impl Who {
    /// The roles that open the address; `None` when no role is asked for.
    pub const fn roles(self) -> Option<&'static [Role]> {
        match self {
            Who::Public | Who::Member => None,
            Who::Applicant => Some(&[Role::Applicant]),
            Who::Reviewer => Some(&[Role::Reviewer]),
            Who::Officer => Some(&[Role::Officer]),
            Who::Finance => Some(&[Role::Finance]),
            Who::Director => Some(&[Role::Director]),
            Who::Admin => Some(&[Role::Admin]),
            Who::Auditor => Some(&[Role::Auditor, Role::Admin]),
            Who::Verifier => Some(&[Role::Auditor, Role::Admin, Role::Finance]),
            Who::Staff => Some(&[Role::Officer, Role::Director, Role::Finance, Role::Auditor, Role::Admin]),
            Who::Payer => Some(&[Role::Finance, Role::Director]),
            Who::Books => Some(&[Role::Finance, Role::Director, Role::Auditor]),
            Who::Donors => Some(&[Role::Finance, Role::Auditor]),
            Who::Accounts => Some(&[Role::Finance, Role::Auditor]),
            Who::Sources => Some(&[Role::Finance, Role::Director, Role::Auditor, Role::Admin]),
            Who::Funding => Some(&[Role::Finance, Role::Admin]),
            Who::Funder => Some(&[Role::Funder]),
        }
    }
}

const COPY: &str = "Ce site est une copie qui n’a pas encore été confirmée\u{a0}: aucun courriel n’en part, aucun fichier de \
     paiement n’en sort. Qui l’administre la confirme par la commande «\u{a0}tisserand instance --adopt\u{a0}».";

/// A signed-in person and the frame of their pages.
#[derive(Debug, Clone)]
pub struct SignedIn {
    person: SignedInPerson,
    links: Vec<NavLink>,
    flash: Option<Flash>,
    /// Seconds until the sign-in ends by itself.
    left: i64,
    /// Whether the site is a copy that nobody has let act.
    is_copy: bool,
}

impl SignedIn {
    /// The frame around this person's page.
    pub fn chrome(&self) -> Chrome {
        Chrome::signed_in(self.person.id, &self.person.name, self.links.clone())
            .lasting(self.left)
            .with_flashes(self.is_copy.then(|| Flash::warning(COPY)).into_iter().chain(self.flash.clone()).collect())
    }

    /// Notes that this person follows the room of a session under way.
    pub async fn stay(&self, app: &App) {
        // The stream is asked for again every minute: what could not be written now is then.
        prolong(app, &self.person, Visit::Room).await.ok();
    }
}

impl Deref for SignedIn {
    type Target = SignedInPerson;
    fn deref(&self) -> &SignedInPerson {
        &self.person
    }
}

/// The name of the cookie that holds the sign-in's secret.
pub const fn cookie_name(app: &App) -> &'static str {
    // The prefix makes browsers refuse the cookie from anything but our own host by HTTPS.
    if app.is_https { "__Host-sid" } else { "sid" }
}

/// The one address that says when a sign-in ends: asking it puts nothing off, sending to it does.
const PRESENCE: &str = "/compte/presence";
/// What a script says with what it asks for by itself.
const UNATTENDED: &str = "x-unattended";

/// Whether somebody is behind a request. What a page asks for by itself would keep a screen open that nobody looks at.
fn is_visit(request: &HttpRequest) -> bool {
    let route = request.match_pattern().unwrap_or_default();
    let asks_by_itself = request.method().is_safe() && (route == PRESENCE || route.ends_with("/flux"));
    !asks_by_itself && is_attended(request)
}

/// Whether no script says that it asks by itself.
pub(super) fn is_attended(request: &HttpRequest) -> bool {
    !request.headers().contains_key(UNATTENDED)
}

/// Puts the end of a sign-in off where a visit does, and gives the end.
async fn prolong(app: &App, person: &SignedInPerson, visit: Visit) -> Result<Moment, Failure> {
    let now = app.now();
    if !sign_ins::is_to_prolong(person, visit, now) {
        return Ok(person.expires_at);
    }
    let known = person.clone();
    app.write(move |tx| sign_ins::touch(tx, &known, visit, now)).await
}

async fn person_of(app: &App, request: &HttpRequest) -> Result<Option<SignedInPerson>, Failure> {
    let Some(cookie) = request.cookie(cookie_name(app)) else { return Ok(None) };
    let now = app.now();
    let token = cookie.value().to_owned();
    let mut person = app.read(move |conn| sign_ins::of_token(conn, &token, now)).await?;
    if let Some(person) = person.as_mut().filter(|_| is_visit(request)) {
        // While nothing can be written, pages are read until the sign-in ends.
        person.expires_at = prolong(app, person, Visit::Page).await.unwrap_or(person.expires_at);
    }
    // The longest that a sign-in may last can have been made shorter.
    Ok(person.filter(|person| person.expires_at > now))
}

/// The links of somebody's roles, in the order of a day's work, as far as the site map has their address.
fn links_of(person: &SignedInPerson, path: &str) -> Vec<NavLink> {
    let mut links = Vec::new();
    for (role, href, label) in super::menus::MENU {
        if person.actor.is(*role)
            && super::routes::is_mapped(href)
            && !links.iter().any(|link: &NavLink| link.href == *href)
        {
            links.push(NavLink::new(*href, *label));
        }
    }
    NavLink::mark_current(links, path)
}

/// Who is there, once looked up for this request.
#[derive(Clone)]
struct Known(Option<SignedIn>);

/// Whether somebody is signed in; they are looked up once for the whole request.
pub(super) async fn is_somebody(request: &HttpRequest) -> Result<bool, Failure> {
    let found = load(request.clone()).await?;
    let is_somebody = found.is_some();
    request.extensions_mut().insert(Known(found));
    Ok(is_somebody)
}

/// The frame of whoever is signed in, without messages; nothing for anybody else.
pub(super) async fn frame_of(request: &HttpRequest) -> Option<Chrome> {
    let who = load(request.clone()).await.ok().flatten()?;
    Some(who.chrome().with_flashes(Vec::new()))
}

async fn load(request: HttpRequest) -> Result<Option<SignedIn>, Failure> {
    if let Some(Known(found)) = request.extensions().get::<Known>() {
        return Ok(found.clone());
    }
    let app = request.app_data::<Data<App>>().ok_or_else(|| Failure::Broken("no application data".into()))?;
    let person = person_of(app, &request).await?;
    let is_copy = is_copy(app).await?;
    Ok(person.map(|person| {
        let links = links_of(&person, request.path());
        let left = person.seconds_left(app.now());
        SignedIn { person, links, flash: flashes::of(&request), left, is_copy }
    }))
}

/// Whether mails and payments are held back; it is asked again each time, so that being let go needs no restart.
async fn is_copy(app: &App) -> Result<bool, Failure> {
    let Some(mark) = app.db().quarantined() else { return Ok(false) };
    let may_act = app.read(move |conn| instances::may_act(conn, &mark)).await?;
    if may_act {
        app.db().release();
    }
    Ok(!may_act)
}

async fn admit(request: HttpRequest, roles: Option<&'static [Role]>) -> Result<SignedIn, Failure> {
    let back = if request.method().is_safe() { request.uri().to_string() } else { page_before(&request) };
    let who = load(request).await?.ok_or(Failure::SignIn(back))?;
    let may = roles.is_none_or(|roles| roles.iter().any(|role| who.actor.is(*role)));
    // What somebody may not open does not exist for them.
    if may { Ok(who) } else { Err(Failure::NotFound) }
}

/// The page whose form was sent when the sign-in was over: what one comes back to, since a form cannot be sent again.
pub(super) fn page_before(request: &HttpRequest) -> String {
    let referer = request.headers().get("referer").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let rest = referer.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
    login_links::own_path(rest.unwrap_or("/")).to_owned()
}

type Admission<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;

/// Anybody; knows who is signed in.
#[derive(Debug, Clone)]
pub struct Public {
    pub signed_in: Option<SignedIn>,
    flash: Option<Flash>,
}

impl Public {
    /// The frame around a public page.
    pub fn chrome(&self) -> Chrome {
        match &self.signed_in {
            Some(who) => who.chrome(),
            None => Chrome::signed_out(Vec::new()).with_flashes(self.flash.iter().cloned().collect()),
        }
    }
}

impl FromRequest for Public {
    type Error = Failure;
    type Future = Admission<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let flash = flashes::of(&request);
            Ok(Public { signed_in: load(request).await?, flash })
        })
    }
}

macro_rules! audiences {
    ($($(#[$meta:meta])* $name:ident;)+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name(SignedIn);

        impl Deref for $name {
            type Target = SignedIn;
            fn deref(&self) -> &SignedIn { &self.0 }
        }

        impl FromRequest for $name {
            type Error = Failure;
            type Future = Admission<Self>;
            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let request = request.clone();
                Box::pin(async move { admit(request, Who::$name.roles()).await.map($name) })
            }
        }
    )+ };
}

audiences! {
    /// Anybody signed in.
    Member;
    /// A project holder.
    Applicant;
    /// A member of a committee.
    Reviewer;
    /// A programme officer.
    Officer;
    /// Who pays.
    Finance;
    /// Management.
    Director;
    /// Who keeps people and settings.
    Admin;
    /// Who reads the history: auditor or administrator.
    Auditor;
    /// Who asks whether the promises hold, and is told when they do not: auditor, administrator or finance.
    Verifier;
    /// Anybody of the team who may read a dossier.
    Staff;
    /// Who takes part in paying: finance or management.
    Payer;
    /// Who reads the books: finance, management or auditor.
    Books;
    /// Who may know of donors: finance or auditor.
    Donors;
    /// Who verifies accounts, and who checks how their numbers are read: finance or auditor.
    Accounts;
    /// Who reads the agreements money comes from: the same, and the administrator.
    Sources;
    /// Who writes them: finance or administrator.
    Funding;
    /// Who reads for a funder, and sees its own money alone.
    Funder;
}

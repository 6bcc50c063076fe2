//! Getting in and out: sign-up, mail links, passwords, devices.

pub mod presence;
pub mod profile;
pub mod sign_in;
pub mod sign_up;
pub(super) mod typed_passwords;

use super::{app::App, audiences::cookie_name};
use crate::domain::sign_ins::SIGN_IN_HOURS;
use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};

/// A sign-in cookie lasts this long on the device, the longest that may be chosen; the server forgets it sooner.
const COOKIE_HOURS: i64 = *SIGN_IN_HOURS.end();

/// The cookie that holds a sign-in's secret.
fn sign_in_cookie(app: &App, secret: String) -> Cookie<'static> {
    let cookie = Cookie::build(cookie_name(app), secret).path("/").http_only(true).same_site(SameSite::Lax);
    cookie.secure(app.is_https).max_age(Duration::hours(COOKIE_HOURS)).finish()
}

/// The cookie that takes it away again.
fn sign_out_cookie(app: &App) -> Cookie<'static> {
    let mut cookie = Cookie::build(cookie_name(app), "").path("/").secure(app.is_https).finish();
    cookie.make_removal();
    cookie
}

/// The browser as it names itself, for the list of devices.
fn device_of(request: &HttpRequest) -> String {
    let agent = request.headers().get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let browser = [("Firefox", "Firefox"), ("Edg", "Edge"), ("Chrome", "Chrome"), ("Safari", "Safari")];
    let system = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ];
    let named =
        |names: &[(&str, &'static str)]| names.iter().find(|(key, _)| agent.contains(key)).map(|(_, name)| *name);
    match (named(&browser), named(&system)) {
        (Some(browser), Some(system)) => format!("{browser} sur {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Appareil inconnu".to_owned(),
    }
}

/// Where a request comes from, for the brake on attempts: behind our own proxy, the address it names.
pub(super) fn source_of(request: &HttpRequest) -> String {
    let peer = request.peer_addr().map(|addr| addr.ip());
    let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
    match (peer, forwarded) {
        (Some(ip), Some(chain)) if ip.is_loopback() => chain.rsplit(',').next().unwrap_or(chain).trim().to_owned(),
        (Some(ip), _) => ip.to_string(),
        (None, _) => String::new(),
    }
}

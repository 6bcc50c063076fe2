//! Who may open what: every address of the site map, with every role and with nobody. What exists is tried in
//! `promises/permitted.rs`; here identifiers are of nothing, so that no address is left out.

use crate::support::site::Site;
use std::collections::BTreeSet;
use tisserand::{
    domain::{roles::Role, time::Moment},
    web::routes::SITE_MAP,
};

/// A path of the map with identifiers of nothing.
fn concrete(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment {
        s if s.starts_with('{') => "0198c0a1-7b5c-7def-8123-456789abcdef",
        s => s,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// What an admitted person may get for an identifier of nothing and an empty form: a page, a redirect, a refusal in
/// words; never a broken page, never the way to the sign-in.
fn is_admitted(status: u16, location: &str) -> bool {
    matches!(status, 200 | 303 | 304 | 400 | 404 | 409 | 422 | 429) && !location.starts_with("/connexion?")
}

#[actix_web::test]
async fn every_address_opens_for_its_audience_and_does_not_exist_for_others() {
    let site = Site::at(Moment::start_of_day("2026-11-24".parse().unwrap())).with_calls();
    let visitors: Vec<(Option<Role>, String)> = std::iter::once((None, String::new()))
        .chain(Role::ALL.iter().filter(|role| **role != Role::System).map(|role| (Some(*role), site.person(*role))))
        .collect();
    let mut faults = Vec::new();
    for address in SITE_MAP {
        let path = concrete(address.path);
        // Signing out would end the visitor's own sign-in in the middle of the walk.
        if address.path == "/deconnexion" {
            continue;
        }
        for (role, cookie) in &visitors {
            let reply = match address.method {
                "get" => site.get(cookie, &path).await,
                _ => site.post(cookie, &path, &[]).await,
            };
            let status = reply.status().as_u16();
            let location = reply.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
            let is_public = address.who == tisserand::web::audiences::Who::Public;
            let wanted = match (role, address.who.roles()) {
                _ if is_public => is_admitted(status, &location),
                (None, _) => status == 303 && location.starts_with("/connexion?"),
                (Some(role), Some(roles)) if !roles.contains(role) => status == 404,
                (Some(_), _) => is_admitted(status, &location),
            };
            if !wanted {
                faults.push(format!("{} {path} as {role:?}: {status} {location}", address.method));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[actix_web::test]
async fn no_form_of_another_site_is_taken() {
    let site = Site::at(Moment::start_of_day("2026-11-24".parse().unwrap()));
    let admin = site.person(Role::Admin);
    for address in SITE_MAP.iter().filter(|address| address.method == "post") {
        let path = concrete(address.path);
        assert_eq!(site.post_from_elsewhere(&admin, &path).await.status().as_u16(), 403, "{path}");
    }
}

#[test]
fn no_address_stands_twice_in_the_map() {
    let mut seen = BTreeSet::new();
    for address in SITE_MAP {
        assert!(seen.insert((address.method, address.path)), "{} {}", address.method, address.path);
    }
}

#[actix_web::test]
async fn every_link_of_the_menu_leads_somewhere() {
    let site = Site::at(Moment::start_of_day("2026-11-24".parse().unwrap())).with_calls();
    for role in Role::ALL.iter().filter(|role| **role != Role::System) {
        let cookie = site.person(*role);
        let home = site.get(&cookie, "/").await.text().await.unwrap();
        let menu = home.split("<nav").nth(1).and_then(|rest| rest.split("</nav>").next()).unwrap_or_default();
        for href in menu.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert_eq!(site.get(&cookie, href).await.status().as_u16(), 200, "{href} of the menu of {role}");
        }
    }
}

#[actix_web::test]
async fn an_endless_form_is_refused_in_words() {
    let site = Site::at(Moment::start_of_day("2026-11-24".parse().unwrap()));
    let text = "a".repeat(2 << 20);
    let reply = site.post("", "/inscription", &[("nom", &text)]).await;
    assert_eq!(reply.status().as_u16(), 413);
    assert!(reply.text().await.unwrap().contains("dépasse 1\u{a0}Mo"));
}

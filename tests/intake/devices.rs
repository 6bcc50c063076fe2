//! The cookie of a device: what it says to the browser, and how long it opens.

use crate::support::site::Site;
use tisserand::{
    domain::{roles::Role, time::Moment},
    store::Tx,
    usecases::{
        people,
        settings::{self, Settings},
    },
};

fn monday() -> Moment {
    Moment::start_of_day("2026-12-07".parse().unwrap())
}

/// The cookie a browser is told to keep after a password.
async fn cookie_of(site: &Site) -> String {
    let (password, now) = ("le chat dort au soleil", site.clock.now());
    site.person(Role::Applicant);
    let address = "applicant@essai.example".parse().unwrap();
    let set = site.db.write(|tx| {
        let id = people::ensure(tx, &address, "Dominique Essai", Role::Applicant, now)?;
        people::give_password(tx, id, password, now)
    });
    set.unwrap();
    let fields = [("email", "applicant@essai.example"), ("mot_de_passe", password), ("suite", "/organisations")];
    let sent = site.post("", "/connexion", &fields).await;
    assert_eq!((sent.status().as_u16(), &sent.headers()["location"]), (303, &"/organisations".parse().unwrap()));
    let cookies = sent.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    cookies.into_iter().find(|cookie| cookie.contains("sid=")).unwrap().to_owned()
}

#[actix_web::test]
async fn no_script_and_no_other_site_gets_at_the_cookie() {
    let plain = cookie_of(&Site::at(monday())).await;
    for part in ["sid=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(plain.contains(part), "{plain}");
    }
    let secure = cookie_of(&Site::behind_https(monday())).await;
    assert!(secure.starts_with("__Host-sid=") && secure.contains("Secure") && !secure.contains("Domain"), "{secure}");
}

#[actix_web::test]
async fn a_device_of_the_team_is_forgotten_after_half_a_day_and_one_in_use_is_not() {
    for role in [Role::Officer, Role::Finance, Role::Director, Role::Auditor, Role::Admin] {
        let site = Site::at(monday());
        let cookie = site.person(role);
        let opens = || async { site.get(&cookie, "/compte").await.status().as_u16() };
        for _ in 0..4 {
            site.clock.set(site.clock.now().plus_minutes(11 * 60));
            assert_eq!(opens().await, 200, "{role}");
        }
        site.clock.set(site.clock.now().plus_minutes(12 * 60 + 1));
        assert_eq!(site.get(&cookie, "/compte").await.headers()["location"], "/connexion?suite=%2Fcompte", "{role}");
    }
    for role in [Role::Applicant, Role::Reviewer] {
        let site = Site::at(monday());
        let cookie = site.person(role);
        site.clock.set(monday().plus_days(13));
        assert_eq!(site.get(&cookie, "/compte").await.status(), 200, "{role}");
    }
}

#[actix_web::test]
async fn how_long_the_team_may_be_idle_is_a_setting() {
    let site = Site::at(monday());
    let write = |tx: &mut Tx| {
        let known = settings::load(tx.conn())?;
        settings::save(tx, Settings { staff_idle_hours: "2".into(), ..known })
    };
    site.db.write(write).unwrap();
    let cookie = site.person(Role::Finance);
    site.clock.set(monday().plus_minutes(110));
    assert_eq!(site.get(&cookie, "/compte").await.status(), 200);
    site.clock.set(monday().plus_minutes(240));
    assert_eq!(site.get(&cookie, "/compte").await.status(), 303);
}

#[actix_web::test]
async fn a_role_in_the_team_shortens_the_sign_ins_of_before() {
    let site = Site::at(monday());
    let cookie = site.person(Role::Applicant);
    let address = format!("{}@essai.example", Role::Applicant).parse().unwrap();
    site.db.write(|tx| people::ensure(tx, &address, "Dominique Essai", Role::Officer, monday())).unwrap();
    assert_eq!(site.get(&cookie, "/compte").await.status(), 200);
    site.clock.set(monday().plus_minutes(12 * 60 + 1));
    assert_eq!(site.get(&cookie, "/compte").await.status(), 303);
}

#[actix_web::test]
async fn a_device_nobody_uses_is_forgotten_and_one_in_use_is_not() {
    let site = Site::at(monday());
    let cookie = site.person(Role::Applicant);
    let opens = || async { site.get(&cookie, "/dossiers").await.status().as_u16() };
    for _ in 0..3 {
        site.clock.set(site.clock.now().plus_days(13));
        assert_eq!(opens().await, 200);
    }
    site.clock.set(site.clock.now().plus_days(15));
    let away = site.get(&cookie, "/dossiers").await;
    assert_eq!(away.status(), 303);
    assert_eq!(away.headers()["location"], "/connexion?suite=%2Fdossiers");
}

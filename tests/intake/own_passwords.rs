//! A password is chosen by whoever types the one there is, or has come in by a link because it was forgotten: a screen left
//! open is not enough.

use super::people::links;
use crate::support::{
    databases::{TestDb, each_database},
    site::Site,
};
use tisserand::{
    domain::{roles::Role, time::Moment},
    usecases::{login_links, own_passwords::FORGOTTEN, people},
};

const ADDRESS: &str = "applicant@essai.example";
const FORMER: &str = "le chat dort au soleil";
const NEW: &str = "la lune monte sur le canal";

fn monday() -> Moment {
    Moment::start_of_day("2026-12-07".parse().unwrap())
}

/// Gives the applicant a password and signs them in.
fn with_password(site: &Site) -> String {
    site.person(Role::Applicant);
    let (address, now) = (ADDRESS.parse().unwrap(), site.clock.now());
    let set = site.db.write(|tx| {
        let id = people::ensure(tx, &address, "Dominique Essai", Role::Applicant, now)?;
        people::give_password(tx, id, FORMER, now)
    });
    set.unwrap();
    site.person(Role::Applicant)
}

/// Chooses another password, the former one typed so.
async fn chooses(site: &Site, cookie: &str, former: &str) -> (u16, String) {
    let fields = [("mot_de_passe_actuel", former), ("mot_de_passe", NEW)];
    let sent = site.post(cookie, "/compte/mot-de-passe", &fields).await;
    (sent.status().as_u16(), sent.text().await.unwrap())
}

/// Follows a link that is asked for with this cookie and leads to this path; gives where it led, and the new cookie.
async fn comes_by_link(own: &TestDb, site: &Site, (cookie, path): (&str, &str)) -> (String, String) {
    let asked = site.post(cookie, "/connexion/lien", &[("email", ADDRESS), ("suite", path)]).await;
    assert_eq!(asked.status(), 200);
    let (link, now) = (*links(own).last().unwrap(), site.clock.now());
    let door = own.write(|tx| login_links::arm(tx, link, now)).unwrap();
    let came = site.post("", &door, &[]).await;
    assert_eq!(came.status(), 303);
    let led = came.headers()["location"].to_str().unwrap().to_owned();
    let cookies = came.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let cookie = cookies.into_iter().find(|cookie| cookie.starts_with("sid=")).unwrap();
    (led, cookie.split(';').next().unwrap().to_owned())
}

#[actix_web::test]
async fn whoever_has_a_password_types_it_to_choose_another() {
    for own in each_database() {
        let site = Site::over(&own, monday());
        let cookie = with_password(&site);
        let page = site.get(&cookie, "/compte").await.text().await.unwrap();
        assert!(page.contains("Mot de passe actuel"), "{page}");
        let (status, page) = chooses(&site, &cookie, "").await;
        assert!(status == 422 && page.contains("id=\"erreur-mot_de_passe_actuel\""), "{page}");
        let (status, page) = chooses(&site, &cookie, "une autre phrase").await;
        assert!(status == 422 && page.contains("pas votre mot de passe actuel"), "{page}");
        assert_eq!(chooses(&site, &cookie, FORMER).await.0, 303);
    }
}

#[actix_web::test]
async fn guessing_at_an_open_screen_is_braked_as_signing_in_is() {
    let own = crate::support::databases::sqlite();
    let site = Site::over(&own, monday());
    let cookie = with_password(&site);
    for _ in 0..8 {
        assert_eq!(chooses(&site, &cookie, "une autre phrase").await.0, 422);
    }
    let (status, page) = chooses(&site, &cookie, FORMER).await;
    assert!(status == 422 && page.contains("Trop de mots de passe faux"), "{page}");
}

#[actix_web::test]
async fn a_link_for_a_forgotten_password_stands_for_it_for_half_an_hour_and_no_other_link_does() {
    for own in each_database() {
        let site = Site::over(&own, monday());
        let cookie = with_password(&site);
        let (led, usual) = comes_by_link(&own, &site, ("", FORGOTTEN)).await;
        assert_eq!(led, "/compte", "nobody asks for it in another's name");
        assert_eq!(chooses(&site, &usual, "").await.0, 422, "an ordinary link");
        site.clock.set(site.clock.now().plus_minutes(1));
        let (led, late) = comes_by_link(&own, &site, (&cookie, FORGOTTEN)).await;
        assert_eq!(led, FORGOTTEN);
        site.clock.set(site.clock.now().plus_minutes(30));
        assert_eq!(chooses(&site, &late, "").await.0, 422, "half an hour later");
        let (_, fresh) = comes_by_link(&own, &site, (&cookie, FORGOTTEN)).await;
        assert_eq!(chooses(&site, &fresh, "").await.0, 303);
    }
}

#[actix_web::test]
async fn a_first_password_is_chosen_soon_after_signing_in() {
    let own = crate::support::databases::sqlite();
    let site = Site::over(&own, monday());
    let cookie = site.person(Role::Applicant);
    site.clock.set(site.clock.now().plus_minutes(30));
    let (status, page) = chooses(&site, &cookie, "").await;
    assert!(status == 422 && page.contains("Recevoir un lien par courriel"), "{page}");
    assert!(!page.contains("action=\"/compte/mot-de-passe\""), "{page}");
    let cookie = site.person(Role::Applicant);
    assert_eq!(chooses(&site, &cookie, "").await.0, 303);
}

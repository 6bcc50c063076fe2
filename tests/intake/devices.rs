//! The cookie of a device: what it says to the browser, how long it opens, and when another takes its place.

use crate::support::{
    databases::each_database,
    programme::{Programme, closed, open},
    site::{Site, sign_in},
};
use reqwest::{Client, Response, redirect::Policy};
use tisserand::{
    domain::{
        roles::Role,
        sign_ins::{Limits, TRUSTED},
        time::Moment,
    },
    usecases::{Actor, people, sign_ins},
};

const PASSWORD: &str = "le chat dort au soleil";

fn monday() -> Moment {
    Moment::start_of_day("2026-12-07".parse().unwrap())
}

fn limit(site: &Site, limits: Limits) {
    let now = site.clock.now();
    site.db.write(|tx| sign_ins::limit(tx, limits, now)).unwrap();
}

/// A site where sign-ins last as they do where nobody chose otherwise.
fn usual(site: Site) -> Site {
    limit(&site, Limits::USUAL);
    site
}

/// The same over each kind of database.
fn usual_sites() -> Vec<Site> {
    each_database().into_iter().map(|db| usual(Site::keeping(db, monday()))).collect()
}

fn pass(site: &Site, minutes: i64) {
    site.clock.set(site.clock.now().plus_minutes(minutes));
}

/// Whether the account opens with this cookie; otherwise the way leads to the sign-in.
async fn opens(site: &Site, cookie: &str) -> bool {
    let reply = site.get(cookie, "/compte").await;
    if reply.status() == 200 {
        return true;
    }
    assert_eq!(reply.headers()["location"], "/connexion?suite=%2Fcompte");
    false
}

/// How many seconds the page is told that the sign-in lasts.
async fn left(site: &Site, cookie: &str) -> i64 {
    let said: serde_json::Value = site.get(cookie, "/compte/presence").await.json().await.unwrap();
    said["left"].as_i64().unwrap()
}

fn give_password(site: &Site, role: Role) {
    let (address, now) = (format!("{role}@essai.example").parse().unwrap(), site.clock.now());
    let set = site.db.write(|tx| {
        let id = people::ensure(tx, &address, "Dominique Essai", role, now)?;
        people::give_password(tx, id, PASSWORD, now)
    });
    set.unwrap();
}

/// Sends the password, in a browser that has this cookie.
async fn by_password(site: &Site, role: Role, cookie: &str) -> Response {
    let email = format!("{role}@essai.example");
    let fields = [("email", email.as_str()), ("mot_de_passe", PASSWORD), ("suite", "/organisations")];
    let sent = site.post(cookie, "/connexion", &fields).await;
    assert_eq!((sent.status().as_u16(), &sent.headers()["location"]), (303, &"/organisations".parse().unwrap()));
    sent
}

/// The cookie a browser is told to keep.
fn kept(sent: &Response) -> String {
    let cookies = sent.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    cookies.into_iter().find(|cookie| cookie.contains("sid=")).unwrap().to_owned()
}

#[actix_web::test]
async fn no_script_and_no_other_site_gets_at_the_cookie() {
    let cookie_of = async |site: Site| {
        give_password(&site, Role::Applicant);
        kept(&by_password(&site, Role::Applicant, "").await)
    };
    let plain = cookie_of(Site::at(monday())).await;
    for part in ["sid=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(plain.contains(part), "{plain}");
    }
    let secure = cookie_of(Site::behind_https(monday())).await;
    assert!(secure.starts_with("__Host-sid=") && secure.contains("Secure") && !secure.contains("Domain"), "{secure}");
}

#[actix_web::test]
async fn a_device_nobody_uses_is_signed_out_and_one_in_use_is_not() {
    for site in usual_sites() {
        let mut idle: Vec<_> = TRUSTED.iter().map(|role| (*role, 30)).collect();
        idle.push((Role::Applicant, 120));
        for (role, minutes) in idle {
            let cookie = site.person(role);
            for _ in 0..4 {
                pass(&site, minutes - 1);
                assert!(opens(&site, &cookie).await, "{role}");
            }
            pass(&site, minutes);
            assert!(!opens(&site, &cookie).await, "{role}");
        }
    }
}

#[actix_web::test]
async fn after_half_a_day_everybody_signs_in_anew_whatever_was_done() {
    for site in usual_sites() {
        for role in [Role::Applicant, Role::Reviewer, Role::Finance] {
            let cookie = site.person(role);
            for _ in 0..35 {
                pass(&site, 20);
                assert!(opens(&site, &cookie).await, "{role}");
            }
            pass(&site, 19);
            assert_eq!(left(&site, &cookie).await, 60, "{role}");
            assert_eq!(site.post(&cookie, "/compte/presence", &[]).await.status(), 200, "nothing puts it off");
            pass(&site, 1);
            assert!(!opens(&site, &cookie).await, "{role}");
        }
    }
}

#[actix_web::test]
async fn what_an_operator_chooses_holds_for_devices_that_are_signed_in_already() {
    for db in each_database() {
        let site = Site::keeping(db, monday());
        let (finance, applicant) = (site.person(Role::Finance), site.person(Role::Applicant));
        assert!(left(&site, &finance).await > 86_400);
        limit(&site, Limits { staff_idle_minutes: 60, applicant_idle_minutes: 240, sign_in_hours: 5 });
        assert_eq!((left(&site, &finance).await, left(&site, &applicant).await), (3_600, 4 * 3_600));
        pass(&site, 61);
        assert!(!opens(&site, &finance).await && opens(&site, &applicant).await);
        pass(&site, 4 * 60);
        assert!(!opens(&site, &applicant).await, "five hours at most");
    }
}

#[actix_web::test]
async fn a_screen_nobody_looks_at_does_not_stay_open_by_what_its_page_asks_for() {
    for site in usual_sites() {
        let cookie = site.person(Role::Officer);
        let by_itself = Client::builder().redirect(Policy::none()).build().unwrap();
        for minutes in [20, 9] {
            pass(&site, minutes);
            let asked = by_itself.get(format!("{}/compte", site.base)).header("cookie", &cookie);
            assert_eq!(asked.header("x-unattended", "yes").send().await.unwrap().status(), 200);
        }
        assert_eq!(left(&site, &cookie).await, 60);
        pass(&site, 1);
        assert!(!opens(&site, &cookie).await);
    }
}

#[actix_web::test]
async fn whoever_does_something_in_a_page_or_presses_once_stays_signed_in() {
    for site in usual_sites() {
        let cookie = site.person(Role::Finance);
        for _ in 0..4 {
            pass(&site, 25);
            let said: serde_json::Value = site.post(&cookie, "/compte/presence", &[]).await.json().await.unwrap();
            assert_eq!(said["left"], 30 * 60);
        }
        let page = site.get(&cookie, "/compte").await.text().await.unwrap();
        assert!(page.contains("data-left=\"1800\""), "the page knows when to warn");
    }
}

#[actix_web::test]
async fn a_field_that_saves_by_itself_is_a_visit() {
    for db in each_database() {
        let world = Programme::on(db);
        let (holder, id) = world.complete(1, 3_000);
        let site = Site::over(&world.db, open());
        limit(&site, Limits::USUAL);
        let cookie = site.cookie_of(&holder);
        for number in ["1", "2", "3"] {
            pass(&site, 100);
            let person = holder.person.unwrap().to_string();
            let fields = [("envoi-champ", "titre"), ("envoi-page", "a0"), ("envoi-numero", number)];
            let fields = [&fields[..], &[("envoi-personne", person.as_str()), ("titre", "Le tour des lacs")]].concat();
            site.post(&cookie, &format!("/dossiers/{id}/rubriques/projet/champs"), &fields).await;
            assert_eq!(left(&site, &cookie).await, 120 * 60);
        }
    }
}

#[actix_web::test]
async fn a_session_under_way_keeps_those_who_follow_its_room_signed_in() {
    for db in each_database() {
        let world = Programme::on(db);
        world.in_review(1, 3_000);
        let session = world.session();
        let site = Site::over(&world.db, closed());
        limit(&site, Limits::USUAL);
        let (officer, member) = (site.cookie_of(&world.officer), site.cookie_of(&world.members[0]));
        // A telephone that is put away is cut off from the page; the vote comes an hour and a half later.
        for _ in 0..3 {
            for (cookie, path) in [(&officer, "/seances"), (&member, "/comite/seances")] {
                assert_eq!(site.get(cookie, &format!("{path}/{session}/flux")).await.status(), 200);
            }
            pass(&site, 90);
        }
        assert!(opens(&site, &member).await && opens(&site, &officer).await);
    }
}

#[actix_web::test]
async fn a_session_that_is_not_held_keeps_nobody_signed_in() {
    for db in each_database() {
        let world = Programme::on(db);
        world.in_review(1, 3_000);
        let session = world.planned_session();
        let site = Site::over(&world.db, closed());
        limit(&site, Limits::USUAL);
        let officer = site.cookie_of(&world.officer);
        pass(&site, 20);
        assert_eq!(site.get(&officer, &format!("/seances/{session}/flux")).await.status(), 200);
        assert_eq!(left(&site, &officer).await, 600);
    }
}

#[actix_web::test]
async fn signing_in_gives_a_new_secret_and_ends_the_one_there_was() {
    for site in usual_sites() {
        give_password(&site, Role::Applicant);
        let first = kept(&by_password(&site, Role::Applicant, "sid=choisi-par-un-autre").await);
        let first = first.split(';').next().unwrap().to_owned();
        assert!(!first.contains("choisi") && !opens(&site, "sid=choisi-par-un-autre").await);
        assert!(opens(&site, &first).await);
        let second = kept(&by_password(&site, Role::Applicant, &first).await);
        let second = second.split(';').next().unwrap();
        assert!(first != second && opens(&site, second).await);
        assert!(!opens(&site, &first).await, "it was that of the same browser");
    }
}

#[actix_web::test]
async fn whoever_is_given_more_signs_in_anew_and_whoever_is_shut_out_is_out_at_once() {
    for site in usual_sites() {
        let ensure = |name: &str, role| {
            let address = format!("{name}@essai.example").parse().unwrap();
            site.db.write(|tx| people::ensure(tx, &address, "Dominique Essai", role, monday())).unwrap()
        };
        let (id, admin) = (ensure("dominique", Role::Applicant), ensure("ada", Role::Admin));
        let admin = Actor::person(admin, vec![Role::Admin]);
        let cookie = sign_in(&site.db, id, monday());
        ensure("dominique", Role::Applicant);
        assert!(opens(&site, &cookie).await, "nothing new");
        site.db.write(|tx| people::add_role(tx, &admin, id, Role::Officer, monday())).unwrap();
        assert!(!opens(&site, &cookie).await, "what was given out for less opens nothing more");
        let cookie = sign_in(&site.db, id, monday());
        site.db.write(|tx| people::remove_role(tx, &admin, id, Role::Applicant, monday())).unwrap();
        assert!(!opens(&site, &cookie).await, "nor does what was given out for more");
        let cookie = sign_in(&site.db, id, monday());
        assert!(opens(&site, &cookie).await);
        site.db.write(|tx| people::disable(tx, &admin, id, monday())).unwrap();
        assert!(!opens(&site, &cookie).await);
    }
}

#[actix_web::test]
async fn signing_out_empties_what_the_browser_kept_and_never_what_somebody_still_has_to_save() {
    for site in usual_sites() {
        for (is_empty, told) in [(false, "\"cache\""), (true, "\"cache\", \"storage\"")] {
            let fields: &[_] = if is_empty { &[("vide", "oui")] } else { &[] };
            let cookie = site.person(Role::Applicant);
            let out = site.post(&cookie, "/deconnexion", fields).await;
            assert_eq!((out.status().as_u16(), out.headers()["clear-site-data"].to_str().unwrap()), (303, told));
            assert!(!opens(&site, &cookie).await, "nor does the server know it any more");
        }
    }
}

#[actix_web::test]
async fn the_account_says_until_when_each_device_is_signed_in() {
    let site = usual(Site::at(monday().plus_minutes(9 * 60)));
    let cookie = site.person(Role::Finance);
    let page = site.get(&cookie, "/compte").await.text().await.unwrap();
    let row = page.split("data-label=\"Connecté jusqu’à\">").nth(1).unwrap().split("</td>").next().unwrap();
    let row = row.replace('\u{a0}', " ");
    for said in ["9 h 30", "sans nouvelle visite", "21 h 00", "au plus tard"] {
        assert!(row.contains(said), "{said}: {row}");
    }
}

#[actix_web::test]
async fn two_tabs_may_sign_out_at_once() {
    for site in usual_sites() {
        let (cookie, now) = (site.person(Role::Applicant), site.clock.now());
        let token = cookie.strip_prefix("sid=").unwrap();
        let signed_in = site.db.read(|conn| sign_ins::of_token(conn, token, now)).unwrap().unwrap();
        for _ in 0..2 {
            site.db.write(|tx| sign_ins::leave(tx, signed_in.id, signed_in.sign_in, now)).unwrap();
        }
        assert_eq!(site.db.read(|conn| sign_ins::of_token(conn, token, now)).unwrap(), None);
    }
}

//! A password is chosen by whoever types the one there is, or has come in by a link because it was forgotten: a screen left
//! open is not enough.

use super::people::links;
use crate::support::{
    databases::{TestDb, each_database},
    site::Site,
    smtp::{Mail as Arrived, Sink},
};
use tisserand::{
    domain::{ids::PersonId, letters::Letter, lifecycle::Refusal, roles::Role, time::Moment},
    mail::{Transport, Worker},
    store::Tx,
    usecases::{
        Actor, Outcome, login_links,
        own_passwords::{self, FORGOTTEN},
        people,
    },
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

fn applicant(site: &Site) -> PersonId {
    site.db.read(|conn| people::by_email(conn, &ADDRESS.parse().unwrap())).unwrap()
}

fn press(_: &Letter) -> Result<Vec<u8>, String> {
    Ok(b"%PDF-1.4".to_vec())
}

/// What reaches the applicant when everything owed leaves.
async fn told(site: &Site, sink: &Sink) -> Vec<Arrived> {
    let (before, transport) = (sink.mails().len(), Transport::smtp(&sink.url()).unwrap());
    let from = "Lianes coopération <fonds@example.org>".parse().unwrap();
    let mut worker = Worker::new(site.db.clone(), site.clock.clone(), site.files.clone(), transport, from, press);
    worker.drain().await.unwrap();
    let mut arrived = sink.mails().split_off(before);
    arrived.retain(|mail| mail.to == [ADDRESS]);
    arrived
}

/// The cookie a browser is told to keep.
fn kept(sent: &reqwest::Response) -> String {
    let cookies = sent.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let cookie = cookies.into_iter().find(|cookie| cookie.starts_with("sid=")).unwrap();
    cookie.split(';').next().unwrap().to_owned()
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
    (led, kept(&came))
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

#[actix_web::test]
async fn whoever_did_not_choose_a_password_learns_of_it_by_mail_and_replaces_it_by_the_link() {
    for own in each_database() {
        let (site, sink) = (Site::over(&own, monday().plus_minutes(9 * 60)), Sink::open());
        let open = site.person(Role::Applicant);
        assert_eq!(chooses(&site, &open, "").await.0, 303);
        let mails = told(&site, &sink).await;
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        assert_eq!(mail.subject(), "Un mot de passe a été choisi pour votre compte à Lianes coopération");
        let text = mail.text();
        let when = "le 7\u{a0}décembre 2026 à 9\u{a0}h\u{a0}00 (heure de Paris)";
        for said in [when, "Ce n’est pas vous", "Appareil"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert!(!mail.raw.contains(NEW) && !text.contains(NEW), "{text}");
        let door = text.split("/connexion/lien/").nth(1).unwrap();
        let door: String = door.chars().take_while(char::is_ascii_hexdigit).collect();
        // Read on Wednesday; looking at the page uses nothing up.
        site.clock.set(site.clock.now().plus_days(2));
        let (door, thief) = (format!("/connexion/lien/{door}"), site.person(Role::Applicant));
        assert_eq!(site.get(&thief, "/compte").await.status(), 200);
        assert_eq!(site.get("", &door).await.status(), 200);
        let came = site.post("", &door, &[]).await;
        assert_eq!((came.status().as_u16(), came.headers()["location"].to_str().unwrap()), (303, FORGOTTEN));
        let fields = [("mot_de_passe", "trois hérons au bord de l’eau")];
        assert_eq!(site.post(&kept(&came), "/compte/mot-de-passe", &fields).await.status(), 303);
        assert_eq!(site.get(&thief, "/compte").await.status(), 303, "the thief is out");
        let again = told(&site, &sink).await;
        let subjects: Vec<_> = again.iter().map(Arrived::subject).collect();
        assert_eq!(subjects, ["Le mot de passe de votre compte à Lianes coopération a changé"]);
        assert!(told(&site, &sink).await.is_empty(), "each is told of once");
    }
}

#[actix_web::test]
async fn a_password_that_the_team_takes_away_is_told_of_and_one_that_was_not_there_is_not() {
    for own in each_database() {
        let (site, sink) = (Site::over(&own, monday()), Sink::open());
        with_password(&site);
        let (id, now) = (applicant(&site), site.clock.now());
        let email = "ada@essai.example".parse().unwrap();
        let admin = own.write(|tx| people::ensure(tx, &email, "Ada Admin", Role::Admin, now)).unwrap();
        let admin = Actor::person(admin, vec![Role::Admin]);
        own.write(|tx| people::reset(tx, id, now)).unwrap();
        let mails = told(&site, &sink).await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        let text = mails[0].text();
        assert!(text.contains("a retiré le mot de passe") && text.contains("/connexion?suite=/compte"), "{text}");
        own.write(|tx| people::disable(tx, &admin, id, now)).unwrap();
        assert!(told(&site, &sink).await.is_empty(), "there was none any more");
        own.write(|tx| people::enable(tx, &admin, id)).unwrap();
        own.write(|tx| people::give_password(tx, id, FORMER, now)).unwrap();
        own.write(|tx| people::disable(tx, &admin, id, now)).unwrap();
        let mails = told(&site, &sink).await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        let text = mails[0].text();
        assert!(text.contains("a fermé votre accès") && !text.contains("/connexion"), "{text}");
    }
}

#[test]
fn a_choice_that_is_not_kept_sends_nothing() {
    for own in each_database() {
        let site = Site::over(&own, monday());
        site.person(Role::Applicant);
        let (id, now) = (applicant(&site), site.clock.now());
        let undone = own.write(|tx: &mut Tx| -> Outcome<()> {
            own_passwords::choose(tx, id, "$argon2id$", "Firefox", now)?;
            Err(Refusal::because("Non.").into())
        });
        assert!(undone.is_err());
        assert!(links(&own).is_empty());
        assert!(own.read(|conn| tisserand::store::people::find(conn, id)).unwrap().password_hash.is_none());
    }
}

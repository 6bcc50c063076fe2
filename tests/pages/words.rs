//! Numbers that agree, things told as done, days that are over.

use super::text;
use crate::support::{
    databases::sqlite,
    grants::{IBANS, Paying},
    programme::{Programme, closed, open},
    site::Site,
};
use tisserand::domain::{
    money::Euros,
    text::{counted, tally},
    time::Moment,
};

fn at(day: &str) -> Moment {
    Moment::start_of_day(day.parse().unwrap())
}

#[test]
fn a_count_agrees_with_its_noun() {
    let of = |count: i64| tally(count, "aucun", "dossier", "dossiers").replace('\u{a0}', " ");
    assert_eq!([0, 1, 2].map(of), ["aucun dossier", "1 dossier", "2 dossiers"]);
    assert_eq!(counted(0, "jour", "jours"), "0\u{a0}jour");
}

#[actix_web::test]
async fn the_tallies_of_a_call_agree() {
    let world = Programme::on(sqlite());
    world.filed(1, 3_000);
    let site = Site::over(&world.db, closed());
    let officer = site.cookie_of(&world.officer);
    let list = "/appels-a-projets";
    assert!(text(site.get(&officer, list).await, 200).await.contains("<strong>1</strong> déposé<"));
    world.filed(2, 3_000);
    assert!(text(site.get(&officer, list).await, 200).await.contains("<strong>2</strong> déposés<"));
}

#[actix_web::test]
async fn a_timeline_says_what_was_done() {
    let world = Programme::on(sqlite());
    let (holder, id) = world.filed(1, 3_000);
    let site = Site::over(&world.db, open());
    for (who, path) in [(&holder, format!("/dossiers/{id}")), (&world.officer, format!("/instruction/{id}"))] {
        let page = text(site.get(&site.cookie_of(who), &path).await, 200).await;
        let told = page.split("class=\"timeline\"").nth(1).unwrap();
        assert!(told.contains("<strong>Dossier déposé</strong>") && told.contains("<strong>Dossier commencé</strong>"));
        assert!(!told.contains("Déposer le dossier"), "{told}");
    }
}

#[actix_web::test]
async fn a_day_that_is_over_is_never_an_ordinary_deadline() {
    let world = Programme::on(sqlite());
    let (holder, id, _) = world.in_review(1, 3_000);
    let (_, draft) = world.complete(2, 3_000);
    let site = Site::over(&world.db, at("2027-06-01"));
    let page = text(site.get(&site.cookie_of(&holder), &format!("/dossiers/{id}")).await, 200).await;
    assert!(page.contains("class=\"late\">était attendu le 22 mars 2027, en retard de 71 jours"), "{page}");
    let page = text(site.get(&site.cookie_of(&world.officer), &format!("/instruction/{id}")).await, 200).await;
    assert!(page.contains("était attendu le 11 mars 2027, en retard de 82 jours"), "{page}");
    let page = text(
        site.get(
            &site.cookie_of(&crate::support::programme::person(
                &world.db,
                "Porteuse 2",
                tisserand::domain::roles::Role::Applicant,
            )),
            &format!("/dossiers/{draft}"),
        )
        .await,
        200,
    )
    .await;
    assert!(page.contains("l’appel est fermé") && !page.contains("<dd>Vous</dd>"), "{page}");
}

#[actix_web::test]
async fn a_late_report_and_a_late_answer_are_told_to_both_sides() {
    let paying = Paying::on(sqlite());
    let grantee = paying.award("Les Passeurs", Euros::whole(10_000));
    let silent = paying.award("Le Fil", Euros::whole(5_000));
    paying.announce();
    paying.ready(&grantee, "Les Passeurs", IBANS[0]);
    let site = Site::over(&paying.db, at("2031-01-01"));
    let (holder, officer) = (site.cookie_of(&grantee.holder), site.cookie_of(&paying.officer));
    let mine = text(site.get(&holder, &format!("/subventions/{}", grantee.grant)).await, 200).await;
    let report = mine.split(&format!("/subventions/{}/bilans/", grantee.grant)).nth(1).unwrap();
    let report = report.split('"').next().unwrap().to_owned();
    let pages = [
        (&holder, format!("/subventions/{}/bilans/{report}", grantee.grant)),
        (&officer, format!("/suivi/bilans/{report}")),
    ];
    for (cookie, path) in pages {
        let page = text(site.get(cookie, &path).await, 200).await;
        assert!(page.contains("class=\"late\">était attendu le") && !page.contains("avant le "), "{page}");
    }
    let offer =
        text(site.get(&site.cookie_of(&silent.holder), &format!("/subventions/{}", silent.grant)).await, 200).await;
    assert!(!offer.contains("Répondez avant le"), "{offer}");
}

#[actix_web::test]
async fn nothing_typed_is_no_gap() {
    let (paying, grantee) = Paying::granted(sqlite(), "Les Passeurs", Euros::whole(10_000));
    let all = paying.db.read(|conn| tisserand::store::reports::of_grant(conn, grantee.grant)).unwrap();
    let site = Site::over(&paying.db, paying.now);
    let holder = site.cookie_of(&grantee.holder);
    let start = |tx: &mut tisserand::store::Tx| {
        tisserand::usecases::reports::start(tx, &grantee.holder, all[0].id, 0, paying.now).map(drop)
    };
    paying.does(start).unwrap();
    let path = format!("/subventions/{}/bilans/{}", grantee.grant, all[0].id);
    let page = text(site.get(&holder, &path).await, 200).await;
    assert!(page.contains("data-label=\"Écart\"></td>"), "{page}");
    assert!(!page.contains("data-label=\"Écart\">−"), "{page}");
}

/// The signs of a template that an ordinary space leaves alone at the start of the next line.
fn loose_signs(source: &str) -> Vec<String> {
    let signs: Vec<char> = source.chars().collect();
    let is_code = |c: char| c == '=' || c.is_alphanumeric();
    let mut loose = Vec::new();
    for (place, window) in signs.windows(3).enumerate() {
        let before = place.checked_sub(1).map_or('\n', |at| signs[at]);
        let follows = before.is_alphanumeric() || ")»}>…".contains(before);
        let closes = window[0] == ' ' && ";!?:»".contains(window[1]) && !is_code(window[2]) && follows;
        if closes || (window[0] == '«' && window[1] == ' ') {
            loose.push(signs[place.saturating_sub(20)..place + 3].iter().collect());
        }
    }
    loose
}

/// Every template, with its place.
fn templates() -> Vec<(String, String)> {
    let (mut folders, mut read) = (vec![crate::support::root().join("templates")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "html") {
                read.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(read.len() > 80, "{} templates", read.len());
    read
}

#[test]
fn no_sign_of_punctuation_falls_to_the_next_line() {
    assert_eq!(loose_signs("<h2>Et après ?</h2> « oui"), ["<h2>Et après ?<", "<h2>Et après ?</h2> « o"]);
    assert_eq!(loose_signs("<h2>Et après\u{202f}?</h2>{% if a && !b %} «\u{a0}oui\u{a0}»"), Vec::<String>::new());
    let said = |(place, source): (String, String)| -> Vec<String> {
        loose_signs(&source).into_iter().map(|sign| format!("{place}: {sign}")).collect()
    };
    let loose: Vec<_> = templates().into_iter().flat_map(said).collect();
    assert_eq!(loose, Vec::<String>::new());
}

#[test]
fn a_long_text_of_every_form_stays_on_the_device_until_it_is_sent() {
    let areas = ["fields::textarea(", "<textarea", "inputs::groups(", "questions::question("];
    let (mut read, mut lost) = (0, Vec::new());
    for (place, source) in templates() {
        for form in source.split("<form ").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let tag = form.split('>').next().unwrap();
            let is_sent = tag.contains("method=\"post\"") && tag.contains("action=");
            if !is_sent || !areas.iter().any(|area| form.contains(area)) {
                continue;
            }
            read += 1;
            if !tag.contains("data-keep") && !tag.contains("data-queue") {
                lost.push(format!("{place}: <form {tag}>"));
            }
        }
    }
    assert!(read > 30, "{read} forms");
    assert_eq!(lost, Vec::<String>::new());
}

//! Fields that save by themselves: what is sent once, twice, too late or by two people.

use super::{
    edits::{draft_of_two, marks},
    pages::{field, text},
};
use crate::support::{
    databases::{self, each_database},
    programme::{Programme, closed, open},
    site::Site,
};
use serde_json::Value;
use std::sync::atomic::Ordering;
use tisserand::{
    domain::{roles::Role, time::Moment},
    store::Db,
    usecases::{edits::mark, reference_data},
};

pub(super) const PAGE: &str = "a1b2c3d4e5f6";
pub(super) const OTHER: &str = "0123456789ab";

fn winter() -> Moment {
    Moment::start_of_day("2026-12-01".parse().unwrap())
}

pub(super) fn site_over(db: &Db) -> Site {
    let site = Site::over(db, winter()).with_calls();
    site.db.write(reference_data::load).unwrap();
    site
}

/// Somebody at an open page of one section.
pub(super) struct Pen<'a> {
    site: &'a Site,
    cookie: &'a str,
    path: String,
    person: String,
    page: &'static str,
}

pub(super) async fn pen<'a>(
    site: &'a Site,
    cookie: &'a str,
    dossier: &str,
    section: &str,
    page: &'static str,
) -> Pen<'a> {
    let path = format!("{dossier}/rubriques/{section}");
    let html = text(site.get(cookie, &path).await, 200).await;
    let person = html.split("data-person=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    Pen { site, cookie, path, person, page }
}

impl Pen<'_> {
    /// Sends one change of one field, of which `seen` was shown.
    pub(super) async fn sends(&self, number: u32, name: &str, seen: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let (number, seen, seen_name) = (number.to_string(), mark(seen), format!("vu-{name}"));
        let mut all = vec![
            ("envoi-champ", name),
            ("envoi-page", self.page),
            ("envoi-numero", &number),
            ("envoi-personne", &self.person),
            (&seen_name, &seen),
        ];
        all.extend_from_slice(fields);
        let reply = self.site.post(self.cookie, &format!("{}/champs", self.path), &all).await;
        let status = reply.status().as_u16();
        (status, reply.json().await.unwrap_or_default())
    }

    /// The same for a field with one value; the state it gets.
    pub(super) async fn writes(&self, number: u32, name: &str, seen: &str, value: &str) -> String {
        let (status, answer) = self.sends(number, name, seen, &[(name, value)]).await;
        assert_eq!(status, 200, "{answer}");
        answer["state"].as_str().unwrap().to_owned()
    }

    pub(super) async fn page(&self) -> String {
        text(self.site.get(self.cookie, &self.path).await, 200).await
    }

    async fn shows(&self, value: &str) -> bool {
        self.page().await.contains(&format!("value=\"{value}\""))
    }
}

#[actix_web::test]
async fn each_field_saves_by_itself_on_either_database() {
    for db in each_database() {
        let site = site_over(&db);
        let (dossier, mine, _) = draft_of_two(&site).await;
        let project = pen(&site, &mine, &dossier, "projet", PAGE).await;
        let (_, answer) = project.sends(1, "titre", "", &[("titre", "  Le tour des lacs ")]).await;
        assert_eq!(
            (&answer["state"], &answer["mark"]),
            (&"saved".into(), &mark("Le tour des lacs").into()),
            "{answer}"
        );
        assert!(answer["left"].as_i64().unwrap() > 86_400, "the page learns how long the sign-in lasts");
        assert_eq!(project.writes(2, "resume", "", "Des ateliers.").await, "saved");
        let page = project.page().await;
        assert!(page.contains("value=\"Le tour des lacs\"") && page.contains("Des ateliers."), "{page}");
        assert_eq!(project.writes(3, "titre", "Le tour des lacs", "").await, "saved", "emptied");
        assert!(!project.shows("Le tour des lacs").await);

        let partners = pen(&site, &mine, &dossier, "partenaires", PAGE).await;
        let row = [("partenaire-1-nom", "Médiathèque"), ("partenaire-1-role", "prête la salle")];
        assert_eq!(partners.sends(1, "partenaires", "", &row).await.1["state"], "saved");
        let (_, unnamed) = partners
            .sends(2, "partenaires", "Médiathèque, prête la salle, FR", &[("partenaire-0-role", "prête la salle")])
            .await;
        assert_eq!(unnamed["state"], "saved", "a row without a name is kept too: {unnamed}");
        assert_eq!(unnamed["wrong"][0][0], "partenaire-0-nom");
        assert!(partners.shows("prête la salle").await);
    }
}

#[actix_web::test]
async fn amounts_come_back_with_the_totals_of_the_whole_budget() {
    for db in each_database() {
        let site = site_over(&db);
        let (dossier, mine, _) = draft_of_two(&site).await;
        pen(&site, &mine, &dossier, "projet", PAGE).await.writes(1, "montant", "", "750").await;
        let budget = pen(&site, &mine, &dossier, "budget", PAGE).await;
        assert_eq!(budget.writes(1, "montant-62.3", "", "1 000").await, "saved");
        let (_, answer) = budget.sends(2, "montant-60.1", "", &[("montant-60.1", "250,50")]).await;
        let totals = &answer["totals"];
        assert_eq!(totals["expense"].as_str().unwrap().replace('\u{202f}', " "), "1 250,50\u{a0}€", "{answer}");
        assert_eq!(totals["income"], "750\u{a0}€", "the grant asked for counts");
        assert!(totals["sentence"].as_str().unwrap().starts_with("Il manque 500,50"), "{answer}");
        assert_eq!((&totals["is_even"], totals["parts"].as_array().unwrap().len()), (&false.into(), 4));

        let (_, answer) = budget.sends(3, "montant-60.1", "250.50", &[("montant-60.1", "douze")]).await;
        assert_eq!(answer["state"], "unreadable");
        assert!(answer["wrong"][0][1].as_str().unwrap().contains("n’est pas un montant"), "{answer}");
        let page = budget.page().await;
        assert!(page.contains("value=\"1000") && page.contains(&field(&page, "montant-60.1")), "{page}");
        assert_ne!(field(&page, "montant-60.1"), "", "what cannot be read takes nothing away");
        assert_eq!(budget.writes(4, "montant-60.1", &field(&page, "montant-60.1"), "0").await, "saved");
        assert_eq!(field(&budget.page().await, "montant-60.1"), "", "nothing is no line");
    }
}

#[actix_web::test]
async fn a_change_sent_again_changes_nothing_and_is_answered_alike() {
    for db in each_database() {
        let site = site_over(&db);
        let (dossier, mine, theirs) = draft_of_two(&site).await;
        let me = pen(&site, &mine, &dossier, "projet", PAGE).await;
        let colleague = pen(&site, &theirs, &dossier, "projet", OTHER).await;
        let first = me.sends(1, "titre", "", &[("titre", "Lacs")]).await;
        assert_eq!(me.sends(1, "titre", "", &[("titre", "Lacs")]).await, first);
        // Even when somebody has put back what was there before, the repeated change does not come through.
        assert_eq!(colleague.writes(1, "titre", "Lacs", "").await, "saved");
        assert_eq!(me.sends(1, "titre", "", &[("titre", "Lacs")]).await, first);
        assert!(!me.shows("Lacs").await);
        assert_eq!(me.writes(2, "titre", "Lacs", "Lacs bleus").await, "contested", "the emptied field is told");
    }
}

#[actix_web::test]
async fn a_change_that_comes_too_late_never_covers_a_later_one() {
    for db in each_database() {
        let site = site_over(&db);
        let (dossier, mine, _) = draft_of_two(&site).await;
        let me = pen(&site, &mine, &dossier, "projet", PAGE).await;
        assert_eq!(me.writes(5, "titre", "", "Le tour des lacs").await, "saved");
        assert_eq!(me.writes(4, "titre", "", "Le tour des").await, "older");
        assert!(me.shows("Le tour des lacs").await);
        assert_eq!(me.writes(6, "titre", "Le tour des lacs", "").await, "saved", "back to nothing, as it was shown");
        assert_eq!(me.writes(3, "titre", "", "Le").await, "older", "though what it had seen is stored again");
        assert!(!me.shows("Le").await);
    }
}

#[actix_web::test]
async fn a_lost_answer_never_makes_somebody_contest_themselves() {
    for db in each_database() {
        let site = site_over(&db);
        let (dossier, mine, _) = draft_of_two(&site).await;
        let me = pen(&site, &mine, &dossier, "projet", PAGE).await;
        let shown = me.page().await;
        assert_eq!(me.writes(1, "titre", "", "Le tour").await, "saved");
        assert_eq!(me.writes(2, "titre", "", "Le tour des lacs").await, "saved", "its page still holds the first mark");
        // Nor does the button, pressed on the same page.
        let mut form = marks(&shown);
        form.extend([("envoi-page".into(), PAGE.into()), ("titre".into(), "Le tour des lacs du Nord".into())]);
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(site.post(&mine, &me.path, &form).await.status(), 303);
        assert!(me.shows("Le tour des lacs du Nord").await);
    }
}

#[actix_web::test]
async fn a_page_that_takes_up_what_an_earlier_one_left_continues_it() {
    for db in each_database() {
        let site = site_over(&db);
        let (dossier, mine, _) = draft_of_two(&site).await;
        let closed = pen(&site, &mine, &dossier, "projet", PAGE).await;
        let opened = pen(&site, &mine, &dossier, "projet", OTHER).await;
        assert_eq!(closed.writes(1, "titre", "", "Le tour").await, "saved", "though the answer never came");
        let more = [("titre", "Le tour des lacs"), ("envoi-suite", "a1b2c3d4e5f6.1")];
        assert_eq!(opened.sends(1, "titre", "", &more).await.1["state"], "saved");
        // What the earlier page wrote after what was taken up has not been seen.
        assert_eq!(closed.writes(2, "titre", "Le tour des lacs", "Le tour du monde").await, "saved");
        let more = [("titre", "Le tour des mers"), ("envoi-suite", "a1b2c3d4e5f6.1")];
        assert_eq!(opened.sends(2, "titre", "", &more).await.1["state"], "contested");
    }
}

#[actix_web::test]
async fn two_who_write_in_one_field_get_both_texts() {
    for db in each_database() {
        let site = site_over(&db);
        let (dossier, mine, theirs) = draft_of_two(&site).await;
        let me = pen(&site, &mine, &dossier, "projet", PAGE).await;
        let colleague = pen(&site, &theirs, &dossier, "projet", OTHER).await;
        assert_eq!(me.writes(1, "titre", "", "Des lacs").await, "saved");
        let (_, answer) = colleague.sends(1, "titre", "", &[("titre", "Des mers")]).await;
        assert_eq!((&answer["state"], &answer["theirs"]["text"]), (&"contested".into(), &"Des lacs".into()));
        assert_eq!(answer["theirs"]["fields"], serde_json::json!([["titre", "Des lacs"]]));
        assert!(colleague.shows("Des lacs").await, "nothing is overwritten");
        assert_eq!(colleague.writes(2, "titre", "", "Des mers et").await, "contested", "not by going on either");
        assert_eq!(colleague.writes(3, "titre", "Des lacs", "Des mers").await, "saved", "having seen theirs");
        assert_eq!(me.writes(2, "titre", "Des lacs", "Des lacs bleus").await, "contested");
        assert_eq!(
            me.writes(3, "titre", "Des lacs", "Des lacs").await,
            "contested",
            "left as it was shown: theirs is told"
        );

        let me = pen(&site, &mine, &dossier, "sens", PAGE).await;
        let colleague = pen(&site, &theirs, &dossier, "sens", OTHER).await;
        assert_eq!(me.sends(1, "odd", "", &[("odd", "4"), ("odd", "13")]).await.1["state"], "saved");
        let (_, answer) = colleague.sends(1, "odd", "", &[("odd", "14")]).await;
        assert_eq!(answer["theirs"]["fields"], serde_json::json!([["odd", "4"], ["odd", "13"]]), "{answer}");
        assert!(answer["theirs"]["text"].as_str().unwrap().contains("4. "), "in words: {answer}");
    }
}

#[actix_web::test]
async fn what_no_honest_hand_types_is_kept_or_refused_in_words() {
    for db in each_database() {
        let site = site_over(&db);
        let (dossier, mine, _) = draft_of_two(&site).await;
        let me = pen(&site, &mine, &dossier, "projet", PAGE).await;
        let long = "mot ".repeat(3_000);
        let (_, answer) = me.sends(1, "description", "", &[("description", &long)]).await;
        assert_eq!(answer["state"], "saved", "too many words are kept: {answer}");
        assert_eq!(answer["wrong"][0][0], "description", "and said beside the field: {answer}");
        assert_eq!(me.writes(2, "titre", "", "Fête\u{0} des \u{202e}lacs\u{2066} 🌊").await, "saved");
        assert!(me.shows("Fête des lacs 🌊").await);
        assert_eq!(me.sends(3, "titre", "", &[("titre", &"a".repeat(2 << 20))]).await.0, 413);
        for (page, number) in [("court", 1), ("une page !!", 1), (PAGE, 0)] {
            let me = Pen { page, path: me.path.clone(), person: me.person.clone(), ..me };
            assert_eq!(me.sends(number, "titre", "", &[("titre", "x")]).await.0, 422, "{page} {number}");
        }
        for unknown in ["", "absent", "montant-60.1", "partenaires", "vu-titre"] {
            let (status, answer) = me.sends(9, unknown, "", &[(unknown, "x")]).await;
            assert_eq!((status, &answer["state"]), (200, &"not_asked".into()), "{unknown}: {answer}");
        }
        assert!(me.shows("Fête des lacs 🌊").await);
    }
}

#[actix_web::test]
async fn only_its_own_people_write_and_only_under_their_own_name() {
    for db in each_database() {
        let site = site_over(&db);
        let (dossier, mine, theirs) = draft_of_two(&site).await;
        let me = pen(&site, &mine, &dossier, "projet", PAGE).await;
        let nobody = site.post("", &format!("{}/champs", me.path), &[("titre", "x")]).await;
        assert_eq!(nobody.status(), 303, "the way to the sign-in");
        let other = Pen { cookie: &theirs, path: me.path.clone(), person: me.person.clone(), ..me };
        let (status, answer) = other.sends(1, "titre", "", &[("titre", "x")]).await;
        assert_eq!((status, &answer["state"]), (409, &"somebody_else".into()), "the page is not theirs");
        let stranger = site.person(Role::Officer);
        assert_eq!(site.post(&stranger, &format!("{}/champs", me.path), &[]).await.status(), 404);
        let path = me.path.replace(&dossier, "/dossiers/0198c0a1-7b5c-7def-8123-456789abcdef");
        let elsewhere = Pen { path, person: me.person.clone(), ..me };
        assert_eq!(elsewhere.sends(1, "titre", "", &[("titre", "x")]).await.0, 404);
    }
}

#[actix_web::test]
async fn a_closed_call_still_keeps_what_is_typed_and_a_filed_application_does_not() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (holder, id) = programme.complete(1, 3_000);
        let site = Site::over(&programme.db, closed());
        let (cookie, dossier) = (site.cookie_of(&holder), format!("/dossiers/{id}"));
        let me = pen(&site, &cookie, &dossier, "projet", PAGE).await;
        let known = field(&me.page().await, "titre");
        assert_eq!(me.writes(1, "titre", &known, "Après la clôture").await, "saved");
        assert!(me.page().await.contains("Le dépôt était possible jusqu’au"), "and the page says that it is over");
        site.clock.set(open());
        programme.submit(&holder, id);
        let (status, answer) = me.sends(2, "titre", "Après la clôture", &[("titre", "Trop tard")]).await;
        assert_eq!((status, &answer["state"]), (409, &"refused".into()), "{answer}");
        assert!(answer["wrong"][0][1].as_str().is_some_and(|why| !why.is_empty()), "{answer}");
        assert_eq!(programme.application(id).title, "Après la clôture");
    }
}

#[actix_web::test]
async fn an_answer_that_brings_questions_says_which() {
    for db in each_database() {
        let site = site_over(&db);
        let (dossier, mine, _) = draft_of_two(&site).await;
        let me = pen(&site, &mine, &dossier, "public", PAGE).await;
        let (_, answer) = me.sends(1, "eloigne", "", &[("eloigne", "oui")]).await;
        let asked = |answer: &Value| answer["asked"].to_string().contains("comment_eloigne");
        assert!(asked(&answer), "{answer}");
        let (_, answer) = me.sends(2, "eloigne", "oui", &[("eloigne", "non")]).await;
        assert!(answer["asked"].is_array() && !asked(&answer), "{answer}");
        assert!(me.sends(3, "nombre", "", &[("nombre", "40")]).await.1["asked"].is_null());
    }
}

#[actix_web::test]
async fn saving_one_field_asks_the_database_little() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("counted.db").display());
    let questions = databases::counter();
    let db = Db::open_counting(&url, questions.clone()).unwrap();
    db.migrate().unwrap();
    let site = site_over(&db);
    let (dossier, mine, _) = draft_of_two(&site).await;
    let me = pen(&site, &mine, &dossier, "projet", PAGE).await;
    me.writes(1, "description", "", "Une première phrase").await;
    let cost = async |number, value: &'static str| {
        let before = questions.load(Ordering::Relaxed);
        me.writes(number, "description", "Une première phrase", value).await;
        questions.load(Ordering::Relaxed) - before
    };
    // The sign-in, five reads, three writes, and the statements around a transaction.
    assert!(cost(2, "Une première phrase, puis une autre").await <= 13);
    assert!(cost(2, "Une première phrase, puis une autre").await <= 10, "a repeated change writes nothing");
    assert!(cost(1, "Une première phrase").await <= 10, "nor does a late one");
}

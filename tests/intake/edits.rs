//! Two people of one organisation write in the same section, each on a page of their own.

use super::pages::{ORGANISATION, field, site, start, text};
use crate::support::site::Site;
use tisserand::{
    domain::roles::Role,
    store::{StoreError, Tx, organisations as rows},
    usecases::{people, sign_ins},
};

/// A draft, its author's cookie and that of a colleague.
pub async fn draft_of_two(site: &Site) -> (String, String, String) {
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await.status(), 303);
    let dossier = start(site, &cookie, "RECITAL-2027-1").await;
    let now = site.clock.now();
    let colleague = site.db.write(|tx: &mut Tx| {
        let author = people::ensure(tx, &"applicant@essai.example".parse().unwrap(), "", Role::Applicant, now)?;
        let id = people::ensure(tx, &"collegue@essai.example".parse().unwrap(), "Camille", Role::Applicant, now)?;
        let organisation = rows::of_person(tx.conn(), author)?[0].id;
        let seat = rows::seat_of(tx.conn(), organisation, author)?.ok_or(StoreError::NotFound)?;
        let row = rows::MemberRow { organisation_id: organisation, person_id: id, seat, since: now };
        rows::insert_member(tx, &row)?;
        sign_ins::open(tx, id, "Essai", now)
    });
    (dossier, cookie, format!("sid={}", colleague.unwrap()))
}

/// The marks a page sends back with its form.
pub fn marks(html: &str) -> Vec<(String, String)> {
    let names = html.split("name=\"vu-").skip(1).map(|rest| rest.split('"').next().unwrap());
    names.map(|name| (format!("vu-{name}"), field(html, &format!("vu-{name}")))).collect()
}

/// Sends the form of a page once shown, with these fields filled in.
pub async fn send(site: &Site, cookie: &str, path: &str, shown: &str, typed: &[(&str, &str)]) -> reqwest::Response {
    let marks = marks(shown);
    let marks = marks.iter().map(|(name, mark)| (name.as_str(), mark.as_str()));
    site.post(cookie, path, &marks.chain(typed.iter().copied()).collect::<Vec<_>>()).await
}

#[actix_web::test]
async fn what_somebody_else_wrote_is_shown_beside_mine_and_the_next_save_decides() {
    let site = site();
    let (dossier, mine, theirs) = draft_of_two(&site).await;
    let path = format!("{dossier}/rubriques/projet");
    let shown = text(site.get(&mine, &path).await, 200).await;
    let others = [("titre", "Des lacs et des mers"), ("resume", "Des ateliers au bord de l’eau.")];
    assert_eq!(send(&site, &theirs, &path, &shown, &others).await.status(), 303);

    let typed = [("titre", "Le tour des lacs"), ("resume", ""), ("montant", "3000")];
    let page = text(send(&site, &mine, &path, &shown, &typed).await, 422).await;
    assert!(page.contains("value=\"Le tour des lacs\""), "my text stays in the field: {page}");
    assert!(page.contains("Ce qu’a écrit l’autre personne") && page.contains("Des lacs et des mers"), "{page}");
    assert!(page.contains("Une autre personne a changé cette réponse"), "{page}");
    assert_eq!(page.matches("Ce qu’a écrit l’autre personne").count(), 1, "an answer I left alone is not contested");
    assert!(page.contains("Des ateliers au bord de l’eau."), "and theirs is now on my page");
    let stored = text(site.get(&theirs, &path).await, 200).await;
    assert!(stored.contains("value=\"Des lacs et des mers\"") && stored.contains("value=\"3000"), "{stored}");

    let again = [("titre", "Le tour des lacs"), ("resume", "Des ateliers au bord de l’eau."), ("montant", "3000")];
    assert_eq!(send(&site, &mine, &path, &page, &again).await.status(), 303);
    assert!(text(site.get(&theirs, &path).await, 200).await.contains("value=\"Le tour des lacs\""));
}

#[actix_web::test]
async fn two_people_fill_in_different_lines_of_one_budget() {
    let site = site();
    let (dossier, mine, theirs) = draft_of_two(&site).await;
    let path = format!("{dossier}/rubriques/budget");
    let shown = text(site.get(&mine, &path).await, 200).await;
    let fields: Vec<String> = marks(&shown).into_iter().map(|(name, _)| name.replace("vu-", "")).collect();
    let only = |line: &str, amount: &'static str| -> Vec<(&str, &str)> {
        fields.iter().map(|field| (field.as_str(), if field == line { amount } else { "" })).collect()
    };
    for (who, line, amount) in [(&theirs, "montant-60.1", "250"), (&mine, "montant-62.3", "1 000")] {
        let page = send(&site, who, &path, &shown, &only(line, amount)).await.text().await.unwrap();
        assert!(!page.contains("vient d’écrire"), "the budget is not balanced, but nobody is in the way: {page}");
    }
    let page = text(site.get(&mine, &path).await, 200).await;
    assert!(page.contains("value=\"250") && page.contains("value=\"1000"), "both lines are there: {page}");

    let page = text(send(&site, &mine, &path, &shown, &only("montant-60.1", "300")).await, 422).await;
    assert!(page.contains("value=\"300\"") && page.contains("vient d’écrire 250"), "{page}");
    assert!(page.contains("value=\"1000"), "the line I did not touch stays");
}

#[actix_web::test]
async fn the_partners_of_another_page_are_not_overwritten() {
    let site = site();
    let (dossier, mine, theirs) = draft_of_two(&site).await;
    let path = format!("{dossier}/rubriques/partenaires");
    let shown = text(site.get(&mine, &path).await, 200).await;
    let named = |name: &'static str| [("partenaire-0-nom", name), ("partenaire-0-role", "prête la salle")];
    assert_eq!(send(&site, &theirs, &path, &shown, &named("Médiathèque")).await.status(), 303);
    let page = text(send(&site, &mine, &path, &shown, &named("Maison des jeunes")).await, 422).await;
    assert!(page.contains("value=\"Maison des jeunes\"") && page.contains("Médiathèque, prête la salle, FR"), "{page}");
    assert_eq!(send(&site, &mine, &path, &page, &named("Maison des jeunes")).await.status(), 303);
    assert!(text(site.get(&theirs, &path).await, 200).await.contains("Maison des jeunes"));
}

#[actix_web::test]
async fn an_answer_the_page_did_not_ask_is_kept() {
    let site = site();
    let (dossier, mine, _) = draft_of_two(&site).await;
    let path = format!("{dossier}/rubriques/public");
    let shown = text(site.get(&mine, &path).await, 200).await;
    send(&site, &mine, &path, &shown, &[("eloigne", "oui"), ("nombre", "40")]).await;
    let shown = text(site.get(&mine, &path).await, 200).await;
    assert!(shown.contains("name=\"comment_eloigne\""), "asked because of the answer before");
    let how = "Avec le centre social.";
    send(&site, &mine, &path, &shown, &[("eloigne", "non"), ("nombre", "40"), ("comment_eloigne", how)]).await;
    let without = text(site.get(&mine, &path).await, 200).await;
    assert!(!without.contains("name=\"comment_eloigne\""));
    send(&site, &mine, &path, &without, &[("eloigne", "oui"), ("nombre", "40")]).await;
    assert!(text(site.get(&mine, &path).await, 200).await.contains(how), "what was typed comes back");
}

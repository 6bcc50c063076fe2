//! One dossier on one screen, and what the officer decides about it.

use super::{Office, content};
use crate::support::programme::{closed, id as id_of, open, person};
use tisserand::{
    domain::{ids::ApplicationId, lifecycles::applications::ApplicationState, roles::Role},
    store::{Tx, complement_requests, reviews},
    usecases::{Actor, applications, complements, recusals},
};

impl Office {
    /// Presses a button of the dossier's page as it is now; gives the status and the page that answers.
    async fn press(&self, who: &Actor, id: ApplicationId, verb: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let path = format!("/instruction/{id}");
        let page = self.read(who, &path).await;
        // A dead button carries no version: whoever sends it all the same knows the present one.
        let (version, token) = (self.programme.application(id).version.to_string(), hidden(&page, "token"));
        let mut sent = vec![("version", version.as_str()), ("token", token.as_str())];
        sent.extend(fields);
        self.send(who, &format!("{path}/{verb}"), &sent).await
    }

    pub(super) async fn send(&self, who: &Actor, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let reply = self.site.post(&self.site.cookie_of(who), path, fields).await;
        (reply.status().as_u16(), reply.text().await.unwrap())
    }

    fn state(&self, id: ApplicationId) -> ApplicationState {
        self.programme.application(id).state
    }
}

/// The value of the first hidden field of this name; anything when the page has none.
pub(super) fn hidden(html: &str, name: &str) -> String {
    let from = html.find(&format!("name=\"{name}\" value=\""));
    from.map_or("0".repeat(64), |from| html[from..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().into())
}

#[actix_web::test]
async fn the_dossier_says_everything_in_words() {
    let office = Office::open();
    let world = &office.programme;
    let (_, id) = world.filed(1, 3_000);
    let page = office.read(&world.officer, &format!("/instruction/{id}")).await;
    for words in [
        "Où en est le dossier",
        "Chargé·e de mission",
        "avant le comité du",
        "3\u{202f}000\u{a0}€",
        "Passerelles 1",
        "Anaïs Lefèvre 1, présidente",
        "piece.pdf",
        "60 – Achats",
        "Subvention demandée ici",
        "Le budget est équilibré.",
        "Médiathèque",
        "Lille (59)",
        "4. ",
        "Égalité de genre\u{a0}: objectif important",
        "respectée",
        "à apprécier",
        "Déclarer recevable",
        "Demander un complément",
        "Déclarer non recevable",
        "Accusé",
    ] {
        assert!(content(&page).to_lowercase().contains(&words.to_lowercase()), "{words}: {page}");
    }
    for section in &world.definition.sections {
        assert!(page.contains(&format!("id=\"rubrique-{}\"", section.code)), "{}", section.code);
    }
    let letter = page.split(&format!("/instruction/{id}/documents/")).nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/instruction/{id}/documents/{letter}");
    let reply = office.site.get(&office.site.cookie_of(&world.officer), &path).await;
    assert_eq!(reply.headers()["content-type"], "application/pdf");
}

#[actix_web::test]
async fn an_inadmissible_dossier_is_told_why_and_may_come_back() {
    let office = Office::open();
    let world = &office.programme;
    let officer = &world.officer;
    let (who, id) = world.filed(1, 3_000);
    let (status, page) = office.press(officer, id, "irrecevabilite", &[("motif", "  ")]).await;
    assert_eq!(status, 422);
    assert!(page.contains("Un motif est nécessaire") && page.contains("details open"), "{page}");
    assert_eq!(office.state(id), ApplicationState::Submitted);
    let (status, _) = office.press(officer, id, "irrecevabilite", &[("motif", "Le siège est hors région.")]).await;
    assert_eq!((status, office.state(id)), (303, ApplicationState::Ineligible));
    let page = office.read(officer, &format!("/instruction/{id}")).await;
    assert!(page.contains("Le siège est hors région.") && page.contains("si elle veut un réexamen"), "{page}");
    assert!(!page.contains("À décider"), "nothing is left to decide");
    let version = world.application(id).version;
    world.db.write(|tx| applications::appeal(tx, &who, id, version, "Nous avons déménagé.", closed())).unwrap();
    let queue = office.read(officer, "/instruction").await;
    assert!(queue.contains("Réexamens (1)") && queue.contains("Réexaminer la recevabilité"), "{queue}");
    let page = office.read(officer, &format!("/instruction/{id}")).await;
    assert!(page.contains("Nous avons déménagé.") && page.contains("Un réexamen est demandé"), "{page}");
    let (status, _) = office.press(officer, id, "recevabilite", &[]).await;
    assert_eq!((status, office.state(id)), (303, ApplicationState::Eligible));
}

#[actix_web::test]
async fn a_complement_is_asked_in_words_with_its_last_day() {
    let office = Office::open();
    let world = &office.programme;
    let officer = &world.officer;
    let (who, id) = world.filed(1, 3_000);
    let (status, page) = office.press(officer, id, "complement", &[("demande", "")]).await;
    assert!(status == 422 && page.contains("Écrivez ce qu’il faut compléter."), "{page}");
    let sent = [("demande", "Le devis <signé> de la salle."), ("element", "document-rib")];
    let (status, _) = office.press(officer, id, "complement", &sent).await;
    assert_eq!((status, office.state(id)), (303, ApplicationState::ComplementRequested));
    let request = world.db.read(|conn| complement_requests::of_application(conn, id)).unwrap().pop().unwrap();
    let days = world.definition.delays.complement_days;
    assert_eq!(request.due_at.plus_minutes(-1).paris_date() - closed().paris_date(), chrono::Duration::days(days));
    let page = office.read(officer, &format!("/instruction/{id}")).await;
    assert!(page.contains("Le devis &#60;signé&#62; de la salle."), "{page}");
    assert!(page.contains("Le délai de réponse court encore."), "the dead button says why");
    let (status, page) = office.press(officer, id, "sans-reponse", &[]).await;
    assert!(status == 409 && page.contains("Le délai de réponse court encore."), "{page}");
    let version = world.application(id).version;
    let answer = |tx: &mut Tx| complements::answer(tx, &who, id, version, "Le voici.", closed());
    world.db.write(answer).unwrap();
    let queue = office.read(officer, "/instruction").await;
    assert!(queue.contains("Lire le complément reçu"), "{queue}");
    assert!(office.read(officer, &format!("/instruction/{id}")).await.contains("Le voici."));
}

#[actix_web::test]
async fn nothing_is_awaited_for_ever() {
    let office = Office::open();
    let world = &office.programme;
    let (_, id) = world.filed(1, 3_000);
    world.ask_complement(id, "Le devis.", &["document-rib"], open()).unwrap();
    let (status, _) = office.press(&world.officer, id, "sans-reponse", &[]).await;
    assert_eq!((status, office.state(id)), (303, ApplicationState::Submitted));
}

#[actix_web::test]
async fn an_old_page_changes_nothing_and_a_second_click_neither() {
    let office = Office::open();
    let world = &office.programme;
    let officer = &world.officer;
    let (_, id) = world.filed(1, 3_000);
    let path = format!("/instruction/{id}");
    let (old, other) = (office.read(officer, &path).await, office.read(officer, &path).await);
    let fields = |page: &str| [("version", hidden(page, "version")), ("token", hidden(page, "token"))];
    let sent = fields(&old);
    let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for _ in 0..2 {
        assert_eq!(office.send(officer, &format!("{path}/recevabilite"), &sent).await.0, 303);
    }
    let late = fields(&other);
    let mut late: Vec<_> = late.iter().map(|(name, value)| (*name, value.as_str())).collect();
    late.push(("motif", "Trop tard"));
    let (status, page) = office.send(officer, &format!("{path}/irrecevabilite"), &late).await;
    assert!(status == 409 && page.contains("modifiée entre-temps"), "{status} {page}");
    assert_eq!(office.state(id), ApplicationState::Eligible);
}

#[actix_web::test]
async fn somebody_with_a_conflict_is_neither_offered_nor_taken() {
    let office = Office::open();
    let world = &office.programme;
    let officer = &world.officer;
    let (_, id) = world.filed(1, 3_000);
    let tied = &world.members[1];
    let declare = |tx: &mut Tx| recusals::declare_conflict(tx, tied, id_of(tied), id, "J’y siège", closed());
    world.db.write(declare).unwrap();
    world.eligible(id);
    let page = office.read(officer, &format!("/instruction/{id}")).await;
    assert!(
        page.contains("J’y siège") && page.contains("Personne n’est encore chargé d’évaluer ce dossier."),
        "{page}"
    );
    let candidates = page.split("name=\"personne\"").nth(1).unwrap().split("</select>").next().unwrap();
    assert!(candidates.contains("Claire Vanhoutte") && !candidates.contains("Mamadou Sarr"), "{candidates}");
    let forced = id_of(tied).to_string();
    let (status, page) = office.press(officer, id, "lecteurs", &[("personne", &forced)]).await;
    assert!(status == 422 && page.contains("s’est déportée de ce dossier"), "{page}");
    let reader = id_of(&world.members[0]).to_string();
    let wrong = [("personne", reader.as_str()), ("echeance", "2027-02-01")];
    let (status, page) = office.press(officer, id, "lecteurs", &wrong).await;
    assert!(status == 422 && page.contains("Cette date est passée") && page.contains("value=\"2027-02-01\""), "{page}");
    let right = [("personne", reader.as_str()), ("echeance", "2027-03-01")];
    assert_eq!(office.press(officer, id, "lecteurs", &right).await.0, 303);
    let page = office.read(officer, &format!("/instruction/{id}")).await;
    assert!(page.contains("à rendre pour le 1er\u{a0}mars 2027") && page.contains("Confier au comité"), "{page}");
    assert_eq!(office.press(officer, id, "comite", &[]).await.0, 303);
    assert_eq!(office.state(id), ApplicationState::InReview);
    let (status, page) = office.press(officer, id, "deports", &[("deport", &reader), ("lien", "")]).await;
    assert!(status == 422 && page.contains("Dites en quelques mots quel est le lien."), "{page}");
    assert_eq!(
        office.press(officer, id, "deports", &[("deport", &reader), ("lien", "Sa fille y travaille")]).await.0,
        303
    );
    assert_eq!(world.db.read(|conn| reviews::count_live(conn, id)).unwrap(), 0);
}

#[actix_web::test]
async fn a_dossier_exists_for_the_team_alone_and_a_draft_for_none_of_it() {
    let office = Office::open();
    let world = &office.programme;
    let officer = &world.officer;
    let (applicant, id) = world.filed(1, 3_000);
    let (_, draft) = world.complete(2, 3_000);
    let path = format!("/instruction/{id}");
    for role in [Role::Director, Role::Finance, Role::Auditor, Role::Admin] {
        let who = person(&world.db, &format!("Lecture {role}"), role);
        let page = office.read(&who, &path).await;
        assert!(!page.contains("À décider") && !page.contains("Enregistrer un déport"), "{role} only reads");
        let (status, _) = office.send(&who, &format!("{path}/recevabilite"), &[("version", "1")]).await;
        assert_eq!(status, 404, "{role}");
    }
    for who in [&applicant, &world.members[0]] {
        assert_eq!(office.status(who, &path).await, 404);
    }
    assert_eq!(office.status(officer, &format!("/instruction/{draft}")).await, 404);
    assert_eq!(office.status(officer, "/instruction/0198c0a1-7b5c-7def-8123-456789abcdef").await, 404);
    let mine = [("deport", id_of(officer).to_string()), ("lien", "Mon frère".to_owned())];
    let mine: Vec<_> = mine.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(office.press(officer, id, "deports", &mine).await.0, 303);
    assert_eq!(office.status(officer, &path).await, 404, "whoever is recused does not find the file again");
}

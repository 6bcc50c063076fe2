//! A form that is sent when the sign-in is over: nothing is written, nothing typed is lost.

use super::text;
use crate::support::{
    databases::each_database,
    programme::{PDF, Programme, open, person},
    site::Site,
};
use tisserand::{
    domain::{roles::Role, sign_ins::Limits},
    store::answers,
    usecases::sign_ins,
};

const WORDS: &str = "Un océan <entre> deux classes,\nune correspondance & un voyage.";

/// The fields that a page would send again.
pub fn carried(html: &str) -> Vec<(String, String)> {
    let form = html.split("<form class=\"panel\"").nth(1).unwrap().split("</form>").next().unwrap();
    let field = |part: &str| {
        let name = part.split("name=\"").nth(1)?.split('"').next()?.to_owned();
        let value = part.split_once(">\n")?.1.split("</textarea>").next()?.to_owned();
        Some((name, value.replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")))
    };
    form.split("<textarea").skip(1).filter_map(field).collect()
}

#[actix_web::test]
async fn what_was_typed_is_carried_over_the_sign_in_and_written_by_the_second_sending_only() {
    for db in each_database() {
        let world = Programme::on(db);
        let (holder, id) = world.complete(1, 3_000);
        let site = Site::over(&world.db, open());
        let path = format!("/dossiers/{id}/rubriques/projet");
        let before = world.db.read(|conn| answers::of_application(conn, id)).unwrap();
        let page = text(site.post("sid=perdu", &path, &[("titre", WORDS), ("vu-titre", "0123")]).await, 401).await;
        for said in ["Votre session a expiré", "Rien n’est perdu", "Un océan &#60;entre&#62; deux classes"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(page.contains("href=\"/connexion?suite=%2Fcompte\"") && page.contains(&format!("action=\"{path}\"")));
        assert_eq!(world.db.read(|conn| answers::of_application(conn, id)).unwrap(), before, "nothing is written");
        let fields = carried(&page);
        assert_eq!(fields[0], ("titre".to_owned(), WORDS.to_owned()));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        // Somebody else signs in on the same computer and presses the button: the file is not theirs.
        let stranger = site.cookie_of(&person(&world.db, "Autre porteur", Role::Applicant));
        assert_eq!(site.post(&stranger, &path, &fields).await.status(), 404);
        assert_eq!(world.db.read(|conn| answers::of_application(conn, id)).unwrap(), before);
        // Another site cannot have it sent.
        assert_eq!(site.post_from_elsewhere(&site.cookie_of(&holder), &path).await.status(), 403);
        let fields: Vec<_> = fields.into_iter().filter(|(name, _)| !name.starts_with("vu-")).collect();
        let sent = site.post(&site.cookie_of(&holder), &path, &fields).await;
        assert!(sent.status() == 303 || sent.status() == 422, "{}", sent.status());
        let kept = world.db.read(|conn| answers::of_application(conn, id)).unwrap();
        assert!(kept["titre"].starts_with("Un océan <entre> deux classes"), "{kept:?}");
    }
}

#[actix_web::test]
async fn what_the_team_typed_is_carried_over_the_end_of_its_short_sign_in() {
    let world = Programme::on(crate::support::databases::sqlite());
    let (_, id) = world.filed(1, 3_000);
    let site = Site::over(&world.db, open());
    world.db.write(|tx| sign_ins::limit(tx, Limits::USUAL, open())).unwrap();
    let officer = site.cookie_of(&world.officer);
    site.clock.set(open().plus_minutes(31));
    let path = format!("/instruction/{id}/recevabilite");
    let page = text(site.post(&officer, &path, &[("motif", WORDS), ("version", "1")]).await, 401).await;
    assert!(
        page.contains("Votre session a expiré") && page.contains("Un océan &#60;entre&#62; deux classes"),
        "{page}"
    );
}

#[actix_web::test]
async fn the_page_of_an_expired_form_is_not_kept_by_browsers_and_carries_no_password() {
    let world = Programme::on(crate::support::databases::sqlite());
    let site = Site::over(&world.db, open());
    let secret =
        [("mot_de_passe", "un secret bien long"), ("mot_de_passe_actuel", "un autre secret"), ("nom", "Anaïs")];
    let reply = site.post("", "/compte/mot-de-passe", &secret).await;
    assert!(reply.headers()["cache-control"].to_str().unwrap().contains("no-store"));
    let page = text(reply, 401).await;
    assert!(
        page.contains("Anaïs") && !page.contains("un secret bien long") && !page.contains("un autre secret"),
        "{page}"
    );
}

#[actix_web::test]
async fn a_button_without_words_leads_to_the_sign_in_and_back_to_its_page() {
    let world = Programme::on(crate::support::databases::sqlite());
    let (_, id) = world.complete(1, 3_000);
    let site = Site::over(&world.db, open());
    let (home, fields) = (format!("/dossiers/{id}"), [("version", "0"), ("token", "abc")]);
    let sent = site.post_from_page("sid=perdu", &format!("{home}/depot"), &home, &fields).await;
    assert_eq!(sent.status(), 303);
    let back = sent.headers()["location"].to_str().unwrap().to_owned();
    assert!(back.starts_with("/connexion?suite=") && back.contains("dossiers"), "{back}");
}

#[actix_web::test]
async fn a_file_is_asked_for_again_and_the_words_beside_it_stay() {
    let world = Programme::on(crate::support::databases::sqlite());
    let site = Site::over(&world.db, open());
    let path = "/organisations/0198c0a1-7b5c-7def-8123-456789abcdef/compte";
    let file = Some(("rib", "mon-rib.pdf", PDF));
    let page = text(site.post_file("sid=perdu", path, &[("titulaire", "Les Passeurs")], file).await, 401).await;
    assert!(page.contains("Vous aviez choisi « mon-rib.pdf »") && page.contains("Les Passeurs"), "{page}");
    let two = |form: reqwest::multipart::Form| {
        let file = |name: &str| reqwest::multipart::Part::bytes(PDF.to_vec()).file_name(name.to_owned());
        form.part("pieces", file("un.pdf")).part("pieces", file("deux.pdf")).part("rib", file("rib.pdf"))
    };
    let form = two(reqwest::multipart::Form::new().text("texte", "Voici les trois."));
    let several = text(site.post_files("sid=perdu", path, form).await, 401).await;
    let several = several.replace('\u{a0}', " ");
    assert!(several.contains("vos 2 fichiers") && several.contains("« un.pdf », « deux.pdf »"), "{several}");
    assert!(several.contains("« rib.pdf »") && several.contains("name=\"pieces\" type=\"file\" multiple"), "{several}");
    assert!(page.contains("enctype=\"multipart/form-data\"") && page.contains("name=\"rib\" type=\"file\""), "{page}");
}

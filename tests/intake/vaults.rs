//! The vault of an organisation: kept once, used in each file with one click, said to have ended when it has.

use super::pages::{ORGANISATION, site, start, text};
use crate::support::site::Site;
use reqwest::multipart::{Form, Part};
use tisserand::domain::{organisations::MemberSeat, roles::Role};

const PDF: &[u8] = b"%PDF-1.7\n%%EOF\n";

async fn keep(site: &Site, cookie: &str, card: &str, paper: &str, end: &str) -> reqwest::Response {
    let part = Part::bytes(PDF.to_vec()).file_name(format!("{paper}.pdf"));
    let form = Form::new().text(format!("echeance-{paper}"), end.to_owned()).part(paper.to_owned(), part);
    site.post_files(cookie, &format!("{card}/coffre/{paper}"), form).await
}

/// The page of the only organisation of somebody.
async fn card(site: &Site, cookie: &str) -> String {
    let list = text(site.get(cookie, "/organisations").await, 200).await;
    let id = list.split("href=\"/organisations/").find(|part| part.starts_with('0')).unwrap();
    format!("/organisations/{}", id.split('"').next().unwrap())
}

#[actix_web::test]
async fn a_paper_is_kept_once_and_joined_with_one_click() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await;
    let card = card(&site, &cookie).await;
    assert_eq!(keep(&site, &cookie, &card, "statuts", "").await.status(), 303);
    assert_eq!(keep(&site, &cookie, &card, "comptes", "2026-10-31").await.status(), 303);
    let vault = text(site.get(&cookie, &format!("{card}/coffre")).await, 200).await;
    assert!(vault.contains("statuts.pdf") && vault.contains("périmé depuis le 31\u{a0}octobre 2026"), "{vault}");
    let dossier = start(&site, &cookie, "RECITAL-2027-1").await;
    let section = format!("{dossier}/rubriques/pieces");
    let page = text(site.get(&cookie, &section).await, 200).await;
    assert_eq!(page.matches("Joindre celui du coffre").count(), 2, "{page}");
    assert!(page.contains("périmé depuis le 31\u{a0}octobre 2026"), "{page}");
    assert_eq!(site.post(&cookie, &format!("{dossier}/pieces/statuts/coffre"), &[]).await.status(), 303);
    let page = text(site.get(&cookie, &section).await, 200).await;
    assert!(page.contains("Relire statuts.pdf"), "{page}");
    assert_eq!(page.matches("Joindre celui du coffre").count(), 1, "what is joined is not offered again: {page}");
    assert_eq!(site.post(&cookie, &format!("{dossier}/pieces/rib/coffre"), &[]).await.status(), 404);
    let remove = vault.split("action=\"").find(|part| part.contains("/retrait")).unwrap().split('"').next().unwrap();
    assert_eq!(site.post(&cookie, remove, &[]).await.status(), 303);
    let page = text(site.get(&cookie, &section).await, 200).await;
    assert!(page.contains("Relire statuts.pdf"), "the file keeps its own: {page}");
}

#[actix_web::test]
async fn a_wrong_day_or_file_is_said_beside_its_field() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await;
    let card = card(&site, &cookie).await;
    let page = text(keep(&site, &cookie, &card, "assurance", "31 février").await, 422).await;
    assert!(page.contains("Cette date n’existe pas."), "{page}");
    let part = Part::bytes(b"MZ\x90".to_vec()).file_name("assurance.pdf");
    let form = Form::new().part("assurance", part);
    let page = text(site.post_files(&cookie, &format!("{card}/coffre/assurance"), form).await, 422).await;
    assert!(page.contains("pas d’un type accepté"), "{page}");
    assert_eq!(keep(&site, &cookie, &card, "permis", "").await.status(), 404);
}

#[actix_web::test]
async fn a_vault_exists_for_its_people_and_changes_for_those_who_write() {
    let site = site();
    let (_, author, other) = super::seats::draft_with(&site, MemberSeat::Representative).await;
    let card = card(&site, &author).await;
    assert_eq!(keep(&site, &author, &card, "statuts", "").await.status(), 303);
    let page = text(site.get(&other, &format!("{card}/coffre")).await, 200).await;
    assert!(page.contains("statuts.pdf") && !page.contains("Mettre au coffre"), "{page}");
    assert_eq!(keep(&site, &other, &card, "rib", "").await.status(), 409);
    let file = page.split("href=\"/pieces/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(site.get(&other, &format!("/pieces/{file}")).await.status(), 200);
    let staff = site.person(Role::Officer);
    assert_eq!(site.get(&staff, &format!("/pieces/{file}")).await.status(), 404);
    assert_eq!(site.get(&staff, &format!("{card}/coffre")).await.status(), 404);
}

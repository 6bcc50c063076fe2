//! The whole file as one PDF, for its people and for the team.

use super::pages::text;
use crate::support::{
    databases::sqlite,
    output_dir,
    programme::{Programme, closed, open, person},
    require,
    site::Site,
};
use std::process::Command;
use tisserand::{
    domain::{roles::Role, time::Moment},
    store::filings,
    usecases::{answers, applications, complements},
};

async fn bytes(site: &Site, cookie: &str, path: &str) -> Vec<u8> {
    let reply = site.get(cookie, path).await;
    assert_eq!(reply.status(), 200, "{path}");
    assert_eq!(reply.headers()["content-type"], "application/pdf");
    reply.bytes().await.unwrap().to_vec()
}

/// The text of a PDF with its spaces folded, or nothing when the program that reads it is missing.
fn words(name: &str, pdf: &[u8]) -> Option<String> {
    if !require("pdftotext") {
        return None;
    }
    let path = output_dir("whole").join(format!("{name}.pdf"));
    std::fs::write(&path, pdf).unwrap();
    let said = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    Some(said.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[actix_web::test]
async fn everything_a_file_says_is_on_paper_and_the_same_content_gives_the_same_bytes() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    let site = Site::over(&programme.db, open());
    let (holder, officer) = (site.cookie_of(&who), site.cookie_of(&programme.officer));
    let pdf = bytes(&site, &holder, &format!("/dossiers/{id}/pdf")).await;
    site.clock.set(open().plus_minutes(20));
    assert_eq!(pdf, bytes(&site, &officer, &format!("/instruction/{id}/pdf")).await);
    let page = text(site.get(&holder, &format!("/dossiers/{id}")).await, 200).await;
    assert!(page.contains(&format!("href=\"/dossiers/{id}/pdf\"")), "{page}");
    let Some(said) = words("filed", &pdf) else { return };
    let content = programme.db.read(|conn| answers::find(conn, &who, id)).unwrap();
    for part in
        ["Un océan, deux classes 1", "Médiathèque", "Documents joints", "piece.pdf", "Textes acceptés", "Le dépôt"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.contains(&format!("{}-R", content.row.reference)), "the receipt is named: {said}");
    let digest = &content.attachments[0].sha256;
    assert!(said.contains(&digest[..16]) && said.contains(&digest[48..]), "{digest}: {said}");
    assert!(said.contains(&content.organisation.name) && said.contains("Total"), "{said}");
}

#[actix_web::test]
async fn a_draft_says_that_it_proves_nothing_and_exists_for_its_people_alone() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    let typed = [("description".to_owned(), "Une fête 🌊 : مرحبا\n\nDeuxième paragraphe.".to_owned())].into();
    programme.db.write(|tx| answers::save_section(tx, &who, id, "projet", &typed, open())).unwrap();
    let site = Site::over(&programme.db, open());
    let path = format!("/dossiers/{id}/pdf");
    let pdf = bytes(&site, &site.cookie_of(&who), &path).await;
    let stranger = person(&programme.db, "Autre porteur", Role::Applicant);
    assert_eq!(site.get(&site.cookie_of(&stranger), &path).await.status(), 404);
    let officer = site.cookie_of(&programme.officer);
    assert_eq!(site.get(&officer, &path).await.status(), 404);
    assert_eq!(site.get(&officer, &format!("/instruction/{id}/pdf")).await.status(), 404);
    let Some(said) = words("draft", &pdf) else { return };
    assert!(said.contains("ne prouve aucun dépôt") && !said.contains("Le dépôt"), "{said}");
    assert!(said.contains("Deuxième paragraphe."), "{said}");
}

#[actix_web::test]
async fn a_second_filing_has_a_digest_of_its_own_and_a_complement_leaves_it_that_of_the_filing() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    let digests = || {
        let kept = programme.db.read(|conn| filings::of_application(conn, id)).unwrap();
        kept.into_iter().map(|row| row.digest).collect::<Vec<_>>()
    };
    let titled = |title: &str, at: Moment| {
        let typed = [("titre".to_owned(), title.to_owned())].into();
        programme.db.write(|tx| answers::save_section(tx, &who, id, "projet", &typed, at)).unwrap();
    };
    let first = programme.application(id).content_hash.unwrap();
    assert_eq!(digests(), [first.as_str()]);
    let version = programme.application(id).version;
    programme.db.write(|tx| applications::take_back(tx, &who, id, version, open())).unwrap();
    titled("Un lac, deux classes", open());
    programme.submit(&who, id);
    let second = programme.application(id).content_hash.unwrap();
    assert_ne!(first, second);
    assert_eq!(digests(), [first.as_str(), second.as_str()], "each filing is kept under its own digest");
    programme.ask_complement(id, "Un titre plus clair.", &["question-titre"], closed()).unwrap();
    titled("Un lac et deux classes", closed());
    let version = programme.application(id).version;
    programme.db.write(|tx| complements::answer(tx, &who, id, version, "Voici.", closed())).unwrap();
    assert_eq!(programme.application(id).content_hash.as_deref(), Some(second.as_str()), "the receipt names it");
    let third = digests().pop().unwrap();
    assert!(third != second && digests().len() == 3);
    let site = Site::over(&programme.db, closed());
    let pdf = bytes(&site, &site.cookie_of(&who), &format!("/dossiers/{id}/pdf")).await;
    let Some(said) = words("completed", &pdf) else { return };
    for digest in [&second, &third] {
        assert!(said.contains(&digest[..8]) && said.contains(&digest[56..]), "{digest}: {said}");
    }
    assert!(said.contains("Complété le 15 février 2027"), "{said}");
}

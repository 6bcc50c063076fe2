//! What people and programs send that is no honest answer: nothing breaks, nothing is lost, everything is said in words.

use super::pages::{ORGANISATION, site, start, text};
use crate::support::site::Site;
use std::io::Write;
use tisserand::domain::{attachments::judge, roles::Role};

async fn draft(site: &Site) -> (String, String) {
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await.status(), 303);
    let dossier = start(site, &cookie, "RECITAL-2027-1").await;
    (cookie, dossier)
}

#[actix_web::test]
async fn invisible_characters_go_and_emoji_stay() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let path = format!("{dossier}/rubriques/projet");
    let typed = "Fête\u{0} des \u{202e}lacs\u{2066} 🌊";
    assert_eq!(site.post(&cookie, &path, &[("titre", typed)]).await.status(), 303);
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("value=\"Fête des lacs 🌊\""), "{page}");
}

#[actix_web::test]
async fn a_person_and_an_organisation_may_have_emoji_in_their_names() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    let named: Vec<_> =
        ORGANISATION.iter().map(|(name, value)| (*name, if *name == "nom" { "Les Lacs 🌊" } else { value })).collect();
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", &named).await.status(), 303);
    assert!(text(site.get(&cookie, "/organisations").await, 200).await.contains("Les Lacs 🌊"));
    let fields = [("nom", "Léa 🌻 Martin"), ("email", "lea@exemple.fr")];
    let sent = site.post("", "/inscription", &fields).await;
    assert!(sent.status().is_success() || sent.status().is_redirection(), "{}", sent.status());
}

#[actix_web::test]
async fn what_no_letter_can_print_is_said_beside_the_field_and_kept() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let path = format!("{dossier}/rubriques/projet");
    let page = text(site.post(&cookie, &path, &[("titre", "Fête des lacs مرحبا")]).await, 422).await;
    assert!(page.contains("Nos courriers ne savent pas encore imprimer «\u{a0}م\u{a0}»"), "{page}");
    assert!(page.contains("value=\"Fête des lacs مرحبا\""), "{page}");
    for (field, typed) in [("nom", "جمعية النور"), ("rue", "北京路 12"), ("representant", "ليلى"), ("ville", "Lille ل")]
    {
        let fields: Vec<_> =
            ORGANISATION.iter().map(|(name, value)| (*name, if *name == field { typed } else { value })).collect();
        let other = site.person(Role::Applicant);
        let page = text(site.post(&other, "/organisations/nouvelle", &fields).await, 422).await;
        assert!(page.contains("Nos courriers ne savent pas encore imprimer"), "{field}: {page}");
        assert!(page.contains(&format!("value=\"{typed}\"")), "{field}: {page}");
    }
    let fields = [("nom", "ليلى"), ("email", "leila@exemple.fr")];
    let page = text(site.post("", "/inscription", &fields).await, 422).await;
    assert!(page.contains("imprimer") && page.contains("ليلى"), "{page}");
}

#[actix_web::test]
async fn ten_megabytes_of_text_are_refused_in_words() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let long = "a".repeat(10 << 20);
    let sent = site.post(&cookie, &format!("{dossier}/rubriques/projet"), &[("description", &long)]).await;
    let page = text(sent, 413).await;
    assert!(page.contains("dépasse 1\u{a0}Mo"), "{page}");
}

#[actix_web::test]
async fn amounts_and_days_that_cannot_be_are_said_beside_the_field() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let path = format!("{dossier}/rubriques/projet");
    let wrong = [
        ("montant", "-3000", "Un montant ne peut pas être négatif."),
        ("montant", "99999999999999999999", "Indiquez un montant en euros"),
        ("debut", "2027-02-31", "Indiquez une date"),
        ("debut", "31/02/2027", "Indiquez une date"),
    ];
    for (name, typed, said) in wrong {
        let page = text(site.post(&cookie, &path, &[(name, typed)]).await, 422).await;
        assert!(page.contains(said) && page.contains(&format!("value=\"{typed}\"")), "{typed}: {page}");
    }
    let budget = format!("{dossier}/rubriques/budget");
    for (typed, said) in [("-50", "ne peut pas être négatif"), ("99999999999999999999", "n’est pas un montant")] {
        let page = text(site.post(&cookie, &budget, &[("montant-60.1", typed)]).await, 422).await;
        assert!(page.contains(said) && page.contains(&format!("value=\"{typed}\"")), "{typed}: {page}");
    }
}

#[actix_web::test]
async fn a_zero_byte_in_an_address_is_a_page_that_does_not_exist() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    for path in ["/appels/%00", "/verifier?code=%00", "/dossiers/%00"] {
        assert_eq!(site.get(&cookie, path).await.status(), 404, "{path}");
    }
}

/// A docx whose text is so many megabytes of zeros in a few kilobytes, or whose table of contents names `entries` files.
fn archive(entries: usize, zeros: usize) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut bytes);
    let options = zip::write::SimpleFileOptions::default();
    for name in ["[Content_Types].xml".to_owned(), "word/document.xml".to_owned()]
        .into_iter()
        .chain((0..entries).map(|i| format!("word/media/{i}")))
    {
        zip.start_file(&name, options).unwrap();
        if name == "word/document.xml" {
            let block = vec![0; 1 << 20];
            (0..zeros).for_each(|_| zip.write_all(&block).unwrap());
        }
    }
    zip.finish().unwrap();
    bytes.into_inner()
}

#[actix_web::test]
async fn a_zip_bomb_is_kept_as_it_is_and_given_back_packed() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let bomb = archive(0, 20);
    assert!(bomb.len() < 100_000);
    let path = format!("{dossier}/pieces/statuts");
    assert_eq!(attach(&site, &cookie, &path, vec![("statuts.docx".into(), bomb.clone())]).await.status(), 303);
    let page = text(site.get(&cookie, &format!("{dossier}/rubriques/pieces")).await, 200).await;
    let href = page.split("href=\"/pieces/").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(site.get(&cookie, &format!("/pieces/{href}")).await.bytes().await.unwrap(), bomb);
    judge("statuts.docx", &archive(20_000, 0)).unwrap_err();
}

async fn attach(site: &Site, cookie: &str, path: &str, files: Vec<(String, Vec<u8>)>) -> reqwest::Response {
    let mut form = reqwest::multipart::Form::new();
    for (name, bytes) in files {
        form = form.part("statuts", reqwest::multipart::Part::bytes(bytes).file_name(name));
    }
    site.post_files(cookie, path, form).await
}

#[actix_web::test]
async fn a_pdf_with_a_script_is_given_back_as_a_download_nothing_runs() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let script = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n%%EOF\n".to_vec();
    let path = format!("{dossier}/pieces/statuts");
    let sent = attach(&site, &cookie, &path, vec![("../statuts\u{202e}.pdf".into(), script.clone())]).await;
    assert_eq!(sent.status(), 303);
    let page = text(site.get(&cookie, &format!("{dossier}/rubriques/pieces")).await, 200).await;
    let href = page.split("href=\"/pieces/").nth(1).unwrap().split('"').next().unwrap();
    let back = site.get(&cookie, &format!("/pieces/{href}")).await;
    let said = |name: &str| back.headers()[name].to_str().unwrap().to_owned();
    assert!(said("content-disposition").starts_with("attachment; filename=\"statuts.pdf\""));
    assert_eq!((said("x-content-type-options"), said("content-type")), ("nosniff".into(), "application/pdf".into()));
    assert!(said("content-security-policy").contains("sandbox"));
    assert_eq!(back.bytes().await.unwrap(), script, "the same bytes: what was filed is what was sent");
}

#[actix_web::test]
async fn of_two_hundred_files_for_one_document_one_is_kept() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let files = (0..200).map(|i| (format!("piece{i}.pdf"), format!("%PDF-1.7\n{i}\n%%EOF\n").into_bytes())).collect();
    let sent = attach(&site, &cookie, &format!("{dossier}/pieces/statuts"), files).await;
    assert_eq!(sent.status(), 303);
    let page = text(site.get(&cookie, &format!("{dossier}/rubriques/pieces")).await, 200).await;
    assert_eq!(page.matches("Relire piece").count(), 1, "{page}");
}

#[actix_web::test]
async fn a_file_that_is_nothing_good_is_refused_in_words_and_nothing_is_kept() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let path = format!("{dossier}/pieces/statuts");
    let wrong: [(&str, Vec<u8>, u16, &str); 4] = [
        ("statuts.pdf", Vec::new(), 422, "fichier vide"),
        ("statuts.pdf", b"MZ\x90\x00\x03\x00\x00\x00".to_vec(), 422, "pas d’un type accepté"),
        ("statuts.pdf", b"\xff\xd8\xff\xe0".to_vec(), 422, "ne correspond pas à son contenu, qui est de type JPEG"),
        ("statuts.pdf", vec![b'%'; (10 << 20) + 1], 413, "10\u{a0}Mo au plus"),
    ];
    for (name, bytes, status, said) in wrong {
        let sent = attach(&site, &cookie, &path, vec![(name.into(), bytes)]).await;
        let page = text(sent, status).await;
        assert!(page.contains(said), "{said}: {page}");
    }
    let page = text(site.get(&cookie, &format!("{dossier}/rubriques/pieces")).await, 200).await;
    assert!(!page.contains("Relire"), "{page}");
}

#[actix_web::test]
async fn a_name_with_emoji_stays_and_one_that_reads_backwards_is_set_right() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let pdf = b"%PDF-1.7\n%%EOF\n".to_vec();
    let name = "statuts 🌊 \u{202e}fdp\u{202c}\u{2066}.pdf";
    let sent = attach(&site, &cookie, &format!("{dossier}/pieces/statuts"), vec![(name.into(), pdf)]).await;
    assert_eq!(sent.status(), 303);
    let page = text(site.get(&cookie, &format!("{dossier}/rubriques/pieces")).await, 200).await;
    assert!(page.contains("statuts 🌊 fdp.pdf") && !page.contains('\u{202e}'), "{page}");
}

#[actix_web::test]
async fn an_image_nobody_opens_is_refused_with_what_to_do_and_a_converted_photo_is_taken() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let path = format!("{dossier}/pieces/comptes");
    let webp = b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0".to_vec();
    let page = text(attach(&site, &cookie, &path, vec![("IMG_0413.webp".into(), webp)]).await, 422).await;
    assert!(page.contains("Faites-en une capture d’écran") && page.contains("id=\"erreur-comptes\""), "{page}");
    // Telephones convert a photo and leave it its name.
    let photo = b"\xff\xd8\xff\xe0".to_vec();
    let sent = attach(&site, &cookie, &path, vec![("IMG_0414.HEIC".into(), photo)]).await;
    assert_eq!(sent.status(), 303);
    let page = text(site.get(&cookie, &format!("{dossier}/rubriques/pieces")).await, 200).await;
    assert!(page.contains("Relire IMG_0414.jpg"), "{page}");
}

#[actix_web::test]
async fn a_photo_of_a_telephone_is_taken() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let photo = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    let sent =
        attach(&site, &cookie, &format!("{dossier}/pieces/comptes"), vec![("IMG_0412.HEIC".into(), photo)]).await;
    assert_eq!(sent.status(), 303);
    let page = text(site.get(&cookie, &format!("{dossier}/rubriques/pieces")).await, 200).await;
    assert!(page.contains("Relire IMG_0412.HEIC"), "{page}");
}

//! The list of a run on paper: what leaves, for whom, who prepared and approved it, and room for both to sign.

use super::{Desk, NAME};
use crate::support::{bare::words_of_pdf, grants::IBANS, require};

/// The words of the list of a run, on one line.
fn words(bytes: &[u8]) -> String {
    words_of_pdf(bytes).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[actix_web::test]
async fn the_list_of_a_run_is_printed_to_the_cent_with_room_for_two_signatures() {
    let desk = Desk::open();
    let run = desk.run();
    let (home, path) = (format!("/finances/lots/{run}"), format!("/finances/lots/{run}/liste"));
    let page = desk.page(&desk.finance, &home, 200).await;
    assert!(page.contains(&format!("href=\"{path}\">Imprimer la liste (PDF)</a>")), "{page}");
    let printed = async |cookie: &str| {
        let sent = desk.door.get(cookie, &path).await;
        assert_eq!(sent.status().as_u16(), 200);
        assert_eq!(sent.headers()["content-type"], "application/pdf");
        sent.bytes().await.unwrap()
    };
    let open = printed(&desk.finance).await;
    desk.approve(run).await;
    let approved = printed(&desk.director).await;
    assert_eq!(approved, printed(&desk.finance).await, "the same bytes for everybody and each time");
    let officer = desk.door.cookie_of(&desk.paying.officer);
    assert_eq!(desk.door.get(&officer, &path).await.status().as_u16(), 404);
    if !require("pdftotext") {
        return;
    }
    let (open, approved) = (words(&open), words(&approved));
    // A name may take several lines of its column.
    let name = NAME.split(' ').next_back().unwrap();
    for said in [name, "5 000 €", "1 virement", "en préparation", "pas encore approuvé", "Farid Finance"] {
        assert!(open.contains(said), "{said}: {open}");
    }
    assert_eq!(open.matches(name).count(), 2, "who is paid, and in whose name the account is: {open}");
    for said in ["Liste des virements du lot", name, "Total 5 000 €", "approuvé", "Farid Finance", "Diane Direction"]
    {
        assert!(approved.contains(said), "{said}: {approved}");
    }
    assert!(approved.contains("••••") && !approved.contains("pas encore approuvé"), "{approved}");
    let whole: String = IBANS[0].split_whitespace().collect();
    assert!(!approved.replace(' ', "").contains(&whole), "no number leaves whole: {approved}");
    assert_eq!(approved.matches("Signature :").count(), 2, "{approved}");
}

#[actix_web::test]
async fn the_list_of_an_approved_run_keeps_what_was_approved_and_leaves_out_what_was_withdrawn() {
    let desk = Desk::open();
    let run = desk.run();
    desk.approve(run).await;
    desk.paying.enter_account(&desk.grantee, IBANS[2], NAME).unwrap();
    let sent = desk.door.get(&desk.finance, &format!("/finances/lots/{run}/liste")).await;
    assert_eq!(sent.status().as_u16(), 200);
    let bytes = sent.bytes().await.unwrap();
    if !require("pdftotext") {
        return;
    }
    let said = words(&bytes);
    assert!(said.contains("Aucun virement ne part avec ce lot"), "{said}");
    assert!(said.contains("1 virement retiré après l’approbation") && !said.contains("5 000 €"), "{said}");
}

//! What whoever approves a run is told of the accounts that it pays into.

use super::{Desk, NAME};
use crate::support::grants::IBANS;

/// Both pages on which a run is read before it is approved.
async fn read(desk: &Desk) -> [String; 2] {
    let home = format!("/finances/lots/{}", desk.run());
    let approval = desk.page(&desk.director, &format!("{home}/approbation"), 200).await;
    [desk.page(&desk.director, &home, 200).await, approval]
}

#[actix_web::test]
async fn an_account_that_has_just_replaced_another_is_told_before_the_approval() {
    let desk = Desk::with(|paying, grantee| {
        paying.ready(grantee, NAME, IBANS[0]);
        let account = paying.enter_account(grantee, IBANS[1], NAME).unwrap();
        paying.verify(account, paying.now.plus_days(8)).unwrap();
    });
    let pages = read(&desk).await;
    for page in &pages {
        assert!(page.contains("Remplace un autre compte depuis le 2 octobre 2026."), "{page}");
    }
    let [_, approval] = pages;
    let place = |words: &str| approval.find(words).unwrap_or_else(|| panic!("{words}: {approval}"));
    let order = ["Total", "Remplace un autre compte", "Recevoir le code", "<table"].map(place);
    assert!(order.is_sorted(), "the whole, what to look at, what to do, then each transfer: {order:?}");
}

#[actix_web::test]
async fn an_account_abroad_is_told_when_it_is_verified_and_before_the_approval() {
    let desk = Desk::with(|paying, grantee| {
        paying.accept(grantee);
        paying.enter_account(grantee, "DE89370400440532013000", NAME).unwrap();
    });
    let said = "Compte tenu hors de France (DE).";
    let list = desk.page(&desk.finance, "/finances/comptes", 200).await;
    assert!(list.contains(said), "{list}");
    let desk = Desk::with(|paying, grantee| paying.ready(grantee, NAME, "DE89370400440532013000"));
    for page in read(&desk).await {
        assert!(page.contains(said), "{page}");
    }
}

#[actix_web::test]
async fn nothing_is_told_of_a_first_account_in_france() {
    for page in read(&Desk::open()).await {
        assert!(!page.contains("Remplace un autre compte") && !page.contains("hors de France"), "{page}");
    }
}

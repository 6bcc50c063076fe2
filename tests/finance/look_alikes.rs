//! Addresses that could be taken for those of the team, told where it matters.

use super::{Desk, text};
use crate::support::grants::person;
use tisserand::{
    domain::{organisations::MemberSeat, roles::Role},
    store::organisations::{self, MemberRow},
    usecases::people,
};

const SAID: &str = "farid.flnance@tisserand.example ressemble à farid.finance@tisserand.example, de l’équipe";

#[actix_web::test]
async fn an_address_that_looks_like_one_of_the_team_is_told_to_those_who_could_be_deceived() {
    let desk = Desk::open();
    let paying = &desk.paying;
    let admin = paying.does(|tx| person(tx, "Ada Admin", Role::Admin, paying.now)).unwrap();
    let admin = desk.door.cookie_of(&admin);
    let officer = desk.door.cookie_of(&paying.officer);
    let account = paying.db.read(|conn| tisserand::store::bank_accounts::open_of(conn, desk.grantee.organisation));
    let account = format!("/finances/comptes/{}", account.unwrap()[0].id);
    let file = format!("/instruction/{}", paying.grant(desk.grantee.grant).application_id);
    for (cookie, path) in [(&desk.finance, account.as_str()), (&officer, file.as_str()), (&admin, "/administration")] {
        let page = desk.page(cookie, path, 200).await;
        assert!(!page.contains("de l’équipe, sans être"), "{path}: {page}");
    }
    let seated = paying.does(|tx| {
        let email = "farid.flnance@tisserand.example".parse().unwrap();
        let person_id = people::ensure(tx, &email, "Farid Finance", Role::Applicant, paying.now)?;
        let organisation_id = desk.grantee.organisation;
        let row = MemberRow { organisation_id, person_id, seat: MemberSeat::Manager, since: paying.now };
        Ok(organisations::insert_member(tx, &row)?)
    });
    seated.unwrap();
    for (cookie, path) in [(&desk.finance, account.as_str()), (&officer, file.as_str()), (&admin, "/administration")] {
        let page = desk.page(cookie, path, 200).await;
        assert!(page.contains(SAID), "{path}: {page}");
    }
}

#[actix_web::test]
async fn an_address_in_another_alphabet_is_refused_with_the_letter() {
    let desk = Desk::open();
    let typed = [("nom", "Zoé Passeuse"), ("email", "zo\u{451}@asso.example")];
    let page = text(desk.door.post("", "/inscription", &typed).await, 422).await;
    assert!(page.contains("sans accent ni lettre d’un autre alphabet : retapez « \u{451} »."), "{page}");
}

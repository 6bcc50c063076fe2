//! In France a subsidy goes to whoever has a SIRET: nothing leaves before, on no page and by no address.

use super::{Desk, NAME, text};
use crate::support::grants::{Grantee, IBANS, Paying};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::lifecycles::disbursements::DisbursementState,
    store::{StoreError, organisations as rows},
    usecases::{Outcome, UseCaseError, integrity, organisations},
};

/// The grantee writes its card again with this number and country.
fn write_card(paying: &Paying, grantee: &Grantee, siret: &str, country: &str) -> Outcome<()> {
    paying.does(|tx| {
        let row = rows::find(tx.conn(), grantee.organisation)?;
        let mut form = organisations::OrganisationForm::from(&row);
        (form.siret, form.pays) = (siret.into(), country.into());
        organisations::edit(tx, &grantee.holder, grantee.organisation, &form, row.updated_at, paying.now)
    })
}

fn without_siret() -> Desk {
    Desk::with(|paying, grantee| {
        paying.ready(grantee, NAME, IBANS[0]);
        write_card(paying, grantee, "", "FR").unwrap();
    })
}

#[actix_web::test]
async fn a_payment_without_siret_waits_with_its_reason_and_no_address_lets_it_pass() {
    let desk = without_siret();
    let page = desk.page(&desk.finance, "/finances/versements", 200).await;
    assert!(page.contains("Le numéro SIRET de l’organisation, à écrire sur sa fiche"), "{page}");
    assert!(!page.contains("Peuvent partir"), "{page}");
    let row = &desk.paying.payments(desk.grantee.grant)[0];
    let (path, sentence) = (format!("/finances/versements/{}", row.id), "Le bénéficiaire n’a pas de numéro SIRET");
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains(sentence) && page.contains("disabled>Autoriser le versement"), "{page}");
    let sent = desk.send(&desk.finance, &path, &format!("{path}/autorisation"), &[]).await;
    assert!(text(sent, 409).await.contains(sentence));
    assert!(desk.paying.authorise(row.id).unwrap_err().to_string().contains("SIRET"));
    assert_eq!(desk.paying.payments(desk.grantee.grant)[0].state, DisbursementState::Planned);
    desk.paying.check();
}

#[actix_web::test]
async fn once_the_number_is_written_the_payment_leaves_and_the_number_stays() {
    let desk = without_siret();
    write_card(&desk.paying, &desk.grantee, "73282932000074", "FR").unwrap();
    let row = desk.paying.payments(desk.grantee.grant)[0].id;
    desk.paying.authorise(row).unwrap();
    let Err(UseCaseError::Invalid(errors)) = write_card(&desk.paying, &desk.grantee, "", "FR") else { panic!() };
    assert_eq!(errors[0].field, "siret");
    assert!(errors[0].message.contains("ne le retirez pas"), "{}", errors[0].message);
    write_card(&desk.paying, &desk.grantee, "35600000000048", "FR").unwrap();
    desk.paying.put_in_run(&[row]).unwrap();
    desk.paying.check();
}

#[actix_web::test]
async fn a_foreign_organisation_is_paid_without_siret() {
    let desk = without_siret();
    desk.paying.does(tisserand::usecases::reference_data::load).unwrap();
    write_card(&desk.paying, &desk.grantee, "", "SN").unwrap();
    desk.paying.authorise(desk.paying.payments(desk.grantee.grant)[0].id).unwrap();
    desk.paying.check();
}

#[actix_web::test]
async fn what_was_authorised_before_it_was_known_stays_out_of_the_run_and_is_told_by_the_checks() {
    let desk = Desk::open();
    let row = desk.paying.payments(desk.grantee.grant)[0].id;
    desk.paying.authorise(row).unwrap();
    let forget = "UPDATE organisations SET siret = NULL";
    desk.paying.db.write(|tx| tx.conn().batch_execute(forget).map_err(StoreError::from)).unwrap();
    let page = desk.page(&desk.finance, "/finances/lots/nouveau", 200).await;
    assert!(page.contains("Ne peut pas partir. Il manque : le numéro SIRET") && page.contains(" disabled"), "{page}");
    assert!(desk.paying.put_in_run(&[row]).unwrap_err().to_string().contains("SIRET"));
    let found = desk.paying.db.read(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
    let broken: Vec<_> = found.iter().filter(|promise| promise.tally.broken > 0).map(|promise| promise.name).collect();
    assert_eq!(broken, ["nobody in France is paid without SIRET"]);
}

#[actix_web::test]
async fn the_holder_is_told_what_the_payment_waits_for() {
    let desk = without_siret();
    let cookie = desk.door.cookie_of(&desk.grantee.holder);
    let page = text(desk.door.get(&cookie, &format!("/subventions/{}", desk.grantee.grant)).await, 200).await;
    assert!(page.contains("Attend le numéro SIRET de l’organisation"), "{page}");
}

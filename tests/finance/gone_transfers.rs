//! An account that changes, or a grant that is suspended, once the bank was asked to pay: nobody can take the transfer back, so
//! those who can telephone hear.

use super::{Desk, NAME};
use crate::support::{
    databases::{each_database, sqlite},
    grants::{IBANS, Paying, text_of},
};
use diesel::prelude::*;
use tisserand::{
    domain::{
        lifecycles::{bank_accounts::BankAccountEvent, disbursements::DisbursementState, grants::GrantEvent},
        messages::{Mail, MessageKind},
        money::Euros,
    },
    store::{StoreError, Tx, bank_accounts as accounts, schema::messages::dsl},
    usecases::{Actor, approvals, bank_accounts::block, grants, payment_runs},
};

/// Who was told that a transfer may have to be stopped, and the mail.
fn told(paying: &Paying) -> Vec<(String, Mail)> {
    let rows = dsl::messages.filter(dsl::kind.eq(MessageKind::TransferToStop)).order(dsl::recipient_address);
    let rows = rows.select((dsl::recipient_address, dsl::facts));
    let rows: Vec<(String, String)> = paying.db.read(|conn| rows.load(conn).map_err(StoreError::from)).unwrap();
    rows.into_iter().map(|(to, mail)| (to, serde_json::from_str(&mail).unwrap())).collect()
}

/// A desk whose first payment the bank has been asked for.
fn asked() -> (Desk, tisserand::domain::ids::PaymentRunId) {
    let desk = Desk::over(Paying::on(sqlite()), |paying, grantee| paying.ready(grantee, NAME, IBANS[0]));
    let (paying, run) = (&desk.paying, desk.run());
    paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
    paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, text_of, paying.now)).unwrap();
    (desk, run)
}

#[actix_web::test]
async fn another_account_after_the_file_is_told_to_those_who_pay() {
    let (desk, run) = asked();
    let paying = &desk.paying;
    let path = format!("/finances/lots/{run}");
    let caution = "ce virement est peut-être à arrêter";
    assert!(!desk.page(&desk.finance, &path, 200).await.contains(caution));
    paying.enter_account(&desk.grantee, IBANS[1], NAME).unwrap();
    let told = told(paying);
    let to: Vec<_> = told.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["diane.direction@tisserand.example", "farid.finance@tisserand.example"]);
    let (_, mail) = &told[0];
    assert!(mail.paragraphs[0].contains("vient de donner un autre compte"), "{mail:?}");
    let row = &paying.payments(desk.grantee.grant)[0];
    assert!(mail.facts[0].0.contains(row.end_to_end_id.as_deref().unwrap()) && mail.facts[0].1.contains("0189"));
    assert!(!format!("{mail:?}").contains(IBANS[0]));
    assert_eq!(row.state, DisbursementState::InRun, "what has left stays in its run");
    let link = mail.action.as_ref().unwrap().path.clone();
    desk.page(&desk.director, &link, 200).await;
    assert!(desk.page(&desk.finance, &path, 200).await.contains(caution));
    paying.check();
}

#[actix_web::test]
async fn a_doubt_is_told_once_to_the_others_and_a_false_account_that_closes_alarms_nobody() {
    let (desk, _) = asked();
    let paying = &desk.paying;
    let new = paying.enter_account(&desk.grantee, IBANS[1], NAME).unwrap();
    assert_eq!(told(paying).len(), 2);
    let close = (BankAccountEvent::Close, "Une erreur de saisie.");
    paying.does(|tx| block(tx, &paying.finance, new, 1, close, paying.now)).unwrap();
    assert_eq!(told(paying).len(), 2, "the transfer goes to the account that stays");
    let known = paying.db.read(|conn| accounts::open_of(conn, desk.grantee.organisation)).unwrap().remove(0);
    let doubt = (BankAccountEvent::Quarantine, "L’organisation ne connaît pas ce compte.");
    paying.does(|tx| block(tx, &paying.finance, known.id, known.version, doubt, paying.now)).unwrap();
    let last: Vec<_> = told(paying).into_iter().filter(|(_, mail)| mail.paragraphs[0].contains("bloqué")).collect();
    assert_eq!(last.len(), 1, "whoever blocks it knows");
    assert_eq!(last[0].0, "diane.direction@tisserand.example");
    paying.check();
}

#[test]
fn a_grant_suspended_before_the_file_leaves_its_run() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        let line = paying.payments(grantee.grant)[0].id;
        let run = paying.prepare(&[line]);
        paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
        let turn = |event: GrantEvent| {
            let version = paying.grant(grantee.grant).version;
            let said = (event, "Un doute sur le projet.");
            paying
                .does(|tx| grants::change_with_reason(tx, &paying.director, grantee.grant, version, said, paying.now))
                .unwrap();
        };
        turn(GrantEvent::Suspend);
        let row = paying.payments(grantee.grant).remove(0);
        assert_eq!((row.state, row.payment_run_id), (DisbursementState::Authorised, None));
        let file = paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, text_of, paying.now));
        assert!(file.is_err(), "no file asks the bank to pay a grant that is suspended");
        assert!(paying.put_in_run(&[line]).is_err(), "nor does it join another run");
        turn(GrantEvent::Resume);
        paying.pay(paying.put_in_run(&[line]).unwrap());
        assert_eq!(paying.payments(grantee.grant)[0].state, DisbursementState::Paid);
        paying.check();
    }
}

#[actix_web::test]
async fn whoever_is_recused_hears_nothing_of_the_transfer() {
    let (desk, _) = asked();
    desk.paying.recuse(&desk.paying.director, desk.grantee.grant);
    desk.paying.enter_account(&desk.grantee, IBANS[1], NAME).unwrap();
    let told = told(&desk.paying);
    assert_eq!(told.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["farid.finance@tisserand.example"]);
}

#[actix_web::test]
async fn a_grant_suspended_after_the_file_is_told_to_those_who_pay() {
    let (desk, run) = asked();
    let paying = &desk.paying;
    let path = format!("/finances/lots/{run}");
    let caution = "Subvention suspendue : ce virement est peut-être à arrêter auprès de la banque.";
    assert!(!desk.page(&desk.finance, &path, 200).await.contains(caution));
    let suspend = |who: &Actor| {
        let version = paying.grant(desk.grantee.grant).version;
        let said = (GrantEvent::Suspend, "Un doute sur le projet.");
        paying.does(|tx| grants::change_with_reason(tx, who, desk.grantee.grant, version, said, paying.now).map(drop))
    };
    suspend(&paying.officer).unwrap();
    let told = told(paying);
    let to: Vec<_> = told.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["diane.direction@tisserand.example", "farid.finance@tisserand.example"]);
    let (grant, row) = (paying.grant(desk.grantee.grant), paying.payments(desk.grantee.grant).remove(0));
    let (_, mail) = &told[0];
    assert!(mail.subject.contains(&grant.reference) && mail.paragraphs[0].contains("suspendue"), "{mail:?}");
    assert!(!mail.subject.contains("compte"), "its account is in no doubt: {mail:?}");
    assert!(mail.facts[0].0.contains(row.end_to_end_id.as_deref().unwrap()), "{mail:?}");
    assert_eq!(row.state, DisbursementState::InRun, "what has left stays in its run");
    assert!(desk.page(&desk.finance, &path, 200).await.contains(caution));
    paying.check();
}

#[test]
fn whoever_suspends_a_grant_or_is_recused_from_it_is_told_of_no_transfer() {
    let (paying, grantee) = Paying::granted(sqlite(), NAME, Euros::whole(10_000));
    let run = paying.prepare(&[paying.payments(grantee.grant)[0].id]);
    paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
    paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, text_of, paying.now)).unwrap();
    paying.recuse(&paying.finance, grantee.grant);
    let (version, said) = (paying.grant(grantee.grant).version, (GrantEvent::Suspend, "Un doute sur le projet."));
    let suspend = |tx: &mut Tx| {
        grants::change_with_reason(tx, &paying.director, grantee.grant, version, said, paying.now).map(drop)
    };
    paying.does(suspend).unwrap();
    assert!(told(&paying).is_empty(), "{:?}", told(&paying));
    paying.check();
}

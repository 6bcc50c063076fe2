//! Whoever keeps the money of an organisation alone: nothing of its grants exists for them.

use super::{NAME, page};
use crate::support::{
    databases::sqlite,
    grants::{IBANS, Paying},
    site::Site,
};
use tisserand::{
    domain::{
        identity::Email, ids::PersonId, money::Euros, organisations::MemberSeat, reports::ReportKind, roles::Role,
    },
    store::{attachments as files, documents, messages, people},
    usecases::{Actor, attachments, organisations, reports},
};

/// An organisation with a treasurer from before the results on, its grant with a report filed; who keeps the money.
fn kept() -> (Paying, crate::support::grants::Grantee, PersonId) {
    let paying = Paying::on(sqlite());
    let grantee = paying.award(NAME, Euros::whole(10_000));
    let email: Email = "tao@example.org".parse().unwrap();
    let guest = (&email, "Tao Trésor");
    let invite = |tx: &mut tisserand::store::Tx| {
        organisations::invite(tx, &grantee.holder, grantee.organisation, guest, MemberSeat::Treasurer, paying.now)
    };
    let treasurer = paying.db.write(invite).unwrap();
    paying.announce();
    paying.ready(&grantee, NAME, IBANS[0]);
    (paying, grantee, treasurer)
}

#[actix_web::test]
async fn whoever_keeps_the_money_alone_finds_neither_grant_nor_report() {
    let (paying, grantee, treasurer) = kept();
    let report = paying.file_report(&grantee, ReportKind::Final, Euros::whole(4_000));
    let treasurer = Actor::person(treasurer, vec![Role::Applicant]);
    let site = Site::over(&paying.db, paying.now);
    let (holder, cookie) = (site.cookie_of(&grantee.holder), site.cookie_of(&treasurer));
    let home = format!("/subventions/{}", grantee.grant);
    let form = format!("{home}/bilans/{report}");
    let application = paying.grant(grantee.grant).application_id;
    let letter = paying.db.read(|conn| documents::of_subject(conn, application.as_str())).unwrap().remove(0);
    let letter = format!("{home}/courriers/{}", letter.id);
    for path in [&home, &form, &letter] {
        assert_eq!(site.get(&holder, path).await.status(), 200, "{path}");
    }
    for path in [&home, &form, &letter, &format!("{home}/avenants"), &format!("{home}/refus")] {
        assert_eq!(site.get(&cookie, path).await.status(), 404, "{path}");
    }
    for path in [format!("{home}/accord"), format!("{home}/signature"), format!("{form}/depot"), form.clone()] {
        let sent = site.post(&cookie, &path, &[("version", "0"), ("token", &"a".repeat(64))]).await;
        assert_eq!(sent.status(), 404, "{path}");
    }
    let paper = paying.db.read(|conn| files::of_owner(conn, report.as_str())).unwrap().remove(0);
    let reads = |actor: &Actor| {
        let paper = paying.db.read(|conn| attachments::find(conn, actor, paper.id)).is_ok();
        [paper, paying.db.read(|conn| reports::paper(conn, actor, report)).is_ok()]
    };
    assert_eq!((reads(&grantee.holder), reads(&treasurer)), ([true; 2], [false; 2]));

    let list = page(site.get(&cookie, "/subventions").await, 200).await;
    assert!(list.contains("suivis par vos collègues") && !list.contains("Jardins"), "{list}");
    let file = page(site.get(&cookie, &format!("/dossiers/{application}")).await, 200).await;
    assert!(file.contains("Vous tenez le budget") && !file.contains("/subventions/"), "{file}");
    page(site.get(&cookie, &format!("/organisations/{}/compte", grantee.organisation)).await, 200).await;
    paying.check();
}

#[test]
fn mails_of_a_grant_reach_its_readers_and_those_of_an_account_its_treasurer_too() {
    let (paying, grantee, treasurer) = kept();
    let application = paying.grant(grantee.grant).application_id;
    let told = |about: &str| -> Vec<String> {
        let mails = paying.db.read(|conn| messages::about(conn, about, 50)).unwrap();
        mails.into_iter().map(|mail| mail.recipient_address).collect()
    };
    let holder = paying.db.read(|conn| people::find(conn, grantee.holder.person.unwrap())).unwrap().email;
    let keeper = paying.db.read(|conn| people::find(conn, treasurer)).unwrap().email;
    for about in [application.as_str(), grantee.grant.as_str()] {
        let told = told(about);
        assert!(told.iter().any(|to| to == holder.as_str()), "{told:?}");
        assert!(told.iter().all(|to| to != keeper.as_str()), "{told:?}");
    }
    let accounts = paying.db.read(|conn| tisserand::store::bank_accounts::open_of(conn, grantee.organisation)).unwrap();
    let told: Vec<String> = accounts.iter().flat_map(|account| told(account.id.as_str())).collect();
    assert!(told.iter().any(|to| to == keeper.as_str()), "{told:?}");
}

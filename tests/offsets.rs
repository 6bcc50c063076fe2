//! What one grant owes, kept back from a payment of another one of the same holder.

use crate::support::{
    databases::each_database,
    grants::{Grantee, IBANS, Paying, person},
    site::{Site, sign_in},
};
use tisserand::{
    domain::{
        journal::Stage,
        lifecycles::{grants::GrantState, messages::MessageState, recoveries::RecoveryEvent},
        messages::MessageKind,
        money::Euros,
        reports::ReportKind,
        roles::Role,
    },
    store::{StoreError, disbursements, journal, messages, recoveries as recovery_rows},
    usecases::{UseCaseError, disbursements::mark_returned, payment_runs, recoveries},
};

const NAME: &str = "Les Passeurs";

#[actix_web::test]
async fn what_is_owed_is_kept_back_from_another_payment_and_the_bank_is_asked_for_less() {
    for db in each_database() {
        let paying = Paying::on(db);
        let owing = paying.award(NAME, Euros::whole(10_000));
        let other = paying.award("Le Fil", Euros::whole(6_000));
        give(&paying, &other, &owing);
        let other = Grantee { holder: owing.holder.clone(), organisation: owing.organisation, grant: other.grant };
        paying.announce();
        paying.ready(&owing, NAME, IBANS[0]);
        paying.accept(&other);
        paying.pay(paying.prepare(&[paying.payments(owing.grant)[0].id]));
        paying.report(&owing, ReportKind::Interim, Euros::whole(4_000));
        paying.report(&owing, ReportKind::Final, Euros::whole(4_000));
        let owed = paying.db.read(|conn| recovery_rows::of_grant(conn, owing.grant)).unwrap()[0].clone();
        let lies = |stage, grantee: &Grantee| {
            paying.db.read(|conn| journal::balance(conn, stage, journal::Scope::Grant(grantee.grant))).unwrap()
        };
        let offset = || {
            let how = (RecoveryEvent::OffsetAgainst, "Déduit de l’avance de l’autre projet.");
            paying.does(|tx| recoveries::give_up(tx, &paying.finance, owed.id, owed.version, how, paying.now))
        };
        let refused = offset().unwrap_err().to_string();
        assert!(refused.contains("rien dont la déduire"), "nothing is authorised yet: {refused}");
        let line = paying.payments(other.grant)[0].id;
        paying.authorise(line).unwrap();
        let second = paying.does(|tx| person(tx, "Fanny Finance", Role::Finance, paying.now)).unwrap();
        paying.recuse(&second, other.grant);
        let how = (RecoveryEvent::OffsetAgainst, "Déduit de ce que je ne dois pas connaître.");
        let unseen = paying.does(|tx| recoveries::give_up(tx, &second, owed.id, owed.version, how, paying.now));
        assert!(
            unseen.unwrap_err().to_string().contains("rien dont la déduire"),
            "that payment does not exist for them"
        );
        let door = Site::over(&paying.db, paying.now);
        let cookie = sign_in(&paying.db, paying.finance.person.unwrap(), paying.now);
        let question = format!("/finances/trop-percus/{}/compensation", owed.id);
        let page = door.get(&cookie, &question).await.text().await.unwrap().replace(['\u{a0}', '\u{202f}'], " ");
        assert!(page.contains("1 600 € partent au lieu de 3 000 €"), "which payment, and what is left of it: {page}");
        assert!(page.contains("reste entier dans les comptes de"), "whose money it is: {page}");
        offset().unwrap();
        assert!(offset().is_err(), "once");
        assert_eq!(paying.grant(owing.grant).state, GrantState::Closed);
        assert_eq!(lies(Stage::Paid, &owing), Euros::whole(3_600));
        assert_eq!(lies(Stage::Recovered, &owing), Euros::whole(1_400));
        paying.check();
        let page = door.get(&cookie, "/finances/lots/nouveau").await.text().await.unwrap();
        let page = page.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(page.contains("3 000 € moins 1 400 € de trop-perçu"), "{page}");
        assert!(page.contains("Trop-perçus déduits") && page.contains("1 600 €"), "{page}");
        let run = paying.put_in_run(&[line]).unwrap();
        let totals = paying.db.read(|conn| disbursements::totals_of_runs(conn, &[run])).unwrap();
        assert_eq!(totals, [(run, 1, Euros::whole(1_600))], "the list says what the bank is asked for");
        paying.pay(run);
        let (_, file) = paying.does(|tx| payment_runs::bank_file(tx, &paying.finance, run, paying.now)).unwrap();
        assert!(file.content.contains(" 1600.00 "), "3 000 € less 1 400 €: {}", file.content);
        assert_eq!(lies(Stage::Paid, &other), Euros::whole(3_000), "the payment itself is whole");
        paying.check();
        let version = paying.db.read(|conn| disbursements::find(conn, line)).unwrap().version;
        paying.does(|tx| mark_returned(tx, &paying.finance, line, version, "Compte clos", paying.now)).unwrap();
        let queued = paying.db.read(|conn| messages::in_state(conn, MessageState::Queued, 500)).unwrap();
        let told = queued.iter().find(|mail| mail.kind == MessageKind::PaymentReturned).unwrap();
        let subject = told.subject_line.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(subject.contains("1 600 €"), "what had left is what comes back: {subject}");
    }
}

/// Makes the second organisation's grant one of the first's.
pub(crate) fn give(paying: &Paying, grant: &Grantee, to: &Grantee) {
    use diesel::prelude::*;
    use tisserand::store::schema::grants::dsl;
    let row = diesel::update(dsl::grants.find(grant.grant)).set(dsl::organisation_id.eq(to.organisation));
    paying.does(|tx| row.clone().execute(tx.conn()).map_err(StoreError::from).map_err(UseCaseError::from)).unwrap();
}

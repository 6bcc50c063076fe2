//! What a funder reads of a payment is found on the line of the bank.

use super::statements::{Entry, PAYER, bring, confirm, leave, message, ticks};
use crate::{
    offsets::give,
    support::{
        databases::each_database,
        grants::{Grantee, IBANS, Paying},
    },
};
use tisserand::{
    domain::{evidence_packs::PaymentFacts, lifecycles::recoveries::RecoveryEvent, money::Euros, reports::ReportKind},
    store::{funding_sources, recoveries as recovery_rows},
    usecases::{
        evidence::{self, Period, Told},
        recoveries, statements,
    },
};

const NAME: &str = "Les Passeurs";

/// What all funders are told of the payments of a grant.
fn told(paying: &Paying, grantee: &Grantee) -> Vec<PaymentFacts> {
    let period = Period { from: "2026-01-01".parse().unwrap(), until: "2028-12-31".parse().unwrap() };
    let funders = paying.db.read(funding_sources::funders).unwrap();
    let mut found = Vec::new();
    for funder in &funders {
        let gather = (None, Told::One(grantee.grant));
        let grants = paying.db.read(|conn| evidence::grants_told(conn, funder, period, gather)).unwrap().grants;
        found.extend(grants.into_iter().flat_map(|grant| grant.payments));
    }
    found
}

#[test]
fn what_left_the_bank_is_told_where_a_debt_was_kept_back() {
    for db in each_database() {
        let mut paying = Paying::on(db);
        let owing = paying.award(NAME, Euros::whole(10_000));
        let other = paying.award("Le Fil", Euros::whole(6_000));
        give(&paying, &other, &owing);
        let other = Grantee { holder: owing.holder.clone(), organisation: owing.organisation, grant: other.grant };
        paying.announce();
        paying.ready(&owing, NAME, IBANS[0]);
        paying.accept(&other);
        paying.pay(paying.prepare(&[paying.payments(owing.grant)[0].id]));
        let plain = told(&paying, &owing);
        assert!(!plain.is_empty() && plain.iter().all(|payment| payment.left_bank == Some(payment.whole)), "{plain:?}");
        paying.report(&owing, ReportKind::Interim, Euros::whole(4_000));
        paying.report(&owing, ReportKind::Final, Euros::whole(4_000));
        let owed = paying.db.read(|conn| recovery_rows::of_grant(conn, owing.grant)).unwrap()[0].clone();
        let line = paying.payments(other.grant)[0].id;
        paying.authorise(line).unwrap();
        let how = (RecoveryEvent::OffsetAgainst, "Déduit de l’avance de l’autre projet.");
        paying
            .does(|tx| recoveries::give_up(tx, &paying.finance, owed.id, owed.version, how, paying.now).map(drop))
            .unwrap();
        leave(&paying, paying.put_in_run(&[line]).unwrap());
        paying.now = paying.now.plus_days(3);
        let reference = paying.payments(other.grant)[0].end_to_end_id.clone().unwrap();
        let day = paying.now.plus_days(-2).paris_date();
        let debit = Entry::debit(day, "1600.00", &reference);
        let arrived = bring(&paying, &paying.finance, &message(PAYER, &debit.xml())).unwrap();
        let read = || paying.db.read(|conn| statements::read(conn, &paying.finance, arrived.id, paying.now)).unwrap();
        let done = confirm(&paying, &paying.finance, arrived.id, &ticks(&read())).unwrap();
        assert_eq!(done.paid, 1, "the line of the bank is that of the payment");
        let bank = read().lines[0].0.amount_cents;
        let facts = told(&paying, &other);
        assert!(!facts.is_empty());
        for payment in facts {
            assert_eq!((payment.left_bank, payment.paid_on), (Some(bank), day));
            assert_eq!((payment.whole, payment.kept_back()), (Euros::whole(3_000), Euros::whole(1_400)));
        }
        paying.check();
    }
}

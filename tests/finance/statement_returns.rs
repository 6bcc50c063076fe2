//! Money the bank sends back without saying for which transfer: nothing that came back goes unseen.

use super::statements::{Entry, PAYER, bring, confirm, message, ticks};
use crate::support::{
    databases::each_database,
    grants::{Grantee, IBANS, Paying},
};
use tisserand::{
    domain::{
        ids::StatementImportId, lifecycles::disbursements::DisbursementState, money::Euros,
        statements::matching::Verdict,
    },
    usecases::statements::{self, Reading},
};

const NAME: &str = "Les Passeurs";

/// A payment the bank made, on each database; the next day.
fn each(test: impl Fn(Paying, Grantee, &str)) {
    for db in each_database() {
        let mut paying = Paying::on(db);
        let grantee = paying.award(NAME, Euros::whole(10_000));
        paying.announce();
        paying.ready(&grantee, NAME, IBANS[0]);
        let run = paying.prepare(&[paying.payments(grantee.grant)[0].id]);
        paying.pay(run);
        paying.now = paying.now.plus_days(1);
        let reference = paying.payments(grantee.grant)[0].end_to_end_id.clone().unwrap();
        test(paying, grantee, &reference);
    }
}

fn reads(paying: &Paying, id: StatementImportId) -> Reading {
    paying.db.read(|conn| statements::read(conn, &paying.finance, id, paying.now)).unwrap()
}

#[test]
fn a_return_without_reference_is_proposed_by_its_account_or_its_label() {
    each(|paying, grantee, reference| {
        let words = format!("VIR REJETE {reference}");
        let credit = Entry { side: "CRDT", ..Entry::debit(paying.now.paris_date(), "5000.00", "NOTPROVIDED") };
        for entry in [Entry { account: IBANS[2], label: &words, ..credit }, credit] {
            let arrived = bring(&paying, &paying.finance, &message(PAYER, &entry.xml())).unwrap();
            let (_, verdict) = reads(&paying, arrived.id).lines.pop().unwrap();
            assert!(matches!(&verdict, Verdict::Proposed(_, why) if why.contains("revient")), "{verdict:?}");
        }
        let other = Entry { account: IBANS[2], ..credit };
        let arrived = bring(&paying, &paying.finance, &message(PAYER, &other.xml())).unwrap();
        assert!(matches!(reads(&paying, arrived.id).lines[0].1, Verdict::NotOurs(_)), "an amount alone says nothing");
        let arrived = bring(&paying, &paying.finance, &message(PAYER, &credit.xml())).unwrap();
        let done = confirm(&paying, &paying.finance, arrived.id, &ticks(&reads(&paying, arrived.id))).unwrap();
        assert_eq!(done.returned, 1);
        assert_eq!(paying.payments(grantee.grant)[0].state, DisbursementState::Returned);
        paying.check();
    });
}

#[test]
fn a_return_told_twice_sends_back_no_second_payment() {
    each(|paying, grantee, _| {
        let day = paying.now.paris_date();
        let credit = Entry { side: "CRDT", ..Entry::debit(day, "5000.00", "NOTPROVIDED") };
        let arrived = bring(&paying, &paying.finance, &message(PAYER, &credit.xml())).unwrap();
        confirm(&paying, &paying.finance, arrived.id, &ticks(&reads(&paying, arrived.id))).unwrap();
        // The payment leaves again the same day, and the bank tells of the return once more in other words.
        let line = paying.payments(grantee.grant)[0].id;
        paying.authorise(line).unwrap();
        paying.pay(paying.put_in_run(&[line]).unwrap());
        let again = Entry { label: "RETOUR VIR", ..credit };
        let arrived = bring(&paying, &paying.finance, &message(PAYER, &again.xml())).unwrap();
        let verdict = reads(&paying, arrived.id).lines.pop().unwrap().1;
        assert!(matches!(&verdict, Verdict::Unknown(why) if why.contains("déjà confirmée")), "{verdict:?}");
        assert_eq!(paying.payments(grantee.grant)[0].state, DisbursementState::Paid);
        paying.check();
    });
}

//! How a grant ends before its time: never while its money is on its way.

use crate::support::{
    databases::each_database,
    grants::{Grantee, IBANS, Paying},
};
use tisserand::{
    domain::{
        lifecycles::{
            disbursements::DisbursementState,
            grants::{GrantEvent, GrantState},
        },
        money::Euros,
    },
    store::disbursements as payments,
    usecases::{Outcome, disbursements, grants},
};

const NAME: &str = "Les Passeurs";

fn terminate(paying: &Paying, grantee: &Grantee) -> Outcome<()> {
    let version = paying.grant(grantee.grant).version;
    let why = (GrantEvent::Terminate, "Projet abandonné");
    paying
        .does(|tx| grants::change_with_reason(tx, &paying.director, grantee.grant, version, why, paying.now).map(drop))
}

#[test]
fn a_grant_is_not_terminated_while_a_payment_is_on_its_way() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award(NAME, Euros::whole(10_000));
        paying.announce();
        paying.ready(&grantee, NAME, IBANS[0]);
        let line = paying.payments(grantee.grant)[0].id;
        let refused = |expected: DisbursementState| {
            let row = paying.db.read(|conn| payments::find(conn, line)).unwrap();
            assert_eq!(row.state, expected);
            let said = terminate(&paying, &grantee).unwrap_err().to_string();
            assert!(said.contains("Un versement est en cours"), "{expected}: {said}");
            assert_eq!(paying.grant(grantee.grant).state, GrantState::Active);
            paying.check();
        };
        paying.authorise(line).unwrap();
        refused(DisbursementState::Authorised);
        let run = paying.put_in_run(&[line]).unwrap();
        refused(DisbursementState::InRun);
        paying.pay(run);
        let version = paying.db.read(|conn| payments::find(conn, line)).unwrap().version;
        paying
            .does(|tx| {
                disbursements::mark_returned(tx, &paying.finance, line, version, "Compte clos (AC04)", paying.now)
                    .map(drop)
            })
            .unwrap();
        refused(DisbursementState::Returned);
        paying.authorise(line).unwrap();
        refused(DisbursementState::Authorised);
        paying.pay(paying.put_in_run(&[line]).unwrap());
        terminate(&paying, &grantee).unwrap();
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Terminated);
        paying.check();
    }
}

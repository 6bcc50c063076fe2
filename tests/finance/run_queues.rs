//! The runs that wait for an approval: those for a person, and apart those in which that person had a hand.

use super::{Desk, NAME};
use crate::support::{
    databases::each_database,
    grants::{IBANS, Paying, person},
};
use tisserand::{
    domain::{money::Euros, roles::Role},
    store::payment_runs as runs,
    usecases::{
        approvals, disbursements,
        payment_runs::{self, Preparation},
    },
};

#[test]
fn whoever_prepared_authorised_or_verified_finds_the_run_apart() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award(NAME, Euros::whole(10_000));
        paying.announce();
        paying.ready(&grantee, NAME, IBANS[0]);
        let hand = |name: &str| paying.does(|tx| person(tx, name, Role::Finance, paying.now)).unwrap();
        let (authoriser, preparer) = (hand("Gaston Gestion"), hand("Fanny Finance"));
        let line = paying.payments(grantee.grant)[0].id;
        let version = || paying.payments(grantee.grant)[0].version;
        let shown = version();
        paying.does(|tx| disbursements::authorise(tx, &authoriser, line, shown, paying.now)).unwrap();
        let wanted =
            Preparation { lines: vec![(line, version())], payer: paying.payer, execution_on: paying.now.paris_date() };
        let run = paying.does(|tx| payment_runs::prepare(tx, &preparer, &wanted, paying.now)).unwrap();
        for (who, is_apart) in
            [(&paying.director, false), (&preparer, true), (&authoriser, true), (&paying.finance, true)]
        {
            let id = who.person.unwrap();
            let found = paying.db.read(|conn| {
                let (own, others) = (runs::waiting(conn, id, None, 9)?, runs::waiting_for_others(conn, id, None, 9)?);
                Ok::<_, tisserand::store::StoreError>((own, others, runs::count_waiting_for_others(conn, id)?))
            });
            let (own, others, count) = found.unwrap();
            let ids = |rows: &[runs::PaymentRunRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
            let (here, apart) = if is_apart { (vec![], vec![run]) } else { (vec![run], vec![]) };
            assert_eq!((ids(&own), ids(&others), count), (here, apart, i64::from(is_apart)));
            let asked = paying.does(|tx| approvals::ask_code(tx, who, run, paying.now));
            assert_eq!(asked.is_err(), is_apart, "the list says what the rule says");
        }
    }
}

#[actix_web::test]
async fn the_direction_is_offered_the_runs_of_others_alone() {
    let desk = Desk::open();
    let run = desk.run();
    let (link, apart) = (format!("href=\"/finances/lots/{run}\""), "À approuver par quelqu’un d’autre (1)");
    let page = desk.page(&desk.director, "/direction", 200).await;
    assert!(page.contains(&link) && page.contains("à vous de l’approuver") && !page.contains(apart), "{page}");
    // The one who prepared it is given the second role.
    desk.paying.does(|tx| person(tx, "Farid Finance", Role::Director, desk.paying.now).map(drop)).unwrap();
    let both = crate::support::site::sign_in(&desk.paying.db, desk.paying.finance.person.unwrap(), desk.paying.now);
    let page = desk.page(&both, "/direction", 200).await;
    assert!(page.contains(&link) && page.contains(apart) && !page.contains("à vous de l’approuver"), "{page}");
}

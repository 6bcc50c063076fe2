//! A run stays what was approved, whatever becomes of its payments: its page, its list, its file and its digest.

use crate::support::{
    databases::each_database,
    grants::{Grantee, IBANS, Paying},
    site::Site,
};
use tisserand::{
    domain::{
        holidays::bank_day,
        ids::{DisbursementId, PaymentRunId},
        lifecycles::payment_runs::PaymentRunState,
        money::Euros,
        run_lines::RunLineOutcome,
    },
    exports::credit_transfers::bank_file,
    store::{disbursements as payments, payment_runs as runs, run_lines},
    usecases::{approvals, disbursements, payment_runs},
};

/// Two grants, the first payment of each put into one run.
fn two(paying: &Paying) -> ([Grantee; 2], [DisbursementId; 2], PaymentRunId) {
    let grantees =
        [("Les Passeurs", 10_000), ("Le Fil", 6_000)].map(|(name, sum)| paying.award(name, Euros::whole(sum)));
    paying.announce();
    paying.ready(&grantees[0], "Les Passeurs", IBANS[0]);
    paying.ready(&grantees[1], "Le Fil", IBANS[1]);
    let lines = [0, 1].map(|at| paying.payments(grantees[at].grant)[0].id);
    let run = paying.prepare(&lines);
    paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
    (grantees, lines, run)
}

fn export(paying: &Paying, run: PaymentRunId) {
    paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, bank_file, paying.now)).unwrap();
}

fn mark_paid(paying: &Paying, run: PaymentRunId) {
    let today = paying.now.paris_date();
    paying.does(|tx| payment_runs::mark_paid(tx, &paying.finance, run, 2, today, paying.now)).unwrap();
}

/// How these lines of a run went.
fn outcomes(paying: &Paying, run: PaymentRunId, lines: &[DisbursementId]) -> Vec<RunLineOutcome> {
    let found = paying.db.read(|conn| run_lines::of_run(conn, run)).unwrap();
    let of = |line: &DisbursementId| found.iter().find(|row| row.disbursement_id == *line).unwrap().outcome;
    lines.iter().map(of).collect()
}

fn totals(paying: &Paying, run: PaymentRunId) -> (i64, Euros) {
    let found = paying.db.read(|conn| payments::totals_of_runs(conn, &[run])).unwrap();
    (found[0].1, found[0].2)
}

#[actix_web::test]
async fn a_line_paid_again_in_another_run_leaves_the_first_run_as_its_file_has_it() {
    for db in each_database() {
        let paying = Paying::on(db);
        let (_, lines, run) = two(&paying);
        let first = lines[0];
        export(&paying, run);
        let asked = paying.db.read(|conn| runs::file(conn, run)).unwrap().unwrap();
        assert!(asked.content.contains("<CtrlSum>8000.00</CtrlSum>"), "{}", asked.content);
        mark_paid(&paying, run);
        paying.check();
        let row = paying.db.read(|conn| payments::find(conn, first)).unwrap();
        let why = "Compte clos (AC04)";
        paying
            .does(|tx| disbursements::mark_returned(tx, &paying.finance, first, row.version, why, paying.now))
            .unwrap();
        assert_eq!(outcomes(&paying, run, &lines), [RunLineOutcome::Returned, RunLineOutcome::Paid]);
        paying.check();
        paying.authorise(first).unwrap();
        let second = paying.put_in_run(&[first]).unwrap();
        paying.check();
        paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, second, 0, paying.now)).unwrap();
        export(&paying, second);
        assert_eq!(outcomes(&paying, run, &lines), [RunLineOutcome::Carried, RunLineOutcome::Paid]);
        let site = Site::over(&paying.db, paying.now);
        let finance = site.cookie_of(&paying.finance);
        let page = site.get(&finance, &format!("/finances/lots/{run}")).await.text().await.unwrap();
        for words in
            ["Les Passeurs", "Le Fil", "8\u{202f}000", "rejeté, repris dans un autre lot", asked.sha256.as_str()]
        {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("name=\"ligne\""), "nothing of it waits for the bank: {page}");
        assert_eq!(totals(&paying, run), (2, Euros::whole(8_000)), "the list says what its file says");
        assert_eq!(totals(&paying, second), (1, Euros::whole(5_000)));
        mark_paid(&paying, second);
        let today = paying.now.paris_date();
        let version = paying.db.read(|conn| runs::find(conn, run)).unwrap().version;
        let again = paying.does(|tx| payment_runs::mark_paid(tx, &paying.finance, run, version, today, paying.now));
        assert!(again.unwrap_err().to_string().contains("déjà constatés"));
        assert_eq!(outcomes(&paying, second, &lines[..1]), [RunLineOutcome::Paid]);
        let (_, file) = paying.does(|tx| payment_runs::bank_file(tx, &paying.finance, run, paying.now)).unwrap();
        assert_eq!(file.sha256, asked.sha256, "byte for byte");
        paying.check();
    }
}

#[test]
fn a_line_withdrawn_after_the_approval_is_told_and_is_not_in_the_file() {
    for db in each_database() {
        let paying = Paying::on(db);
        let (grantees, lines, run) = two(&paying);
        let first = lines[0];
        paying.enter_account(&grantees[0], IBANS[2], "Les Passeurs").unwrap();
        assert_eq!(outcomes(&paying, run, &lines), [RunLineOutcome::Withdrawn, RunLineOutcome::Waiting]);
        assert_eq!(paying.db.read(|conn| payments::find(conn, first)).unwrap().payment_run_id, None);
        paying.check();
        export(&paying, run);
        let file = paying.db.read(|conn| runs::file(conn, run)).unwrap().unwrap();
        assert!(file.content.contains("<NbOfTxs>1</NbOfTxs>") && file.content.contains("<CtrlSum>3000.00</CtrlSum>"));
        assert_eq!(totals(&paying, run), (1, Euros::whole(3_000)));
        mark_paid(&paying, run);
        assert_eq!(paying.db.read(|conn| runs::find(conn, run)).unwrap().state, PaymentRunState::Settled);
        paying.check();
    }
}

#[test]
fn a_run_that_is_not_what_its_file_asks_for_is_seen() {
    use diesel::prelude::*;
    use tisserand::{store::schema::payment_run_lines::dsl, usecases::UseCaseError};
    let paying = Paying::on(crate::support::databases::sqlite());
    let (_, [first, _], run) = two(&paying);
    export(&paying, run);
    let broken = paying.does(|tx| {
        let line = dsl::payment_run_lines.filter(dsl::disbursement_id.eq(first));
        let less = dsl::amount_cents.eq(Euros::whole(4_999));
        diesel::update(line).set(less).execute(tx.conn()).map_err(tisserand::store::StoreError::from)?;
        let found = tisserand::usecases::integrity::check(tx.conn(), None, &mut |_| {})?;
        Ok::<_, UseCaseError>(
            found.into_iter().filter(|one| one.tally.broken > 0).map(|one| one.name).collect::<Vec<_>>(),
        )
    });
    assert_eq!(broken.unwrap(), ["each payment run stays what was approved, and its file adds up to it"]);
}

#[test]
fn a_file_made_after_the_day_of_its_run_asks_for_no_day_that_is_over() {
    for db in each_database() {
        let mut paying = Paying::on(db);
        let (_, _, run) = two(&paying);
        let wanted = paying.db.read(|conn| runs::find(conn, run)).unwrap().execution_on;
        paying.now = paying.now.plus_days(3);
        export(&paying, run);
        let asked = paying.db.read(|conn| runs::find(conn, run)).unwrap().execution_on;
        assert!(asked > wanted && asked == bank_day(paying.now.paris_date()), "{wanted} became {asked}");
        let file = paying.does(|tx| payment_runs::bank_file(tx, &paying.finance, run, paying.now)).unwrap().1;
        assert!(file.content.contains(&format!("<Dt>{asked}</Dt>")), "{}", file.content);
        paying.check();
    }
}

//! An authorisation taken back before the bank is asked: the money is promised again and no more, and nothing of it leaves.

use super::{Desk, NAME, code_of, field, led_to, text};
use crate::support::{
    databases::each_database,
    grants::{Grantee, IBANS, Paying, text_of},
};
use tisserand::{
    domain::{
        ids::{DisbursementId, PaymentRunId},
        journal::{Stage, TransferKind},
        lifecycles::{disbursements::DisbursementState, grants::GrantState, payment_runs::PaymentRunState},
        money::Euros,
        one_time_codes::CodeFault,
        reports::ReportKind,
        run_lines::RunLineOutcome,
    },
    store::{disbursements as payments, history, journal, payment_runs as runs, run_lines},
    usecases::{Outcome, approvals, disbursements, payment_runs, revocations},
};

const OTHERS: &str = "Les Voisins";
const WHY: &str = "Montant contesté";

fn revoke(paying: &Paying, id: DisbursementId) -> Outcome<()> {
    let version = paying.db.read(|conn| payments::find(conn, id))?.version;
    paying.does(|tx| revocations::revoke(tx, &paying.finance, id, version, WHY, paying.now).map(drop))
}

fn approve(paying: &Paying, run: PaymentRunId) {
    paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
}

/// How often a payment's authorisation was taken back, by its history.
fn times(paying: &Paying, id: DisbursementId) -> usize {
    let told = paying.db.read(|conn| history::of_subject(conn, id.as_str())).unwrap();
    told.iter().filter(|row| row.event == "revoke" && row.reason == WHY).count()
}

/// Two grants, the first payment of each in one run.
fn two(paying: &Paying) -> ([DisbursementId; 2], PaymentRunId) {
    let grantees: [Grantee; 2] =
        [(NAME, 6_000), (OTHERS, 4_000)].map(|(name, sum)| paying.award(name, Euros::whole(sum)));
    paying.announce();
    paying.ready(&grantees[0], NAME, IBANS[0]);
    paying.ready(&grantees[1], OTHERS, IBANS[1]);
    let lines = [0, 1].map(|at| paying.payments(grantees[at].grant)[0].id);
    (lines, paying.prepare(&lines))
}

#[test]
fn the_money_is_promised_again_by_source_to_the_cent_and_may_be_authorised_anew() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::from_cents(999_997));
        let line = paying.payments(grantee.grant)[0].id;
        let parts = || {
            let all = paying.db.read(|conn| journal::of_grant(conn, grantee.grant)).unwrap();
            all.into_iter().filter(|(_, _, sum)| sum.is_positive()).collect::<Vec<_>>()
        };
        let before = parts();
        for _ in 0..2 {
            paying.authorise(line).unwrap();
            assert_ne!(parts(), before);
            revoke(&paying, line).unwrap();
            assert_eq!(parts(), before);
            paying.check();
        }
        let row = paying.payments(grantee.grant).remove(0);
        let kept = (row.state, row.authorised_by, row.authorised_on, row.bank_account_id, row.reason);
        assert_eq!(kept, (DisbursementState::Planned, None, None, None, None));
        assert_eq!(times(&paying, line), 2, "the history keeps who and why");
        let moved = paying.db.read(|conn| journal::of_disbursement(conn, line)).unwrap();
        for back in moved.iter().filter(|one| one.kind == TransferKind::Revoke) {
            let undone = moved.iter().find(|one| Some(one.seq) == back.reverses_seq).unwrap();
            assert_eq!((undone.kind, undone.amount_cents), (TransferKind::Authorise, back.amount_cents));
        }
        paying.pay(paying.prepare(&[line]));
        assert_eq!(paying.payments(grantee.grant)[0].state, DisbursementState::Paid);
        paying.check();
    }
}

#[test]
fn a_run_that_waits_for_its_approval_asks_for_another_code() {
    for db in each_database() {
        let paying = Paying::on(db);
        let (lines, run) = two(&paying);
        let director = &paying.director;
        paying.does(|tx| approvals::ask_code(tx, director, run, paying.now)).unwrap();
        let code = code_of(&paying, director, run);
        revoke(&paying, lines[0]).unwrap();
        let total = paying.db.read(|conn| payments::totals_of_runs(conn, &[run])).unwrap();
        assert_eq!(total, [(run, 1, Euros::whole(2_000))]);
        let typed = paying.does(|tx| approvals::approve(tx, director, (run, 0), &code, paying.now)).unwrap();
        assert_eq!(typed.map(drop).unwrap_err(), CodeFault::Changed, "what was read is not what is there");
        assert_eq!(paying.db.read(|conn| runs::find(conn, run)).unwrap().state, PaymentRunState::Open);
        paying.check();
        paying.pay(run);
        paying.check();
    }
}

#[test]
fn the_file_of_an_approved_run_is_made_without_it_and_then_keeps_what_it_has() {
    for db in each_database() {
        let paying = Paying::on(db);
        let (lines, run) = two(&paying);
        approve(&paying, run);
        revoke(&paying, lines[0]).unwrap();
        let kept = paying.db.read(|conn| run_lines::of_run(conn, run)).unwrap();
        let of = |id: DisbursementId| kept.iter().find(|row| row.disbursement_id == id).unwrap().outcome;
        assert_eq!(lines.map(of), [RunLineOutcome::Withdrawn, RunLineOutcome::Waiting]);
        paying.check();
        paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, text_of, paying.now)).unwrap();
        let (_, file) = paying.does(|tx| payment_runs::bank_file(tx, &paying.finance, run, paying.now)).unwrap();
        assert!(file.content.contains(IBANS[1]) && !file.content.contains(IBANS[0]), "{}", file.content);
        let refused = revoke(&paying, lines[1]).unwrap_err().to_string();
        assert!(refused.contains("ne peut plus qu’être payé ou rejeté par la banque"), "{refused}");
        let today = paying.now.paris_date();
        paying.does(|tx| payment_runs::mark_paid(tx, &paying.finance, run, 2, today, paying.now)).unwrap();
        let refused = revoke(&paying, lines[1]).unwrap_err().to_string();
        assert!(refused.contains("versé"), "what is paid comes back otherwise: {refused}");
        assert_eq!(paying.db.read(|conn| runs::find(conn, run)).unwrap().state, PaymentRunState::Settled);
        paying.check();
    }
}

#[test]
fn a_transfer_the_bank_sent_back_is_planned_again_and_leaves_under_another_reference() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        let line = paying.payments(grantee.grant)[0].id;
        paying.pay(paying.prepare(&[line]));
        let sent = paying.payments(grantee.grant).remove(0);
        let back = |tx: &mut tisserand::store::Tx| {
            disbursements::mark_returned(tx, &paying.finance, line, sent.version, "Compte clos (AC04)", paying.now)
        };
        paying.does(back).unwrap();
        revoke(&paying, line).unwrap();
        let lies = |stage| paying.db.read(|conn| journal::balance(conn, stage, journal::Scope::Grant(grantee.grant)));
        let found = [Stage::Committed, Stage::Authorised, Stage::Paid].map(|stage| lies(stage).unwrap());
        assert_eq!(found, [Euros::whole(10_000), Euros::ZERO, Euros::ZERO]);
        let row = paying.payments(grantee.grant).remove(0);
        assert_eq!((row.state, row.paid_on, row.payment_run_id), (DisbursementState::Planned, None, None));
        paying.check();
        paying.pay(paying.prepare(&[line]));
        let again = paying.payments(grantee.grant).remove(0);
        assert_eq!(again.end_to_end_id.unwrap(), format!("{}-R1", sent.end_to_end_id.unwrap()));
        paying.check();
    }
}

#[test]
fn a_grant_whose_final_report_is_accepted_is_settled_once_nothing_is_under_way() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        let line = paying.payments(grantee.grant)[0].id;
        paying.authorise(line).unwrap();
        paying.report(&grantee, ReportKind::Interim, Euros::whole(4_000));
        paying.report(&grantee, ReportKind::Final, Euros::whole(4_000));
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Active, "a payment is under way");
        revoke(&paying, line).unwrap();
        let grant = paying.grant(grantee.grant);
        assert_eq!((grant.state, grant.amount_cents), (GrantState::Closing, Euros::whole(3_600)));
        let left: Vec<_> =
            paying.payments(grantee.grant).into_iter().map(|row| (row.state, row.amount_cents)).collect();
        assert_eq!(left[0].0, DisbursementState::Cancelled);
        assert_eq!(left.last().unwrap(), &(DisbursementState::Planned, Euros::whole(3_600)), "90 % of 4 000 €");
        paying.check();
    }
}

#[actix_web::test]
async fn finance_alone_takes_it_back_on_its_page_for_a_reason_and_once() {
    let desk = Desk::open();
    let (paying, run) = (&desk.paying, desk.run());
    let id = paying.payments(desk.grantee.grant)[0].id;
    let path = format!("/finances/versements/{id}");
    let (to, button) = (format!("{path}/retrait"), format!("action=\"{path}/retrait\""));
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains(&button) && page.contains("redevient prévu et quitte son lot"), "{page}");
    let (version, token) = (field(&page, "version"), field(&page, "token"));
    let form = [("version", version.as_str()), ("token", token.as_str()), ("motif", WHY)];
    let officer = desk.door.cookie_of(&paying.officer);
    for other in [&desk.director, &officer] {
        assert_eq!(desk.door.post(other, &to, &form).await.status().as_u16(), 404, "forged");
    }
    assert!(!desk.page(&desk.director, &path, 200).await.contains(&button), "management reads it");
    let silent = desk.send(&desk.finance, &path, &to, &[("motif", " ")]).await;
    assert!(text(silent, 422).await.contains("Écrivez le motif"));
    assert_eq!(paying.payments(desk.grantee.grant)[0].state, DisbursementState::InRun);
    for _ in 0..2 {
        assert_eq!(led_to(&desk.door.post(&desk.finance, &to, &form).await), path, "a double click");
    }
    assert_eq!((paying.payments(desk.grantee.grant)[0].state, times(paying, id)), (DisbursementState::Planned, 1));
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains("Autorisation retirée") && page.contains(WHY), "{page}");
    assert!(!page.contains(&format!("/finances/lots/{run}")) && !page.contains(&button), "{page}");
    paying.check();
    let second = paying.prepare(&[id]);
    approve(paying, second);
    paying.does(|tx| payment_runs::export(tx, &paying.finance, second, 1, text_of, paying.now)).unwrap();
    let page = desk.page(&desk.finance, &path, 200).await;
    let said = "ne peut plus qu’être payé ou rejeté par la banque";
    assert!(page.contains(said) && page.contains("disabled>Retirer l’autorisation"), "{page}");
    assert!(text(desk.send(&desk.finance, &path, &to, &[("motif", WHY)]).await, 409).await.contains(said));
    paying.check();
}

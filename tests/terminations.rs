//! How a grant ends before its time: what is authorised is taken back, never what the bank was asked for, and what it did not
//! spend is asked back.

use crate::support::{
    databases::each_database,
    forms::fields,
    grants::{Grantee, IBANS, Paying, text_of},
    site::Site,
};
use tisserand::{
    domain::{
        ids::DisbursementId,
        journal::Stage,
        lifecycles::{
            disbursements::DisbursementState,
            grants::{GrantEvent, GrantState},
            recoveries::RecoveryState,
        },
        money::Euros,
        reports::ReportKind,
        roles::Role,
    },
    store::{
        Tx, balances, disbursements as payments, documents, history, journal, payment_runs as runs,
        recoveries::{self as debts, RecoveryRow},
    },
    usecases::{Outcome, approvals, disbursements, grants, payment_runs, recoveries, reports, revocations},
};

const NAME: &str = "Les Passeurs";

fn terminate(paying: &Paying, grantee: &Grantee) -> Outcome<()> {
    let version = paying.grant(grantee.grant).version;
    let why = (GrantEvent::Terminate, "Projet abandonné");
    paying
        .does(|tx| grants::change_with_reason(tx, &paying.director, grantee.grant, version, why, paying.now).map(drop))
}

#[test]
fn a_grant_is_not_terminated_while_the_bank_is_asked_to_pay() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        let run = paying.prepare(&[paying.payments(grantee.grant)[0].id]);
        paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
        paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, text_of, paying.now)).unwrap();
        let reference = paying.db.read(|conn| runs::find(conn, run)).unwrap().reference;
        let said = terminate(&paying, &grantee).unwrap_err().to_string();
        assert!(said.contains(&reference) && said.contains("si la banque l’a payé ou rejeté"), "{said}");
        let state = paying.payments(grantee.grant)[0].state;
        assert_eq!((paying.grant(grantee.grant).state, state), (GrantState::Active, DisbursementState::InRun));
        paying.check();
        let today = paying.now.paris_date();
        paying.does(|tx| payment_runs::mark_paid(tx, &paying.finance, run, 2, today, paying.now)).unwrap();
        terminate(&paying, &grantee).unwrap();
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Terminated);
        paying.check();
    }
}

fn send_back(paying: &Paying, line: DisbursementId) {
    let version = paying.db.read(|conn| payments::find(conn, line)).unwrap().version;
    let why = "Compte clos (AC04)";
    paying
        .does(|tx| disbursements::mark_returned(tx, &paying.finance, line, version, why, paying.now).map(drop))
        .unwrap();
}

#[test]
fn what_is_authorised_and_not_asked_of_the_bank_ends_with_its_grant() {
    let stages = ["authorised", "in a run", "suspended in its run", "in an approved run", "sent back by the bank"];
    let all = stages.into_iter().flat_map(|stage| each_database().into_iter().map(move |db| (stage, db)));
    for (stage, db) in all {
        let amount = Euros::from_cents(999_997);
        let (paying, grantee) = Paying::granted(db, NAME, amount);
        let lies = |stage, scope| paying.db.read(|conn| journal::balance(conn, stage, scope)).unwrap();
        let (call, grant) = (journal::Scope::Call(paying.call), journal::Scope::Grant(grantee.grant));
        let envelope = lies(Stage::Envelope, call);
        let line = paying.payments(grantee.grant)[0].clone();
        paying.authorise(line.id).unwrap();
        let run = (stage != "authorised").then(|| paying.put_in_run(&[line.id]).unwrap());
        match (stage, run) {
            ("in an approved run", Some(run)) => {
                paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
            }
            ("suspended in its run", Some(_)) => {
                let (version, why) = (paying.grant(grantee.grant).version, (GrantEvent::Suspend, "Un doute"));
                let (who, id) = (&paying.director, grantee.grant);
                paying.does(|tx| grants::change_with_reason(tx, who, id, version, why, paying.now)).unwrap();
            }
            ("sent back by the bank", Some(run)) => {
                paying.pay(run);
                send_back(&paying, line.id);
            }
            _ => {}
        }
        terminate(&paying, &grantee).unwrap();
        let left = [Stage::Committed, Stage::Authorised, Stage::Paid].map(|stage| lies(stage, grant));
        assert_eq!(left, [Euros::ZERO; 3], "{stage}");
        assert_eq!(lies(Stage::Envelope, call), envelope + amount, "{stage}");
        let states: Vec<_> = paying.payments(grantee.grant).iter().map(|row| row.state).collect();
        assert_eq!(states, [DisbursementState::Cancelled; 3], "{stage}");
        let told = paying.db.read(|conn| history::of_subject(conn, line.id.as_str())).unwrap();
        let last: Vec<_> = told.iter().rev().take(2).map(|row| (row.event.as_str(), row.reason.as_str())).collect();
        assert_eq!(last, [("cancel", ""), ("revoke", "Projet abandonné")], "{stage}");
        if let Some(run) = run {
            let total = paying.db.read(|conn| payments::totals_of_runs(conn, &[run])).unwrap();
            let asked = (stage == "sent back by the bank").then_some((run, 1, line.amount_cents));
            assert_eq!(total, Vec::from_iter(asked), "{stage}: what the bank was asked for, and nothing else");
        }
        paying.check();
    }
}

/// Paid half of 10 000 €, and no more.
fn advanced(paying: &Paying) -> Grantee {
    let grantee = paying.award(NAME, Euros::whole(10_000));
    paying.announce();
    paying.ready(&grantee, NAME, IBANS[0]);
    paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
    grantee
}

fn owed(paying: &Paying, grantee: &Grantee) -> Vec<RecoveryRow> {
    paying.db.read(|conn| debts::of_grant(conn, grantee.grant)).unwrap()
}

fn claim(paying: &Paying, grantee: &Grantee) -> Outcome<()> {
    let version = paying.grant(grantee.grant).version;
    paying.does(|tx| recoveries::claim(tx, &paying.finance, grantee.grant, version, paying.now).map(drop))
}

#[actix_web::test]
async fn what_a_terminated_grant_did_not_spend_is_asked_back_and_comes_back() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = advanced(&paying);
        assert!(claim(&paying, &grantee).is_err(), "the grant runs");
        terminate(&paying, &grantee).unwrap();
        assert!(owed(&paying, &grantee).is_empty(), "a person asks");
        paying.check();
        let site = Site::over(&paying.db, paying.now);
        let [officer, finance, holder] =
            [&paying.officer, &paying.finance, &grantee.holder].map(|who| site.cookie_of(who));
        let home = format!("/suivi/{}", grantee.grant);
        let path = format!("{home}/reversement");
        let told = async |cookie: &str, path: &str| site.get(cookie, path).await.text().await.unwrap();
        assert!(!told(&officer, &home).await.contains(&path), "an officer asks for no money");
        assert_eq!(site.get(&officer, &path).await.status(), 404);
        assert!(told(&finance, "/finances/trop-percus").await.contains(&home), "what is left to ask");
        assert!(told(&finance, &home).await.contains(&format!("href=\"{path}\"")));
        let question = told(&finance, &path).await.replace(['\u{a0}', '\u{202f}'], " ");
        for line in
            ["Déjà versé : 5 000 €", "Dépenses retenues : 0 €", "Montant accordé : 10 000 €", "À reverser : 5 000 €"]
        {
            assert!(question.contains(line), "{line}: {question}");
        }
        assert!(owed(&paying, &grantee).is_empty(), "looking changes nothing");
        let question = told(&finance, &path).await;
        let fields = fields(&question, &path);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for _ in 0..2 {
            assert_eq!(site.post(&finance, &path, &fields).await.status(), 303, "a double click");
        }
        let rows = owed(&paying, &grantee);
        assert_eq!(rows.iter().map(|row| row.amount_cents).collect::<Vec<_>>(), [Euros::whole(5_000)]);
        let birth = paying.db.read(|conn| history::of_subject(conn, rows[0].id.as_str())).unwrap();
        assert_eq!(birth[0].role, Role::Finance, "not the clock");
        let letters = paying.db.read(|conn| documents::of_subject(conn, rows[0].id.as_str())).unwrap();
        assert_eq!(letters.len(), 1);
        for words in ["Projet abandonné.", "Dépenses retenues"] {
            assert!(letters[0].facts.contains(words), "{words}: {}", letters[0].facts);
        }
        assert!(claim(&paying, &grantee).unwrap_err().to_string().contains("déjà partie"));
        assert!(!told(&finance, "/finances/trop-percus").await.contains(&format!("href=\"{home}\"")));
        let mine = told(&holder, &format!("/subventions/{}", grantee.grant)).await.replace(['\u{a0}', '\u{202f}'], " ");
        for words in ["Projet abandonné. Ce qui a été versé", "est à reverser : 5 000 €", "dont à reverser", "Vous"]
        {
            assert!(mine.contains(words), "{words}: {mine}");
        }
        paying.check();
        let (id, version, today) = (rows[0].id, rows[0].version, paying.now.paris_date());
        paying.does(|tx| recoveries::receive(tx, &paying.finance, id, version, today, paying.now).map(drop)).unwrap();
        assert_eq!(owed(&paying, &grantee)[0].state, RecoveryState::Received);
        let scope = journal::Scope::Grant(grantee.grant);
        assert_eq!(paying.db.read(|conn| journal::balance(conn, Stage::Paid, scope)).unwrap(), Euros::ZERO);
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Terminated);
        paying.check();
    }
}

/// 90 % of 4 000 € are 3 600 €, of which 5 000 € are paid.
#[test]
fn what_an_accepted_report_covers_is_not_asked_back() {
    let twice = [false, true].into_iter().flat_map(|is_late| each_database().into_iter().map(move |db| (is_late, db)));
    for (is_late, db) in twice {
        let paying = Paying::on(db);
        let grantee = advanced(&paying);
        let report = || paying.report(&grantee, ReportKind::Interim, Euros::whole(4_000));
        if !is_late {
            report();
        }
        terminate(&paying, &grantee).unwrap();
        if is_late {
            report();
        }
        claim(&paying, &grantee).unwrap();
        let kept = paying.db.read(|conn| balances::find(conn, grantee.grant)).unwrap().unwrap();
        let said = [kept.cost_cents, kept.award_cents, kept.paid_cents, kept.to_return_cents];
        assert_eq!(said, [4_000, 10_000, 5_000, 1_400].map(Euros::whole), "accepted afterwards: {is_late}");
        assert_eq!(owed(&paying, &grantee)[0].amount_cents, Euros::whole(1_400));
        paying.check();
    }
}

#[test]
fn a_report_that_was_filed_is_read_before_anything_is_asked_back() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = advanced(&paying);
        terminate(&paying, &grantee).unwrap();
        let cost = Euros::whole(9_000);
        let report = paying.file_report(&grantee, ReportKind::Final, cost);
        assert!(claim(&paying, &grantee).unwrap_err().to_string().contains("pas encore lu"));
        paying.does(|tx| reports::accept(tx, &paying.officer, report, 2, cost, paying.now).map(drop)).unwrap();
        let refused = claim(&paying, &grantee).unwrap_err().to_string();
        assert!(refused.contains("Rien n’est à demander"), "90 % of 9 000 € are more than was paid: {refused}");
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Terminated, "and nothing more is paid");
        paying.check();
    }
}

#[test]
fn a_transfer_that_comes_back_to_a_terminated_grant_stays_here() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = advanced(&paying);
        terminate(&paying, &grantee).unwrap();
        let line = paying.payments(grantee.grant)[0].clone();
        send_back(&paying, line.id);
        let refused = paying.authorise(line.id).unwrap_err().to_string();
        assert!(refused.contains("La subvention n’est pas en cours."), "{refused}");
        assert!(claim(&paying, &grantee).is_err(), "nothing stayed paid");
        paying.check();
        let envelope = || {
            let scope = journal::Scope::Call(paying.call);
            paying.db.read(|conn| journal::balance(conn, Stage::Envelope, scope)).unwrap()
        };
        let (before, version) = (envelope(), paying.payments(grantee.grant)[0].version);
        let why = "La subvention est résiliée.";
        paying
            .does(|tx| revocations::revoke(tx, &paying.finance, line.id, version, why, paying.now).map(drop))
            .unwrap();
        assert_eq!(paying.payments(grantee.grant)[0].state, DisbursementState::Cancelled);
        assert_eq!(envelope(), before + line.amount_cents, "it may be given to others");
        assert_eq!(paying.grant(grantee.grant).amount_cents, Euros::ZERO);
        paying.check();
    }
}

/// 90 % of 8 000 € are 7 200 €, of which 9 000 € are paid in two transfers.
#[test]
fn what_was_paid_back_is_no_part_of_what_a_late_return_takes_from_a_terminated_grant() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = advanced(&paying);
        paying.report(&grantee, ReportKind::Interim, Euros::whole(8_000));
        let second = paying.payments(grantee.grant)[1].clone();
        assert_eq!(second.amount_cents, Euros::whole(4_000));
        paying.pay(paying.prepare(&[second.id]));
        terminate(&paying, &grantee).unwrap();
        assert_eq!(paying.grant(grantee.grant).amount_cents, Euros::whole(9_000));
        claim(&paying, &grantee).unwrap();
        let debt = owed(&paying, &grantee).remove(0);
        assert_eq!(debt.amount_cents, Euros::whole(1_800));
        let today = paying.now.paris_date();
        let back =
            |tx: &mut Tx| recoveries::receive(tx, &paying.finance, debt.id, debt.version, today, paying.now).map(drop);
        paying.does(back).unwrap();
        send_back(&paying, second.id);
        let version = paying.db.read(|conn| payments::find(conn, second.id)).unwrap().version;
        let take_back = |tx: &mut Tx| {
            revocations::revoke(tx, &paying.finance, second.id, version, "Compte clos.", paying.now).map(drop)
        };
        paying.does(take_back).unwrap();
        assert_eq!(paying.grant(grantee.grant).amount_cents, Euros::whole(5_000), "the transfer that stayed");
        let scope = journal::Scope::Grant(grantee.grant);
        let lies = |stage| paying.db.read(|conn| journal::balance(conn, stage, scope)).unwrap();
        let found = [Stage::Committed, Stage::Authorised, Stage::Paid, Stage::Recovered].map(lies);
        assert_eq!(found, [0, 0, 3_200, 1_800].map(Euros::whole));
        paying.check();
    }
}

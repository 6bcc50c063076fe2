//! Paying: nothing leaves without its conditions and two people, nothing is lost on the way, and it all adds up.

use crate::support::{
    databases::each_database,
    grants::{Grantee, IBANS, Paying, text_of},
};
use chrono::Duration;
use tisserand::{
    domain::{
        disbursements::DisbursementKind,
        journal::{Stage, TransferKind},
        letters::{Letter, LetterKind},
        lifecycles::{
            bank_accounts::{BankAccountEvent, BankAccountState},
            disbursements::DisbursementState,
            grants::{GrantEvent, GrantState},
            payment_runs::PaymentRunState,
            recoveries::{RecoveryEvent, RecoveryState},
            reports::ReportEvent,
        },
        messages::MessageKind,
        money::Euros,
        reports::ReportKind,
    },
    store::{
        StoreError, bank_accounts as accounts, disbursements as payments, documents, journal, money_sources,
        payment_runs as runs, recoveries as recovery_rows,
    },
    usecases::{
        UseCaseError, amendments, approvals, bank_accounts, disbursements, grants, payment_runs, recoveries, reports,
    },
};

const NAME: &str = "Les Passeurs";

/// A call announced with one grant of this amount, on each database.
fn each(amount: Euros, test: impl Fn(Paying, Grantee)) {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award(NAME, amount);
        paying.announce();
        test(paying, grantee);
    }
}

fn reason(refused: UseCaseError) -> String {
    match refused {
        UseCaseError::Refused(refusal) => refusal.to_string(),
        UseCaseError::Invalid(errors) => errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" "),
        other => panic!("{other:?}"),
    }
}

fn mails(paying: &Paying, kind: MessageKind) -> Vec<String> {
    use diesel::prelude::*;
    use tisserand::store::schema::messages::dsl;
    let rows = dsl::messages.filter(dsl::kind.eq(kind)).order(dsl::recipient_address).select(dsl::recipient_address);
    paying.db.read(|conn| rows.load(conn).map_err(StoreError::from)).unwrap()
}

fn lies(paying: &Paying, stage: Stage, grantee: &Grantee) -> Euros {
    paying.db.read(|conn| journal::balance(conn, stage, journal::Scope::Grant(grantee.grant))).unwrap()
}

#[test]
fn the_whole_way_from_the_offer_to_the_closed_grant() {
    each(Euros::whole(10_000), |paying, grantee| {
        assert_eq!(lies(&paying, Stage::Committed, &grantee), Euros::whole(10_000));
        paying.ready(&grantee, NAME, IBANS[0]);
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Active, "no agreement below the threshold");
        let planned = paying.payments(grantee.grant);
        let shape: Vec<_> = planned.iter().map(|row| (row.kind, row.amount_cents)).collect();
        assert_eq!(
            shape,
            [
                (DisbursementKind::Advance, Euros::whole(5_000)),
                (DisbursementKind::Instalment, Euros::whole(4_000)),
                (DisbursementKind::Balance, Euros::whole(1_000)),
            ]
        );
        paying.pay(paying.prepare(&[planned[0].id]));
        assert_eq!(lies(&paying, Stage::Paid, &grantee), Euros::whole(5_000));
        paying.report(&grantee, ReportKind::Interim, Euros::whole(6_000));
        paying.pay(paying.prepare(&[planned[1].id]));
        paying.report(&grantee, ReportKind::Final, Euros::whole(12_000));
        let grant = paying.grant(grantee.grant);
        assert_eq!((grant.state, grant.amount_cents), (GrantState::Closing, Euros::whole(10_000)));
        paying.pay(paying.prepare(&[planned[2].id]));
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Closed);
        assert_eq!(mails(&paying, MessageKind::PaymentNotice).len(), 3);
        assert_eq!(mails(&paying, MessageKind::GrantClosed).len(), 1);
        paying.check();
    });
}

#[test]
fn splits_add_up_to_the_cent_and_no_source_gives_more_than_it_promised() {
    each(Euros::from_cents(1_000_001), |paying, grantee| {
        paying.accept(&grantee);
        let mut by_source = std::collections::BTreeMap::new();
        for row in paying.payments(grantee.grant) {
            let splits = paying.db.read(|conn| money_sources::splits_of_disbursement(conn, row.id)).unwrap();
            assert_eq!(splits.iter().map(|split| split.amount_cents).sum::<Euros>(), row.amount_cents);
            assert_eq!(splits.len(), 2);
            for split in splits {
                *by_source.entry(split.funding_source_id).or_insert(Euros::ZERO) += split.amount_cents;
            }
        }
        for (source, given) in by_source {
            let scope = journal::Scope::GrantSource(grantee.grant, source);
            let promised = paying.db.read(|conn| journal::balance(conn, Stage::Committed, scope)).unwrap();
            assert_eq!(given, promised);
        }
        paying.check();
    });
}

#[test]
fn nothing_leaves_without_acceptance_conditions_and_a_verified_account() {
    each(Euros::whole(10_000), |paying, grantee| {
        assert!(paying.payments(grantee.grant).is_empty(), "nothing is planned before the acceptance");
        paying.accept(&grantee);
        let planned = paying.payments(grantee.grant);
        let refused = |id| reason(paying.authorise(id).unwrap_err());
        assert_eq!(refused(planned[0].id), "Le compte bancaire du bénéficiaire n’est pas vérifié.");
        let account = paying.enter_account(&grantee, IBANS[0], "Hélo Passeurs").unwrap();
        let wrong_name = reason(paying.verify(account, paying.now).unwrap_err());
        assert_eq!(wrong_name, "Le titulaire du RIB n’est pas le bénéficiaire.");
        let account = paying.enter_account(&grantee, IBANS[1], "ASSOCIATION LES PASSEURS").unwrap();
        paying.verify(account, paying.now).unwrap();
        assert!(refused(planned[1].id).contains("l’acceptation du bilan intermédiaire"));
        assert!(refused(planned[2].id).contains("l’acceptation du bilan final"));
        paying.authorise(planned[0].id).unwrap();
        paying.check();
    });
}

#[test]
fn a_grant_above_the_threshold_waits_for_both_signatures() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award(NAME, Euros::whole(24_000));
        paying.announce();
        let id = grantee.grant;
        paying.ready(&grantee, NAME, IBANS[0]);
        assert_eq!(paying.grant(id).state, GrantState::Accepted);
        assert!(reason(paying.authorise(paying.payments(id)[0].id).unwrap_err()).contains("la signature"));
        paying.send_agreement(id);
        let wrong = paying.sign(&grantee.holder, id, "Quelqu’un");
        assert!(reason(wrong.unwrap_err()).contains("Tapez votre nom"));
        let name = format!("HELO {NAME}");
        paying.sign(&grantee.holder, id, &name).unwrap();
        assert_eq!(paying.grant(id).state, GrantState::AgreementSent);
        let again = paying.sign(&grantee.holder, id, &name);
        assert!(matches!(again, Err(UseCaseError::Store(StoreError::Stale))));
        paying.sign(&paying.director, id, "diane direction").unwrap();
        assert_eq!(paying.grant(id).state, GrantState::Active);
        paying.authorise(paying.payments(id)[0].id).unwrap();
        both_have_the_signed_copy(&paying, id);
        paying.check();
    }
}

/// The agreement was sent to be signed, then given to both with its two signatures.
fn both_have_the_signed_copy(paying: &Paying, id: tisserand::domain::ids::GrantId) {
    let rows = paying.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap();
    let mut letters: Vec<Letter> = rows.iter().map(|row| serde_json::from_str(&row.facts).unwrap()).collect();
    letters.sort_by_key(|letter| letter.reference.clone());
    let [sent, signed] = &letters[..] else { panic!("two agreements, not {}", letters.len()) };
    assert_eq!([&sent.kind, &signed.kind], [&LetterKind::Agreement; 2]);
    assert_eq!(signed.reference, format!("{}-2", sent.reference));
    assert!(sent.parties.iter().all(|party| party.signed.is_none()));
    let said: Vec<_> = signed.parties.iter().map(|party| party.signed.clone().unwrap()).collect();
    assert!(said[0].contains("Diane Direction") && said[1].contains(&format!("Hélo {NAME}")), "{said:?}");
    let text = serde_json::to_string(sent).unwrap();
    assert!(text.contains("convention signée") && !text.contains("s’il y en a une"), "its own conditions: {text}");
    assert!(text.contains("2001-495"), "above 23 000 €");
}

#[test]
fn nobody_approves_what_they_prepared_and_a_second_click_changes_nothing() {
    each(Euros::whole(10_000), |paying, grantee| {
        paying.ready(&grantee, NAME, IBANS[0]);
        let line = paying.payments(grantee.grant)[0].id;
        let run = paying.prepare(&[line]);
        let own = paying.does(|tx| approvals::approve_by_mail(tx, &paying.finance, run, 0, paying.now));
        assert!(reason(own.unwrap_err()).contains("Une autre personne"));
        let early = paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 0, text_of, paying.now));
        assert!(matches!(early, Err(UseCaseError::Refused(_))));
        paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
        let again = paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now));
        assert!(matches!(again, Err(UseCaseError::Store(StoreError::Stale))));
        paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, text_of, paying.now)).unwrap();
        let (_, file) = paying.does(|tx| payment_runs::bank_file(tx, &paying.finance, run, paying.now)).unwrap();
        assert!(file.content.contains(&format!("5000.00 {}", IBANS[0])));
        assert_eq!(file.sha256, tisserand::store::digests::sha256(&file.content));
        let twice = paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, text_of, paying.now));
        assert!(matches!(twice, Err(UseCaseError::Store(StoreError::Stale))));
        let today = paying.now.paris_date();
        let future = paying
            .does(|tx| payment_runs::mark_paid(tx, &paying.finance, run, 2, today + Duration::days(1), paying.now));
        assert!(reason(future.unwrap_err()).contains("dans le futur"));
        paying.does(|tx| payment_runs::mark_paid(tx, &paying.finance, run, 2, today, paying.now)).unwrap();
        assert_eq!(lies(&paying, Stage::Paid, &grantee), Euros::whole(5_000));
        let paid_again = paying.does(|tx| payment_runs::mark_paid(tx, &paying.finance, run, 2, today, paying.now));
        assert!(matches!(paid_again, Err(UseCaseError::Store(StoreError::Stale))));
        assert_eq!(lies(&paying, Stage::Paid, &grantee), Euros::whole(5_000));
        assert_eq!(paying.db.read(|conn| runs::find(conn, run)).unwrap().state, PaymentRunState::Settled);
        assert_eq!(mails(&paying, MessageKind::PaymentNotice).len(), 1);
        paying.check();
    });
}

#[test]
fn a_changed_account_waits_tells_those_known_before_and_pulls_open_payments() {
    each(Euros::whole(10_000), |paying, grantee| {
        paying.ready(&grantee, NAME, IBANS[0]);
        let line = paying.payments(grantee.grant)[0].id;
        let run = paying.prepare(&[line]);
        let new = paying.enter_account(&grantee, IBANS[1], NAME).unwrap();
        let row = paying.db.read(|conn| payments::find(conn, line)).unwrap();
        assert_eq!((row.state, row.payment_run_id), (DisbursementState::Authorised, None));
        let told = mails(&paying, MessageKind::BankChanged);
        assert_eq!(told, ["contact@les.passeurs.example", "helo.les.passeurs@tisserand.example"]);
        let empty = paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now));
        assert_eq!(reason(empty.unwrap_err()), "Le lot est vide.");
        assert!(reason(paying.put_in_run(&[line]).unwrap_err()).contains("n’est pas vérifié"));
        assert!(reason(paying.verify(new, paying.now).unwrap_err()).contains("quarantaine"));
        paying.verify(new, paying.now.plus_days(7)).unwrap();
        let open = paying.db.read(|conn| accounts::open_of(conn, grantee.organisation)).unwrap();
        assert_eq!(open.iter().map(|row| (row.id, row.state)).collect::<Vec<_>>(), [(new, BankAccountState::Verified)]);
        let run = paying.put_in_run(&[line]).unwrap();
        paying.pay(run);
        assert_eq!(paying.db.read(|conn| payments::find(conn, line)).unwrap().bank_account_id, Some(new));
        paying.check();
    });
}

#[test]
fn a_false_account_is_closed_and_the_former_one_is_paid_again() {
    each(Euros::whole(10_000), |paying, grantee| {
        paying.ready(&grantee, NAME, IBANS[0]);
        let new = paying.enter_account(&grantee, IBANS[1], NAME).unwrap();
        let line = paying.payments(grantee.grant)[0].id;
        assert!(paying.authorise(line).is_err());
        paying
            .does(|tx| {
                bank_accounts::block(
                    tx,
                    &paying.finance,
                    new,
                    1,
                    (BankAccountEvent::Close, "Une erreur de saisie."),
                    paying.now,
                )
            })
            .unwrap();
        paying.authorise(line).unwrap();
        paying.check();
    });
}

#[test]
fn a_returned_transfer_is_reversed_and_can_leave_again() {
    each(Euros::whole(10_000), |paying, grantee| {
        paying.ready(&grantee, NAME, IBANS[0]);
        let line = paying.payments(grantee.grant)[0].id;
        paying.pay(paying.prepare(&[line]));
        let version = paying.db.read(|conn| payments::find(conn, line)).unwrap().version;
        paying
            .does(|tx| {
                disbursements::mark_returned(tx, &paying.finance, line, version, "Compte clos (AC04)", paying.now)
            })
            .unwrap();
        assert_eq!(lies(&paying, Stage::Paid, &grantee), Euros::ZERO);
        assert_eq!(lies(&paying, Stage::Authorised, &grantee), Euros::whole(5_000));
        let transfers = paying.db.read(|conn| journal::of_disbursement(conn, line)).unwrap();
        for back in transfers.iter().filter(|transfer| transfer.kind == TransferKind::Return) {
            let paid = transfers.iter().find(|transfer| Some(transfer.seq) == back.reverses_seq).unwrap();
            assert_eq!((paid.kind, paid.amount_cents), (TransferKind::Pay, back.amount_cents));
        }
        assert_eq!(mails(&paying, MessageKind::PaymentReturned).len(), 1);
        paying.check();
        let first = paying.db.read(|conn| payments::find(conn, line)).unwrap().end_to_end_id.unwrap();
        paying.authorise(line).unwrap();
        let second = paying.db.read(|conn| payments::find(conn, line)).unwrap().end_to_end_id.unwrap();
        assert_eq!(second, format!("{first}-R1"));
        paying.pay(paying.put_in_run(&[line]).unwrap());
        assert_eq!(lies(&paying, Stage::Paid, &grantee), Euros::whole(5_000));
        paying.check();
    });
}

#[test]
fn a_project_that_cost_less_gets_less_and_the_envelope_the_rest() {
    each(Euros::whole(10_000), |paying, grantee| {
        paying.ready(&grantee, NAME, IBANS[0]);
        let planned = paying.payments(grantee.grant);
        paying.pay(paying.prepare(&[planned[0].id]));
        paying.report(&grantee, ReportKind::Interim, Euros::whole(5_000));
        // 90 % of 7 000 € is 6 300 €, of which 5 000 € are paid.
        paying.report(&grantee, ReportKind::Final, Euros::whole(7_000));
        let grant = paying.grant(grantee.grant);
        assert_eq!((grant.state, grant.amount_cents), (GrantState::Closing, Euros::whole(6_300)));
        let payments = paying.payments(grantee.grant);
        let last = payments.last().unwrap();
        assert_eq!((last.state, last.amount_cents), (DisbursementState::Planned, Euros::whole(1_300)));
        let envelope = journal::Scope::Call(paying.call);
        let left = paying.db.read(|conn| journal::balance(conn, Stage::Envelope, envelope)).unwrap();
        assert_eq!(left, Euros::whole(25_000 - 6_300));
        paying.check();
        paying.pay(paying.prepare(&[last.id]));
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Closed);
        paying.check();
    });
}

#[test]
fn what_was_paid_too_much_is_asked_back_and_closes_the_grant_when_received() {
    each(Euros::whole(10_000), |paying, grantee| {
        paying.ready(&grantee, NAME, IBANS[0]);
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        paying.report(&grantee, ReportKind::Interim, Euros::whole(4_000));
        paying.report(&grantee, ReportKind::Final, Euros::whole(4_000));
        let grant = paying.grant(grantee.grant);
        assert_eq!((grant.state, grant.amount_cents), (GrantState::Closing, Euros::whole(5_000)));
        let owed = paying.db.read(|conn| recovery_rows::of_grant(conn, grantee.grant)).unwrap();
        assert_eq!(owed.iter().map(|row| row.amount_cents).collect::<Vec<_>>(), [Euros::whole(1_400)]);
        assert_eq!(mails(&paying, MessageKind::RecoveryRequest).len(), 1);
        paying.check();
        let (id, today) = (owed[0].id, paying.now.paris_date());
        paying.does(|tx| recoveries::receive(tx, &paying.finance, id, 0, today, paying.now)).unwrap();
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Closed);
        assert_eq!(lies(&paying, Stage::Paid, &grantee), Euros::whole(3_600));
        assert_eq!(lies(&paying, Stage::Recovered, &grantee), Euros::whole(1_400));
        let again = paying.does(|tx| {
            recoveries::give_up(tx, &paying.director, id, 1, (RecoveryEvent::WriteOff, "trop tard"), paying.now)
        });
        assert!(matches!(again, Err(UseCaseError::Refused(_))));
        let row = paying.db.read(|conn| recovery_rows::find(conn, id)).unwrap();
        assert_eq!(row.state, RecoveryState::Received);
        paying.check();
    });
}

#[test]
fn what_the_bank_returned_cannot_be_paid_back_too() {
    each(Euros::whole(10_000), |paying, grantee| {
        paying.ready(&grantee, NAME, IBANS[0]);
        let line = paying.payments(grantee.grant)[0].id;
        paying.pay(paying.prepare(&[line]));
        paying.report(&grantee, ReportKind::Interim, Euros::whole(4_000));
        paying.report(&grantee, ReportKind::Final, Euros::whole(4_000));
        let recovery = paying.db.read(|conn| recovery_rows::of_grant(conn, grantee.grant)).unwrap()[0].id;
        let version = paying.db.read(|conn| payments::find(conn, line)).unwrap().version;
        let back = paying.does(|tx| {
            disbursements::mark_returned(tx, &paying.finance, line, version, "Compte clos (AC04)", paying.now)
        });
        back.unwrap();
        let receive = || {
            let today = paying.now.paris_date();
            paying.does(|tx| recoveries::receive(tx, &paying.finance, recovery, 0, today, paying.now))
        };
        assert!(reason(receive().unwrap_err()).contains("dépasse ce qui reste payé"));
        paying.check();
        paying.authorise(line).unwrap();
        paying.pay(paying.put_in_run(&[line]).unwrap());
        receive().unwrap();
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Closed);
        paying.check();
    });
}

#[test]
fn what_was_paid_back_cannot_be_returned_by_the_bank_too() {
    each(Euros::whole(10_000), |paying, grantee| {
        paying.ready(&grantee, NAME, IBANS[0]);
        let lines: Vec<_> = paying.payments(grantee.grant).iter().map(|row| row.id).collect();
        paying.pay(paying.prepare(&[lines[0]]));
        paying.report(&grantee, ReportKind::Interim, Euros::whole(4_000));
        paying.pay(paying.prepare(&[lines[1]]));
        paying.report(&grantee, ReportKind::Final, Euros::whole(5_000));
        let back = |line, paying: &Paying| {
            let version = paying.db.read(|conn| payments::find(conn, line)).unwrap().version;
            paying.does(|tx| {
                disbursements::mark_returned(tx, &paying.finance, line, version, "Compte clos (AC04)", paying.now)
            })
        };
        // 9 000 € are paid, 4 500 € owed: the 4 500 € too much come back while the second payment is on its way again.
        back(lines[1], &paying).unwrap();
        let (recovery, today) = (
            paying.db.read(|conn| recovery_rows::of_grant(conn, grantee.grant)).unwrap()[0].id,
            paying.now.paris_date(),
        );
        paying.does(|tx| recoveries::receive(tx, &paying.finance, recovery, 0, today, paying.now)).unwrap();
        assert!(reason(back(lines[0], &paying).unwrap_err()).contains("a déjà reversé une partie"));
        paying.check();
    });
}

#[test]
fn a_waived_report_leaves_the_whole_award_owed() {
    each(Euros::whole(10_000), |paying, grantee| {
        paying.ready(&grantee, NAME, IBANS[0]);
        let rows = paying.db.read(|conn| reports::of_grant(conn, &paying.officer, grantee.grant)).unwrap();
        for row in rows {
            let waive = (ReportEvent::Waive, "Structure dissoute, pièces reçues sur papier.");
            paying.does(|tx| reports::send_back(tx, &paying.director, row.id, 0, waive, paying.now)).unwrap();
        }
        let grant = paying.grant(grantee.grant);
        assert_eq!((grant.state, grant.amount_cents), (GrantState::Closing, Euros::whole(10_000)));
        paying.check();
    });
}

#[test]
fn a_declined_offer_gives_its_money_back_and_a_terminated_grant_what_is_left() {
    each(Euros::whole(10_000), |paying, grantee| {
        paying.ready(&grantee, NAME, IBANS[0]);
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        let version = paying.grant(grantee.grant).version;
        let terminate = (GrantEvent::Terminate, "Projet abandonné");
        paying
            .does(|tx| grants::change_with_reason(tx, &paying.director, grantee.grant, version, terminate, paying.now))
            .unwrap();
        assert_eq!(lies(&paying, Stage::Committed, &grantee), Euros::ZERO);
        assert_eq!(paying.grant(grantee.grant).amount_cents, Euros::whole(5_000));
        let states: Vec<_> = paying.payments(grantee.grant).iter().map(|row| row.state).collect();
        use DisbursementState::{Cancelled, Paid};
        assert_eq!(states, [Paid, Cancelled, Cancelled]);
        paying.check();
    });
}

#[test]
fn a_longer_project_reports_later() {
    use tisserand::domain::amendments::AmendmentKind;
    each(Euros::whole(10_000), |paying, grantee| {
        paying.accept(&grantee);
        let due = |paying: &Paying| {
            let rows = paying.db.read(|conn| reports::of_grant(conn, &paying.officer, grantee.grant)).unwrap();
            rows.iter().map(|row| row.due_on).collect::<Vec<_>>()
        };
        let before = due(&paying);
        let form = amendments::AmendmentForm {
            new_ends_on: Some("2028-01-30".parse().unwrap()),
            ..amendments::AmendmentForm::new(AmendmentKind::Duration, "Finir après l’hiver", "Le partenaire a changé")
        };
        let id = paying.does(|tx| amendments::request(tx, &grantee.holder, grantee.grant, &form, paying.now)).unwrap();
        paying.does(|tx| amendments::approve(tx, &paying.officer, id, 0, paying.now)).unwrap();
        assert_eq!(paying.grant(grantee.grant).ends_on, form.new_ends_on);
        let moved: Vec<_> = before.iter().zip(due(&paying)).map(|(was, due)| (due - *was).num_days()).collect();
        assert_eq!(moved, [15, 29], "half way, and from the last of January to the last of February");
        paying.check();
    });
}

#[test]
fn others_see_nothing_of_it() {
    for db in each_database() {
        let paying = Paying::on(db);
        let one = paying.award(NAME, Euros::whole(5_000));
        let other = paying.award("Les Voisins", Euros::whole(5_000));
        let see = |who: &tisserand::usecases::Actor| paying.db.read(|conn| grants::file(conn, who, one.grant)).is_ok();
        assert!(!see(&one.holder), "under embargo");
        assert!(see(&paying.officer));
        paying.announce();
        assert!(see(&one.holder) && !see(&other.holder));
        let account = paying.enter_account(&one, IBANS[0], NAME).unwrap();
        assert!(paying.db.read(|conn| bank_accounts::find(conn, &other.holder, account)).is_err());
        let runs = paying.db.read(|conn| payment_runs::page(conn, &one.holder, None, 10));
        assert!(matches!(runs, Err(UseCaseError::Store(StoreError::NotFound))));
    }
}

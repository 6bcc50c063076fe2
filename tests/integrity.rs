//! The checks see what is broken: each is shown a fault that somebody with the database's own tools could make.

use crate::support::{
    databases,
    grants::{IBANS, Paying},
};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::{amendments::AmendmentKind, money::Euros, reports::ReportKind},
    store::{Db, StoreError, guards},
    usecases::{
        UseCaseError,
        amendments::{self, AmendmentForm},
        integrity,
    },
};

/// The numbers of the broken promises.
fn broken(db: &Db) -> Vec<u8> {
    let found = db.read(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
    found.iter().filter(|promise| promise.tally.broken > 0).map(|promise| promise.number).collect()
}

fn tamper(db: &Db, sql: &str) {
    db.write(|tx| tx.conn().batch_execute(sql).map_err(StoreError::from)).unwrap();
}

#[test]
fn an_empty_database_breaks_no_promise() {
    for db in databases::each_database() {
        assert_eq!(broken(&db), Vec::<u8>::new());
    }
}

#[test]
fn a_line_of_history_written_by_hand_breaks_the_chain() {
    for db in databases::each_database() {
        tamper(
            &db,
            "INSERT INTO transitions VALUES (1, 'call', 'x', 'call::create', '', 'create', 'draft', NULL, 'system', '',
             '2027-01-01 00:00:00', '', 'not the hash')",
        );
        assert!(broken(&db).contains(&10));
    }
}

#[test]
fn an_object_without_its_history_is_seen() {
    for db in databases::each_database() {
        tamper(
            &db,
            "INSERT INTO people VALUES ('p', 'a@b.fr', 'Awa', NULL, NULL, 'awa', 'awa', '2027-01-01 00:00:00', NULL);
             INSERT INTO organisations (id, name, legal_form, street, postcode, city, department, country_code,
               representative_name, representative_title, sort_key, search_key, created_at, updated_at)
               VALUES ('o', 'A', 'association', '', '', '', '59', 'FR', '', '', '', '', '2027-01-01 00:00:00',
               '2027-01-01 00:00:00');
             INSERT INTO bank_accounts (id, organisation_id, holder, iban, bank_name, entered_by, state, version,
               state_at, created_at) VALUES ('b', 'o', 'A', 'FR', '', 'p', 'unverified', 0, '2027-01-01 00:00:00',
               '2027-01-01 00:00:00')",
        );
        assert!(broken(&db).contains(&5));
    }
}

/// A call announced with one grant of two sources: its advance is paid, and when `is_settled` its final report leaves
/// less to pay; a second application waits before the committee.
fn world(db: databases::TestDb, is_settled: bool) -> Paying {
    let paying = Paying::on(db);
    let grantee = paying.award("Les Passeurs", Euros::whole(10_000));
    paying.candidate("Les Voisins", Euros::whole(5_000));
    paying.announce();
    paying.ready(&grantee, "Les Passeurs", IBANS[0]);
    paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
    if is_settled {
        paying.report(&grantee, ReportKind::Interim, Euros::whole(5_000));
        paying.report(&grantee, ReportKind::Final, Euros::whole(7_000));
    }
    paying.check();
    paying
}

/// What each promise counts once the rows were changed behind its back; the change is undone afterwards.
fn found_after(db: &Db, sql: &str) -> Vec<(u8, i64)> {
    let mut found = Vec::new();
    let undone: Result<(), _> = db.write(|tx| {
        guards::lift(tx.conn())?;
        tx.conn().batch_execute(sql).map_err(StoreError::from)?;
        let promises = integrity::check(tx.conn(), Some(&|_| Err(StoreError::NotFound)), &mut |_| {})?;
        let broken = promises.into_iter().filter(|promise| promise.tally.broken > 0);
        found = broken.map(|promise| (promise.number, promise.tally.broken)).collect();
        Err(UseCaseError::Store(StoreError::NotFound))
    });
    assert!(undone.is_err());
    found
}

#[test]
fn a_store_that_is_away_is_not_a_document_that_changed() {
    for db in databases::each_database() {
        let paying = world(db, true);
        tamper(&paying.db, "UPDATE documents SET sha256 = 'x', size = 1 WHERE sha256 IS NULL");
        let asks = |error: fn() -> StoreError| {
            paying.db.read(|conn| integrity::check(conn, Some(&|_: &str| Err(error())), &mut |_| {}))
        };
        assert!(matches!(asks(|| StoreError::Away("no bucket".into())), Err(UseCaseError::Store(StoreError::Away(_)))));
        let away = |_: &str| -> Result<(), StoreError> { Err(StoreError::Away("no bucket".into())) };
        let (found, read) = paying.db.read(|conn| integrity::check_tonight(conn, &away)).unwrap();
        assert_eq!((found.len(), read.len()), (integrity::COUNT - 1, 0), "the night asks everything else");
        let missing = asks(|| StoreError::NotFound).unwrap();
        assert!(missing.iter().any(|promise| promise.number == 10 && promise.tally.broken > 0), "a file that is gone");
    }
}

/// Each fault is seen by its promise, and counted so many times.
fn sees(is_settled: bool, faults: &[(&str, u8, i64, &str)]) {
    for db in databases::each_database() {
        let paying = world(db, is_settled);
        for (fault, number, count, sql) in faults {
            let found = found_after(&paying.db, sql);
            assert!(found.contains(&(*number, *count)), "{fault}: {found:?}");
        }
        paying.check();
    }
}

#[test]
fn money_that_was_not_there_is_seen() {
    let first = "(SELECT MIN(seq) FROM transfers WHERE kind = 'commit')";
    sees(
        false,
        &[
            (
                "more is committed than the envelope holds",
                1,
                1,
                &format!("UPDATE transfers SET amount_cents = amount_cents * 1000 WHERE seq = {first}"),
            ),
            (
                "an envelope is not what the journal set aside",
                1,
                1,
                "UPDATE calls SET envelope_cents = envelope_cents + 1",
            ),
            (
                "an agreement is not what the journal received",
                1,
                1,
                "UPDATE funding_sources SET amount_cents = amount_cents - 1
                 WHERE reference = (SELECT MIN(reference) FROM funding_sources)",
            ),
        ],
    );
}

#[test]
fn sums_that_do_not_meet_are_seen() {
    let paid = "(SELECT id FROM disbursements WHERE state = 'paid')";
    let part = format!("SELECT MIN(funding_source_id) FROM disbursement_splits WHERE disbursement_id = {paid}");
    sees(
        false,
        &[
            ("a grant of one cent more", 2, 1, "UPDATE grants SET amount_cents = amount_cents + 1"),
            (
                "a split of one cent more",
                2,
                1,
                &format!(
                    "UPDATE disbursement_splits SET amount_cents = amount_cents + 1
                     WHERE disbursement_id = {paid} AND funding_source_id = ({part})"
                ),
            ),
            ("a payment the journal does not know", 2, 1, "DELETE FROM transfers WHERE kind = 'pay'"),
            (
                "a total of one cent more",
                2,
                1,
                "UPDATE disbursement_totals SET amount_cents = amount_cents + 1 WHERE state = 'paid'",
            ),
            (
                // With its row go the two totals it should have moved between.
                "an authorisation the journal does not know",
                2,
                3,
                "UPDATE disbursements SET state = 'authorised' WHERE state = 'planned' AND number = 2",
            ),
        ],
    );
}

#[test]
fn payments_without_their_conditions_are_seen() {
    let paid = |change: &str| format!("UPDATE disbursements SET {change} WHERE state = 'paid'");
    let date = r#"conditions = '[{"date_reached":"2099-01-01"},"agreement_settled"]'"#;
    let report = r#"conditions = '["agreement_settled",{"report_accepted":"final"}]'"#;
    sees(
        false,
        &[
            ("no acceptance", 3, 1, "UPDATE grants SET accepted_at = NULL"),
            ("an agreement without signatures", 3, 1, "UPDATE grants SET is_agreement_required = TRUE"),
            ("nobody authorised", 3, 1, &paid("authorised_by = NULL")),
            ("before its date", 3, 1, &paid(date)),
            ("before its report", 3, 1, &paid(report)),
            ("to no account", 3, 1, &paid("bank_account_id = NULL")),
            ("on no day", 3, 1, &paid("paid_on = NULL")),
            ("in no run", 3, 1, &paid("payment_run_id = NULL")),
            ("to an account nobody verified", 3, 1, "UPDATE bank_accounts SET verified_by = NULL"),
            (
                "to the account of somebody else, in whose name it is not",
                3,
                2,
                "UPDATE bank_accounts SET organisation_id = (SELECT id FROM organisations WHERE name = 'Les Voisins')",
            ),
            ("by a run nobody approved", 3, 1, "UPDATE payment_runs SET approved_by = NULL"),
            ("by a run one person made alone", 3, 1, "UPDATE payment_runs SET approved_by = prepared_by"),
            ("by a run that never left", 3, 1, "UPDATE payment_runs SET exported_at = NULL"),
        ],
    );
}

#[test]
fn a_journal_off_its_paths_is_seen() {
    let last = "(SELECT MAX(seq) FROM transfers WHERE kind = 'pay')";
    sees(
        false,
        &[
            ("a kind off its path", 4, 1, &format!("UPDATE transfers SET kind = 'recover' WHERE seq = {last}")),
            ("money without a cause", 4, 1, &format!("UPDATE transfers SET transition_seq = NULL WHERE seq = {last}")),
            (
                "a reversal that mirrors nothing",
                4,
                1,
                &format!("UPDATE transfers SET reverses_seq = 1 WHERE seq = {last}"),
            ),
            ("a movement that is gone", 4, 1, "DELETE FROM transfers WHERE seq = 2"),
            ("a return that names nothing", 4, 2, &format!("UPDATE transfers SET kind = 'return' WHERE seq = {last}")),
        ],
    );
}

#[test]
fn states_off_their_history_are_seen() {
    sees(
        false,
        &[
            ("a state written by hand", 5, 1, "UPDATE calls SET state = 'archived'"),
            ("a version that skips", 5, 1, "UPDATE calls SET version = version + 1"),
            (
                "a table that is not the program's, on both sides",
                5,
                2,
                "UPDATE lifecycle_edges SET roles = 'applicant admin' WHERE id = 'grant:offered:accept'",
            ),
            (
                "a role the table does not name",
                5,
                1,
                "UPDATE transitions SET role = 'auditor' WHERE edge_id = 'grant:offered:accept'",
            ),
        ],
    );
}

#[test]
fn a_balance_that_is_not_settled_is_seen() {
    let cost = "UPDATE grants SET accepted_cost_cents = accepted_cost_cents - 100000";
    sees(true, &[("paid beyond the accepted cost", 6, 1, cost)]);
}

#[test]
fn a_balance_after_an_amended_amount_is_that_of_its_moment() {
    for db in databases::each_database() {
        let (paying, grantee) = Paying::granted(db, "Les Passeurs", Euros::whole(10_000));
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        let more = AmendmentForm {
            new_amount: Some(Euros::whole(12_000)),
            ..AmendmentForm::new(AmendmentKind::Amount, "Changer cela", "Le projet a changé")
        };
        paying
            .does(|tx| {
                let id = amendments::request(tx, &grantee.holder, grantee.grant, &more, paying.now)?;
                amendments::decide(tx, &paying.officer, (id, 0), (true, ""), paying.now).map(drop)
            })
            .unwrap();
        paying.report(&grantee, ReportKind::Interim, Euros::whole(5_000));
        paying.report(&grantee, ReportKind::Final, Euros::whole(14_000));
        assert_eq!(paying.grant(grantee.grant).amount_cents, Euros::whole(12_000), "less than nine tenths of the cost");
        paying.check();
        let less = found_after(&paying.db, "UPDATE balances SET award_cents = award_cents - 100000");
        assert!(less.contains(&(6, 1)), "{less:?}");
        let cost = "UPDATE grants SET accepted_cost_cents = accepted_cost_cents - 400000";
        let cheaper = found_after(&paying.db, cost);
        assert!(cheaper.contains(&(6, 1)), "{cheaper:?}");
        paying.check();
    }
}

#[test]
fn two_live_files_of_one_organisation_are_seen() {
    let same = r#"UPDATE applications SET organisation_id = (SELECT MIN(organisation_id) FROM applications);
        UPDATE calls SET settings = REPLACE(settings, '"applications":"several"', '"applications":"one"')"#;
    sees(
        false,
        &[
            ("two live files", 7, 1, same),
            ("a filed file nobody filed", 7, 1, "UPDATE applications SET submitted_by = NULL WHERE state = 'awarded'"),
        ],
    );
}

#[test]
fn a_say_of_somebody_recused_is_seen() {
    let review =
        "INSERT INTO reviews (id, call_id, application_id, person_id, opinion, state, version, state_at, created_at)
        SELECT 'r', call_id, id, created_by, '', 'in_progress', 0, state_at, state_at FROM applications
        WHERE state = 'awarded';
        INSERT INTO recusals SELECT 'x', created_by, id, '', created_by, state_at FROM applications
        WHERE state = 'awarded'";
    sees(
        false,
        &[
            ("a review by somebody recused", 8, 1, review),
            (
                "a mean its reviews do not give",
                8,
                1,
                "UPDATE applications SET score_sum = 5, score_count = 1 WHERE state = 'awarded'",
            ),
        ],
    );
}

#[test]
fn a_mail_without_a_cause_or_sent_twice_is_seen() {
    let first = "(SELECT MIN(id) FROM messages)";
    let copy = format!(
        "INSERT INTO messages (id, dedupe_key, kind, recipient_address, recipient_name, subject_line, facts, about_id,
           cause_seq, attempts, next_attempt_at, state, version, state_at, created_at)
         SELECT 'copy', 'copy', kind, recipient_address, recipient_name, subject_line, facts, about_id, cause_seq,
           attempts, next_attempt_at, state, version, state_at, created_at FROM messages WHERE id = {first}"
    );
    sees(
        false,
        &[
            ("a mail from nowhere", 9, 1, &format!("UPDATE messages SET cause_seq = NULL WHERE id = {first}")),
            ("a mail sent twice", 9, 1, &copy),
        ],
    );
}

#[test]
fn a_rewritten_past_is_seen() {
    sees(
        false,
        &[
            ("a reason rewritten", 10, 1, "UPDATE transitions SET reason = 'autre' WHERE seq = 3"),
            ("a bank file rewritten", 10, 1, "UPDATE payment_files SET content = 'autre'"),
            (
                "an issued letter whose bytes are gone",
                10,
                1,
                "UPDATE documents SET sha256 = 'x', size = 1 WHERE id = (SELECT MIN(id) FROM documents)",
            ),
        ],
    );
}

#[test]
fn a_thread_that_counts_wrong_and_a_filing_that_was_changed_are_seen() {
    use crate::support::programme::{Programme, closed};
    use tisserand::{domain::exchanges::ExchangeSide, usecases::exchanges};
    for db in databases::each_database() {
        let programme = Programme::on(db);
        let (who, id) = programme.filed(1, 3_000);
        for (by, side) in [(&who, ExchangeSide::Applicant), (&programme.officer, ExchangeSide::Team)] {
            let post = |tx: &mut tisserand::store::Tx| exchanges::post(tx, by, id, side, ("Bonjour", &[]), closed());
            programme.db.write(post).unwrap();
        }
        assert_eq!(broken(&programme.db), Vec::<u8>::new());
        for (fault, number, sql) in [
            ("an unread message too many", 9, "UPDATE exchange_threads SET unread_by_team = unread_by_team + 1"),
            ("a message less", 9, "DELETE FROM exchanges WHERE number = 2"),
            ("a thread that is gone", 9, "DELETE FROM exchange_threads"),
            ("a word of a filing", 10, "UPDATE filings SET said = REPLACE(said, 'océan', 'étang')"),
        ] {
            let found = found_after(&programme.db, sql);
            assert!(
                found.iter().any(|(promise, count)| (*promise, *count > 0) == (number, true)),
                "{fault}: {found:?}"
            );
        }
    }
}

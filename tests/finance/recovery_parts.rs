//! What was paid too much comes back in parts: each part is in the journal, what is missing stays asked for, nothing is
//! received twice and nothing beyond what was asked.

use super::{
    Desk, NAME, field, led_to,
    statements::{Entry, PAYER, bring, message},
    text,
};
use crate::support::{
    databases::{TestDb, each_database},
    grants::{Grantee, Paying},
};
use chrono::Duration;
use tisserand::{
    domain::{
        journal::Stage,
        lifecycles::{
            grants::GrantState,
            recoveries::{RecoveryEvent, RecoveryState},
        },
        messages::MessageKind,
        money::Euros,
        reports::ReportKind,
    },
    store::{
        journal, messages,
        recoveries::{self as rows, RecoveryRow},
    },
    usecases::{
        Outcome, UseCaseError, recoveries,
        recovery_parts::{self, Part},
        statements,
    },
};

/// A grant of which 1 400 € are asked back.
fn owing(db: TestDb) -> (Paying, Grantee) {
    let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
    paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
    paying.report(&grantee, ReportKind::Interim, Euros::whole(4_000));
    paying.report(&grantee, ReportKind::Final, Euros::whole(4_000));
    (paying, grantee)
}

/// What is asked back of a grant, what is still asked for at the end.
fn debts(paying: &Paying, grantee: &Grantee) -> Vec<RecoveryRow> {
    let mut all = paying.db.read(|conn| rows::of_grant(conn, grantee.grant)).unwrap();
    all.sort_by_key(|row| row.state == RecoveryState::Requested);
    all
}

fn recovered(paying: &Paying, grantee: &Grantee) -> Euros {
    let scope = journal::Scope::Grant(grantee.grant);
    paying.db.read(|conn| journal::balance(conn, Stage::Recovered, scope)).unwrap()
}

fn comes(paying: &Paying, row: &RecoveryRow, amount: Euros, days: Option<i64>) -> Outcome<()> {
    let part = Part {
        amount: Some(amount),
        received_on: paying.now.paris_date(),
        rest_due_on: days.map(|days| paying.now.paris_date() + Duration::days(days)),
    };
    let receive = |tx: &mut tisserand::store::Tx| {
        recovery_parts::receive(tx, &paying.finance, row.id, row.version, &part, paying.now).map(drop)
    };
    paying.does(receive)
}

fn fields(refused: Outcome<()>) -> Vec<String> {
    match refused {
        Err(UseCaseError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_part_is_received_and_the_rest_stays_asked_for_until_it_comes() {
    for db in each_database() {
        let (paying, grantee) = owing(db);
        let whole = debts(&paying, &grantee).remove(0);
        assert_eq!(fields(comes(&paying, &whole, Euros::ZERO, None)), ["montant"]);
        assert_eq!(fields(comes(&paying, &whole, Euros::from_cents(140_001), None)), ["montant"], "one cent too much");
        assert_eq!(fields(comes(&paying, &whole, Euros::whole(300), Some(-1))), ["reste_le"]);
        assert_eq!(debts(&paying, &grantee).len(), 1, "what is refused leaves nothing behind");
        comes(&paying, &whole, Euros::whole(300), Some(200)).unwrap();
        assert!(comes(&paying, &whole, Euros::whole(300), Some(200)).is_err(), "once");
        let [part, rest] = <[RecoveryRow; 2]>::try_from(debts(&paying, &grantee)).unwrap();
        assert_eq!((part.state, part.amount_cents), (RecoveryState::Received, Euros::whole(300)));
        assert_eq!((rest.state, rest.amount_cents), (RecoveryState::Requested, Euros::whole(1_100)));
        let later = paying.now.paris_date() + Duration::days(200);
        assert_eq!((rest.requested_on, rest.due_on), (whole.requested_on, later));
        assert_eq!(recovered(&paying, &grantee), Euros::whole(300));
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Closing, "something is still owed");
        let mails = paying.db.read(|conn| messages::about(conn, part.id.as_str(), 50)).unwrap();
        let told = mails.iter().find(|mail| mail.kind == MessageKind::RecoverySettled).unwrap();
        assert!(told.subject_line.contains("en partie") && told.facts.contains("Il reste"), "{}", told.facts);
        paying.check();
        comes(&paying, &rest, Euros::whole(1_100), None).unwrap();
        assert_eq!(recovered(&paying, &grantee), Euros::whole(1_400));
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Closed);
        paying.check();
    }
}

#[test]
fn a_part_that_comes_late_leaves_no_day_to_come_in_its_mail() {
    for db in each_database() {
        let (mut paying, grantee) = owing(db);
        let whole = debts(&paying, &grantee).remove(0);
        paying.now = paying.now.plus_days(70);
        comes(&paying, &whole, Euros::whole(300), None).unwrap();
        let mails = paying.db.read(|conn| messages::about(conn, whole.id.as_str(), 50)).unwrap();
        let told = mails.iter().find(|mail| mail.kind == MessageKind::RecoverySettled).unwrap();
        assert!(told.facts.contains("est passée") && !told.facts.contains("inclus"), "{}", told.facts);
        paying.check();
    }
}

#[test]
fn what_does_not_come_after_a_part_is_given_up_alone() {
    for db in each_database() {
        let (paying, grantee) = owing(db);
        let whole = debts(&paying, &grantee).remove(0);
        comes(&paying, &whole, Euros::from_cents(1), None).unwrap();
        let rest = debts(&paying, &grantee).pop().unwrap();
        assert_eq!((rest.amount_cents, rest.due_on), (Euros::from_cents(139_999), whole.due_on));
        let how = (RecoveryEvent::WriteOff, "L’association est dissoute.");
        paying.does(|tx| recoveries::give_up(tx, &paying.director, rest.id, 0, how, paying.now)).unwrap();
        assert_eq!(recovered(&paying, &grantee), Euros::from_cents(1));
        assert_eq!(paying.grant(grantee.grant).state, GrantState::Closed);
        paying.check();
    }
}

#[test]
fn a_line_of_the_bank_with_the_reference_of_the_grant_is_a_part_of_its_debt() {
    for db in each_database() {
        let (paying, grantee) = owing(db);
        let reference = paying.grant(grantee.grant).reference;
        let credit =
            Entry { side: "CRDT", label: &reference, ..Entry::debit(paying.now.paris_date(), "250.50", "LEUR-REF") };
        let arrived = bring(&paying, &paying.finance, &message(PAYER, &credit.xml())).unwrap();
        let reading = paying.db.read(|conn| statements::read(conn, &paying.finance, arrived.id, paying.now)).unwrap();
        let chosen: Vec<_> = reading
            .lines
            .iter()
            .filter_map(|(row, verdict)| verdict.effect().map(|effect| (row.id, statements::mark(effect))))
            .collect();
        assert_eq!(chosen.len(), 1, "{:?}", reading.lines);
        let confirm =
            |tx: &mut tisserand::store::Tx| statements::confirm(tx, &paying.finance, arrived.id, &chosen, paying.now);
        assert_eq!(paying.does(confirm).unwrap().received, 1);
        assert_eq!(paying.does(confirm).unwrap().before, 1, "once");
        let amounts: Vec<_> = debts(&paying, &grantee).iter().map(|row| row.amount_cents).collect();
        assert_eq!(amounts, [Euros::from_cents(25_050), Euros::from_cents(114_950)]);
        assert_eq!(recovered(&paying, &grantee), Euros::from_cents(25_050));
        paying.check();
    }
}

#[actix_web::test]
async fn a_part_is_typed_on_the_page_of_the_debt_and_too_much_is_kept_as_typed() {
    let desk = Desk::open();
    desk.paying.pay(desk.run());
    desk.paying.report(&desk.grantee, ReportKind::Final, Euros::whole(4_000));
    let row = debts(&desk.paying, &desk.grantee).remove(0);
    let path = format!("/finances/trop-percus/{}", row.id);
    let today = desk.paying.now.paris_date().to_string();
    let much = [("recu_le", today.as_str()), ("montant", "1 400,01"), ("reste_le", "2031-01-01")];
    let refused = desk.send(&desk.finance, &path, &format!("{path}/reception"), &much).await;
    let refused = text(refused, 422).await;
    assert!(refused.contains("rendez le surplus"), "{refused}");
    assert_eq!((field(&refused, "montant"), field(&refused, "reste_le")), ("1 400,01".into(), "2031-01-01".into()));
    let some = [("recu_le", today.as_str()), ("montant", "400")];
    led_to(&desk.send(&desk.finance, &path, &format!("{path}/reception"), &some).await);
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains("400 € reçus sur 1 400 € demandés") && page.contains("Encore demandé"), "{page}");
    let rest = debts(&desk.paying, &desk.grantee).pop().unwrap();
    assert!(page.contains(&format!("/finances/trop-percus/{}", rest.id)), "{page}");
    desk.paying.check();
}

#[actix_web::test]
async fn more_time_is_given_for_a_reason_and_told() {
    let desk = Desk::open();
    desk.paying.pay(desk.run());
    desk.paying.report(&desk.grantee, ReportKind::Final, Euros::whole(4_000));
    let row = debts(&desk.paying, &desk.grantee).remove(0);
    let (path, due) = (format!("/finances/trop-percus/{}", row.id), row.due_on.to_string());
    let place = format!("{path}/delai");
    let silent = [("jusqu_au", due.as_str()), ("motif", " ")];
    let refused = text(desk.send(&desk.finance, &path, &place, &silent).await, 422).await;
    assert!(refused.contains("pas après l’échéance actuelle") && refused.contains("Écrivez le motif"), "{refused}");
    let later = (row.due_on + Duration::days(90)).to_string();
    let whole = [("jusqu_au", later.as_str()), ("motif", "Trésorerie tendue jusqu’à l’été.")];
    led_to(&desk.send(&desk.finance, &path, &place, &whole).await);
    let now = debts(&desk.paying, &desk.grantee).remove(0);
    assert_eq!((now.due_on.to_string(), now.state, now.amount_cents), (later, row.state, row.amount_cents));
    let mails = desk.paying.db.read(|conn| messages::about(conn, row.id.as_str(), 50)).unwrap();
    let told = mails.iter().find(|mail| mail.kind == MessageKind::ExtensionDecided).unwrap();
    assert!(told.facts.contains("Trésorerie tendue"), "{}", told.facts);
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains("Échéance du trop-perçu reportée") && page.contains("Trésorerie tendue"), "{page}");
    assert_eq!(now.reason, None, "why there is more time is not why the money comes");
    let director = desk.page(&desk.director, &path, 200).await;
    assert!(!director.contains(&place), "finance alone gives it");
    desk.paying.check();
}

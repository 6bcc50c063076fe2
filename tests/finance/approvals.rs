//! A run is approved by a second person with a code of their own, sent for the run as it stands.

use super::{Desk, NAME, code_of, field, led_to, text};
use crate::support::{
    databases::each_database,
    grants::{Grantee, IBANS, Paying, person},
};
use std::thread;
use tisserand::{
    domain::{
        ids::PaymentRunId,
        lifecycles::{disbursements::DisbursementState, messages::MessageState, payment_runs::PaymentRunState},
        messages::MessageKind,
        money::Euros,
        one_time_codes::{CodeFault, MOST_TRIES},
        roles::Role,
        time::Moment,
    },
    store::{Db, StoreError, disbursements as payments, messages as rows, payment_runs as runs},
    usecases::{
        Actor, Outcome, UseCaseError,
        advance::Cause,
        approvals, disbursements, messages,
        payment_runs::{self, Preparation},
    },
};

const OTHERS: &str = "Les Voisins";

/// Two grants, each with a payment that is due.
fn each(test: impl Fn(Paying, [Grantee; 2])) {
    for db in each_database() {
        let paying = Paying::on(db);
        let two = [paying.award(NAME, Euros::whole(6_000)), paying.award(OTHERS, Euros::whole(4_000))];
        paying.announce();
        paying.ready(&two[0], NAME, IBANS[0]);
        paying.ready(&two[1], OTHERS, IBANS[1]);
        test(paying, two);
    }
}

fn run_of(paying: &Paying, grantees: &[Grantee]) -> PaymentRunId {
    let lines: Vec<_> = grantees.iter().map(|one| paying.payments(one.grant)[0].id).collect();
    paying.prepare(&lines)
}

fn asked(paying: &Paying, who: &Actor, run: PaymentRunId) -> String {
    paying.does(|tx| approvals::ask_code(tx, who, run, paying.now)).unwrap();
    code_of(paying, who, run)
}

fn typed(db: &Db, who: &Actor, run: PaymentRunId, code: &str, now: Moment) -> Outcome<Result<Cause, CodeFault>> {
    db.write(|tx| approvals::approve(tx, who, (run, 0), code, now))
}

fn fault(paying: &Paying, who: &Actor, run: PaymentRunId, code: &str, now: Moment) -> CodeFault {
    typed(&paying.db, who, run, code, now).unwrap().map(drop).unwrap_err()
}

/// Another code than this one.
fn other(code: &str) -> String {
    if code == "000000" { "000001".into() } else { "000000".into() }
}

fn state(paying: &Paying, run: PaymentRunId) -> PaymentRunState {
    paying.db.read(|conn| runs::find(conn, run)).unwrap().state
}

#[test]
fn the_code_leaves_by_mail_and_is_kept_nowhere() {
    each(|paying, two| {
        let run = run_of(&paying, &two);
        paying.does(|tx| approvals::ask_code(tx, &paying.director, run, paying.now)).unwrap();
        let left = paying.does(|tx| messages::claim(tx, paying.now, 500)).unwrap();
        let mails: Vec<_> = left.iter().filter(|one| one.row.kind == MessageKind::OneTimeCode).collect();
        let [mail] = &mails[..] else { panic!("{} mails", mails.len()) };
        assert_eq!(mail.row.recipient_id, paying.director.person);
        let (label, code) = &mail.mail.facts[0];
        assert_eq!((label.as_str(), code.len()), ("Code", 6));
        let kept = paying.db.read(|conn| rows::find(conn, mail.row.id)).unwrap();
        assert!(!kept.facts.contains(code.as_str()) && !kept.facts.contains(NAME), "{}", kept.facts);
        typed(&paying.db, &paying.director, run, code, paying.now).unwrap().unwrap();
        assert_eq!(state(&paying, run), PaymentRunState::Approved);
        paying.check();
    });
}

#[test]
fn a_mail_whose_code_gave_way_to_another_never_leaves() {
    each(|paying, two| {
        let run = run_of(&paying, &two);
        for _ in 0..2 {
            paying.does(|tx| approvals::ask_code(tx, &paying.director, run, paying.now)).unwrap();
        }
        let left = paying.does(|tx| messages::claim(tx, paying.now, 500)).unwrap();
        assert_eq!(left.iter().filter(|one| one.row.kind == MessageKind::OneTimeCode).count(), 1);
        let cancelled = paying.db.read(|conn| rows::in_state(conn, MessageState::Cancelled, 500)).unwrap();
        assert_eq!(cancelled.iter().filter(|row| row.kind == MessageKind::OneTimeCode).count(), 1);
        for _ in 0..3 {
            paying.does(|tx| approvals::ask_code(tx, &paying.director, run, paying.now)).unwrap();
        }
        let more = paying.does(|tx| approvals::ask_code(tx, &paying.director, run, paying.now));
        assert!(matches!(more, Err(UseCaseError::Refused(_))), "five codes in a quarter of an hour");
    });
}

#[test]
fn a_code_serves_its_owner_once_in_time_for_its_run() {
    each(|paying, two| {
        let (first, second) = (run_of(&paying, &two[..1]), run_of(&paying, &two[1..]));
        let director = &paying.director;
        assert_eq!(fault(&paying, director, first, "123456", paying.now), CodeFault::NotAsked);
        let code = asked(&paying, director, first);
        assert_eq!(fault(&paying, director, first, "12 34", paying.now), CodeFault::Missing);
        let late = paying.now.plus_minutes(15);
        assert_eq!(fault(&paying, director, first, &code, late), CodeFault::Expired);
        assert_eq!(fault(&paying, director, second, &code, paying.now), CodeFault::NotAsked, "of another run");
        let deputy = paying.does(|tx| person(tx, "Dora Deux", Role::Director, paying.now)).unwrap();
        assert_eq!(fault(&paying, &deputy, first, &code, paying.now), CodeFault::NotAsked, "of somebody else");
        assert_eq!(fault(&paying, director, first, &other(&code), paying.now), CodeFault::Wrong);
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        typed(&paying.db, director, first, &spaced, paying.now).unwrap().unwrap();
        let again = typed(&paying.db, director, first, &code, paying.now);
        assert!(matches!(again, Err(UseCaseError::Store(StoreError::Stale))));
        assert_eq!((state(&paying, first), state(&paying, second)), (PaymentRunState::Approved, PaymentRunState::Open));
    });
}

#[test]
fn five_wrong_tries_are_the_end_of_a_code() {
    each(|paying, two| {
        let run = run_of(&paying, &two);
        let code = asked(&paying, &paying.director, run);
        let wrong = other(&code);
        for _ in 1..MOST_TRIES {
            assert_eq!(fault(&paying, &paying.director, run, &wrong, paying.now), CodeFault::Wrong);
        }
        assert_eq!(fault(&paying, &paying.director, run, &wrong, paying.now), CodeFault::Exhausted);
        assert_eq!(fault(&paying, &paying.director, run, &code, paying.now), CodeFault::Exhausted, "the right one too");
        let fresh = asked(&paying, &paying.director, run);
        typed(&paying.db, &paying.director, run, &fresh, paying.now).unwrap().unwrap();
    });
}

#[test]
fn a_run_that_changed_since_its_code_was_sent_asks_for_another() {
    each(|paying, two| {
        let run = run_of(&paying, &two);
        let code = asked(&paying, &paying.director, run);
        // Another RIB pulls the payment of its organisation out of the run.
        paying.enter_account(&two[1], IBANS[2], OTHERS).unwrap();
        assert_eq!(paying.payments(two[1].grant)[0].state, DisbursementState::Authorised);
        assert_eq!(fault(&paying, &paying.director, run, &code, paying.now), CodeFault::Changed);
        assert_eq!(state(&paying, run), PaymentRunState::Open);
        let fresh = asked(&paying, &paying.director, run);
        typed(&paying.db, &paying.director, run, &fresh, paying.now).unwrap().unwrap();
        paying.check();
    });
}

#[test]
fn of_two_people_who_approve_at_once_one_does() {
    each(|paying, two| {
        let run = run_of(&paying, &two);
        let deputy = paying.does(|tx| person(tx, "Dora Deux", Role::Director, paying.now)).unwrap();
        let people = [paying.director.clone(), deputy].map(|who| (asked(&paying, &who, run), who));
        let (db, now) = (&**paying.db, paying.now);
        let answers: Vec<_> = thread::scope(|scope| {
            let rivals = people.iter().map(|(code, who)| scope.spawn(move || typed(db, who, run, code, now)));
            let rivals: Vec<_> = rivals.collect();
            rivals.into_iter().map(|rival| rival.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|answer| matches!(answer, Ok(Ok(_)))).count(), 1);
        let row = paying.db.read(|conn| runs::find(conn, run)).unwrap();
        assert_eq!((row.state, row.version), (PaymentRunState::Approved, 1));
        paying.check();
    });
}

#[test]
fn one_person_in_both_roles_prepares_and_never_approves() {
    each(|paying, two| {
        let run = run_of(&paying, &two);
        let both = Actor::person(paying.finance.person.unwrap(), vec![Role::Finance, Role::Director]);
        let asked = paying.does(|tx| approvals::ask_code(tx, &both, run, paying.now));
        assert!(matches!(asked, Err(UseCaseError::Refused(_))));
        let sent = typed(&paying.db, &both, run, "123456", paying.now);
        assert!(matches!(sent, Err(UseCaseError::Refused(_))));
        assert_eq!(state(&paying, run), PaymentRunState::Open);
    });
}

#[test]
fn whoever_verified_an_account_of_a_run_does_not_approve_it() {
    each(|paying, two| {
        let colleague = paying.does(|tx| person(tx, "Fanny Finance", Role::Finance, paying.now)).unwrap();
        let line = paying.payments(two[0].grant)[0].id;
        let version = || paying.db.read(|conn| payments::find(conn, line)).unwrap().version;
        let shown = version();
        paying.does(|tx| disbursements::authorise(tx, &colleague, line, shown, paying.now)).unwrap();
        let wanted =
            Preparation { lines: vec![(line, version())], payer: paying.payer, execution_on: paying.now.paris_date() };
        let run = paying.does(|tx| payment_runs::prepare(tx, &colleague, &wanted, paying.now)).unwrap();
        let own = typed(&paying.db, &paying.finance, run, "123456", paying.now);
        let Err(UseCaseError::Refused(refusal)) = own else { panic!("{own:?}") };
        assert!(refusal.to_string().contains("vérifié un compte bancaire de ce lot"), "{refusal}");
        assert!(paying.does(|tx| approvals::ask_code(tx, &paying.finance, run, paying.now)).is_err());
        let code = asked(&paying, &paying.director, run);
        typed(&paying.db, &paying.director, run, &code, paying.now).unwrap().unwrap();
        paying.check();
    });
}

#[actix_web::test]
async fn a_wrong_code_comes_back_with_a_sentence_and_a_second_click_is_no_second_try() {
    let desk = Desk::open();
    let run = desk.run();
    let (home, path) = (format!("/finances/lots/{run}"), format!("/finances/lots/{run}/approbation"));
    let page = desk.page(&desk.director, &home, 200).await;
    assert!(page.contains(&format!("href=\"{path}\"")) && !page.contains(&format!("action=\"{path}\"")), "{page}");
    let page = desk.page(&desk.director, &path, 200).await;
    assert!(page.contains(NAME) && page.contains("5 000") && !page.contains("name=\"code\""), "{page}");
    let refused = text(desk.door.get(&desk.finance, &path).await, 409).await;
    assert!(refused.contains("Une autre personne") && refused.contains("Se déconnecter"), "{refused}");
    assert!(refused.contains("href=\"/finances\""), "the menu stays: {refused}");
    let asked = desk.send(&desk.finance, &format!("{home}/annulation"), &format!("{path}/code"), &[]).await;
    assert!(text(asked, 409).await.contains("Une autre personne"), "nor by the address");
    assert_eq!(led_to(&desk.send(&desk.director, &path, &format!("{path}/code"), &[]).await), path);
    let code = code_of(&desk.paying, &desk.paying.director, run);
    let page = desk.page(&desk.director, &path, 200).await;
    assert!(page.contains("il reste 5 essais"), "{page}");
    let wrong = other(&code);
    let (version, token) = (field(&page, "version"), field(&page, "token"));
    let form = [("version", version.as_str()), ("token", token.as_str()), ("code", wrong.as_str())];
    for _ in 0..2 {
        let refused = text(desk.door.post(&desk.director, &path, &form).await, 422).await;
        assert!(refused.contains("id=\"erreur-code\"") && refused.contains("Ce n’est pas le bon code."), "{refused}");
        assert!(refused.contains("il reste 4 essais"), "{refused}");
    }
    desk.approve(run).await;
    assert!(desk.page(&desk.director, &home, 200).await.contains("Approuvé par"));
    assert!(text(desk.door.get(&desk.director, &path).await, 409).await.contains("approuvé"), "it is over");
    desk.paying.check();
}

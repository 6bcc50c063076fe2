//! Files for the accountant: they balance, hold each movement once, and are the same whenever they are asked for again.

use super::{Desk, books::arrives, field, led_to, text};
use crate::{
    cli::tisserand_in,
    support::{
        self,
        databases::each_database,
        grants::{Grantee, IBANS, Paying, person},
        output_dir,
    },
};
use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use std::{collections::BTreeSet, process::Command, sync::Barrier, thread};
use tisserand::{
    domain::{
        accounting::charts,
        ids::AccountingExportId,
        journal::TransferKind,
        lifecycles::{grants::GrantEvent, recoveries::RecoveryState},
        money::Euros,
        reports::ReportKind,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        accounting::{self as rows, AccountingExportRow},
        payment_runs as runs, recoveries,
    },
    usecases::{
        Actor, Outcome, UseCaseError, accounting, disbursements, grants, integrity, people,
        recovery_parts::{self, Part},
        revocations,
    },
};

const SIREN: &str = "732829320";

/// The usual accounts, under this SIREN.
fn set_chart(paying: &Paying, siren: &str) -> Outcome<()> {
    let mut fields: accounting::Fields = charts::usual().into_iter().collect();
    fields.insert(charts::SIREN.into(), siren.into());
    paying.does(|tx| accounting::set(tx, &paying.finance, &fields))
}

/// A grant paid once, and accounts set.
fn paid(paying: Paying) -> (Paying, Grantee) {
    let grantee = paying.award("Les Passeurs", Euros::whole(10_000));
    paying.announce();
    paying.ready(&grantee, "Les Passeurs", IBANS[0]);
    paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
    set_chart(&paying, SIREN).unwrap();
    (paying, grantee)
}

fn make(paying: &Paying, who: &Actor, until: NaiveDate, now: Moment) -> Outcome<AccountingExportRow> {
    let id: AccountingExportId = paying.does(|tx| accounting::export(tx, who, until, now))?;
    Ok(paying.db.read(|conn| rows::find(conn, id))?)
}

fn bytes(paying: &Paying, who: &Actor, id: AccountingExportId) -> Outcome<Vec<u8>> {
    let read = |conn: &mut Conn| -> Outcome<Vec<u8>> {
        let (mut file, mut whole) = (accounting::open(conn, who, id)?, Vec::new());
        loop {
            let piece = file.next(conn)?;
            if piece.is_empty() {
                return Ok(whole);
            }
            whole.extend(piece);
        }
    };
    paying.db.read(read)
}

/// The lines after the names, each cut at its tabs.
fn lines(bytes: &[u8]) -> Vec<Vec<String>> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let cut = |line: &str| line.split('\t').map(str::to_owned).collect();
    text.split("\r\n").skip(1).filter(|line| !line.is_empty()).map(cut).collect()
}

fn wrong(result: Outcome<AccountingExportRow>) -> String {
    let Err(UseCaseError::Invalid(fields)) = result else { panic!("taken") };
    assert_eq!(fields.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["au"]);
    fields[0].message.clone()
}

/// What is kept twice, or not as it was.
fn broken(paying: &Paying) -> Vec<String> {
    let found = paying.db.read(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
    let ours = found.into_iter().filter(|promise| promise.name.contains("accounting"));
    ours.flat_map(|promise| promise.tally.examples).collect()
}

/// What an independent program reads: entries, lines, cents.
fn read_by_another(name: &str, bytes: &[u8]) -> Option<(usize, usize, i64)> {
    let file = output_dir("fec").join(name);
    std::fs::write(&file, bytes).unwrap();
    let script = support::root().join("tests/finance/fec.py");
    let Ok(read) = Command::new("python3").arg(script).arg(&file).output() else {
        support::left_out("accounting files read by another program", "python3");
        return None;
    };
    let said = String::from_utf8_lossy(&read.stdout).into_owned();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let figures: Vec<i64> = said.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
    Some((figures[0] as usize, figures[1] as usize, figures[2]))
}

#[test]
fn a_file_balances_and_is_read_by_another_program() {
    for db in each_database() {
        let (paying, grantee) = paid(Paying::on(db));
        let today = paying.now.paris_date();
        let export = make(&paying, &paying.finance, today, paying.now).unwrap();
        assert_eq!(export.file_name, format!("{SIREN}FEC{}.txt", today.format("%Y%m%d")));
        let whole = bytes(&paying, &paying.director, export.id).unwrap();
        let found = lines(&whole);
        let side = |column: usize| -> i64 {
            found.iter().map(|line| line[column].replace(',', "").parse::<i64>().unwrap()).sum()
        };
        assert_eq!((side(11), side(12)), (export.total_cents.cents(), export.total_cents.cents()));
        assert_eq!(found.len() as i64, 2 * export.entry_count);
        // Two conventions recorded, a grant and a payment drawn from both.
        assert_eq!(export.entry_count, 6);
        let of = |account: &str, column: usize| -> i64 {
            let theirs = found.iter().filter(|line| line[4] == account);
            theirs.map(|line| line[column].replace(',', "").parse::<i64>().unwrap()).sum()
        };
        assert_eq!((of("657100", 11), of("468600", 12)), (1_000_000, 1_000_000), "promised");
        assert_eq!((of("468600", 11), of("512000", 12)), (500_000, 500_000), "paid");
        let reference = paying.grant(grantee.grant).reference;
        let payable: Vec<_> = found.iter().filter(|line| line[4] == "468600").collect();
        assert!(payable.iter().all(|line| line[7] == "Les Passeurs" && line[6].len() == 14), "{payable:?}");
        assert!(payable.iter().all(|line| line[10].contains(&reference)), "{payable:?}");
        if let Some((entries, rows, cents)) = read_by_another(&export.file_name, &whole) {
            assert_eq!((entries as i64, rows, cents), (export.entry_count, found.len(), export.total_cents.cents()));
        }
        paying.check();
    }
}

#[test]
fn nothing_leaves_twice_and_a_file_is_the_same_whenever_it_is_asked_for() {
    for db in each_database() {
        let (paying, _) = paid(Paying::on(db));
        let (today, later) = (paying.now.paris_date(), paying.now.plus_days(3));
        let first = make(&paying, &paying.finance, today, paying.now).unwrap();
        let as_it_was = bytes(&paying, &paying.finance, first.id).unwrap();
        let again = make(&paying, &paying.finance, today, paying.now);
        assert!(wrong(again).contains("déjà exportées jusqu’au"));
        assert_eq!(
            wrong(make(&paying, &paying.finance, later.paris_date(), paying.now)),
            "Ce jour n’est pas encore venu."
        );
        let nothing = make(&paying, &paying.finance, later.paris_date(), later);
        assert_eq!(wrong(nothing), "Aucune écriture n’attend jusqu’à ce jour.");
        // Recorded once the day was exported, and the last second of the next period, and the first after it.
        let tomorrow = today.succ_opt().unwrap();
        arrives(&paying, paying.now, Euros::whole(7));
        arrives(&paying, Moment::end_of_day(tomorrow).plus_seconds(-1), Euros::whole(8));
        arrives(&paying, Moment::end_of_day(tomorrow), Euros::whole(9));
        // Another number for an account is for what leaves from now on.
        let mut fields: accounting::Fields = charts::usual().into_iter().collect();
        fields.extend([(charts::SIREN.to_owned(), SIREN.to_owned()), ("compte-funding".into(), "741000".into())]);
        paying.does(|tx| accounting::set(tx, &paying.finance, &fields)).unwrap();
        let second = make(&paying, &paying.finance, tomorrow, later).unwrap();
        let found = lines(&bytes(&paying, &paying.finance, second.id).unwrap());
        let day = |day: NaiveDate| day.format("%Y%m%d").to_string();
        let told: Vec<_> = found.iter().map(|line| (line[2].clone(), line[3].clone(), line[9].clone())).collect();
        let number = |more: i64| (first.first_entry + first.entry_count + more).to_string();
        let late = (number(0), day(tomorrow), day(today));
        let in_time = (number(1), day(tomorrow), day(tomorrow));
        assert_eq!(told, [late.clone(), late, in_time.clone(), in_time]);
        assert!(found.iter().any(|line| line[4] == "741000") && found.iter().all(|line| line[4] != "740000"));
        let third = make(&paying, &paying.finance, later.paris_date(), later).unwrap();
        assert_eq!((third.entry_count, third.total_cents), (1, Euros::whole(9)));
        assert_eq!(bytes(&paying, &paying.finance, first.id).unwrap(), as_it_was);
        let mut held = BTreeSet::new();
        for export in [&first, &second, &third] {
            for row in paying.db.read(|conn| rows::entries(conn, export.id, 0, 1_000)).unwrap() {
                assert!(held.insert(row.transfer_seq), "{} left twice", row.transfer_seq);
            }
        }
        assert_eq!(broken(&paying), Vec::<String>::new());
        let rewritten = paying.does(|tx| {
            tx.conn().batch_execute("UPDATE accounting_entries SET label = 'autre'").map_err(StoreError::from)?;
            Ok(())
        });
        assert!(rewritten.is_err());
        // The command line gives the same bytes.
        let folder = tempfile::tempdir().unwrap();
        let run = |number: &str| {
            let arguments = ["accounting-file", number, "--out", "ecritures.txt", "--database-url", paying.db.url()];
            tisserand_in(folder.path(), &arguments)
        };
        run("9").refused();
        run("1").done();
        assert_eq!(std::fs::read(folder.path().join("ecritures.txt")).unwrap(), as_it_was);
    }
}

#[test]
fn a_payment_that_came_back_and_left_again_is_proved_by_each_run_on_its_own_day() {
    for db in each_database() {
        let (mut paying, grantee) = paid(Paying::on(db));
        let line = paying.payments(grantee.grant)[0].clone();
        let first_on = paying.now.paris_date();
        paying.now = paying.now.plus_days(2);
        let (back_on, why) = (paying.now.paris_date(), "Compte clos (AC04)");
        let back = |tx: &mut tisserand::store::Tx| {
            disbursements::mark_returned(tx, &paying.finance, line.id, line.version, why, paying.now)
        };
        paying.does(back).unwrap();
        paying.now = paying.now.plus_days(2);
        paying.authorise(line.id).unwrap();
        let second = paying.put_in_run(&[line.id]).unwrap();
        paying.pay(second);
        let again_on = paying.now.paris_date();
        // All three leave in one file, once the payment knows only of its second run.
        let export = make(&paying, &paying.finance, again_on, paying.now).unwrap();
        let found = lines(&bytes(&paying, &paying.finance, export.id).unwrap());
        let of_bank = found.iter().filter(|line| line[0] == "BQ");
        let told: BTreeSet<_> = of_bank.map(|line| [line[3].clone(), line[8].clone(), line[9].clone()]).collect();
        let of = |id| paying.db.read(|conn| runs::find(conn, id)).unwrap().reference;
        let (first, second) = (of(line.payment_run_id.unwrap()), of(second));
        assert_ne!(first, second);
        let day = |day: NaiveDate| day.format("%Y%m%d").to_string();
        let wanted = [(first_on, &first), (back_on, &first), (again_on, &second)];
        assert_eq!(told, BTreeSet::from(wanted.map(|(on, run)| [day(on), run.clone(), day(on)])));
        paying.check();
    }
}

#[test]
fn a_decision_is_entered_once_it_is_told_and_on_that_day() {
    for db in each_database() {
        let mut paying = Paying::on(db);
        paying.award("Les Passeurs", Euros::whole(10_000));
        set_chart(&paying, SIREN).unwrap();
        let decided_on = paying.now.paris_date();
        let first = make(&paying, &paying.finance, decided_on, paying.now).unwrap();
        assert_eq!(first.entry_count, 2, "the conventions alone");
        let left = bytes(&paying, &paying.finance, first.id).unwrap();
        assert!(!String::from_utf8_lossy(&left).contains("Les Passeurs"), "an accountant learns of no decision first");
        paying.now = paying.now.plus_days(5);
        paying.announce();
        let told_on = paying.now.paris_date();
        // Made after the announcement, of days before it.
        let before = make(&paying, &paying.finance, told_on.pred_opt().unwrap(), paying.now);
        assert_eq!(wrong(before), "Aucune écriture n’attend jusqu’à ce jour.");
        let second = make(&paying, &paying.finance, told_on, paying.now).unwrap();
        assert_eq!(second.total_cents, Euros::whole(10_000));
        let day = |day: NaiveDate| day.format("%Y%m%d").to_string();
        for line in lines(&bytes(&paying, &paying.finance, second.id).unwrap()) {
            assert_eq!((line[0].as_str(), &line[3], &line[9]), ("SUB", &day(told_on), &day(decided_on)));
        }
        paying.check();
    }
}

#[test]
fn an_authorisation_taken_back_is_no_entry_and_the_end_of_its_grant_is_entered_once() {
    for db in each_database() {
        let (mut paying, grantee) = Paying::granted(db, "Les Passeurs", Euros::whole(10_000));
        set_chart(&paying, SIREN).unwrap();
        let line = paying.payments(grantee.grant)[0].id;
        paying.authorise(line).unwrap();
        make(&paying, &paying.finance, paying.now.paris_date(), paying.now).unwrap();
        paying.now = paying.now.plus_days(1);
        let today = paying.now.paris_date();
        let why = "Montant contesté";
        paying.does(|tx| revocations::revoke(tx, &paying.finance, line, 1, why, paying.now).map(drop)).unwrap();
        let nothing = make(&paying, &paying.finance, today, paying.now);
        assert_eq!(wrong(nothing), "Aucune écriture n’attend jusqu’à ce jour.");
        paying.authorise(line).unwrap();
        let (version, end) = (paying.grant(grantee.grant).version, (GrantEvent::Terminate, why));
        paying
            .does(|tx| {
                grants::change_with_reason(tx, &paying.director, grantee.grant, version, end, paying.now).map(drop)
            })
            .unwrap();
        let export = make(&paying, &paying.finance, today, paying.now).unwrap();
        assert_eq!(export.total_cents, Euros::whole(10_000));
        let found = lines(&bytes(&paying, &paying.finance, export.id).unwrap());
        let of = |account: &str, column: usize| -> i64 {
            let theirs = found.iter().filter(|line| line[4] == account);
            theirs.map(|line| line[column].replace(',', "").parse::<i64>().unwrap()).sum()
        };
        assert_eq!((of("468600", 11), of("657100", 12)), (1_000_000, 1_000_000), "the aid given up, once");
        assert_eq!(broken(&paying), Vec::<String>::new());
        paying.check();
    }
}

#[test]
fn money_that_came_back_is_proved_by_the_day_of_the_bank() {
    for db in each_database() {
        let (mut paying, grantee) = paid(Paying::on(db));
        paying.report(&grantee, ReportKind::Final, Euros::whole(1_000));
        let owed = paying.db.read(|conn| recoveries::of_grant(conn, grantee.grant)).unwrap();
        let owed = owed.into_iter().find(|row| row.state == RecoveryState::Requested).unwrap();
        let came_on = paying.now.paris_date();
        paying.now = paying.now.plus_days(5);
        let part = Part { amount: None, received_on: came_on, rest_due_on: None };
        let typed = |tx: &mut Tx| {
            recovery_parts::receive(tx, &paying.finance, owed.id, owed.version, &part, paying.now).map(drop)
        };
        paying.does(typed).unwrap();
        let typed_on = paying.now.paris_date();
        let made = make(&paying, &paying.finance, typed_on, paying.now).unwrap();
        let entries = paying.db.read(|conn| rows::entries(conn, made.id, 0, 500)).unwrap();
        let back: Vec<_> = entries.iter().filter(|row| row.label.starts_with(TransferKind::Recover.label())).collect();
        assert_eq!(back.iter().map(|row| row.amount_cents).sum::<Euros>(), owed.amount_cents);
        assert!(back.iter().all(|row| (row.entry_on, row.piece_on) == (typed_on, came_on)), "{back:?}");
        paying.check();
    }
}

#[test]
fn of_two_people_who_export_at_once_one_does() {
    for db in each_database() {
        let (paying, _) = paid(Paying::on(db));
        let other = paying.does(|tx| person(tx, "Fatou Finance", Role::Finance, paying.now)).unwrap();
        let (db, now, start) = (&**paying.db, paying.now, Barrier::new(2));
        let made: Vec<Outcome<AccountingExportId>> = thread::scope(|scope| {
            let rivals = [&paying.finance, &other].map(|who| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    db.write(|tx| accounting::export(tx, who, now.paris_date(), now))
                })
            });
            rivals.into_iter().map(|rival| rival.join().unwrap()).collect()
        });
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
        assert!(made.iter().any(|made| matches!(made, Err(UseCaseError::Invalid(_)))), "and the other is told why");
        assert_eq!(paying.db.read(rows::exports).unwrap().len(), 1);
        paying.check();
    }
}

#[test]
fn a_rewritten_entry_is_seen() {
    for db in each_database() {
        let (paying, _) = paid(Paying::on(db));
        make(&paying, &paying.finance, paying.now.paris_date(), paying.now).unwrap();
        for sql in [
            "UPDATE accounting_entries SET label = 'autre' WHERE number = 2",
            "UPDATE accounting_entries SET amount_cents = amount_cents + 1 WHERE number = 2",
            "DELETE FROM accounting_entries WHERE number = 2",
            "UPDATE account_days SET into_cents = into_cents + 1",
        ] {
            let mut seen = 0;
            let undone: Outcome<()> = paying.db.write(|tx| {
                tisserand::store::guards::lift(tx.conn())?;
                tx.conn().batch_execute(sql).map_err(StoreError::from)?;
                let found = integrity::check(tx.conn(), None, &mut |_| {})?;
                seen = found.iter().filter(|promise| promise.tally.broken > 0).count();
                Err(StoreError::NotFound.into())
            });
            assert!(undone.is_err() && seen > 0, "{sql}");
        }
        paying.check();
    }
}

#[test]
fn whoever_is_recused_takes_nothing_of_the_grant_and_finds_no_file_that_holds_it() {
    for db in each_database() {
        let (paying, grantee) = paid(Paying::on(db));
        let now = paying.now;
        paying.recuse(&paying.finance, grantee.grant);
        let (today, later) = (now.paris_date(), now.plus_days(2));
        let theirs = make(&paying, &paying.finance, today, now).unwrap();
        let taken = bytes(&paying, &paying.finance, theirs.id).unwrap();
        assert!(!String::from_utf8_lossy(&taken).contains("Les Passeurs"));
        assert_eq!(theirs.entry_count, 2, "the conventions alone");
        let other = paying.does(|tx| {
            let address = "seconde@tisserand.example".parse().unwrap();
            let id = people::ensure(tx, &address, "Sonia Seconde", Role::Finance, now)?;
            Ok(Actor::person(id, vec![Role::Finance]))
        });
        let other = other.unwrap();
        let rest = make(&paying, &other, later.paris_date(), later).unwrap();
        assert_eq!(rest.entry_count, 4, "the grant and its payment come in the next file");
        assert!(bytes(&paying, &paying.finance, rest.id).is_err() && bytes(&paying, &other, rest.id).is_ok());
        let seen = |who: &Actor| paying.db.read(|conn| accounting::made(conn, who)).unwrap().len();
        assert_eq!((seen(&paying.finance), seen(&other), seen(&paying.director)), (1, 2, 2));
        paying.check();
    }
}

#[actix_web::test]
async fn finance_sets_the_accounts_sees_what_waits_and_takes_the_file() {
    let desk = Desk::open();
    desk.paying.pay(desk.run());
    let today = desk.paying.now.paris_date();
    let place = format!("/finances/comptabilite?au={today}");
    let page = desk.page(&desk.finance, &place, 200).await;
    assert!(page.contains("Les réglages comptables sont à compléter"), "{page}");
    assert!(page.contains("Engagement") && page.contains("657100") && page.contains("10 000 €"), "{page}");
    let set = "/finances/comptabilite/reglages";
    let usual = charts::usual();
    let mut typed: Vec<(&str, &str)> = usual.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    typed.retain(|(name, _)| !["siren", "compte-bank"].contains(name));
    let faulty: Vec<_> = typed.iter().copied().chain([("siren", "123"), ("compte-bank", "657")]).collect();
    let refused = text(desk.send(&desk.finance, set, set, &faulty).await, 422).await;
    for words in ["Un SIREN compte neuf chiffres", "Ce compte est de la classe 5", "value=\"123\"", "value=\"657\""] {
        assert!(refused.contains(words), "{words} in {refused}");
    }
    let good: Vec<_> = typed.iter().copied().chain([("siren", "732 829 320"), ("compte-bank", "512100")]).collect();
    let sent = desk.send(&desk.finance, set, set, &good).await;
    assert_eq!(led_to(&sent), "/finances/comptabilite");
    let page = desk.page(&desk.finance, &place, 200).await;
    assert!(page.contains("512100") && page.contains("Faire le fichier"), "{page}");
    let tomorrow = today.succ_opt().unwrap().to_string();
    let early = desk.send(&desk.finance, &place, "/finances/comptabilite", &[("au", &tomorrow)]).await;
    let early = text(early, 422).await;
    assert!(early.contains("Ce jour n’est pas encore venu.") && early.contains(&tomorrow), "{early}");
    let day = today.to_string();
    assert_eq!(field(&page, "au"), day);
    let made = desk.send(&desk.finance, &place, "/finances/comptabilite", &[("au", &day)]).await;
    let page = desk.page(&desk.director, &led_to(&made), 200).await;
    let name = format!("{SIREN}FEC{}.txt", today.format("%Y%m%d"));
    assert!(page.contains(&name) && page.contains("Farid Finance"), "{page}");
    assert!(!page.contains("Faire le fichier"), "management reads");
    let way = page.split("href=\"").find(|rest| rest.split('"').next().is_some_and(|path| path.ends_with("/fichier")));
    let way = way.unwrap().split('"').next().unwrap();
    let sent = desk.door.get(&desk.director, way).await;
    assert_eq!(sent.headers()["content-disposition"], format!("attachment; filename=\"{name}\""));
    assert_eq!(sent.headers()["content-type"], "text/plain; charset=iso-8859-15");
    let first = sent.bytes().await.unwrap();
    assert!(first.starts_with(b"JournalCode\tJournalLib\tEcritureNum\t"));
    assert_eq!(desk.door.get(&desk.finance, way).await.bytes().await.unwrap(), first);
    assert_eq!(desk.door.get(&desk.director, set).await.status().as_u16(), 404);
}

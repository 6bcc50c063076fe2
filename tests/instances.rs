//! A copy of the database started elsewhere neither mails nor pays until somebody has let it.

use crate::{
    cli::tisserand_in,
    support::{
        databases::{each_database, sqlite},
        grants::{Paying, text_of},
        programme::{Programme, closed},
        site::Site,
    },
};
use std::{fs, path::Path};
use tempfile::TempDir;
use tisserand::{
    domain::{identity::Email, lifecycles::messages::MessageState, money::Euros, roles::Role, time::Moment},
    mail::{Transport, Worker},
    store::{Db, Files, Tx, instances::InstanceMark, messages},
    usecases::{UseCaseError, approvals, clock::Clock, instances, login_links, payment_runs, people},
};

fn mark(place: &str) -> InstanceMark {
    InstanceMark { id: "fonds".into(), place: place.into() }
}

/// Comes to a database as the program does.
fn arrive(db: &Db, place: &str, now: Moment) -> bool {
    let may_act = db.write(|tx: &mut Tx| instances::arrive(tx, &mark(place), now)).unwrap();
    if !may_act {
        db.hold_back(mark(place));
    }
    may_act
}

fn adopt(db: &Db, place: &str, now: Moment) {
    db.write(|tx: &mut Tx| instances::adopt(tx, &mark(place), now)).unwrap();
}

fn worker(db: &Db, folder: &Path, now: Moment) -> Worker {
    let transport = Transport::folder(folder.join("mail")).unwrap();
    let from = "Lianes coopération <fonds@example.org>".parse().unwrap();
    let press = |letter: &tisserand::domain::letters::Letter| {
        tisserand::documents::render(letter).map_err(|error| error.to_string())
    };
    Worker::new(db.clone(), Clock::at(now), Files::local(&folder.join("files")).unwrap(), transport, from, press)
}

#[tokio::test]
async fn the_mails_of_a_copy_wait_until_it_is_let_and_then_leave_once() {
    for db in each_database() {
        let (now, folder) = (closed(), TempDir::new().unwrap());
        let email: Email = "awa@example.org".parse().unwrap();
        db.write(|tx: &mut Tx| {
            people::ensure(tx, &email, "Awa", Role::Applicant, now)?;
            login_links::ask(tx, &email, "/dossiers", now)
        })
        .unwrap();
        assert!(arrive(&db, "here", now), "the first place is at home");
        assert!(arrive(&db, "here", now));
        assert!(!arrive(&db, "elsewhere", now));
        let mut worker = worker(&db, folder.path(), now);
        assert_eq!(worker.drain().await.unwrap().sent, 0);
        let waiting = || db.read(|conn| messages::in_state(conn, MessageState::Queued, 10)).unwrap().len();
        assert_eq!(waiting(), 1, "it waits as it was");
        adopt(&db, "elsewhere", now);
        assert_eq!((worker.drain().await.unwrap().sent, waiting()), (1, 0), "without a restart");
        assert_eq!(worker.drain().await.unwrap().sent, 0);
    }
}

#[test]
fn no_bank_file_leaves_a_copy() {
    let (paying, grantee) = Paying::granted(sqlite(), "Les Passeurs", Euros::whole(10_000));
    let run = paying.prepare(&[paying.payments(grantee.grant)[0].id]);
    paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
    arrive(&paying.db, "here", paying.now);
    arrive(&paying.db, "elsewhere", paying.now);
    let export = || paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, text_of, paying.now)).map(drop);
    let refused = export();
    let Err(UseCaseError::Refused(why)) = refused else { panic!("{refused:?}") };
    assert!(why.to_string().contains("est une copie"), "{why}");
    paying.db.release();
    export().unwrap();
    paying.db.hold_back(mark("elsewhere"));
    let again = paying.does(|tx| payment_runs::bank_file(tx, &paying.finance, run, paying.now)).map(drop);
    assert!(matches!(again, Err(UseCaseError::Refused(_))), "nor one that was made before: {again:?}");
}

#[actix_web::test]
async fn every_page_of_a_copy_says_so_until_it_is_let() {
    let world = Programme::on(sqlite());
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let banner = async || site.get(&cookie, "/instruction").await.text().await.unwrap().contains("est une copie");
    assert!(!banner().await);
    arrive(&world.db, "here", closed());
    arrive(&world.db, "elsewhere", closed());
    assert!(banner().await && banner().await, "it stays");
    adopt(&world.db, "elsewhere", closed());
    assert!(!banner().await);
}

#[test]
fn a_folder_that_is_copied_is_known_by_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let run = |command: &[&str], place: &str| {
        let url = format!("sqlite:{place}/tisserand.db");
        tisserand_in(folder.path(), &[command, &["--database-url", &url, "--data-dir", place]].concat())
    };
    run(&["migrate"], "here").done();
    run(&["worker", "--once"], "here").done();
    assert!(run(&["instance"], "here").done().contains("at home here"));
    fs::create_dir(folder.path().join("copy")).unwrap();
    for file in fs::read_dir(folder.path().join("here")).unwrap().map(Result::unwrap) {
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), folder.path().join("copy").join(file.file_name())).unwrap();
        }
    }
    run(&["worker", "--once"], "copy").done();
    assert!(run(&["instance"], "copy").refused().contains("this is a copy"));
    run(&["instance", "--adopt"], "copy").done();
    run(&["instance"], "copy").done();
    run(&["instance"], "here").done();
}

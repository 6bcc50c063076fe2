//! The promises are asked each night and on demand; what is broken is told once for each change, to those who must act.

use crate::support::{
    databases::each_database,
    grants::{Paying, person},
    site::{Site, sign_in},
};
use diesel::connection::SimpleConnection;
use tempfile::TempDir;
use tisserand::{
    domain::{letters::Letter, messages::MessageKind, money::Euros, roles::Role, time::Moment},
    mail::{Transport, Worker},
    store::{
        Db, Files, StoreError, Tx, document_checks,
        documents::{self, DocumentRow},
        guards, integrity_runs as rows, messages,
    },
    usecases::{Actor, UseCaseError, clock::Clock, integrity, integrity_runs},
};

/// An envelope that is not what the journal set aside, and what mends it.
const BREAK: &str = "UPDATE calls SET envelope_cents = envelope_cents + 1";
const MEND: &str = "UPDATE calls SET envelope_cents = envelope_cents - 1";
/// An agreement that is not what the journal received: one more thing that breaks the same promise.
const BREAK_MORE: &str = "UPDATE funding_sources SET amount_cents = amount_cents - 1
    WHERE reference = (SELECT MIN(reference) FROM funding_sources)";

struct House {
    paying: Paying,
    admin: Actor,
    folder: TempDir,
    clock: Clock,
}

impl House {
    fn each() -> Vec<House> {
        let house = |db| {
            let (paying, _) = Paying::granted(db, "Les Passeurs", Euros::whole(10_000));
            let admin = paying.does(|tx| person(tx, "Ada Admin", Role::Admin, paying.now)).unwrap();
            // Whoever is both is told once.
            paying.does(|tx| person(tx, "Ada Admin", Role::Finance, paying.now)).unwrap();
            let clock = Clock::at(paying.now);
            House { paying, admin, folder: TempDir::new().unwrap(), clock }
        };
        each_database().into_iter().map(house).collect()
    }

    fn change(&self, sql: &str) {
        let changed = self.paying.db.write(|tx| {
            guards::lift(tx.conn())?;
            tx.conn().batch_execute(sql).map_err(StoreError::from)
        });
        changed.unwrap();
    }

    /// What another worker does in the night after so many days.
    async fn night(&self, days: i64) {
        self.clock.set(self.paying.now.plus_days(days));
        let files = Files::local(&self.folder.path().join("files")).unwrap();
        let transport = Transport::folder(self.folder.path().join("mail")).unwrap();
        let from = "Lianes coopération <fonds@example.org>".parse().unwrap();
        let db: &Db = &self.paying.db;
        let press = |letter: &Letter| tisserand::documents::render(letter).map_err(|error| error.to_string());
        let mut worker = Worker::new(db.clone(), self.clock.clone(), files, transport, from, press);
        worker.drain().await.unwrap();
    }

    /// How many runs there were, how many promises the last one found broken, and how many people were told in all.
    fn told(&self) -> (usize, i32, usize) {
        let runs = self.paying.db.read(|conn| rows::last(conn, 100)).unwrap();
        let mails = self.paying.db.read(|conn| messages::page(conn, None, None, 5_000)).unwrap();
        let told = mails.iter().filter(|mail| mail.kind == MessageKind::PromiseBroken).count();
        (runs.len(), runs.first().map_or(0, |run| run.broken_promises), told)
    }
}

#[actix_web::test]
async fn a_broken_promise_is_told_once_until_something_changes() {
    for house in House::each() {
        house.night(1).await;
        assert_eq!(house.told(), (1, 0, 0));
        house.night(1).await;
        assert_eq!(house.told(), (1, 0, 0), "one run a night, however many workers");
        house.change(BREAK);
        house.night(2).await;
        assert_eq!(house.told(), (2, 1, 2), "administration and finance");
        house.night(3).await;
        assert_eq!(house.told(), (3, 1, 2), "nothing changed");
        house.change(BREAK_MORE);
        house.night(4).await;
        assert_eq!(house.told(), (4, 1, 4), "it got worse");
        house.change(
            "UPDATE funding_sources SET amount_cents = amount_cents + 1
            WHERE reference = (SELECT MIN(reference) FROM funding_sources)",
        );
        house.change(MEND);
        house.night(5).await;
        assert_eq!(house.told(), (5, 0, 4), "it is mended");
        house.change(BREAK);
        house.night(6).await;
        assert_eq!(house.told(), (6, 1, 6), "and broken again");
    }
}

#[actix_web::test]
async fn the_page_says_what_was_found_when_by_whom_and_what_to_do() {
    for house in House::each() {
        let (paying, now) = (&house.paying, house.paying.now);
        let site = Site::over(&paying.db, now.plus_days(1));
        let cookie = |who: &Actor| sign_in(&paying.db, who.person.unwrap(), now.plus_days(1));
        let path = "/administration/integrite";
        assert_eq!(site.get(&cookie(&paying.officer), path).await.status().as_u16(), 404);
        let words = async |who: &Actor| site.get(&cookie(who), path).await.text().await.unwrap();
        assert!(words(&house.admin).await.contains("Rien n’a encore été vérifié"), "before the first night");
        house.change(BREAK);
        let asked = |at: Moment| {
            let found = paying.db.read_frozen(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
            paying.does(|tx| integrity_runs::record(tx, paying.finance.person, &found, at)).unwrap();
        };
        asked(now);
        let page = words(&paying.finance).await.replace(['\u{a0}', '\u{202f}'], " ");
        for said in ["Au moins une promesse est rompue", "par Farid Finance", "Suspendez tout nouvel engagement", "1"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(page.contains("Détail pour l’exploitation :"), "{page}");
        let (runs, found) = paying.db.read(|conn| integrity_runs::last(conn, &house.admin)).unwrap();
        assert_eq!((runs.len(), found.len() as i32), (1, runs[0].promises));
        assert_eq!(found.iter().filter(|one| one.broken > 0).count(), 1);
        assert!(found.iter().any(|one| one.checked > 0 && one.broken == 0));
        let stranger = paying.db.read(|conn| integrity_runs::last(conn, &paying.officer));
        assert!(matches!(stranger, Err(UseCaseError::Store(StoreError::NotFound))));
        let missed = "La vérification de la nuit n’a pas eu lieu";
        assert!(!page.contains(missed), "{page}");
        house.change(MEND);
        asked(now.plus_minutes(1));
        let at = now.plus_days(2);
        let later = Site::over(&paying.db, at);
        let cookie = sign_in(&paying.db, house.admin.person.unwrap(), at);
        let page = later.get(&cookie, path).await.text().await.unwrap();
        assert!(page.contains(missed) && !page.contains("Toutes les promesses tiennent"), "{page}");
    }
}

#[actix_web::test]
async fn a_promise_that_cannot_be_asked_is_broken_and_the_night_asks_the_others() {
    for house in House::each() {
        house.change("UPDATE funding_sources SET settings = '{}'");
        house.night(1).await;
        let (runs, broken, told) = house.told();
        assert!((runs, told) == (1, 2) && broken > 0, "{runs} {broken} {told}");
        let (_, found) = house.paying.db.read(|conn| integrity_runs::last(conn, &house.admin)).unwrap();
        assert_eq!(found.len(), integrity::COUNT, "every one was asked");
        let stopped = found.iter().flat_map(|one| &one.examples).filter(|words| words.contains("cannot be read"));
        assert!(stopped.count() > 0, "{found:?}");
    }
}

#[actix_web::test]
async fn documents_are_read_in_turn_and_one_that_is_not_whole_each_time() {
    for house in House::each() {
        let db: &Db = &house.paying.db;
        let due = |limit| db.read(|conn| document_checks::due(conn, limit)).unwrap();
        let progress = || db.read(|conn| integrity_runs::documents(conn, &house.admin)).unwrap();
        let copies = |tx: &mut Tx| -> Result<(), UseCaseError> {
            let model = documents::after(tx.conn(), None, 1)?.pop().unwrap();
            for number in 1..=3 {
                let (reference, check_code) = (format!("COPIE-{number}"), format!("COPIE{number}"));
                let copy = DocumentRow { id: tx.mint(house.paying.now)?, reference, check_code, ..model.clone() };
                documents::insert(tx, &copy)?;
            }
            Ok(())
        };
        house.paying.does(copies).unwrap();
        house.night(1).await;
        let first = progress();
        assert!(first.read > 3 && first.unread == 0, "{first:?}");
        assert_eq!(first.since.map(Moment::paris_date), Some(house.paying.now.plus_days(1).paris_date()));
        let order: Vec<_> = due(100).into_iter().map(|one| one.0).collect();
        assert_eq!(order.len() as i64, first.read);
        // One is lost, another was read longest ago, a third has never been read.
        let (lost, unread) = (order[1], *order.last().unwrap());
        house.change(&format!("DELETE FROM document_checks WHERE document_id = '{unread}'"));
        let later = house.paying.now.plus_days(2);
        house.paying.does(|tx| integrity_runs::mark_read(tx, &[(lost, false)], later)).unwrap();
        let next: Vec<_> = due(3).into_iter().map(|one| one.0).collect();
        assert_eq!(next, [lost, unread, order[0]]);
        let (_, read) = db.read(|conn| integrity::check_some(conn, &|_| Err(StoreError::NotFound))).unwrap();
        assert!(read.len() as i64 == first.read && read.iter().all(|(_, is_whole)| !is_whole));
        let site = Site::over(db, later);
        house.paying.does(|tx| integrity_runs::mark_read(tx, &read, later)).unwrap();
        let cookie = sign_in(db, house.admin.person.unwrap(), later);
        let page = site.get(&cookie, "/administration/integrite").await.text().await.unwrap();
        let page = page.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(page.contains(&format!("tous ({}) ont été relus depuis le", first.read)), "{page}");
        assert!(page.contains("Chaque nuit en relit 2000"), "{page}");
    }
}

#[test]
fn whoever_is_recused_from_a_file_reads_figures_without_examples() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, "Les Passeurs", Euros::whole(10_000));
        let spoilt = paying.db.write(|tx| {
            guards::lift(tx.conn())?;
            tx.conn().batch_execute("UPDATE grants SET amount_cents = amount_cents + 1").map_err(StoreError::from)
        });
        spoilt.unwrap();
        let found = paying.db.read_frozen(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
        paying.does(|tx| integrity_runs::record(tx, None, &found, paying.now)).unwrap();
        let told = || {
            let found = paying.db.read(|conn| integrity_runs::last(conn, &paying.finance)).unwrap().1;
            let examples = found.iter().map(|one| one.examples.len()).sum::<usize>();
            (found.iter().map(|one| one.broken).sum::<i64>(), examples)
        };
        let (broken, examples) = told();
        assert!(broken > 0 && examples > 0, "{broken} {examples}");
        paying.recuse(&paying.finance, grantee.grant);
        assert_eq!(told(), (broken, 0));
    }
}

#[actix_web::test]
async fn the_night_and_the_page_read_the_stored_bytes_of_documents() {
    for house in House::each() {
        house.night(1).await;
        house.night(2).await;
        assert_eq!(house.told(), (2, 0, 0), "what was printed is there");
        let printed = house.paying.db.read(|conn| documents::after(conn, None, 1_000)).unwrap();
        let sha256 = printed.iter().find_map(|row| row.sha256.clone()).unwrap();
        let stored = house.folder.path().join("files").join(&sha256[..2]).join(&sha256);
        std::fs::write(&stored, b"something else").unwrap();
        house.night(3).await;
        assert_eq!(house.told(), (3, 1, 2), "other bytes");
        std::fs::remove_file(&stored).unwrap();
        house.night(4).await;
        assert_eq!(house.told(), (4, 1, 2), "none at all, of which they were told");
        // The files of this site are not those of the worker: nothing of what was printed is there.
        let site = Site::over(&house.paying.db, house.clock.now());
        let cookie = site.cookie_of(&house.admin);
        let path = "/administration/integrite";
        let page = site.get(&cookie, path).await.text().await.unwrap();
        let token = page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(site.post(&cookie, path, &[("token", &token)]).await.status().as_u16(), 303);
        let (_, found) = house.paying.db.read(|conn| integrity_runs::last(conn, &house.admin)).unwrap();
        let whole = found.iter().find(|one| one.name.starts_with("every issued document")).unwrap();
        assert!(whole.checked > 0 && whole.broken == whole.checked, "{} of {}", whole.broken, whole.checked);
    }
}

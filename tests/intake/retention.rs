//! What the legal notice promises is done: what goes, what stays, and nothing twice.

use super::{
    pages::{field, text},
    typing::signed_in,
};
use crate::support::{
    browser::{Browser, Step},
    databases::{TestDb, each_database, sqlite},
    grants::Paying,
    output_dir,
    programme::{PDF, Programme, assert_whole, closed, id, open},
    site::Site,
};
use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::BigInt};
use object_store::memory::InMemory;
use std::{
    fs::File,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tisserand::{
    domain::{
        attachments::AttachmentOwner,
        exchanges::ExchangeSide,
        ids::ApplicationId,
        letters::LetterKind,
        lifecycles::grants::{Grant, GrantEvent},
        messages::{Mail, MessageKind},
        money::Euros,
        time::Moment,
    },
    mail::{Transport, Worker},
    store::{Db, Files, StoreError, Tx, digests::sha256, documents, messages, people},
    usecases::{
        Actor, Outcome, UseCaseError, advance::advance_now, answers, applications, attachments, clock::Clock,
        exchanges, organisations, passwords, recusals, retention, sign_ins,
    },
};

/// Three in the morning in Paris.
fn at(day: &str) -> Moment {
    Moment::from_paris(day.parse().unwrap(), "03:00:00".parse().unwrap())
}

/// What the worker does in a night, but for the bytes.
fn night(db: &Db, day: &str) {
    let now = at(day);
    let told: [fn(&mut Tx, Moment) -> Outcome<usize>; 3] =
        [retention::warn_drafts, retention::remind_drafts, retention::warn_accounts];
    for part in told {
        while db.write(|tx| part(tx, now)).unwrap() > 0 {}
    }
    let mut last = None;
    loop {
        let due = db.read(|conn| retention::due_applications(conn, last, now)).unwrap();
        due.iter().for_each(|id| db.write(|tx| retention::erase_application(tx, *id, now)).unwrap());
        last = due.last().copied();
        if last.is_none() {
            break;
        }
    }
    let mut last = None;
    loop {
        let due = db.read(|conn| retention::due_accounts(conn, last, now)).unwrap();
        due.iter().for_each(|id| db.write(|tx| retention::erase_account(tx, *id, now)).unwrap());
        last = due.last().copied();
        if last.is_none() {
            break;
        }
    }
    db.write(|tx| retention::forget_traces(tx, now)).unwrap();
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn count(db: &Db, from: &str) -> i64 {
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM {from}");
    db.read(|conn| sql_query(sql).get_result::<Count>(conn).map_err(StoreError::from)).unwrap().n
}

/// How much there still is of what an application said.
fn words(db: &Db, id: ApplicationId) -> i64 {
    let tables = ["answers", "budget_lines", "application_partners", "filings", "exchanges", "tie_declarations"];
    let rows: i64 = tables.iter().map(|table| count(db, &format!("{table} WHERE application_id = '{id}'"))).sum();
    rows + count(db, &format!("attachments WHERE owner_id = '{id}'"))
}

fn mails(db: &Db, id: ApplicationId, kind: MessageKind) -> Vec<Mail> {
    let found = db.read(|conn| messages::about(conn, id.as_str(), 50)).unwrap();
    let found = found.into_iter().filter(|mail| mail.kind == kind);
    found.map(|mail| serde_json::from_str(&mail.facts).unwrap()).collect()
}

fn refuse(programme: &Programme, id: ApplicationId) {
    let version = programme.application(id).version;
    let refuse = |tx: &mut Tx| {
        exchanges::post(tx, &programme.officer, id, ExchangeSide::Team, ("Où est votre siège ?", &[]), closed())?;
        applications::declare_ineligible(tx, &programme.officer, id, version, "Hors de la région.", closed())
    };
    programme.db.write(refuse).unwrap();
}

#[test]
fn a_draft_goes_a_year_after_its_call_and_its_people_are_told_a_month_before() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (_, draft) = programme.complete(1, 3_000);
        let (_, filed) = programme.filed(2, 3_000);
        let (before, history) = (words(&programme.db, filed), format!("transitions WHERE subject_id = '{draft}'"));
        let lines = count(&programme.db, &history);
        night(&programme.db, "2028-01-01");
        assert_eq!(mails(&programme.db, draft, MessageKind::DraftErasure), []);
        let days = [("2028-01-02", 1), ("2028-01-03", 1), ("2028-01-24", 1), ("2028-01-25", 2), ("2028-01-31", 2)];
        for (day, times) in days {
            night(&programme.db, day);
            let told = mails(&programme.db, draft, MessageKind::DraftErasure);
            assert_eq!(told.len(), times, "{day}: a month before, and once more a week before");
            let named = |mail: &Mail| mail.subject.contains("sera effacé le 1er\u{a0}février 2028");
            assert!(told.iter().all(named), "{told:?}");
            assert!(words(&programme.db, draft) > 0, "{day}: a month is a month");
        }
        for day in ["2028-02-01", "2028-02-02"] {
            night(&programme.db, day);
            assert_eq!(words(&programme.db, draft), 0, "{day}");
            assert_eq!(programme.application(draft).title, "Contenu effacé");
            assert_eq!(count(&programme.db, "erasures"), 1);
        }
        assert_eq!(mails(&programme.db, filed, MessageKind::DraftErasure), [], "what was filed is no draft");
        assert_eq!((words(&programme.db, filed), count(&programme.db, &history)), (before, lines));
        assert_whole(&programme.db);
    }
}

#[test]
fn a_worker_that_slept_tells_first_and_a_draft_that_lives_again_is_not_touched() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (_, draft) = programme.complete(1, 3_000);
        let (_, late) = programme.complete(2, 3_000);
        night(&programme.db, "2028-06-01");
        assert_eq!(mails(&programme.db, draft, MessageKind::DraftErasure).len(), 1);
        let reopen = format!("UPDATE applications SET pass_until = '2028-06-20 10:00:00' WHERE id = '{late}'");
        programme.db.write(|tx| tx.conn().batch_execute(&reopen).map_err(StoreError::from)).unwrap();
        night(&programme.db, "2028-06-30");
        assert!(words(&programme.db, draft) > 0, "the notice has not run out");
        night(&programme.db, "2028-07-01");
        assert_eq!(words(&programme.db, draft), 0);
        assert!(words(&programme.db, late) > 0, "an officer gave it more time");
        assert_whole(&programme.db);
    }
}

#[test]
fn a_file_that_got_nothing_goes_after_two_years_and_its_decision_stays() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (_, refused) = programme.filed(1, 3_000);
        let (_, waiting) = programme.filed(2, 3_000);
        refuse(&programme, refused);
        let row = programme.application(refused);
        let receipt = |conn: &mut tisserand::store::Conn| documents::of_subject(conn, refused.as_str());
        let papers = programme.db.read(receipt).unwrap();
        let code = papers.iter().find(|row| row.kind == LetterKind::Receipt).unwrap().check_code.clone();
        let erase = format!("DELETE FROM filings WHERE application_id = '{refused}'");
        let by_hand = |tx: &mut Tx| tx.conn().batch_execute(&erase).map_err(StoreError::from);
        assert!(programme.db.write(by_hand).is_err(), "what was filed is kept until its time is over");
        night(&programme.db, "2029-02-14");
        assert!(words(&programme.db, refused) > 0);
        night(&programme.db, "2029-02-15");
        assert_eq!(words(&programme.db, refused), 0);
        assert!(words(&programme.db, waiting) > 0, "nobody has decided");
        let after = programme.application(refused);
        assert_eq!((&after.motive, &after.content_hash, after.state), (&row.motive, &row.content_hash, row.state));
        assert_eq!((&after.reference, after.requested_cents), (&row.reference, row.requested_cents));
        assert_eq!(programme.db.read(receipt).unwrap().iter().filter(|row| row.kind == LetterKind::Receipt).count(), 0);
        let paper = programme.db.read(|conn| documents::by_check_code(conn, &code)).unwrap();
        assert_eq!(paper.facts, "", "its check page still knows the receipt, and nothing of what it said");
        let known = format!("messages WHERE about_id = '{refused}' AND state = 'sent' AND recipient_name <> ''");
        assert_eq!(count(&programme.db, &known), 0);
        assert_whole(&programme.db);
    }
}

/// Declines an offer; gives the application.
fn declined(paying: &Paying) -> ApplicationId {
    let grantee = paying.award("Jardins", Euros::whole(4_000));
    paying.announce();
    let decline =
        |tx: &mut Tx| advance_now::<Grant>(tx, &grantee.holder, grantee.grant, GrantEvent::Decline, paying.now);
    paying.does(decline).unwrap();
    paying.grant(grantee.grant).application_id
}

#[test]
fn what_was_granted_is_kept_ten_years_and_longer_where_an_agreement_says_so() {
    for db in each_database() {
        let paying = Paying::on(db);
        let file = declined(&paying);
        let over = paying.now.paris_date();
        let in_years = |years: u32| over.checked_add_months(chrono::Months::new(12 * years)).unwrap().to_string();
        let longer = |years: i32| {
            let sql = format!("UPDATE funding_sources SET retention_years = {years}");
            paying.db.write(|tx| tx.conn().batch_execute(&sql).map_err(StoreError::from)).unwrap();
        };
        longer(5);
        night(&paying.db, &in_years(9));
        longer(12);
        night(&paying.db, &in_years(11));
        assert!(count(&paying.db, &format!("budget_lines WHERE application_id = '{file}'")) > 0);
        night(&paying.db, &in_years(12));
        assert_eq!(count(&paying.db, &format!("budget_lines WHERE application_id = '{file}'")), 0);
        assert_eq!(count(&paying.db, &format!("grants WHERE application_id = '{file}'")), 1);
        let title = paying.db.read(|conn| applications::find(conn, &Actor::system(), file)).unwrap().title;
        assert_eq!(title, "Jardins du monde", "what was funded is public");
        paying.check();
    }
}

#[test]
fn an_account_nobody_uses_is_told_then_erased_and_one_visit_keeps_it() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (gone, refused) = programme.filed(1, 3_000);
        let (back, _) = programme.filed(2, 3_000);
        let (busy, _) = programme.filed(3, 3_000);
        refuse(&programme, refused);
        programme.db.write(|tx| sign_ins::open(tx, id(&back), "Téléphone", at("2028-09-01"))).unwrap();
        night(&programme.db, "2028-11-10");
        let told = programme.db.read(|conn| messages::about(conn, id(&gone).as_str(), 9)).unwrap();
        let told: Vec<_> = told.into_iter().filter(|mail| mail.kind == MessageKind::AccountErasure).collect();
        assert_eq!(told.len(), 1, "with a month of notice");
        night(&programme.db, "2028-12-09");
        let person = |who: &Actor| programme.db.read(|conn| people::find(conn, id(who))).unwrap();
        assert_eq!(person(&gone).name, "Porteuse 1");
        night(&programme.db, "2028-12-10");
        night(&programme.db, "2028-12-11");
        let shut = person(&gone);
        assert_eq!((shut.name.as_str(), shut.disabled_at), ("Personne effacée", Some(at("2028-12-10"))));
        assert!(!shut.email.to_string().contains("porteuse"), "{}", shut.email);
        assert_eq!(person(&back).name, "Porteuse 2", "came back");
        assert_eq!(person(&busy).name, "Porteuse 3", "a file is under way");
        assert_eq!(person(&programme.officer).name, "Lucie Hennebelle", "the team is not erased");
        assert_whole(&programme.db);
    }
}

#[test]
fn marks_of_use_go_once_they_have_served() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, file) = programme.complete(1, 3_000);
        let saves = format!(
            "INSERT INTO field_saves (application_id, field, page, number, mark, saved_at)
             VALUES ('{file}', 'titre', 'a', 1, 'm', '2026-12-02 10:00:00')"
        );
        programme.db.write(|tx| tx.conn().batch_execute(&saves).map_err(StoreError::from)).unwrap();
        for day in [1, 40] {
            programme.db.write(|tx| sign_ins::open(tx, id(&who), "Poste", open().plus_days(day))).unwrap();
        }
        night(&programme.db, "2026-12-03");
        assert_eq!((count(&programme.db, "field_saves WHERE page = 'a'"), count(&programme.db, "sign_ins")), (1, 2));
        night(&programme.db, "2027-04-01");
        assert_eq!(
            (count(&programme.db, "field_saves WHERE page = 'a'"), count(&programme.db, "sign_ins")),
            (0, 1),
            "the last visit stays"
        );
    }
}

/// Attaches these bytes in place of a paper of a draft.
fn put(programme: &Programme, who: &Actor, file: ApplicationId, bytes: &[u8]) {
    let fit = attachments::judge("f", "unique.pdf", bytes).unwrap();
    programme.db.write(|tx| answers::attach(tx, who, file, "rib", &fit, open())).unwrap();
}

#[test]
fn bytes_leave_when_nothing_refers_to_them_and_come_back_only_afterwards() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, draft) = programme.complete(1, 3_000);
        let (other, _) = programme.complete(2, 3_000);
        let unique = [PDF, b"% seul"].concat();
        put(&programme, &who, draft, &unique);
        programme.db.write(|tx| applications::withdraw(tx, &who, draft, 0, open())).unwrap();
        let now = at("2028-12-01");
        programme.db.write(|tx| retention::erase_application(tx, draft, now)).unwrap();
        let claimed = programme.db.write(|tx| retention::claim_files(tx, now)).unwrap();
        assert_eq!(claimed, [sha256(&unique)], "the other draft has the others");
        let organisation = programme.db.read(|conn| organisations::mine(conn, &other)).unwrap()[0].id;
        let attach = |now: Moment| {
            let (file, owner) = (attachments::judge("f", "unique.pdf", &unique)?, AttachmentOwner::Organisation);
            let owner = (owner, organisation.as_str());
            programme.db.write(|tx| attachments::attach(tx, &other, owner, "statutes", &file, now))
        };
        assert!(matches!(attach(now), Err(UseCaseError::Refused(_))), "while they leave nobody may count on them");
        programme.db.write(|tx| retention::files_removed(tx, &claimed, now)).unwrap();
        assert_eq!(programme.db.write(|tx| retention::claim_files(tx, now)).unwrap(), [""; 0]);
        attach(now.plus_minutes(11)).unwrap();
    }
}

/// A worker whose files are these.
pub(super) fn worker(db: &TestDb, files: &Files, now: Moment) -> Worker {
    let transport = Transport::folder(output_dir("retention")).unwrap();
    let press = |_: &tisserand::domain::letters::Letter| Ok(PDF.to_vec());
    let from = "Lianes coopération <fonds@example.org>".parse().unwrap();
    Worker::new(Db::clone(db), Clock::at(now), files.clone(), transport, from, press)
}

#[actix_web::test]
async fn the_worker_removes_the_bytes_after_the_rows_and_keeps_those_of_others() {
    let programme = Programme::on(sqlite());
    let (who, draft) = programme.complete(1, 3_000);
    programme.complete(2, 3_000);
    let unique = [PDF, b"% seul"].concat();
    put(&programme, &who, draft, &unique);
    programme.db.write(|tx| applications::withdraw(tx, &who, draft, 0, open())).unwrap();
    let files = Files::over(Arc::new(InMemory::new()));
    let (alone, shared) = (files.put(unique).await.unwrap(), files.put(PDF.to_vec()).await.unwrap());
    worker(&programme.db, &files, at("2028-11-30")).drain().await.unwrap();
    assert!(files.get(&alone.sha256).await.is_ok());
    worker(&programme.db, &files, at("2028-12-01")).drain().await.unwrap();
    assert!(matches!(files.get(&alone.sha256).await, Err(StoreError::NotFound)));
    assert!(files.get(&shared.sha256).await.is_ok(), "another file holds the same paper");
    assert_eq!(words(&programme.db, draft), 0);
    assert_whole(&programme.db);
}

/// Two days older than they are, for whoever asks the folder.
fn age(folder: &Path, sha256: &str) {
    let file = File::options().write(true).open(folder.join(&sha256[..2]).join(sha256)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(2 * 86_400)).unwrap();
}

#[actix_web::test]
async fn bytes_that_no_row_names_leave_after_a_day_and_never_before() {
    for db in each_database() {
        let programme = Programme::on(db);
        programme.complete(1, 3_000);
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path()).unwrap();
        let named = files.put(PDF.to_vec()).await.unwrap();
        let (broken_off, just_sent) = ([PDF, b"% coup"].concat(), [PDF, b"% en route"].concat());
        let (broken_off, just_sent) = (files.put(broken_off).await.unwrap(), files.put(just_sent).await.unwrap());
        age(folder.path(), &named.sha256);
        age(folder.path(), &broken_off.sha256);
        worker(&programme.db, &files, open()).drain().await.unwrap();
        assert!(matches!(files.get(&broken_off.sha256).await, Err(StoreError::NotFound)));
        assert!(files.get(&just_sent.sha256).await.is_ok(), "its row may still come");
        assert!(files.get(&named.sha256).await.is_ok(), "a file holds it");
    }
}

#[actix_web::test]
async fn the_team_reads_what_goes_soon_and_what_went_but_not_what_they_are_recused_from() {
    let programme = Programme::on(sqlite());
    let (_, one) = programme.filed(1, 3_000);
    let (_, two) = programme.filed(2, 3_000);
    let (_, draft) = programme.complete(3, 3_000);
    for file in [one, two] {
        refuse(&programme, file);
    }
    let declare = |tx: &mut Tx| {
        recusals::declare_conflict(tx, &programme.officer, id(&programme.officer), two, "Ma sœur", closed())
    };
    programme.db.write(declare).unwrap();
    let (first, second) = (programme.application(one).reference, programme.application(two).reference);
    let site = Site::over(&programme.db, at("2029-01-20"));
    let officer = site.cookie_of(&programme.officer);
    let page = text(site.get(&officer, "/instruction/effacements").await, 200).await;
    assert!(page.contains("Dossiers non retenus") && page.contains("2\u{a0}dossiers"), "{page}");
    assert!(page.contains(&first) && !page.contains(&second), "{page}");
    assert!(!page.contains(&programme.application(draft).reference), "a draft is its people's own business");
    let path = format!("/instruction/{one}/conservation");
    assert_eq!(site.get(&officer, &format!("/instruction/{two}/conservation")).await.status(), 404);
    assert_eq!(site.get(&site.cookie_of(&programme.director), &path).await.status(), 404, "an officer decides");
    let token = field(&text(site.get(&officer, &path).await, 200).await, "token");
    let refused = text(site.post(&officer, &path, &[("token", &token), ("motif", " ")]).await, 422).await;
    assert!(refused.contains("id=\"erreur-motif\""), "{refused}");
    let kept = [("token", &*field(&refused, "token")), ("motif", "Un recours est en cours.")];
    for _ in 0..2 {
        assert_eq!(site.post(&officer, &path, &kept).await.status(), 303, "a second click too");
    }
    assert_eq!(count(&programme.db, "keepings WHERE reason = 'Un recours est en cours.'"), 1);
    night(&programme.db, "2029-02-15");
    assert!(words(&programme.db, one) > 0 && words(&programme.db, two) == 0, "one is kept");
    night(&programme.db, "2030-01-20");
    assert!(words(&programme.db, one) > 0, "the whole year");
    night(&programme.db, "2030-01-21");
    let page = text(site.get(&officer, "/instruction/effacements").await, 200).await;
    assert!(page.contains("Dossiers effacés") && page.contains(&first) && !page.contains(&second), "{page}");
    let dossier = text(site.get(&officer, &format!("/instruction/{one}")).await, 200).await;
    assert!(dossier.contains("Contenu effacé") && dossier.contains("Hors de la région."), "{dossier}");
}

#[test]
fn the_reason_for_keeping_a_file_is_asked_in_a_form_fit_for_everybody() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::on(sqlite());
    let (_, one) = programme.filed(1, 3_000);
    refuse(&programme, one);
    let hash = passwords::hash("un-mot-de-passe-long").unwrap();
    let officer = id(&programme.officer);
    programme.db.write(|tx| tisserand::usecases::people::set_password(tx, officer, &hash, closed())).unwrap();
    let site = Site::over(&programme.db, at("2029-01-20"));
    let mut steps = signed_in("lucie.hennebelle@example.org");
    steps.push(Step::Goto(format!("/instruction/{one}/conservation")));
    steps.push(Step::Click("Garder ce dossier".into()));
    steps.extend([Step::Expect("Écrivez le motif".into()), Step::Summary, Step::Audit, Step::Reflow]);
    browser.walk("wrong-keeping", &site.base, &steps).unwrap();
}

/// Makes the database refuse to take the answers of one file away, until that is taken back.
fn refuse_to_erase(db: &Db, id: ApplicationId) {
    let act = |tx: &mut Tx| {
        let rule = match tx.conn().is_sqlite() {
            true => format!(
                "CREATE TRIGGER refused BEFORE DELETE ON answers WHEN OLD.application_id = '{id}'
                 BEGIN SELECT RAISE(ABORT, 'the disk is tired'); END;"
            ),
            false => format!(
                "CREATE FUNCTION refused() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the disk is tired'; END $$
                 LANGUAGE plpgsql;
                 CREATE TRIGGER refused BEFORE DELETE ON answers FOR EACH ROW WHEN (OLD.application_id = '{id}')
                 EXECUTE FUNCTION refused();"
            ),
        };
        Ok::<_, StoreError>(tx.conn().batch_execute(&rule)?)
    };
    db.write(act).unwrap();
}

fn allow_to_erase(db: &Db) {
    let act = |tx: &mut Tx| {
        let rule = if tx.conn().is_sqlite() { "DROP TRIGGER refused" } else { "DROP TRIGGER refused ON answers" };
        Ok::<_, StoreError>(tx.conn().batch_execute(rule)?)
    };
    db.write(act).unwrap();
}

#[actix_web::test]
async fn an_erasure_that_fails_holds_up_no_other_and_is_told_until_it_is_done() {
    for db in each_database() {
        let programme = Programme::on(db);
        let files: Vec<_> = (1..=3).map(|number| programme.filed(number, 3_000).1).collect();
        files.iter().for_each(|file| refuse(&programme, *file));
        refuse_to_erase(&programme.db, files[0]);
        let store = Files::over(Arc::new(InMemory::new()));
        worker(&programme.db, &store, at("2029-02-16")).drain().await.unwrap();
        let left: Vec<_> = files.iter().map(|file| words(&programme.db, *file) > 0).collect();
        assert_eq!(left, [true, false, false], "one failed, the others went");
        assert_eq!(count(&programme.db, "erasure_failures WHERE attempts = 1"), 1);
        let site = Site::over(&programme.db, at("2029-02-16"));
        let officer = site.cookie_of(&programme.officer);
        let page = text(site.get(&officer, "/instruction/effacements").await, 200).await;
        assert!(page.contains("1\u{a0}effacement n’a pas abouti"), "{page}");
        assert!(!page.contains("disk is tired"), "the reason is for the log");
        worker(&programme.db, &store, at("2029-02-17")).drain().await.unwrap();
        assert_eq!(count(&programme.db, "erasure_failures WHERE attempts = 2"), 1);
        let declare = |tx: &mut Tx| {
            recusals::declare_conflict(tx, &programme.officer, id(&programme.officer), files[0], "Ma sœur", closed())
        };
        programme.db.write(declare).unwrap();
        let page = text(site.get(&officer, "/instruction/effacements").await, 200).await;
        assert!(!page.contains("pas abouti"), "whoever is recused counts nothing of it: {page}");
        allow_to_erase(&programme.db);
        worker(&programme.db, &store, at("2029-02-18")).drain().await.unwrap();
        assert_eq!(words(&programme.db, files[0]), 0);
        assert_eq!(count(&programme.db, "erasure_failures"), 0);
        assert_whole(&programme.db);
    }
}

#[actix_web::test]
async fn a_failed_erasure_is_told_no_more_once_the_file_is_kept() {
    let programme = Programme::on(sqlite());
    let file = programme.filed(1, 3_000).1;
    refuse(&programme, file);
    refuse_to_erase(&programme.db, file);
    let store = Files::over(Arc::new(InMemory::new()));
    worker(&programme.db, &store, at("2029-02-16")).drain().await.unwrap();
    assert_eq!(count(&programme.db, "erasure_failures"), 1);
    let keep =
        |tx: &mut Tx| retention::keep(tx, &programme.officer, file, "Un recours est en cours.", at("2029-02-16"));
    programme.db.write(keep).unwrap();
    worker(&programme.db, &store, at("2029-02-17")).drain().await.unwrap();
    assert_eq!(count(&programme.db, "erasure_failures"), 0);
    assert!(words(&programme.db, file) > 0);
}

//! Days that come and pass: reminders of reports and of money to be paid back, and more time for a report.

use super::{NAME, Stage, hidden, leads, page, press};
use crate::support::{
    databases::{each_database, sqlite},
    grants::{Grantee, IBANS, Paying},
    site::Site,
};
use chrono::{Duration, NaiveDate};
use tisserand::{
    domain::{lifecycles::grants::GrantEvent, messages::MessageKind, money::Euros, reports::ReportKind, time::Moment},
    store::{
        Tx,
        messages::{self, MessageRow},
        recoveries, report_extensions as extension_rows,
        reports::{self as rows, ReportRow},
    },
    usecases::{
        Outcome, UseCaseError, clock, grants,
        report_extensions::{self, Answer, Wish},
    },
};

fn last(paying: &Paying, grantee: &Grantee) -> ReportRow {
    let all = paying.db.read(|conn| rows::of_grant(conn, grantee.grant)).unwrap();
    all.into_iter().find(|row| row.kind == ReportKind::Final).unwrap()
}

/// A grant that runs.
fn running(paying: &Paying) -> Grantee {
    let grantee = paying.award(NAME, Euros::whole(10_000));
    paying.announce();
    paying.ready(&grantee, NAME, IBANS[0]);
    grantee
}

/// The mails of this kind about something, oldest first.
fn told(paying: &Paying, about: &str, kind: MessageKind) -> Vec<MessageRow> {
    let mut found = paying.db.read(|conn| messages::about(conn, about, 100)).unwrap();
    found.retain(|mail| mail.kind == kind);
    found.reverse();
    found
}

/// What the clock brings about on this day, so many days after another.
fn wake(paying: &Paying, day: NaiveDate, after: i64) {
    let now = Moment::start_of_day(day + Duration::days(after)).plus_minutes(600);
    paying.does(|tx| clock::run_due(tx, now)).unwrap();
}

#[test]
fn reminders_come_before_the_day_and_after_and_follow_it_when_it_moves() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = running(&paying);
        let row = last(&paying, &grantee);
        let (id, due) = (row.id, row.due_on);
        let count = || told(&paying, id.as_str(), MessageKind::ReportDue).len();
        wake(&paying, due, -40);
        assert_eq!(count(), 0, "more than a month ahead");
        // A worker that was down on the very day sends the latest reminder, and that one alone.
        wake(&paying, due, -5);
        wake(&paying, due, -4);
        assert_eq!(count(), 1);
        let later = due + Duration::days(60);
        let wish = Wish { until: &later.to_string(), reason: "La salle a fermé." };
        let now = Moment::start_of_day(due).plus_days(-3);
        paying.does(|tx| report_extensions::give(tx, &paying.officer, id, &wish, now)).unwrap();
        assert_eq!(last(&paying, &grantee).due_on, later);
        wake(&paying, due, 2);
        assert_eq!(count(), 1, "the former day means nothing any more");
        wake(&paying, later, -30);
        assert_eq!(count(), 2);
        wake(&paying, later, 1);
        wake(&paying, later, 3);
        let mails = told(&paying, id.as_str(), MessageKind::ReportDue);
        assert_eq!(mails.len(), 3);
        assert!(mails[2].subject_line.starts_with("En retard"), "{}", mails[2].subject_line);
        let said = &mails[2].facts;
        assert!(said.contains("convenez d’un moment pour l’écrire ensemble"), "what the call has written: {said}");
        paying.check();
    }
}

#[test]
fn a_reminder_that_has_not_left_stays_here_once_the_report_is_there_or_its_day_has_moved() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = running(&paying);
        let row = last(&paying, &grantee);
        let leaves = |at: Moment| {
            let claimed = paying.does(|tx| tisserand::usecases::messages::claim(tx, at, 1_000)).unwrap();
            let about = claimed.iter().filter(|one| one.row.about_id == row.id.as_str());
            about.filter(|one| one.row.kind == MessageKind::ReportDue).count()
        };
        wake(&paying, row.due_on, -30);
        let now = Moment::start_of_day(row.due_on).plus_days(-29);
        let later = row.due_on + Duration::days(60);
        let wish = Wish { until: &later.to_string(), reason: "La salle a fermé." };
        paying.does(|tx| report_extensions::give(tx, &paying.officer, row.id, &wish, now)).unwrap();
        assert_eq!(leaves(now), 0, "the day it names is not the day any more");
        wake(&paying, later, -7);
        paying.file_report(&grantee, ReportKind::Final, Euros::whole(4_000));
        assert_eq!(leaves(Moment::start_of_day(later)), 0, "it is filed");
        assert_eq!(told(&paying, row.id.as_str(), MessageKind::ReportDue).len(), 2);
        paying.check();
    }
}

#[test]
fn what_is_to_be_paid_back_is_reminded_of_until_it_comes() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = running(&paying);
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        paying.report(&grantee, ReportKind::Final, Euros::whole(4_000));
        let owed = paying.db.read(|conn| recoveries::of_grant(conn, grantee.grant)).unwrap().remove(0);
        let count = || told(&paying, owed.id.as_str(), MessageKind::RecoveryDue).len();
        wake(&paying, owed.due_on, -20);
        assert_eq!(count(), 0);
        for (after, wanted) in [(-7, 1), (0, 1), (1, 2), (15, 3)] {
            wake(&paying, owed.due_on, after);
            assert_eq!(count(), wanted, "{after} days after");
        }
        let today = paying.now.paris_date();
        let receive = |tx: &mut tisserand::store::Tx| {
            tisserand::usecases::recoveries::receive(tx, &paying.finance, owed.id, 0, today, paying.now).map(drop)
        };
        paying.does(receive).unwrap();
        wake(&paying, owed.due_on, 40);
        assert_eq!(count(), 3, "it came");
        paying.check();
    }
}

fn said(refused: Outcome<()>) -> Vec<String> {
    match refused {
        Err(UseCaseError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        Err(UseCaseError::Refused(refusal)) => vec![refusal.to_string()],
        other => panic!("{other:?}"),
    }
}

#[test]
fn more_time_is_asked_for_once_and_granted_or_refused_with_its_history() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = running(&paying);
        let (row, now) = (last(&paying, &grantee), paying.now);
        let (id, due) = (row.id, row.due_on);
        let days = |days: i64| (due + Duration::days(days)).to_string();
        let ask = |until: &str, reason: &str| {
            paying.does(|tx| report_extensions::ask(tx, &grantee.holder, id, &Wish { until, reason }, now))
        };
        assert_eq!(said(ask("", "")), ["jusqu_au", "motif"]);
        assert_eq!(said(ask(&days(0), "Vite.")), ["jusqu_au"], "the day it is due already");
        assert_eq!(said(ask(&days(900), "Tard.")), ["jusqu_au"]);
        ask(&days(30), "La salle a fermé.").unwrap();
        assert!(said(ask(&days(40), "Encore."))[0].contains("déjà demandé"));
        assert_eq!(last(&paying, &grantee).due_on, due, "asking moves nothing");
        assert!(!told(&paying, id.as_str(), MessageKind::ExtensionAsked).is_empty(), "the officers hear of it");
        let decide = |number, answer, until: &str, reason: &str| {
            let wish = Wish { until, reason };
            paying.does(|tx| report_extensions::decide(tx, &paying.officer, id, (number, answer), &wish, now))
        };
        assert_eq!(said(decide(1, Answer::Refuse, "", "")), ["motif"], "a refusal has its reason");
        decide(1, Answer::Refuse, "", "Le fonds se clôt.").unwrap();
        assert_eq!(last(&paying, &grantee).due_on, due);
        ask(&days(20), "Trois semaines suffiraient.").unwrap();
        assert_eq!(said(decide(2, Answer::Grant, &days(15), &"x".repeat(2_001))), ["motif"], "too long to be kept");
        decide(2, Answer::Grant, &days(15), "Quinze jours.").unwrap();
        assert_eq!(last(&paying, &grantee).due_on.to_string(), days(15), "another day than the one wanted");
        let history = paying.db.read(|conn| extension_rows::of_report(conn, id)).unwrap();
        let kept: Vec<_> = history.iter().map(|row| (row.former_on, row.granted_on.is_some())).collect();
        assert_eq!(kept, [(due, false), (due, true)]);
        assert_eq!(told(&paying, id.as_str(), MessageKind::ExtensionDecided).len(), 2);
        paying.check();
    }
}

#[actix_web::test]
async fn a_request_for_more_time_falls_away_once_the_report_is_filed() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = running(&paying);
        let row = last(&paying, &grantee);
        let (id, until) = (row.id, (row.due_on + Duration::days(30)).to_string());
        let wish = Wish { until: &until, reason: "La salle a fermé." };
        paying.does(|tx| report_extensions::ask(tx, &grantee.holder, id, &wish, paying.now)).unwrap();
        paying.file_report(&grantee, ReportKind::Final, Euros::whole(4_000));
        let kept = paying.db.read(|conn| extension_rows::of_report(conn, id)).unwrap();
        assert_eq!(kept.len(), 1);
        assert!(kept[0].decided_at.is_some() && kept[0].granted_on.is_none() && kept[0].motive.is_empty());
        assert_eq!(last(&paying, &grantee).due_on, row.due_on);
        assert!(told(&paying, id.as_str(), MessageKind::ExtensionDecided).is_empty(), "nobody refused it");
        let site = Site::over(&paying.db, paying.now);
        let (officer, holder) = (site.cookie_of(&paying.officer), site.cookie_of(&grantee.holder));
        let theirs = format!("/subventions/{}/bilans/{id}", grantee.grant);
        for (cookie, path) in [(&officer, format!("/suivi/bilans/{id}")), (&holder, theirs)] {
            let page = site.get(cookie, &path).await.text().await.unwrap();
            assert!(page.contains("sans objet depuis le") && !page.contains("Refusé le"), "{page}");
        }
        paying.check();
    }
}

#[actix_web::test]
async fn nobody_waits_for_the_report_of_a_terminated_grant() {
    let paying = Paying::on(sqlite());
    let grantee = running(&paying);
    let row = last(&paying, &grantee);
    let (id, version) = (row.id, paying.grant(grantee.grant).version);
    let why = (GrantEvent::Terminate, "Projet abandonné.");
    let end = |tx: &mut Tx| grants::change_with_reason(tx, &paying.director, grantee.grant, version, why, paying.now);
    paying.does(|tx| end(tx).map(drop)).unwrap();
    wake(&paying, row.due_on, 1);
    assert!(told(&paying, id.as_str(), MessageKind::ReportDue).is_empty());
    let until = (row.due_on + Duration::days(30)).to_string();
    let wish = Wish { until: &until, reason: "La salle a fermé." };
    let asked = paying.does(|tx| report_extensions::ask(tx, &grantee.holder, id, &wish, paying.now));
    assert!(asked.unwrap_err().to_string().contains("plus attendu"));
    let site = Site::over(&paying.db, Moment::start_of_day(row.due_on + Duration::days(2)).plus_minutes(600));
    let (officer, holder) = (site.cookie_of(&paying.officer), site.cookie_of(&grantee.holder));
    let home = format!("/subventions/{}", grantee.grant);
    let pages = [
        (&officer, format!("/suivi/{}", grantee.grant)),
        (&officer, format!("/suivi/bilans/{id}")),
        (&holder, home.clone()),
        (&holder, format!("{home}/bilans/{id}")),
    ];
    for (cookie, path) in pages {
        let page = site.get(cookie, &path).await.text().await.unwrap();
        assert!(page.contains("plus attendu") && !page.contains("en retard"), "{path}: {page}");
    }
    let queue = site.get(&officer, "/suivi?file=bilans-en-retard").await.text().await.unwrap();
    assert!(!queue.contains(&paying.grant(grantee.grant).reference), "{queue}");
    paying.check();
}

#[actix_web::test]
async fn a_delay_is_asked_for_on_the_page_and_answered_on_the_other() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let row = last(&stage.paying, &stage.grantee);
    let path = format!("{}/bilans/{}", stage.home(), row.id);
    let mine = stage.reads(&path).await;
    let until = (row.due_on + Duration::days(10)).to_string();
    let silent = [("jusqu_au", until.as_str()), ("motif", "")];
    let silent = page(stage.presses(&mine, &format!("{path}/delai"), &silent).await, 422).await;
    assert!(silent.contains("Écrivez le motif") && silent.contains(&format!("value=\"{until}\"")), "{silent}");
    let whole = [("jusqu_au", until.as_str()), ("motif", "La salle a fermé.")];
    let sent = stage.presses(&silent, &format!("{path}/delai"), &whole).await;
    leads(&sent);
    let mine = stage.reads(&path).await;
    assert!(mine.contains("La salle a fermé.") && !mine.contains("Demander ce délai"), "{mine}");
    let officer = stage.cookie(&stage.paying.officer);
    let theirs = format!("/suivi/bilans/{}", row.id);
    let asked = page(stage.site.get(&officer, &theirs).await, 200).await;
    assert!(asked.contains("Répondre à la demande de délai"), "{asked}");
    let yes = [("jusqu_au", until.as_str()), ("delai", ""), ("suite", "accorder")];
    assert!(!hidden(&asked, "version").is_empty());
    leads(&press(&stage.site, &officer, &asked, &format!("{theirs}/delai/1"), &yes).await);
    assert_eq!(last(&stage.paying, &stage.grantee).due_on.to_string(), until);
}

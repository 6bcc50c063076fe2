//! What has to leave is listed with what is in its way and whose turn it is; what leaves each month adds up to the journal.

use super::{Desk, NAME};
use crate::support::{
    databases::each_database,
    grants::{Grantee, Paying, text_of},
};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::{
        blockers::{Blocker, Turn},
        ids::GrantId,
        journal::Stage,
        lifecycles::disbursements::DisbursementState,
        money::Euros,
        reports::ReportKind,
        time::Moment,
    },
    store::{Conn, StoreError, guards, journal},
    usecases::{
        Actor, Outcome, UseCaseError, approvals, disbursements,
        payables::{self, Cash, Filter, Flow},
        payment_runs,
    },
};

fn each(test: impl Fn(Paying, Grantee)) {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        test(paying, grantee);
    }
}

/// What each payment of the grant waits for, in the order of the list.
fn waits(conn: &mut Conn, who: &Actor, grant: GrantId, now: Moment) -> Outcome<Vec<(i32, Vec<Blocker>)>> {
    let lines = payables::page(conn, who, Filter::default(), (None, 100), now)?;
    let theirs = lines.into_iter().filter(|line| line.file.disbursement.grant_id == grant);
    let mut found: Vec<_> = theirs.map(|line| (line.file.disbursement.number, line.blockers)).collect();
    found.sort();
    Ok(found)
}

/// What the first two payments wait for once the rows were changed behind its back; the change is undone afterwards.
fn after(paying: &Paying, grant: GrantId, sql: &str) -> [Vec<Blocker>; 2] {
    let mut found = Vec::new();
    let undone: Outcome<()> = paying.does(|tx| {
        guards::lift(tx.conn())?;
        tx.conn().batch_execute(sql).map_err(StoreError::from)?;
        found = waits(tx.conn(), &paying.finance, grant, paying.now)?;
        let planned = (DisbursementState::Planned, None);
        for one in disbursements::to_pay_of(tx.conn(), &paying.finance, planned, (None, 100), paying.now)? {
            let number = one.file.disbursement.number;
            let is_free = found.iter().any(|line| *line == (number, vec![Blocker::ToAuthorise]));
            assert_eq!(one.obstacles.is_empty(), is_free, "payment {number} after {sql}: {:?}", one.obstacles);
        }
        Err(UseCaseError::Store(StoreError::NotFound))
    });
    assert!(undone.is_err());
    let of = |number| found.iter().find(|line| line.0 == number).map(|line| line.1.clone()).unwrap_or_default();
    [of(1), of(2)]
}

#[test]
fn each_thing_in_the_way_is_said_by_its_name() {
    use Blocker::*;
    each(|paying, grantee| {
        let agreement = "UPDATE grants SET is_agreement_required = TRUE, issuer_signed_at = NULL, holder_signed_at =";
        let first = [
            ("SELECT 1".to_owned(), ToAuthorise),
            ("UPDATE bank_accounts SET state = 'unverified', quarantined_until = NULL".to_owned(), RibToVerify),
            (
                "UPDATE bank_accounts SET state = 'quarantined', quarantined_until = '2099-01-01 00:00:00'".to_owned(),
                RibQuarantined,
            ),
            ("UPDATE bank_accounts SET state = 'closed'".to_owned(), RibMissing),
            ("UPDATE organisations SET siret = NULL".to_owned(), SiretMissing),
            (
                "UPDATE funding_sources SET settings = REPLACE(settings, '\"ends_on\":\"2028-12-31\"',
                 '\"ends_on\":\"2025-01-02\",\"outside_days\":\"refuse\"')"
                    .to_owned(),
                OutsideDays,
            ),
            ("UPDATE grants SET state = 'suspended'".to_owned(), Suspended),
            (format!("{agreement} NULL, state = 'accepted'"), AgreementToSend),
            (format!("{agreement} NULL, state = 'agreement_sent'"), HolderSignature),
            (format!("{agreement} created_at, state = 'agreement_sent'"), IssuerSignature),
            ("UPDATE disbursements SET state = 'withheld' WHERE number = 1".to_owned(), Withheld),
            ("UPDATE disbursements SET state = 'returned' WHERE number = 1".to_owned(), Returned),
            ("UPDATE disbursements SET state = 'authorised' WHERE number = 1".to_owned(), ToPutInRun),
            (
                "UPDATE disbursements SET conditions = '[{\"date_reached\":\"2099-06-01\"},\"agreement_settled\"]'
                 WHERE number = 1"
                    .to_owned(),
                Date,
            ),
        ];
        for (sql, blocker) in &first {
            assert_eq!(after(&paying, grantee.grant, sql)[0], [*blocker], "{sql}");
        }
        let second = [
            ("SELECT 1", ReportToFile),
            ("UPDATE reports SET state = 'draft'", ReportToFile),
            ("UPDATE reports SET state = 'submitted'", ReportToRead),
            ("UPDATE reports SET state = 'accepted'", ToAuthorise),
            ("UPDATE reports SET state = 'waived'", ToAuthorise),
        ];
        for (sql, blocker) in second {
            assert_eq!(after(&paying, grantee.grant, sql)[1], [blocker], "{sql}");
        }
        let both = "UPDATE grants SET state = 'suspended'; UPDATE reports SET state = 'submitted'";
        assert_eq!(after(&paying, grantee.grant, both)[1], [ReportToRead, Suspended]);
    });
}

#[test]
fn a_payment_in_a_run_waits_for_the_next_pair_of_hands() {
    each(|paying, grantee| {
        let first = || {
            let found = paying.db.read(|conn| waits(conn, &paying.finance, grantee.grant, paying.now)).unwrap();
            found.into_iter().find(|line| line.0 == 1).map(|line| line.1)
        };
        let run = paying.prepare(&[paying.payments(grantee.grant)[0].id]);
        assert_eq!(first(), Some(vec![Blocker::RunToApprove]));
        paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
        assert_eq!(first(), Some(vec![Blocker::RunToExport]));
        paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, text_of, paying.now)).unwrap();
        assert_eq!(first(), Some(vec![Blocker::BankToTell]));
        let today = paying.now.paris_date();
        paying.does(|tx| payment_runs::mark_paid(tx, &paying.finance, run, 2, today, paying.now)).unwrap();
        assert_eq!(first(), None);
    });
}

#[test]
fn the_list_goes_on_by_its_key_and_counts_what_it_shows() {
    each(|paying, _| {
        let page = |key: Option<&payables::Key>, filter| {
            paying.db.read(|conn| payables::page(conn, &paying.finance, filter, (key, 1), paying.now)).unwrap()
        };
        let (mut key, mut shown) = (None, Vec::new());
        while let Some(line) = page(key.as_ref(), Filter::default()).pop() {
            key = Some(line.key.clone());
            shown.push((line.key, line.file.disbursement.amount_cents));
        }
        assert_eq!(shown.len(), 3);
        assert!(shown.windows(2).all(|pair| pair[0].0 < pair[1].0), "{shown:?}");
        let counts =
            paying.db.read(|conn| payables::counts(conn, &paying.finance, Some(paying.call), paying.now)).unwrap();
        assert_eq!((counts.whole.lines, counts.whole.amount), (3, Euros::whole(10_000)));
        assert_eq!(counts.blockers[&Blocker::ReportToFile].lines, 2);
        assert_eq!(counts.turns[&Turn::Finance].amount, Euros::whole(5_000));
        assert_eq!(counts.turns[&Turn::Holder].amount, Euros::whole(5_000));
        let filter = Filter { call: Some(paying.call), blocker: Some(Blocker::ToAuthorise), turn: None };
        assert_eq!(page(None, filter).len(), 1);
        assert!(page(None, Filter { blocker: Some(Blocker::RibMissing), ..filter }).is_empty());
        let with = |turn| page(None, Filter { turn: Some(turn), ..Filter::default() });
        assert_eq!(with(Turn::Finance).len(), 1);
        assert!(with(Turn::Holder).iter().all(|line| line.blockers == [Blocker::ReportToFile]), "the holder's alone");
        assert!(!with(Turn::Holder).is_empty() && with(Turn::Director).is_empty());
        let holder = Actor::person(paying.finance.person.unwrap(), Vec::new());
        assert!(paying.db.read(|conn| payables::counts(conn, &holder, None, paying.now)).is_err());
    });
}

fn cash(paying: &Paying, now: Moment) -> Cash {
    paying.db.read(|conn| payables::cash(conn, &paying.finance, now)).unwrap()
}

fn whole(cash: &Cash) -> Flow {
    cash.sources.iter().fold(Flow::default(), |sum, source| sum.and(source.whole()))
}

#[test]
fn the_months_add_up_to_the_journal_and_to_the_payments() {
    each(|paying, grantee| {
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        paying.report(&grantee, ReportKind::Interim, Euros::whole(6_000));
        let lines = paying.payments(grantee.grant);
        paying.authorise(lines[1].id).unwrap();
        let lies = |stage| {
            let scope = journal::Scope::Call(paying.call);
            paying.db.read(|conn| journal::balance(conn, stage, scope)).unwrap()
        };
        let found = cash(&paying, paying.now);
        let sums = whole(&found);
        assert_eq!((sums.paid, sums.due), (lies(Stage::Paid), lies(Stage::Authorised)));
        assert_eq!((sums.planned, sums.in_run), (lies(Stage::Committed), Euros::ZERO));
        assert_eq!(sums.total(), lines.iter().map(|line| line.amount_cents).sum::<Euros>());
        assert_eq!(found.sources.len(), 2, "two funders");
        for source in &found.sources {
            assert_eq!(source.months[0].paid, source.whole().paid, "paid this month");
            assert_eq!(source.left()[0], source.given - source.before.total() - source.months[0].total());
        }
        let run = paying.put_in_run(&[lines[1].id]).unwrap();
        let sums = whole(&cash(&paying, paying.now));
        assert_eq!((sums.in_run, sums.due), (Euros::whole(4_000), Euros::ZERO), "{run}");
        let later = cash(&paying, paying.now.plus_days(900));
        for source in &later.sources {
            assert_eq!(source.before.total(), source.before.paid, "what has not left is not over");
            assert_eq!(source.after, Flow::default());
            assert_eq!(source.months[0].total(), source.whole().in_run + source.whole().planned);
        }
        assert_eq!(whole(&later).total(), sums.total());
    });
}

#[test]
fn whoever_is_recused_sees_neither_the_payments_nor_their_months() {
    each(|paying, grantee| {
        paying.recuse(&paying.finance, grantee.grant);
        let none = paying.db.read(|conn| waits(conn, &paying.finance, grantee.grant, paying.now)).unwrap();
        assert!(none.is_empty() && cash(&paying, paying.now).sources.is_empty());
        let counts = paying.db.read(|conn| payables::counts(conn, &paying.finance, None, paying.now)).unwrap();
        assert_eq!(counts, payables::Counts::default());
    });
}

#[actix_web::test]
async fn the_pages_say_what_is_missing_with_whom_and_give_it_away_as_shown() {
    let desk = Desk::open();
    let path = "/finances/a-verser";
    let page = desk.page(&desk.finance, path, 200).await;
    for said in [NAME, "Rien ne bloque : à autoriser", "Bilan à déposer", "Le bénéficiaire", "La gestion financière"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let filtered = format!("{path}?blocage=report_to_file&appel={}", desk.paying.call);
    let page = desk.page(&desk.finance, &filtered, 200).await;
    assert!(page.contains("Acompte nº 2") && !page.contains("Avance nº 1"), "{page}");
    let table = filtered.replace(path, "/finances/a-verser/tableau");
    assert!(page.contains(&table.replace('&', "&#38;")) || page.contains(&table.replace('&', "&amp;")), "{page}");
    let csv = desk.page(&desk.finance, &format!("{table}&format=csv"), 200).await;
    assert_eq!(csv.lines().count(), 3, "a heading and two payments: {csv}");
    assert!(csv.contains("Bilan à déposer;Le bénéficiaire;4000,00;"), "{csv}");
    assert!(csv.contains("Région Hauts-de-France : "), "the shares the page shows: {csv}");
    let theirs = desk.page(&desk.finance, &format!("{path}?qui=finance"), 200).await;
    assert!(theirs.contains("Avance nº 1") && !theirs.contains("Acompte nº 2"), "{theirs}");
    let csv = desk.page(&desk.finance, "/finances/a-verser/tableau?qui=finance&format=csv", 200).await;
    assert_eq!(csv.lines().count(), 2, "a heading and the advance: {csv}");
    let page = desk.page(&desk.director, "/finances/tresorerie", 200).await;
    assert!(page.contains("<svg role=\"img\"") && page.contains("Tous les bailleurs"), "{page}");
    let csv = desk.page(&desk.director, "/finances/tresorerie/tableau?format=csv-programme", 200).await;
    assert!(csv.starts_with("funder,source,month,paid,in_run,due,planned,left"), "{csv}");
    assert_eq!(csv.lines().count(), 1 + 2 * (payables::MONTHS_AHEAD + 3), "{csv}");
    let book = desk.door.get(&desk.finance, "/finances/tresorerie/tableau").await;
    assert!(book.headers()["content-disposition"].to_str().unwrap().contains(".xlsx"));
    assert_eq!(desk.door.get("", path).await.status().as_u16(), 303, "signed in first");
}

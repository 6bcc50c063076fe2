//! The journal read: what lies where any evening is the plain sum of what moved, and lists show each movement once.

use super::{Desk, NAME, text};
use crate::support::{
    databases::each_database,
    grants::{IBANS, Paying},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use tisserand::{
    domain::{
        ids::AccountId,
        journal::{Stage, TransferKind},
        money::Euros,
        time::Moment,
    },
    store::{
        Conn, StoreError,
        books::{self as rows, Wanted},
        funding_sources,
        journal::{self, TransferRow, Voucher},
    },
    usecases::{
        Actor, Outcome,
        books::{self, AccountBalance, MovementFilter, WantedAccounts},
    },
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn paris(text: &str, hour: &str) -> Moment {
    Moment::from_paris(day(text), hour.parse().unwrap())
}

/// Money of the first convention arrives.
pub(super) fn arrives(paying: &Paying, at: Moment, amount: Euros) -> i64 {
    let arrive = |tx: &mut tisserand::store::Tx| {
        let source = funding_sources::all(tx.conn())?[0].id;
        let from = journal::account(tx, Stage::Funder, source, None, None, at)?;
        let to = journal::account(tx, Stage::Source, source, None, None, at)?;
        let voucher = Voucher { kind: TransferKind::Grant, disbursement: None, reverses: None, cause: None, at };
        Ok(journal::transfer(tx, from, to, amount, voucher)?)
    };
    paying.does(arrive).unwrap()
}

fn every(conn: &mut Conn) -> Vec<TransferRow> {
    rows::page(conn, &Wanted::default(), None, &[], 10_000).unwrap()
}

/// What lay where at the end of a day, movement by movement, but for those that touch a hidden account.
fn plain(conn: &mut Conn, on: NaiveDate, hidden: &[AccountId]) -> BTreeMap<AccountId, Euros> {
    let mut lying = BTreeMap::new();
    for row in every(conn) {
        if row.at.paris_date() <= on && !hidden.contains(&row.from_account) && !hidden.contains(&row.to_account) {
            *lying.entry(row.to_account).or_insert(Euros::ZERO) += row.amount_cents;
            *lying.entry(row.from_account).or_insert(Euros::ZERO) -= row.amount_cents;
        }
    }
    lying
}

fn told(paying: &Paying, who: &Actor, on: NaiveDate) -> BTreeMap<AccountId, Euros> {
    let every = WantedAccounts { zeros: true, ..WantedAccounts::default() };
    let found = paying.db.read(|conn| books::accounts(conn, who, every, on, (None, 500))).unwrap();
    found.into_iter().map(|line| (line.account.id, line.balance)).collect()
}

fn assert_plain(paying: &Paying, who: &Actor, on: NaiveDate, hidden: &[AccountId]) {
    let mut wanted = paying.db.read(|conn| Ok::<_, StoreError>(plain(conn, on, hidden))).unwrap();
    let mut told = told(paying, who, on);
    told.retain(|_, balance| *balance != Euros::ZERO);
    wanted.retain(|_, balance| *balance != Euros::ZERO);
    assert_eq!(told, wanted, "on {on}");
}

#[test]
fn a_balance_any_evening_is_the_plain_sum_of_what_moved() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, "Les Passeurs", Euros::whole(10_000));
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        // The nights on which clocks change, and the last second before and the first after each midnight in Paris.
        let instants = [
            ("2027-03-27", "23:59:59"),
            ("2027-03-28", "00:00:00"),
            ("2027-03-28", "23:59:59"),
            ("2027-03-29", "00:00:00"),
            ("2027-10-30", "23:59:59"),
            ("2027-10-31", "00:00:00"),
            ("2027-10-31", "02:30:00"),
            ("2027-10-31", "23:59:59"),
            ("2027-11-01", "00:00:00"),
        ];
        for (place, (date, hour)) in (1..).zip(instants) {
            arrives(&paying, paris(date, hour), Euros::from_cents(place * 1_001));
        }
        for on in ["2026-01-01", "2027-03-27", "2027-03-28", "2027-03-29", "2027-10-30", "2027-10-31", "2027-11-01"] {
            assert_plain(&paying, &paying.director, day(on), &[]);
        }
        let opened = paying.now.paris_date();
        for on in [opened.pred_opt().unwrap(), opened, opened.succ_opt().unwrap()] {
            assert_plain(&paying, &paying.director, on, &[]);
        }
    }
}

/// What lies at a stage over all calls is what lies on its accounts.
fn assert_stages(paying: &Paying, hidden: &[AccountId]) {
    let read = |conn: &mut Conn| -> Outcome<()> {
        let found = rows::by_call_and_source(conn, hidden)?;
        for stage in [Stage::Envelope, Stage::Committed, Stage::Authorised, Stage::Paid] {
            let places = rows::account_page(conn, (Some(stage), None), (None, hidden), 1_000)?;
            let ids: Vec<_> = places.into_iter().map(|(_, id)| id).collect();
            let balances = rows::balances(conn, &ids, hidden, paying.now.plus_days(400))?;
            let wanted: Euros = balances.into_values().sum();
            let lies: Euros = found.iter().filter(|(_, _, at, _)| *at == stage).map(|(.., amount)| *amount).sum();
            assert_eq!(lies, wanted, "{stage:?}");
        }
        Ok(())
    };
    paying.db.read(read).unwrap();
}

#[test]
fn a_balance_of_whoever_is_recused_is_that_of_a_house_without_the_grant() {
    for db in each_database() {
        let paying = Paying::on(db);
        let seen = paying.award("Les Passeurs", Euros::whole(10_000));
        let hidden = paying.award("Le Fil", Euros::whole(4_000));
        paying.announce();
        paying.ready(&hidden, "Le Fil", IBANS[1]);
        paying.pay(paying.prepare(&[paying.payments(hidden.grant)[0].id]));
        paying.recuse(&paying.finance, hidden.grant);
        let person = paying.finance.person;
        let theirs = paying.db.read(|conn| rows::hidden_accounts(conn, person)).unwrap();
        assert!(!theirs.is_empty());
        assert_plain(&paying, &paying.finance, paying.now.paris_date(), &theirs);
        assert_plain(&paying, &paying.director, paying.now.paris_date(), &[]);
        assert_stages(&paying, &theirs);
        assert_stages(&paying, &[]);
        let one = |who: &Actor| {
            let filter = MovementFilter { account: Some(theirs[0]), ..MovementFilter::default() };
            paying.db.read(|conn| books::begin_movements(conn, who, &filter, None).map(drop))
        };
        assert!(one(&paying.finance).is_err() && one(&paying.director).is_ok());
        let by_grant = |grant| {
            let filter = MovementFilter { grant: Some(paying.grant(grant).reference), ..MovementFilter::default() };
            paying.db.read(|conn| books::begin_movements(conn, &paying.finance, &filter, None).map(drop))
        };
        assert!(by_grant(seen.grant).is_ok() && by_grant(hidden.grant).is_err());
    }
}

/// The numbers of the movements that a filter lets through, read a few at a time.
fn listed(paying: &Paying, filter: &MovementFilter, limit: i64) -> Vec<i64> {
    let read = |conn: &mut Conn| -> Outcome<Vec<i64>> {
        let (mut found, mut key) = (Vec::new(), None);
        loop {
            // As pages do: each begins at the last number of the one before.
            let page = books::begin_movements(conn, &paying.director, filter, key)?.next(conn, limit)?;
            let Some(last) = page.last() else { return Ok(found) };
            key = Some(last.row.seq);
            found.extend(page.iter().map(|movement| movement.row.seq));
        }
    };
    paying.db.read(read).unwrap()
}

#[test]
fn pages_of_movements_show_each_once_newest_first_and_only_what_is_asked_for() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, "Les Passeurs", Euros::whole(10_000));
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        // Written later, dated earlier: lists go by time.
        arrives(&paying, paris("2025-05-05", "12:00:00"), Euros::whole(3));
        let read = |conn: &mut Conn| Ok::<_, StoreError>(every(conn));
        let all = paying.db.read(read).unwrap();
        let numbers = |keep: &dyn Fn(&TransferRow) -> bool| -> Vec<i64> {
            all.iter().filter(|row| keep(row)).map(|row| row.seq).collect()
        };
        let whole = MovementFilter::default();
        for limit in [1, 2, 3, 1_000] {
            assert_eq!(listed(&paying, &whole, limit), numbers(&|_| true));
        }
        let mut sorted = all.clone();
        sorted.sort_by_key(|row| std::cmp::Reverse((row.at, row.seq)));
        assert_eq!(sorted, all);
        let grant = MovementFilter { grant: Some(paying.grant(grantee.grant).reference), ..whole.clone() };
        let theirs = [TransferKind::Commit, TransferKind::Authorise, TransferKind::Pay];
        assert_eq!(listed(&paying, &grant, 2), numbers(&|row| theirs.contains(&row.kind)));
        let old = MovementFilter { to: Some(day("2025-05-05")), ..whole.clone() };
        assert_eq!(listed(&paying, &old, 2), numbers(&|row| row.at.paris_date() <= day("2025-05-05")));
        let account = all[0].to_account;
        let one = MovementFilter { account: Some(account), ..whole.clone() };
        assert_eq!(listed(&paying, &one, 1), numbers(&|row| row.from_account == account || row.to_account == account));
        let funders = paying.db.read(funding_sources::funders).unwrap();
        let of = |id| listed(&paying, &MovementFilter { funder: Some(id), ..MovementFilter::default() }, 3).len();
        let each: Vec<_> = funders.iter().map(|funder| of(funder.id)).collect();
        assert_eq!(each.iter().sum::<usize>(), all.len());
        assert!(each.iter().filter(|count| **count > 0).count() > 1, "{each:?}");
    }
}

#[actix_web::test]
async fn the_journal_is_filtered_and_leaves_as_it_is_shown() {
    let desk = Desk::open();
    desk.paying.pay(desk.run());
    let reference = desk.paying.grant(desk.grantee.grant).reference;
    let path = format!("/finances/journal?subvention={reference}");
    let page = desk.page(&desk.director, &path, 200).await;
    assert!(page.contains("Engagement") && page.contains(&format!("value=\"{reference}\"")), "{page}");
    assert!(!page.contains("Convention enregistrée") && !page.contains("Enveloppe réservée"), "{page}");
    let unknown = desk.page(&desk.finance, "/finances/journal?subvention=SUB-1999-0001", 422).await;
    assert!(unknown.contains("Aucune subvention n’a la référence « SUB-1999-0001 »."), "{unknown}");
    assert!(unknown.contains("value=\"SUB-1999-0001\""), "{unknown}");
    let upside_down = "/finances/journal/fichier?du=2027-02-01&au=2027-01-01&format=csv";
    let refused = desk.page(&desk.finance, upside_down, 422).await;
    assert!(refused.contains("La fin de la période précède son début.") && refused.contains("value=\"2027-02-01\""));
    let file = format!("/finances/journal/fichier?subvention={reference}&format=csv");
    assert!(page.contains(&file.replace('&', "&amp;")) || page.contains(&file.replace('&', "&#38;")), "{page}");
    let sent = desk.door.get(&desk.director, &file).await;
    assert_eq!(sent.headers()["content-disposition"], format!("attachment; filename=\"journal-{reference}.csv\""));
    let table = sent.text().await.unwrap();
    assert!(table.starts_with("\u{feff}Mouvement;Code du mouvement;Nº;Quand;"), "{table}");
    let shown = page.matches("data-label=\"Mouvement\"").count();
    assert_eq!(table.lines().count(), shown + 2, "headings and a total beside what is shown: {table}");
    let book = desk.door.get(&desk.director, &file.replace("csv", "xlsx")).await;
    assert!(book.headers()["content-type"].to_str().unwrap().contains("spreadsheet"));
}

#[actix_web::test]
async fn balances_are_asked_for_any_evening_and_lead_to_their_movements() {
    let desk = Desk::open();
    desk.paying.pay(desk.run());
    let today = desk.paying.now.paris_date();
    let before = today.pred_opt().unwrap();
    let page = desk.page(&desk.director, "/finances/journal/comptes?etape=paid", 200).await;
    assert!(page.contains(&format!("value=\"{today}\"")) && page.contains("/finances/journal?compte="), "{page}");
    let earlier = format!("/finances/journal/comptes?etape=paid&au={before}");
    let earlier = desk.page(&desk.director, &earlier, 200).await;
    assert!(earlier.contains("Aucun compte ici") && !earlier.contains(">0 €<"), "{earlier}");
    let earlier = format!("/finances/journal/comptes?etape=paid&au={before}&nuls=oui");
    let earlier = desk.page(&desk.director, &earlier, 200).await;
    assert!(earlier.matches(">0 €<").count() > 0 && earlier.contains("nuls=oui"), "{earlier}");
    let account = page.split("/finances/journal?compte=").nth(1).unwrap().split('"').next().unwrap();
    let moved = desk.page(&desk.director, &format!("/finances/journal?compte={account}"), 200).await;
    assert!(moved.contains("Mouvements du compte") && moved.contains("Versement"), "{moved}");
    assert!(!moved.contains("Engagement"), "{moved}");
    let wrong = desk.page(&desk.director, "/finances/journal/comptes?au=hier", 422).await;
    assert!(wrong.contains("Écrivez cette date en entier") && wrong.contains("value=\"hier\""), "{wrong}");
    let file = format!("/finances/journal/comptes/fichier?etape=paid&au={today}&format=csv");
    let table = text(desk.door.get(&desk.finance, &file).await, 200).await;
    assert!(table.contains(&today.to_string()) && table.contains("5000,00"), "{table}");
}

#[actix_web::test]
async fn accounts_are_read_by_funder_stage_and_grant_and_empty_ones_on_demand() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        let today = paying.now.paris_date();
        let read = |zeros: bool, size: i64| {
            let wanted = WantedAccounts { zeros, ..WantedAccounts::default() };
            let (mut key, mut found) = (None, Vec::new());
            loop {
                let page =
                    paying.db.read(|conn| books::accounts(conn, &paying.finance, wanted, today, (key, size))).unwrap();
                let Some(last) = page.last() else { break found };
                key = Some(last.account.id);
                found.extend(page);
            }
        };
        let (all, held) = (read(true, 2), read(false, 2));
        assert_eq!((&all, &held), (&read(true, 500), &read(false, 500)), "page by page or at once");
        let wanted: Vec<_> = all.iter().filter(|line| line.balance != Euros::ZERO).cloned().collect();
        assert!(held == wanted && held.len() < all.len(), "{held:?}");
        let order = |line: &AccountBalance| {
            let rank = Stage::ALL.iter().position(|stage| *stage == line.account.stage);
            (line.account.source.clone(), rank, line.account.grant.clone())
        };
        assert!(all.is_sorted_by_key(order), "{all:?}");
    }
}

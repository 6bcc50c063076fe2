//! The tables that leave the house: they say what the journal says, to whoever opens them.

use super::{Desk, text};
use crate::support::{self, grants::IBANS, output_dir};
use std::{io::Read, process::Command, sync::atomic::Ordering};
use tisserand::{
    domain::{journal::Stage, money::Euros, roles::Role},
    exports::{
        Tabled,
        sheets::{Form, Written, write_csv},
    },
    store::{Conn, Db, connection::QueryCounter, journal},
    usecases::{
        Actor, UseCaseError,
        exports::{self, Applications, DisbursementRow, Disbursements, Filter, Grants},
    },
};

fn all<N: Tabled>(conn: &mut Conn, actor: &Actor, filter: &Filter) -> Result<Vec<N::Row>, UseCaseError> {
    exports::begin::<N>(conn, actor, filter)?.rows(|next| next(conn)).collect()
}

fn written<N: Tabled>(db: &Db, filter: &Filter) -> Written {
    let rows = |conn: &mut Conn| {
        let reading = exports::begin::<N>(conn, &Actor::system(), filter)?;
        Ok::<_, UseCaseError>(write_csv(N::TABLE, Form::Machine, reading.rows(|next| next(conn)), Vec::new()).unwrap())
    };
    db.read_frozen(rows).unwrap()
}

fn total(written: &Written, key: &str) -> Euros {
    written.totals.iter().find(|(known, _)| *known == key).unwrap().1
}

/// Two grants, one paid in part, one declined in between.
fn desk() -> Desk {
    let desk = Desk::open();
    desk.paying.pay(desk.run());
    let other = desk.paying.payments(desk.grantee.grant)[1].id;
    desk.paying.report(&desk.grantee, tisserand::domain::reports::ReportKind::Interim, Euros::whole(6_000));
    desk.paying.authorise(other).unwrap();
    desk
}

#[test]
fn the_totals_are_those_of_the_journal() {
    let desk = desk();
    let db = &desk.paying.db;
    let lies = |stage| db.read(|conn| journal::balance(conn, stage, journal::Scope::Call(desk.paying.call))).unwrap();
    let payments: Vec<DisbursementRow> =
        db.read(|conn| all::<Disbursements>(conn, &desk.paying.finance, &Filter::default())).unwrap();
    let in_state = |state: &str| payments.iter().filter(|row| row.status == state).map(|row| row.amount).sum::<Euros>();
    assert_eq!((in_state("paid"), in_state("authorised")), (lies(Stage::Paid), lies(Stage::Authorised)));
    assert_eq!(in_state("planned"), lies(Stage::Committed));
    assert_eq!((in_state("paid"), in_state("authorised")), (Euros::whole(5_000), Euros::whole(4_000)));
    for row in &payments {
        assert_eq!(row.funder_split.iter().map(|share| share.amount).sum::<Euros>(), row.amount);
        assert_eq!(row.funder_split.len(), 2);
    }
    let grants = written::<Grants>(db, &Filter::default());
    assert_eq!(total(&grants, "awarded"), lies(Stage::Committed) + lies(Stage::Authorised) + lies(Stage::Paid));
    assert_eq!((total(&grants, "paid"), total(&grants, "remaining")), (Euros::whole(5_000), Euros::whole(5_000)));
    assert_eq!(total(&written::<Disbursements>(db, &Filter::default()), "amount"), total(&grants, "awarded"));
    assert_eq!(written::<Applications>(db, &Filter::default()).rows, 1);
}

#[test]
fn days_are_paris_days_and_both_ends_count() {
    let desk = desk();
    let (db, paid_on) = (&desk.paying.db, desk.paying.now.paris_date());
    let rows = |from, to| written::<Disbursements>(db, &Filter { fund: None, call: None, from, to }).rows;
    assert_eq!(rows(Some(paid_on), Some(paid_on)), 1, "the day of the bank's operation");
    assert_eq!(rows(None, paid_on.pred_opt()), 0);
    assert_eq!(rows(Some(paid_on), None), 3);
    let filed = |day: chrono::NaiveDate| {
        written::<Applications>(db, &Filter { fund: None, call: None, from: Some(day), to: Some(day) }).rows
    };
    assert_eq!((filed(paid_on), filed(paid_on.succ_opt().unwrap())), (1, 0));
}

#[test]
fn a_fund_nobody_knows_and_a_period_upside_down_are_refused_in_words() {
    let desk = Desk::open();
    let day = |text: &str| text.parse().ok();
    let filter = Filter { fund: Some("petit".into()), call: None, from: day("2027-02-01"), to: day("2027-01-01") };
    let refused = desk.paying.db.read(|conn| exports::begin::<Grants>(conn, &desk.paying.finance, &filter).map(drop));
    let Err(UseCaseError::Invalid(fields)) = refused else { panic!("taken") };
    let fields: Vec<_> = fields.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["fonds", "au"]);
}

#[test]
fn a_file_somebody_is_recused_from_is_in_none_of_their_tables() {
    let desk = desk();
    let finance = desk.paying.finance.clone();
    desk.paying.recuse(&finance, desk.grantee.grant);
    let count = |actor: &Actor| {
        desk.paying.db.read(|conn| {
            let filter = Filter::default();
            let payments = all::<Disbursements>(conn, actor, &filter)?.len();
            Ok::<_, UseCaseError>((
                payments,
                all::<Grants>(conn, actor, &filter)?.len(),
                all::<Applications>(conn, actor, &filter)?.len(),
            ))
        })
    };
    assert_eq!(count(&finance).unwrap(), (0, 0, 0));
    assert_eq!(count(&desk.paying.director).unwrap(), (3, 1, 1));
    assert!(count(&Actor::person(finance.person.unwrap(), vec![Role::Officer])).is_err());
}

#[test]
fn a_decision_stays_at_home_until_the_results_are_announced() {
    let paying = support::grants::Paying::on(support::databases::sqlite());
    let grantee = paying.award("Les Passeurs", Euros::whole(5_000));
    let rows = || paying.db.read(|conn| all::<Applications>(conn, &paying.finance, &Filter::default())).unwrap();
    let shown = |rows: Vec<exports::ApplicationRow>| (rows[0].status, rows[0].awarded, rows[0].decided_on.is_some());
    let told = || {
        let filter = Filter::default();
        let grants = paying.db.read(|conn| all::<Grants>(conn, &paying.finance, &filter)).unwrap().len();
        (grants, paying.db.read(|conn| all::<Disbursements>(conn, &paying.finance, &filter)).unwrap().len())
    };
    assert_eq!(shown(rows()), ("in_review", None, false));
    assert_eq!(told(), (0, 0), "a grant and its payments are a decision");
    paying.announce();
    assert_eq!(told(), (1, paying.payments(grantee.grant).len()));
    assert_eq!(shown(rows()), ("awarded", Some(Euros::whole(5_000)), true));
}

#[test]
fn three_grants_cost_as_many_queries_as_one() {
    let counted = |names: &[&str]| {
        let paying = support::grants::Paying::on(support::databases::sqlite());
        let grantees: Vec<_> = names.iter().map(|name| paying.award(name, Euros::whole(5_000))).collect();
        paying.announce();
        names.iter().zip(&grantees).zip(IBANS).for_each(|((name, grantee), iban)| paying.ready(grantee, name, iban));
        let counter = QueryCounter::default();
        let db = Db::open_counting(paying.db.url(), counter.clone()).unwrap();
        let before = counter.load(Ordering::Relaxed);
        db.read(|conn| {
            let filter = Filter::default();
            let rows = all::<Disbursements>(conn, &paying.finance, &filter)?.len();
            all::<Grants>(conn, &paying.finance, &filter)?;
            all::<Applications>(conn, &paying.finance, &filter)?;
            assert_eq!(rows, 3 * names.len());
            Ok::<_, UseCaseError>(())
        })
        .unwrap();
        counter.load(Ordering::Relaxed) - before
    };
    assert_eq!(counted(&["Un"]), counted(&["Un", "Deux", "Trois"]));
}

fn rename(desk: &Desk, title: &str) {
    use diesel::prelude::*;
    use tisserand::store::schema::applications::dsl;
    let id = desk.paying.grant(desk.grantee.grant).application_id;
    desk.paying
        .does(|tx| {
            diesel::update(dsl::applications.find(id)).set(dsl::title.eq(title)).execute(tx.conn()).unwrap();
            Ok(())
        })
        .unwrap();
}

#[actix_web::test]
async fn a_table_downloads_with_a_good_name_and_no_spreadsheet_computes_it() {
    let desk = desk();
    rename(&desk, "=HYPERLINK(\"http://exemple.org\")");
    let path = "/finances/exports/fichier?table=versements&fonds=tandems&du=2026-01-01&au=2027-12-31&format=csv";
    let sent = desk.door.get(&desk.director, path).await;
    assert_eq!(
        sent.headers()["content-disposition"],
        "attachment; filename=\"versements-tandems-2026-01-01-2027-12-31.csv\""
    );
    assert!(sent.headers()["cache-control"].to_str().unwrap().contains("no-store"));
    let table = sent.text().await.unwrap();
    assert!(table.starts_with("\u{feff}Code du fonds;Fonds;"), "{table}");
    assert!(table.contains("'=HYPERLINK") && table.contains(";5000,00;") && table.contains("0189;"), "{table}");
    assert!(!table.contains(IBANS[0]) && !table.contains("3000 6000"), "the number is masked");
    let program = desk.door.get(&desk.finance, &path.replace("format=csv", "format=csv-programme")).await;
    assert!(program.text().await.unwrap().starts_with("fund_code,fund_name,"));
    let upside_down = "/finances/exports/fichier?table=dossiers&du=2027-02-01&au=2027-01-01&format=csv";
    let page = text(desk.door.get(&desk.finance, upside_down).await, 422).await;
    assert!(page.contains("La fin de la période précède son début.") && page.contains("value=\"2027-02-01\""));
    let unreadable = "/finances/exports/fichier?table=dossiers&du=demain&format=csv";
    let page = text(desk.door.get(&desk.finance, unreadable).await, 422).await;
    assert!(page.contains("Écrivez cette date en entier") && page.contains("value=\"demain\""));
}

#[actix_web::test]
async fn a_workbook_is_read_by_another_program() {
    let desk = desk();
    rename(&desk, "=1+1");
    let sent = desk.door.get(&desk.finance, "/finances/exports/fichier?table=versements&format=xlsx").await;
    assert_eq!(sent.status().as_u16(), 200);
    let bytes = sent.bytes().await.unwrap();
    let file = output_dir("exports").join("versements.xlsx");
    std::fs::write(&file, &bytes).unwrap();
    let mut sheet = String::new();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(sheet.contains("<v>5000</v>") && sheet.matches("<f>").count() == 1, "{sheet}");
    let has_reader =
        Command::new("python3").args(["-c", "import openpyxl"]).output().is_ok_and(|run| run.status.success());
    if !has_reader {
        return support::left_out("workbooks reopened by openpyxl", "python3 with openpyxl");
    }
    let script = "import openpyxl, sys\n\
        sheet = openpyxl.load_workbook(sys.argv[1]).worksheets[0]\n\
        rows = list(sheet.iter_rows(values_only=True))\n\
        head = list(rows[0])\n\
        amounts = [row[head.index('Montant (€)')] for row in rows[1:-1]]\n\
        title = sheet.cell(2, head.index('Projet') + 1)\n\
        print(sheet.title, sum(amounts), title.data_type, title.value)";
    let read =
        Command::new("python3").args(["-c", script]).arg(&file).env("PYTHONIOENCODING", "utf-8").output().unwrap();
    let said = String::from_utf8_lossy(&read.stdout);
    assert_eq!(said.trim(), "tandems 10000 s =1+1", "{}", String::from_utf8_lossy(&read.stderr));
}

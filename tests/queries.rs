//! No page asks the database more questions when there is more to show.

use crate::{cli::tisserand_in, support::databases};
use actix_web::rt::System;
use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text};
use reqwest::{Client, redirect::Policy};
use std::{
    net::TcpListener,
    sync::{Arc, atomic::Ordering},
    thread,
};
use tisserand::{
    domain::{ids::PersonId, roles::Role, time::Moment},
    store::{Conn, Db, StoreError, Tx, funding_dues, funding_sources},
    usecases::{UseCaseError, clock::Clock, people, sign_ins},
    web::{App, server},
};

const NOBODY: &str = "";
const HOLDER: &str = "porteur0@exemple.fr";
const ADMIN: &str = "hugo.planckaert@lianescooperation.example";
const OFFICER: &str = "lucie.hennebelle@lianescooperation.example";
const FINANCE: &str = "thierry.wallaert@lianescooperation.example";
/// Whoever of the committees has read the most.
const READER: &str = "lecteur";
const DIRECTOR: &str = "nadia.belkacem@lianescooperation.example";
/// Whoever reads for a funder of most calls.
const FUNDER: &str = "amelie.roussel@afd.example";
const AUDITOR: &str = "sylvie.morel@lianescooperation.example";

/// Every page with a list, narrowed to less than it has room for, and who opens it.
const PAGES: &[(&str, &str)] = &[
    (NOBODY, "/"),
    (NOBODY, "/projets"),
    (HOLDER, "/dossiers"),
    (HOLDER, "/organisations"),
    (ADMIN, "/administration?q=lucie"),
    (ADMIN, "/administration/courriels"),
    (ADMIN, "/administration/courriels?etat=sent"),
    (AUDITOR, "/administration/historique?sujet=session"),
    (OFFICER, "/instruction?etape=tous"),
    (OFFICER, "/appels-a-projets"),
    (OFFICER, "/seances"),
    (OFFICER, "/suivi"),
    (READER, "/comite"),
    (FINANCE, "/finances/versements"),
    (FINANCE, "/finances/versements?etat=paid"),
    (FINANCE, "/finances/lots"),
    (FINANCE, "/finances/a-verser"),
];

/// Other pages that sum things up or list what is not copied: what they ask does not grow either.
const STEADY: &[(&str, &str)] = &[
    (HOLDER, "/subventions"),
    (OFFICER, "/rendez-vous"),
    (FINANCE, "/finances"),
    (FINANCE, "/finances/bailleurs"),
    (FINANCE, "/finances/comptes"),
    (FINANCE, "/finances/dons"),
    (FINANCE, "/finances/journal"),
    (FINANCE, "/finances/preuves"),
    (FINANCE, "/finances/releves"),
    (FINANCE, "/finances/trop-percus"),
    (DIRECTOR, "/direction"),
    (FUNDER, "/bailleur?du=2020-01-01&au=2030-12-31"),
    (FINANCE, "/finances/tresorerie"),
];

/// Pages of the team about one call, which then has thirty times as many files.
const OF_CALL: [&str; 2] = ["", "/classement"];

/// Tables whose rows are copied thirty times over: the columns that hold identifiers of copied rows, those that must
/// not repeat themselves, and what others become.
type Copied = (&'static str, &'static [&'static str], &'static [&'static str], &'static [(&'static str, &'static str)]);

const COPIED: &[Copied] = &[
    ("people", &["id"], &[], &[("email", "i || email")]),
    ("organisations", &["id"], &[], &[]),
    ("organisation_members", &["organisation_id"], &[], &[]),
    ("calls", &["id"], &["reference"], &[]),
    ("applications", &["id", "organisation_id"], &["reference"], &[("live_key", "NULL")]),
    ("reviews", &["id", "application_id"], &[], &[]),
    ("sessions", &["id"], &[], &[]),
    ("grants", &["id", "application_id", "organisation_id"], &["reference"], &[]),
    ("accounts", &["id", "grant_id"], &["account_key"], &[]),
    ("account_days", &["account_id"], &[], &[]),
    ("bank_accounts", &["id", "organisation_id"], &[], &[]),
    ("payment_runs", &["id"], &["reference"], &[]),
    ("disbursements", &["id", "grant_id"], &["end_to_end_id"], &[]),
    ("reports", &["id", "grant_id"], &[], &[]),
    ("transitions", &[], &["hash"], &[("seq", "seq + i * 1000000")]),
    ("messages", &["id"], &["dedupe_key"], &[]),
];

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

fn copy(conn: &mut Conn, (table, ids, unique, others): Copied) -> Result<(), StoreError> {
    let columns: Vec<Column> = sql_query(format!("SELECT name FROM pragma_table_info('{table}')")).load(conn)?;
    let columns: Vec<String> = columns.into_iter().map(|column| column.name).collect();
    let copied = columns.iter().map(|column| {
        let name = column.as_str();
        if let Some((_, value)) = others.iter().find(|(other, _)| *other == name) {
            (*value).to_owned()
        } else if ids.contains(&name) {
            // The version of the identifier is another: a copy is never called as something that was there.
            format!(
                "substr({name}, 1, 14) || '8' || substr({name}, 16, 9) || printf('%04x', i) || substr({name}, 29, 8)"
            )
        } else if unique.contains(&name) {
            format!("{name} || '.' || i")
        } else {
            name.to_owned()
        }
    });
    let copied = copied.collect::<Vec<_>>().join(", ");
    conn.batch_execute(&format!(
        "DROP TRIGGER IF EXISTS {table}_is_born;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 29)
         INSERT INTO {table} ({}) SELECT {copied} FROM {table}, n",
        columns.join(", ")
    ))?;
    Ok(())
}

/// Makes thirty of each file, each of an organisation of its own.
pub(crate) fn copy_files(conn: &mut Conn) -> Result<(), StoreError> {
    let wanted = ["organisations", "organisation_members", "applications"];
    COPIED.iter().filter(|(table, ..)| wanted.contains(table)).try_for_each(|copied| copy(conn, *copied))
}

/// Makes thirty of each row of one of these tables.
pub(crate) fn copy_rows(conn: &mut Conn, table: &str) -> Result<(), StoreError> {
    COPIED.iter().filter(|(name, ..)| *name == table).try_for_each(|copied| copy(conn, *copied))
}

/// The same, with their reviews.
pub(crate) fn copy_reviewed_files(conn: &mut Conn) -> Result<(), StoreError> {
    copy_files(conn)?;
    COPIED.iter().filter(|(table, ..)| *table == "reviews").try_for_each(|copied| copy(conn, *copied))
}

/// Paths, each with the cookie of whoever opens it.
type Pages = Vec<(String, String)>;

/// How many questions each page asked, and how long it was.
async fn walk(base: &str, pages: &Pages, questions: &Arc<std::sync::atomic::AtomicU64>) -> Vec<(u64, usize)> {
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let mut found = Vec::new();
    for (path, cookie) in pages {
        let before = questions.load(Ordering::Relaxed);
        let reply = client.get(format!("{base}{path}")).header("cookie", cookie).send().await.unwrap();
        assert_eq!(reply.status().as_u16(), 200, "{path}");
        let length = reply.text().await.unwrap().len();
        found.push((questions.load(Ordering::Relaxed) - before, length));
    }
    found
}

/// The first name that is found.
fn first(conn: &mut Conn, sql: &str) -> Result<String, StoreError> {
    let found: Vec<Column> = sql_query(format!("{sql} LIMIT 1")).load(conn)?;
    Ok(found.into_iter().map(|column| column.name).collect())
}

/// Brings somebody in who reads for a funder.
fn seat_funder(tx: &mut Tx, now: Moment) -> Result<(), UseCaseError> {
    let reader: PersonId = people::ensure(tx, &FUNDER.parse().unwrap(), "Amélie Roussel", Role::Funder, now)?;
    let funder = funding_sources::funder_by_code(tx.conn(), "afd")?.map(|row| row.id);
    Ok(funding_dues::seat(tx, reader, funder, now)?)
}

const BUSIEST_READER: &str =
    "SELECT email AS name FROM people JOIN reviews ON person_id = people.id GROUP BY email ORDER BY count(*) DESC";
const FULLEST_CALL: &str = "SELECT c.reference AS name FROM calls c JOIN applications a ON a.call_id = c.id
    WHERE a.score_count > 0 GROUP BY c.reference ORDER BY count(*) DESC";

#[actix_web::test]
async fn no_page_asks_more_questions_about_a_thousand_rows_than_about_ten() {
    let folder = tempfile::tempdir().unwrap();
    let simulate = ["simulate", "--applications", "36", "--calls", "6", "--database-url", "sqlite:few.db"];
    tisserand_in(folder.path(), &simulate).done();
    let questions = databases::counter();
    let db = Db::open_counting(&format!("sqlite:{}", folder.path().join("few.db").display()), questions.clone());
    let (db, now) = (db.unwrap(), Moment::start_of_day("2026-11-26".parse().unwrap()));
    db.write(|tx| seat_funder(tx, now)).unwrap();
    let reader = db.read(|conn| first(conn, BUSIEST_READER)).unwrap();
    let call = db.read(|conn| first(conn, FULLEST_CALL)).unwrap();
    let cookie = |email: &str| {
        let email = if email == READER { reader.as_str() } else { email };
        let open = db.write(|tx| {
            let id = people::by_email(tx.conn(), &email.parse().unwrap())?;
            sign_ins::open(tx, id, "Essai", now)
        });
        open.map_or_else(|_: UseCaseError| String::new(), |secret| format!("sid={secret}"))
    };
    let opened = |(email, path): &(&str, &str)| {
        ((*path).to_owned(), if email.is_empty() { String::new() } else { cookie(email) })
    };
    let pages: Pages = PAGES.iter().map(opened).collect();
    let of_call = OF_CALL.iter().map(|part| (format!("/appels-a-projets/{call}{part}"), cookie(OFFICER)));
    let steady: Pages = STEADY.iter().map(opened).chain(of_call).collect();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (app, origin) = (App::new(db.clone(), Clock::at(now), false), base.clone());
    thread::spawn(move || System::new().block_on(server::start(app, &origin, listener, 1).unwrap()));
    // More mails than one page shows would hide what a row costs.
    let fewer = "DELETE FROM review_notices; DELETE FROM messages WHERE rowid % 30 <> 0";
    db.read(|conn| conn.batch_execute(fewer).map_err(StoreError::from)).unwrap();
    let (few, steady_few) = (walk(&base, &pages, &questions).await, walk(&base, &steady, &questions).await);
    db.read(|conn| COPIED.iter().try_for_each(|copied| copy(conn, *copied))).unwrap();
    let (many, steady_many) = (walk(&base, &pages, &questions).await, walk(&base, &steady, &questions).await);
    let mut faults = Vec::new();
    for (((_, path), few), many) in PAGES.iter().zip(&few).zip(&many) {
        if few.0 != many.0 {
            faults.push(format!("{path} asks {} questions about few rows and {} about many", few.0, many.0));
        }
        if few.1 >= many.1 {
            faults.push(format!("{path} shows no more rows: {} and {} bytes", few.1, many.1));
        }
    }
    for (((path, _), few), many) in steady.iter().zip(&steady_few).zip(&steady_many) {
        // What is read once for all was read before.
        if few.0 < many.0 {
            faults.push(format!("{path} asks {} questions about few rows and {} about many", few.0, many.0));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

//! What the database promises whatever is built on it, on both backends.

use crate::support::{self, databases};
use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types};
use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};
use tisserand::store::{Conn, Db, StoreError, settings};

#[test]
fn the_schema_goes_up_down_and_up_again() {
    for db in databases::each_database() {
        db.unmigrate().unwrap();
        let gone = db.read(settings::all);
        assert!(matches!(gone, Err(StoreError::Database(_))), "{gone:?}");
        db.migrate().unwrap();
        assert_eq!(db.read(settings::all).unwrap(), BTreeMap::new());
    }
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = sql_types::Text)]
    table: String,
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::Text)]
    kind: String,
    #[diesel(sql_type = sql_types::Integer)]
    required: i32,
    #[diesel(sql_type = sql_types::Integer)]
    key: i32,
}

#[derive(QueryableByName)]
struct Link {
    #[diesel(sql_type = sql_types::Text)]
    table: String,
    #[diesel(sql_type = sql_types::Text)]
    target: String,
    #[diesel(sql_type = sql_types::Text)]
    column: String,
}

const COLUMNS: &str =
    "SELECT m.name AS \"table\", c.name AS name, c.type AS kind, c.\"notnull\" AS required, c.pk AS key
    FROM sqlite_master m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY m.name, c.cid";
const LINKS: &str = "SELECT m.name AS \"table\", k.\"table\" AS target, k.\"from\" AS \"column\"
    FROM sqlite_master m, pragma_foreign_key_list(m.name) k WHERE m.type = 'table' ORDER BY 1, 2, 3";

/// `store/schema.rs` is written from the migrations; `UPDATE=1` writes it again.
#[test]
fn the_schema_is_what_the_migrations_make() {
    let (columns, links) = databases::sqlite()
        .read(|conn| {
            Ok::<_, StoreError>((sql_query(COLUMNS).load::<Column>(conn)?, sql_query(LINKS).load::<Link>(conn)?))
        })
        .unwrap();
    let mut tables: BTreeMap<&str, Vec<&Column>> = BTreeMap::new();
    for column in &columns {
        tables.entry(&column.table).or_default().push(column);
    }
    let mut text = String::from(
        "//! Written from the migrations by the test `schema`; `UPDATE=1 cargo test schema` writes it again.\n",
    );
    for (table, columns) in &tables {
        let mut keys: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
        keys.sort_by_key(|column| column.key);
        let keys: Vec<_> = keys.iter().map(|column| column.name.as_str()).collect();
        write!(text, "\ndiesel::table! {{\n    {table} ({}) {{\n", keys.join(", ")).unwrap();
        for column in columns {
            writeln!(text, "        {} -> {},", column.name, diesel_type(column)).unwrap();
        }
        text.push_str("    }\n}\n");
    }
    text.push('\n');
    for (i, link) in links.iter().enumerate() {
        let twice = |(j, other): (usize, &Link)| i != j && other.table == link.table && other.target == link.target;
        if link.table != link.target && !links.iter().enumerate().any(twice) {
            writeln!(text, "diesel::joinable!({} -> {} ({}));", link.table, link.target, link.column).unwrap();
        }
    }
    support::golden("src/store/schema.rs", &text);
}

fn diesel_type(column: &Column) -> String {
    let kind = match column.kind.as_str() {
        "TEXT" => "Text",
        "INTEGER" => "Integer",
        "BIGINT" => "BigInt",
        "BOOLEAN" => "Bool",
        "DATE" => "Date",
        "TIMESTAMP" => "Timestamp",
        other => panic!("{}.{} is {other}, which is not the same on both databases", column.table, column.name),
    };
    if column.required == 0 && column.key == 0 { format!("Nullable<{kind}>") } else { kind.to_owned() }
}

#[derive(QueryableByName)]
struct BuildOption {
    #[diesel(sql_type = sql_types::Text)]
    compile_options: String,
}

/// Otherwise each statement with a value on an indexed column is compiled again each time it runs (`.cargo/config.toml`).
#[test]
fn the_embedded_database_keeps_a_statement_it_has_compiled() {
    let read = |conn: &mut Conn| Ok::<_, StoreError>(sql_query("PRAGMA compile_options").load::<BuildOption>(conn)?);
    let options: Vec<_> = databases::sqlite().read(read).unwrap().into_iter().map(|o| o.compile_options).collect();
    assert!(options.iter().any(|option| option == "ENABLE_QPSG"), "{options:?}");
    assert!(!options.iter().any(|option| option == "ENABLE_STAT4"), "{options:?}");
}

fn read_counter(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(settings::all(conn)?.get("counter").map_or(0, |text| text.parse().unwrap()))
}

#[test]
fn rivals_that_read_then_write_lose_nothing() {
    for db in databases::each_database() {
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        db.write(|tx| {
                            let seen = read_counter(tx.conn())?;
                            settings::set(tx, "counter", &(seen + 1).to_string())
                        })
                        .unwrap();
                    }
                });
            }
        });
        assert_eq!(db.read(read_counter).unwrap(), 160);
    }
}

/// The settings whose name begins so.
fn named(db: &Db, begin: &str) -> Vec<String> {
    db.read(settings::all).unwrap().into_keys().filter(|name| name.starts_with(begin)).collect()
}

#[test]
fn a_refused_work_leaves_its_neighbours_in_the_shared_commit() {
    for db in databases::each_database() {
        thread::scope(|scope| {
            for worker in 0..24 {
                let db = &db;
                scope.spawn(move || {
                    let result = db.write(|tx| {
                        settings::set(tx, &format!("worker {worker}"), "here")?;
                        if worker % 3 == 0 { Err(StoreError::NotFound) } else { Ok(()) }
                    });
                    assert_eq!(result.is_err(), worker % 3 == 0);
                });
            }
        });
        assert_eq!(named(&db, "worker ").len(), 16);
    }
}

/// A save of its own would write a page of its own to the journal of the file, and wait for the disk.
#[test]
fn sixty_four_people_who_save_at_once_share_their_commits() {
    let db = databases::sqlite();
    db.write(|tx| settings::set(tx, "first", "here")).unwrap();
    let journal = format!("{}-wal", db.url().strip_prefix("sqlite:").unwrap());
    let size = || fs::metadata(&journal).unwrap().len();
    let (before, is_held) = (size(), AtomicBool::new(false));
    thread::scope(|scope| {
        let (db, is_held) = (&db, &is_held);
        scope.spawn(move || {
            db.write(|tx| {
                is_held.store(true, Ordering::SeqCst);
                thread::sleep(Duration::from_millis(500));
                settings::set(tx, "slow", "here")
            })
            .unwrap();
        });
        while !is_held.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        for person in 0..64 {
            scope.spawn(move || db.write(|tx| settings::set(tx, &format!("person {person}"), "saved")).unwrap());
        }
    });
    assert_eq!((named(&db, "person ").len(), named(&db, "slow").len()), (64, 1));
    assert!(size() - before < 32 * 4096, "{} bytes for 65 saves", size() - before);
}

#[test]
fn a_panic_inside_a_work_leaves_the_writer_usable() {
    let db = databases::sqlite();
    let panicked = thread::scope(|scope| {
        scope
            .spawn(|| {
                db.write(|tx| -> Result<(), StoreError> {
                    settings::set(tx, "half", "written")?;
                    panic!("on purpose");
                })
            })
            .join()
    });
    assert!(panicked.is_err());
    db.write(|tx| settings::set(tx, "whole", "written")).unwrap();
    assert_eq!((named(&db, "half"), named(&db, "whole")), (vec![], vec!["whole".to_owned()]));
}

#[test]
fn the_database_refuses_a_move_that_no_table_contains() {
    for db in databases::each_database() {
        let refused = |sql: &str| {
            let result = db.write(|tx| tx.conn().batch_execute(sql).map_err(StoreError::from));
            matches!(result, Err(StoreError::Database(_)))
        };
        let accepted = |sql: &str| db.write(|tx| tx.conn().batch_execute(sql).map_err(StoreError::from)).unwrap();
        accepted(
            "INSERT INTO people VALUES ('p', 'a@b.fr', 'Awa', NULL, NULL, 'awa', 'awa', '2027-01-01 00:00:00', NULL);
             INSERT INTO organisations (id, name, legal_form, street, postcode, city, department, country_code,
               representative_name, representative_title, sort_key, search_key, created_at, updated_at)
               VALUES ('o', 'A', 'association', '', '', '', '59', 'FR', '', '', '', '', '2027-01-01 00:00:00', '2027-01-01 00:00:00')",
        );
        let account = |state: &str| {
            format!(
                "INSERT INTO bank_accounts (id, organisation_id, holder, iban, bank_name, entered_by, state, version, state_at, created_at)
                 VALUES ('b', 'o', 'A', 'FR', '', 'p', '{state}', 0, '2027-01-01 00:00:00', '2027-01-01 00:00:00')"
            )
        };
        assert!(refused(&account("verified")), "no account is born verified");
        accepted(&account("unverified"));
        accepted("UPDATE bank_accounts SET state = 'closed' WHERE id = 'b'");
        assert!(refused("UPDATE bank_accounts SET state = 'verified' WHERE id = 'b'"), "a closed account stays closed");
    }
}

#[test]
fn the_history_and_the_journal_are_append_only() {
    for db in databases::each_database() {
        let run = |sql: &str| db.write(|tx| tx.conn().batch_execute(sql).map_err(StoreError::from));
        run(
            "INSERT INTO transitions VALUES (1, 'call', 'x', 'call::create', '', 'create', 'draft', NULL, 'system', '',
             '2027-01-01 00:00:00', '', 'h')",
        )
        .unwrap();
        assert!(run("UPDATE transitions SET reason = 'another' WHERE seq = 1").is_err());
        assert!(run("DELETE FROM transitions").is_err());
        let unknown_edge =
            "INSERT INTO transitions VALUES (2, 'call', 'x', 'call:draft:leap', 'draft', 'leap', 'archived',
             NULL, 'system', '', '2027-01-01 00:00:00', 'h', 'i')";
        assert!(run(unknown_edge).is_err());
    }
}

#[test]
fn an_address_that_leads_nowhere_says_why() {
    let error = tisserand::store::Db::open("mysql://x", tisserand::store::Entropy::System).err().unwrap();
    assert!(error.to_string().contains("sqlite: or postgres://"), "{error}");
}

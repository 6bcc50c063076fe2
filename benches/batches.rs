//! What finance does in one go, on a copy of a simulated history: a pay run of many lines, many letters, the tables of a
//! hundred thousand disbursements.

use super::{
    EXPORTS, download,
    rankings::empty,
    row,
    server::{Done, Server, get},
};
use diesel::connection::SimpleConnection;
use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Instant,
};
use tisserand::{
    documents as press,
    domain::{ids::PersonId, letters::Letter, lifecycles::disbursements::DisbursementState, roles::Role, time::Moment},
    store::{
        Db, Entropy, StoreError, disbursements,
        documents::{self, DocumentRow},
        guards, people,
    },
    usecases::{
        Actor,
        payment_runs::{self, Preparation},
        sign_ins,
    },
};

/// Lines of the run.
const LINES: i64 = 1_000;
/// Letters of the batch.
const LETTERS: usize = 1_000;
/// Lines of the table.
const ROWS: i64 = 100_000;

/// Prints what each costs.
pub fn measure(history: &Path, program: &Path, size: u32, now: Moment) -> Done {
    let folder = copied(history)?;
    let db = open(&folder)?;
    let finance = db.read(|conn| people::with_role(conn, Role::Finance))?.first().ok_or("nobody pays")?.id;
    row(size, "pay run, one durable transaction", pay_run(&db, finance, now)?)?;
    row(size, "letters rendered and written on 2 threads", letters(&db, &folder)?)?;
    multiply(&db)?;
    let cookie = format!("sid={}", db.write(|tx| sign_ins::open(tx, finance, "bench", now))?);
    drop(db);
    let server = Server::start(program, &folder, None)?;
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for (name, table, format) in EXPORTS.into_iter().filter(|(_, table, _)| *table == "versements") {
        let path = format!("/finances/exports/fichier?table={table}&format={format}");
        row(size, name, rt.block_on(download(&server, &get(name, cookie.clone(), &path)))?)?;
    }
    Ok(())
}

fn open(folder: &Path) -> Done<Db> {
    Ok(Db::open(&format!("sqlite:{}", folder.join("history.db").display()), Entropy::System)?)
}

/// A copy of the history, with the key of its account numbers, which may be spoilt.
fn copied(history: &Path) -> Done<PathBuf> {
    let folder = empty(&history.join("batches"))?;
    let sql = format!("VACUUM INTO '{}'", folder.join("history.db").display());
    open(history)?.read(|conn| conn.batch_execute(&sql).map_err(StoreError::from))?;
    let (from, to) = (history.join("data"), folder.join("data"));
    fs::create_dir_all(&to)?;
    if from.exists() {
        for file in fs::read_dir(from)? {
            let file = file?;
            if file.file_type()?.is_file() {
                fs::copy(file.path(), to.join(file.file_name()))?;
            }
        }
    }
    Ok(folder)
}

/// Makes payments ready to leave whatever became of them, then prepares a run of them.
fn pay_run(db: &Db, finance: PersonId, now: Moment) -> Done<String> {
    let sql = format!(
        "UPDATE bank_accounts SET state = 'verified', quarantined_until = NULL WHERE state <> 'closed';
         UPDATE disbursements SET state = 'withheld' WHERE state = 'authorised';
         UPDATE disbursements SET state = 'authorised', payment_run_id = NULL, paid_on = NULL WHERE id IN (
           SELECT d.id FROM disbursements d JOIN grants g ON g.id = d.grant_id
           JOIN organisations o ON o.id = g.organisation_id WHERE o.siret IS NOT NULL AND EXISTS (
             SELECT 1 FROM bank_accounts b WHERE b.organisation_id = o.id AND b.state = 'verified')
           ORDER BY d.id LIMIT {LINES});
         UPDATE grants SET state = 'active' WHERE id IN (SELECT grant_id FROM disbursements WHERE state = 'authorised');"
    );
    db.write(|tx| {
        guards::lift(tx.conn())?;
        tx.conn().batch_execute(&sql).map_err(StoreError::from)
    })?;
    let due = (DisbursementState::Authorised, None);
    let due = db.read(|conn| disbursements::in_state(conn, due, None, None, LINES))?;
    let payer = db.read(payment_runs::payers)?.first().ok_or("no account pays")?.id;
    let lines: Vec<_> = due.iter().map(|file| (file.disbursement.id, file.disbursement.version)).collect();
    let wanted = Preparation { lines, payer, execution_on: now.paris_date() };
    let actor = Actor::person(finance, vec![Role::Finance]);
    let begun = Instant::now();
    db.write(|tx| payment_runs::prepare(tx, &actor, &wanted, now).map(drop))?;
    Ok(format!("{} lines in {} ms", due.len(), begun.elapsed().as_millis()))
}

/// Prints letters of every kind that were issued, as the worker does, but for its writing down that they are.
fn letters(db: &Db, folder: &Path) -> Done<String> {
    db.write(|tx| {
        tx.conn().batch_execute("UPDATE documents SET sha256 = NULL, size = NULL").map_err(StoreError::from)
    })?;
    let (mut rows, mut last) = (Vec::new(), None);
    while rows.len() < LETTERS {
        let page = db.read(|conn| documents::unrendered(conn, last, 64))?;
        let Some(end) = page.last() else { break };
        last = Some(end.id);
        rows.extend(page);
    }
    rows.truncate(LETTERS);
    if rows.is_empty() {
        return Err("no letter was issued".into());
    }
    let folder = empty(&folder.join("letters"))?;
    let out = folder.as_path();
    let begun = Instant::now();
    let printed: Vec<Result<(), String>> = thread::scope(|scope| {
        let halves = rows.chunks(rows.len().div_ceil(2));
        let hands: Vec<_> = halves.map(|half| scope.spawn(move || print(half, out))).collect();
        hands.into_iter().map(|hand| hand.join().unwrap_or_else(|_| Err("a press broke".into()))).collect()
    });
    printed.into_iter().collect::<Result<(), String>>()?;
    Ok(format!("{} letters in {} ms", rows.len(), begun.elapsed().as_millis()))
}

fn print(rows: &[DocumentRow], out: &Path) -> Result<(), String> {
    for row in rows {
        let letter: Letter = serde_json::from_str(&row.facts).map_err(|error| error.to_string())?;
        let bytes = press::render(&letter).map_err(|error| error.to_string())?;
        fs::write(out.join(row.id.to_string()), bytes).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Copies disbursements, with what funders give of them, until there are a hundred thousand.
fn multiply(db: &Db) -> Done {
    let id = "substr(d.id, 1, 23) || printf('-%012x', n.i * 10000000 + d.rowid)";
    let sql = format!(
        "CREATE TEMP TABLE n (i INTEGER);
         WITH RECURSIVE m (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM m WHERE i < 200) INSERT INTO n SELECT i FROM m;
         CREATE TEMP TABLE d AS SELECT rowid AS rowid_, * FROM disbursements;
         INSERT INTO disbursements (id, grant_id, call_id, number, kind, amount_cents, due_on, conditions, authorised_by,
           authorised_on, bank_account_id, payment_run_id, end_to_end_id, paid_on, reason, state, version, state_at, created_at)
         SELECT {id}, grant_id, call_id, number + 1000 * n.i, kind, amount_cents, due_on, conditions, authorised_by,
           authorised_on, bank_account_id, payment_run_id, end_to_end_id || '-' || n.i, paid_on, reason, state, version,
           state_at, created_at
         FROM n, d LIMIT {ROWS} - (SELECT COUNT(*) FROM d);
         INSERT INTO disbursement_splits (disbursement_id, funding_source_id, amount_cents)
         SELECT c.id, s.funding_source_id, s.amount_cents FROM disbursement_splits s JOIN d ON d.id = s.disbursement_id, n
         JOIN disbursements c ON c.id = {id};"
    )
    .replace("d.rowid", "d.rowid_");
    db.write(|tx| tx.conn().batch_execute(&sql).map_err(StoreError::from))?;
    db.migrate()?;
    Ok(db.refresh_statistics()?)
}

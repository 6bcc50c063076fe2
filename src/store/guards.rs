//! Guards that only the database can hold, laid as triggers after migrating: states move along `lifecycle_edges`, the
//! history and the journal are append-only, the totals of the disbursements and the days of the accounts are those of their
//! rows. Their syntax is each database's own, so they are not migrations.

use super::{Conn, StoreError, states};
use crate::domain::lifecycle::Machine;
use diesel::connection::SimpleConnection;

/// Tables whose rows are appended and never changed.
const APPEND_ONLY: &[&str] = &[
    "transitions",
    "transfers",
    "payment_files",
    "iban_readings",
    "public_accountants",
    "statement_imports",
    "statement_lines",
    "statement_effects",
    "filings",
    "complement_items",
    "exchanges",
    "passes",
    "session_votes",
    "session_minutes",
    "minutes_signatures",
    "paper_signatures",
    "interest_declarations",
    "interests",
    "conflict_answers",
    "letter_edits",
    "judgements",
    "cost_marks",
    "keepings",
    "grid_recounts",
    "grid_recount_lines",
    "earmark_overrides",
    "amendment_overrides",
    "integrity_runs",
    "integrity_findings",
    "history_heads",
    "accounting_exports",
    "accounting_entries",
];

/// Those of them that hold what applications said, and the application of a row: its rows go once the application is noted
/// as erased.
const ERASABLE: &[(&str, &str)] = &[
    ("filings", "OLD.application_id"),
    ("exchanges", "OLD.application_id"),
    (
        "paper_signatures",
        "(SELECT g.application_id FROM signing_papers s JOIN grants g ON g.id = s.grant_id
          WHERE s.document_id = OLD.document_id)",
    ),
    ("complement_items", "(SELECT r.application_id FROM complement_requests r WHERE r.id = OLD.request_id)"),
];

/// Those that say something of an organisation, and the organisation of a row: its rows go once that one is noted as erased.
const LEAVING: &[(&str, &str)] = &[
    ("conflict_answers", "OLD.organisation_id"),
    ("public_accountants", "(SELECT b.organisation_id FROM bank_accounts b WHERE b.id = OLD.bank_account_id)"),
    ("letter_edits", "(SELECT a.organisation_id FROM applications a WHERE a.id = OLD.application_id)"),
];

/// Whether a row of this table may not go, as SQL; for most tables, never.
fn may_not_go(table: &str) -> Option<String> {
    if let Some((_, organisation)) = LEAVING.iter().find(|(leaving, _)| *leaving == table) {
        return Some(format!(
            "NOT EXISTS (SELECT 1 FROM organisation_erasures e WHERE e.organisation_id = {organisation}
             AND e.erased_at IS NOT NULL)"
        ));
    }
    let (_, application) = ERASABLE.iter().find(|(erasable, _)| *erasable == table)?;
    Some(format!(
        "NOT EXISTS (SELECT 1 FROM erasures e WHERE e.application_id = {application} AND e.erased_at IS NOT NULL)"
    ))
}

/// Which rows of a table the guard on changes holds, where it is not every one: a bank file or a filing written before its
/// numbers were kept apart has them taken out, once.
fn may_still_change(table: &str) -> &'static str {
    if matches!(table, "payment_files" | "filings") { "WHEN (OLD.kept_sha256 <> '') " } else { "" }
}

/// Lays the guards, replacing older ones.
pub fn lay(conn: &mut Conn) -> Result<(), StoreError> {
    let is_sqlite = conn.is_sqlite();
    if !is_sqlite {
        conn.batch_execute(POSTGRES_FUNCTIONS)?;
    }
    for machine in Machine::ALL {
        let table = states::table(*machine);
        conn.batch_execute(&if is_sqlite { sqlite_moves(*machine, table) } else { postgres_moves(*machine, table) })?;
    }
    for table in APPEND_ONLY {
        conn.batch_execute(&if is_sqlite { sqlite_append_only(table) } else { postgres_append_only(table) })?;
    }
    conn.batch_execute(&if is_sqlite { sqlite_totals() } else { POSTGRES_TOTALS.to_owned() })?;
    conn.batch_execute(if is_sqlite { SQLITE_DAYS } else { POSTGRES_DAYS })?;
    Ok(())
}

/// Takes the guards away, before the tables go.
pub fn lift(conn: &mut Conn) -> Result<(), StoreError> {
    let is_sqlite = conn.is_sqlite();
    let drop = |name: String, table: &str| match is_sqlite {
        true => format!("DROP TRIGGER IF EXISTS {name};"),
        false => format!("DROP TRIGGER IF EXISTS {name} ON {table};"),
    };
    for machine in Machine::ALL {
        let table = states::table(*machine);
        for name in ["moves", "is_born"] {
            conn.batch_execute(&drop(format!("{table}_{name}"), table))?;
        }
    }
    for table in APPEND_ONLY {
        for name in ["keeps", "stays"] {
            conn.batch_execute(&drop(format!("{table}_{name}"), table))?;
        }
    }
    for name in ["disbursements_are_added", "disbursements_are_moved", "disbursements_are_removed"] {
        conn.batch_execute(&drop(name.to_owned(), "disbursements"))?;
    }
    conn.batch_execute(&drop("transfers_are_summed".to_owned(), "transfers"))?;
    if !is_sqlite {
        for (table, _) in ERASABLE.iter().chain(LEAVING) {
            conn.batch_execute(&format!("DROP FUNCTION IF EXISTS guard_{table}();"))?;
        }
        conn.batch_execute(
            "DROP FUNCTION IF EXISTS guard_move(); DROP FUNCTION IF EXISTS guard_append_only();
             DROP FUNCTION IF EXISTS total_disbursements(); DROP FUNCTION IF EXISTS sum_transfers();",
        )?;
    }
    Ok(())
}

fn sqlite_moves(machine: Machine, table: &str) -> String {
    format!(
        "DROP TRIGGER IF EXISTS {table}_moves;
         CREATE TRIGGER {table}_moves BEFORE UPDATE OF state ON {table} WHEN NEW.state IS NOT OLD.state BEGIN
           SELECT RAISE(ABORT, 'no such move in lifecycle_edges') WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges
             WHERE machine = '{machine}' AND from_state = OLD.state AND to_state = NEW.state);
         END;
         DROP TRIGGER IF EXISTS {table}_is_born;
         CREATE TRIGGER {table}_is_born BEFORE INSERT ON {table} BEGIN
           SELECT RAISE(ABORT, 'no such birth in lifecycle_edges') WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges
             WHERE machine = '{machine}' AND from_state = '' AND to_state = NEW.state);
         END;"
    )
}

fn sqlite_append_only(table: &str) -> String {
    let when = may_not_go(table).map(|condition| format!("WHEN {condition} ")).unwrap_or_default();
    let unless = may_still_change(table);
    format!(
        "DROP TRIGGER IF EXISTS {table}_keeps;
         CREATE TRIGGER {table}_keeps BEFORE DELETE ON {table} {when}BEGIN SELECT RAISE(ABORT, 'append-only'); END;
         DROP TRIGGER IF EXISTS {table}_stays;
         CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} {unless}BEGIN SELECT RAISE(ABORT, 'append-only'); END;"
    )
}

fn sqlite_totals() -> String {
    const LESS: &str = "UPDATE disbursement_totals
        SET disbursements = disbursements - 1, amount_cents = amount_cents - OLD.amount_cents
        WHERE call_id = OLD.call_id AND state = OLD.state;";
    const MORE: &str = "INSERT INTO disbursement_totals (call_id, state, disbursements, amount_cents)
        VALUES (NEW.call_id, NEW.state, 1, NEW.amount_cents)
        ON CONFLICT (call_id, state) DO UPDATE SET disbursements = disbursement_totals.disbursements + 1,
            amount_cents = disbursement_totals.amount_cents + excluded.amount_cents;";
    format!(
        "DROP TRIGGER IF EXISTS disbursements_are_added;
         CREATE TRIGGER disbursements_are_added AFTER INSERT ON disbursements BEGIN {MORE} END;
         DROP TRIGGER IF EXISTS disbursements_are_moved;
         CREATE TRIGGER disbursements_are_moved AFTER UPDATE OF state, amount_cents, call_id ON disbursements
           BEGIN {LESS} {MORE} END;
         DROP TRIGGER IF EXISTS disbursements_are_removed;
         CREATE TRIGGER disbursements_are_removed AFTER DELETE ON disbursements BEGIN {LESS} END;"
    )
}

const POSTGRES_TOTALS: &str = "
CREATE OR REPLACE FUNCTION total_disbursements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE disbursement_totals
      SET disbursements = disbursements - 1, amount_cents = amount_cents - OLD.amount_cents
      WHERE call_id = OLD.call_id AND state = OLD.state;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO disbursement_totals (call_id, state, disbursements, amount_cents)
      VALUES (NEW.call_id, NEW.state, 1, NEW.amount_cents)
      ON CONFLICT (call_id, state) DO UPDATE SET disbursements = disbursement_totals.disbursements + 1,
        amount_cents = disbursement_totals.amount_cents + excluded.amount_cents;
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER disbursements_are_added AFTER INSERT ON disbursements FOR EACH ROW
  EXECUTE FUNCTION total_disbursements();
CREATE OR REPLACE TRIGGER disbursements_are_moved AFTER UPDATE OF state, amount_cents, call_id ON disbursements
  FOR EACH ROW EXECUTE FUNCTION total_disbursements();
CREATE OR REPLACE TRIGGER disbursements_are_removed AFTER DELETE ON disbursements FOR EACH ROW
  EXECUTE FUNCTION total_disbursements();";

const SQLITE_DAYS: &str = "
DROP TRIGGER IF EXISTS transfers_are_summed;
CREATE TRIGGER transfers_are_summed AFTER INSERT ON transfers BEGIN
  INSERT INTO account_days (account_id, day, into_cents, out_cents)
    VALUES (NEW.to_account, SUBSTR(NEW.at, 1, 10), NEW.amount_cents, 0)
    ON CONFLICT (account_id, day) DO UPDATE SET into_cents = account_days.into_cents + excluded.into_cents;
  INSERT INTO account_days (account_id, day, into_cents, out_cents)
    VALUES (NEW.from_account, SUBSTR(NEW.at, 1, 10), 0, NEW.amount_cents)
    ON CONFLICT (account_id, day) DO UPDATE SET out_cents = account_days.out_cents + excluded.out_cents;
END;";

const POSTGRES_DAYS: &str = "
CREATE OR REPLACE FUNCTION sum_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO account_days (account_id, day, into_cents, out_cents)
    VALUES (NEW.to_account, TO_CHAR(NEW.at, 'YYYY-MM-DD'), NEW.amount_cents, 0)
    ON CONFLICT (account_id, day) DO UPDATE SET into_cents = account_days.into_cents + excluded.into_cents;
  INSERT INTO account_days (account_id, day, into_cents, out_cents)
    VALUES (NEW.from_account, TO_CHAR(NEW.at, 'YYYY-MM-DD'), 0, NEW.amount_cents)
    ON CONFLICT (account_id, day) DO UPDATE SET out_cents = account_days.out_cents + excluded.out_cents;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER transfers_are_summed AFTER INSERT ON transfers FOR EACH ROW EXECUTE FUNCTION sum_transfers();";

const POSTGRES_FUNCTIONS: &str = "
CREATE OR REPLACE FUNCTION guard_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE left_state TEXT := '';
BEGIN
  IF TG_OP = 'UPDATE' THEN left_state := OLD.state; END IF;
  IF NOT EXISTS (SELECT 1 FROM lifecycle_edges
      WHERE machine = TG_ARGV[0] AND from_state = left_state AND to_state = NEW.state) THEN
    RAISE EXCEPTION 'no such move in lifecycle_edges';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION guard_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only'; END $$;";

fn postgres_moves(machine: Machine, table: &str) -> String {
    format!(
        "CREATE OR REPLACE TRIGGER {table}_moves BEFORE UPDATE OF state ON {table} FOR EACH ROW
           WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION guard_move('{machine}');
         CREATE OR REPLACE TRIGGER {table}_is_born BEFORE INSERT ON {table} FOR EACH ROW
           EXECUTE FUNCTION guard_move('{machine}');"
    )
}

fn postgres_append_only(table: &str) -> String {
    // A condition that looks into other tables is for a function: a trigger itself takes none.
    let (function, guard) = match may_not_go(table) {
        None => (String::new(), "guard_append_only".to_owned()),
        Some(condition) => (
            format!(
                "CREATE OR REPLACE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN
                   IF {condition} THEN RAISE EXCEPTION 'append-only'; END IF;
                   RETURN OLD;
                 END $$;"
            ),
            format!("guard_{table}"),
        ),
    };
    let unless = may_still_change(table);
    format!(
        "{function}
         CREATE OR REPLACE TRIGGER {table}_keeps BEFORE DELETE ON {table} FOR EACH ROW
           EXECUTE FUNCTION {guard}();
         CREATE OR REPLACE TRIGGER {table}_stays BEFORE UPDATE ON {table} FOR EACH ROW
           {unless}EXECUTE FUNCTION guard_append_only();"
    )
}

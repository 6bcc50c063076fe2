//! Guards that only the database can hold, laid as triggers after migrating: states move along `lifecycle_edges`, the
//! history and the journal are append-only. Their syntax is each database's own, so they are not migrations.

use super::{Conn, StoreError, states};
use crate::domain::lifecycle::Machine;
use diesel::connection::SimpleConnection;

/// Tables whose rows are appended and never changed.
const APPEND_ONLY: &[&str] = &["transitions", "transfers", "payment_files"];

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
    if !is_sqlite {
        conn.batch_execute("DROP FUNCTION IF EXISTS guard_move(); DROP FUNCTION IF EXISTS guard_append_only();")?;
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
    format!(
        "DROP TRIGGER IF EXISTS {table}_keeps;
         CREATE TRIGGER {table}_keeps BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END;
         DROP TRIGGER IF EXISTS {table}_stays;
         CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END;"
    )
}

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
    format!(
        "CREATE OR REPLACE TRIGGER {table}_keeps BEFORE DELETE ON {table} FOR EACH ROW
           EXECUTE FUNCTION guard_append_only();
         CREATE OR REPLACE TRIGGER {table}_stays BEFORE UPDATE ON {table} FOR EACH ROW
           EXECUTE FUNCTION guard_append_only();"
    )
}

//! Which line of a bank statement brought which instalment of a funder, and the instalments a statement is read against.
//! A row goes when somebody says that the instalment has not come after all.

use super::{
    Conn, StoreError, Tx,
    funding_dues::InstalmentRow,
    schema::{funders, funding_sources, instalment_lines, source_instalments, statement_lines},
};
use crate::domain::{
    ids::{InstalmentId, PersonId, StatementImportId, StatementLineId},
    money::Euros,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{
    dsl::{exists, not},
    prelude::*,
};

/// An instalment that came by a line.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = instalment_lines)]
pub struct InstalmentLineRow {
    pub line_id: StatementLineId,
    pub instalment_id: InstalmentId,
    pub done_by: PersonId,
    pub done_at: Moment,
}

/// An instalment with the reference of its agreement, the name of its funder and its code.
pub type NamedInstalment = (InstalmentRow, String, String, String);

/// Records that a line brought an instalment.
pub fn insert(tx: &mut Tx, row: &InstalmentLineRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(instalment_lines::table).values(row).execute(conn))?;
    Ok(())
}

/// Takes away by which line an instalment came, if by any.
pub fn forget(tx: &mut Tx, id: InstalmentId) -> Result<(), StoreError> {
    let row = instalment_lines::table.filter(instalment_lines::instalment_id.eq(id));
    on!(tx.conn(), |conn| diesel::delete(row).execute(conn))?;
    Ok(())
}

/// What the lines of these imports brought.
pub fn of_imports(conn: &mut Conn, imports: &[StatementImportId]) -> Result<Vec<InstalmentLineRow>, StoreError> {
    let rows = instalment_lines::table.inner_join(statement_lines::table);
    let rows = rows.filter(statement_lines::import_id.eq_any(imports)).order(instalment_lines::line_id);
    Ok(on!(conn, |conn| rows.select(InstalmentLineRow::as_select()).load(conn))?)
}

/// The lines of these imports that brought an instalment.
pub fn confirmed(
    conn: &mut Conn,
    imports: &[StatementImportId],
) -> Result<Vec<(StatementImportId, StatementLineId)>, StoreError> {
    let rows = instalment_lines::table.inner_join(statement_lines::table);
    let rows = rows.filter(statement_lines::import_id.eq_any(imports));
    Ok(on!(conn, |conn| rows.select((statement_lines::import_id, instalment_lines::line_id)).load(conn))?)
}

/// The imports whose lines brought these instalments.
pub fn imports(conn: &mut Conn, ids: &[InstalmentId]) -> Result<Vec<(InstalmentId, StatementImportId)>, StoreError> {
    let rows = instalment_lines::table.inner_join(statement_lines::table);
    let rows = rows.filter(instalment_lines::instalment_id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select((instalment_lines::instalment_id, statement_lines::import_id)).load(conn))?)
}

/// Day and amount of what came between these days by no line: somebody noted it by hand.
pub fn by_hand(conn: &mut Conn, from: NaiveDate, until: NaiveDate) -> Result<Vec<(NaiveDate, Euros)>, StoreError> {
    let brought = instalment_lines::table.filter(instalment_lines::instalment_id.eq(source_instalments::id));
    let rows = source_instalments::table.filter(not(exists(brought)));
    let rows = rows.filter(source_instalments::received_on.ge(from)).filter(source_instalments::received_on.le(until));
    let rows = rows.filter(source_instalments::received_cents.is_not_null());
    let columns =
        (source_instalments::received_on.assume_not_null(), source_instalments::received_cents.assume_not_null());
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// What funders have still to pay, the first expected first.
pub fn awaited(conn: &mut Conn, limit: i64) -> Result<Vec<NamedInstalment>, StoreError> {
    let rows = source_instalments::table.inner_join(funding_sources::table.inner_join(funders::table));
    let rows = rows.filter(source_instalments::received_on.is_null());
    let rows = rows.order((source_instalments::expected_on, source_instalments::id)).limit(limit);
    let names = (funding_sources::reference, funders::name, funders::code);
    Ok(on!(conn, |conn| rows.select((InstalmentRow::as_select(), names.0, names.1, names.2)).load(conn))?)
}

/// These instalments.
pub fn of_ids(conn: &mut Conn, ids: &[InstalmentId]) -> Result<Vec<NamedInstalment>, StoreError> {
    let rows = source_instalments::table.inner_join(funding_sources::table.inner_join(funders::table));
    let rows = rows.filter(source_instalments::id.eq_any(ids));
    let names = (funding_sources::reference, funders::name, funders::code);
    Ok(on!(conn, |conn| rows.select((InstalmentRow::as_select(), names.0, names.1, names.2)).load(conn))?)
}

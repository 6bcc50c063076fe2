//! The ties that applicants declare between their organisations and the bodies of the network.

use super::{
    Conn, StoreError, Tx, one,
    schema::{declared_ties, tie_declarations},
};
use crate::domain::{
    ids::{ApplicationId, PersonId},
    ties::Tie,
    time::Moment,
};
use diesel::prelude::*;

/// That somebody answered, and what.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tie_declarations)]
pub struct DeclarationRow {
    pub application_id: ApplicationId,
    pub has_ties: bool,
    pub declared_by: PersonId,
    pub declared_at: Moment,
}

/// One declared tie.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = declared_ties)]
pub struct TieRow {
    pub application_id: ApplicationId,
    pub position: i32,
    pub name: String,
    pub nature: String,
}

/// What an application declares, if anything.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Option<DeclarationRow>, StoreError> {
    let row = tie_declarations::table.find(id);
    Ok(on!(conn, |conn| row.select(DeclarationRow::as_select()).first(conn)).optional()?)
}

/// The ties of an application in their order.
pub fn list(conn: &mut Conn, id: ApplicationId) -> Result<Vec<Tie>, StoreError> {
    let rows = declared_ties::table.filter(declared_ties::application_id.eq(id)).order(declared_ties::position);
    let rows = rows.select((declared_ties::name, declared_ties::nature));
    let pairs: Vec<(String, String)> = on!(conn, |conn| rows.load(conn))?;
    Ok(pairs.into_iter().map(|(name, nature)| Tie { name, nature }).collect())
}

/// Every tie that these applications declare.
pub fn of_applications(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<(ApplicationId, Tie)>, StoreError> {
    let rows = declared_ties::table.filter(declared_ties::application_id.eq_any(ids));
    let rows = rows.order((declared_ties::application_id, declared_ties::position));
    let rows: Vec<TieRow> = on!(conn, |conn| rows.select(TieRow::as_select()).load(conn))?;
    Ok(rows.into_iter().map(|row| (row.application_id, Tie { name: row.name, nature: row.nature })).collect())
}

/// Writes what an application declares, in place of what it declared.
pub fn set(tx: &mut Tx, row: &DeclarationRow, ties: &[Tie]) -> Result<(), StoreError> {
    let id = row.application_id;
    let known = of_application(tx.conn(), id)?;
    match known {
        Some(_) => {
            let place = tie_declarations::table.find(id);
            one(on!(tx.conn(), |conn| diesel::update(place).set(row).execute(conn))?)?;
        }
        None => {
            on!(tx.conn(), |conn| fixed!(diesel::insert_into(tie_declarations::table).values(row)).execute(conn))?;
        }
    }
    set_list(tx, id, ties)
}

/// Writes ties that nobody has declared for an application: whether there are any is asked, and shows them.
pub fn propose(tx: &mut Tx, id: ApplicationId, ties: &[Tie]) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(tie_declarations::table.find(id)).execute(conn))?;
    set_list(tx, id, ties)
}

fn set_list(tx: &mut Tx, id: ApplicationId, ties: &[Tie]) -> Result<(), StoreError> {
    let former = declared_ties::table.filter(declared_ties::application_id.eq(id));
    on!(tx.conn(), |conn| diesel::delete(former).execute(conn))?;
    for (position, tie) in (0..).zip(ties) {
        let row = TieRow { application_id: id, position, name: tie.name.clone(), nature: tie.nature.clone() };
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(declared_ties::table).values(&row)).execute(conn))?;
    }
    Ok(())
}

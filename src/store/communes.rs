//! Places: the communes of the region and the countries of the world.

use super::{
    Conn, StoreError, Tx, kept_if_few,
    schema::{communes, countries},
};
use diesel::prelude::*;

/// A commune by its INSEE code. `search_key` is its folded name.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = communes, treat_none_as_default_value = false)]
pub struct CommuneRow {
    pub code: String,
    pub name: String,
    pub department: String,
    pub intercommunality: Option<String>,
    pub search_key: String,
}

/// A country by its ISO 3166 code. `is_dac`: it may receive development aid (list of the OECD's DAC).
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = countries)]
pub struct CountryRow {
    pub code: String,
    pub name: String,
    pub is_dac: bool,
    pub sort_key: String,
}

/// How many communes and how many countries there are.
pub fn count(conn: &mut Conn) -> Result<(i64, i64), StoreError> {
    Ok((
        on!(conn, |conn| communes::table.count().get_result(conn))?,
        on!(conn, |conn| countries::table.count().get_result(conn))?,
    ))
}

/// The commune with this code.
pub fn find(conn: &mut Conn, code: &str) -> Result<CommuneRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(communes::table.find(code).select(CommuneRow::as_select())).get_result(conn))?)
}

/// The communes with these codes.
pub fn of_codes(conn: &mut Conn, codes: &[String]) -> Result<Vec<CommuneRow>, StoreError> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let rows = communes::table.filter(communes::code.eq_any(codes));
    Ok(on!(conn, |conn| kept_if_few(codes.len(), rows.select(CommuneRow::as_select())).load(conn))?)
}

/// The commune of this folded name in this department.
pub fn by_name(conn: &mut Conn, search_key: &str, department: &str) -> Result<Option<CommuneRow>, StoreError> {
    let row = communes::table.filter(communes::search_key.eq(search_key));
    let row = row.filter(communes::department.eq(department)).order(communes::code);
    Ok(on!(conn, |conn| row.select(CommuneRow::as_select()).first(conn)).optional()?)
}

/// Communes whose folded name begins so, by name.
pub fn beginning(conn: &mut Conn, search_key: &str, limit: i64) -> Result<Vec<CommuneRow>, StoreError> {
    let end = format!("{search_key}\u{7f}");
    let rows = communes::table.filter(communes::search_key.ge(search_key).and(communes::search_key.lt(end)));
    Ok(on!(conn, |conn| rows
        .order((communes::search_key, communes::code))
        .limit(limit)
        .select(CommuneRow::as_select())
        .load(conn))?)
}

/// Every country, by French name.
pub fn countries(conn: &mut Conn) -> Result<Vec<CountryRow>, StoreError> {
    let rows = countries::table.order((countries::sort_key, countries::code));
    Ok(on!(conn, |conn| rows.select(CountryRow::as_select()).load(conn))?)
}

/// The country with this code.
pub fn country(conn: &mut Conn, code: &str) -> Result<CountryRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(countries::table.find(code).select(CountryRow::as_select())).get_result(conn))?)
}

/// Adds a commune.
pub fn insert(tx: &mut Tx, row: &CommuneRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(communes::table).values(row)).execute(conn))?;
    Ok(())
}

/// Adds a country.
pub fn insert_country(tx: &mut Tx, row: &CountryRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(countries::table).values(row)).execute(conn))?;
    Ok(())
}

//! A long text that is read far more often than it changes, the definition of a call above all.

use super::Conn;
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, Output, ToSql},
    sql_types::Text,
    sqlite::Sqlite,
};
use std::{
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

/// How many texts are kept: about the calls people work on in one week.
const KEPT: usize = 32;

// The same bytes always give the same text, so nobody can tell that it is there.
static KNOWN: Mutex<Vec<Arc<str>>> = Mutex::new(Vec::new());

/// A text of which all who read the same bytes share one copy: it is compared with those read last, not copied.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct SharedText(Arc<str>);

impl SharedText {
    /// Whether both are the same copy. Two copies may still say the same.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn read(bytes: &[u8]) -> deserialize::Result<Self> {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = known.iter().position(|text| text.as_bytes() == bytes) {
            known[..=place].rotate_right(1);
            return Ok(SharedText(Arc::clone(&known[0])));
        }
        let text: Arc<str> = std::str::from_utf8(bytes)?.into();
        known.insert(0, Arc::clone(&text));
        known.truncate(KEPT);
        Ok(SharedText(text))
    }
}

impl Deref for SharedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<String> for SharedText {
    fn from(text: String) -> Self {
        SharedText(text.into())
    }
}

impl<DB: Backend> ToSql<Text, DB> for SharedText
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <str as ToSql<Text, DB>>::to_sql(self, out)
    }
}

impl FromSql<Text, Sqlite> for SharedText {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Self::read(value.read_blob())
    }
}

impl FromSql<Text, Pg> for SharedText {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Self::read(value.as_bytes())
    }
}

/// What either database reads through [`Conn`].
type Either = <Conn as diesel::Connection>::Backend;

impl FromSql<Text, Either> for SharedText {
    fn from_sql(value: <Either as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(<String as FromSql<Text, Either>>::from_sql(value)?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_read_into_one_copy() {
        let first = SharedText::read("appel à projets".as_bytes()).unwrap();
        assert!(first.is_copy_of(&SharedText::read("appel à projets".as_bytes()).unwrap()));
        assert_eq!(&*first, "appel à projets");
        assert_eq!(first, SharedText::from("appel à projets".to_owned()));
        assert!(!first.is_copy_of(&SharedText::read(b"autre appel").unwrap()));
        assert!(SharedText::read(&[0xff]).is_err());
    }
}

//! The files made of accounting entries, written again from the entries as they were kept: the same bytes each time.

use super::{CHUNK, READERS, entries};
use crate::{
    domain::{accounting::fec, ids::AccountingExportId},
    store::{
        Conn, StoreError,
        accounting::{self as rows, AccountingExportRow},
        books, digests, people,
    },
    usecases::{Actor, Outcome, UseCaseError, access},
};
use std::collections::BTreeMap;

/// The exports that hold a movement hidden from the reader.
fn hidden_exports(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<AccountingExportId>> {
    let hidden = books::hidden_accounts(conn, actor.person)?;
    if hidden.is_empty() { Ok(Vec::new()) } else { Ok(rows::touching(conn, &hidden)?) }
}

/// The files made, the newest first, each with who made it; nobody when it was made by the command line.
pub fn made(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<(AccountingExportRow, Option<String>)>> {
    access::require(actor, &READERS)?;
    let hidden = hidden_exports(conn, actor)?;
    let mut exports = rows::exports(conn)?;
    exports.retain(|row| !hidden.contains(&row.id));
    let makers: Vec<_> = exports.iter().filter_map(|row| row.made_by).collect();
    let names: BTreeMap<_, _> = people::of_ids(conn, &makers)?.into_iter().map(|row| (row.id, row.name)).collect();
    let with_name = |row: AccountingExportRow| {
        let name = row.made_by.and_then(|id| names.get(&id).cloned());
        (row, name)
    };
    Ok(exports.into_iter().map(with_name).collect())
}

/// A file on its way out.
pub struct AccountingFile {
    pub export: AccountingExportRow,
    after: i64,
    sum: digests::Summing,
    is_begun: bool,
}

/// Opens a file that exists for the reader.
pub fn open(conn: &mut Conn, actor: &Actor, id: AccountingExportId) -> Outcome<AccountingFile> {
    access::require(actor, &READERS)?;
    if hidden_exports(conn, actor)?.contains(&id) {
        return Err(StoreError::NotFound.into());
    }
    Ok(AccountingFile::of(rows::find(conn, id)?))
}

impl AccountingFile {
    fn of(export: AccountingExportRow) -> Self {
        AccountingFile { after: export.first_entry - 1, export, sum: digests::Summing::default(), is_begun: false }
    }

    /// The next bytes; none at the end. Bytes that are not those that left the first time are an error, told at the end.
    pub fn next(&mut self, conn: &mut Conn) -> Outcome<Vec<u8>> {
        let bytes = self.piece(conn)?;
        if bytes.is_empty() && std::mem::take(&mut self.sum).end() != self.export.sha256 {
            return Err(UseCaseError::Unreadable(format!("{} is not what it was", self.export.file_name)));
        }
        Ok(bytes)
    }

    fn piece(&mut self, conn: &mut Conn) -> Outcome<Vec<u8>> {
        let found = rows::entries(conn, self.export.id, self.after, CHUNK)?;
        let mut bytes = if self.is_begun { Vec::new() } else { fec::heading() };
        self.is_begun = true;
        let validated_on = self.export.made_at.paris_date();
        for row in found {
            self.after = row.number;
            bytes.extend(fec::lines(&entries::kept(row), validated_on));
        }
        self.sum.add(&bytes);
        Ok(bytes)
    }
}

/// The digest of a file as it is written now.
pub(in crate::usecases) fn digest(conn: &mut Conn, export: &AccountingExportRow) -> Outcome<String> {
    let mut file = AccountingFile::of(export.clone());
    while !file.piece(conn)?.is_empty() {}
    Ok(file.sum.end())
}

//! Movements of the journal as accounting entries, with what proves them and who is on the other side.

use super::{pieces::Pieces, tellings::Tellings};
use crate::{
    domain::{
        accounting::{Entry, Post, Posting, charts::Chart, counts_on, posting},
        ids::{AccountId, AccountingExportId, FunderId, OrganisationId},
    },
    store::{
        Conn,
        accounting::{self as rows, AccountingEntryRow, OwnerLine},
        exports::{self, OrganisationLine},
        funding_sources::{self, FunderRow},
        journal::TransferRow,
    },
    usecases::Outcome,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What surrounds some movements.
struct Around {
    owners: BTreeMap<AccountId, OwnerLine>,
    funders: BTreeMap<FunderId, FunderRow>,
    organisations: BTreeMap<OrganisationId, OrganisationLine>,
    pieces: Pieces,
}

impl Around {
    fn load(conn: &mut Conn, moved: &[TransferRow]) -> Outcome<Around> {
        let mut ids: Vec<_> = moved.iter().flat_map(|row| [row.from_account, row.to_account]).collect();
        ids.sort_unstable();
        ids.dedup();
        let owners: BTreeMap<_, _> = rows::owners(conn, &ids)?.into_iter().map(|row| (row.account, row)).collect();
        let mut ids: Vec<OrganisationId> = owners.values().filter_map(|owner| owner.organisation).collect();
        ids.sort_unstable();
        ids.dedup();
        let organisations = exports::organisations_of(conn, &ids)?.into_iter().map(|row| (row.id, row)).collect();
        let pieces = Pieces::load(conn, moved)?;
        let funders = funding_sources::funders(conn)?.into_iter().map(|row| (row.id, row)).collect();
        Ok(Around { owners, funders, organisations, pieces })
    }

    /// Whose a movement is: the grant's where it touches one.
    fn owner(&self, row: &TransferRow) -> Option<&OwnerLine> {
        let (to, from) = (self.owners.get(&row.to_account)?, self.owners.get(&row.from_account)?);
        Some(if to.grant.is_none() && from.grant.is_some() { from } else { to })
    }

    /// The number and the name of who is on the other side of this post.
    fn third(&self, post: Post, owner: &OwnerLine) -> (String, String) {
        if post == Post::Receivable {
            let funder = self.funders.get(&owner.funder);
            return funder.map(|row| (row.code.to_uppercase(), row.name.clone())).unwrap_or_default();
        }
        let organisation = owner.organisation.and_then(|id| self.organisations.get(&id));
        let Some(organisation) = organisation else { return (String::new(), String::new()) };
        let number = organisation.siret.as_ref().map(|siret| siret.as_str().to_owned());
        let number = number.or_else(|| organisation.rna.as_ref().map(|rna| rna.as_str().to_owned()));
        (number.or_else(|| owner.grant.clone()).unwrap_or_default(), organisation.name.clone())
    }
}

/// The entries of these movements, each with the number of its movement; not numbered yet. `days` are the first one that is
/// open and those on which decisions are told. Those that only set money aside give
/// none.
pub(super) fn of(
    conn: &mut Conn,
    chart: &Chart,
    days: (Option<NaiveDate>, &Tellings),
    moved: Vec<TransferRow>,
) -> Outcome<Vec<(i64, Entry)>> {
    let around = Around::load(conn, &moved)?;
    let entry = |row: &TransferRow| {
        let (posting, owner) = (posting(row.kind)?, around.owner(row)?);
        Some((row.seq, entered(&around, chart, days, (row, posting, owner))))
    };
    Ok(moved.iter().filter_map(entry).collect())
}

fn entered(
    around: &Around,
    chart: &Chart,
    (begins, tellings): (Option<NaiveDate>, &Tellings),
    (row, posting, owner): (&TransferRow, Posting, &OwnerLine),
) -> Entry {
    let moved_on = row.at.paris_date();
    let pieces = &around.pieces;
    let own = pieces.donation(row).map(str::to_owned).or_else(|| owner.grant.clone());
    let reference = own.unwrap_or_else(|| owner.source.clone());
    let (debit, credit) = (chart.account(posting.debit), chart.account(posting.credit));
    let sides = [(posting.debit, &debit), (posting.credit, &credit)];
    let third = sides.into_iter().find(|(post, _)| post.has_third());
    let (third_number, third_name) = third.map(|(post, _)| around.third(post, owner)).unwrap_or_default();
    let third_account = third.map(|(_, account)| account.code.clone()).unwrap_or_default();
    let book = chart.book(posting.book);
    Entry {
        number: 0,
        journal_code: book.code,
        journal_label: book.label,
        entry_on: counts_on(tellings.counts_on(owner.call, moved_on), begins),
        piece: pieces.run(row).map_or_else(|| reference.clone(), str::to_owned),
        piece_on: pieces.day(row).unwrap_or(moved_on),
        label: format!("{} {reference} ({})", row.kind.label(), owner.source),
        amount: row.amount_cents,
        debit_account: debit.code,
        debit_label: debit.label,
        credit_account: credit.code,
        credit_label: credit.label,
        third_account,
        third_number,
        third_name,
    }
}

/// The row that keeps an entry.
pub(super) fn row(export_id: AccountingExportId, transfer_seq: i64, entry: Entry) -> AccountingEntryRow {
    AccountingEntryRow {
        number: entry.number,
        export_id,
        transfer_seq,
        journal_code: entry.journal_code,
        journal_label: entry.journal_label,
        entry_on: entry.entry_on,
        piece: entry.piece,
        piece_on: entry.piece_on,
        label: entry.label,
        amount_cents: entry.amount,
        debit_account: entry.debit_account,
        debit_label: entry.debit_label,
        credit_account: entry.credit_account,
        credit_label: entry.credit_label,
        third_account: entry.third_account,
        third_number: entry.third_number,
        third_name: entry.third_name,
    }
}

/// The entry that a row keeps.
pub(super) fn kept(row: AccountingEntryRow) -> Entry {
    Entry {
        number: row.number,
        journal_code: row.journal_code,
        journal_label: row.journal_label,
        entry_on: row.entry_on,
        piece: row.piece,
        piece_on: row.piece_on,
        label: row.label,
        amount: row.amount_cents,
        debit_account: row.debit_account,
        debit_label: row.debit_label,
        credit_account: row.credit_account,
        credit_label: row.credit_label,
        third_account: row.third_account,
        third_number: row.third_number,
        third_name: row.third_name,
    }
}

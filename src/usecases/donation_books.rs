//! What donations come to: how donors wanted them used and what became of it, the yearly declaration of receipts, a table.

use super::{
    Actor, Outcome, access,
    donations::{READERS, sources},
    journal,
};
use crate::{
    domain::{
        definitions::fund_mark,
        donations::DonorWish,
        ids::{DonationId, FundId, FundingSourceId, PersonId},
        money::Euros,
        roles::Role,
    },
    store::{
        Conn,
        donations::{self as rows, Asked, DonationRow, YearRow},
        funding_sources, funds,
        journal::{self as ledger, Scope},
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Rows read at a time.
const CHUNK: i64 = 1000;

/// What donors gave for one thing, and what was promised to it since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wished {
    /// In French.
    pub label: String,
    pub given: Euros,
    /// What grants under the axis or of the fund were promised from this source; nothing where it is free.
    pub promised: Option<Euros>,
}

/// A funding source that donations feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fed {
    pub reference: String,
    pub title: String,
    pub received: Euros,
    /// What no call has taken yet.
    pub left: Euros,
    pub wishes: Vec<Wished>,
}

/// What donations were meant for and what became of it, source by source. Files that are hidden from the reader are in no
/// sum.
pub fn uses(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<Fed>> {
    access::require(actor, READERS)?;
    let reader = access::person(actor)?;
    let wishes = rows::wishes(conn)?;
    let mut fed = Vec::new();
    for source in sources(conn)? {
        let mut wished = Vec::new();
        for wish in wishes.iter().filter(|wish| wish.funding_source_id == source.id) {
            let promised = match (wish.axis.as_str(), wish.fund_code.as_str()) {
                ("", "") => None,
                ("", fund) => Some(promised(conn, reader, source.id, &fund_mark(fund))?),
                (axis, _) => Some(promised(conn, reader, source.id, axis)?),
            };
            wished.push(Wished {
                label: label(&wish.axis, &wish.fund),
                given: Euros::from_cents(wish.cents),
                promised,
            });
        }
        fed.push(Fed {
            received: journal::received(conn, source.id)?,
            left: journal::source_left(conn, source.id)?,
            reference: source.reference,
            title: source.title,
            wishes: wished,
        });
    }
    Ok(fed)
}

/// What is promised under the code of an axis or the mark of a fund.
fn promised(conn: &mut Conn, reader: PersonId, source: FundingSourceId, mark: &str) -> Outcome<Euros> {
    let all = ledger::promised_under(conn, mark, Scope::Source(source))?;
    Ok(all - ledger::promised_unseen(conn, reader, Some(mark), Scope::Source(source))?)
}

fn label(code: &str, fund: &str) -> String {
    let wish = match (code, fund) {
        ("", "") => DonorWish::Free,
        ("", fund) => DonorWish::Fund(fund.to_owned()),
        (code, _) => DonorWish::Axis(code.to_owned()),
    };
    wish.label()
}

/// The receipts of every year, the last one first: what the yearly declaration says (CGI, art. 222 bis). It names nobody.
pub fn years(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<YearRow>> {
    access::require(actor, &[Role::Finance, Role::Director, Role::Auditor])?;
    Ok(rows::years(conn)?)
}

/// A donation as it leaves in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DonationLine {
    pub row: DonationRow,
    pub source: String,
    pub wish: String,
    /// The number of the receipt that counts; often empty.
    pub receipt: String,
}

/// Donations as a table under way: a chunk is read when the one before has left.
#[derive(Debug)]
pub struct DonationLines {
    asked: Asked,
    sources: BTreeMap<FundingSourceId, String>,
    funds: BTreeMap<FundId, String>,
    after: Option<(NaiveDate, DonationId)>,
    is_over: bool,
}

/// Begins the table of the donations asked for, the latest gift first.
pub fn begin_lines(conn: &mut Conn, actor: &Actor, asked: Asked) -> Outcome<DonationLines> {
    access::require(actor, READERS)?;
    let sources = funding_sources::all(conn)?.into_iter().map(|row| (row.id, row.reference)).collect();
    let funds = funds::all(conn)?.into_iter().map(|row| (row.id, row.name)).collect();
    Ok(DonationLines { asked, sources, funds, after: None, is_over: false })
}

impl DonationLines {
    /// The next rows; none at the end.
    pub fn next(&mut self, conn: &mut Conn) -> Outcome<Vec<DonationLine>> {
        if self.is_over {
            return Ok(Vec::new());
        }
        let found = rows::page(conn, &self.asked, self.after, CHUNK)?;
        self.is_over = (found.len() as i64) < CHUNK;
        self.after = found.last().map(|row| (row.given_on, row.id));
        let ids: Vec<_> = found.iter().map(|row| row.id).collect();
        let receipts: BTreeMap<DonationId, String> = rows::live_receipts(conn, &ids)?.into_iter().collect();
        let line = |row: DonationRow| DonationLine {
            source: self.sources.get(&row.funding_source_id).cloned().unwrap_or_default(),
            wish: label(&row.axis, row.fund_id.and_then(|id| self.funds.get(&id)).map_or("", String::as_str)),
            receipt: receipts.get(&row.id).cloned().unwrap_or_default(),
            row,
        };
        Ok(found.into_iter().map(line).collect())
    }
}

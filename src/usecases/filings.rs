//! What an application said each time it was filed, kept word for word under its digest.

use super::{Outcome, answers::Content};
use crate::{
    domain::{budgets::Budget, forms::Answers, ids::ApplicationId, time::Moment},
    store::{
        Conn, Tx,
        answers::PartnerRow,
        attachments::AttachmentRow,
        digests::sha256,
        filings::{self as rows, FilingRow},
    },
};

/// Everything that is filed, in the order in which its digest is taken: reference, revision of the form, answers, budget,
/// partners (name, part, country, address), documents (code, digest of the bytes).
type Said = (String, i32, Answers, Budget, Vec<(String, String, String, Option<String>)>, Vec<(String, String)>);

/// What an application said at one filing.
#[derive(Debug, Clone)]
pub struct Filing {
    pub number: i32,
    pub filed_at: Moment,
    pub digest: String,
    said: Said,
}

impl Filing {
    fn of(row: FilingRow) -> Outcome<Self> {
        let said = serde_json::from_str(&row.said)?;
        Ok(Filing { number: row.number, filed_at: row.filed_at, digest: row.digest, said })
    }

    /// Whether a file with these bytes was part of it.
    fn holds(&self, sha256: &str) -> bool {
        self.said.5.iter().any(|(_, held)| held == sha256)
    }

    /// An application as it was then. `files` is everything ever attached to it.
    pub fn content(&self, now: &Content, files: &[AttachmentRow]) -> Content {
        let (_, _, answers, budget, partners, held) = self.said.clone();
        let partner = |(i, (name, part, country_code, email))| PartnerRow {
            application_id: now.row.id,
            position: i32::try_from(i).unwrap_or(i32::MAX),
            name,
            part,
            country_code,
            email,
        };
        let partners: Vec<_> = partners.into_iter().enumerate().map(|(i, said)| partner((i, said))).collect();
        // The same bytes may have been attached again later: the first row that was there then.
        let attached = held.iter().filter_map(|(code, sha256)| {
            files.iter().find(|file| file.document_code == *code && file.sha256 == *sha256).cloned()
        });
        now.saying(answers, budget, partners, attached.collect())
    }
}

/// Keeps what an application says as filed now, unless its last filing said the same; gives the number of the filing.
pub(super) fn keep(tx: &mut Tx, content: &Content, now: Moment) -> Outcome<i32> {
    let (id, said) = (content.row.id, content.said()?);
    let digest = sha256(&said);
    let last = rows::last(tx.conn(), id)?;
    if let Some((number, known)) = &last
        && *known == digest
    {
        return Ok(*number);
    }
    let number = last.map_or(1, |(number, _)| number + 1);
    rows::append(tx, &FilingRow { application_id: id, number, filed_at: now, digest, said })?;
    Ok(number)
}

/// One filing of an application.
pub(super) fn find(conn: &mut Conn, id: ApplicationId, number: i32) -> Outcome<Filing> {
    Filing::of(rows::find(conn, id, number)?)
}

/// Whether a file with these bytes was ever filed with an application.
pub(super) fn ever_held(conn: &mut Conn, id: ApplicationId, sha256: &str) -> Outcome<bool> {
    let filings: Outcome<Vec<_>> = rows::of_application(conn, id)?.into_iter().map(Filing::of).collect();
    Ok(filings?.iter().any(|filing| filing.holds(sha256)))
}

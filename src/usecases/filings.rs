//! What an application said each time it was filed, kept word for word under its digest.

use super::{Outcome, answers::Content, sealed_numbers};
use crate::{
    domain::{
        budgets::Budget, forms::Answers, identity::is_token_right, ids::ApplicationId,
        lifecycles::applications::ApplicationState, profiles::Identity, ties::Declared, time::Moment,
    },
    store::{
        Conn, Tx,
        answers::PartnerRow,
        attachments::AttachmentRow,
        digests::sha256,
        filings::{self as rows, FilingRow},
    },
};
use serde::{Deserialize, Serialize};

/// A partner of the project: name, part, country, address.
type Partner = (String, String, String, Option<String>);

/// What was filed at first, in the order in which its digest was taken: reference, revision of the form, answers, budget,
/// partners, documents (code, digest of the bytes). Kept as it was: its digests stand on receipts.
type FirstSaid = (String, i32, Answers, Budget, Vec<Partner>, Vec<(String, String)>);

/// Everything that is filed, in the order in which its digest is taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Said {
    /// How it is written down; 1 had neither its number nor the organisations.
    format: u8,
    reference: String,
    /// Of the form.
    revision: i32,
    answers: Answers,
    budget: Budget,
    partners: Vec<Partner>,
    /// Code of each document, and the digest of its bytes.
    files: Vec<(String, String)>,
    /// Who files it, the one that applies first: another partner or another identity is another file.
    organisations: Vec<Identity>,
    ties: Declared,
}

/// Filings looked into in one go.
const AT_ONCE: i64 = 200;

/// The format in which filings are kept from now on.
const FORMAT: u8 = 2;

/// A kept filing in either format.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    First(FirstSaid),
    Now(Said),
}

/// Whether what was kept of a filing can still be read.
pub(super) fn is_readable(said: &str) -> bool {
    match serde_json::from_str(said) {
        Ok(Kept::First(_)) => true,
        Ok(Kept::Now(said)) => said.format == FORMAT,
        Err(_) => false,
    }
}

impl Content {
    fn first_said(&self) -> FirstSaid {
        let partner = |p: &PartnerRow| (p.name.clone(), p.part.clone(), p.country_code.clone(), p.email.clone());
        let file = |file: &AttachmentRow| (file.document_code.clone(), file.sha256.clone());
        let partners = self.partners.iter().map(partner).collect();
        let files = self.attachments.iter().map(file).collect();
        (self.row.reference.clone(), self.row.revision, self.answers.clone(), self.budget.clone(), partners, files)
    }

    /// Everything that is filed, as it is kept and proved.
    fn said(&self) -> Outcome<String> {
        let (reference, revision, answers, budget, partners, files) = self.first_said();
        let (organisations, ties) = (self.identities.clone(), self.ties.clone());
        let said = Said { format: FORMAT, reference, revision, answers, budget, partners, files, organisations, ties };
        Ok(serde_json::to_string(&said)?)
    }

    /// The digest of everything that is filed: the same content has the same one.
    pub fn digest(&self) -> Outcome<String> {
        Ok(sha256(self.said()?))
    }
}

/// What an application said at one filing.
#[derive(Debug, Clone)]
pub struct Filing {
    pub number: i32,
    pub filed_at: Moment,
    pub digest: String,
    said: FirstSaid,
    /// Its organisations and ties; filings of the first format did not keep them.
    parties: Option<(Vec<Identity>, Declared)>,
}

impl Filing {
    fn of(row: FilingRow) -> Outcome<Self> {
        let (said, parties) = match serde_json::from_str(&row.said)? {
            Kept::First(said) => (said, None),
            Kept::Now(kept) => {
                let said = (kept.reference, kept.revision, kept.answers, kept.budget, kept.partners, kept.files);
                (said, Some((kept.organisations, kept.ties)))
            }
        };
        Ok(Filing { number: row.number, filed_at: row.filed_at, digest: row.digest, said, parties })
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
        let mut then = now.saying(answers, budget, partners, attached.collect());
        if let Some((identities, ties)) = self.parties.clone() {
            (then.identities, then.ties) = (identities, ties);
        }
        then
    }
}

/// Looks into the filings kept before account numbers were sealed, and puts a token in place of each number answered to one
/// of these questions; tells how many filings held one. Their digest stays that of what was filed.
pub(super) fn veil(tx: &mut Tx, questions: &[String]) -> Outcome<usize> {
    let mut veiled = 0;
    loop {
        let page = rows::unlooked(tx.conn(), AT_ONCE)?;
        if page.is_empty() {
            return Ok(veiled);
        }
        for row in page {
            let said = without_numbers(tx, &row, questions)?;
            veiled += usize::from(said != row.said);
            rows::set_kept(tx, (row.application_id, row.number), (&said, &sha256(&said)))?;
        }
    }
}

/// What a filing says, with tokens in place of the numbers that lie in it in clear; unchanged where there are none.
fn without_numbers(tx: &mut Tx, row: &FilingRow, questions: &[String]) -> Outcome<String> {
    // What cannot be read any more is told by its promise.
    let Ok(mut kept) = serde_json::from_str::<Kept>(&row.said) else { return Ok(row.said.clone()) };
    let answers = match &mut kept {
        Kept::First(said) => &mut said.2,
        Kept::Now(said) => &mut said.answers,
    };
    let mut is_changed = false;
    for question in questions {
        let Some(typed) = answers.get(question).filter(|typed| is_token_right(typed).is_none()).cloned() else {
            continue;
        };
        let token = sealed_numbers::said(tx, row.application_id.as_str(), (&typed, ""))?;
        is_changed |= token != typed;
        answers.insert(question.clone(), token);
    }
    Ok(match (is_changed, &kept) {
        (false, _) => row.said.clone(),
        (true, Kept::First(said)) => serde_json::to_string(said)?,
        (true, Kept::Now(said)) => serde_json::to_string(said)?,
    })
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
    let kept_sha256 = digest.clone();
    rows::append(tx, &FilingRow { application_id: id, number, filed_at: now, digest, said, kept_sha256 })?;
    Ok(number)
}

/// The same when the team acts: what the organisations have changed meanwhile is not filed by that.
pub(super) fn keep_for_team(tx: &mut Tx, mut content: Content, now: Moment) -> Outcome<i32> {
    content.identities = organisations(tx.conn(), &content)?;
    keep(tx, &content, now)
}

/// One filing of an application.
pub(super) fn find(conn: &mut Conn, id: ApplicationId, number: i32) -> Outcome<Filing> {
    Filing::of(rows::find(conn, id, number)?)
}

/// The organisations of an application as they were when it was last filed; of a draft, and of what was filed before they
/// were kept, as they are now.
pub(super) fn organisations(conn: &mut Conn, content: &Content) -> Outcome<Vec<Identity>> {
    let id = content.row.id;
    let last = match content.row.state {
        ApplicationState::Draft => None,
        _ => rows::last(conn, id)?,
    };
    let kept = last.map(|(number, _)| find(conn, id, number)).transpose()?.and_then(|filing| filing.parties);
    Ok(kept.map_or_else(|| content.identities.clone(), |(identities, _)| identities))
}

/// When a filed application was completed since it was filed, and the digest of what it says since then. Its own digest is
/// that of its filing, which its receipt and its signatures name.
pub(super) fn completed(conn: &mut Conn, content: &Content) -> Outcome<Option<(Moment, String)>> {
    let (id, filed) = (content.row.id, content.row.content_hash.as_ref());
    let Some(filed) = filed.filter(|_| content.row.state != ApplicationState::Draft) else { return Ok(None) };
    match rows::last(conn, id)?.filter(|(_, digest)| digest != filed) {
        Some((number, digest)) => Ok(Some((rows::find(conn, id, number)?.filed_at, digest))),
        None => Ok(None),
    }
}

/// Whether a file with these bytes was ever filed with an application.
pub(super) fn ever_held(conn: &mut Conn, id: ApplicationId, sha256: &str) -> Outcome<bool> {
    let filings: Outcome<Vec<_>> = rows::of_application(conn, id)?.into_iter().map(Filing::of).collect();
    Ok(filings?.iter().any(|filing| filing.holds(sha256)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filing_of_the_first_format_is_still_read_and_another_one_is_not() {
        let first = r#"["REC-1",1,{"titre":"Un océan"},{"grant":100,"lines":[]},[],[["rib","ab"]]]"#;
        assert!(is_readable(first), "{:?}", serde_json::from_str::<FirstSaid>(first).err());
        assert!(!is_readable("{}") && !is_readable("[1]") && !is_readable(""));
    }
}

//! A whole application to print, for its people and for the team.

use super::{
    Actor, Outcome,
    access::{self, TEAM},
    answers,
    answers::Content,
    blinds, calls, dossiers, filings, organisations,
    settings::{self, Settings},
};
use crate::{
    domain::{
        definitions::FundDefinition, ids::ApplicationId, letters::LetterKind,
        lifecycles::applications::ApplicationState, organisations::Right, profiles::Identity, time::Moment,
    },
    store::{
        Conn, StoreError,
        documents::{self, DocumentRow},
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// An application with everything that its print says.
#[derive(Debug)]
pub struct Whole {
    pub content: Content,
    /// Its organisations as they were filed; of a draft, as they are.
    pub identities: Vec<Identity>,
    pub communes: BTreeMap<String, String>,
    pub fund: Arc<FundDefinition>,
    pub settings: Settings,
    /// The last receipt of its filing.
    pub receipt: Option<DocumentRow>,
    /// When it was completed since, and the digest of what it says since then.
    pub completed: Option<(Moment, String)>,
}

/// For somebody of its organisations who may read it whole.
pub fn of_holder(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Outcome<Whole> {
    let content = answers::find(conn, actor, id)?;
    if !organisations::may(conn, actor, &content.parties(), Right::Read)? {
        return Err(StoreError::NotFound.into());
    }
    whole(conn, content)
}

/// For the team; a draft does not exist for it.
pub fn of_team(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Outcome<Whole> {
    access::require(actor, TEAM)?;
    let content = answers::find(conn, actor, id)?;
    if content.row.state == ApplicationState::Draft {
        return Err(StoreError::NotFound.into());
    }
    whole(conn, content)
}

/// For a member of the committee, to whom it has been judged to be entrusted: without the receipt, which is its holder's.
pub(super) fn of_reader(conn: &mut Conn, actor: &Actor, content: Content) -> Outcome<Whole> {
    let content = blinds::content(conn, actor, content)?;
    let mut found = Whole { receipt: None, ..whole(conn, content)? };
    if found.content.veiled.is_some() {
        found.identities.clear();
    }
    Ok(found)
}

fn whole(conn: &mut Conn, content: Content) -> Outcome<Whole> {
    let letters = documents::of_subject(conn, content.row.id.as_str())?;
    let is_filed = content.row.state != ApplicationState::Draft && content.row.submitted_at.is_some();
    let receipts = letters.into_iter().filter(|letter| letter.kind == LetterKind::Receipt);
    Ok(Whole {
        identities: filings::organisations(conn, &content)?,
        communes: dossiers::communes_of(conn, &content)?,
        fund: calls::fund_of(conn, &content.call)?,
        settings: settings::load(conn)?,
        completed: filings::completed(conn, &content)?,
        receipt: receipts.max_by_key(|letter| letter.id).filter(|_| is_filed),
        content,
    })
}

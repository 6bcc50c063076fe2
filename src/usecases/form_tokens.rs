//! A form acts once: its token is kept with its answer in the same transaction, and a second click gets that answer.

use super::Outcome;
use crate::{
    domain::{ids::PersonId, lifecycle::Refusal, time::Moment},
    store::{
        Tx,
        digests::sha256,
        form_tokens::{self, FormTokenRow},
    },
};

/// One sending of a form.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    pub person: PersonId,
    /// Printed into the form as a hidden field.
    pub token: &'a str,
    /// The address the form was sent to.
    pub route: &'a str,
    /// Everything that was sent, as it was sent.
    pub body: &'a [u8],
    pub now: Moment,
}

/// Runs `act` unless this very form was answered before; gives the path to lead the person to.
///
/// A token used with other content is refused, and so is somebody else's.
pub fn once(tx: &mut Tx, sending: Sending<'_>, act: impl FnOnce(&mut Tx) -> Outcome<String>) -> Outcome<String> {
    let digest = sha256(sending.body);
    if sending.token.len() != 64 || !sending.token.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(stale().into());
    }
    if let Some(known) = form_tokens::find(tx.conn(), sending.token)? {
        let same = known.person_id == sending.person && known.route == sending.route && known.body_digest == digest;
        return if same { Ok(known.answer) } else { Err(stale().into()) };
    }
    let answer = act(tx)?;
    let row = FormTokenRow {
        token: sending.token.to_owned(),
        person_id: sending.person,
        route: sending.route.to_owned(),
        body_digest: digest,
        answer: answer.clone(),
        answered_at: sending.now,
    };
    form_tokens::insert(tx, &row)?;
    Ok(answer)
}

fn stale() -> Refusal {
    Refusal::because(
        "Ce formulaire a déjà été envoyé avec un autre contenu, ou vient d’une page trop ancienne. \
         Rouvrez la page et recommencez.",
    )
}

//! A form that acts once: the second click lands where the first one did.

use super::{App, Failure, Fields, audiences::SignedIn};
use crate::{
    store::Tx,
    usecases::{
        Outcome,
        form_tokens::{self, Sending},
    },
};

/// One form as it was sent, ready for the transaction: `route` is where it was sent, `answer` where it leads.
#[derive(Debug, Clone)]
pub struct Sent {
    person: crate::domain::ids::PersonId,
    token: String,
    body: String,
    route: String,
    answer: String,
    now: crate::domain::time::Moment,
}

impl Sent {
    /// The form of this person.
    pub fn new(app: &App, who: &SignedIn, form: &Fields, route: &str, answer: &str) -> Self {
        let said = form.iter().filter(|(name, _)| *name != "token").map(|(name, value)| format!("{name}={value}\n"));
        Sent {
            person: who.id,
            token: form.token().to_owned(),
            body: said.collect(),
            route: route.to_owned(),
            answer: answer.to_owned(),
            now: app.now(),
        }
    }

    /// Runs `act` unless this very form was answered before; gives where it leads.
    pub fn once(&self, tx: &mut Tx, act: impl FnOnce(&mut Tx) -> Outcome<()>) -> Outcome<String> {
        self.answered(tx, |tx| {
            act(tx)?;
            Ok(self.answer.clone())
        })
    }

    /// The same where `act` says where it leads.
    pub fn answered(&self, tx: &mut Tx, act: impl FnOnce(&mut Tx) -> Outcome<String>) -> Outcome<String> {
        let Sent { person, token, body, route, now, .. } = self;
        let sending = Sending { person: *person, token, route, body: body.as_bytes(), now: *now };
        form_tokens::once(tx, sending, act)
    }
}

/// Sends a form: one transaction, at most once.
pub async fn send(
    app: &App,
    sent: Sent,
    mut act: impl FnMut(&mut Tx) -> Outcome<()> + Send + 'static,
) -> Result<String, Failure> {
    app.write(move |tx| sent.once(tx, &mut act)).await
}

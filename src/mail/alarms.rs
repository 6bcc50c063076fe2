//! While mails are due and do not leave, whoever keeps the journal is told, once an hour.

use super::worker::Office;
use crate::{
    domain::time::Moment,
    store::Conn,
    usecases::{Actor, messages},
};

/// Minutes between two looks at the outbox while mails leave.
const LOOK_MINUTES: i64 = 1;
/// Minutes between two lines of the journal while they do not.
const AGAIN_MINUTES: i64 = 60;

/// When the outbox is looked at next; a worker that has just come first has a minute to send what waits.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    due: Option<Moment>,
}

impl Alarm {
    /// Writes one line when mails that are due have not left for an hour, as the page of the mails says too.
    pub(super) async fn look(&mut self, office: &Office) {
        let now = office.now();
        let minutes = match self.due {
            Some(due) if now < due => return,
            Some(_) => tell(office, now).await,
            None => LOOK_MINUTES,
        };
        self.due = Some(now.plus_minutes(minutes));
    }
}

/// Looks, and gives the minutes until the next look.
async fn tell(office: &Office, now: Moment) -> i64 {
    let overdue = move |conn: &mut Conn| messages::overdue_since(conn, &Actor::system(), now);
    match office.read(overdue).await {
        Ok(None) => LOOK_MINUTES,
        Ok(Some(since)) => {
            let since = since.machine();
            tracing::warn!(since, "mails have been due for an hour and none leaves; look after the mail relay");
            AGAIN_MINUTES
        }
        Err(error) => {
            tracing::warn!(%error, "the outbox could not be asked whether mails leave");
            LOOK_MINUTES
        }
    }
}

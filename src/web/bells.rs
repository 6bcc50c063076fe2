//! Pages that follow a session: whoever changes its room rings its bell, and every page that shows it asks for itself
//! again. The stream says only that something changed; what somebody may see of it, their own page says.

use super::{app::App, audiences::SignedIn, failures::Failure};
use crate::{
    domain::ids::SessionId,
    usecases::{Actor, rooms},
};
use actix_web::{
    HttpResponse,
    http::header,
    web::{Bytes, Data},
};
use futures_util::stream;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

/// How long a stream waits before it looks for a change made through another process, and says that it is alive.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a stream lasts; the browser then asks for the next one, and rights are looked at again.
const LIFE: Duration = Duration::from_secs(50);

/// The bells of the sessions that somebody follows.
#[derive(Debug, Default)]
pub struct Bells(Mutex<BTreeMap<SessionId, watch::Sender<u64>>>);

impl Bells {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<SessionId, watch::Sender<u64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everybody who follows the session that it changed. Bells nobody hears are put away.
    pub fn ring(&self, id: SessionId) {
        let mut bells = self.lock();
        bells.retain(|_, bell| bell.receiver_count() > 0);
        if let Some(bell) = bells.get(&id) {
            bell.send_modify(|times| *times += 1);
        }
    }

    /// Tells everybody who follows any session: after a recusal, which may change several. Each stream looks whether its
    /// own session changed, and says nothing otherwise.
    pub fn ring_all(&self) {
        for bell in self.lock().values() {
            bell.send_modify(|times| *times += 1);
        }
    }

    fn follow(&self, id: SessionId) -> watch::Receiver<u64> {
        self.lock().entry(id).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }
}

struct Following {
    app: Data<App>,
    actor: Actor,
    id: SessionId,
    bell: watch::Receiver<u64>,
    turn: i64,
    until: Instant,
    is_greeted: bool,
}

/// Asks the page for itself again.
const CHANGED: &[u8] = b"data: -\n\n";
/// Something may have changed between the page and its stream; and when to come back after the stream ended, in
/// milliseconds.
const GREETING: &[u8] = b"retry: 1000\ndata: -\n\n";
/// A comment: says that somebody is there.
const ALIVE: &[u8] = b":\n\n";

impl Following {
    /// What is sent next; nothing once the stream is over, or when the session no longer exists for this person.
    async fn next(mut self) -> Option<(Result<Bytes, actix_web::Error>, Self)> {
        let said = if !self.is_greeted {
            self.is_greeted = true;
            GREETING
        } else if Instant::now() >= self.until {
            return None;
        } else {
            self.hears().await?
        };
        Some((Ok(Bytes::from_static(said)), self))
    }

    /// Waits for a change that is this person's, or says after a while that it is alive. A bell that rings for what does
    /// not exist for them is not heard: not even by a comment.
    async fn hears(&mut self) -> Option<&'static [u8]> {
        let until = Instant::now() + PATIENCE;
        loop {
            let rung = timeout_at(until, self.bell.changed()).await;
            let is_late = rung.is_err();
            rung.unwrap_or(Ok(())).ok()?;
            let now = turn(&self.app, &self.actor, self.id).await.ok()?;
            if std::mem::replace(&mut self.turn, now) != now {
                return Some(CHANGED);
            }
            if is_late {
                return Some(ALIVE);
            }
        }
    }
}

async fn turn(app: &App, actor: &Actor, id: SessionId) -> Result<i64, Failure> {
    let actor = actor.clone();
    app.read(move |conn| rooms::turn(conn, &actor, id)).await
}

/// The changes of a session, as server-sent events, for somebody who may see it. While it is under way, its room keeps
/// whoever follows it signed in: members listen for hours, and vote from a telephone they had put away.
pub async fn follow(app: Data<App>, who: &SignedIn, id: SessionId) -> Result<HttpResponse, Failure> {
    let actor = who.actor.clone();
    // First the bell, then the number: what changes in between is heard.
    let bell = app.bells().follow(id);
    let turn = turn(&app, &actor, id).await?;
    if app.read(move |conn| rooms::is_under_way(conn, id)).await? {
        who.stay(&app).await;
    }
    let until = Instant::now() + LIFE;
    let following = Following { app, actor, id, bell, turn, until, is_greeted: false };
    let mut answer = HttpResponse::Ok();
    // Packed or kept back by a proxy, an event would come when it no longer matters.
    answer.insert_header((header::CONTENT_TYPE, "text/event-stream"));
    answer.insert_header((header::CONTENT_ENCODING, "identity"));
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    answer.insert_header(("x-accel-buffering", "no"));
    Ok(answer.streaming(Box::pin(stream::unfold(following, Following::next))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::Minted, time::Moment};

    #[test]
    fn a_bell_is_heard_by_those_who_follow_that_session() {
        let mint = |number| SessionId::mint(Moment::from_unix_seconds(1_800_000_000), [number; 10]);
        let (bells, ours, other) = (Bells::default(), mint(1), mint(2));
        let (mut here, mut there) = (bells.follow(ours), bells.follow(other));
        bells.ring(ours);
        assert!(here.has_changed().unwrap() && !there.has_changed().unwrap());
        here.mark_unchanged();
        drop(here);
        bells.ring(ours);
        assert!(!bells.lock().contains_key(&ours), "nobody hears it any more");
        there.mark_unchanged();
        bells.ring_all();
        assert!(there.has_changed().unwrap());
    }
}

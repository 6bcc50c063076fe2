//! The minutes and the end of a session, asked about before they are made.

use crate::{
    domain::{
        decisions::DecisionPace,
        ids::SessionId,
        lifecycles::sessions::{Session, SessionEvent},
    },
    usecases::{advance::Object, agendas},
    web::{
        App, Failure, Reply,
        audiences::Officer,
        confirming::{Confirmation, Stands},
        pages::NavLink,
    },
};
use actix_web::web::{Data, Path};

const AFTER_MINUTES: &[&str] = &[
    "La séance est finie\u{a0}: l’ordre du jour, les présences et les décisions ne changent plus.",
    "Le procès-verbal est écrit d’après ce qui s’est passé. La personne qui a présidé le lit et le signe.",
    "Les décisions restent sous embargo. Elles attendent leur confirmation.",
];
const AFTER_CLOSE: &[&str] = &[
    "Les décisions sont confirmées sans passer devant le conseil, comme le règlement de cet appel le permet.",
    "Elles restent sous embargo jusqu’à l’annonce des résultats.",
];

const AFTER_MINUTES_ROLLING: &[&str] = &[
    "La séance est finie\u{a0}: l’ordre du jour, les présences et les décisions ne changent plus.",
    "Le procès-verbal est écrit d’après ce qui s’est passé. La personne qui a présidé le lit et le signe.",
    "Les décisions sont déjà parties, chacune quand elle a été écrite.",
];
const AFTER_CLOSE_ROLLING: &[&str] =
    &["Les décisions, déjà dites, valent sans passer devant le conseil, comme le règlement de cet appel le permet."];

async fn question(app: &App, who: &Officer, id: SessionId, event: SessionEvent) -> Result<Confirmation, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (room, standing) = app
        .read(move |conn| Ok((agendas::room(conn, &actor, id, now)?, Session::look(conn, id, &actor, now)?)))
        .await?;
    let stands = Stands::before(&standing, event)?;
    let home = format!("/seances/{id}");
    let (path, said) = match (event, room.call.decision_pace) {
        (SessionEvent::CloseWithoutBoard, DecisionPace::Together) => ("cloture", AFTER_CLOSE),
        (SessionEvent::CloseWithoutBoard, DecisionPace::Rolling) => ("cloture", AFTER_CLOSE_ROLLING),
        (_, DecisionPace::Together) => ("proces-verbal", AFTER_MINUTES),
        (_, DecisionPace::Rolling) => ("proces-verbal", AFTER_MINUTES_ROLLING),
    };
    let way = vec![NavLink::new("/seances", "Séances"), NavLink::new(&home, &room.session.title)];
    let lead = format!("{}, {}.", room.session.title, room.session.meets_at.french());
    let page = Confirmation::about(who.chrome(), way, event, stands, format!("{home}/{path}"))?;
    Ok(page.saying(lead, said))
}

/// Asks before the minutes are made.
pub async fn ask_minute(app: Data<App>, who: Officer, id: Path<SessionId>) -> Reply {
    Ok(question(&app, &who, id.into_inner(), SessionEvent::Minute).await?.shown())
}

/// Asks before the session is closed without the board.
pub async fn ask_close(app: Data<App>, who: Officer, id: Path<SessionId>) -> Reply {
    Ok(question(&app, &who, id.into_inner(), SessionEvent::CloseWithoutBoard).await?.shown())
}

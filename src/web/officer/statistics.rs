//! What a round comes to, for the team.

use super::calls::LIST;
use crate::{
    usecases::statistics as numbers,
    web::{
        App, Reply,
        audiences::Staff,
        pages::NavLink,
        statistics::{self, Asked},
    },
};
use actix_web::web::{Data, Path, Query};

/// The statistics of a call.
pub async fn show(app: Data<App>, who: Staff, reference: Path<String>) -> Reply {
    let (actor, reference) = (who.actor.clone(), reference.into_inner());
    let found = app.read(move |conn| numbers::for_team(conn, &actor, &reference)).await?;
    let call = format!("{LIST}/{}", found.call.reference);
    let way = vec![NavLink::new(LIST, "Appels à projets"), NavLink::new(&call, &found.call.reference)];
    statistics::page(&who, way, format!("{call}/statistiques"), &found)
}

/// The same as a table.
pub async fn download(app: Data<App>, who: Staff, reference: Path<String>, asked: Query<Asked>) -> Reply {
    let (actor, reference) = (who.actor.clone(), reference.into_inner());
    let found = app.read(move |conn| numbers::for_team(conn, &actor, &reference)).await?;
    statistics::file(&app, asked.into_inner(), found).await
}

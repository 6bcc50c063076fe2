//! What a round comes to, for the members of its committee.

use super::read_declared;
use crate::{
    usecases::{committee_mandates::About, statistics as numbers},
    web::{
        App, Reply,
        audiences::Reviewer,
        pages::NavLink,
        statistics::{self, Asked},
    },
};
use actix_web::web::{Data, Path, Query};

/// Where the statistics of a call are for a member.
pub(super) fn address(reference: &str) -> String {
    format!("/comite/appels/{reference}/statistiques")
}

/// The statistics of a call.
pub async fn show(app: Data<App>, who: Reviewer, reference: Path<String>) -> Reply {
    let (actor, here) = (who.actor.clone(), address(&reference));
    let at = (here.clone(), About::Call(reference.to_string()));
    let found = read_declared(&app, &who, at, move |conn| numbers::for_member(conn, &actor, &reference)).await?;
    statistics::page(&who, vec![NavLink::new("/comite", "Mes évaluations")], here, &found)
}

/// The same as a table.
pub async fn download(app: Data<App>, who: Reviewer, reference: Path<String>, asked: Query<Asked>) -> Reply {
    let (actor, here) = (who.actor.clone(), address(&reference));
    let at = (here, About::Call(reference.to_string()));
    let found = read_declared(&app, &who, at, move |conn| numbers::for_member(conn, &actor, &reference)).await?;
    statistics::file(&app, asked.into_inner(), found).await
}

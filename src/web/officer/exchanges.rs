//! The messages of a dossier, on the team's side.

use crate::{
    domain::{exchanges::ExchangeSide, ids::ApplicationId},
    web::{
        App, Reply,
        audiences::{Officer, Staff},
        exchanges,
        uploads::Parts,
    },
};
use actix_web::web::{Data, Path, Query};

/// Where a thread goes on backwards.
#[derive(Debug, serde::Deserialize)]
pub struct Before {
    avant: Option<i32>,
}

/// What was written.
pub async fn show(app: Data<App>, who: Staff, id: Path<ApplicationId>, before: Query<Before>) -> Reply {
    exchanges::show(&app, &who, id.into_inner(), ExchangeSide::Team, before.avant).await
}

/// Writes to the organisation that applies.
pub async fn post(app: Data<App>, who: Officer, id: Path<ApplicationId>, form: Parts) -> Reply {
    exchanges::post(&app, &who, id.into_inner(), ExchangeSide::Team, form).await
}

//! The messages of an application, on its people's side.

use crate::{
    domain::{exchanges::ExchangeSide, ids::ApplicationId},
    web::{App, Reply, audiences::Applicant, exchanges, uploads::Parts},
};
use actix_web::web::{Data, Path, Query};

/// Where a thread goes on backwards.
#[derive(Debug, serde::Deserialize)]
pub struct Before {
    avant: Option<i32>,
}

/// What was written.
pub async fn show(app: Data<App>, who: Applicant, id: Path<ApplicationId>, before: Query<Before>) -> Reply {
    exchanges::show(&app, &who, id.into_inner(), ExchangeSide::Applicant, before.avant).await
}

/// Writes to the team.
pub async fn post(app: Data<App>, who: Applicant, id: Path<ApplicationId>, form: Parts) -> Reply {
    exchanges::post(&app, &who, id.into_inner(), ExchangeSide::Applicant, form).await
}

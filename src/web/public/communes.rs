//! Communes proposed to a field while somebody types.

use crate::{
    domain::references::{Commune, search_communes},
    web::audiences::Public,
};
use actix_web::{HttpResponse, http::header, web::Query};
use serde::{Deserialize, Serialize};

/// Communes proposed at once: as many as a telephone shows above its keyboard.
const MOST: usize = 8;

/// What was typed so far.
#[derive(Debug, Deserialize)]
pub struct Asking {
    #[serde(default)]
    q: String,
}

/// One proposal: what the field then holds, and what tells it from another one.
#[derive(Debug, Serialize)]
struct Proposal {
    value: String,
    hint: String,
}

fn proposal(commune: &Commune) -> Proposal {
    let postcodes: Vec<_> = commune.postcodes.iter().take(3).map(String::as_str).collect();
    Proposal { value: commune.shown(), hint: postcodes.join(", ") }
}

/// The communes that fit, as JSON.
pub async fn propose(_: Public, asking: Query<Asking>) -> HttpResponse {
    let found: Vec<_> = search_communes(&asking.q, MOST).into_iter().map(proposal).collect();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=86400")).json(found)
}

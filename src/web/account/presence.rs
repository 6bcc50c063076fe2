//! How long the sign-in still lasts, for the script that warns before its end: asking puts nothing off, sending does.

use crate::web::{App, Reply, audiences::Member};
use actix_web::{HttpResponse, http::header, web::Data};
use serde::Serialize;

#[derive(Serialize)]
struct Presence {
    /// Whose sign-in it is: somebody else may have signed in meanwhile in the same browser.
    person: String,
    /// Seconds until it ends by itself.
    left: i64,
}

fn answer(app: &App, who: &Member) -> HttpResponse {
    let presence = Presence { person: who.id.to_string(), left: who.seconds_left(app.now()) };
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(presence)
}

/// Says it.
pub async fn show(app: Data<App>, who: Member) -> Reply {
    Ok(answer(&app, &who))
}

/// Somebody does something in a page, or asks to stay signed in: sending it is a visit as any other.
pub async fn stay(app: Data<App>, who: Member) -> Reply {
    Ok(answer(&app, &who))
}

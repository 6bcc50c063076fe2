//! A page that says why something was refused keeps the menu of whoever asked for it.

use super::{audiences, errors::page_in, failures::Failure};
use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::StatusCode,
    middleware::Next,
};

/// Puts the menu of the signed-in person on a refusal; everything else goes on.
pub async fn keep_menu<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let response = next.call(request).await?;
    if response.status() != StatusCode::CONFLICT {
        return Ok(response.map_into_left_body());
    }
    let failure = response.response().error().and_then(|error| error.as_error::<Failure>());
    let Some(sentence) = failure.map(Failure::refusal) else { return Ok(response.map_into_left_body()) };
    match audiences::frame_of(response.request()).await {
        Some(chrome) => {
            let answer = page_in(chrome, StatusCode::CONFLICT, &sentence);
            Ok(response.into_response(answer.map_into_right_body()))
        }
        None => Ok(response.map_into_left_body()),
    }
}

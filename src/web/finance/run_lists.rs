//! The list of a payment run, to print and sign.

use crate::{
    documents as press,
    domain::ids::PaymentRunId,
    usecases::run_lists,
    web::{App, Failure, Reply, audiences::Books, downloads},
};
use actix_web::web::{Data, Path};

/// The list as a PDF. The same run gives the same bytes.
pub async fn show(app: Data<App>, who: Books, id: Path<PaymentRunId>) -> Reply {
    let (actor, id) = (who.actor.clone(), id.into_inner());
    let letter = app.read(move |conn| run_lists::letter(conn, &actor, id)).await?;
    let name = format!("{}.pdf", letter.reference);
    let bytes = app.print(move || press::render(&letter).map_err(|error| Failure::Broken(error.to_string()))).await?;
    Ok(downloads::file(&name, "application/pdf", bytes?))
}

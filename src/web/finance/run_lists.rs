//! What leaves with a payment run: the list to print and sign, and the file for the bank.

use crate::{
    documents as press,
    domain::ids::PaymentRunId,
    usecases::{payment_runs, run_lists},
    web::{
        App, Failure, Reply,
        audiences::{Books, Finance},
        downloads,
    },
};
use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};

/// The list as a PDF. The same run gives the same bytes.
pub async fn show(app: Data<App>, who: Books, id: Path<PaymentRunId>) -> Reply {
    let (actor, id) = (who.actor.clone(), id.into_inner());
    let letter = app.read(move |conn| run_lists::letter(conn, &actor, id)).await?;
    let name = format!("{}.pdf", letter.reference);
    let bytes = app.print(move || press::render(&letter).map_err(|error| Failure::Broken(error.to_string()))).await?;
    Ok(downloads::file(&name, "application/pdf", bytes?))
}

/// The bank file, byte for byte as it was made.
pub async fn download(app: Data<App>, who: Finance, id: Path<PaymentRunId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let (run, file) = app.write(move |tx| payment_runs::bank_file(tx, &actor, id, now)).await?;
    let name = format!("attachment; filename=\"{}.xml\"", run.reference);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/xml; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(file.content))
}

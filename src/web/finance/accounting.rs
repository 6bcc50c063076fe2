//! Entries for the accountant: what waits, the files made of it, and each of them again, the same.

use super::{
    exports::{answer, day_of_form},
    once, places,
};
use crate::{
    domain::{ids::AccountingExportId, money::Euros, roles::Role, time::french_date},
    store::{accounting::AccountingExportRow, entropy},
    usecases::{
        Outcome, UseCaseError,
        accounting::{self, Fields as Chart, Preview, Waiting},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Books, Finance, SignedIn},
        filters,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render_as},
        streams,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;
use std::io::{self, Write};

pub(super) const LIST: &str = "/finances/comptabilite";

#[derive(Template)]
#[template(path = "finance/accounting.html")]
struct AccountingPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    until: String,
    /// The first day that no file holds.
    begins: Option<String>,
    preview: Preview,
    lines: Vec<Line>,
    /// How many entries wait, and what their debits add up to.
    count: i64,
    total: Euros,
    made: Vec<(AccountingExportRow, Option<String>)>,
    /// Whether this person makes files and sets accounts.
    can_make: bool,
    token: String,
    errors: FieldErrors,
}

/// What waits of one kind, on which accounts.
struct Line {
    waiting: Waiting,
    journal: String,
    debit: String,
    credit: String,
}

fn line(chart: &Chart, waiting: Waiting) -> Line {
    use crate::domain::accounting::charts::{code_field, number_field};
    let set = |field: String| chart.get(&field).cloned().unwrap_or_default();
    Line {
        journal: set(code_field(waiting.posting.book)),
        debit: set(number_field(waiting.posting.debit)),
        credit: set(number_field(waiting.posting.credit)),
        waiting,
    }
}

/// To which day.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    au: String,
}

/// The page; a day that is no day shows what waits until yesterday.
async fn page(app: &App, who: &SignedIn, typed: &str, mut errors: FieldErrors) -> Reply {
    let today = app.now().paris_date();
    let asked = day_of_form(&mut errors, "au", typed);
    let until = asked.or_else(|| today.pred_opt()).unwrap_or(today);
    let actor = who.actor.clone();
    let (chart, mut preview, made) = app
        .read(move |conn| {
            let preview = accounting::preview(conn, &actor, until)?;
            Ok((accounting::fields(conn, &actor)?, preview, accounting::made(conn, &actor)?))
        })
        .await?;
    let waiting = std::mem::take(&mut preview.waiting);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = AccountingPage {
        chrome: who.chrome(),
        places: places(who, LIST),
        until: if typed.is_empty() { until.to_string() } else { typed.to_owned() },
        begins: preview.begins.map(french_date),
        count: waiting.iter().map(|waiting| waiting.entries).sum(),
        total: waiting.iter().map(|waiting| waiting.amount).sum(),
        lines: waiting.into_iter().map(|waiting| line(&chart, waiting)).collect(),
        preview,
        made,
        can_make: who.actor.is(Role::Finance),
        token: entropy::form_token()?,
        errors,
    };
    Ok(render_as(status, &page))
}

/// What waits, and the files made.
pub async fn show(app: Data<App>, who: Books, asked: Query<Asked>) -> Reply {
    page(&app, &who, &asked.au, FieldErrors::none()).await
}

/// Makes the next file.
pub async fn export(app: Data<App>, who: Finance, form: Fields) -> Reply {
    let (actor, now, typed) = (who.actor.clone(), app.now(), form.text("au").to_owned());
    let mut errors = FieldErrors::none();
    let Some(until) = day_of_form(&mut errors, "au", &typed) else {
        errors.add("au", "Indiquez le dernier jour à exporter.");
        return page(&app, &who, &typed, errors).await;
    };
    let act = move |tx: &mut crate::store::Tx| {
        accounting::export(tx, &actor, until, now)?;
        Ok(LIST.to_owned())
    };
    match once(&app, &who, &form, LIST.to_owned(), act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Le fichier est prêt\u{a0}: il est en tête de la liste."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => page(&app, &who, &typed, errors_of(wrong)).await,
        Err(failure) => Err(failure),
    }
}

/// A file, byte for byte as it was the first time.
pub async fn download(app: Data<App>, who: Books, id: Path<AccountingExportId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let mut file = app.read(move |conn| accounting::open(conn, &actor, id)).await?;
    let (db, place, name) = (app.db().clone(), app.export_place().await?, file.export.file_name.clone());
    let stream = streams::of(move |pipe| {
        let _place = place;
        loop {
            let next: Outcome<Vec<u8>> = db.read(|conn| file.next(conn));
            let bytes = next.map_err(io::Error::other)?;
            if bytes.is_empty() {
                return Ok(());
            }
            pipe.write_all(&bytes)?;
        }
    });
    Ok(answer(&name, "text/plain; charset=iso-8859-15").streaming(stream))
}

//! The applications of a call with their answers, as a spreadsheet.

use crate::{
    exports::{
        answers::{Answers, answers_xlsx_file},
        sheets::Form,
    },
    store::StoreError,
    usecases::{
        Outcome,
        exports::{self, AnswerSheet, Answered, Filter, Reading},
    },
    web::{
        App, Failure, Reply,
        audiences::Officer,
        finance::exports::{answer, broken},
        streams,
    },
};
use actix_web::{
    body::SizedStream,
    web::{Data, Path, Query},
};
use serde::Deserialize;
use std::io;

/// How it is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// `csv` for the answers in one table, a workbook otherwise.
    #[serde(default)]
    format: String,
}

/// Gives the applications of a call with their answers: a workbook with a sheet for each of its tables, or one CSV.
pub async fn download(app: Data<App>, who: Officer, reference: Path<String>, asked: Query<Asked>) -> Reply {
    let (actor, call) = (who.actor.clone(), reference.into_inner());
    let filter = Filter { call: Some(call.clone()), ..Filter::default() };
    let begun = app.read(move |conn| {
        let calls = filter.call.as_deref().unwrap_or_default();
        crate::usecases::calls::by_reference(conn, calls)?;
        let sheet = exports::sheets(conn, &actor, &filter)?.pop().ok_or(StoreError::NotFound)?;
        Ok((sheet, exports::begin::<Answered>(conn, &actor, &filter)?))
    });
    let (sheet, reading) = begun.await?;
    let day = app.now().paris_date();
    let name = |ending: &str| {
        let name = format!("reponses-{call}-{day}.{ending}");
        name.chars().filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).collect::<String>()
    };
    if asked.format == "csv" {
        table(&app, &name("csv"), sheet, reading).await
    } else {
        book(&app, &name("xlsx"), sheet, reading).await
    }
}

async fn table(app: &App, name: &str, sheet: AnswerSheet, reading: Reading<Answered>) -> Reply {
    let (db, place) = (app.db().clone(), app.export_place().await?);
    let stream = streams::of(move |pipe| {
        let _place = place;
        let rows = reading.rows(|next| db.read(next));
        Answers::of(&sheet, Form::French).write_csv(None, rows, pipe).map(drop).map_err(broken)
    });
    Ok(answer(name, "text/csv; charset=utf-8").streaming(stream))
}

async fn book(app: &App, name: &str, sheet: AnswerSheet, reading: Reading<Answered>) -> Reply {
    let (db, place) = (app.db().clone(), app.export_place().await?);
    let made = tokio::task::spawn_blocking(move || -> Outcome<_> {
        db.read_frozen(|conn| Ok(answers_xlsx_file(&[sheet], reading.rows(|next| next(conn)))))
    });
    let made = made.await.map_err(|error| Failure::Broken(error.to_string()))??;
    let mut file = made.map_err(|error| Failure::Broken(error.to_string()))?;
    let length = file.metadata().map_err(|error| Failure::Broken(error.to_string()))?.len();
    let stream = streams::of(move |pipe| {
        let _place = place;
        io::copy(&mut file, &mut io::BufWriter::with_capacity(1 << 16, pipe)).map(drop)
    });
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(answer(name, kind).body(SizedStream::new(length, stream)))
}

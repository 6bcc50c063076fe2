//! What is written on the page of an agreement: instalments and reports.

use super::{
    funding_sources::{HERE, source_page},
    once,
};
use crate::{
    domain::ids::{FundingSourceId, InstalmentId, SourceReportId},
    store::{StoreError, Tx},
    usecases::{
        Outcome, UseCaseError,
        funding_dues::{self, Sent},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Funding, SignedIn},
        flashes::see_other_saying,
        pages::{Flash, render_as},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};

/// Runs what a form of the page asks and comes back to it; what is wrong is said beside its field.
async fn answer(
    app: &App,
    who: &SignedIn,
    (id, form): (FundingSourceId, &Fields),
    (route, said): (String, &str),
    mut act: impl FnMut(&mut Tx) -> Outcome<()> + Send + 'static,
) -> Reply {
    let to = format!("{HERE}/{id}");
    let work = move |tx: &mut Tx| {
        act(tx)?;
        Ok(to.clone())
    };
    match once(app, who, form, route, work).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success(said))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = source_page(app, who, id, form, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Expects an instalment.
pub async fn expect(app: Data<App>, who: Funding, id: Path<FundingSourceId>, form: Fields) -> Reply {
    let (id, actor, now, typed) = (id.into_inner(), who.actor.clone(), app.now(), form.clone());
    let act = move |tx: &mut Tx| {
        let said = (typed.text("versement"), typed.text("prevu-le"), typed.text("prevu"));
        funding_dues::expect(tx, &actor, id, said, now).map(drop)
    };
    answer(&app, &who, (id, &form), (format!("{HERE}/{id}/versements"), "Le versement attendu est noté."), act).await
}

/// Records that an instalment came (`recu`), that it did not after all (`reprise`), or that it was expected in error
/// (`retrait`).
pub async fn settle(
    app: Data<App>,
    who: Funding,
    path: Path<(FundingSourceId, InstalmentId, String)>,
    form: Fields,
) -> Reply {
    let (id, instalment, deed) = path.into_inner();
    let (actor, now, typed) = (who.actor.clone(), app.now(), form.clone());
    let route = format!("{HERE}/{id}/versements/{instalment}/{deed}");
    let said = match deed.as_str() {
        "recu" => "Le versement reçu est noté.",
        "reprise" => "Le versement est de nouveau attendu.",
        _ => "Le versement attendu est retiré.",
    };
    let act = move |tx: &mut Tx| match deed.as_str() {
        "recu" => {
            let field = |name: &str| typed.text(&format!("{name}-{instalment}"));
            let words = (field("recu-le"), field("recu"), field("reference"));
            funding_dues::receive(tx, &actor, (id, instalment), words, now)
        }
        "reprise" => funding_dues::await_again(tx, &actor, (id, instalment), now),
        "retrait" => funding_dues::drop_instalment(tx, &actor, id, instalment),
        _ => Err(StoreError::NotFound.into()),
    };
    answer(&app, &who, (id, &form), (route, said), act).await
}

/// Notes that a report is owed.
pub async fn owe(app: Data<App>, who: Funding, id: Path<FundingSourceId>, form: Fields) -> Reply {
    let (id, actor, now, typed) = (id.into_inner(), who.actor.clone(), app.now(), form.clone());
    let act = move |tx: &mut Tx| {
        funding_dues::owe(tx, &actor, id, (typed.text("rapport"), typed.text("rapport-le")), now).map(drop)
    };
    let said =
        "Le rapport est noté\u{a0}: les finances reçoivent un rappel 30 jours avant, 7 jours avant et le jour même.";
    answer(&app, &who, (id, &form), (format!("{HERE}/{id}/rapports"), said), act).await
}

/// Notes that a report left (`envoi`), that it did not after all (`reprise`), or that it is not owed (`retrait`).
pub async fn send(
    app: Data<App>,
    who: Funding,
    path: Path<(FundingSourceId, SourceReportId, String)>,
    form: Fields,
) -> Reply {
    let (id, report, deed) = path.into_inner();
    let (actor, now) = (who.actor.clone(), app.now());
    let route = format!("{HERE}/{id}/rapports/{report}/{deed}");
    let said = match deed.as_str() {
        "envoi" => "L’envoi du rapport est noté.",
        "reprise" => "Le rapport est de nouveau attendu.",
        _ => "Le rapport est retiré.",
    };
    let act = move |tx: &mut Tx| match deed.as_str() {
        "envoi" => funding_dues::send(tx, &actor, (id, report), Sent::Today, now),
        "reprise" => funding_dues::send(tx, &actor, (id, report), Sent::NotYet, now),
        "retrait" => funding_dues::drop_report(tx, &actor, id, report),
        _ => Err(StoreError::NotFound.into()),
    };
    answer(&app, &who, (id, &form), (route, said), act).await
}

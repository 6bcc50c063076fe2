//! A section of a form that is being prepared, as the organisation will see it; it may be tried out.

use super::{
    Target,
    pages::{home, known},
    spots::{Kind, Owner},
};
use crate::{
    domain::{definitions::CallPart, forms::Form},
    usecases::agreements,
    web::{
        App, Failure, Fields, Reply,
        applicant::previews::{Preview, preview},
        audiences::Officer,
        downloads,
        officer::calls::LIST,
        pages::{Chrome, NavLink, render},
    },
};
use actix_web::web::{Data, Path, Query};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/preparation_preview.html")]
struct PreviewPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    fund_code: String,
    href: String,
    back: String,
    shown: Preview,
    /// The sections before and after it.
    others: Vec<(String, String, bool)>,
}

/// What the agreement is called below the texts of letters.
const AGREEMENT: &str = "convention";

/// Where the agreement of a call is seen as it would be printed.
pub(super) fn agreement_address(reference: &str) -> String {
    format!("{}/{}/{AGREEMENT}/apercu", home(reference), CallPart::Letters.code())
}

/// The agreement as it would be printed for a grant that exists.
async fn agreement(app: &App, who: &Officer, reference: String) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let letter = app.read(move |conn| agreements::preview(conn, &actor, &reference, now)).await?;
    downloads::preview(app, letter).await
}

/// One section, filled in as far as it was tried out.
pub async fn show(
    app: Data<App>,
    who: Officer,
    path: Path<(String, String, String)>,
    tried: Query<Vec<(String, String)>>,
) -> Reply {
    let (reference, part, item) = path.into_inner();
    if (part.as_str(), item.as_str()) == (CallPart::Letters.code(), AGREEMENT) {
        return agreement(&app, &who, reference).await;
    }
    let Some(Target::Item(part, spot)) = Target::item_named(&part, &item) else { return Err(Failure::NotFound) };
    let code = spot.key.clone().filter(|_| spot.kind == Kind::Section).ok_or(Failure::NotFound)?;
    let known = known(&app, &who, &reference).await?;
    let call = &known.definition;
    let form = match (spot.owner, &call.reports.interim) {
        (Owner::Call, _) => Form::of_call(call),
        (Owner::Interim, Some(interim)) => Form::of_report(interim, &call.axes),
        (Owner::Interim, None) => return Err(Failure::NotFound),
        (Owner::Last, _) => Form::of_report(&call.reports.last, &call.axes),
    };
    let tried = Fields::of(tried.into_inner());
    let sent = tried.has("essai").then_some(&tried);
    let shown = preview(call, &form, &code, sent).ok_or(Failure::NotFound)?;
    let back = format!("{}/{}", home(&reference), part.code());
    let address = |code: &str| {
        let item = super::spots::Spot { key: Some(code.to_owned()), ..spot.clone() }.item();
        format!("{back}/{item}/apercu")
    };
    let others =
        form.sections.iter().map(|section| (address(&section.code), section.title.clone(), section.code == code));
    Ok(render(&PreviewPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new(LIST, "Appels à projets"),
            NavLink::new(format!("{LIST}/{reference}"), &reference),
            NavLink::new(home(&reference), "Préparation"),
            NavLink::new(&back, part.label()),
        ],
        fund_code: known.fund.code.clone(),
        href: address(&code),
        others: others.collect(),
        back,
        shown,
    }))
}

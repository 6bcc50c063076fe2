//! An agreement written or changed on screen, and a new funder.

use super::{
    funding_sources::{HERE, LIST, funders_page},
    once,
};
use crate::{
    domain::{
        definitions::{EarmarkLimit, fund_mark},
        ids::FundingSourceId,
        references::axes,
        roles::Role,
    },
    store::{
        Tx, entropy,
        funds::{self, FundRow},
    },
    usecases::{
        UseCaseError,
        funding_sources::{self, SourceForm},
        source_marks::{earmark_field, fund_of_field},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Finance, Funding, SignedIn},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Choice,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use std::collections::BTreeMap;

/// The fields of the form, in their order; the parts of the axes come after them.
const FIELDS: &[&str] = &[
    "bailleur",
    "reference",
    "titre",
    "montant",
    "debut",
    "fin",
    "eligible-debut",
    "eligible-fin",
    "conservation",
    "clause",
    "plafond",
];

#[derive(Template)]
#[template(path = "finance/source_form.html")]
struct SourceFormPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    action: String,
    /// None where the agreement is known: its funder and its number stay.
    funders: Option<Vec<Choice>>,
    form: SourceForm,
    /// Whether the amount is for this person to change.
    can_change_amount: bool,
    marks: Vec<Mark>,
    fund_marks: Vec<Mark>,
    token: String,
    errors: FieldErrors,
}

/// A part marked for an axis or a fund.
struct Mark {
    name: String,
    label: String,
    help: &'static str,
    value: String,
}

/// « Habiter autrement la planète, maximum »: the two fields of an axis or of a fund are told apart by their names.
fn named(whose: &str, limit: EarmarkLimit) -> String {
    match limit {
        EarmarkLimit::Reserved => format!("{whose}, part réservée"),
        EarmarkLimit::Ceiling => format!("{whose}, maximum"),
    }
}

const fn words(limit: EarmarkLimit) -> &'static str {
    match limit {
        EarmarkLimit::Reserved => "Réservé à cet axe, en euros ou en pourcentage\u{a0}: 12 500 ou 30\u{a0}%.",
        EarmarkLimit::Ceiling => "Maximum pour cet axe, en euros ou en pourcentage\u{a0}: 12 500 ou 30\u{a0}%.",
    }
}

const fn fund_words(limit: EarmarkLimit) -> &'static str {
    match limit {
        EarmarkLimit::Reserved => "Réservé à ce fonds, en euros ou en pourcentage\u{a0}: 12 500 ou 30\u{a0}%.",
        EarmarkLimit::Ceiling => "Maximum pour ce fonds, en euros ou en pourcentage\u{a0}: 12 500 ou 30\u{a0}%.",
    }
}

/// The parts of the funds: those of the house, and those that the agreement names.
fn fund_marks(form: &SourceForm, funds: &[FundRow]) -> Vec<Mark> {
    let mut found = Vec::new();
    for fund in funds {
        let code = fund_mark(&fund.code);
        for limit in EarmarkLimit::ALL {
            found.push(Mark {
                name: earmark_field(&code, *limit),
                label: named(&fund.name, *limit),
                help: fund_words(*limit),
                value: form.earmarks.get(&(code.clone(), limit.code())).cloned().unwrap_or_default(),
            });
        }
    }
    found
}

fn marks(form: &SourceForm) -> Vec<Mark> {
    let mark = |(axis, limit): (&crate::domain::references::Axis, EarmarkLimit)| Mark {
        name: earmark_field(&axis.code, limit),
        label: named(&axis.label, limit),
        help: words(limit),
        value: form.earmarks.get(&(axis.code.clone(), limit.code())).cloned().unwrap_or_default(),
    };
    let all = axes().iter().flat_map(|axis| EarmarkLimit::ALL.iter().map(move |limit| (axis, *limit)));
    all.map(mark).collect()
}

fn typed(form: &Fields) -> SourceForm {
    let text = |name: &str| form.text(name).to_owned();
    let mut earmarks = BTreeMap::new();
    for axis in axes() {
        for limit in EarmarkLimit::ALL {
            let value = text(&earmark_field(&axis.code, *limit));
            earmarks.insert((axis.code.clone(), limit.code()), value);
        }
    }
    for (name, value) in form.iter() {
        if let Some((mark, limit)) = fund_of_field(name) {
            earmarks.insert((mark, limit.code()), value.to_owned());
        }
    }
    SourceForm {
        funder: text("bailleur"),
        reference: text("reference"),
        title: text("titre"),
        amount: text("montant"),
        starts_on: text("debut"),
        ends_on: text("fin"),
        eligible_from: text("eligible-debut"),
        eligible_until: text("eligible-fin"),
        refuses_outside: form.has("hors-dates"),
        clause: text("clause"),
        ceiling: text("plafond"),
        retention_years: text("conservation"),
        receipts: form.has("justificatifs"),
        earmarks,
    }
}

async fn new_page(app: &App, who: &SignedIn, form: SourceForm, errors: FieldErrors) -> Result<SourceFormPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (funders, _) = app.read(move |conn| funding_sources::list(conn, &actor, now)).await?;
    let known = app.read(|conn| Ok(funds::all(conn)?)).await?;
    Ok(SourceFormPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Bailleurs")],
        title: "Inscrire une convention".to_owned(),
        action: format!("{HERE}/nouvelle"),
        funders: Some(Choice::list(funders.into_iter().map(|row| (row.code, row.name)), &[&form.funder])),
        marks: marks(&form),
        fund_marks: fund_marks(&form, &known),
        form,
        can_change_amount: true,
        token: entropy::form_token()?,
        errors,
    })
}

async fn edit_page(
    app: &App,
    who: &SignedIn,
    id: FundingSourceId,
    form: SourceForm,
    errors: FieldErrors,
) -> Result<SourceFormPage, Failure> {
    let reference = form.reference.clone();
    let known = app.read(|conn| Ok(funds::all(conn)?)).await?;
    Ok(SourceFormPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Bailleurs"), NavLink::new(format!("{HERE}/{id}"), &reference)],
        title: format!("Modifier la convention {reference}"),
        action: format!("{HERE}/{id}/modification"),
        funders: None,
        marks: marks(&form),
        fund_marks: fund_marks(&form, &known),
        form,
        can_change_amount: who.actor.is(Role::Finance),
        token: entropy::form_token()?,
        errors,
    })
}

/// A form for a new agreement.
pub async fn blank(app: Data<App>, who: Finance) -> Reply {
    Ok(render(&new_page(&app, &who, SourceForm::default(), FieldErrors::none()).await?))
}

/// Writes a new agreement.
pub async fn create(app: Data<App>, who: Finance, form: Fields) -> Reply {
    let (actor, now, wanted) = (who.actor.clone(), app.now(), typed(&form));
    let act = move |tx: &mut Tx| {
        let id = funding_sources::save(tx, &actor, None, &wanted, now)?;
        Ok(format!("{HERE}/{id}"))
    };
    match once(&app, &who, &form, format!("{HERE}/nouvelle"), act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("La convention est inscrite."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = new_page(&app, &who, typed(&form), errors_of(wrong).in_order(FIELDS)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// The form of a known agreement.
pub async fn edit(app: Data<App>, who: Funding, id: Path<FundingSourceId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let paper = app.read(move |conn| funding_sources::find(conn, &actor, id, now)).await?;
    Ok(render(&edit_page(&app, &who, id, SourceForm::of(&paper.definition), FieldErrors::none()).await?))
}

/// Writes what an agreement says now.
pub async fn change(app: Data<App>, who: Funding, id: Path<FundingSourceId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let reader = actor.clone();
    let known = app.read(move |conn| funding_sources::find(conn, &reader, id, now)).await?;
    let mut wanted = typed(&form);
    wanted.reference = known.definition.reference.clone();
    wanted.funder = known.definition.funder.clone();
    let shown = wanted.clone();
    let act = move |tx: &mut Tx| {
        let id = funding_sources::save(tx, &actor, Some(id), &wanted, now)?;
        Ok(format!("{HERE}/{id}"))
    };
    match once(&app, &who, &form, format!("{HERE}/{id}/modification"), act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("La convention est modifiée."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = edit_page(&app, &who, id, shown, errors_of(wrong).in_order(FIELDS)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Adds a funder.
pub async fn add_funder(app: Data<App>, who: Funding, form: Fields) -> Reply {
    let (actor, now, typed) = (who.actor.clone(), app.now(), form.clone());
    let act = move |tx: &mut Tx| {
        let said = (typed.text("code"), typed.text("nom"), typed.text("mention"));
        funding_sources::add_funder(tx, &actor, said, now)?;
        Ok(LIST.to_owned())
    };
    match once(&app, &who, &form, LIST.to_owned(), act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Le bailleur est ajouté."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = funders_page(&app, &who, &form, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

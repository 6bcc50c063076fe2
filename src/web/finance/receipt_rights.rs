//! Tax receipts: whether the house may issue them and why, and what it issued each year. No donor is named here.

use super::{once, places};
use crate::{
    domain::{
        donations::{DonorKind, TaxArticle},
        money::Euros,
        roles::Role,
    },
    store::{Tx, donations::YearRow, entropy},
    usecases::{
        UseCaseError, donation_books,
        receipt_rights::{self, ReceiptRights},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Books, Director, SignedIn},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Choice, Fact},
    },
};
use actix_web::{http::StatusCode, web::Data};
use askama::Template;

const HERE: &str = "/finances/recus-fiscaux";
/// The fields of the form, in their order.
const FIELDS: &[&str] = &["habilite", "articles", "qualite", "numero", "objet"];

#[derive(Template)]
#[template(path = "finance/receipt_rights.html")]
struct RightsPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    /// What is said now.
    facts: Vec<Fact>,
    /// Whether this person says it.
    may_say: bool,
    form: ReceiptRights,
    articles: Vec<Choice>,
    years: Vec<Year>,
    token: String,
    errors: FieldErrors,
}

/// One year of the declaration, all donors together.
struct Year {
    year: i32,
    persons: String,
    companies: String,
    receipts: i64,
    amount: Euros,
    voided: i64,
}

fn years(rows: &[YearRow]) -> Vec<Year> {
    let mut years: Vec<Year> = Vec::new();
    for row in rows {
        let said = format!("{} ({})", Euros::from_cents(row.cents), row.receipts);
        let year = match years.iter().position(|known| known.year == row.year) {
            Some(at) => years.get_mut(at),
            None => {
                let none = String::from("0\u{a0}€ (0)");
                let (persons, companies) = (none.clone(), none);
                years.push(Year { year: row.year, persons, companies, receipts: 0, amount: Euros::ZERO, voided: 0 });
                years.last_mut()
            }
        };
        let Some(year) = year else { continue };
        match row.donor_kind {
            DonorKind::Person => year.persons = said,
            DonorKind::Company => year.companies = said,
        }
        year.receipts += row.receipts;
        year.amount += Euros::from_cents(row.cents);
        year.voided += row.voided;
    }
    years
}

fn facts(rights: &ReceiptRights) -> Vec<Fact> {
    let is_entitled = if rights.is_entitled { "Oui" } else { "Non" };
    let cited: Vec<_> = rights.articles.iter().map(|article| article.citation()).collect();
    vec![
        Fact::new("Habilité à émettre des reçus", is_entitled),
        Fact::new("Fondement", cited.join(", ")),
        Fact::new("Qualité", &rights.quality),
        Fact::new("SIREN ou RNA", &rights.number),
        Fact::new("Objet", &rights.object),
        Fact::new("Dit par", &rights.said_by),
    ]
}

async fn page(
    app: &App,
    who: &SignedIn,
    typed: Option<ReceiptRights>,
    errors: FieldErrors,
) -> Result<RightsPage, Failure> {
    let actor = who.actor.clone();
    let (known, rows) =
        app.read(move |conn| Ok((receipt_rights::load(conn)?, donation_books::years(conn, &actor)?))).await?;
    let facts = facts(&known);
    let form = typed.unwrap_or(known);
    let chosen: Vec<&str> = form.articles.iter().map(|article| article.code()).collect();
    Ok(RightsPage {
        chrome: who.chrome(),
        places: places(who, HERE),
        facts,
        may_say: who.actor.is(Role::Director),
        articles: Choice::list(TaxArticle::ALL.iter().map(|article| (article.code(), article.label())), &chosen),
        form,
        years: years(&rows),
        token: entropy::form_token()?,
        errors,
    })
}

/// What is said of it, and what was issued.
pub async fn show(app: Data<App>, who: Books) -> Reply {
    Ok(render(&page(&app, &who, None, FieldErrors::none()).await?))
}

fn typed(form: &Fields) -> ReceiptRights {
    let text = |name| form.text(name).to_owned();
    ReceiptRights {
        is_entitled: form.has("habilite"),
        number: text("numero"),
        object: text("objet"),
        quality: text("qualite"),
        articles: form.all("articles").filter_map(|code| code.parse().ok()).collect(),
        said_by: String::new(),
    }
}

/// Says whether the house may issue receipts.
pub async fn save(app: Data<App>, who: Director, form: Fields) -> Reply {
    let (actor, now, wanted) = (who.actor.clone(), app.now(), typed(&form));
    let act = move |tx: &mut Tx| {
        receipt_rights::save(tx, &actor, &wanted, now)?;
        Ok(HERE.to_owned())
    };
    match once(&app, &who, &form, HERE.to_owned(), act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("C’est enregistré."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, Some(typed(&form)), errors_of(wrong).in_order(FIELDS)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

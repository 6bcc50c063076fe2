//! The form of a donation: recorded, and its donor corrected as long as no receipt says who gave.

use super::{
    donations::{LIST, donor},
    once,
};
use crate::{
    domain::{
        donations::{DonorKind, DonorWish, GiftForm, PaymentMeans},
        ids::DonationId,
        references::axes,
        time::french_date,
    },
    store::{Tx, entropy},
    usecases::{
        UseCaseError,
        donations::{self, DonationForm},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Finance, SignedIn},
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

/// The fields of the form, in their order.
const FIELDS: &[&str] = &[
    "montant",
    "date",
    "moyen",
    "forme",
    "convention",
    "flechage",
    "donateur",
    "nom",
    "prenoms",
    "forme_juridique",
    "siren",
    "rue",
    "code_postal",
    "ville",
    "courriel",
];

#[derive(Template)]
#[template(path = "finance/new_donation.html")]
struct NewDonationPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: &'static str,
    action: String,
    /// Whether the gift itself is typed, and not only who gave it.
    is_new: bool,
    /// The gift, in words, when it stays.
    lead: String,
    sources: Vec<Choice>,
    kinds: Vec<Choice>,
    means: Vec<Choice>,
    gift_forms: Vec<Choice>,
    wishes: Vec<Choice>,
    form: DonationForm,
    version: i32,
    token: String,
    errors: FieldErrors,
}

fn typed(form: &Fields) -> DonationForm {
    let text = |name| form.text(name).to_owned();
    DonationForm {
        source: text("convention"),
        kind: text("donateur"),
        name: text("nom"),
        first_names: text("prenoms"),
        legal_form: text("forme_juridique"),
        siren: text("siren"),
        street: text("rue"),
        postcode: text("code_postal"),
        city: text("ville"),
        email: text("courriel"),
        amount: text("montant"),
        given_on: text("date"),
        means: text("moyen"),
        gift_form: text("forme"),
        wish: text("flechage"),
    }
}

/// Which page: a new donation, or the donor of one, with its version and the gift in words.
enum About {
    New,
    Donor(DonationId, i32, String),
}

async fn page(
    app: &App,
    who: &SignedIn,
    about: About,
    form: DonationForm,
    errors: FieldErrors,
) -> Result<NewDonationPage, Failure> {
    let actor = who.actor.clone();
    let (sources, funds) = app.read(move |conn| donations::choices(conn, &actor)).await?;
    let funds = funds.into_iter().map(|(code, name)| (format!("fonds:{code}"), DonorWish::Fund(name).label()));
    let axes = axes().iter().map(|axis| (format!("axe:{}", axis.code), DonorWish::Axis(axis.code.clone()).label()));
    let (title, action, version, lead, is_new) = match about {
        About::New => ("Enregistrer un don", LIST.to_owned(), 0, String::new(), true),
        About::Donor(id, version, lead) => {
            ("Corriger le donateur", format!("{LIST}/{id}/correction"), version, lead, false)
        }
    };
    let mut sources = Choice::list(sources, &[form.source.as_str()]);
    if let [only] = sources.as_mut_slice() {
        only.checked = true;
    }
    Ok(NewDonationPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Dons")],
        title,
        action,
        is_new,
        lead,
        sources,
        kinds: Choice::list(DonorKind::ALL.iter().map(|kind| (kind.code(), kind.label())), &[form.kind.as_str()]),
        means: Choice::list(PaymentMeans::ALL.iter().map(|one| (one.code(), one.label())), &[form.means.as_str()]),
        gift_forms: Choice::list(GiftForm::ALL.iter().map(|one| (one.code(), one.label())), &[form.gift_form.as_str()]),
        wishes: Choice::list(funds.chain(axes), &[form.wish.as_str()]),
        form,
        version,
        token: entropy::form_token()?,
        errors,
    })
}

/// The empty form.
pub async fn blank(app: Data<App>, who: Finance) -> Reply {
    let today = app.now().paris_date().to_string();
    let form = DonationForm {
        kind: DonorKind::Person.code().to_owned(),
        means: PaymentMeans::Transfer.code().to_owned(),
        gift_form: GiftForm::Manual.code().to_owned(),
        given_on: today,
        ..DonationForm::default()
    };
    Ok(render(&page(&app, &who, About::New, form, FieldErrors::none()).await?))
}

/// Records a donation.
pub async fn record(app: Data<App>, who: Finance, form: Fields) -> Reply {
    let (actor, now, wanted) = (who.actor.clone(), app.now(), typed(&form));
    let act = move |tx: &mut Tx| {
        let id = donations::record(tx, &actor, &wanted, now)?;
        Ok(format!("{LIST}/{id}"))
    };
    match once(&app, &who, &form, LIST.to_owned(), act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Le don est enregistré."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, About::New, typed(&form), errors_of(wrong).in_order(FIELDS)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Who gave, to be corrected.
async fn known(app: &App, who: &SignedIn, id: DonationId) -> Result<(About, DonationForm), Failure> {
    let actor = who.actor.clone();
    let row = app.read(move |conn| donations::file(conn, &actor, id)).await?.row;
    let lead =
        format!("Don {} ({}), {}, du {}.", row.reference, donor(&row), row.amount_cents, french_date(row.given_on));
    let form = DonationForm {
        kind: row.donor_kind.code().to_owned(),
        name: row.name,
        first_names: row.first_names,
        legal_form: row.legal_form,
        siren: row.siren,
        street: row.street,
        postcode: row.postcode,
        city: row.city,
        email: row.email,
        ..DonationForm::default()
    };
    Ok((About::Donor(id, row.version, lead), form))
}

/// The form that corrects who gave.
pub async fn correcting(app: Data<App>, who: Finance, id: Path<DonationId>) -> Reply {
    let (about, form) = known(&app, &who, id.into_inner()).await?;
    Ok(render(&page(&app, &who, about, form, FieldErrors::none()).await?))
}

/// Corrects who gave.
pub async fn correct(app: Data<App>, who: Finance, id: Path<DonationId>, form: Fields) -> Reply {
    let (id, actor, version, wanted) = (id.into_inner(), who.actor.clone(), form.version(), typed(&form));
    let act = move |tx: &mut Tx| {
        donations::correct(tx, &actor, id, version, &wanted)?;
        Ok(format!("{LIST}/{id}"))
    };
    match once(&app, &who, &form, format!("{LIST}/{id}/correction"), act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Le donateur est corrigé."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let about = known(&app, &who, id).await?.0;
            let page = page(&app, &who, about, typed(&form), errors_of(wrong).in_order(FIELDS)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

//! A new call opened on screen: which fund, from what, and its first dates.

use super::{
    calendar,
    inputs::{Group, Input, Reading, Typed},
    pages::home,
};
use crate::{
    domain::{
        definitions::{CallSource, Pattern},
        holidays::working_day,
        lifecycles::calls::CallState,
        time::{Moment, Window},
    },
    store::{Conn, entropy},
    usecases::{
        FieldError, Outcome, UseCaseError, calls, form_tokens,
        preparations::{self, Model, Seed, days_after},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        officer::calls::LIST,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use chrono::NaiveDate;

#[derive(Template)]
#[template(path = "officer/preparation_new.html")]
struct NewCallPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    token: String,
    groups: Vec<Group>,
    /// Whether the form begins an emergency call already.
    is_urgent: bool,
    errors: FieldErrors,
}

/// What there is to choose from: funds, calls and agreements, codes and names.
#[derive(Debug, Clone, Default)]
struct Offered {
    funds: Vec<(String, String)>,
    models: Vec<(String, String)>,
    agreements: Vec<(String, String)>,
}

/// What is chosen beforehand: the only thing there is.
fn only(offered: &[(String, String)]) -> &str {
    match offered {
        [(code, _)] => code.as_str(),
        _ => "",
    }
}

/// A reference that no call has, for an answer to a crisis of this month.
fn free_reference(models: &[(String, String)], today: NaiveDate) -> String {
    let first = format!("CRISE-{}", today.format("%Y-%m"));
    let numbered = |number: u32| if number == 1 { first.clone() } else { format!("{first}-{number}") };
    let is_free = |reference: &String| !models.iter().any(|(known, _)| known == reference);
    (1..100).map(numbered).find(is_free).unwrap_or_default()
}

/// The money of an answer to a crisis, asked at once: with it the call may be published.
fn money(agreements: Vec<(String, String)>) -> Group {
    let chosen = only(&agreements).to_owned();
    let agreement = Input::choose("select", "convention", "Convention qui la finance", agreements, &[&chosen]);
    let inputs = vec![Input::money("envelope", "Enveloppe", None).optional(), agreement.optional()];
    Group::new("Argent", inputs).help(
        "Avec lui, l’appel peut être publié aussitôt. Pour plusieurs conventions, laissez vide\u{a0}: la partie \
         «\u{a0}Argent\u{a0}» les demande.",
    )
}

fn offered(conn: &mut Conn) -> Outcome<Offered> {
    let funds = calls::funds(conn)?.into_iter().map(|(id, fund)| (id.to_string(), fund.name.clone()));
    let funds = funds.collect();
    let lines = crate::store::calls::page(conn, CallState::ALL, None, 300)?.into_iter();
    let models = lines.map(|line| (line.reference.clone(), format!("{} ({})", line.title, line.reference)));
    let agreements = preparations::granting(conn)?.into_iter();
    let agreements =
        agreements.map(|source| (source.reference.clone(), format!("{} ({})", source.title, source.reference)));
    Ok(Offered { funds, models: models.collect(), agreements: agreements.collect() })
}

/// The form, its dates proposed from today on.
fn groups(offered: Offered, wanted: Pattern, now: Moment) -> Vec<Group> {
    let today = now.paris_date();
    // Days from one to the next, the first two from today: opening, last day, committee, announcement.
    let (opens, last_day, committee, announced) = match wanted {
        Pattern::Short => (28, 28 + 60, 30, 7),
        Pattern::Emergency => (1, 14, 2, 1),
    };
    let (opens, last_day) = (days_after(today, opens), days_after(today, last_day));
    let committee_on = working_day(days_after(last_day, committee));
    let announced_on = working_day(days_after(committee_on, announced));
    let window = Window { opens: Moment::start_of_day(opens), closes: Moment::end_of_day(last_day) };
    let is_urgent = wanted == Pattern::Emergency;
    let reference = if is_urgent { free_reference(&offered.models, today) } else { String::new() };
    let fund = only(&offered.funds).to_owned();
    let patterns = Pattern::ALL.iter().map(|pattern| (pattern.code().to_owned(), pattern.label().to_owned()));
    let models = patterns.chain(offered.models);
    let model = Input::choose("select", "modele", "Partir de", models, &[wanted.code()]);
    let first = vec![
        Input::choose("radios", "fonds", "Fonds", offered.funds, &[&fund]),
        model.help(
            "Un modèle, ou un appel déjà fait avec ses textes et son formulaire, ses dates avancées. \
             L’appel d’urgence est prêt dès que vous avez indiqué son enveloppe et ses financements.",
        ),
        Input::text("reference", "Référence", &reference)
            .help("Des majuscules, des chiffres et des tirets\u{a0}: RECITAL-2028-1. Elle ne changera plus."),
        Input::text("title", "Titre", ""),
    ];
    let mut dates = calendar::window_inputs(&window);
    dates.push(Input::date("calendar.committee_on", "Réunion du comité", Some(committee_on)));
    dates.push(Input::date("calendar.announcement_on", "Annonce des résultats", Some(announced_on)));
    let dates = Group::new("Premières dates", dates).paired();
    let dates = dates.help("Elles se changent tant que l’appel n’est pas publié.");
    let money = is_urgent.then(|| money(offered.agreements));
    [Group::new("", first)].into_iter().chain(money).chain([dates]).collect()
}

fn is_reference(text: &str) -> bool {
    (3..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && text.bytes().any(|b| b.is_ascii_uppercase())
}

/// The money of the call, where its amount was said.
fn read_money(reading: &mut Reading<'_>) -> Option<CallSource> {
    let amount = reading.amount_option("envelope").filter(|amount| amount.is_positive())?;
    let reference = reading.text("convention");
    if reference.is_empty() {
        reading.errors.add("convention", "Choisissez la convention qui finance l’appel.");
    }
    Some(CallSource { reference, amount })
}

fn read(form: &Fields) -> Outcome<Seed> {
    let mut reading = Reading::of(form);
    let fund = reading.code_or("fonds", "Choisissez un fonds.");
    let reference = reading.text("reference");
    if !is_reference(&reference) {
        let sentence = "De 3 à 40 majuscules sans accent, chiffres et tirets. Exemple\u{a0}: RECITAL-2028-1.";
        reading.errors.add("reference", sentence);
    }
    let title = reading.needed("title", 200, "Donnez un titre à l’appel.");
    let money = read_money(&mut reading);
    let window = calendar::read_window(&mut reading);
    let committee_on = reading.date("calendar.committee_on");
    let announcement_on = reading.date("calendar.announcement_on");
    if reading.errors.is_empty() {
        if window.closes <= window.opens {
            reading.errors.add("window.closes", "L’appel ferme avant d’ouvrir.");
        } else if committee_on <= window.closes.plus_seconds(-1).paris_date() {
            reading.errors.add("calendar.committee_on", "Le comité se réunit avant la fermeture de l’appel.");
        } else if announcement_on < committee_on {
            let sentence = "Les résultats sont annoncés avant la réunion du comité.";
            reading.errors.add("calendar.announcement_on", sentence);
        }
    }
    let model = form.filled("modele").unwrap_or(Pattern::Short.code());
    let model = model.parse().map_or_else(|_| Model::Call(model.to_owned()), Model::Pattern);
    match fund.filter(|_| reading.errors.is_empty()) {
        Some(fund) => Ok(Seed { fund, reference, title, window, committee_on, announcement_on, model, money }),
        None => {
            let wrong = reading.errors.iter().map(|(field, sentence)| FieldError::new(field, sentence));
            Err(UseCaseError::Invalid(wrong.collect()))
        }
    }
}

async fn page(
    app: &App,
    who: &Officer,
    wanted: Pattern,
    typed: Typed<'_>,
    errors: FieldErrors,
) -> Result<NewCallPage, Failure> {
    let mut groups = groups(app.read(offered).await?, wanted, app.now());
    typed.refill(&mut groups);
    let way = vec![NavLink::new(LIST, "Appels à projets")];
    let is_urgent = wanted == Pattern::Emergency;
    Ok(NewCallPage { chrome: who.chrome(), way, token: entropy::form_token()?, groups, is_urgent, errors })
}

/// What the form of a new call begins with.
#[derive(Debug, serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    modele: String,
}

/// The form of a new call; its dates are near when it is an emergency.
pub async fn blank(app: Data<App>, who: Officer, asked: Query<Asked>) -> Reply {
    let wanted = asked.modele.parse().unwrap_or(Pattern::Short);
    Ok(render(&page(&app, &who, wanted, Typed::default(), FieldErrors::none()).await?))
}

/// Opens it, and goes on with its parts.
pub async fn create(app: Data<App>, who: Officer, form: Fields) -> Reply {
    let (actor, person, now, sent) = (who.actor.clone(), who.id, app.now(), form.clone());
    let body = format!("{form:?}");
    let written = app
        .write(move |tx| {
            let route = "/appels-a-projets/creation";
            let sending = form_tokens::Sending { person, token: sent.token(), route, body: body.as_bytes(), now };
            form_tokens::once(tx, sending, |tx| {
                let seed = read(&sent)?;
                let is_whole = preparations::create(tx, &actor, &seed, now)?;
                Ok(if is_whole { format!("{LIST}/{}", seed.reference) } else { home(&seed.reference) })
            })
        })
        .await;
    match written {
        Ok(to) => {
            Ok(see_other_saying(to, &Flash::success("L’appel est ouvert en préparation. Personne d’autre ne le voit.")))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            // The money that was typed stays in view, whatever the call begins with.
            let is_funded = form.filled("envelope").is_some();
            let wanted =
                if is_funded { Pattern::Emergency } else { form.text("modele").parse().unwrap_or(Pattern::Short) };
            let page = page(&app, &who, wanted, Typed { form: Some(&form), is_contested: false }, errors).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

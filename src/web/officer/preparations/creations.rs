//! A new call opened on screen: which fund, from what, and its first dates.

use super::{
    calendar,
    inputs::{Group, Input, Reading, Typed},
    pages::home,
};
use crate::{
    domain::{
        definitions::Pattern,
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

#[derive(Template)]
#[template(path = "officer/preparation_new.html")]
struct NewCallPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    token: String,
    groups: Vec<Group>,
    errors: FieldErrors,
}

/// What there is to choose from: funds and calls, codes and names.
#[derive(Debug, Clone, Default)]
struct Offered {
    funds: Vec<(String, String)>,
    models: Vec<(String, String)>,
}

fn offered(conn: &mut Conn) -> Outcome<Offered> {
    let funds = calls::funds(conn)?.into_iter().map(|(id, fund)| (id.to_string(), fund.name.clone()));
    let funds = funds.collect();
    let lines = crate::store::calls::page(conn, CallState::ALL, None, 300)?.into_iter();
    let models = lines.map(|line| (line.reference.clone(), format!("{} ({})", line.title, line.reference)));
    Ok(Offered { funds, models: models.collect() })
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
    let patterns = Pattern::ALL.iter().map(|pattern| (pattern.code().to_owned(), pattern.label().to_owned()));
    let models = patterns.chain(offered.models);
    let model = Input::choose("select", "modele", "Partir de", models, &[wanted.code()]);
    let first = vec![
        Input::choose("radios", "fonds", "Fonds", offered.funds, &[]),
        model.help(
            "Un modèle, ou un appel déjà fait avec ses textes et son formulaire, ses dates avancées. \
             L’appel d’urgence est prêt dès que vous avez indiqué son enveloppe et ses financements.",
        ),
        Input::text("reference", "Référence", "")
            .help("Des majuscules, des chiffres et des tirets\u{a0}: RECITAL-2028-1. Elle ne changera plus."),
        Input::text("title", "Titre", ""),
    ];
    let mut dates = calendar::window_inputs(&window);
    dates.push(Input::date("calendar.committee_on", "Réunion du comité", Some(committee_on)));
    dates.push(Input::date("calendar.announcement_on", "Annonce des résultats", Some(announced_on)));
    vec![
        Group::new("", first),
        Group::new("Premières dates", dates).paired().help("Elles se changent tant que l’appel n’est pas publié."),
    ]
}

fn is_reference(text: &str) -> bool {
    (3..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && text.bytes().any(|b| b.is_ascii_uppercase())
}

fn read(form: &Fields) -> Outcome<Seed> {
    let mut reading = Reading::of(form);
    let fund = reading.code("fonds");
    let reference = reading.text("reference");
    if !is_reference(&reference) {
        let sentence = "De 3 à 40 majuscules sans accent, chiffres et tirets. Exemple\u{a0}: RECITAL-2028-1.";
        reading.errors.add("reference", sentence);
    }
    let title = reading.needed("title", 200, "Donnez un titre à l’appel.");
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
        Some(fund) => Ok(Seed { fund, reference, title, window, committee_on, announcement_on, model }),
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
    Ok(NewCallPage { chrome: who.chrome(), way, token: entropy::form_token()?, groups, errors })
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
                preparations::create(tx, &actor, &seed, now)?;
                Ok(home(&seed.reference))
            })
        })
        .await;
    match written {
        Ok(to) => {
            Ok(see_other_saying(to, &Flash::success("L’appel est ouvert en préparation. Personne d’autre ne le voit.")))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            let page =
                page(&app, &who, Pattern::Short, Typed { form: Some(&form), is_contested: false }, errors).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

//! Which fund for my project? A few questions from the rules of the calls, an honest answer, no account, nothing kept.

use crate::{
    domain::{
        definitions::FundDefinition,
        eligibility::{Chance, Facts, Outlook, Rule, Topic},
        ids::FundId,
        money::Euros,
        organisations::{LegalForm, department_of},
        references::{Marker, MarkerLevel, countries, country},
        time::Moment,
    },
    store::Conn,
    usecases::{
        calls,
        eligibility::{self, Prospect},
        reference_data,
    },
    web::{
        App, Fields, Reply,
        audiences::Public,
        pages::{Chrome, FieldErrors, Tone, render_as},
        parts::{Badge, Choice},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use chrono::NaiveDate;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "public/eligibility.html")]
struct EligibilityPage {
    chrome: Chrome,
    typed: Fields,
    forms: Vec<Choice>,
    /// Which questions the rules of the present calls call for.
    asks: Asks,
    /// Where the project may be said to happen, when a rule reads it.
    countries: Vec<Choice>,
    markers: Vec<(String, Marker, Vec<Choice>)>,
    answers: Vec<Answer>,
    errors: FieldErrors,
}

/// A question is asked when a rule of a present call reads its answer.
struct Asks {
    founding: bool,
    annual_budget: bool,
    project_place: bool,
    project_country: bool,
    dates: bool,
}

/// One call, as it looks from what was said.
struct Answer {
    reference: String,
    title: String,
    fund_code: String,
    badge: Badge,
    sentence: &'static str,
    lists: Vec<(&'static str, Vec<String>)>,
    deadline: String,
}

fn asks(prospects: &[Prospect]) -> Asks {
    let has = |topic: Topic| prospects.iter().flat_map(|p| &p.rules).any(|rule| rule.topic() == Some(topic));
    Asks {
        founding: has(Topic::Founding),
        annual_budget: has(Topic::AnnualBudget),
        project_place: has(Topic::ProjectPlace),
        project_country: has(Topic::ProjectCountry),
        dates: has(Topic::Dates),
    }
}

/// The markers that a rule of a present call reads.
fn markers(prospects: &[Prospect]) -> Vec<Marker> {
    let read = |marker: Marker| {
        let mut rules = prospects.iter().flat_map(|prospect| &prospect.rules);
        rules.any(|rule| matches!(rule, Rule::MarkerAtLeast { marker: read, .. } if *read == marker))
    };
    Marker::ALL.iter().copied().filter(|marker| read(*marker)).collect()
}

fn field_of(marker: Marker) -> String {
    format!("attention-{}", marker.code())
}

/// What was said, as the rules read it. What is left empty is simply not known.
fn facts(typed: &Fields, markers: &[Marker], commune: Option<String>, errors: &mut FieldErrors) -> Facts {
    let mut day = |name: &str| -> Option<NaiveDate> {
        let text = typed.filled(name)?;
        errors.note(name, text.parse(), "Cette date n’existe pas. Exemple\u{a0}: 15/04/2027.")
    };
    let (founded_on, starts_on, ends_on) = (day("creation"), day("debut"), day("fin"));
    if starts_on.zip(ends_on).is_some_and(|(start, end)| end < start) {
        errors.add("fin", "La fin vient avant le début.");
    }
    let mut euros = |name: &str| -> Option<Euros> {
        let amount: Option<Euros> =
            errors.note(name, typed.filled(name)?.parse(), "Indiquez un montant, par exemple 3\u{202f}500.");
        if amount.is_some_and(|amount| !amount.is_positive()) {
            errors.add(name, "Indiquez un montant plus grand que zéro.");
        }
        amount
    };
    let (requested, annual_budget) = (euros("montant"), euros("budget"));
    let department = department_of(typed.text("code_postal"));
    if department.is_none() {
        errors.add("code_postal", "Indiquez les cinq chiffres du code postal du siège, par exemple 59000.");
    }
    let legal_form = typed.text("forme").parse::<LegalForm>().ok();
    if legal_form.is_none() {
        errors.add("forme", "Choisissez la forme de votre organisation.");
    }
    if commune.is_none() && typed.filled("commune").is_some() {
        errors.add("commune", "Nous ne connaissons pas cette commune des Hauts-de-France. Vérifiez son nom.");
    }
    let level = |marker: &Marker| typed.text(&field_of(*marker)).parse::<MarkerLevel>().ok().map(|l| (*marker, l));
    let levels: Vec<_> = markers.iter().filter_map(level).collect();
    Facts {
        legal_form,
        founded_on,
        department,
        project_commune: commune,
        project_country: typed.filled("pays").and_then(country).map(|country| country.code.clone()),
        annual_budget,
        requested,
        starts_on,
        ends_on,
        markers: Some(levels).filter(|levels| !levels.is_empty()),
        ..Facts::default()
    }
}

fn answer(prospect: &Prospect, outlook: Outlook, fund_code: String, is_open: bool) -> Answer {
    let (tone, label, sentence) = match outlook.chance {
        Chance::Good => (Tone::Success, "Oui, a priori", "Rien de ce que vous dites ne s’y oppose."),
        Chance::IfAdjusted => {
            (Tone::Warning, "Oui, en l’adaptant", "Votre organisation convient, le projet est à ajuster.")
        }
        Chance::OutOfReach => (Tone::Neutral, "Pas ce fonds", "Cet appel ne s’adresse pas à votre organisation."),
    };
    let lists = [
        ("Ce qui s’y oppose", outlook.against),
        ("Ce qui est à ajuster", outlook.to_adjust),
        ("Ce qui convient", outlook.met),
        ("Ce qui reste à vérifier", outlook.to_check),
    ];
    let deadline = match is_open {
        true => format!("Dépôt jusqu’au {}", prospect.call.window().deadline()),
        false => format!("Ouvre le {}", prospect.call.opens_at.french()),
    };
    Answer {
        reference: prospect.definition.reference.clone(),
        title: prospect.definition.title.clone(),
        fund_code,
        badge: Badge { tone, label: label.to_owned() },
        sentence,
        lists: lists.into_iter().filter(|(_, list)| !list.is_empty()).collect(),
        deadline,
    }
}

/// What every present call says to these facts, the most promising first.
fn answers(prospects: &[Prospect], funds: &[(FundId, Arc<FundDefinition>)], facts: &Facts, now: Moment) -> Vec<Answer> {
    let fund_of = |id: FundId| funds.iter().find(|(known, _)| *known == id).map(|(_, fund)| fund.code.clone());
    let mut found: Vec<_> = prospects.iter().map(|prospect| (prospect, prospect.outlook(facts))).collect();
    found.sort_by_key(|(_, outlook)| outlook.chance);
    let told = |(prospect, outlook): (&Prospect, Outlook)| {
        let fund = fund_of(prospect.call.fund_id).unwrap_or_default();
        answer(prospect, outlook, fund, prospect.call.is_open(now))
    };
    found.into_iter().map(told).collect()
}

/// A question about a marker: its field, the marker, the levels with the chosen one.
fn marker_question(marker: Marker, typed: &Fields) -> (String, Marker, Vec<Choice>) {
    let field = field_of(marker);
    let levels = MarkerLevel::ALL.iter().map(|level| (level.code(), level.label()));
    let choices = Choice::list(levels, &[typed.text(&field)]);
    (field, marker, choices)
}

/// The questions and, once the first ones are answered, what each call says to them. The answers are in the address:
/// it can be kept or sent to somebody.
pub async fn ask(app: Data<App>, visitor: Public, query: Query<Vec<(String, String)>>) -> Reply {
    let (now, typed) = (app.now(), Fields::of(query.into_inner()));
    let place = typed.text("commune").to_owned();
    let read = move |conn: &mut Conn| {
        let commune = reference_data::commune_named(conn, &place)?;
        Ok((eligibility::prospects(conn, now)?, calls::funds(conn)?, commune))
    };
    let (prospects, funds, commune) = app.read(read).await?;
    let (markers, is_asked, mut errors) = (markers(&prospects), typed.has("forme"), FieldErrors::none());
    let facts = if is_asked { facts(&typed, &markers, commune, &mut errors) } else { Facts::default() };
    let is_answered = is_asked && errors.is_empty();
    let page = EligibilityPage {
        chrome: visitor.chrome(),
        forms: Choice::list(LegalForm::ALL.iter().map(|form| (form.code(), form.label())), &[typed.text("forme")]),
        asks: asks(&prospects),
        countries: Choice::list(countries().iter().map(|c| (c.code.as_str(), c.name.as_str())), &[typed.text("pays")]),
        markers: markers.into_iter().map(|marker| marker_question(marker, &typed)).collect(),
        answers: if is_answered { answers(&prospects, &funds, &facts, now) } else { Vec::new() },
        typed,
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(render_as(status, &page))
}

//! The rehearsal of a call: what it does, then how far the call leads and what repairs it.

use super::{
    pages::{home, known, way},
    spots::{Kind, Owner, Spot},
};
use crate::{
    domain::time::french_weekday_date,
    exports::credit_transfers::bank_file,
    usecases::rehearsals::{self, DeadEnd, Rehearsal, Step, Taken, Thing, Written},
    web::{
        App, Reply,
        audiences::Officer,
        officer::calls::LIST,
        pages::{Chrome, NavLink, render},
        parts::StepState,
    },
};
use actix_web::web::{Data, Path};
use askama::Template;

/// Where a call is rehearsed.
pub(super) fn address(reference: &str) -> String {
    format!("{LIST}/{reference}/repetition")
}

#[derive(Template)]
#[template(path = "officer/preparation_rehearsal.html")]
struct RehearsalPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    fund_code: String,
    call: String,
    /// Whether what is rehearsed is a revision of a published call.
    is_revision: bool,
    address: String,
    home: String,
    /// What came of it, once it was played.
    played: Option<Played>,
}

struct Played {
    is_whole: bool,
    /// What is said on top.
    summary: String,
    steps: Vec<Line>,
    dead_ends: Vec<Repair>,
    /// Each mail and letter as the made-up applicants read it, and the fields that had no value.
    written: Vec<Written>,
    unfilled: Vec<String>,
}

struct Line {
    label: &'static str,
    state: StepState,
    /// « passé », « bloqué », « pas encore joué ».
    words: &'static str,
    day: String,
    said: String,
}

struct Repair {
    sentence: String,
    href: String,
    label: String,
}

fn line(step: Step, taken: &[Taken]) -> Line {
    match taken.iter().find(|taken| taken.step == step) {
        Some(taken) => Line {
            label: step.label(),
            state: StepState::Done,
            words: "passé",
            day: french_weekday_date(taken.at.paris_date()),
            said: taken.said.join(", "),
        },
        None => {
            let is_next = Step::ALL.get(taken.len()) == Some(&step);
            let (state, words) =
                if is_next { (StepState::Current, "bloqué") } else { (StepState::Next, "pas encore joué") };
            Line { label: step.label(), state, words, day: String::new(), said: String::new() }
        }
    }
}

fn repair(reference: &str, dead_end: DeadEnd) -> Repair {
    let part = format!("{}/{}", home(reference), dead_end.part.code());
    let spot = dead_end.thing.map(|thing| match thing {
        Thing::Rule(place) => (Kind::Rule, place.to_string(), "Corriger la règle"),
        Thing::Document(code) => (Kind::Document, code, "Corriger la pièce"),
        Thing::Section(code) => (Kind::Section, code, "Corriger la rubrique"),
        Thing::Question(code) => (Kind::Question, code, "Corriger la question"),
    });
    match spot {
        Some((kind, key, label)) => {
            let spot = Spot::new(Owner::Call, kind, Some(key));
            let part = spot.part().map_or(part, |part| format!("{}/{}", home(reference), part.code()));
            Repair { sentence: dead_end.sentence, href: format!("{part}/{}", spot.item()), label: label.into() }
        }
        None => Repair {
            sentence: dead_end.sentence,
            href: part,
            label: format!("Corriger «\u{a0}{}\u{a0}»", dead_end.part.label()),
        },
    }
}

fn played(reference: &str, rehearsal: Rehearsal) -> Played {
    let passed =
        format!("Étapes passées\u{a0}: {} sur {}. Rien n’en a été gardé.", rehearsal.taken.len(), Step::ALL.len());
    let summary = match rehearsal.dead_ends.len() {
        0 => "De la publication au dernier versement, chaque étape passe. Rien n’a été gardé de cette répétition."
            .to_owned(),
        1 => format!("Un point est à corriger. {passed}"),
        points => format!("{points} points sont à corriger. {passed}"),
    };
    let unfilled = rehearsal.dead_ends.iter().map(|dead_end| &dead_end.sentence);
    let unfilled = unfilled.filter(|sentence| sentence.contains("nomme {")).cloned().collect();
    Played {
        unfilled,
        is_whole: rehearsal.is_whole(),
        summary,
        steps: Step::ALL.iter().map(|step| line(*step, &rehearsal.taken)).collect(),
        dead_ends: rehearsal.dead_ends.into_iter().map(|dead_end| repair(reference, dead_end)).collect(),
        written: rehearsal.written,
    }
}

async fn page(app: &App, who: &Officer, reference: &str, rehearsal: Option<Rehearsal>) -> Reply {
    let known = known(app, who, reference).await?;
    let mut way = way(&known, None);
    way.push(NavLink::new(home(reference), "Préparation"));
    Ok(render(&RehearsalPage {
        chrome: who.chrome(),
        way,
        fund_code: known.fund.code.clone(),
        call: known.definition.title.clone(),
        is_revision: known.published.is_some(),
        address: address(reference),
        home: home(reference),
        played: rehearsal.map(|rehearsal| played(reference, rehearsal)),
    }))
}

/// Says what a rehearsal does.
pub async fn ask(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    page(&app, &who, &reference, None).await
}

/// Plays it. Nothing is written, so the page itself is the answer.
pub async fn play(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    let (actor, now, wanted) = (who.actor.clone(), app.now(), reference.to_string());
    let rehearsal = app.rehearse(move |tx| rehearsals::rehearse(tx, &actor, &wanted, bank_file, now)).await?;
    page(&app, &who, &reference, Some(rehearsal)).await
}

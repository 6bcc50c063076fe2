//! Reading a draft again before it is filed: every answer with the way to change it, what is missing, and the one button
//! that files it.

use super::{
    Queue,
    applications::{View, action, is_mine, named, opened, pass},
    deadline, file_parts as parts, next_step,
    task_lists::{self, LackLine},
};
use crate::{
    domain::{
        forms::SectionState,
        ids::ApplicationId,
        lifecycles::applications::{ApplicationEvent, ApplicationState},
        ties,
    },
    store::entropy,
    web::{
        App, Failure, Reply,
        answers::{SectionShown, read},
        audiences::Applicant,
        filters,
        pages::{Chrome, NavLink, render, see_other},
        parts::{Action, Countdown, Fact, Stepper},
    },
};
use actix_web::web::{Data, Path};
use askama::Template;

#[derive(Template)]
#[template(path = "applicant/check.html")]
struct CheckPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    title: String,
    deadline: Option<Countdown>,
    stepper: Stepper,
    pass: String,
    queue: Queue,
    facts: Vec<Fact>,
    missing: Vec<LackLine>,
    /// What the rules of the call say against the organisation: it may be filed all the same.
    against: Vec<String>,
    /// What would help, and without which the draft may be filed.
    advice: Vec<LackLine>,
    /// Texts that seem to name pupils.
    pupils: Vec<LackLine>,
    unsigned: Vec<String>,
    sections: Vec<Checked>,
    /// What is declared of ties with the network; whether it was, and whether the reader may change it.
    ties: Vec<String>,
    is_declared: bool,
    writes: bool,
    /// The button that files it, dead with its reason while it cannot be.
    submit: Vec<Action>,
    version: i32,
    token: String,
}

/// One section as it is written today.
struct Checked {
    /// Where it is changed; empty for whoever only reads it.
    href: String,
    state: &'static str,
    tone: &'static str,
    shown: SectionShown,
}

/// What is missing in a draft, each with the place where the reader puts it right; none where somebody else does.
pub(super) fn missing(view: &View) -> Vec<LackLine> {
    task_lists::lacks(&view.content, |section| is_mine(view, section))
}

fn checked(view: &View, state: Option<SectionState>, shown: SectionShown) -> Checked {
    let href = format!("/dossiers/{}/rubriques/{}", view.content.row.id, shown.code);
    Checked {
        href: if view.writes_in.contains(&shown.code) { href } else { String::new() },
        state: state.map_or("", SectionState::label),
        tone: state.map_or("neutral", task_lists::tone),
        shown,
    }
}

/// The draft as it would be filed. What is filed already is read on its own page.
pub async fn show(app: Data<App>, who: Applicant, id: Path<ApplicationId>) -> Reply {
    let id = id.into_inner();
    let view = opened(&app, &who, id).await?;
    if !view.reads {
        return Err(Failure::NotFound);
    }
    let (row, now) = (&view.content.row, app.now());
    if row.state != ApplicationState::Draft {
        return Ok(see_other(format!("/dossiers/{id}")));
    }
    let content = view.content.clone();
    let shown = app.read(move |conn| read(conn, &content)).await?;
    let submit = view.offered.iter().filter(|(event, _)| *event == ApplicationEvent::Submit);
    let submit =
        submit.filter_map(|(event, judged)| action(id, *event, judged.as_ref().err().map(ToString::to_string)));
    let states = view.content.states();
    let checked = |section: SectionShown| checked(&view, states.get(&section.code).copied(), section);
    let unsigned = view.signing.iter().filter(|party| party.signed.is_none());
    Ok(render(&CheckPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/dossiers", "Mes dossiers"),
            NavLink::new(format!("/dossiers/{id}"), named(&row.title)),
        ],
        id: id.to_string(),
        title: named(&row.title),
        deadline: deadline(&view.content, now),
        stepper: next_step(&view.content, None, now),
        pass: pass(&view, now),
        queue: Queue::of(id),
        facts: parts::facts(&view.content, None),
        missing: missing(&view),
        against: view.against.clone(),
        advice: task_lists::advice(&view.content, |section| is_mine(&view, section)),
        pupils: task_lists::pupils(&view.content, |section| is_mine(&view, section)),
        unsigned: unsigned.map(|party| format!("{}, pour {}", party.names(), party.name)).collect(),
        sections: shown.into_iter().map(checked).collect(),
        ties: ties::in_words(&view.content.ties),
        is_declared: view.content.ties.is_some(),
        writes: view.writes,
        submit: submit.collect(),
        version: view.version,
        token: entropy::form_token()?,
    }))
}

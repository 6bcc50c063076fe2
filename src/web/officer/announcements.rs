//! The announcement of a call's results: what will leave, letter by letter, before anybody gets it.

use super::{letters, tone};
use crate::{
    domain::{
        decisions::DecisionPace,
        ids::ApplicationId,
        lifecycle::Refusal,
        lifecycles::calls::{Call, CallEvent},
        time::Moment,
    },
    store::{Conn, calls::CallRow, entropy},
    usecases::{
        Actor, Outcome,
        advance::Object,
        calls, form_tokens,
        release_plans::{self, Plan},
        releases::{self, Outgoing, Told},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render},
        parts::{Action, Badge, Press, Weight},
    },
};
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "officer/announcement.html")]
struct AnnouncementPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    call_title: String,
    state: Badge,
    is_over: bool,
    /// Whether each decision leaves as it is taken.
    is_rolling: bool,
    counts: Vec<(String, &'static str)>,
    lacking: Vec<Line>,
    lines: Vec<Line>,
    actions: Vec<Action>,
    /// The hour that is fixed, in a sentence; empty when none is.
    plan: String,
    is_halted: bool,
    /// The form that fixes an hour, while one may be fixed.
    hour: Option<HourForm>,
    version: i32,
    token: String,
    errors: FieldErrors,
}

/// The form that fixes an hour, as it stands.
struct HourForm {
    href: String,
    day: String,
    hour: String,
    button: &'static str,
    /// The button that drops the hour, once there is one.
    drop: Vec<Action>,
}

#[derive(Clone)]
struct Line {
    reference: String,
    title: String,
    organisation: String,
    badge: Badge,
    amount: String,
    subject: String,
    recipients: Vec<String>,
    /// Where the decision is read, letter and mail; empty when nothing is to be read.
    letter: String,
    /// Whether somebody wrote the letter in place of the model.
    is_edited: bool,
    lacks: Vec<String>,
}

/// A decision as it would leave, or as it left when that is known.
fn line(call: &CallRow, out: Outgoing, told: Option<&Told>) -> Line {
    let preview = if call.decision_pace == DecisionPace::Rolling {
        String::new()
    } else {
        letters::address(&call.reference, out.id)
    };
    let sent = |(name, at): &(String, Option<Moment>)| match at {
        Some(at) => format!("{name}, parti le {}", at.french()),
        None => format!("{name}, en attente d’envoi"),
    };
    let kept = told.map(|told| {
        let letter = told.letter.map(|letter| format!("/instruction/{}/documents/{letter}", out.id));
        (told.subject.clone(), told.recipients.iter().map(sent).collect(), letter.unwrap_or_default())
    });
    let (subject, recipients, letter): (String, Vec<String>, String) =
        kept.unwrap_or((out.subject, out.recipients, preview));
    Line {
        reference: out.reference,
        title: out.title,
        organisation: out.organisation,
        badge: Badge { tone: tone(out.state), label: out.state.label().to_owned() },
        is_edited: out.is_edited && told.is_none(),
        amount: out.amount.map(|amount| amount.to_string()).unwrap_or_default(),
        subject,
        recipients,
        letter,
        lacks: if told.is_some() { Vec::new() } else { out.lacks },
    }
}

fn counts(lines: &[Line], has_letter: usize) -> Vec<(String, &'static str)> {
    let mails: usize = lines.iter().map(|line| line.recipients.len()).sum();
    let figure = |count: usize, one, many| (count.to_string(), if count < 2 { one } else { many });
    vec![
        figure(lines.len(), "décision", "décisions"),
        figure(has_letter, "lettre", "lettres"),
        figure(mails, "courriel", "courriels"),
    ]
}

/// The call, what may be done with it, and every decision.
struct View {
    call: CallRow,
    /// The day the rules of the call promise.
    promised: NaiveDate,
    plan: Option<Plan>,
    offered: Vec<(CallEvent, Result<(), Refusal>)>,
    outgoing: Vec<Outgoing>,
    /// What was sent, once the results are announced.
    told: Option<BTreeMap<ApplicationId, Told>>,
}

fn load(conn: &mut Conn, actor: &Actor, reference: &str, now: Moment) -> Outcome<View> {
    let call = calls::by_reference(conn, reference)?;
    let outgoing = releases::outgoing(conn, actor, call.id, now)?;
    let ids: Vec<_> = outgoing.iter().map(|out| out.id).collect();
    let told = call.is_announced().then(|| releases::told(conn, actor, &ids)).transpose()?;
    let offered = Call::look(conn, call.id, actor, now)?.offered();
    let plan = release_plans::of_call(conn, call.id)?.filter(|_| !call.is_announced());
    let promised = calls::parse(&call)?.calendar.announcement_on;
    Ok(View { promised, plan, offered, call, outgoing, told })
}

fn actions(view: &View) -> Vec<Action> {
    let base = format!("/appels-a-projets/{}", view.call.reference);
    let is_lacking = view.outgoing.iter().any(|out| !out.lacks.is_empty());
    let lacks = || {
        is_lacking.then(|| "Il manque quelque chose à une lettre au moins\u{a0}: voyez la liste ci-dessous.".to_owned())
    };
    let action = |(event, judged): &(CallEvent, Result<(), Refusal>)| {
        let (path, refusal, press) = match event {
            CallEvent::Deliberate => ("deliberation", None, Press::Asks),
            CallEvent::Announce => ("annonce", lacks(), Press::Acts),
            _ => return None,
        };
        let refusal = judged.as_ref().err().map(ToString::to_string).or(refusal);
        let (label, href) = (event.label().into(), format!("{base}/{path}"));
        Some(Action { label, href, weight: Weight::Primary, refusal, press })
    };
    view.offered.iter().filter_map(action).collect()
}

/// The form that fixes an hour, with what was typed; nothing where the table offers none.
fn hour_form(view: &View, typed: &Fields, now: Moment) -> Option<HourForm> {
    let is_offered = |wanted: CallEvent| view.offered.iter().any(|(event, _)| *event == wanted);
    if !is_offered(CallEvent::PlanRelease) || view.call.decision_pace == DecisionPace::Rolling {
        return None;
    }
    let href = format!("/appels-a-projets/{}/annonce/heure", view.call.reference);
    let planned = view.plan.as_ref().map(|plan| plan.release_at.paris());
    let promised = view.promised.max(now.paris_date().succ_opt().unwrap_or(view.promised));
    let day = planned.map_or(promised, |at| at.date_naive()).to_string();
    let hour = planned.map_or("09:00".to_owned(), |at| at.format("%H:%M").to_string());
    let drop = view.plan.iter().map(|_| Action {
        label: CallEvent::DropRelease.label().into(),
        href: format!("{href}/fin"),
        weight: Weight::Secondary,
        refusal: None,
        press: Press::Acts,
    });
    Some(HourForm {
        day: typed.filled("jour").map_or(day, str::to_owned),
        hour: typed.filled("heure").map_or(hour, str::to_owned),
        button: if planned.is_some() { "Changer l’heure" } else { CallEvent::PlanRelease.label() },
        drop: drop.collect(),
        href,
    })
}

/// The page of the call with this reference, with what was typed to fix an hour.
pub(super) async fn page(
    app: &App,
    who: &Officer,
    reference: &str,
    typed: &Fields,
    errors: FieldErrors,
) -> Result<impl Template, Failure> {
    let (actor, now, wanted) = (who.actor.clone(), app.now(), reference.to_owned());
    let view = app.read(move |conn| load(conn, &actor, &wanted, now)).await?;
    let (actions, hour) = (actions(&view), hour_form(&view, typed, now));
    let View { call, plan, outgoing, told, .. } = view;
    let told_of = |id: ApplicationId| told.as_ref().and_then(|told| told.get(&id));
    let letters = outgoing.iter().filter(|out| told_of(out.id).map_or(out.has_letter, |told| told.letter.is_some()));
    let letters = letters.count();
    let lines: Vec<Line> =
        outgoing.into_iter().map(|out| (told_of(out.id), out)).map(|(t, out)| line(&call, out, t)).collect();
    let base = format!("/appels-a-projets/{}", call.reference);
    Ok(AnnouncementPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/appels-a-projets", "Appels à projets"), NavLink::new(base, &call.title)],
        is_over: told.is_some(),
        is_rolling: call.decision_pace == DecisionPace::Rolling,
        state: Badge { tone: crate::web::pages::Tone::Info, label: call.state.label().into() },
        counts: counts(&lines, letters),
        lacking: lines.iter().filter(|line| !line.lacks.is_empty()).cloned().collect(),
        lines,
        actions,
        is_halted: plan.as_ref().is_some_and(|plan| plan.halted_at.is_some()),
        plan: plan.map(|plan| plan.words()).unwrap_or_default(),
        hour,
        version: call.version,
        call_title: call.title,
        token: entropy::form_token()?,
        errors,
    })
}

/// The announcement of the call with this reference.
pub async fn show(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    Ok(render(&page(&app, &who, &reference, &Fields::default(), FieldErrors::none()).await?))
}

/// Announces the results: every letter leaves.
pub async fn announce(app: Data<App>, who: Officer, reference: Path<String>, form: Fields) -> Reply {
    let (reference, actor, person, now) = (reference.into_inner(), who.actor.clone(), who.id, app.now());
    let (version, token) = (form.version(), form.token().to_owned());
    let page = format!("/appels-a-projets/{reference}/annonce");
    let to = app
        .write(move |tx| {
            let call = calls::by_reference(tx.conn(), &reference)?.id;
            let body = version.to_string();
            let sending = form_tokens::Sending { person, token: &token, route: &page, body: body.as_bytes(), now };
            form_tokens::once(tx, sending, |tx| {
                releases::announce(tx, &actor, call, version, now)?;
                Ok(page.clone())
            })
        })
        .await?;
    Ok(see_other_saying(to, &Flash::success("Les résultats sont annoncés. Les lettres partent par courriel.")))
}

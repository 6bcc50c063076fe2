//! The announcement of a call's results: what will leave, letter by letter, before anybody gets it.

use super::tone;
use crate::{
    documents as press,
    domain::{
        ids::ApplicationId,
        lifecycles::calls::{Call, CallEvent, CallState},
    },
    store::{calls::CallRow, entropy},
    usecases::{
        advance::Object,
        calls, form_tokens,
        releases::{self, Outgoing},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Chrome, Flash, NavLink, render},
        parts::{Action, Badge, Press, Weight},
    },
};
use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/announcement.html")]
struct AnnouncementPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    call_title: String,
    state: Badge,
    is_over: bool,
    counts: Vec<(String, &'static str)>,
    lacking: Vec<Line>,
    lines: Vec<Line>,
    actions: Vec<Action>,
    version: i32,
    token: String,
}

#[derive(Clone)]
struct Line {
    reference: String,
    title: String,
    organisation: String,
    badge: Badge,
    amount: String,
    subject: String,
    recipients: String,
    /// Empty when no letter goes with the mail.
    preview: String,
    lacks: Vec<&'static str>,
}

fn line(call: &CallRow, out: Outgoing) -> Line {
    let preview = format!("/appels-a-projets/{}/annonce/{}", call.reference, out.id);
    Line {
        reference: out.reference,
        title: out.title,
        organisation: out.organisation,
        badge: Badge { tone: tone(out.state), label: out.state.label().to_owned() },
        amount: out.amount.map(|amount| amount.to_string()).unwrap_or_default(),
        subject: out.subject,
        recipients: out.recipients.join(", "),
        preview: if out.has_letter && out.lacks.is_empty() { preview } else { String::new() },
        lacks: out.lacks,
    }
}

fn counts(all: &[Outgoing]) -> Vec<(String, &'static str)> {
    let letters = all.iter().filter(|out| out.has_letter).count();
    let mails: usize = all.iter().map(|out| out.recipients.len()).sum();
    vec![(all.len().to_string(), "décisions"), (letters.to_string(), "lettres"), (mails.to_string(), "courriels")]
}

/// The page of the call with this reference.
pub async fn show(app: Data<App>, who: Officer, reference: Path<String>) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let (call, offered, all) = app
        .read(move |conn| {
            let call = calls::by_reference(conn, &reference)?;
            let offered = Call::look(conn, call.id, &actor, now)?.offered();
            let all = releases::outgoing(conn, &actor, call.id, now)?;
            Ok((call, offered, all))
        })
        .await?;
    let base = format!("/appels-a-projets/{}", call.reference);
    let is_lacking = all.iter().any(|out| !out.lacks.is_empty());
    let lacks = || {
        is_lacking.then(|| "Il manque quelque chose à une lettre au moins\u{a0}: voyez la liste ci-dessous.".to_owned())
    };
    let actions = offered.into_iter().filter_map(|(event, judged)| {
        let (path, refusal, press) = match event {
            CallEvent::Deliberate => ("deliberation", None, Press::Asks),
            CallEvent::Announce => ("annonce", lacks(), Press::Acts),
            _ => return None,
        };
        let refusal = judged.err().map(|refusal| refusal.to_string()).or(refusal);
        let (label, href) = (event.label().into(), format!("{base}/{path}"));
        Some(Action { label, href, weight: Weight::Primary, refusal, press })
    });
    let counts = counts(&all);
    let actions = actions.collect();
    let lines: Vec<Line> = all.into_iter().map(|out| line(&call, out)).collect();
    Ok(render(&AnnouncementPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/appels-a-projets", "Appels à projets"), NavLink::new(base, &call.title)],
        is_over: matches!(call.state, CallState::Announced | CallState::Archived),
        state: Badge { tone: crate::web::pages::Tone::Info, label: call.state.label().into() },
        call_title: call.title,
        counts,
        lacking: lines.iter().filter(|line| !line.lacks.is_empty()).cloned().collect(),
        lines,
        actions,
        version: call.version,
        token: entropy::form_token()?,
    }))
}

/// One letter on real data, exactly as it would be printed; nothing is issued by looking.
pub async fn preview(app: Data<App>, who: Officer, path: Path<(String, ApplicationId)>) -> Reply {
    let ((_, id), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    let letter = app.read(move |conn| releases::letter_preview(conn, &actor, id, now)).await?;
    let mut letter = letter.ok_or(Failure::NotFound)?;
    letter.check_code = "APERÇU".into();
    let bytes = app.hash(move || press::render(&letter).map_err(|error| Failure::Broken(error.to_string()))).await??;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/pdf"))
        .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"apercu.pdf\""))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(bytes))
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

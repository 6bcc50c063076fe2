//! The outbox: what waits, what left, what failed, and what to do about it.

use crate::{
    domain::{
        ids::MessageId,
        lifecycles::messages::{Message, MessageEvent, MessageState},
        messages::{Mail, MessageKind},
        text::counted,
        time::Moment,
    },
    mail::{self, Rendered},
    store::{
        StoreError,
        documents::{self, DocumentRow},
        history,
        messages::{self as rows, MessageRow},
        release_plans::{self, Untold},
    },
    usecases::{
        Outcome,
        advance::{Object, Standing},
        messages, settings,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Admin,
        confirming::{Confirmation, Stands},
        filters,
        flashes::see_other_saying,
        pages::{Chrome, Flash, NavLink, Tone, render},
        parts::{Action, Fact, Pager, Press, Stepper, TimelineEvent, Weight},
        standings,
    },
};
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

/// Mails on one page.
const PAGE: usize = 50;
const LIST: &str = "/administration/courriels";

#[derive(Template)]
#[template(path = "admin/messages.html")]
struct MessagesPage {
    chrome: Chrome,
    tabs: Vec<NavLink>,
    /// That mails do not leave; empty while they do.
    alarm: String,
    /// What waits for the announcement of results; on the first page alone.
    embargoes: Vec<Embargo>,
    mails: Vec<Line>,
    pager: Pager,
}

/// One mail of the list.
struct Line {
    row: MessageRow,
    tone: &'static str,
    who: String,
}

/// The mails of one call that are made and leave when its results are announced.
struct Embargo {
    call: String,
    reference: String,
    waiting: String,
    tone: &'static str,
    state: &'static str,
    who: &'static str,
    leaves: String,
}

fn embargo(row: Untold) -> Embargo {
    let team = "L’équipe du fonds";
    let (tone, state, who, leaves) = match (row.release_at, row.halted_at) {
        (Some(at), None) => {
            (Tone::Info, "sous embargo", "La plateforme, seule", format!("Le {} (heure de Paris)", at.french()))
        }
        (Some(at), Some(_)) => {
            let leaves =
                format!("Prévu le {}, arrêté\u{a0}: rien n’est parti. Une autre heure est à fixer.", at.french());
            (Tone::Error, "annonce arrêtée", team, leaves)
        }
        (None, _) => (
            Tone::Warning,
            "sous embargo",
            team,
            "Quand les résultats seront annoncés\u{a0}: aucune heure n’est fixée.".to_owned(),
        ),
    };
    Embargo {
        call: row.title,
        reference: row.reference,
        waiting: counted(row.decided, "décision", "décisions"),
        tone: tone.class(),
        state,
        who,
        leaves,
    }
}

/// Which mails are asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    etat: String,
    #[serde(default)]
    apres: String,
}

/// How a state is to be felt.
fn tone(state: MessageState) -> &'static str {
    let tone = match state {
        MessageState::Queued | MessageState::Sending => Tone::Info,
        MessageState::Sent => Tone::Success,
        MessageState::Failed => Tone::Error,
        MessageState::Held => Tone::Warning,
        MessageState::Cancelled => Tone::Neutral,
    };
    tone.class()
}

fn address(state: Option<MessageState>) -> String {
    state.map_or_else(|| LIST.to_owned(), |state| format!("{LIST}?etat={state}"))
}

fn tabs(counts: &[(MessageState, i64)], shown: Option<MessageState>) -> Vec<NavLink> {
    let count = |state| counts.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
    let all = NavLink { current: shown.is_none(), ..NavLink::new(LIST, "Tous") };
    let tab = |state: &MessageState| {
        let label = format!("{} ({})", capital(state.label()), count(*state));
        NavLink { current: shown == Some(*state), ..NavLink::new(address(Some(*state)), label) }
    };
    std::iter::once(all).chain(MessageState::ALL.iter().map(tab)).collect()
}

fn capital(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What an administrator is told while mails do not leave; nothing while they do.
pub(super) fn alarm(since: Option<Moment>) -> String {
    let told = |since: Moment| {
        format!(
            "Des courriels attendent depuis le {} et ne partent pas. Prévenez la personne qui exploite la plateforme. Aucun \
             n’est perdu\u{a0}: ils partiront dès que le serveur de courriels répondra.",
            since.french()
        )
    };
    since.map(told).unwrap_or_default()
}

/// The mails in one state, or all of them, the newest first.
pub async fn list(app: Data<App>, who: Admin, asked: Query<Asked>) -> Reply {
    let state = asked.etat.parse::<MessageState>().ok();
    let after = asked.apres.parse::<MessageId>().ok();
    let (actor, now) = (who.actor.clone(), app.now());
    let waits = matches!(state, None | Some(MessageState::Queued | MessageState::Held)) && after.is_none();
    let (counts, mut mails, since, untold) = app
        .read(move |conn| {
            let hidden = messages::hidden_from(conn, &actor)?;
            let last = after.map(|id| messages::find(conn, &actor, id)).transpose()?;
            let found = rows::page_without(conn, &hidden, state, last.as_ref(), PAGE as i64 + 1)?;
            let since = messages::overdue_since(conn, &actor, now)?;
            let untold = if waits { release_plans::untold(conn, &hidden)? } else { Vec::new() };
            Ok((rows::counts(conn, &hidden)?, found, since, untold))
        })
        .await?;
    let more = mails.len() > PAGE;
    mails.truncate(PAGE);
    let joint = if state.is_some() { "&" } else { "?" };
    let next = mails.last().filter(|_| more).map(|last| format!("{}{joint}apres={}", address(state), last.id));
    let pager = Pager { first: after.map(|_| address(state)), next };
    let mails = mails
        .into_iter()
        .map(|row| Line { tone: tone(row.state), who: standings::of_message(&row).turn(), row })
        .collect();
    Ok(render(&MessagesPage {
        chrome: who.chrome(),
        tabs: tabs(&counts, state),
        alarm: alarm(since),
        embargoes: untold.into_iter().map(embargo).collect(),
        mails,
        pager,
    }))
}

#[derive(Template)]
#[template(path = "admin/message.html")]
struct MessagePage {
    chrome: Chrome,
    links: Vec<NavLink>,
    message: MessageRow,
    tone: &'static str,
    stepper: Stepper,
    facts: Vec<Fact>,
    words: Rendered,
    actions: Vec<Action>,
    events: Vec<TimelineEvent>,
}

/// The buttons and the last word of their addresses.
const DECISIONS: [(MessageEvent, &str); 4] = [
    (MessageEvent::Retry, "reessayer"),
    (MessageEvent::Release, "liberer"),
    (MessageEvent::Hold, "suspendre"),
    (MessageEvent::Cancel, "annuler"),
];
const RESEND: &str = "renvoyer";

fn actions(row: &MessageRow, standing: &Standing<Message>) -> Vec<Action> {
    let href = |word: &str| format!("{LIST}/{}/{word}", row.id);
    let offered = standing.offered();
    let mut actions: Vec<_> = DECISIONS
        .iter()
        .filter_map(|(event, word)| {
            let (_, verdict) = offered.iter().find(|(known, _)| known == event)?;
            let weight = if *event == MessageEvent::Cancel { Weight::Danger } else { Weight::Secondary };
            let refusal = verdict.as_ref().err().map(ToString::to_string);
            let press = if *event == MessageEvent::Cancel { Press::Asks } else { Press::Acts };
            Some(Action { label: event.label().to_owned(), href: href(word), weight, refusal, press })
        })
        .collect();
    if row.state == MessageState::Sent {
        let link = "Un lien de connexion ne se renvoie pas\u{a0}: la personne peut en demander un autre.";
        let code = "Un code ne se renvoie pas\u{a0}: la personne peut en demander un autre.";
        let refusal = match (row.login_link_id, row.kind) {
            (Some(_), _) => Some(link.to_owned()),
            (None, MessageKind::OneTimeCode) => Some(code.to_owned()),
            (None, _) => None,
        };
        let (href, weight) = (href(RESEND), Weight::Secondary);
        actions.push(Action { label: "Renvoyer".into(), href, weight, refusal, press: Press::Acts });
    }
    actions
}

fn facts(row: &MessageRow, document: Option<&DocumentRow>) -> Vec<Fact> {
    let french = |at: Option<Moment>| at.map(Moment::french).unwrap_or_default();
    let mut facts = vec![
        Fact::new("Destinataire", &row.recipient_name),
        Fact::new("Adresse", &row.recipient_address),
        Fact::new("Créé le", row.created_at.french()),
        Fact::new("Essais", row.attempts),
    ];
    match row.state {
        MessageState::Sent => facts.push(Fact::new("Parti le", french(row.sent_at))),
        MessageState::Queued | MessageState::Failed => {
            facts.push(Fact::new("Prochain essai", row.next_attempt_at.french()));
        }
        _ => {}
    }
    if let Some(error) = &row.last_error {
        facts.push(Fact::new("Dernière réponse", error));
    }
    if let Some(document) = document {
        let ready = if document.sha256.is_some() { "" } else { " (en cours de mise en page)" };
        facts.push(Fact::new("Pièce jointe", format!("{}{ready}", document.title)));
    }
    if row.cause_seq.is_some() {
        let about = format!("/administration/historique?objet={}", row.about_id);
        facts.push(Fact::linked("Origine", "Historique de l’objet", about));
    }
    facts
}

fn events(lines: &[history::TransitionRow]) -> Vec<TimelineEvent> {
    let told = |line: &history::TransitionRow| TimelineEvent {
        at: line.at.french(),
        what: capital(super::history::state_of(line)),
        who: if line.actor_id.is_some() { "l’administration".into() } else { String::new() },
        note: line.reason.clone(),
    };
    lines.iter().rev().map(told).collect()
}

/// One mail, word for word.
pub async fn show(app: Data<App>, who: Admin, id: Path<MessageId>) -> Reply {
    let (id, now, actor) = (id.into_inner(), app.now(), who.actor.clone());
    let work = move |conn: &mut crate::store::Conn| -> Outcome<_> {
        let row = messages::find(conn, &actor, id)?;
        let standing = Message::look(conn, id, &actor, now)?;
        let document = row.document_id.map(|id| documents::find(conn, id)).transpose()?;
        Ok((row, standing, document, settings::load(conn)?, history::of_subject(conn, id.as_str())?))
    };
    let (message, standing, document, settings, lines) = app.read(work).await?;
    let broken = |error: &dyn std::fmt::Display| Failure::Broken(error.to_string());
    let mail: Mail = serde_json::from_str(&message.facts).map_err(|error| broken(&error))?;
    let words = mail::render(&mail, &settings, &message.recipient_name).map_err(|error| broken(&error))?;
    let page = MessagePage {
        chrome: who.chrome(),
        links: vec![NavLink::new(LIST, "Courriels")],
        facts: facts(&message, document.as_ref()),
        actions: actions(&message, &standing),
        events: events(&lines),
        tone: tone(message.state),
        stepper: standings::of_message(&message),
        message,
        words,
    };
    Ok(render(&page))
}

/// Asks before a mail is cancelled.
pub async fn ask_cancel(app: Data<App>, who: Admin, id: Path<MessageId>) -> Reply {
    let (id, now, actor) = (id.into_inner(), app.now(), who.actor.clone());
    let (row, standing) =
        app.read(move |conn| Ok((messages::find(conn, &actor, id)?, Message::look(conn, id, &actor, now)?))).await?;
    let stands = Stands::before(&standing, MessageEvent::Cancel)?;
    let home = format!("{LIST}/{id}");
    let way = vec![NavLink::new(LIST, "Courriels"), NavLink::new(&home, &row.subject_line)];
    let page = Confirmation::about(who.chrome(), way, MessageEvent::Cancel, stands, format!("{home}/annuler"))?;
    let lead = format!("{}, à {}.", row.subject_line, row.recipient_name);
    let said = ["Ce courriel ne partira jamais.", "Pour l’arrêter un moment seulement, suspendez-le."];
    Ok(page.saying(lead, &said).shown())
}

/// Holds, releases, retries, cancels or sends a mail again.
pub async fn decide(app: Data<App>, who: Admin, path: Path<(MessageId, String)>, form: Fields) -> Reply {
    let (id, word) = path.into_inner();
    let (actor, version, now) = (who.actor.clone(), form.version(), app.now());
    if word == RESEND {
        app.write(move |tx| messages::resend(tx, &actor, id, now)).await?;
        return Ok(see_other_saying(LIST, &Flash::success("Le courriel part une nouvelle fois.")));
    }
    let known = DECISIONS.iter().find(|(_, known)| *known == word);
    let event = known.map(|(event, _)| *event).ok_or(StoreError::NotFound)?;
    app.write(move |tx| messages::decide(tx, &actor, id, version, event, now)).await?;
    let sentence = match event {
        MessageEvent::Hold => "Le courriel est suspendu\u{a0}: il ne partira pas avant que vous le libériez.",
        MessageEvent::Cancel => "Le courriel est annulé\u{a0}: il ne partira pas.",
        _ => "Le courriel part dès maintenant.",
    };
    Ok(see_other_saying(format!("{LIST}/{id}"), &Flash::success(sentence)))
}

//! A committee session: filled, convened, held, minuted.

use super::{
    attendance::{self, SeatShown},
    tone,
};
use crate::{
    domain::{
        ids::{ApplicationId, SessionId},
        lifecycles::{
            applications::ApplicationState,
            sessions::{SessionEvent, SessionState},
        },
        money::Euros,
        scoring::Score,
        sessions::quorum_words,
        time::{Moment, french_date},
    },
    store::entropy,
    usecases::{
        self, FieldError, Outcome, UseCaseError,
        agendas::{self, Room},
        form_tokens,
        minutes::Version,
        sessions as verbs,
        sessions::SessionForm,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        meters::Meter,
        minutes::{self, VersionShown},
        pages::{Chrome, FieldErrors, Flash, NavLink, Tone, render, render_as},
        parts::{Action, Badge, Choice, Fact, Press, Stepper, Weight},
        session_stages::{Reader, is_unsigned, stepper},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

/// How the state of a session is to be felt.
pub(in crate::web) fn badge(state: SessionState) -> Badge {
    let tone = match state {
        SessionState::Planned => Tone::Neutral,
        SessionState::Convened | SessionState::InSession => Tone::Info,
        SessionState::Minuted => Tone::Warning,
        SessionState::Confirmed => Tone::Success,
    };
    Badge { tone, label: state.label().to_owned() }
}

/// What is wrong with a form, by field.
pub(super) fn errors_of(fields: Vec<FieldError>) -> FieldErrors {
    fields.into_iter().map(|field| (field.field, field.message)).collect()
}

/// What the form says of a meeting.
pub(super) fn typed(form: &Fields) -> SessionForm {
    let text = |name| form.text(name).to_owned();
    SessionForm { title: text("titre"), date: text("date"), time: text("heure"), place: text("lieu") }
}

#[derive(Template)]
#[template(path = "officer/session.html")]
struct SessionPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    title: String,
    stepper: Stepper,
    facts: Vec<Fact>,
    meter: Meter,
    items: Vec<Item>,
    may_remove: bool,
    may_add: bool,
    addable: Vec<Choice>,
    /// Label of the button that adds every waiting file; empty without any.
    fill: String,
    versions: Vec<VersionShown>,
    seats: Vec<SeatShown>,
    chair: Vec<Choice>,
    /// Who is noted to preside, as the form writes it.
    chaired: String,
    quorum: String,
    takes_attendance: bool,
    may_move: bool,
    /// Whether the form that moves the meeting came back.
    is_moved: bool,
    form: SessionForm,
    actions: Vec<Action>,
    version: i32,
    token: String,
    errors: FieldErrors,
}

/// What was typed into a form of the page, and what is wrong with it.
#[derive(Default)]
struct Again {
    meeting: Option<SessionForm>,
    attendance: Option<Fields>,
    errors: FieldErrors,
}

struct Item {
    id: String,
    number: usize,
    href: String,
    reference: String,
    title: String,
    organisation: String,
    mean: String,
    requested: String,
    decided: String,
    badge: Badge,
    out: String,
}

fn items(room: &Room) -> Vec<Item> {
    let item = |(at, item): (usize, &crate::store::sessions::Item)| Item {
        id: item.application_id.to_string(),
        number: at + 1,
        href: format!("/seances/{}/dossiers/{}", room.session.id, item.application_id),
        reference: item.reference.clone(),
        title: item.title.clone(),
        organisation: item.organisation.clone(),
        mean: if item.score_count > 0 { Score::from_hundredths(item.score_mean).to_string() } else { String::new() },
        requested: item.requested_cents.to_string(),
        decided: item.decided_cents.map(|amount| amount.to_string()).unwrap_or_default(),
        badge: Badge { tone: tone(item.state), label: item.state.label().to_owned() },
        out: room.recused.get(&item.application_id).map(|names| names.join(", ")).unwrap_or_default(),
    };
    room.items.iter().enumerate().map(item).collect()
}

/// The envelope: what is granted, and what the files still to decide ask for.
pub(in crate::web) fn meter(room: &Room) -> Meter {
    let waiting = room.items.iter().filter(|item| item.state == ApplicationState::InReview);
    let asked: Euros = waiting.map(|item| item.requested_cents).sum();
    let parts = [("Accordé", "committed", room.envelope.committed()), ("Demandé, à décider", "reserved", asked)];
    Meter::new(format!("Enveloppe, dont {} encore à accorder", room.envelope.left), room.envelope.total, &parts)
}

/// The address of a step, below the session's own.
const fn address(event: SessionEvent) -> &'static str {
    match event {
        SessionEvent::Convene => "convocation",
        SessionEvent::Open => "ouverture",
        SessionEvent::Minute => "proces-verbal",
        SessionEvent::Sign => "signature",
        SessionEvent::Correct => "correction",
        SessionEvent::Confirm => "confirmation",
        SessionEvent::CloseWithoutBoard => "cloture",
    }
}

/// The minutes and the end of a session are asked about once more.
const fn press(event: SessionEvent) -> Press {
    match event {
        SessionEvent::Minute | SessionEvent::Correct | SessionEvent::CloseWithoutBoard => Press::Asks,
        SessionEvent::Convene | SessionEvent::Open | SessionEvent::Sign | SessionEvent::Confirm => Press::Acts,
    }
}

fn actions(room: &Room) -> Vec<Action> {
    let action = |(event, judged): &(SessionEvent, Result<(), crate::domain::lifecycle::Refusal>)| {
        let is_elsewhere = matches!(event, SessionEvent::Confirm | SessionEvent::Sign);
        (!is_elsewhere).then(|| Action {
            label: event.label().to_owned(),
            href: format!("/seances/{}/{}", room.session.id, address(*event)),
            weight: if *event == SessionEvent::Correct { Weight::Secondary } else { Weight::Primary },
            refusal: judged.as_ref().err().map(ToString::to_string),
            press: press(*event),
        })
    };
    room.offered.iter().filter_map(action).collect()
}

/// The form that moves the meeting, as it stands.
fn meeting(room: &Room) -> SessionForm {
    let at = room.session.meets_at.paris();
    SessionForm {
        title: room.session.title.clone(),
        date: at.format("%Y-%m-%d").to_string(),
        time: at.format("%H:%M").to_string(),
        place: room.session.place.clone(),
    }
}

fn fill(room: &Room) -> String {
    match room.addable.iter().filter(|file| file.state == ApplicationState::InReview).count() {
        0 => String::new(),
        1 => "Ajouter le dossier en attente".into(),
        n => format!("Ajouter les {n} dossiers en attente"),
    }
}

fn page(
    who: &Officer,
    (room, versions): (&Room, &[Version]),
    again: Again,
    now: Moment,
) -> Result<SessionPage, Failure> {
    use SessionState::{Convened, InSession, Planned};
    let session = &room.session;
    let addable =
        room.addable.iter().map(|f| (f.id.to_string(), format!("{} – {} ({})", f.reference, f.title, f.state.label())));
    Ok(SessionPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/seances", "Séances")],
        id: session.id.to_string(),
        title: session.title.clone(),
        stepper: stepper(Reader::Team, (session, room.call.decision_pace), is_unsigned(versions), now),
        facts: vec![
            Fact::linked("Appel", &room.call.title, format!("/appels-a-projets/{}", room.call.reference)),
            Fact::new("Date", session.meets_at.french()),
            Fact::new("Lieu", &session.place),
            Fact::new("Confirmée le", session.confirmed_on.map_or_else(|| "pas encore".to_owned(), french_date)),
        ],
        meter: meter(room),
        items: items(room),
        may_remove: matches!(session.state, Planned | Convened),
        may_add: matches!(session.state, Planned | Convened | InSession),
        fill: fill(room),
        addable: Choice::list(addable, &[]),
        versions: minutes::shown(versions, &format!("/seances/{}/proces-verbal", session.id)),
        seats: attendance::seats(&room.roll, again.attendance.as_ref()),
        chair: attendance::chairs(&room.roll, session.chair_id, again.attendance.as_ref()),
        chaired: session.chair_id.map(|chair| chair.to_string()).unwrap_or_default(),
        quorum: quorum_words(room.roll.voices(&[]), session.quorum),
        takes_attendance: matches!(session.state, Convened | InSession | Planned),
        may_move: matches!(session.state, Planned | Convened),
        is_moved: again.meeting.is_some(),
        form: again.meeting.unwrap_or_else(|| meeting(room)),
        actions: actions(room),
        version: session.version,
        token: entropy::form_token()?,
        errors: again.errors,
    })
}

async fn build(app: &App, who: &Officer, id: SessionId, again: Again) -> Result<SessionPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (room, versions) = app
        .read(move |conn| Ok((agendas::room(conn, &actor, id, now)?, usecases::minutes::for_team(conn, &actor, id)?)))
        .await?;
    page(who, (&room, &versions), again, now)
}

/// One session.
pub async fn show(app: Data<App>, who: Officer, id: Path<SessionId>) -> Reply {
    Ok(render(&build(&app, &who, id.into_inner(), Again::default()).await?))
}

/// The session again, with presences that do not fit together.
pub(super) async fn misnoted(app: &App, who: &Officer, id: SessionId, form: Fields, wrong: Vec<FieldError>) -> Reply {
    let again = Again { attendance: Some(form), errors: errors_of(wrong), ..Again::default() };
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &build(app, who, id, again).await?))
}

/// Changes title, date or place.
pub async fn reschedule(app: Data<App>, who: Officer, id: Path<SessionId>, form: Fields) -> Reply {
    let (id, actor, wanted) = (id.into_inner(), who.actor.clone(), typed(&form));
    let typed = wanted.clone();
    match app.write(move |tx| verbs::move_meeting(tx, &actor, id, &wanted)).await {
        Ok(()) => Ok(see_other_saying(format!("/seances/{id}"), &Flash::success("La séance est modifiée."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let again = Again { meeting: Some(typed), errors: errors_of(wrong), ..Again::default() };
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &build(&app, &who, id, again).await?))
        }
        Err(failure) => Err(failure),
    }
}

/// Puts every waiting file on the agenda, or the one chosen.
pub async fn add(app: Data<App>, who: Officer, id: Path<SessionId>, form: Fields) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let one = form.filled("dossier").map(str::parse::<ApplicationId>).transpose().map_err(|_| Failure::NotFound)?;
    let added = app
        .write(move |tx| match one {
            Some(one) => verbs::add_item(tx, &actor, id, one).map(|()| 1),
            None => verbs::fill_agenda(tx, &actor, id),
        })
        .await?;
    app.bells().ring(id);
    let said = match added {
        0 => "Aucun dossier n’attendait.".to_owned(),
        1 => "Un dossier est ajouté à l’ordre du jour.".to_owned(),
        n => format!("{n} dossiers sont ajoutés à l’ordre du jour."),
    };
    Ok(see_other_saying(format!("/seances/{id}"), &Flash::success(said)))
}

/// Takes a file off the agenda.
pub async fn remove(app: Data<App>, who: Officer, path: Path<(SessionId, ApplicationId)>) -> Reply {
    let ((id, application), actor) = (path.into_inner(), who.actor.clone());
    app.write(move |tx| verbs::remove_item(tx, &actor, id, application)).await?;
    app.bells().ring(id);
    Ok(see_other_saying(format!("/seances/{id}"), &Flash::success("Le dossier n’est plus à l’ordre du jour.")))
}

/// Moves a file up or down in the order of discussion.
pub async fn reorder(app: Data<App>, who: Officer, path: Path<(SessionId, ApplicationId)>, form: Fields) -> Reply {
    let ((id, application), actor, person, now) = (path.into_inner(), who.actor.clone(), who.id, app.now());
    let (token, way) = (form.token().to_owned(), form.text("sens").to_owned());
    let is_up = match way.as_str() {
        "haut" => true,
        "bas" => false,
        _ => return Err(Failure::Malformed),
    };
    let route = format!("/seances/{id}/dossiers/{application}/ordre");
    let act = move |tx: &mut crate::store::Tx| -> Outcome<String> {
        let sending = form_tokens::Sending { person, token: &token, route: &route, body: way.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            verbs::move_item(tx, &actor, id, application, is_up)?;
            Ok(format!("/seances/{id}#ordre-du-jour"))
        })
    };
    let to = app.write(act).await?;
    app.bells().ring(id);
    Ok(see_other_saying(to, &Flash::success("L’ordre de la discussion est changé.")))
}

async fn step(app: &App, who: &Officer, id: SessionId, form: &Fields, event: SessionEvent) -> Reply {
    let (actor, person, now) = (who.actor.clone(), who.id, app.now());
    let (version, token) = (form.version(), form.token().to_owned());
    let (route, body) = (format!("/seances/{id}/{}", event.code()), version.to_string());
    let act = move |tx: &mut crate::store::Tx| -> Outcome<String> {
        let sending = form_tokens::Sending { person, token: &token, route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            verbs::step(tx, &actor, id, version, event, now)?;
            Ok(format!("/seances/{id}"))
        })
    };
    let said = match event {
        SessionEvent::Convene => "Le comité est convoqué par courriel.",
        SessionEvent::Open => "La séance est ouverte.",
        SessionEvent::Minute => "Le procès-verbal est établi. La présidence peut le lire et le signer.",
        SessionEvent::Sign | SessionEvent::Correct => "Le procès-verbal est à jour.",
        SessionEvent::Confirm | SessionEvent::CloseWithoutBoard => {
            "La séance est close, les décisions sont confirmées."
        }
    };
    let to = app.write(act).await?;
    app.bells().ring(id);
    Ok(see_other_saying(to, &Flash::success(said)))
}

macro_rules! steps {
    ($($(#[$meta:meta])* $name:ident, $event:ident;)+) => { $(
        $(#[$meta])*
        pub async fn $name(app: Data<App>, who: Officer, id: Path<SessionId>, form: Fields) -> Reply {
            step(&app, &who, id.into_inner(), &form, SessionEvent::$event).await
        }
    )+ };
}

steps! {
    /// Invites the members.
    convene, Convene;
    /// Opens the session, the quorum being there.
    open, Open;
    /// Makes the minutes.
    minute, Minute;
    /// Closes a session whose decisions the board need not confirm.
    close, CloseWithoutBoard;
}

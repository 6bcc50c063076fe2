//! The thread of an application as both sides read it: what was written, when, read or not, and a form below.

use super::{
    App, Failure, Fields, Reply,
    applicant::next_step,
    audiences::SignedIn,
    filters,
    flashes::see_other_saying,
    items::size,
    pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
    parts::{Stepper, TimelineEvent},
    uploads::{self, Parts, Uploads},
};
use crate::{
    domain::{
        attachments::LARGEST_IN_WORDS,
        exchanges::{ExchangeSide, LONGEST, MOST_FILES},
        ids::ApplicationId,
        text::{counted, tally},
        time::Moment,
    },
    store::{Tx, entropy},
    usecases::{
        FieldError, UseCaseError,
        attachments::{self, FitFile},
        complements,
        exchanges::{self, Message},
        form_tokens,
    },
};
use actix_web::http::StatusCode;
use askama::Template;

#[derive(Template)]
#[template(path = "exchanges.html")]
struct ThreadPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    /// What the page is for, for its reader.
    lead: String,
    /// Where the file stands, for its people.
    stepper: Option<Stepper>,
    href: String,
    messages: Vec<Line>,
    /// Where older messages go on, and where the newest are; empty when nothing does.
    older: String,
    newest: String,
    /// Why one may not write; empty when one may.
    refusal: String,
    token: String,
    typed: String,
    help: String,
    files_help: String,
    errors: FieldErrors,
}

struct Line {
    anchor: String,
    author: String,
    side: &'static str,
    at: String,
    body: String,
    files: Vec<(String, String, String)>,
    /// Names of files that nobody can open.
    refused: Vec<String>,
    is_mine: bool,
    is_new: bool,
    read: &'static str,
}

/// The address of a thread for one of its sides.
pub fn address(id: ApplicationId, side: ExchangeSide) -> String {
    match side {
        ExchangeSide::Applicant => format!("/dossiers/{id}/messages"),
        ExchangeSide::Team => format!("/instruction/{id}/messages"),
    }
}

/// How many messages are new, in words: « 2 nouveaux messages »; nothing when there are none.
pub fn news(unread: i32) -> String {
    if unread == 0 { String::new() } else { counted(unread, "nouveau message", "nouveaux messages") }
}

/// A thread in short, on the page of its application.
pub struct Thread {
    pub href: String,
    pub news: String,
    pub length: String,
}

impl Thread {
    /// For one of its sides: how many it has not read, and how many there are.
    pub fn of(id: ApplicationId, side: ExchangeSide, (unread, all): (i32, i32)) -> Self {
        Thread { href: address(id, side), news: news(unread), length: tally(all, "Aucun", "message", "messages") }
    }
}

/// A timeline with the messages in it, newest first, as `events` are.
pub fn woven(
    events: Vec<(Moment, TimelineEvent)>,
    written: &[(Moment, ExchangeSide)],
    reader: ExchangeSide,
) -> Vec<TimelineEvent> {
    let message = |(at, side): &(Moment, ExchangeSide)| {
        let (what, who) = ("Message envoyé".to_owned(), writer(*side, reader).to_owned());
        (*at, TimelineEvent { at: at.french(), what, who, note: String::new() })
    };
    let mut all: Vec<_> = written.iter().map(message).chain(events).collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all.into_iter().map(|(_, event)| event).collect()
}

/// Who wrote, in the words of the reader's side.
pub const fn writer(of: ExchangeSide, reader: ExchangeSide) -> &'static str {
    match (of, reader) {
        (ExchangeSide::Team, _) => "l’équipe du fonds",
        (ExchangeSide::Applicant, ExchangeSide::Applicant) => "vous ou votre organisation",
        (ExchangeSide::Applicant, ExchangeSide::Team) => "la structure",
    }
}

fn line(message: &Message, side: ExchangeSide, read_up_to: i32) -> Line {
    let row = &message.row;
    let is_mine = row.side == side;
    let files = message.files.iter();
    Line {
        anchor: format!("message-{}", row.number),
        author: message.author.clone(),
        side: writer(row.side, side),
        at: row.written_at.french(),
        body: row.body.clone(),
        files: files.map(|file| (format!("/pieces/{}", file.id), file.file_name.clone(), size(file.size))).collect(),
        refused: message.refused.clone(),
        is_mine,
        is_new: !is_mine && row.number > read_up_to,
        read: match (is_mine, message.is_read, side) {
            (false, ..) => "",
            (true, true, ExchangeSide::Applicant) => "Lu par l’équipe du fonds",
            (true, true, ExchangeSide::Team) => "Lu par la structure",
            (true, false, _) => "Pas encore lu",
        },
    }
}

fn page(
    who: &SignedIn,
    (id, side): (ApplicationId, ExchangeSide),
    (thread, stepper): (&exchanges::Thread, Option<Stepper>),
    before: Option<i32>,
    (typed, errors): (&str, FieldErrors),
) -> Result<ThreadPage, Failure> {
    let (row, href) = (&thread.content.row, address(id, side));
    let title = if row.title.trim().is_empty() { "Projet sans titre".to_owned() } else { row.title.clone() };
    let way = match side {
        ExchangeSide::Applicant => {
            [("/dossiers".to_owned(), "Mes dossiers"), (format!("/dossiers/{id}"), title.as_str())]
        }
        ExchangeSide::Team => {
            [("/instruction".to_owned(), "Instruction"), (format!("/instruction/{id}"), row.reference.as_str())]
        }
    };
    let lead = match side {
        ExchangeSide::Applicant => {
            "Écrivez ici à l’équipe du fonds au sujet de ce dossier. Le comité ne lit pas ces messages."
        }
        ExchangeSide::Team => "La structure qui dépose lit ces messages et y répond. Le comité ne les lit pas.",
    };
    Ok(ThreadPage {
        chrome: who.chrome(),
        way: way.into_iter().map(|(href, label)| NavLink::new(href, label)).collect(),
        lead: lead.to_owned(),
        stepper,
        messages: thread.messages.iter().map(|message| line(message, side, thread.read_up_to)).collect(),
        older: thread.older.map(|number| format!("{href}?avant={number}")).unwrap_or_default(),
        newest: before.map(|_| href.clone()).unwrap_or_default(),
        refusal: thread.may_write.as_ref().err().map(ToString::to_string).unwrap_or_default(),
        token: entropy::form_token()?,
        typed: typed.to_owned(),
        help: format!("{LONGEST} caractères au plus. Un message envoyé ne se modifie pas et ne s’efface pas."),
        files_help: format!(
            "Jusqu’à {MOST_FILES} fichiers\u{a0}: PDF, image ou document bureautique, {LARGEST_IN_WORDS} au plus par fichier."
        ),
        errors,
        href,
        title,
    })
}

/// The thread, and for the people of the file where it stands.
async fn read(
    app: &App,
    who: &SignedIn,
    (id, side): (ApplicationId, ExchangeSide),
    before: Option<i32>,
) -> Result<(exchanges::Thread, Option<Stepper>), Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    app.read(move |conn| {
        let thread = exchanges::find(conn, &actor, id, side, before)?;
        let stepper = match side {
            ExchangeSide::Applicant => {
                let waiting = complements::waiting(conn, &thread.content)?;
                Some(next_step(&thread.content, waiting.as_ref(), now))
            }
            ExchangeSide::Team => None,
        };
        Ok((thread, stepper))
    })
    .await
}

/// The thread, which its side has then read.
pub async fn show(app: &App, who: &SignedIn, id: ApplicationId, side: ExchangeSide, before: Option<i32>) -> Reply {
    let (thread, stepper) = read(app, who, (id, side), before).await?;
    if thread.is_reader && thread.unread > 0 {
        let actor = who.actor.clone();
        app.write(move |tx| exchanges::mark_read(tx, &actor, id, side)).await?;
    }
    Ok(render(&page(who, (id, side), (&thread, stepper), before, ("", FieldErrors::none()))?))
}

/// The files that came with a message, each judged; what is wrong with one is said beside their field.
fn judged(sent: &[(String, Vec<u8>)]) -> Result<Vec<FitFile>, Vec<FieldError>> {
    let mut fit = Vec::new();
    for (name, bytes) in sent {
        match attachments::judge("pieces", name, bytes) {
            Ok(file) => fit.push(file),
            Err(UseCaseError::Invalid(wrong)) => {
                let said = wrong
                    .into_iter()
                    .map(|e| FieldError::new(e.field, format!("«\u{a0}{name}\u{a0}»\u{a0}: {}", e.message)));
                return Err(said.collect());
            }
            Err(_) => return Err(vec![FieldError::new("pieces", "Ce fichier ne peut pas être lu.")]),
        }
    }
    Ok(fit)
}

/// What is said beside the files of a refused message: no browser keeps what was chosen.
fn chosen_again(names: &[String]) -> Option<FieldError> {
    let names = names.iter().map(|name| format!("«\u{a0}{name}\u{a0}»")).collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| {
        let sentence = format!("Vos fichiers ne sont pas partis\u{a0}: choisissez-les à nouveau ({names}).");
        FieldError::new("pieces", sentence)
    })
}

/// Sends a message with its files; a second click lands where the first one did.
pub async fn post(app: &App, who: &SignedIn, id: ApplicationId, side: ExchangeSide, form: Parts) -> Reply {
    let Uploads { fields, files: sent } = uploads::read_all(form, MOST_FILES + 1).await?;
    let names: Vec<String> = sent.iter().map(|(name, _)| name.clone()).collect();
    let done = match judged(&sent) {
        Ok(files) => write(app, who, (id, side), &fields, (files, sent)).await,
        Err(wrong) => Err(UseCaseError::Invalid(wrong).into()),
    };
    match done {
        Ok(answer) => Ok(see_other_saying(answer, &Flash::success("Votre message est envoyé."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let (thread, stepper) = read(app, who, (id, side), None).await?;
            let wrong = wrong.into_iter().chain(chosen_again(&names));
            let errors = wrong.map(|field| (field.field, field.message)).collect();
            let page = page(who, (id, side), (&thread, stepper), None, (fields.text("texte"), errors))?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Keeps the bytes, then the message that names them.
async fn write(
    app: &App,
    who: &SignedIn,
    (id, side): (ApplicationId, ExchangeSide),
    fields: &Fields,
    (files, sent): (Vec<FitFile>, Vec<(String, Vec<u8>)>),
) -> Result<String, Failure> {
    // Nothing is kept of what somebody sends who may not write here.
    let actor = who.actor.clone();
    app.read(move |conn| exchanges::find(conn, &actor, id, side, None)?.may_write.map_err(UseCaseError::from)).await?;
    for (_, bytes) in sent {
        app.files()?.put(bytes).await?;
    }
    let (actor, person, now) = (who.actor.clone(), who.id, app.now());
    let (token, words, route) = (fields.token().to_owned(), fields.text("texte").to_owned(), address(id, side));
    let digests: Vec<_> = files.iter().map(|file| file.sha256.as_str()).collect();
    let body = format!("{words}\n{}", digests.join("\n"));
    app.write(move |tx: &mut Tx| {
        let sending = form_tokens::Sending { person, token: &token, route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            exchanges::post(tx, &actor, id, side, (&words, &files), now)?;
            Ok(route.clone())
        })
    })
    .await
}

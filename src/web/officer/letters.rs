//! The decisions of a call one by one before they leave: the letter on real data, its mail, and other words for it.

use super::tone;
use crate::{
    domain::{
        correspondence::wordings::Wording,
        ids::ApplicationId,
        letters::{Letter, LetterKind},
        messages::Mail,
        time::Moment,
    },
    store::{StoreError, Tx, entropy},
    usecases::{
        Actor, Outcome, UseCaseError,
        releases::{self, Place, Preview, Sending, Version},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::Officer,
        downloads, filters,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Badge,
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/letter.html")]
struct LetterPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    reference: String,
    title: String,
    organisation: String,
    badge: Badge,
    is_edited: bool,
    is_stale: bool,
    /// « 3 sur 12 ».
    place: String,
    before: Option<String>,
    after: Option<String>,
    lacks: Vec<String>,
    letter: Option<Letter>,
    pdf: String,
    mail: Option<Mail>,
    recipients: Vec<String>,
    /// The words as they may be written anew; none where no letter goes.
    form: Option<Wording>,
    ending_label: &'static str,
    merge: Vec<(String, &'static str, String)>,
    versions: Vec<VersionLine>,
    action: String,
    version: i32,
    token: String,
    notice: String,
    errors: FieldErrors,
}

/// What a decision sends as soon as it is written, and the digest of the decision that was read with it.
pub(super) struct Foreseen {
    pub letter: Option<Letter>,
    pub mail: Option<Mail>,
    pub recipients: Vec<String>,
    pub read: String,
}

impl Foreseen {
    /// What is sent by the decision with this digest.
    pub fn of(sending: Sending, read: String) -> Self {
        let Sending { mail, letter, recipients } = sending;
        Foreseen { letter, mail, recipients, read }
    }
}

struct VersionLine {
    label: String,
    is_model: bool,
    wording: Wording,
}

fn version(known: Version) -> VersionLine {
    let Version { number, by, at, is_model, wording } = known;
    VersionLine { label: format!("Version {number}, {by}, le {}", at.french()), is_model, wording }
}

/// The address of one decision before it leaves.
pub(super) fn address(reference: &str, id: ApplicationId) -> String {
    format!("/appels-a-projets/{reference}/annonce/{id}")
}

/// What was typed, and what came of it.
#[derive(Default)]
struct Again {
    typed: Option<Wording>,
    notice: &'static str,
    errors: FieldErrors,
}

type Where = (String, ApplicationId);

async fn page(app: &App, who: &Officer, place: &Where, again: Again) -> Result<LetterPage, Failure> {
    let (actor, now, (reference, id)) = (who.actor.clone(), app.now(), place.clone());
    let seen = app.read(move |conn| releases::preview(conn, &actor, &reference, id, now)).await?;
    let last = seen.last();
    let Preview { call, outgoing, mail, letter, wording, fields, versions, is_stale, place, before, after } = seen;
    let of = |id: ApplicationId| address(&call.reference, id);
    let home = format!("/appels-a-projets/{}", call.reference);
    let is_award = letter.as_ref().is_some_and(|letter| letter.kind == LetterKind::Award);
    Ok(LetterPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/appels-a-projets", "Appels à projets"),
            NavLink::new(&home, &call.title),
            NavLink::new(format!("{home}/annonce"), "Annonce des résultats"),
        ],
        badge: Badge { tone: tone(outgoing.state), label: outgoing.state.label().to_owned() },
        is_edited: outgoing.is_edited,
        is_stale,
        place: format!("{} sur {}", place.0, place.1),
        before: before.map(of),
        after: after.map(of),
        pdf: format!("{}/pdf", of(id)),
        action: format!("{}/lettre", of(id)),
        form: wording.map(|known| again.typed.unwrap_or(known)),
        ending_label: if is_award { "Derniers mots" } else { "Ce que nous proposons" },
        merge: fields,
        versions: versions.into_iter().map(version).collect(),
        version: last,
        reference: outgoing.reference,
        title: outgoing.title,
        organisation: outgoing.organisation,
        lacks: outgoing.lacks,
        recipients: outgoing.recipients,
        letter,
        mail,
        token: entropy::form_token()?,
        notice: again.notice.to_owned(),
        errors: again.errors,
    })
}

/// One decision as it would leave.
pub async fn show(app: Data<App>, who: Officer, place: Path<Where>) -> Reply {
    Ok(render(&page(&app, &who, &place, Again::default()).await?))
}

/// Its letter exactly as it would be printed; nothing is issued by looking.
pub async fn pdf(app: Data<App>, who: Officer, place: Path<Where>) -> Reply {
    let ((reference, id), actor, now) = (place.into_inner(), who.actor.clone(), app.now());
    let seen = app.read(move |conn| releases::preview(conn, &actor, &reference, id, now)).await?;
    downloads::preview(&app, seen.letter.ok_or(Failure::NotFound)?).await
}

const CHANGED: &str = "Une autre personne a changé cette lettre depuis que vous avez ouvert la page. Sa version est \
     ci-dessous, parmi les versions\u{a0}; votre texte est toujours dans le formulaire.";

fn typed(form: &Fields) -> Wording {
    let text = |name| form.text(name).replace("\r\n", "\n");
    Wording { subject: text("objet"), opening: text("debut"), ending: text("suite") }
}

type Verb = fn(&mut Tx, &Actor, &Place<'_>, &Wording, Moment) -> Outcome<()>;

/// Appends a version once; whoever comes second keeps what they typed.
async fn act(app: &App, who: &Officer, place: &Where, form: &Fields, (path, verb): (&str, Verb)) -> Reply {
    let (actor, now, words) = (who.actor.clone(), app.now(), typed(form));
    let ((reference, id), seen) = (place.clone(), form.version());
    let home = address(&reference, id);
    let sent = Sent::new(app, who, form, &format!("{home}/{path}"), &home);
    let done = send(app, sent, move |tx| verb(tx, &actor, &Place { reference: &reference, id, seen }, &words, now));
    let again = Again { typed: (path == "lettre").then(|| typed(form)), ..Again::default() };
    let (status, again) = match done.await {
        Ok(to) => return Ok(see_other_saying(to, &Flash::success("La version est enregistrée. Rien n’est parti."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Again { errors: errors_of(wrong), ..again })
        }
        Err(Failure::UseCase(UseCaseError::Store(StoreError::Stale))) => {
            (StatusCode::CONFLICT, Again { notice: CHANGED, ..again })
        }
        Err(failure) => return Err(failure),
    };
    Ok(render_as(status, &page(app, who, place, again).await?))
}

macro_rules! verbs {
    ($($(#[$meta:meta])* $name:ident, $path:literal, $verb:expr;)+) => { $(
        $(#[$meta])*
        pub async fn $name(app: Data<App>, who: Officer, place: Path<Where>, form: Fields) -> Reply {
            act(&app, &who, &place, &form, ($path, $verb)).await
        }
    )+ };
}

verbs! {
    /// Writes the words of this letter in place of the model's.
    rewrite, "lettre", releases::rewrite;
    /// Goes back to the model.
    back_to_model, "lettre/modele", |tx, actor, place, _, now| releases::back_to_model(tx, actor, place, now);
    /// Says that the letter still fits the decision that has changed.
    read_again, "lettre/relue", |tx, actor, place, _, now| releases::read_again(tx, actor, place, now);
}

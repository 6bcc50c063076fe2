//! My applications: started, filed, followed.

use super::{
    Queue, checks, deadline,
    documents::{Document, owed_documents},
    file_parts as parts,
    pairings::{self, PairPanel},
    shown_state, stages,
    task_lists::{self, LackLine, SectionLine},
    tone,
};
use crate::{
    domain::{
        attachments::LARGEST,
        decisions::shown_to_applicants,
        definitions::Section,
        exchanges::ExchangeSide,
        forms::NotCarried,
        ids::ApplicationId,
        lifecycle::{Machine, Refusal},
        lifecycles::{
            applications::{ApplicationEvent, ApplicationState},
            done::done_label,
        },
        organisations::Right,
        passes::{PassKind, to_the_second},
        roles::Role,
        ties,
        time::Moment,
    },
    store::{
        calls::CallRow,
        documents, entropy,
        history::{self, TransitionRow},
        pairings::WishRow,
        passes::PassRow,
    },
    usecases::{
        self, Outcome, UseCaseError,
        answers::{self, Content},
        applications, authors,
        complements::{self, Waiting},
        copies::{self, Copied},
        eligibility, exchanges, form_tokens,
        grant_papers::{self, GrantPaper},
        organisations, passes,
        signatures::{self, Party},
        supports::{self, Told},
        vaults::{self, Paper},
    },
    web::{
        App, Failure, Fields, Reply,
        answers::{SectionShown, filed, read},
        audiences::Applicant,
        differences::told,
        exchanges::{Thread, woven},
        filters,
        flashes::see_other_saying,
        grants::{self as words, Reader},
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as, see_other},
        parts::{Action, Badge, Countdown, Fact, Press, Stepper, TimelineEvent, Weight},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

pub(super) fn badge(state: ApplicationState) -> Badge {
    Badge { tone: tone(state), label: state.label().to_owned() }
}

pub(super) fn named(title: &str) -> String {
    if title.trim().is_empty() { "Projet sans titre".into() } else { title.to_owned() }
}

#[derive(Template)]
#[template(path = "applicant/application.html")]
struct ApplicationPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    title: String,
    badge: Badge,
    is_draft: bool,
    deadline: Option<Countdown>,
    queue: Queue,
    stepper: Stepper,
    facts: Vec<Fact>,
    sections: Vec<SectionLine>,
    filed: Vec<SectionShown>,
    missing: Vec<LackLine>,
    /// What the rules of the call say against the organisation of a draft.
    against: Vec<String>,
    pass: String,
    version: i32,
    token: String,
    actions: Vec<Action>,
    complement: Option<(String, String)>,
    /// What has changed in the form since the draft was started, a sentence each.
    changes: Vec<String>,
    can_appeal: Option<String>,
    motive: String,
    decision: Option<parts::DecisionTold>,
    /// Where the grant is that came of it.
    grant: Option<String>,
    letters: Vec<(String, String)>,
    pair: Option<PairPanel>,
    messages: Option<Thread>,
    /// Whether the reader writes in the file, or only reads it; whether more than its budget exists for them.
    writes: bool,
    reads: bool,
    /// Who signs before it is filed; often nobody.
    signing: Vec<parts::Signing>,
    is_unsigned: bool,
    /// What was taken from an earlier file and what was not, until it has been read.
    copied: Option<(String, Vec<NotCarried>)>,
    /// What is declared of ties with the network, a line each; whether it was declared at all.
    ties: (Vec<String>, bool),
    /// Where the organisation that would be paid writes the SIRET it lacks.
    siret_owed: Option<String>,
    /// Documents that may still follow.
    owed: Vec<Document>,
    most: usize,
    /// The open calls in which this file may serve again: address and title.
    reuse: Vec<(String, String)>,
    events: Vec<TimelineEvent>,
    typed: String,
    errors: FieldErrors,
}

/// Everything the page shows, read in one go.
pub(super) struct View {
    pub content: Content,
    pub offered: Vec<(ApplicationEvent, Result<(), Refusal>)>,
    pub version: i32,
    /// Its last pass, and what is said of it when it was filed late.
    pass: Option<PassRow>,
    lateness: Option<String>,
    /// How many messages are new, and how many there are.
    unread: (i32, i32),
    written: Vec<(Moment, ExchangeSide)>,
    /// What is told of its decision, and the grant that came of it.
    decision: Option<Told>,
    grant: Option<GrantPaper>,
    /// The complement it has to answer now.
    waiting: Option<Waiting>,
    history: Vec<TransitionRow>,
    letters: Vec<documents::DocumentRow>,
    mine: Vec<crate::store::organisations::OrganisationRow>,
    /// What the team is asked to look for.
    wanted: Option<WishRow>,
    /// Whether the reader writes in the file, or only reads it.
    pub writes: bool,
    /// Whether more of it than its budget exists for the reader.
    pub reads: bool,
    /// The codes of the sections the reader may write in now.
    pub writes_in: Vec<String>,
    pub signing: Vec<Party>,
    /// Papers of the vault that may serve as what is owed.
    offers: Vec<Paper>,
    /// What was filed, as it is read.
    filed: Vec<SectionShown>,
    /// What has changed in the form since the draft was started.
    changes: Vec<String>,
    copied: Option<Copied>,
    reuse: Vec<CallRow>,
    /// What the rules of the call say against the organisation of a draft, each a sentence.
    pub against: Vec<String>,
}

async fn view(app: &App, who: &Applicant, id: ApplicationId) -> Result<View, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let load = move |conn: &mut crate::store::Conn| -> Outcome<View> {
        let content = answers::find(conn, &actor, id)?;
        let (parties, mine) = (content.parties(), organisations::mine(conn, &actor)?);
        if !mine.iter().any(|row| parties.contains(&row.id)) {
            return Err(crate::store::StoreError::NotFound.into());
        }
        let standing = applications::standing(conn, &actor, &content, now)?;
        let writes = organisations::may(conn, &actor, &parties, Right::Write)?;
        let grant = match shown_state(&content) {
            ApplicationState::Awarded => grant_papers::of_application(conn, &actor, id, now)?,
            _ => None,
        };
        let writes_in = authors::sections_to_write(conn, &actor, &content)?;
        let writes_in = writes_in.into_iter().map(|section| section.code.clone()).collect();
        let mut found = View {
            writes,
            reads: !authors::keeps_money_alone(conn, &actor, &content.row)?,
            writes_in,
            signing: signatures::parties(conn, &content)?,
            offers: if content.owed.is_empty() { Vec::new() } else { vaults::offers(conn, &actor, &content)? },
            offered: standing.offered(),
            version: standing.version,
            pass: passes::last(conn, id)?,
            lateness: passes::lateness(conn, &content.row, &content.call)?,
            unread: exchanges::count(conn, id, ExchangeSide::Applicant)?,
            written: exchanges::last(conn, id)?,
            decision: supports::told(conn, &content, now)?,
            grant,
            waiting: complements::waiting(conn, &content)?,
            history: history::of_subject(conn, id.as_str())?,
            letters: documents::of_subject(conn, id.as_str())?,
            mine,
            wanted: usecases::pairings::wanted(conn, &content)?,
            filed: if writes { filed(conn, &content)? } else { read(conn, &content)? },
            changes: if writes { told(conn, &content)? } else { Vec::new() },
            copied: copies::of_application(conn, id)?,
            reuse: copies::open_calls(conn, &actor, &content, now)?,
            against: eligibility::against(conn, &content, now)?,
            content,
        };
        if !found.reads {
            keep_budget(&mut found);
        }
        Ok(found)
    };
    app.read(load).await
}

/// Leaves of a file what whoever keeps its money alone may know.
fn keep_budget(view: &mut View) {
    view.filed.retain(|section| section.budget.is_some());
    (view.decision, view.copied, view.wanted) = (None, None, None);
    (view.content.ties, view.content.row.motive) = (None, None);
    view.signing.clear();
    view.letters.clear();
    view.history.clear();
    view.written.clear();
    view.changes.clear();
    view.against.clear();
}

/// The same, once it is recorded that a draft was opened in time.
pub(super) async fn opened(app: &App, who: &Applicant, id: ApplicationId) -> Result<View, Failure> {
    let (seen, actor, now) = (view(app, who, id).await?, who.actor.clone(), app.now());
    if supports::is_to_note(seen.decision.as_ref()) {
        let content = seen.content.clone();
        app.write(move |tx| supports::note_opening(tx, &actor, &content, now)).await?;
        return view(app, who, id).await;
    }
    if !passes::is_due(&seen.content, now) {
        return Ok(seen);
    }
    app.write(move |tx| passes::open_grace(tx, &actor, id, now)).await?;
    view(app, who, id).await
}

/// What a pass says on the page of its draft, as long as it holds.
pub(super) fn pass(view: &View, now: Moment) -> String {
    let Some(pass) = view.pass.as_ref().filter(|pass| now < pass.until_at) else { return String::new() };
    let until = to_the_second(pass.until_at);
    match pass.kind {
        PassKind::Grace => {
            let lacks =
                if view.content.missing().is_empty() { "" } else { " Complétez d’ici là ce qui manque encore." };
            format!(
                "Vous avez ouvert cette page avant la fermeture\u{a0}: ce dossier, et lui seul, peut être déposé jusqu’au {until}.{lacks}"
            )
        }
        PassKind::Late => {
            format!("L’équipe du fonds accorde un délai à ce dossier, jusqu’au {until}\u{a0}: {}", pass.reason)
        }
    }
}

/// A button of the file; nothing for what has a form of its own.
pub(super) fn action(id: ApplicationId, event: ApplicationEvent, refusal: Option<String>) -> Option<Action> {
    let (path, weight) = match event {
        ApplicationEvent::Submit => ("depot", Weight::Primary),
        ApplicationEvent::TakeBack => ("reprise", Weight::Secondary),
        ApplicationEvent::Withdraw => ("retrait", Weight::Danger),
        _ => return None,
    };
    let press = if event == ApplicationEvent::Withdraw { Press::Asks } else { Press::Acts };
    Some(Action { label: event.label().to_owned(), href: format!("/dossiers/{id}/{path}"), weight, refusal, press })
}

fn events(view: &View) -> Vec<TimelineEvent> {
    let call = &view.content.call;
    let told = |row: &&TransitionRow| {
        row.to_state
            .parse::<ApplicationState>()
            .is_ok_and(|state| shown_to_applicants(state, call.state, call.decision_pace) == state)
    };
    let event = |row: &TransitionRow| {
        let what = done_label(Machine::Application, &row.event).to_owned();
        let who = match row.role {
            Role::Applicant => "vous ou votre organisation",
            Role::System => "l’échéance",
            _ => "l’équipe du fonds",
        };
        (row.at, TimelineEvent { at: row.at.french(), what, who: who.into(), note: row.reason.clone() })
    };
    let events = view.history.iter().rev().filter(told).map(event).collect();
    woven(events, &view.written, ExchangeSide::Applicant)
}

/// Whether the reader may write in a section now.
pub(super) fn is_mine(view: &View, section: &Section) -> bool {
    view.writes_in.contains(&section.code)
}

/// Where to give the number without which nothing is paid, for a file that waits for an answer.
fn siret_owed(content: &Content) -> Option<String> {
    let organisation = &content.organisation;
    (is_waited_for(shown_state(content)) && !organisation.may_be_paid())
        .then(|| format!("/organisations/{}#champ-siret", organisation.id))
}

/// The last minute at which whoever reads may contest that the file was found ineligible.
fn appeal_until(view: &View, now: Moment) -> Option<String> {
    let due = applications::appeal_due(&view.content);
    (view.writes && shown_state(&view.content) == ApplicationState::Ineligible && now < due)
        .then(|| due.plus_minutes(-1).french())
}

/// Where the file stands; once a grant came of it, whose turn it is there.
fn whereabouts(view: &View, state: ApplicationState, now: Moment) -> Stepper {
    let stepper = stages::stepper(&view.content, state, view.waiting.as_ref(), now);
    let Some(paper) = &view.grant else {
        let is_awarded = state == ApplicationState::Awarded;
        return if is_awarded { Stepper { who_acts: stages::FOLLOWERS.into(), ..stepper } } else { stepper };
    };
    let granted = words::stepper(paper, Reader::Holder, now.paris_date());
    let sentence = format!("{} {}", stepper.sentence, granted.sentence);
    Stepper { who_acts: granted.who_acts, by_when: granted.by_when, sentence, ..stepper }
}

async fn page(
    app: &App,
    who: &Applicant,
    id: ApplicationId,
    typed: String,
    errors: FieldErrors,
) -> Result<ApplicationPage, Failure> {
    let view = opened(app, who, id).await?;
    let (content, row) = (&view.content, &view.content.row);
    let state = shown_state(content);
    let is_draft = state == ApplicationState::Draft;
    let actions = view
        .offered
        .iter()
        // A draft is filed from the page on which it is read again.
        .filter(|(event, _)| *event != ApplicationEvent::Submit)
        .filter_map(|(event, judged)| action(id, *event, judged.as_ref().err().map(ToString::to_string)));
    let waiting = view.waiting.as_ref();
    let mine: Vec<_> = view.mine.iter().map(|organisation| organisation.id).collect();
    Ok(ApplicationPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/dossiers", "Mes dossiers")],
        id: id.to_string(),
        title: named(&row.title),
        badge: badge(state),
        is_draft,
        deadline: deadline(content, app.now()),
        queue: Queue::of(id),
        stepper: whereabouts(&view, state, app.now()),
        facts: parts::facts(content, view.lateness.as_deref()),
        sections: task_lists::sections(content, waiting, &mine, |section| is_mine(&view, section)),
        missing: if is_draft { checks::missing(&view) } else { Vec::new() },
        against: view.against.clone(),
        pass: if is_draft { pass(&view, app.now()) } else { String::new() },
        version: view.version,
        token: entropy::form_token()?,
        actions: actions.collect(),
        complement: waiting.filter(|_| view.writes).map(|waiting| parts::complement(&waiting.request.row, app.now())),
        can_appeal: appeal_until(&view, app.now()),
        motive: row.motive.clone().filter(|_| state == ApplicationState::Ineligible).unwrap_or_default(),
        decision: view.decision.as_ref().map(parts::decision),
        grant: view.grant.as_ref().map(|paper| format!("/subventions/{}", paper.file.grant.id)),
        letters: view.letters.iter().map(|row| parts::letter(id, row)).collect(),
        pair: pairings::panel(content, view.wanted.as_ref(), &view.mine, &typed, view.writes)
            .filter(|_| is_draft && view.reads),
        messages: (!is_draft && view.reads).then(|| Thread::of(id, ExchangeSide::Applicant, view.unread)),
        writes: view.writes,
        reads: view.reads,
        is_unsigned: view.signing.iter().any(|party| party.signed.is_none()),
        signing: view.signing.iter().map(|party| parts::signing(party, who.id)).collect(),
        copied: view.copied.as_ref().filter(|_| is_draft && view.writes).map(parts::copied),
        ties: (ties::in_words(&content.ties), content.ties.is_some()),
        siret_owed: siret_owed(content).filter(|_| view.writes),
        owed: if is_waited_for(state) && view.writes {
            owed_documents(content, &view.offers, app.now())
        } else {
            Vec::new()
        },
        most: LARGEST,
        reuse: view.reuse.iter().map(|call| parts::reuse(id, call)).collect(),
        events: events(&view),
        filed: view.filed,
        changes: view.changes,
        typed,
        errors,
    })
}

/// Whether a file in this state, as its applicant may know it, takes documents that are still owed.
fn is_waited_for(state: ApplicationState) -> bool {
    use ApplicationState::{Ineligible, Rejected, Withdrawn};
    !matches!(state, Ineligible | Rejected | Withdrawn)
}

/// The file's page again, with what was typed and what is wrong beside the fields.
pub(super) async fn refused(
    app: &App,
    who: &Applicant,
    id: ApplicationId,
    typed: &str,
    wrong: Vec<usecases::FieldError>,
) -> Reply {
    let page = page(app, who, id, typed.to_owned(), super::errors_of(wrong)).await?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// One application: its sections while it is a draft, its way afterwards. A draft that rests leads to the common file.
pub async fn show(app: Data<App>, who: Applicant, id: Path<ApplicationId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let common = app.read(move |conn| {
        applications::find(conn, &actor, id)?;
        usecases::pairings::common_of(conn, id)
    });
    if let Some(common) = common.await? {
        return Ok(see_other(format!("/dossiers/{common}")));
    }
    Ok(render(&page(&app, &who, id, String::new(), FieldErrors::none()).await?))
}

/// A verb of the file's page, with what was typed beside its button.
type Verb = fn(&mut crate::store::Tx, &crate::usecases::Actor, ApplicationId, i32, &str, Moment) -> Outcome<()>;

/// Runs a verb once per form; a second click lands where the first one did.
async fn act(app: &App, who: &Applicant, id: ApplicationId, form: &Fields, verb: (&'static str, Verb)) -> Reply {
    let (path, verb) = verb;
    let (actor, person, now) = (who.actor.clone(), who.id, app.now());
    let (version, token, text) = (form.version(), form.token().to_owned(), form.text("texte").to_owned());
    let typed = text.clone();
    let route = format!("/dossiers/{id}/{path}");
    let body = format!("{version}\n{text}");
    let done = app
        .write(move |tx| {
            let sending = form_tokens::Sending { person, token: &token, route: &route, body: body.as_bytes(), now };
            form_tokens::once(tx, sending, |tx| {
                verb(tx, &actor, id, version, &text, now)?;
                Ok(format!("/dossiers/{id}"))
            })
        })
        .await;
    let sentence = match path {
        "depot" => "Votre dossier est déposé. L’accusé de dépôt part par courriel.",
        "reprise" => "Votre dossier est de nouveau un brouillon\u{a0}: il n’est plus déposé.",
        "retrait" => "Votre dossier est retiré.",
        "complement" => "Votre réponse est envoyée.",
        _ => "Votre demande de réexamen est envoyée.",
    };
    match done {
        Ok(answer) => Ok(see_other_saying(answer, &Flash::success(sentence))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| ("texte", field.message)).collect();
            let page = page(app, who, id, typed, errors).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

macro_rules! verbs {
    ($($(#[$meta:meta])* $name:ident, $path:literal, $verb:expr;)+) => { $(
        $(#[$meta])*
        pub async fn $name(app: Data<App>, who: Applicant, id: Path<ApplicationId>, form: Fields) -> Reply {
            act(&app, &who, id.into_inner(), &form, ($path, $verb)).await
        }
    )+ };
}

verbs! {
    /// Files the application.
    submit, "depot", |tx, actor, id, version, _, now| applications::submit(tx, actor, id, version, now).map(drop);
    /// Takes it back into draft.
    take_back, "reprise", |tx, actor, id, version, _, now| applications::take_back(tx, actor, id, version, now).map(drop);
    /// Withdraws it.
    withdraw, "retrait", |tx, actor, id, version, _, now| applications::withdraw(tx, actor, id, version, now).map(drop);
    /// Answers the request for a complement.
    answer_complement, "complement", |tx, actor, id, version, text, now| complements::answer(tx, actor, id, version, text, now).map(drop);
    /// Asks for a second look.
    appeal, "reexamen", |tx, actor, id, version, text, now| applications::appeal(tx, actor, id, version, text, now).map(drop);
}

//! One file in session: its marks, the money left, and the decision as it is taken.

use super::{
    letters::Foreseen,
    tone,
    votes::{self, Recount, VotePanel},
};
use crate::{
    domain::{
        budgets::Stage,
        decisions::{DecisionPace, Verdict},
        ids::{ApplicationId, SessionId},
        lifecycles::{applications::ApplicationState, reviews::ReviewState, sessions::SessionState},
        money::Euros,
        scoring::Score,
    },
    store::{StoreError, calls::CallRow, entropy, reviews::NamedReview},
    usecases::{
        FieldError, UseCaseError,
        agendas::{self, Hearing},
        decisions::{self, DecisionForm},
        form_tokens, rooms,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        filters,
        flashes::see_other_saying,
        meters::Meter,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Badge, Choice, Fact},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/decision.html")]
struct DecisionPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    action: String,
    before: Option<String>,
    after: Option<String>,
    title: String,
    reference: String,
    badge: Badge,
    meter: Meter,
    facts: Vec<Fact>,
    opinions: Vec<(String, String, String)>,
    /// Whether the reader of the page has still to review the file.
    is_unread: bool,
    out: String,
    /// Decided already: what was written.
    decided: Vec<Fact>,
    verdicts: Vec<Choice>,
    /// When what is written leaves, where that is at once; often nothing.
    leaves: &'static str,
    /// What it sends, to be read before it leaves.
    foreseen: Option<Foreseen>,
    button: &'static str,
    /// Why nothing can be decided now; empty when it can.
    closed: &'static str,
    /// How the points of the file set the amount; often nothing.
    computed: String,
    /// Whether an award may go beyond a ceiling on its axis for a reason.
    may_exceed: bool,
    form: DecisionFields,
    version: i32,
    token: String,
    notice: String,
    vote: VotePanel,
    errors: FieldErrors,
}

/// The form as it stands.
#[derive(Default, Clone, PartialEq, Eq)]
pub(super) struct DecisionFields {
    amount: String,
    motive: String,
    conditions: String,
    /// Why an award goes beyond a ceiling.
    beyond: String,
}

/// What was typed, and what came of it.
#[derive(Default)]
pub(super) struct Again {
    verdict: String,
    form: Option<DecisionFields>,
    /// The version of the file that the page had shown, where what was typed still builds on it.
    seen: Option<i32>,
    notice: String,
    foreseen: Option<Foreseen>,
    vote: Option<Recount>,
    errors: FieldErrors,
}

impl Again {
    /// What was typed.
    fn typed(form: &Fields) -> Self {
        let text = |name| form.text(name).to_owned();
        let typed = DecisionFields {
            amount: text("montant"),
            motive: text("motif"),
            conditions: text("conditions"),
            beyond: text("derogation"),
        };
        Again { verdict: text("decision"), form: Some(typed), vote: Recount::typed(form), ..Again::default() }
    }

    /// What came of a vote, with what was typed of the decision beside it.
    pub(super) fn of_vote(form: &Fields, vote: Option<Recount>) -> Self {
        if !form.has("montant") {
            return Again { vote, ..Again::default() };
        }
        Again { vote, seen: Some(form.version()), ..Again::typed(form) }
    }

    /// Whether anything of the decision was typed over what stands there at first.
    fn is_typed(&self, first: &DecisionFields) -> bool {
        !self.verdict.is_empty() || self.form.as_ref().is_some_and(|form| form != first)
    }
}

fn meter(hearing: &Hearing) -> Meter {
    let row = &hearing.content.row;
    let asked = if row.state == ApplicationState::InReview { row.requested_cents } else { Euros::ZERO };
    let parts = [("Accordé", "committed", hearing.envelope.committed()), ("Demandé par ce dossier", "reserved", asked)];
    Meter::new(format!("Enveloppe, dont {} encore à accorder", hearing.envelope.left), hearing.envelope.total, &parts)
}

fn facts(hearing: &Hearing) -> Vec<Fact> {
    let (content, row) = (&hearing.content, &hearing.content.row);
    let mean = match row.score_count {
        0 if hearing.is_unread => "Après votre évaluation".to_owned(),
        0 => "Aucune évaluation remise".to_owned(),
        _ => Score::from_hundredths(row.score_mean).to_string(),
    };
    let dossier = format!("/instruction/{}", row.id);
    let apart = hearing.apart.iter().map(|one| Fact::new(format!("À part, {}", one.label), one.words()));
    let known = [
        Fact::linked("Dossier", &row.reference, dossier),
        Fact::new("Organisation", &content.organisation.name),
        Fact::new("Demandé", row.requested_cents),
        Fact::new(
            "L’appel accorde",
            format!("de {} à {}", content.definition.amount.floor, content.definition.amount.ceiling),
        ),
        Fact::new(
            "Au plus pour ce budget",
            content.definition.amount.ceiling_for(&content.retained_budget(), Stage::Planned),
        ),
        Fact::new("Moyenne sur 100", mean),
    ];
    known.into_iter().chain(apart).collect()
}

/// The form as it begins. Its amount is what the points open, or else what is asked for; nothing when the points open
/// nothing.
fn first(hearing: &Hearing) -> DecisionFields {
    let computed = hearing.computed.as_ref().map(|computed| computed.amount);
    let amount = computed.unwrap_or(hearing.content.row.requested_cents);
    let amount = if amount.is_positive() { amount.grouped() } else { String::new() };
    DecisionFields { amount, ..DecisionFields::default() }
}

fn decided(hearing: &Hearing) -> Vec<Fact> {
    let row = &hearing.content.row;
    if row.state == ApplicationState::InReview {
        return Vec::new();
    }
    let mut facts = vec![
        Fact::new("Décision", row.state.label()),
        Fact::new("Montant accordé", row.decided_cents.map(|amount| amount.to_string()).unwrap_or_default()),
        Fact::new("Motif", row.motive.clone().unwrap_or_default()),
        Fact::new("Conditions", row.conditions.as_deref().unwrap_or("Aucune")),
    ];
    facts.extend(hearing.beyond.iter().map(|said| Fact::new("Au-delà du plafond", said)));
    facts
}

/// Whether the results of a call that tells them together are told.
fn is_told(call: &CallRow) -> bool {
    call.decision_pace == DecisionPace::Together && call.is_announced()
}

const VERDICTS: [Verdict; 4] = [Verdict::Award, Verdict::ReserveList, Verdict::Reject, Verdict::Defer];

/// Why nothing can be decided now; empty when it can.
fn closed(session: SessionState, file: ApplicationState) -> &'static str {
    match session {
        SessionState::Planned | SessionState::Convened => {
            "La séance n’est pas ouverte\u{a0}: aucune décision ne s’écrit encore."
        }
        SessionState::InSession => "",
        SessionState::Minuted | SessionState::Confirmed if file == ApplicationState::ReserveListed => "",
        SessionState::Minuted | SessionState::Confirmed => "La séance est close\u{a0}: ses décisions ne changent plus.",
    }
}

/// Who read, and how sure they said to be.
fn reader(review: &NamedReview) -> String {
    review.confidence.map_or_else(|| review.name.clone(), |said| format!("{}, {}", review.name, said.label()))
}

fn page(who: &Officer, hearing: &Hearing, again: Again) -> Result<DecisionPage, Failure> {
    let (content, row, session) = (&hearing.content, &hearing.content.row, &hearing.session);
    let is_reserved = row.state == ApplicationState::ReserveListed;
    let is_open = session.state == SessionState::InSession && !is_told(&content.call);
    // Once the committee has risen, a file of the reserve list is awarded from that list.
    let is_kept_back = |verdict: &Verdict| *verdict == Verdict::Award && is_reserved && !is_open;
    let is_offered = |verdict: &Verdict| {
        !is_kept_back(verdict) && hearing.offered.iter().any(|(event, _)| *event == verdict.event())
    };
    let verdicts = VERDICTS.iter().filter(|verdict| is_offered(verdict));
    let verdicts = Choice::list(verdicts.map(|v| (v.code(), v.label())), &[&again.verdict]);
    let closed = closed(session.state, row.state);
    let address = |id: ApplicationId| format!("/seances/{}/dossiers/{id}", session.id);
    let opinions = hearing.reviews.iter().filter(|r| r.state == ReviewState::Submitted && !hearing.is_unread);
    let total = |total: Option<i64>| total.map(|t| Score::from_hundredths(t).to_string()).unwrap_or_default();
    Ok(DecisionPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/seances", "Séances"),
            NavLink::new(format!("/seances/{}", session.id), &session.title),
        ],
        action: address(row.id),
        before: hearing.before.map(address),
        after: hearing.after.map(address),
        title: row.title.clone(),
        reference: row.reference.clone(),
        badge: Badge { tone: tone(row.state), label: row.state.label().to_owned() },
        meter: meter(hearing),
        facts: facts(hearing),
        opinions: opinions.map(|r| (reader(r), total(r.total), r.opinion.clone())).collect(),
        is_unread: hearing.is_unread,
        out: hearing.recused.join(", "),
        decided: decided(hearing),
        closed: if verdicts.is_empty() { "" } else { closed },
        verdicts,
        leaves: match content.call.decision_pace {
            DecisionPace::Rolling => {
                "Cet appel dit ses décisions au fur et à mesure\u{a0}: vous relisez ce qui part, puis vous l’envoyez."
            }
            DecisionPace::Together if is_reserved && !is_open => {
                "Pour retenir ce dossier maintenant, passez par la liste d’attente, sur la page de l’appel."
            }
            DecisionPace::Together => "",
        },
        button: match (content.call.decision_pace, &again.foreseen) {
            (DecisionPace::Together, _) => "Enregistrer la décision",
            (DecisionPace::Rolling, None) => "Relire avant d’envoyer",
            (DecisionPace::Rolling, Some(_)) => "Enregistrer et envoyer",
        },
        foreseen: again.foreseen,
        computed: hearing.computed.as_ref().map(|computed| computed.said.clone()).unwrap_or_default(),
        may_exceed: hearing.may_exceed,
        form: again.form.unwrap_or_else(|| first(hearing)),
        version: again.seen.unwrap_or(content.row.version),
        token: entropy::form_token()?,
        notice: again.notice,
        vote: votes::panel(&hearing.ballot, again.vote),
        errors: again.errors,
    })
}

type Where = (SessionId, ApplicationId);

async fn hearing(app: &App, who: &Officer, (session, id): Where) -> Result<Hearing, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    app.read(move |conn| agendas::hearing(conn, &actor, session, id, now)).await
}

async fn build(app: &App, who: &Officer, place: Where, again: Again) -> Result<DecisionPage, Failure> {
    page(who, &hearing(app, who, place).await?, again)
}

/// The page again, with what came of a form of it.
pub(super) async fn again(app: &App, who: &Officer, place: Where, status: StatusCode, again: Again) -> Reply {
    Ok(render_as(status, &build(app, who, place, again).await?))
}

/// What follows a vote that is counted: the page read anew, or the same one where a decision was being typed.
pub(super) async fn counted(app: &App, who: &Officer, place: Where, form: &Fields, to: &str) -> Reply {
    let (said, again) = (Flash::success("Le vote est compté."), Again::of_vote(form, None));
    let hearing = hearing(app, who, place).await?;
    if !again.is_typed(&first(&hearing)) {
        return Ok(see_other_saying(to, &said));
    }
    let mut shown = page(who, &hearing, again)?;
    shown.chrome.flashes.push(said);
    Ok(render(&shown))
}

/// One file of the agenda.
pub async fn show(app: Data<App>, who: Officer, place: Path<Where>) -> Reply {
    Ok(render(&build(&app, &who, place.into_inner(), Again::default()).await?))
}

/// The decision, or everything that is wrong with what was typed.
fn read(form: &Fields) -> Result<DecisionForm, UseCaseError> {
    let text = |name| form.text(name).to_owned();
    let verdict = form.text("decision").parse::<Verdict>();
    let is_chosen = verdict.is_ok();
    // Without a verdict the rest is judged as it is for a refusal, which needs a motive and no amount.
    let verdict = verdict.unwrap_or(Verdict::Reject);
    let typed =
        DecisionForm { verdict, amount: text("montant"), motive: text("motif"), conditions: text("conditions") };
    if is_chosen {
        return Ok(typed);
    }
    let mut wrong = vec![FieldError::new("decision", "Choisissez une décision.")];
    wrong.extend(typed.faults());
    Err(UseCaseError::Invalid(wrong))
}

/// Writes down what the form says, once; gives where it leads.
async fn decided_once(app: &App, who: &Officer, place: Where, form: &Fields) -> Result<String, Failure> {
    let (actor, person, now, wanted) = (who.actor.clone(), who.id, app.now(), read(form)?);
    let (version, token, beyond) = (form.version(), form.token().to_owned(), form.text("derogation").to_owned());
    let (route, next) = (format!("/seances/{}/dossiers/{}", place.0, place.1), format!("/seances/{}", place.0));
    app.write(move |tx| {
        let body = format!("{version}\n{wanted:?}\n{beyond}");
        let sending = form_tokens::Sending { person, token: &token, route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            agendas::hearing(tx.conn(), &actor, place.0, place.1, now)?;
            decisions::decide_beyond(tx, &actor, place.1, (&wanted, &beyond), version, now)?;
            rooms::stir_file(tx, place.0, place.1)?;
            Ok(next.clone())
        })
    })
    .await
}

const CHANGED: &str = "Une autre personne a changé ce dossier depuis que vous avez ouvert la page. Voici où il en \
     est\u{a0}; rien n’a été écrasé.";

/// What the decision would send; nothing of it stays.
async fn foreseen(app: &App, who: &Officer, place: Where, form: &Fields) -> Result<Foreseen, Failure> {
    let (actor, now, wanted, version) = (who.actor.clone(), app.now(), read(form)?, form.version());
    let (read, beyond) = (wanted.digest(version), form.text("derogation").to_owned());
    let sending = app
        .rehearse(move |tx| {
            agendas::hearing(tx.conn(), &actor, place.0, place.1, now)?;
            decisions::foresee(tx, &actor, place.1, (&wanted, &beyond), version, now)
        })
        .await?;
    Ok(Foreseen::of(sending, read))
}

/// Whether what this very decision sends has been read.
fn is_read(form: &Fields) -> bool {
    read(form).is_ok_and(|wanted| form.text("lu") == wanted.digest(form.version()))
}

/// Writes a decision down; one that leaves at once is shown first, letter and mail. Whoever comes second reads what the
/// first one wrote, and loses nothing they typed.
pub async fn decide(app: Data<App>, who: Officer, place: Path<Where>, form: Fields) -> Reply {
    let place = place.into_inner();
    let pace = hearing(&app, &who, place).await?.content.call.decision_pace;
    if pace == DecisionPace::Rolling && !is_read(&form) {
        return match foreseen(&app, &who, place, &form).await {
            Ok(foreseen) => {
                let shown = Again { foreseen: Some(foreseen), ..Again::typed(&form) };
                again(&app, &who, place, StatusCode::OK, shown).await
            }
            Err(failure) => failed(&app, &who, place, &form, failure).await,
        };
    }
    match decided_once(&app, &who, place, &form).await {
        Ok(to) => {
            app.bells().ring(place.0);
            Ok(see_other_saying(to, &Flash::success(said(pace))))
        }
        Err(failure) => failed(&app, &who, place, &form, failure).await,
    }
}

const fn said(pace: DecisionPace) -> &'static str {
    match pace {
        DecisionPace::Together => "La décision est écrite. Elle reste sous embargo jusqu’à l’annonce.",
        DecisionPace::Rolling => "La décision est écrite, et part par courriel.",
    }
}

/// The page again, with everything typed: a reason, or sentences beside the fields.
async fn failed(app: &App, who: &Officer, place: Where, form: &Fields, failure: Failure) -> Reply {
    let typed = Again::typed(form);
    let (status, shown) = match failure {
        Failure::UseCase(UseCaseError::Invalid(wrong)) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, Again { errors, ..typed })
        }
        Failure::UseCase(UseCaseError::Refused(reason)) => {
            (StatusCode::CONFLICT, Again { notice: reason.to_string(), ..typed })
        }
        Failure::UseCase(UseCaseError::Store(StoreError::Stale)) => {
            (StatusCode::CONFLICT, Again { notice: CHANGED.into(), ..typed })
        }
        failure => return Err(failure),
    };
    again(app, who, place, status, shown).await
}

//! One dossier on one screen: what it says, whether it is admissible, who reads it, what is to be decided.

use super::{
    cost_marks::{self, Costs},
    judgements::{self, Check},
    named,
    sealed_numbers::{self, Sealed},
    summaries, tone,
};
use crate::{
    domain::{
        exchanges::ExchangeSide,
        ids::{ApplicationId, DocumentId, PersonId},
        lifecycles::{
            applications::{ApplicationEvent, ApplicationState},
            reviews::ReviewState,
        },
        roles::Role,
        scoring::Score,
        text::counted,
        ties,
        time::{Moment, french_date},
    },
    store::{Tx, entropy},
    usecases::{
        Actor, FieldError, Outcome, UseCaseError, applications, assignments, complements,
        dossiers::{self, Dossier},
        form_tokens, owed_documents, recusals, whole_files,
    },
    web::{
        App, Failure, Fields, Reply,
        answers::{self, SectionShown},
        audiences::{Officer, SignedIn, Staff},
        downloads,
        exchanges::Thread,
        filters,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, Tone, render, render_as},
        parts::{Action, Badge, Choice, Fact, Press, Stepper, TimelineEvent, Weight},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;

#[derive(Template)]
#[template(path = "officer/dossier.html")]
pub(super) struct DossierPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    reference: String,
    title: String,
    fund_code: String,
    call: String,
    badge: Badge,
    stepper: Stepper,
    version: i32,
    token: String,
    decide: Option<Decide>,
    motive: String,
    appeal: String,
    findings: Vec<Check>,
    met: Vec<Check>,
    met_in_words: String,
    messages: Thread,
    requests: Vec<Request>,
    facts: Vec<Fact>,
    organisation: Vec<Fact>,
    partner: Vec<Fact>,
    /// What its organisations have changed since it was filed.
    changed: Vec<Fact>,
    /// What is to be put right about who leads them, and what keeps them from being paid.
    remarks: Vec<String>,
    look_alikes: Vec<String>,
    /// What is declared of ties with the network, and who of the committee it seems to name.
    ties: Vec<String>,
    named: Vec<String>,
    past: Vec<(String, String)>,
    /// Documents that did not come by their day, in a sentence each.
    late: Vec<String>,
    costs: Option<Costs>,
    sections: Vec<SectionShown>,
    /// The account numbers it says, for who pays.
    numbers: Vec<Sealed>,
    readers: Vec<Reader>,
    recusals: Vec<(String, String)>,
    entrust: Option<Entrust>,
    letters: Vec<(String, String, String)>,
    mails: Vec<(String, String, String)>,
    mails_in_words: String,
    events: Vec<TimelineEvent>,
    typed: Typed,
    errors: FieldErrors,
}

/// What may be decided now.
struct Decide {
    actions: Vec<Action>,
    can_refuse: bool,
}

struct Request {
    asked_on: String,
    wanted: String,
    /// What it reopened, by name, each with the officer's words.
    items: Vec<(String, String)>,
    due: String,
    answer: Option<(String, String)>,
    /// The page that compares before and after; empty while there is nothing to compare.
    compare: String,
}

struct Reader {
    name: String,
    badge: Badge,
    detail: String,
    /// The declared tie that seems to name them; often nothing.
    tie: String,
}

/// Whom the file may be entrusted to, and from whom it may be kept away.
struct Entrust {
    may_assign: bool,
    candidates: Vec<Choice>,
    others: Vec<Choice>,
}

/// What was typed into the forms of the page.
#[derive(Default)]
pub(super) struct Typed {
    motif: String,
    personne: String,
    echeance: String,
    deport: String,
    lien: String,
    /// The condition that was judged, how, and why.
    pub condition: String,
    pub avis: String,
    pub note: String,
    /// The line of the budget that was marked, how much of it, and why.
    pub poste: String,
    pub part: String,
    pub pourquoi: String,
}

impl Typed {
    pub fn of(form: &Fields) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        let condition = text("condition");
        Typed {
            motif: text("motif"),
            personne: text("personne"),
            echeance: text("echeance"),
            deport: text("deport"),
            lien: text("lien"),
            avis: text(&format!("avis-{condition}")),
            note: text(&format!("note-{condition}")),
            condition,
            poste: text("poste"),
            part: text("part"),
            pourquoi: text("pourquoi"),
        }
    }
}

fn decide(dossier: &Dossier) -> Option<Decide> {
    let id = dossier.content.row.id;
    let offered = dossier.standing.offered();
    let is_offered = |wanted: ApplicationEvent| offered.iter().any(|(event, _)| *event == wanted);
    let action = |(event, judged): &(ApplicationEvent, Result<(), crate::domain::lifecycle::Refusal>)| {
        let path = match event {
            ApplicationEvent::DeclareEligible => "recevabilite",
            ApplicationEvent::StartReview => "comite",
            ApplicationEvent::LapseComplement => "sans-reponse",
            // What it asks for is written on a page of its own: there it may be refused.
            ApplicationEvent::RequestComplement => {
                let (label, href) = (event.label().to_owned(), format!("/instruction/{id}/complement"));
                return Some(Action { label, href, weight: Weight::Secondary, refusal: None, press: Press::Asks });
            }
            _ => return None,
        };
        let refusal = judged.as_ref().err().map(ToString::to_string);
        let href = format!("/instruction/{id}/{path}");
        Some(Action { label: event.label().to_owned(), href, weight: Weight::Primary, refusal, press: Press::Acts })
    };
    let decide = Decide {
        actions: offered.iter().filter_map(action).collect(),
        can_refuse: is_offered(ApplicationEvent::DeclareIneligible),
    };
    (!decide.actions.is_empty() || decide.can_refuse).then_some(decide)
}

fn requests(dossier: &Dossier) -> Vec<Request> {
    let request = |request: &complements::Request| {
        let row = &request.row;
        let is_done = row.filing_before.is_some() && row.filing_after.is_some();
        let compare = format!("/instruction/{}/complements/{}", row.application_id, row.id);
        Request {
            asked_on: french_date(row.asked_at.paris_date()),
            wanted: row.wanted.clone(),
            items: request.named(&dossier.content.definition),
            due: french_date(row.due_at.plus_minutes(-1).paris_date()),
            answer: row.answer.clone().zip(row.answered_at.map(|at| french_date(at.paris_date()))),
            compare: if is_done { compare } else { String::new() },
        }
    };
    dossier.requests.iter().rev().map(request).collect()
}

/// The declared tie that seems to name somebody, in words.
fn tie(dossier: &Dossier, name: &str) -> String {
    dossier.tie_naming(name).map_or(String::new(), |tie| format!("{}, {}", tie.name, tie.nature))
}

/// The members of the committee whom the declared ties seem to name, and who are not recused.
fn named_in_ties(dossier: &Dossier) -> Vec<String> {
    let people = dossier.untouched().into_iter();
    people.filter(|(_, name)| dossier.tie_naming(name).is_some()).map(|(_, name)| name.to_owned()).collect()
}

/// What its organisations have changed since it was filed: as it reads today, and what is there no longer.
fn changed(dossier: &Dossier) -> Vec<Fact> {
    let pairs = dossier.identities.iter().zip(&dossier.content.identities);
    pairs.flat_map(|(then, now)| differing(&answers::organisation(then), &answers::organisation(now))).collect()
}

fn differing(then: &[Fact], now: &[Fact]) -> Vec<Fact> {
    let count = |facts: &[Fact], label: &str| facts.iter().filter(|fact| fact.label == label).count();
    let new = now.iter().filter(|fact| !then.contains(fact)).cloned();
    // What reads otherwise today is among the new ones already.
    let is_fewer = |label: &str| count(now, label) < count(then, label);
    let gone = then.iter().filter(|fact| !now.contains(fact) && is_fewer(&fact.label));
    new.chain(gone.map(|fact| Fact::new(&fact.label, format!("{} (retiré)", fact.value)))).collect()
}

/// What is to be put right about its organisations today.
fn remarks(dossier: &Dossier, now: Moment) -> Vec<String> {
    let content = &dossier.content;
    let unpaid = Some(&content.organisation).filter(|row| !row.may_be_paid());
    let unpaid = unpaid.map(|row| format!("{} n’a pas de SIRET\u{a0}: rien ne peut lui être versé.", row.name));
    let led = content.identities.iter().flat_map(|identity| identity.remarks(now.paris_date()));
    unpaid.into_iter().chain(led).collect()
}

fn readers(dossier: &Dossier) -> Vec<Reader> {
    let reader = |review: &crate::store::reviews::NamedReview| {
        let tone = match review.state {
            ReviewState::Submitted => Tone::Success,
            ReviewState::InProgress | ReviewState::Reopened => Tone::Info,
            ReviewState::Assigned => Tone::Warning,
            ReviewState::Recused | ReviewState::Declined => Tone::Neutral,
        };
        let detail = match (review.state, review.total, review.due_on) {
            (ReviewState::Submitted, Some(total), _) => format!("{} sur 100", Score::from_hundredths(total)),
            (ReviewState::Submitted | ReviewState::Recused | ReviewState::Declined, ..) => String::new(),
            (_, _, Some(day)) => format!("à rendre pour le {}", french_date(day)),
            _ => "sans échéance".into(),
        };
        let tie = match review.state {
            ReviewState::Recused | ReviewState::Declined => String::new(),
            _ => tie(dossier, &review.name),
        };
        Reader { name: review.name.clone(), badge: Badge { tone, label: review.state.label().to_owned() }, detail, tie }
    };
    dossier.readers.iter().map(reader).collect()
}

fn entrust(dossier: &Dossier, who: &SignedIn, typed: &Typed) -> Option<Entrust> {
    use ApplicationState::{ComplementRequested, Eligible, InReview, Submitted};
    let state = dossier.content.row.state;
    let is_open = matches!(state, Submitted | ComplementRequested | Eligible | InReview);
    if !is_open || !dossier.standing.roles.contains(&Role::Officer) {
        return None;
    }
    let candidate = |member: &crate::store::seats::Member| {
        let of = if member.institution.is_empty() { String::new() } else { format!(" ({})", member.institution) };
        let hint = if dossier.tie_naming(&member.name).is_some() { ", lien déclaré" } else { "" };
        (member.person_id.to_string(), format!("{}{of}{hint}", member.name))
    };
    let known = dossier.untouched();
    let myself = (!known.iter().any(|(person, _)| *person == who.id)).then(|| (who.id.to_string(), "Vous-même".into()));
    let known = known.into_iter().map(|(person, name)| (person.to_string(), name.to_owned()));
    Some(Entrust {
        may_assign: matches!(state, Eligible | InReview),
        candidates: Choice::list(dossier.candidates().map(candidate), &[&typed.personne]),
        others: Choice::list(known.chain(myself), &[&typed.deport]),
    })
}

fn length_in_words<T>(list: &[T], one: &str, many: &str) -> String {
    counted(i64::try_from(list.len()).unwrap_or(i64::MAX), one, many)
}

/// The documents that are late, each with its day.
fn late(content: &crate::usecases::answers::Content, now: Moment) -> Vec<String> {
    let owed = owed_documents::of_content(content).into_iter().filter(|owed| owed.is_late(now));
    owed.map(|owed| format!("{}, attendu pour le {}", owed.label, french_date(owed.due_on))).collect()
}

pub(super) async fn page(
    app: &App,
    who: &SignedIn,
    id: ApplicationId,
    typed: Typed,
    errors: FieldErrors,
) -> Result<DossierPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let dossier = app.read(move |conn| dossiers::find(conn, &actor, id, now)).await?;
    let (content, row) = (&dossier.content, &dossier.content.row);
    let (findings, met) = judgements::checks(&dossier, &typed);
    let letters = dossier.letters.iter().map(|letter| {
        let href = format!("/instruction/{id}/documents/{}", letter.id);
        (href, crate::web::grants::capitalised(&letter.title), french_date(letter.issued_at.paris_date()))
    });
    let mails = dossier.mails.iter().map(|mail| {
        let when = mail.sent_at.map_or_else(|| mail.state.label().to_owned(), |at| format!("parti le {}", at.french()));
        (mail.subject_line.clone(), mail.recipient_name.clone(), when)
    });
    let is_refused = row.state == ApplicationState::Ineligible;
    Ok(DossierPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/instruction", "Instruction")],
        id: id.to_string(),
        reference: row.reference.clone(),
        title: named(&row.title),
        fund_code: dossier.fund.code.clone(),
        call: content.call.title.clone(),
        badge: Badge { tone: tone(row.state), label: row.state.label().to_owned() },
        stepper: summaries::stepper(&dossier, now),
        version: row.version,
        token: entropy::form_token()?,
        decide: decide(&dossier),
        motive: row.motive.clone().filter(|_| is_refused || row.appeal.is_some()).unwrap_or_default(),
        appeal: row.appeal.clone().unwrap_or_default(),
        findings,
        met_in_words: length_in_words(&met, "condition respectée", "conditions respectées"),
        met,
        messages: Thread::of(id, ExchangeSide::Team, dossier.unread),
        requests: requests(&dossier),
        facts: summaries::facts(&dossier),
        organisation: dossier.identities.first().map(answers::organisation).unwrap_or_default(),
        partner: dossier.identities.get(1).map(answers::organisation).unwrap_or_default(),
        changed: changed(&dossier),
        remarks: remarks(&dossier, now),
        look_alikes: dossier.look_alikes.clone(),
        ties: ties::in_words(&content.ties),
        named: named_in_ties(&dossier),
        past: summaries::past_grants(&dossier),
        late: late(content, now),
        costs: cost_marks::costs(&dossier, &typed),
        sections: answers::sections(content, &dossier.communes),
        numbers: sealed_numbers::of(content, who),
        readers: readers(&dossier),
        recusals: dossier.recusals.iter().map(|(_, name, reason)| (name.clone(), reason.clone())).collect(),
        entrust: entrust(&dossier, who, &typed),
        letters: letters.collect(),
        mails: mails.collect(),
        mails_in_words: length_in_words(&dossier.mails, "courriel", "courriels"),
        events: summaries::events(&dossier),
        typed,
        errors,
    })
}

/// Everything about one dossier.
pub async fn show(app: Data<App>, who: Staff, id: Path<ApplicationId>) -> Reply {
    Ok(render(&page(&app, &who, id.into_inner(), Typed::default(), FieldErrors::none()).await?))
}

/// A letter about the dossier, as a PDF.
pub async fn letter(app: Data<App>, who: Staff, path: Path<(ApplicationId, DocumentId)>) -> Reply {
    let ((id, document), actor) = (path.into_inner(), who.actor.clone());
    let row = app.read(move |conn| dossiers::letter(conn, &actor, id, document)).await?;
    downloads::letter(&app, who.actor.person, row).await
}

/// The whole dossier as a PDF.
pub async fn whole(app: Data<App>, who: Staff, id: Path<ApplicationId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let whole = app.read(move |conn| whole_files::of_team(conn, &actor, id)).await?;
    crate::web::whole_files::download(&app, whole).await
}

/// A verb of the dossier's page: what is typed beside its button is in the form.
type Verb = fn(&mut Tx, &Actor, ApplicationId, &Fields, Moment) -> Outcome<()>;

/// Runs a verb once per form; a second click lands where the first one did.
async fn act(
    app: &App,
    who: &Officer,
    id: ApplicationId,
    form: Fields,
    (path, verb, said): (&'static str, Verb, &'static str),
) -> Reply {
    let (actor, person, now) = (who.actor.clone(), who.id, app.now());
    let (route, body) = (format!("/instruction/{id}/{path}"), format!("{form:?}"));
    let sent = form.clone();
    let done = app
        .write(move |tx| {
            let sending =
                form_tokens::Sending { person, token: sent.token(), route: &route, body: body.as_bytes(), now };
            form_tokens::once(tx, sending, |tx| {
                verb(tx, &actor, id, &sent, now)?;
                // Whoever keeps a file away from themselves does not find it again.
                let is_mine = sent.text("deport") == person.to_string();
                Ok(if is_mine { "/instruction".to_owned() } else { format!("/instruction/{id}") })
            })
        })
        .await;
    match done {
        Ok(answer) => {
            if path == "deports" {
                app.bells().ring_all();
            }
            Ok(see_other_saying(answer, &Flash::success(said)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            let page = page(app, who, id, Typed::of(&form), errors).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

fn person_of(form: &Fields, field: &str) -> Outcome<PersonId> {
    let wrong = || UseCaseError::Invalid(vec![FieldError::new(field, "Choisissez une personne.")]);
    form.text(field).parse().map_err(|_| wrong())
}

fn assign_reader(tx: &mut Tx, actor: &Actor, id: ApplicationId, form: &Fields, now: Moment) -> Outcome<()> {
    let person = person_of(form, "personne")?;
    let wrong = |_| UseCaseError::Invalid(vec![FieldError::new("echeance", "Cette date n’existe pas.")]);
    let due_on = form.filled("echeance").map(str::parse::<NaiveDate>).transpose().map_err(wrong)?;
    if due_on.is_some_and(|day| day < now.paris_date()) {
        let error = FieldError::new("echeance", "Cette date est passée\u{a0}: donnez-en une à venir.");
        return Err(UseCaseError::Invalid(vec![error]));
    }
    assignments::assign(tx, actor, id, person, due_on, now).map(drop)
}

fn keep_away(tx: &mut Tx, actor: &Actor, id: ApplicationId, form: &Fields, now: Moment) -> Outcome<()> {
    let person = person_of(form, "deport")?;
    applications::find(tx.conn(), actor, id)?;
    let declared = recusals::declare_conflict(tx, actor, person, id, form.text("lien"), now);
    declared.map_err(|error| match error {
        UseCaseError::Invalid(wrong) => {
            UseCaseError::Invalid(wrong.into_iter().map(|field| FieldError::new("lien", field.message)).collect())
        }
        other => other,
    })
}

fn lapse(tx: &mut Tx, actor: &Actor, id: ApplicationId, form: &Fields, now: Moment) -> Outcome<()> {
    complements::lapse(tx, actor, id, form.version(), now).map(drop)
}

fn start_review(tx: &mut Tx, actor: &Actor, id: ApplicationId, form: &Fields, now: Moment) -> Outcome<()> {
    applications::start_review(tx, actor, id, form.version(), now).map(drop)
}

macro_rules! verbs {
    ($($(#[$meta:meta])* $name:ident, $path:literal, $verb:expr, $said:literal;)+) => { $(
        $(#[$meta])*
        pub async fn $name(app: Data<App>, who: Officer, id: Path<ApplicationId>, form: Fields) -> Reply {
            act(&app, &who, id.into_inner(), form, ($path, $verb, $said)).await
        }
    )+ };
}

verbs! {
    /// Declares the dossier admissible.
    admit, "recevabilite", |tx, actor, id, form, now| applications::declare_eligible(tx, actor, id, form.version(), now).map(drop),
        "Le dossier est recevable. La structure en est avertie par courriel.";
    /// Declares it inadmissible, with the reason.
    refuse, "irrecevabilite", |tx, actor, id, form, now| applications::declare_ineligible(tx, actor, id, form.version(), form.text("motif"), now).map(drop),
        "Le dossier est déclaré non recevable. La structure reçoit le motif par courriel.";
    /// Goes on without the complement.
    go_on, "sans-reponse", lapse, "L’absence de réponse est constatée\u{a0}: le dossier est de nouveau à vérifier.";
    /// Hands the dossier to the committee.
    hand_over, "comite", start_review, "Le dossier est confié au comité.";
    /// Entrusts it to a member of the committee.
    assign, "lecteurs", assign_reader, "Le dossier est confié à cette personne, qui en est avertie par courriel dans les dix minutes.";
    /// Keeps somebody away from it.
    recuse, "deports", keep_away, "Le déport est enregistré\u{a0}: ce dossier n’existe plus pour cette personne.";
}

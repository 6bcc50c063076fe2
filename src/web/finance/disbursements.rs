//! Disbursements: what must leave, what blocks and with whom; and one of them, with everything that may be done to it.

use super::{
    Sources, capital, day_of, once,
    payment_buttons::{Ask, buttons},
    places, told, tone,
};
use crate::{
    domain::{
        blockers::Blocker,
        disbursements::conditions_of_grant,
        ids::{CallId, DisbursementId, StatementImportId},
        lifecycle::{Machine, Refusal},
        lifecycles::disbursements::{Disbursement, DisbursementEvent, DisbursementState},
        money::Euros,
        roles::Role,
        time::{Moment, french_date},
    },
    store::{
        Conn, Tx, bank_accounts as accounts, disbursements as rows, entropy, exports,
        money_sources::{self, SplitRow},
        payment_runs as runs,
    },
    usecases::{
        Actor, Outcome, UseCaseError,
        advance::Object,
        disbursements::{self, ToPay},
        payables, revocations, statements,
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Books, Finance, SignedIn},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Action, Badge, Choice, Fact, Pager, Stepper, TimelineEvent},
        standings,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

/// Disbursements on one page.
const PAGE: usize = 50;
pub(super) const LIST: &str = "/finances/versements";

#[derive(Template)]
#[template(path = "finance/disbursements.html")]
struct DisbursementsPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    states: Vec<Choice>,
    calls: Vec<Choice>,
    /// May leave now; in the other states, all there are.
    ready: Vec<Line>,
    /// Wait for something or somebody.
    waiting: Vec<Line>,
    totals: Vec<(String, String, Euros)>,
    sum: Euros,
    pager: Pager,
    /// Where the list leaves as a file.
    file: String,
    token: String,
    is_planned: bool,
    /// Whether boxes can be ticked to authorise.
    can_authorise: bool,
    can_prepare: bool,
    errors: FieldErrors,
}

/// One disbursement of the list.
struct Line {
    id: DisbursementId,
    version: i32,
    href: String,
    holder: String,
    what: String,
    call: String,
    amount: Euros,
    split: String,
    when: String,
    notes: Vec<String>,
}

/// Which disbursements are asked for.
#[derive(Debug, Clone, Deserialize)]
pub struct Asked {
    #[serde(default)]
    pub(super) etat: String,
    #[serde(default)]
    pub(super) appel: String,
    #[serde(default)]
    apres: String,
}

struct Found {
    payments: Vec<ToPay>,
    splits: Vec<SplitRow>,
    sources: Sources,
    counts: Vec<(DisbursementState, i64, Euros)>,
    totals: Vec<(CallId, crate::domain::ids::FundingSourceId, Euros)>,
    calls: Vec<exports::CallOrigin>,
}

/// Everything the list shows: a fixed number of look-ups, whatever its length.
fn load(
    conn: &mut Conn,
    actor: &Actor,
    wanted: (DisbursementState, Option<CallId>),
    key: Option<DisbursementId>,
    now: Moment,
) -> Outcome<Found> {
    let payments = disbursements::to_pay_of(conn, actor, wanted, (key, PAGE as i64 + 1), now)?;
    let ids: Vec<_> = payments.iter().map(|payment| payment.file.disbursement.id).collect();
    Ok(Found {
        splits: money_sources::splits_of(conn, &ids)?,
        sources: Sources::load(conn)?,
        counts: rows::counts(conn, wanted.1, actor.person)?,
        totals: money_sources::totals_in(conn, wanted.0, wanted.1, actor.person)?,
        calls: exports::calls(conn, None)?,
        payments,
    })
}

fn when(row: &rows::DisbursementRow) -> String {
    match (row.paid_on, row.due_on) {
        (Some(day), _) => format!("versé le {}", french_date(day)),
        (None, Some(day)) => format!("prévu le {}", french_date(day)),
        (None, None) => String::new(),
    }
}

/// What a disbursement waits for, and why it stands where it stands.
pub(super) fn remarks(payment: &ToPay) -> Vec<String> {
    let row = &payment.file.disbursement;
    let mut remarks: Vec<_> = match row.state {
        state if state.is_to_leave() => {
            let obstacles = payment.obstacles.iter().map(|phrase| capital(phrase));
            obstacles.chain(payment.cautions.iter().cloned()).collect()
        }
        _ => Vec::new(),
    };
    remarks.extend(row.reason.iter().cloned());
    remarks
}

fn line(payment: &ToPay, found: &Found) -> Line {
    let file = &payment.file;
    let row = &file.disbursement;
    let parts = found.splits.iter().filter(|split| split.disbursement_id == row.id);
    Line {
        id: row.id,
        version: row.version,
        href: format!("{LIST}/{}", row.id),
        holder: file.holder.name.clone(),
        what: format!("{} nº\u{a0}{}, {}", capital(row.kind.label()), row.number, file.grant.grant_reference),
        call: file.call.call_title.clone(),
        amount: row.amount_cents,
        split: found.sources.split(parts),
        when: when(row),
        notes: remarks(payment),
    }
}

fn totals(found: &Found) -> Vec<(String, String, Euros)> {
    let title = |id: &CallId| found.calls.iter().find(|call| call.id == *id).map(exports::CallOrigin::named);
    let named = |(call, source, amount): &(CallId, _, Euros)| {
        let funder = format!("{} ({})", found.sources.funder(*source), found.sources.reference(*source));
        (title(call).unwrap_or_default(), funder, *amount)
    };
    found.totals.iter().map(named).collect()
}

fn states(counts: &[(DisbursementState, i64, Euros)], shown: DisbursementState) -> Vec<Choice> {
    let count = |state| counts.iter().find(|row| row.0 == state).map_or(0, |row| row.1);
    let named = |state: &DisbursementState| (state.code(), format!("{} ({})", capital(state.label()), count(*state)));
    Choice::list(DisbursementState::ALL.iter().map(named), &[shown.code()])
}

async fn page(app: &App, who: &SignedIn, asked: Asked, errors: FieldErrors) -> Result<DisbursementsPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let state = asked.etat.parse().unwrap_or(DisbursementState::Planned);
    let (call, key) = (asked.appel.parse::<CallId>().ok(), asked.apres.parse::<DisbursementId>().ok());
    let mut found = app.read(move |conn| load(conn, &actor, (state, call), key, now)).await?;
    let more = found.payments.len() > PAGE;
    found.payments.truncate(PAGE);
    let is_planned = state == DisbursementState::Planned;
    let can_leave = |payment: &&ToPay| !state.is_to_leave() || payment.obstacles.is_empty();
    let (ready, waiting): (Vec<_>, Vec<_>) = found.payments.iter().partition(can_leave);
    let first = format!("{LIST}?etat={state}&appel={}", call.map(|id| id.to_string()).unwrap_or_default());
    let last = found.payments.last().filter(|_| more);
    let next = last.map(|last| format!("{first}&apres={}", last.file.disbursement.id));
    let is_finance = who.actor.is(Role::Finance);
    let chosen = call.map(|id| id.to_string()).unwrap_or_default();
    Ok(DisbursementsPage {
        chrome: who.chrome(),
        places: places(who, LIST),
        states: states(&found.counts, state),
        calls: Choice::list(found.calls.iter().map(|row| (row.id.to_string(), row.named())), &[&chosen]),
        ready: ready.into_iter().map(|payment| line(payment, &found)).collect(),
        waiting: waiting.into_iter().map(|payment| line(payment, &found)).collect(),
        totals: totals(&found),
        sum: found.totals.iter().map(|(.., amount)| *amount).sum(),
        file: first.replacen(LIST, "/finances/versements/fichier", 1) + "&",
        pager: Pager { first: key.map(|_| first), next },
        token: entropy::form_token()?,
        is_planned,
        can_authorise: is_finance && matches!(state, DisbursementState::Planned | DisbursementState::Returned),
        can_prepare: is_finance && state == DisbursementState::Authorised,
        errors,
    })
}

/// The disbursements in one state.
pub async fn list(app: Data<App>, who: Books, asked: Query<Asked>) -> Reply {
    Ok(render(&page(&app, &who, asked.into_inner(), FieldErrors::none()).await?))
}

/// Boxes ticked on a list: an identifier and the version that was shown.
pub(super) fn chosen(form: &Fields, name: &str) -> Vec<(DisbursementId, i32)> {
    let pair = |value: &str| {
        let (id, version) = value.split_once(':')?;
        Some((id.parse().ok()?, version.parse().ok()?))
    };
    form.all(name).filter_map(pair).collect()
}

/// Authorises the ticked ones, all or none.
pub async fn authorise(app: Data<App>, who: Finance, form: Fields) -> Reply {
    let (actor, now, chosen) = (who.actor.clone(), app.now(), chosen(&form, "versement"));
    let count = chosen.len();
    let act = move |tx: &mut Tx| {
        disbursements::authorise_all(tx, &actor, &chosen, now)?;
        Ok(format!("{LIST}?etat=authorised"))
    };
    match once(&app, &who, &form, format!("{LIST}/autorisation"), act).await {
        Ok(answer) => {
            let sentence = if count == 1 {
                "Le versement est autorisé\u{a0}: il peut entrer dans un lot.".to_owned()
            } else {
                format!("{count} versements sont autorisés\u{a0}: ils peuvent entrer dans un lot.")
            };
            Ok(see_other_saying(answer, &Flash::success(sentence)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(fields))) => {
            let asked =
                Asked { etat: form.text("etat").into(), appel: form.text("appel").into(), apres: String::new() };
            let page = page(&app, &who, asked, errors_of(fields)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

#[derive(Template)]
#[template(path = "finance/disbursement.html")]
struct DisbursementPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    badge: Badge,
    stepper: Stepper,
    amount: Euros,
    obstacles: Vec<String>,
    cautions: Vec<String>,
    facts: Vec<Fact>,
    split: Vec<(String, Euros)>,
    version: i32,
    token: String,
    actions: Vec<Action>,
    asks: Vec<Ask>,
    events: Vec<TimelineEvent>,
    reason: String,
    day: String,
    errors: FieldErrors,
}

struct View {
    payment: ToPay,
    offered: Vec<(DisbursementEvent, Result<(), Refusal>)>,
    splits: Vec<SplitRow>,
    sources: Sources,
    account: Option<accounts::BankAccountRow>,
    run: Option<runs::PaymentRunRow>,
    blockers: Vec<Blocker>,
    /// The statements that told of it, with the day of the line.
    told_by: Vec<(StatementImportId, NaiveDate)>,
    events: Vec<TimelineEvent>,
}

async fn view(app: &App, who: &SignedIn, id: DisbursementId) -> Result<View, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let load = move |conn: &mut Conn| -> Outcome<View> {
        let payment = disbursements::find(conn, &actor, id, now)?;
        let row = &payment.file.disbursement;
        // Buttons are judged as they will be once the words beside them are written.
        let mut standing = Disbursement::look(conn, id, &actor, now)?;
        standing.facts.reason = Some(String::new());
        standing.facts.is_paid_on_known = true;
        Ok(View {
            offered: standing.offered(),
            splits: money_sources::splits_of_disbursement(conn, id)?,
            sources: Sources::load(conn)?,
            account: row.bank_account_id.map(|id| accounts::find(conn, id)).transpose()?,
            run: row.payment_run_id.map(|id| runs::find(conn, id)).transpose()?,
            blockers: payables::blockers(conn, &actor, id, now)?,
            told_by: statements::of_disbursement(conn, &actor, id)?,
            events: told(conn, Machine::Disbursement, id.as_str())?,
            payment,
        })
    };
    app.read(load).await
}

fn facts(view: &View) -> Outcome<Vec<Fact>> {
    let (file, row) = (&view.payment.file, &view.payment.file.disbursement);
    let conditions = disbursements::conditions(row)?;
    let mut facts = vec![
        Fact::new("Bénéficiaire", &file.holder.name),
        Fact::linked("Subvention", &file.grant.grant_reference, format!("/suivi/{}", row.grant_id)),
        Fact::new("Appel à projets", format!("{} ({})", file.call.call_title, file.fund.fund_name)),
        Fact::new("Échéance", row.due_on.map(french_date).unwrap_or_default()),
        Fact::new("Conditions", conditions_of_grant(&conditions, file.grant.is_agreement_required)),
    ];
    if let Some(account) = &view.account {
        facts.push(Fact::new("Compte", format!("{}, {}", account.iban.masked(), account.holder)));
    }
    if let Some(run) = &view.run {
        facts.push(Fact::linked("Lot", &run.reference, format!("/finances/lots/{}", run.id)));
    }
    if let Some(reference) = row.end_to_end_id.as_ref().filter(|_| row.authorised_by.is_some()) {
        facts.push(Fact::new("Référence en banque", reference));
    }
    if let Some(day) = row.paid_on {
        facts.push(Fact::new("Opération en banque", french_date(day)));
    }
    for (import, day) in &view.told_by {
        let told = format!("ligne du {}", french_date(*day));
        facts.push(Fact::linked("Relevé de banque", told, format!("/finances/releves/{import}")));
    }
    facts.extend(row.reason.as_ref().map(|reason| Fact::new("Motif", reason)));
    Ok(facts)
}

async fn one_page(
    app: &App,
    who: &SignedIn,
    id: DisbursementId,
    typed: (String, String),
    errors: FieldErrors,
) -> Result<DisbursementPage, Failure> {
    let view = view(app, who, id).await?;
    let row = &view.payment.file.disbursement;
    let mut offered = view.offered.clone();
    // The list of an auditor or of management is to be read: what others may press is not offered to them.
    offered.retain(|_| who.actor.is(Role::Finance));
    let (actions, asks) = buttons(id, &offered);
    let leaves_on = view.run.as_ref().map(|run| run.execution_on);
    Ok(DisbursementPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(format!("{LIST}?etat={}", row.state), "Versements")],
        title: format!("{} nº\u{a0}{}, {}", capital(row.kind.label()), row.number, view.payment.file.holder.name),
        badge: Badge { tone: tone(row.state), label: row.state.label().to_owned() },
        stepper: standings::of_disbursement(row, &view.blockers, leaves_on, app.now().paris_date()),
        amount: row.amount_cents,
        obstacles: view.payment.obstacles.iter().filter(|_| row.state.is_to_leave()).map(|o| capital(o)).collect(),
        cautions: view.payment.cautions.iter().filter(|_| row.state.is_to_leave()).cloned().collect(),
        facts: facts(&view)?,
        split: view.sources.totals(view.splits.iter(), Euros::ZERO),
        version: row.version,
        token: entropy::form_token()?,
        actions,
        asks,
        events: view.events,
        reason: typed.0,
        day: typed.1,
        errors,
    })
}

/// One disbursement.
pub async fn show(app: Data<App>, who: Books, id: Path<DisbursementId>) -> Reply {
    let today = app.now().paris_date().to_string();
    Ok(render(&one_page(&app, &who, id.into_inner(), (String::new(), today), FieldErrors::none()).await?))
}

/// What came with a verb.
struct Said {
    version: i32,
    reason: String,
    day: Option<NaiveDate>,
    now: Moment,
}

type Verb = fn(&mut Tx, &Actor, DisbursementId, &Said) -> Outcome<()>;

/// Runs a verb once per form; a refused word comes back beside its field.
async fn act(
    app: &App,
    who: &SignedIn,
    id: DisbursementId,
    form: &Fields,
    (path, verb, sentence): (&str, Verb, &str),
) -> Reply {
    let actor = who.actor.clone();
    let (reason, day) = (form.text("motif").to_owned(), form.text("paye_le").to_owned());
    let said = Said { version: form.version(), reason: reason.clone(), day: day.parse().ok(), now: app.now() };
    let run = move |tx: &mut Tx| {
        disbursements::find(tx.conn(), &actor, id, said.now)?;
        verb(tx, &actor, id, &said)?;
        Ok(format!("{LIST}/{id}"))
    };
    match once(app, who, form, format!("{LIST}/{id}/{path}"), run).await {
        Ok(answer) => Ok(see_other_saying(answer, &Flash::success(sentence))),
        Err(Failure::UseCase(UseCaseError::Invalid(fields))) => {
            let page = one_page(app, who, id, (reason, day), errors_of(fields)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

macro_rules! verbs {
    ($($(#[$meta:meta])* $name:ident, $path:literal, $verb:expr, $sentence:literal;)+) => { $(
        $(#[$meta])*
        pub async fn $name(app: Data<App>, who: Finance, id: Path<DisbursementId>, form: Fields) -> Reply {
            act(&app, &who, id.into_inner(), &form, ($path, $verb, $sentence)).await
        }
    )+ };
}

verbs! {
    /// Authorises it, or authorises it again after the bank sent it back.
    authorise_one, "autorisation", |tx, actor, id, said| disbursements::authorise(tx, actor, id, said.version, said.now).map(drop),
        "Le versement est autorisé\u{a0}: il peut entrer dans un lot.";
    /// Takes its authorisation back.
    revoke, "retrait", |tx, actor, id, said| revocations::revoke(tx, actor, id, said.version, &said.reason, said.now).map(drop),
        "L’autorisation est retirée\u{a0}: ce versement ne part pas.";
    /// Holds it back.
    withhold, "retenue", |tx, actor, id, said| disbursements::withhold(tx, actor, id, said.version, &said.reason, said.now).map(drop),
        "Le versement est retenu.";
    /// Lets it go on.
    restore, "reprise", |tx, actor, id, said| disbursements::restore(tx, actor, id, said.version, said.now).map(drop),
        "La retenue est levée.";
    /// Takes it out of its run.
    leave_run, "sortie-du-lot", |tx, actor, id, said| disbursements::leave_run(tx, actor, id, said.version, said.now).map(drop),
        "Le versement est sorti du lot. Il reste autorisé.";
    /// Records that the bank executed it.
    mark_paid, "paiement", |tx, actor, id, said| {
        let day = day_of("paye_le", said.day)?;
        disbursements::mark_paid(tx, actor, id, said.version, day, said.now).map(drop)
    }, "Le versement est constaté. L’avis de versement part par courriel.";
    /// Records that the bank sent it back.
    mark_returned, "rejet", |tx, actor, id, said| disbursements::mark_returned(tx, actor, id, said.version, &said.reason, said.now).map(drop),
        "Le rejet est constaté. Le versement peut être autorisé à nouveau.";
}

//! Bank accounts that wait for finance: the RIB beside what was typed, verified or put aside.

use super::{
    capital,
    cautions::{abroad, accountant, doubts},
    once, places, questions, told,
};
use crate::{
    domain::{
        account_checks::{Confirmation, PayeeAnswer},
        account_holders::AccountHolder,
        ids::BankAccountId,
        lifecycle::{Machine, Refusal},
        lifecycles::bank_accounts::{BankAccount, BankAccountEvent, BankAccountState},
        roles::Role,
        time::{Moment, french_date},
    },
    exports::{lists::ACCOUNTS, sheets::Cell},
    store::{Conn, entropy, iban_readings::ReadingRow},
    usecases::{
        Outcome, UseCaseError,
        account_checks::{self, CheckForm},
        advance::Object,
        bank_accounts::{self, Waiting},
        look_alikes,
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Accounts, Finance, SignedIn},
        flashes::see_other_saying,
        lists::{self, Format},
        pages::{Chrome, FieldErrors, Flash, NavLink, Tone, render, render_as},
        parts::{Action, Badge, Choice, Fact, Pager, Press, Stepper, TimelineEvent, Weight},
        standings,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

/// Readings of the number on its page.
const LAST_READINGS: i64 = 50;
/// Accounts on one page.
const PAGE: usize = 50;
pub(super) const LIST: &str = "/finances/comptes";

#[derive(Template)]
#[template(path = "finance/bank_accounts.html")]
struct AccountsPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    lines: Vec<Line>,
    pager: Pager,
}

/// One account of the queue.
struct Line {
    href: String,
    organisation: String,
    holder: String,
    iban: String,
    badge: Badge,
    who: String,
    entered: String,
    /// What to look at: why it waits, another holder, a number met elsewhere.
    notes: Vec<String>,
}

/// Where the queue goes on.
#[derive(Debug, Deserialize)]
pub struct After {
    #[serde(default)]
    apres: String,
}

fn badge(state: BankAccountState) -> Badge {
    let tone = match state {
        BankAccountState::Unverified => Tone::Info,
        BankAccountState::Verified => Tone::Success,
        BankAccountState::Quarantined => Tone::Warning,
        BankAccountState::Closed => Tone::Neutral,
    };
    Badge { tone, label: state.label().to_owned() }
}

fn names(holder: AccountHolder) -> Badge {
    let (tone, label) = match holder {
        AccountHolder::Organisation => (Tone::Success, "Les deux noms concordent"),
        AccountHolder::PublicAccountant => (Tone::Warning, "Comptable public à reconnaître"),
        AccountHolder::Other => (Tone::Error, "Les deux noms diffèrent"),
    };
    Badge { tone, label: label.to_owned() }
}

fn notes(waiting: &Waiting, now: Moment) -> Vec<String> {
    let account = &waiting.account;
    let mut notes: Vec<_> = account.reason.iter().cloned().collect();
    if let Some(until) = account.quarantined_until.filter(|until| *until > now) {
        notes.push(format!("Quarantaine jusqu’au {}.", french_date(until.paris_date())));
    }
    match (waiting.holder, &waiting.accountant) {
        (AccountHolder::Organisation, _) => {}
        (AccountHolder::PublicAccountant, None) => {
            notes.push("Le RIB n’est pas au nom de l’organisation\u{a0}: est-ce son comptable public\u{a0}?".into());
        }
        (AccountHolder::PublicAccountant, Some(written)) => notes.push(accountant(account, written)),
        (AccountHolder::Other, _) => notes.push("Le titulaire du RIB n’est pas le nom de l’organisation.".into()),
    }
    let doubt = waiting.number_doubt.filter(|_| waiting.holder == AccountHolder::PublicAccountant);
    notes.extend(doubt.map(str::to_owned));
    notes.extend(waiting.renamed.clone());
    notes.extend(abroad(account));
    notes.extend(waiting.check.iter().flat_map(|(check, _)| doubts(account, check)));
    if account.rib_attachment_id.is_none() {
        notes.push("Le RIB n’est pas joint.".into());
    }
    if !waiting.shared_with.is_empty() {
        notes.push(format!("Même numéro que {}.", waiting.shared_with.join(", ")));
    }
    notes
}

/// The same queue as a file.
pub async fn export(app: Data<App>, who: Accounts, format: Query<Format>) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let page = move |conn: &mut Conn, key: Option<BankAccountId>| -> Outcome<_> {
        let found = bank_accounts::to_verify(conn, &actor, key, lists::CHUNK as i64)?;
        Ok(lists::paged(found, |waiting: &Waiting| waiting.account.id))
    };
    let rows = lists::pages(page, move |waiting: &Waiting| cells(waiting, now));
    lists::give(&app, ACCOUNTS, format.into_inner(), rows).await
}

fn cells(waiting: &Waiting, now: Moment) -> Vec<Cell> {
    let account = &waiting.account;
    let mut cells = vec![
        Cell::Text(waiting.organisation.clone()),
        Cell::Text(account.holder.clone()),
        Cell::Text(account.iban.masked()),
    ];
    cells.extend(lists::status(account.state.code(), account.state.label()));
    cells.push(Cell::Instant(account.created_at));
    cells.push(Cell::Text(waiting.entered_by.clone()));
    cells.push(Cell::Text(notes(waiting, now).join(" ")));
    cells
}

/// The queue, the oldest first.
pub async fn list(app: Data<App>, who: Accounts, after: Query<After>) -> Reply {
    let (actor, key) = (who.actor.clone(), after.apres.parse::<BankAccountId>().ok());
    let mut found = app.read(move |conn| bank_accounts::to_verify(conn, &actor, key, PAGE as i64 + 1)).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|last| format!("{LIST}?apres={}", last.account.id));
    let line = |waiting: Waiting| Line {
        href: format!("{LIST}/{}", waiting.account.id),
        notes: notes(&waiting, app.now()),
        who: standings::of_account(&waiting.account, app.now()).who_acts,
        holder: waiting.account.holder,
        iban: waiting.account.iban.masked(),
        badge: badge(waiting.account.state),
        entered: format!("{}, par {}", waiting.account.created_at.french(), waiting.entered_by),
        organisation: waiting.organisation,
    };
    let page = AccountsPage {
        chrome: who.chrome(),
        places: places(&who, LIST),
        lines: found.into_iter().map(line).collect(),
        pager: Pager { first: key.map(|_| LIST.into()), next },
    };
    Ok(render(&page))
}

#[derive(Template)]
#[template(path = "finance/bank_account.html")]
struct AccountPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: BankAccountId,
    organisation: String,
    holder: String,
    /// Whether the two names are one, in words.
    names: Badge,
    /// Whether the holder may be the public accountant of the organisation, to be recognised.
    asks_holder: bool,
    badge: Badge,
    stepper: Stepper,
    /// The whole number, right after somebody asked for it.
    number: Option<String>,
    rib: Option<String>,
    notes: Vec<String>,
    facts: Vec<Fact>,
    /// Who read it, when and why, a sentence each.
    readings: Vec<String>,
    /// Whether this reader may have the whole number shown.
    may_read: bool,
    version: i32,
    token: String,
    /// Why the account cannot be verified now, on its dead button.
    actions: Vec<Action>,
    /// What is noted when it is verified, for whoever may.
    check: Option<CheckPanel>,
    /// Label of the button that puts the account aside.
    quarantine: Option<&'static str>,
    /// The button that leads to its end.
    ends: Vec<Action>,
    events: Vec<TimelineEvent>,
    typed: Typed,
    errors: FieldErrors,
}

/// What was typed into the forms of the page.
#[derive(Default)]
struct Typed {
    /// Why the account is put aside.
    reason: String,
    check: CheckForm,
}

/// The answers of a bank and the ways to confirm, of which some are chosen.
struct CheckPanel {
    label: String,
    answers: Vec<Choice>,
    confirmations: Vec<Choice>,
}

impl CheckPanel {
    fn of(label: String, typed: &CheckForm) -> Self {
        let answers = PayeeAnswer::ALL.iter().map(|one| (one.code(), capital(one.label())));
        let confirmations = Confirmation::ALL.iter().map(|one| (one.code(), capital(one.label())));
        CheckPanel {
            label,
            answers: Choice::list(answers, &[typed.answer.as_str()]),
            confirmations: Choice::list(confirmations, &[typed.confirmation.as_str()]),
        }
    }
}

/// « Farid Finance, le 3 mai 2027 à 10 h 02, pour le comparer au RIB ».
pub(in crate::web) fn told_reading((row, name): (ReadingRow, Option<String>)) -> String {
    let who = name.unwrap_or_else(|| "La plateforme".to_owned());
    format!("{who}, le {}, {}", row.read_at.french(), row.purpose.label())
}

struct View {
    waiting: Waiting,
    /// Addresses of its people that could be taken for others.
    look_alikes: Vec<String>,
    offered: Vec<(BankAccountEvent, Result<(), Refusal>)>,
    readings: Vec<(ReadingRow, Option<String>)>,
    events: Vec<TimelineEvent>,
    is_rib_refused: bool,
}

async fn view(app: &App, who: &SignedIn, id: BankAccountId) -> Result<View, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let load = move |conn: &mut Conn| -> Outcome<View> {
        let waiting = bank_accounts::find(conn, &actor, id)?;
        // The button is judged as it will be once the holder is explained, which is what pressing it asks.
        let mut standing = BankAccount::look(conn, id, &actor, now)?;
        standing.facts.is_holder_explained = true;
        let offered = standing.offered();
        Ok(View {
            look_alikes: look_alikes::of_organisations(conn, &actor, &[waiting.account.organisation_id])?,
            is_rib_refused: !bank_accounts::refused_ribs(conn, std::slice::from_ref(&waiting.account))?.is_empty(),
            waiting,
            offered,
            readings: bank_accounts::readings(conn, &actor, id, LAST_READINGS)?,
            events: told(conn, Machine::BankAccount, id.as_str())?,
        })
    };
    app.read(load).await
}

fn facts(waiting: &Waiting, number: Option<&String>) -> Vec<Fact> {
    let account = &waiting.account;
    let former = waiting.former.as_ref().map(|row| row.iban.masked());
    let mut facts = vec![
        Fact::new("IBAN", number.map_or_else(|| account.iban.masked(), |whole| whole.replace('\u{a0}', " "))),
        Fact::new("BIC", account.bic.as_ref().map(ToString::to_string).unwrap_or_default()),
        Fact::new("Banque", &account.bank_name),
        Fact::new("Saisi", format!("{}, par {}", account.created_at.french(), waiting.entered_by)),
    ];
    if let Some(former) = former {
        facts.push(Fact::new("Remplace le compte", former));
    }
    if let Some(written) = &waiting.accountant {
        facts.push(Fact::new("Comptable public", &account.holder));
        facts.push(Fact::new("Pourquoi ce compte est celui de l’organisation", &written.reason));
    }
    if let Some((check, name)) = &waiting.check {
        facts.push(Fact::new("Vérifié", format!("{}, par {name}", check.checked_at.french())));
        let given = if check.name_given.is_empty() {
            String::new()
        } else {
            format!(" («\u{a0}{}\u{a0}»)", check.name_given)
        };
        facts.push(Fact::new("Réponse de la banque", format!("{}{given}", check.answer.label())));
        facts.push(Fact::new("Confirmé par l’organisation", check.confirmation.label()));
        if !check.reason.is_empty() {
            facts.push(Fact::new("Motif", &check.reason));
        }
    }
    facts
}

async fn page(
    app: &App,
    who: &SignedIn,
    id: BankAccountId,
    number: Option<String>,
    (typed, errors): (Typed, FieldErrors),
) -> Result<AccountPage, Failure> {
    let View { waiting, mut look_alikes, offered, readings, events, is_rib_refused } = view(app, who, id).await?;
    let account = &waiting.account;
    if is_rib_refused {
        look_alikes.push("Personne ne peut ouvrir le RIB\u{a0}: l’antivirus l’a refusé.".into());
    }
    let can = |wanted: BankAccountEvent| {
        let (event, judged) = offered.iter().find(|(event, _)| *event == wanted)?;
        let (path, weight, press) = match event {
            BankAccountEvent::Verify => ("verification", Weight::Primary, Press::Acts),
            BankAccountEvent::Quarantine => ("blocage", Weight::Danger, Press::Acts),
            BankAccountEvent::Close => ("fermeture", Weight::Danger, Press::Asks),
        };
        let refusal = judged.as_ref().err().map(ToString::to_string);
        Some(Action { label: event.label().to_owned(), href: format!("{LIST}/{id}/{path}"), weight, refusal, press })
    };
    let (actions, live): (Vec<_>, Vec<_>) =
        can(BankAccountEvent::Verify).into_iter().partition(|action| action.refusal.is_some());
    let quarantine = can(BankAccountEvent::Quarantine).filter(|action| action.refusal.is_none());
    Ok(AccountPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Comptes bancaires")],
        id,
        facts: facts(&waiting, number.as_ref()),
        notes: notes(&waiting, app.now()).into_iter().chain(look_alikes).collect(),
        badge: badge(account.state),
        stepper: standings::of_account(account, app.now()),
        rib: account.rib_attachment_id.filter(|_| !is_rib_refused).map(|rib| format!("/pieces/{rib}")),
        readings: readings.into_iter().map(told_reading).collect(),
        may_read: who.actor.is(Role::Finance),
        version: account.version,
        token: entropy::form_token()?,
        actions,
        check: live.into_iter().next().map(|action| CheckPanel::of(action.label, &typed.check)),
        quarantine: quarantine.map(|_| BankAccountEvent::Quarantine.label()),
        ends: can(BankAccountEvent::Close).into_iter().collect(),
        events,
        number,
        holder: account.holder.clone(),
        names: names(waiting.holder),
        asks_holder: waiting.holder == AccountHolder::PublicAccountant,
        organisation: waiting.organisation,
        typed,
        errors,
    })
}

/// One account, its number masked.
pub async fn show(app: Data<App>, who: Accounts, id: Path<BankAccountId>) -> Reply {
    let nothing = (Typed::default(), FieldErrors::none());
    Ok(render(&page(&app, &who, id.into_inner(), None, nothing).await?))
}

/// Shows the whole number, once, and records that it was read.
pub async fn reveal(app: Data<App>, who: Finance, id: Path<BankAccountId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let iban = app.write(move |tx| bank_accounts::reveal(tx, &actor, id, now)).await?;
    let nothing = (Typed::default(), FieldErrors::none());
    let mut response = render(&page(&app, &who, id, Some(iban.grouped()), nothing).await?);
    let no_trace = actix_web::http::header::HeaderValue::from_static("private, no-store");
    response.headers_mut().insert(actix_web::http::header::CACHE_CONTROL, no_trace);
    Ok(response)
}

/// The fields of the check in the order of their form.
const CHECK_ORDER: [&str; 5] = ["motif_titulaire", "reponse", "nom_banque", "confirmation", "motif_reponse"];

/// Verifies the account, with what the bank answered and how the organisation confirmed it.
pub async fn verify(app: Data<App>, who: Finance, id: Path<BankAccountId>, form: Fields) -> Reply {
    let (id, actor, now, version) = (id.into_inner(), who.actor.clone(), app.now(), form.version());
    let route = format!("{LIST}/{id}/verification");
    let text = |name| form.text(name).to_owned();
    let typed = CheckForm {
        answer: text("reponse"),
        name_given: text("nom_banque"),
        confirmation: text("confirmation"),
        reason: text("motif_reponse"),
        holder_reason: text("motif_titulaire"),
    };
    let check = typed.clone();
    let act = move |tx: &mut crate::store::Tx| {
        account_checks::verify(tx, &actor, (id, version), &check, now)?;
        Ok(format!("{LIST}/{id}"))
    };
    match once(&app, &who, &form, route, act).await {
        Ok(answer) => {
            let said = "Le compte est vérifié\u{a0}: l’organisation peut être payée.";
            Ok(see_other_saying(answer, &Flash::success(said)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let typed = Typed { check: typed, ..Typed::default() };
            let errors = errors_of(wrong).in_order(&CHECK_ORDER);
            let page = page(&app, &who, id, None, (typed, errors)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Puts the account aside or closes it, for a reason.
async fn block(app: &App, who: &Finance, id: BankAccountId, form: &Fields, event: BankAccountEvent) -> Reply {
    let (actor, now, version) = (who.actor.clone(), app.now(), form.version());
    let is_closed = event == BankAccountEvent::Close;
    let route = format!("{LIST}/{id}/{}", if is_closed { "fermeture" } else { "blocage" });
    let (typed, reason) = (form.text("motif").to_owned(), form.text("motif").to_owned());
    let act = move |tx: &mut crate::store::Tx| {
        bank_accounts::find(tx.conn(), &actor, id)?;
        bank_accounts::block(tx, &actor, id, version, (event, &reason), now)?;
        Ok(format!("{LIST}/{id}"))
    };
    match once(app, who, form, route, act).await {
        Ok(answer) => Ok(see_other_saying(answer, &Flash::success("Aucun versement ne partira vers ce compte."))),
        Err(Failure::UseCase(UseCaseError::Invalid(fields))) if is_closed => {
            Ok(questions::closed_account(app, who, id).await?.refused(&typed, errors_of(fields)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(fields))) => {
            let typed = Typed { reason: typed, ..Typed::default() };
            let page = page(app, who, id, None, (typed, errors_of(fields))).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Puts the account in quarantine.
pub async fn quarantine(app: Data<App>, who: Finance, id: Path<BankAccountId>, form: Fields) -> Reply {
    block(&app, &who, id.into_inner(), &form, BankAccountEvent::Quarantine).await
}

/// Closes the account for ever.
pub async fn close(app: Data<App>, who: Finance, id: Path<BankAccountId>, form: Fields) -> Reply {
    block(&app, &who, id.into_inner(), &form, BankAccountEvent::Close).await
}

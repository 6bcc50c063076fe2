//! Following grants: what waits for the team, and one grant with everything that hangs on it.

use super::{
    grant_ends::{self, is_asked},
    grant_money::{MoneyShown, money, total},
};
use crate::{
    domain::{
        ids::{AmendmentId, GrantId},
        lifecycles::{
            amendments::{AmendmentEvent, AmendmentState},
            grants::{GrantEvent, GrantState},
            reports::{ReportState, is_awaited},
        },
        roles::Role,
        time::{Moment, french_date},
    },
    exports::{lists::FOLLOWED, sheets::Cell},
    store::{Conn, Tx, entropy, grants::GrantFile, recoveries::RecoveryRow},
    usecases::{
        Actor, FieldError, Outcome, UseCaseError, amendments,
        grant_papers::{self, GrantPaper},
        grant_queues::{self, Followed, Queue},
        grants,
    },
    web::{
        App, Failure, Fields, Reply,
        amendments::{self as changes, AmendmentLine},
        applicant::errors_of,
        audiences::Staff,
        flashes::see_other_saying,
        grants::{self as words, PaymentLine, Reader, ReportLine},
        lists::{self, Format},
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Action, Badge, Fact, Pager, Press, Stepper, TimelineEvent, Weight},
        pieces::{self, PieceLine},
        sendings::{Sent, send},
        signing::{self, SigningPanel},
        uploads::Parts,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;

const PAGE: usize = 30;

/// The queues, in the order of a day's work: address, name, sentence of an empty one.
const QUEUES: [(Queue, &str, &str); 11] = [
    (Queue::ReportsFiled, "bilans-a-lire", "Bilans à lire"),
    (Queue::PiecesGiven, "pieces-a-lire", "Pièces à lire ou refusées"),
    (Queue::AmendmentsAsked, "avenants", "Avenants en cours"),
    (Queue::ToSend, "conventions-a-envoyer", "Conventions à envoyer"),
    (Queue::ToCountersign, "a-signer", "À signer par la direction"),
    (Queue::SignaturesLate, "signatures-en-retard", "Signatures en retard"),
    (Queue::ReportsLate, "bilans-en-retard", "Bilans en retard"),
    (Queue::Unanswered, "sans-reponse", "Offres sans réponse"),
    (Queue::ReadyToClose, "a-solder", "Prêtes à solder"),
    (Queue::Suspended, "suspendues", "Suspendues"),
    (Queue::All, "toutes", "Toutes"),
];

#[derive(Template)]
#[template(path = "officer/grants.html")]
struct GrantsPage {
    chrome: Chrome,
    queues: Vec<NavLink>,
    title: &'static str,
    lines: Vec<Line>,
    pager: Pager,
    /// Where the list leaves as a file.
    file: String,
}

struct Line {
    href: String,
    title: String,
    reference: String,
    organisation: String,
    fund: String,
    amount: String,
    badge: Badge,
    wait: String,
}

/// Which queue, and where its list goes on.
#[derive(Debug, serde::Deserialize)]
pub struct Wanted {
    file: Option<String>,
    apres: Option<GrantId>,
}

/// What a grant waits for, in a few words.
fn wait(followed: &Followed, now: Moment) -> String {
    let today = now.paris_date();
    let grant = &followed.file.grant;
    let mut waits = Vec::new();
    for row in &followed.reports {
        if row.state == ReportState::Submitted {
            waits.push(format!("{} à lire", row.kind.label()));
        } else if is_awaited(row.state, grant.state) && row.due_on < today {
            waits.push(format!("{} attendu depuis le {}", row.kind.label(), french_date(row.due_on)));
        }
    }
    waits.extend(followed.pieces.iter().map(pieces::wait));
    let asked = followed.amendments.iter().filter(|row| row.state == AmendmentState::Requested);
    waits.extend(asked.map(|row| format!("avenant demandé ({})", row.kind.label())));
    let to_sign = followed.amendments.iter().filter(|row| row.state == AmendmentState::ToSign);
    waits.extend(to_sign.map(|row| format!("avenant à signer ({})", row.kind.label())));
    match grant.state {
        GrantState::Offered => waits.extend(grant.confirm_by.map(|day| {
            let when = if day < today { "attendue depuis le" } else { "avant le" };
            format!("réponse {when} {}", french_date(day))
        })),
        GrantState::Accepted if grant.is_agreement_required => waits.push("convention à envoyer".into()),
        GrantState::AgreementSent if grant.holder_signed_at.is_none() => waits.push("signature du porteur".into()),
        GrantState::AgreementSent => waits.push("signature de la direction".into()),
        _ => {}
    }
    waits.extend(followed.sign_by.map(|day| format!("en retard\u{a0}: à signer avant le {}", french_date(day))));
    words::capitalised(&waits.join(", "))
}

fn line(followed: Followed, now: Moment) -> Line {
    let wait = wait(&followed, now);
    let GrantFile { grant, project, holder, fund, .. } = followed.file;
    Line {
        href: format!("/suivi/{}", grant.id),
        title: project.title,
        reference: grant.reference,
        organisation: holder.name,
        fund: fund.fund_name,
        amount: grant.amount_cents.to_string(),
        badge: words::grant_badge(grant.state),
        wait,
    }
}

fn cells(followed: &Followed, now: Moment) -> Vec<Cell> {
    let GrantFile { grant, project, holder, fund, .. } = &followed.file;
    let mut cells: Vec<_> = [&grant.reference, &project.title, &holder.name, &fund.fund_name]
        .into_iter()
        .map(|text| Cell::Text(text.clone()))
        .collect();
    cells.push(Cell::Money(grant.amount_cents));
    cells.extend(lists::status(grant.state.code(), grant.state.label()));
    cells.push(Cell::Text(wait(followed, now)));
    cells
}

fn queue_at(file: Option<&str>) -> usize {
    QUEUES.iter().position(|(_, path, _)| file == Some(*path)).unwrap_or_default()
}

/// One queue of grants as a file.
pub async fn export(app: Data<App>, who: Staff, wanted: Query<Wanted>, format: Query<Format>) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let (queue, ..) = QUEUES[queue_at(wanted.file.as_deref())];
    let page = move |conn: &mut Conn, key: Option<GrantId>| -> Outcome<_> {
        let found = grant_queues::page(conn, &actor, queue, key, lists::CHUNK as i64, now)?;
        Ok(lists::paged(found, |followed: &Followed| followed.file.grant.id))
    };
    let rows = lists::pages(page, move |followed: &Followed| cells(followed, now));
    lists::give(&app, FOLLOWED, format.into_inner(), rows).await
}

/// One queue of grants, and how many wait in the others.
pub async fn list(app: Data<App>, who: Staff, wanted: Query<Wanted>) -> Reply {
    let Wanted { file, apres } = wanted.into_inner();
    let at = queue_at(file.as_deref());
    let (queue, path, title) = QUEUES[at];
    let (actor, now) = (who.actor.clone(), app.now());
    let (mut found, counts) = app
        .read(move |conn| {
            let found = grant_queues::page(conn, &actor, queue, apres, PAGE as i64 + 1, now)?;
            Ok((found, grant_queues::counts(conn, &actor, &QUEUES.map(|(queue, ..)| queue), now)?))
        })
        .await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let here = format!("/suivi?file={path}");
    let next = found.last().filter(|_| more).map(|last| format!("{here}&apres={}", last.file.grant.id));
    let link = |(i, count): (usize, i64)| {
        // A queue without anybody in it is not on the way, except the one that is open and the last one, of all grants.
        let is_shown = count > 0 || i == at || QUEUES[i].0 == Queue::All;
        let (href, label) = (format!("/suivi?file={}", QUEUES[i].1), format!("{} ({count})", QUEUES[i].2));
        is_shown.then_some(NavLink { href, label, current: i == at })
    };
    Ok(render(&GrantsPage {
        chrome: who.chrome(),
        queues: counts.into_iter().enumerate().filter_map(link).collect(),
        title,
        lines: found.into_iter().map(|followed| line(followed, now)).collect(),
        pager: Pager { first: apres.map(|_| here), next },
        file: format!("/suivi/fichier?file={path}&"),
    }))
}

#[derive(Template)]
#[template(path = "officer/grant.html")]
struct GrantPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    title: String,
    badge: Badge,
    stepper: Stepper,
    facts: Vec<Fact>,
    conditions: String,
    money: Vec<MoneyShown>,
    total: MoneyShown,
    schedule: Vec<PaymentLine>,
    reports: Vec<ReportLine>,
    accounts: Vec<(String, Badge)>,
    /// Each in a sentence, and its page for whoever reads the books.
    recoveries: Vec<(String, String)>,
    pieces: Vec<PieceLine>,
    may_judge_pieces: bool,
    /// How the balance came about; empty until then.
    balance: Vec<(String, String)>,
    amendments: Vec<AmendmentLine>,
    may_decide_amendments: bool,
    letters: Vec<(String, String)>,
    events: Vec<TimelineEvent>,
    version: i32,
    token: String,
    actions: Vec<Action>,
    reasoned: Vec<Reasoned>,
    signing: SigningPanel,
    typed: String,
    /// Why an amendment goes beyond a ceiling, as typed.
    beyond: String,
    /// The form that was refused: the code of a change or the number of an amendment; empty when it is none of them.
    asked: String,
    errors: FieldErrors,
}

/// A change that asks for a motive.
struct Reasoned {
    code: &'static str,
    label: &'static str,
    help: &'static str,
    refusal: Option<String>,
}

fn actions(paper: &GrantPaper) -> Vec<Action> {
    let action = |(event, judged): &(GrantEvent, Result<(), crate::domain::lifecycle::Refusal>)| {
        let weight = match event {
            GrantEvent::SendAgreement | GrantEvent::StartClosing | GrantEvent::Close => Weight::Primary,
            GrantEvent::Activate | GrantEvent::Lapse => Weight::Secondary,
            GrantEvent::Terminate => Weight::Danger,
            _ => return None,
        };
        let refusal = unmet(judged);
        // A grant that needs no agreement is not told so on every visit.
        let is_idle = *event == GrantEvent::SendAgreement && !paper.file.grant.is_agreement_required;
        let href = format!("/suivi/{}/{}", paper.file.grant.id, event.code());
        let press = if is_asked(*event) { Press::Asks } else { Press::Acts };
        (!is_idle).then(|| Action { label: event.label().into(), href, weight, refusal, press })
    };
    paper.offered.iter().filter_map(action).collect()
}

/// Why something cannot happen yet. A motive is typed with it, so its absence is no refusal.
fn unmet(judged: &Result<(), crate::domain::lifecycle::Refusal>) -> Option<String> {
    judged.as_ref().err().map(ToString::to_string).filter(|said| !said.contains("motif"))
}

/// Changes that ask for a motive.
fn reasoned(paper: &GrantPaper) -> Vec<Reasoned> {
    let change = |(event, judged): &(GrantEvent, Result<(), crate::domain::lifecycle::Refusal>)| {
        let help = match event {
            GrantEvent::Suspend => {
                "Aucun versement ne part tant que la subvention est suspendue. L’organisation lit ce motif."
            }
            GrantEvent::Resume => "Les versements dus repartent. Le motif reste dans l’historique.",
            _ => return None,
        };
        Some(Reasoned { code: event.code(), label: event.label(), help, refusal: unmet(judged) })
    };
    paper.offered.iter().filter_map(change).collect()
}

fn facts(paper: &GrantPaper) -> Vec<Fact> {
    let GrantFile { grant, project, holder, call, fund } = &paper.file;
    let period = match (grant.starts_on, grant.ends_on) {
        (Some(start), Some(end)) => format!("du {} au {}", french_date(start), french_date(end)),
        _ => String::new(),
    };
    let signed = |at: Option<Moment>| at.map_or("pas encore".to_owned(), |at| at.french());
    let mut facts = vec![
        Fact::new("Numéro", &grant.reference),
        Fact::new("Organisation", &holder.name),
        Fact::new("SIRET", holder.siret.as_ref().map(ToString::to_string).unwrap_or_default()),
        Fact::new("Représentant·e", format!("{}, {}", holder.representative_name, holder.representative_title)),
        Fact::new("Fonds", &fund.fund_name),
        Fact::new("Appel", &call.call_title),
        Fact::new("Dossier", &project.application_reference),
        Fact::new("Demandé", project.requested),
        words::awarded(paper),
        Fact::new("Taux", grant.rate_points),
        Fact::new("Décidée le", french_date(grant.decided_on)),
        Fact::new("Projet", period),
    ];
    if grant.is_agreement_required {
        facts.push(Fact::new("Signée par l’organisation", signed(grant.holder_signed_at)));
        facts.push(Fact::new("Signée par la direction", signed(grant.issuer_signed_at)));
    }
    facts.extend(words::final_amount(paper).into_iter().chain(words::partners(paper)));
    facts.extend(grant.accepted_cost_cents.map(|cost| Fact::new("Dépenses retenues", cost)));
    facts
}

async fn page(
    app: &App,
    who: &Staff,
    (id, asked): (GrantId, &str),
    typed: &Fields,
    errors: FieldErrors,
) -> Result<GrantPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (paper, lines) = app
        .read(move |conn| Ok((grant_papers::find(conn, &actor, id, now)?, grant_papers::money(conn, &actor, id)?)))
        .await?;
    let grant = &paper.file.grant;
    let account = |row: &crate::store::bank_accounts::BankAccountRow| {
        (format!("{}, {}", row.iban.masked(), row.holder), words::account_badge(row.state))
    };
    let reads_books = [Role::Finance, Role::Director, Role::Auditor].iter().any(|role| who.actor.is(*role));
    let owed = |row: &RecoveryRow| {
        let href = if reads_books { format!("/finances/trop-percus/{}", row.id) } else { String::new() };
        (words::recovery_sentence(row, now.paris_date()), href)
    };
    Ok(GrantPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/suivi", "Suivi des subventions")],
        id: id.to_string(),
        title: paper.file.project.title.clone(),
        badge: words::grant_badge(grant.state),
        stepper: words::stepper(&paper, Reader::Team, now.paris_date()),
        facts: facts(&paper),
        conditions: paper.file.project.conditions.clone().unwrap_or_default(),
        total: total(&lines),
        money: lines.iter().map(money).collect(),
        schedule: words::schedule(&paper, Reader::Team, reads_books.then_some("/finances/versements")),
        reports: words::reports(&paper, "/suivi/bilans", now.paris_date()),
        accounts: paper.accounts.iter().map(account).collect(),
        recoveries: paper.recoveries.iter().map(owed).collect(),
        pieces: pieces::lines(&paper, Reader::Team),
        may_judge_pieces: who.actor.is(Role::Officer),
        balance: words::balance_lines(&paper),
        amendments: changes::lines(&paper, Reader::Team, now.paris_date()),
        may_decide_amendments: [Role::Officer, Role::Director].iter().any(|role| who.actor.is(*role)),
        letters: words::letters(&paper),
        events: words::timeline(&paper, Reader::Team),
        version: grant.version,
        token: entropy::form_token()?,
        actions: actions(&paper).into_iter().chain(super::claims::action(&paper)).collect(),
        reasoned: reasoned(&paper),
        signing: signing::panel(&paper, who, typed),
        typed: typed.text("motif").to_owned(),
        beyond: typed.text("derogation").to_owned(),
        asked: asked.to_owned(),
        errors,
    })
}

/// One grant.
pub async fn show(app: Data<App>, who: Staff, id: Path<GrantId>) -> Reply {
    Ok(render(&page(&app, &who, (id.into_inner(), ""), &Fields::default(), FieldErrors::none()).await?))
}

/// What the team does to a grant; the table says who may.
fn act(tx: &mut Tx, actor: &Actor, id: GrantId, change: (GrantEvent, &str), version: i32, now: Moment) -> Outcome<()> {
    match change.0 {
        GrantEvent::Suspend | GrantEvent::Resume | GrantEvent::Terminate => {
            grants::change_with_reason(tx, actor, id, version, change, now).map(drop)
        }
        event => grants::step(tx, actor, id, version, event, now).map(drop),
    }
}

const TO_THE_TEAM: [GrantEvent; 8] = [
    GrantEvent::Lapse,
    GrantEvent::SendAgreement,
    GrantEvent::Activate,
    GrantEvent::StartClosing,
    GrantEvent::Close,
    GrantEvent::Suspend,
    GrantEvent::Resume,
    GrantEvent::Terminate,
];

const fn done(event: GrantEvent) -> &'static str {
    match event {
        GrantEvent::SendAgreement => "La convention part par courriel, à signer.",
        GrantEvent::Activate => "La subvention est en cours.",
        GrantEvent::StartClosing => "Le solde est calculé.",
        GrantEvent::Close => "La subvention est soldée.",
        GrantEvent::Suspend => "La subvention est suspendue. L’organisation est prévenue.",
        GrantEvent::Resume => "La subvention reprend. L’organisation est prévenue.",
        GrantEvent::Terminate => "La subvention est résiliée. L’organisation est prévenue.",
        GrantEvent::Lapse => "L’offre est close. L’organisation est prévenue.",
        GrantEvent::Accept | GrantEvent::Decline | GrantEvent::Reopen => "C’est fait.",
    }
}

pub(super) async fn answer(
    app: &App,
    who: &Staff,
    asked: (GrantId, &str),
    form: &Fields,
    sent: Result<String, Failure>,
    said: &str,
) -> Reply {
    match sent {
        Ok(to) => Ok(see_other_saying(to, &Flash::success(said))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page(app, who, asked, form, errors).await?))
        }
        Err(failure) => Err(failure),
    }
}

/// Moves a grant.
pub async fn change(app: Data<App>, who: Staff, path: Path<(GrantId, String)>, form: Fields) -> Reply {
    let (id, code) = path.into_inner();
    let event = code.parse::<GrantEvent>().ok().filter(|event| TO_THE_TEAM.contains(event)).ok_or(Failure::NotFound)?;
    let (actor, now, home) = (who.actor.clone(), app.now(), format!("/suivi/{id}"));
    let (version, reason) = (form.version(), form.text("motif").to_owned());
    let sent = Sent::new(&app, &who, &form, &format!("{home}/{code}"), &home);
    let done_so = send(&app, sent, move |tx| act(tx, &actor, id, (event, &reason), version, now)).await;
    if let (true, Err(Failure::UseCase(UseCaseError::Invalid(wrong)))) = (is_asked(event), &done_so) {
        let question = grant_ends::question(&app, &who, id, event).await?;
        return Ok(question.refused(form.text("motif"), errors_of(wrong.clone())));
    }
    answer(&app, &who, (id, event.code()), &form, done_so, done(event)).await
}

/// Sends a code to whoever signs for the house.
pub async fn ask_code(app: Data<App>, who: Staff, id: Path<GrantId>, form: Fields) -> Reply {
    let id = id.into_inner();
    signing::ask_code(&app, &who, (id, &format!("/suivi/{id}")), &form).await
}

/// Signs the agreement or an amendment for the house.
pub async fn sign(app: Data<App>, who: Staff, id: Path<GrantId>, form: Fields) -> Reply {
    let id = id.into_inner();
    let done = signing::sign(&app, &who, (id, &format!("/suivi/{id}")), &form).await?;
    answer(&app, &who, (id, ""), &form, done.map_err(invalid), "Votre signature est enregistrée.").await
}

/// Takes the copy that was signed on paper for the house.
pub async fn sign_on_paper(app: Data<App>, who: Staff, id: Path<GrantId>, form: Parts) -> Reply {
    let id = id.into_inner();
    let (form, done) = signing::on_paper(&app, &who, (id, &format!("/suivi/{id}")), form).await?;
    answer(&app, &who, (id, ""), &form, done.map_err(invalid), "L’exemplaire signé est enregistré.").await
}

fn invalid(wrong: Vec<FieldError>) -> Failure {
    Failure::UseCase(UseCaseError::Invalid(wrong))
}

/// Approves or refuses an amendment.
pub async fn decide_amendment(app: Data<App>, who: Staff, path: Path<(GrantId, AmendmentId)>, form: Fields) -> Reply {
    let ((id, amendment), actor, version, now) = (path.into_inner(), who.actor.clone(), form.version(), app.now());
    let (home, motive) = (format!("/suivi/{id}"), form.text("motif").to_owned());
    let beyond = form.text("derogation").to_owned();
    let is_approved = form.text("suite") == AmendmentEvent::Approve.code();
    let sent = Sent::new(&app, &who, &form, &format!("{home}/avenants/{amendment}"), &home);
    let decided = send(&app, sent, move |tx| {
        if amendments::of_grant(tx.conn(), &actor, id)?.iter().all(|row| row.id != amendment) {
            return Err(crate::store::StoreError::NotFound.into());
        }
        let said = (is_approved, motive.as_str(), beyond.as_str());
        amendments::decide_beyond(tx, &actor, (amendment, version), said, now).map(drop)
    })
    .await;
    let code = amendment.to_string();
    answer(&app, &who, (id, &code), &form, decided, "L’organisation reçoit votre réponse par courriel.").await
}

//! My grants: the offer answered, the agreement signed, the payments and reports followed.

use crate::{
    domain::{
        attachments::LARGEST_IN_WORDS,
        ids::{DocumentId, GrantId},
        lifecycles::{
            grants::{GrantEvent, GrantState},
            recoveries::RecoveryState,
        },
        organisations::Right,
        signing::PUBLIC_AGREEMENT_ABOVE,
        time::french_date,
    },
    store::{Conn, StoreError, entropy, grants::GrantFile, recoveries::RecoveryRow},
    usecases::{
        Actor, FieldError, Outcome,
        grant_papers::{self, GrantPaper},
        grants, organisations, supports,
    },
    web::{
        App, Failure, Fields, Reply,
        amendments::{self as changes, AmendmentLine},
        audiences::{Applicant, Member},
        downloads,
        flashes::see_other_saying,
        grants::{self as words, PaymentLine, Reader, ReportLine},
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Action, Badge, Fact, Press, Stepper, TimelineEvent, Weight},
        pieces::{self, PieceLine},
        sendings::{Sent, send},
        signing::{self, SigningPanel},
        uploads::Parts,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;

#[derive(Template)]
#[template(path = "applicant/grants.html")]
struct GrantsPage {
    chrome: Chrome,
    lines: Vec<Line>,
    /// Whether the reader keeps the money of their organisations alone: the grants are others' to follow.
    keeps_money: bool,
}

struct Line {
    href: String,
    title: String,
    reference: String,
    fund: String,
    amount: String,
    badge: Badge,
}

/// The grants of my organisations, once they are announced.
pub async fn list(app: Data<App>, who: Applicant) -> Reply {
    let actor = who.actor.clone();
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let found = grants::mine(conn, &actor)?;
        let keeps_money = found.is_empty() && organisations::only_keeps_money(conn, &actor)?;
        Ok((found, keeps_money))
    };
    let (found, keeps_money) = app.read(load).await?;
    let line = |file: GrantFile| Line {
        href: format!("/subventions/{}", file.grant.id),
        title: file.project.title,
        reference: file.grant.reference,
        fund: file.fund.fund_name,
        amount: file.grant.amount_cents.to_string(),
        badge: words::grant_badge(file.grant.state),
    };
    Ok(render(&GrantsPage { chrome: who.chrome(), lines: found.into_iter().map(line).collect(), keeps_money }))
}

/// One grant of mine.
#[derive(Template)]
#[template(path = "applicant/grant.html")]
pub(super) struct GrantPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    title: String,
    badge: Badge,
    stepper: Stepper,
    facts: Vec<Fact>,
    conditions: String,
    /// That the opening of the decision was noted; often empty.
    noted: String,
    version: i32,
    token: String,
    offer: Option<Offer>,
    signing: SigningPanel,
    schedule: Vec<PaymentLine>,
    reports: Vec<ReportLine>,
    account: Account,
    recoveries: Vec<String>,
    pieces: Vec<PieceLine>,
    /// The largest file, in words.
    limit: &'static str,
    /// How the balance came about; empty until then.
    balance: Vec<(String, String)>,
    amendments: Vec<AmendmentLine>,
    can_amend: bool,
    letters: Vec<(String, String)>,
    events: Vec<TimelineEvent>,
    errors: FieldErrors,
}

struct Offer {
    /// When the answer is awaited, in a sentence.
    until: Option<String>,
    amount: String,
    organisation: String,
    is_agreement_required: bool,
    /// Why an agreement is signed.
    why: String,
    commitments: Vec<String>,
    actions: Vec<Action>,
}

struct Account {
    /// Where it is entered; only those who act for its organisation may.
    href: Option<String>,
    holder: String,
    lines: Vec<(String, Badge)>,
}

/// One grant of mine: another's does not exist here, whatever else the reader is.
pub(super) fn mine(
    conn: &mut Conn,
    actor: &Actor,
    id: GrantId,
    now: crate::domain::time::Moment,
) -> Outcome<GrantPaper> {
    let paper = grant_papers::find(conn, actor, id, now)?;
    let is_mine = organisations::may(conn, actor, &paper.file.parties(), Right::Read)?;
    if is_mine { Ok(paper) } else { Err(StoreError::NotFound.into()) }
}

fn offer(paper: &GrantPaper, today: NaiveDate) -> Option<Offer> {
    let id = paper.file.grant.id;
    let action = |event: GrantEvent, path: &str, weight| {
        let judged = paper.offered.iter().find(|(known, _)| *known == event)?;
        let refusal = judged.1.as_ref().err().map(ToString::to_string);
        Some(Action {
            label: event.label().into(),
            href: format!("/subventions/{id}/{path}"),
            weight,
            refusal,
            press: Press::Acts,
        })
    };
    (paper.file.grant.state == GrantState::Offered).then(|| Offer {
        until: paper.file.grant.confirm_by.map(|day| match day < today {
            true => format!("Votre réponse était attendue le {}. Répondez vite, ou écrivez-nous.", french_date(day)),
            false => format!("Répondez avant le {}.", french_date(day)),
        }),
        amount: paper.file.grant.amount_cents.to_string(),
        organisation: paper.file.holder.name.clone(),
        is_agreement_required: paper.file.grant.is_agreement_required,
        why: why_agreement(paper),
        commitments: paper.terms.call.letters.commitments_for(&paper.terms.values(&paper.file)),
        actions: action(GrantEvent::Accept, "accord", Weight::Primary).into_iter().collect(),
    })
}

/// Why an agreement is signed, in words: by the rule of the call, or by what the law counts in a year.
fn why_agreement(paper: &GrantPaper) -> String {
    let least = paper.terms.call.agreement_threshold;
    if !least.is_positive() {
        return "comme toujours dans cet appel".to_owned();
    }
    match paper.file.grant.amount_cents > least {
        true => format!("car le montant dépasse {least}"),
        false => {
            let most = least.max(PUBLIC_AGREEMENT_ABOVE);
            format!("car vos subventions de l’année dépassent ensemble {most}")
        }
    }
}

fn facts(paper: &GrantPaper) -> Vec<Fact> {
    let GrantFile { grant, project, holder, call, .. } = &paper.file;
    let period = match (grant.starts_on, grant.ends_on) {
        (Some(start), Some(end)) => format!("du {} au {}", french_date(start), french_date(end)),
        _ => String::new(),
    };
    let mut facts = vec![
        Fact::new("Numéro", &grant.reference),
        words::awarded(paper),
        Fact::new("Part des dépenses couverte", format!("{} au plus", grant.rate_points)),
        Fact::linked("Dossier", &project.application_reference, format!("/dossiers/{}", grant.application_id)),
        Fact::linked("Appel", &call.call_title, format!("/appels/{}", call.call_reference)),
        Fact::new("Organisation", &holder.name),
        Fact::new("Projet", period),
    ];
    facts.extend(words::final_amount(paper).into_iter().chain(words::partners(paper)));
    facts.extend(grant.accepted_cost_cents.map(|cost| Fact::new("Dépenses retenues au bilan final", cost)));
    facts
}

fn account(paper: &GrantPaper, is_holder: bool) -> Account {
    let line = |row: &crate::store::bank_accounts::BankAccountRow| (row.iban.masked(), words::account_badge(row.state));
    Account {
        href: is_holder.then(|| format!("/organisations/{}/compte", paper.file.grant.organisation_id)),
        holder: paper.file.holder.name.clone(),
        lines: paper.accounts.iter().map(line).collect(),
    }
}

/// What is to be given back, and where its holder reads how.
fn owed(row: &RecoveryRow, today: NaiveDate) -> String {
    let said = words::recovery_sentence(row, today);
    match row.state {
        RecoveryState::Requested => {
            format!("{said} Le compte à créditer est dans le courrier «\u{a0}Trop-perçu à reverser\u{a0}», plus bas.")
        }
        _ => said,
    }
}

pub(super) async fn page(
    app: &App,
    who: &Applicant,
    id: GrantId,
    typed: &Fields,
    errors: FieldErrors,
) -> Result<GrantPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let paper = mine(conn, &actor, id, now)?;
        let is_holder = organisations::acts_for(conn, &actor, &[paper.file.grant.organisation_id])?;
        let noted = supports::noted_of(conn, paper.file.grant.application_id)?;
        Ok((paper, is_holder, noted))
    };
    let (paper, is_holder, noted) = app.read(load).await?;
    let grant = &paper.file.grant;
    Ok(GrantPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/subventions", "Mes subventions")],
        id: id.to_string(),
        title: paper.file.project.title.clone(),
        badge: words::grant_badge(grant.state),
        stepper: words::stepper(&paper, Reader::Holder, now.paris_date()),
        facts: facts(&paper),
        noted,
        conditions: paper.file.project.conditions.clone().unwrap_or_default(),
        version: grant.version,
        token: entropy::form_token()?,
        offer: offer(&paper, now.paris_date()),
        signing: signing::panel(&paper, who, typed),
        schedule: words::schedule(&paper, Reader::Holder, None),
        reports: words::reports(&paper, &format!("/subventions/{id}/bilans"), now.paris_date()),
        account: account(&paper, is_holder),
        recoveries: paper.recoveries.iter().map(|row| owed(row, now.paris_date())).collect(),
        pieces: pieces::lines(&paper, Reader::Holder),
        limit: LARGEST_IN_WORDS,
        balance: words::balance_lines(&paper),
        amendments: changes::lines(&paper, Reader::Holder, now.paris_date()),
        can_amend: crate::usecases::amendments::is_open(grant.state),
        letters: words::letters(&paper),
        events: words::timeline(&paper, Reader::Holder),
        errors,
    })
}

/// One grant. Whoever comes from the mail reads the decision here first.
pub async fn show(app: Data<App>, who: Applicant, id: Path<GrantId>) -> Reply {
    let (actor, now, grant) = (who.actor.clone(), app.now(), *id);
    let load = move |conn: &mut Conn| {
        mine(conn, &actor, grant, now)?;
        supports::file_to_note(conn, &actor, grant, now)
    };
    if let Some(content) = app.read(load).await? {
        let actor = who.actor.clone();
        app.write(move |tx| supports::note_opening(tx, &actor, &content, now)).await?;
    }
    Ok(render(&page(&app, &who, id.into_inner(), &Fields::default(), FieldErrors::none()).await?))
}

/// Accepts the offer.
pub async fn accept(app: Data<App>, who: Applicant, id: Path<GrantId>, form: Fields) -> Reply {
    let (id, actor, version, now) = (id.into_inner(), who.actor.clone(), form.version(), app.now());
    let home = format!("/subventions/{id}");
    let sent = Sent::new(&app, &who, &form, &format!("{home}/accord"), &home);
    let to = send(&app, sent, move |tx| {
        mine(tx.conn(), &actor, id, now)?;
        grants::accept(tx, &actor, id, version, now).map(drop)
    })
    .await?;
    Ok(see_other_saying(to, &Flash::success("La subvention est acceptée. Un message vous le confirme.")))
}

#[derive(Template)]
#[template(path = "applicant/decline.html")]
struct DeclinePage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    amount: String,
    organisation: String,
    version: i32,
    token: String,
}

/// Asks once more before the offer is declined, and says what that means.
pub async fn ask_decline(app: Data<App>, who: Applicant, id: Path<GrantId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let paper = app.read(move |conn| mine(conn, &actor, id, now)).await?;
    if paper.file.grant.state != GrantState::Offered {
        return Err(Failure::NotFound);
    }
    let page = DeclinePage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/subventions", "Mes subventions"),
            NavLink::new(format!("/subventions/{id}"), paper.file.project.title),
        ],
        id: id.to_string(),
        amount: paper.file.grant.amount_cents.to_string(),
        organisation: paper.file.holder.name,
        version: paper.file.grant.version,
        token: entropy::form_token()?,
    };
    Ok(render(&page))
}

/// Declines the offer.
pub async fn decline(app: Data<App>, who: Applicant, id: Path<GrantId>, form: Fields) -> Reply {
    let (id, actor, version, now) = (id.into_inner(), who.actor.clone(), form.version(), app.now());
    let home = format!("/subventions/{id}");
    let sent = Sent::new(&app, &who, &form, &format!("{home}/refus"), &home);
    let to = send(&app, sent, move |tx| {
        mine(tx.conn(), &actor, id, now)?;
        grants::step(tx, &actor, id, version, GrantEvent::Decline, now).map(drop)
    })
    .await?;
    Ok(see_other_saying(to, &Flash::success("La subvention est refusée. Un message vous le confirme.")))
}

/// Sends a code to whoever signs.
pub async fn ask_code(app: Data<App>, who: Applicant, id: Path<GrantId>, form: Fields) -> Reply {
    let id = id.into_inner();
    signing::ask_code(&app, &who, (id, &format!("/subventions/{id}")), &form).await
}

/// Signs the agreement or an amendment.
pub async fn sign(app: Data<App>, who: Applicant, id: Path<GrantId>, form: Fields) -> Reply {
    let id = id.into_inner();
    let done = signing::sign(&app, &who, (id, &format!("/subventions/{id}")), &form).await?;
    signed(&app, &who, id, &form, done).await
}

/// Takes the copy that was signed on paper.
pub async fn sign_on_paper(app: Data<App>, who: Applicant, id: Path<GrantId>, form: Parts) -> Reply {
    let id = id.into_inner();
    let (form, done) = signing::on_paper(&app, &who, (id, &format!("/subventions/{id}")), form).await?;
    signed(&app, &who, id, &form, done).await
}

/// Leads on from a signature, or shows the page again with what was typed.
async fn signed(
    app: &App,
    who: &Applicant,
    id: GrantId,
    form: &Fields,
    done: Result<String, Vec<FieldError>>,
) -> Reply {
    match done {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Votre signature est enregistrée."))),
        Err(wrong) => {
            let page = page(app, who, id, form, super::errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// A letter about a grant, as a PDF, for its holder and for the team.
pub async fn letter(app: Data<App>, who: Member, path: Path<(GrantId, DocumentId)>) -> Reply {
    let ((id, document), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    let row = app.read(move |conn| grant_papers::letter(conn, &actor, id, document, now)).await?;
    downloads::letter(&app, who.actor.person, row).await
}

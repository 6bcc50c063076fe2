//! Reading a report: planned beside actual, judged line by line, accepted or sent back for what is ticked.

use super::waivers;
use crate::{
    domain::{
        balances::Balance,
        budgets::RateBase,
        complements::Item,
        ids::ReportId,
        lifecycle::Refusal,
        lifecycles::reports::{Report, ReportEvent, ReportState, is_owed},
        money::Euros,
        report_changes,
        reports::ReportKind,
        roles::Role,
        text::nbsp,
        time::{Moment, french_date},
    },
    store::{Conn, Tx, entropy, report_extensions::ExtensionRow},
    usecases::{
        Actor, Outcome, UseCaseError,
        advance::Object,
        report_changes::{self as changes, Asking},
        report_extensions as extensions,
        report_judgements::{self, LineForm},
        report_signatures,
        reports::{self, ReportPaper},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::Staff,
        flashes::see_other_saying,
        grants::report_badge,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Badge, Fact, Stepper},
        reports::{self as words, ComparedPart, ExtensionLine, JudgedRow},
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/report.html")]
struct ReportPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    title: String,
    badge: Badge,
    stepper: Stepper,
    facts: Vec<Fact>,
    narrative: Vec<(String, Vec<(String, String)>)>,
    compared: Vec<ComparedPart>,
    documents: Vec<(String, String, String)>,
    may_judge: bool,
    may_waive: bool,
    /// The lines as they are judged, or were.
    rows: Vec<JudgedRow>,
    /// What they come to as they are kept.
    retained: String,
    balance: Vec<(String, String)>,
    verdict: String,
    /// What may be asked again, under its headings.
    offered: Vec<(String, Vec<Tick>)>,
    /// What was last asked again, each with its note.
    asked_again: Vec<(String, String)>,
    extensions: Vec<ExtensionLine>,
    /// The request for more time that waits.
    pending: Option<ExtensionLine>,
    may_extend: bool,
    until: String,
    why: String,
    version: i32,
    token: String,
    typed: String,
    errors: FieldErrors,
}

/// One box to tick.
struct Tick {
    code: String,
    label: String,
    is_ticked: bool,
    note: String,
}

fn facts(paper: &ReportPaper, signed: String) -> Vec<Fact> {
    let row = &paper.report;
    let eligible = match paper.call.amount.base {
        RateBase::WithValuations => "Éligibles, contributions en nature comprises",
        RateBase::WithoutValuations => "Dont éligibles",
    };
    let mut facts = vec![
        Fact::new("Organisation", &paper.grant.holder.name),
        Fact::linked("Subvention", &paper.grant.grant.reference, format!("/suivi/{}", row.grant_id)),
        Fact::new("Attendu le", french_date(row.due_on)),
        Fact::new("Déposé le", row.submitted_at.map_or("pas encore".into(), |at| at.french())),
        Fact::new("Dépenses réalisées", paper.spent()),
        Fact::new(eligible, paper.eligible()),
    ];
    if paper.call.reports.certified_by.is_some() {
        facts.push(Fact::new("Certification", if signed.is_empty() { "pas encore".to_owned() } else { signed }));
    }
    facts.extend(row.accepted_cost_cents.map(|cost| Fact::new("Dépenses retenues", cost)));
    facts
}

fn verdict(balance: &Balance) -> String {
    let over = balance.overpaid();
    if balance.owed().is_positive() {
        format!("Il restera {} à verser.", balance.owed())
    } else if over == Euros::ZERO {
        "Tout est déjà versé\u{a0}: rien à payer ni à reverser.".into()
    } else if balance.to_return.is_positive() {
        format!("{over} ont été versés de trop ; {} seront demandés à l’organisation.", balance.to_return)
    } else {
        format!("{over} ont été versés de trop ; le règlement de l’appel les laisse à l’organisation.")
    }
}

/// What an amount was typed in a line, or nothing where it is none; the line stands as proposed where nothing is typed.
fn read(paper: &ReportPaper, form: &Fields) -> Result<Vec<LineForm>, FieldErrors> {
    let (mut lines, mut errors) = (Vec::new(), FieldErrors::none());
    for line in paper.lines.iter().filter(|line| paper.counts(line)) {
        let field = format!("retenu-{}", line.position);
        if !form.has(&field) {
            continue;
        }
        match form.text(&field).parse::<Euros>() {
            Ok(accepted) => {
                let reason = form.text(&format!("motif-{}", line.position)).to_owned();
                lines.push(LineForm { position: line.position, accepted, reason });
            }
            Err(_) => errors.add(field, "Indiquez un montant en euros, par exemple 1\u{202f}250,50."),
        }
    }
    if errors.is_empty() { Ok(lines) } else { Err(errors) }
}

/// The lines with what was typed, or with what is kept; without its sign, an amount is a field.
fn rows(paper: &ReportPaper, typed: &Fields, is_form: bool) -> Vec<JudgedRow> {
    let mut rows = words::judged(paper);
    for row in rows.iter_mut().filter(|_| is_form) {
        row.accepted = row.accepted.trim_end_matches('€').trim().to_owned();
        if typed.has(&row.field) {
            row.accepted = typed.text(&row.field).to_owned();
            row.reason = typed.text(&row.reason_field).to_owned();
        }
    }
    rows
}

fn ticks(paper: &ReportPaper, typed: &Fields) -> Vec<(String, Vec<Tick>)> {
    let tick = |(item, label): (Item, String)| {
        let code = item.to_string();
        Tick {
            label,
            is_ticked: typed.all("element").any(|ticked| ticked == code),
            note: typed.text(&format!("note-{code}")).to_owned(),
            code,
        }
    };
    let offered = changes::offered(paper).into_iter();
    offered.map(|(title, items)| (title, items.into_iter().map(tick).collect())).collect()
}

/// What the page reads.
struct Seen {
    paper: ReportPaper,
    offered: Vec<(ReportEvent, Result<(), Refusal>)>,
    balance: Balance,
    /// Who certified it, in words.
    signed: String,
    more_time: Vec<ExtensionRow>,
}

fn load(conn: &mut Conn, actor: &Actor, id: ReportId, now: Moment) -> Outcome<Seen> {
    let paper = reports::paper(conn, actor, id)?;
    let balance = match reports::settled(conn, &paper)? {
        Some(settled) => settled,
        None => reports::balance(conn, &paper, paper.retained())?,
    };
    let signed = report_signatures::of_paper(conn, &paper)?.map(|known| words::certified(&known));
    Ok(Seen {
        offered: Report::look(conn, id, actor, now)?.offered(),
        balance,
        signed: signed.unwrap_or_default(),
        more_time: extensions::of_report(conn, actor, id)?,
        paper,
    })
}

/// The page of a report with what was typed on it and what is wrong with that.
async fn page(
    app: &App,
    who: &Staff,
    id: ReportId,
    typed: &Fields,
    errors: FieldErrors,
) -> Result<ReportPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let seen = app.read(move |conn| load(conn, &actor, id, now)).await?;
    let Seen { paper, offered, balance, signed, more_time } = seen;
    let row = &paper.report;
    let may = |event: ReportEvent| offered.iter().any(|(known, _)| *known == event);
    let is_read = matches!(row.state, ReportState::Submitted | ReportState::Accepted);
    let is_final = row.kind == ReportKind::Final && is_read;
    let may_judge = may(ReportEvent::Accept);
    let label = |code: &str| paper.template.paper_label(code);
    let again = |(item, note): &(Item, String)| Some((report_changes::label(&paper.template, item)?, note.clone()));
    let files = paper.attachments.iter();
    let is_filed = !matches!(row.state, ReportState::Expected | ReportState::Draft);
    let is_judged = row.state == ReportState::Accepted && !paper.accepted.is_empty();
    let more_time = words::extensions((row, paper.grant.grant.state), &more_time);
    let pending = more_time.iter().find(|line| line.is_open).cloned();
    let proposed = pending.as_ref().map_or(String::new(), |line| line.wanted.clone());
    Ok(ReportPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/suivi", "Suivi des subventions"),
            NavLink::new(format!("/suivi/{}", row.grant_id), &paper.grant.project.title),
        ],
        href: format!("/suivi/bilans/{id}"),
        title: words::title(row),
        badge: report_badge((row, paper.grant.grant.state), now.paris_date()),
        stepper: words::stepper((row, paper.grant.grant.state), "L’organisation", now.paris_date()),
        facts: facts(&paper, signed),
        // A draft is its author's own business.
        narrative: if is_filed { words::narrative(&paper) } else { Vec::new() },
        compared: if is_filed { words::compared(&paper) } else { Vec::new() },
        documents: files.map(|f| (label(&f.document_code), paper.named(f), words::address(&paper, f))).collect(),
        may_judge,
        may_waive: may(ReportEvent::Waive),
        rows: if may_judge || is_judged { rows(&paper, typed, may_judge) } else { Vec::new() },
        retained: paper.retained().to_string(),
        balance: if is_final { balance.lines() } else { Vec::new() },
        verdict: nbsp(&verdict(&balance)),
        offered: if may_judge { ticks(&paper, typed) } else { Vec::new() },
        asked_again: paper.changes.iter().filter_map(again).collect(),
        may_extend: who.actor.is(Role::Officer) && is_owed(row.state, paper.grant.grant.state),
        extensions: more_time,
        until: if typed.has("jusqu_au") { typed.text("jusqu_au").to_owned() } else { proposed },
        why: typed.text("delai").to_owned(),
        pending,
        version: row.version,
        token: entropy::form_token()?,
        typed: typed.text("motif").to_owned(),
        errors,
    })
}

/// One report, with the balance that its lines would give.
pub async fn show(app: Data<App>, who: Staff, id: Path<ReportId>) -> Reply {
    Ok(render(&page(&app, &who, id.into_inner(), &Fields::default(), FieldErrors::none()).await?))
}

/// The page again with what was typed, and why it was not taken.
pub(super) async fn refused(app: &App, who: &Staff, id: ReportId, form: &Fields, errors: FieldErrors) -> Reply {
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page(app, who, id, form, errors).await?))
}

async fn lines_of(
    app: &App,
    who: &Staff,
    id: ReportId,
    form: &Fields,
) -> Result<Result<Vec<LineForm>, FieldErrors>, Failure> {
    let actor = who.actor.clone();
    let paper = app.read(move |conn| reports::paper(conn, &actor, id)).await?;
    Ok(read(&paper, form))
}

/// Keeps what is accepted of each line and shows the balance that follows.
pub async fn judge(app: Data<App>, who: Staff, id: Path<ReportId>, form: Fields) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let lines = match lines_of(&app, &who, id, &form).await? {
        Ok(lines) => lines,
        Err(errors) => return refused(&app, &who, id, &form, errors).await,
    };
    match app.write(move |tx| report_judgements::judge(tx, &actor, id, &lines)).await {
        Ok(_) => {
            let said = Flash::success("C’est enregistré. Le solde est recalculé ; rien n’est encore accepté.");
            Ok(see_other_saying(format!("/suivi/bilans/{id}"), &said))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => refused(&app, &who, id, &form, errors_of(wrong)).await,
        Err(failure) => Err(failure),
    }
}

/// Accepts the report with what is accepted of its lines.
pub async fn accept(app: Data<App>, who: Staff, id: Path<ReportId>, form: Fields) -> Reply {
    let (id, actor, version, now) = (id.into_inner(), who.actor.clone(), form.version(), app.now());
    let home = format!("/suivi/bilans/{id}");
    let lines = match lines_of(&app, &who, id, &form).await? {
        Ok(lines) => lines,
        Err(errors) => return refused(&app, &who, id, &form, errors).await,
    };
    let sent = Sent::new(&app, &who, &form, &format!("{home}/acceptation"), &home);
    let act = move |tx: &mut Tx| report_judgements::accept(tx, &actor, id, version, &lines, now).map(drop);
    match send(&app, sent, act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Le bilan est accepté. L’organisation est prévenue."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => refused(&app, &who, id, &form, errors_of(wrong)).await,
        Err(failure) => Err(failure),
    }
}

/// Asks for corrections of what is ticked.
pub async fn ask_changes(app: Data<App>, who: Staff, id: Path<ReportId>, form: Fields) -> Reply {
    let (id, actor, version, now) = (id.into_inner(), who.actor.clone(), form.version(), app.now());
    let home = format!("/suivi/bilans/{id}");
    let items = form.all("element").filter_map(|code| code.parse::<Item>().ok());
    let noted: Vec<_> = items.map(|item| (form.text(&format!("note-{item}")).to_owned(), item)).collect();
    let (motive, sent) =
        (form.text("motif").to_owned(), Sent::new(&app, &who, &form, &format!("{home}/corrections"), &home));
    let act = move |tx: &mut Tx| {
        let items = noted.iter().map(|(note, item)| (item.clone(), note.as_str())).collect();
        changes::request(tx, &actor, id, version, &Asking { wanted: &motive, items }, now).map(drop)
    };
    match send(&app, sent, act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("C’est noté. L’organisation est prévenue."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => refused(&app, &who, id, &form, errors_of(wrong)).await,
        Err(failure) => Err(failure),
    }
}

/// Exempts the holder from the report.
pub async fn waive(app: Data<App>, who: Staff, id: Path<ReportId>, form: Fields) -> Reply {
    let (id, actor, version, now) = (id.into_inner(), who.actor.clone(), form.version(), app.now());
    let (home, motive) = (format!("/suivi/bilans/{id}"), form.text("motif").to_owned());
    let (typed, sent) = (motive.clone(), Sent::new(&app, &who, &form, &format!("{home}/dispense"), &home));
    let change = ReportEvent::Waive;
    let act = move |tx: &mut Tx| reports::send_back(tx, &actor, id, version, (change, &motive), now).map(drop);
    match send(&app, sent, act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("C’est noté. L’organisation est prévenue."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            Ok(waivers::question(&app, &who, id).await?.refused(&typed, errors_of(wrong)))
        }
        Err(failure) => Err(failure),
    }
}

//! A report of my grant: filled in as often as one likes, filed when nothing is missing.

use super::{
    errors_of,
    grants::mine,
    report_forms::{Added, Asking, added, all_questions, asking, has_kept_line, read, rows_after, tables, theirs},
};
use crate::{
    domain::{
        attachments::LARGEST_IN_WORDS,
        balances::Balance,
        complements::{Item, Opening},
        definitions::{DocumentNeed, Question},
        forms::Form,
        ids::{GrantId, ReportId},
        lifecycles::reports::{ReportState, is_owed},
        report_changes,
        time::Moment,
    },
    store::{Conn, StoreError, entropy, report_extensions::ExtensionRow},
    usecases::{
        Actor, FieldError, Outcome, UseCaseError, attachments,
        report_extensions::{self, Wish},
        report_lacks,
        report_signatures::{self, Certification},
        reports::{self, ReportPaper},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Badge, Stepper},
        reports::{self as words, ComparedPart, ExtensionLine, JudgedRow},
        sendings::{Sent, send},
        uploads,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;

#[derive(Template)]
#[template(path = "applicant/report.html")]
struct ReportPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    title: String,
    help: String,
    badge: Badge,
    stepper: Stepper,
    is_expected: bool,
    is_open: bool,
    changes: String,
    /// What reopens, each with what an officer says of it; often nothing, and then everything does.
    asked_again: Vec<(String, String)>,
    sections: Vec<Asking>,
    /// The tables to fill in, or all of them to read.
    compared: Vec<ComparedPart>,
    /// Those that do not reopen.
    shut: Vec<ComparedPart>,
    /// From which gap a line is explained.
    explain: String,
    added: Added,
    narrative: Vec<(String, Vec<(String, String)>)>,
    documents: Vec<Document>,
    limit: &'static str,
    missing: Vec<String>,
    certifying: Option<Certifying>,
    extensions: Vec<ExtensionLine>,
    /// Whether more time can be asked for.
    can_extend: bool,
    /// Until when it was asked for, and why.
    until: String,
    why: String,
    judged: Vec<JudgedRow>,
    /// How the balance came about; empty until then.
    balance: Vec<(String, String)>,
    /// What somebody else saved meanwhile: label and text.
    theirs: Vec<(String, String)>,
    is_overtaken: bool,
    seen: String,
    version: i32,
    token: String,
    errors: FieldErrors,
}

impl ReportPage {
    /// Whether something of it is a table, or computed.
    fn has_tables(&self) -> bool {
        let mut asked = self.sections.iter().flat_map(|section| &section.questions);
        asked.any(|question| matches!(question.widget, "group" | "computed"))
    }
}

struct Document {
    code: String,
    label: String,
    help: String,
    need: &'static str,
    current: String,
    current_href: String,
}

fn documents(paper: &ReportPaper) -> Vec<Document> {
    let document = |wanted: &crate::domain::definitions::DocumentDefinition| {
        let file = paper.attachments.iter().find(|file| file.document_code == wanted.code);
        Document {
            code: wanted.code.clone(),
            label: wanted.label.clone(),
            help: wanted.help.clone(),
            need: match wanted.need {
                DocumentNeed::Required => "Nécessaire pour déposer",
                DocumentNeed::Later => "Peut suivre",
                DocumentNeed::Optional => "Facultatif",
            },
            current: file.map(|file| paper.named(file)).unwrap_or_default(),
            current_href: file.map(|file| words::address(paper, file)).unwrap_or_default(),
        }
    };
    let opening = if reports::is_open(paper.report.state) { paper.opening() } else { Opening::Everything };
    let shown = paper.template.documents.iter().filter(|wanted| opening.opens(&Item::Document(wanted.code.clone())));
    shown.map(document).chain(files(paper, &opening)).collect()
}

/// The questions that a file answers, as far as they are asked and open.
fn files(paper: &ReportPaper, opening: &Opening) -> Vec<Document> {
    let (form, answers) = (Form::of_report(&paper.template, &paper.call.axes), paper.answered());
    let asked = paper.template.file_questions().filter(|question| form.shows(question, &answers));
    let asked = asked.filter(|question| opening.opens_question(&question.code));
    let document = |question: &Question| {
        let file = paper.attachments.iter().find(|file| file.document_code == question.code);
        Document {
            code: question.code.clone(),
            label: question.label.clone(),
            help: question.help.clone(),
            need: if question.is_required() { "Nécessaire pour déposer" } else { "Facultatif" },
            current: file.map(|file| paper.named(file)).unwrap_or_default(),
            current_href: file.map(|file| words::address(paper, file)).unwrap_or_default(),
        }
    };
    asked.map(document).collect()
}

/// The names of what reopens, each with the officer's words.
fn asked_again(paper: &ReportPaper) -> Vec<(String, String)> {
    if paper.opening() == Opening::Everything {
        return Vec::new();
    }
    let named = |(item, note): &(Item, String)| Some((report_changes::label(&paper.template, item)?, note.clone()));
    paper.changes.iter().filter_map(named).collect()
}

/// The tables that are read: those that do not reopen, or all once the report is filed.
fn shut_tables(paper: &ReportPaper) -> Vec<ComparedPart> {
    let opening = paper.opening();
    let mut parts = words::compared(paper);
    parts.retain(|part| !opening.opens(&Item::Budget(part.table)));
    parts
}

/// The word of the representative, as the page of the report shows it.
struct Certifying {
    organisation: String,
    names: String,
    /// Whether the reader may give it.
    may_sign: bool,
    /// Whether it can be asked for now.
    can_ask: bool,
    asked: String,
    signed: String,
}

impl Certifying {
    fn of(known: &Certification, actor: &Actor, is_complete: bool) -> Self {
        let may_sign = known.may_sign(actor);
        Certifying {
            organisation: known.organisation.clone(),
            names: known.names(),
            may_sign,
            can_ask: is_complete && !may_sign && known.signed.is_none(),
            asked: known.asked_at.map_or(String::new(), |at| at.french()),
            signed: words::certified(known),
        }
    }
}

/// A report of this grant of mine; any other does not exist.
pub(super) fn find(
    conn: &mut Conn,
    actor: &Actor,
    (grant, id): (GrantId, ReportId),
    now: Moment,
) -> Outcome<ReportPaper> {
    mine(conn, actor, grant, now)?;
    let paper = reports::paper(conn, actor, id)?;
    if paper.report.grant_id == grant { Ok(paper) } else { Err(StoreError::NotFound.into()) }
}

/// What a page shows besides what is saved.
#[derive(Default)]
struct Attempt {
    typed: Option<Fields>,
    errors: FieldErrors,
    is_overtaken: bool,
    /// More time as it was asked for: until when, and why.
    wish: (String, String),
    /// The group whose rows change, and how many it shows from now on.
    rows: Option<(String, usize)>,
}

/// What the page reads.
struct Seen {
    paper: ReportPaper,
    missing: Vec<String>,
    certifying: Option<Certifying>,
    extensions: Vec<ExtensionRow>,
    balance: Option<Balance>,
}

fn load(conn: &mut Conn, actor: &Actor, at: (GrantId, ReportId), now: Moment) -> Outcome<Seen> {
    let paper = find(conn, actor, at, now)?;
    let is_complete = report_lacks::obstacles(conn, &paper.report)?.is_empty();
    let certifying = report_signatures::of_paper(conn, &paper)?;
    Ok(Seen {
        missing: report_lacks::missing(conn, &paper.report)?,
        certifying: certifying.map(|known| Certifying::of(&known, actor, is_complete)),
        extensions: report_extensions::of_report(conn, actor, at.1)?,
        balance: reports::settled(conn, &paper)?,
        paper,
    })
}

async fn page(
    app: &App,
    who: &Applicant,
    (grant, id): (GrantId, ReportId),
    attempt: Attempt,
) -> Result<ReportPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let seen = app.read(move |conn| load(conn, &actor, (grant, id), now)).await?;
    let Seen { paper, missing, certifying, extensions, balance } = seen;
    let Attempt { typed, errors, is_overtaken, wish, rows } = attempt;
    let (row, typed) = (&paper.report, typed.as_ref());
    let rows = typed.map_or(rows, |typed| rows_after(&all_questions(&paper), typed));
    let is_open = reports::is_open(row.state);
    let is_asked_again = row.state == ReportState::ChangesRequested;
    Ok(ReportPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/subventions", "Mes subventions"),
            NavLink::new(format!("/subventions/{grant}"), &paper.grant.project.title),
        ],
        href: format!("/subventions/{grant}/bilans/{id}"),
        title: words::title(row),
        help: paper.template.help.clone(),
        badge: crate::web::grants::report_badge((row, paper.grant.grant.state), now.paris_date()),
        stepper: words::stepper((row, paper.grant.grant.state), "Vous", now.paris_date()),
        is_expected: row.state == ReportState::Expected,
        is_open,
        changes: row.reason.clone().filter(|_| is_asked_again).unwrap_or_default(),
        sections: if is_open { asking(&paper, typed, rows.as_ref()) } else { Vec::new() },
        asked_again: if is_open { asked_again(&paper) } else { Vec::new() },
        compared: if is_open { tables(&paper, typed) } else { words::compared(&paper) },
        shut: if is_open { shut_tables(&paper) } else { Vec::new() },
        explain: paper.call.reports.explain.words(),
        added: added(&paper, typed.filter(|typed| is_overtaken || !has_kept_line(&paper, typed))),
        narrative: words::narrative(&paper),
        documents: documents(&paper),
        limit: LARGEST_IN_WORDS,
        missing,
        certifying,
        can_extend: is_owed(row.state, paper.grant.grant.state)
            && extensions.iter().all(|row| row.decided_at.is_some()),
        extensions: words::extensions((row, paper.grant.grant.state), &extensions),
        until: wish.0,
        why: wish.1,
        judged: if row.state == ReportState::Accepted && !paper.accepted.is_empty() {
            words::judged(&paper)
        } else {
            Vec::new()
        },
        balance: balance.map(|balance| balance.lines()).unwrap_or_default(),
        theirs: typed.filter(|_| is_overtaken).map(|typed| theirs(&paper, typed)).unwrap_or_default(),
        is_overtaken,
        seen: paper.digest()?,
        version: row.version,
        token: entropy::form_token()?,
        errors,
    })
}

type Address = Path<(GrantId, ReportId)>;

/// How many rows a group shows.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Shown {
    #[serde(default)]
    lignes: String,
}

/// The report: to fill in while it is open, to read again afterwards.
pub async fn show(app: Data<App>, who: Applicant, path: Address, shown: Query<Shown>) -> Reply {
    let rows = shown.lignes.split_once('.').and_then(|(group, rows)| Some((group.to_owned(), rows.parse().ok()?)));
    Ok(render(&page(&app, &who, path.into_inner(), Attempt { rows, ..Attempt::default() }).await?))
}

/// Begins the report with the budget of the application.
pub async fn start(app: Data<App>, who: Applicant, path: Address, form: Fields) -> Reply {
    let ((grant, id), actor, version, now) = (path.into_inner(), who.actor.clone(), form.version(), app.now());
    let home = format!("/subventions/{grant}/bilans/{id}");
    let sent = Sent::new(&app, &who, &form, &format!("{home}/debut"), &home);
    let to = send(&app, sent, move |tx| {
        find(tx.conn(), &actor, (grant, id), now)?;
        reports::start(tx, &actor, id, version, now).map(drop)
    });
    Ok(crate::web::pages::see_other(to.await?))
}

/// What became of a form that was sent.
enum Saved {
    /// Everything is kept; the field errors say what is wrong or missing with it.
    Kept(Vec<FieldError>),
    /// Filed; where that leads.
    Filed(String),
}

async fn refused(app: &App, who: &Applicant, at: (GrantId, ReportId), form: Fields, wrong: Vec<FieldError>) -> Reply {
    let attempt = Attempt { typed: Some(form), errors: errors_of(wrong), ..Attempt::default() };
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page(app, who, at, attempt).await?))
}

/// Keeps one's own text on the page, beside what somebody else saved meanwhile.
async fn overtaken(app: &App, who: &Applicant, at: (GrantId, ReportId), form: Fields) -> Reply {
    let attempt = Attempt { typed: Some(form), is_overtaken: true, ..Attempt::default() };
    Ok(render_as(StatusCode::CONFLICT, &page(app, who, at, attempt).await?))
}

async fn read_paper(app: &App, who: &Applicant, at: (GrantId, ReportId)) -> Result<ReportPaper, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    app.read(move |conn| find(conn, &actor, at, now)).await
}

/// Saves the draft, however incomplete.
pub async fn save(app: Data<App>, who: Applicant, path: Address, form: Fields) -> Reply {
    let at = path.into_inner();
    let paper = read_paper(&app, &who, at).await?;
    let (said, mut wrong) = read(&paper, &form);
    let (actor, seen) = (who.actor.clone(), form.text("lu").to_owned());
    match app.write(move |tx| reports::save_seen(tx, &actor, at.1, &said, &seen)).await {
        Ok(more) => wrong.extend(more),
        Err(Failure::UseCase(UseCaseError::Store(StoreError::Stale))) => return overtaken(&app, &who, at, form).await,
        Err(failure) => return Err(failure),
    }
    if !wrong.is_empty() {
        return refused(&app, &who, at, form, wrong).await;
    }
    let said = "C’est enregistré. Le bilan reste un brouillon tant que vous ne le déposez pas.";
    let home = format!("/subventions/{}/bilans/{}", at.0, at.1);
    let to = match rows_after(&all_questions(&paper), &form) {
        Some((group, rows)) => format!("{home}?lignes={group}.{rows}#champ-{group}"),
        None => home,
    };
    Ok(see_other_saying(to, &Flash::success(said)))
}

/// Saves, and files when nothing is missing.
pub async fn submit(app: Data<App>, who: Applicant, path: Address, form: Fields) -> Reply {
    let at = path.into_inner();
    let paper = read_paper(&app, &who, at).await?;
    let (said, wrong) = read(&paper, &form);
    let home = format!("/subventions/{}/bilans/{}", at.0, at.1);
    let sent = Sent::new(&app, &who, &form, &format!("{home}/depot"), &home);
    let (actor, seen, version, now) = (who.actor.clone(), form.text("lu").to_owned(), form.version(), app.now());
    let is_sworn = form.has("certifie");
    let filing = move |tx: &mut crate::store::Tx| {
        let row = reports::paper(tx.conn(), &actor, at.1)?.report;
        if reports::is_open(row.state) {
            reports::save_seen(tx, &actor, at.1, &said, &seen)?;
            let mut obstacles = wrong.clone();
            obstacles.extend(report_lacks::obstacles(tx.conn(), &row)?);
            if obstacles.is_empty() {
                obstacles.extend(report_signatures::certify(tx, &actor, at.1, is_sworn, now)?);
            }
            if !obstacles.is_empty() {
                return Ok(Saved::Kept(obstacles));
            }
        }
        sent.once(tx, |tx| reports::submit(tx, &actor, at.1, version, now).map(drop)).map(Saved::Filed)
    };
    match app.write(filing).await {
        Ok(Saved::Filed(to)) => {
            let said = "Votre bilan est déposé. Un message vous le confirme, et nous revenons vers vous après lecture.";
            Ok(see_other_saying(to, &Flash::success(said)))
        }
        Ok(Saved::Kept(wrong)) => refused(&app, &who, at, form, wrong).await,
        Err(Failure::UseCase(UseCaseError::Store(StoreError::Stale))) => overtaken(&app, &who, at, form).await,
        Err(failure) => Err(failure),
    }
}

/// Attaches a document of the report.
pub async fn attach(
    app: Data<App>,
    who: Applicant,
    path: Path<(GrantId, ReportId, String)>,
    form: uploads::Parts,
) -> Reply {
    let (grant, id, document) = path.into_inner();
    read_paper(&app, &who, (grant, id)).await?;
    let (name, bytes) = uploads::read(form).await?.file_or_nothing();
    let file = match attachments::judge(&document, &name, &bytes) {
        Ok(file) => file,
        Err(UseCaseError::Invalid(wrong)) => {
            let attempt = Attempt { errors: errors_of(wrong), ..Attempt::default() };
            let page = page(&app, &who, (grant, id), attempt).await?;
            return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
        Err(error) => return Err(error.into()),
    };
    app.files()?.put(bytes).await?;
    let (actor, now) = (who.actor.clone(), app.now());
    app.write(move |tx| reports::attach(tx, &actor, id, &document, &file, now)).await?;
    let home = format!("/subventions/{grant}/bilans/{id}");
    Ok(see_other_saying(home, &Flash::success("Le document est joint.")))
}

/// Asks for more time.
pub async fn extend(app: Data<App>, who: Applicant, path: Address, form: Fields) -> Reply {
    let ((grant, id), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    let home = format!("/subventions/{grant}/bilans/{id}");
    let wish = (form.text("jusqu_au").to_owned(), form.text("motif").to_owned());
    let (typed, sent) = (wish.clone(), Sent::new(&app, &who, &form, &format!("{home}/delai"), &home));
    let done = send(&app, sent, move |tx| {
        find(tx.conn(), &actor, (grant, id), now)?;
        report_extensions::ask(tx, &actor, id, &Wish { until: &wish.0, reason: &wish.1 }, now)
    });
    match done.await {
        Ok(to) => {
            Ok(see_other_saying(to, &Flash::success("Votre demande de délai est partie. Un message vous répondra.")))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let attempt = Attempt { wish: typed, errors: errors_of(wrong), ..Attempt::default() };
            let page = page(&app, &who, (grant, id), attempt).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

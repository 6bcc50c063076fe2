//! A report of my grant: filled in as often as one likes, filed when nothing is missing.

use super::{
    errors_of,
    grants::mine,
    groups::{self, RowDeed},
    questions::{self, Asked},
};
use crate::{
    domain::{
        attachments::LARGEST_IN_WORDS,
        definitions::{DocumentNeed, Question, QuestionKind},
        forms::Form,
        ids::{GrantId, ReportId},
        lifecycles::reports::ReportState,
        money::Euros,
        references::budget_accounts,
        time::Moment,
    },
    store::{Conn, StoreError, entropy, reports::ReportLineRow},
    usecases::{
        Actor, FieldError, Outcome, UseCaseError,
        answers::Typed,
        attachments,
        reports::{self, ReportForm, ReportPaper},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Badge, Choice, Stepper},
        reports::{self as words, ComparedPart},
        sendings::{Sent, send},
        uploads,
    },
};
use actix_multipart::Multipart;
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
    sections: Vec<Asking>,
    compared: Vec<ComparedPart>,
    added: Added,
    narrative: Vec<(String, Vec<(String, String)>)>,
    documents: Vec<Document>,
    limit: &'static str,
    missing: Vec<String>,
    /// What somebody else saved meanwhile: label and text.
    theirs: Vec<(String, String)>,
    is_overtaken: bool,
    seen: String,
    version: i32,
    token: String,
    errors: FieldErrors,
}

struct Asking {
    title: String,
    help: String,
    questions: Vec<Asked>,
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

/// The line for what was not planned.
struct Added {
    accounts: Vec<Choice>,
    amount: String,
    explanation: String,
}

/// A report of this grant of mine; any other does not exist.
fn find(conn: &mut Conn, actor: &Actor, (grant, id): (GrantId, ReportId), now: Moment) -> Outcome<ReportPaper> {
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
    /// The group whose rows change, and how many it shows from now on.
    rows: Option<(String, usize)>,
}

fn all_questions(paper: &ReportPaper) -> Vec<Question> {
    paper.template.sections.iter().flat_map(|section| section.questions.clone()).collect()
}

/// The answers that the form sends, without the rows that say nothing or were taken away.
fn answers_of(all: &[Question], fields: &Fields) -> Typed {
    let mut said = questions::typed(all, fields);
    groups::tidy(all, fields, RowDeed::parse(fields.text("suite")).as_ref(), &mut said);
    said
}

/// The group whose rows a button changes, and how many the page shows then.
fn rows_after(all: &[Question], fields: &Fields) -> Option<(String, usize)> {
    let deed = RowDeed::parse(fields.text("suite"))?;
    let group = all.iter().find(|question| question.code == deed.group())?;
    Some((group.code.clone(), groups::rows_after(group, fields, &deed)))
}

fn asking(paper: &ReportPaper, typed: Option<&Fields>, rows: Option<&(String, usize)>) -> Vec<Asking> {
    let form = Form::of_report(&paper.template);
    let (saved, all) = (paper.answered(), all_questions(paper));
    let typed = typed.map(|fields| answers_of(&all, fields));
    let said = typed.as_ref().unwrap_or(&saved);
    let asked = |question: &Question| {
        let asked = questions::asked(&paper.call, question, &form.answer(question, said));
        match rows.filter(|(group, _)| *group == question.code) {
            Some((_, least)) => groups::with_rows(asked, &paper.call, question, *least),
            None => asked,
        }
    };
    let sections = paper.template.sections.iter().filter(|section| form.shows_section(section, &saved));
    sections
        .map(|section| Asking {
            title: section.title.clone(),
            help: section.help.clone(),
            questions: section.questions.iter().filter(|question| form.shows(question, &saved)).map(asked).collect(),
        })
        .collect()
}

/// The table to fill in: what was typed stays as typed, nothing spent yet is an empty field.
fn table(paper: &ReportPaper, typed: Option<&Fields>) -> Vec<ComparedPart> {
    let mut parts = words::compared(&paper.lines);
    let is_zero = |field: &str| {
        let line = paper.lines.iter().find(|line| format!("depense-{}", line.position) == field);
        line.is_none_or(|line| line.actual_cents == Euros::ZERO)
    };
    for row in parts.iter_mut().flat_map(|part| &mut part.rows) {
        if is_zero(&row.field) {
            row.actual.clear();
            row.gap.clear();
        } else {
            row.actual = row.actual.trim_end_matches('€').trim().to_owned();
        }
        if let Some(fields) = typed {
            row.actual = fields.text(&row.field).to_owned();
            row.explanation = fields.text(&row.explanation_field).to_owned();
        }
    }
    for part in &mut parts {
        // Nothing spent yet is no gap, neither on a line nor below.
        if part.rows.iter().all(|row| row.gap.is_empty()) {
            part.gap.clear();
        }
    }
    parts
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
            current: file.map(|file| file.file_name.clone()).unwrap_or_default(),
            current_href: file.map(|file| format!("/pieces/{}", file.id)).unwrap_or_default(),
        }
    };
    paper.template.documents.iter().map(document).collect()
}

fn added(typed: Option<&Fields>) -> Added {
    let text = |name: &str| typed.map_or("", |fields| fields.text(name)).to_owned();
    let open = budget_accounts().iter().filter(|account| account.is_open);
    let named = open.map(|account| (account.code.clone(), format!("{} – {}", account.code, account.label)));
    Added {
        accounts: Choice::list(named, &[&text("ajout-compte")]),
        amount: text("ajout-montant"),
        explanation: text("ajout-explication"),
    }
}

/// Where what was typed differs from what somebody else saved.
fn theirs(paper: &ReportPaper, typed: &Fields) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for question in paper.template.sections.iter().flat_map(|section| &section.questions) {
        let saved = paper.answers.iter().find(|row| row.question == question.code).map_or("", |row| &row.value);
        let mine = answers_of(std::slice::from_ref(question), typed);
        if mine.get(&question.code).is_some_and(|mine| mine != saved) {
            let is_table = question.kind == QuestionKind::Group;
            let said = if is_table { words::answer_in_words(&paper.call, question, saved) } else { saved.to_owned() };
            found.push((question.label.clone(), said));
        }
    }
    let differs = |line: &&ReportLineRow| {
        typed.text(&format!("depense-{}", line.position)).parse().unwrap_or(Euros::ZERO) != line.actual_cents
    };
    found.extend(
        paper.lines.iter().filter(differs).map(|line| (reports::name(line).to_owned(), line.actual_cents.to_string())),
    );
    found
}

async fn page(
    app: &App,
    who: &Applicant,
    (grant, id): (GrantId, ReportId),
    attempt: Attempt,
) -> Result<ReportPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (paper, missing) = app
        .read(move |conn| {
            let paper = find(conn, &actor, (grant, id), now)?;
            let missing = report_lacks::missing(conn, &paper.report)?;
            Ok((paper, missing))
        })
        .await?;
    let Attempt { typed, errors, is_overtaken, rows } = attempt;
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
        badge: crate::web::grants::report_badge(row, now.paris_date()),
        stepper: words::stepper(row, "Vous", now.paris_date()),
        is_expected: row.state == ReportState::Expected,
        is_open,
        changes: row.reason.clone().filter(|_| is_asked_again).unwrap_or_default(),
        sections: if is_open { asking(&paper, typed, rows.as_ref()) } else { Vec::new() },
        compared: if is_open { table(&paper, typed) } else { words::compared(&paper.lines) },
        added: added(typed),
        narrative: words::narrative(&paper),
        documents: documents(&paper),
        limit: LARGEST_IN_WORDS,
        missing,
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

/// An amount as typed: nothing typed is nothing spent.
fn amount(fields: &Fields, field: &str, errors: &mut Vec<FieldError>) -> Option<Euros> {
    let typed = fields.text(field);
    let read = if typed.is_empty() { Ok(Euros::ZERO) } else { typed.parse::<Euros>() };
    let found = read.ok().filter(|amount| *amount >= Euros::ZERO);
    if found.is_none() {
        let sentence = format!("«\u{a0}{typed}\u{a0}» n’est pas un montant. Exemple\u{a0}: 1 250,50.");
        errors.push(FieldError::new(field.to_owned(), sentence));
    }
    found
}

/// What the form says, and what of it cannot be read; a line that cannot be read keeps what it had.
fn read(paper: &ReportPaper, fields: &Fields) -> (ReportForm, Vec<FieldError>) {
    let mut errors = Vec::new();
    let all = all_questions(paper);
    let typed = answers_of(&all, fields);
    let answers = all.iter().map(|q| (q.code.clone(), typed.get(&q.code).cloned().unwrap_or_default())).collect();
    let line = |line: &ReportLineRow| {
        let explanation = fields.text(&format!("explication-{}", line.position)).to_owned();
        let amount = amount(fields, &format!("depense-{}", line.position), &mut errors);
        (line.position, amount.unwrap_or(line.actual_cents), explanation)
    };
    let lines = paper.lines.iter().map(line).collect();
    let mut added = Vec::new();
    let (account, spent) = (fields.text("ajout-compte"), amount(fields, "ajout-montant", &mut errors));
    match (account, spent) {
        ("", Some(Euros::ZERO)) | (_, None) => {}
        ("", Some(_)) => errors.push(FieldError::new("ajout-compte", "Choisissez le poste de cette ligne.")),
        (account, Some(spent)) => {
            added.push((account.to_owned(), spent, fields.text("ajout-explication").to_owned()));
        }
    }
    (ReportForm { answers, lines, added }, errors)
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
    let filing = move |tx: &mut crate::store::Tx| {
        let row = reports::paper(tx.conn(), &actor, at.1)?.report;
        if reports::is_open(row.state) {
            reports::save_seen(tx, &actor, at.1, &said, &seen)?;
            let mut obstacles = wrong.clone();
            obstacles.extend(report_lacks::obstacles(tx.conn(), &row)?);
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
pub async fn attach(app: Data<App>, who: Applicant, path: Path<(GrantId, ReportId, String)>, form: Multipart) -> Reply {
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

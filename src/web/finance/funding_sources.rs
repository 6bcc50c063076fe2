//! Funders and their agreements: what came, what went, what is owed to them.

use super::{capital, places};
use crate::{
    domain::{
        ids::{FundingSourceId, InstalmentId},
        money::Euros,
        roles::Role,
        text::counted,
        time::{Moment, french_date},
    },
    store::{
        entropy,
        funding_dues::{DueLine, InstalmentRow, SourceReportRow},
    },
    usecases::{
        earmark_books::EarmarkBooks,
        funding_sources::{self, SourceLine, SourcePaper},
        statements,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::{SignedIn, Sources},
        deadlines::lateness,
        pages::{Chrome, FieldErrors, NavLink, render},
        parts::Fact,
    },
};
use actix_web::web::{Data, Path};
use askama::Template;

pub(super) const LIST: &str = "/finances/bailleurs";
pub(super) const HERE: &str = "/finances/conventions";

#[derive(Template)]
#[template(path = "finance/funders.html")]
pub(super) struct FundersPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    lines: Vec<Line>,
    can_add_source: bool,
    can_edit: bool,
    code: String,
    name: String,
    mention: String,
    token: String,
    errors: FieldErrors,
}

/// One agreement of the list.
struct Line {
    href: String,
    reference: String,
    title: String,
    funder: String,
    until: String,
    may_regrant: bool,
    amount: Euros,
    received: String,
    paid: Euros,
    in_hand: Euros,
    next_report: String,
}

/// Whether this person writes agreements.
pub(super) fn can_edit(who: &SignedIn) -> bool {
    who.actor.is(Role::Finance) || who.actor.is(Role::Admin)
}

fn line(source: SourceLine) -> Line {
    let due = |report: &SourceReportRow| format!("{}, le {}", report.title, french_date(report.due_on));
    Line {
        href: format!("{HERE}/{}", source.row.id),
        until: french_date(source.row.ends_on),
        may_regrant: source.row.regranting_clause.is_some(),
        amount: source.row.amount_cents,
        received: format!("{} sur {}", source.received, source.expected),
        paid: source.progress.paid,
        in_hand: source.in_hand(),
        next_report: source.next_report.as_ref().map(due).unwrap_or_default(),
        reference: source.row.reference,
        title: source.row.title,
        funder: source.funder,
    }
}

/// The list, with what was typed for a new funder.
pub(super) async fn funders_page(
    app: &App,
    who: &SignedIn,
    form: &Fields,
    errors: FieldErrors,
) -> Result<FundersPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (_, lines) = app.read(move |conn| funding_sources::list(conn, &actor, now)).await?;
    Ok(FundersPage {
        chrome: who.chrome(),
        places: places(who, LIST),
        lines: lines.into_iter().map(line).collect(),
        can_add_source: who.actor.is(Role::Finance),
        can_edit: can_edit(who),
        code: form.text("code").to_owned(),
        name: form.text("nom").to_owned(),
        mention: form.text("mention").to_owned(),
        token: entropy::form_token()?,
        errors,
    })
}

/// Every agreement.
pub async fn list(app: Data<App>, who: Sources) -> Reply {
    Ok(render(&funders_page(&app, &who, &Fields::default(), FieldErrors::none()).await?))
}

#[derive(Template)]
#[template(path = "finance/source.html")]
pub(super) struct SourcePage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    title: String,
    /// Value and words.
    figures: Vec<(String, String)>,
    facts: Vec<Fact>,
    earmarks: Vec<EarmarkBooks>,
    instalments: Vec<Instalment>,
    reports: Vec<Report>,
    changes: Vec<String>,
    can_edit: bool,
    can_receive: bool,
    typed: Typed,
    token: String,
    errors: FieldErrors,
}

/// What was typed into the forms below the tables.
struct Typed {
    label: String,
    expected_on: String,
    expected: String,
    report: String,
    due_on: String,
}

struct Instalment {
    label: String,
    expected: String,
    amount: Euros,
    /// Nothing while it is awaited.
    received: String,
    /// Where the line of the statement that told of it is read.
    statement: Option<String>,
    is_late: bool,
    href: String,
    on: Entry,
    sum: Entry,
    reference: Entry,
}

/// A field with what stands in it.
struct Entry {
    name: String,
    value: String,
}

struct Report {
    title: String,
    due: String,
    is_late: bool,
    sent: String,
    href: String,
}

fn instalment(base: &str, row: InstalmentRow, form: &Fields, now: Moment) -> Instalment {
    let id = row.id;
    let typed = |name: String, usual: String| {
        let value = form.filled(&name).map_or(usual, str::to_owned);
        Entry { name, value }
    };
    let received = match row.received_on.zip(row.received_cents) {
        Some((day, amount)) => {
            let reference = row.bank_reference.as_ref().map(|text| format!(", {text}")).unwrap_or_default();
            format!("{amount}, le {}{reference}", french_date(day))
        }
        None => String::new(),
    };
    Instalment {
        is_late: row.received_on.is_none() && row.expected_on < now.paris_date(),
        label: row.label,
        expected: french_date(row.expected_on),
        amount: row.expected_cents,
        received,
        statement: None,
        href: format!("{base}/versements/{id}"),
        on: typed(format!("recu-le-{id}"), String::new()),
        sum: typed(format!("recu-{id}"), row.expected_cents.grouped()),
        reference: typed(format!("reference-{id}"), String::new()),
    }
}

fn report(base: &str, row: SourceReportRow, now: Moment) -> Report {
    let today = now.paris_date();
    let is_late = row.sent_on.is_none() && row.due_on < today;
    let due = french_date(row.due_on);
    Report {
        due: if is_late { format!("{due}, {}", lateness(row.due_on, today)) } else { due },
        title: row.title,
        is_late,
        sent: row.sent_on.map(french_date).unwrap_or_default(),
        href: format!("{base}/rapports/{}", row.id),
    }
}

fn figures(line: &SourceLine) -> Vec<(String, String)> {
    vec![
        (line.row.amount_cents.to_string(), "inscrits à la convention".to_owned()),
        (line.received.to_string(), format!("reçus du bailleur, sur {} attendus à ce jour", line.expected)),
        (line.progress.paid.to_string(), "versés aux bénéficiaires et gardés par eux".to_owned()),
        (line.in_hand().to_string(), "en trésorerie\u{a0}: reçu moins versé".to_owned()),
    ]
}

fn facts(paper: &SourcePaper) -> Vec<Fact> {
    let (row, progress) = (&paper.line.row, &paper.line.progress);
    let (from, until) = paper.definition.eligible_days();
    let outside = if paper.definition.outside_days.is_said() { "" } else { ", aucun versement en dehors" };
    let ceiling = row.beneficiary_ceiling_cents.map_or("sans plafond".to_owned(), |most| most.to_string());
    let years = counted(row.retention_years, "an", "ans");
    vec![
        Fact::new("Bailleur", &paper.line.funder),
        Fact::new("Objet", &row.title),
        Fact::new("Durée", format!("du {} au {}", french_date(row.starts_on), french_date(row.ends_on))),
        Fact::new("Dates d’éligibilité", format!("du {} au {}{outside}", french_date(from), french_date(until))),
        Fact::new(
            "Clause de reversement",
            row.regranting_clause.clone().unwrap_or_else(|| "aucune\u{a0}: aucun appel ne peut en vivre".to_owned()),
        ),
        Fact::new("Plafond par bénéficiaire", ceiling),
        Fact::new(
            "Justificatifs",
            if paper.definition.receipts { "au moins un avec chaque bilan" } else { "selon l’appel" },
        ),
        Fact::new("Conservation des pièces", format!("{years} après le dernier versement")),
        Fact::new("Réservé à des appels", progress.envelope),
        Fact::new("Engagé", progress.committed),
        Fact::new("Disponible", paper.unused),
        Fact::new("Appels publiés", if paper.calls.is_empty() { "aucun".to_owned() } else { paper.calls.join(", ") }),
    ]
}

/// The page of an agreement, with what was typed into its forms.
pub(super) async fn source_page(
    app: &App,
    who: &SignedIn,
    id: FundingSourceId,
    form: &Fields,
    errors: FieldErrors,
) -> Result<SourcePage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (paper, brought) = app
        .read(move |conn| {
            let paper = funding_sources::find(conn, &actor, id, now)?;
            let ids: Vec<_> = paper.instalments.iter().map(|row| row.id).collect();
            let brought = statements::of_instalments(conn, &actor, &ids)?;
            Ok((paper, brought))
        })
        .await?;
    let statement = |id: InstalmentId| {
        let import = brought.iter().find(|(instalment, _)| *instalment == id);
        import.map(|(_, import)| format!("{}/{import}?groupe=constatees", super::statements::LIST))
    };
    let base = format!("{HERE}/{id}");
    let typed = |name: &str| form.text(name).to_owned();
    let (figures, facts) = (figures(&paper.line), facts(&paper));
    let change = |(at, name): (Moment, String)| format!("Modifiée le {}, par {name}.", at.french());
    Ok(SourcePage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Bailleurs")],
        title: paper.line.row.reference.clone(),
        figures,
        facts,
        earmarks: paper.earmarks,
        instalments: paper
            .instalments
            .into_iter()
            .map(|row| Instalment { statement: statement(row.id), ..instalment(&base, row, form, now) })
            .collect(),
        reports: paper.reports.into_iter().map(|row| report(&base, row, now)).collect(),
        changes: paper.changes.into_iter().map(change).collect(),
        can_edit: can_edit(who),
        can_receive: who.actor.is(Role::Finance),
        typed: Typed {
            label: typed("versement"),
            expected_on: typed("prevu-le"),
            expected: typed("prevu"),
            report: typed("rapport"),
            due_on: typed("rapport-le"),
        },
        token: entropy::form_token()?,
        href: base,
        errors,
    })
}

/// One agreement.
pub async fn show(app: Data<App>, who: Sources, id: Path<FundingSourceId>) -> Reply {
    let page = source_page(&app, &who, id.into_inner(), &Fields::default(), FieldErrors::none()).await?;
    Ok(render(&page))
}

/// A report owed to a funder, as the overview of the money says it.
pub(super) struct Due {
    pub(super) words: String,
    pub(super) href: String,
    pub(super) is_late: bool,
}

impl Due {
    pub(super) fn of(due: &DueLine, now: Moment) -> Self {
        let (row, source, reference, _, funder) = due;
        let today = now.paris_date();
        let is_late = row.due_on < today;
        let when = if is_late { lateness(row.due_on, today) } else { format!("pour le {}", french_date(row.due_on)) };
        Due {
            words: format!("{} – {funder} ({reference}), {when}", capital(&row.title)),
            href: format!("{HERE}/{source}"),
            is_late,
        }
    }
}

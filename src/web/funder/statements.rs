//! What a funder sees of its agreements: how far its money has gone, grant by grant, with the proofs.

use crate::{
    domain::{
        correspondence::evidence_packs::{class_name, report_title},
        evidence_packs::{Evidence, GrantFacts, PaymentFacts, ReportFacts, SourceFacts, plain},
        identity::Siret,
        ids::{EvidencePackId, GrantId},
        money::Euros,
        time::french_date,
    },
    exports::{lists::FUNDED, sheets::Cell},
    store::{Conn, evidence_packs::EvidencePackRow},
    usecases::{
        Outcome, UseCaseError,
        evidence::{Period, Told},
        evidence_packs::{self, period},
    },
    web::{
        App, Failure, Reply,
        applicant::errors_of,
        audiences::Funder,
        downloads,
        grants::{self as words, Reader},
        lists::{self, Format},
        pages::{Chrome, FieldErrors, NavLink, render, render_as},
        parts::{Fact, Pager, Stepper},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

const HERE: &str = "/bailleur";
/// Grants on one page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "funder/statement.html")]
struct StatementPage {
    chrome: Chrome,
    /// Nothing for whoever belongs to no funder yet.
    funder: String,
    period: String,
    as_of: String,
    from: String,
    until: String,
    sources: Vec<(String, Vec<Fact>)>,
    grants: Vec<Line>,
    /// By all grants of the period, whatever page is shown.
    paid: Euros,
    pager: Pager,
    /// Where the same grants are as a file.
    file: String,
    archives: Vec<(String, String)>,
    errors: FieldErrors,
}

struct Line {
    href: String,
    reference: String,
    beneficiary: String,
    project: String,
    decided: String,
    state: String,
    awarded: Euros,
    paid: Euros,
    owed: String,
}

/// The period that is asked for, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    du: String,
    #[serde(default)]
    au: String,
    /// The reference after which the list goes on.
    #[serde(default)]
    apres: String,
}

impl Asked {
    fn address(&self, after: &str) -> String {
        let query = [("du", self.du.as_str()), ("au", self.au.as_str()), ("apres", after)];
        let query: Vec<_> = query.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        match serde_html_form::to_string(&query) {
            Ok(query) if !query.is_empty() => format!("{HERE}?{query}"),
            _ => HERE.to_owned(),
        }
    }

    /// Where the grants of the period are as a file; what form follows.
    fn file(&self) -> String {
        let query = [("du", self.du.as_str()), ("au", self.au.as_str())];
        let query: Vec<_> = query.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        match serde_html_form::to_string(&query) {
            Ok(query) if !query.is_empty() => format!("{HERE}/fichier?{query}&"),
            _ => format!("{HERE}/fichier?"),
        }
    }

    fn pager(&self, next: Option<&str>) -> Pager {
        Pager { first: (!self.apres.is_empty()).then(|| self.address("")), next: next.map(|last| self.address(last)) }
    }
}

fn source(source: &SourceFacts) -> (String, Vec<Fact>) {
    let days = |from: NaiveDate, until: NaiveDate| format!("du {} au {}", french_date(from), french_date(until));
    let facts = vec![
        Fact::new("Objet", &source.title),
        Fact::new("Durée", days(source.starts_on, source.ends_on)),
        Fact::new("Dates d’éligibilité", days(source.eligible_from, source.eligible_until)),
        Fact::new("Clause de reversement", source.clause.clone().unwrap_or_default()),
        Fact::new(
            "Plafond par bénéficiaire",
            source.ceiling.map_or("sans plafond".to_owned(), |most| most.to_string()),
        ),
        Fact::new("Montant", source.amount),
        Fact::new("Reçu", format!("{}, sur {} attendus", source.received, source.expected)),
        Fact::new("Engagé, à autoriser", source.committed),
        Fact::new("Autorisé, à verser", source.authorised),
        Fact::new("Versé depuis le début", source.paid),
        Fact::new("Reversé par les bénéficiaires", source.recovered),
        Fact::new("Trésorerie", source.in_hand()),
        Fact::new("Versé sur la période", source.paid_in_period),
    ];
    (source.reference.clone(), facts)
}

/// The reports its holder owes, in words.
fn owed(grant: &GrantFacts) -> String {
    let owed = grant.reports.iter().filter(|report| report.is_owed);
    let owed: Vec<_> = owed.map(|report| format!("{}, le {}", report.kind, french_date(report.due_on))).collect();
    owed.join("\u{a0}; ")
}

fn line(grant: &GrantFacts) -> Line {
    Line {
        href: format!("{HERE}/subventions/{}", grant.id),
        reference: grant.reference.clone(),
        beneficiary: grant.beneficiary.clone(),
        project: grant.project.clone(),
        decided: french_date(grant.decided_on),
        state: grant.state.clone(),
        awarded: grant.awarded,
        paid: grant.paid(),
        owed: owed(grant),
    }
}

fn archive_link(row: &EvidencePackRow) -> (String, String) {
    let days = format!("du {} au {}", french_date(row.from_on), french_date(row.until_on));
    let size = row.size.map(|size| format!(", {}\u{a0}ko", (size + 1023) / 1024)).unwrap_or_default();
    (format!("Preuves {days}{size}"), format!("{HERE}/preuves/{}", row.id))
}

/// The year of a day.
fn year_of(day: NaiveDate) -> Period {
    let first = NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap_or_default();
    Period { from: first, until: NaiveDate::from_ymd_opt(day.year(), 12, 31).unwrap_or(first) }
}

fn cells(grant: &GrantFacts) -> Vec<Cell> {
    vec![
        Cell::Text(grant.reference.clone()),
        Cell::Text(grant.beneficiary.clone()),
        Cell::Text(grant.project.clone()),
        Cell::Date(grant.decided_on),
        Cell::Text(grant.state.clone()),
        Cell::Money(grant.awarded),
        Cell::Money(grant.paid()),
        Cell::Text(owed(grant)),
    ]
}

/// The grants of a period as a file: of the present year when none is asked for.
pub async fn leave(app: Data<App>, who: Funder, asked: Query<Asked>, format: Query<Format>) -> Reply {
    let (asked, now, actor) = (asked.into_inner(), app.now(), who.actor.clone());
    let wanted = match asked.du.is_empty() && asked.au.is_empty() {
        true => year_of(now.paris_date()),
        false => period(&asked.du, &asked.au).map_err(UseCaseError::Invalid)?,
    };
    let page = move |conn: &mut Conn, key: Option<String>| -> Outcome<_> {
        let after = key.unwrap_or_default();
        evidence_packs::funded(conn, &actor, wanted, (after.as_str(), lists::CHUNK))
    };
    lists::give(&app, FUNDED, format.into_inner(), lists::pages(page, cells)).await
}

/// The statement of a period, live; of the present year when none is asked for.
pub async fn show(app: Data<App>, who: Funder, asked: Query<Asked>) -> Reply {
    let (asked, now, actor) = (asked.into_inner(), app.now(), who.actor.clone());
    let usual = year_of(now.paris_date());
    let is_asked = !asked.du.is_empty() || !asked.au.is_empty();
    let (wanted, errors) = match is_asked.then(|| period(&asked.du, &asked.au)) {
        None => (usual, FieldErrors::none()),
        Some(Ok(wanted)) => (wanted, FieldErrors::none()),
        Some(Err(wrong)) => (usual, errors_of(wrong)),
    };
    let after = asked.apres.clone();
    let load = move |conn: &mut crate::store::Conn| {
        let found = evidence_packs::statement(conn, &actor, wanted, Told::After(&after, PAGE), now)?;
        Ok::<_, UseCaseError>((found, evidence_packs::given(conn, &actor)?))
    };
    let (gathered, archives) = app.read(load).await?;
    let pager = asked.pager(gathered.as_ref().and_then(|gathered| gathered.next.as_deref()));
    let found = gathered.map(|gathered| gathered.evidence);
    // What is shown after a mistake is the year.
    let file = if errors.is_empty() { asked.file() } else { Asked::default().file() };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let or = |typed: String, usual: NaiveDate| if is_asked { typed } else { usual.to_string() };
    let page = StatementPage {
        chrome: who.chrome(),
        funder: found.as_ref().map(|found| found.funder.clone()).unwrap_or_default(),
        period: found.as_ref().map(Evidence::period).unwrap_or_default(),
        as_of: now.french(),
        from: or(asked.du, usual.from),
        until: or(asked.au, usual.until),
        sources: found.iter().flat_map(|found| &found.sources).map(source).collect(),
        grants: found.iter().flat_map(|found| &found.grants).map(line).collect(),
        paid: found.iter().flat_map(|found| &found.sources).map(|source| source.paid_in_period).sum(),
        pager,
        file,
        archives: archives.iter().map(archive_link).collect(),
        errors,
    };
    Ok(render_as(status, &page))
}

#[derive(Template)]
#[template(path = "funder/grant.html")]
struct GrantPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    stepper: Stepper,
    facts: Vec<Fact>,
    payments: Vec<Payment>,
    paid: Euros,
    classes: Vec<Class>,
    reports: Vec<(String, String, String)>,
    /// What the reports that were filed say, as the archive prints them: question and answer.
    said: Vec<(String, Vec<Fact>)>,
    /// Words, and address where the paper can be had.
    proofs: Vec<(String, String)>,
}

struct Payment {
    day: String,
    source: String,
    references: String,
    amount: Euros,
    whole: Euros,
    /// What the line of the bank says.
    left_bank: Euros,
    kept_back: Euros,
}

struct Class {
    side: &'static str,
    name: String,
    planned: Euros,
    actual: String,
}

/// The number as it is read, in groups.
fn grouped(siret: &str) -> String {
    siret.parse::<Siret>().map_or_else(|_| siret.to_owned(), |number| number.to_string())
}

fn facts(grant: &GrantFacts) -> Vec<Fact> {
    vec![
        Fact::new("Bénéficiaire", &grant.beneficiary),
        Fact::new("SIRET", grouped(&grant.siret)),
        Fact::new("Commune", &grant.city),
        Fact::new("Projet", &grant.project),
        Fact::new("Appel à projets", format!("{}, {}", grant.call, grant.fund)),
        Fact::new("Décision", french_date(grant.decided_on)),
        Fact::new(
            if grant.needs_agreement { "Convention signée" } else { "Acceptée" },
            grant.agreed_on.map(french_date).unwrap_or_default(),
        ),
        Fact::new("État", &grant.state),
        Fact::new("Accordé sur vos conventions", grant.awarded),
        Fact::new("Trop-perçu reversé", grant.recovered),
    ]
}

fn payment_line(payment: &PaymentFacts) -> Payment {
    let outside = if payment.is_eligible { "" } else { " (hors des dates d’éligibilité)" };
    Payment {
        day: format!("{}{outside}", french_date(payment.paid_on)),
        source: payment.source.clone(),
        references: payment.references(),
        amount: payment.amount,
        whole: payment.whole,
        left_bank: payment.whole - payment.kept_back(),
        kept_back: payment.kept_back(),
    }
}

fn said(report: &ReportFacts) -> (String, Vec<Fact>) {
    let answers = report.said.iter().map(|(question, answer)| Fact::new(question, answer));
    (report_title(report), answers.collect())
}

/// One grant the funder pays for.
pub async fn grant(app: Data<App>, who: Funder, id: Path<GrantId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let found = evidence_packs::granted(conn, &actor, id, now)?;
        let paper = evidence_packs::granted_paper(conn, &found, now)?;
        Ok((found, paper))
    };
    let (found, paper) = app.read(load).await?;
    let class = |class: &crate::domain::evidence_packs::ClassFacts| Class {
        side: if class.is_expense { "Charges" } else { "Produits" },
        name: class_name(class),
        planned: class.planned,
        actual: class.actual.map_or("pas encore de bilan".to_owned(), |amount| amount.to_string()),
    };
    let proof = |(number, proof): (usize, &crate::domain::evidence_packs::ProofFacts)| {
        let href = proof.sha256.as_ref().map(|_| format!("{HERE}/subventions/{id}/preuves/{number}"));
        (proof.title.clone(), href.unwrap_or_default())
    };
    let report = |report: &ReportFacts| (report.kind.clone(), french_date(report.due_on), report.state.clone());
    let page = GrantPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(HERE, "Mes conventions")],
        title: found.reference.clone(),
        stepper: words::stepper(&paper, Reader::Team, now.paris_date()),
        facts: facts(&found),
        payments: found.payments.iter().map(payment_line).collect(),
        paid: found.paid(),
        classes: found.classes.iter().map(class).collect(),
        reports: found.reports.iter().map(report).collect(),
        said: found.printed_reports().map(said).collect(),
        proofs: (1..).zip(&found.proofs).map(proof).collect(),
    };
    Ok(render(&page))
}

/// One paper of a grant, by its place in the list of the page.
pub async fn proof(app: Data<App>, who: Funder, path: Path<(GrantId, String)>) -> Reply {
    let ((id, number), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    let number: usize = number.parse().map_err(|_| Failure::NotFound)?;
    let found = app.read(move |conn| evidence_packs::granted(conn, &actor, id, now)).await?;
    let paper = number.checked_sub(1).and_then(|place| found.proofs.get(place)).ok_or(Failure::NotFound)?;
    let sha256 = paper.sha256.as_ref().ok_or(Failure::NotFound)?;
    let bytes = app.files()?.get(sha256).await?;
    let name = paper.path.rsplit('/').next().map(plain).unwrap_or_default();
    Ok(downloads::file(&name, &paper.content_type, bytes))
}

/// One archive made for this funder.
pub async fn archive(app: Data<App>, who: Funder, id: Path<EvidencePackId>) -> Reply {
    let (id, actor) = (id.into_inner(), who.actor.clone());
    let archived = app.read(move |conn| evidence_packs::given_archive(conn, &actor, id)).await?;
    let bytes = app.files()?.get(&archived.sha256).await?;
    Ok(downloads::file(&archived.name, "application/zip", bytes))
}

//! Donations: their list, one of them with its receipts, how it is receipted or cancelled, and the table of all.

use super::{
    capital,
    exports::{answer_name, streamed},
    once, places, told,
};
use crate::{
    domain::{
        donations::DonorKind,
        ids::{DocumentId, DonationId},
        lifecycle::Machine,
        lifecycles::donations::{Donation, DonationEvent, DonationState},
        money::Euros,
        roles::Role,
        text::words,
        time::{Moment, french_date},
    },
    exports::donations::DONATIONS,
    store::{
        Conn, Tx,
        donations::{Asked as Wanted, DonationRow},
        entropy,
    },
    usecases::{
        Actor, Outcome, UseCaseError,
        advance::Object,
        donation_books::{self, Fed},
        donations::{self, DonationFile},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Donors, Finance, SignedIn},
        confirming::{Confirmation, Stands},
        downloads,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, Tone, render},
        parts::{Action, Badge, Choice, Fact, Pager, Press, Stepper, TimelineEvent, Weight},
        standings,
    },
};
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

/// Donations on one page.
const PAGE: usize = 50;
pub(super) const LIST: &str = "/finances/dons";

pub(super) fn badge(state: DonationState) -> Badge {
    let tone = match state {
        DonationState::Recorded => Tone::Info,
        DonationState::Receipted => Tone::Success,
        DonationState::Cancelled => Tone::Neutral,
    };
    Badge { tone, label: state.label().to_owned() }
}

/// « Jeanne Martin », « Filature du Nord ».
pub(super) fn donor(row: &DonationRow) -> String {
    match row.donor_kind {
        DonorKind::Person => format!("{} {}", row.first_names, row.name).trim().to_owned(),
        DonorKind::Company => row.name.clone(),
    }
}

#[derive(Template)]
#[template(path = "finance/donations.html")]
struct DonationsPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    can_record: bool,
    search: String,
    years: Vec<Choice>,
    states: Vec<Choice>,
    is_narrowed: bool,
    lines: Vec<Line>,
    /// Of every page, without what was cancelled.
    sum: Euros,
    pager: Pager,
    /// Where the list is as a file; what form follows.
    file: String,
    fed: Vec<Fed>,
}

struct Line {
    href: String,
    reference: String,
    donor: String,
    given_on: String,
    amount: Euros,
    receipt: String,
    badge: Badge,
    who: String,
}

/// Which donations are asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    annee: String,
    #[serde(default)]
    etat: String,
    #[serde(default)]
    apres: String,
    #[serde(default)]
    format: String,
}

impl Asked {
    fn wanted(&self) -> Wanted {
        let year = self.annee.parse::<i32>().ok();
        let days =
            year.and_then(|year| Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?)));
        let folded = crate::domain::text::fold(&self.q);
        let words = words(&folded).map(str::to_owned).collect();
        Wanted { days, state: self.etat.parse().ok(), words }
    }

    fn query(&self) -> String {
        let pairs = [("q", &self.q), ("annee", &self.annee), ("etat", &self.etat)];
        serde_html_form::to_string(pairs).unwrap_or_default()
    }
}

fn years(asked: &Asked, today: NaiveDate) -> Vec<Choice> {
    let years = (0..10).map(|back| (today.year() - back).to_string());
    Choice::list(years.map(|year| (year.clone(), year)), &[asked.annee.as_str()])
}

fn line(row: &DonationRow, receipt: Option<&String>) -> Line {
    Line {
        href: format!("{LIST}/{}", row.id),
        reference: row.reference.clone(),
        donor: donor(row),
        given_on: french_date(row.given_on),
        amount: row.amount_cents,
        receipt: receipt.cloned().unwrap_or_default(),
        badge: badge(row.state),
        who: standings::of_donation(row.state).turn(),
    }
}

/// The donations asked for, the latest first, and what became of the money.
pub async fn list(app: Data<App>, who: Donors, asked: Query<Asked>) -> Reply {
    let (actor, asked, today) = (who.actor.clone(), asked.into_inner(), app.now().paris_date());
    let (wanted, after) = (asked.wanted(), asked.apres.parse::<DonationId>().ok());
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let found = donations::page(conn, &actor, &wanted, after, PAGE as i64 + 1)?;
        Ok((found, donation_books::uses(conn, &actor)?))
    };
    let (mut found, fed) = app.read(load).await?;
    let more = found.rows.len() > PAGE;
    found.rows.truncate(PAGE);
    let query = asked.query();
    let next = found.rows.last().filter(|_| more).map(|last| format!("{LIST}?{query}&apres={}", last.id));
    let states = DonationState::ALL.iter().map(|state| (state.code(), capital(state.label())));
    let page = DonationsPage {
        chrome: who.chrome(),
        places: places(&who, LIST),
        can_record: who.actor.is(Role::Finance),
        years: years(&asked, today),
        states: Choice::list(states, &[asked.etat.as_str()]),
        is_narrowed: [&asked.q, &asked.annee, &asked.etat].iter().any(|text| !text.is_empty()),
        lines: found.rows.iter().map(|row| line(row, found.receipts.get(&row.id))).collect(),
        sum: found.total,
        pager: Pager { first: after.map(|_| format!("{LIST}?{query}")), next },
        file: format!("{LIST}/export?{query}&"),
        fed,
        search: asked.q,
    };
    Ok(render(&page))
}

/// The donations asked for as a file: it leaves while it is read.
pub async fn export(app: Data<App>, who: Donors, asked: Query<Asked>) -> Reply {
    let (actor, asked) = (who.actor.clone(), asked.into_inner());
    let wanted = asked.wanted();
    let mut lines = app.read(move |conn| donation_books::begin_lines(conn, &actor, wanted)).await?;
    let format = if asked.format.is_empty() { "csv" } else { asked.format.as_str() };
    let name = answer_name(&["dons", &app.now().paris_date().to_string()], format);
    streamed(&app, DONATIONS, move |conn: &mut Conn| lines.next(conn), format, name).await
}

#[derive(Template)]
#[template(path = "finance/donation.html")]
struct DonationPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    title: String,
    badge: Badge,
    stepper: Stepper,
    amount: Euros,
    donor: Vec<Fact>,
    gift: Vec<Fact>,
    receipts: Vec<ReceiptLine>,
    /// Where who gave is corrected; empty when it is not.
    correction: String,
    actions: Vec<Action>,
    version: i32,
    token: String,
    events: Vec<TimelineEvent>,
}

struct ReceiptLine {
    number: String,
    href: String,
    issued: String,
    /// Since when and why it is void; empty while it counts.
    void: String,
    void_href: String,
}

/// Where an event of a donation is asked about and done, below its own address.
const fn path(event: DonationEvent) -> &'static str {
    match event {
        DonationEvent::IssueReceipt => "recu",
        DonationEvent::CancelReceipt => "annulation-du-recu",
        DonationEvent::Cancel => "annulation",
    }
}

fn button(id: DonationId, event: DonationEvent, refusal: Option<String>) -> Action {
    let (weight, press) = match event {
        DonationEvent::IssueReceipt => (Weight::Primary, Press::Acts),
        DonationEvent::CancelReceipt => (Weight::Secondary, Press::Asks),
        DonationEvent::Cancel => (Weight::Danger, Press::Asks),
    };
    let href = format!("{LIST}/{id}/{}", path(event));
    Action { label: event.label().to_owned(), href, weight, refusal, press }
}

fn donor_facts(row: &DonationRow) -> Vec<Fact> {
    let town = format!("{} {}", row.postcode, row.city);
    let parts: Vec<_> = [row.street.trim(), town.trim()].into_iter().filter(|part| !part.is_empty()).collect();
    let mut facts = vec![Fact::new("Donateur", donor(row)), Fact::new("Type", row.donor_kind.label())];
    if row.donor_kind == DonorKind::Company {
        facts.push(Fact::new("Forme juridique", &row.legal_form));
        facts.push(Fact::new("SIREN", &row.siren));
    }
    facts.push(Fact::new("Adresse", parts.join(", ")));
    facts.push(Fact::new("Courriel", &row.email));
    if let Some(at) = row.erased_at {
        facts.push(Fact::new("Effacé le", at.french()));
    }
    facts
}

fn gift_facts(file: &DonationFile) -> Vec<Fact> {
    let row = &file.row;
    vec![
        Fact::new("Numéro", &row.reference),
        Fact::new("Donné le", french_date(row.given_on)),
        Fact::new("Mode de versement", row.means.label()),
        Fact::new("Forme", row.gift_form.label()),
        Fact::new("Alimente", format!("{} ({})", file.source.title, file.source.reference)),
        Fact::new("Fléchage", file.wish.label()),
    ]
}

fn receipt_lines(file: &DonationFile) -> Vec<ReceiptLine> {
    let below = |document: DocumentId| format!("{LIST}/{}/recus/{document}", file.row.id);
    // Once the donor is erased nothing of the documents is left.
    let is_left = file.row.erased_at.is_none();
    let lines = file.receipts.iter().map(|row| ReceiptLine {
        number: row.reference.clone(),
        href: if is_left { below(row.document_id) } else { String::new() },
        issued: row.issued_at.french(),
        void: row.cancelled_at.map_or(String::new(), |at| format!("le {}. {}", at.french(), row.cancel_reason)),
        void_href: row.void_document_id.filter(|_| is_left).map(below).unwrap_or_default(),
    });
    lines.collect()
}

type View = (DonationFile, Vec<Action>, Vec<TimelineEvent>);

fn load(conn: &mut Conn, actor: &Actor, id: DonationId, now: Moment) -> Outcome<View> {
    let file = donations::file(conn, actor, id)?;
    // Buttons are judged as they will be once the reason is written.
    let mut standing = Donation::look(conn, id, actor, now)?;
    standing.facts.reason = Some(String::new());
    let offered = standing.offered().into_iter();
    let actions = offered.map(|(event, judged)| button(id, event, judged.err().map(|refusal| refusal.to_string())));
    Ok((file, actions.collect(), told(conn, Machine::Donation, id.as_str())?))
}

/// One donation.
pub async fn show(app: Data<App>, who: Donors, id: Path<DonationId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let (file, actions, events) = app.read(move |conn| load(conn, &actor, id, now)).await?;
    let row = &file.row;
    let may_correct = who.actor.is(Role::Finance) && row.state == DonationState::Recorded && row.erased_at.is_none();
    let page = DonationPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Dons")],
        title: format!("Don {}", row.reference),
        badge: badge(row.state),
        stepper: standings::of_donation(row.state),
        amount: row.amount_cents,
        donor: donor_facts(row),
        gift: gift_facts(&file),
        receipts: receipt_lines(&file),
        correction: if may_correct { format!("{LIST}/{id}/correction") } else { String::new() },
        actions,
        version: row.version,
        token: entropy::form_token()?,
        events,
    };
    Ok(render(&page))
}

/// A receipt, or the word that it is void, as a PDF.
pub async fn receipt(app: Data<App>, who: Donors, path: Path<(DonationId, DocumentId)>) -> Reply {
    let ((id, document), actor) = (path.into_inner(), who.actor.clone());
    let row = app.read(move |conn| donations::document(conn, &actor, id, document)).await?;
    downloads::letter(&app, who.actor.person, row).await
}

/// Issues the receipt.
pub async fn issue(app: Data<App>, who: Finance, id: Path<DonationId>, form: Fields) -> Reply {
    let (id, actor, now, version) = (id.into_inner(), who.actor.clone(), app.now(), form.version());
    let act = move |tx: &mut Tx| {
        donations::issue_receipt(tx, &actor, id, version, now)?;
        Ok(format!("{LIST}/{id}"))
    };
    let to = once(&app, &who, &form, format!("{LIST}/{id}/recu"), act).await?;
    Ok(see_other_saying(to, &Flash::success("Le reçu fiscal est émis.")))
}

/// Before a receipt or a donation is cancelled.
async fn question(app: &App, who: &SignedIn, id: DonationId, event: DonationEvent) -> Result<Confirmation, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let (file, standing) = app
        .read(move |conn| {
            let mut standing = Donation::look(conn, id, &actor, now)?;
            standing.facts.reason = Some(String::new());
            Ok((donations::file(conn, &actor, id)?, standing))
        })
        .await?;
    // A receipt that is void stays so: another one takes another number.
    let stands = Stands { is_final: true, ..Stands::before(&standing, event)? };
    let home = format!("{LIST}/{id}");
    let way = vec![NavLink::new(LIST, "Dons"), NavLink::new(&home, format!("Don {}", file.row.reference))];
    let lead = format!("Don {}, {}.", file.row.reference, file.row.amount_cents);
    let said: &[&str] = match event {
        DonationEvent::Cancel => &[
            "L’argent est retiré de la source qu’il alimentait, par une contre-écriture au journal.",
            "Si un reçu fiscal a été émis, il est annulé aussi\u{a0}: son numéro reste pris, et le donateur est prévenu.",
        ],
        _ => &[
            "Le reçu reste dans les livres avec son numéro, et dit qu’il est annulé. Le donateur est prévenu.",
            "Vous pourrez corriger le donateur, puis émettre un autre reçu, sous un autre numéro.",
        ],
    };
    let page = Confirmation::about(who.chrome(), way, event, stands, format!("{home}/{}", path(event)))?;
    Ok(page.saying(lead, said).with_motive("Il reste dans l’historique, et le donateur le lit si un reçu est annulé."))
}

/// Asks before a receipt is cancelled.
pub async fn ask_cancel_receipt(app: Data<App>, who: Finance, id: Path<DonationId>) -> Reply {
    Ok(question(&app, &who, id.into_inner(), DonationEvent::CancelReceipt).await?.shown())
}

/// Asks before a donation is cancelled.
pub async fn ask_cancel(app: Data<App>, who: Finance, id: Path<DonationId>) -> Reply {
    Ok(question(&app, &who, id.into_inner(), DonationEvent::Cancel).await?.shown())
}

/// Cancels, with the reason; a missing one is asked for again.
async fn cancelled(app: &App, who: &SignedIn, id: DonationId, form: &Fields, event: DonationEvent) -> Reply {
    let (actor, now, version) = (who.actor.clone(), app.now(), form.version());
    let reason = form.text("motif").to_owned();
    let act = move |tx: &mut Tx| {
        donations::cancel(tx, &actor, id, version, (event, &reason), now)?;
        Ok(format!("{LIST}/{id}"))
    };
    match once(app, who, form, format!("{LIST}/{id}/{}", path(event)), act).await {
        Ok(to) => {
            let said =
                if event == DonationEvent::Cancel { "Le don est annulé." } else { "Le reçu fiscal est annulé." };
            Ok(see_other_saying(to, &Flash::success(said)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors: FieldErrors = errors_of(wrong);
            Ok(question(app, who, id, event).await?.refused(form.text("motif"), errors))
        }
        Err(failure) => Err(failure),
    }
}

/// Cancels a receipt.
pub async fn cancel_receipt(app: Data<App>, who: Finance, id: Path<DonationId>, form: Fields) -> Reply {
    cancelled(&app, &who, id.into_inner(), &form, DonationEvent::CancelReceipt).await
}

/// Cancels a donation.
pub async fn cancel(app: Data<App>, who: Finance, id: Path<DonationId>, form: Fields) -> Reply {
    cancelled(&app, &who, id.into_inner(), &form, DonationEvent::Cancel).await
}

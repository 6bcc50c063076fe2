//! Bank statements: those that came in, and one of them with what each line would do.

use super::{capital, once, places};
use crate::{
    domain::{
        ids::{DisbursementId, InstalmentId, RecoveryId, StatementImportId, StatementLineId},
        money::Euros,
        roles::Role,
        statements::{
            Doing, EURO, StatementSide,
            matching::{Effect, Subject, Verdict},
        },
        time::french_date,
    },
    store::{
        Tx, entropy,
        instalment_lines::InstalmentLineRow,
        statements::{StatementEffectRow, StatementImportRow, StatementLineRow},
    },
    usecases::{
        UseCaseError,
        statements::{self, Chosen, Listed, Reading, Waiting},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Books, Finance, SignedIn},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, Tone, render, render_as},
        parts::{Badge, Fact, Pager},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

/// Imports on one page.
const IMPORTS: usize = 30;
/// Lines on one page.
const LINES: usize = 50;
pub(super) const LIST: &str = "/finances/releves";

#[derive(Template)]
#[template(path = "finance/statements.html")]
struct StatementsPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    can_import: bool,
    lines: Vec<ImportLine>,
    pager: Pager,
}

struct ImportLine {
    href: String,
    days: String,
    account: String,
    file: String,
    who: String,
    count: i32,
    confirmed: usize,
    /// What waits for somebody, in words.
    waiting: String,
}

/// Where a list goes on, and which lines are asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    apres: String,
    #[serde(default)]
    pub(super) groupe: String,
}

fn days(from: chrono::NaiveDate, until: chrono::NaiveDate) -> String {
    if from == until { french_date(from) } else { format!("du {} au {}", french_date(from), french_date(until)) }
}

/// « Relevé du 3 mai 2027 », « Relevé du 3 mai 2027 au 4 mai 2027 ».
fn title(import: &StatementImportRow) -> String {
    let article = if import.from_on == import.until_on { "du " } else { "" };
    format!("Relevé {article}{}", days(import.from_on, import.until_on))
}

/// « 2 à confirmer, 3 à examiner »; nothing is known of a statement that was too long to be counted.
fn waits(waiting: Option<&Waiting>) -> String {
    let Some(waiting) = waiting else { return "à ouvrir pour le savoir".to_owned() };
    let counts = [(waiting.to_confirm, "à confirmer"), (waiting.to_examine, "à examiner")];
    let said: Vec<_> = counts.iter().filter(|(count, _)| *count > 0).map(|(n, words)| format!("{n} {words}")).collect();
    if said.is_empty() { "rien".to_owned() } else { said.join(", ") }
}

fn import_line(listed: Listed, waiting: Option<&Waiting>) -> ImportLine {
    let row = listed.row;
    ImportLine {
        waiting: waits(waiting),
        href: format!("{LIST}/{}", row.id),
        days: days(row.from_on, row.until_on),
        account: listed.payer.map(|payer| payer.iban.masked()).unwrap_or_default(),
        who: format!("{}, le {}", listed.imported_by, row.imported_at.french()),
        file: row.file_name,
        count: row.line_count - row.known_count,
        confirmed: listed.confirmed,
    }
}

/// The imports, the newest first.
pub async fn list(app: Data<App>, who: Books, asked: Query<Asked>) -> Reply {
    let (actor, key) = (who.actor.clone(), asked.apres.parse::<StatementImportId>().ok());
    let now = app.now();
    let (mut found, waiting) = app
        .read(move |conn| {
            let found = statements::page(conn, &actor, key, IMPORTS as i64 + 1)?;
            let rows: Vec<_> = found.iter().take(IMPORTS).map(|listed| listed.row.clone()).collect();
            let waiting = statements::waiting(conn, &actor, &rows, now)?;
            Ok((found, waiting))
        })
        .await?;
    let more = found.len() > IMPORTS;
    found.truncate(IMPORTS);
    let next = found.last().filter(|_| more).map(|last| format!("{LIST}?apres={}", last.row.id));
    let page = StatementsPage {
        chrome: who.chrome(),
        places: places(&who, LIST),
        can_import: who.actor.is(Role::Finance),
        lines: found
            .into_iter()
            .map(|listed| {
                let waiting = waiting.get(&listed.row.id);
                import_line(listed, waiting)
            })
            .collect(),
        pager: Pager { first: key.map(|_| LIST.into()), next },
    };
    Ok(render(&page))
}

/// The lines of a statement by what is to be done with them: the code in the address, the words on the page.
const GROUPS: &[(&str, &str)] = &[
    ("a-confirmer", "À confirmer"),
    ("inconnues", "À examiner"),
    ("autres", "Sans lien avec nos versements"),
    ("constatees", "Constatées"),
];

pub(super) fn group(verdict: &Verdict) -> &'static str {
    let place = match verdict {
        Verdict::Sure(_) | Verdict::Proposed(..) | Verdict::Choice(..) => 0,
        Verdict::Unknown(_) | Verdict::Double => 1,
        Verdict::NotOurs(_) => 2,
        Verdict::Done => 3,
    };
    GROUPS[place].0
}

#[derive(Template)]
#[template(path = "finance/statement.html")]
struct StatementPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: StatementImportId,
    title: String,
    facts: Vec<Fact>,
    /// Count, words, address.
    groups: Vec<(String, String, String)>,
    group: &'static str,
    heading: &'static str,
    lines: Vec<Line>,
    can_confirm: bool,
    token: String,
    pager: Pager,
    errors: FieldErrors,
}

pub(super) struct Line {
    /// What a ticked box sends; nothing when there is nothing to confirm.
    value: Option<String>,
    /// What each choice sends and its words, where there are several.
    choices: Vec<(String, String)>,
    is_ticked: bool,
    day: String,
    who: String,
    label: String,
    amount: String,
    pub(super) badge: Badge,
    /// Words and address of each thing it does or did.
    pub(super) deeds: Vec<(String, String)>,
    pub(super) why: String,
    /// The reference it carries, where the label does not say it.
    reference: String,
    /// The payment it names without doing anything to it.
    meant: Option<(String, String)>,
}

/// What is thought of a line, as programs read it.
pub(super) const fn code(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Sure(_) => "sure",
        Verdict::Proposed(..) => "proposed",
        Verdict::Choice(..) => "choice",
        Verdict::Unknown(_) => "unknown",
        Verdict::NotOurs(_) => "not_ours",
        Verdict::Double => "double",
        Verdict::Done => "done",
    }
}

fn badge(verdict: &Verdict) -> Badge {
    let (tone, label) = match verdict {
        Verdict::Sure(_) => (Tone::Success, "rapprochée"),
        Verdict::Proposed(..) => (Tone::Info, "proposée"),
        Verdict::Choice(..) => (Tone::Info, "à choisir"),
        Verdict::Unknown(_) => (Tone::Warning, "à examiner"),
        Verdict::NotOurs(_) => (Tone::Neutral, "sans lien"),
        Verdict::Double => (Tone::Warning, "en double"),
        Verdict::Done => (Tone::Success, "constatée"),
    };
    Badge { tone, label: label.to_owned() }
}

/// An amount with its sign: what left the account is below nothing.
pub(super) fn signed(row: &StatementLineRow) -> Euros {
    if row.side == StatementSide::Debit { -row.amount_cents } else { row.amount_cents }
}

pub(super) fn amount(row: &StatementLineRow) -> String {
    let signed = signed(row);
    if row.currency == EURO { signed.to_string() } else { format!("{}\u{a0}{}", signed.plain(), row.currency) }
}

fn payment(reading: &Reading, id: DisbursementId) -> (String, String) {
    let told = reading.payment(id).map(|file| {
        let (kind, number) = (file.disbursement.kind.label(), file.disbursement.number);
        format!("{} nº\u{a0}{number} à {} ({})", capital(kind), file.holder.name, file.grant.grant_reference)
    });
    (told.unwrap_or_default(), format!("/finances/versements/{id}"))
}

fn debt(reading: &Reading, id: RecoveryId) -> (String, String) {
    let file = reading.debts.iter().find(|file| file.recovery.id == id);
    let told = file.map(|file| format!("Trop-perçu de {} ({})", file.holder.name, file.grant.grant_reference));
    (told.unwrap_or_default(), format!("/finances/trop-percus/{id}"))
}

/// What a funder has to pay, as somebody chooses it.
fn due_words(reading: &Reading, id: InstalmentId) -> String {
    let told = reading.due(id).map(|(row, reference, funder, _)| {
        format!("{}, {funder} ({reference}), attendu le {}", capital(&row.label), french_date(row.expected_on))
    });
    told.unwrap_or_default()
}

fn due(reading: &Reading, id: InstalmentId) -> (String, String) {
    let href = reading.due(id).map(|(row, ..)| format!("/finances/conventions/{}", row.funding_source_id));
    (format!("Versement de bailleur\u{a0}: {}", due_words(reading, id)), href.unwrap_or_default())
}

/// What confirming a line would do, in words.
fn wanted(reading: &Reading, row: &StatementLineRow, effect: &Effect) -> Vec<(String, String)> {
    let deed = |subject: &Subject| {
        let (what, href) = match subject {
            Subject::Payment(id) => payment(reading, *id),
            Subject::Debt(id) => debt(reading, *id),
            Subject::Due(id) => due(reading, *id),
        };
        let day = french_date(row.booked_on);
        let words = match effect.doing {
            Doing::Receive if matches!(subject, Subject::Due(_)) => format!("{what}, reçu le {day}."),
            Doing::Pay => format!("{what}\u{a0}: versé le {day}. L’avis de versement part par courriel."),
            Doing::Return => format!("{what}\u{a0}: rejeté par la banque, à autoriser de nouveau. Un courriel le dit."),
            Doing::Receive => format!("{what}\u{a0}: reçu le {day}. Un courriel le dit."),
        };
        (words, href)
    };
    effect.subjects.iter().map(deed).collect()
}

/// What a confirmed line did, in words.
fn done(reading: &Reading, effect: &StatementEffectRow) -> (String, String) {
    let (what, href) = match (effect.disbursement_id, effect.recovery_id) {
        (Some(id), _) => payment(reading, id),
        (None, Some(id)) => debt(reading, id),
        (None, None) => Default::default(),
    };
    let words = match effect.doing {
        Doing::Pay => "versé",
        Doing::Return => "rejeté par la banque",
        Doing::Receive => "reçu",
    };
    let by = reading.names.get(&effect.done_by).map(String::as_str).unwrap_or_default();
    (format!("{what}\u{a0}: {words}. Confirmé par {by} le {}.", effect.done_at.french()), href)
}

/// What a confirmed line brought from a funder, in words.
fn brought(reading: &Reading, row: &InstalmentLineRow) -> (String, String) {
    let (what, href) = due(reading, row.instalment_id);
    let by = reading.names.get(&row.done_by).map(String::as_str).unwrap_or_default();
    (format!("{what}, reçu. Confirmé par {by} le {}.", row.done_at.french()), href)
}

/// What each choice of a line sends, and its words.
fn choices(reading: &Reading, row: &StatementLineRow, verdict: &Verdict) -> Vec<(String, String)> {
    let Verdict::Choice(effects, _) = verdict else { return Vec::new() };
    let words = |subject: &Subject| match subject {
        Subject::Payment(id) => payment(reading, *id).0,
        Subject::Debt(id) => debt(reading, *id).0,
        Subject::Due(id) => due_words(reading, *id),
    };
    let choice = |effect: &Effect| {
        let words: Vec<_> = effect.subjects.iter().map(words).collect();
        (format!("{}:{}", row.id, statements::mark(effect)), words.join(", "))
    };
    effects.iter().map(choice).collect()
}

/// The payment whose reference an unsettled line carries: where whoever examines it looks next.
fn meant(reading: &Reading, row: &StatementLineRow, verdict: &Verdict) -> Option<(String, String)> {
    let reference = row.end_to_end_id.as_deref().filter(|_| matches!(verdict, Verdict::Unknown(_)))?;
    let mut payments = reading.payments.iter();
    let named = payments.find(|file| file.disbursement.end_to_end_id.as_deref() == Some(reference))?;
    Some(payment(reading, named.disbursement.id))
}

fn why(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Sure(_) => "Notre référence et le montant attendu.",
        Verdict::Proposed(_, why) | Verdict::Choice(_, why) | Verdict::NotOurs(why) => why,
        Verdict::Unknown(why) => why,
        Verdict::Double => "La même ligne figure plus haut dans ce fichier\u{a0}: elle ne compte qu’une fois.",
        Verdict::Done => "",
    }
}

pub(super) fn line(reading: &Reading, row: &StatementLineRow, verdict: &Verdict) -> Line {
    let who = [row.counterpart.as_str(), row.masked_account.as_str()];
    let who: Vec<_> = who.into_iter().filter(|text| !text.is_empty()).collect();
    let acted = reading.effects.iter().filter(|effect| effect.line_id == row.id).map(|effect| done(reading, effect));
    let came = reading.brought.iter().filter(|came| came.line_id == row.id).map(|came| brought(reading, came));
    let deeds = match verdict.effects() {
        [] => acted.chain(came).collect(),
        effects => effects.iter().flat_map(|effect| wanted(reading, row, effect)).collect(),
    };
    Line {
        choices: choices(reading, row, verdict),
        value: verdict.effect().map(|effect| format!("{}:{}", row.id, statements::mark(effect))),
        is_ticked: matches!(verdict, Verdict::Sure(_)),
        day: french_date(row.booked_on),
        who: who.join(", "),
        label: row.label.clone(),
        // A file for programs keeps the hyphen.
        amount: amount(row).replace('-', "\u{2212}"),
        badge: badge(verdict),
        deeds,
        why: why(verdict).to_owned(),
        reference: row
            .end_to_end_id
            .clone()
            .filter(|reference| !row.label.contains(reference.as_str()))
            .unwrap_or_default(),
        meant: meant(reading, row, verdict),
    }
}

fn facts(reading: &Reading) -> Vec<Fact> {
    let import = &reading.import;
    let by = reading.names.get(&import.imported_by).map(String::as_str).unwrap_or_default();
    let known = match import.known_count {
        0 => String::new(),
        known => format!(", dont {known} déjà connues par un autre import"),
    };
    let mut facts = vec![
        Fact::new("Compte", format!("{}, {}", reading.payer.holder, reading.payer.iban.masked())),
        Fact::new("Période", days(import.from_on, import.until_on)),
        Fact::new("Opérations du fichier", format!("{}{known}", import.line_count)),
        Fact::new("Fichier", format!("{} ({})", import.file_name, import.format.label())),
        Fact::new("Importé par", format!("{by}, le {}", import.imported_at.french())),
    ];
    if !import.reference.is_empty() {
        facts.insert(1, Fact::new("Relevé", &import.reference));
    }
    facts
}

async fn page(
    app: &App,
    who: &SignedIn,
    id: StatementImportId,
    asked: &Asked,
    errors: FieldErrors,
) -> Result<StatementPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let reading = app.read(move |conn| statements::read(conn, &actor, id, now)).await?;
    let count = |code: &str| reading.lines.iter().filter(|(_, verdict)| group(verdict) == code).count();
    let asked_for = GROUPS.iter().find(|(code, _)| *code == asked.groupe);
    let (shown, heading) = *asked_for.or_else(|| GROUPS.iter().find(|(code, _)| count(code) > 0)).unwrap_or(&GROUPS[0]);
    let after: i32 = asked.apres.parse().unwrap_or(0);
    let of_group = reading.lines.iter().filter(|(row, verdict)| group(verdict) == shown && row.position > after);
    let mut of_page: Vec<_> = of_group.take(LINES + 1).collect();
    let more = of_page.len() > LINES;
    of_page.truncate(LINES);
    let here = format!("{LIST}/{id}?groupe={shown}");
    let next = of_page.last().filter(|_| more).map(|(row, _)| format!("{here}&apres={}", row.position));
    let figure = |(code, words): &(&str, &str)| {
        (count(code).to_string(), (*words).to_owned(), format!("{LIST}/{id}?groupe={code}"))
    };
    Ok(StatementPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Relevés de banque")],
        id,
        title: title(&reading.import),
        facts: facts(&reading),
        groups: GROUPS.iter().map(figure).collect(),
        group: shown,
        heading,
        lines: of_page.iter().map(|(row, verdict)| line(&reading, row, verdict)).collect(),
        can_confirm: who.actor.is(Role::Finance) && of_page.iter().any(|(_, verdict)| !verdict.effects().is_empty()),
        token: entropy::form_token()?,
        pager: Pager { first: (after > 0).then_some(here), next },
        errors,
    })
}

/// One import with its lines.
pub async fn show(app: Data<App>, who: Books, id: Path<StatementImportId>, asked: Query<Asked>) -> Reply {
    Ok(render(&page(&app, &who, id.into_inner(), &asked, FieldErrors::none()).await?))
}

fn chosen(form: &Fields) -> Vec<Chosen> {
    let pair = |value: &str| {
        let (line, mark) = value.split_once(':')?;
        Some((line.parse::<StatementLineId>().ok()?, mark.to_owned()))
    };
    form.all("ligne").filter_map(pair).collect()
}

/// Confirms the ticked lines.
pub async fn confirm(app: Data<App>, who: Finance, id: Path<StatementImportId>, form: Fields) -> Reply {
    let (id, actor, now, chosen) = (id.into_inner(), who.actor.clone(), app.now(), chosen(&form));
    let act = move |tx: &mut Tx| {
        statements::confirm(tx, &actor, id, &chosen, now)?;
        Ok(format!("{LIST}/{id}"))
    };
    match once(&app, &who, &form, format!("{LIST}/{id}/confirmation"), act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Les lignes cochées sont constatées."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let asked = Asked { groupe: form.text("groupe").to_owned(), ..Asked::default() };
            let page = page(&app, &who, id, &asked, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

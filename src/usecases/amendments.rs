//! Amendments to a grant: asked for by its holder, decided by the house.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, Object, Standing, advance, record_birth},
    agreements, amendment_terms, documents, earmark_overrides, grants, raised_agreements, reasons, signing, terms,
};
use crate::{
    domain::{
        amendments::AmendmentKind,
        budgets::Side,
        correspondence::{
            amendments::{self as letters, Decided},
            evidence,
        },
        ids::{AmendmentId, GrantId},
        letters::LetterKind,
        lifecycle::Refusal,
        lifecycles::{
            amendments::{Amendment, AmendmentEvent, AmendmentFacts, AmendmentState},
            grants::GrantState,
        },
        money::Euros,
        roles::Role,
        text::unprintable_sentence,
        time::Moment,
    },
    store::{
        Conn, Tx,
        amendments::{self, AmendmentRow, LineRow},
        answers::BudgetLineRow,
        documents as papers,
        grants::{self as store_grants, GrantFile, GrantRow},
        signing as signed,
    },
};
use chrono::{Months, NaiveDate};

impl Object for Amendment {
    type Id = AmendmentId;

    fn look(conn: &mut Conn, id: AmendmentId, actor: &Actor, _: Moment) -> Outcome<Standing<Self>> {
        let row = amendments::find(conn, id)?;
        let file = store_grants::file(conn, row.grant_id)?;
        let roles = grants::visible_to(conn, actor, &file)?;
        let is_undecided = matches!(row.state, AmendmentState::Requested | AmendmentState::ToSign);
        let facts = AmendmentFacts {
            is_grant_open: is_open(file.grant.state),
            is_of_agreement: is_signed(&file.grant),
            makes_agreement: raised_agreements::is_made_by(conn, &row, &file.grant)?,
            is_other_to_sign: row.state == AmendmentState::Requested && is_other_to_sign(conn, &row, &file.grant)?,
            is_signed_by_both: row.state == AmendmentState::ToSign && is_signed_by_both(conn, &row)?,
            obstacle: match is_undecided {
                true => obstacle(conn, actor, &row, &file.grant)?,
                false => None,
            },
            motive: row.motive.clone(),
        };
        Ok(Standing { state: row.state, version: row.version, roles, facts, reason: row.motive.unwrap_or_default() })
    }
}

/// What stands in the way of an amendment today: what it asks for, or the agreement it takes.
fn obstacle(conn: &mut Conn, actor: &Actor, row: &AmendmentRow, grant: &GrantRow) -> Outcome<Option<String>> {
    match amendment_terms::obstacle(conn, actor, row, grant)? {
        None => raised_agreements::obstacle(conn, row, grant),
        said => Ok(said),
    }
}

/// Whether both have signed the agreement of a grant.
fn is_signed(grant: &GrantRow) -> bool {
    grant.is_agreement_required && grant.holder_signed_at.is_some() && grant.issuer_signed_at.is_some()
}

/// The paper of an amendment that both are to sign, if there is one.
pub(super) fn paper_of(conn: &mut Conn, row: &AmendmentRow) -> Outcome<Option<signed::PaperRow>> {
    let papers = signed::papers_of(conn, row.grant_id)?;
    Ok(papers.into_iter().rev().find(|paper| paper.amendment_id == Some(row.id)))
}

fn is_signed_by_both(conn: &mut Conn, row: &AmendmentRow) -> Outcome<bool> {
    match paper_of(conn, row)? {
        Some(paper) => Ok(signed::signatures_under(conn, &[paper.document_id])?.len() == 2),
        None => Ok(false),
    }
}

/// Whether another amendment that changes the same waits for signatures. What waits where there is no agreement yet is a
/// whole one: it says everything.
fn is_other_to_sign(conn: &mut Conn, row: &AmendmentRow, grant: &GrantRow) -> Outcome<bool> {
    let is_same = |other: &AmendmentRow| !grant.is_agreement_required || other.kind.meets(row.kind);
    let others = amendments::of_grant(conn, row.grant_id)?;
    Ok(others.iter().any(|other| other.state == AmendmentState::ToSign && is_same(other)))
}

/// Whether a grant can still change.
pub fn is_open(state: GrantState) -> bool {
    matches!(state, GrantState::Accepted | GrantState::AgreementSent | GrantState::Active | GrantState::Suspended)
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct AmendmentForm {
    pub kind: AmendmentKind,
    /// What should change, in words.
    pub wanted: String,
    pub new_ends_on: Option<NaiveDate>,
    pub new_amount: Option<Euros>,
    pub new_partner: String,
    /// Lines of the expenses as they are to become, by position; the others stay.
    pub lines: Vec<(i32, Euros)>,
    pub reason: String,
}

impl AmendmentForm {
    /// A demand in words alone, its terms still to be filled in.
    pub fn new(kind: AmendmentKind, wanted: &str, reason: &str) -> Self {
        AmendmentForm {
            kind,
            wanted: wanted.to_owned(),
            new_ends_on: None,
            new_amount: None,
            new_partner: String::new(),
            lines: Vec::new(),
            reason: reason.to_owned(),
        }
    }
}

/// Asks for an amendment.
pub fn request(tx: &mut Tx, actor: &Actor, grant: GrantId, form: &AmendmentForm, now: Moment) -> Outcome<AmendmentId> {
    let file = store_grants::file(tx.conn(), grant)?;
    let roles = grants::visible_to(tx.conn(), actor, &file)?;
    if !is_open(file.grant.state) {
        return Err(Refusal::because("La subvention ne peut plus changer.").into());
    }
    let budget = amendment_terms::agreed_budget(tx.conn(), (grant, file.grant.application_id), None)?;
    check(form, &file, &budget)?;
    let id: AmendmentId = tx.mint(now)?;
    let row = AmendmentRow {
        id,
        grant_id: grant,
        kind: form.kind,
        wanted: form.wanted.trim().to_owned(),
        new_ends_on: form.new_ends_on.filter(|_| form.kind == AmendmentKind::Duration),
        reason: reasons::written(&form.reason)?,
        motive: None,
        requested_by: access::person(actor)?,
        state: AmendmentState::Requested,
        version: 0,
        state_at: now,
        created_at: now,
        new_amount_cents: form.new_amount.filter(|_| form.kind == AmendmentKind::Amount),
        new_partner: Some(form.new_partner.trim().to_owned()).filter(|_| form.kind == AmendmentKind::Partner),
    };
    amendments::insert(tx, &row)?;
    if form.kind == AmendmentKind::Budget {
        let line = |(position, planned): &(i32, Euros)| LineRow {
            amendment_id: id,
            position: *position,
            planned_cents: *planned,
        };
        let changed = form.lines.iter().filter(|line| is_changed(&budget, line));
        amendments::insert_lines(tx, &changed.map(line).collect::<Vec<_>>())?;
    }
    record_birth::<Amendment>(tx, actor, &roles, id, now)?;
    Ok(id)
}

/// What a request of any kind must say and does not.
pub fn unsaid(wanted: &str, reason: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if wanted.trim().is_empty() {
        errors.push(FieldError::new("demande", "Décrivez ce qui doit changer."));
    }
    errors.extend(unprintable_sentence(wanted).map(|sentence| FieldError::new("demande", sentence)));
    if reason.trim().is_empty() {
        errors.push(FieldError::new("motif", "Expliquez pourquoi."));
    }
    errors
}

/// Whether a line is one of the expenses and becomes something else.
fn is_changed(budget: &[BudgetLineRow], (position, planned): &(i32, Euros)) -> bool {
    expenses(budget).any(|line| line.position == *position && line.planned_cents != *planned)
}

fn expenses(budget: &[BudgetLineRow]) -> impl Iterator<Item = &BudgetLineRow> {
    budget.iter().filter(|line| line.side == Side::Expense.code())
}

fn check(form: &AmendmentForm, file: &GrantFile, budget: &[BudgetLineRow]) -> Outcome<()> {
    let mut errors: Vec<FieldError> = Vec::new();
    errors.extend(match form.kind {
        AmendmentKind::Bank => Some(FieldError::new("nature", "Pour changer de compte, saisissez le nouveau RIB.")),
        AmendmentKind::Amount => amount_fault(form.new_amount, file.grant.amount_cents),
        AmendmentKind::Duration => match form.new_ends_on {
            None => Some(FieldError::new("nouvelle_fin", "Indiquez la nouvelle date de fin.")),
            Some(day) if file.grant.ends_on == Some(day) => {
                Some(FieldError::new("nouvelle_fin", "C’est déjà la date de fin."))
            }
            Some(day) if file.grant.starts_on.is_some_and(|start| day < start) => {
                Some(FieldError::new("nouvelle_fin", "Le projet ne peut pas finir avant d’avoir commencé."))
            }
            Some(day) if day > latest_end(&file.grant) => {
                Some(FieldError::new("nouvelle_fin", "Relisez l’année\u{a0}: cette date est trop lointaine."))
            }
            Some(_) => None,
        },
        AmendmentKind::Budget => budget_fault(&form.lines, budget),
        AmendmentKind::Partner if form.new_partner.trim().is_empty() => {
            Some(FieldError::new("nouveau_partenaire", "Indiquez les partenaires tels qu’ils seront."))
        }
        AmendmentKind::Partner => {
            unprintable_sentence(&form.new_partner).map(|sentence| FieldError::new("nouveau_partenaire", sentence))
        }
    });
    errors.extend(unsaid(&form.wanted, &form.reason));
    if errors.is_empty() { Ok(()) } else { Err(UseCaseError::Invalid(errors)) }
}

/// Years after its decision in which a project ends: a later day is a slip of the keyboard.
const MOST_YEARS: u32 = 10;

fn latest_end(grant: &GrantRow) -> NaiveDate {
    grant.decided_on.checked_add_months(Months::new(12 * MOST_YEARS)).unwrap_or(grant.decided_on)
}

fn amount_fault(new: Option<Euros>, amount: Euros) -> Option<FieldError> {
    let sentence = match new {
        None => "Indiquez le nouveau montant, en euros.",
        Some(new) if !new.is_positive() => "Le montant doit être plus grand que zéro.",
        Some(new) if new == amount => "C’est déjà le montant de la subvention.",
        Some(_) => return None,
    };
    Some(FieldError::new("nouveau_montant", sentence))
}

/// A shift spends the same sum otherwise.
fn budget_fault(lines: &[(i32, Euros)], budget: &[BudgetLineRow]) -> Option<FieldError> {
    let fault = |sentence: String| Some(FieldError::new("budget", sentence));
    let is_again = |(place, (position, _)): (usize, &(i32, Euros))| {
        lines.iter().take(place).any(|(earlier, _)| earlier == position)
    };
    if lines.iter().enumerate().any(is_again) {
        return fault("Une dépense ne se donne qu’une seule fois.".into());
    }
    if lines.iter().any(|(_, planned)| *planned < Euros::ZERO) {
        return fault("Une dépense ne peut pas être négative.".into());
    }
    if !lines.iter().any(|line| is_changed(budget, line)) {
        return fault("Changez le montant d’au moins deux lignes de dépenses.".into());
    }
    let wanted = |line: &BudgetLineRow| lines.iter().find(|(position, _)| *position == line.position);
    let before: Euros = expenses(budget).map(|line| line.planned_cents).sum();
    let after: Euros = expenses(budget).map(|line| wanted(line).map_or(line.planned_cents, |(_, new)| *new)).sum();
    if before == after {
        return None;
    }
    fault(format!("Le total des dépenses doit rester de {before}\u{a0}: vos lignes font {after}."))
}

/// The expenses of the budget agreed on, for whoever asks to shift them: position, name, amount.
pub fn agreed_expenses(conn: &mut Conn, actor: &Actor, id: GrantId) -> Outcome<Vec<(i32, String, Euros)>> {
    let grant = grants::file(conn, actor, id)?.grant;
    let budget = amendment_terms::agreed_budget(conn, (id, grant.application_id), None)?;
    let line = |line: &BudgetLineRow| (line.position, amendment_terms::line_name(line), line.planned_cents);
    Ok(expenses(&budget).map(line).collect())
}

/// Grants an amendment: at once, or to be signed by both when the agreement was or when it takes one.
pub fn approve(tx: &mut Tx, actor: &Actor, id: AmendmentId, version: i32, now: Moment) -> Outcome<Cause> {
    let facts = Amendment::look(tx.conn(), id, actor, now)?.facts;
    let event = match facts.is_of_agreement || facts.makes_agreement {
        true => AmendmentEvent::Propose,
        false => AmendmentEvent::Approve,
    };
    advance::<Amendment>(tx, actor, id, version, event, now)
}

/// Decides an amendment; a motive may come with a yes and must with a no.
pub fn decide(
    tx: &mut Tx,
    actor: &Actor,
    asked: (AmendmentId, i32),
    (is_granted, motive): (bool, &str),
    now: Moment,
) -> Outcome<Cause> {
    decide_beyond(tx, actor, asked, (is_granted, motive, ""), now)
}

/// The same with the reason why an amount goes beyond a ceiling on the axis of its project, where the call lets it; often
/// empty.
pub fn decide_beyond(
    tx: &mut Tx,
    actor: &Actor,
    (id, version): (AmendmentId, i32),
    (is_granted, motive, beyond): (bool, &str, &str),
    now: Moment,
) -> Outcome<Cause> {
    if !is_granted {
        return refuse(tx, actor, id, version, motive, now);
    }
    access::require(actor, &[Role::Officer, Role::Director])?;
    if !motive.trim().is_empty() {
        amendments::set_motive(tx, id, &reasons::written(motive)?)?;
    }
    let row = amendments::find(tx.conn(), id)?;
    // A grant the actor is recused from does not exist, whatever was typed about it.
    let grant = grants::file(tx.conn(), actor, row.grant_id)?.grant;
    if row.state == AmendmentState::Requested {
        earmark_overrides::reason_amendment(tx, actor, (&row, &grant), beyond, now)?;
    }
    approve(tx, actor, id, version, now)
}

/// Refuses an amendment, and says why.
pub fn refuse(tx: &mut Tx, actor: &Actor, id: AmendmentId, version: i32, motive: &str, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Officer, Role::Director])?;
    amendments::set_motive(tx, id, &reasons::written(motive)?)?;
    advance::<Amendment>(tx, actor, id, version, AmendmentEvent::Refuse, now)
}

/// The amendments of a grant, for those who may see it.
pub fn of_grant(conn: &mut Conn, actor: &Actor, id: GrantId) -> Outcome<Vec<AmendmentRow>> {
    grants::file(conn, actor, id)?;
    Ok(amendments::of_grant(conn, id)?)
}

/// Issues an amendment, or the whole agreement that it takes, as a contract that both are to sign.
pub(super) fn send_amendment(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = amendments::find(tx.conn(), cause.subject()?)?;
    amendment_terms::note_changes(tx, &row, cause.now)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    if !about.file.grant.is_agreement_required {
        return raised_agreements::send(tx, cause, &row, about);
    }
    let decided = decided(tx.conn(), &row, &about.file)?;
    let letter = letters::approved_letter(&about.project, &decided);
    let by = crate::domain::signing::sign_by(cause.now.paris_date());
    let mail = evidence::amendment_to_sign_mail(&about.project, &decided.kind, by);
    let document_id = documents::issue_and_send(tx, cause, &about.settings, letter, &about.recipients, &mail)?;
    let paper = signed::PaperRow {
        document_id,
        grant_id: row.grant_id,
        amendment_id: Some(row.id),
        sign_by: by,
        replaced_at: None,
    };
    Ok(signed::insert_paper(tx, &paper)?)
}

fn decided(conn: &mut Conn, row: &AmendmentRow, file: &GrantFile) -> Outcome<Decided> {
    let all = amendments::of_grant(conn, row.grant_id)?;
    Ok(Decided {
        kind: row.kind.label().to_owned(),
        wanted: row.wanted.clone(),
        changes: amendment_terms::noted_changes(conn, row.id)?,
        motive: row.motive.clone().unwrap_or_default(),
        number: all.iter().position(|other| other.id == row.id).map_or(1, |place| place + 1),
        asked_at: row.created_at,
        is_of_agreement: is_signed(&file.grant),
    })
}

pub(super) fn tell_amendment_decided(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = amendments::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let decided = decided(tx.conn(), &row, &about.file)?;
    let paper = paper_of(tx.conn(), &row)?;
    if row.state == AmendmentState::Refused {
        if let Some(paper) = paper {
            signed::replace_paper(tx, paper.document_id, cause.now)?;
        }
        return terms::tell(tx, cause, &about.recipients, &letters::refused_mail(&about.project, &decided));
    }
    let (letter, mail) = match paper {
        Some(paper) => {
            let document = papers::find(tx.conn(), paper.document_id)?;
            let proofs = signing::proofs(tx.conn(), paper.document_id)?;
            let number = document.reference.clone();
            let copy = evidence::signed_copy(agreements::letter_of(&document)?, &number, &proofs, cause.now);
            let mail = match document.kind {
                LetterKind::Agreement => {
                    letters::agreement_in_force_mail(&about.project, about.file.grant.amount_cents)
                }
                _ => letters::signed_mail(&about.project, &decided),
            };
            (copy, mail)
        }
        None => {
            let mail = letters::approved_mail(&about.project, &decided);
            (letters::approved_letter(&about.project, &decided), mail)
        }
    };
    documents::issue_and_send(tx, cause, &about.settings, letter, &about.recipients, &mail)?;
    Ok(())
}

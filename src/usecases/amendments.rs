//! Amendments to a grant: asked for by its holder, decided by the house.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, Object, Standing, advance, record_birth},
    documents, grants, reasons, terms,
};
use crate::{
    domain::{
        amendments::AmendmentKind,
        correspondence::amendments::{self as letters, Decided},
        ids::{AmendmentId, GrantId},
        lifecycle::Refusal,
        lifecycles::{
            amendments::{Amendment, AmendmentEvent, AmendmentFacts, AmendmentState},
            grants::GrantState,
            reports::ReportState,
        },
        roles::Role,
        text::unprintable_sentence,
        time::Moment,
    },
    store::{
        Conn, Tx,
        amendments::{self, AmendmentRow},
        grants as store_grants, people, reports,
    },
};
use chrono::NaiveDate;

impl Object for Amendment {
    type Id = AmendmentId;

    fn look(conn: &mut Conn, id: AmendmentId, actor: &Actor, _: Moment) -> Outcome<Standing<Self>> {
        let row = amendments::find(conn, id)?;
        let file = store_grants::file(conn, row.grant_id)?;
        let roles = grants::visible_to(conn, actor, &file)?;
        let facts = AmendmentFacts { is_grant_open: is_open(file.grant.state), motive: row.motive.clone() };
        Ok(Standing { state: row.state, version: row.version, roles, facts, reason: row.motive.unwrap_or_default() })
    }
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
    pub reason: String,
}

/// Asks for an amendment.
pub fn request(tx: &mut Tx, actor: &Actor, grant: GrantId, form: &AmendmentForm, now: Moment) -> Outcome<AmendmentId> {
    let file = store_grants::file(tx.conn(), grant)?;
    let roles = grants::visible_to(tx.conn(), actor, &file)?;
    if !is_open(file.grant.state) {
        return Err(Refusal::because("La subvention ne peut plus changer.").into());
    }
    check(form, file.grant.ends_on)?;
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
    };
    amendments::insert(tx, &row)?;
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

fn check(form: &AmendmentForm, ends_on: Option<NaiveDate>) -> Outcome<()> {
    let mut errors = Vec::new();
    match form.kind {
        AmendmentKind::Bank => {
            errors.push(FieldError::new("nature", "Pour changer de compte, saisissez le nouveau RIB."));
        }
        AmendmentKind::Amount => {
            errors.push(FieldError::new(
                "nature",
                "Le montant se révise au solde\u{a0}: écrivez-nous avant de demander plus.",
            ));
        }
        AmendmentKind::Duration => match form.new_ends_on {
            None => errors.push(FieldError::new("nouvelle_fin", "Indiquez la nouvelle date de fin.")),
            Some(day) if ends_on.is_some_and(|ends_on| day == ends_on) => {
                errors.push(FieldError::new("nouvelle_fin", "C’est déjà la date de fin."));
            }
            Some(_) => {}
        },
        AmendmentKind::Budget | AmendmentKind::Partner => {}
    }
    errors.extend(unsaid(&form.wanted, &form.reason));
    if errors.is_empty() { Ok(()) } else { Err(UseCaseError::Invalid(errors)) }
}

/// Approves an amendment.
pub fn approve(tx: &mut Tx, actor: &Actor, id: AmendmentId, version: i32, now: Moment) -> Outcome<Cause> {
    advance::<Amendment>(tx, actor, id, version, AmendmentEvent::Approve, now)
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

/// A new end moves the reports still awaited by as many days; other amendments are their own record.
pub(super) fn apply_amendment(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = amendments::find(tx.conn(), cause.subject()?)?;
    let grant = store_grants::find(tx.conn(), row.grant_id)?;
    let Some(new_ends_on) = row.new_ends_on else { return Ok(()) };
    store_grants::set_ends_on(tx, grant.id, new_ends_on)?;
    let Some(former) = grant.ends_on else { return Ok(()) };
    let shift = new_ends_on - former;
    for report in reports::of_grant(tx.conn(), grant.id)? {
        if matches!(report.state, ReportState::Expected | ReportState::Draft) {
            reports::set_due_on(tx, report.id, report.due_on + shift)?;
        }
    }
    Ok(())
}

pub(super) fn tell_amendment_decided(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = amendments::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let all = amendments::of_grant(tx.conn(), row.grant_id)?;
    let asker = people::find(tx.conn(), row.requested_by)?.name;
    let judge = cause.actor.person.map(|id| people::find(tx.conn(), id)).transpose()?;
    let decided = Decided {
        kind: row.kind.label().to_owned(),
        wanted: row.wanted.clone(),
        new_ends_on: row.new_ends_on,
        motive: row.motive.clone().unwrap_or_default(),
        number: all.iter().position(|other| other.id == row.id).map_or(1, |place| place + 1),
        asked: (asker, row.created_at),
        decided: (judge.map_or(about.project.issuer.name.clone(), |judge| judge.name), cause.now),
        is_of_agreement: about.file.grant.is_agreement_required && about.file.grant.holder_signed_at.is_some(),
    };
    if row.state == AmendmentState::Refused {
        return terms::tell(tx, cause, &about.recipients, &letters::refused_mail(&about.project, &decided));
    }
    let letter = letters::approved_letter(&about.project, &decided);
    let mail = letters::approved_mail(&about.project, &decided);
    documents::issue_and_send(tx, cause, &about.settings, letter, &about.recipients, &mail)?;
    Ok(())
}

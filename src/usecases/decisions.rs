//! Decisions: taken in session, under embargo until the call is announced.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    advance::{Cause, advance},
    applications,
    committees::require,
    definitions, earmark_overrides,
    releases::{self, Release, Sending},
};
use crate::{
    domain::{
        decisions::{DecisionPace, Verdict},
        ids::{ApplicationId, CallId},
        lifecycles::applications::Application,
        money::Euros,
        roles::Role,
        text::unprintable_sentence,
        time::Moment,
    },
    store::{
        Tx, calls,
        decisions::{self, Of},
        digests::sha256,
        reviews,
    },
};

/// What was typed to decide about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionForm {
    pub verdict: Verdict,
    /// As typed; read for an award alone.
    pub amount: String,
    pub motive: String,
    pub conditions: String,
}

/// The longest motive or list of conditions, in characters: what a letter has room for.
const LONGEST: usize = 2_000;

impl DecisionForm {
    /// The amount of an award.
    fn awarded(&self) -> Option<Euros> {
        let typed = self.amount.trim().parse::<Euros>().ok();
        typed.filter(|amount| self.verdict == Verdict::Award && amount.is_positive())
    }

    /// Everything that is wrong with it, in the order of the form.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.verdict == Verdict::Award && self.awarded().is_none() {
            errors.push(FieldError::new("montant", "Indiquez le montant accordé, par exemple 4\u{202f}500,00."));
        }
        if self.motive.trim().is_empty() {
            let sentence = "Écrivez le motif\u{a0}: il figure dans la lettre, la personne doit savoir pourquoi.";
            errors.push(FieldError::new("motif", sentence));
        }
        for (field, text) in [("motif", &self.motive), ("conditions", &self.conditions)] {
            if text.chars().count() > LONGEST {
                errors.push(FieldError::new(field, format!("Au plus {LONGEST} caractères.")));
            }
            errors.extend(unprintable_sentence(text).map(|sentence| FieldError::new(field, sentence)));
        }
        errors
    }

    /// The digest of what is decided about a file whose page showed `version`: who has read what it sends carries it back.
    pub fn digest(&self, version: i32) -> String {
        sha256(format!("{version}\n{self:?}"))
    }

    fn read(&self) -> Result<Option<Euros>, UseCaseError> {
        let faults = self.faults();
        if faults.is_empty() { Ok(self.awarded()) } else { Err(UseCaseError::Invalid(faults)) }
    }
}

/// Takes the decision of the committee on one file whose page showed `version`. Nothing of it is told to the applicant
/// before the results of the call are announced, unless the call tells each decision as it is taken.
pub fn decide(
    tx: &mut Tx,
    officer: &Actor,
    application: ApplicationId,
    form: &DecisionForm,
    version: i32,
    now: Moment,
) -> Outcome<()> {
    decide_beyond(tx, officer, application, (form, ""), version, now)
}

/// The same with the reason why an award goes beyond a ceiling on its axis, where the call lets it; often empty.
pub fn decide_beyond(
    tx: &mut Tx,
    officer: &Actor,
    application: ApplicationId,
    (form, reason): (&DecisionForm, &str),
    version: i32,
    now: Moment,
) -> Outcome<()> {
    require(officer, Role::Officer)?;
    // A file the officer is recused from does not exist, whatever was typed about it.
    reviews::file(tx.conn(), officer.person, application)?;
    let amount = form.read()?;
    let conditions = Some(form.conditions.trim()).filter(|text| !text.is_empty());
    decisions::set(tx, application, amount, Some(form.motive.trim()), conditions)?;
    if form.verdict == Verdict::Award {
        let row = applications::find(tx.conn(), officer, application)?;
        let definition = definitions::call(&calls::find(tx.conn(), row.call_id)?.settings)?;
        earmark_overrides::override_ceilings(tx, &row, &definition, reason, officer, now)?;
    }
    advance::<Application>(tx, officer, application, version, form.verdict.event(), now)?;
    Ok(())
}

/// What a decision would send if it were taken as typed, where it leaves at once. To be run in a transaction that is taken
/// back: see [`crate::store::Db::rehearse`].
pub fn foresee(
    tx: &mut Tx,
    officer: &Actor,
    application: ApplicationId,
    decided: (&DecisionForm, &str),
    version: i32,
    now: Moment,
) -> Outcome<Sending> {
    decide_beyond(tx, officer, application, decided, version, now)?;
    releases::sending(tx.conn(), application, now)
}

/// Sends every decision of an announced call, each with its letter; those told as they were taken do not leave twice.
pub(super) fn release_decisions(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let call: CallId = cause.subject()?;
    if calls::find(tx.conn(), call)?.decision_pace == DecisionPace::Rolling {
        return Ok(());
    }
    Release::load(tx.conn(), call, Of::Call(call), cause.now)?.send(tx, cause)
}

/// Sends one decision, taken when the results were already announced or in a call that tells each as it is taken; in any
/// other it waits for the announcement.
pub(super) fn release_decision(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let application: ApplicationId = cause.subject()?;
    let call = decisions::call_of(tx.conn(), application)?;
    if !calls::find(tx.conn(), call)?.is_announced() {
        return Ok(());
    }
    Release::load(tx.conn(), call, Of::Application(application), cause.now)?.send(tx, cause)
}

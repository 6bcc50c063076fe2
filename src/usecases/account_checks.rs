//! Verifying a bank account: by another person than whoever entered it, who notes what the bank answers about the name of
//! the holder and how the organisation confirmed the account; and, of an account in another name than that of a public body,
//! why it is the body's own.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, Object},
    bank_accounts,
};
use crate::{
    domain::{
        account_checks::{AccountCheck, CheckFault, Confirmation, LONGEST_REASON, PayeeAnswer},
        ids::BankAccountId,
        lifecycle,
        lifecycles::bank_accounts::{BankAccount, BankAccountEvent},
        roles::Role,
        time::Moment,
    },
    store::{
        StoreError, Tx,
        account_checks::{self, AccountCheckRow},
        bank_accounts::{self as rows, BankAccountRow},
        organisations,
        public_accountants::{self, PublicAccountantRow},
    },
};

/// What whoever verifies notes, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckForm {
    /// The code of an answer of the bank.
    pub answer: String,
    pub name_given: String,
    /// The code of a way to confirm.
    pub confirmation: String,
    pub reason: String,
    /// Why an account in another name is the organisation's; asked of public bodies alone.
    pub holder_reason: String,
}

impl CheckForm {
    /// All is well: for made-up data.
    pub fn agreed() -> Self {
        CheckForm {
            answer: PayeeAnswer::Match.code().to_owned(),
            confirmation: Confirmation::Call.code().to_owned(),
            ..CheckForm::default()
        }
    }

    /// What is wrong with what was written of the holder, where somebody else than the organisation is.
    fn holder_fault(&self) -> Option<FieldError> {
        let said = match self.holder_reason.trim().chars().count() {
            0 => {
                "Le RIB n’est pas au nom de l’organisation. Écrivez qui est ce comptable public et quel document vous l’a \
                 montré, ou ne vérifiez pas ce compte."
            }
            length if length > LONGEST_REASON => "Ce texte est trop long\u{a0}: 2\u{202f}000 caractères au plus.",
            _ => return None,
        };
        Some(FieldError::new("motif_titulaire", said))
    }

    /// The check, or everything that is wrong with it in the order of the form.
    fn read(&self, replaces: Option<BankAccountId>, is_other_holder: bool) -> Outcome<AccountCheck> {
        let mut wrong = Vec::new();
        wrong.extend(self.holder_fault().filter(|_| is_other_holder));
        let answer = self.answer.parse::<PayeeAnswer>();
        if answer.is_err() {
            wrong.push(FieldError::new("reponse", "Choisissez ce que la banque a répondu."));
        }
        let confirmation = self.confirmation.parse::<Confirmation>();
        if confirmation.is_err() {
            wrong.push(FieldError::new("confirmation", "Choisissez comment l’organisation a confirmé ce compte."));
        }
        if self.reason.trim().chars().count() > LONGEST_REASON {
            wrong.push(FieldError::new(
                "motif_reponse",
                "Le motif est trop long\u{a0}: 2\u{202f}000 caractères au plus.",
            ));
        }
        let (Ok(answer), Ok(confirmation)) = (answer, confirmation) else { return Err(UseCaseError::Invalid(wrong)) };
        let (name_given, reason) = (self.name_given.trim().to_owned(), self.reason.trim().to_owned());
        let check = AccountCheck { answer, name_given, confirmation, reason };
        let faults = if replaces.is_some() { check.faults_of_change() } else { check.faults() };
        wrong.extend(faults.into_iter().map(|fault| FieldError::new(field(fault), fault.sentence())));
        if wrong.is_empty() { Ok(check) } else { Err(UseCaseError::Invalid(wrong)) }
    }
}

const fn field(fault: CheckFault) -> &'static str {
    match fault {
        CheckFault::NameMissing | CheckFault::NameTooLong => "nom_banque",
        CheckFault::ReasonMissing => "motif_reponse",
        CheckFault::Unconfirmed => "confirmation",
    }
}

/// Verifies an account one has not entered, with what was noted; the account it replaces is closed.
pub fn verify(
    tx: &mut Tx,
    actor: &Actor,
    (id, version): (BankAccountId, i32),
    form: &CheckForm,
    now: Moment,
) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance])?;
    let mut standing = BankAccount::look(tx.conn(), id, actor, now)?;
    if standing.version != version {
        return Err(StoreError::Stale.into());
    }
    // What cannot be verified asks for no notes; a holder is judged as they will be once they are explained.
    standing.facts.is_holder_explained = true;
    let event = BankAccountEvent::Verify;
    lifecycle::decide::<BankAccount>(standing.state, event, &standing.roles, &standing.facts).map(drop)?;
    let account = rows::find(tx.conn(), id)?;
    let is_other_holder = !standing.facts.is_holder_grantee;
    let check = form.read(account.replaces_id, is_other_holder)?;
    let mut noted = check.in_words();
    if is_other_holder {
        let reason = explain(tx, actor, &account, form, now)?;
        noted = format!("{noted} Compte d’un comptable public\u{a0}: {reason}");
    }
    let cause = bank_accounts::verify(tx, actor, (id, version), &noted, now)?;
    let row = AccountCheckRow {
        bank_account_id: id,
        account_version: version,
        answer: check.answer,
        name_given: check.name_given,
        confirmation: check.confirmation,
        reason: check.reason,
        checked_by: access::person(actor)?,
        checked_at: now,
    };
    account_checks::insert(tx, &row)?;
    Ok(cause)
}

/// Keeps why an account in another name is the organisation's; gives what was written.
fn explain(tx: &mut Tx, actor: &Actor, account: &BankAccountRow, form: &CheckForm, now: Moment) -> Outcome<String> {
    let row = PublicAccountantRow {
        bank_account_id: account.id,
        account_version: account.version,
        legal_form: organisations::find(tx.conn(), account.organisation_id)?.legal_form,
        reason: form.holder_reason.trim().to_owned(),
        written_by: access::person(actor)?,
        written_at: now,
    };
    public_accountants::insert(tx, &row)?;
    Ok(row.reason)
}

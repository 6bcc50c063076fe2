//! Approving a payment run: another person than the one who prepared it, with a code sent to that person for the run as
//! it stands.

use super::{
    Actor, Outcome, access,
    advance::{Cause, Object},
    documents::Recipient,
    one_time_codes,
    payment_runs::{self, RunFile},
    settings,
};
use crate::{
    domain::{
        correspondence::payment_runs as words,
        ids::{OneTimeCodeId, PaymentRunId, PersonId},
        lifecycle::{self, Refusal},
        lifecycles::payment_runs::{PaymentRun, PaymentRunEvent},
        one_time_codes::{CodeFault, CodePurpose},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        digests::sha256,
        one_time_codes::{OneTimeCodeRow, Owner},
        people,
    },
};

const APPROVERS: [Role; 2] = [Role::Director, Role::Finance];

/// What somebody who may approve a run reads before they do.
pub struct Approval {
    pub file: RunFile,
    /// The code that was sent and has not served.
    pub code: Option<OneTimeCodeRow>,
    /// Whether the run is still what it was when that code was sent.
    pub is_same: bool,
}

/// The run, for whoever may approve it now; to others the table says why not.
pub fn find(conn: &mut Conn, actor: &Actor, id: PaymentRunId, now: Moment) -> Outcome<Approval> {
    let file = judged(conn, actor, id, now)?;
    let code = one_time_codes::waiting(conn, owner(access::person(actor)?, &id))?;
    let digest = digest(&file);
    let is_same = code.as_ref().is_none_or(|code| code.subject_digest == digest);
    Ok(Approval { file, code, is_same })
}

fn judged(conn: &mut Conn, actor: &Actor, id: PaymentRunId, now: Moment) -> Outcome<RunFile> {
    access::require(actor, &APPROVERS)?;
    let standing = PaymentRun::look(conn, id, actor, now)?;
    let event = PaymentRunEvent::Approve;
    lifecycle::decide::<PaymentRun>(standing.state, event, &standing.roles, &standing.facts).map(drop)?;
    payment_runs::file(conn, actor, id)
}

fn owner(person: PersonId, id: &PaymentRunId) -> Owner<'_> {
    Owner { purpose: CodePurpose::PaymentRunApproval, person, subject: id.as_str() }
}

/// All that is approved: from which account, on which day, and each payment with what leaves and to which account. An
/// account is never edited, so that its identifier says its number.
fn digest(file: &RunFile) -> String {
    let run = &file.run;
    let mut said = format!("{} {} {} {}\n", run.id, run.reference, file.payer.id, run.execution_on);
    for line in &file.lines {
        let row = &line.disbursement;
        let account = row.bank_account_id.map(|id| id.to_string()).unwrap_or_default();
        said.push_str(&format!("{} {} {account}\n", row.id, file.net(row).cents()));
    }
    sha256(said)
}

/// Sends the actor a code to approve the run as it stands.
pub fn ask_code(tx: &mut Tx, actor: &Actor, id: PaymentRunId, now: Moment) -> Outcome<OneTimeCodeId> {
    let file = judged(tx.conn(), actor, id, now)?;
    let person = people::find(tx.conn(), access::person(actor)?)?;
    let contact = settings::load(tx.conn())?.issuer_contact;
    let mail = words::approval_code(&file.run.reference, id, &contact);
    let to = Recipient { person: Some(person.id), address: person.email.to_string(), name: person.name };
    one_time_codes::ask(tx, owner(person.id, &id), &digest(&file), (&to, &mail), now)
}

/// Approves a run with the code its approver was sent. A fault is no error: a wrong try stays counted.
pub fn approve(
    tx: &mut Tx,
    actor: &Actor,
    (id, version): (PaymentRunId, i32),
    said: &str,
    now: Moment,
) -> Outcome<Result<Cause, CodeFault>> {
    require_version(tx, actor, id, version)?;
    let file = judged(tx.conn(), actor, id, now)?;
    let owner = owner(access::person(actor)?, &id);
    match one_time_codes::check(tx, owner, &digest(&file), said, now)? {
        Ok(()) => payment_runs::approve(tx, actor, id, version, now).map(Ok),
        Err(fault) => Ok(Err(fault)),
    }
}

/// Approves as somebody does who has just received the code by mail: for made-up data, whose people read no mails.
pub fn approve_by_mail(tx: &mut Tx, actor: &Actor, id: PaymentRunId, version: i32, now: Moment) -> Outcome<Cause> {
    require_version(tx, actor, id, version)?;
    let asked = ask_code(tx, actor, id, now)?;
    let code = one_time_codes::arm(tx, asked, now)?;
    let approved = approve(tx, actor, (id, version), &code, now)?;
    approved.map_err(|fault| Refusal::because(fault.sentence()).into())
}

fn require_version(tx: &mut Tx, actor: &Actor, id: PaymentRunId, version: i32) -> Outcome<()> {
    access::require(actor, &APPROVERS)?;
    match payment_runs::file(tx.conn(), actor, id)?.run.version == version {
        true => Ok(()),
        false => Err(StoreError::Stale.into()),
    }
}

//! The most one project may be given, and how what is due is paid in a rehearsal.

use super::{Outcome, walks::Crew};
use crate::{
    domain::{
        definitions::{CallDefinition, Earmark, EarmarkLimit, FundingSourceDefinition},
        ids::{CallId, PayerAccountId, PaymentRunId},
        journal::Stage,
        lifecycle::{Machine, Refusal},
        lifecycles::disbursements::DisbursementState,
        money::Euros,
        references,
        statements::{EURO, Statement, StatementFormat, StatementLine, StatementSide},
        time::{Moment, french_date},
    },
    store::{
        Conn, Tx,
        digests::sha256,
        disbursements::DisbursementFile,
        funding_sources,
        journal::{Scope, balance, promised_under},
        states,
    },
    usecases::{
        Actor, approvals, disbursements,
        journal::{received, source_left},
        payment_runs::{self, BankOrder, Preparation},
        statements::{self, Arrival},
    },
};

/// Under which axis the most is left, and how much: no limit of its own when nothing says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Room {
    pub axis: String,
    pub left: Option<Euros>,
    /// Where the limit comes from, as the end of a sentence.
    pub why: String,
}

/// A limit and where it comes from.
type Limit = (Euros, String);

/// What is still reserved in some money, by axis.
struct Reserve {
    parts: Vec<(String, Euros)>,
    /// What is promised to nobody.
    whole: Euros,
    by: String,
}

impl Reserve {
    /// What a file under this axis may take without touching what is reserved for others.
    fn free(&self, axis: &str) -> Option<Limit> {
        let others: Euros = self.parts.iter().filter(|(code, _)| code != axis).map(|(_, left)| *left).sum();
        let Reserve { whole, by, .. } = self;
        others.is_positive().then(|| (*whole - others, format!(" hors de ce qui est réservé à d’autres axes {by}")))
    }
}

/// The lower of two limits.
fn lower(one: Option<Limit>, other: Limit) -> Option<Limit> {
    Some(one.filter(|one| one.0 <= other.0).unwrap_or(other))
}

/// What one new organisation may get at most under the best axis of the call.
pub(super) fn room(conn: &mut Conn, call: &CallDefinition) -> Outcome<Room> {
    let mut ceilings: Vec<(Earmark, Euros, String)> = Vec::new();
    let mut beneficiary: Option<Limit> = None;
    let mut reserves: Vec<Reserve> = Vec::new();
    let is_ceiling = |earmark: &Earmark| earmark.limit == EarmarkLimit::Ceiling;
    let (capped, reserved): (Vec<_>, Vec<_>) =
        Earmark::in_euros(&call.earmarks, call.envelope).into_iter().partition(is_ceiling);
    for earmark in capped {
        let most = earmark.amount;
        ceilings.push((earmark, most, "dans l’appel".into()));
    }
    let parts = reserved.into_iter().map(|earmark| (earmark.axis, earmark.amount)).collect();
    reserves.push(Reserve { parts, whole: call.envelope, by: "dans l’appel".into() });
    for drawn in &call.sources {
        let Some(source) = funding_sources::by_reference(conn, &drawn.reference)? else { continue };
        let definition: FundingSourceDefinition = serde_json::from_str(&source.settings)?;
        let by = format!("dans la convention {}", source.reference);
        if let Some(most) = source.beneficiary_ceiling_cents {
            beneficiary = lower(beneficiary, (most, format!(" par bénéficiaire {by}")));
        }
        let whole = received(conn, source.id)?;
        let scope = Scope::Source(source.id);
        let mut parts = Vec::new();
        for earmark in Earmark::in_euros(&definition.earmarks, whole) {
            let left = earmark.amount - promised_under(conn, &earmark.axis, scope)?;
            match earmark.limit {
                EarmarkLimit::Ceiling => ceilings.push((earmark, left, by.clone())),
                EarmarkLimit::Reserved => parts.push((earmark.axis, left.max(Euros::ZERO))),
            }
        }
        if !parts.is_empty() {
            let whole = source_left(conn, source.id)? + balance(conn, Stage::Envelope, scope)?;
            reserves.push(Reserve { parts, whole, by });
        }
    }
    let mut best: Option<Room> = None;
    for axis in &call.axes {
        let mine = ceilings.iter().filter(|(earmark, ..)| earmark.axis == *axis);
        let label = references::axis(axis).map_or(axis.as_str(), |axis| axis.label.as_str());
        let of_axis =
            |(_, left, by): &(Earmark, Euros, String)| (*left, format!(" pour l’axe «\u{a0}{label}\u{a0}» {by}"));
        let limit = mine.map(of_axis).fold(beneficiary.clone(), lower);
        // What is reserved for others counts where it leaves less than one file may be given anyway.
        let free = reserves.iter().filter_map(|reserve| reserve.free(axis)).filter(|free| free.0 < call.amount.ceiling);
        let limit = free.fold(limit, lower);
        let (left, why) = limit.map_or((None, String::new()), |(left, why)| (Some(left), why));
        let wider = |known: &Room| match (left, known.left) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(left), Some(known)) => left > known,
        };
        if best.as_ref().is_none_or(wider) {
            best = Some(Room { axis: axis.clone(), left, why });
        }
    }
    Ok(best.unwrap_or(Room { axis: String::new(), left: None, why: String::new() }))
}

fn version(tx: &mut Tx, machine: Machine, id: &str) -> Outcome<i32> {
    Ok(states::current(tx.conn(), machine, id)?.version)
}

/// The payments of a call that wait, each with what stands in its way.
pub(super) fn waiting(tx: &mut Tx, crew: &Crew, call: CallId, now: Moment) -> Outcome<Vec<disbursements::ToPay>> {
    let wanted = (DisbursementState::Planned, Some(call));
    disbursements::to_pay_of(tx.conn(), &crew.finance, wanted, (None, 50), now)
}

/// Pays everything of a call that nothing stands in the way of, in one run that two people make; says what was paid.
pub(super) fn pay_due(
    tx: &mut Tx,
    (crew, payer): (&Crew, PayerAccountId),
    call: CallId,
    render: fn(&BankOrder) -> Result<String, String>,
    now: Moment,
) -> Outcome<Vec<String>> {
    let (finance, director) = (&crew.finance, &crew.director);
    let mut due = waiting(tx, crew, call, now)?;
    due.retain(|payment| payment.obstacles.is_empty());
    for payment in &due {
        let row = &payment.file.disbursement;
        disbursements::authorise(tx, finance, row.id, row.version, now)?;
    }
    let wanted = (DisbursementState::Authorised, Some(call));
    let ready = disbursements::to_pay_of(tx.conn(), finance, wanted, (None, 50), now)?;
    let lines: Vec<_> =
        ready.iter().map(|payment| &payment.file.disbursement).map(|row| (row.id, row.version)).collect();
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let execution_on = now.plus_days(1).paris_date();
    let id = payment_runs::prepare(tx, finance, &Preparation { lines, payer, execution_on }, now)?;
    let seen = version(tx, Machine::PaymentRun, id.as_str())?;
    approvals::approve_by_mail(tx, director, id, seen, now)?;
    let seen = version(tx, Machine::PaymentRun, id.as_str())?;
    payment_runs::export(tx, finance, id, seen, render, now)?;
    bank_executes(tx, finance, id, now)?;
    let said = ready.iter().map(|payment| &payment.file.disbursement);
    Ok(said.map(|row| format!("{} versés le {}", row.amount_cents, french_date(now.paris_date()))).collect())
}

/// The bank executes a run: a statement of its account says so line by line, and finance confirms them.
fn bank_executes(tx: &mut Tx, finance: &Actor, id: PaymentRunId, now: Moment) -> Outcome<()> {
    let file = payment_runs::file(tx.conn(), finance, id)?;
    let line = |line: &DisbursementFile| StatementLine {
        booked_on: now.paris_date(),
        side: StatementSide::Debit,
        amount: file.net(&line.disbursement),
        currency: EURO.to_owned(),
        end_to_end_id: line.disbursement.end_to_end_id.clone(),
        batch_id: None,
        bank_reference: None,
        account: String::new(),
        counterpart: line.holder.name.clone(),
        label: file.run.reference.clone(),
        return_reason: None,
    };
    let lines = file.lines.iter().map(line).collect();
    let reference = file.run.reference.clone();
    let arrival = Arrival {
        payer: Some(file.run.payer_account_id),
        file_name: format!("{reference}.xml"),
        sha256: sha256(&reference),
        format: StatementFormat::Camt,
        statement: Statement { iban: None, reference, lines },
        mapping: None,
    };
    let statement = statements::import(tx, finance, &arrival, now)?.id;
    let sure = statements::sure(&statements::read(tx.conn(), finance, statement, now)?);
    if sure.len() != file.lines.len() {
        return Err(Refusal::because("le relevé de banque ne se rapproche pas des virements.").into());
    }
    statements::confirm(tx, finance, statement, &sure, now)?;
    Ok(())
}

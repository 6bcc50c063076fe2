//! What is due between the house and a funder: instalments expected and received, reports owed. Kept as facts beside the
//! journal, which holds the whole agreement as promised from its first day.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    funding_sources::{READERS, WRITERS},
    messages, settings, terms,
};
use crate::{
    domain::{
        correspondence::evidence_packs::{self as words, DueReport},
        ids::{FundingSourceId, InstalmentId, SourceReportId},
        lifecycle::Refusal,
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        funding_dues::{self as rows, InstalmentRow, SourceReportRow},
        funding_sources,
        instalment_lines::{self, InstalmentLineRow},
        statements::StatementLineRow,
    },
};
use chrono::{Duration, NaiveDate, NaiveTime};

/// How long before the day a report is shown as due on the overview, in days.
const AHEAD: i64 = 90;
/// Days before it on whose morning whoever keeps the money is reminded; once more on the day itself.
const REMINDERS: [i64; 3] = [0, 7, 30];
/// Reports looked at in one round.
const AT_ONCE: i64 = 100;
/// Nobody is written to at night.
const HOUR: u32 = 8;

fn day(field: &str, typed: &str, errors: &mut Vec<FieldError>) -> Option<NaiveDate> {
    let day = typed.trim().parse().ok();
    if day.is_none() {
        errors.push(FieldError::new(field, "Écrivez cette date en entier, par exemple 31/12/2027."));
    }
    day
}

fn amount(field: &str, typed: &str, errors: &mut Vec<FieldError>) -> Option<Euros> {
    let amount = typed.parse::<Euros>().ok().filter(|amount| amount.is_positive());
    if amount.is_none() {
        errors.push(FieldError::new(field, "Écrivez un montant en euros, par exemple 12 500."));
    }
    amount
}

/// Records that an instalment is expected, from the fields `versement`, `prevu-le` and `prevu`.
pub fn expect(
    tx: &mut Tx,
    actor: &Actor,
    source: FundingSourceId,
    (label, on, sum): (&str, &str, &str),
    now: Moment,
) -> Outcome<InstalmentId> {
    access::require(actor, &WRITERS)?;
    let recorded_by = access::person(actor)?;
    funding_sources::find(tx.conn(), source)?;
    let mut errors = Vec::new();
    if label.trim().is_empty() {
        errors.push(FieldError::new("versement", "Dites de quel versement il s’agit, par exemple avance 2027."));
    }
    let (on, sum) = (day("prevu-le", on, &mut errors), amount("prevu", sum, &mut errors));
    let (Some(expected_on), Some(expected_cents), true) = (on, sum, errors.is_empty()) else {
        return Err(UseCaseError::Invalid(errors));
    };
    let row = InstalmentRow {
        id: tx.mint(now)?,
        funding_source_id: source,
        label: label.trim().to_owned(),
        expected_on,
        expected_cents,
        received_on: None,
        received_cents: None,
        bank_reference: None,
        recorded_by,
        recorded_at: now,
    };
    rows::insert_instalment(tx, &row)?;
    Ok(row.id)
}

/// Records that an instalment came, from the fields `recu-le-ID`, `recu-ID` and `reference-ID`.
pub fn receive(
    tx: &mut Tx,
    actor: &Actor,
    (source, id): (FundingSourceId, InstalmentId),
    (on, sum, reference): (&str, &str, &str),
    now: Moment,
) -> Outcome<()> {
    access::require(actor, &[Role::Finance])?;
    let recorded_by = access::person(actor)?;
    let known = rows::instalment(tx.conn(), source, id)?;
    if known.received_on.is_some() {
        return Err(Refusal::because("Ce versement est déjà noté comme reçu.").into());
    }
    let mut errors = Vec::new();
    let on_day = day(&format!("recu-le-{id}"), on, &mut errors);
    let came = amount(&format!("recu-{id}"), sum, &mut errors);
    if on_day.is_some_and(|day| day > now.paris_date()) {
        errors.push(FieldError::new(format!("recu-le-{id}"), "Cette date est à venir."));
    }
    if !errors.is_empty() {
        return Err(UseCaseError::Invalid(errors));
    }
    let bank_reference = Some(reference.trim().to_owned()).filter(|text| !text.is_empty());
    let row = InstalmentRow {
        received_on: on_day,
        received_cents: came,
        bank_reference,
        recorded_by,
        recorded_at: now,
        ..known
    };
    Ok(rows::set_received(tx, &row)?)
}

/// Records that an instalment came by a line of a bank statement, on the day of the bank.
pub(super) fn receive_by(
    tx: &mut Tx,
    actor: &Actor,
    id: InstalmentId,
    line: &StatementLineRow,
    now: Moment,
) -> Outcome<()> {
    access::require(actor, &[Role::Finance])?;
    let recorded_by = access::person(actor)?;
    let (known, ..) = instalment_lines::of_ids(tx.conn(), &[id])?.pop().ok_or(StoreError::NotFound)?;
    if known.received_on.is_some() {
        return Err(Refusal::because("Ce versement est déjà noté comme reçu.").into());
    }
    let row = InstalmentRow {
        received_on: Some(line.booked_on),
        received_cents: Some(line.amount_cents),
        bank_reference: line.bank_reference.clone().or_else(|| line.end_to_end_id.clone()),
        recorded_by,
        recorded_at: now,
        ..known
    };
    rows::set_received(tx, &row)?;
    let brought = InstalmentLineRow { line_id: line.id, instalment_id: id, done_by: recorded_by, done_at: now };
    Ok(instalment_lines::insert(tx, &brought)?)
}

/// Notes that an instalment has not come after all: it is awaited again, and may be noted anew; so may the line of the
/// statement that told of it.
pub fn await_again(
    tx: &mut Tx,
    actor: &Actor,
    (source, id): (FundingSourceId, InstalmentId),
    now: Moment,
) -> Outcome<()> {
    access::require(actor, &[Role::Finance])?;
    let recorded_by = access::person(actor)?;
    let known = rows::instalment(tx.conn(), source, id)?;
    let row = InstalmentRow {
        received_on: None,
        received_cents: None,
        bank_reference: None,
        recorded_by,
        recorded_at: now,
        ..known
    };
    instalment_lines::forget(tx, id)?;
    Ok(rows::set_received(tx, &row)?)
}

/// Takes away an instalment that was expected in error; one that came stays.
pub fn drop_instalment(tx: &mut Tx, actor: &Actor, source: FundingSourceId, id: InstalmentId) -> Outcome<()> {
    access::require(actor, &WRITERS)?;
    if rows::instalment(tx.conn(), source, id)?.received_on.is_some() {
        return Err(Refusal::because("Ce versement est déjà reçu\u{a0}: il reste.").into());
    }
    Ok(rows::remove_instalment(tx, id)?)
}

/// Records that a report is owed to the funder, from the fields `rapport` and `rapport-le`.
pub fn owe(
    tx: &mut Tx,
    actor: &Actor,
    source: FundingSourceId,
    (title, on): (&str, &str),
    now: Moment,
) -> Outcome<SourceReportId> {
    access::require(actor, &WRITERS)?;
    let recorded_by = access::person(actor)?;
    funding_sources::find(tx.conn(), source)?;
    let mut errors = Vec::new();
    if title.trim().is_empty() {
        errors
            .push(FieldError::new("rapport", "Dites de quel rapport il s’agit, par exemple rapport financier annuel."));
    }
    let on = day("rapport-le", on, &mut errors);
    let (Some(due_on), true) = (on, errors.is_empty()) else { return Err(UseCaseError::Invalid(errors)) };
    let row = SourceReportRow {
        id: tx.mint(now)?,
        funding_source_id: source,
        title: title.trim().to_owned(),
        due_on,
        sent_on: None,
        recorded_by,
        recorded_at: now,
    };
    rows::insert_report(tx, &row)?;
    Ok(row.id)
}

/// Notes that a report left today, or that it did not after all.
pub fn send(
    tx: &mut Tx,
    actor: &Actor,
    (source, id): (FundingSourceId, SourceReportId),
    is_sent: Sent,
    now: Moment,
) -> Outcome<()> {
    access::require(actor, &WRITERS)?;
    let recorded_by = access::person(actor)?;
    let known = rows::report(tx.conn(), source, id)?;
    let sent_on = match is_sent {
        // Noted twice, it left on the first day.
        Sent::Today => known.sent_on.or_else(|| Some(now.paris_date())),
        Sent::NotYet => None,
    };
    Ok(rows::set_sent(tx, &SourceReportRow { sent_on, recorded_by, recorded_at: now, ..known })?)
}

/// Whether a report has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    Today,
    NotYet,
}

/// Takes away a report that was noted in error; one that was sent stays.
pub fn drop_report(tx: &mut Tx, actor: &Actor, source: FundingSourceId, id: SourceReportId) -> Outcome<()> {
    access::require(actor, &WRITERS)?;
    if rows::report(tx.conn(), source, id)?.sent_on.is_some() {
        return Err(Refusal::because("Ce rapport est parti\u{a0}: il reste.").into());
    }
    Ok(rows::remove_report(tx, id)?)
}

/// What funders have still to pay after `key`, the first expected first.
pub fn awaited(
    conn: &mut Conn,
    actor: &Actor,
    key: Option<rows::AwaitedKey>,
    limit: i64,
) -> Outcome<Vec<rows::AwaitedLine>> {
    access::require(actor, &READERS)?;
    Ok(rows::awaited(conn, key, limit)?)
}

/// The reports owed soon or late already, the first due first.
pub fn owed(conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<Vec<rows::DueLine>> {
    access::require(actor, &READERS)?;
    let by = now.paris_date().checked_add_signed(Duration::days(AHEAD)).unwrap_or(NaiveDate::MAX);
    Ok(rows::reports_due(conn, by, AT_ONCE)?)
}

/// Queues the reminders of reports owed to funders that are due; how many mails were owed by them.
pub(super) fn remind_due(tx: &mut Tx, now: Moment) -> Outcome<usize> {
    let furthest = REMINDERS.into_iter().max().unwrap_or_default();
    let by = now.paris_date().checked_add_signed(Duration::days(furthest)).unwrap_or(NaiveDate::MAX);
    let due = rows::reports_due(tx.conn(), by, AT_ONCE)?;
    if due.is_empty() {
        return Ok(0);
    }
    let (readers, contact) = (terms::staff(tx.conn(), Role::Finance)?, settings::load(tx.conn())?.issuer_contact);
    let mut told = 0;
    for (row, source_id, source, amount, funder) in &due {
        let Some(days) = reminder(row.due_on, now) else { continue };
        let path = format!("/finances/conventions/{source_id}");
        let report = DueReport { title: &row.title, due_on: row.due_on, funder, source, amount: *amount, path };
        let mail = words::report_due(&report, &contact);
        let key = format!("{}:{days}", row.due_on);
        for reader in &readers {
            messages::queue_reminder(tx, (&key, row.id.as_str()), reader, &mail, now)?;
            told += 1;
        }
    }
    Ok(told)
}

/// The reminder of this day whose morning has come last, by its days before.
fn reminder(due_on: NaiveDate, now: Moment) -> Option<i64> {
    let morning = NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default();
    let is_due = |days: &i64| {
        let day = due_on.checked_sub_signed(Duration::days(*days));
        day.is_some_and(|day| Moment::from_paris(day, morning) <= now)
    };
    REMINDERS.into_iter().filter(is_due).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_reminder_whose_morning_has_come_is_due() {
        let at =
            |day: &str, hour| Moment::from_paris(day.parse().unwrap(), NaiveTime::from_hms_opt(hour, 0, 0).unwrap());
        let due_on = "2027-06-30".parse().unwrap();
        for (now, wanted) in [
            (at("2027-05-31", 7), None),
            (at("2027-05-31", 8), Some(30)),
            (at("2027-06-23", 8), Some(7)),
            (at("2027-06-30", 7), Some(7)),
            (at("2027-09-01", 12), Some(0)),
        ] {
            assert_eq!(reminder(due_on, now), wanted, "{now:?}");
        }
    }
}

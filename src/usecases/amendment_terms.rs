//! What an amendment changes: judged and put into words when it is granted, applied once it is in force.

use super::{
    Actor, Outcome, advance::Cause, agreements, disbursements, earmark_overrides, earmarks, eligibility, journal,
    planned_budgets, raised_agreements, terms,
};
use crate::{
    domain::{
        amendments::{AmendmentKind, Change, amount_obstacle, shared_anew},
        budgets::Side,
        definitions::{EarmarkLimit, Reports},
        disbursements::{Condition, DisbursementKind, PlannedPayment},
        ids::{AmendmentId, ApplicationId, GrantId},
        lifecycles::{
            amendments::AmendmentState, disbursements::DisbursementState, grants::GrantState, reports::ReportState,
        },
        money::Euros,
        reports::ReportKind,
        schedules::{DueRule, GrantDates},
        time::{Moment, french_date},
    },
    store::{
        Conn, Tx,
        amendments::{self, AmendmentRow, ChangeRow},
        answers::{self, BudgetLineRow},
        disbursements::{self as payments, DisbursementRow},
        grants::{self as store_grants, GrantRow},
        reports::{self, ReportRow},
    },
};
use chrono::{Duration, NaiveDate};

/// The budget both sides agree on: that of the application, with what amendments in force have shifted. One amendment may
/// be left out, to know what it found.
pub(super) fn agreed_budget(
    conn: &mut Conn,
    (grant, application): (GrantId, ApplicationId),
    without: Option<AmendmentId>,
) -> Outcome<Vec<BudgetLineRow>> {
    let mut lines = answers::budget_of(conn, application)?;
    for shift in amendments::agreed_lines(conn, grant)? {
        let known = lines.iter_mut().find(|line| line.position == shift.position);
        if let Some(line) = known.filter(|_| Some(shift.amendment_id) != without) {
            line.planned_cents = shift.planned_cents;
        }
    }
    Ok(lines)
}

/// What a line of the budget is called.
pub(super) fn line_name(line: &BudgetLineRow) -> String {
    match line.label.trim() {
        "" => planned_budgets::account_label(&line.account).to_owned(),
        label => label.to_owned(),
    }
}

/// With whom the project is led, as the last amendment in force or the application says it.
pub(super) fn agreed_partners(conn: &mut Conn, grant: &GrantRow, without: Option<AmendmentId>) -> Outcome<String> {
    let rows = amendments::of_grant(conn, grant.id)?;
    let in_force = rows.into_iter().filter(|row| row.state == AmendmentState::Approved && Some(row.id) != without);
    if let Some(partner) = in_force.filter_map(|row| row.new_partner).next_back() {
        return Ok(partner);
    }
    let names: Vec<_> =
        answers::partners_of(conn, grant.application_id)?.into_iter().map(|partner| partner.name).collect();
    Ok(names.join(", "))
}

/// What stands in the way of a shift: it was asked for on a budget that another amendment has shifted since.
fn budget_obstacle(conn: &mut Conn, row: &AmendmentRow, grant: &GrantRow) -> Outcome<Option<String>> {
    let agreed = agreed_budget(conn, (grant.id, grant.application_id), None)?;
    let wanted = amendments::lines_of(conn, row.id)?;
    let (mut before, mut after) = (Euros::ZERO, Euros::ZERO);
    for line in agreed.iter().filter(|line| line.side == Side::Expense.code()) {
        let new = wanted.iter().find(|wanted| wanted.position == line.position);
        before += line.planned_cents;
        after += new.map_or(line.planned_cents, |new| new.planned_cents);
    }
    Ok((before != after).then(|| {
        format!("Le budget a changé depuis cette demande\u{a0}: le total des dépenses passerait de {before} à {after}.")
    }))
}

/// What stands in the way of an amendment today, in a French sentence for the actor.
pub(super) fn obstacle(
    conn: &mut Conn,
    actor: &Actor,
    row: &AmendmentRow,
    grant: &GrantRow,
) -> Outcome<Option<String>> {
    if row.kind == AmendmentKind::Budget {
        return budget_obstacle(conn, row, grant);
    }
    let Some(new) = row.new_amount_cents else { return Ok(None) };
    let (paid, _, under_way) = by_progress(payments::of_grant(conn, grant.id)?);
    match amount_obstacle(new, paid, under_way) {
        None if new > grant.amount_cents => raise_obstacle(conn, actor, row.id, (grant, new)),
        said => Ok(said),
    }
}

/// What stands in the way of more money than was granted: the envelope, and what the call and its funders allow.
fn raise_obstacle(
    conn: &mut Conn,
    actor: &Actor,
    id: AmendmentId,
    (grant, new): (&GrantRow, Euros),
) -> Outcome<Option<String>> {
    let terms = terms::of_call(conn, grant.call_id)?;
    let more = new - grant.amount_cents;
    let left = journal::envelope_left(conn, grant.call_id)?;
    let is_hidden = earmarks::hides_left(conn, actor)?;
    if more > left && is_hidden {
        return Ok(Some("L’enveloppe de l’appel ne suffit plus pour ce montant.".to_owned()));
    }
    if more > left {
        return Ok(Some(format!("L’enveloppe de l’appel n’a plus que {left} de disponible.")));
    }
    let ceiling = terms.call.amount.ceiling;
    if new > ceiling {
        return Ok(Some(format!("Le règlement de l’appel limite une subvention à {ceiling}.")));
    }
    let holder = grant.organisation_id;
    let most = eligibility::beneficiaries_left(conn, grant.call_id, &[holder], None)?.get(&holder).copied();
    if let Some(most) = most.filter(|most| more > *most) {
        let most = if is_hidden { "plus assez".to_owned() } else { format!("plus que {most}") };
        return Ok(Some(format!("Une convention amont ne laisse {most} à cette organisation.")));
    }
    let exceeded = earmark_overrides::limit_of_raise(conn, id, (grant, new), &terms.call)?;
    Ok(exceeded.map(|ceiling| {
        if ceiling.limit == EarmarkLimit::Reserved {
            return ceiling.refusal(is_hidden);
        }
        // Where awards were let beyond it, nothing is left.
        let left = match is_hidden {
            true => "plus assez".to_owned(),
            false => format!("plus que {}", ceiling.left.max(Euros::ZERO)),
        };
        format!("Le plafond {}, fixé par {}, ne laisse {left}.", ceiling.of_whom(), ceiling.set_by)
    }))
}

/// What is paid, the payments still planned, and how many are neither planned nor gone.
fn by_progress(rows: Vec<DisbursementRow>) -> (Euros, Vec<DisbursementRow>, usize) {
    let paid: Euros = rows.iter().filter(|row| row.state == DisbursementState::Paid).map(|row| row.amount_cents).sum();
    let is_settled = |row: &&DisbursementRow| {
        matches!(row.state, DisbursementState::Paid | DisbursementState::Planned | DisbursementState::Cancelled)
    };
    let under_way = rows.len() - rows.iter().filter(is_settled).count();
    (paid, rows.into_iter().filter(|row| row.state == DisbursementState::Planned).collect(), under_way)
}

/// Puts what an amendment changes into words, before it changes anything.
pub(super) fn note_changes(tx: &mut Tx, row: &AmendmentRow, now: Moment) -> Outcome<Vec<Change>> {
    let grant = store_grants::find(tx.conn(), row.grant_id)?;
    let changes = changes(tx.conn(), row, &grant, now)?;
    amendments::forget_changes(tx, row.id)?;
    amendments::insert_changes(tx, &in_rows(row.id, &changes))?;
    Ok(changes)
}

fn in_rows(id: AmendmentId, changes: &[Change]) -> Vec<ChangeRow> {
    let row = |(position, change): (i32, &Change)| ChangeRow {
        amendment_id: id,
        position,
        label: change.label.clone(),
        was: change.was.clone(),
        becomes: change.becomes.clone(),
    };
    (0..).zip(changes).map(row).collect()
}

/// The lines of the budget that a request would shift: who decides it sees them. What else may be asked for is in the
/// request itself.
pub(super) fn asked_shift(
    conn: &mut Conn,
    row: &AmendmentRow,
    grant: &GrantRow,
    now: Moment,
) -> Outcome<Vec<ChangeRow>> {
    match row.kind {
        AmendmentKind::Budget => Ok(in_rows(row.id, &changes(conn, row, grant, now)?)),
        _ => Ok(Vec::new()),
    }
}

/// What was noted.
pub(super) fn noted_changes(conn: &mut Conn, id: AmendmentId) -> Outcome<Vec<Change>> {
    let rows = amendments::changes_of(conn, &[id])?;
    Ok(rows.into_iter().map(|row| Change { label: row.label, was: row.was, becomes: row.becomes }).collect())
}

fn change(label: impl Into<String>, was: impl ToString, becomes: impl ToString) -> Change {
    Change { label: label.into(), was: was.to_string(), becomes: becomes.to_string() }
}

fn changes(conn: &mut Conn, row: &AmendmentRow, grant: &GrantRow, now: Moment) -> Outcome<Vec<Change>> {
    match row.kind {
        AmendmentKind::Duration => match row.new_ends_on {
            Some(new) => changes_of_dates(conn, grant, new),
            None => Ok(Vec::new()),
        },
        AmendmentKind::Amount => match row.new_amount_cents {
            Some(new) => changes_of_amount(conn, grant, new, now),
            None => Ok(Vec::new()),
        },
        AmendmentKind::Budget => {
            let before = agreed_budget(conn, (grant.id, grant.application_id), Some(row.id))?;
            let wanted = amendments::lines_of(conn, row.id)?;
            let line = |line: &BudgetLineRow| {
                let new = wanted.iter().find(|wanted| wanted.position == line.position)?.planned_cents;
                (new != line.planned_cents).then(|| change(line_name(line), line.planned_cents, new))
            };
            Ok(before.iter().filter_map(line).collect())
        }
        AmendmentKind::Partner => {
            let was = agreed_partners(conn, grant, Some(row.id))?;
            let was = if was.is_empty() { "aucun".to_owned() } else { was };
            Ok(row.new_partner.iter().map(|new| change("Partenaires", &was, new)).collect())
        }
        AmendmentKind::Bank => Ok(Vec::new()),
    }
}

fn is_awaited(report: &ReportRow) -> bool {
    matches!(report.state, ReportState::Expected | ReportState::Draft)
}

/// The days of a grant before its end moves, and after.
fn both_dates(grant: &GrantRow, new: NaiveDate) -> (GrantDates, GrantDates) {
    let accepted_on = grant.accepted_at.map_or(grant.decided_on, |at| at.paris_date());
    let before = disbursements::dates(grant, accepted_on);
    (before, GrantDates { ends_on: new, ..before })
}

/// By how much the day of a report moves: as its rule in the call does, or with the end where that is a day of the calendar.
fn report_shift(owed: &Reports, kind: ReportKind, (before, after): &(GrantDates, GrantDates)) -> Duration {
    let rule = match kind {
        ReportKind::Interim => owed.interim.as_ref().map(|template| template.due),
        ReportKind::Final => Some(owed.last.due),
    };
    match rule {
        None | Some(DueRule::On(_)) => after.ends_on - before.ends_on,
        Some(rule) => rule.day(after) - rule.day(before),
    }
}

/// The reports still awaited, each with its day once the end has moved.
fn moved_reports(conn: &mut Conn, grant: &GrantRow, new: NaiveDate) -> Outcome<Vec<(ReportRow, NaiveDate)>> {
    let (terms, dates) = (terms::of_call(conn, grant.call_id)?, both_dates(grant, new));
    let awaited = reports::of_grant(conn, grant.id)?.into_iter().filter(is_awaited);
    let moved = |report: ReportRow| {
        let due_on = report.due_on + report_shift(&terms.call.reports, report.kind, &dates);
        (report, due_on)
    };
    Ok(awaited.map(moved).collect())
}

fn changes_of_dates(conn: &mut Conn, grant: &GrantRow, new: NaiveDate) -> Outcome<Vec<Change>> {
    let was = grant.ends_on.map_or("non fixée".to_owned(), french_date);
    let mut changes = vec![change("Fin du projet", was, french_date(new))];
    for (report, due_on) in moved_reports(conn, grant, new)?.into_iter().filter(|(report, day)| report.due_on != *day) {
        let label = format!("Date du {}", report.kind.label());
        changes.push(change(label, french_date(report.due_on), french_date(due_on)));
    }
    for (row, moved) in moved_payments(conn, grant, new)? {
        if let Some(due_on) = row.due_on.filter(|due_on| *due_on != moved.due_on) {
            changes.push(change(payment_label(row.kind), french_date(due_on), french_date(moved.due_on)));
        }
    }
    Ok(changes)
}

fn payment_label(kind: DisbursementKind) -> String {
    format!("Versement ({})", kind.label())
}

/// Whether an amendment of the amount that was sent to be signed changes today what it said then.
pub(super) fn still_changes(conn: &mut Conn, row: &AmendmentRow, grant: &GrantRow) -> Outcome<bool> {
    Ok(changes(conn, row, grant, row.state_at)? == noted_changes(conn, row.id)?)
}

/// The payments of a new amount that would still leave.
pub(super) fn planned_of(conn: &mut Conn, grant: &GrantRow, new: Euros, now: Moment) -> Outcome<Vec<PlannedPayment>> {
    let (paid, open, _) = by_progress(payments::of_grant(conn, grant.id)?);
    let mut planned = planned_anew(conn, (grant, new), (paid, &open), now)?;
    planned.retain(|payment| payment.amount.is_positive());
    Ok(planned)
}

/// A new amount, what is left to pay of it, and by which payments.
fn changes_of_amount(conn: &mut Conn, grant: &GrantRow, new: Euros, now: Moment) -> Outcome<Vec<Change>> {
    let (paid, open, _) = by_progress(payments::of_grant(conn, grant.id)?);
    let left: Euros = open.iter().map(|row| row.amount_cents).sum();
    let mut changes =
        vec![change("Montant de la subvention", grant.amount_cents, new), change("Reste à verser", left, new - paid)];
    let mut planned = planned_anew(conn, (grant, new), (paid, &open), now)?;
    planned.retain(|payment| payment.amount.is_positive());
    let said = |amount: Euros, due_on: Option<NaiveDate>| match due_on {
        Some(day) => format!("{amount} le {}", french_date(day)),
        None => amount.to_string(),
    };
    for place in 0..open.len().max(planned.len()) {
        let (was, becomes) = (open.get(place), planned.get(place));
        let Some(kind) = becomes.map(|payment| payment.kind).or(was.map(|row| row.kind)) else { continue };
        let was = was.map_or("aucun".to_owned(), |row| said(row.amount_cents, row.due_on));
        let becomes = becomes.map_or("aucun".to_owned(), |payment| said(payment.amount, Some(payment.due_on)));
        changes.push(change(payment_label(kind), was, becomes));
    }
    Ok(changes)
}

/// Applies an amendment that is in force. What was signed was put into words then; another is put into words now.
pub(super) fn apply_amendment(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = amendments::find(tx.conn(), cause.subject()?)?;
    if noted_changes(tx.conn(), row.id)?.is_empty() {
        note_changes(tx, &row, cause.now)?;
    }
    let grant = store_grants::find(tx.conn(), row.grant_id)?;
    if let Some(new) = row.new_ends_on {
        apply_end(tx, &grant, new)?;
    }
    if let Some(new) = row.new_amount_cents {
        earmark_overrides::keep_raise(tx, row.id, (&grant, new), cause.now)?;
        apply_amount(tx, cause, &grant, new)?;
        raised_agreements::put_in_force(tx, &row, &grant)?;
    }
    if row.kind == AmendmentKind::Budget {
        apply_budget(tx, &grant)?;
    }
    match grant.state {
        // What was sent to be signed is not what is agreed any more.
        GrantState::AgreementSent => agreements::send_again(tx, cause, grant.id),
        _ => Ok(()),
    }
}

/// The payments that have still to leave, those held back too, with their day and conditions once the end has moved.
fn moved_payments(
    conn: &mut Conn,
    grant: &GrantRow,
    new: NaiveDate,
) -> Outcome<Vec<(DisbursementRow, PlannedPayment)>> {
    let (dates, later) = both_dates(grant, new);
    let before = disbursements::foreseen(conn, grant, dates.accepted_on)?;
    let after = GrantRow { ends_on: Some(new), ..grant.clone() };
    let after = disbursements::foreseen(conn, &after, dates.accepted_on)?;
    let mut moved = Vec::new();
    for row in payments::of_grant(conn, grant.id)? {
        let is_to_leave = matches!(row.state, DisbursementState::Planned | DisbursementState::Withheld);
        let Some(due_on) = row.due_on.filter(|_| is_to_leave) else { continue };
        let (kind, amount, conditions) = (row.kind, row.amount_cents, disbursements::conditions(&row)?);
        let is_it = |planned: &PlannedPayment| {
            planned.kind == kind && planned.due_on == due_on && planned.conditions == conditions
        };
        let follows_report = conditions.iter().any(|condition| matches!(condition, Condition::ReportAccepted(_)));
        match before.iter().position(is_it).and_then(|place| after.get(place)) {
            Some(planned) => moved.push((row, planned.clone())),
            // Planned otherwise than today's schedule would: it goes with the end, as what it comes after does.
            None if follows_report => {
                let due_on = due_on + (later.ends_on - dates.ends_on);
                moved.push((row, PlannedPayment { kind, amount, due_on, conditions }));
            }
            None => {}
        }
    }
    Ok(moved)
}

/// A new end moves the reports still awaited and the payments that were planned from it.
fn apply_end(tx: &mut Tx, grant: &GrantRow, new: NaiveDate) -> Outcome<()> {
    for (row, moved) in moved_payments(tx.conn(), grant, new)? {
        payments::set_due(tx, row.id, moved.due_on, &serde_json::to_string(&moved.conditions)?)?;
    }
    for (report, due_on) in moved_reports(tx.conn(), grant, new)? {
        reports::set_due_on(tx, report.id, due_on)?;
    }
    Ok(store_grants::set_ends_on(tx, grant.id, new)?)
}

/// A new amount: what is not paid yet is planned anew, and the commitment follows by transfers.
fn apply_amount(tx: &mut Tx, cause: &Cause, grant: &GrantRow, new: Euros) -> Outcome<()> {
    let (paid, open, _) = by_progress(payments::of_grant(tx.conn(), grant.id)?);
    let planned = planned_anew(tx.conn(), (grant, new), (paid, &open), cause.now)?;
    disbursements::cancel_all(tx, &open, cause.now)?;
    let more = new - grant.amount_cents;
    if more.is_positive() {
        journal::commit(tx, cause, grant.call_id, grant.id, more)?;
    } else {
        journal::release(tx, cause, grant.call_id, grant.id, -more)?;
    }
    store_grants::set_amount(tx, grant.id, new)?;
    let planned: Vec<_> = planned.into_iter().filter(|payment| payment.amount.is_positive()).collect();
    disbursements::plan_all(tx, grant, &planned, cause.now)
}

/// How the rest of a new amount is paid. While the payments are as the schedule of the call made them and none has left,
/// as it makes them of the new amount: one that was small enough to be paid at once may be so no more. Later they stay as
/// they are and share the rest; when none is left, one takes it, after the final report if one is owed.
fn planned_anew(
    conn: &mut Conn,
    (grant, new): (&GrantRow, Euros),
    (paid, open): (Euros, &[DisbursementRow]),
    now: Moment,
) -> Outcome<Vec<PlannedPayment>> {
    let today = now.paris_date();
    if open.is_empty() {
        let reports = reports::of_grant(conn, grant.id)?;
        let last = reports.iter().find(|report| report.kind == ReportKind::Final);
        let mut conditions = vec![Condition::AgreementSettled];
        conditions.extend(last.map(|_| Condition::ReportAccepted(ReportKind::Final)));
        let due_on = last.map_or(today, |report| report.due_on.max(today));
        return Ok(vec![PlannedPayment { kind: DisbursementKind::Balance, amount: new - paid, due_on, conditions }]);
    }
    let as_it_is = |row: &DisbursementRow| -> Outcome<PlannedPayment> {
        let (kind, amount, due_on) = (row.kind, row.amount_cents, row.due_on.unwrap_or(today));
        Ok(PlannedPayment { kind, amount, due_on, conditions: disbursements::conditions(row)? })
    };
    let planned = open.iter().map(as_it_is).collect::<Outcome<Vec<_>>>()?;
    let accepted_on = grant.accepted_at.unwrap_or(now).paris_date();
    if paid == Euros::ZERO && planned == disbursements::foreseen(conn, grant, accepted_on)? {
        let amended = GrantRow { amount_cents: new, ..grant.clone() };
        return disbursements::foreseen(conn, &amended, accepted_on);
    }
    let amounts: Vec<_> = open.iter().map(|row| row.amount_cents).collect();
    let shares = shared_anew(new, paid, &amounts);
    Ok(planned.into_iter().zip(shares).map(|(plan, amount)| PlannedPayment { amount, ..plan }).collect())
}

/// The reports being written compare with the budget as it is agreed now.
fn apply_budget(tx: &mut Tx, grant: &GrantRow) -> Outcome<()> {
    let agreed = agreed_budget(tx.conn(), (grant.id, grant.application_id), None)?;
    let drafts = reports::of_grant(tx.conn(), grant.id)?;
    for report in drafts.iter().filter(|report| matches!(report.state, ReportState::Draft)) {
        let mut lines = reports::lines(tx.conn(), report.id)?;
        for line in &mut lines {
            let known = agreed.iter().find(|known| known.position == line.position && known.account == line.account);
            line.planned_cents = known.map_or(line.planned_cents, |known| known.planned_cents);
        }
        reports::set_lines(tx, report.id, &lines)?;
    }
    Ok(())
}

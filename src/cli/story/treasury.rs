//! The life of grants, month by month: reports, payments by two people, money that comes back.

use super::{
    paying::{self, Retained},
    world::Scene,
};
use crate::{
    domain::{
        ids::PaymentRunId,
        lifecycle::Machine,
        lifecycles::{disbursements::DisbursementState, reports::ReportState},
        money::Rate,
        time::Moment,
    },
    store::{Tx, reports::ReportFile, states},
    usecases::{Outcome, clock, disbursements, payment_runs, reports},
};

/// One month: reports are filed and read, what is due is paid, what is owed back comes in.
pub(crate) fn month(tx: &mut Tx, scene: &Scene<'_>, now: Moment) -> Outcome<()> {
    clock::run_due(tx, now)?;
    read_reports(tx, scene, now)?;
    file_reports(tx, scene, now)?;
    for (id, version) in returned(tx, scene, now)? {
        disbursements::authorise(tx, &scene.cast.finance.actor(), id, version, now)?;
    }
    paying::authorise(tx, scene.cast, None, now)?;
    while let Some(run) = paying::run(tx, scene.cast, scene.payer, None, now)? {
        paying::executed(tx, scene.cast, run, now)?;
        if scene.dice.apart(now.unix_seconds().unsigned_abs()).chance(25) {
            send_one_back(tx, scene, run, now)?;
        }
    }
    paying::recover(tx, scene.cast, None, now)?;
    Ok(())
}

/// The last days of the story leave something for everybody to do: reports to read, payments to authorise, a run to
/// approve, money still to come back.
pub(crate) fn last_days(tx: &mut Tx, scene: &Scene<'_>, now: Moment) -> Outcome<()> {
    clock::run_due(tx, now)?;
    file_reports(tx, scene, now)?;
    file_one_at_least(tx, scene, now)?;
    let due = paying::due(tx, scene.cast, None, now)?;
    let authorise = |tx: &mut Tx, some: &[(crate::domain::ids::DisbursementId, i32)]| {
        some.iter().try_for_each(|(id, version)| {
            disbursements::authorise(tx, &scene.cast.finance.actor(), *id, *version, now).map(drop)
        })
    };
    let (first, rest) = due.split_at(due.len().div_ceil(3));
    authorise(tx, first)?;
    paying::prepare(tx, scene.cast, scene.payer, None, now)?;
    authorise(tx, &rest[..rest.len() / 2])
}

/// Reads what is filed. Where lines are judged, the first report loses a part of one.
fn read_reports(tx: &mut Tx, scene: &Scene<'_>, now: Moment) -> Outcome<()> {
    let officer = scene.cast.officer.actor();
    let mut retained = if scene.judges_lines { Retained::LessOfOneLine } else { Retained::Everything };
    loop {
        let waiting = reports::in_state(tx.conn(), &officer, ReportState::Submitted, None, 200)?;
        if waiting.is_empty() {
            return Ok(());
        }
        for file in waiting {
            let retained = std::mem::replace(&mut retained, Retained::Everything);
            paying::accept_report(tx, scene.cast, file.report.id, retained, now)?;
        }
    }
}

/// Reports due within three weeks are filed; some come late, some never.
fn file_reports(tx: &mut Tx, scene: &Scene<'_>, now: Moment) -> Outcome<()> {
    let officer = scene.cast.officer.actor();
    let (soon, long_ago) = (now.plus_days(21).paris_date(), now.plus_days(-45).paris_date());
    let mut last = None;
    loop {
        let page = reports::in_state(tx.conn(), &officer, ReportState::Expected, last, 200)?;
        let Some(end) = page.last() else { return Ok(()) };
        last = Some((end.report.due_on, end.report.id));
        let is_last = end.report.due_on > soon;
        for file in page.iter().filter(|file| file.report.due_on <= soon) {
            let key = file.report.id.as_str().bytes().fold(7u64, |key, b| key.wrapping_mul(31).wrapping_add(b.into()));
            let mut dice = scene.dice.apart(key);
            match dice.below(100) {
                0..5 => {}
                5..15 if file.report.due_on > long_ago => {}
                chance => file_one(tx, scene, file, spent(chance), now)?,
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

fn file_one_at_least(tx: &mut Tx, scene: &Scene<'_>, now: Moment) -> Outcome<()> {
    let officer = scene.cast.officer.actor();
    if reports::in_state(tx.conn(), &officer, ReportState::Submitted, None, 1)?.is_empty()
        && let Some(next) = reports::in_state(tx.conn(), &officer, ReportState::Expected, None, 1)?.first()
    {
        file_one(tx, scene, next, Rate::percent(100), now)?;
    }
    Ok(())
}

fn spent(chance: i64) -> Rate {
    match chance {
        0..24 => Rate::percent(30),
        24..45 => Rate::percent(85),
        _ => Rate::percent(100),
    }
}

fn file_one(tx: &mut Tx, scene: &Scene<'_>, file: &ReportFile, spent: Rate, now: Moment) -> Outcome<()> {
    let Some(holder) = scene.of_organisation(file.grant.organisation_id) else { return Ok(()) };
    let report = &file.report;
    paying::write_report(tx, &holder.applicant, (report.id, report.version), spent, scene.paper, now)?;
    paying::file_report(tx, &holder.applicant, report.id, now)
}

/// Payments that the bank sent back and that may leave again.
fn returned(tx: &mut Tx, scene: &Scene<'_>, now: Moment) -> Outcome<Vec<(crate::domain::ids::DisbursementId, i32)>> {
    let finance = scene.cast.finance.actor();
    let page = disbursements::to_pay(tx.conn(), &finance, (DisbursementState::Returned, None, 100), now)?;
    let free = page.iter().filter(|payment| payment.obstacles.is_empty()).map(|payment| &payment.file.disbursement);
    Ok(free.map(|row| (row.id, row.version)).collect())
}

fn send_one_back(tx: &mut Tx, scene: &Scene<'_>, run: PaymentRunId, now: Moment) -> Outcome<()> {
    let finance = scene.cast.finance.actor();
    let lines = payment_runs::file(tx.conn(), &finance, run)?.lines;
    // A payment that closed its grant stays where it is.
    let of_running = |line: &&crate::store::disbursements::DisbursementFile| {
        let state = states::current(tx.conn(), Machine::Grant, line.disbursement.grant_id.as_str());
        state.is_ok_and(|standing| standing.state == "active")
    };
    if let Some(line) = lines.iter().find(of_running) {
        let row = &line.disbursement;
        disbursements::mark_returned(tx, &finance, row.id, row.version, "Compte clôturé", now)?;
    }
    Ok(())
}

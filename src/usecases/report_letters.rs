//! What is written about a report: to its holders, and to the officers who read it next.

use super::{
    Outcome,
    advance::Cause,
    documents::{self, Recipient},
    report_changes,
    reports::name,
    settlements, terms,
};
use crate::{
    domain::{
        correspondence::reports::{self as letters, JudgedLine, Settlement},
        ids::{ApplicationId, ReportId},
        reports::ReportKind,
        roles::Role,
    },
    store::{
        Conn, Tx,
        report_judgements::{self as judgements, AcceptedLineRow},
        reports::{self, ReportLineRow, ReportRow},
    },
};

/// The report's page below that of its grant.
pub(super) fn path(id: ReportId) -> String {
    format!("/bilans/{id}")
}

pub(super) fn tell_report_filed(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = reports::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let mail = letters::filed_mail(&about.project, row.kind, &path(row.id));
    terms::tell(tx, cause, &about.recipients, &mail)?;
    let officers = officers_told(tx, about.file.grant.application_id, &about.recipients)?;
    let mail = letters::filed_mail_to_team(&about.project, row.kind, &format!("/suivi/bilans/{}", row.id));
    terms::tell(tx, cause, &officers, &mail)
}

/// The programme officers who may know of a file and have not been told as its holders.
pub(super) fn officers_told(tx: &mut Tx, application: ApplicationId, told: &[Recipient]) -> Outcome<Vec<Recipient>> {
    let mut officers = terms::staff_told_of(tx.conn(), Role::Officer, application)?;
    officers.retain(|officer| told.iter().all(|known| known.address != officer.address));
    Ok(officers)
}

pub(super) fn ask_report_changes(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = reports::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let wanted = row.reason.as_deref().unwrap_or_default();
    let items = report_changes::named(tx.conn(), &row)?;
    let mail = letters::changes_mail(&about.project, row.kind, (wanted, &items), &path(row.id));
    terms::tell(tx, cause, &about.recipients, &mail)
}

pub(super) fn tell_report_waived(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = reports::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let mail = letters::waived_mail(&about.project, row.kind, row.reason.as_deref().unwrap_or_default());
    terms::tell(tx, cause, &about.recipients, &mail)
}

/// The lines of a report as they were judged; none of a report accepted in one sum.
fn judged_lines(conn: &mut Conn, row: &ReportRow) -> Outcome<Vec<JudgedLine>> {
    let judged = judgements::lines(conn, row.id)?;
    let lines = reports::lines(conn, row.id)?;
    let told = |accepted: AcceptedLineRow| {
        let line: &ReportLineRow = lines.iter().find(|line| line.position == accepted.position)?;
        let (label, actual) = (name(line).to_owned(), line.actual_cents);
        Some(JudgedLine { label, actual, accepted: accepted.accepted_cents, reason: accepted.reason })
    };
    Ok(judged.into_iter().filter_map(told).collect())
}

pub(super) fn tell_report_accepted(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = reports::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let cost = row.accepted_cost_cents.unwrap_or_default();
    let settled = Settlement {
        kind: row.kind,
        balance: settlements::balance_with(tx.conn(), &about.file.grant, &about.terms.call, cost)?,
        lines: judged_lines(tx.conn(), &row)?,
    };
    let mail = letters::accepted_mail(&about.project, &settled);
    if row.kind == ReportKind::Interim {
        return terms::tell(tx, cause, &about.recipients, &mail);
    }
    let letter = letters::accepted_letter(&about.project, &settled);
    documents::issue_and_send(tx, cause, &about.settings, letter, &about.recipients, &mail)?;
    Ok(())
}

//! The agreement of a grant: sent to be signed, then given to both parties with its signatures.

use super::{
    Actor, Outcome,
    advance::Cause,
    amendment_terms, disbursements, documents,
    grant_queues::{self, Queue},
    preparations::{self, Preparation},
    terms::{self, Subject},
};
use crate::{
    domain::{
        budgets::Side,
        correspondence::{
            agreements::{self as letters, AgreementTerms},
            annexes::{AgreedLine, DuePayment},
            evidence,
            grants::ScheduledPayment,
        },
        definitions::LetterTexts,
        disbursements::{PlannedPayment, conditions_of_grant},
        ids::GrantId,
        letters::{Letter, LetterKind},
        lifecycles::disbursements::DisbursementState,
        messages::Mail,
        money::Euros,
        signing::{is_agreement_required, sign_by},
        time::{Moment, french_date},
    },
    store::{
        Conn, StoreError, Tx,
        answers::BudgetLineRow,
        disbursements as payments,
        documents::{self as rows, DocumentRow},
        grants::{self, GrantRow},
        reports,
        signing::{self, PaperRow},
    },
};
use chrono::{Datelike, NaiveDate};

/// What the organisation of a grant has accepted of the other decisions of the same year. An offer counts once it is
/// accepted: before, nobody may hear of it. One that was terminated has come to what was paid of it.
fn accepted_beside(conn: &mut Conn, grant: &GrantRow) -> Outcome<Euros> {
    let year = grant.decided_on.year();
    let ends = NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31));
    let ends = ends.unwrap_or((grant.decided_on, grant.decided_on));
    let accepted = grants::accepted_between(conn, grant.organisation_id, ends)?;
    Ok(accepted.into_iter().filter(|(id, _)| *id != grant.id).map(|(_, amount)| amount).sum())
}

/// Whether a grant, were it of this amount, would go with a signed agreement today.
pub(super) fn is_required(conn: &mut Conn, (grant, amount): (&GrantRow, Euros), threshold: Euros) -> Outcome<bool> {
    Ok(is_agreement_required(amount, accepted_beside(conn, grant)?, threshold))
}

/// The same of an offer as it stands: what was accepted since it was decided counts too.
pub(super) fn is_owed(conn: &mut Conn, grant: &GrantRow) -> Outcome<bool> {
    if grant.is_agreement_required {
        return Ok(true);
    }
    let threshold = terms::of_call(conn, grant.call_id)?.call.agreement_threshold;
    is_required(conn, (grant, grant.amount_cents), threshold)
}

/// Issues the agreement and asks the holder to sign it.
pub(super) fn send_agreement(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    send(tx, cause, cause.subject()?)
}

/// Issues another version in place of the one that was sent, which nobody can sign any more; what was signed of it counts
/// no more.
pub(super) fn send_again(tx: &mut Tx, cause: &Cause, grant: GrantId) -> Outcome<()> {
    for paper in signing::papers_of(tx.conn(), grant)?.iter().filter(|paper| paper.amendment_id.is_none()) {
        signing::replace_paper(tx, paper.document_id, cause.now)?;
    }
    grants::clear_signatures(tx, grant)?;
    send(tx, cause, grant)
}

fn send(tx: &mut Tx, cause: &Cause, grant_id: GrantId) -> Outcome<()> {
    let about = terms::subject(tx.conn(), grant_id, cause.now)?;
    let payments = stored(tx.conn(), &about.file.grant)?;
    let agreed = agreed(tx.conn(), &about, &about.terms.call.letters, payments)?;
    let letter = letters::agreement_letter(&about.project, &agreed);
    let sign_by = sign_by(cause.now.paris_date());
    let mail = letters::agreement_mail(&about.project, about.file.grant.amount_cents, sign_by);
    let document_id = documents::issue_and_send(tx, cause, &about.settings, letter, &about.recipients, &mail)?;
    let paper = PaperRow { document_id, grant_id, amendment_id: None, sign_by, replaced_at: None };
    Ok(signing::insert_paper(tx, &paper)?)
}

/// The agreement of a grant that had none, on terms it does not have yet: those of `about`, with these payments in place of
/// those still to leave. It says what the amount `was`.
pub(super) fn raised_letter(
    conn: &mut Conn,
    about: &Subject,
    was: Euros,
    planned: &[PlannedPayment],
) -> Outcome<Letter> {
    let grant = &about.file.grant;
    let payments = replanned(conn, grant, planned)?;
    let mut agreed = agreed(conn, about, &about.terms.call.letters, payments)?;
    let why = format!(
        "Les parties portent la subvention de {was} à {}\u{a0}: la présente convention remplace, dès qu’elles l’ont toutes \
         deux signée, ce qui avait été accepté sans convention.",
        grant.amount_cents
    );
    let intro = std::mem::take(&mut agreed.intro);
    agreed.intro = format!("{} {why}", intro.trim()).trim().to_owned();
    Ok(letters::agreement_letter(&about.project, &agreed))
}

/// Issues the agreement as both have signed it, and sends it with `mail`.
pub(super) fn send_signed(tx: &mut Tx, cause: &Cause, about: &Subject, mail: &Mail) -> Outcome<()> {
    let papers = signing::papers_of(tx.conn(), about.file.grant.id)?;
    let paper = papers.into_iter().rev().find(|paper| paper.amendment_id.is_none()).ok_or(StoreError::NotFound)?;
    let document = rows::find(tx.conn(), paper.document_id)?;
    let proofs = super::signing::proofs(tx.conn(), paper.document_id)?;
    let number = format!("{}-{}", about.file.grant.reference, LetterKind::Agreement.suffix());
    let letter = evidence::signed_copy(letter_of(&document)?, &number, &proofs, cause.now);
    documents::issue_and_send(tx, cause, &about.settings, letter, &about.recipients, mail)?;
    Ok(())
}

/// The letter a document was made of.
pub(super) fn letter_of(document: &DocumentRow) -> Outcome<Letter> {
    Ok(serde_json::from_str(&document.facts)?)
}

/// How many of the newest grants are looked through for one that a text can be tried on.
const MOST_TRIED: i64 = 200;

/// The newest grant that the reader may know of on which the agreement of a call can be tried: one of this call, or else
/// of its fund.
pub fn specimen(conn: &mut Conn, actor: &Actor, known: &Preparation, now: Moment) -> Outcome<Option<GrantId>> {
    let followed = grant_queues::page(conn, actor, Queue::All, None, MOST_TRIED, now)?;
    let of_call = followed.iter().find(|one| one.file.grant.call_id == known.row.id);
    let found = of_call.or_else(|| followed.iter().find(|one| one.file.fund.fund_code == known.fund.code));
    Ok(found.map(|one| one.file.grant.id))
}

/// The agreement of a call as it is being written, on the data of a grant that exists; nothing is issued by looking, and
/// nothing is there to see while the fund has no grant.
pub fn preview(conn: &mut Conn, actor: &Actor, reference: &str, now: Moment) -> Outcome<Letter> {
    let known = preparations::find(conn, actor, reference)?;
    let grant = specimen(conn, actor, &known, now)?.ok_or(StoreError::NotFound)?;
    let about = terms::subject(conn, grant, now)?;
    let payments = stored(conn, &about.file.grant)?;
    let agreed = agreed(conn, &about, &known.definition.letters, payments)?;
    Ok(letters::agreement_letter(&about.project, &agreed))
}

/// The budget both agree on, for the annex.
fn budget(conn: &mut Conn, grant: &GrantRow) -> Outcome<Vec<AgreedLine>> {
    let lines = amendment_terms::agreed_budget(conn, (grant.id, grant.application_id), None)?;
    let line = |line: &BudgetLineRow| {
        let side = line.side.parse::<Side>().ok()?;
        Some(AgreedLine { side, label: amendment_terms::line_name(line), amount: line.planned_cents })
    };
    Ok(lines.iter().filter_map(line).collect())
}

/// The payments as an agreement says them: in its text, and with the days they are expected in its annex.
pub(super) struct SaidPayments {
    schedule: Vec<ScheduledPayment>,
    calendar: Vec<DuePayment>,
}

/// Those that a grant has.
fn stored(conn: &mut Conn, grant: &GrantRow) -> Outcome<SaidPayments> {
    let schedule = disbursements::schedule(conn, grant)?;
    let calendar = calendar(conn, grant, &schedule)?;
    Ok(SaidPayments { schedule, calendar })
}

/// Those that have left or are leaving, then these in place of those still planned.
fn replanned(conn: &mut Conn, grant: &GrantRow, planned: &[PlannedPayment]) -> Outcome<SaidPayments> {
    let rows = payments::of_grant(conn, grant.id)?;
    let shown = rows.iter().filter(|row| row.state != DisbursementState::Cancelled);
    let stays: Vec<bool> = shown.map(|row| row.state != DisbursementState::Planned).collect();
    let SaidPayments { schedule, calendar } = stored(conn, grant)?;
    let mut schedule: Vec<_> =
        schedule.into_iter().zip(&stays).filter(|(_, stays)| **stays).map(|(one, _)| one).collect();
    let mut calendar: Vec<_> =
        calendar.into_iter().zip(&stays).filter(|(_, stays)| **stays).map(|(one, _)| one).collect();
    for payment in planned {
        let said = ScheduledPayment {
            label: disbursements::capitalised(payment.kind.label()),
            condition: conditions_of_grant(&payment.conditions, grant.is_agreement_required),
            amount: payment.amount,
        };
        calendar.push(DuePayment {
            label: said.label.clone(),
            due: french_date(payment.due_on),
            condition: said.condition.clone(),
            amount: said.amount,
        });
        schedule.push(said);
    }
    Ok(SaidPayments { schedule, calendar })
}

/// The payments with the days they are expected, for the annex.
fn calendar(conn: &mut Conn, grant: &GrantRow, schedule: &[ScheduledPayment]) -> Outcome<Vec<DuePayment>> {
    let rows = payments::of_grant(conn, grant.id)?;
    let shown = rows.into_iter().filter(|row| row.state != DisbursementState::Cancelled);
    let line = |(row, said): (payments::DisbursementRow, &ScheduledPayment)| DuePayment {
        label: said.label.clone(),
        due: row.paid_on.or(row.due_on).map_or("à convenir".to_owned(), french_date),
        condition: said.condition.clone(),
        amount: said.amount,
    };
    Ok(shown.zip(schedule).map(line).collect())
}

/// What is agreed about a grant that is paid so, in the words of these texts.
fn agreed(
    conn: &mut Conn,
    about: &Subject,
    texts: &LetterTexts,
    SaidPayments { schedule, calendar }: SaidPayments,
) -> Outcome<AgreementTerms> {
    let grant = &about.file.grant;
    let reports = reports::of_grant(conn, grant.id)?;
    let due = |row: &reports::ReportRow| format!("{} : au plus tard le {}", row.kind.label(), french_date(row.due_on));
    let values = about.terms.values(&about.file);
    let others = accepted_beside(conn, grant)?;
    Ok(AgreementTerms {
        text: texts.agreement_text().to_owned(),
        contact: about.terms.fund.contact.email.to_string(),
        intro: values.fill(&texts.agreement_intro),
        amount: grant.amount_cents,
        of_year: grant.amount_cents + others,
        rate: grant.rate_points,
        starts_on: grant.starts_on,
        ends_on: grant.ends_on,
        budget: budget(conn, grant)?,
        calendar,
        schedule,
        commitments: texts.commitments_for(&values),
        reports: reports.iter().map(due).collect(),
        surplus: surplus_sentence(about),
        conditions: about.file.project.conditions.clone(),
    })
}

/// What the agreement says of money not spent (loi 2021-875, art. 2).
fn surplus_sentence(about: &Subject) -> String {
    let rule = &about.terms.call.surplus;
    let kept = if rule.kept.basis_points() > 0 {
        format!(
            "Le bénéficiaire peut en conserver jusqu’à {} de la subvention ; au-delà, le trop-perçu est à reverser.",
            rule.kept
        )
    } else {
        "Le trop-perçu est à reverser.".to_owned()
    };
    let least = match rule.waived_up_to {
        amount if amount > Euros::ZERO => format!(" En dessous de {amount}, rien n’est demandé."),
        _ => String::new(),
    };
    format!("Si le montant versé dépasse le montant définitif, la différence est un trop-perçu. {kept}{least}")
}

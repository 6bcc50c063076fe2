//! The agreement of a grant: sent to be signed, then given to both parties with its signatures.

use super::{
    Outcome,
    advance::Cause,
    disbursements, documents,
    terms::{self, Subject},
};
use crate::{
    domain::{
        correspondence::agreements::{self as letters, AgreementTerms, Signatures},
        ids::PersonId,
        messages::Mail,
        money::Euros,
        time::{Moment, french_date},
    },
    store::{Conn, Tx, people, reports},
};

/// Issues the agreement and asks the holder to sign it.
pub(super) fn send_agreement(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let about = terms::subject(tx.conn(), cause.subject()?, cause.now)?;
    let agreed = agreed(tx.conn(), &about)?;
    let letter = letters::agreement_letter(&about.project, &agreed);
    let mail = letters::agreement_mail(&about.project, about.file.grant.amount_cents);
    documents::issue_and_send(tx, cause, &about.settings, letter, &about.recipients, &mail)?;
    Ok(())
}

/// Issues the agreement as both have signed it, and sends it with `mail`.
pub(super) fn send_signed(tx: &mut Tx, cause: &Cause, about: &Subject, mail: &Mail) -> Outcome<()> {
    let mut agreed = agreed(tx.conn(), about)?;
    agreed.signatures = signatures(tx.conn(), about)?;
    let letter = letters::agreement_letter(&about.project, &agreed);
    documents::issue_and_send(tx, cause, &about.settings, letter, &about.recipients, mail)?;
    Ok(())
}

fn signatures(conn: &mut Conn, about: &Subject) -> Outcome<Option<Signatures>> {
    let grant = &about.file.grant;
    let mut signed = |by: Option<PersonId>, at: Option<Moment>| match by.zip(at) {
        Some((person, at)) => Outcome::Ok(Some((people::find(conn, person)?.name, at))),
        None => Ok(None),
    };
    let issuer = signed(grant.issuer_signed_by, grant.issuer_signed_at)?;
    let holder = signed(grant.holder_signed_by, grant.holder_signed_at)?;
    Ok(issuer.zip(holder).map(|(issuer, holder)| Signatures { issuer, holder }))
}

fn agreed(conn: &mut Conn, about: &Subject) -> Outcome<AgreementTerms> {
    let grant = &about.file.grant;
    let reports = reports::of_grant(conn, grant.id)?;
    let due = |row: &reports::ReportRow| format!("{} : au plus tard le {}", row.kind.label(), french_date(row.due_on));
    let values = about.terms.values(&about.file);
    Ok(AgreementTerms {
        intro: values.fill(&about.terms.call.letters.agreement_intro),
        amount: grant.amount_cents,
        rate: grant.rate_points,
        starts_on: grant.starts_on,
        ends_on: grant.ends_on,
        schedule: disbursements::schedule(conn, grant)?,
        commitments: about.terms.call.letters.commitments_for(&values),
        reports: reports.iter().map(due).collect(),
        surplus: surplus_sentence(about),
        conditions: about.file.project.conditions.clone(),
        signatures: None,
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

//! The word of the legal representative that a report is exact, where the call asks for it: given by a link in a mail, or
//! by whoever files the report when they are the representative themselves.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    documents::Recipient,
    login_links,
    report_lacks::obstacles,
    reports::{ReportPaper, is_open, paper},
    signatures::{LINK_MINUTES, PAUSE_MINUTES, signers},
    terms,
};
use crate::{
    domain::{
        correspondence::due_dates as letters,
        definitions::FilingSignature,
        ids::{PersonId, ReportId},
        lifecycle::Refusal,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, people,
        report_signatures::{self as rows, ReportSignatureRow},
        reports::ReportRow,
    },
};

/// What is to be certified, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certification {
    pub organisation: String,
    /// Who may certify.
    pub signers: Vec<(PersonId, String)>,
    pub asked_at: Option<Moment>,
    /// Who certified what the report says now, and when.
    pub signed: Option<(String, Moment)>,
    /// Of what is certified.
    pub digest: String,
}

impl Certification {
    /// The names of those who may certify.
    pub fn names(&self) -> String {
        self.signers.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" ou ")
    }

    /// Whether this is one of them.
    pub fn may_sign(&self, actor: &Actor) -> bool {
        actor.person.is_some_and(|person| self.signers.iter().any(|(known, _)| *known == person))
    }
}

/// The certification of a report; nothing where the call does not ask for it.
pub fn of_paper(conn: &mut Conn, paper: &ReportPaper) -> Outcome<Option<Certification>> {
    let Some(FilingSignature::Representative) = paper.call.reports.certified_by else { return Ok(None) };
    let digest = paper.content_digest()?;
    let row = rows::find(conn, paper.report.id)?;
    let asked_at = row.as_ref().and_then(|row| row.asked_at);
    // What is filed does not change any more: its signature holds.
    let holds = |row: &ReportSignatureRow| {
        !is_open(paper.report.state) || row.content_hash.as_ref().is_some_and(|hash| *hash == digest)
    };
    let signed = match row.filter(holds).and_then(|row| row.person_id.zip(row.signed_at)) {
        Some((person, at)) => Some((people::find(conn, person)?.name, at)),
        None => None,
    };
    let organisation = paper.grant.holder.name.clone();
    let signers = signers(conn, paper.grant.grant.organisation_id)?;
    Ok(Some(Certification { organisation, signers, asked_at, signed, digest }))
}

/// Whose word a report still lacks, a French sentence.
pub(super) fn unsigned(conn: &mut Conn, row: &ReportRow) -> Outcome<Option<String>> {
    if terms::of_call(conn, row.call_id)?.call.reports.certified_by.is_none() {
        return Ok(None);
    }
    let paper = paper(conn, &Actor::system(), row.id)?;
    let certification = of_paper(conn, &paper)?.filter(|certification| certification.signed.is_none());
    Ok(certification.map(|lacking| lack(&lacking)))
}

fn lack(lacking: &Certification) -> String {
    format!("Il manque la certification de {} pour {}.", lacking.names(), lacking.organisation)
}

/// A report somebody is to certify; it does not exist for anybody else.
pub fn to_sign(conn: &mut Conn, actor: &Actor, id: ReportId) -> Outcome<(ReportPaper, Certification)> {
    let paper = paper(conn, actor, id)?;
    let certification = of_paper(conn, &paper)?.filter(|certification| certification.may_sign(actor));
    Ok((paper, certification.ok_or(StoreError::NotFound)?))
}

/// Sends a link to those who may certify a complete report.
pub fn ask(tx: &mut Tx, actor: &Actor, id: ReportId, now: Moment) -> Outcome<()> {
    let paper = paper(tx.conn(), actor, id)?;
    let asked = of_paper(tx.conn(), &paper)?.filter(|_| is_open(paper.report.state)).ok_or(StoreError::NotFound)?;
    if !obstacles(tx.conn(), &paper.report)?.is_empty() {
        return Err(Refusal::because("Complétez d’abord le bilan\u{a0}: ce qui est certifié ne change plus.").into());
    }
    if asked.signed.is_some() {
        return Ok(());
    }
    if asked.asked_at.is_some_and(|at| now < at.plus_minutes(PAUSE_MINUTES)) {
        return Err(Refusal::because("La demande vient de partir par courriel. Attendez quelques minutes.").into());
    }
    let row =
        ReportSignatureRow { report_id: id, asked_at: Some(now), person_id: None, content_hash: None, signed_at: None };
    rows::set(tx, &row)?;
    let about = terms::subject(tx.conn(), paper.report.grant_id, now)?;
    let mail = letters::certification_asked_mail(&about.project, paper.report.kind);
    let page = format!("/subventions/{}/bilans/{id}/certification", paper.report.grant_id);
    for (person, _) in &asked.signers {
        let person = people::find(tx.conn(), *person)?;
        let to = Recipient { person: Some(person.id), address: person.email.to_string(), name: person.name };
        login_links::send_for(tx, &to, (&page, LINK_MINUTES), &mail, now)?;
    }
    Ok(())
}

/// Certifies what was read, by its digest; what has changed since is to be read again.
pub fn sign(tx: &mut Tx, actor: &Actor, id: ReportId, (read, is_sworn): (&str, bool), now: Moment) -> Outcome<()> {
    let (paper, certification) = to_sign(tx.conn(), actor, id)?;
    if !is_open(paper.report.state) {
        return Err(Refusal::NotFromHere(paper.report.state.label()).into());
    }
    if certification.digest != read {
        let sentence = "Le bilan a changé depuis que vous l’avez ouvert\u{a0}: relisez-le avant de le certifier.";
        return Err(Refusal::because(sentence).into());
    }
    if !obstacles(tx.conn(), &paper.report)?.is_empty() {
        return Err(Refusal::because("Le bilan n’est pas complet\u{a0}: il ne peut pas encore être certifié.").into());
    }
    if !is_sworn {
        let wrong = FieldError::new("certifie", "Cochez la case pour certifier.");
        return Err(UseCaseError::Invalid(vec![wrong]));
    }
    let row = ReportSignatureRow {
        report_id: id,
        asked_at: certification.asked_at,
        person_id: Some(access::person(actor)?),
        content_hash: Some(certification.digest),
        signed_at: Some(now),
    };
    Ok(rows::set(tx, &row)?)
}

/// Before a complete report is filed: certified by whoever files it, where they may and say so; else what is missing.
pub fn certify(tx: &mut Tx, actor: &Actor, id: ReportId, is_sworn: bool, now: Moment) -> Outcome<Option<FieldError>> {
    let paper = paper(tx.conn(), actor, id)?;
    let Some(lacking) = of_paper(tx.conn(), &paper)?.filter(|known| known.signed.is_none()) else { return Ok(None) };
    if !lacking.may_sign(actor) {
        return Ok(Some(FieldError::new("certification", lack(&lacking))));
    }
    match sign(tx, actor, id, (&lacking.digest, is_sworn), now) {
        Ok(()) => Ok(None),
        Err(UseCaseError::Invalid(mut wrong)) => Ok(wrong.pop()),
        Err(error) => Err(error),
    }
}

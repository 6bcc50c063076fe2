//! Signing an agreement or an amendment: who may, by which way, and what follows once both have.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::advance_now,
    amendments,
    attachments::{self, FitFile},
    documents::Recipient,
    grants, messages, one_time_codes, organisations, scans, signatures, terms,
};
use crate::{
    domain::{
        attachments::AttachmentOwner,
        correspondence::evidence::{self, Proof},
        ids::{DocumentId, GrantId, OneTimeCodeId, PersonId},
        letters::LetterKind,
        lifecycle::Refusal,
        lifecycles::{
            amendments::{Amendment, AmendmentEvent},
            grants::{Grant, GrantEvent},
        },
        one_time_codes::{CodeFault, CodePurpose, MOST_TRIES},
        organisations::Right,
        roles::Role,
        signing::{SigningSide, SigningWay, masked},
        text::{fold, nbsp},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        digests::sha256,
        documents::{self as letters, DocumentRow},
        grants::{self as rows, GrantFile},
        one_time_codes::Owner,
        people::{self, PersonRow},
        signing::{self as store, PaperRow, SignatureRow},
    },
};

/// A paper of a grant with who has signed it, seen by somebody.
#[derive(Debug, Clone)]
pub struct Paper {
    pub row: PaperRow,
    pub document: DocumentRow,
    pub signatures: Vec<SignatureRow>,
    /// For whom the reader may sign it online now.
    pub signs: Option<SigningSide>,
    /// For whom the reader may send a copy signed on paper now.
    pub sends: Option<SigningSide>,
    /// Whether the reader may deposit a copy that the holder signed on paper and sent by post.
    pub deposits: bool,
    /// Whether the reader has been sent a code that still serves.
    pub has_code: bool,
}

impl Paper {
    /// The signature given for this side.
    pub fn of(&self, side: SigningSide) -> Option<&SignatureRow> {
        self.signatures.iter().find(|row| row.side == side)
    }

    /// Who is expected to sign next: the grantee first, though either may come first.
    pub fn next(&self) -> Option<SigningSide> {
        SigningSide::ALL.iter().copied().find(|side| self.of(*side).is_none())
    }

    /// What it is, inside a sentence.
    pub fn what(&self) -> &'static str {
        what(self.document.kind)
    }
}

/// What a paper is, inside a sentence.
pub(super) fn what(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Amendment => "l’avenant à la convention",
        _ => "la convention de subvention",
    }
}

/// The papers of a grant that nothing has replaced, signed or not, for somebody who may see it.
pub fn papers(conn: &mut Conn, actor: &Actor, file: &GrantFile, now: Moment) -> Outcome<Vec<Paper>> {
    let rows = store::papers_of(conn, file.grant.id)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = rows.iter().map(|row| row.document_id).collect();
    let given = store::signatures_under(conn, &ids)?;
    let (online, on_paper) = match amendments::is_open(file.grant.state) {
        true => sides(conn, actor, file)?,
        false => (Vec::new(), Vec::new()),
    };
    let deposits = amendments::is_open(file.grant.state) && may_deposit(conn, actor, file)?;
    let mut papers = Vec::new();
    for row in rows {
        // Erased once its time was over.
        let document = match letters::find(conn, row.document_id) {
            Err(StoreError::NotFound) => continue,
            found => found?,
        };
        let signatures: Vec<_> = given.iter().filter(|one| one.document_id == row.document_id).cloned().collect();
        // Whoever signed for one side signs for no other.
        let missing = |side: &&SigningSide| {
            signatures.iter().all(|one| one.side != **side && Some(one.person_id) != actor.person)
        };
        let is_free = |one: &SignatureRow| one.side != SigningSide::Holder && Some(one.person_id) != actor.person;
        let deposits = deposits && signatures.iter().all(is_free);
        let signs = online.iter().find(missing).copied();
        let sends = on_paper.iter().find(missing).copied();
        let has_code = match actor.person.filter(|_| signs.is_some()) {
            Some(person) => {
                let waiting = one_time_codes::waiting(conn, owner(person, &row.document_id))?;
                waiting.is_some_and(|code| code.expires_at > now && code.tries < MOST_TRIES)
            }
            None => false,
        };
        papers.push(Paper { row, document, signatures, signs, sends, deposits, has_code });
    }
    Ok(papers)
}

/// For whom the actor may sign online, and for whom send a copy signed on paper: the representative signs, a colleague may
/// send what the representative has signed by hand. Whoever acts for the grantee signs nothing for the fund, whatever
/// their role: nobody contracts with themselves.
fn sides(conn: &mut Conn, actor: &Actor, file: &GrantFile) -> Outcome<(Vec<SigningSide>, Vec<SigningSide>)> {
    let (mut online, mut on_paper) = (Vec::new(), Vec::new());
    let holder = file.grant.organisation_id;
    if let Some(person) = actor.person {
        let represents = signatures::signers(conn, holder)?.iter().any(|(known, _)| *known == person);
        if represents {
            online.push(SigningSide::Holder);
        }
        if represents || organisations::may(conn, actor, &[holder], Right::Write)? {
            on_paper.push(SigningSide::Holder);
        }
    }
    if is_director(conn, actor, file)? && !organisations::acts_for(conn, actor, &file.parties())? {
        online.push(SigningSide::Issuer);
        on_paper.push(SigningSide::Issuer);
    }
    Ok((online, on_paper))
}

fn is_director(conn: &mut Conn, actor: &Actor, file: &GrantFile) -> Outcome<bool> {
    Ok(access::staff_roles_on(conn, actor, file.grant.application_id)?.contains(&Role::Director))
}

/// Whether the actor opens the post of the house: an officer who does not act for the grantee, who has a way of their own.
fn may_deposit(conn: &mut Conn, actor: &Actor, file: &GrantFile) -> Outcome<bool> {
    let roles = access::staff_roles_on(conn, actor, file.grant.application_id)?;
    Ok(roles.contains(&Role::Officer) && !organisations::acts_for(conn, actor, &file.parties())?)
}

/// Why a director who has a part on the side of the grantee does not sign for the house.
fn barred(conn: &mut Conn, actor: &Actor, file: &GrantFile, paper: &Paper) -> Outcome<Option<Refusal>> {
    let has_signed = paper.of(SigningSide::Holder).is_some_and(|one| Some(one.person_id) == actor.person);
    let is_other_side = has_signed || organisations::acts_for(conn, actor, &file.parties())?;
    if !is_other_side || paper.of(SigningSide::Issuer).is_some() || !is_director(conn, actor, file)? {
        return Ok(None);
    }
    let sentence = "Vous agissez pour l’organisation bénéficiaire\u{a0}: une autre personne de la direction doit signer pour \
                    la structure qui verse la subvention.";
    Ok(Some(Refusal::because(sentence)))
}

/// What somebody gives to sign online.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    pub typed_name: String,
    /// Whether they declare that they may engage their organisation.
    pub is_sworn: bool,
    /// The digits received by mail, as typed.
    pub code: String,
    /// What was wrong with them when they were tried out.
    pub fault: Option<CodeFault>,
    /// The sign-in in which it happens, kept as evidence.
    pub session: String,
}

/// Whose code it is, and under what.
fn owner(person: PersonId, document: &DocumentId) -> Owner<'_> {
    Owner { purpose: CodePurpose::Agreement, person, subject: document.as_str() }
}

/// The paper somebody wants to sign; for those who may not see the grant it does not exist.
pub(super) fn paper_of(
    conn: &mut Conn,
    actor: &Actor,
    (grant, document): (GrantId, DocumentId),
    now: Moment,
) -> Outcome<(GrantFile, Paper)> {
    let file = grants::file(conn, actor, grant)?;
    let paper = papers(conn, actor, &file, now)?.into_iter().find(|paper| paper.row.document_id == document);
    // Replaced since the page was shown.
    Ok((file, paper.ok_or(StoreError::Stale)?))
}

/// The side somebody signs for, or why they do not.
fn side_of(
    conn: &mut Conn,
    actor: &Actor,
    (file, paper): (&GrantFile, &Paper),
    (side, has_any): (Option<SigningSide>, bool),
) -> Outcome<SigningSide> {
    if side.is_none()
        && let Some(refusal) = barred(conn, actor, file, paper)?
    {
        return Err(refusal.into());
    }
    match side {
        Some(side) => Ok(side),
        // Whoever may sign and finds nothing to sign has signed, or somebody has for them.
        None if has_any || paper.next().is_none() => Err(StoreError::Stale.into()),
        None => Err(Refusal::NotYours.into()),
    }
}

fn to_sign(
    conn: &mut Conn,
    actor: &Actor,
    at: (GrantId, DocumentId),
    now: Moment,
) -> Outcome<(GrantFile, Paper, SigningSide)> {
    let (file, paper) = paper_of(conn, actor, at, now)?;
    let has_any = !sides(conn, actor, &file)?.0.is_empty();
    let side = side_of(conn, actor, (&file, &paper), (paper.signs, has_any))?;
    Ok((file, paper, side))
}

/// Sends a code to whoever may sign.
pub fn ask(tx: &mut Tx, actor: &Actor, at: (GrantId, DocumentId), now: Moment) -> Outcome<OneTimeCodeId> {
    let (file, paper, _) = to_sign(tx.conn(), actor, at, now)?;
    let person = people::find(tx.conn(), access::person(actor)?)?;
    let contact = terms::of_call(tx.conn(), file.grant.call_id)?.contact();
    let mail = evidence::code_mail(paper.what(), &file.project.title, &contact);
    let to = Recipient { person: Some(person.id), address: person.email.to_string(), name: person.name };
    one_time_codes::ask(tx, owner(person.id, &at.1), &sha256(&paper.document.facts), (&to, &mail), now)
}

/// Tries a code out, in a transaction of its own: a wrong one counts whatever becomes of the rest.
pub fn try_out(
    tx: &mut Tx,
    actor: &Actor,
    at: (GrantId, DocumentId),
    typed: &str,
    now: Moment,
) -> Outcome<Result<(), CodeFault>> {
    grants::file(tx.conn(), actor, at.0)?;
    let digest = sha256(letters::find(tx.conn(), at.1)?.facts);
    one_time_codes::try_out(tx, owner(access::person(actor)?, &at.1), &digest, typed, now)
}

/// Signs what a grant has to be signed, in a made-up past in which no mail leaves.
pub fn sign_at_once(tx: &mut Tx, actor: &Actor, grant: GrantId, name: &str, now: Moment) -> Outcome<()> {
    let file = grants::file(tx.conn(), actor, grant)?;
    let papers = papers(tx.conn(), actor, &file, now)?;
    let paper = papers.into_iter().find(|paper| paper.signs.is_some()).ok_or(StoreError::Stale)?;
    let at = (grant, paper.row.document_id);
    let asked = ask(tx, actor, at, now)?;
    let code = one_time_codes::arm(tx, asked, now)?;
    let signing = Signing { typed_name: name.to_owned(), is_sworn: true, code, fault: None, session: String::new() };
    sign(tx, actor, at, &signing, now)
}

/// Signs online; once both have signed, the agreement or the amendment is in force.
pub fn sign(tx: &mut Tx, actor: &Actor, at: (GrantId, DocumentId), signing: &Signing, now: Moment) -> Outcome<()> {
    let (file, paper, side) = to_sign(tx.conn(), actor, at, now)?;
    let person = people::find(tx.conn(), access::person(actor)?)?;
    let digest = sha256(&paper.document.facts);
    let fault = match signing.fault {
        Some(fault) => Some(fault),
        None => one_time_codes::check(tx, owner(person.id, &at.1), &digest, &signing.code, now)?.err(),
    };
    check(&person, signing, fault)?;
    let given = given(&paper, side, &person, SigningWay::Code, (signing.session.as_str(), now));
    record(tx, actor, (&file, &paper), given)
}

/// A typed name is a signature only when it is one's own, and when its mailbox answers.
fn check(person: &PersonRow, signing: &Signing, fault: Option<CodeFault>) -> Outcome<()> {
    let mut errors = Vec::new();
    if fold(&signing.typed_name) != fold(&person.name) {
        let message = nbsp(&format!("Tapez votre nom tel qu’il est dans votre compte : {}.", person.name));
        errors.push(FieldError::new("nom", message));
    }
    if !signing.is_sworn {
        errors.push(FieldError::new("engagement", "Cochez la case pour signer."));
    }
    errors.extend(fault.map(|fault| FieldError::new("code", fault.sentence())));
    if errors.is_empty() { Ok(()) } else { Err(UseCaseError::Invalid(errors)) }
}

/// Takes a copy signed on paper as the signature.
pub fn sign_on_paper(
    tx: &mut Tx,
    actor: &Actor,
    at: (GrantId, DocumentId),
    (scan, session): (&FitFile, &str),
    now: Moment,
) -> Outcome<()> {
    let (file, paper) = paper_of(tx.conn(), actor, at, now)?;
    let has_any = !sides(tx.conn(), actor, &file)?.1.is_empty();
    let side = side_of(tx.conn(), actor, (&file, &paper), (paper.sends, has_any))?;
    let person = people::find(tx.conn(), access::person(actor)?)?;
    let owner = (AttachmentOwner::Grant, file.grant.id.as_str());
    let code = format!("{}-{side}", paper.row.document_id);
    scans::check(tx.conn(), &scan.sha256)?;
    let attachment = attachments::attach(tx, actor, owner, &code, scan, now)?;
    let given = SignatureRow {
        attachment_id: Some(attachment),
        scan_sha256: Some(scan.sha256.clone()),
        ..given(&paper, side, &person, SigningWay::Scan, (session, now))
    };
    record(tx, actor, (&file, &paper), given)
}

/// The scan of a copy signed on paper, judged: it is kept as it is, so one file holds all its pages.
pub fn judge_scan(field: &str, name: &str, bytes: &[u8]) -> Outcome<FitFile> {
    match attachments::judge(field, name, bytes) {
        Ok(file) if file.content_type == "application/pdf" => return Ok(file),
        Err(wrong) if bytes.is_empty() || bytes.starts_with(b"%PDF") => return Err(wrong),
        // Whatever else it is, what is wanted is one PDF.
        Ok(_) | Err(_) => (),
    }
    let sentence = "Envoyez l’exemplaire signé en un seul fichier PDF, toutes pages comprises.";
    Err(UseCaseError::Invalid(vec![FieldError::new(field, sentence)]))
}

pub(super) fn given(
    paper: &Paper,
    side: SigningSide,
    person: &PersonRow,
    way: SigningWay,
    (session, now): (&str, Moment),
) -> SignatureRow {
    SignatureRow {
        document_id: paper.row.document_id,
        side,
        person_id: person.id,
        name: person.name.clone(),
        masked_address: masked(person.email.as_str()),
        way,
        session: session.to_owned(),
        digest: sha256(&paper.document.facts),
        attachment_id: None,
        scan_sha256: None,
        signed_at: now,
        signed_by: None,
        signed_on: None,
    }
}

/// Writes a signature down and lets what follows happen.
pub(super) fn record(
    tx: &mut Tx,
    actor: &Actor,
    (file, paper): (&GrantFile, &Paper),
    row: SignatureRow,
) -> Outcome<()> {
    let (grant, now, system) = (file.grant.id, row.signed_at, Actor::system());
    store::insert_signature(tx, &row)?;
    if paper.row.amendment_id.is_none() {
        match row.side {
            SigningSide::Holder => rows::set_holder_signed(tx, grant, row.person_id, now)?,
            SigningSide::Issuer => rows::set_issuer_signed(tx, grant, row.person_id, now)?,
        }
    }
    let is_signed_by_both = paper.signatures.iter().any(|one| one.side != row.side);
    match (is_signed_by_both, paper.row.amendment_id) {
        (true, None) => drop(advance_now::<Grant>(tx, &system, grant, GrantEvent::Activate, now)?),
        (true, Some(id)) => drop(advance_now::<Amendment>(tx, &system, id, AmendmentEvent::TakeEffect, now)?),
        (false, _) if row.side == SigningSide::Holder => ask_management(tx, actor, (file, paper), now)?,
        (false, _) => {}
    }
    Ok(())
}

/// Tells the management that it is its turn.
fn ask_management(tx: &mut Tx, actor: &Actor, (file, paper): (&GrantFile, &Paper), now: Moment) -> Outcome<()> {
    let about = terms::subject(tx.conn(), file.grant.id, now)?;
    let mail = evidence::countersign_mail(&about.project, paper.what(), paper.row.sign_by);
    let by = access::person(actor)?;
    let act = format!("countersign:{}", paper.row.document_id);
    for director in terms::staff_told_of(tx.conn(), Role::Director, file.grant.application_id)? {
        messages::queue_wished(tx, (file.grant.id.as_str(), &act), by, &director, &mail, now)?;
    }
    Ok(())
}

/// What proves the signatures under a paper.
pub(super) fn proofs(conn: &mut Conn, paper: DocumentId) -> Outcome<Vec<Proof>> {
    let proof = |row: SignatureRow| Proof {
        side: row.side,
        name: row.name,
        address: row.masked_address,
        way: row.way,
        session: row.session,
        digest: row.digest,
        scan: row.scan_sha256,
        by_hand: row.signed_by.zip(row.signed_on),
        at: row.signed_at,
    };
    Ok(store::signatures_under(conn, &[paper])?.into_iter().map(proof).collect())
}

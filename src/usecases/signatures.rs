//! The signatures under what is to be filed, where the call asks for them: one for each organisation of the file.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access, answers, answers::Content, documents::Recipient, login_links,
    settings,
};
use crate::{
    domain::{
        correspondence,
        definitions::FilingSignature,
        ids::{ApplicationId, OrganisationId, PersonId},
        lifecycle::Refusal,
        lifecycles::applications::ApplicationState,
        organisations::MemberSeat,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, organisations as rows, people,
        signatures::{self, SignatureRow},
    },
};

/// How long the link to sign is valid once its mail has left: a representative reads it in the evening.
pub(super) const LINK_MINUTES: i64 = 3 * 24 * 60;
/// Minutes before the same signature may be asked for again.
pub(super) const PAUSE_MINUTES: i64 = 10;

/// What one organisation has signed, or is to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub organisation: OrganisationId,
    pub name: String,
    /// Who may sign for it.
    pub signers: Vec<(PersonId, String)>,
    pub asked_at: Option<Moment>,
    /// Who signed what the file says now, and when.
    pub signed: Option<(String, Moment)>,
}

impl Party {
    /// The names of those who may sign.
    pub fn names(&self) -> String {
        self.signers.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" ou ")
    }

    fn may_sign(&self, actor: &Actor) -> bool {
        actor.person.is_some_and(|person| self.signers.iter().any(|(known, _)| *known == person))
    }
}

/// The digest of what is signed: a draft is filed under the form as it is then.
pub fn digest(content: &Content) -> Outcome<String> {
    if content.row.state != ApplicationState::Draft {
        return content.digest();
    }
    let mut filed = content.clone();
    filed.row.revision = filed.form;
    filed.digest()
}

/// The digest under which a signature holds: what a draft says now, what a filed application said when it was filed.
fn valid_digest(content: &Content) -> Outcome<String> {
    match content.row.content_hash.clone().filter(|_| content.row.state != ApplicationState::Draft) {
        Some(filed) => Ok(filed),
        None => digest(content),
    }
}

/// The organisations that sign, the one that applies first; none when the call does not ask for it.
pub fn parties(conn: &mut Conn, content: &Content) -> Outcome<Vec<Party>> {
    let Some(FilingSignature::Representative) = content.definition.filing_signature else { return Ok(Vec::new()) };
    let (said, known) = (valid_digest(content)?, signatures::of_application(conn, content.row.id)?);
    let mut parties = Vec::new();
    for organisation in [Some(&content.organisation), content.partner.as_ref()].into_iter().flatten() {
        let row = known.iter().find(|row| row.organisation_id == organisation.id);
        let valid = row.filter(|row| row.content_hash.as_ref().is_some_and(|hash| *hash == said));
        let signed = match valid.and_then(|row| row.person_id.zip(row.signed_at)) {
            Some((person, at)) => Some((people::find(conn, person)?.name, at)),
            None => None,
        };
        parties.push(Party {
            organisation: organisation.id,
            name: organisation.name.clone(),
            signers: signers(conn, organisation.id)?,
            asked_at: row.and_then(|row| row.asked_at),
            signed,
        });
    }
    Ok(parties)
}

/// Who signs for an organisation: its representatives, or, when it has seated none, those who answer for it.
pub(super) fn signers(conn: &mut Conn, organisation: OrganisationId) -> Outcome<Vec<(PersonId, String)>> {
    let members = rows::members(conn, organisation)?;
    let seated = |wanted: MemberSeat| {
        let of = members.iter().filter(move |(.., seat)| *seat == wanted);
        of.map(|(person, name, ..)| (*person, name.clone())).collect::<Vec<_>>()
    };
    let representatives = seated(MemberSeat::Representative);
    Ok(if representatives.is_empty() { seated(MemberSeat::Manager) } else { representatives })
}

/// Who still has to sign, each a French sentence.
pub fn unsigned(conn: &mut Conn, content: &Content) -> Outcome<Vec<String>> {
    let missing = parties(conn, content)?.into_iter().filter(|party| party.signed.is_none());
    Ok(missing.map(|party| format!("Il manque la signature de {} pour {}.", party.names(), party.name)).collect())
}

/// Sends a link to everybody who still has to sign a complete draft.
pub fn ask(tx: &mut Tx, actor: &Actor, id: ApplicationId, now: Moment) -> Outcome<()> {
    let content = answers::to_write(tx.conn(), actor, id)?;
    let parties = parties(tx.conn(), &content)?;
    if parties.is_empty() || content.row.state != ApplicationState::Draft {
        return Err(StoreError::NotFound.into());
    }
    if !content.missing().is_empty() {
        return Err(Refusal::because("Complétez d’abord le dossier\u{a0}: ce qui est signé ne change plus.").into());
    }
    let unsigned: Vec<_> = parties.into_iter().filter(|party| party.signed.is_none()).collect();
    let is_recent = |party: &Party| party.asked_at.is_some_and(|at| now < at.plus_minutes(PAUSE_MINUTES));
    if !unsigned.is_empty() && unsigned.iter().all(is_recent) {
        return Err(Refusal::because("La demande vient de partir par courriel. Attendez quelques minutes.").into());
    }
    let contact = settings::load(tx.conn())?.issuer_contact;
    for party in unsigned.iter().filter(|party| !is_recent(party)) {
        let asked = SignatureRow { asked_at: Some(now), ..row(id, party.organisation) };
        write(tx, asked)?;
        for (person, _) in &party.signers {
            let person = people::find(tx.conn(), *person)?;
            let to = Recipient { person: Some(person.id), address: person.email.to_string(), name: person.name };
            let mail = correspondence::people::signature_asked(
                (&content.row.reference, &content.row.title),
                &party.name,
                &contact,
            );
            login_links::send_for(tx, &to, (&format!("/dossiers/{id}/signature"), LINK_MINUTES), &mail, now)?;
        }
    }
    Ok(())
}

fn row(application_id: ApplicationId, organisation_id: OrganisationId) -> SignatureRow {
    SignatureRow {
        application_id,
        organisation_id,
        asked_at: None,
        person_id: None,
        content_hash: None,
        signed_at: None,
    }
}

fn write(tx: &mut Tx, row: SignatureRow) -> Outcome<()> {
    let known = signatures::of_application(tx.conn(), row.application_id)?;
    match known.iter().find(|known| known.organisation_id == row.organisation_id) {
        Some(known) => Ok(signatures::change(tx, &SignatureRow { asked_at: row.asked_at.or(known.asked_at), ..row })?),
        None => Ok(signatures::insert(tx, &row)?),
    }
}

/// A draft somebody is to sign, and for whom; it does not exist for anybody else.
pub fn to_sign(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Outcome<(Content, Vec<Party>)> {
    let content = answers::find(conn, actor, id)?;
    let mut mine = parties(conn, &content)?;
    mine.retain(|party| party.may_sign(actor));
    if mine.is_empty() {
        return Err(StoreError::NotFound.into());
    }
    Ok((content, mine))
}

/// Signs what was read, by its digest; what has changed since is to be read again.
pub fn sign(tx: &mut Tx, actor: &Actor, id: ApplicationId, (read, is_sworn): (&str, bool), now: Moment) -> Outcome<()> {
    let (content, mine) = to_sign(tx.conn(), actor, id)?;
    if content.row.state != ApplicationState::Draft {
        return Err(Refusal::NotFromHere(content.row.state.label()).into());
    }
    if digest(&content)? != read {
        let sentence = "Le dossier a changé depuis que vous l’avez ouvert\u{a0}: relisez-le avant de le signer.";
        return Err(Refusal::because(sentence).into());
    }
    if !content.missing().is_empty() {
        return Err(Refusal::because("Le dossier n’est pas complet\u{a0}: il ne peut pas encore être signé.").into());
    }
    if !is_sworn {
        let wrong = FieldError::new("engagement", "Cochez la case pour signer.");
        return Err(UseCaseError::Invalid(vec![wrong]));
    }
    let person = access::person(actor)?;
    for party in mine.iter().filter(|party| party.signed.is_none()) {
        let signed = SignatureRow {
            person_id: Some(person),
            content_hash: Some(read.to_owned()),
            signed_at: Some(now),
            ..row(id, party.organisation)
        };
        write(tx, signed)?;
    }
    Ok(())
}

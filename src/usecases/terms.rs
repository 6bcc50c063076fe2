//! What the call and the fund of a grant say, whom one writes to about it, and under which letterhead.

use super::{
    Outcome,
    advance::Cause,
    definitions,
    documents::Recipient,
    messages,
    settings::{self, Settings},
};
use crate::{
    domain::{
        correspondence::{agreements::Grantee, grants::AwardedProject},
        definitions::{CallDefinition, FundDefinition, MergeField, MergeValues},
        ids::{ApplicationId, CallId, GrantId, OrganisationId},
        letters::{Fund, Signature},
        messages::Mail,
        organisations::{MemberSeat, Right, envelope, postal_line},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, Tx,
        grants::{self, GrantFile, HolderPart},
        organisations, people, recusals,
    },
};
use std::sync::Arc;

/// The rules a grant lives under.
#[derive(Debug, Clone)]
pub struct Terms {
    pub call: Arc<CallDefinition>,
    pub fund: Arc<FundDefinition>,
}

/// The rules of a call and its fund.
pub fn of_call(conn: &mut Conn, call: CallId) -> Outcome<Terms> {
    let (call, fund) = grants::definitions(conn, call)?;
    Ok(Terms { call: definitions::call(&call)?, fund: definitions::fund(&fund)? })
}

impl Terms {
    /// The fund as a letter shows it.
    pub fn letter_fund(&self) -> Fund {
        let FundDefinition { name, logo, mention, emblem, .. } = &*self.fund;
        Fund { name: name.clone(), logo: *logo, mention: mention.clone(), emblem: *emblem }
    }

    /// What a grant has for the merge fields of the texts that bind its holder.
    pub fn values(&self, file: &GrantFile) -> MergeValues {
        MergeValues::default()
            .with(MergeField::Organisation, &file.holder.name)
            .with(MergeField::Project, &file.project.title)
            .with(MergeField::Application, &file.project.application_reference)
            .with(MergeField::Call, &file.call.call_title)
            .with(MergeField::Fund, &self.fund.name)
            .with(MergeField::Contact, &self.fund.contact.email)
            .with(MergeField::Amount, file.grant.amount_cents)
            .with(MergeField::Grant, &file.grant.reference)
            .with(MergeField::Rate, file.grant.rate_points)
    }

    /// Whom to write to, on one line.
    pub fn contact(&self) -> String {
        let contact = &self.fund.contact;
        let phone = contact.phone.as_ref().map_or(String::new(), |phone| format!(" – {phone}"));
        format!("{}, {}{phone}", contact.name, contact.email)
    }
}

/// A grant about which something is written.
pub(super) struct Subject {
    pub file: GrantFile,
    pub terms: Terms,
    pub settings: Settings,
    pub project: AwardedProject,
    /// The people who act for the grantee or its partner and may read all of it.
    pub recipients: Vec<Recipient>,
}

/// Who signs for the house: whom the fund names, else whom the installation names. The house itself signs when neither
/// names anybody; decisions and agreements then do not leave (see [`names_signatory`]).
pub(super) fn signature(settings: &Settings, fund: Option<&FundDefinition>) -> Signature {
    let named = |name: &str, title: &str| Signature { name: name.to_owned(), title: title.to_owned(), place: None };
    match fund.and_then(|fund| fund.signatory.as_ref()) {
        Some(signatory) => named(&signatory.name, &signatory.title),
        None if settings.signatory_name.trim().is_empty() => named(&settings.issuer_name, ""),
        None => named(&settings.signatory_name, &settings.signatory_title),
    }
}

/// Whether somebody is named who signs for the fund.
pub(super) fn names_signatory(settings: &Settings, fund: &FundDefinition) -> bool {
    fund.signatory.is_some() || !settings.signatory_name.trim().is_empty()
}

/// The grantee as a contract names it.
fn grantee(holder: &HolderPart) -> Grantee {
    let siret = holder.siret.as_ref().map(|number| format!("SIRET {number}"));
    let rna = holder.rna.as_ref().map(|number| format!("RNA {number}"));
    let uai = holder.uai.as_ref().map(|number| format!("UAI {number}"));
    Grantee {
        legal_form: holder.legal_form,
        registration: siret.or(rna).or(uai).unwrap_or_default(),
        seat: format!("{}, {}", holder.street, postal_line(&holder.postcode, &holder.city)),
        representative_name: holder.representative_name.clone(),
        representative_title: holder.representative_title.clone(),
    }
}

/// Everything needed to write about a grant.
pub(super) fn subject(conn: &mut Conn, id: GrantId, now: Moment) -> Outcome<Subject> {
    let file = grants::file(conn, id)?;
    let terms = of_call(conn, file.grant.call_id)?;
    let settings = settings::load(conn)?;
    let recipients = readers(conn, &file.parties())?;
    let holder = &file.holder;
    let project = AwardedProject {
        fund: terms.letter_fund(),
        issuer: settings.issuer(),
        signature: signature(&settings, Some(&terms.fund)),
        city: settings.issuer_city.clone(),
        recipient: envelope(
            &holder.name,
            (&holder.representative_name, &holder.representative_title),
            &holder.street,
            (&holder.postcode, &holder.city),
        ),
        grantee: grantee(holder),
        grant_reference: file.grant.reference.clone(),
        application_reference: file.project.application_reference.clone(),
        title: file.project.title.clone(),
        organisation: holder.name.clone(),
        call_title: file.call.call_title.clone(),
        contact: terms.contact(),
        path: format!("/subventions/{id}"),
        account_path: format!("/organisations/{}/compte", file.grant.organisation_id),
        team_path: format!("/suivi/{id}"),
        issued_at: now,
    };
    Ok(Subject { file, terms, settings, project, recipients })
}

/// The people who act for these organisations, each once: those who keep the money alone too.
pub(super) fn members(conn: &mut Conn, ids: &[OrganisationId]) -> Outcome<Vec<Recipient>> {
    seated(conn, ids, |_| true)
}

/// Those of them who may read all of a file and of what came of it.
pub(super) fn readers(conn: &mut Conn, ids: &[OrganisationId]) -> Outcome<Vec<Recipient>> {
    seated(conn, ids, |seat| seat.may(Right::Read))
}

fn seated(conn: &mut Conn, ids: &[OrganisationId], is_told: fn(MemberSeat) -> bool) -> Outcome<Vec<Recipient>> {
    let mut recipients: Vec<Recipient> = Vec::new();
    for id in ids {
        for (person, name, email, seat) in organisations::members(conn, *id)? {
            if is_told(seat) && recipients.iter().all(|known| known.person != Some(person)) {
                recipients.push(Recipient { person: Some(person), address: email.as_str().to_owned(), name });
            }
        }
    }
    Ok(recipients)
}

/// The people who hold a role.
pub(super) fn staff(conn: &mut Conn, role: Role) -> Outcome<Vec<Recipient>> {
    let people = people::with_role(conn, role)?;
    let recipient = |row: people::PersonRow| Recipient {
        person: Some(row.id),
        address: row.email.as_str().to_owned(),
        name: row.name,
    };
    Ok(people.into_iter().map(recipient).collect())
}

/// Everybody of the team with one of these roles, each once.
pub(super) fn staff_in(conn: &mut Conn, roles: &[Role]) -> Outcome<Vec<Recipient>> {
    let mut everybody: Vec<Recipient> = Vec::new();
    for role in roles {
        for one in staff(conn, *role)? {
            if !everybody.contains(&one) {
                everybody.push(one);
            }
        }
    }
    Ok(everybody)
}

/// Those with a role without those who are recused from an application: they hear nothing of it, nor of what came of it.
pub(super) fn staff_told_of(conn: &mut Conn, role: Role, application: ApplicationId) -> Outcome<Vec<Recipient>> {
    let recused = recusals::recorded(conn, application)?;
    let mut staff = staff(conn, role)?;
    staff.retain(|one| recused.iter().all(|row| Some(row.person_id) != one.person));
    Ok(staff)
}

/// Queues a mail for each recipient.
pub(super) fn tell(tx: &mut Tx, cause: &Cause, recipients: &[Recipient], mail: &Mail) -> Outcome<()> {
    recipients.iter().try_for_each(|recipient| messages::queue(tx, cause, recipient, mail, None))
}

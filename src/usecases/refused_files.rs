//! What follows when the antivirus refuses a file: what it counted for is open again, and whoever gave it is told which file
//! and what to do. Whom that is, for each thing a file is attached to:
//!
//! | file of            | told by mail                                                    |
//! |--------------------|-----------------------------------------------------------------|
//! | an application     | its people; what was owed is owed again                         |
//! | a payment's paper  | the holder; the officers too once it had been accepted          |
//! | a report           | the holder; the officers too once it is filed                   |
//! | a signed copy      | the holder whose copy it is; officers and management            |
//! | bank details       | everybody who acts for the organisation                         |
//! | a message          | whoever wrote it, while they may read it                        |
//! | a vault            | those of the organisation who read its files                    |

use super::{
    Actor, Outcome, UseCaseError, answers,
    bank_accounts::KEPT_RIB,
    documents::Recipient,
    grant_pieces::{self, PIECE},
    messages, owed_documents, receipts,
    report_letters::{officers_told, path},
    reports as reporting, settings, terms,
};
use crate::{
    domain::{
        attachments::AttachmentOwner,
        correspondence::{
            exchanges::ExchangeNotice,
            refused_files::{self as letters, RefusedFile},
        },
        exchanges::ExchangeSide,
        ids::{ApplicationId, BankAccountId, ExchangeId, GrantId, OrganisationId, ReportId},
        lifecycles::bank_accounts::BankAccountState,
        messages::Mail,
        roles::Role,
        signing::SigningSide,
        text::legible,
        time::Moment,
        vaults::VaultPaper,
    },
    store::{Tx, attachments::AttachmentRow, bank_accounts, exchanges, organisations, people, recusals, reports},
};
use std::str::FromStr;

/// What a refused file changes, and whom it is told.
pub(super) fn refuse(tx: &mut Tx, file: &AttachmentRow, now: Moment) -> Outcome<()> {
    match file.owner_kind {
        AttachmentOwner::Application => {
            let id: ApplicationId = owner(file)?;
            owed_documents::refused(tx, id, &file.document_code)?;
            receipts::tell_refused_file(tx, id, file, now)
        }
        AttachmentOwner::Grant if file.document_code.starts_with(PIECE) => grant_pieces::infect(tx, file, now),
        AttachmentOwner::Grant => of_signed_copy(tx, file, now),
        AttachmentOwner::Report => of_report(tx, file, now),
        AttachmentOwner::BankAccount => of_rib(tx, file, now),
        AttachmentOwner::Exchange => of_exchange(tx, file, now),
        AttachmentOwner::Organisation => of_vault(tx, file, now),
    }
}

/// What a file is attached to.
pub(super) fn owner<I: FromStr>(file: &AttachmentRow) -> Outcome<I> {
    file.owner_id.parse().map_err(|_| UseCaseError::Unreadable(file.owner_id.clone()))
}

/// Mails each of them once about this file.
pub(super) fn tell(
    tx: &mut Tx,
    file: &AttachmentRow,
    (about, to): (&str, &[Recipient]),
    mail: &Mail,
    now: Moment,
) -> Outcome<()> {
    to.iter().try_for_each(|one| messages::queue_reminder(tx, (file.id.as_str(), about), one, mail, now))
}

fn of_signed_copy(tx: &mut Tx, file: &AttachmentRow, now: Moment) -> Outcome<()> {
    let id: GrantId = owner(file)?;
    let about = terms::subject(tx.conn(), id, now)?;
    let name = legible(&file.file_name);
    let refused = RefusedFile { label: "Exemplaire signé", name: &name };
    let mut told = Vec::new();
    if file.document_code.ends_with(SigningSide::Holder.code()) {
        told = about.recipients.clone();
        tell(tx, file, (id.as_str(), &told), &letters::signed_copy_mail(&about.project, refused), now)?;
    }
    let next = "La signature reste notée ; convenez avec l’organisation d’un autre exemplaire à garder.";
    let mail = letters::team_mail(&about.project, refused, next, &about.project.team_path);
    for role in [Role::Officer, Role::Director] {
        let mut team = terms::staff_told_of(tx.conn(), role, about.file.grant.application_id)?;
        team.retain(|one| told.iter().all(|known| known.address != one.address));
        tell(tx, file, (id.as_str(), &team), &mail, now)?;
    }
    Ok(())
}

fn of_report(tx: &mut Tx, file: &AttachmentRow, now: Moment) -> Outcome<()> {
    let id: ReportId = owner(file)?;
    let row = reports::find(tx.conn(), id)?;
    let about = terms::subject(tx.conn(), row.grant_id, now)?;
    let label = reporting::template_of(&about.terms.call, row.kind).paper_label(&file.document_code);
    let name = legible(&file.file_name);
    let refused = RefusedFile { label: &label, name: &name };
    let mail = letters::report_mail(&about.project, refused, (row.kind, row.state), &path(id));
    tell(tx, file, (id.as_str(), &about.recipients), &mail, now)?;
    if reporting::is_open(row.state) {
        return Ok(());
    }
    let team = officers_told(tx, about.file.grant.application_id, &about.recipients)?;
    let next = match reporting::is_judged(row.state) {
        true => {
            "Le bilan est déjà traité : si ce fichier vous manque, convenez avec l’organisation d’un autre exemplaire."
        }
        false => "Demandez-en un autre depuis la page du bilan, s’il en faut un.",
    };
    let mail = letters::team_mail(&about.project, refused, next, &format!("/suivi/bilans/{id}"));
    tell(tx, file, (id.as_str(), &team), &mail, now)
}

fn of_rib(tx: &mut Tx, file: &AttachmentRow, now: Moment) -> Outcome<()> {
    let (organisation, is_verified): (OrganisationId, bool) = match file.document_code.as_str() {
        KEPT_RIB => (owner(file)?, false),
        _ => {
            let account = bank_accounts::find(tx.conn(), owner::<BankAccountId>(file)?)?;
            if account.state == BankAccountState::Closed {
                return Ok(());
            }
            (account.organisation_id, account.state == BankAccountState::Verified)
        }
    };
    let page = format!("/organisations/{organisation}/compte");
    let next = match is_verified {
        true => "Le compte reste vérifié. Gardez votre RIB : nous vous le redemanderons s’il le faut.",
        false => "Saisissez de nouveau le compte avec un autre RIB : sans lui, nous ne pouvons pas le vérifier.",
    };
    let to = terms::members(tx.conn(), &[organisation])?;
    of_organisation(tx, file, (organisation, "RIB", &to), (next, &page), now)
}

fn of_vault(tx: &mut Tx, file: &AttachmentRow, now: Moment) -> Outcome<()> {
    let organisation: OrganisationId = owner(file)?;
    let paper: Option<VaultPaper> = file.document_code.parse().ok();
    let label = paper.map_or("Document", VaultPaper::label);
    // To whoever keeps the money alone the organisation has no vault.
    let to = terms::readers(tx.conn(), &[organisation])?;
    let page = format!("/organisations/{organisation}/coffre");
    let next = "Remplacez-le dans le coffre : d’ici là, aucun dossier ne peut le reprendre.";
    of_organisation(tx, file, (organisation, label, &to), (next, &page), now)
}

fn of_organisation(
    tx: &mut Tx,
    file: &AttachmentRow,
    (id, label, to): (OrganisationId, &str, &[Recipient]),
    next: (&str, &str),
    now: Moment,
) -> Outcome<()> {
    let name = legible(&file.file_name);
    let organisation = organisations::find(tx.conn(), id)?.name;
    let contact = settings::load(tx.conn())?.issuer_contact;
    let mail = letters::organisation_mail(&organisation, RefusedFile { label, name: &name }, next, &contact);
    tell(tx, file, (id.as_str(), to), &mail, now)
}

fn of_exchange(tx: &mut Tx, file: &AttachmentRow, now: Moment) -> Outcome<()> {
    let row = exchanges::find(tx.conn(), owner::<ExchangeId>(file)?)?;
    let (id, author) = (row.application_id, people::find(tx.conn(), row.author_id)?);
    let content = answers::find(tx.conn(), &Actor::system(), id)?;
    let may_read = match row.side {
        ExchangeSide::Applicant => {
            receipts::applicants(tx.conn(), &content)?.iter().any(|reader| reader.person == Some(author.id))
        }
        ExchangeSide::Team => !recusals::is_recused(tx.conn(), author.id, id)?,
    };
    let is_gone = author.disabled_at.is_some() || author.email.as_str().ends_with(".invalid");
    if !may_read || is_gone {
        return Ok(());
    }
    let notice = ExchangeNotice {
        reference: content.row.reference.clone(),
        title: content.row.title.clone(),
        organisation: content.organisation.name.clone(),
        call_title: content.call.title.clone(),
        contact: receipts::contact(tx.conn(), &content)?,
        path: match row.side {
            ExchangeSide::Applicant => format!("/dossiers/{id}/messages"),
            ExchangeSide::Team => format!("/instruction/{id}/messages"),
        },
    };
    let mail = letters::exchange_mail(&notice, &legible(&file.file_name));
    let to = Recipient { person: Some(author.id), address: author.email.to_string(), name: author.name };
    tell(tx, file, (id.as_str(), &[to]), &mail, now)
}

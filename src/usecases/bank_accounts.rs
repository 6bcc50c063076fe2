//! Bank accounts of beneficiaries: entered by one person, verified by another; a changed one waits in quarantine.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, Object, Standing, advance, advance_now, record_birth},
    attachments::{self, FitFile},
    documents::{self, Recipient},
    organisations, reasons, renamings, scans, settings, terms,
};
use crate::{
    domain::{
        account_holders::{AccountHolder, doubt_of_number},
        attachments::AttachmentOwner,
        correspondence::bank_accounts::{self as letters, AccountChange},
        iban_readings::ReadingPurpose,
        identity::{Bic, Iban, IbanMark, faults as numbers, is_in_sepa},
        ids::{BankAccountId, DisbursementId, OrganisationId, PersonId},
        letters::{Fund, LogoCode},
        lifecycles::bank_accounts::{BankAccount, BankAccountEvent, BankAccountFacts, BankAccountState},
        organisations::Right,
        organisations::envelope,
        roles::Role,
        text::unprintable_sentence,
        time::{Moment, french_date},
    },
    store::{
        Conn, Tx,
        account_checks::{self, AccountCheckRow},
        attachments::AttachmentRow,
        bank_accounts::{self, BankAccountRow, OwnedAccount},
        disbursements::{self, DisbursementFile},
        former_emails,
        iban_readings::{self, Reading, ReadingRow},
        organisations::{self as store_organisations, OrganisationRow},
        people,
        public_accountants::{self, PublicAccountantRow},
        recusals,
        seals::Place,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// How long a changed account waits, so that the former contact can object.
const QUARANTINE_DAYS: i64 = 7;
/// Why a second account waits.
const REPLACES: &str = "Ce compte remplace un compte déjà vérifié.";

impl Object for BankAccount {
    type Id = BankAccountId;

    fn look(conn: &mut Conn, id: BankAccountId, actor: &Actor, now: Moment) -> Outcome<Standing<Self>> {
        let row = bank_accounts::find(conn, id)?;
        let roles = access::roles_on(conn, actor, &[row.organisation_id], Right::Money)?;
        let organisation = store_organisations::find(conn, row.organisation_id)?;
        let holder = AccountHolder::of(&row.holder, &organisation.name, organisation.legal_form);
        let is_holder_grantee = holder == AccountHolder::Organisation;
        let facts = BankAccountFacts {
            is_holder_grantee,
            has_public_accountant: organisation.legal_form.has_public_accountant(),
            is_holder_explained: !is_holder_grantee && is_explained(conn, &row)?,
            has_rib: row.rib_attachment_id.is_some(),
            is_rib_refused: !refused_ribs(conn, std::slice::from_ref(&row))?.is_empty(),
            is_out_of_sepa: !is_in_sepa(row.iban.country()),
            is_asker_author: actor.person == Some(row.entered_by),
            is_quarantine_over: row.quarantined_until.is_none_or(|until| until <= now),
        };
        Ok(Standing { state: row.state, version: row.version, roles, facts, reason: row.reason.unwrap_or_default() })
    }
}

/// Whether it was written, of an account as it stands, why it is its organisation's in another name.
fn is_explained(conn: &mut Conn, row: &BankAccountRow) -> Outcome<bool> {
    let written = public_accountants::latest_of(conn, &[row.id])?;
    Ok(written.get(&row.id).is_some_and(|written| written.account_version == row.version))
}

/// The account an organisation can be paid on today: verified, and with no other one waiting to replace it.
pub(super) fn payable(conn: &mut Conn, organisation: OrganisationId) -> Outcome<Option<BankAccountRow>> {
    let open = bank_accounts::open_of(conn, organisation)?;
    Ok(payable_among(&open).cloned())
}

/// The account of one organisation that may be paid, among its open ones; none while one of them waits.
pub(super) fn payable_among(open: &[BankAccountRow]) -> Option<&BankAccountRow> {
    if open.iter().any(is_waiting) { None } else { open.first() }
}

/// On which account each payment would be made, where there is one that may be paid: two look-ups for all of them.
pub(super) fn paid_on(conn: &mut Conn, ids: &[DisbursementId]) -> Outcome<BTreeMap<DisbursementId, BankAccountId>> {
    let files = disbursements::files_of(conn, ids)?;
    let organisations: BTreeSet<_> = files.iter().map(|file| file.grant.organisation_id).collect();
    let organisations: Vec<_> = organisations.into_iter().collect();
    let mut open: BTreeMap<_, Vec<BankAccountRow>> = BTreeMap::new();
    for account in bank_accounts::open_of_all(conn, &organisations)? {
        open.entry(account.organisation_id).or_default().push(account);
    }
    let account = |file: &DisbursementFile| {
        let theirs = open.get(&file.grant.organisation_id)?;
        Some((file.disbursement.id, payable_among(theirs)?.id))
    };
    Ok(files.iter().filter_map(account).collect())
}

fn is_waiting(row: &BankAccountRow) -> bool {
    row.state != BankAccountState::Verified
}

/// Why an organisation with these open accounts cannot be paid today, and who must act.
pub(super) fn obstacle(open: &[BankAccountRow], now: Moment) -> Option<String> {
    let waiting = open.iter().find(|row| is_waiting(row));
    match (waiting, open.is_empty()) {
        (_, true) => Some("la saisie du RIB par l’organisation".into()),
        (None, false) => None,
        (Some(row), _) => Some(match row.quarantined_until {
            Some(until) if until > now => {
                format!("la fin de la quarantaine du nouveau RIB, le {}", french_date(until.paris_date()))
            }
            _ => "la vérification du RIB par la gestion financière".into(),
        }),
    }
}

/// An account as typed; number and code already read.
#[derive(Debug, Clone)]
pub struct AccountForm {
    pub holder: String,
    pub iban: Iban,
    pub bic: Option<Bic>,
    pub bank_name: String,
    pub rib: Option<FitFile>,
}

/// Enters an account of one's organisation. When another one is already verified, this is a change: the new account goes
/// into quarantine, the people known so far are told, and open payments wait.
pub fn enter(
    tx: &mut Tx,
    actor: &Actor,
    organisation: OrganisationId,
    form: &AccountForm,
    now: Moment,
) -> Outcome<BankAccountId> {
    organisations::require(tx.conn(), actor, &[organisation], Right::Money)?;
    let open = bank_accounts::open_of(tx.conn(), organisation)?;
    let standing = standing(tx.conn(), open.clone())?;
    check(tx, form, &standing)?;
    let system = Actor::system();
    for pending in open.iter().filter(|row| is_waiting(row)) {
        advance_now::<BankAccount>(tx, &system, pending.id, BankAccountEvent::Close, now)?;
    }
    // One that finance came to doubt once it was verified is replaced no faster, nor is what was to replace it.
    let former = open.iter().find(|row| row.state == BankAccountState::Verified);
    let former = former.or_else(|| open.iter().find(|row| row.verified_by.is_some()));
    let former = former.map(|row| row.id).or_else(|| open.iter().find_map(|row| row.replaces_id));
    let id: BankAccountId = tx.mint(now)?;
    let owner = (AttachmentOwner::BankAccount, id.as_str());
    let rib = form.rib.as_ref().map(|file| attachments::attach(tx, actor, owner, "rib", file, now)).transpose()?;
    let row = BankAccountRow {
        id,
        organisation_id: organisation,
        holder: form.holder.trim().to_owned(),
        iban: tx.seals()?.seal(&Place::bank_account(id), &form.iban)?,
        bic: form.bic.clone(),
        bank_name: form.bank_name.trim().to_owned(),
        rib_attachment_id: rib,
        replaces_id: former,
        quarantined_until: None,
        entered_by: access::person(actor)?,
        verified_by: None,
        state: BankAccountState::Unverified,
        version: 0,
        state_at: now,
        created_at: now,
        reason: None,
        iban_mark: tx.seals()?.mark(&form.iban),
    };
    bank_accounts::insert(tx, &row)?;
    record_birth::<BankAccount>(tx, actor, &[Role::Applicant], id, now)?;
    if former.is_some() {
        bank_accounts::set_quarantined_until(tx, id, now.plus_days(QUARANTINE_DAYS))?;
        bank_accounts::set_reason(tx, id, Some(REPLACES))?;
        advance_now::<BankAccount>(tx, &system, id, BankAccountEvent::Quarantine, now)?;
    }
    if let Some(rib) = rib {
        scans::refuse_known(tx, rib, now)?;
    }
    Ok(id)
}

/// Those of these accounts whose RIB the antivirus refused.
pub fn refused_ribs(conn: &mut Conn, rows: &[BankAccountRow]) -> Outcome<BTreeSet<BankAccountId>> {
    let owners: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
    let files = crate::store::attachments::of_owners(conn, &owners)?;
    let refused = scans::refused(conn, &files)?;
    let is_refused = |row: &&BankAccountRow| row.rib_attachment_id.is_some_and(|rib| refused.contains(&rib));
    Ok(rows.iter().filter(is_refused).map(|row| row.id).collect())
}

/// The accounts that keep the same number from being entered again: one that waits with a RIB nobody can open does not.
fn standing(conn: &mut Conn, mut open: Vec<BankAccountRow>) -> Outcome<Vec<BankAccountRow>> {
    let refused = refused_ribs(conn, &open)?;
    open.retain(|row| !is_waiting(row) || !refused.contains(&row.id));
    Ok(open)
}

/// The document under which a RIB waits for the rest of its form, one for each person who fills it in. Its owner is the
/// organisation and no account, so that nobody can download it.
pub(super) const KEPT_RIB: &str = "rib_en_attente";

/// Keeps a RIB that came with a form still to be corrected.
pub fn keep_rib(tx: &mut Tx, actor: &Actor, organisation: OrganisationId, rib: &FitFile, now: Moment) -> Outcome<()> {
    organisations::require(tx.conn(), actor, &[organisation], Right::Money)?;
    let owner = (AttachmentOwner::BankAccount, organisation.as_str());
    let kept = attachments::attach_own(tx, actor, owner, KEPT_RIB, rib, now)?;
    scans::refuse_known(tx, kept, now).map(drop)
}

/// The RIB the actor has sent and not used yet.
pub fn kept_rib(conn: &mut Conn, actor: &Actor, organisation: OrganisationId) -> Outcome<Option<FitFile>> {
    let by = access::person(actor)?;
    let rows = crate::store::attachments::of_owner(conn, organisation.as_str())?;
    let refused = scans::refused(conn, &rows)?;
    let is_kept = |row: &AttachmentRow| row.document_code == KEPT_RIB && row.uploaded_by == by;
    let kept = rows.into_iter().find(|row| is_kept(row) && !refused.contains(&row.id));
    kept.map(FitFile::try_from).transpose()
}

/// Whether the actor reads the RIB of an account of an organisation that this person entered: whoever keeps the money alone
/// reads the one they sent, and no other.
pub fn reads_rib(conn: &mut Conn, actor: &Actor, organisation: OrganisationId, by: PersonId) -> Outcome<bool> {
    let is_own = actor.person == Some(by);
    let seats = organisations::seats(conn, actor, &[organisation])?;
    Ok(seats.iter().any(|seat| seat.may(Right::Read) || (is_own && seat.may(Right::Money))))
}

/// Forgets the RIB the actor sent once an account carries it.
pub fn drop_kept_rib(tx: &mut Tx, actor: &Actor, organisation: OrganisationId, now: Moment) -> Outcome<()> {
    let kept = (organisation.as_str(), KEPT_RIB);
    crate::store::attachments::remove_document_of(tx, kept, access::person(actor)?, now)?;
    Ok(())
}

/// What is wrong with an account as typed, its number read or not, in the order of the form.
pub fn faults(
    tx: &mut Tx,
    actor: &Actor,
    organisation: OrganisationId,
    (holder, iban): (&str, Option<&Iban>),
) -> Outcome<Vec<FieldError>> {
    let has_rib = kept_rib(tx.conn(), actor, organisation)?.is_some();
    let mark = iban.map(|iban| Outcome::Ok(tx.seals()?.mark(iban))).transpose()?;
    let open = bank_accounts::open_of(tx.conn(), organisation)?;
    Ok(faults_of((holder, mark.as_ref()), has_rib, &standing(tx.conn(), open)?))
}

fn faults_of((holder, mark): (&str, Option<&IbanMark>), has_rib: bool, open: &[BankAccountRow]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if holder.trim().is_empty() {
        errors.push(FieldError::new("titulaire", "Recopiez le titulaire tel qu’il figure sur le RIB."));
    }
    errors.extend(unprintable_sentence(holder).map(|sentence| FieldError::new("titulaire", sentence)));
    if open.iter().any(|row| Some(&row.iban_mark) == mark) {
        errors.push(FieldError::new("iban", "Ce compte est déjà enregistré."));
    }
    if !has_rib {
        errors.push(FieldError::new("rib", "Joignez le RIB\u{a0}: il permet de vérifier le compte."));
    }
    errors
}

/// Refuses an account that could not be entered as it was typed.
pub(super) fn check_form(tx: &mut Tx, organisation: OrganisationId, form: &AccountForm) -> Outcome<()> {
    let open = bank_accounts::open_of(tx.conn(), organisation)?;
    let standing = standing(tx.conn(), open)?;
    check(tx, form, &standing)
}

fn check(tx: &Tx, form: &AccountForm, open: &[BankAccountRow]) -> Outcome<()> {
    let mark = tx.seals()?.mark(&form.iban);
    let mut errors = faults_of((form.holder.as_str(), Some(&mark)), form.rib.is_some(), open);
    errors.extend(numbers::iban(form.iban.electronic()).map(|sentence| FieldError::new("iban", sentence)));
    if errors.is_empty() { Ok(()) } else { Err(UseCaseError::Invalid(errors)) }
}

/// Verifies an account; the one it replaces is closed. `noted` is what the history says of it.
pub(super) fn verify(
    tx: &mut Tx,
    actor: &Actor,
    (id, version): (BankAccountId, i32),
    noted: &str,
    now: Moment,
) -> Outcome<Cause> {
    bank_accounts::set_verified_by(tx, id, access::person(actor)?)?;
    bank_accounts::set_reason(tx, id, Some(noted))?;
    let cause = advance::<BankAccount>(tx, actor, id, version, BankAccountEvent::Verify, now)?;
    bank_accounts::set_reason(tx, id, None)?;
    let row = bank_accounts::find(tx.conn(), id)?;
    for former in bank_accounts::open_of(tx.conn(), row.organisation_id)?.iter().filter(|former| former.id != id) {
        advance_now::<BankAccount>(tx, &Actor::system(), former.id, BankAccountEvent::Close, now)?;
    }
    Ok(cause)
}

/// Puts an account in quarantine, or closes it, for a reason: finance has a doubt.
pub fn block(
    tx: &mut Tx,
    actor: &Actor,
    id: BankAccountId,
    version: i32,
    (event, reason): (BankAccountEvent, &str),
    now: Moment,
) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance])?;
    bank_accounts::set_reason(tx, id, Some(&reasons::written(reason)?))?;
    if event == BankAccountEvent::Quarantine {
        bank_accounts::set_quarantined_until(tx, id, now.plus_days(QUARANTINE_DAYS))?;
    }
    advance::<BankAccount>(tx, actor, id, version, event, now)
}

/// An account that waits for finance.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub account: BankAccountRow,
    pub organisation: String,
    /// The account it is to replace.
    pub former: Option<BankAccountRow>,
    /// Other organisations with the same number.
    pub shared_with: Vec<String>,
    pub entered_by: String,
    /// How it was verified last, and by whom.
    pub check: Option<(AccountCheckRow, String)>,
    /// Who holds it, as a bank compares names.
    pub holder: AccountHolder,
    /// Why its number does not show that it is a public body, whatever form it gives itself.
    pub number_doubt: Option<&'static str>,
    /// Why the account of a public accountant is the organisation's, where it was verified.
    pub accountant: Option<PublicAccountantRow>,
    /// That the organisation took the name on the RIB shortly before; nothing when it did not.
    pub renamed: Option<String>,
}

/// The accounts that wait for finance after `key`, oldest first.
pub fn to_verify(conn: &mut Conn, actor: &Actor, key: Option<BankAccountId>, limit: i64) -> Outcome<Vec<Waiting>> {
    access::require(actor, &[Role::Finance, Role::Auditor])?;
    let rows = bank_accounts::to_verify(conn, key, limit)?;
    waiting(conn, rows)
}

/// What surrounds these accounts, looked up for all of them at once.
fn waiting(conn: &mut Conn, rows: Vec<OwnedAccount>) -> Outcome<Vec<Waiting>> {
    let former: Vec<_> = rows.iter().filter_map(|(account, ..)| account.replaces_id).collect();
    let former = bank_accounts::find_all(conn, &former)?;
    let marks: Vec<_> = rows.iter().map(|(account, ..)| account.iban_mark.clone()).collect();
    let holders = bank_accounts::holders_of(conn, &marks)?;
    let ids: Vec<_> = rows.iter().map(|(account, ..)| account.id).collect();
    let mut checks = account_checks::latest_of(conn, &ids)?;
    let mut accountants = public_accountants::latest_of(conn, &ids)?;
    let accounts: Vec<_> = rows.iter().map(|(account, ..)| account).collect();
    let mut renamed = renamings::of_accounts(conn, &accounts, &checks)?;
    let authors = rows.iter().map(|(account, ..)| account.entered_by);
    let authors: Vec<_> = authors.chain(checks.values().map(|check| check.checked_by)).collect();
    let authors = people::of_ids(conn, &authors)?;
    let name_of = |id: PersonId| authors.iter().find(|person| person.id == id).map(|person| person.name.clone());
    let found = rows.into_iter().map(|(account, organisation, form, siret)| {
        let others =
            holders.iter().filter(|(mark, id, _)| *mark == account.iban_mark && *id != account.organisation_id);
        Waiting {
            shared_with: others.map(|(_, _, name)| name.clone()).collect(),
            former: former.iter().find(|row| Some(row.id) == account.replaces_id).cloned(),
            entered_by: name_of(account.entered_by).unwrap_or_default(),
            check: checks.remove(&account.id).map(|check| {
                let name = name_of(check.checked_by).unwrap_or_default();
                (check, name)
            }),
            holder: AccountHolder::of(&account.holder, &organisation, form),
            number_doubt: doubt_of_number(siret.as_ref()),
            accountant: accountants.remove(&account.id),
            renamed: renamed.remove(&account.id),
            organisation,
            account,
        }
    });
    Ok(found.collect())
}

/// One account with what its page shows, for those who may see it.
pub fn find(conn: &mut Conn, actor: &Actor, id: BankAccountId) -> Outcome<Waiting> {
    let account = bank_accounts::find(conn, id)?;
    access::roles_on(conn, actor, &[account.organisation_id], Right::Money)?;
    let organisation = store_organisations::find(conn, account.organisation_id)?;
    waiting(conn, vec![(account, organisation.name, organisation.legal_form, organisation.siret)])?
        .pop()
        .ok_or_else(|| crate::store::StoreError::NotFound.into())
}

/// Gives the whole number to who verifies it, and records that it was read.
pub fn reveal(tx: &mut Tx, actor: &Actor, id: BankAccountId, now: Moment) -> Outcome<Iban> {
    access::require(actor, &[Role::Finance])?;
    let account = bank_accounts::find(tx.conn(), id)?;
    let reading =
        Reading { person: Some(access::person(actor)?), purpose: ReadingPurpose::Verification, detail: "", at: now };
    Ok(iban_readings::open_account(tx, &account, reading)?)
}

/// How often and why the whole number was read, the latest first, each with the name of the reader; nobody for what the
/// program did by itself. Whoever is recused from a file of the organisation sees how the account was verified and no
/// more: the rest tells of payments.
pub fn readings(
    conn: &mut Conn,
    actor: &Actor,
    id: BankAccountId,
    limit: i64,
) -> Outcome<Vec<(ReadingRow, Option<String>)>> {
    access::require(actor, &[Role::Finance, Role::Auditor])?;
    let account = bank_accounts::find(conn, id)?;
    let purposes: &[ReadingPurpose] = match actor.person {
        Some(person) if recusals::hides_file_of(conn, account.organisation_id, person)? => {
            &[ReadingPurpose::Verification]
        }
        _ => ReadingPurpose::ALL,
    };
    Ok(iban_readings::of_subjects(conn, &[id.to_string()], purposes, limit)?)
}

/// The open accounts of an organisation, for those who act for it or pay it.
pub fn of_organisation(conn: &mut Conn, actor: &Actor, id: OrganisationId) -> Outcome<Vec<BankAccountRow>> {
    access::roles_on(conn, actor, &[id], Right::Money)?;
    Ok(bank_accounts::open_of(conn, id)?)
}

/// Whom an organisation was known by before its account changed: its members, its legal representatives among them, its
/// general address, the one it gave up lately, and whoever entered the former account, who may not belong to it any more.
fn known_before(
    conn: &mut Conn,
    organisation: &OrganisationRow,
    former: Option<&BankAccountRow>,
    now: Moment,
) -> Outcome<Vec<Recipient>> {
    let mut recipients = terms::members(conn, &[organisation.id])?;
    let author = former.map(|former| people::find(conn, former.entered_by)).transpose()?;
    // An erased person has no address any more: theirs ends in a domain nobody can have.
    if let Some(author) = author.filter(|author| !author.email.as_str().ends_with(".invalid")) {
        let address = author.email.as_str().to_owned();
        recipients.push(Recipient { person: Some(author.id), address, name: author.name });
    }
    let since = now.plus_days(-organisations::FORMER_EMAIL_DAYS);
    let given_up = former_emails::given_up(conn, organisation.id, since)?;
    for email in organisation.email.iter().chain(&given_up) {
        let address = email.as_str().to_owned();
        recipients.push(Recipient { person: None, address, name: organisation.name.clone() });
    }
    let mut told = BTreeSet::new();
    recipients.retain(|one| told.insert(one.address.clone()));
    Ok(recipients)
}

pub(super) fn alert_former_contact(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let account = bank_accounts::find(tx.conn(), cause.subject()?)?;
    let organisation = store_organisations::find(tx.conn(), account.organisation_id)?;
    let former = account.replaces_id.map(|id| bank_accounts::find(tx.conn(), id)).transpose()?;
    let settings = settings::load(tx.conn())?;
    let recipients = known_before(tx.conn(), &organisation, former.as_ref(), cause.now)?;
    let change = AccountChange {
        issuer: settings.issuer(),
        fund: Fund { name: settings.issuer_name.clone(), logo: LogoCode::Lianes, mention: String::new(), emblem: None },
        signature: terms::signature(&settings, None),
        city: settings.issuer_city.clone(),
        recipient: envelope(
            &organisation.name,
            (&organisation.representative_name, &organisation.representative_title),
            &organisation.street,
            (&organisation.postcode, &organisation.city),
        ),
        organisation: organisation.name,
        holder: account.holder,
        former: former.map(|former| former.iban.masked()),
        new: account.iban.masked(),
        entered_by: people::find(tx.conn(), account.entered_by)?.name,
        until: account.quarantined_until,
        contact: settings.issuer_contact.clone(),
        path: format!("/organisations/{}/compte", account.organisation_id),
        number: format!("RIB-{}", cause.seq),
        issued_at: cause.now,
    };
    let letter = letters::change_letter(&change);
    documents::issue_and_send(tx, cause, &settings, letter, &recipients, &letters::change_mail(&change))?;
    Ok(())
}

pub(super) fn tell_bank_verified(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let account = bank_accounts::find(tx.conn(), cause.subject()?)?;
    let organisation = store_organisations::find(tx.conn(), account.organisation_id)?;
    let contact = settings::load(tx.conn())?.issuer_contact;
    let path = format!("/organisations/{}/compte", account.organisation_id);
    let mail = letters::verified_mail(&organisation.name, (&account.iban.masked(), &account.holder), &contact, &path);
    let recipients = terms::members(tx.conn(), &[account.organisation_id])?;
    terms::tell(tx, cause, &recipients, &mail)
}

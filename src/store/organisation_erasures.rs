//! Organisations for which nothing is kept any more and nobody comes: who is told, what is erased.

use super::{
    Conn, StoreError, Tx, bank_accounts as accounts, doomed_files, erasures,
    idle::Idle,
    one,
    schema::{applications, bank_accounts, organisation_erasures, organisations},
    seals::Place,
};
use crate::domain::{
    identity::Iban,
    ids::{ApplicationId, BankAccountId, OrganisationId},
    time::Moment,
};
use diesel::{prelude::*, sql_query, sql_types::Text};

/// What is noted of one organisation. `files` counts the papers that went with it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = organisation_erasures, treat_none_as_default_value = false)]
pub struct OrganisationErasureRow {
    pub organisation_id: OrganisationId,
    pub warned_at: Moment,
    pub erased_at: Option<Moment>,
    pub files: i32,
}

/// An organisation that has not changed since `$1`, nobody of which has come or joined since, and of which no
/// application and no grant is kept: each of them is erased.
const ORGANISATIONS: Idle = Idle {
    table: "organisations",
    notes: ("organisation_erasures", "organisation_id"),
    condition: "i.updated_at < $1
        AND NOT EXISTS (SELECT 1 FROM organisation_members m JOIN people p ON p.id = m.person_id
          LEFT JOIN sign_ins s ON s.person_id = p.id
          WHERE m.organisation_id = i.id AND (m.since >= $1 OR p.created_at >= $1 OR s.last_seen_at >= $1))
        AND NOT EXISTS (SELECT 1 FROM applications a LEFT JOIN erasures e ON e.application_id = a.id
          WHERE (a.organisation_id = i.id OR a.partner_organisation_id = i.id) AND e.erased_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM grants g LEFT JOIN erasures e ON e.application_id = g.application_id
          WHERE g.organisation_id = i.id AND e.erased_at IS NULL)",
};

/// Organisations idle since an instant whose people were not told since then, nor erased.
pub fn unwarned(tx: &mut Tx, idle_since: Moment, limit: i64) -> Result<Vec<OrganisationId>, StoreError> {
    ORGANISATIONS.unwarned(tx, idle_since, limit)
}

/// Organisations idle since an instant that were told of it before another one, after this one.
pub fn warned(
    conn: &mut Conn,
    terms: (Moment, Moment),
    last: Option<OrganisationId>,
    limit: i64,
) -> Result<Vec<OrganisationId>, StoreError> {
    ORGANISATIONS.warned(conn, terms, last, limit)
}

/// Whether an organisation is among them.
pub fn is_warned(conn: &mut Conn, terms: (Moment, Moment), id: OrganisationId) -> Result<bool, StoreError> {
    ORGANISATIONS.is_warned(conn, terms, id.as_str())
}

/// Notes that the people of an organisation were told.
pub fn set_warned(tx: &mut Tx, id: OrganisationId, now: Moment) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(organisation_erasures::table.find(id)).execute(conn))?;
    let row = OrganisationErasureRow { organisation_id: id, warned_at: now, erased_at: None, files: 0 };
    on!(tx.conn(), |conn| diesel::insert_into(organisation_erasures::table).values(&row).execute(conn))?;
    Ok(())
}

/// How many organisations were erased since an instant.
pub fn count_erased(conn: &mut Conn, since: Moment) -> Result<i64, StoreError> {
    let rows = organisation_erasures::table.filter(organisation_erasures::erased_at.ge(since));
    Ok(on!(conn, |conn| rows.count().get_result(conn))?)
}

/// Whether one of these accounts belonged to an organisation that was erased.
pub fn had_account(conn: &mut Conn, ids: &[BankAccountId]) -> Result<bool, StoreError> {
    let gone = organisation_erasures::table.filter(organisation_erasures::erased_at.is_not_null());
    let rows = bank_accounts::table.filter(bank_accounts::id.eq_any(ids));
    let rows = rows.filter(bank_accounts::organisation_id.eq_any(gone.select(organisation_erasures::organisation_id)));
    Ok(on!(conn, |conn| rows.count().get_result::<i64>(conn))? > 0)
}

/// The applications of an organisation: identifier, number and title.
pub fn applications_of(
    conn: &mut Conn,
    id: OrganisationId,
) -> Result<Vec<(ApplicationId, String, String)>, StoreError> {
    let rows = applications::table.filter(applications::organisation_id.eq(id)).order(applications::id);
    let columns = (applications::id, applications::reference, applications::title);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Writes by what an application is found.
pub fn set_search_key(tx: &mut Tx, id: ApplicationId, key: &str) -> Result<(), StoreError> {
    let row = diesel::update(applications::table.find(id)).set(applications::search_key.eq(key));
    one(on!(tx.conn(), |conn| row.execute(conn))?)
}

/// Everything an organisation had to do with, itself among it.
macro_rules! subjects {
    () => {
        "(SELECT o.id FROM organisations o WHERE o.id = $1
          UNION SELECT a.id FROM applications a WHERE a.organisation_id = $1
          UNION SELECT g.id FROM grants g WHERE g.organisation_id = $1
          UNION SELECT d.id FROM disbursements d JOIN grants g ON g.id = d.grant_id WHERE g.organisation_id = $1
          UNION SELECT r.id FROM reports r JOIN grants g ON g.id = r.grant_id WHERE g.organisation_id = $1
          UNION SELECT m.id FROM amendments m JOIN grants g ON g.id = m.grant_id WHERE g.organisation_id = $1
          UNION SELECT c.id FROM recoveries c JOIN grants g ON g.id = c.grant_id WHERE g.organisation_id = $1
          UNION SELECT b.id FROM bank_accounts b WHERE b.organisation_id = $1)"
    };
}

/// The papers of its vault and of its accounts.
const PAPERS: &str = concat!("owner_id IN ", subjects!());
/// Every letter about it that can still be read.
const LETTERS: &str = concat!("facts <> '' AND subject_id IN ", subjects!());

/// What goes of an organisation, in an order the keys of the tables allow. The row stays without a name: applications,
/// grants and movements of money point at it.
const WORDS: &[&str] = &[
    "UPDATE bank_accounts SET rib_attachment_id = NULL, holder = '', bic = NULL, bank_name = '',
       reason = CASE WHEN reason IS NULL THEN NULL ELSE '' END WHERE organisation_id = $1",
    "UPDATE account_checks SET name_given = '', reason = ''
       WHERE bank_account_id IN (SELECT id FROM bank_accounts WHERE organisation_id = $1)",
    "DELETE FROM public_accountants
       WHERE bank_account_id IN (SELECT id FROM bank_accounts WHERE organisation_id = $1)",
    "DELETE FROM vault_papers WHERE organisation_id = $1",
    "DELETE FROM paper_signatures WHERE document_id IN (
       SELECT s.document_id FROM signing_papers s JOIN grants g ON g.id = s.grant_id WHERE g.organisation_id = $1)",
    "DELETE FROM letter_edits WHERE application_id IN (SELECT id FROM applications WHERE organisation_id = $1)",
    "DELETE FROM conflict_answers WHERE organisation_id = $1",
    "DELETE FROM mandates WHERE organisation_id = $1",
    "DELETE FROM organisation_profiles WHERE organisation_id = $1",
    "DELETE FROM organisation_members WHERE organisation_id = $1",
    "DELETE FROM former_names WHERE organisation_id = $1",
    "DELETE FROM former_emails WHERE organisation_id = $1",
    concat!(
        "UPDATE messages SET recipient_id = NULL, recipient_name = '', recipient_address = id || '@erased.invalid',
       dedupe_key = 'erased:' || id, subject_line = '', last_error = NULL, document_id = NULL,
       facts = '{\"kind\":\"' || kind || '\",\"subject\":\"\",\"paragraphs\":[],\"facts\":[],\"action\":null,\"contact\":\"\"}'
       WHERE about_id IN ",
        subjects!(),
        " AND state IN ('sent', 'cancelled')"
    ),
];

/// Notes that an organisation is erased and takes away what it entrusted to the house; `name` stands in place of its name,
/// `nobody` in place of the numbers of its accounts.
pub fn clear(
    tx: &mut Tx,
    id: OrganisationId,
    (name, keys): (&str, (&str, &str)),
    nobody: &Iban,
    now: Moment,
) -> Result<(), StoreError> {
    // The guards of what is only appended ask for the note first.
    let note = diesel::update(organisation_erasures::table.find(id)).set(organisation_erasures::erased_at.eq(now));
    one(on!(tx.conn(), |conn| note.execute(conn))?)?;
    let run = |tx: &mut Tx, sql: &str| {
        Ok::<_, StoreError>(on!(tx.conn(), |conn| sql_query(sql).bind::<Text, _>(id.as_str()).execute(conn))?)
    };
    erasures::overwrite(tx, "ON")?;
    for (table, which) in [("attachments", PAPERS), ("documents", LETTERS)] {
        doomed_files::doom(tx, table, which, id.as_str(), now)?;
    }
    for sql in WORDS {
        run(tx, sql)?;
    }
    let files = run(tx, &format!("DELETE FROM attachments WHERE {PAPERS}"))?;
    run(tx, &format!("UPDATE documents SET facts = '' WHERE {LETTERS}"))?;
    forget_numbers(tx, id, nobody)?;
    forget_identity(tx, id, (name, keys))?;
    erasures::overwrite(tx, "OFF")?;
    let counted = organisation_erasures::files.eq(i32::try_from(files).unwrap_or(i32::MAX));
    one(on!(tx.conn(), |conn| diesel::update(organisation_erasures::table.find(id)).set(counted).execute(conn))?)
}

/// Seals the number of nobody in place of each number.
fn forget_numbers(tx: &mut Tx, id: OrganisationId, nobody: &Iban) -> Result<(), StoreError> {
    let seals = tx.seals()?;
    let rows = bank_accounts::table.filter(bank_accounts::organisation_id.eq(id)).select(bank_accounts::id);
    let rows: Vec<BankAccountId> = on!(tx.conn(), |conn| rows.load(conn))?;
    for account in rows {
        let sealed = seals.seal(&Place::bank_account(account), nobody)?;
        accounts::set_number(tx, account, &sealed, &seals.mark(nobody))?;
    }
    Ok(())
}

fn forget_identity(tx: &mut Tx, id: OrganisationId, (name, keys): (&str, (&str, &str))) -> Result<(), StoreError> {
    let values = (
        organisations::name.eq(name),
        organisations::sort_key.eq(keys.0),
        organisations::search_key.eq(keys.1),
        organisations::siret.eq(None::<String>),
        organisations::rna.eq(None::<String>),
        organisations::uai.eq(None::<String>),
        organisations::street.eq(""),
        organisations::postcode.eq(""),
        organisations::city.eq(""),
        organisations::commune_code.eq(None::<String>),
        organisations::founded_on.eq(None::<chrono::NaiveDate>),
        organisations::annual_budget_cents.eq(None::<i64>),
        organisations::email.eq(None::<String>),
        organisations::phone.eq(None::<String>),
        organisations::website.eq(None::<String>),
        organisations::representative_name.eq(""),
        organisations::representative_title.eq(""),
    );
    let row = diesel::update(organisations::table.find(id));
    one(on!(tx.conn(), |conn| row.set(values).execute(conn))?)
}

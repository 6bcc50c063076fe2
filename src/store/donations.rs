//! Donations and the tax receipts issued for them.

use super::{
    Conn, StoreError, Tx, kept, one,
    schema::{donations, tax_receipts},
};
use crate::domain::{
    donations::{DonorKind, GiftForm, PaymentMeans},
    ids::{DocumentId, DonationId, FundId, FundingSourceId, PersonId, TaxReceiptId},
    lifecycles::donations::DonationState,
    money::Euros,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{
    dsl::{max, sql},
    prelude::*,
    sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};

/// A donation. `transfer_seq` is the transfer that brought it; an empty `axis` and no `fund_id` leave it free.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = donations, treat_none_as_default_value = false)]
pub struct DonationRow {
    pub id: DonationId,
    pub year: i32,
    pub number: i32,
    pub reference: String,
    pub funding_source_id: FundingSourceId,
    pub transfer_seq: i64,
    pub donor_kind: DonorKind,
    pub name: String,
    pub first_names: String,
    pub legal_form: String,
    pub siren: String,
    pub street: String,
    pub postcode: String,
    pub city: String,
    pub email: String,
    pub search_key: String,
    pub amount_cents: Euros,
    pub given_on: NaiveDate,
    pub means: PaymentMeans,
    pub gift_form: GiftForm,
    pub fund_id: Option<FundId>,
    pub axis: String,
    pub reason: Option<String>,
    pub recorded_by: PersonId,
    /// When its donor was erased.
    pub erased_at: Option<Moment>,
    pub state: DonationState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
}

/// Who gave: what may be corrected as long as no receipt says it.
#[derive(Debug, Clone, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = donations)]
pub struct DonorPart {
    pub donor_kind: DonorKind,
    pub name: String,
    pub first_names: String,
    pub legal_form: String,
    pub siren: String,
    pub street: String,
    pub postcode: String,
    pub city: String,
    pub email: String,
    pub search_key: String,
}

/// A tax receipt. `live_key` is its donation until it is void; `articles` are codes, separated by spaces.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tax_receipts, treat_none_as_default_value = false)]
pub struct ReceiptRow {
    pub id: TaxReceiptId,
    pub donation_id: DonationId,
    pub live_key: Option<String>,
    pub year: i32,
    pub number: i32,
    pub reference: String,
    pub amount_cents: Euros,
    pub articles: String,
    pub document_id: DocumentId,
    pub issued_by: PersonId,
    pub issued_at: Moment,
    pub cancelled_at: Option<Moment>,
    pub cancel_reason: String,
    pub void_document_id: Option<DocumentId>,
}

/// Which donations are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The first and the last day, both included.
    pub days: Option<(NaiveDate, NaiveDate)>,
    pub state: Option<DonationState>,
    /// Folded words, all of which the donor or the number must hold.
    pub words: Vec<String>,
}

/// Narrows a boxed query down to what is asked for.
macro_rules! narrowed {
    ($rows:expr, $asked:expr) => {{
        let mut rows = $rows;
        if let Some((first, last)) = $asked.days {
            rows = rows.filter(donations::given_on.ge(first)).filter(donations::given_on.le(last));
        }
        if let Some(state) = $asked.state {
            rows = rows.filter(donations::state.eq(state));
        }
        for word in &$asked.words {
            rows = rows.filter(donations::search_key.like(format!("%{word}%")));
        }
        rows
    }};
}

/// Records a donation in its initial state.
pub fn insert(tx: &mut Tx, row: &DonationRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(donations::table).values(row)).execute(conn))?;
    Ok(())
}

/// One donation.
pub fn find(conn: &mut Conn, id: DonationId) -> Result<DonationRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(donations::table.find(id).select(DonationRow::as_select())).get_result(conn))?)
}

/// The last number given to a donation in this year; 0 before the first.
pub fn last_number(conn: &mut Conn, year: i32) -> Result<i32, StoreError> {
    let rows = donations::table.filter(donations::year.eq(year)).select(max(donations::number));
    let last: Option<i32> = on!(conn, |conn| fixed!(rows).get_result(conn))?;
    Ok(last.unwrap_or_default())
}

/// Donations after `key`, the latest gift first.
pub fn page(
    conn: &mut Conn,
    asked: &Asked,
    key: Option<(NaiveDate, DonationId)>,
    limit: i64,
) -> Result<Vec<DonationRow>, StoreError> {
    let rows = donations::table.order((donations::given_on.desc(), donations::id.desc())).limit(limit);
    let mut rows = narrowed!(rows.select(DonationRow::as_select()).into_boxed(), asked);
    if let Some((day, id)) = key {
        rows = rows.filter(donations::given_on.lt(day).or(donations::given_on.eq(day).and(donations::id.lt(id))));
    }
    Ok(rows.load(conn)?)
}

/// What the donations that are asked for and not cancelled add up to.
pub fn total(conn: &mut Conn, asked: &Asked) -> Result<Euros, StoreError> {
    let sum = sql::<Nullable<BigInt>>("CAST(SUM(donations.amount_cents) AS BIGINT)");
    let rows = donations::table.filter(donations::state.ne(DonationState::Cancelled)).select(sum).into_boxed();
    let cents = narrowed!(rows, asked).first::<Option<i64>>(conn)?;
    Ok(Euros::from_cents(cents.unwrap_or_default()))
}

/// Writes who gave again.
pub fn set_donor(tx: &mut Tx, id: DonationId, donor: &DonorPart) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| kept(diesel::update(donations::table.find(id)).set(donor)).execute(conn))?)
}

/// Writes why the next change happens, or that nothing needs saying.
pub fn set_reason(tx: &mut Tx, id: DonationId, reason: Option<&str>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(donations::table.find(id)).set(donations::reason.eq(reason)))
        .execute(conn))?)
}

/// Records an issued receipt.
pub fn insert_receipt(tx: &mut Tx, row: &ReceiptRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(tax_receipts::table).values(row)).execute(conn))?;
    Ok(())
}

/// The last number given to a receipt in this year; 0 before the first.
pub fn last_receipt_number(conn: &mut Conn, year: i32) -> Result<i32, StoreError> {
    let rows = tax_receipts::table.filter(tax_receipts::year.eq(year)).select(max(tax_receipts::number));
    let last: Option<i32> = on!(conn, |conn| fixed!(rows).get_result(conn))?;
    Ok(last.unwrap_or_default())
}

/// The receipts of a donation, oldest first.
pub fn receipts_of(conn: &mut Conn, id: DonationId) -> Result<Vec<ReceiptRow>, StoreError> {
    let rows = tax_receipts::table.filter(tax_receipts::donation_id.eq(id));
    let rows = rows.order((tax_receipts::year, tax_receipts::number));
    Ok(on!(conn, |conn| rows.select(ReceiptRow::as_select()).load(conn))?)
}

/// The numbers of the receipts of these donations that are not void.
pub fn live_receipts(conn: &mut Conn, ids: &[DonationId]) -> Result<Vec<(DonationId, String)>, StoreError> {
    let rows = tax_receipts::table.filter(tax_receipts::donation_id.eq_any(ids));
    let rows = rows.filter(tax_receipts::live_key.is_not_null());
    Ok(on!(conn, |conn| rows.select((tax_receipts::donation_id, tax_receipts::reference)).load(conn))?)
}

/// The receipt whose document this is, if it is one.
pub fn receipt_of_document(conn: &mut Conn, id: DocumentId) -> Result<Option<ReceiptRow>, StoreError> {
    let row = tax_receipts::table.filter(tax_receipts::document_id.eq(id));
    Ok(on!(conn, |conn| row.select(ReceiptRow::as_select()).first(conn)).optional()?)
}

/// Notes that a receipt is void since `now`, and the document that says so.
pub fn void_receipt(
    tx: &mut Tx,
    id: TaxReceiptId,
    reason: &str,
    document: DocumentId,
    now: Moment,
) -> Result<(), StoreError> {
    let changes = (
        tax_receipts::live_key.eq(None::<String>),
        tax_receipts::cancelled_at.eq(now),
        tax_receipts::cancel_reason.eq(reason),
        tax_receipts::void_document_id.eq(document),
    );
    let row = tax_receipts::table.filter(tax_receipts::id.eq(id)).filter(tax_receipts::live_key.is_not_null());
    one(on!(tx.conn(), |conn| kept(diesel::update(row).set(changes)).execute(conn))?)
}

/// The receipts of one year and one kind of donor, as the yearly declaration counts them (CGI, art. 222 bis).
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct YearRow {
    #[diesel(sql_type = Integer)]
    pub year: i32,
    #[diesel(sql_type = Text)]
    pub donor_kind: DonorKind,
    /// Those that are not void.
    #[diesel(sql_type = BigInt)]
    pub receipts: i64,
    #[diesel(sql_type = BigInt)]
    pub cents: i64,
    #[diesel(sql_type = BigInt)]
    pub voided: i64,
}

const YEARS: &str = "SELECT r.year AS year, d.donor_kind AS donor_kind,
      CAST(SUM(CASE WHEN r.live_key IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS receipts,
      CAST(SUM(CASE WHEN r.live_key IS NULL THEN 0 ELSE r.amount_cents END) AS BIGINT) AS cents,
      CAST(SUM(CASE WHEN r.live_key IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS voided
    FROM tax_receipts r JOIN donations d ON d.id = r.donation_id
    GROUP BY r.year, d.donor_kind ORDER BY r.year DESC, d.donor_kind DESC";

/// The totals of every year, the last one first.
pub fn years(conn: &mut Conn) -> Result<Vec<YearRow>, StoreError> {
    Ok(on!(conn, |conn| sql_query(YEARS).load::<YearRow>(conn))?)
}

/// What donors meant for an axis, a fund or nothing in particular, of one funding source.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct WishRow {
    #[diesel(sql_type = Text)]
    pub funding_source_id: FundingSourceId,
    /// The code of an axis; often empty.
    #[diesel(sql_type = Text)]
    pub axis: String,
    /// The name of a fund and its code; often empty.
    #[diesel(sql_type = Text)]
    pub fund: String,
    #[diesel(sql_type = Text)]
    pub fund_code: String,
    #[diesel(sql_type = BigInt)]
    pub cents: i64,
}

const WISHES: &str = "SELECT d.funding_source_id AS funding_source_id, d.axis AS axis, COALESCE(f.name, '') AS fund,
      COALESCE(f.code, '') AS fund_code, CAST(SUM(d.amount_cents) AS BIGINT) AS cents
    FROM donations d LEFT JOIN funds f ON f.id = d.fund_id WHERE d.state <> 'cancelled'
    GROUP BY d.funding_source_id, d.axis, COALESCE(f.name, ''), COALESCE(f.code, '')
    ORDER BY d.funding_source_id, d.axis, COALESCE(f.name, '')";

/// What donors meant their gifts for, source by source.
pub fn wishes(conn: &mut Conn) -> Result<Vec<WishRow>, StoreError> {
    Ok(on!(conn, |conn| sql_query(WISHES).load::<WishRow>(conn))?)
}

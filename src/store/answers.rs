//! What an application says: answers, budget lines, tags, partners.

use super::{
    Conn, StoreError, Tx, one,
    schema::{answers, application_partners, application_tags, budget_lines},
};
use crate::domain::{ids::ApplicationId, money::Euros, time::Moment};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// One line of a planned budget. `account` is a Cerfa code, `side` a `domain::budgets::Side`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = budget_lines, treat_none_as_default_value = false)]
pub struct BudgetLineRow {
    pub application_id: ApplicationId,
    pub position: i32,
    pub account: String,
    pub side: String,
    pub label: String,
    pub planned_cents: Euros,
    pub is_eligible: bool,
    pub is_secured: bool,
    /// A part of an eligible line the fund cannot pay for; zero otherwise.
    pub ineligible_cents: Euros,
}

/// One tag: an axis, a goal (ODD) or a marker with its level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable, Selectable, Insertable)]
#[diesel(table_name = application_tags, treat_none_as_default_value = false)]
pub struct TagRow {
    pub application_id: ApplicationId,
    pub kind: String,
    pub code: String,
    pub level: i32,
}

/// A partner of the project.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = application_partners, treat_none_as_default_value = false)]
pub struct PartnerRow {
    pub application_id: ApplicationId,
    pub position: i32,
    pub name: String,
    /// What it does in the project.
    pub part: String,
    pub country_code: String,
    pub email: Option<String>,
}

/// The answers of an application, by question.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<BTreeMap<String, String>, StoreError> {
    let rows = answers::table.filter(answers::application_id.eq(id)).select((answers::question, answers::value));
    Ok(on!(conn, |conn| fixed!(rows).load::<(String, String)>(conn))?.into_iter().collect())
}

/// Writes the first answer to a question.
pub fn insert(tx: &mut Tx, id: ApplicationId, question: &str, value: &str, now: Moment) -> Result<(), StoreError> {
    let key = (answers::application_id.eq(id), answers::question.eq(question));
    let values = (key, answers::value.eq(value), answers::updated_at.eq(now));
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(answers::table).values(values)).execute(conn))?;
    Ok(())
}

/// Writes the first answers to several questions, in one statement.
pub fn insert_all(tx: &mut Tx, id: ApplicationId, said: &[(&str, &str)], now: Moment) -> Result<(), StoreError> {
    let row = |(question, value): &(&str, &str)| {
        let key = (answers::application_id.eq(id), answers::question.eq((*question).to_owned()));
        (key, answers::value.eq((*value).to_owned()), answers::updated_at.eq(now))
    };
    let rows: Vec<_> = said.iter().map(row).collect();
    if !rows.is_empty() {
        on!(tx.conn(), |conn| diesel::insert_into(answers::table).values(rows).execute(conn))?;
    }
    Ok(())
}

/// Writes another answer in place of the one given.
pub fn change(tx: &mut Tx, id: ApplicationId, question: &str, value: &str, now: Moment) -> Result<(), StoreError> {
    let values = (answers::value.eq(value), answers::updated_at.eq(now));
    one(on!(tx.conn(), |conn| fixed!(diesel::update(answers::table.find((id, question))).set(values)).execute(conn))?)
}

/// Takes an answer away.
pub fn remove(tx: &mut Tx, id: ApplicationId, question: &str) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| diesel::delete(answers::table.find((id, question))).execute(conn))?)
}

/// The budget of an application, in order.
pub fn budget_of(conn: &mut Conn, id: ApplicationId) -> Result<Vec<BudgetLineRow>, StoreError> {
    let rows = budget_lines::table.filter(budget_lines::application_id.eq(id)).order(budget_lines::position);
    Ok(on!(conn, |conn| rows.select(BudgetLineRow::as_select()).load(conn))?)
}

/// Writes the budget of an application anew.
pub fn set_budget(tx: &mut Tx, id: ApplicationId, rows: &[BudgetLineRow]) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(budget_lines::table.filter(budget_lines::application_id.eq(id)))
        .execute(conn))?;
    if !rows.is_empty() {
        on!(tx.conn(), |conn| diesel::insert_into(budget_lines::table).values(rows).execute(conn))?;
    }
    Ok(())
}

/// Writes one line of a budget anew, by its position; `None` takes it away.
pub fn set_budget_line(
    tx: &mut Tx,
    id: ApplicationId,
    position: i32,
    row: Option<&BudgetLineRow>,
) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(budget_lines::table.find((id, position))).execute(conn))?;
    if let Some(row) = row {
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(budget_lines::table).values(row)).execute(conn))?;
    }
    Ok(())
}

/// The tags of an application.
pub fn tags_of(conn: &mut Conn, id: ApplicationId) -> Result<Vec<TagRow>, StoreError> {
    let rows = application_tags::table.filter(application_tags::application_id.eq(id));
    Ok(on!(conn, |conn| rows
        .order((application_tags::kind, application_tags::code))
        .select(TagRow::as_select())
        .load(conn))?)
}

/// The tags of several applications.
pub fn tags_of_all(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<TagRow>, StoreError> {
    let rows = application_tags::table.filter(application_tags::application_id.eq_any(ids));
    Ok(on!(conn, |conn| rows
        .order((application_tags::kind, application_tags::code))
        .select(TagRow::as_select())
        .load(conn))?)
}

/// Writes the tags of one kind anew.
pub fn set_tags(tx: &mut Tx, id: ApplicationId, kind: &str, rows: &[TagRow]) -> Result<(), StoreError> {
    let old = application_tags::table.filter(application_tags::application_id.eq(id));
    on!(tx.conn(), |conn| diesel::delete(old.filter(application_tags::kind.eq(kind))).execute(conn))?;
    if !rows.is_empty() {
        on!(tx.conn(), |conn| diesel::insert_into(application_tags::table).values(rows).execute(conn))?;
    }
    Ok(())
}

/// The partners of a project, in order.
pub fn partners_of(conn: &mut Conn, id: ApplicationId) -> Result<Vec<PartnerRow>, StoreError> {
    let rows = application_partners::table.filter(application_partners::application_id.eq(id));
    Ok(on!(conn, |conn| rows.order(application_partners::position).select(PartnerRow::as_select()).load(conn))?)
}

/// Writes the partners of a project anew.
pub fn set_partners(tx: &mut Tx, id: ApplicationId, rows: &[PartnerRow]) -> Result<(), StoreError> {
    let old = application_partners::table.filter(application_partners::application_id.eq(id));
    on!(tx.conn(), |conn| diesel::delete(old).execute(conn))?;
    if !rows.is_empty() {
        on!(tx.conn(), |conn| diesel::insert_into(application_partners::table).values(rows).execute(conn))?;
    }
    Ok(())
}

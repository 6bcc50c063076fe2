//! The files of a call counted and added up by the database: as many questions for ten files as for ten thousand.

use super::{
    Conn, StoreError, kept,
    recusals::hidden_from,
    schema::{
        answers, application_tags, applications, communes, organisation_profiles, organisations, people, reviews,
    },
};
use crate::domain::{
    ids::{CallId, PersonId},
    lifecycles::{applications::ApplicationState, reviews::ReviewState},
    money::Euros,
};
use diesel::{
    dsl::{self, sql},
    expression::SqlLiteral,
    prelude::*,
    sql_types::{BigInt, Bool, Integer, Nullable, Text},
};

/// Files of one group in one state: how many, what they ask for and what was decided for them, together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct StateSum {
    pub state: ApplicationState,
    pub files: i64,
    pub asked: Euros,
    pub decided: Euros,
}

/// What a file is tagged with: kind, code and level.
pub type TagKey = (String, String, i32);

/// The department of a seat, and whether a member of the network sits there.
pub type SeatKey = (String, bool);

fn asked() -> SqlLiteral<BigInt> {
    sql("CAST(SUM(applications.requested_cents) AS BIGINT)")
}

fn decided() -> SqlLiteral<BigInt> {
    sql("COALESCE(CAST(SUM(applications.decided_cents) AS BIGINT), 0)")
}

/// The filed files of a call that exist for a reader, by these columns and by state. The columns are written once, for
/// the groups and for what is read of them.
macro_rules! by {
    ($rows:expr, $call:expr, $reader:expr, $($column:literal: $type:ty),+) => {
        $rows
            .filter(applications::call_id.eq($call))
            .filter(applications::submitted_at.is_not_null())
            .filter(applications::state.ne(ApplicationState::Draft))
            .filter(applications::id.ne_all(hidden_from($reader)))
            .group_by(sql::<Text>(concat!($($column, ", ",)+ "applications.state")))
            .select((
                ($(sql::<$type>($column),)+),
                (sql::<Text>("applications.state"), dsl::count_star(), asked(), decided()),
            ))
    };
}

/// How many files of a call were begun, drafts with them.
pub fn count_started(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<i64, StoreError> {
    let rows = applications::table.filter(applications::call_id.eq(call));
    let rows = rows.filter(applications::id.ne_all(hidden_from(reader))).count();
    Ok(on!(conn, |conn| kept(rows).get_result(conn))?)
}

/// By whether somebody has scored them.
pub fn by_score(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<Vec<(bool, StateSum)>, StoreError> {
    let rows = by!(applications::table, call, reader, "(applications.score_count > 0)": Bool);
    let found: Vec<((bool,), StateSum)> = on!(conn, |conn| kept(rows).load(conn))?;
    Ok(found.into_iter().map(|((is_scored,), sum)| (is_scored, sum)).collect())
}

/// By axis, goal and marker: a file is in as many groups as it has tags.
pub fn by_tag(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<Vec<(TagKey, StateSum)>, StoreError> {
    let tagged = applications::table
        .inner_join(application_tags::table.on(application_tags::application_id.eq(applications::id)));
    let rows = by!(
        tagged,
        call,
        reader,
        "application_tags.kind": Text,
        "application_tags.code": Text,
        "application_tags.level": Integer
    );
    Ok(on!(conn, |conn| kept(rows).load(conn))?)
}

/// By what was answered to these questions, word for word.
pub fn by_answer(
    conn: &mut Conn,
    call: CallId,
    reader: PersonId,
    questions: &[String],
) -> Result<Vec<(String, StateSum)>, StoreError> {
    let answered = applications::table
        .inner_join(answers::table.on(answers::application_id.eq(applications::id)))
        .filter(answers::question.eq_any(questions));
    let rows = by!(answered, call, reader, "answers.value": Text);
    let found: Vec<((String,), StateSum)> = on!(conn, |conn| rows.load(conn))?;
    Ok(found.into_iter().map(|((value,), sum)| (value, sum)).collect())
}

/// By the department of the seat of who applies, and whether they are a member of the network.
pub fn by_seat(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<Vec<(SeatKey, StateSum)>, StoreError> {
    let seated = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .left_join(organisation_profiles::table.on(organisation_profiles::organisation_id.eq(organisations::id)));
    let rows = by!(
        seated,
        call,
        reader,
        "organisations.department": Text,
        "COALESCE(organisation_profiles.membership = 'member', FALSE)": Bool
    );
    Ok(on!(conn, |conn| kept(rows).load(conn))?)
}

/// By the department of the commune in which the project happens; those that name none are left out.
pub fn by_place(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<Vec<(String, StateSum)>, StoreError> {
    let placed = applications::table.inner_join(communes::table);
    let rows = by!(placed, call, reader, "communes.department": Text);
    let found: Vec<((String,), StateSum)> = on!(conn, |conn| kept(rows).load(conn))?;
    Ok(found.into_iter().map(|((department,), sum)| (department, sum)).collect())
}

/// By commune in which the project happens, of those of this list.
pub fn by_commune(
    conn: &mut Conn,
    call: CallId,
    reader: PersonId,
    of: &[String],
) -> Result<Vec<(String, StateSum)>, StoreError> {
    let placed = applications::table.inner_join(communes::table).filter(communes::code.eq_any(of));
    let rows = by!(placed, call, reader, "communes.name": Text);
    let found: Vec<((String,), StateSum)> = on!(conn, |conn| rows.load(conn))?;
    Ok(found.into_iter().map(|((name,), sum)| (name, sum)).collect())
}

/// Those of organisations that had filed with another call before this one opened. What does not exist for the reader
/// is no earlier file either.
pub fn of_known(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<Vec<StateSum>, StoreError> {
    let came_before = sql::<Bool>(
        "EXISTS (SELECT 1 FROM applications earlier JOIN calls ON calls.id = applications.call_id
          WHERE earlier.organisation_id = applications.organisation_id AND earlier.call_id <> applications.call_id
            AND earlier.state <> 'draft' AND earlier.submitted_at < calls.opens_at
            AND earlier.id NOT IN (SELECT recusals.application_id FROM recusals WHERE recusals.person_id = ",
    );
    let came_before = came_before.bind::<Text, _>(reader).sql("))");
    let rows = by!(applications::table.filter(came_before), call, reader, "applications.call_id": Text);
    let found: Vec<((String,), StateSum)> = on!(conn, |conn| kept(rows).load(conn))?;
    Ok(found.into_iter().map(|(_, sum)| sum).collect())
}

/// How far apart the notes of one file are, in whole fives of points out of 100, and how many files have such a gap;
/// files that fewer than two people have scored are left out.
pub fn gaps(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<Vec<(i64, i64)>, StoreError> {
    // Totals are in hundredths of a point.
    let fives = sql::<Nullable<BigInt>>(
        "(SELECT MAX(reviews.total) - MIN(reviews.total) FROM reviews
          WHERE reviews.application_id = applications.id AND reviews.state = 'submitted') / 500",
    );
    let rows = applications::table
        .filter(applications::call_id.eq(call))
        .filter(applications::submitted_at.is_not_null())
        .filter(applications::state.ne(ApplicationState::Draft))
        .filter(applications::score_count.gt(1))
        .filter(applications::id.ne_all(hidden_from(reader)))
        // By the first column.
        .group_by(sql::<BigInt>("1"))
        .select((fives, dsl::count_star()));
    let found: Vec<(Option<i64>, i64)> = on!(conn, |conn| kept(rows).load(conn))?;
    Ok(found.into_iter().filter_map(|(fives, files)| Some((fives?, files))).collect())
}

/// What somebody scored: how many files, the least, the most and the sum of their totals, in hundredths of a point.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ReaderSum {
    pub name: String,
    pub files: i64,
    pub least: Option<i64>,
    pub most: Option<i64>,
    pub sum: Option<i64>,
}

/// Who has handed reviews in, by name, without those of files that do not exist for `reader`.
pub fn by_reader(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<Vec<ReaderSum>, StoreError> {
    let rows = reviews::table
        .inner_join(people::table.on(people::id.eq(reviews::person_id)))
        .filter(reviews::call_id.eq(call))
        .filter(reviews::state.eq(ReviewState::Submitted))
        .filter(reviews::application_id.ne_all(hidden_from(reader)))
        .group_by((people::id, people::name, people::sort_key))
        .order((people::sort_key, people::id))
        .select((
            people::name,
            dsl::count_star(),
            dsl::min(reviews::total),
            dsl::max(reviews::total),
            sql::<Nullable<BigInt>>("CAST(SUM(reviews.total) AS BIGINT)"),
        ));
    Ok(on!(conn, |conn| kept(rows).load(conn))?)
}

//! Who fills which section of an application in.

use super::{
    Actor, Outcome,
    answers::{self, Content},
    definitions, organisations, pairings,
};
use crate::{
    domain::{
        definitions::{Author, CallDefinition, Section, SectionContent},
        forms::Form,
        ids::OrganisationId,
        lifecycles::applications::ApplicationState,
        organisations::Right,
    },
    store::{
        Conn, StoreError,
        applications::{self, ApplicationRow},
        calls,
    },
};

/// The organisations that fill a section in: both until a pair is complete, then those it is for.
fn of(row: &ApplicationRow, section: &Section) -> Vec<OrganisationId> {
    match (row.partner_organisation_id, section.author) {
        (Some(_), Author::Lead) => vec![row.organisation_id],
        (Some(partner), Author::Partner) => vec![partner],
        (Some(_), Author::Both) | (None, _) => row.parties(),
    }
}

/// The name of the other half of a pair, where it alone fills a section in and none of these organisations does.
pub fn other_half(content: &Content, mine: &[OrganisationId], section: &Section) -> Option<String> {
    let by = of(&content.row, section);
    let others = [Some(&content.organisation), content.partner.as_ref()].into_iter().flatten();
    let others = others.filter(|organisation| by.contains(&organisation.id));
    if by.iter().any(|id| mine.contains(id)) { None } else { others.map(|other| other.name.clone()).next() }
}

/// What a seat must give to write in a section: the budget is open to whoever keeps the money.
const fn right_in(section: &Section) -> Right {
    if matches!(section.content, SectionContent::Budget) { Right::Money } else { Right::Write }
}

/// Whether the actor may write in a section now, if it is asked.
pub(super) fn may_write_section(
    conn: &mut Conn,
    actor: &Actor,
    row: &ApplicationRow,
    call: &CallDefinition,
    section: &Section,
) -> Outcome<bool> {
    let may = answers::is_open(row) && organisations::may(conn, actor, &of(row, section), right_in(section))?;
    Ok(may && !pairings::rests(conn, call, row.id)?)
}

/// Whether the actor acts for an organisation of the file and keeps its money alone: of the file only the budget exists
/// for them.
pub fn keeps_money_alone(conn: &mut Conn, actor: &Actor, row: &ApplicationRow) -> Outcome<bool> {
    let seats = organisations::seats(conn, actor, &row.parties())?;
    Ok(!seats.is_empty() && !seats.iter().any(|seat| seat.may(Right::Read)))
}

/// To whoever keeps the money alone, nothing but the budget exists.
pub fn refuse_money_keeper(conn: &mut Conn, actor: &Actor, row: &ApplicationRow) -> Outcome<()> {
    if keeps_money_alone(conn, actor, row)? { Err(StoreError::NotFound.into()) } else { Ok(()) }
}

/// Files of an organisation looked through for its one draft.
const LATEST: i64 = 50;

/// Where whoever keeps the money of an organisation begins: the budget of its draft, or the list of files where it has
/// no draft or several.
pub(super) fn budget_place(conn: &mut Conn, organisation: OrganisationId, actor: &Actor) -> Outcome<String> {
    let mut places = Vec::new();
    for line in applications::of_organisations(conn, &[organisation], LATEST)? {
        let row = super::applications::find(conn, actor, line.id)?;
        if row.state != ApplicationState::Draft {
            continue;
        }
        let call = definitions::call(&calls::find(conn, row.call_id)?.settings)?;
        let section = call.sections.iter().find(|section| section.content == SectionContent::Budget);
        places.extend(section.map(|section| format!("/dossiers/{}/rubriques/{}", row.id, section.code)));
    }
    Ok(match (places.pop(), places.is_empty()) {
        (Some(place), true) => place,
        _ => "/dossiers".to_owned(),
    })
}

/// The sections that are asked and that the actor may write in now, in the order of the form.
pub fn sections_to_write<'a>(conn: &mut Conn, actor: &Actor, content: &'a Content) -> Outcome<Vec<&'a Section>> {
    let row = &content.row;
    if !answers::is_open(row) || pairings::rests(conn, &content.definition, row.id)? {
        return Ok(Vec::new());
    }
    let mut seats = Vec::new();
    for party in row.parties() {
        seats.push((party, organisations::seats(conn, actor, &[party])?));
    }
    let form = Form::of_call(&content.definition);
    let mine = content.definition.sections.iter().filter(|section| {
        let (by, right) = (of(row, section), right_in(section));
        let is_author = seats.iter().any(|(party, held)| by.contains(party) && held.iter().any(|seat| seat.may(right)));
        is_author && form.shows_section(section, &content.answers)
    });
    Ok(mine.collect())
}

/// The section after this one that the actor may write in, and of which a complement has not closed everything.
pub fn next_section(conn: &mut Conn, actor: &Actor, content: &Content, code: &str) -> Outcome<Option<String>> {
    let mine = sections_to_write(conn, actor, content)?;
    let mut after = mine.into_iter().skip_while(|section| section.code != code).skip(1);
    let next = after.find(|section| content.opening.opens_section(&content.definition, section));
    Ok(next.map(|section| section.code.clone()))
}

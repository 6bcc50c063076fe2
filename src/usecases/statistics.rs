//! Statistics of a round, for the team and for the members of its committee. What somebody is recused from is in no
//! number they read; a member reads decisions once they are announced, and gaps between notes once their own are in.

use super::{Actor, Outcome, access, agendas::Envelope, calls as verbs, committees::require};
use crate::{
    domain::{
        definitions::{CallDefinition, QuestionKind},
        eligibility::Rule,
        forms::{TagKind, chosen},
        ids::PersonId,
        money::Euros,
        references::{Marker, MarkerLevel, axis, department_name, goal, theme},
        roles::Role,
        statistics::{FEWEST, Sight, Slice, Step, Tally, Theme, gaps, sliced},
    },
    store::{
        Conn, StoreError,
        calls::CallRow,
        own_reviews, reviews, seats,
        statistics::{self as rows, ReaderSum, StateSum, TagKey},
    },
};
use std::collections::BTreeMap;

/// The files of a call by one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakdown {
    pub theme: Theme,
    pub slices: Vec<Slice>,
}

/// Whether the gaps between the notes of a file are shown, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    Shown,
    /// The reader's own notes come first.
    OwnFirst,
    /// They would tell of one file.
    TooFew,
}

/// What a round comes to, as its reader may know it.
#[derive(Debug)]
pub struct Statistics {
    pub call: CallRow,
    pub sight: Sight,
    /// All files that were filed.
    pub whole: Slice,
    /// What is not committed of the envelope; nothing where it would tell a decision.
    pub left: Option<Euros>,
    pub breakdowns: Vec<Breakdown>,
    pub gaps: Gaps,
    /// Who scored, for the team alone.
    pub readers: Vec<ReaderSum>,
}

/// The statistics of a call for the team.
pub fn for_team(conn: &mut Conn, actor: &Actor, reference: &str) -> Outcome<Statistics> {
    access::require(actor, &[Role::Officer, Role::Director, Role::Auditor])?;
    let reader = access::person(actor)?;
    let call = verbs::by_reference(conn, reference)?;
    let sight = Sight { knows_decisions: true, is_guarded: false };
    // Somebody of the team who has still to review a file is told nothing of the others' notes either.
    if !own_reviews::unread(conn, reader, call.id)?.is_empty() {
        return of_call(conn, call, reader, sight, Gaps::OwnFirst);
    }
    let readers = rows::by_reader(conn, call.id, reader)?;
    Ok(Statistics { readers, ..of_call(conn, call, reader, sight, Gaps::Shown)? })
}

/// The statistics of a call for a member of its committee.
pub fn for_member(conn: &mut Conn, actor: &Actor, reference: &str) -> Outcome<Statistics> {
    let reader = require(actor, Role::Reviewer)?;
    let call = verbs::by_reference(conn, reference)?;
    let seat = seats::held(conn, call.id, reader)?.ok_or(StoreError::NotFound)?;
    let sight = Sight { knows_decisions: call.is_announced(), is_guarded: true };
    // A guest scores nothing, and is told nothing of scores.
    let has_own_first = seat.is_guest || reviews::count_waiting(conn, call.id, reader)? > 0;
    of_call(conn, call, reader, sight, if has_own_first { Gaps::OwnFirst } else { Gaps::Shown })
}

fn of_call(conn: &mut Conn, call: CallRow, reader: PersonId, sight: Sight, gaps: Gaps) -> Outcome<Statistics> {
    let definition = verbs::parse(&call)?;
    let counted = rows::by_score(conn, call.id, reader)?;
    let sum: Tally = counted.iter().map(|(_, sum)| tally(sum)).sum();
    let whole = sliced(vec![(Step::Filed.label().to_owned(), sum)], sight).remove(0);
    let started = rows::count_started(conn, call.id, reader)?;
    let mut breakdowns = course(&counted, started, &whole, sight);
    for (theme, groups) in groups(conn, &call, &definition, reader, sum)? {
        breakdowns.push(Breakdown { theme, slices: sliced(groups, sight) });
    }
    let gaps = match gaps {
        Gaps::Shown => spread(conn, &call, reader, sight, &mut breakdowns)?,
        gaps => gaps,
    };
    // What is left tells what was awarded.
    let left = match whole.awarded {
        Some(_) => Some(Envelope::seen_by(conn, &call, reader)?.left),
        None => None,
    };
    Ok(Statistics { whole, left, breakdowns, gaps, readers: Vec::new(), sight, call })
}

fn tally(sum: &StateSum) -> Tally {
    Tally::of(sum.state, sum.files, sum.asked, sum.decided)
}

/// How far the files came, and what else became of them.
fn course(counted: &[(bool, StateSum)], started: i64, whole: &Slice, sight: Sight) -> Vec<Breakdown> {
    let files = |step: Step| -> i64 {
        let at_step = counted.iter().filter(|(is_scored, sum)| step.has(sum.state, *is_scored));
        at_step.map(|(_, sum)| sum.files).sum()
    };
    let slice = |step: &Step| match step {
        Step::Started => Slice::of_files(step.label(), started),
        Step::Filed => whole.clone(),
        step => Slice::of_files(step.label(), files(*step)),
    };
    let is_known = |step: &&Step| sight.knows_decisions || !step.is_decision();
    let of = |theme: Theme, steps: &[Step]| {
        let slices = steps.iter().filter(is_known).map(slice).collect();
        Breakdown { theme, slices }
    };
    vec![of(Theme::Course, Step::WAY), of(Theme::Outcomes, Step::ASIDE)]
}

/// Adds the gaps between the notes of a file, unless there are so few that they tell of one.
fn spread(
    conn: &mut Conn,
    call: &CallRow,
    reader: PersonId,
    sight: Sight,
    breakdowns: &mut Vec<Breakdown>,
) -> Outcome<Gaps> {
    let counted = rows::gaps(conn, call.id, reader)?;
    let files: i64 = counted.iter().map(|(_, files)| files).sum();
    if sight.is_guarded && files < FEWEST {
        return Ok(Gaps::TooFew);
    }
    breakdowns.push(Breakdown { theme: Theme::Spread, slices: gaps(&counted) });
    Ok(Gaps::Shown)
}

/// Groups of files by name, in the order in which they are shown.
type Groups = Vec<(String, Tally)>;

/// Everything the filed files are grouped by.
fn groups(
    conn: &mut Conn,
    call: &CallRow,
    definition: &CallDefinition,
    reader: PersonId,
    whole: Tally,
) -> Outcome<Vec<(Theme, Groups)>> {
    let tags = by_key(rows::by_tag(conn, call.id, reader)?);
    let mut groups = vec![
        (Theme::Axes, with_rest(axes(&tags, definition), whole, "Sans axe")),
        (Theme::SubThemes, sub_themes(conn, call, definition, reader)?),
        (Theme::Goals, goals(&tags)),
        (Theme::Markers, markers(&tags)),
    ];
    let seats = by_key(rows::by_seat(conn, call.id, reader)?);
    let by_department = merged(seats.iter().map(|((department, _), tally)| (department.clone(), *tally)));
    let places = by_key(rows::by_place(conn, call.id, reader)?);
    groups.push((Theme::Seats, departments(by_department)));
    groups.push((Theme::Places, with_rest(departments(places), whole, "Ailleurs ou non précisé")));
    groups.push((Theme::Communes, communes(conn, call, definition, reader)?));
    let known: Tally = rows::of_known(conn, call.id, reader)?.iter().map(tally).sum();
    let firsts = [("Première demande", whole - known), ("Structures déjà venues", known)];
    groups.push((Theme::Firsts, named(firsts)));
    let of_members = |wanted: bool| -> Tally {
        let theirs = seats.iter().filter(move |((_, is_member), _)| *is_member == wanted);
        theirs.map(|(_, tally)| *tally).sum()
    };
    let members = [("Membres du réseau", of_members(true)), ("Non membres", of_members(false))];
    groups.push((Theme::Members, named(members)));
    groups.retain(|(_, groups)| !groups.is_empty());
    Ok(groups)
}

fn named(groups: [(&str, Tally); 2]) -> Groups {
    groups.map(|(label, tally)| (label.to_owned(), tally)).into()
}

fn merged<K: Ord>(tallies: impl Iterator<Item = (K, Tally)>) -> BTreeMap<K, Tally> {
    let mut groups: BTreeMap<K, Tally> = BTreeMap::new();
    for (key, tally) in tallies {
        let known = groups.entry(key).or_default();
        *known = [*known, tally].into_iter().sum();
    }
    groups
}

/// The groups with their states put together.
fn by_key<K: Ord>(rows: Vec<(K, StateSum)>) -> BTreeMap<K, Tally> {
    merged(rows.into_iter().map(|(key, sum)| (key, tally(&sum))))
}

/// The groups, and what of the whole is in none of them.
fn with_rest(mut groups: Groups, whole: Tally, label: &str) -> Groups {
    let inside: Tally = groups.iter().map(|(_, tally)| *tally).sum();
    let rest = whole - inside;
    if rest.files > 0 {
        groups.push((label.to_owned(), rest));
    }
    groups
}

/// The tags of one kind: code, level and files.
fn of_kind(tags: &BTreeMap<TagKey, Tally>, kind: TagKind) -> impl Iterator<Item = (&str, i32, Tally)> {
    let of_kind = tags.iter().filter(move |((known, ..), _)| known == kind.code());
    of_kind.map(|((_, code, level), tally)| (code.as_str(), *level, *tally))
}

/// The axes of the call, then those that files kept from an older form; one that nobody chose is shown too.
fn axes(tags: &BTreeMap<TagKey, Tally>, definition: &CallDefinition) -> Groups {
    let mut found = merged(of_kind(tags, TagKind::Axis).map(|(code, _, tally)| (code.to_owned(), tally)));
    let label = |code: &str| axis(code).map_or_else(|| code.to_owned(), |axis| axis.label.clone());
    let mut groups: Groups =
        definition.axes.iter().map(|code| (label(code), found.remove(code).unwrap_or_default())).collect();
    groups.extend(found.into_iter().map(|(code, tally)| (label(&code), tally)));
    groups
}

fn goals(tags: &BTreeMap<TagKey, Tally>) -> Groups {
    let mut found: Vec<(u8, Tally)> =
        of_kind(tags, TagKind::Goal).filter_map(|(code, _, tally)| Some((code.parse().ok()?, tally))).collect();
    found.sort_by_key(|(number, _)| *number);
    let label = |number| goal(number).map(|goal| format!("{}. {}", goal.number, goal.title));
    found.into_iter().filter_map(|(number, tally)| Some((label(number)?, tally))).collect()
}

fn markers(tags: &BTreeMap<TagKey, Tally>) -> Groups {
    let label = |code: &str, level: i32| {
        let marker = code.parse::<Marker>().map_or_else(|_| code.to_owned(), |marker| marker.label().to_owned());
        let level = MarkerLevel::ALL.iter().find(|known| known.number() == level)?;
        Some(format!("{marker} – {}", level.label().to_lowercase()))
    };
    let found = of_kind(tags, TagKind::Marker);
    found.filter_map(|(code, level, tally)| Some((label(code, level)?, tally))).collect()
}

/// The themes of the axes, where the form asks for them: a file is in as many groups as it ticked.
fn sub_themes(conn: &mut Conn, call: &CallRow, definition: &CallDefinition, reader: PersonId) -> Outcome<Groups> {
    let asks = definition.questions().filter(|(_, question)| matches!(question.kind, QuestionKind::Themes));
    let questions: Vec<String> = asks.map(|(_, question)| question.code.clone()).collect();
    if questions.is_empty() {
        return Ok(Groups::new());
    }
    let answered = by_key(rows::by_answer(conn, call.id, reader, &questions)?);
    let ticked = answered.iter().flat_map(|(lines, tally)| chosen(lines).map(move |code| (code.to_owned(), *tally)));
    let label = |code: &str| theme(code).map(|(_, theme)| theme.to_owned());
    Ok(merged(ticked).into_iter().filter_map(|(code, tally)| Some((label(&code)?, tally))).collect())
}

fn departments(found: BTreeMap<String, Tally>) -> Groups {
    let label = |code: &str| match department_name(code) {
        Some(name) => format!("{name} ({code})"),
        None if code.is_empty() => "Non précisé".to_owned(),
        None => format!("Département {code}"),
    };
    found.into_iter().map(|(code, tally)| (label(&code), tally)).collect()
}

/// The communes in which a call wants its projects to happen, such as those of a coast.
fn communes(conn: &mut Conn, call: &CallRow, definition: &CallDefinition, reader: PersonId) -> Outcome<Groups> {
    let wanted = definition.eligibility.iter().find_map(|rule| match rule {
        Rule::ProjectInCommunes { communes, .. } => Some(communes),
        _ => None,
    });
    let Some(wanted) = wanted else { return Ok(Groups::new()) };
    Ok(by_key(rows::by_commune(conn, call.id, reader, wanted)?).into_iter().collect())
}

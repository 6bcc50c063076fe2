//! The mirror of a reader (miroir): how they mark beside the others, on the files whose review they have handed in.

use super::{Actor, Outcome, calls as verbs, committees::require};
use crate::{
    domain::{
        mirrors::{Comparison, LEAST_OWN, Mark, SecondLook, compare, second_looks},
        roles::Role,
        scoring::Criterion,
    },
    store::{
        Conn, StoreError,
        calls::CallRow,
        mirrors::{self, OwnFile},
        own_reviews,
    },
};
use std::collections::BTreeMap;

/// What a reader sees of themselves in one call.
#[derive(Debug)]
pub struct Mirror {
    pub call: CallRow,
    /// Reviews handed in.
    pub done: usize,
    /// Totals out of 100; nothing while too little is known.
    pub total: Option<Comparison>,
    /// Files that deserve a second look, the furthest from the others first; none while too little is known.
    pub looks: Vec<(SecondLook, OwnFile)>,
    /// Each criterion of the grid, in its points.
    pub criteria: Vec<(Criterion, Option<Comparison>)>,
}

/// The mirror of the actor for the call with this reference; it does not exist for whoever reads none of its files.
pub fn find(conn: &mut Conn, actor: &Actor, reference: &str) -> Outcome<Mirror> {
    let person = require(actor, Role::Reviewer)?;
    let call = verbs::by_reference(conn, reference)?;
    if own_reviews::progress(conn, person, call.id)?.1 == 0 {
        return Err(StoreError::NotFound.into());
    }
    let files = mirrors::reviewed(conn, person, call.id)?;
    if files.len() < LEAST_OWN {
        return Ok(Mirror { call, done: files.len(), total: None, looks: Vec::new(), criteria: Vec::new() });
    }
    let total = |(file, reader, total): (_, _, Option<i64>)| Some(Mark { file, reader, points: total? });
    let totals: Vec<Mark> = mirrors::totals(conn, &files)?.into_iter().filter_map(total).collect();
    let mut marks: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
    for (file, reader, criterion, points) in mirrors::marks(conn, &files)? {
        let mark = points.map(|points| Mark { file, reader, points: i64::from(points) * 100 });
        marks.entry(criterion).or_default().extend(mark);
    }
    let beside = |criterion: &Criterion| {
        let given = marks.get(&criterion.code).map(Vec::as_slice).unwrap_or_default();
        (criterion.clone(), compare(person, given))
    };
    let criteria = verbs::parse(&call)?.grid.criteria.iter().map(beside).collect();
    let total = compare(person, &totals);
    let found = total.map(|_| second_looks(person, &totals)).unwrap_or_default();
    let ids: Vec<_> = found.iter().map(|look| look.file).collect();
    let own = mirrors::own(conn, person, &ids)?;
    let of = |look: SecondLook| Some((look, own.iter().find(|own| own.file == look.file)?.clone()));
    let looks = found.into_iter().filter_map(of).collect();
    Ok(Mirror { done: files.len(), total, looks, criteria, call })
}

//! Scoring grids that cannot score.

use super::Faults;
use crate::domain::{definitions::CallDefinition, scoring::Grid};

/// Faults of a grid.
pub fn grid(grid: &Grid, path: &str, faults: &mut Faults) {
    let codes = grid.criteria.iter().enumerate().map(|(i, c)| (format!("{path}.criterion.{i}.code"), c.code.as_str()));
    faults.codes("criterion", codes);
    let weights: u64 = grid.criteria.iter().map(|criterion| u64::from(criterion.weight)).sum();
    faults.unless(weights > 0, format!("{path}.criterion"), || "the weights of the criteria are all zero.".to_owned());
    for (name, mark) in [("pass_mark", grid.pass_mark), ("spread_alert", grid.spread_alert)] {
        let is_mark = mark.is_none_or(|mark| (0..=100).contains(&mark));
        faults.unless(is_mark, format!("{path}.{name}"), || format!("{name} is from 0 to 100."));
    }
    for (i, criterion) in grid.criteria.iter().enumerate() {
        let at = format!("{path}.criterion.{i}");
        faults.unless((1..=100).contains(&criterion.most), format!("{at}.most"), || {
            format!("the marks of {:?} go up to a number from 1 to 100.", criterion.code)
        });
        let descriptors = i32::try_from(criterion.descriptors.len()).unwrap_or(i32::MAX);
        faults.unless(descriptors == 0 || descriptors == criterion.most + 1, format!("{at}.descriptors"), || {
            format!(
                "{:?} has {descriptors} descriptors for {} marks, from 0 to {}.",
                criterion.code,
                criterion.most + 1,
                criterion.most
            )
        });
        let is_reachable = criterion.eliminatory_below.is_none_or(|mark| (1..=criterion.most).contains(&mark));
        faults.unless(is_reachable, format!("{at}.eliminatory_below"), || {
            format!("the eliminatory mark of {:?} is from 1 to {}.", criterion.code, criterion.most)
        });
    }
}

/// Criteria that look at answers nobody is asked for.
pub fn answers(call: &CallDefinition, path: &str, faults: &mut Faults) {
    for (i, criterion) in call.grid.criteria.iter().enumerate() {
        for (j, code) in criterion.answers.iter().enumerate() {
            let at = format!("{path}.criterion.{i}.answers.{j}");
            faults.unless(call.question(code).is_some(), at.clone(), || {
                format!("the criterion {:?} looks at {code:?}, which is no question of the form.", criterion.code)
            });
            faults.unless(!criterion.answers[..j].contains(code), at, || {
                format!("the criterion {:?} looks at {code:?} twice.", criterion.code)
            });
        }
    }
}

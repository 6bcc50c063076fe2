//! Scoring grids that cannot score.

use super::Faults;
use crate::domain::{
    definitions::CallDefinition,
    money::Euros,
    point_amounts::PointAmounts,
    scoring::{Criterion, Grid},
};

/// Faults of a grid.
pub fn grid(grid: &Grid, path: &str, faults: &mut Faults) {
    let codes = grid.criteria.iter().enumerate().map(|(i, c)| (format!("{path}.criterion.{i}.code"), c.code.as_str()));
    faults.codes("criterion", codes);
    let weights: u64 = grid.summed().map(|criterion| u64::from(criterion.weight)).sum();
    faults.unless(weights > 0, format!("{path}.criterion"), || "the weights of the criteria are all zero.".to_owned());
    for (name, mark) in [("pass_mark", grid.pass_mark), ("spread_alert", grid.spread_alert)] {
        let is_mark = mark.is_none_or(|mark| (0..=100).contains(&mark));
        faults.unless(is_mark, format!("{path}.{name}"), || format!("{name} is from 0 to 100."));
    }
    for (i, one) in grid.criteria.iter().enumerate() {
        criterion(one, &format!("{path}.criterion.{i}"), faults);
    }
    if let Some(scheme) = &grid.amounts {
        amounts(scheme, &format!("{path}.amounts"), faults);
    }
}

fn criterion(criterion: &Criterion, at: &str, faults: &mut Faults) {
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
    faults.unless(!criterion.independent || criterion.weight == 0, format!("{at}.weight"), || {
        format!("the independent criterion {:?} is never summed: its weight is 0.", criterion.code)
    });
}

fn amounts(scheme: &PointAmounts, path: &str, faults: &mut Faults) {
    faults.unless(scheme.is_one_way(), format!("{path}.per_point"), || {
        "the points set the amount by bands or by the point: one of the two.".to_owned()
    });
    faults
        .unless(scheme.step.is_positive(), format!("{path}.step"), || "the step of the amounts is nothing.".to_owned());
    let is_worth = scheme.per_point.is_none_or(Euros::is_positive);
    faults.unless(is_worth, format!("{path}.per_point"), || "a point is worth nothing.".to_owned());
    for (i, band) in scheme.bands.iter().enumerate() {
        faults.unless((0..=100).contains(&band.from), format!("{path}.band.{i}.from"), || {
            "a band begins at a mean from 0 to 100.".to_owned()
        });
    }
    for (i, pair) in scheme.bands.windows(2).enumerate() {
        let grows = pair[0].from < pair[1].from && pair[0].rate <= pair[1].rate;
        faults.unless(grows, format!("{path}.band.{}.from", i + 1), || {
            "the bands go up: a higher mean never opens less.".to_owned()
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

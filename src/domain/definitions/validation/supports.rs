//! What the offers of help of a fund may not say.

use super::Faults;
use crate::domain::definitions::FundDefinition;

/// Whether a text is the code of a French department: `59`, `2A`, `974`.
fn is_department(code: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match code.len() {
        2 => digits(code) || matches!(code, "2A" | "2B"),
        3 => digits(code) && code.starts_with("97"),
        _ => false,
    }
}

/// Advisers without a territory or a way to meet them, trainings without a title, a place or a known axis.
pub(super) fn fund(fund: &FundDefinition, faults: &mut Faults) {
    for (i, adviser) in fund.advisers.iter().enumerate() {
        let path = format!("fund.advisers.{i}");
        for (field, text) in [("name", &adviser.name), ("meeting", &adviser.meeting)] {
            let at = format!("{path}.{field}");
            faults.unless(!text.trim().is_empty(), &at, || format!("the {field} of an adviser is empty."));
            faults.printable(at, text);
        }
        faults.unless(!adviser.departments.is_empty(), format!("{path}.departments"), || {
            format!("the adviser {:?} follows no department.", adviser.name)
        });
        for (j, code) in adviser.departments.iter().enumerate() {
            faults.unless(is_department(code), format!("{path}.departments.{j}"), || {
                format!("{code:?} is not the code of a department.")
            });
        }
    }
    for (i, training) in fund.trainings.iter().enumerate() {
        let path = format!("fund.trainings.{i}");
        for (field, text) in [("title", &training.title), ("place", &training.place)] {
            let at = format!("{path}.{field}");
            faults.unless(!text.trim().is_empty(), &at, || format!("the {field} of a training is empty."));
            faults.printable(at, text);
        }
        faults.axes(&format!("{path}.axes"), training.axes.iter().enumerate());
    }
}

//! The parts of an agreement marked for axes and funds, as the form of the agreement names them.

use super::funding_sources::SourceForm;
use crate::domain::definitions::{Earmark, EarmarkLimit, FundEarmark, fund_mark, marked_fund};
use std::collections::BTreeSet;

/// How the fields of parts marked for funds begin.
const FUND_FIELD: &str = "fleche-fund-";

/// How the field of a part is called: `fleche-ecsi-ceiling`, `fleche-fund-recital-ceiling`.
pub fn earmark_field(mark: &str, limit: EarmarkLimit) -> String {
    format!("fleche-{}-{}", mark.replace(':', "-"), limit.code())
}

/// The mark of a fund and the limit that a field is about; nothing for any other field.
pub fn fund_of_field(name: &str) -> Option<(String, EarmarkLimit)> {
    let (code, limit) = name.strip_prefix(FUND_FIELD)?.rsplit_once('-')?;
    let limit = EarmarkLimit::ALL.iter().find(|known| known.code() == limit)?;
    Some((fund_mark(code), *limit))
}

/// The funds for which something was typed, by their marks.
pub(super) fn funds_of(form: &SourceForm) -> impl Iterator<Item = String> + use<> {
    let marks = form.earmarks.keys().map(|(mark, _)| mark).filter(|mark| marked_fund(mark).is_some());
    marks.cloned().collect::<BTreeSet<String>>().into_iter()
}

/// A part of a fund as the definition of an agreement has it.
pub(super) fn for_fund(mark: Earmark) -> Option<FundEarmark> {
    let fund = marked_fund(&mark.axis)?.to_owned();
    Some(FundEarmark { fund, amount: mark.amount, share: mark.share, limit: mark.limit })
}

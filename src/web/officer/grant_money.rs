//! Where the money of a grant lies, as its page shows it.

use crate::{domain::money::Euros, usecases::grant_papers::MoneyLine};

/// The money of one source, or of all.
#[derive(Default)]
pub(super) struct MoneyShown {
    pub(super) source: String,
    pub(super) awarded: String,
    pub(super) authorised: String,
    pub(super) paid: String,
    pub(super) left: String,
    pub(super) recovered: String,
}

/// The money of one source.
pub(super) fn money(line: &MoneyLine) -> MoneyShown {
    let paid = line.paid + line.recovered;
    MoneyShown {
        source: line.source.clone(),
        awarded: (line.committed + line.authorised + paid).to_string(),
        authorised: (line.authorised + paid).to_string(),
        paid: paid.to_string(),
        left: (line.committed + line.authorised).to_string(),
        recovered: line.recovered.to_string(),
    }
}

/// The money of all of them.
pub(super) fn total(lines: &[MoneyLine]) -> MoneyShown {
    let sum = |part: fn(&MoneyLine) -> Euros| lines.iter().map(part).sum::<Euros>();
    money(&MoneyLine {
        source: "Total".into(),
        committed: sum(|line| line.committed),
        authorised: sum(|line| line.authorised),
        paid: sum(|line| line.paid),
        recovered: sum(|line| line.recovered),
    })
}

//! What a credit brings of what funders have still to pay: by its amount, and by the funder or the agreement that it
//! names. It is proposed and never sure: a funder's transfer carries no reference of ours.

use super::{Awaited, Bench, ECHO, Effect, Subject, Told, Verdict, unknown};
use crate::domain::{
    ids::InstalmentId,
    money::Euros,
    statements::{Doing, EURO, StatementSide},
    text::fold,
};
use std::collections::BTreeSet;

/// Fewest characters of a name that is looked for in a label: a shorter one is in too many words.
const SHORTEST: usize = 3;

/// An instalment that a funder has still to pay.
#[derive(Debug, Clone)]
pub struct Due {
    id: InstalmentId,
    amount: Euros,
    /// What a label may call it by, folded, a space on both sides.
    names: Vec<String>,
}

impl Due {
    /// `names` are those of the agreement and of its funder.
    pub fn new(id: InstalmentId, amount: Euros, names: &[&str]) -> Self {
        let folded = names.iter().map(|name| fold(name)).filter(|name| name.chars().count() >= SHORTEST);
        Due { id, amount, names: folded.map(|name| format!(" {name} ")).collect() }
    }

    fn is_named(&self, said: &str) -> bool {
        self.names.iter().any(|name| said.contains(name.as_str()))
    }

    pub(super) fn effect(&self) -> Effect {
        Effect { doing: Doing::Receive, subjects: vec![Subject::Due(self.id)] }
    }
}

/// What a line says, as names are looked for in it.
fn said(line: &Told<'_>) -> String {
    format!(" {} {} ", fold(line.label), fold(line.counterpart))
}

/// The instalments that a line of the statement calls by name and pays whole: no other line is thought to bring them.
pub(super) fn named_by(lines: &[Told<'_>], awaited: &Awaited) -> BTreeSet<InstalmentId> {
    let is_free = |line: &&Told<'_>| {
        let is_credit = line.side == StatementSide::Credit && line.currency == EURO;
        is_credit && !line.is_return && !line.is_double && !line.is_done
    };
    let mut named = BTreeSet::new();
    for line in lines.iter().filter(is_free) {
        let said = said(line);
        let theirs = awaited.dues.iter().filter(|due| due.amount == line.amount && due.is_named(&said));
        named.extend(theirs.map(|due| due.id));
    }
    named
}

impl Bench<'_> {
    /// What of the funders' instalments a credit brings that is nothing else of ours.
    pub(super) fn due(&self, line: &Told<'_>) -> Option<Verdict> {
        if line.is_return {
            return None;
        }
        let (said, dues) = (said(line), &self.awaited.dues);
        let same: Vec<_> = dues.iter().filter(|due| due.amount == line.amount).collect();
        let named: Vec<_> = same.iter().copied().filter(|due| due.is_named(&said)).collect();
        let is_named = !named.is_empty();
        let close: Vec<_> = match (is_named, line.account) {
            (true, _) => named,
            // The accounts that are known are those of beneficiaries: no funder pays from one without saying who it is.
            (false, Some(_)) => Vec::new(),
            (false, None) => same.into_iter().filter(|due| !self.named_dues.contains(&due.id)).collect(),
        };
        let is_noted = self.awaited.noted.contains(&(line.booked_on, line.amount));
        match close.as_slice() {
            [] if is_noted => {
                Some(Verdict::NotOurs("Un versement de bailleur de ce montant est déjà noté comme reçu ce jour-là."))
            }
            [] => dues.iter().find(|due| due.is_named(&said)).map(|due| {
                unknown(format!(
                    "{} sont attendus de ce bailleur, pas ce montant\u{a0}: notez ce qui est reçu sur la page de la \
                     convention.",
                    due.amount
                ))
            }),
            _ if self.awaited.echoes.iter().any(|echo| echo.may_be_told_by(line)) => Some(unknown(ECHO)),
            _ if is_noted => {
                Some(unknown("Un versement de bailleur de ce montant est déjà noté comme reçu ce jour-là."))
            }
            [due] => Some(Verdict::Proposed(
                due.effect(),
                match is_named {
                    true => "Le montant est celui d’un versement attendu de ce bailleur.",
                    false => "Le montant est celui d’un versement attendu d’un bailleur\u{a0}: vérifiez qui paie.",
                },
            )),
            several => Some(Verdict::Choice(
                several.iter().map(|due| due.effect()).collect(),
                "Plusieurs versements de bailleurs de ce montant sont attendus\u{a0}: dites lequel est reçu.",
            )),
        }
    }
}

//! How a line of a statement is matched with what is awaited: by the reference we gave the transfer, then by amount and
//! account. A line whose amount, currency or reference does not fit is never applied: it comes with the reason.

mod dues;

pub use dues::Due;

use super::{Doing, EURO, StatementSide};
use crate::domain::{
    identity::IbanMark,
    ids::{DisbursementId, InstalmentId, RecoveryId},
    lifecycles::disbursements::DisbursementState,
    money::Euros,
    time::french_date,
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Days within which money that comes from the account it was sent to is thought to be sent back: a bank returns a SEPA
/// transfer within days, one it recalls may take weeks.
const COMES_BACK_DAYS: i64 = 60;

const ECHO: &str = "Une opération du même jour, du même montant, est déjà confirmée sur un autre relevé.";

const UNKNOWN_RETURN: &str = "La banque rend un virement dont la référence n’est pas connue.";

/// A line as it is matched.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    pub booked_on: NaiveDate,
    pub side: StatementSide,
    pub amount: Euros,
    pub currency: &'a str,
    pub end_to_end_id: Option<&'a str>,
    pub batch_id: Option<&'a str>,
    /// The account on the other side, when it is one of those the house knows.
    pub account: Option<&'a IbanMark>,
    pub label: &'a str,
    /// Who is on the other side.
    pub counterpart: &'a str,
    /// Whether the bank says that it sends money back.
    pub is_return: bool,
    /// Whether the same line stands higher in the same file.
    pub is_double: bool,
    /// Whether it was confirmed already.
    pub is_done: bool,
}

/// A payment the bank may tell of.
#[derive(Debug, Clone)]
pub struct Payment {
    pub id: DisbursementId,
    pub state: DisbursementState,
    pub end_to_end_id: String,
    /// What leaves the bank.
    pub net: Euros,
    /// The account it goes to.
    pub account: Option<IbanMark>,
    pub run_reference: String,
    /// Whether its run is paid from the account of the statement.
    pub is_from_here: bool,
    /// When the bank was asked for it.
    pub exported_on: Option<NaiveDate>,
    pub paid_on: Option<NaiveDate>,
}

impl Payment {
    /// Whether an operation of this day may be this payment.
    fn is_awaited_on(&self, day: NaiveDate) -> bool {
        let is_asked = self.exported_on.is_some_and(|asked| asked <= day);
        self.state == DisbursementState::InRun && self.is_from_here && is_asked
    }

    /// Whether a credit of this amount and day may be its money, and how many days after it left.
    fn back_after(&self, line: &Told<'_>) -> Option<i64> {
        let is_made = self.state == DisbursementState::Paid && self.is_from_here && self.net == line.amount;
        let days = line.booked_on.signed_duration_since(self.paid_on.filter(|_| is_made)?).num_days();
        (days >= 0).then_some(days)
    }
}

/// What somebody owes us.
#[derive(Debug, Clone)]
pub struct Debt {
    pub id: RecoveryId,
    pub amount: Euros,
    pub requested_on: NaiveDate,
    pub accounts: Vec<IbanMark>,
    pub grant_reference: String,
}

/// An operation that a line of another statement told, and that was confirmed: it may come again in another form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echo {
    pub booked_on: NaiveDate,
    pub side: StatementSide,
    pub amount: Euros,
    /// The account on the other side, when it is one of those the house knows.
    pub account: Option<IbanMark>,
}

impl Echo {
    /// Whether a line tells the same.
    fn is_told_by(&self, line: &Told<'_>) -> bool {
        self.is_of_day(line) && self.account.as_ref() == line.account
    }

    /// Whether a line may tell the same: one of the two does not say whose account it is.
    fn may_be_told_by(&self, line: &Told<'_>) -> bool {
        self.is_told_by(line) || (self.is_of_day(line) && (self.account.is_none() || line.account.is_none()))
    }

    fn is_of_day(&self, line: &Told<'_>) -> bool {
        self.booked_on == line.booked_on && self.side == line.side && self.amount == line.amount
    }
}

/// Everything a statement is read against.
#[derive(Debug, Clone)]
pub struct Awaited {
    pub payments: Vec<Payment>,
    pub debts: Vec<Debt>,
    /// What funders have still to pay.
    pub dues: Vec<Due>,
    /// Day and amount of what came from funders and was noted by hand.
    pub noted: BTreeSet<(NaiveDate, Euros)>,
    /// What confirmed lines of other statements told.
    pub echoes: Vec<Echo>,
    pub today: NaiveDate,
}

/// What a line acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Payment(DisbursementId),
    Debt(RecoveryId),
    /// What a funder has still to pay.
    Due(InstalmentId),
}

impl Subject {
    /// The identifier of the payment, of the debt or of the instalment.
    pub fn as_str(&self) -> &str {
        match self {
            Subject::Payment(id) => id.as_str(),
            Subject::Debt(id) => id.as_str(),
            Subject::Due(id) => id.as_str(),
        }
    }
}

/// What confirming a line would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    pub doing: Doing,
    /// Several when the line is a whole batch.
    pub subjects: Vec<Subject>,
}

/// What is thought of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was confirmed.
    Done,
    /// Our own reference and the right amount.
    Sure(Effect),
    /// Likely, and why: somebody confirms it.
    Proposed(Effect, &'static str),
    /// It may be one of several, and why: somebody says which.
    Choice(Vec<Effect>, &'static str),
    /// It seems to be about us and is not applied: why.
    Unknown(String),
    /// Nothing of ours.
    NotOurs(&'static str),
    /// The same line stands higher in the same file.
    Double,
}

impl Verdict {
    /// What confirming it would do, where that is one thing.
    pub fn effect(&self) -> Option<&Effect> {
        match self {
            Verdict::Sure(effect) | Verdict::Proposed(effect, _) => Some(effect),
            _ => None,
        }
    }

    /// Everything that confirming it may do: one of these.
    pub fn effects(&self) -> &[Effect] {
        match self {
            Verdict::Sure(effect) | Verdict::Proposed(effect, _) => std::slice::from_ref(effect),
            Verdict::Choice(effects, _) => effects,
            _ => &[],
        }
    }
}

/// Judges the lines of a statement, in their order: what one line acts on, no later one does.
pub fn judge(lines: &[Told<'_>], awaited: &Awaited) -> Vec<Verdict> {
    let by_reference = awaited.payments.iter().map(|payment| (payment.end_to_end_id.as_str(), payment)).collect();
    let bench = Bench { awaited, by_reference, named_dues: dues::named_by(lines, awaited) };
    let mut claimed = BTreeSet::new();
    lines
        .iter()
        .map(|line| {
            let verdict = left(bench.judge(line), &claimed);
            let Some(effect) = verdict.effect() else { return verdict };
            if effect.subjects.iter().any(|subject| claimed.contains(subject)) {
                return unknown(CLAIMED);
            }
            claimed.extend(effect.subjects.iter().copied());
            verdict
        })
        .collect()
}

/// Why a line does not act on what a line before it acts on.
const CLAIMED: &str = "Une ligne plus haut dans ce relevé fait déjà la même chose.";

/// What is left to choose from once the lines before have acted.
fn left(verdict: Verdict, claimed: &BTreeSet<Subject>) -> Verdict {
    match verdict {
        Verdict::Choice(mut effects, why) => {
            effects.retain(|effect| !effect.subjects.iter().any(|subject| claimed.contains(subject)));
            if effects.is_empty() { unknown(CLAIMED) } else { Verdict::Choice(effects, why) }
        }
        verdict => verdict,
    }
}

fn unknown(why: impl Into<String>) -> Verdict {
    Verdict::Unknown(why.into())
}

/// Whether a text holds a reference as a word of its own: `LOT-1` is not in `LOT-12`.
fn holds(text: &str, reference: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '-';
    !reference.is_empty()
        && text
            .match_indices(reference)
            .any(|(at, found)| !text[..at].ends_with(is_part) && !text[at + found.len()..].starts_with(is_part))
}

struct Bench<'a> {
    awaited: &'a Awaited,
    by_reference: BTreeMap<&'a str, &'a Payment>,
    /// The instalments that a line calls by name.
    named_dues: BTreeSet<InstalmentId>,
}

impl Bench<'_> {
    fn judge(&self, line: &Told<'_>) -> Verdict {
        if line.is_done {
            return Verdict::Done;
        }
        if line.is_double {
            return Verdict::Double;
        }
        let named = line.end_to_end_id.and_then(|id| self.by_reference.get(id));
        if let Some(payment) = named {
            return match self.wrong_in(line) {
                Some(why) => unknown(why),
                None => self.named(line, payment),
            };
        }
        if line.currency != EURO || line.booked_on > self.awaited.today {
            return Verdict::NotOurs("Aucun versement ni trop-perçu ne correspond.");
        }
        match line.side {
            StatementSide::Debit => self.debit(line),
            StatementSide::Credit => match self.credit(line) {
                Verdict::NotOurs(why) => self.due(line).unwrap_or(Verdict::NotOurs(why)),
                verdict => verdict,
            },
        }
    }

    fn wrong_in(&self, line: &Told<'_>) -> Option<String> {
        if line.currency != EURO {
            return Some(format!("L’opération est en {}\u{a0}: nos versements sont en euros.", line.currency));
        }
        let is_early = line.booked_on > self.awaited.today;
        is_early.then(|| format!("L’opération est datée du {}, dans le futur.", french_date(line.booked_on)))
    }

    /// A line that carries the reference of a payment.
    fn named(&self, line: &Told<'_>, payment: &Payment) -> Verdict {
        if !payment.is_from_here {
            return unknown("Ce versement n’est pas payé depuis le compte de ce relevé.");
        }
        let differs = || {
            let (awaited, told) = (payment.net, line.amount);
            unknown(format!("Le montant diffère\u{a0}: {awaited} attendus, {told} sur le relevé."))
        };
        let effect = |doing| Effect { doing, subjects: vec![Subject::Payment(payment.id)] };
        match (line.side, payment.state) {
            (StatementSide::Debit, _) if line.is_return => {
                unknown("La banque reprend une somme qu’elle avait rendue\u{a0}: voyez avec elle.")
            }
            (StatementSide::Debit, DisbursementState::InRun) if !payment.is_awaited_on(line.booked_on) => {
                unknown(match payment.exported_on {
                    None => "Le fichier bancaire de ce lot n’est pas encore généré.",
                    Some(_) => "L’opération est plus ancienne que le fichier bancaire de ce lot.",
                })
            }
            (_, DisbursementState::InRun | DisbursementState::Paid) if line.amount != payment.net => differs(),
            (StatementSide::Debit, DisbursementState::InRun) => Verdict::Sure(effect(Doing::Pay)),
            (StatementSide::Debit, DisbursementState::Paid) => {
                let day = payment.paid_on.map(french_date).unwrap_or_default();
                unknown(format!("Ce versement est déjà constaté, payé le {day}."))
            }
            (StatementSide::Credit, DisbursementState::InRun) => {
                unknown("La banque rend ce virement avant qu’il soit constaté\u{a0}: confirmez d’abord son débit.")
            }
            (StatementSide::Credit, DisbursementState::Paid) if line.is_return => Verdict::Sure(effect(Doing::Return)),
            (StatementSide::Credit, DisbursementState::Paid) => {
                Verdict::Proposed(effect(Doing::Return), "La somme revient avec la référence du virement.")
            }
            (StatementSide::Credit, DisbursementState::Returned) => unknown("Ce rejet est déjà constaté."),
            (_, state) => unknown(format!("Ce versement n’attend rien de la banque\u{a0}: il est {}.", state.label())),
        }
    }

    fn debit(&self, line: &Told<'_>) -> Verdict {
        // A credit that is undone pays nobody, whatever its amount and its account.
        if line.is_return {
            return match line.account {
                Some(_) => unknown("La banque annule une somme reçue de ce compte\u{a0}: voyez avec elle."),
                None => Verdict::NotOurs("La banque annule une somme qui n’est pas à nous."),
            };
        }
        if let Some(batch) = line.batch_id
            && let Some(verdict) = self.batch(line, |payment| payment.run_reference == batch)
        {
            return verdict;
        }
        let awaited = || self.awaited.payments.iter().filter(|payment| payment.is_awaited_on(line.booked_on));
        let goes_there = |payment: &&Payment| line.account.is_some() && payment.account.as_ref() == line.account;
        if let Some(payment) = awaited().find(|payment| holds(line.label, &payment.end_to_end_id)) {
            return match payment.net == line.amount {
                true => self.proposed(line, payment, Doing::Pay, "Le libellé porte la référence du virement."),
                false => unknown(format!("Le montant diffère\u{a0}: {} attendus.", payment.net)),
            };
        }
        if line.end_to_end_id.is_some() {
            return match awaited().any(|payment| goes_there(&payment)) {
                true => unknown("Aucun versement ne porte cette référence."),
                false => Verdict::NotOurs("Aucun versement ne porte cette référence."),
            };
        }
        let there: Vec<_> = awaited().filter(goes_there).collect();
        let same: Vec<_> = there.iter().filter(|payment| payment.net == line.amount).collect();
        match same.as_slice() {
            [payment] => return self.proposed(line, payment, Doing::Pay, "Même montant, même compte bénéficiaire."),
            [_, _, ..] => return unknown("Plusieurs versements de ce montant attendent vers ce compte."),
            [] => {}
        }
        if let Some(verdict) = self.batch(line, |payment| holds(line.label, &payment.run_reference)) {
            return verdict;
        }
        match there.first() {
            Some(payment) => unknown(format!("{} sont attendus vers ce compte, pas ce montant.", payment.net)),
            None => Verdict::NotOurs("Aucun versement attendu ne correspond."),
        }
    }

    fn proposed(&self, line: &Told<'_>, payment: &Payment, doing: Doing, why: &'static str) -> Verdict {
        if self.awaited.echoes.iter().any(|echo| echo.is_told_by(line)) {
            return unknown(ECHO);
        }
        let effect = Effect { doing, subjects: vec![Subject::Payment(payment.id)] };
        Verdict::Proposed(effect, why)
    }

    /// A debit for a whole run: what of it is awaited, if that is what the line says.
    fn batch(&self, line: &Told<'_>, is_of_it: impl Fn(&Payment) -> bool) -> Option<Verdict> {
        let of_it = || self.awaited.payments.iter().filter(|payment| is_of_it(payment));
        let awaited: Vec<_> = of_it().filter(|payment| payment.is_awaited_on(line.booked_on)).collect();
        let sum: Euros = awaited.iter().map(|payment| payment.net).sum();
        if awaited.is_empty() {
            return of_it().next().map(|_| unknown("Aucun virement de ce lot n’attend cette opération."));
        }
        if sum != line.amount {
            return Some(unknown(format!("Le montant diffère\u{a0}: {sum} attendus pour ce qui reste du lot.")));
        }
        let subjects = awaited.iter().map(|payment| Subject::Payment(payment.id)).collect();
        let effect = Effect { doing: Doing::Pay, subjects };
        Some(match awaited.iter().all(|payment| line.batch_id == Some(payment.run_reference.as_str())) {
            true => Verdict::Sure(effect),
            false => Verdict::Proposed(effect, "Le libellé porte la référence du lot, et le montant est le sien."),
        })
    }

    fn credit(&self, line: &Told<'_>) -> Verdict {
        let is_theirs = |debt: &&Debt| line.account.is_some_and(|account| debt.accounts.contains(account));
        let is_told = |debt: &&Debt| holds(line.label, &debt.grant_reference);
        let debts = self.awaited.debts.iter().filter(|debt| debt.requested_on <= line.booked_on);
        let close: Vec<_> = debts.filter(|debt| is_theirs(debt) || is_told(debt)).collect();
        // A label that says for which grant it is speaks of no other.
        let is_said = close.iter().any(is_told);
        let close: Vec<_> = close.into_iter().filter(|debt| !is_said || is_told(debt)).collect();
        let same: Vec<_> = close.iter().filter(|debt| debt.amount == line.amount).collect();
        // A part is one only where the transfer says for which grant it is: an organisation may pay for something else.
        let greater = close.iter().filter(|debt| debt.amount > line.amount && holds(line.label, &debt.grant_reference));
        let greater: Vec<_> = greater.collect();
        let mut back = self.coming_back(line);
        let owed = same.len() + greater.len();
        if owed > 0 && !line.is_return {
            // Whoever owes this sum is thought to pay it, unless the bank or the label says that it comes back.
            back.retain(|(payment, _)| holds(line.label, &payment.end_to_end_id));
        }
        match (same.as_slice(), back.as_slice(), greater.as_slice()) {
            ([], [], [debt]) => {
                let why = "Une partie du trop-perçu de cette subvention. La différence reste demandée.";
                return self.received(line, debt, why);
            }
            ([], [], _) => {}
            ([debt], [], _) => {
                return self.received(
                    line,
                    debt,
                    "Le montant est celui d’un trop-perçu attendu de cette organisation.",
                );
            }
            (_, [], _) => return unknown("Plusieurs trop-perçus de ce montant sont attendus de cette organisation."),
            ([], &[(payment, why)], []) => return self.proposed(line, payment, Doing::Return, why),
            ([], _, []) => return unknown("Plusieurs versements de ce montant sont partis vers ce compte."),
            _ => {
                return unknown(
                    "Ce peut être un trop-perçu attendu ou un virement rendu\u{a0}: constatez-le à la main.",
                );
            }
        }
        match close.first() {
            Some(debt) => unknown(format!(
                "Un trop-perçu de {} est attendu de cette organisation, pas ce montant. Si c’en est une partie, ou s’il y a un \
                 surplus, constatez ce qui lui revient sur sa page.",
                debt.amount
            )),
            None if line.is_return => unknown(UNKNOWN_RETURN),
            None => Verdict::NotOurs("Aucun versement ni trop-perçu ne correspond."),
        }
    }

    /// What the bank sends back pays no debt. And a part of a debt leaves the rest of it awaited: what came is counted once, in
    /// whatever form it is told again.
    fn received(&self, line: &Told<'_>, debt: &Debt, why: &'static str) -> Verdict {
        if line.is_return {
            return unknown(UNKNOWN_RETURN);
        }
        if self.awaited.echoes.iter().any(|echo| echo.may_be_told_by(line)) {
            return unknown(ECHO);
        }
        let effect = Effect { doing: Doing::Receive, subjects: vec![Subject::Debt(debt.id)] };
        Verdict::Proposed(effect, why)
    }

    /// The payments whose money a credit without their reference may bring back: those its label names, or else those that
    /// left for its account.
    fn coming_back(&self, line: &Told<'_>) -> Vec<(&Payment, &'static str)> {
        let made = self.awaited.payments.iter().filter_map(|payment| Some((payment, payment.back_after(line)?)));
        let made: Vec<(&Payment, i64)> = made.collect();
        let named = made.iter().filter(|(payment, _)| holds(line.label, &payment.end_to_end_id));
        let why = "La somme revient, et le libellé porte la référence du virement.";
        let named: Vec<(&Payment, &'static str)> = named.map(|(payment, _)| (*payment, why)).collect();
        if !named.is_empty() {
            return named;
        }
        // A reference that is not of a payment made is that of whoever gives money back, or of a transfer that came back before.
        let is_plain = line.end_to_end_id.is_none();
        let soon = made.iter().filter(|(_, days)| is_plain && (line.is_return || *days <= COMES_BACK_DAYS));
        let there = soon.filter(|(payment, _)| line.account.is_some() && payment.account.as_ref() == line.account);
        there.map(|(payment, _)| (*payment, "Le montant d’un versement récent revient de son compte.")).collect()
    }
}

#[cfg(test)]
mod tests;

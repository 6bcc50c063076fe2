//! Accounting entries that the money journal gives: which movement is entered on which accounts (règlement ANC 2018-06 over
//! the plan comptable général), and how an entry is written for the accountant.

pub mod charts;
pub mod fec;

use super::{codes::codes, journal::TransferKind, money::Euros};
use chrono::NaiveDate;

codes! {
    /// What an account of the general ledger is for; its number is a setting.
    pub enum Post {
        /// Subventions à recevoir d’un bailleur.
        Receivable => "receivable",
        /// Concours publics et subventions d’exploitation.
        Funding => "funding",
        /// Aides financières octroyées.
        Aid => "aid",
        /// Aides financières restant à verser.
        Payable => "payable",
        /// Banque.
        Bank => "bank",
        /// Aides financières reversées par les organisations.
        Recovered => "recovered",
        /// Dons manuels.
        Donations => "donations",
    }

    /// An accounting journal; its code is a setting.
    pub enum Book {
        /// Conventions of funders.
        Funding => "funding",
        /// Grants promised and given up.
        Grants => "grants",
        /// What the bank did.
        Bank => "bank",
    }
}

/// Where a movement is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    pub book: Book,
    pub debit: Post,
    pub credit: Post,
}

/// How a kind of movement is entered: a convention when it is recorded, an aid when it is promised, the bank when it moved. What
/// only sets money aside is no entry.
///
/// An offset (a debt kept back from another payment) is entered whole on both sides, as the law wants it (code de commerce,
/// art. L. 123-19: nothing is set off): the payment at its full amount, and what is kept back as received by the bank. Both
/// bear the reference of the run, under which they add up to the line of the bank.
pub const fn posting(kind: TransferKind) -> Option<Posting> {
    let (book, debit, credit) = match kind {
        TransferKind::Grant => (Book::Funding, Post::Receivable, Post::Funding),
        TransferKind::Lower => (Book::Funding, Post::Funding, Post::Receivable),
        TransferKind::Commit => (Book::Grants, Post::Aid, Post::Payable),
        TransferKind::Release => (Book::Grants, Post::Payable, Post::Aid),
        TransferKind::Pay => (Book::Bank, Post::Payable, Post::Bank),
        TransferKind::Return => (Book::Bank, Post::Bank, Post::Payable),
        TransferKind::Recover => (Book::Bank, Post::Bank, Post::Recovered),
        TransferKind::Reopen => (Book::Bank, Post::Recovered, Post::Bank),
        TransferKind::Donate => (Book::Bank, Post::Bank, Post::Donations),
        TransferKind::TakeBack => (Book::Bank, Post::Donations, Post::Bank),
        TransferKind::Fund | TransferKind::Unfund | TransferKind::Authorise | TransferKind::Revoke => return None,
    };
    Some(Posting { book, debit, credit })
}

/// The kinds of movement that are entered.
pub fn entered() -> Vec<TransferKind> {
    TransferKind::ALL.iter().copied().filter(|kind| posting(*kind).is_some()).collect()
}

impl Post {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Post::Receivable => "Subventions à recevoir des bailleurs",
            Post::Funding => "Subventions reçues des bailleurs",
            Post::Aid => "Aides accordées",
            Post::Payable => "Aides restant à verser",
            Post::Bank => "Banque",
            Post::Recovered => "Aides reversées par les organisations",
            Post::Donations => "Dons reçus",
        }
    }

    /// Whether a line on it names a third party: a funder or a grantee.
    pub const fn has_third(self) -> bool {
        matches!(self, Post::Receivable | Post::Payable)
    }
}

impl Book {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Book::Funding => "Conventions des bailleurs",
            Book::Grants => "Subventions accordées",
            Book::Bank => "Banque",
        }
    }
}

/// One entry: an amount from one account to another, in the words it leaves with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in one series without a gap, over every export.
    pub number: i64,
    pub journal_code: String,
    pub journal_label: String,
    /// The day it counts for.
    pub entry_on: NaiveDate,
    /// What proves it, and the day of that.
    pub piece: String,
    pub piece_on: NaiveDate,
    pub label: String,
    pub amount: Euros,
    pub debit_account: String,
    pub debit_label: String,
    pub credit_account: String,
    pub credit_label: String,
    /// The account whose line names a third party, with the number and the name of it; empty when there is none.
    pub third_account: String,
    pub third_number: String,
    pub third_name: String,
}

/// The day an entry counts for: that of its movement, or the first day of the period it leaves in when an earlier period, already
/// exported, held that day. It is the `EcritureDate` of the FEC, which is the day the entry is booked (date de
/// comptabilisation: livre des procédures fiscales, art. A47 A-1, 4th column), and not that of the piece, which has a column
/// of its own (`PieceDate`, the 10th): a payment is booked when the house reads of it on the statement, and its piece
/// keeps the bank's day. So numbers and days grow together, and no entry ever slips into a period that was handed over.
pub fn counts_on(moved_on: NaiveDate, period_begins: Option<NaiveDate>) -> NaiveDate {
    period_begins.map_or(moved_on, |first| moved_on.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_up_is_entered_the_other_way_round() {
        for (kind, back) in [
            (TransferKind::Grant, TransferKind::Lower),
            (TransferKind::Commit, TransferKind::Release),
            (TransferKind::Pay, TransferKind::Return),
            (TransferKind::Recover, TransferKind::Reopen),
            (TransferKind::Donate, TransferKind::TakeBack),
        ] {
            let (there, back) = (posting(kind).unwrap(), posting(back).unwrap());
            assert_eq!((there.book, there.debit, there.credit), (back.book, back.credit, back.debit));
        }
    }

    #[test]
    fn what_only_sets_money_aside_is_no_entry() {
        for kind in [TransferKind::Fund, TransferKind::Unfund, TransferKind::Authorise, TransferKind::Revoke] {
            assert_eq!(posting(kind), None);
        }
        assert_eq!(entered().len(), TransferKind::ALL.len() - 4);
    }

    #[test]
    fn a_late_entry_counts_on_the_first_day_that_is_open() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(counts_on(day("2027-03-30"), Some(day("2027-04-01"))), day("2027-04-01"));
        assert_eq!(counts_on(day("2027-04-02"), Some(day("2027-04-01"))), day("2027-04-02"));
        assert_eq!(counts_on(day("2027-03-30"), None), day("2027-03-30"));
    }
}

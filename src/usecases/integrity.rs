//! What must always hold, each promise a named function that counts what it looked at and what it found broken.

use super::{
    Actor, Outcome, UseCaseError, accounting, definitions, earmarks, filings as kept, public_accountants,
    sealed_numbers,
};
use crate::{
    domain::{
        ids::{DocumentId, PaymentRunId},
        lifecycle::{Line, Machine, edge_id},
        lifecycles,
        money::Euros,
    },
    store::{
        Conn, StoreError, digests, document_checks, documents, filings, history,
        integrity::{self, Probe, Tally},
        run_lines,
    },
};

/// Rows read at a time where a promise is kept by hashes, which no database computes.
const PAGE: i64 = 2_000;

/// The same for filings, each of which is a whole file.
const FILINGS_AT_ONCE: i64 = 200;

/// One promise, and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invariant {
    /// Its number in the list of promises.
    pub number: u8,
    pub name: &'static str,
    pub tally: Tally,
}

/// Reads the bytes stored under a SHA-256 and compares them with it: `NotFound` when they are not there, `File` when
/// they are others.
pub type Stored<'a> = &'a dyn Fn(&str) -> Result<(), StoreError>;

type Promise = fn(&mut Conn) -> Outcome<Tally>;

/// The promise about stored bytes.
const STORED: &str = "every issued document is stored as its hash says";

/// Documents whose bytes are read again in a night, or when somebody asks: what takes a few minutes of a slow bucket.
pub const READ_AT_ONCE: usize = 2_000;

/// How many promises are asked: those of the table and that of the stored bytes.
pub const COUNT: usize = PROMISES.len() + 1;

const PROMISES: [(u8, &str, Promise); 26] = [
    (1, "envelope ≥ committed ≥ authorised ≥ paid", money_never_runs_out),
    (1, "no axis takes more than the ceilings set on it", axes_keep_their_ceilings),
    (2, "disbursements add up to the grant, splits to the disbursement", payments_add_up),
    (3, "each payment run stays what was approved, and its file adds up to it", runs_stay_approved),
    (3, "nothing is paid without its conditions and two people", payments_are_allowed),
    (3, "what a payment needs came before it, and it goes where its run said", payments_come_last),
    (3, "whoever prepared, authorised or entered did not approve or verify, as the history tells", duties_are_apart),
    (3, "nobody in France is paid without SIRET", payees_are_registered),
    (3, "no IBAN lies in clear", numbers_are_sealed),
    (4, "the journal only moves along its paths and corrects by reversal", the_journal_follows_its_paths),
    (4, "each confirmed line of a bank statement did what it says, once", statements_are_told_once),
    (4, "each donation is in the journal, its receipts without a gap", donations_add_up),
    (4, "what is kept of an account by day is what its movements say", days_add_up),
    (4, "each accounting entry is a movement, once, and every file is what it was", accounting_holds),
    (5, "every state is the end of a history the table allows", states_are_told_by_history),
    (6, "what is asked back comes from a balance, or from a grant that ended", claims_are_founded),
    (6, "the balance is what the accepted cost leaves, or is recovered", balances_are_settled),
    (7, "one live application per organisation and call", applications_are_alone),
    (7, "one submission per idempotency key", submissions_are_single),
    (8, "nobody recused has a score", the_recused_are_silent),
    (8, "nobody recused was given the file, acted on it or was told of it since", the_recused_are_away),
    (9, "every mail comes from a transition, once per recipient", mails_have_a_cause),
    (9, "what a thread of messages counts is what it holds", threads_count_right),
    (10, "the history is one unbroken chain of hashes", the_chain_holds),
    (10, "the heads of the history that were published are still in it", heads_are_kept),
    (10, "every kept filing says what its digest says", filings_match),
];

/// Asks every promise in turn. `told` hears the name of each before it is asked.
pub fn check(conn: &mut Conn, stored: Option<Stored<'_>>, told: &mut dyn FnMut(&str)) -> Outcome<Vec<Invariant>> {
    let mut found = Vec::with_capacity(PROMISES.len() + 1);
    for (number, name, promise) in PROMISES {
        told(name);
        found.push(Invariant { number, name, tally: answered(promise, conn)? });
    }
    if let Some(stored) = stored {
        told(STORED);
        found.push(Invariant { number: 10, name: STORED, tally: documents_match(conn, stored)? });
    }
    Ok(found)
}

/// What a promise answers. One that meets something it cannot read is broken, and keeps no other from being asked.
fn answered(promise: Promise, conn: &mut Conn) -> Outcome<Tally> {
    match promise(conn) {
        Err(UseCaseError::Unreadable(what)) => {
            let mut tally = Tally { checked: 1, ..Tally::default() };
            tally.blame("the check", format!("stopped at something that cannot be read: {what}"));
            Ok(tally)
        }
        answer => answer,
    }
}

/// Documents that were read, each with whether it was whole.
pub type ReadDocuments = Vec<(DocumentId, bool)>;

/// Asks every promise in turn, of some documents only whether their bytes are stored as their hash says: those whose turn it
/// is. Gives them too.
pub fn check_some(conn: &mut Conn, stored: Stored<'_>) -> Outcome<(Vec<Invariant>, ReadDocuments)> {
    let mut found = check(conn, None, &mut |_| {})?;
    let (mut tally, mut read) = (Tally::default(), Vec::new());
    for (id, reference, sha256) in document_checks::due(conn, READ_AT_ONCE)? {
        if let Some(sha256) = sha256 {
            read.push((id, is_stored(&mut tally, (&reference, &sha256), stored)?));
        }
    }
    found.push(Invariant { number: 10, name: STORED, tally });
    Ok((found, read))
}

/// The same at night, when nobody waits to be told that the store of files is away: everything is asked but the documents,
/// whose turn comes the next night.
pub fn check_tonight(conn: &mut Conn, stored: Stored<'_>) -> Outcome<(Vec<Invariant>, ReadDocuments)> {
    match check_some(conn, stored) {
        Err(UseCaseError::Store(StoreError::Away(_))) => Ok((check(conn, None, &mut |_| {})?, Vec::new())),
        answer => answer,
    }
}

/// Whether the bytes of a document are there and its own; counted, and blamed where they are not. A store that is away says
/// nothing of them: the check ends there, to be made again.
fn is_stored(tally: &mut Tally, (reference, sha256): (&str, &str), stored: Stored<'_>) -> Outcome<bool> {
    tally.checked += 1;
    let wrong = match stored(sha256) {
        Ok(()) => return Ok(true),
        Err(away @ StoreError::Away(_)) => return Err(away.into()),
        Err(StoreError::NotFound) => "the stored bytes are missing",
        Err(_) => "the stored bytes are not those that were issued",
    };
    tally.blame(reference, wrong);
    Ok(false)
}

fn ask_all(conn: &mut Conn, probes: &[Probe]) -> Outcome<Tally> {
    let mut tally = Tally::default();
    for probe in probes {
        tally.add(integrity::ask(conn, probe)?);
    }
    Ok(tally)
}

fn money_never_runs_out(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::ENVELOPES)
}

fn axes_keep_their_ceilings(conn: &mut Conn) -> Outcome<Tally> {
    earmarks::exceeded(conn)
}

fn payments_add_up(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::SUMS)
}

fn payments_are_allowed(conn: &mut Conn) -> Outcome<Tally> {
    let mut tally = ask_all(conn, integrity::PAYMENTS)?;
    tally.add(public_accountants::unexplained(conn)?);
    Ok(tally)
}

fn payments_come_last(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::EARLIER)
}

fn duties_are_apart(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::DUTIES)
}

/// The lines of a run that left are what its file asks the bank for.
fn runs_stay_approved(conn: &mut Conn) -> Outcome<Tally> {
    let mut tally = ask_all(conn, integrity::RUN_LINES)?;
    for (run, _, content) in integrity::payment_files(conn)? {
        let Some(asked) = between(&content, "<CtrlSum>", "</CtrlSum>") else { continue };
        let count = between(&content, "<NbOfTxs>", "</NbOfTxs>").unwrap_or_default();
        let id: PaymentRunId = run.parse().map_err(|_| UseCaseError::Unreadable(run.clone()))?;
        let (lines, total) = match run_lines::totals(conn, &[id])?.first() {
            Some((_, lines, total)) => (*lines, *total),
            None => (0, Euros::ZERO),
        };
        tally.checked += 1;
        if total.machine() != asked || lines.to_string() != count {
            let total = total.machine();
            tally.blame(&run, format!("{lines} lines come to {total}, its file asks for {count} of {asked}"));
        }
    }
    Ok(tally)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

fn payees_are_registered(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::PAYEES)
}

fn numbers_are_sealed(conn: &mut Conn) -> Outcome<Tally> {
    let mut tally = ask_all(conn, integrity::SEALS)?;
    let (asked, clear) = sealed_numbers::clear_answers(conn)?;
    tally.checked += asked;
    clear.iter().for_each(|answer| tally.blame(answer, "the answer holds a number"));
    Ok(tally)
}

fn the_journal_follows_its_paths(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::JOURNAL)
}

fn statements_are_told_once(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::STATEMENTS)
}

fn donations_add_up(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::DONATIONS)
}

fn days_add_up(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::DAYS)
}

fn accounting_holds(conn: &mut Conn) -> Outcome<Tally> {
    let mut tally = ask_all(conn, integrity::ACCOUNTING)?;
    for (export, _) in accounting::made(conn, &Actor::system())? {
        tally.checked += 1;
        if accounting::digest(conn, &export)? != export.sha256 {
            tally.blame(&export.file_name, "is not what it was: its hash is another");
        }
    }
    Ok(tally)
}

fn states_are_told_by_history(conn: &mut Conn) -> Outcome<Tally> {
    let mut tally = ask_all(conn, integrity::PATHS)?;
    for machine in Machine::ALL {
        tally.add(integrity::standings(conn, *machine)?);
    }
    tally.add(the_table_is_the_code(conn)?);
    Ok(tally)
}

/// The database's copy of the lifecycle tables says what the code says.
fn the_table_is_the_code(conn: &mut Conn) -> Outcome<Tally> {
    let stored = integrity::edges(conn)?;
    let lines = lifecycles::all_lines();
    let told = |line: &Line| {
        let by = line.by.iter().map(|role| role.code()).collect::<Vec<_>>().join(" ");
        (edge_id(line.machine, line.from, line.event), line.to.to_owned(), by)
    };
    let coded: Vec<_> = lines.iter().map(told).collect();
    let mut tally = Tally { checked: coded.len() as i64, ..Tally::default() };
    for edge in coded.iter().filter(|edge| !stored.contains(edge)) {
        tally.blame(&edge.0, "is not in the database's table");
    }
    for edge in stored.iter().filter(|edge| !coded.contains(edge)) {
        tally.blame(&edge.0, "is not in the program's table");
    }
    Ok(tally)
}

fn balances_are_settled(conn: &mut Conn) -> Outcome<Tally> {
    let (checked, found) = integrity::imbalances(conn)?;
    let mut tally = Tally { checked, ..Tally::default() };
    for grant in found {
        let call = definitions::call(&grant.settings)?;
        let overpaid = Euros::from_cents(grant.paid_cents - grant.owed_cents);
        let to_return = call.surplus.to_return(Euros::from_cents(grant.award_cents), overpaid);
        // Too little to ask for, or the part a grantee may keep, rightly stays away.
        if !overpaid.is_positive() || to_return != Euros::from_cents(grant.back_cents) {
            let (owed, paid) = (Euros::from_cents(grant.owed_cents), Euros::from_cents(grant.paid_cents));
            tally.blame(&grant.reference, format!("{owed} are owed in all, {paid} are paid or to be paid"));
        }
    }
    tally.add(ask_all(conn, integrity::REPORTS)?);
    Ok(tally)
}

fn claims_are_founded(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::CLAIMS)
}

fn applications_are_alone(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::LIVE_APPLICATIONS)
}

fn submissions_are_single(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::SUBMISSIONS)
}

fn the_recused_are_silent(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::RECUSALS)
}

fn the_recused_are_away(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::AFTER_RECUSALS)
}

fn mails_have_a_cause(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::MESSAGES)
}

fn threads_count_right(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::THREADS)
}

fn filings_match(conn: &mut Conn) -> Outcome<Tally> {
    let (mut tally, mut last) = (Tally::default(), None);
    loop {
        let page = filings::after(conn, last, FILINGS_AT_ONCE)?;
        let Some(end) = page.last().map(|row| (row.application_id, row.number)) else { return Ok(tally) };
        for row in &page {
            tally.checked += 1;
            let wanted = if row.kept_sha256.is_empty() { &row.digest } else { &row.kept_sha256 };
            if digests::sha256(&row.said) != *wanted {
                tally.blame(row.application_id, format!("filing {} was changed: its digest is another", row.number));
            } else if !kept::is_readable(&row.said) {
                tally.blame(row.application_id, format!("filing {} can no longer be read", row.number));
            }
        }
        last = Some(end);
    }
}

fn the_chain_holds(conn: &mut Conn) -> Outcome<Tally> {
    let (mut tally, mut seq, mut previous) = (Tally::default(), 0, String::new());
    loop {
        let page = history::after(conn, seq, PAGE)?;
        let Some(last) = page.last() else { break };
        let end = last.seq;
        for row in page {
            tally.checked += 1;
            if row.seq != seq + 1 {
                tally.blame(row.seq, format!("comes after {seq}: a line is missing"));
            }
            if row.previous_hash != previous {
                tally.blame(row.seq, "does not carry the hash of the line before");
            }
            if row.hash != row.expected_hash() {
                tally.blame(row.seq, "was changed: its hash is another");
            }
            (seq, previous) = (row.seq, row.hash);
        }
        seq = end;
    }
    for (run, recorded, content) in integrity::payment_files(conn)? {
        tally.checked += 1;
        if digests::sha256(&content) != recorded {
            tally.blame(run, "the bank file was changed: its hash is another");
        }
    }
    Ok(tally)
}

fn heads_are_kept(conn: &mut Conn) -> Outcome<Tally> {
    ask_all(conn, integrity::HEADS)
}

fn documents_match(conn: &mut Conn, stored: Stored<'_>) -> Outcome<Tally> {
    let (mut tally, mut last) = (Tally::default(), None);
    loop {
        let page = documents::after(conn, last, PAGE)?;
        let Some(end) = page.last().map(|row| row.id) else { return Ok(tally) };
        for row in &page {
            if let Some(sha256) = &row.sha256 {
                is_stored(&mut tally, (&row.reference, sha256), stored)?;
            }
        }
        last = Some(end);
    }
}

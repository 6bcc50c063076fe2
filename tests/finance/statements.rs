//! What the bank says it did, matched with what is awaited, on both databases: nothing is paid twice, nothing that does
//! not fit is paid at all.

use crate::support::{
    databases::{TestDb, each_database},
    grants::{Grantee, IBANS, Paying, person, text_of},
};
use diesel::connection::SimpleConnection;
use std::thread;
use tisserand::{
    domain::{
        ids::{PaymentRunId, StatementImportId},
        lifecycles::{
            disbursements::DisbursementState, messages::MessageState, payment_runs::PaymentRunState,
            recoveries::RecoveryState,
        },
        messages::MessageKind,
        money::Euros,
        reports::ReportKind,
        roles::Role,
        statements::{Doing, StatementFormat, matching::Verdict},
    },
    imports::{self, Content},
    store::{
        StoreError, digests, disbursements as payments, messages, payment_runs as runs, recoveries,
        statements as statement_rows,
    },
    usecases::{
        Actor, Outcome, UseCaseError, approvals, integrity, payment_runs,
        statements::{self, Arrival, Arrived, Chosen, Confirmed, Reading},
    },
};

const NAME: &str = "Les Passeurs";
/// The account the house pays from.
pub(super) const PAYER: &str = "FR1420041010050500013M02606";

/// A message of the bank for the account `iban`.
pub(super) fn message(iban: &str, entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\
         <BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><CreDtTm>2027-05-08T06:00:00</CreDtTm></GrpHdr><Stmt><Id>REL-1</Id>\
         <CreDtTm>2027-05-08T06:00:00</CreDtTm><Acct><Id><IBAN>{iban}</IBAN></Id></Acct><Bal><Tp><CdOrPrtry>\
         <Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2027-05-08</Dt></Dt>\
         </Bal>{entries}</Stmt>\
         </BkToCstmrStmt></Document>"
    )
}

/// One operation of a message.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub day: chrono::NaiveDate,
    pub side: &'a str,
    pub amount: &'a str,
    pub currency: &'a str,
    pub reference: &'a str,
    pub account: &'a str,
    pub label: &'a str,
    /// Why it came back; nothing for what did not.
    pub returned: &'a str,
}

impl<'a> Entry<'a> {
    pub fn debit(day: chrono::NaiveDate, amount: &'a str, reference: &'a str) -> Self {
        Entry {
            day,
            side: "DBIT",
            amount,
            currency: "EUR",
            reference,
            account: IBANS[0],
            label: "VIR SEPA",
            returned: "",
        }
    }

    pub fn xml(&self) -> String {
        let Entry { day, side, amount, currency, reference, account, label, returned } = self;
        let reason = match *returned {
            "" => String::new(),
            code => format!("<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>"),
        };
        let party = if *side == "DBIT" || !returned.is_empty() { "Cdtr" } else { "Dbtr" };
        format!(
            "<Ntry><Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>{day}</Dt></BookgDt><BkTxCd><Prtry><Cd>VIR</Cd></Prtry></BkTxCd><NtryDtls>\
             <TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>\
             <RltdPties><{party}Acct><Id><IBAN>{account}</IBAN></Id></{party}Acct></RltdPties>\
             <RmtInf><Ustrd>{label}</Ustrd></RmtInf>{reason}</TxDtls></NtryDtls></Ntry>"
        )
    }
}

/// A call whose first payment the bank has been asked for; three days later.
struct Asked {
    paying: Paying,
    grantee: Grantee,
    run: PaymentRunId,
    reference: String,
}

impl Asked {
    fn on(db: TestDb) -> Self {
        let mut paying = Paying::on(db);
        let grantee = paying.award(NAME, Euros::whole(10_000));
        paying.announce();
        paying.ready(&grantee, NAME, IBANS[0]);
        let first = paying.payments(grantee.grant)[0].id;
        let run = paying.prepare(&[first]);
        leave(&paying, run);
        paying.now = paying.now.plus_days(3);
        let reference = paying.payments(grantee.grant)[0].end_to_end_id.clone().unwrap();
        Asked { paying, grantee, run, reference }
    }

    /// The day after the bank was asked.
    fn day(&self) -> chrono::NaiveDate {
        self.paying.now.plus_days(-2).paris_date()
    }

    fn debit<'a>(&self, amount: &'a str, reference: &'a str) -> Entry<'a> {
        Entry::debit(self.day(), amount, reference)
    }

    fn state(&self) -> DisbursementState {
        self.paying.payments(self.grantee.grant)[0].state
    }

    fn brings(&self, entries: &[Entry<'_>]) -> Arrived {
        let entries: String = entries.iter().map(Entry::xml).collect();
        bring(&self.paying, &self.paying.finance, &message(PAYER, &entries)).unwrap()
    }

    fn reads(&self, id: StatementImportId) -> Reading {
        self.paying.db.read(|conn| statements::read(conn, &self.paying.finance, id, self.paying.now)).unwrap()
    }

    /// Confirms everything that can be.
    fn confirms(&self, id: StatementImportId) -> Outcome<Confirmed> {
        confirm(&self.paying, &self.paying.finance, id, &ticks(&self.reads(id)))
    }

    fn mails(&self, kind: MessageKind) -> usize {
        let queued = self.paying.db.read(|conn| messages::in_state(conn, MessageState::Queued, 500)).unwrap();
        queued.iter().filter(|mail| mail.kind == kind).count()
    }
}

/// Approves a run and asks the bank for it.
pub(super) fn leave(paying: &Paying, run: PaymentRunId) {
    paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
    paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, text_of, paying.now)).unwrap();
}

/// Imports a message.
pub(super) fn bring(paying: &Paying, actor: &Actor, text: &str) -> Outcome<Arrived> {
    let Content::Message(statement) = imports::read(text).unwrap() else { panic!("{text}") };
    let arrival = Arrival {
        payer: None,
        file_name: "releve.xml".into(),
        sha256: digests::sha256(text),
        format: StatementFormat::Camt,
        statement,
        mapping: None,
    };
    paying.does(|tx| statements::import(tx, actor, &arrival, paying.now))
}

pub(super) fn confirm(paying: &Paying, actor: &Actor, id: StatementImportId, chosen: &[Chosen]) -> Outcome<Confirmed> {
    paying.does(|tx| statements::confirm(tx, actor, id, chosen, paying.now))
}

pub(super) fn ticks(reading: &Reading) -> Vec<Chosen> {
    let tick = |(row, verdict): &(statement_rows::StatementLineRow, Verdict)| {
        verdict.effect().map(|effect| (row.id, statements::mark(effect)))
    };
    reading.lines.iter().filter_map(tick).collect()
}

pub(super) fn sentence(error: UseCaseError) -> String {
    match error {
        UseCaseError::Refused(refusal) => refusal.to_string(),
        UseCaseError::Invalid(errors) => errors.into_iter().map(|error| error.message).collect(),
        other => panic!("{other:?}"),
    }
    .replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn a_transfer_with_our_reference_is_paid_on_the_day_of_the_bank_and_once() {
    for db in each_database() {
        let asked = Asked::on(db);
        let arrived = asked.brings(&[asked.debit("5000.00", &asked.reference)]);
        assert_eq!((arrived.new, arrived.known), (1, 0));
        let reading = asked.reads(arrived.id);
        assert!(matches!(reading.lines[0].1, Verdict::Sure(_)), "{:?}", reading.lines[0].1);
        assert_eq!(asked.state(), DisbursementState::InRun, "importing alone pays nothing");
        let chosen = ticks(&reading);
        let done = confirm(&asked.paying, &asked.paying.finance, arrived.id, &chosen).unwrap();
        assert_eq!((done.paid, done.before), (1, 0));
        let row = &asked.paying.payments(asked.grantee.grant)[0];
        assert_eq!((row.state, row.paid_on), (DisbursementState::Paid, Some(asked.day())));
        let run = asked.paying.db.read(|conn| runs::find(conn, asked.run)).unwrap();
        assert_eq!((run.state, asked.mails(MessageKind::PaymentNotice)), (PaymentRunState::Settled, 1));
        let again = confirm(&asked.paying, &asked.paying.finance, arrived.id, &chosen).unwrap();
        assert_eq!((again.paid, again.before), (0, 1));
        assert_eq!(asked.reads(arrived.id).lines[0].1, Verdict::Done);
        assert_eq!(asked.mails(MessageKind::PaymentNotice), 1);
        asked.paying.check();
    }
}

#[test]
fn a_file_or_a_line_that_comes_again_changes_nothing() {
    for db in each_database() {
        let asked = Asked::on(db);
        let payment = asked.debit("5000.00", &asked.reference);
        let fee = Entry { label: "FRAIS", account: "", ..asked.debit("2.50", "NOTPROVIDED") };
        let first = asked.brings(&[payment, fee]);
        assert_eq!(asked.brings(&[payment, fee]), Arrived { id: first.id, new: 0, known: 2 }, "the same file");
        assert_eq!(asked.brings(&[fee]), Arrived { id: first.id, new: 0, known: 1 }, "a part of it");
        let later = Entry { day: asked.paying.now.paris_date(), ..fee };
        let overlap = asked.brings(&[payment, fee, later, later]);
        assert_eq!((overlap.new, overlap.known), (2, 2));
        let lines = asked.reads(overlap.id).lines;
        assert!(matches!(lines[0].1, Verdict::NotOurs(_)), "{:?}", lines[0]);
        assert_eq!(lines[1].1, Verdict::Double);
        asked.confirms(first.id).unwrap();
        assert_eq!(asked.brings(&[payment, payment]).new, 1, "the second of two is new, and a double");
        assert_eq!(asked.mails(MessageKind::PaymentNotice), 1);
        asked.paying.check();
    }
}

#[test]
fn a_line_that_stands_twice_in_a_file_pays_once() {
    for db in each_database() {
        let asked = Asked::on(db);
        let line = asked.debit("5000.00", &asked.reference);
        let other = Entry { label: "VIREMENT", ..line };
        let arrived = asked.brings(&[line, line, other]);
        let verdicts: Vec<_> = asked.reads(arrived.id).lines.into_iter().map(|(_, verdict)| verdict).collect();
        assert!(matches!(verdicts[0], Verdict::Sure(_)));
        assert_eq!(verdicts[1], Verdict::Double);
        assert!(matches!(&verdicts[2], Verdict::Unknown(why) if why.contains("plus haut")), "{verdicts:?}");
        assert_eq!(asked.confirms(arrived.id).unwrap().paid, 1);
        let after = asked.reads(arrived.id).lines.pop().unwrap().1;
        assert!(matches!(&after, Verdict::Unknown(why) if why.contains("déjà constaté")), "{after:?}");
        asked.paying.check();
    }
}

#[test]
fn what_does_not_fit_is_shown_with_its_reason_and_never_applied() {
    for db in each_database() {
        let asked = Asked::on(db);
        let right = asked.debit("5000.00", &asked.reference);
        let wrong = [
            (Entry { amount: "4999.99", ..right }, "Le montant diffère"),
            (Entry { currency: "CHF", ..right }, "en CHF"),
            (Entry { reference: "AUTRE-1", ..right }, "Aucun versement ne porte cette référence."),
            (Entry { day: asked.day() - chrono::Days::new(9), ..right }, "plus ancienne que le fichier bancaire"),
        ];
        for (line, words) in wrong {
            let arrived = asked.brings(&[line]);
            let (row, verdict) = asked.reads(arrived.id).lines.pop().unwrap();
            assert!(matches!(&verdict, Verdict::Unknown(why) if why.contains(words)), "{verdict:?}");
            let refused = confirm(&asked.paying, &asked.paying.finance, arrived.id, &[(row.id, "x".into())]);
            assert!(sentence(refused.unwrap_err()).starts_with("Ligne 1 du relevé : "));
            assert!(sentence(asked.confirms(arrived.id).unwrap_err()).contains("au moins une ligne"));
        }
        assert_eq!(asked.state(), DisbursementState::InRun);
        asked.paying.check();
    }
}

#[test]
fn without_reference_amount_and_account_are_proposed() {
    for db in each_database() {
        let asked = Asked::on(db);
        let arrived = asked.brings(&[asked.debit("5000.00", "NOTPROVIDED")]);
        let (row, verdict) = asked.reads(arrived.id).lines.pop().unwrap();
        assert!(matches!(verdict, Verdict::Proposed(..)), "{verdict:?}");
        assert!(!row.masked_account.contains(IBANS[0]) && row.masked_account.ends_with("0189"));
        assert_eq!(asked.confirms(arrived.id).unwrap().paid, 1);
        assert_eq!(asked.state(), DisbursementState::Paid);
        asked.paying.check();
    }
}

#[test]
fn a_number_among_signs_in_a_label_shows_its_ends_only() {
    for db in each_database() {
        let asked = Asked::on(db);
        let label = format!("VIR /IBAN/{}/FACT 3", IBANS[0]);
        let arrived = asked.brings(&[Entry { label: &label, ..asked.debit("5000.00", &asked.reference) }]);
        let (row, _) = asked.reads(arrived.id).lines.pop().unwrap();
        assert_eq!(row.label, "VIR /IBAN/FR76 •••• •••• 0189/FACT 3");
    }
}

#[test]
fn one_debit_for_a_whole_run_pays_each_of_its_lines() {
    for db in each_database() {
        let mut paying = Paying::on(db);
        let grantees = [("Les Passeurs", IBANS[0]), ("Les Voisins", IBANS[1])]
            .map(|(name, iban)| (paying.award(name, Euros::whole(4_000)), name, iban));
        paying.announce();
        grantees.iter().for_each(|(grantee, name, iban)| paying.ready(grantee, name, iban));
        let lines = grantees.each_ref().map(|(grantee, ..)| paying.payments(grantee.grant)[0].id);
        let run = paying.prepare(&lines);
        leave(&paying, run);
        paying.now = paying.now.plus_days(1);
        let reference = paying.db.read(|conn| runs::find(conn, run)).unwrap().reference;
        let entry = format!(
            "<Ntry><Amt Ccy=\"EUR\">4000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>\
             <BookgDt><Dt>{}</Dt></BookgDt><NtryDtls><Btch><PmtInfId>{reference}</PmtInfId></Btch></NtryDtls></Ntry>",
            paying.now.paris_date()
        );
        let arrived = bring(&paying, &paying.finance, &message(PAYER, &entry)).unwrap();
        let reading = paying.db.read(|conn| statements::read(conn, &paying.finance, arrived.id, paying.now)).unwrap();
        assert_eq!(confirm(&paying, &paying.finance, arrived.id, &ticks(&reading)).unwrap().paid, 2);
        for line in lines {
            assert_eq!(paying.db.read(|conn| payments::find(conn, line)).unwrap().state, DisbursementState::Paid);
        }
        paying.check();
    }
}

#[test]
fn money_the_bank_sends_back_reopens_the_payment() {
    for db in each_database() {
        let asked = Asked::on(db);
        let paid = asked.debit("5000.00", &asked.reference);
        let back = Entry { side: "CRDT", returned: "AC04", day: asked.paying.now.paris_date(), ..paid };
        let both = asked.brings(&[paid, back]);
        let early = asked.reads(both.id).lines.pop().unwrap().1;
        assert!(matches!(&early, Verdict::Unknown(why) if why.contains("confirmez d’abord son débit")), "{early:?}");
        asked.confirms(both.id).unwrap();
        let done = asked.confirms(both.id).unwrap();
        assert_eq!((done.paid, done.returned), (0, 1));
        let row = &asked.paying.payments(asked.grantee.grant)[0];
        assert_eq!(row.state, DisbursementState::Returned);
        assert!(row.reason.as_ref().unwrap().contains("le compte est clôturé (code AC04)"), "{:?}", row.reason);
        let effects = asked.reads(both.id).effects;
        let mut doings: Vec<_> = effects.iter().map(|effect| effect.doing).collect();
        doings.sort_unstable();
        assert_eq!(doings, [Doing::Pay, Doing::Return]);
        asked.paying.authorise(row.id).unwrap();
        assert!(asked.paying.payments(asked.grantee.grant)[0].end_to_end_id.as_ref().unwrap().ends_with("-R1"));
        asked.paying.check();
    }
}

#[test]
fn money_that_is_owed_is_proposed_on_its_debt() {
    for db in each_database() {
        let asked = Asked::on(db);
        asked.confirms(asked.brings(&[asked.debit("5000.00", &asked.reference)]).id).unwrap();
        asked.paying.report(&asked.grantee, ReportKind::Final, Euros::whole(1_000));
        let owed = asked.paying.db.read(|conn| recoveries::of_grant(conn, asked.grantee.grant)).unwrap();
        let debt = owed.iter().find(|row| row.state == RecoveryState::Requested).unwrap();
        let amount = debt.amount_cents.machine();
        let credit = Entry { side: "CRDT", day: asked.paying.now.paris_date(), ..asked.debit(&amount, "LEUR-REF") };
        let arrived = asked.brings(&[credit]);
        let verdict = asked.reads(arrived.id).lines.pop().unwrap().1;
        assert!(matches!(verdict, Verdict::Proposed(..)), "{verdict:?}");
        assert_eq!(asked.confirms(arrived.id).unwrap().received, 1);
        let kept = asked.paying.db.read(|conn| recoveries::find(conn, debt.id)).unwrap();
        assert_eq!((kept.state, kept.received_on), (RecoveryState::Received, Some(credit.day)));
        asked.paying.check();
    }
}

#[test]
fn whoever_is_recused_from_a_file_neither_reads_nor_confirms_its_lines() {
    for db in each_database() {
        let asked = Asked::on(db);
        let (paying, now) = (&asked.paying, asked.paying.now);
        let fee = Entry { label: "FRAIS", account: "", ..asked.debit("2.50", "NOTPROVIDED") };
        let wrong = Entry { amount: "1.00", reference: "NOTPROVIDED", ..asked.debit("1.00", "") };
        let arrived = asked.brings(&[asked.debit("5000.00", &asked.reference), fee, wrong]);
        let chosen = ticks(&asked.reads(arrived.id));
        let second = paying.does(|tx| person(tx, "Fanny Finance", Role::Finance, now)).unwrap();
        paying.recuse(&second, asked.grantee.grant);
        let reading = paying.db.read(|conn| statements::read(conn, &second, arrived.id, now)).unwrap();
        let labels: Vec<_> = reading.lines.iter().map(|(row, _)| row.label.as_str()).collect();
        assert_eq!(labels, ["FRAIS"]);
        let refused = confirm(paying, &second, arrived.id, &chosen);
        assert!(matches!(refused, Err(UseCaseError::Store(StoreError::NotFound))));
        assert_eq!(asked.reads(arrived.id).lines.len(), 3);
        assert_eq!(confirm(paying, &paying.finance, arrived.id, &chosen).unwrap().paid, 1);
        let after = paying.db.read(|conn| statements::read(conn, &second, arrived.id, now)).unwrap();
        assert_eq!(after.lines.len(), 1);
    }
}

#[test]
fn two_people_at_once_import_and_confirm_once() {
    for db in each_database() {
        let asked = Asked::on(db);
        let (paying, now) = (&asked.paying, asked.paying.now);
        let second = paying.does(|tx| person(tx, "Fanny Finance", Role::Finance, now)).unwrap();
        let text = message(PAYER, &asked.debit("5000.00", &asked.reference).xml());
        let Content::Message(statement) = imports::read(&text).unwrap() else { panic!() };
        let arrival = Arrival {
            payer: None,
            file_name: "releve.xml".into(),
            sha256: digests::sha256(&text),
            format: StatementFormat::Camt,
            statement,
            mapping: None,
        };
        let (people, database, arrival) = ([paying.finance.clone(), second], &paying.db, &arrival);
        let arrived = people
            .each_ref()
            .map(|actor| move || database.write(|tx| statements::import(tx, actor, arrival, now)).unwrap());
        let arrived = thread::scope(|scope| arrived.map(|work| scope.spawn(work)).map(|work| work.join().unwrap()));
        assert_eq!(arrived[0].id, arrived[1].id);
        assert_eq!(arrived[0].new + arrived[1].new, 1);
        let (id, chosen) = (arrived[0].id, &ticks(&asked.reads(arrived[0].id)));
        let confirmed = people
            .each_ref()
            .map(|actor| move || database.write(|tx| statements::confirm(tx, actor, id, chosen, now)).unwrap());
        let done = thread::scope(|scope| confirmed.map(|work| scope.spawn(work)).map(|work| work.join().unwrap()));
        assert_eq!((done[0].paid + done[1].paid, done[0].before + done[1].before), (1, 1));
        assert_eq!(asked.mails(MessageKind::PaymentNotice), 1);
        paying.check();
    }
}

#[test]
fn a_statement_is_of_an_account_that_pays_and_comes_through_finance() {
    for db in each_database() {
        let asked = Asked::on(db);
        let entry = asked.debit("5000.00", &asked.reference).xml();
        let refused = bring(&asked.paying, &asked.paying.finance, &message(IBANS[2], &entry)).unwrap_err();
        assert!(sentence(refused).contains("qui n’est pas un compte payeur confirmé"));
        let stranger = bring(&asked.paying, &asked.paying.director, &message(PAYER, &entry));
        assert!(matches!(stranger, Err(UseCaseError::Store(StoreError::NotFound))));
        let empty = bring(&asked.paying, &asked.paying.finance, &message(PAYER, "")).unwrap_err();
        assert!(sentence(empty).contains("ne contient aucune opération"));
        let listed = asked.paying.db.read(|conn| statements::page(conn, &asked.paying.director, None, 9)).unwrap();
        assert_eq!(listed.len(), 0);
    }
}

#[test]
fn lines_and_what_they_did_are_never_changed_and_a_second_effect_is_seen() {
    for db in each_database() {
        let asked = Asked::on(db);
        let arrived = asked.brings(&[asked.debit("5000.00", &asked.reference)]);
        asked.confirms(arrived.id).unwrap();
        let run = |sql: &str| asked.paying.db.write(|tx| tx.conn().batch_execute(sql).map_err(StoreError::from));
        for sql in [
            "UPDATE statement_imports SET line_count = 9",
            "UPDATE statement_lines SET amount_cents = 1",
            "DELETE FROM statement_effects",
        ] {
            assert!(run(sql).is_err(), "{sql}");
        }
        run("INSERT INTO statement_effects (line_id, subject_id, doing, disbursement_id, recovery_id, amount_cents,
               done_by, done_at)
             SELECT line_id, 'again', doing, disbursement_id, recovery_id, amount_cents, done_by, done_at
             FROM statement_effects")
        .unwrap();
        let found = asked.paying.db.read(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
        let broken: Vec<_> = found.iter().filter(|promise| promise.tally.broken > 0).map(|p| p.name).collect();
        assert_eq!(broken, ["each confirmed line of a bank statement did what it says, once"]);
    }
}

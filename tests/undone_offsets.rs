//! A debt kept back from a payment that leaves no more is owed again, to the cent and from the same sources.

use crate::{
    offsets::give,
    support::{
        databases::each_database,
        grants::{Grantee, IBANS, Paying},
    },
};
use chrono::Duration;
use tisserand::{
    domain::{
        accounting::charts,
        ids::{AccountingExportId, DisbursementId, RecoveryId},
        journal::{Stage, TransferKind},
        lifecycles::{
            disbursements::DisbursementState,
            grants::{GrantEvent, GrantState},
            recoveries::{RecoveryEvent, RecoveryState},
        },
        messages::MessageKind,
        money::Euros,
        reports::ReportKind,
    },
    store::{
        Tx, accounting as books, disbursements as payments, history,
        journal::{self, Scope},
        messages,
        recoveries::{self as debts, RecoveryRow},
    },
    usecases::{Outcome, accounting, clock, grants, recoveries, revocations},
};

const NAME: &str = "Les Passeurs";

/// A grant that owes 1 400 €, kept back from the payment of 3 000 € of another one: it is closed.
struct SetOff {
    paying: Paying,
    owing: Grantee,
    other: Grantee,
    line: DisbursementId,
    debt: RecoveryId,
}

impl SetOff {
    fn on(paying: Paying) -> Self {
        let owing = paying.award(NAME, Euros::whole(10_000));
        let other = paying.award("Le Fil", Euros::whole(6_000));
        give(&paying, &other, &owing);
        let other = Grantee { holder: owing.holder.clone(), organisation: owing.organisation, grant: other.grant };
        paying.announce();
        paying.ready(&owing, NAME, IBANS[0]);
        paying.accept(&other);
        paying.pay(paying.prepare(&[paying.payments(owing.grant)[0].id]));
        paying.report(&owing, ReportKind::Interim, Euros::whole(4_000));
        paying.report(&owing, ReportKind::Final, Euros::whole(4_000));
        let debt = paying.db.read(|conn| debts::of_grant(conn, owing.grant)).unwrap()[0].id;
        let line = paying.payments(other.grant)[0].id;
        paying.authorise(line).unwrap();
        SetOff { paying, owing, other, line, debt }
    }

    fn sets_off(&self) {
        let how = (RecoveryEvent::OffsetAgainst, "Déduit de l’avance de l’autre projet.");
        let version = self.owed().version;
        self.paying
            .does(|tx| {
                recoveries::give_up(tx, &self.paying.finance, self.debt, version, how, self.paying.now).map(drop)
            })
            .unwrap();
        assert_eq!(self.paying.grant(self.owing.grant).state, GrantState::Closed);
    }

    fn takes_back(&self) -> Outcome<()> {
        let (paying, version) = (&self.paying, self.version());
        let why = "Le projet est en pause.";
        paying.does(|tx| revocations::revoke(tx, &paying.finance, self.line, version, why, paying.now).map(drop))
    }

    fn version(&self) -> i32 {
        self.paying.db.read(|conn| payments::find(conn, self.line)).unwrap().version
    }

    fn owed(&self) -> RecoveryRow {
        self.paying.db.read(|conn| debts::find(conn, self.debt)).unwrap()
    }

    /// What the grant that owes was paid and has paid back, by source.
    fn parts(&self) -> Vec<(String, Euros)> {
        let found = self.paying.db.read(|conn| journal::of_grant(conn, self.owing.grant)).unwrap();
        let mut parts: Vec<_> = found
            .into_iter()
            .filter(|(_, stage, amount)| matches!(stage, Stage::Paid | Stage::Recovered) && *amount != Euros::ZERO)
            .map(|(source, stage, amount)| (format!("{stage} {source}"), amount))
            .collect();
        parts.sort();
        parts
    }

    fn kept_back(&self) -> Euros {
        let found = self.paying.db.read(|conn| journal::kept_back(conn, &[self.line])).unwrap();
        found.into_iter().map(|(_, amount)| amount).sum()
    }
}

#[test]
fn the_debt_is_open_again_with_its_reminders_and_may_be_kept_back_again() {
    for db in each_database() {
        let set_off = SetOff::on(Paying::on(db));
        let paying = &set_off.paying;
        let (before, awaited) = (set_off.parts(), set_off.owed());
        for round in 1..=2 {
            set_off.sets_off();
            assert_ne!(set_off.parts(), before);
            assert_eq!(set_off.kept_back(), Euros::whole(1_400));
            set_off.takes_back().unwrap();
            assert_eq!(set_off.parts(), before, "from the same sources, to the cent");
            let owed = set_off.owed();
            assert_eq!((owed.state, owed.amount_cents), (RecoveryState::Requested, awaited.amount_cents));
            assert!(owed.due_on >= paying.now.paris_date() + Duration::days(60), "{}", owed.due_on);
            assert_eq!(paying.grant(set_off.owing.grant).state, GrantState::Closing);
            assert_eq!(paying.payments(set_off.other.grant)[0].state, DisbursementState::Planned);
            assert_eq!(set_off.kept_back(), Euros::ZERO);
            let scope = Scope::Grant(set_off.other.grant);
            let left = paying.db.read(|conn| journal::balance(conn, Stage::Authorised, scope)).unwrap();
            assert_eq!(left, Euros::ZERO);
            let mails = paying.db.read(|conn| messages::about(conn, set_off.debt.as_str(), 100)).unwrap();
            let told = mails.iter().filter(|mail| mail.subject_line.starts_with("De nouveau à reverser")).count();
            assert_eq!(told, round, "whoever owes it hears of it");
            paying.check();
            paying.authorise(set_off.line).unwrap();
        }
        let moved = paying.db.read(|conn| journal::of_disbursement(conn, set_off.line)).unwrap();
        let back: Vec<_> = moved.iter().filter(|row| row.kind == TransferKind::Reopen).collect();
        let kept = moved.iter().filter(|row| row.kind == TransferKind::Recover).count();
        assert_eq!(back.len(), kept, "each once");
        for row in back {
            let undone = moved.iter().find(|one| Some(one.seq) == row.reverses_seq).unwrap();
            assert_eq!((undone.kind, undone.amount_cents), (TransferKind::Recover, row.amount_cents));
        }
        set_off.sets_off();
        let run = paying.put_in_run(&[set_off.line]).unwrap();
        let totals = paying.db.read(|conn| payments::totals_of_runs(conn, &[run])).unwrap();
        assert_eq!(totals, [(run, 1, Euros::whole(1_600))], "what was undone counts for nothing");
        paying.pay(run);
        paying.check();
    }
}

#[test]
fn what_comes_back_afterwards_counts_once_and_has_no_reason_of_another_day() {
    for db in each_database() {
        let set_off = SetOff::on(Paying::on(db));
        let paying = &set_off.paying;
        set_off.sets_off();
        let kept_back = set_off.parts();
        set_off.takes_back().unwrap();
        let (owed, today) = (set_off.owed(), paying.now.paris_date());
        assert_eq!(owed.reason, None);
        paying
            .does(|tx| recoveries::receive(tx, &paying.finance, owed.id, owed.version, today, paying.now).map(drop))
            .unwrap();
        assert_eq!(set_off.parts(), kept_back, "the same sum, to the same sources");
        assert_eq!(set_off.owed().state, RecoveryState::Received);
        assert_eq!(paying.grant(set_off.owing.grant).state, GrantState::Closed);
        let moves = paying.db.read(|conn| history::of_subject(conn, owed.id.as_str())).unwrap();
        let why = |event: RecoveryEvent| moves.iter().find(|row| row.event == event.code()).unwrap().reason.clone();
        assert!(why(RecoveryEvent::Reopen).contains("n’est plus déduite"), "{moves:?}");
        assert_eq!(why(RecoveryEvent::Receive), "", "it came back for no other reason");
        paying.authorise(set_off.line).unwrap();
        paying.pay(paying.put_in_run(&[set_off.line]).unwrap());
        assert_eq!(set_off.kept_back(), Euros::ZERO, "what came back is not kept back too");
        set_off.paying.check();
    }
}

#[test]
fn what_is_owed_again_is_reminded_of_before_its_new_day() {
    for db in each_database() {
        let set_off = SetOff::on(Paying::on(db));
        let paying = &set_off.paying;
        set_off.sets_off();
        set_off.takes_back().unwrap();
        let reminders = |days: i64| {
            let left = (set_off.owed().due_on - paying.now.paris_date()).num_days();
            let now = paying.now.plus_days(left - days);
            paying.does(|tx| clock::run_due(tx, now)).unwrap();
            let mails = paying.db.read(|conn| messages::about(conn, set_off.debt.as_str(), 100)).unwrap();
            mails.iter().filter(|mail| mail.kind == MessageKind::RecoveryDue).count()
        };
        assert_eq!((reminders(8), reminders(7)), (0, 1));
        paying.check();
    }
}

#[test]
fn a_grant_ends_though_a_debt_was_kept_back_from_its_payment() {
    for db in each_database() {
        let set_off = SetOff::on(Paying::on(db));
        let paying = &set_off.paying;
        let before = set_off.parts();
        set_off.sets_off();
        let (id, why) = (set_off.other.grant, (GrantEvent::Terminate, "Projet abandonné"));
        let version = paying.grant(id).version;
        let ends =
            |tx: &mut Tx| grants::change_with_reason(tx, &paying.director, id, version, why, paying.now).map(drop);
        paying.does(ends).unwrap();
        assert_eq!(paying.grant(id).state, GrantState::Terminated);
        assert_eq!(paying.payments(id)[0].state, DisbursementState::Cancelled);
        assert_eq!((set_off.parts(), set_off.owed().state), (before, RecoveryState::Requested));
        paying.check();
    }
}

#[test]
fn the_accountant_reads_what_was_kept_back_and_its_reversal_once_each() {
    for db in each_database() {
        let mut set_off = SetOff::on(Paying::on(db));
        let mut fields: accounting::Fields = charts::usual().into_iter().collect();
        fields.insert(charts::SIREN.into(), "732829320".into());
        set_off.paying.does(|tx| accounting::set(tx, &set_off.paying.finance, &fields)).unwrap();
        let export = |set_off: &SetOff| -> Vec<books::AccountingEntryRow> {
            let paying = &set_off.paying;
            let until = paying.now.paris_date();
            let id: AccountingExportId =
                paying.does(|tx| accounting::export(tx, &paying.finance, until, paying.now)).unwrap();
            paying.db.read(|conn| books::entries(conn, id, 0, 500)).unwrap()
        };
        let of = |entries: &[books::AccountingEntryRow], kind: TransferKind| {
            let theirs = entries.iter().filter(|row| row.label.starts_with(kind.label()));
            let accounts = |row: &books::AccountingEntryRow| {
                (row.debit_account.clone(), row.credit_account.clone(), row.amount_cents)
            };
            theirs.map(accounts).collect::<Vec<_>>()
        };
        set_off.sets_off();
        let first = export(&set_off);
        let kept = of(&first, TransferKind::Recover);
        assert_eq!(kept.iter().map(|(.., amount)| *amount).sum::<Euros>(), Euros::whole(1_400));
        set_off.paying.now = set_off.paying.now.plus_days(1);
        set_off.takes_back().unwrap();
        let second = export(&set_off);
        let back = of(&second, TransferKind::Reopen);
        let mirrored: Vec<_> = kept.iter().map(|(debit, credit, sum)| (credit.clone(), debit.clone(), *sum)).collect();
        assert_eq!(back, mirrored);
        assert!(of(&second, TransferKind::Recover).is_empty(), "an entry leaves once");
        set_off.paying.check();
    }
}

#[test]
fn only_finance_takes_it_back_and_once() {
    for db in each_database() {
        let set_off = SetOff::on(Paying::on(db));
        set_off.sets_off();
        let (paying, version) = (&set_off.paying, set_off.version());
        let forged = paying
            .does(|tx| revocations::revoke(tx, &paying.officer, set_off.line, version, "Non", paying.now).map(drop));
        assert!(forged.is_err());
        assert_eq!(set_off.owed().state, RecoveryState::Offset);
        set_off.takes_back().unwrap();
        assert!(set_off.takes_back().is_err(), "nothing is authorised any more");
        paying.check();
    }
}

//! What somebody may try next, and trying it through the use cases.

use super::{
    things::Thing,
    world::{NAMES, Who, World},
};
use crate::support::grants::{IBANS, text_of};
use std::{fmt, str::FromStr};
use tisserand::{
    domain::{
        amendments::AmendmentKind,
        decisions::Verdict,
        ids::*,
        lifecycle::{Coded, Lifecycle, Machine, Refusal},
        lifecycles::{
            amendments::Amendment, applications::Application, bank_accounts::BankAccount, calls::Call,
            disbursements::Disbursement, grants::Grant, lines_of, payment_runs::PaymentRun, recoveries::Recovery,
            reports::Report,
        },
        money::Euros,
    },
    store::{Conn, StoreError},
    usecases::{
        Actor, Outcome,
        account_checks::{self, CheckForm},
        advance::{Object, advance},
        amendments, applications, approvals, attachments, bank_accounts, decisions, disbursements, grants,
        payment_runs, recoveries,
        recovery_delays::{self, Delay},
        reports, revocations,
    },
};

/// Something to try.
#[derive(Debug, Clone)]
pub enum Move {
    /// An event of an object.
    Event {
        who: Who,
        thing: Thing,
        event: &'static str,
    },
    /// A run of everything authorised.
    PrepareRun(Who),
    /// Every line of a run is on the bank statement.
    MarkRunPaid(Who, Thing),
    EnterAccount(Who, usize, &'static str),
    AskForMoreTime(Who, Thing),
    SignAgreement(Who, Thing),
    /// What a terminated grant did not spend is asked back.
    AskBack(Who, Thing),
    /// Nobody does anything for so many days.
    Wait(i64),
    WaitForTheDeadline,
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Move::Event { who, thing, event } => write!(f, "{who}: {event} {} ({})", thing.name, thing.state),
            Move::PrepareRun(who) => write!(f, "{who}: prepare a run of what is authorised"),
            Move::MarkRunPaid(who, run) => write!(f, "{who}: mark {} as paid", run.name),
            Move::EnterAccount(who, number, iban) => write!(f, "{who}: enter account {iban} of {number}"),
            Move::AskForMoreTime(who, grant) => write!(f, "{who}: ask for more time for {}", grant.name),
            Move::SignAgreement(who, grant) => write!(f, "{who}: sign the agreement of {}", grant.name),
            Move::AskBack(who, grant) => write!(f, "{who}: ask back what {} did not spend", grant.name),
            Move::Wait(days) => write!(f, "{days} days pass"),
            Move::WaitForTheDeadline => f.write_str("the call closes"),
        }
    }
}

/// What the tables say of trying it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A live button.
    Offered,
    /// A dead button: what is typed first may revive it.
    Dead(Refusal),
    /// No button.
    NotOffered,
    /// Not an event of one object.
    Unsaid,
}

/// Every event the tables have from where each thing stands, for each person whose role may cause it.
pub fn legal(things: &[Thing]) -> Vec<Move> {
    let mut moves = vec![Move::Wait(8), Move::WaitForTheDeadline, Move::PrepareRun(Who::Finance)];
    for thing in things {
        for who in Who::ALL.into_iter().filter(|who| is_concerned(*who, thing)) {
            let lines = lines_of(thing.machine);
            let mine = lines.iter().filter(|line| line.from == thing.state && line.by.contains(&who.role()));
            moves.extend(mine.map(|line| Move::Event { who, thing: thing.clone(), event: line.event }));
        }
        moves.extend(without_event(thing));
    }
    moves
}

/// Events that lead towards money paid, reported on and settled.
const ONWARD: &[&str] = &[
    "award",
    "start_review",
    "deliberate",
    "announce",
    "accept",
    "send_agreement",
    "verify",
    "authorise",
    "approve",
    "export",
    "start",
    "submit",
    "mark_returned",
    "authorise_again",
    "receive",
    "resume",
];

/// The legal moves that lead on, but for those whose button is dead for a reason no typing removes.
pub fn onward(world: &World, things: &[Thing]) -> Vec<Move> {
    let mut moves = legal(things);
    moves.retain(|next| match next {
        Move::Event { event, thing, .. } if thing.machine == Machine::Amendment => *event == "refuse",
        Move::Event { event, .. } => ONWARD.contains(event),
        Move::EnterAccount(_, number, _) => world.candidates.get(*number).is_some_and(|candidate| {
            let open = |conn: &mut Conn| tisserand::store::bank_accounts::open_of(conn, candidate.organisation);
            world.paying.db.read(open).unwrap().is_empty()
        }),
        Move::Wait(_) | Move::WaitForTheDeadline | Move::AskForMoreTime(..) => false,
        Move::PrepareRun(_) => {
            things.iter().any(|thing| thing.machine == Machine::Disbursement && thing.state == "authorised")
        }
        Move::MarkRunPaid(..) | Move::SignAgreement(..) | Move::AskBack(..) => true,
    });
    moves
}

fn is_concerned(who: Who, thing: &Thing) -> bool {
    match who {
        Who::Holder(number) => thing.holder == Some(number),
        _ => true,
    }
}

fn without_event(thing: &Thing) -> Vec<Move> {
    let Some(number) = thing.holder else {
        return match (thing.machine, thing.state) {
            (Machine::PaymentRun, "exported") => vec![Move::MarkRunPaid(Who::Finance, thing.clone())],
            _ => Vec::new(),
        };
    };
    let holder = Who::Holder(number);
    match (thing.machine, thing.state) {
        (Machine::Grant, "agreement_sent") => {
            [holder, Who::Director].map(|who| Move::SignAgreement(who, thing.clone())).into()
        }
        (Machine::Grant, "active") => {
            let iban = IBANS[thing.version as usize % 3];
            vec![Move::AskForMoreTime(holder, thing.clone()), Move::EnterAccount(holder, number, iban)]
        }
        (Machine::Grant, "terminated") => {
            [Who::Finance, Who::Director].map(|who| Move::AskBack(who, thing.clone())).into()
        }
        (Machine::Grant, _) => vec![Move::EnterAccount(holder, number, IBANS[0])],
        _ => Vec::new(),
    }
}

/// Every event of every table that these people must not be able to cause from here.
pub fn illegal(things: &[Thing]) -> Vec<Move> {
    let mut moves = Vec::new();
    for thing in things {
        let lines = lines_of(thing.machine);
        let mut events: Vec<_> = lines.iter().skip(1).map(|line| line.event).collect();
        events.sort_unstable();
        events.dedup();
        for (who, event) in Who::ALL.into_iter().flat_map(|who| events.iter().map(move |event| (who, *event))) {
            let may = |line: &&tisserand::domain::lifecycle::Line| {
                line.event == event && line.from == thing.state && line.by.contains(&who.role())
            };
            if !is_concerned(who, thing) || !lines.iter().any(|line| may(&line)) {
                moves.push(Move::Event { who, thing: thing.clone(), event });
            }
        }
    }
    moves
}

/// What the object's page would show this person.
pub fn told(world: &World, attempt: &Move) -> Told {
    let Move::Event { who, thing, event } = attempt else { return Told::Unsaid };
    let actor = world.actor(*who);
    let now = world.paying.now;
    let seen = world.paying.db.read(|conn| {
        let id = thing.id.as_str();
        match thing.machine {
            Machine::Call => button::<Call>(conn, actor, id, event, now),
            Machine::Application => button::<Application>(conn, actor, id, event, now),
            Machine::Grant => button::<Grant>(conn, actor, id, event, now),
            Machine::Amendment => button::<Amendment>(conn, actor, id, event, now),
            Machine::Disbursement => button::<Disbursement>(conn, actor, id, event, now),
            Machine::PaymentRun => button::<PaymentRun>(conn, actor, id, event, now),
            Machine::Report => button::<Report>(conn, actor, id, event, now),
            Machine::Recovery => button::<Recovery>(conn, actor, id, event, now),
            Machine::BankAccount => button::<BankAccount>(conn, actor, id, event, now),
            Machine::Review | Machine::Session | Machine::Message | Machine::Donation => {
                unreachable!("not of this world")
            }
        }
    });
    seen.unwrap_or(Told::NotOffered)
}

type Now = tisserand::domain::time::Moment;

fn button<L: Object>(conn: &mut Conn, actor: &Actor, id: &str, event: &str, now: Now) -> Outcome<Told>
where
    <L::Id as FromStr>::Err: fmt::Debug,
{
    let standing = L::look(conn, id.parse().unwrap(), actor, now)?;
    let offered = standing.offered();
    Ok(match offered.into_iter().find(|(known, _)| known.code() == event) {
        None => Told::NotOffered,
        Some((_, Ok(()))) => Told::Offered,
        Some((_, Err(reason))) => Told::Dead(reason),
    })
}

/// Tries it. What has no use case of its own goes through `advance`.
pub fn attempt(world: &World, attempt: &Move) -> Outcome<()> {
    let paying = &world.paying;
    match attempt {
        Move::Event { who, thing, event } => occur(world, world.actor(*who), thing, event),
        Move::PrepareRun(who) => {
            let lines = world
                .things()
                .into_iter()
                .filter(|thing| thing.machine == Machine::Disbursement && thing.state == "authorised");
            let lines = lines.map(|thing| (thing.id.parse().unwrap(), thing.version)).collect();
            let wanted =
                payment_runs::Preparation { lines, payer: paying.payer, execution_on: paying.now.paris_date() };
            paying.does(|tx| payment_runs::prepare(tx, world.actor(*who), &wanted, paying.now)).map(drop)
        }
        Move::MarkRunPaid(who, run) => {
            let (id, today): (PaymentRunId, _) = (run.id.parse().unwrap(), paying.now.paris_date());
            paying.does(|tx| payment_runs::mark_paid(tx, world.actor(*who), id, run.version, today, paying.now))
        }
        Move::EnterAccount(who, number, iban) => {
            let form = bank_accounts::AccountForm {
                holder: NAMES[*number].into(),
                iban: iban.parse().unwrap(),
                bic: None,
                bank_name: "Crédit coopératif".into(),
                rib: Some(attachments::judge("rib", "rib.pdf", b"%PDF-1.7\nrib\n%%EOF\n")?),
            };
            let organisation = world.candidates[*number].organisation;
            paying.does(|tx| bank_accounts::enter(tx, world.actor(*who), organisation, &form, paying.now)).map(drop)
        }
        Move::AskForMoreTime(who, grant) => {
            let form = amendments::AmendmentForm {
                new_ends_on: Some("2028-03-31".parse().unwrap()),
                ..amendments::AmendmentForm::new(
                    AmendmentKind::Duration,
                    "Finir après l’hiver",
                    "Le partenaire a changé",
                )
            };
            let id = grant.id.parse().unwrap();
            paying.does(|tx| amendments::request(tx, world.actor(*who), id, &form, paying.now)).map(drop)
        }
        Move::SignAgreement(who, grant) => sign(world, *who, grant),
        Move::AskBack(who, grant) => {
            let (id, version) = (grant.id.parse().unwrap(), grant.version);
            paying.does(|tx| recoveries::claim(tx, world.actor(*who), id, version, paying.now)).map(drop)
        }
        Move::Wait(_) | Move::WaitForTheDeadline => Ok(()),
    }
}

fn sign(world: &World, who: Who, grant: &Thing) -> Outcome<()> {
    let name = match who {
        Who::Holder(number) => format!("Hélo {}", NAMES[number]),
        _ => "Diane Direction".to_owned(),
    };
    world.paying.sign(world.actor(who), grant.id.parse().unwrap(), &name)
}

const WHY: &str = "Parce que.";

fn occur(world: &World, actor: &Actor, thing: &Thing, event: &str) -> Outcome<()> {
    let (paying, version, now) = (&world.paying, thing.version, world.paying.now);
    let today = now.paris_date();
    paying.does(|tx| {
        match (thing.machine, event) {
            (Machine::Application, "award" | "reserve_list" | "reject" | "defer") => {
                decide(tx, actor, thing, event, now)?;
            }
            (Machine::Application, "withdraw") => {
                applications::withdraw(tx, actor, id(thing), version, now)?;
            }
            (Machine::Application, "declare_ineligible") => {
                applications::declare_ineligible(tx, actor, id(thing), version, WHY, now)?;
            }
            (Machine::Grant, "accept") => {
                grants::accept(tx, actor, id(thing), version, now)?;
            }
            (Machine::Grant, "suspend" | "resume" | "terminate") => {
                grants::change_with_reason(tx, actor, id(thing), version, (of::<Grant>(event), WHY), now)?;
            }
            (Machine::Disbursement, _) => disburse(tx, actor, thing, event, now)?,
            (Machine::PaymentRun, "approve") => {
                approvals::approve_by_mail(tx, actor, id(thing), version, now)?;
            }
            (Machine::PaymentRun, "export") => {
                payment_runs::export(tx, actor, id(thing), version, text_of, now)?;
            }
            (Machine::PaymentRun, "cancel") => {
                payment_runs::cancel(tx, actor, id(thing), version, WHY, now)?;
            }
            (Machine::Report, _) => report(tx, actor, thing, event, now)?,
            (Machine::Recovery, "receive") => {
                recoveries::receive(tx, actor, id(thing), version, today, now)?;
            }
            (Machine::Recovery, "postpone") => put_off(tx, actor, thing, now)?,
            (Machine::Recovery, _) => {
                recoveries::give_up(tx, actor, id(thing), version, (of::<Recovery>(event), WHY), now)?;
            }
            (Machine::BankAccount, "verify") => {
                account_checks::verify(tx, actor, (id(thing), version), &CheckForm::agreed(), now)?;
            }
            (Machine::BankAccount, _) => {
                bank_accounts::block(tx, actor, id(thing), version, (of::<BankAccount>(event), WHY), now)?;
            }
            (Machine::Amendment, "refuse") => {
                amendments::refuse(tx, actor, id(thing), version, WHY, now)?;
            }
            (Machine::Amendment, _) => go::<Amendment>(tx, actor, thing, event, now)?,
            (Machine::Call, _) => go::<Call>(tx, actor, thing, event, now)?,
            (Machine::Application, _) => go::<Application>(tx, actor, thing, event, now)?,
            (Machine::Grant, _) => go::<Grant>(tx, actor, thing, event, now)?,
            (Machine::PaymentRun, _) => go::<PaymentRun>(tx, actor, thing, event, now)?,
            (Machine::Review | Machine::Session | Machine::Message | Machine::Donation, _) => {
                unreachable!("not of this world")
            }
        }
        Ok(())
    })
}

type Tx<'a, 'b> = &'a mut tisserand::store::Tx<'b>;

/// One more day to pay back what is owed, or until today.
fn put_off(tx: Tx, actor: &Actor, thing: &Thing, now: Now) -> Outcome<()> {
    let debt: RecoveryId = id(thing);
    let due_on = tisserand::store::recoveries::find(tx.conn(), debt)?.due_on;
    let until = due_on.succ_opt().unwrap().max(now.paris_date()).to_string();
    recovery_delays::postpone(tx, actor, debt, thing.version, &Delay { until: &until, reason: WHY }, now).map(drop)
}

fn id<I: FromStr>(thing: &Thing) -> I
where
    I::Err: fmt::Debug,
{
    thing.id.parse().unwrap()
}

fn of<L: Lifecycle>(event: &str) -> L::Event {
    *L::Event::ALL.iter().find(|known| known.code() == event).unwrap()
}

fn go<L: Object>(tx: Tx, actor: &Actor, thing: &Thing, event: &str, now: Now) -> Outcome<()>
where
    <L::Id as FromStr>::Err: fmt::Debug,
{
    advance::<L>(tx, actor, id(thing), thing.version, of::<L>(event), now).map(drop)
}

fn decide(tx: Tx, actor: &Actor, thing: &Thing, event: &str, now: Now) -> Outcome<()> {
    let file = applications::find(tx.conn(), actor, id(thing))?;
    let form = decisions::DecisionForm {
        verdict: *Verdict::ALL.iter().find(|verdict| verdict.code() == event).unwrap(),
        amount: file.requested_cents.plain(),
        motive: WHY.into(),
        conditions: String::new(),
    };
    decisions::decide(tx, actor, file.id, &form, thing.version, now)
}

fn disburse(tx: Tx, actor: &Actor, thing: &Thing, event: &str, now: Now) -> Outcome<()> {
    let (payment, version) = (id(thing), thing.version);
    match event {
        "authorise" | "authorise_again" => disbursements::authorise(tx, actor, payment, version, now)?,
        "revoke" => revocations::revoke(tx, actor, payment, version, WHY, now)?,
        "withhold" => disbursements::withhold(tx, actor, payment, version, WHY, now)?,
        "restore" => disbursements::restore(tx, actor, payment, version, now)?,
        "leave_run" => disbursements::leave_run(tx, actor, payment, version, now)?,
        "mark_paid" => disbursements::mark_paid(tx, actor, payment, version, now.paris_date(), now)?,
        "mark_returned" => disbursements::mark_returned(tx, actor, payment, version, WHY, now)?,
        _ => advance::<Disbursement>(tx, actor, payment, version, of::<Disbursement>(event), now)?,
    };
    Ok(())
}

fn report(tx: Tx, actor: &Actor, thing: &Thing, event: &str, now: Now) -> Outcome<()> {
    let (paper, version) = (id(thing), thing.version);
    // The last digit of the version makes the cost: a project may cost more than planned, less, or next to nothing.
    let cost = [Euros::whole(30_000), Euros::whole(4_000), Euros::from_cents(1)][version as usize % 3];
    match event {
        "start" => reports::start(tx, actor, paper, version, now)?,
        "submit" => {
            let page = reports::paper(tx.conn(), actor, paper)?;
            let questions = page.template.sections.iter().flat_map(|section| &section.questions);
            let lines = page.lines.iter().map(|line| (line.position, cost, WHY.to_owned()));
            let form = reports::ReportForm {
                answers: questions.map(|question| (question.code.clone(), "12".to_owned())).collect(),
                lines: lines.collect(),
                added: Vec::new(),
            };
            reports::save(tx, actor, paper, &form)?;
            reports::submit(tx, actor, paper, version, now)?
        }
        "accept" => {
            let spent = reports::paper(tx.conn(), actor, paper)?.spent();
            reports::accept(tx, actor, paper, version, spent, now)?
        }
        _ => reports::send_back(tx, actor, paper, version, (of::<Report>(event), WHY), now)?,
    };
    Ok(())
}

/// Whether an answer is a refusal in words, not a fault of the program.
pub fn is_refusal(answer: &Outcome<()>) -> bool {
    use tisserand::usecases::UseCaseError::{Invalid, Refused, Store};
    matches!(answer, Err(Refused(_) | Invalid(_) | Store(StoreError::NotFound | StoreError::Stale)))
}

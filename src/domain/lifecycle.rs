//! The lifecycle engine: a const table of edges judges every change of state, draws the buttons and prints the diagram.

use super::{codes::codes, roles::Role};
use std::fmt::{self, Debug, Display};

codes! {
    /// The kinds of object that have a lifecycle.
    pub enum Machine {
        Call => "call",
        Application => "application",
        Review => "review",
        Session => "session",
        Grant => "grant",
        Amendment => "amendment",
        Disbursement => "disbursement",
        PaymentRun => "payment_run",
        Report => "report",
        Recovery => "recovery",
        BankAccount => "bank_account",
        Message => "message",
        Donation => "donation",
    }
}

/// A state or an event: a closed set of codes, each with its French label.
pub trait Coded: Copy + Eq + Debug + 'static {
    /// Every code, in the order of the declaration.
    const ALL: &'static [Self];
    /// The fixed code.
    fn code(self) -> &'static str;
    /// The French words shown on screen.
    fn label(self) -> &'static str;
}

/// A kind of object and the table of everything that may happen to it.
pub trait Lifecycle: Sized + 'static {
    type State: Coded;
    type Event: Coded;
    /// What the guards read; loaded in the transaction that decides.
    type Facts;
    const MACHINE: Machine;
    /// Where every object of this kind begins.
    const INITIAL: Self::State;
    /// Who may bring such an object into being.
    const BORN_BY: &'static [Role];
    const EDGES: &'static [Edge<Self>];
}

/// One line of the table: on this event, from these states, to that one, by these roles, if the guard agrees.
pub struct Edge<L: Lifecycle> {
    pub on: L::Event,
    pub from: &'static [L::State],
    pub to: L::State,
    pub by: &'static [Role],
    pub guard: Guard<L>,
    /// What the transition owes, written in the same transaction.
    pub then: &'static [Effect],
}

/// A judgement of facts: agreement, or the reason why not.
pub type Guard<L> = fn(&<L as Lifecycle>::Facts) -> Result<(), Refusal>;

/// A transition that the table allows. Only [`decide`] and [`birth`] make one, and a state is only written with one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    machine: Machine,
    from: &'static str,
    event: &'static str,
    to: &'static str,
    role: Role,
    effects: &'static [Effect],
}

impl Decision {
    pub fn machine(&self) -> Machine {
        self.machine
    }
    /// The code of the state left; empty at birth.
    pub fn from(&self) -> &'static str {
        self.from
    }
    pub fn event(&self) -> &'static str {
        self.event
    }
    pub fn to(&self) -> &'static str {
        self.to
    }
    /// In which role the actor does it.
    pub fn role(&self) -> Role {
        self.role
    }
    pub fn effects(&self) -> &'static [Effect] {
        self.effects
    }
    /// The key of the line in `lifecycle_edges`.
    pub fn edge_id(&self) -> String {
        edge_id(self.machine, self.from, self.event)
    }
}

/// The key of a line of the table, as the database holds it.
pub fn edge_id(machine: Machine, from: &str, event: &str) -> String {
    format!("{machine}:{from}:{event}")
}

/// The event that every object's history begins with.
pub const BIRTH: &str = "create";

/// Why a transition is refused, in one French sentence fit for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The table has no such edge from this state (the label of the state).
    NotFromHere(&'static str),
    /// The edge exists, for other roles.
    NotYours,
    /// A guard said no, for this reason.
    Unmet(String),
}

impl Refusal {
    /// A guard's reason.
    pub fn because(reason: impl Into<String>) -> Self {
        Refusal::Unmet(reason.into())
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NotFromHere(state) => write!(f, "Ce n’est plus possible\u{a0}: l’état est «\u{a0}{state}\u{a0}»."),
            Refusal::NotYours => f.write_str("Cette action revient à une autre personne."),
            Refusal::Unmet(reason) => f.write_str(reason),
        }
    }
}

/// Judges one event: the decision, or the reason why not.
pub fn decide<L: Lifecycle>(
    state: L::State,
    event: L::Event,
    roles: &[Role],
    facts: &L::Facts,
) -> Result<Decision, Refusal> {
    let edge = L::EDGES.iter().find(|edge| edge.on == event && edge.from.contains(&state));
    let edge = edge.ok_or(Refusal::NotFromHere(state.label()))?;
    let role = edge.by.iter().copied().find(|role| roles.contains(role)).ok_or(Refusal::NotYours)?;
    (edge.guard)(facts)?;
    Ok(Decision {
        machine: L::MACHINE,
        from: state.code(),
        event: event.code(),
        to: edge.to.code(),
        role,
        effects: edge.then,
    })
}

/// The first line of an object's history.
pub fn birth<L: Lifecycle>(roles: &[Role]) -> Result<Decision, Refusal> {
    let role = L::BORN_BY.iter().copied().find(|role| roles.contains(role)).ok_or(Refusal::NotYours)?;
    Ok(Decision { machine: L::MACHINE, from: "", event: BIRTH, to: L::INITIAL.code(), role, effects: &[] })
}

/// The buttons of a page: every event these roles have from this state, with the reason when it is dead.
pub fn offered<L: Lifecycle>(
    state: L::State,
    roles: &[Role],
    facts: &L::Facts,
) -> Vec<(L::Event, Result<(), Refusal>)> {
    let mine = |edge: &&Edge<L>| edge.from.contains(&state) && edge.by.iter().any(|role| roles.contains(role));
    L::EDGES.iter().filter(mine).map(|edge| (edge.on, (edge.guard)(facts))).collect()
}

/// Whether no way of the table leads back to `state` once `event` has happened: what a person is told before they press.
pub fn is_final<L: Lifecycle>(state: L::State, event: L::Event) -> bool {
    let first = L::EDGES.iter().find(|edge| edge.on == event && edge.from.contains(&state));
    let mut reached: Vec<L::State> = first.map(|edge| edge.to).into_iter().collect();
    let mut at = 0;
    while let Some(here) = reached.get(at).copied() {
        for edge in L::EDGES.iter().filter(|edge| edge.from.contains(&here)) {
            if !reached.contains(&edge.to) {
                reached.push(edge.to);
            }
        }
        at += 1;
    }
    !reached.contains(&state)
}

/// Whether nothing of the table leads away from this state.
pub fn is_end<L: Lifecycle>(state: L::State) -> bool {
    !L::EDGES.iter().any(|edge| edge.from.contains(&state) && edge.to != state)
}

/// A guard that always agrees.
pub fn always<F>(_: &F) -> Result<(), Refusal> {
    Ok(())
}

/// One line of any table, in codes: for the database, the diagram and the tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub machine: Machine,
    pub from: &'static str,
    pub event: &'static str,
    pub to: &'static str,
    pub by: &'static [Role],
    pub effects: &'static [Effect],
}

/// Every line of one machine, its birth first, one per state left.
pub fn lines<L: Lifecycle>() -> Vec<Line> {
    let birth =
        Line { machine: L::MACHINE, from: "", event: BIRTH, to: L::INITIAL.code(), by: L::BORN_BY, effects: &[] };
    let edges = L::EDGES.iter().flat_map(|edge| {
        edge.from.iter().map(|from| Line {
            machine: L::MACHINE,
            from: from.code(),
            event: edge.on.code(),
            to: edge.to.code(),
            by: edge.by,
            effects: edge.then,
        })
    });
    std::iter::once(birth).chain(edges).collect()
}

codes! {
    /// What a transition owes. Closed: each variant has its arm in `usecases::effects`, and there is no other.
    pub enum Effect {
        // money
        /// Funding sources → envelope of the call.
        FundEnvelope => "fund_envelope",
        /// Envelope → sources, what is left when a call is cancelled.
        ReturnEnvelope => "return_envelope",
        /// Opens the grant of an awarded application and commits its amount, split by source.
        OpenGrant => "open_grant",
        /// Committed, not yet authorised money of a grant → envelope.
        ReleaseCommitment => "release_commitment",
        /// Committed → authorised, by source.
        AuthoriseMoney => "authorise_money",
        /// Authorised → committed, by source; the payment leaves its run, and nobody has authorised it any more.
        RevokeMoney => "revoke_money",
        /// Authorised → paid, by source.
        PayMoney => "pay_money",
        /// Counter-transfers of a payment the bank returned.
        ReversePayment => "reverse_payment",
        /// Money that came back from the grantee.
        RecordRecovery => "record_recovery",
        /// Money kept back from another payment to the grantee.
        OffsetRecovery => "offset_recovery",
        /// Counter-transfers of what was kept back from a payment that leaves no more.
        ReopenRecovery => "reopen_recovery",
        /// Source → funder: a donation that was none.
        TakeBackDonation => "take_back_donation",
        // objects
        /// Letters and mails of every decision of an announced call.
        ReleaseDecisions => "release_decisions",
        /// Letter and mail of one decision taken when its call is already announced.
        ReleaseDecision => "release_decision",
        /// Recomputes the stored mean score of an application.
        RefreshScore => "refresh_score",
        /// Records the conflict so that the file vanishes for the reviewer.
        RecordRecusal => "record_recusal",
        /// Dated disbursements from the call's schedule, and the reports they wait for.
        PlanDisbursements => "plan_disbursements",
        /// Accepted without an agreement: active at once.
        ActivateIfSettled => "activate_if_settled",
        /// Takes the authorisations back whose bank file is not made, and cancels what is planned then.
        CancelDisbursements => "cancel_disbursements",
        /// Balance = min(award, rate × accepted cost) − paid; opens a recovery when negative.
        SettleBalance => "settle_balance",
        /// Starts closing the grant when its final report is accepted.
        CloseAfterFinalReport => "close_after_final_report",
        /// Takes the lines of a cancelled run back out.
        EmptyRun => "empty_run",
        /// Settles the run when its last line is paid.
        SettleRunWhenPaid => "settle_run_when_paid",
        /// Closes the grant when nothing is owed either way.
        CloseGrantWhenSettled => "close_grant_when_settled",
        /// Applies what an approved amendment changes.
        ApplyAmendment => "apply_amendment",
        /// The amendment as a contract to be signed by both, and the mail asking for it.
        SendAmendment => "send_amendment",
        /// Takes the payments to this account, or of this grant, out of runs whose file is not made.
        PullOpenPayments => "pull_open_payments",
        // letters and mails
        /// Receipt of a filed application: letter and mail.
        AcknowledgeReceipt => "acknowledge_receipt",
        /// Tells the team that nothing left at the hour that was fixed.
        TellReleaseHalted => "tell_release_halted",
        TellTakenBack => "tell_taken_back",
        TellLatePass => "tell_late_pass",
        AskComplement => "ask_complement",
        TellComplementAnswered => "tell_complement_answered",
        TellEligible => "tell_eligible",
        TellIneligible => "tell_ineligible",
        TellAppeal => "tell_appeal",
        TellWithdrawn => "tell_withdrawn",
        TellReviewReopened => "tell_review_reopened",
        TellReviewGivenUp => "tell_review_given_up",
        ConveneMembers => "convene_members",
        /// Writes down what happened in the session.
        WriteMinutes => "write_minutes",
        /// The minutes as a document, under the chair's signature.
        SealMinutes => "seal_minutes",
        /// Tells the chair that a version waits for their signature.
        AskSignature => "ask_signature",
        TellGrantAccepted => "tell_grant_accepted",
        TellGrantDeclined => "tell_grant_declined",
        TellGrantLapsed => "tell_grant_lapsed",
        /// Agreement as a letter, and the mail asking for the signature.
        SendAgreement => "send_agreement",
        TellGrantActive => "tell_grant_active",
        TellGrantSuspended => "tell_grant_suspended",
        TellGrantTerminated => "tell_grant_terminated",
        TellGrantClosed => "tell_grant_closed",
        TellAmendmentDecided => "tell_amendment_decided",
        /// Payment notice: letter and mail.
        NoticePayment => "notice_payment",
        TellPaymentReturned => "tell_payment_returned",
        TellReportFiled => "tell_report_filed",
        AskReportChanges => "ask_report_changes",
        TellReportAccepted => "tell_report_accepted",
        TellReportWaived => "tell_report_waived",
        TellRecoverySettled => "tell_recovery_settled",
        TellRecoveryReopened => "tell_recovery_reopened",
        TellRecoveryPostponed => "tell_recovery_postponed",
        /// Tells the former contact and the representative that the bank account changed.
        AlertFormerContact => "alert_former_contact",
        TellBankVerified => "tell_bank_verified",
        /// The tax receipt of a donation, under the next number of its year: document and mail.
        SendTaxReceipt => "send_tax_receipt",
        /// Says that a receipt is void; its number stays taken.
        CancelTaxReceipt => "cancel_tax_receipt",
    }
}

//! The typed message (courriel): what a mail says, and nothing about how it looks or travels.

use super::{codes::codes, text::nbsp};
use serde::{Deserialize, Serialize};

codes! {
    /// What a mail is for.
    pub enum MessageKind {
        LoginLink => "login_link",
        SignatureAsked => "signature_asked",
        Receipt => "receipt",
        TakenBack => "taken_back",
        ComplementAsked => "complement_asked",
        ComplementAnswered => "complement_answered",
        Eligible => "eligible",
        Ineligible => "ineligible",
        Appeal => "appeal",
        Withdrawn => "withdrawn",
        OwedDocument => "owed_document",
        ClosingSoon => "closing_soon",
        FileRefused => "file_refused",
        /// A draft that was never filed will be erased.
        DraftErasure => "draft_erasure",
        /// An account nobody uses will be erased.
        AccountErasure => "account_erasure",
        /// An organisation for which nothing is kept will be erased with its vault.
        OrganisationErasure => "organisation_erasure",
        ReviewAssigned => "review_assigned",
        ReviewReopened => "review_reopened",
        ReviewGivenUp => "review_given_up",
        /// A declaration of interests is owed.
        DeclarationOwed => "declaration_owed",
        Convocation => "convocation",
        /// Minutes wait for the signature of whoever presided.
        MinutesToSign => "minutes_to_sign",
        Award => "award",
        /// An offer waits for its answer: its last day comes, or is over.
        AnswerDue => "answer_due",
        ReserveList => "reserve_list",
        Refusal => "refusal",
        Deferral => "deferral",
        GrantAccepted => "grant_accepted",
        GrantDeclined => "grant_declined",
        Agreement => "agreement",
        GrantActive => "grant_active",
        GrantSuspended => "grant_suspended",
        GrantTerminated => "grant_terminated",
        GrantClosed => "grant_closed",
        AmendmentDecided => "amendment_decided",
        PaymentNotice => "payment_notice",
        PaymentReturned => "payment_returned",
        ReportFiled => "report_filed",
        ReportChanges => "report_changes",
        ReportAccepted => "report_accepted",
        /// A report is not asked for any more.
        ReportWaived => "report_waived",
        RecoveryRequest => "recovery_request",
        /// A report is expected soon, or since some days.
        ReportDue => "report_due",
        ExtensionAsked => "extension_asked",
        ExtensionDecided => "extension_decided",
        RecoverySettled => "recovery_settled",
        /// What is to be paid back is expected soon, or since some days.
        RecoveryDue => "recovery_due",
        /// A paper that a payment waits for has come.
        PieceProvided => "piece_provided",
        /// It is accepted, or another one is asked for.
        PieceJudged => "piece_judged",
        /// It is expected soon, or since some days.
        PieceDue => "piece_due",
        /// An agreement or an amendment waits for a signature since some days.
        SignatureDue => "signature_due",
        BankChanged => "bank_changed",
        BankVerified => "bank_verified",
        /// A transfer that the bank was asked for may have to be stopped: its account is in doubt, or its grant suspended.
        TransferToStop => "transfer_to_stop",
        LatePass => "late_pass",
        ExchangeReceived => "exchange_received",
        PairFormed => "pair_formed",
        PairSeparated => "pair_separated",
        PromotionToConfirm => "promotion_to_confirm",
        ReleaseHalted => "release_halted",
        TaxReceipt => "tax_receipt",
        VoidTaxReceipt => "void_tax_receipt",
        /// A meeting slot is booked: its calendar entry goes with it.
        SlotBooked => "slot_booked",
        /// It is not any more.
        SlotCancelled => "slot_cancelled",
        /// A code to be typed back; it is written into the mail as it leaves.
        OneTimeCode => "one_time_code",
        /// A password was set, changed or taken away.
        PasswordChanged => "password_changed",
        /// What must always hold does not.
        PromiseBroken => "promise_broken",
        /// The report of a night, with the head of the history.
        NightlyReport => "nightly_report",
        /// The house owes a report to a funder.
        SourceReportDue => "source_report_due",
    }
}

impl MessageKind {
    /// Whether it goes to a donor, whom the outbox knows by the number of the donation alone.
    pub const fn is_to_donor(self) -> bool {
        matches!(self, MessageKind::TaxReceipt | MessageKind::VoidTaxReceipt)
    }
}

/// What a mail says, in the order in which it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub kind: MessageKind,
    /// Says what is expected, and by when (« Accord : à confirmer avant le 12 mars »).
    pub subject: String,
    pub paragraphs: Vec<String>,
    /// Names and values worth a table: reference, amount, date.
    pub facts: Vec<(String, String)>,
    /// The one thing to do, if there is one.
    pub action: Option<Action>,
    /// Who to ask, below everything.
    pub contact: String,
}

impl Mail {
    /// The same with what somebody wrote for it, after its own words; paragraphs are apart by an empty line.
    pub fn with_note(mut self, note: &str) -> Self {
        let parts = note.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
        self.paragraphs.extend(parts.map(|part| nbsp(&part.replace('\n', " "))));
        self
    }
}

/// A link in a mail: it shows a page, and the page acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    pub label: String,
    /// The path on our site, beginning with `/`.
    pub path: String,
}

//! What each effect of a lifecycle means. Everything happens in the transaction; what leaves the database is a row of
//! the outbox or of the documents, and the work comes after the commit.

use super::{
    Outcome, agreements, amendments, applications, bank_accounts, decisions, disbursements, grants, journal,
    payment_runs, recoveries, reports, reviews, sessions, settlements,
};
use crate::{domain::lifecycle::Effect, store::Tx, usecases::advance::Cause};

/// Carries one effect out.
pub(super) fn run(tx: &mut Tx, effect: Effect, cause: &Cause) -> Outcome<()> {
    match effect {
        Effect::FundEnvelope => journal::fund_envelope(tx, cause),
        Effect::ReturnEnvelope => journal::return_envelope(tx, cause),
        Effect::ReleaseCommitment => journal::release_commitment(tx, cause),
        Effect::AuthoriseMoney => journal::authorise_money(tx, cause),
        Effect::PayMoney => journal::pay_money(tx, cause),
        Effect::ReversePayment => journal::reverse_payment(tx, cause),
        Effect::RecordRecovery => journal::record_recovery(tx, cause),
        Effect::OffsetRecovery => recoveries::offset(tx, cause),
        Effect::AcknowledgeReceipt => applications::acknowledge_receipt(tx, cause),
        Effect::TellTakenBack => applications::tell_taken_back(tx, cause),
        Effect::AskComplement => applications::ask_complement(tx, cause),
        Effect::TellComplementAnswered => applications::tell_complement_answered(tx, cause),
        Effect::TellEligible => applications::tell_eligible(tx, cause),
        Effect::TellIneligible => applications::tell_ineligible(tx, cause),
        Effect::TellAppeal => applications::tell_appeal(tx, cause),
        Effect::TellWithdrawn => applications::tell_withdrawn(tx, cause),
        Effect::RefreshScore => reviews::refresh_score(tx, cause),
        Effect::RecordRecusal => reviews::record_recusal(tx, cause),
        Effect::TellReviewReopened => reviews::tell_review_reopened(tx, cause),
        Effect::TellReviewGivenUp => reviews::tell_review_given_up(tx, cause),
        Effect::ConveneMembers => sessions::convene_members(tx, cause),
        Effect::ReleaseDecisions => decisions::release_decisions(tx, cause),
        Effect::ReleaseDecision => decisions::release_decision(tx, cause),
        Effect::OpenGrant => grants::open_grant(tx, cause),
        Effect::ActivateIfSettled => grants::activate_if_settled(tx, cause),
        Effect::SettleBalance => settlements::settle_balance(tx, cause),
        Effect::CloseAfterFinalReport => settlements::close_after_final_report(tx, cause),
        Effect::CloseGrantWhenSettled => settlements::close_grant_when_settled(tx, cause),
        Effect::TellGrantAccepted => grants::tell_grant_accepted(tx, cause),
        Effect::TellGrantDeclined => grants::tell_grant_declined(tx, cause),
        Effect::SendAgreement => agreements::send_agreement(tx, cause),
        Effect::TellGrantActive => grants::tell_grant_active(tx, cause),
        Effect::TellGrantSuspended => grants::tell_grant_suspended(tx, cause),
        Effect::TellGrantTerminated => grants::tell_grant_terminated(tx, cause),
        Effect::TellGrantClosed => grants::tell_grant_closed(tx, cause),
        Effect::PlanDisbursements => disbursements::plan_disbursements(tx, cause),
        Effect::CancelDisbursements => settlements::cancel_disbursements(tx, cause),
        Effect::NoticePayment => disbursements::notice_payment(tx, cause),
        Effect::TellPaymentReturned => disbursements::tell_payment_returned(tx, cause),
        Effect::EmptyRun => payment_runs::empty_run(tx, cause),
        Effect::SettleRunWhenPaid => payment_runs::settle_run_when_paid(tx, cause),
        Effect::ApplyAmendment => amendments::apply_amendment(tx, cause),
        Effect::TellAmendmentDecided => amendments::tell_amendment_decided(tx, cause),
        Effect::TellReportFiled => reports::tell_report_filed(tx, cause),
        Effect::AskReportChanges => reports::ask_report_changes(tx, cause),
        Effect::TellReportAccepted => reports::tell_report_accepted(tx, cause),
        Effect::TellRecoverySettled => recoveries::tell_recovery_settled(tx, cause),
        Effect::PullOpenPayments => bank_accounts::pull_open_payments(tx, cause),
        Effect::AlertFormerContact => bank_accounts::alert_former_contact(tx, cause),
        Effect::TellBankVerified => bank_accounts::tell_bank_verified(tx, cause),
    }
}

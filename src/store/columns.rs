//! The whole bridge between domain and SQL: how each value type is written to and read from a column.

use super::Conn;
use crate::domain::{
    account_checks::{Confirmation, PayeeAnswer},
    amendments::AmendmentKind,
    attachments::{AttachmentOwner, ScanVerdict},
    conflicts::Clue,
    decisions::{DecisionPace, Verdict},
    disbursements::{DisbursementKind, PieceOutcome},
    donations::{DonorKind, GiftForm, PaymentMeans},
    exchanges::ExchangeSide,
    iban_readings::ReadingPurpose,
    identity::*,
    ids::*,
    interests::Bond,
    journal::*,
    letters::LetterKind,
    lifecycle::Machine,
    lifecycles::*,
    messages::MessageKind,
    money::*,
    one_time_codes::CodePurpose,
    organisations::{LegalForm, MemberSeat},
    passes::PassKind,
    profiles::{Duty, Membership, StaffBand},
    promotions::PromotionOutcome,
    reports::ReportKind,
    retention::ErasureGround,
    reviews::{Confidence, Skill},
    roles::Role,
    run_lines::RunLineOutcome,
    sessions::Presence,
    signing::{SigningSide, SigningWay},
    slots::MeetingMeans,
    statements::{Doing, StatementFormat, StatementSide},
    time::Moment,
};
use chrono::NaiveDateTime;
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql},
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Integer, Text, Timestamp},
    sqlite::Sqlite,
};
use std::str::FromStr;

macro_rules! text_columns {
    ($as_text:ident: $($type:ty),+ $(,)?) => { $(
        impl<DB: Backend> ToSql<Text, DB> for $type
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <str as ToSql<Text, DB>>::to_sql(self.$as_text(), out)
            }
        }
        impl FromSql<Text, Sqlite> for $type {
            fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                parsed(value.read_text(), stringify!($type))
            }
        }
        impl FromSql<Text, Pg> for $type {
            fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                parsed(std::str::from_utf8(value.as_bytes())?, stringify!($type))
            }
        }
        impl FromSql<Text, Either> for $type {
            fn from_sql(value: <Either as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                parsed(&<String as FromSql<Text, Either>>::from_sql(value)?, stringify!($type))
            }
        }
    )+ };
}

/// What either database reads through [`Conn`].
type Either = <Conn as diesel::Connection>::Backend;

fn parsed<T: FromStr>(text: &str, name: &str) -> deserialize::Result<T> {
    // What should be sealed and is not must not be told.
    let told = if name == stringify!(SealedIban) { "what lies there" } else { text };
    text.parse().map_err(|_| format!("{told:?} is no {name}").into())
}

text_columns! { as_str:
    PersonId, SignInId, LoginLinkId, OrganisationId, BankAccountId, FunderId, FundingSourceId, FundId, CallId,
    ApplicationId, AttachmentId, ComplementRequestId, ReviewId, RecusalId, SessionId, GrantId, AmendmentId,
    DisbursementId, PaymentRunId, StatementImportId, StatementLineId, ReportId, RecoveryId, MessageId, DocumentId, AccountId, SeatId, PayerAccountId, ReadingId,
    ExchangeId, ScenarioId, MandateId, DeclarationId, AnswerId, PromotionId, OneTimeCodeId, IntegrityRunId,
    AccountingExportId, SlotId, BookingId, DonationId, TaxReceiptId, InstalmentId, SourceReportId, SourceChangeId, EvidencePackId,
    CommitteeMandateId,
    Siret, Rna, Uai, SealedIban, IbanMark, Bic, Email, Phone,
}

text_columns! { code:
    Machine, Role, calls::CallState, applications::ApplicationState, reviews::ReviewState, sessions::SessionState,
    grants::GrantState, amendments::AmendmentState, disbursements::DisbursementState,
    payment_runs::PaymentRunState, reports::ReportState, recoveries::RecoveryState,
    bank_accounts::BankAccountState, messages::MessageState, Stage, TransferKind,
    MessageKind, LetterKind, AttachmentOwner, ScanVerdict, ExchangeSide, PassKind, DecisionPace, LegalForm, MemberSeat, Presence,
    Verdict, PromotionOutcome, CodePurpose, StatementSide, StatementFormat, Doing, ReadingPurpose,
}

text_columns! { code: AmendmentKind, DisbursementKind, ReportKind, StaffBand, Membership, Duty, Bond, Clue, Skill, Confidence, ErasureGround, MeetingMeans, SigningSide, SigningWay }

text_columns! { code: RunLineOutcome, PieceOutcome, PayeeAnswer, Confirmation }

text_columns! { code: donations::DonationState, DonorKind, GiftForm, PaymentMeans }

macro_rules! inner_columns {
    ($($type:ty, $sql:ty, $inner:ty, $get:ident, $make:path;)+) => { $(
        impl<DB: Backend> ToSql<$sql, DB> for $type
        where
            $inner: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.$get().to_sql(out)
            }
        }
        impl<DB: Backend> FromSql<$sql, DB> for $type
        where
            $inner: FromSql<$sql, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok($make(<$inner as FromSql<$sql, DB>>::from_sql(bytes)?))
            }
        }
    )+ };
}

inner_columns! {
    Euros, BigInt, i64, stored, Euros::from_cents;
    Rate, Integer, i32, stored, Rate::from_basis_points;
}

macro_rules! moments_from {
    ($($backend:ty),+) => { $(
        impl FromSql<Timestamp, $backend> for Moment {
            fn from_sql(bytes: <$backend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Moment::from_utc(<NaiveDateTime as FromSql<Timestamp, $backend>>::from_sql(bytes)?))
            }
        }
    )+ };
}

moments_from!(Pg, Either);

impl FromSql<Timestamp, Sqlite> for Moment {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        // Read without a format, which takes most of the time a row takes.
        let text = value.read_text();
        Moment::from_column(text).ok_or_else(|| format!("{text:?} is no Moment").into())
    }
}

macro_rules! moments {
    ($($backend:ty),+) => { $(
        impl ToSql<Timestamp, $backend> for Moment {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, $backend>) -> serialize::Result {
                ToSql::<Timestamp, $backend>::to_sql(self.stored(), out)
            }
        }
    )+ };
}

moments!(Pg, Either);

impl ToSql<Timestamp, Sqlite> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        // The same text as diesel's, whole seconds, without reading a format each time.
        out.set_value(self.column());
        Ok(IsNull::No)
    }
}

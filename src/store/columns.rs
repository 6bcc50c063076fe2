//! The whole bridge between domain and SQL: how each value type is written to and read from a column.

use super::Conn;
use crate::domain::{
    amendments::AmendmentKind,
    attachments::{AttachmentOwner, ScanVerdict},
    disbursements::DisbursementKind,
    exchanges::ExchangeSide,
    identity::*,
    ids::*,
    journal::*,
    letters::LetterKind,
    lifecycle::Machine,
    lifecycles::*,
    messages::MessageKind,
    money::*,
    organisations::{LegalForm, MemberSeat},
    passes::PassKind,
    reports::ReportKind,
    roles::Role,
    sessions::Presence,
    time::Moment,
};
use chrono::NaiveDateTime;
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Integer, Text, Timestamp},
    sqlite::Sqlite,
};

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
        impl<DB: Backend> FromSql<Text, DB> for $type
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let text = <String as FromSql<Text, DB>>::from_sql(bytes)?;
                text.parse().map_err(|_| format!("{text:?} is no {}", stringify!($type)).into())
            }
        }
    )+ };
}

text_columns! { as_str:
    PersonId, SignInId, LoginLinkId, OrganisationId, BankAccountId, FunderId, FundingSourceId, FundId, CallId,
    ApplicationId, AttachmentId, ComplementRequestId, ReviewId, RecusalId, SessionId, GrantId, AmendmentId,
    DisbursementId, PaymentRunId, ReportId, RecoveryId, MessageId, DocumentId, AccountId, SeatId, PayerAccountId, ReadingId,
    ExchangeId,
    Siret, Rna, Uai, Iban, Bic, Email, Phone,
}

text_columns! { code:
    Machine, Role, calls::CallState, applications::ApplicationState, reviews::ReviewState, sessions::SessionState,
    grants::GrantState, amendments::AmendmentState, disbursements::DisbursementState,
    payment_runs::PaymentRunState, reports::ReportState, recoveries::RecoveryState,
    bank_accounts::BankAccountState, messages::MessageState, Stage, TransferKind,
    MessageKind, LetterKind, AttachmentOwner, ScanVerdict, ExchangeSide, PassKind, LegalForm, MemberSeat, Presence,
}

text_columns! { code: AmendmentKind, DisbursementKind, ReportKind }

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

impl<DB: Backend> FromSql<Timestamp, DB> for Moment
where
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Moment::from_utc(<NaiveDateTime as FromSql<Timestamp, DB>>::from_sql(bytes)?))
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

moments!(diesel::pg::Pg, <Conn as diesel::Connection>::Backend);

impl ToSql<Timestamp, Sqlite> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        // The same text as diesel's, whole seconds, without reading a format each time.
        out.set_value(self.stored().to_string());
        Ok(IsNull::No)
    }
}

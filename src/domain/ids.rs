//! Typed identifiers: UUID version 7 kept as their 36 characters, so that binding one to a query copies nothing.

use super::time::Moment;
use diesel::{deserialize::FromSqlRow, expression::AsExpression};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// A text that is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct NotAnId;

/// The 36 characters of a version 7 identifier made at `at` (UTC) from 74 of these random bits.
fn version_7(at: Moment, random: [u8; 10]) -> [u8; 36] {
    let millis = u64::try_from(at.unix_seconds()).unwrap_or_default() * 1000;
    let mut text = [0; 36];
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().hyphenated().encode_lower(&mut text);
    text
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub struct $name([u8; 36]);

        impl $name {
            /// The canonical lower-case text with hyphens.
            pub fn as_str(&self) -> &str { std::str::from_utf8(&self.0).unwrap_or_default() }
        }
        impl Minted for $name {
            fn mint(at: Moment, random: [u8; 10]) -> Self { Self(version_7(at, random)) }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let mut canonical = [0; 36];
                Uuid::try_parse(text).map_err(|_| NotAnId)?.hyphenated().encode_lower(&mut canonical);
                Ok(Self(canonical))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}({})", stringify!($name), self) }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> { to.serialize_str(self.as_str()) }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+ };
}

/// What `Tx::mint` can make: the one place where identifiers are born.
pub trait Minted {
    /// A new identifier, ordered by `at` (UTC, whole seconds) and then at random.
    fn mint(at: Moment, random: [u8; 10]) -> Self;
}

ids! {
    PersonId, SignInId, LoginLinkId, OrganisationId, BankAccountId, FunderId, FundingSourceId, FundId, CallId,
    ApplicationId, AttachmentId, ComplementRequestId, ReviewId, RecusalId, SessionId, SessionItemId, GrantId,
    AmendmentId, DisbursementId, PaymentRunId, ReportId, RecoveryId, MessageId, DocumentId, AccountId, SeatId,
}

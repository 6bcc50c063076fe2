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
    ApplicationId, AttachmentId, ComplementRequestId, ReviewId, RecusalId, SessionId, GrantId,
    AmendmentId, DisbursementId, PaymentRunId, StatementImportId, StatementLineId, ReportId, RecoveryId, MessageId, DocumentId, AccountId, SeatId, PayerAccountId, ReadingId,
    ExchangeId, ScenarioId, MandateId, DeclarationId, AnswerId, PromotionId, OneTimeCodeId, IntegrityRunId,
    AccountingExportId, SlotId, BookingId, DonationId, TaxReceiptId, InstalmentId, SourceReportId, SourceChangeId, EvidencePackId,
    CommitteeMandateId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_identifier_is_a_version_7_of_its_second() {
        let id = CallId::mint(Moment::from_unix_seconds(1_806_528_600), [0xff; 10]);
        let uuid = Uuid::try_parse(id.as_str()).unwrap();
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(uuid.get_timestamp().map(|t| t.to_unix().0), Some(1_806_528_600));
        assert_eq!(format!("{id:?}"), format!("CallId({id})"));
    }

    #[test]
    fn other_writings_of_an_identifier_are_the_same_one() {
        let id: CallId = "0198C0A1-7B5C-7DEF-8123-456789ABCDEF".parse().unwrap();
        assert_eq!(id.as_str(), "0198c0a1-7b5c-7def-8123-456789abcdef");
        for text in ["", "12", "0198c0a1-7b5c-7def-8123-456789abcdeg", "é198c0a1-7b5c-7def-8123-456789abcde"] {
            assert_eq!(text.parse::<CallId>(), Err(NotAnId), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_identifier_reads_back(seconds in 0i64..4_000_000_000, random: [u8; 10]) {
            let id = ApplicationId::mint(Moment::from_unix_seconds(seconds), random);
            prop_assert_eq!(id.as_str().parse(), Ok(id));
            let text = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(&text, &format!("\"{id}\""));
            prop_assert_eq!(serde_json::from_str::<ApplicationId>(&text).unwrap(), id);
        }

        #[test]
        fn a_later_identifier_sorts_after(seconds in 0i64..4_000_000_000, earlier: [u8; 10], later: [u8; 10]) {
            let first = GrantId::mint(Moment::from_unix_seconds(seconds), earlier);
            let second = GrantId::mint(Moment::from_unix_seconds(seconds + 1), later);
            prop_assert!(first < second && first.as_str() < second.as_str());
        }
    }
}

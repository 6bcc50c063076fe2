//! The stages through which money passes, from the funder to the bank line, and the kinds of transfer between them.

use super::codes::codes;

codes! {
    /// What an account holds. Money only moves along [`TransferKind::path`].
    pub enum Stage {
        /// Promised by the funder and not yet here.
        Funder => "funder",
        /// Available on the funding source (convention amont).
        Source => "source",
        /// Set aside for a call.
        Envelope => "envelope",
        /// Promised to a grant.
        Committed => "committed",
        /// Released for payment by finance.
        Authorised => "authorised",
        /// Left the bank.
        Paid => "paid",
        /// Came back from the grantee (trop-perçu reversé).
        Recovered => "recovered",
    }
}

codes! {
    /// Why money moves.
    pub enum TransferKind {
        /// A funding source is recorded.
        Grant => "grant",
        /// A funding source is worth less than before: counter-movement of `Grant`.
        Lower => "lower",
        /// A call is published.
        Fund => "fund",
        /// A call is cancelled: counter-movement of `Fund`.
        Unfund => "unfund",
        /// An application is awarded.
        Commit => "commit",
        /// A promise shrinks or ends: counter-movement of `Commit`.
        Release => "release",
        /// Finance authorises a disbursement.
        Authorise => "authorise",
        /// Finance takes its authorisation back: counter-movement of `Authorise`.
        Revoke => "revoke",
        /// The bank executed it.
        Pay => "pay",
        /// The bank returned it: counter-movement of `Pay`.
        Return => "return",
        /// The grantee paid back.
        Recover => "recover",
        /// What was kept back from a payment that leaves no more is owed again: counter-movement of `Recover`.
        Reopen => "reopen",
        /// A donation is recorded on the funding source it feeds.
        Donate => "donate",
        /// A donation is cancelled: counter-movement of `Donate`.
        TakeBack => "take_back",
    }
}

impl Stage {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Stage::Funder => "chez le bailleur",
            Stage::Source => "disponible sur la convention",
            Stage::Envelope => "réservé à l’appel",
            Stage::Committed => "engagé",
            Stage::Authorised => "autorisé",
            Stage::Paid => "versé",
            Stage::Recovered => "reversé par l’organisation",
        }
    }
}

impl TransferKind {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            TransferKind::Grant => "Convention enregistrée",
            TransferKind::Lower => "Convention réduite",
            TransferKind::Fund => "Enveloppe réservée",
            TransferKind::Unfund => "Enveloppe rendue",
            TransferKind::Commit => "Engagement",
            TransferKind::Release => "Désengagement",
            TransferKind::Authorise => "Autorisation de versement",
            TransferKind::Revoke => "Autorisation retirée",
            TransferKind::Pay => "Versement",
            TransferKind::Return => "Virement rejeté",
            TransferKind::Recover => "Trop-perçu reversé",
            TransferKind::Reopen => "Compensation défaite",
            TransferKind::Donate => "Don reçu",
            TransferKind::TakeBack => "Don annulé",
        }
    }

    /// From which stage to which one this kind moves money.
    pub const fn path(self) -> (Stage, Stage) {
        match self {
            TransferKind::Grant => (Stage::Funder, Stage::Source),
            TransferKind::Lower => (Stage::Source, Stage::Funder),
            TransferKind::Fund => (Stage::Source, Stage::Envelope),
            TransferKind::Unfund => (Stage::Envelope, Stage::Source),
            TransferKind::Commit => (Stage::Envelope, Stage::Committed),
            TransferKind::Release => (Stage::Committed, Stage::Envelope),
            TransferKind::Authorise => (Stage::Committed, Stage::Authorised),
            TransferKind::Revoke => (Stage::Authorised, Stage::Committed),
            TransferKind::Pay => (Stage::Authorised, Stage::Paid),
            TransferKind::Return => (Stage::Paid, Stage::Authorised),
            TransferKind::Recover => (Stage::Paid, Stage::Recovered),
            TransferKind::Reopen => (Stage::Recovered, Stage::Paid),
            TransferKind::Donate => (Stage::Funder, Stage::Source),
            TransferKind::TakeBack => (Stage::Source, Stage::Funder),
        }
    }
}

//! What a statement does not show to whoever is recused from a file: the lines about its payments, its debts and the
//! accounts of its organisation. They are for somebody else to confirm.

use crate::{
    domain::{ids::OrganisationId, statements::matching::Verdict},
    store::{
        Conn,
        disbursements::DisbursementFile,
        grants,
        recoveries::RecoveryFile,
        recusals,
        statements::{StatementEffectRow, StatementLineRow},
    },
    usecases::{Actor, Outcome},
};
use std::collections::BTreeSet;

/// Everything about files that must not exist for a reader.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// Payments and debts.
    subjects: BTreeSet<String>,
    /// Words that name them in a label.
    references: BTreeSet<String>,
    organisations: BTreeSet<OrganisationId>,
}

impl Hidden {
    /// What of these is hidden from the actor: two look-ups.
    pub(super) fn from(
        conn: &mut Conn,
        actor: &Actor,
        payments: &[DisbursementFile],
        debts: &[RecoveryFile],
    ) -> Outcome<Self> {
        let Some(person) = actor.person else { return Ok(Hidden::default()) };
        let of_payments = payments.iter().map(|file| file.disbursement.grant_id);
        let ids: BTreeSet<_> = of_payments.chain(debts.iter().map(|file| file.recovery.grant_id)).collect();
        let grants = grants::of_ids(conn, &ids.into_iter().collect::<Vec<_>>())?;
        let applications: Vec<_> = grants.iter().map(|grant| grant.application_id).collect();
        let recused = recusals::among(conn, person, &applications)?;
        let mut hidden = Hidden::default();
        for grant in grants.iter().filter(|grant| recused.contains(&grant.application_id)) {
            let mine = payments.iter().filter(|file| file.disbursement.grant_id == grant.id);
            for row in mine.map(|file| &file.disbursement) {
                hidden.subjects.insert(row.id.to_string());
                hidden.references.extend(row.end_to_end_id.clone());
            }
            let owed = debts.iter().filter(|file| file.recovery.grant_id == grant.id);
            hidden.subjects.extend(owed.map(|file| file.recovery.id.to_string()));
            hidden.references.insert(grant.reference.clone());
            hidden.organisations.insert(grant.organisation_id);
        }
        Ok(hidden)
    }

    /// Whether a line tells of any of it. `account` is whose account it names.
    pub(super) fn covers(
        &self,
        (row, verdict): (&StatementLineRow, &Verdict),
        account: Option<OrganisationId>,
        effects: &[StatementEffectRow],
    ) -> bool {
        let is_named = |text: &str| self.references.iter().any(|reference| text.contains(reference.as_str()));
        let would_act = verdict.effect().into_iter().flat_map(|effect| &effect.subjects);
        let mut acted = effects.iter().filter(|effect| effect.line_id == row.id);
        !self.subjects.is_empty()
            && (account.is_some_and(|id| self.organisations.contains(&id))
                || is_named(&row.label)
                || row.end_to_end_id.as_deref().is_some_and(is_named)
                || would_act.map(|subject| subject.as_str()).any(|id| self.subjects.contains(id))
                || acted.any(|effect| self.subjects.contains(&effect.subject_id)))
    }
}

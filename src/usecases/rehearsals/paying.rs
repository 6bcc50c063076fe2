//! The grant of a rehearsal: accepted, signed, paid, reported and closed.

use super::{
    DeadEnd, Outcome, Rehearsal, UseCaseError, money,
    walks::{DIRECTOR, Dossier, Walk, noon},
};
use crate::{
    domain::{
        attachments::AttachmentOwner,
        definitions::{CallPart, DocumentNeed, Question, ReportTemplate},
        identity::made_up,
        lifecycle::{Machine, Refusal},
        lifecycles::grants::{Grant, GrantEvent, GrantState},
        reports::ReportKind,
    },
    store::{grants as grant_rows, states},
    usecases::{
        account_checks::{self, CheckForm},
        advance::advance_now,
        attachments,
        bank_accounts::{self, AccountForm},
        grant_pieces, grants, organisations, report_signatures,
        reports::{self, ReportForm},
        signing,
    },
};

impl Walk<'_, '_> {
    /// The first file, which was awarded, with its grant.
    fn awarded(&mut self) -> Outcome<(&Dossier, grant_rows::GrantRow)> {
        let missing = || UseCaseError::Unreadable("no grant of a rehearsal".into());
        let dossier = self.dossiers.first().ok_or_else(missing)?;
        let grant = grant_rows::of_application(self.tx.conn(), dossier.id)?.ok_or_else(missing)?;
        Ok((dossier, grant))
    }

    pub(super) fn accept(&mut self) -> Outcome<Vec<String>> {
        self.now = self.now.plus_days(1);
        let (now, paper) = (self.now, self.paper.clone());
        let (dossier, grant) = self.awarded()?;
        let (holder, name, organisation) = (dossier.holder.clone(), dossier.name.clone(), dossier.organisation);
        grants::accept(self.tx, &holder, grant.id, grant.version, now)?;
        let iban = made_up::iban(70_000_000_031);
        let iban = iban.parse().map_err(|_| UseCaseError::Unreadable(iban))?;
        let form = AccountForm {
            holder: organisations::find(self.tx.conn(), &holder, organisation)?.name,
            iban,
            bic: None,
            bank_name: "Banque fictive".into(),
            rib: Some(paper),
        };
        let account = bank_accounts::enter(self.tx, &holder, organisation, &form, now)?;
        let seen = states::current(self.tx.conn(), Machine::BankAccount, account.as_str())?.version;
        account_checks::verify(self.tx, &self.crew.finance, (account, seen), &CheckForm::agreed(), now)?;
        let mut said = vec!["compte bancaire vérifié".to_owned()];
        if grant_rows::find(self.tx.conn(), grant.id)?.is_agreement_required {
            advance_now::<Grant>(self.tx, &self.crew.officer, grant.id, GrantEvent::SendAgreement, now)?;
            for (actor, name) in [(&holder, name.as_str()), (&self.crew.director, DIRECTOR)] {
                signing::sign_at_once(self.tx, actor, grant.id, name, now)?;
            }
            said.push("convention signée des deux côtés".into());
        }
        Ok(said)
    }

    /// Hands in the papers that payments of the grant wait for, and accepts them.
    fn hand_papers(&mut self) -> Outcome<()> {
        let (now, paper, officer) = (self.now, self.paper.clone(), self.crew.officer.clone());
        let (dossier, grant) = self.awarded()?;
        let holder = dossier.holder.clone();
        for code in grant_pieces::owed(self.tx.conn(), grant.id)? {
            let read = grant_pieces::provide(self.tx, &holder, (grant.id, &code), &paper, now)?;
            grant_pieces::judge(self.tx, &officer, (grant.id, &code, read), (true, ""), now)?;
        }
        Ok(())
    }

    fn pay_due(&mut self) -> Outcome<Vec<String>> {
        self.hand_papers()?;
        money::pay_due(self.tx, (&self.crew, self.payer), self.id, self.render, self.now)
    }

    pub(super) fn pay(&mut self) -> Outcome<Vec<String>> {
        self.now = self.now.plus_days(1);
        let said = self.pay_due()?;
        Ok(if said.is_empty() { vec!["Rien n’est dû avant un bilan ou une date".into()] } else { said })
    }

    pub(super) fn report(&mut self) -> Outcome<Vec<String>> {
        let mut said = Vec::new();
        let templates = [
            (ReportKind::Interim, self.call.reports.interim.clone()),
            (ReportKind::Final, Some(self.call.reports.last.clone())),
        ];
        let Some(project) = self.project.as_ref() else { return Ok(said) };
        let (middle, after) = (noon(project.middle()), noon(project.ends_on).plus_days(1));
        for (kind, template) in templates {
            let Some(template) = template else { continue };
            self.now = self.now.max(if kind == ReportKind::Final { after } else { middle });
            if self.hand_in(kind, &template)? {
                said.push(format!("«\u{a0}{}\u{a0}» accepté", template.title));
                said.extend(self.pay_due()?);
            }
        }
        Ok(said)
    }

    /// Whether the grant owes such a report; it is then handed in and accepted.
    fn hand_in(&mut self, kind: ReportKind, template: &ReportTemplate) -> Outcome<bool> {
        let (now, paper, officer) = (self.now, self.paper.clone(), self.crew.officer.clone());
        let (dossier, grant) = self.awarded()?;
        let holder = dossier.holder.clone();
        let mine = reports::of_grant(self.tx.conn(), &holder, grant.id)?;
        let Some(report) = mine.into_iter().find(|report| report.kind == kind) else { return Ok(false) };
        let (id, project) = (report.id, self.project.clone());
        reports::start(self.tx, &holder, id, report.version, now)?;
        let begun = reports::paper(self.tx.conn(), &holder, id)?;
        let lines = begun.lines;
        let lines = lines.iter().map(|line| (line.position, line.planned_cents, "Comme prévu.".to_owned())).collect();
        let asked = template.sections.iter().flat_map(|section| &section.questions);
        let said = |question: &Question| {
            let answer = project.as_ref().map(|project| project.answer(&self.call, question));
            (question.code.clone(), answer.unwrap_or_default())
        };
        let form = ReportForm { answers: asked.map(said).collect(), lines, ..ReportForm::default() };
        reports::save(self.tx, &holder, id, &form)?;
        // The first one even where it is optional: a funder may want receipts.
        let documents = begun.template.documents.iter().enumerate();
        let documents = documents.filter(|(place, document)| *place == 0 || document.need == DocumentNeed::Required);
        let documents = documents.map(|(_, document)| document);
        let files = template.file_questions().filter(|question| question.is_required());
        let codes = documents.map(|document| &document.code).chain(files.map(|question| &question.code));
        for code in codes {
            attachments::attach(self.tx, &holder, (AttachmentOwner::Report, id.as_str()), code, &paper, now)?;
        }
        report_signatures::certify(self.tx, &holder, id, true, now)?;
        let seen = states::current(self.tx.conn(), Machine::Report, id.as_str())?.version;
        reports::submit(self.tx, &holder, id, seen, now)?;
        let filed = reports::paper(self.tx.conn(), &officer, id)?;
        reports::accept(self.tx, &officer, id, filed.report.version, filed.eligible(), now)?;
        Ok(true)
    }

    pub(super) fn settle(&mut self, met: &mut Rehearsal) -> Outcome<Vec<String>> {
        // The last day on which a payment may be expected, and no more than five years away.
        let waiting = money::waiting(self.tx, &self.crew, self.id, self.now)?;
        let last = waiting.iter().filter_map(|payment| payment.file.disbursement.due_on).max();
        let limit = self.now.plus_days(5 * 365);
        self.now = last.map_or(self.now, |day| self.now.max(noon(day).plus_days(1)).min(limit));
        let mut said = self.pay_due()?;
        for payment in money::waiting(self.tx, &self.crew, self.id, self.now)? {
            let row = &payment.file.disbursement;
            let why = format!(
                "Le versement de {} n’est jamais dû\u{a0}: il attend {}.",
                row.amount_cents,
                payment.obstacles.join(", ")
            );
            met.meet(DeadEnd::new(CallPart::Money, why));
        }
        let (_, grant) = self.awarded()?;
        if met.is_whole() && grant.state != GrantState::Closed {
            return Err(Refusal::because(format!("elle reste {}.", grant.state.label())).into());
        }
        said.push("subvention soldée".into());
        Ok(said)
    }
}

//! What an officer judges of the conditions that no fact settles: kept with its author, its day and the digest of what it
//! was judged on, and asked again once that has changed.

use super::{Actor, FieldError, Outcome, UseCaseError, answers, applications, committees::require, eligibility};
use crate::{
    domain::{
        eligibility::{Facts, Finding, Rule, Verdict, judge},
        ids::ApplicationId,
        lifecycle::Refusal,
        lifecycles::applications::ApplicationState,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        applications::ApplicationRow,
        digests::sha256,
        filings,
        judgements::{self as rows, JudgementRow},
        organisations::OrganisationRow,
    },
};
use std::collections::BTreeMap;

/// Most characters of a note.
pub const LONGEST_NOTE: usize = 1_000;

/// A condition of the checklist with what it finds, and what a person has to say of it where no fact settles it.
#[derive(Debug, Clone)]
pub struct Line {
    pub rule: Rule,
    pub finding: Finding,
    pub question: Option<Question>,
}

/// A condition that only a person can settle, in one file.
#[derive(Debug, Clone)]
pub struct Question {
    /// The digest of what it is judged on now.
    pub basis: String,
    pub last: Option<JudgementRow>,
    /// Whether the last judgement still counts.
    pub stands: bool,
}

impl Question {
    fn number(&self) -> i32 {
        self.last.as_ref().map_or(0, |row| row.number)
    }

    /// What a form carries back, so that nobody judges what they have not read.
    pub fn mark(&self) -> String {
        format!("{}:{}", self.number(), self.basis)
    }
}

/// What was judged of some files, with what each filed last.
pub(super) struct Judgements {
    last: BTreeMap<(ApplicationId, String), JudgementRow>,
    filed: BTreeMap<ApplicationId, String>,
}

impl Judgements {
    /// Two questions for all of them.
    pub fn read(conn: &mut Conn, ids: &[ApplicationId]) -> Outcome<Self> {
        let judged = rows::of_applications(conn, ids)?.into_iter();
        Ok(Judgements {
            last: judged.map(|row| ((row.application_id, row.rule_code.clone()), row)).collect(),
            filed: filings::digests_of(conn, ids)?.into_iter().collect(),
        })
    }

    /// What a condition is judged on: its own words, what was filed last, and what the organisation is today.
    fn basis(&self, file: &ApplicationRow, organisation: &OrganisationRow, sentence: &str) -> Outcome<String> {
        let card = (
            organisation.legal_form,
            organisation.founded_on,
            &organisation.department,
            &organisation.commune_code,
            organisation.annual_budget_cents,
        );
        Ok(sha256(serde_json::to_string(&(sentence, self.filed.get(&file.id), card))?))
    }

    /// What one condition finds in a file. A judgement counts until what it was judged on changes; once the admissibility
    /// is decided it stays as it was.
    pub fn line(&self, file: &ApplicationRow, by: &OrganisationRow, rule: Rule, facts: &Facts) -> Outcome<Line> {
        use ApplicationState::{ComplementRequested, Draft, Submitted};
        let mut finding = judge(&rule, facts);
        if finding.verdict != Verdict::ToJudge {
            return Ok(Line { rule, finding, question: None });
        }
        let basis = self.basis(file, by, &finding.sentence)?;
        let is_decided = !matches!(file.state, Draft | Submitted | ComplementRequested);
        let last = self.last.get(&(file.id, rule.code().to_owned())).cloned();
        let standing = last.as_ref().filter(|row| is_decided || row.basis == basis);
        if let Some(row) = standing {
            finding.verdict = if row.is_met { Verdict::Met } else { Verdict::NotMet };
        }
        let stands = standing.is_some();
        Ok(Line { rule, finding, question: Some(Question { basis, last, stands }) })
    }
}

/// A judgement as it is typed.
#[derive(Debug, Clone, Default)]
pub struct Judging<'a> {
    /// The code of the condition.
    pub rule: &'a str,
    /// A verdict by its code; empty when nothing is chosen.
    pub verdict: &'a str,
    pub note: &'a str,
    /// The mark of what was read.
    pub mark: &'a str,
}

impl Judging<'_> {
    /// Whether the condition is met, with the note. A condition that is not met says why.
    fn read(&self) -> Outcome<(bool, String)> {
        let (note, mut wrong) = (self.note.trim().to_owned(), Vec::new());
        let verdict = self.verdict.parse::<Verdict>().ok().filter(|verdict| *verdict != Verdict::ToJudge);
        if verdict.is_none() {
            wrong.push(FieldError::new("avis", "Dites si cette condition est respectée."));
        }
        if verdict == Some(Verdict::NotMet) && note.is_empty() {
            wrong.push(FieldError::new("note", "Dites en quelques mots pourquoi elle n’est pas respectée."));
        }
        if note.chars().count() > LONGEST_NOTE {
            let sentence = format!("C’est trop long\u{a0}: {LONGEST_NOTE} caractères au plus.");
            wrong.push(FieldError::new("note", sentence));
        }
        if wrong.is_empty() { Ok((verdict == Some(Verdict::Met), note)) } else { Err(UseCaseError::Invalid(wrong)) }
    }
}

/// Keeps what an officer judges of one condition of a filed application. `Stale` when what was read has changed since.
pub fn record(tx: &mut Tx, officer: &Actor, id: ApplicationId, judging: &Judging<'_>, now: Moment) -> Outcome<()> {
    require(officer, Role::Officer)?;
    let content = answers::find(tx.conn(), officer, id)?;
    if content.row.state == ApplicationState::Draft {
        return Err(StoreError::NotFound.into());
    }
    if !applications::standing(tx.conn(), officer, &content, now)?.roles.contains(&Role::Officer) {
        return Err(Refusal::NotYours.into());
    }
    if content.row.state != ApplicationState::Submitted {
        return Err(Refusal::because("La recevabilité de ce dossier n’est plus à vérifier.").into());
    }
    let lines = eligibility::lines(tx.conn(), &content, officer, now)?;
    let line = lines.into_iter().find(|line| line.rule.code() == judging.rule).ok_or(StoreError::NotFound)?;
    let Some(question) = line.question.filter(|question| question.mark() == judging.mark) else {
        return Err(StoreError::Stale.into());
    };
    let (is_met, note) = judging.read()?;
    let row = JudgementRow {
        application_id: id,
        rule_code: judging.rule.to_owned(),
        number: question.number() + 1,
        is_met,
        sentence: line.finding.sentence,
        note,
        basis: question.basis,
        judged_by: super::access::person(officer)?,
        judged_at: now,
    };
    Ok(rows::append(tx, &row)?)
}

/// Everything that was judged of a file, oldest first for each condition.
pub(super) fn of_file(conn: &mut Conn, id: ApplicationId) -> Outcome<Vec<JudgementRow>> {
    Ok(rows::of_applications(conn, &[id])?)
}

//! Account numbers in answers of forms: sealed when they are typed, a token in their place; and the sealing of whatever
//! still lies in clear.

use super::{
    Actor, Outcome, access,
    answers::{self, Content, Typed},
    definitions, filings,
};
use crate::{
    domain::{
        definitions::{Question, QuestionKind, Section},
        forms::Answers,
        iban_readings::ReadingPurpose,
        identity::{Iban, answer_token, is_token_right, masked_account},
        ids::ApplicationId,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, answers as answer_rows, calls,
        iban_readings::{self, Reading, ReadingRow},
        sealed_answers, sealing,
    },
};
use std::{borrow::Cow, collections::BTreeSet};

/// Readings shown beside a number.
const LAST_READINGS: i64 = 20;

/// What is written as the answer to a question about an account: the token of what was typed, which lies sealed under
/// `subject_id`. What the page showed of the answer already given, sent back as it was, is that answer.
pub(super) fn said(tx: &mut Tx, subject_id: &str, (typed, stored): (&str, &str)) -> Outcome<String> {
    let typed = typed.trim();
    if typed.is_empty() || typed == stored || (is_token_right(stored).is_some() && typed == masked_account(stored)) {
        return Ok(if typed.is_empty() { String::new() } else { stored.to_owned() });
    }
    let mark = match typed.parse::<Iban>() {
        Ok(iban) => tx.seals()?.mark(&iban),
        Err(_) => tx.seals()?.mark_of_text(typed),
    };
    let token = answer_token(&mark, typed);
    sealed_answers::keep(tx, (subject_id, &token), typed)?;
    Ok(token)
}

/// What was typed into a section, with the tokens of its account numbers in their place.
pub(super) fn with_tokens<'a>(
    tx: &mut Tx,
    id: ApplicationId,
    (section, answers): (&Section, &Answers),
    typed: &'a Typed,
) -> Outcome<Cow<'a, Typed>> {
    let mut said_so = Cow::Borrowed(typed);
    for question in section.questions.iter().filter(|question| asks_number(question)) {
        let Some(value) = typed.get(&question.code) else { continue };
        let stored = answers.get(&question.code).map_or("", String::as_str);
        let token = said(tx, id.as_str(), (value, stored))?;
        said_so.to_mut().insert(question.code.clone(), token);
    }
    Ok(said_so)
}

/// Whether the answer to a question is an account number.
pub(super) fn asks_number(question: &Question) -> bool {
    question.kind == QuestionKind::Iban
}

/// One answer of an application that is a sealed number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberAnswered {
    pub question: String,
    pub label: String,
    pub masked: String,
}

/// The account numbers that an application says, their ends in sight.
pub fn of_content(content: &Content) -> Vec<NumberAnswered> {
    let sections = content.definition.sections.iter();
    let asked = sections.flat_map(|section| &section.questions).filter(|question| asks_number(question));
    let shown = |question: &Question| {
        let masked = masked_account(content.answers.get(&question.code)?);
        Some(NumberAnswered { question: question.code.clone(), label: question.label.clone(), masked })
    };
    asked.filter_map(shown).collect()
}

/// A number that was answered, opened: what was asked, the number, and who read any number of this application, the
/// latest first.
#[derive(Debug, Clone)]
pub struct Revealed {
    pub reference: String,
    pub label: String,
    pub number: String,
    pub readings: Vec<(ReadingRow, Option<String>)>,
}

/// Gives the number that was answered in an application to who pays, and records that it was read.
pub fn reveal(tx: &mut Tx, actor: &Actor, id: ApplicationId, question: &str, now: Moment) -> Outcome<Revealed> {
    access::require(actor, &[Role::Finance])?;
    let content = answers::find(tx.conn(), actor, id)?;
    let known = of_content(&content).into_iter().find(|known| known.question == question);
    let (known, token) = known.zip(content.answers.get(question)).ok_or(StoreError::NotFound)?;
    let person = Some(access::person(actor)?);
    let reading = Reading { person, purpose: ReadingPurpose::Answer, detail: question, at: now };
    let typed = iban_readings::open_answer(tx, (id.as_str(), token), reading)?;
    Ok(Revealed {
        reference: content.row.reference.clone(),
        label: known.label,
        number: typed.parse::<Iban>().map(|iban| iban.grouped()).unwrap_or(typed),
        readings: iban_readings::of_subjects(tx.conn(), &[id.to_string()], &[ReadingPurpose::Answer], LAST_READINGS)?,
    })
}

/// Seals everything that lies in clear or under an older key; tells how many numbers and papers.
pub fn seal_all(tx: &mut Tx, now: Moment) -> Outcome<usize> {
    let (theirs, ours) = (sealing::seal_accounts(tx)?, sealing::seal_payers(tx)?);
    // By the marks that every account now has.
    let mut sealed = theirs + ours + sealing::renew_answers(tx)? + sealing::veil_files(tx)?;
    if ours > 0 {
        sealed += sealing::veil_letters(tx)?;
    }
    let questions = asked_anywhere(tx.conn())?;
    sealed += filings::veil(tx, &questions)?;
    if questions.is_empty() {
        return Ok(sealed);
    }
    for (id, question, typed) in sealing::clear_answers(tx.conn(), &questions)? {
        let token = said(tx, id.as_str(), (&typed, ""))?;
        answer_rows::change(tx, id, &question, &token, now)?;
        sealed += 1;
    }
    for (id, question, typed) in sealing::clear_report_answers(tx.conn(), &questions)? {
        let token = said(tx, id.as_str(), (&typed, ""))?;
        sealing::set_report_answer(tx, id, &question, &token)?;
        sealed += 1;
    }
    Ok(sealed)
}

/// The questions about account numbers of every form, by their codes.
fn asked_anywhere(conn: &mut Conn) -> Outcome<Vec<String>> {
    let mut codes = BTreeSet::new();
    let mut learn = |sections: &[Section]| {
        let questions = sections.iter().flat_map(|section| &section.questions);
        codes.extend(questions.filter(|question| asks_number(question)).map(|question| question.code.clone()));
    };
    for (.., settings) in calls::all_settings(conn)? {
        let call = definitions::call(&settings)?;
        learn(&call.sections);
        learn(&call.reports.last.sections);
        if let Some(interim) = &call.reports.interim {
            learn(&interim.sections);
        }
    }
    Ok(codes.into_iter().collect())
}

/// How many questions ask for account numbers, and the answers to them that lie in clear, in words without the numbers.
pub(super) fn clear_answers(conn: &mut Conn) -> Outcome<(i64, Vec<String>)> {
    let questions = asked_anywhere(conn)?;
    if questions.is_empty() {
        return Ok((0, Vec::new()));
    }
    let files =
        sealing::clear_answers(conn, &questions)?.into_iter().map(|(id, question, _)| format!("{id} {question}"));
    let mut found: Vec<String> = files.collect();
    let reports = sealing::clear_report_answers(conn, &questions)?;
    found.extend(reports.into_iter().map(|(id, question, _)| format!("{id} {question}")));
    Ok((questions.len() as i64, found))
}

//! Applications with what they answered, call by call: each call has its own questions.

use super::{ApplicationRow, Applications, Call, Chunk, Exported, Filter, Scope, check, of_call};
use crate::{
    domain::{
        definitions::{CallDefinition, Question},
        forms::{Answers, Form},
        ids::CallId,
        roles::Role,
    },
    store::{Conn, exports as rows},
    usecases::{Actor, Outcome, access, calls},
};
use std::{collections::BTreeMap, sync::Arc};

/// The questions of one call, as the columns of its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerSheet {
    /// Reference of the call.
    pub call: String,
    pub questions: Vec<AskedColumn>,
}

/// One question. Its code never changes; one that a revision took away keeps its column, after the others, and so does a
/// column of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedColumn {
    pub question: Question,
    /// The last revision that asked it, when it is not asked any more.
    pub until: Option<i32>,
}

/// An application with what it answered under the revision of the form it was filed with.
#[derive(Debug, Clone)]
pub struct AnsweredRow {
    pub application: ApplicationRow,
    pub form: Arc<CallDefinition>,
    pub answers: Answers,
}

impl AnsweredRow {
    /// The question as this application was asked it; `None` when it was not.
    pub fn asked(&self, code: &str) -> Option<&Question> {
        let form = Form::of_call(&self.form);
        let (section, question) = self.form.questions().find(|(_, question)| question.code == code)?;
        let is_asked = form.shows_section(section, &self.answers) && form.shows(question, &self.answers);
        is_asked.then_some(question)
    }
}

/// The questions of the calls of an export, in its order.
pub fn sheets(conn: &mut Conn, actor: &Actor, filter: &Filter) -> Outcome<Vec<AnswerSheet>> {
    access::require(actor, Answered::READERS)?;
    check(conn, filter)?;
    let found = rows::calls(conn, filter.fund.as_deref())?.into_iter().filter(|row| of_call(filter, row));
    found.map(|row| sheet(conn, row.id, row.reference, row.revision)).collect()
}

fn sheet(conn: &mut Conn, id: CallId, call: String, last: i32) -> Outcome<AnswerSheet> {
    let mut questions: Vec<AskedColumn> = Vec::new();
    for revision in (1..=last.max(1)).rev() {
        let form = calls::definition_at(conn, id, revision)?;
        for (_, question) in form.questions() {
            let Some(known) = questions.iter_mut().find(|known| known.question.code == question.code) else {
                let until = (revision < last).then_some(revision);
                questions.push(AskedColumn { question: question.clone(), until });
                continue;
            };
            let columns = &mut known.question.columns;
            for column in &question.columns {
                if !columns.iter().any(|later| later.code == column.code) {
                    columns.push(column.clone());
                }
            }
        }
    }
    Ok(AnswerSheet { call, questions })
}

/// The applications with their answers; remembers the revisions of the present call.
#[derive(Debug, Default)]
pub struct Answered {
    applications: Applications,
    forms: BTreeMap<(CallId, i32), Arc<CallDefinition>>,
}

impl Exported for Answered {
    type Row = AnsweredRow;
    type Key = String;

    const READERS: &'static [Role] = &[Role::Officer, Role::Director, Role::Auditor, Role::System];

    fn chunk(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        call: &Call,
        after: Option<String>,
    ) -> Outcome<Chunk<AnsweredRow, String>> {
        let (lines, next) = self.applications.lines(conn, scope, call, after)?;
        let ids: Vec<_> = lines.iter().map(|line| line.id).collect();
        let mut answers: BTreeMap<_, Answers> = BTreeMap::new();
        for (application, question, value) in rows::answers(conn, &ids)? {
            answers.entry(application).or_default().insert(question, value);
        }
        let mut found = Vec::with_capacity(lines.len());
        for line in lines {
            let form = self.form(conn, call.row.id, line.revision)?;
            let answers = answers.remove(&line.id).unwrap_or_default();
            found.push(AnsweredRow { application: line.row, form, answers });
        }
        Ok((found, next))
    }
}

impl Answered {
    fn form(&mut self, conn: &mut Conn, call: CallId, revision: i32) -> Outcome<Arc<CallDefinition>> {
        if let Some(known) = self.forms.get(&(call, revision)) {
            return Ok(known.clone());
        }
        self.forms.retain(|(known, _), _| *known == call);
        let form = calls::definition_at(conn, call, revision)?;
        self.forms.insert((call, revision), form.clone());
        Ok(form)
    }
}

//! The checklist of a dossier: what facts settle, what a person has to judge, and what was judged, by whom and when.

use super::dossiers::{Typed, page};
use crate::{
    domain::{
        eligibility::Verdict, ids::ApplicationId, labels, lifecycles::applications::ApplicationState, roles::Role,
        time::Moment,
    },
    store::{Tx, judgements::JudgementRow},
    usecases::{
        FieldError, UseCaseError,
        dossiers::Dossier,
        judgements::{self, Judging, Line, Question},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Flash, render_as},
        parts::{Choice, TimelineEvent},
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};

/// One line of the checklist.
pub(super) struct Check {
    pub tone: &'static str,
    pub verdict: &'static str,
    pub sentence: String,
    /// Who judged it and when, in a sentence; empty where facts settle it.
    pub judged: String,
    pub form: Option<JudgeForm>,
}

/// What an officer fills in to judge a line. The names of its fields are its own on the page.
pub(super) struct JudgeForm {
    pub code: String,
    pub mark: String,
    pub question: &'static str,
    pub choices: Vec<Choice>,
    pub verdict: String,
    pub note: String,
    pub typed: String,
    pub is_open: bool,
}

fn by(dossier: &Dossier, row: &JudgementRow) -> String {
    dossier.names.get(&row.judged_by).cloned().unwrap_or_default()
}

fn label(is_met: bool) -> &'static str {
    if is_met { Verdict::Met.label() } else { Verdict::NotMet.label() }
}

/// What was judged last of a line, in words.
fn said(dossier: &Dossier, question: &Question) -> String {
    let Some(row) = &question.last else { return String::new() };
    let note = if row.note.is_empty() { String::new() } else { format!("\u{a0}: {}", row.note) };
    let judged = format!("ugée {} par {} le {}{note}", label(row.is_met), by(dossier, row), row.judged_at.french());
    match question.stands {
        true => format!("J{judged}"),
        false => format!("À apprécier de nouveau, car le dossier a changé. Avant cela, j{judged}"),
    }
}

fn form(line: &Line, question: &Question, typed: &Typed) -> JudgeForm {
    let code = line.rule.code().to_owned();
    let typed = Some(typed).filter(|typed| typed.condition == code);
    let chosen = typed.map(|typed| typed.avis.as_str()).unwrap_or_default();
    let options = [Verdict::Met, Verdict::NotMet].map(|verdict| (verdict.code(), verdict.label()));
    JudgeForm {
        mark: question.mark(),
        question: if question.stands { "Apprécier autrement" } else { "Apprécier" },
        choices: Choice::list(options, &[chosen]),
        verdict: format!("avis-{code}"),
        note: format!("note-{code}"),
        typed: typed.map(|typed| typed.note.clone()).unwrap_or_default(),
        is_open: typed.is_some(),
        code,
    }
}

fn check(dossier: &Dossier, line: &Line, typed: &Typed) -> Check {
    let may =
        dossier.content.row.state == ApplicationState::Submitted && dossier.standing.roles.contains(&Role::Officer);
    Check {
        tone: match line.finding.verdict {
            Verdict::Met => "success",
            Verdict::NotMet => "error",
            Verdict::ToJudge => "warning",
        },
        verdict: line.finding.verdict.label(),
        sentence: line.finding.sentence.clone(),
        judged: line.question.as_ref().map(|question| said(dossier, question)).unwrap_or_default(),
        form: line.question.as_ref().filter(|_| may).map(|question| form(line, question, typed)),
    }
}

/// The checklist: what needs an eye first, then what is met.
pub(super) fn checks(dossier: &Dossier, typed: &Typed) -> (Vec<Check>, Vec<Check>) {
    let of = |verdict: Verdict| {
        let lines = dossier.checklist.iter().filter(move |line| line.finding.verdict == verdict);
        lines.map(move |line| check(dossier, line, typed))
    };
    (of(Verdict::NotMet).chain(of(Verdict::ToJudge)).collect(), of(Verdict::Met).collect())
}

/// What was judged, as it happened.
pub(super) fn events(dossier: &Dossier) -> Vec<(Moment, TimelineEvent)> {
    let event = |row: &JudgementRow| {
        let end = if row.note.is_empty() { String::new() } else { format!(" – {}", row.note) };
        let event = TimelineEvent {
            at: row.judged_at.french(),
            what: format!("Condition jugée {}", label(row.is_met)),
            who: format!("{} ({})", by(dossier, row), labels::role(Role::Officer)),
            note: format!("{}{end}", row.sentence),
        };
        (row.judged_at, event)
    };
    dossier.judged.iter().map(event).collect()
}

/// Keeps what the officer judges of one condition.
pub async fn record(app: Data<App>, who: Officer, id: Path<ApplicationId>, form: Fields) -> Reply {
    let (id, actor, now, sent) = (id.into_inner(), who.actor.clone(), app.now(), form.clone());
    let home = format!("/instruction/{id}");
    let sending = Sent::new(&app, &who, &form, &format!("{home}/appreciation"), &home);
    let act = move |tx: &mut Tx| {
        let code = sent.text("condition");
        let (verdict, note) = (format!("avis-{code}"), format!("note-{code}"));
        let judging =
            Judging { rule: code, verdict: sent.text(&verdict), note: sent.text(&note), mark: sent.text("vu") };
        judgements::record(tx, &actor, id, &judging, now)
    };
    match send(&app, sending, act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Votre appréciation est gardée, à votre nom."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => refused(&app, &who, id, &form, wrong).await,
        Err(failure) => Err(failure),
    }
}

async fn refused(app: &App, who: &Officer, id: ApplicationId, form: &Fields, wrong: Vec<FieldError>) -> Reply {
    let code = form.text("condition");
    let errors = wrong.into_iter().map(|error| (format!("{}-{code}", error.field), error.message)).collect();
    let page = page(app, who, id, Typed::of(form), errors).await?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

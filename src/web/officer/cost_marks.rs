//! Expenses of a dossier that the team does not count, in whole or in part: what is marked, and the form that marks.

use super::dossiers::{Typed, page};
use crate::{
    domain::{
        budgets::{BudgetLine, Stage},
        ids::ApplicationId,
        money::Euros,
        references::budget_account,
        roles::Role,
    },
    store::Tx,
    usecases::{
        UseCaseError,
        cost_marks::{self, Marking},
        dossiers::Dossier,
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Flash, render_as},
        parts::{Choice, Fact},
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};

/// What the page says of the expenses that count.
pub(super) struct Costs {
    /// The cost that counts, the rate asked, what the call allows.
    pub facts: Vec<Fact>,
    /// Every mark in a sentence, the last of each line last.
    pub marks: Vec<String>,
    /// The lines to choose from; none when nothing may be marked now.
    pub lines: Vec<Choice>,
}

fn name(line: &BudgetLine) -> String {
    let label = budget_account(&line.account).map_or("", |account| account.label.as_str());
    format!("{} – {label}", line.account)
}

/// What counts of the budget of a dossier; nothing of one without any expense.
pub(super) fn costs(dossier: &Dossier, typed: &Typed) -> Option<Costs> {
    let (content, rules) = (&dossier.content, &dossier.content.definition.amount);
    let budget = content.retained_budget();
    let may = cost_marks::is_open(content.row.state) && dossier.standing.roles.contains(&Role::Officer);
    let planned = |account: &str| cost_marks::lines(content).find(|line| line.account == account);
    let said = |(row, by): &(crate::store::cost_marks::CostMarkRow, String)| {
        let line = planned(&row.account).map_or(row.account.clone(), name);
        let part = match row.ineligible_cents {
            Euros::ZERO => "tout est éligible".to_owned(),
            part => format!("{part} non éligibles"),
        };
        format!("{line}\u{a0}: {part}, selon {by} le {}. {}", row.marked_at.french(), row.reason)
    };
    let lines = cost_marks::lines(content).filter(|_| may);
    let lines = lines.map(|line| (line.account.clone(), format!("{} ({})", name(line), line.planned)));
    let lines = Choice::list(lines, &[&typed.poste]);
    let marks: Vec<_> = dossier.marks.iter().map(said).collect();
    if lines.is_empty() && marks.is_empty() {
        return None;
    }
    let rate = budget.granted_rate(Stage::Planned, rules.base);
    Some(Costs {
        facts: vec![
            Fact::new("Dépenses qui comptent", budget.eligible_cost(Stage::Planned, rules.base)),
            Fact::new("Taux demandé", rate.map(|rate| rate.to_string()).unwrap_or_default()),
            Fact::new("L’appel permet", format!("{} au plus", rules.ceiling_for(&budget, Stage::Planned))),
        ],
        marks,
        lines,
    })
}

/// Marks a line of the budget.
pub async fn mark(app: Data<App>, who: Officer, id: Path<ApplicationId>, form: Fields) -> Reply {
    let (id, actor, now, sent) = (id.into_inner(), who.actor.clone(), app.now(), form.clone());
    let home = format!("/instruction/{id}");
    let sending = Sent::new(&app, &who, &form, &format!("{home}/depenses"), &home);
    let act = move |tx: &mut Tx| {
        let marking = Marking { account: sent.text("poste"), amount: sent.text("part"), reason: sent.text("pourquoi") };
        cost_marks::mark(tx, &actor, id, sent.version(), &marking, now)
    };
    match send(&app, sending, act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("C’est noté. Le taux compte ce qui reste."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, id, Typed::of(&form), errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

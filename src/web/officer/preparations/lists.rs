//! The lists of a call as its officer sees them, each thing with what can be done with it.

use super::{
    models::BENEFICIARIES,
    reports, rules,
    spots::{Kind, Owner, Spot},
};
use crate::domain::{
    definitions::{CallDefinition, CallPart, Need, Question, Section, SectionContent},
    text::counted,
};

/// A list with its heading.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    /// The anchor of its heading, one comes back to after changing something in it.
    pub id: String,
    pub title: String,
    pub detail: String,
    /// What can be done with the whole, when it is a section.
    pub head: Option<Line>,
    pub preview: String,
    pub lines: Vec<Line>,
    pub empty: &'static str,
    /// What can be added: the item of its address, and the words.
    pub adds: Vec<(String, &'static str)>,
}

/// One thing of a list.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub item: String,
    pub title: String,
    pub detail: String,
    pub may_rise: bool,
    pub may_sink: bool,
    /// Why it cannot be taken away; empty when it can.
    pub stuck: &'static str,
}

impl Line {
    fn of(spot: Spot, title: &str, detail: String, (at, count): (usize, usize)) -> Self {
        let (may_rise, may_sink) = (at > 0, at + 1 < count);
        Line { item: spot.item(), title: title.to_owned(), detail, may_rise, may_sink, stuck: "" }
    }
}

/// What a question is, in a few words.
fn detail(question: &Question) -> String {
    let mut said = vec![question.kind.label().to_owned()];
    if question.need != Need::Required && question.is_given() {
        said.push(question.need.label().to_lowercase());
    }
    if let Some(words) = question.words {
        said.push(format!("{words} mots au plus"));
    }
    if let Some(fills) = question.fills {
        said.push(format!("donne {}", fills.label()));
    }
    if question.show_if.is_some() {
        said.push("sous condition".to_owned());
    }
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    if !question.columns.is_empty() {
        said.push(counted(count(question.columns.len()), "colonne", "colonnes"));
    }
    if !question.rules.is_empty() {
        said.push(counted(count(question.rules.len()), "règle", "règles"));
    }
    said.join(", ")
}

fn questions(owner: Owner, sections: &[Section], at: usize) -> Vec<Line> {
    let section = &sections[at];
    let count = section.questions.len();
    let line = |(i, question): (usize, &Question)| {
        let spot = Spot::new(owner, Kind::Question, Some(question.code.clone()));
        let mut line = Line::of(spot, &question.label, detail(question), (i, count));
        // At the edge of its section it goes on into the next one.
        line.may_rise |= at > 0;
        line.may_sink |= at + 1 < sections.len();
        line
    };
    section.questions.iter().enumerate().map(line).collect()
}

/// The sections of a form, each a list of its questions, and what can be added.
fn sections(call: &CallDefinition, owner: Owner) -> Vec<List> {
    let all = owner.sections(call);
    let list = |(i, section): (usize, &Section)| {
        let spot = Spot::new(owner, Kind::Section, Some(section.code.clone()));
        let mut said = Vec::new();
        if section.content != SectionContent::Questions {
            said.push(format!("Contient {}.", section.content.label()));
        }
        if section.show_if.is_some() {
            said.push("Demandée sous condition.".to_owned());
        }
        let mut head = Line::of(spot.clone(), &section.title, String::new(), (i, all.len()));
        if !section.questions.is_empty() {
            head.stuck = "Retirez d’abord ses questions.";
        }
        let add = format!("{}?rubrique={}", Spot::new(owner, Kind::Question, None).item(), section.code);
        let beneficiaries = (format!("{add}&modele={BENEFICIARIES}"), "Ajouter un tableau de bénéficiaires");
        let question = (add, "Ajouter une question");
        List {
            id: format!("{}-{}", spot.item().split('.').next().unwrap_or_default(), section.code),
            title: section.title.clone(),
            detail: said.join(" "),
            preview: spot.item(),
            head: Some(head),
            lines: questions(owner, all, i),
            empty: "Aucune question dans cette rubrique.",
            adds: match owner {
                Owner::Call => vec![question, beneficiaries],
                Owner::Interim | Owner::Last => vec![question],
            },
        }
    };
    all.iter().enumerate().map(list).collect()
}

fn add_section(owner: Owner) -> List {
    let adds = vec![(Spot::new(owner, Kind::Section, None).item(), "Ajouter une rubrique")];
    List { adds, ..List::default() }
}

fn documents(call: &CallDefinition, owner: Owner, title: &str) -> List {
    let all = owner.documents(call);
    let lines = all.iter().enumerate().map(|(i, document)| {
        let spot = Spot::new(owner, Kind::Document, Some(document.code.clone()));
        Line::of(spot, &document.label, document.need.label().to_owned(), (i, all.len()))
    });
    let add = Spot::new(owner, Kind::Document, None);
    List {
        id: add.item(),
        title: title.to_owned(),
        lines: lines.collect(),
        empty: "Aucune pièce n’est demandée.",
        adds: vec![(add.item(), "Ajouter une pièce")],
        ..List::default()
    }
}

fn statements(call: &CallDefinition) -> List {
    let lines = call.statements.iter().enumerate().map(|(i, statement)| {
        let asked = call.questions().any(|(_, question)| question.statement.as_deref() == Some(&statement.code));
        let detail = if asked { "Acceptée dans le formulaire" } else { "Aucune question ne la fait accepter" };
        let spot = Spot::new(Owner::Call, Kind::Statement, Some(statement.code.clone()));
        let line = Line::of(spot, &statement.title, detail.to_owned(), (i, call.statements.len()));
        Line { stuck: if asked { "Une question la fait accepter." } else { "" }, ..line }
    });
    List {
        id: "attestation".into(),
        title: "Attestations sur l’honneur".into(),
        lines: lines.collect(),
        empty: "Aucune attestation n’est demandée.",
        adds: vec![("attestation".into(), "Ajouter une attestation")],
        ..List::default()
    }
}

fn eligibility(call: &CallDefinition) -> List {
    let count = call.eligibility.len();
    let lines = call.eligibility.iter().enumerate().map(|(i, rule)| {
        let (title, detail) = rules::words(rule);
        Line::of(Spot::new(Owner::Call, Kind::Rule, Some(i.to_string())), &title, detail, (i, count))
    });
    List {
        id: "regle".into(),
        title: "Règles de l’appel".into(),
        lines: lines.collect(),
        empty: "Aucune règle de plus que celles qui suivent de l’argent et des pièces.",
        ..List::default()
    }
}

fn criteria(call: &CallDefinition) -> List {
    let all = &call.grid.criteria;
    let lines = all.iter().enumerate().map(|(i, criterion)| {
        let spot = Spot::new(Owner::Call, Kind::Criterion, Some(criterion.code.clone()));
        let counts = if criterion.independent { "À part".into() } else { format!("Coefficient {}", criterion.weight) };
        let detail = format!("{counts}, noté de 0 à {}", criterion.most);
        Line::of(spot, &criterion.label, detail, (i, all.len()))
    });
    List {
        id: "critere".into(),
        title: "Critères".into(),
        lines: lines.collect(),
        empty: "Aucun critère.",
        adds: vec![("critere".into(), "Ajouter un critère")],
        ..List::default()
    }
}

fn report(call: &CallDefinition, owner: Owner, title: &str) -> Vec<List> {
    let due = match owner {
        Owner::Interim => call.reports.interim.as_ref().map(|report| report.due),
        Owner::Call | Owner::Last => Some(call.reports.last.due),
    };
    let Some(due) = due else { return Vec::new() };
    let count = i64::try_from(owner.sections(call).len()).unwrap_or(i64::MAX);
    let detail = format!("À rendre {}, {}.", reports::due(due), counted(count, "rubrique", "rubriques"));
    let mut lists = vec![List { title: title.to_owned(), detail, ..List::default() }];
    lists.extend(sections(call, owner));
    lists.push(add_section(owner));
    lists.push(documents(
        call,
        owner,
        match owner {
            Owner::Interim => "Pièces du bilan intermédiaire",
            Owner::Call | Owner::Last => "Pièces du bilan final",
        },
    ));
    lists
}

/// The lists of a part; none where it is one form.
pub(super) fn of_part(call: &CallDefinition, part: CallPart) -> Vec<List> {
    match part {
        CallPart::Form => {
            let mut lists = sections(call, Owner::Call);
            lists.push(add_section(Owner::Call));
            lists
        }
        CallPart::Documents => vec![documents(call, Owner::Call, "Pièces à joindre"), statements(call)],
        CallPart::Eligibility => vec![eligibility(call)],
        CallPart::Grid => vec![criteria(call)],
        CallPart::Reports => {
            let mut lists = report(call, Owner::Last, "Ce que demande le bilan final");
            lists.extend(report(call, Owner::Interim, "Ce que demande le bilan intermédiaire"));
            lists
        }
        CallPart::Presentation | CallPart::Calendar | CallPart::Money | CallPart::Holders | CallPart::Letters => {
            Vec::new()
        }
    }
}

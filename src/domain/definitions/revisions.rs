//! What changes from one revision of a call to the next, and what that does to the files already begun.

use super::{AnswerChoice, CallDefinition, CallPart, DocumentNeed, MergedText, Question, Section, SectionContent};
use crate::domain::{
    codes::codes,
    eligibility::{Facts, Rule, Verdict, judge, rules_of},
    forms::{Answers, Form, read, rows},
    text::fold,
};
use std::collections::BTreeSet;

codes! {
    /// What becomes of the drafts that were begun before a revision.
    #[derive(Default)]
    pub enum DraftsThen {
        #[default]
        Follow => "follow",
        /// They keep the form they have, with its papers, conditions and amounts.
        Keep => "keep",
    }
}

/// The questions that differ, by the labels people read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    /// Asked otherwise: another kind of answer, other choices, another limit.
    pub changed: Vec<String>,
    /// The papers that are asked for now, and those that are not any more.
    pub papers_added: Vec<String>,
    pub papers_removed: Vec<String>,
    /// The other parts that say something else.
    pub parts: Vec<CallPart>,
}

/// What one file begun under a revision meets under the next one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileEffect {
    /// Questions whose answer is not asked any more, or cannot be read as the new question wants it, and papers and whole
    /// sections that are not asked any more.
    pub lost: Vec<String>,
    /// Required questions and papers that it has not been asked yet, and groups that want more than their rows say.
    pub asked: Vec<String>,
    /// The conditions on the organisation or the project that it met or was not held to, and does not meet any more, each in public words.
    pub outside: Vec<String>,
}

/// Why a change of a published call is refused: the field of the definition, and a French sentence.
pub type Forbidden = (String, String);

fn is_asked_alike(old: &Question, new: &Question) -> bool {
    let codes = |choices: &[AnswerChoice]| choices.iter().map(|choice| choice.code.clone()).collect::<BTreeSet<_>>();
    old.kind == new.kind
        && codes(&old.choices) == codes(&new.choices)
        && (old.words, old.least, old.most) == (new.words, new.least, new.most)
        && old.countries == new.countries
        && (&old.formula, &old.rules) == (&new.formula, &new.rules)
        && old.columns.len() == new.columns.len()
        && old.columns.iter().zip(&new.columns).all(|(old, new)| old.code == new.code && is_asked_alike(old, new))
}

/// What is lost of an answer, by its label; of a group that is still asked, by the columns that are not.
fn lost_label(old: &Question, new: &CallDefinition, answer: &str) -> String {
    let now = new.question(&old.code).filter(|now| old.kind == now.kind && now.kind.has_rows());
    let Some(now) = now else { return old.label.clone() };
    let rows = rows(answer);
    let is_gone = |column: &&Question| {
        let is_filled = rows.iter().any(|row| row.contains_key(&column.code));
        is_filled && !now.row_columns().iter().any(|known| known.code == column.code)
    };
    let gone: Vec<_> = old.row_columns().iter().filter(is_gone).map(|column| column.label.as_str()).collect();
    if gone.is_empty() { old.label.clone() } else { format!("{} ({})", old.label, gone.join(", ")) }
}

/// The questions and papers that differ, and the parts that say something else.
pub fn difference(old: &CallDefinition, new: &CallDefinition) -> Difference {
    let mut found = Difference::default();
    for (_, question) in new.questions() {
        match old.question(&question.code) {
            None => found.added.push(question.label.clone()),
            Some(known) if !is_asked_alike(known, question) => found.changed.push(question.label.clone()),
            Some(_) => {}
        }
    }
    let gone = old.questions().filter(|(_, question)| new.question(&question.code).is_none());
    found.removed = gone.map(|(_, question)| question.label.clone()).collect();
    let added = new.documents.iter().filter(|document| old.document(&document.code).is_none());
    found.papers_added = added.map(|document| document.label.clone()).collect();
    let gone = old.documents.iter().filter(|document| new.document(&document.code).is_none());
    found.papers_removed = gone.map(|document| document.label.clone()).collect();
    if let (Ok(old), Ok(new)) = (serde_json::to_value(old), serde_json::to_value(new)) {
        let differs = |part: &&CallPart| part.fields().iter().any(|field| old.get(field) != new.get(field));
        found.parts = CallPart::ALL.iter().filter(differs).copied().collect();
    }
    found
}

/// Whether the rows given lack a cell that each must have now, or are fewer than there must be now.
fn wants_more(old: &CallDefinition, group: &Question, answers: &Answers) -> bool {
    let was = old.question(&group.code).filter(|was| was.kind == group.kind && group.kind.has_rows());
    let (Some(was), Some(answer)) = (was, answers.get(&group.code)) else { return false };
    let mut filled = rows(answer);
    filled.retain(|row| group.row_columns().iter().any(|column| row.contains_key(&column.code)));
    let was_required = |code: &str| was.row_columns().iter().any(|column| column.code == code && column.is_required());
    let mut newly = group.row_columns().iter().filter(|column| column.is_required() && !was_required(&column.code));
    let is_short = |group: &Question| {
        let least = group.least.and_then(|least| usize::try_from(least).ok()).unwrap_or_default();
        !filled.is_empty() && filled.len() < least
    };
    newly.any(|column| filled.iter().any(|row| !row.contains_key(&column.code))) || (is_short(group) && !is_short(was))
}

/// What a file with these answers and these papers (by code), of an organisation of which this is known, meets. An answer is
/// kept when the new question can read it.
pub fn effect(
    old: &CallDefinition,
    new: &CallDefinition,
    (answers, papers): (&Answers, &[String]),
    organisation: &Facts,
) -> FileEffect {
    let given = |code: &str| answers.get(code).is_some_and(|answer| !answer.trim().is_empty());
    let (before, after) = (Form::of_call(old), Form::of_call(new));
    let is_hidden = |section: &Section, question: &Question| {
        let now = new.questions().find(|(_, now)| now.code == question.code);
        let shows = |form: &Form<'_>, section: &Section, question: &Question| {
            form.shows_section(section, answers) && form.shows(question, answers)
        };
        shows(&before, section, question) && now.is_some_and(|(section, now)| !shows(&after, section, now))
    };
    let is_lost = |section: &Section, question: &Question| {
        let reads = |known: &Question, axes: &[String]| read(known, axes, &answers[&question.code]).is_ok();
        // What did not read before is not lost by the change, nor what was not asked.
        given(&question.code)
            && (new.question(&question.code).is_none_or(|now| !reads(now, &new.axes) && reads(question, &old.axes))
                || is_hidden(section, question))
    };
    let lost = old.questions().filter(|(section, question)| is_lost(section, question));
    let gone = old
        .documents
        .iter()
        .filter(|document| papers.contains(&document.code) && new.document(&document.code).is_none());
    let is_required = |form: &Form<'_>, call: &CallDefinition, code: &str| {
        let found = call.questions().find(|(_, question)| question.code == code);
        found.is_some_and(|(section, question)| {
            question.is_required() && form.shows_section(section, answers) && form.shows(question, answers)
        })
    };
    let is_new = |code: &str| {
        is_required(&after, new, code)
            && !is_required(&before, old, code)
            && !(given(code) && old.question(code).is_some())
    };
    let asked = new.questions().filter(|(section, question)| {
        let is_asked = after.shows_section(section, answers) && after.shows(question, answers);
        is_new(&question.code) || (is_asked && wants_more(old, question, answers))
    });
    let is_owed = |call: &CallDefinition, code: &str| {
        call.documents.iter().any(|document| document.code == code && document.need == DocumentNeed::Required)
    };
    let lacking = new.documents.iter().filter(|document| {
        is_owed(new, &document.code) && !is_owed(old, &document.code) && !papers.contains(&document.code)
    });
    FileEffect {
        lost: lost
            .map(|(_, question)| lost_label(question, new, &answers[&question.code]))
            .chain(gone.map(|document| document.label.clone()))
            .collect(),
        asked: asked
            .map(|(_, question)| question.label.clone())
            .chain(lacking.map(|document| document.label.clone()))
            .collect(),
        outside: outside(old, new, answers, organisation),
    }
}

/// The titles of the sections in which a file with these answers has filled in a budget, partners or papers (`filled`),
/// where the new revision asks that nowhere any more.
pub fn unasked(
    old: &CallDefinition,
    new: &CallDefinition,
    answers: &Answers,
    filled: &[SectionContent],
) -> Vec<String> {
    let asking = |call: &CallDefinition, content: SectionContent| {
        let form = Form::of_call(call);
        let mut sections = call.sections.iter().filter(|section| section.content == content);
        sections.find(|section| form.shows_section(section, answers)).map(|section| section.title.clone())
    };
    let gone = filled.iter().filter(|content| asking(new, **content).is_none());
    gone.filter_map(|content| asking(old, *content)).collect()
}

/// The rules of the new revision that the organisation or its project breaks, and did not break before.
fn outside(old: &CallDefinition, new: &CallDefinition, answers: &Answers, organisation: &Facts) -> Vec<String> {
    let broken = |call: &CallDefinition| -> Vec<Rule> {
        let deadline = call.window.closes.plus_minutes(-1).paris_date();
        let facts = Facts { deadline_on: Some(deadline), ..organisation.clone() }.with_project(call, answers);
        rules_of(call).into_iter().filter(|rule| judge(rule, &facts).verdict == Verdict::NotMet).collect()
    };
    let before = broken(old);
    let newly = broken(new).into_iter().filter(|rule| !before.iter().any(|known| known.code() == rule.code()));
    newly.map(|rule| wording_of(&rule)).collect()
}

fn wording_of(rule: &Rule) -> String {
    match rule {
        Rule::AmountBetween { floor, ceiling } => format!("Le montant demandé va de {floor} à {ceiling}."),
        rule => rule.wording().into_iter().next().unwrap_or_default(),
    }
}

/// What a published call may not change, whoever asks: its reference and its agreements, and its deadline only to a later
/// one, its envelope only to a larger one.
pub fn forbidden(old: &CallDefinition, new: &CallDefinition) -> Vec<Forbidden> {
    let mut found = Vec::new();
    let mut refuse = |field: &str, sentence: &str| found.push((field.to_owned(), sentence.to_owned()));
    if old.reference != new.reference {
        refuse("reference", "La référence d’un appel publié ne change pas.");
    }
    if new.window.closes < old.window.closes {
        refuse("window.closes", "La date limite d’un appel publié ne peut que reculer.");
    }
    if old.decisions != new.decisions {
        refuse("decisions", "Le moment où les décisions sont dites ne change plus une fois l’appel publié.");
    }
    let references =
        |call: &CallDefinition| call.sources.iter().map(|drawn| drawn.reference.clone()).collect::<Vec<_>>();
    if references(old) != references(new) {
        refuse("envelope", "Les conventions d’un appel publié ne changent pas.");
    } else if old.sources.iter().zip(&new.sources).any(|(old, new)| new.amount < old.amount) {
        refuse("envelope", "L’enveloppe d’un appel publié ne peut que grandir.");
    }
    found
}

/// What of the new revision still leans on something that is not asked any more, each a French sentence.
pub fn leaning(old: &CallDefinition, new: &CallDefinition) -> Vec<String> {
    let mut found = Vec::new();
    let has = |call: &CallDefinition, rule: &Rule| call.questions().any(|(_, question)| rule.reads(question));
    for rule in rules_of(new).iter().filter(|rule| has(old, rule) && !has(new, rule)) {
        let what = match rule {
            Rule::ProjectInCommunes { .. } => "sur la commune du projet",
            Rule::ProjectInCountries { .. } => "sur le pays du projet",
            Rule::MarkerAtLeast { .. } => "sur les attentions transversales",
            Rule::GoalsAmong { .. } => "sur les objectifs de développement durable",
            Rule::AmountBetween { .. } => "sur le montant demandé",
            Rule::StartsFrom { .. } | Rule::EndsBy { .. } | Rule::DurationMonths { .. } => "sur les dates du projet",
            _ => "sur le contrat d’engagement républicain",
        };
        found.push(format!(
            "La règle d’éligibilité {what} ne trouvera plus de réponse\u{a0}: une personne devra juger."
        ));
    }
    let changes = difference(old, new);
    let texts = texts_of(new);
    for label in changes.removed.iter().chain(&changes.papers_removed) {
        let folded = fold(label);
        let naming = texts.iter().filter(|(_, text)| folded.len() > 3 && fold(text).contains(&folded));
        found.extend(
            naming.map(|(place, _)| format!("{place} parle encore de «\u{a0}{label}\u{a0}», qui n’est plus demandé.")),
        );
    }
    found
}

/// The texts of a call that people read, each with its French name.
fn texts_of(call: &CallDefinition) -> Vec<(String, &str)> {
    let mut texts = vec![
        ("La présentation".to_owned(), call.summary.as_str()),
        ("L’aide du bilan final".to_owned(), call.reports.last.help.as_str()),
    ];
    let letter = |kind: MergedText| format!("Le texte «\u{a0}{}\u{a0}»", kind.label());
    // What an agreement says of papers is the law's, not the form's.
    let letters = call.letters.texts().into_iter().filter(|(_, kind, _)| *kind != MergedText::Agreement);
    texts.extend(letters.map(|(_, kind, text)| (letter(kind), text)));
    let chapter = |title: &str| format!("Le chapitre «\u{a0}{title}\u{a0}» du règlement");
    texts.extend(call.rules.iter().map(|rule| (chapter(&rule.title), rule.text.as_str())));
    let reports = call.reports.interim.iter().chain([&call.reports.last]);
    let questions = reports.flat_map(|report| &report.sections).flat_map(|section| &section.questions);
    texts
        .extend(questions.map(|question| {
            (format!("La question de bilan «\u{a0}{}\u{a0}»", question.label), question.help.as_str())
        }));
    texts.extend(call.grid.criteria.iter().map(|c| (format!("Le critère «\u{a0}{}\u{a0}»", c.label), c.help.as_str())));
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        definitions::{Need, QuestionKind, parse},
        money::Euros,
    };

    fn recital() -> CallDefinition {
        parse(include_str!("../../../fixtures/recital.toml")).unwrap().calls.remove(0)
    }

    fn question<'a>(call: &'a mut CallDefinition, code: &str) -> &'a mut Question {
        let mut all = call.sections.iter_mut().flat_map(|section| &mut section.questions);
        all.find(|question| question.code == code).unwrap()
    }

    fn answers(pairs: &[(&str, &str)]) -> Answers {
        pairs.iter().map(|(code, answer)| ((*code).to_owned(), (*answer).to_owned())).collect()
    }

    #[test]
    fn the_same_call_changes_nothing() {
        let call = recital();
        assert_eq!(difference(&call, &call), Difference::default());
        assert_eq!(
            effect(&call, &call, (&answers(&[("titre", "A"), ("nombre", "douze")]), &[]), &Facts::default()),
            FileEffect::default()
        );
        assert_eq!((forbidden(&call, &call), leaning(&call, &call)), (Vec::new(), Vec::new()));
    }

    #[test]
    fn a_removed_question_loses_its_answer_and_only_where_there_is_one() {
        let (old, mut new) = (recital(), recital());
        new.sections[1].questions.retain(|question| question.code != "nombre");
        assert_eq!(difference(&old, &new).removed, ["Nombre de personnes touchées"]);
        assert_eq!(
            effect(&old, &new, (&answers(&[("nombre", "12")]), &[]), &Facts::default()).lost,
            ["Nombre de personnes touchées"]
        );
        assert_eq!(
            effect(&old, &new, (&answers(&[("titre", "A"), ("nombre", " ")]), &[]), &Facts::default()),
            FileEffect::default()
        );
    }

    #[test]
    fn a_retyped_question_keeps_what_it_can_still_read() {
        let (old, mut new) = (recital(), recital());
        question(&mut new, "resume").kind = QuestionKind::ShortText;
        question(&mut new, "nombre").kind = QuestionKind::LongText;
        question(&mut new, "publics").choices.remove(0);
        question(&mut new, "resume").label = "En une ligne".into();
        let typed = answers(&[("resume", "Une ligne."), ("nombre", "12"), ("publics", "enfants\nadultes")]);
        assert_eq!(effect(&old, &new, (&typed, &[]), &Facts::default()).lost, ["Publics visés"]);
        let long = answers(&[("resume", "Une ligne.\nEt une autre."), ("publics", "adultes")]);
        assert_eq!(effect(&old, &new, (&long, &[]), &Facts::default()).lost, ["L’action en quelques mots"]);
        assert_eq!(difference(&old, &new).changed.len(), 3);
    }

    #[test]
    fn an_answer_that_a_new_condition_hides_is_lost_unless_it_was_hidden_before() {
        let (old, mut new) = (recital(), recital());
        let condition = question(&mut new, "comment_eloigne").show_if.clone();
        question(&mut new, "droits").show_if = condition;
        let label = question(&mut new, "droits").label.clone();
        let lost = |old: &CallDefinition, eloigne: &str| {
            let typed = answers(&[("droits", "Par des règles communes."), ("eloigne", eloigne)]);
            effect(old, &new, (&typed, &[]), &Facts::default()).lost
        };
        assert_eq!(lost(&old, "non"), [label]);
        assert_eq!(lost(&old, "oui"), Vec::<String>::new());
        assert_eq!(lost(&new, "non"), Vec::<String>::new());
    }

    #[test]
    fn a_new_required_question_is_asked_of_those_who_see_it() {
        let (old, mut new) = (recital(), recital());
        question(&mut new, "eloigne").need = Need::Required;
        let mut added = question(&mut new, "comment_eloigne").clone();
        (added.code, added.label) = ("avec_qui".into(), "Avec qui ?".into());
        new.sections[1].questions.push(added);
        assert_eq!(effect(&old, &new, (&answers(&[("eloigne", "oui")]), &[]), &Facts::default()).asked, ["Avec qui ?"]);
        let unasked = effect(&old, &new, (&answers(&[]), &[]), &Facts::default());
        assert_eq!(unasked.asked, ["Votre action touche-t-elle un public éloigné de ces sujets\u{202f}?"]);
        assert!(effect(&old, &new, (&answers(&[("eloigne", "non")]), &[]), &Facts::default()).asked.is_empty());
    }

    #[test]
    fn a_paper_owed_from_now_on_is_asked_of_those_who_have_not_attached_it() {
        let (mut old, new) = (recital(), recital());
        let paper = old.documents.iter_mut().find(|document| document.need == DocumentNeed::Required).unwrap();
        paper.need = DocumentNeed::Optional;
        let (code, label) = (paper.code.clone(), paper.label.clone());
        let asked = |papers: &[String]| effect(&old, &new, (&Answers::new(), papers), &Facts::default()).asked;
        assert_eq!(asked(&[]), std::slice::from_ref(&label));
        assert_eq!(asked(&["autre".to_owned()]), [label]);
        assert_eq!(asked(&[code]), Vec::<String>::new());
    }

    #[test]
    fn a_group_that_wants_more_of_its_rows_is_asked_again() {
        let table = |need, least| {
            let mut call = recital();
            let column = |code: &str, need| Question {
                label: code.into(),
                need,
                ..Question::blank(code.into(), QuestionKind::ShortText)
            };
            let columns = vec![column("quoi", Need::Required), column("qui", need)];
            let group = Question::blank("etapes".into(), QuestionKind::Group);
            call.sections[1].questions.push(Question { label: "Étapes".into(), least, columns, ..group });
            call
        };
        let old = table(Need::Optional, None);
        let asked = |new: &CallDefinition, rows: &str| {
            effect(&old, new, (&answers(&[("etapes", rows)]), &[]), &Facts::default()).asked
        };
        let (whole, lacking) = ("quoi=Lire\tqui=Nous", "quoi=Lire\tqui=Nous\n=\nquoi=Dire");
        assert_eq!(asked(&table(Need::Required, None), lacking), ["Étapes"]);
        assert_eq!(asked(&table(Need::Required, None), whole), Vec::<String>::new());
        assert_eq!(asked(&table(Need::Optional, Some(2)), whole), ["Étapes"]);
        assert_eq!(asked(&table(Need::Optional, Some(2)), lacking), Vec::<String>::new());
        assert_eq!(asked(&old, lacking), Vec::<String>::new());
    }

    #[test]
    fn a_published_call_closes_later_or_not_at_all_and_only_grows() {
        let old = recital();
        let refused = |change: fn(&mut CallDefinition)| {
            let mut new = old.clone();
            change(&mut new);
            forbidden(&old, &new).into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        assert_eq!(refused(|call| call.window.closes = call.window.closes.plus_minutes(-1)), ["window.closes"]);
        assert_eq!(refused(|call| call.window.closes = call.window.closes.plus_days(7)), Vec::<String>::new());
        assert_eq!(refused(|call| call.sources[0].amount = Euros::whole(1)), ["envelope"]);
        assert_eq!(refused(|call| call.sources[0].amount += Euros::whole(1)), Vec::<String>::new());
        assert_eq!(refused(|call| call.sources[0].reference.push('X')), ["envelope"]);
        assert_eq!(refused(|call| call.reference.push('X')), ["reference"]);
        assert_eq!(refused(|call| call.decisions = crate::domain::decisions::DecisionPace::Rolling), ["decisions"]);
    }

    #[test]
    fn what_still_leans_on_a_removed_question_is_named() {
        let (mut old, mut new) = (recital(), recital());
        let rule = Rule::GoalsAmong { goals: vec![4] };
        old.eligibility.push(rule.clone());
        new.eligibility.push(rule);
        new.letters.award_intro = "Merci d’avoir joint le dernier rapport d’activité.".into();
        new.sections[2].questions.retain(|question| question.code != "odd");
        new.documents.retain(|document| document.code != "rapport");
        let said = leaning(&old, &new);
        assert!(said[0].contains("objectifs de développement durable"), "{said:?}");
        assert!(
            said[1].starts_with("Le texte «\u{a0}Premières phrases de la lettre d’accord\u{a0}» parle encore de"),
            "{said:?}"
        );
    }
}

//! How a question leans on others, as it is made: the columns of a group, the formula of a computed value, the rules
//! that hold its answer against others.

use super::{
    inputs::{Group, Input, Reading, Typed},
    questions::answers,
};
use crate::domain::{
    definitions::{
        AnswerChoice, AnswerRule, CallDefinition, Comparison, Formula, Need, Operation, Question, QuestionKind,
        Section, ShowIf, code_from,
    },
    forms::{COLUMN_KINDS, Form},
    text::cut,
};

/// The longest question shown in a list, in characters.
const SHORT: usize = 60;

/// The columns of a group.
pub(super) fn columns(question: Option<&Question>, typed: Typed<'_>) -> Group {
    let known: &[Question] = question.map_or(&[], |question| &question.columns);
    let kinds = || COLUMN_KINDS.iter().map(|kind| (kind.code(), kind.label()));
    let mut inputs = Vec::new();
    for i in 0..typed.rows("column", known.len(), if known.is_empty() { 3 } else { 2 }) {
        let column = known.get(i);
        let kind = column.map_or(QuestionKind::ShortText, |column| column.kind);
        let choices: Vec<_> = column.iter().flat_map(|c| &c.choices).map(|choice| choice.label.as_str()).collect();
        let number = i + 1;
        let name = |field: &str| format!("column.{i}.{field}");
        inputs.push(Input::hidden(name("code"), column.map_or("", |column| &column.code)));
        inputs
            .push(Input::text(name("label"), &format!("Colonne {number}"), column.map_or("", |c| &c.label)).optional());
        inputs.push(Input::choose("select", name("kind"), "Ce qu’on y écrit", kinds(), &[kind.code()]));
        let area = Input::area(name("choices"), "Réponses proposées, une par ligne", &choices.join("\n")).rows(2);
        inputs.push(area.help("Pour un choix dans une liste.").optional());
        let is_optional = column.is_some_and(|column| column.need != Need::Required);
        inputs.push(Input::tick(name("optional"), &format!("La colonne {number} peut rester vide"), is_optional));
    }
    let group = Group::new("Colonnes", inputs).paired().help(
        "Pour un tableau\u{a0}: chaque ligne aura une case par colonne. Effacez le nom d’une colonne pour la retirer\u{202f}; \
         pour en ajouter d’autres, enregistrez.",
    );
    if question.is_some_and(|question| question.kind == QuestionKind::Group) { group } else { group.folded() }
}

/// The choices of a column: a label that was there keeps its code.
pub(super) fn read_choices(typed: &str, known: Option<&Question>) -> Vec<AnswerChoice> {
    let known: &[AnswerChoice] = known.map_or(&[], |column| &column.choices);
    let mut choices: Vec<AnswerChoice> = Vec::new();
    let mut taken: Vec<String> = known.iter().map(|choice| choice.code.clone()).collect();
    for label in typed.lines().map(str::trim).filter(|label| !label.is_empty()) {
        let same = known.iter().find(|choice| choice.label == label);
        let code = same.map_or_else(|| code_from(label, &taken), |choice| choice.code.clone());
        taken.push(code.clone());
        choices.push(AnswerChoice { code, label: label.to_owned() });
    }
    choices
}

pub(super) fn read_columns(reading: &mut Reading<'_>, known: Option<&Question>) -> Vec<Question> {
    let rows = reading.rows("column");
    let mut taken: Vec<String> = rows.iter().map(|i| reading.text(&format!("column.{i}.code"))).collect();
    let mut columns = Vec::new();
    for i in rows {
        let label = reading.text(&format!("column.{i}.label"));
        if label.is_empty() {
            continue;
        }
        let code = reading.text(&format!("column.{i}.code"));
        let was = known.and_then(|group| group.columns.iter().find(|column| column.code == code));
        let code = if code.is_empty() { code_from(&label, &taken) } else { code };
        taken.push(code.clone());
        let kind = reading.code(&format!("column.{i}.kind")).unwrap_or(QuestionKind::ShortText);
        let may_lack = was.map(|column| column.need).filter(|need| *need != Need::Required).unwrap_or(Need::Optional);
        // Limits and rules are those of a kind of answer.
        let was = was.filter(|column| column.kind == kind);
        let choices = match kind.has_choices() {
            true => read_choices(reading.form.text(&format!("column.{i}.choices")), was),
            false => Vec::new(),
        };
        if kind.has_choices() && choices.is_empty() {
            reading.errors.add(format!("column.{i}.choices"), "Proposez au moins une réponse.");
        }
        let need = if reading.has(&format!("column.{i}.optional")) { may_lack } else { Need::Required };
        let blank = Question::blank(code, kind);
        columns.push(Question { label, kind, choices, need, ..was.cloned().unwrap_or(blank) });
    }
    if columns.is_empty() {
        reading.errors.add("column.0.label", "Nommez au moins une colonne.");
    }
    columns
}

/// Every answer that counts something, by path.
fn counted(sections: &[Section], but: Option<&Question>) -> Vec<(String, String)> {
    let form = Form::of_sections(sections);
    let mut found = Vec::new();
    let questions = sections.iter().flat_map(|section| &section.questions);
    for question in questions.filter(|question| but.is_none_or(|but| but.code != question.code)) {
        let label = cut(&question.label, SHORT);
        if form.measure(&question.code).is_some() {
            found.push((question.code.clone(), label.clone()));
        }
        let columns =
            question.row_columns().iter().map(|column| (format!("{}.{}", question.code, column.code), column));
        let sums = columns.filter(|(path, _)| form.measure(path).is_some());
        found.extend(
            sums.map(|(path, column)| (path, format!("{label}\u{a0}: total de «\u{a0}{}\u{a0}»", column.label))),
        );
    }
    found
}

/// What of a stored list is not offered any more stays as it is.
fn with_known(mut options: Vec<(String, String)>, known: Option<&String>) -> Vec<(String, String)> {
    if let Some(known) = known.filter(|known| !options.iter().any(|(value, _)| value == *known)) {
        options.push((known.clone(), known.clone()));
    }
    options
}

/// The formula of a computed value.
pub(super) fn formula(sections: &[Section], question: Option<&Question>, typed: Typed<'_>) -> Group {
    let known = question.and_then(|question| question.formula.as_ref());
    let of: &[String] = known.map_or(&[], |formula| &formula.of);
    let options = counted(sections, question);
    let operations = Operation::ALL.iter().map(|operation| (operation.code(), operation.label()));
    let operation = known.map_or("", |formula| formula.operation.code());
    let mut inputs = vec![Input::choose("select", "formula.operation", "Opération", operations, &[operation])];
    for i in 0..typed.rows("formula.of", of.len(), if of.len() < 2 { 3 } else { 2 }) {
        let chosen = of.get(i).map_or("", String::as_str);
        let label = format!("Réponse {}", i + 1);
        let options = with_known(options.clone(), of.get(i));
        inputs.push(Input::choose("select", format!("formula.of.{i}"), &label, options, &[chosen]).optional());
    }
    let group = Group::new("Calcul", inputs)
        .paired()
        .help("Pour une valeur calculée\u{a0}: choisissez des nombres ou des montants du formulaire. L’organisation voit le résultat et ne l’écrit pas.");
    if question.is_some_and(|question| !question.is_given()) { group } else { group.folded() }
}

pub(super) fn read_formula(reading: &mut Reading<'_>) -> Option<Formula> {
    let rows = reading.rows("formula.of").into_iter();
    let of: Vec<_> = rows.map(|i| reading.text(&format!("formula.of.{i}"))).filter(|path| !path.is_empty()).collect();
    if of.is_empty() {
        reading.errors.add("formula.of.0", "Choisissez au moins une réponse à compter.");
    }
    let operation = reading.code("formula.operation")?;
    Some(Formula { operation, of })
}

/// Every answer a rule may compare with, by path.
fn comparable(sections: &[Section], but: Option<&Question>) -> Vec<(String, String)> {
    let (form, mut options) = (Form::of_sections(sections), counted(sections, but));
    let others = sections.iter().flat_map(|section| &section.questions).filter(|question| {
        let is_counted = form.measure(&question.code).is_some();
        !is_counted && form.is_comparable(&question.code) && but.is_none_or(|but| but.code != question.code)
    });
    options.extend(others.map(|question| {
        let label = cut(&question.label, SHORT);
        let what = if question.kind.has_rows() { " (nombre de lignes)" } else { "" };
        (question.code.clone(), format!("{label}{what}"))
    }));
    options
}

fn when_value(when: &ShowIf) -> String {
    format!("{}={}", when.question, when.any_of.join("|"))
}

/// When a rule holds: after any answer to a question, or after one of them.
fn conditions(call: &CallDefinition, sections: &[Section], but: Option<&Question>) -> Vec<(String, String)> {
    let mut options = Vec::new();
    let questions = sections.iter().flat_map(|section| &section.questions);
    for question in questions.filter(|question| but.is_none_or(|but| but.code != question.code)) {
        let label = cut(&question.label, SHORT);
        options.push((format!("{}=", question.code), format!("{label} → toute réponse")));
        let each = answers(call, question).into_iter();
        options.extend(each.map(|(code, said)| (format!("{}={code}", question.code), format!("{label} → {said}"))));
    }
    options
}

/// The rules of a question, and room for one more.
pub(super) fn rules(
    call: &CallDefinition,
    sections: &[Section],
    question: Option<&Question>,
    typed: Typed<'_>,
) -> Vec<Group> {
    let known: &[AnswerRule] = question.map_or(&[], |question| &question.rules);
    let (others, conditions) = (comparable(sections, question), conditions(call, sections, question));
    let rows = 0..typed.rows("rule", known.len(), 1);
    rows.map(|i| rule(i, known.get(i), &others, &conditions)).collect()
}

fn rule(i: usize, rule: Option<&AnswerRule>, others: &[(String, String)], conditions: &[(String, String)]) -> Group {
    let name = |field: &str| format!("rule.{i}.{field}");
    let comparisons = Comparison::ALL.iter().map(|is| (is.code(), is.label()));
    let is = rule.map_or("", |rule| rule.is.code());
    let to = rule.and_then(|rule| rule.to.as_ref());
    let when = rule.and_then(|rule| rule.when.as_ref()).map(when_value);
    let choose = |field: &str, label: &str, options: &[(String, String)], known: Option<&String>| {
        let chosen = known.map_or("", String::as_str);
        Input::choose("select", name(field), label, with_known(options.to_vec(), known), &[chosen]).optional()
    };
    let value = rule.and_then(|rule| rule.value.as_deref()).unwrap_or_default();
    let inputs = vec![
        Input::choose("select", name("is"), "La réponse doit", comparisons, &[is]).optional(),
        choose("to", "Cette autre réponse", others, to),
        Input::text(name("value"), "Ou cette valeur", value).optional(),
        choose("when", "Seulement après cette réponse", conditions, when.as_ref()),
        Input::text(name("sentence"), "Phrase affichée à côté du champ", rule.map_or("", |rule| &rule.sentence))
            .help("Par exemple\u{a0}: La fin doit suivre le début.")
            .optional(),
    ];
    let group = Group::new(&format!("Règle {} avec d’autres réponses", i + 1), inputs).paired();
    let help = "Une réponse qui ne respecte pas la règle est signalée à l’enregistrement, et le dossier ne peut pas être \
                déposé. Effacez la phrase pour retirer la règle.";
    if rule.is_none() { group.help(help).folded() } else { group.help(help) }
}

pub(super) fn read_rules(reading: &mut Reading<'_>, known: Option<&Question>) -> Vec<AnswerRule> {
    let was = known.map_or(0, |question| question.rules.len());
    let mut rules = Vec::new();
    for i in reading.rows("rule") {
        let text = |field: &str| reading.form.filled(&format!("rule.{i}.{field}")).map(ToOwned::to_owned);
        let (is, to, value) = (text("is").and_then(|code| code.parse::<Comparison>().ok()), text("to"), text("value"));
        let when = text("when").and_then(|when| {
            let (question, answers) = when.split_once('=')?;
            let any_of = answers.split('|').filter(|answer| !answer.is_empty()).map(ToOwned::to_owned).collect();
            Some(ShowIf { question: question.to_owned(), any_of })
        });
        match (is, text("sentence")) {
            (Some(is), Some(sentence)) => rules.push(AnswerRule { is, to, value, when, sentence }),
            (None, Some(_)) => reading.errors.add(format!("rule.{i}.is"), "Choisissez ce que doit être la réponse."),
            (Some(_), None) if i >= was => {
                reading.errors.add(format!("rule.{i}.sentence"), "Écrivez la phrase que lira l’organisation.");
            }
            (_, None) => {}
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Fields;

    #[test]
    fn a_column_keeps_its_rules_and_limits_while_its_kind_stays() {
        let rule = AnswerRule {
            is: Comparison::AtMost,
            to: None,
            value: Some("8".into()),
            when: None,
            sentence: "Huit au plus.".into(),
        };
        let column = Question::blank("heures".into(), QuestionKind::Number);
        let column = Question { need: Need::Recommended, most: Some(8), rules: vec![rule], ..column };
        let group = Question { columns: vec![column.clone()], ..Question::blank("frais".into(), QuestionKind::Group) };
        let read = |kind: &str, optional: &str| {
            let typed = [("code", "heures"), ("label", "Heures"), ("kind", kind), ("optional", optional)];
            let typed = typed.into_iter().filter(|(_, value)| !value.is_empty());
            let form = Fields::of(typed.map(|(name, value)| (format!("column.0.{name}"), value)));
            read_columns(&mut Reading::of(&form), Some(&group)).remove(0)
        };
        assert_eq!(read("number", "oui"), Question { label: "Heures".into(), ..column });
        assert_eq!(read("number", "").need, Need::Required);
        let date = read("date", "oui");
        assert_eq!((date.code.as_str(), date.need), ("heures", Need::Recommended));
        assert!(date.most.is_none() && date.rules.is_empty());
    }
}

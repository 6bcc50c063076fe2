//! Sections and questions as they are made: every kind, its limits, its choices and when it is asked.

use super::{
    documents::{author, read_author},
    inputs::{Group, Input, Reading, Typed},
    models::{BENEFICIARIES, beneficiaries},
    relations,
};
use crate::domain::{
    definitions::{
        AnswerChoice, Author, CallDefinition, Need, ProjectField, Question, QuestionKind, Section, SectionContent,
        ShowIf, code_from,
    },
    references::{CountryList, axis},
    text::cut,
};

/// The longest question shown beside its answer, in characters.
const SHORT: usize = 70;

/// The answers to an earlier question by which something else may depend on it: their codes and labels.
pub(super) fn answers(call: &CallDefinition, question: &Question) -> Vec<(String, String)> {
    match question.kind {
        QuestionKind::YesNo => [("oui", "Oui"), ("non", "Non")].map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec(),
        QuestionKind::Choice | QuestionKind::Choices => {
            question.choices.iter().map(|choice| (choice.code.clone(), choice.label.clone())).collect()
        }
        QuestionKind::Axis => {
            let label = |code: &String| axis(code).map_or(code.clone(), |axis| axis.label.clone());
            call.axes.iter().map(|code| (code.clone(), label(code))).collect()
        }
        QuestionKind::Statement => vec![("oui".to_owned(), "Accepté".to_owned())],
        _ => Vec::new(),
    }
}

/// The field that says when something is asked: among the answers to the questions before it.
fn condition<'a>(
    call: &CallDefinition,
    earlier: impl Iterator<Item = &'a Question>,
    known: Option<&ShowIf>,
) -> Option<Group> {
    let mut options = Vec::new();
    for question in earlier {
        let label = cut(&question.label, SHORT);
        options.extend(
            answers(call, question)
                .into_iter()
                .map(|(code, answer)| (format!("{}={code}", question.code), format!("{label} → {answer}"))),
        );
    }
    let chosen: Vec<String> =
        known.into_iter().flat_map(|c| c.any_of.iter().map(|answer| format!("{}={answer}", c.question))).collect();
    // A condition that a file has put on another kind of question stays as it is.
    options.extend(
        chosen
            .iter()
            .filter(|value| !options.iter().any(|(known, _)| known == *value))
            .map(|v| (v.clone(), v.clone()))
            .collect::<Vec<_>>(),
    );
    if options.is_empty() {
        return None;
    }
    let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
    let input =
        Input::choose("checkboxes", "show_if", "Demander seulement après une de ces réponses", options, &chosen);
    let group = Group::new("Condition", vec![input.optional()]);
    Some(if chosen.is_empty() { group.folded() } else { group })
}

fn read_condition(reading: &mut Reading<'_>) -> Option<ShowIf> {
    let chosen: Vec<(&str, &str)> = reading.form.all("show_if").filter_map(|value| value.split_once('=')).collect();
    let (question, _) = *chosen.first()?;
    if chosen.iter().any(|(other, _)| *other != question) {
        reading.errors.add("show_if", "Choisissez les réponses d’une seule question.");
    }
    let any_of = chosen.into_iter().filter(|(other, _)| *other == question).map(|(_, answer)| answer.to_owned());
    Some(ShowIf { question: question.to_owned(), any_of: any_of.collect() })
}

pub(super) fn section_groups(
    call: &CallDefinition,
    (sections, at): (&[Section], Option<usize>),
    is_application: bool,
) -> Vec<Group> {
    let section = at.and_then(|at| sections.get(at));
    let content = section.map_or(SectionContent::Questions, |section| section.content);
    let contents = SectionContent::ALL.iter().map(|content| (content.code(), content.label()));
    let mut inputs = vec![
        Input::text("title", "Titre", section.map_or("", |section| &section.title)),
        Input::area("help", "Aide", section.map_or("", |section| &section.help)).rows(3).optional(),
    ];
    if is_application {
        inputs.push(
            Input::choose("radios", "content", "Elle contient", contents, &[content.code()])
                .help("Le budget, les partenaires et les pièces ont leur propre écran\u{202f}; des questions peuvent s’y ajouter."),
        );
        inputs.extend(author(call, section.map_or(Author::Lead, |section| section.author)));
    }
    let earlier = sections.iter().take(at.unwrap_or(sections.len())).flat_map(|section| &section.questions);
    let mut groups = vec![Group::new("", inputs)];
    groups.extend(condition(call, earlier, section.and_then(|section| section.show_if.as_ref())));
    groups
}

pub(super) fn read_section(
    call: &CallDefinition,
    reading: &mut Reading<'_>,
    known: Option<&Section>,
    (taken, is_application): (&[String], bool),
) -> Section {
    let title = reading.needed("title", 200, "Donnez un titre à cette rubrique.");
    Section {
        code: known.map_or_else(|| code_from(&title, taken), |known| known.code.clone()),
        title,
        help: reading.text("help"),
        content: match is_application {
            true => reading.code("content").unwrap_or(SectionContent::Questions),
            false => known.map_or(SectionContent::Questions, |known| known.content),
        },
        author: if is_application { read_author(call, reading) } else { Author::Lead },
        show_if: read_condition(reading),
        questions: known.map(|known| known.questions.clone()).unwrap_or_default(),
    }
}

/// Where a question stands, or is to be added: the section and, of a known one, its place in it.
pub(super) type Place = (usize, Option<usize>);

fn limits(question: Option<&Question>) -> Group {
    let kind = question.map(|question| question.kind);
    let group = Group::new(
        "Limites",
        vec![
            Input::number("words", "Nombre de mots au plus", question.and_then(|question| question.words))
                .help("Pour un texte, court ou long.")
                .optional(),
            Input::number("least", "Minimum", question.and_then(|question| question.least))
                .help("D’un nombre, du nombre de choix, des lignes d’un tableau ou des organisations.")
                .optional(),
            Input::number("most", "Maximum", question.and_then(|question| question.most))
                .help("Une seule organisation partenaire sans maximum.")
                .optional(),
        ],
    );
    use QuestionKind::{Choices, Goals, LongText, Number, Targets, Themes};
    let is_limited = matches!(kind, Some(LongText | Number | Choices | Goals | Targets | Themes));
    let is_limited = is_limited || kind.is_some_and(QuestionKind::has_rows);
    if is_limited { group } else { group.folded() }
}

fn choices(question: Option<&Question>, typed: Typed<'_>) -> Group {
    let known: &[AnswerChoice] = question.map_or(&[], |question| &question.choices);
    let mut inputs = Vec::new();
    for i in 0..typed.rows("choice", known.len(), if known.is_empty() { 6 } else { 3 }) {
        let (code, label) = known.get(i).map_or(("", ""), |choice| (&choice.code, &choice.label));
        inputs.push(Input::hidden(format!("choice.{i}.code"), code));
        inputs.push(Input::text(format!("choice.{i}.label"), &format!("Réponse {}", i + 1), label).optional());
    }
    let group = Group::new("Réponses proposées", inputs)
        .help("Pour un choix dans une liste. Effacez une réponse pour la retirer\u{202f}; pour en ajouter d’autres, enregistrez.");
    if question.is_some_and(|question| question.kind.has_choices()) { group } else { group.folded() }
}

/// Which countries the list of the question shows.
fn countries(question: Option<&Question>) -> Group {
    let known = question.and_then(|question| question.countries).unwrap_or(CountryList::World);
    let lists = CountryList::ALL.iter().map(|list| (list.code(), list.label()));
    let group = Group::new(
        "Pays proposés",
        vec![Input::choose("radios", "countries", "La liste montre", lists, &[known.code()])],
    )
    .help("Pour un pays.");
    if question.is_some_and(|question| question.kind == QuestionKind::Country) { group } else { group.folded() }
}

fn role(call: &CallDefinition, question: Option<&Question>, is_application: bool) -> Group {
    let fields = ProjectField::ALL.iter().map(|field| (field.code(), field.label()));
    let fills = question.and_then(|question| question.fills).map_or("", ProjectField::code);
    let statements = call.statements.iter().map(|statement| (statement.code.clone(), statement.title.clone()));
    let statement = question.and_then(|question| question.statement.as_deref()).unwrap_or_default();
    let mut inputs = vec![
        Input::choose("select", "fills", "Elle donne", fields, &[fills])
            .help("Le titre, le montant et les dates du projet viennent chacun d’une question.")
            .optional(),
        Input::choose("select", "statement", "Attestation acceptée", statements, &[statement])
            .help("Pour un engagement sur l’honneur. Le texte se règle dans «\u{a0}Pièces et attestations\u{a0}».")
            .optional(),
    ];
    // The answer to a report fills nothing of the project.
    inputs.retain(|input| is_application || input.name == "statement");
    let group = Group::new("Ce que la réponse devient", inputs);
    if fills.is_empty() && statement.is_empty() { group.folded() } else { group }
}

pub(super) fn question_groups(
    call: &CallDefinition,
    (sections, (section, place)): (&[Section], Place),
    is_application: bool,
    (typed, model): (Typed<'_>, &str),
) -> Option<Vec<Group>> {
    let here = sections.get(section)?;
    let model = (model == BENEFICIARIES && is_application).then(beneficiaries);
    let question = place.and_then(|place| here.questions.get(place)).or(model.as_ref());
    let text = |read: fn(&Question) -> &String| question.map_or("", |question| read(question).as_str());
    let kinds = QuestionKind::ALL.iter().map(|kind| (kind.code(), kind.label()));
    let kind = question.map_or(QuestionKind::LongText, |question| question.kind);
    let needs = Need::ALL.iter().map(|need| (need.code(), need.label()));
    let need = question.map_or(Need::Required, |question| question.need);
    let all = sections.iter().map(|section| (section.code.clone(), section.title.clone()));
    let asked = Group::new(
        "",
        vec![
            Input::text("label", "Question", text(|question| &question.label)),
            Input::area("help", "Aide", text(|question| &question.help)).rows(3).optional(),
            Input::text("example", "Exemple de réponse", text(|question| &question.example)).optional(),
            Input::choose("select", "kind", "Type de réponse", kinds, &[kind.code()]),
            Input::choose("radios", "need", "Cette réponse est", needs, &[need.code()]),
            Input::choose("select", "rubrique", "Rubrique", all, &[&here.code]),
        ],
    );
    let before = sections.iter().take(section).flat_map(|section| &section.questions);
    let earlier = before.chain(here.questions.iter().take(place.unwrap_or(here.questions.len())));
    let mut groups = vec![asked, choices(question, typed), countries(question), limits(question)];
    groups.extend(condition(call, earlier, question.and_then(|question| question.show_if.as_ref())));
    groups.insert(3, relations::columns(question, typed));
    groups.insert(4, relations::formula(sections, question, typed));
    groups.extend(relations::rules(call, sections, question, typed));
    groups.push(role(call, question, is_application));
    Some(groups)
}

fn read_choices(reading: &mut Reading<'_>) -> Vec<AnswerChoice> {
    let mut choices: Vec<AnswerChoice> = Vec::new();
    let rows = reading.rows("choice");
    let mut taken: Vec<String> = rows.iter().map(|i| reading.text(&format!("choice.{i}.code"))).collect();
    for i in rows {
        let label = reading.text(&format!("choice.{i}.label"));
        if label.is_empty() {
            continue;
        }
        let code = match reading.text(&format!("choice.{i}.code")) {
            known if !known.is_empty() => known,
            _ => code_from(&label, &taken),
        };
        taken.push(code.clone());
        choices.push(AnswerChoice { code, label });
    }
    choices
}

pub(super) fn read_question(reading: &mut Reading<'_>, known: Option<&Question>, taken: &[String]) -> Question {
    let label = reading.needed("label", 300, "Écrivez la question.");
    let kind = reading.code("kind").unwrap_or(QuestionKind::ShortText);
    use QuestionKind::{Choices, Computed, Goals, LongText, Number, ShortText, Targets, Themes};
    let is_counted = matches!(kind, Number | Choices | Goals | Targets | Themes) || kind.has_rows();
    let choices = if kind.has_choices() { read_choices(reading) } else { Vec::new() };
    if kind.has_choices() && choices.is_empty() {
        reading.errors.add("choice.0.label", "Proposez au moins une réponse.");
    }
    let statement = reading.form.filled("statement").map(ToOwned::to_owned).filter(|_| kind == QuestionKind::Statement);
    if kind == QuestionKind::Statement && statement.is_none() {
        reading.errors.add("statement", "Choisissez l’attestation que cette question fait accepter.");
    }
    let countries = reading.form.filled("countries").and_then(|code| code.parse().ok());
    let countries = countries.filter(|list| kind == QuestionKind::Country && *list != CountryList::World);
    Question {
        code: known.map_or_else(|| code_from(&label, taken), |known| known.code.clone()),
        label,
        help: reading.text("help"),
        example: reading.text("example"),
        kind,
        need: if kind == Computed { Need::Optional } else { reading.code("need").unwrap_or(Need::Required) },
        words: reading.number_option("words", 1..=10_000).filter(|_| matches!(kind, ShortText | LongText)),
        least: reading.number_option("least", 0..=1_000_000_000).filter(|_| is_counted),
        most: reading.number_option("most", 0..=1_000_000_000).filter(|_| is_counted),
        choices,
        countries,
        show_if: read_condition(reading),
        fills: reading.form.filled("fills").and_then(|code| code.parse().ok()),
        statement,
        columns: if kind == QuestionKind::Group { relations::read_columns(reading, known) } else { Vec::new() },
        formula: if kind == Computed { relations::read_formula(reading) } else { None },
        rules: relations::read_rules(reading, known),
    }
}

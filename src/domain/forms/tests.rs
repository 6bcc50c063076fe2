//! Forms, on the definition files of the product and on small ones.

use super::*;
use crate::domain::{
    budgets::{BudgetLine, Side},
    definitions::parse,
    money::Euros,
    references::Marker,
};

fn recital() -> CallDefinition {
    parse(include_str!("../../../fixtures/recital.toml")).unwrap().calls.remove(0)
}

/// An answer that reads well, for every question that is asked.
fn complete(call: &CallDefinition) -> Answers {
    call.questions().map(|(_, question)| (question.code.clone(), good_answer(question))).collect()
}

fn good_answer(question: &Question) -> String {
    let first_choice = || question.choices[0].code.clone();
    match question.kind {
        QuestionKind::ShortText | QuestionKind::LongText => "Un jardin du monde".to_owned(),
        QuestionKind::Number => question.least.unwrap_or(1).to_string(),
        QuestionKind::Euros => "1 600".to_owned(),
        QuestionKind::Date if question.fills == Some(ProjectField::EndsOn) => "2027-09-30".to_owned(),
        QuestionKind::Date => "01/05/2027".to_owned(),
        QuestionKind::YesNo | QuestionKind::Statement => "oui".to_owned(),
        QuestionKind::Choice | QuestionKind::Choices => first_choice(),
        QuestionKind::Commune => "59350".to_owned(),
        QuestionKind::Country => "SN".to_owned(),
        QuestionKind::Axis => "JEUNES".to_owned(),
        QuestionKind::Goals => "4\n13".to_owned(),
        QuestionKind::Targets => "4.7".to_owned(),
        QuestionKind::Themes => "JEUNES.1".to_owned(),
        QuestionKind::Markers => "gender:1\nenvironment:0".to_owned(),
        QuestionKind::Email => "a@exemple.fr".to_owned(),
        QuestionKind::Phone => "0612345678".to_owned(),
        QuestionKind::Siret => "73282932000074".to_owned(),
        QuestionKind::Rna => "W595012345".to_owned(),
        QuestionKind::Uai => "0590001F".to_owned(),
        QuestionKind::Iban => "FR7630006000011234567890189".to_owned(),
        QuestionKind::File => "photo.jpg".to_owned(),
        QuestionKind::Group | QuestionKind::Organisation => rows_text(&[question
            .row_columns()
            .iter()
            .map(|column| (column.code.clone(), good_answer(column)))
            .collect()]),
        QuestionKind::Computed => String::new(),
    }
}

fn budget() -> Budget {
    let line = |account: &str, side, amount| BudgetLine {
        account: account.into(),
        side,
        label: String::new(),
        planned: Euros::whole(amount),
        actual: None,
        is_eligible: true,
        is_secured: false,
        ineligible: Euros::ZERO,
    };
    Budget {
        grant: Euros::whole(1_600),
        lines: vec![line("62.3", Side::Expense, 2_000), line("75.2", Side::Income, 400)],
    }
}

fn every_document(call: &CallDefinition) -> Vec<String> {
    let files = call.questions().filter(|(_, question)| question.kind == QuestionKind::File);
    let documents = call.documents.iter().map(|document| &document.code);
    documents.chain(files.map(|(_, question)| &question.code)).cloned().collect()
}

#[test]
fn a_form_filled_in_well_has_no_problem() {
    let call = recital();
    let (answers, attached, budget) = (complete(&call), every_document(&call), budget());
    let filled =
        Filled { answers: &answers, attached: &attached, budget: Some(&budget), partners: 0, legal_form: None };
    let form = Form::of_call(&call);
    assert_eq!(form.check(&filled), []);
    assert!(form.states(&filled).iter().all(|(_, state)| *state == SectionState::Complete));
}

#[test]
fn an_empty_form_names_what_is_missing_section_by_section() {
    let call = recital();
    let answers = Answers::new();
    let filled = Filled { answers: &answers, attached: &[], budget: None, partners: 0, legal_form: None };
    let form = Form::of_call(&call);
    let missing: Vec<String> = form.obstacles(&filled).into_iter().filter_map(|problem| problem.question).collect();
    for code in ["titre", "axe", "odd", "montant", "cer", "statuts"] {
        assert!(missing.iter().any(|m| m == code), "{code} is not missed");
    }
    for code in ["comment_eloigne", "marqueurs", "rib", "rapport"] {
        assert!(!missing.iter().any(|m| m == code), "{code} is missed");
    }
    assert!(
        form.obstacles(&filled).iter().any(|p| p.section == "budget" && p.message == "Remplissez le budget du projet.")
    );
    let states = form.states(&filled);
    assert_eq!(states[0], ("projet", SectionState::ToDo));
    assert!(states.contains(&("partenaires", SectionState::Complete)));
}

#[test]
fn a_question_is_asked_only_after_the_answer_that_calls_for_it() {
    let call = recital();
    let form = Form::of_call(&call);
    let question = call.question("comment_eloigne").unwrap();
    let asked = |answer: &str| form.shows(question, &Answers::from([("eloigne".to_owned(), answer.to_owned())]));
    assert!(asked("oui") && !asked("non") && !asked("") && asked("non\noui"));
    assert!(!form.shows(question, &Answers::new()));
}

#[test]
fn the_republican_contract_is_not_asked_of_a_school() {
    let call = recital();
    let mut answers = complete(&call);
    answers.remove("cer");
    let (attached, budget) = (every_document(&call), budget());
    let problems = |legal_form| {
        let filled = Filled { answers: &answers, attached: &attached, budget: Some(&budget), partners: 0, legal_form };
        Form::of_call(&call).obstacles(&filled).len()
    };
    assert_eq!((problems(Some(LegalForm::School)), problems(Some(LegalForm::Association)), problems(None)), (0, 1, 1));
}

#[test]
fn a_project_cannot_end_before_it_starts() {
    let call = recital();
    let mut answers = complete(&call);
    let says = |answers: &Answers| {
        let filled = Filled { answers, attached: &[], budget: None, partners: 0, legal_form: None };
        Form::of_call(&call).check(&filled).into_iter().any(|problem| problem.message.contains("précéder"))
    };
    answers.insert("fin".into(), "2027-05-01".into());
    assert!(!says(&answers));
    answers.insert("fin".into(), "2027-04-30".into());
    assert!(says(&answers));
}

#[test]
fn a_section_begun_with_a_mistake_is_started() {
    let call = recital();
    let answers = Answers::from([("montant".to_owned(), "mille".to_owned())]);
    let filled = Filled { answers: &answers, attached: &[], budget: None, partners: 0, legal_form: None };
    assert_eq!(Form::of_call(&call).states(&filled)[0], ("projet", SectionState::Started));
    assert!(
        Form::of_call(&call)
            .check(&filled)
            .iter()
            .any(|p| p.gravity == Gravity::Wrong && p.message.contains("en euros"))
    );
}

fn question(kind: QuestionKind) -> Question {
    let choices = vec![crate::domain::definitions::AnswerChoice { code: "a".into(), label: "A".into() }];
    let (words, least, most) = (Some(3), Some(1), Some(2));
    Question { label: "Q".into(), words, least, most, choices, ..Question::blank("q".into(), kind) }
}

#[test]
fn every_kind_of_answer_takes_the_good_and_says_what_is_bad() {
    use QuestionKind::*;
    for (kind, good, bad) in [
        (ShortText, "Un titre", "deux\nlignes"),
        (ShortText, "un deux trois", "un deux trois quatre"),
        (LongText, "un deux trois", "un deux trois quatre"),
        (Number, " 2 ", "2,5"),
        (Number, "1", "0"),
        (Number, "2", "3"),
        (Euros, "1 250,50 €", "-1"),
        (Euros, "0", "mille"),
        (Date, "15/04/2027", "31/02/2027"),
        (Date, "2027-04-15", "15/04/27"),
        (YesNo, "non", "peut-être"),
        (Statement, "oui", "non"),
        (Choice, "a", "b"),
        (Choices, "a", "a\nb"),
        (Choices, "a\na", "a\na\na"),
        (Commune, "62041", "75056"),
        (Country, "ML", "XX"),
        (Axis, "JEUNES", "CRISES"),
        (Goals, "1\n17", "18"),
        (Goals, "5", "1\n2\n3"),
        (Targets, "4.7\n13.3", "4.99"),
        (Themes, "JEUNES.1", "CRISES.1"),
        (Themes, "JEUNES.2", "JEUNES.99"),
        (Markers, "gender:2", "gender:3"),
        (Email, "a@exemple.fr", "a@exemple"),
        (Phone, "06 12 34 56 78", "06 12"),
        (Siret, "732 829 320 00074", "73282932000075"),
        (Rna, "w595012345", "595012345"),
        (Uai, "0590001F", "059000"),
        (Iban, "fr76 3000 6000 0112 3456 7890 189", "FR76 3000 6000 0112 3456 7890 188"),
    ] {
        let axes = ["JEUNES".to_owned()];
        assert_eq!(read(&question(kind), &axes, good), Ok(()), "{kind} {good}");
        let said = read(&question(kind), &axes, bad).unwrap_err();
        let begins = |sign: char| sign.is_uppercase() || sign.is_ascii_digit();
        assert!(said.ends_with('.') && said.starts_with(begins), "{kind} {bad}: {said}");
    }
}

#[test]
fn the_answers_give_the_project_and_its_tags() {
    let call = recital();
    let mut answers = complete(&call);
    let found = project(&call, &answers);
    assert_eq!(found.title.as_deref(), Some("Un jardin du monde"));
    assert_eq!(found.requested, Some(Euros::whole(1_600)));
    assert_eq!(found.starts_on.map(|day| day.to_string()).as_deref(), Some("2027-05-01"));
    assert_eq!(found.commune.as_deref(), Some("59350"));
    let codes: Vec<(TagKind, String, i32)> =
        tags(&call, &answers).into_iter().map(|t| (t.kind, t.code, t.level)).collect();
    let expected = [
        (TagKind::Axis, "JEUNES".to_owned(), 1),
        (TagKind::Goal, "4".to_owned(), 1),
        (TagKind::Goal, "13".to_owned(), 1),
        (TagKind::Marker, Marker::Gender.code().to_owned(), 1),
    ];
    assert_eq!(codes, expected);
    answers.insert("montant".into(), "beaucoup".into());
    answers.insert("axe".into(), "AUTRE".into());
    assert_eq!(project(&call, &answers).requested, None);
    assert!(tags(&call, &answers).iter().all(|tag| tag.kind != TagKind::Axis));
}

/// A form of one section: sessions as rows, what they come to, and a total to hold them against.
fn sessions() -> Vec<Section> {
    let text = r#"
        code = "projet"
        title = "Projet"
        [[question]]
        code = "debut"
        label = "Début"
        kind = "date"
        [[question]]
        code = "fin"
        label = "Fin"
        kind = "date"
        rule = [{ is = "more", to = "debut", sentence = "La fin doit suivre le début." }]
        [[question]]
        code = "prevues"
        label = "Heures annoncées"
        kind = "number"
        rule = [{ is = "equal", to = "heures", sentence = "Le total ne fait pas les heures du tableau." }]
        [[question]]
        code = "calendrier"
        label = "Calendrier"
        kind = "group"
        least = 1
        most = 3
        column = [
          { code = "le", label = "Date", kind = "date", rule = [{ is = "at_least", to = "debut", sentence = "Cette séance vient trop tôt." }] },
          { code = "heures", label = "Heures", kind = "number", most = 8 },
          { code = "prix", label = "Prix", kind = "euros", need = "optional" },
        ]
        [[question]]
        code = "heures"
        label = "Heures"
        kind = "computed"
        formula = { operation = "sum", of = ["calendrier.heures"] }
        [[question]]
        code = "part"
        label = "Part"
        kind = "computed"
        formula = { operation = "share", of = ["heures", "prevues"] }
        [[question]]
        code = "reste"
        label = "Reste"
        kind = "computed"
        formula = { operation = "difference", of = ["prevues", "heures"] }
        [[question]]
        code = "prix"
        label = "Prix"
        kind = "computed"
        formula = { operation = "sum", of = ["calendrier.prix"] }
        [[question]]
        code = "pourquoi"
        label = "Pourquoi"
        kind = "short_text"
        need = "optional"
        rule = [{ is = "filled", when = { question = "prevues", any_of = ["12"] }, sentence = "Dites pourquoi douze." }]
    "#;
    vec![toml::from_str(text).unwrap()]
}

/// Field, gravity and sentence of everything that is said of the answers.
fn said(sections: &[Section], answers: &[(&str, &str)]) -> Vec<(String, Gravity, String)> {
    let answers: Answers = answers.iter().map(|(code, value)| (code.to_string(), value.to_string())).collect();
    let filled = Filled { answers: &answers, attached: &[], budget: None, partners: 0, legal_form: None };
    let problems = Form::of_sections(sections).check(&filled).into_iter();
    problems.map(|p| (p.field().unwrap_or_default().to_owned(), p.gravity, p.message)).collect()
}

fn value(sections: &[Section], code: &str, answers: &[(&str, &str)]) -> String {
    let answers: Answers = answers.iter().map(|(code, value)| (code.to_string(), value.to_string())).collect();
    let form = Form::of_sections(sections);
    form.answer(form.asked(code).unwrap(), &answers)
}

const GOOD: [(&str, &str); 4] = [
    ("debut", "2027-04-01"),
    ("fin", "2027-05-01"),
    ("prevues", "5"),
    ("calendrier", "heures=2\tle=2027-04-02\tprix=1,05\nheures=3\tle=2027-04-03\tprix=0,10"),
];

#[test]
fn rows_are_judged_cell_by_cell_and_what_follows_from_them_is_exact() {
    let sections = sessions();
    assert_eq!(said(&sections, &GOOD), []);
    let value = |code, answers: &[(&str, &str)]| value(&sections, code, answers);
    assert_eq!((value("heures", &GOOD), value("reste", &GOOD)), ("5".into(), "0".into()));
    assert_eq!((value("prix", &GOOD), value("part", &GOOD)), ("1,15\u{a0}€".into(), "100\u{a0}%".into()));
    let third = [("prevues", "3"), ("calendrier", "heures=1\tle=2027-04-02")];
    assert_eq!((value("part", &third), value("reste", &third)), ("33,33\u{a0}%".into(), "2".into()));
    assert_eq!((value("part", &[("prevues", "0"), third[1]]), value("heures", &[])), (String::new(), String::new()));
    assert_eq!(value("heures", &[("calendrier", "heures=deux")]), "", "what does not read counts for nothing");

    let mut wrong = GOOD;
    wrong[3].1 = "heures=12\tle=2027-03-02\n=\nle=2027-04-03";
    let found = said(&sections, &wrong);
    let of =
        |field: &str| found.iter().find(|(name, ..)| name == field).map(|(_, gravity, said)| (*gravity, said.as_str()));
    assert_eq!(
        of("calendrier-0-le"),
        Some((Gravity::Wrong, "Ligne 1, «\u{a0}Date\u{a0}». Cette séance vient trop tôt."))
    );
    assert_eq!(of("calendrier-0-heures").map(|(gravity, _)| gravity), Some(Gravity::Wrong));
    assert_eq!(
        of("calendrier-2-heures").map(|(gravity, _)| gravity),
        Some(Gravity::Missing),
        "rows keep their numbers"
    );
    assert_eq!(of("calendrier-0-prix"), None, "an optional column");
}

#[test]
fn a_group_wants_its_rows() {
    let sections = sessions();
    let rows = |count: usize| vec!["heures=1\tle=2027-04-02"; count].join("\n");
    let about = |rows: &str| {
        let answers = [GOOD[0], GOOD[1], ("calendrier", rows)];
        said(&sections, &answers).into_iter().find(|(field, ..)| field == "calendrier").map(|(_, _, said)| said)
    };
    assert_eq!(about("").as_deref(), Some("Ajoutez au moins une ligne à «\u{a0}Calendrier\u{a0}»."));
    assert_eq!(about(&rows(3)), None);
    assert_eq!(about(&rows(4)).as_deref(), Some("Gardez au plus 3\u{a0}lignes\u{a0}: il y en a 4."));
    let group = sections[0].questions.iter().find(|question| question.code == "calendrier").unwrap();
    assert!(read(group, &[], &rows(3)).is_ok() && read(group, &[], "autre=x").is_err());
}

#[test]
fn an_answer_is_held_against_another_one_once_both_are_given() {
    let sections = sessions();
    let about = |field: &str, changes: &[(&str, &str)]| {
        let mut answers: Vec<_> =
            GOOD.iter().filter(|(code, _)| changes.iter().all(|(c, _)| c != code)).copied().collect();
        answers.extend(changes);
        said(&sections, &answers).into_iter().find(|(name, ..)| name == field).map(|(_, _, said)| said)
    };
    assert_eq!(about("fin", &[("fin", "2027-04-01")]).as_deref(), Some("La fin doit suivre le début."));
    assert_eq!(about("fin", &[("debut", "bientôt")]), None, "what does not read is not compared");
    assert_eq!(about("prevues", &[("prevues", "6")]).as_deref(), Some("Le total ne fait pas les heures du tableau."));
    assert_eq!(about("pourquoi", &[("prevues", "12")]).as_deref(), Some("Dites pourquoi douze."));
    assert_eq!(about("pourquoi", &[("prevues", "12"), ("pourquoi", "Par jeu.")]), None);
    let form = Form::of_sections(&sections);
    let bound = |code: &str| -> Vec<&str> {
        sections[0].questions.iter().filter(|q| form.is_bound(q, code)).map(|q| q.code.as_str()).collect()
    };
    assert_eq!(bound("calendrier"), ["prevues", "heures", "part", "reste", "prix"]);
    assert_eq!(bound("debut"), ["fin", "calendrier"]);
}

#[test]
fn nothing_that_reaches_somebody_is_told_outside() {
    let call = recital();
    let told = |kind: QuestionKind, answer: &str| told_outside(&call, &Question::blank("q".into(), kind), answer);
    for (kind, answer) in [
        (QuestionKind::Email, "jeanne@exemple.org"),
        (QuestionKind::Phone, "0612345678"),
        (QuestionKind::Iban, "FR1420041010050500013M02606"),
    ] {
        assert_eq!(told(kind, answer), "", "{kind:?}");
    }
    assert_eq!(told(QuestionKind::YesNo, "oui"), "Oui");
    let partner = "nom=Cesena\tpays=IT\trole=Essais\tcontact=Jeanne Roux\tcourriel=jeanne@exemple.org";
    let said = told(QuestionKind::Organisation, partner);
    assert!(said.contains("Cesena") && said.contains("Italie") && said.contains("Essais"), "{said}");
    assert!(!said.contains("Jeanne") && !said.contains('@'), "{said}");
    let column = |code: &str, kind| Question { label: code.to_owned(), ..Question::blank(code.to_owned(), kind) };
    let columns = vec![column("mois", QuestionKind::ShortText), column("mel", QuestionKind::Email)];
    let group = Question { columns, ..Question::blank("g".into(), QuestionKind::Group) };
    assert_eq!(told_outside(&call, &group, "mois=mai\tmel=a@b.fr\n=\nmel=a@b.fr"), "mois\u{a0}: mai");
}

//! Each rule at its boundary.

use super::*;
use crate::domain::definitions::{ShowIf, parse};

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

fn verdict(rule: &Rule, facts: &Facts) -> Verdict {
    let finding = judge(rule, facts);
    assert!(finding.sentence.ends_with('.'), "{}", finding.sentence);
    finding.verdict
}

/// The rule is met by the first facts, not by the second, and left to a person when nothing is known.
fn between(rule: Rule, met: Facts, not_met: Facts) {
    assert_eq!(verdict(&rule, &met), Verdict::Met, "{rule:?}");
    assert_eq!(verdict(&rule, &not_met), Verdict::NotMet, "{rule:?}");
    assert_eq!(verdict(&rule, &Facts::default()), Verdict::ToJudge, "{rule:?}");
}

#[test]
fn the_organisation_is_judged_by_its_form_age_and_size() {
    let form = |form| Facts { legal_form: Some(form), ..Facts::default() };
    between(
        Rule::LegalForms { forms: vec![LegalForm::Association] },
        form(LegalForm::Association),
        form(LegalForm::Company),
    );
    let founded = |on| Facts { founded_on: day(on), deadline_on: day("2027-01-31"), ..Facts::default() };
    between(Rule::MinimumAge { years: 2 }, founded("2025-01-31"), founded("2025-02-01"));
    let budget = |cents| Facts { annual_budget: Some(Euros::from_cents(cents)), ..Facts::default() };
    let band = |floor: Option<i64>, ceiling: Option<i64>| Rule::AnnualBudgetBetween {
        floor: floor.map(Euros::whole),
        ceiling: ceiling.map(Euros::whole),
    };
    between(band(None, Some(130_000)), budget(13_000_000), budget(13_000_001));
    between(band(Some(10_000), None), budget(1_000_000), budget(999_999));
    between(band(Some(10_000), Some(130_000)), budget(1_000_000), budget(999_999));
    between(band(Some(10_000), Some(130_000)), budget(13_000_000), budget(13_000_001));
}

#[test]
fn a_maximum_written_before_there_was_a_minimum_still_reads() {
    let old = r#"{"rule":"maximum_annual_budget","amount":"130000.00"}"#;
    let expected = Rule::AnnualBudgetBetween { floor: None, ceiling: Some(Euros::whole(130_000)) };
    assert_eq!(serde_json::from_str::<Rule>(old).unwrap(), expected);
    #[derive(serde::Deserialize)]
    struct File {
        eligibility: Vec<Rule>,
    }
    let file = "eligibility = [{ rule = \"maximum_annual_budget\", amount = \"130 000\" }]";
    assert_eq!(toml::from_str::<File>(file).unwrap().eligibility[0], expected);
    let kept = serde_json::to_string(&expected).unwrap();
    assert_eq!(serde_json::from_str::<Rule>(&kept).unwrap(), expected, "{kept}");
}

#[test]
fn a_country_is_judged_by_its_list_and_by_the_sentence_of_its_exclusion() {
    let of = |code: &str| Facts { project_country: Some(code.into()), ..Facts::default() };
    let sentence = "Le ministère déconseille de s’y rendre.";
    let excluded = vec![ExcludedCountry { country: "ML".into(), sentence: sentence.into() }];
    let dac = Rule::ProjectInCountries { list: Some(CountryList::Dac), countries: vec!["FR".into()], excluded };
    between(dac.clone(), of("SN"), of("US"));
    between(dac.clone(), of("FR"), of("ML"));
    assert_eq!(judge(&dac, &of("ML")).sentence, sentence);
    assert_eq!(dac.wording()[1], format!("Pas de projet dans ce pays\u{a0}: Mali. {sentence}"));
    let named = Rule::ProjectInCountries { list: None, countries: vec!["MA".into()], excluded: vec![] };
    between(named, of("MA"), of("SN"));
    let anywhere = Rule::ProjectInCountries { list: Some(CountryList::World), countries: vec![], excluded: vec![] };
    assert_eq!(verdict(&anywhere, &of("US")), Verdict::Met);
}

#[test]
fn files_are_counted_in_the_call_and_over_the_programme() {
    let in_call = |n| Facts { filed_in_call: Some(n), ..Facts::default() };
    between(Rule::FilesPerCall { most: 2 }, in_call(1), in_call(2));
    let in_programme = |n| Facts { filed_in_programme: Some(n), ..Facts::default() };
    let rule = Rule::FilesPerProgramme { most: 1, since: day("2025-11-01"), until: day("2028-02-29") };
    between(rule.clone(), in_programme(0), in_programme(1));
    let said = judge(&rule, &in_programme(1)).sentence.replace(['\u{a0}', '\u{202f}'], " ");
    let expected = "L’organisation a déjà déposé 1 dossier à ce fonds du 1er novembre 2025 au 29 février 2028, et peut en \
                    déposer 1 au plus.";
    assert_eq!(said, expected);
}

#[test]
fn places_are_judged_by_their_codes() {
    let seat = |code: &str| Facts { department: Some(code.into()), ..Facts::default() };
    between(Rule::SeatInDepartments { departments: vec!["59".into()] }, seat("59"), seat("75"));
    let (area, communes) = ("le littoral".to_owned(), vec!["59183".to_owned()]);
    let of_seat = |code: &str| Facts { seat_commune: Some(code.into()), ..Facts::default() };
    between(
        Rule::SeatInCommunes { area: area.clone(), communes: communes.clone() },
        of_seat("59183"),
        of_seat("59350"),
    );
    let of_project = |code: &str| Facts { project_commune: Some(code.into()), ..Facts::default() };
    between(Rule::ProjectInCommunes { area, communes }, of_project("59183"), of_project("59350"));
}

#[test]
fn amounts_are_judged_to_the_cent() {
    let rule = Rule::AmountBetween { floor: Euros::whole(500), ceiling: Euros::whole(5_000) };
    let asked = |cents| Facts { requested: Some(Euros::from_cents(cents)), ..Facts::default() };
    between(rule.clone(), asked(50_000), asked(49_999));
    between(rule, asked(500_000), asked(500_001));
    let part = |cents| Facts { eligible_cost: Some(Euros::from_cents(1_001)), ..asked(cents) };
    between(Rule::MaximumRate { rate: Rate::percent(80) }, part(800), part(801));
}

#[test]
fn dates_are_judged_to_the_day() {
    let runs = |starts, ends| Facts { starts_on: day(starts), ends_on: day(ends), ..Facts::default() };
    let months = Rule::DurationMonths { least: 1, most: 12 };
    between(months.clone(), runs("2027-02-01", "2027-02-28"), runs("2027-02-01", "2027-02-27"));
    between(months, runs("2027-02-01", "2028-01-31"), runs("2027-02-01", "2028-02-01"));
    let from = Rule::StartsFrom { day: "2027-04-01".parse().unwrap() };
    between(from, runs("2027-04-01", "2027-05-01"), runs("2027-03-31", "2027-05-01"));
    let by = Rule::EndsBy { day: "2027-07-31".parse().unwrap() };
    between(by, runs("2027-04-01", "2027-07-31"), runs("2027-04-01", "2027-08-01"));
}

#[test]
fn the_past_and_the_pair_are_judged_by_counts() {
    let late = |n| Facts { overdue_reports: Some(n), ..Facts::default() };
    between(Rule::NoOverdueReport, late(0), late(2));
    let earlier = |n| Facts { earlier_grants: Some(n), ..Facts::default() };
    between(Rule::OncePerProgramme, earlier(0), earlier(1));
    let pair = |complete| Facts { is_pair_complete: Some(complete), ..Facts::default() };
    between(Rule::PairComplete, pair(true), pair(false));
    let missing = |names: &[&str]| Facts {
        missing_documents: Some(names.iter().map(|n| (*n).into()).collect()),
        ..Facts::default()
    };
    between(Rule::DocumentsPresent, missing(&[]), missing(&["Statuts"]));
}

#[test]
fn what_the_project_aims_at_is_judged_by_its_tags() {
    let rule = Rule::MarkerAtLeast { marker: Marker::Gender, level: MarkerLevel::Significant };
    let marked = |level| Facts { markers: Some(vec![(Marker::Gender, level)]), ..Facts::default() };
    between(rule.clone(), marked(MarkerLevel::Significant), marked(MarkerLevel::NotTargeted));
    between(rule, marked(MarkerLevel::Principal), Facts { markers: Some(vec![]), ..Facts::default() });
    let goals = |goals: &[u8]| Facts { goals: Some(goals.to_vec()), ..Facts::default() };
    between(Rule::GoalsAmong { goals: vec![5, 12, 13] }, goals(&[4, 13]), goals(&[4]));
}

#[test]
fn an_answer_to_what_is_asked_no_longer_is_not_known() {
    let plain = parse(include_str!("../../../fixtures/recital.toml")).unwrap().calls.remove(0);
    let far = Some(ShowIf { question: "eloigne".into(), any_of: vec!["oui".into()] });
    let mut by_question = plain.clone();
    let questions = by_question.sections.iter_mut().flat_map(|section| &mut section.questions);
    let tagged = questions.filter(|question| matches!(question.kind, QuestionKind::Goals | QuestionKind::Markers));
    tagged.for_each(|question| question.show_if.clone_from(&far));
    let mut by_section = plain;
    by_section
        .sections
        .iter_mut()
        .filter(|section| section.code == "sens")
        .for_each(|section| section.show_if = far.clone());
    for call in [by_question, by_section] {
        let facts = |far: &str| {
            let said = [("eloigne", far), ("odd", "4"), ("marqueurs", "gender:2")];
            let answers: Answers =
                said.map(|(code, answer)| (code.to_owned(), answer.to_owned())).into_iter().collect();
            Facts::default().with_project(&call, &answers)
        };
        assert_eq!(facts("oui").goals, Some(vec![4]));
        assert!(facts("oui").markers.is_some());
        let hidden = facts("non");
        assert_eq!((hidden.goals, hidden.markers), (None, None));
    }
}

#[test]
fn the_republican_contract_is_judged_where_it_is_owed() {
    let rule = Rule::RepublicanContract { statement: "cer".into() };
    let facts = |form, statements: Option<&[&str]>| Facts {
        legal_form: Some(form),
        statements: statements.map(|codes| codes.iter().map(|code| (*code).into()).collect()),
        ..Facts::default()
    };
    between(rule.clone(), facts(LegalForm::Association, Some(&["cer"])), facts(LegalForm::Association, Some(&[])));
    assert_eq!(verdict(&rule, &facts(LegalForm::School, None)), Verdict::Met);
    assert_eq!(verdict(&rule, &facts(LegalForm::Association, None)), Verdict::ToJudge);
}

#[test]
fn a_sentence_names_the_fact_it_read() {
    let rule = Rule::AmountBetween { floor: Euros::whole(500), ceiling: Euros::whole(5_000) };
    let said = judge(&rule, &Facts { requested: Some(Euros::whole(6_000)), ..Facts::default() }).sentence;
    let said = said.replace(['\u{a0}', '\u{202f}'], " ");
    assert_eq!(said, "Le montant demandé est de 6 000 € ; l’appel va de 500 € à 5 000 €.");
}

#[test]
fn the_rules_of_a_call_follow_from_all_it_says() {
    for (text, expected) in [
        (
            include_str!("../../../fixtures/recital.toml"),
            vec!["seat_in_departments", "maximum_rate", "documents_present", "ecm"],
        ),
        (
            include_str!("../../../fixtures/tandems.toml"),
            vec!["pair_complete", "amount_between", "republican_contract"],
        ),
        (include_str!("../../../fixtures/sublime.toml"), vec!["project_in_communes", "marker_at_least", "goals_among"]),
    ] {
        let call = parse(text).unwrap().calls.remove(0);
        let rules = rules_of(&call);
        let codes: Vec<&str> = rules.iter().map(Rule::code).collect();
        assert!(expected.iter().all(|code| codes.contains(code)), "{codes:?}");
        let mut once = codes.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), codes.len(), "a rule is there twice: {codes:?}");
    }
}

#[test]
fn a_rule_is_written_under_its_own_code() {
    for rule in [Rule::NoOverdueReport, Rule::MinimumAge { years: 1 }, Rule::GoalsAmong { goals: vec![5] }] {
        assert_eq!(serde_json::to_value(&rule).unwrap()["rule"], rule.code());
    }
}

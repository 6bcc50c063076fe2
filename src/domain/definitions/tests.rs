//! The definition files of the product are read; broken ones name their line.

use super::*;
use crate::domain::references::axes;

const RECITAL: &str = include_str!("../../../fixtures/recital.toml");
const TANDEMS: &str = include_str!("../../../fixtures/tandems.toml");
const SUBLIME: &str = include_str!("../../../fixtures/sublime.toml");

#[test]
fn every_definition_file_is_valid_and_survives_being_kept() {
    for (code, text) in [("recital", RECITAL), ("tandems", TANDEMS), ("sublime", SUBLIME)] {
        let definition = parse(text).unwrap_or_else(|error| panic!("{code}: {error}"));
        assert_eq!(definition.fund.code, code);
        for call in &definition.calls {
            let kept = serde_json::to_string(call).unwrap();
            assert_eq!(&serde_json::from_str::<CallDefinition>(&kept).unwrap(), call);
        }
    }
}

#[test]
fn every_fund_is_open_to_the_five_axes() {
    for text in [RECITAL, TANDEMS, SUBLIME] {
        let call = parse(text).unwrap().calls.remove(0);
        assert!(axes().iter().all(|axis| call.axes.contains(&axis.code)), "{}", call.reference);
    }
}

#[test]
fn a_funder_is_the_same_in_every_file() {
    let funders = [RECITAL, TANDEMS, SUBLIME].map(|text| parse(text).unwrap().funders).concat();
    for funder in &funders {
        assert!(funders.iter().filter(|other| other.code == funder.code).all(|other| other == funder));
    }
}

#[test]
fn each_call_keeps_its_own_ways() {
    let of = |text: &str| parse(text).unwrap();
    let tandems = of(TANDEMS).calls.remove(0);
    assert_eq!((tandems.sources.len(), tandems.schedule.steps.len()), (2, 1));
    assert!(tandems.pair.is_some() && tandems.decided_by == DecisionAuthority::Committee);
    let sublime = of(SUBLIME);
    assert_eq!(sublime.funding_sources[0].retention_years, 5);
    assert!(sublime.calls[0].reports.interim.is_some() && sublime.fund.emblem.is_some());
}

/// The line and message of a file in which `old` is replaced, once.
fn broken(text: &str, old: &str, new: &str) -> (usize, String) {
    assert_eq!(text.matches(old).count(), 1, "{old:?} must be there once");
    let error = parse(&text.replace(old, new)).expect_err(new);
    assert!(error.message.ends_with('.') && !error.message.contains('\n'), "{}", error.message);
    (error.line, error.message)
}

fn line_of(text: &str, part: &str) -> usize {
    text[..text.find(part).unwrap_or_else(|| panic!("{part:?}"))].matches('\n').count() + 1
}

/// A line of RECITAL after which another one may stand.
const ONE: &str = "applications = \"one\"";
/// A line of SUBLIME where any other rule may stand.
const RULE: &str = "{ rule = \"no_overdue_report\" },";

#[test]
fn a_broken_file_names_its_line_and_field() {
    for (text, old, new, says) in [
        (RECITAL, "closes = \"2027-01-31\"", "closes = \"2026-10-31\"", "closes before it opens"),
        (RECITAL, "closes = \"2027-01-31\"", "closes = \"31/01/2027\"", "not a date"),
        (
            RECITAL,
            "axes = [\"HABITER\", \"SERVICES\", \"CRISES\", \"JEUNES\", \"HUMANITE\"]",
            "axes = []",
            "one axis at least",
        ),
        (RECITAL, "axes = [\"HABITER\", \"SERVICES\"", "axes = [\"HABITEZ\", \"SERVICES\"", "no axis \"HABITEZ\""),
        (RECITAL, "envelope = \"60 000\"", "envelope = \"60 001\"", "60001.00 but its sources add up to 60000.00"),
        (RECITAL, "envelope = \"60 000\"", "envelope = 60000", "invalid type"),
        (RECITAL, "decided_by = \"board\"", "decided_by = \"jury\"", "unknown variant `jury`"),
        (RECITAL, "applications = \"one\"", "application = \"one\"", "unknown field `application`"),
        (RECITAL, "floor = \"500\"", "floor = \"5 001\"", "floor is above the ceiling"),
        (RECITAL, "ceiling = \"5 000\"", "ceiling = \"60 001\"", "above the envelope"),
        (RECITAL, "rate = \"80 %\"", "rate = \"0 %\"", "rate is nothing"),
        (RECITAL, "committee_on = \"2027-03-11\"", "committee_on = \"2027-01-31\"", "before the call has closed"),
        (RECITAL, "announcement_on = \"2027-03-22\"", "announcement_on = \"2027-03-10\"", "before the committee"),
        (RECITAL, "code = \"comment_eloigne\"", "code = \"nombre\"", "question \"nombre\" is there twice"),
        (RECITAL, "question = \"eloigne\"", "question = \"ailleurs\"", "not an earlier question"),
        (RECITAL, "any_of = [\"oui\"]", "any_of = [\"peut-être\"]", "is not an answer"),
        (RECITAL, "colour = \"#1f6f8b\"", "colour = \"bleu\"", "#rrggbb"),
        (RECITAL, "confirmation_days = 21", "confirmation_days = 0", "from 1 to 365"),
        (RECITAL, "spread_alert = 30", "spread_alert = 300", "from 0 to 100"),
        (SUBLIME, "goals = [5, 12, 13]", "goals = [5, 12, 18]", "no goal 18"),
        (SUBLIME, "\"59107\"", "\"75056\"", "not the INSEE code"),
        (SUBLIME, "level = \"1\"", "level = \"9\"", "9"),
        (SUBLIME, "rule = \"once_per_programme\"", "rule = \"twice\"", "unknown variant `twice`"),
    ] {
        let (line, message) = broken(text, old, new);
        assert!(message.contains(says), "{new}: {message}");
        assert_eq!(line, line_of(text, old), "{new}: {message}");
    }
}

#[test]
fn a_condition_that_cannot_be_kept_names_its_line() {
    for (text, old, new, says) in [
        (RECITAL, ONE, "applications = \"one\"\ndecisions = \"rolling\"", "cannot wait for the board"),
        (RECITAL, ONE, "applications = \"one\"\ndecisions = \"daily\"", "unknown variant `daily`"),
        (
            SUBLIME,
            RULE,
            "{ rule = \"project_in_countries\", countries = [\"ZZ\"] },",
            "\"ZZ\" is not the code of a country",
        ),
        (SUBLIME, RULE, "{ rule = \"project_in_countries\" },", "refuses everybody"),
        (
            SUBLIME,
            RULE,
            "{ rule = \"project_in_countries\", list = \"dac\", excluded = [{ country = \"ML\", sentence = \" \" }] },",
            "has no sentence",
        ),
        (
            SUBLIME,
            RULE,
            "{ rule = \"project_in_countries\", countries = [\"ML\"], excluded = [{ country = \"ML\", sentence = \"Non.\" }] },",
            "both taken and excluded",
        ),
        (SUBLIME, RULE, "{ rule = \"project_in_countries\", list = \"cad\" },", "unknown variant `cad`"),
        (SUBLIME, RULE, "{ rule = \"annual_budget_between\" },", "refuses nobody"),
        (
            SUBLIME,
            RULE,
            "{ rule = \"annual_budget_between\", floor = \"20 000\", ceiling = \"10 000\" },",
            "least annual budget is above",
        ),
        (SUBLIME, RULE, "{ rule = \"maximum_annual_budget\", amount = \"beaucoup\" },", "not an amount"),
        (SUBLIME, RULE, "{ rule = \"files_per_call\", most = 2 },", "takes one file of an organisation"),
        (SUBLIME, RULE, "{ rule = \"files_per_call\", most = 0 },", "of no file"),
        (
            SUBLIME,
            RULE,
            "{ rule = \"files_per_programme\", most = 2, since = \"2027-01-01\", until = \"2026-01-01\" },",
            "ends before it begins",
        ),
        (SUBLIME, "kind = \"axis\"", "kind = \"axis\"\ncountries = \"dac\"", "its kind has none"),
    ] {
        let (line, message) = broken(text, old, new);
        assert!(message.contains(says), "{new}: {message}");
        assert!((line_of(text, old)..=line_of(text, old) + 1).contains(&line), "{new}: {message}");
    }
}

#[test]
fn a_schedule_that_is_not_whole_is_refused() {
    let (line, message) = broken(RECITAL, "share = \"25 %\"", "share = \"20,5 %\"");
    assert!(message.contains("95.50 %"), "{message}");
    assert_eq!(line, line_of(RECITAL, "[[call.schedule.step]]"));
    let (_, message) = broken(TANDEMS, "after = \"agreement\"", "after = \"interim_report\"");
    assert!(message.contains("asks for none"), "{message}");
}

#[test]
fn a_payment_may_wait_for_a_paper_that_has_a_name() {
    let due = "due = { days_after_acceptance = 10 }";
    let with = |piece: &str| TANDEMS.replace(due, &format!("{due}\npiece = \"{piece}\""));
    let read = parse(&with("Attestation d’assurance")).unwrap();
    assert_eq!(read.calls[0].schedule.steps[0].piece.as_deref(), Some("Attestation d’assurance"));
    let error = parse(&with("  ")).unwrap_err();
    assert!(error.message.contains("has no name"), "{error}");
}

#[test]
fn money_that_may_not_be_granted_on_is_refused_where_a_call_draws_on_it() {
    let start = RECITAL.find("regranting = ").unwrap();
    let end = start + RECITAL[start..].find('\n').unwrap();
    let without = RECITAL.replace(&RECITAL[start..end], "");
    let error = parse(&without).unwrap_err();
    assert!(error.message.contains("no re-granting clause"), "{error}");
    assert_eq!(error.line, line_of(&without, "sources = [{"));
}

#[test]
fn criteria_without_any_weight_are_refused() {
    let mut text = RECITAL.to_owned();
    for weight in 1..=9 {
        text = text.replace(&format!("weight = {weight}"), "weight = 0");
    }
    let error = parse(&text).unwrap_err();
    assert!(error.message.contains("all zero"), "{error}");
    assert_eq!(error.line, line_of(&text, "[[call.grid.criterion]]"));
}

#[test]
fn a_criterion_looks_at_questions_that_are_asked() {
    for (new, says) in [
        ("answers = [\"axe\", \"odds\", \"lien\"]", "which is no question of the form"),
        ("answers = [\"axe\", \"axe\", \"lien\"]", "looks at \"axe\" twice"),
    ] {
        let (line, message) = broken(RECITAL, "answers = [\"axe\", \"odd\", \"lien\"]", new);
        assert!(message.contains(says), "{message}");
        assert_eq!(line, line_of(RECITAL, "answers = [\"axe\""), "{message}");
    }
    let parsed = parse(RECITAL).unwrap();
    let budget = parsed.calls[0].grid.criterion("budget").unwrap();
    assert_eq!(budget.answers, ["montant"]);
}

#[test]
fn a_grid_whose_points_or_criteria_contradict_themselves_is_refused() {
    let amounts = |text: &str| format!("spread_alert = 30\namounts = {{ {text} }}\n");
    let band = |from: i64, rate: &str| format!("{{ from = {from}, rate = \"{rate}\" }}");
    for (changed, says) in [
        (amounts(&format!("band = [{}, {}]", band(50, "60 %"), band(80, "40 %"))), "never opens less"),
        (amounts(&format!("band = [{}, {}]", band(80, "60 %"), band(80, "70 %"))), "never opens less"),
        (amounts(&format!("band = [{}]", band(101, "60 %"))), "from 0 to 100"),
        (amounts(&format!("per_point = \"50\", band = [{}]", band(50, "60 %"))), "one of the two"),
        (amounts("step = \"10\""), "one of the two"),
        (amounts("per_point = \"0\""), "worth nothing"),
        (amounts("per_point = \"50\", step = \"0\""), "the step of the amounts is nothing"),
    ] {
        let text = RECITAL.replacen("spread_alert = 30\n", &changed, 1);
        let error = parse(&text).unwrap_err();
        assert!(error.message.contains(says), "{changed}: {error}");
    }
    let apart =
        RECITAL.replace("criterion]]\ncode = \"budget\"\n", "criterion]]\ncode = \"budget\"\nindependent = true\n");
    assert!(parse(&apart).unwrap_err().message.contains("never summed"));
}

#[test]
fn a_grid_that_sets_amounts_reads_back_as_it_is_written() {
    let scheme = "spread_alert = 30\namounts = { step = \"10\", band = [{ from = 50, rate = \"60 %\" }] }\n";
    let file = parse(&RECITAL.replacen("spread_alert = 30\n", scheme, 1)).unwrap();
    let amounts = file.calls[0].grid.amounts.as_ref().unwrap();
    assert_eq!((amounts.step.cents(), amounts.bands[0].rate.basis_points()), (1_000, 6_000));
    assert_eq!(parse(&write(&file).unwrap()).unwrap(), file);
}

#[test]
fn a_text_that_is_not_toml_names_its_line() {
    let error = parse("[fund]\ncode = \"recital\nname = 3\n").unwrap_err();
    assert_eq!(error.line, 2);
    assert_eq!(parse("").unwrap_err().line, 1);
    assert!(error.to_string().starts_with("line 2, column "), "{error}");
}

#[test]
fn groups_formulas_and_rules_that_cannot_hold_name_their_line() {
    for (old, new, says) in [
        ("of = [\"calendrier.heures\"]", "of = [\"calendrier.duree\"]", "which is no question"),
        ("of = [\"calendrier.heures\"]", "of = [\"titre\"]", "neither a number nor an amount"),
        ("of = [\"calendrier.heures\"]", "of = [\"heures\"]", "comes back to itself"),
        ("of = [\"calendrier.heures\"]", "of = [\"seances\", \"montant\"]", "mixes numbers and amounts"),
        ("operation = \"sum\", of", "operation = \"share\", of", "takes 2 answers"),
        ("is = \"at_most\", to = \"seances\"", "is = \"at_most\", to = \"titre\"", "cannot compare it with"),
        ("is = \"at_most\", to = \"seances\"", "is = \"at_most\", to = \"absente\"", "which is no question"),
        ("is = \"at_most\", to = \"seances\"", "is = \"at_most\", value = \"beaucoup\"", "with the value"),
        ("is = \"at_most\", to = \"seances\"", "is = \"at_most\"", "compares with one answer or one value"),
        ("is = \"at_least\", to = \"debut\"", "is = \"filled\", to = \"debut\"", "and compares it too"),
        (
            "is = \"at_most\", to = \"seances\"",
            "is = \"at_most\", to = \"seances\", when = { question = \"heures\", any_of = [\"3\"] }",
            "is not an answer to",
        ),
        (
            "label = \"Commune de l’établissement\"",
            "label = \"Commune\"\nshow_if = { question = \"calendrier\", any_of = [\"2\"] }",
            "is not an answer to",
        ),
        ("most = 40", "most = 0", "is from 1 to 50 rows"),
        ("code = \"sujet\", label", "code = \"date\", label", "is there twice"),
        ("kind = \"short_text\" },", "kind = \"long_text\" },", "a column cannot be of kind"),
    ] {
        let (line, message) = broken(TANDEMS, old, new);
        assert!(message.contains(says), "{new}: {message}");
        let at = line_of(TANDEMS, old);
        assert!(line.abs_diff(at) <= 3, "{new}: line {line}, written at {at}");
    }
}

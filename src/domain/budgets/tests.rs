//! Budgets by example, and what holds for all of them.

use super::*;
use proptest::prelude::*;

fn line(account: &str, planned: i64, is_eligible: bool) -> BudgetLine {
    let side = budget_account(account).map_or(Side::Expense, |account| account.side);
    let planned = Euros::whole(planned);
    BudgetLine {
        account: account.into(),
        side,
        label: String::new(),
        planned,
        actual: None,
        is_eligible,
        is_secured: false,
        ineligible: Euros::ZERO,
    }
}

fn rules(rate: i32, base: RateBase) -> AmountRules {
    let (floor, ceiling) = (Euros::whole(500), Euros::whole(10_000));
    AmountRules { floor, ceiling, rate: Rate::percent(rate), base, maximum_project_cost: None, unit: BudgetUnit::Cent }
}

/// The example of the Agence des micro-projets, spring 2023.
fn micro_project() -> Budget {
    let lines = vec![
        line("60.1", 12_000, true),
        line("62.3", 3_000, false),
        line("864", 5_000, true),
        line("75.2", 6_500, true),
        line("870", 5_000, true),
    ];
    Budget { grant: Euros::whole(8_500), lines }
}

#[test]
fn the_ceiling_is_a_part_of_the_eligible_cost_and_not_of_the_budget() {
    let budget = micro_project();
    assert_eq!(budget.project_cost(Stage::Planned), Euros::whole(20_000));
    assert_eq!(rules(50, RateBase::WithValuations).ceiling_for(&budget, Stage::Planned), Euros::whole(8_500));
    assert_eq!(rules(50, RateBase::WithoutValuations).ceiling_for(&budget, Stage::Planned), Euros::whole(6_000));
    assert_eq!(rules(100, RateBase::WithValuations).ceiling_for(&budget, Stage::Planned), Euros::whole(10_000));
    assert_eq!(budget.problems(&rules(50, RateBase::WithValuations)), []);
    assert_eq!(budget.granted_rate(Stage::Planned, RateBase::WithValuations), Some(Rate::percent(50)));
}

#[test]
fn a_part_of_a_line_that_is_not_eligible_counts_like_a_line_that_is_not() {
    let mut budget = micro_project();
    budget.lines.remove(1);
    (budget.lines[0].planned, budget.lines[0].ineligible) = (Euros::whole(15_000), Euros::whole(3_000));
    let rules = rules(50, RateBase::WithValuations);
    assert_eq!(budget.project_cost(Stage::Planned), Euros::whole(20_000));
    assert_eq!(rules.ceiling_for(&budget, Stage::Planned), Euros::whole(8_500));
    assert_eq!((budget.problems(&rules), budget.is_balanced(Stage::Planned)), (Vec::new(), true));
    assert_eq!(budget.lines[0].note().replace(['\u{a0}', '\u{202f}'], " "), "dont 3 000 € non éligibles");
    // Of what was spent, the same part is never paid for.
    budget.lines[0].actual = Some(Euros::whole(2_000));
    assert_eq!(budget.eligible_cost(Stage::Actual, RateBase::WithValuations), Euros::ZERO);
    budget.lines[0].ineligible = Euros::whole(15_001);
    assert!(messages(&budget, &rules)[0].contains("La part non éligible dépasse le montant du poste (15 000 €)"));
}

#[test]
fn a_line_without_such_a_part_is_written_as_before() {
    let plain = serde_json::to_string(&line("60.1", 10, true)).unwrap();
    assert!(!plain.contains("ineligible"), "{plain}");
    let part = BudgetLine { ineligible: Euros::whole(3), ..line("60.1", 10, true) };
    let kept: BudgetLine = serde_json::from_str(&serde_json::to_string(&part).unwrap()).unwrap();
    assert_eq!(kept, part);
}

fn messages(budget: &Budget, rules: &AmountRules) -> Vec<String> {
    budget.problems(rules).into_iter().map(|problem| problem.message.replace(['\u{a0}', '\u{202f}'], " ")).collect()
}

#[test]
fn a_budget_out_of_balance_says_by_how_much() {
    let mut budget = micro_project();
    budget.lines[3].planned = Euros::whole(6_000);
    budget.lines[4].planned = Euros::whole(4_000);
    assert_eq!(
        messages(&budget, &rules(50, RateBase::WithValuations)),
        [
            "Le budget n’est pas équilibré : il manque 500 € de ressources.",
            "Les contributions volontaires doivent être égales des deux côtés : 5 000 € en emplois (compte 86), 4 000 € en ressources (compte 87).",
        ]
    );
    budget.lines[3].planned = Euros::whole(6_501);
    assert!(messages(&budget, &rules(50, RateBase::WithValuations))[0].contains("1 € de ressources en trop"));
    assert!(messages(&Budget::default(), &rules(50, RateBase::WithValuations))[0].contains("au moins une dépense"));
}

#[test]
fn an_amount_out_of_bounds_names_the_bound() {
    let base = RateBase::WithoutValuations;
    let says = |grant, rules: &AmountRules| {
        let budget = Budget { grant: Euros::whole(grant), ..micro_project() };
        messages(&budget, rules).into_iter().find(|m| m.contains("La subvention")).unwrap_or_default()
    };
    assert_eq!(says(499, &rules(50, base)), "La subvention demandée doit être d’au moins 500 €.");
    assert_eq!(says(10_001, &rules(50, base)), "La subvention demandée ne peut pas dépasser 10 000 €.");
    let over_rate = "La subvention demandée ne peut pas dépasser 6 000 €, soit 50 % des dépenses éligibles (12 000 €).";
    assert_eq!(says(6_001, &rules(50, base)), over_rate);
    assert_eq!((says(500, &rules(50, base)), says(6_000, &rules(50, base))), (String::new(), String::new()));
    let small = AmountRules { maximum_project_cost: Some(Euros::whole(19_999)), ..rules(50, base) };
    assert!(messages(&micro_project(), &small).iter().any(|m| m.contains("budget total") && m.contains("19 999 €")));
}

#[test]
fn a_line_must_exist_on_its_side_and_in_detail() {
    let mut wrong_side = line("60.1", 1, true);
    wrong_side.side = Side::Income;
    let lines = vec![line("60", 1, true), line("99", 1, true), wrong_side, line("61.1", -1, true), line("65", 1, true)];
    let budget = Budget { grant: Euros::ZERO, lines };
    let of_line =
        |i| budget.problems(&rules(50, RateBase::WithValuations)).into_iter().filter(|p| p.line == Some(i)).count();
    assert_eq!((0..5).map(of_line).collect::<Vec<_>>(), [1, 1, 1, 1, 0]);
}

#[test]
fn the_balance_follows_the_accepted_cost_and_never_exceeds_the_award() {
    let due = |accepted, paid| {
        balance_due(Euros::whole(4_000), Rate::percent(80), Euros::whole(accepted), Euros::whole(paid))
    };
    assert_eq!(due(5_000, 3_200), Euros::whole(800));
    assert_eq!(due(9_000, 3_200), Euros::whole(800));
    assert_eq!(due(4_500, 3_200), Euros::whole(400));
    assert_eq!(due(3_000, 3_200), Euros::whole(-800));
}

#[test]
fn a_surplus_is_returned_beyond_what_may_be_kept() {
    let award = Euros::whole(1_000);
    let all_back = SurplusRule::default();
    assert_eq!(all_back.to_return(award, Euros::from_cents(5_000)), Euros::ZERO);
    assert_eq!(all_back.to_return(award, Euros::from_cents(5_001)), Euros::from_cents(5_001));
    let tenth_kept = SurplusRule { kept: Rate::percent(10), waived_up_to: Euros::ZERO };
    assert_eq!(tenth_kept.to_return(award, Euros::whole(100)), Euros::ZERO);
    assert_eq!(tenth_kept.to_return(award, Euros::whole(130)), Euros::whole(30));
}

#[test]
fn the_actual_budget_counts_what_was_spent() {
    let mut budget = micro_project();
    assert_eq!(budget.expenses(Stage::Actual), Euros::ZERO);
    budget.lines[0].actual = Some(Euros::whole(11_000));
    assert_eq!(budget.eligible_cost(Stage::Actual, RateBase::WithValuations), Euros::whole(11_000));
    assert_eq!(Budget::default().granted_rate(Stage::Planned, RateBase::WithValuations), None);
}

proptest! {
    #[test]
    fn a_balance_never_pays_more_than_the_award(award in 0i64..1_000_000, points in 0i32..=10_000, accepted in 0i64..9_000_000, paid in 0i64..1_000_000) {
        let (award, paid) = (Euros::from_cents(award), Euros::from_cents(paid));
        let due = balance_due(award, Rate::from_basis_points(points), Euros::from_cents(accepted), paid);
        prop_assert!(paid + due <= award && paid + due >= Euros::ZERO);
    }

    #[test]
    fn a_rate_within_the_ceiling_is_never_shown_above_it(cost in 1i64..10_000_000, points in 1i32..=10_000) {
        let mut expense = line("60.1", 0, true);
        expense.planned = Euros::from_cents(cost);
        let rate = Rate::from_basis_points(points);
        let budget = Budget { grant: Euros::from_cents(cost).at(rate), lines: vec![expense] };
        prop_assert!(budget.granted_rate(Stage::Planned, RateBase::WithValuations).unwrap() <= rate);
    }
}

#[test]
fn a_call_in_whole_euros_keeps_a_budget_with_cents_from_being_filed() {
    let rules = AmountRules { unit: BudgetUnit::Euro, ..rules(50, RateBase::WithoutValuations) };
    let line = |account: &str, side, cents: i64| BudgetLine {
        account: account.into(),
        side,
        label: String::new(),
        planned: Euros::from_cents(cents),
        actual: None,
        is_eligible: true,
        is_secured: false,
        ineligible: Euros::ZERO,
    };
    let budget = |cents: i64| Budget {
        grant: Euros::whole(1_000),
        lines: vec![line("60.2", Side::Expense, 200_000 + cents), line("74.4", Side::Income, 100_000 + cents)],
    };
    assert_eq!(budget(0).problems(&rules), []);
    let said: Vec<_> = budget(50).problems(&rules).into_iter().map(|problem| (problem.line, problem.message)).collect();
    assert_eq!(said.len(), 2);
    let sentence =
        "Cet appel demande des euros entiers, sans centimes : écrivez 2 000 € ou 2 001 €, et non 2 000,50 €.";
    assert_eq!((said[0].0, said[0].1.replace(['\u{a0}', '\u{202f}'], " ")), (Some(0), sentence.to_owned()));
}

#[test]
fn an_amount_in_whole_euros_is_shown_without_decimals() {
    assert_eq!(BudgetUnit::Euro.shown(Euros::whole(1_250)), "1250");
    assert_eq!(BudgetUnit::Cent.shown(Euros::whole(1_250)), "1250,00");
    assert_eq!(BudgetUnit::Euro.shown(Euros::from_cents(125_050)), "1250,50", "what is stored is not hidden");
}

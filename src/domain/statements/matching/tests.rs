//! What a line of a statement is thought to be.

use super::*;

fn iban(place: usize) -> IbanMark {
    format!("{place:064x}").parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn payment(number: u8, net: i64, place: usize) -> Payment {
    Payment {
        id: format!("0198c0a1-7b5c-7def-8123-0000000000{number:02}").parse().unwrap(),
        state: DisbursementState::InRun,
        end_to_end_id: format!("TAN-2027-001-{number}"),
        net: Euros::whole(net),
        account: Some(iban(place)),
        run_reference: "LOT-2027-0001".into(),
        is_from_here: true,
        exported_on: Some(day("2027-05-06")),
        paid_on: None,
    }
}

fn awaited(payments: &[Payment]) -> Awaited {
    Awaited {
        payments: payments.to_vec(),
        debts: Vec::new(),
        dues: Vec::new(),
        noted: BTreeSet::new(),
        echoes: Vec::new(),
        today: day("2027-05-10"),
    }
}

fn debit(euros: i64) -> Told<'static> {
    Told {
        booked_on: day("2027-05-07"),
        side: StatementSide::Debit,
        amount: Euros::whole(euros),
        currency: EURO,
        end_to_end_id: None,
        batch_id: None,
        account: None,
        label: "VIR SEPA",
        counterpart: "",
        is_return: false,
        is_double: false,
        is_done: false,
    }
}

/// What a line of another statement told, once confirmed.
fn echo(line: &Told<'_>) -> Echo {
    Echo { booked_on: line.booked_on, side: line.side, amount: line.amount, account: line.account.cloned() }
}

fn only(line: Told<'_>, awaited: &Awaited) -> Verdict {
    judge(&[line], awaited).pop().unwrap()
}

fn does(verdict: &Verdict) -> (Doing, usize) {
    let effect = verdict.effect().unwrap_or_else(|| panic!("{verdict:?}"));
    (effect.doing, effect.subjects.len())
}

fn why(verdict: Verdict) -> String {
    match verdict {
        Verdict::Unknown(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn our_reference_and_the_right_amount_are_sure() {
    let world = awaited(&[payment(1, 500, 0)]);
    let verdict = only(Told { end_to_end_id: Some("TAN-2027-001-1"), ..debit(500) }, &world);
    assert!(matches!(verdict, Verdict::Sure(_)) && does(&verdict) == (Doing::Pay, 1));
}

#[test]
fn another_amount_currency_day_or_account_is_never_applied() {
    let world = awaited(&[payment(1, 500, 0)]);
    let named = |line: Told<'static>| Told { end_to_end_id: Some("TAN-2027-001-1"), ..line };
    let plain = |text: String| text.replace('\u{a0}', " ");
    assert_eq!(
        plain(why(only(named(debit(499)), &world))),
        "Le montant diffère : 500 € attendus, 499 € sur le relevé."
    );
    assert!(why(only(Told { currency: "USD", ..named(debit(500)) }, &world)).contains("en USD"));
    let late = Told { booked_on: day("2027-05-11"), ..named(debit(500)) };
    assert!(why(only(late, &world)).contains("dans le futur"));
    let elsewhere = awaited(&[Payment { is_from_here: false, ..payment(1, 500, 0) }]);
    assert!(why(only(named(debit(500)), &elsewhere)).contains("pas payé depuis le compte"));
    let early = awaited(&[Payment { exported_on: None, ..payment(1, 500, 0) }]);
    assert!(why(only(named(debit(500)), &early)).contains("pas encore généré"));
    let older = Told { booked_on: day("2027-05-05"), ..named(debit(500)) };
    assert!(why(only(older, &world)).contains("plus ancienne que le fichier"));
}

#[test]
fn an_unknown_reference_is_not_paid_by_amount_and_account() {
    let world = awaited(&[payment(1, 500, 0)]);
    let account = iban(0);
    let line = Told { end_to_end_id: Some("AUTRE"), account: Some(&account), ..debit(500) };
    assert_eq!(why(only(line, &world)), "Aucun versement ne porte cette référence.");
    let line = Told { end_to_end_id: Some("AUTRE"), ..debit(500) };
    assert!(matches!(only(line, &world), Verdict::NotOurs(_)));
}

#[test]
fn amount_and_account_propose_unless_two_fit() {
    let account = iban(0);
    let line = Told { account: Some(&account), ..debit(500) };
    let verdict = only(line, &awaited(&[payment(1, 500, 0), payment(2, 500, 1)]));
    assert!(matches!(verdict, Verdict::Proposed(..)) && does(&verdict) == (Doing::Pay, 1));
    let twins = awaited(&[payment(1, 500, 0), payment(2, 500, 0)]);
    assert!(why(only(line, &twins)).contains("Plusieurs versements"));
    let other = Told { account: Some(&account), ..debit(20) };
    assert!(why(only(other, &awaited(&[payment(1, 500, 0)]))).contains("pas ce montant"));
    let echo = Awaited { echoes: vec![echo(&line)], ..awaited(&[payment(1, 500, 0)]) };
    assert!(why(only(line, &echo)).contains("déjà confirmée sur un autre relevé"));
    let older = Told { booked_on: day("2027-05-05"), ..line };
    assert!(matches!(only(older, &awaited(&[payment(1, 500, 0)])), Verdict::NotOurs(_)));
}

#[test]
fn a_label_that_holds_the_whole_reference_proposes() {
    let world = awaited(&[payment(1, 500, 0), payment(11, 500, 1)]);
    let verdict = only(Told { label: "VIR SEPA REF TAN-2027-001-11 LES VOISINS", ..debit(500) }, &world);
    assert_eq!(verdict.effect().unwrap().subjects, [Subject::Payment(world.payments[1].id)]);
    let account = iban(0);
    let twins = awaited(&[payment(1, 500, 0), payment(2, 500, 0)]);
    let named = Told { label: "VIR TAN-2027-001-2", account: Some(&account), ..debit(500) };
    assert_eq!(only(named, &twins).effect().unwrap().subjects, [Subject::Payment(twins.payments[1].id)]);
    let bank = Told { end_to_end_id: Some("OPE 4455"), ..named };
    assert!(matches!(only(bank, &twins), Verdict::Proposed(..)), "the bank's own reference hides ours in no label");
    let wrong = Told { label: "TAN-2027-001-1", ..debit(400) };
    assert!(why(only(wrong, &world)).contains("attendus"));
    let returned = Told { label: "TAN-2027-001-1-R1", ..debit(500) };
    assert!(matches!(only(returned, &world), Verdict::NotOurs(_)));
}

#[test]
fn a_credit_that_is_undone_pays_nobody() {
    let world = awaited(&[payment(1, 500, 0)]);
    let account = iban(0);
    let undone = Told { account: Some(&account), is_return: true, ..debit(500) };
    assert!(why(only(undone, &world)).contains("annule une somme reçue"));
    assert!(matches!(only(Told { account: None, ..undone }, &world), Verdict::NotOurs(_)));
    let batch = Told { batch_id: Some("LOT-2027-0001"), account: None, ..undone };
    assert!(matches!(only(batch, &world), Verdict::NotOurs(_)));
}

#[test]
fn a_whole_batch_pays_what_is_left_of_its_run() {
    let paid = Payment { state: DisbursementState::Paid, ..payment(3, 70, 1) };
    let world = awaited(&[payment(1, 500, 0), payment(2, 300, 1), paid.clone()]);
    let batch = Told { batch_id: Some("LOT-2027-0001"), ..debit(800) };
    assert_eq!(does(&only(batch, &world)), (Doing::Pay, 2));
    assert!(why(only(Told { amount: Euros::whole(870), ..batch }, &world)).contains("ce qui reste du lot"));
    assert!(why(only(batch, &awaited(&[paid]))).contains("n’attend cette opération"));
    let told = only(Told { label: "VIREMENT LOT-2027-0001", ..debit(800) }, &world);
    assert!(matches!(told, Verdict::Proposed(..)));
}

#[test]
fn what_comes_back_reopens_a_payment_that_was_made() {
    let paid = Payment { state: DisbursementState::Paid, paid_on: Some(day("2027-05-03")), ..payment(1, 500, 0) };
    let back = Told { side: StatementSide::Credit, end_to_end_id: Some("TAN-2027-001-1"), ..debit(500) };
    let world = awaited(std::slice::from_ref(&paid));
    assert!(matches!(only(Told { is_return: true, ..back }, &world), Verdict::Sure(_)));
    assert_eq!(does(&only(back, &world)), (Doing::Return, 1));
    assert!(matches!(only(back, &world), Verdict::Proposed(..)));
    assert!(why(only(Told { amount: Euros::whole(480), ..back }, &world)).contains("Le montant diffère"));
    let again = Told { side: StatementSide::Debit, ..back };
    assert!(why(only(again, &world)).contains("déjà constaté, payé le 3\u{a0}mai 2027"));
    assert!(why(only(back, &awaited(&[payment(1, 500, 0)]))).contains("confirmez d’abord son débit"));
    let returned = Payment { state: DisbursementState::Returned, ..paid };
    assert_eq!(why(only(back, &awaited(&[returned]))), "Ce rejet est déjà constaté.");
}

#[test]
fn what_comes_back_without_its_reference_is_proposed_by_label_or_by_account() {
    let made = |number, place| Payment {
        state: DisbursementState::Paid,
        paid_on: Some(day("2027-05-07")),
        ..payment(number, 500, place)
    };
    let world = awaited(&[made(1, 0), made(11, 1)]);
    let account = iban(0);
    let back = Told { side: StatementSide::Credit, booked_on: day("2027-05-10"), ..debit(500) };
    let named = only(Told { label: "VIR REJETE TAN-2027-001-11 AC04", ..back }, &world);
    assert_eq!(named.effect().unwrap().subjects, [Subject::Payment(world.payments[1].id)]);
    let there = Told { account: Some(&account), ..back };
    assert_eq!(does(&only(there, &world)), (Doing::Return, 1));
    assert!(matches!(only(there, &world), Verdict::Proposed(..)));
    assert!(matches!(only(back, &world), Verdict::NotOurs(_)), "an amount alone says nothing");
    let before = Told { booked_on: day("2027-05-06"), ..there };
    assert!(matches!(only(before, &world), Verdict::NotOurs(_)), "nothing comes back before it left");
    let theirs = Told { end_to_end_id: Some("REMBOURSEMENT"), ..there };
    assert!(matches!(only(theirs, &world), Verdict::NotOurs(_)));
    let before = Told { end_to_end_id: Some("TAN-2027-001-9"), is_return: true, ..there };
    assert!(why(only(before, &world)).contains("référence n’est pas connue"), "another transfer came back");
    let late = Told { is_return: true, ..there };
    assert_eq!(does(&only(late, &world)), (Doing::Return, 1));
    let twins = awaited(&[made(1, 0), made(2, 0)]);
    assert!(why(only(there, &twins)).contains("Plusieurs versements de ce montant sont partis"));
    let told = Awaited { echoes: vec![echo(&there)], ..world.clone() };
    assert!(why(only(there, &told)).contains("déjà confirmée sur un autre relevé"));
    let left = Told { side: StatementSide::Debit, ..there };
    let told = Awaited { echoes: vec![echo(&left)], ..world.clone() };
    assert_eq!(does(&only(there, &told)), (Doing::Return, 1), "it left and came back on one day");
    let old = awaited(&[Payment { paid_on: Some(day("2027-03-01")), ..made(1, 0) }]);
    assert!(matches!(only(there, &old), Verdict::NotOurs(_)), "a gift of months later is no return");
}

#[test]
fn a_credit_that_may_be_a_debt_or_a_return_is_left_to_people() {
    let made = Payment { state: DisbursementState::Paid, paid_on: Some(day("2027-05-07")), ..payment(1, 120, 1) };
    let debt = Debt {
        id: "0198c0a1-7b5c-7def-8123-000000000099".parse().unwrap(),
        amount: Euros::whole(120),
        requested_on: day("2027-05-01"),
        accounts: vec![iban(1)],
        grant_reference: "TAN-2027-001".into(),
    };
    let world = Awaited { debts: vec![debt], ..awaited(&[made]) };
    let account = iban(1);
    let credit = Told { side: StatementSide::Credit, account: Some(&account), ..debit(120) };
    assert_eq!(does(&only(credit, &world)), (Doing::Receive, 1), "whoever owes it pays it");
    assert!(why(only(Told { is_return: true, ..credit }, &world)).contains("constatez-le à la main"));
    let named = Told { label: "RETOUR TAN-2027-001-1", ..credit };
    assert!(why(only(named, &world)).contains("constatez-le à la main"));
}

#[test]
fn money_that_is_owed_is_proposed_by_account_or_by_reference() {
    let debt = Debt {
        id: "0198c0a1-7b5c-7def-8123-000000000099".parse().unwrap(),
        amount: Euros::whole(120),
        requested_on: day("2027-05-01"),
        accounts: vec![iban(1)],
        grant_reference: "TAN-2027-001".into(),
    };
    let world = Awaited { debts: vec![debt], ..awaited(&[]) };
    let account = iban(1);
    let credit = Told { side: StatementSide::Credit, ..debit(120) };
    assert_eq!(does(&only(Told { account: Some(&account), ..credit }, &world)), (Doing::Receive, 1));
    assert_eq!(does(&only(Told { label: "TROP-PERCU TAN-2027-001", ..credit }, &world)), (Doing::Receive, 1));
    assert!(matches!(only(credit, &world), Verdict::NotOurs(_)));
    let part = Told { account: Some(&account), amount: Euros::whole(60), ..credit };
    assert!(why(only(part, &world)).contains("pas ce montant"));
    let named = Told { label: "RESTE TAN-2027-001", ..part };
    assert_eq!(does(&only(named, &world)), (Doing::Receive, 1), "a part, and of what");
    let back = Told { is_return: true, ..named };
    assert!(why(only(back, &world)).contains("référence n’est pas connue"), "what the bank sends back pays no debt");
    let more = Told { amount: Euros::from_cents(12_001), ..named };
    assert!(why(only(more, &world)).contains("un surplus"), "one cent too much is nobody's debt");
    // The first half of a debt, told again by a table that names no account: the half that is left is of the same amount.
    let told = Awaited { echoes: vec![echo(&named)], ..world.clone() };
    let again = Told { account: None, ..named };
    assert!(why(only(again, &told)).contains("déjà confirmée sur un autre relevé"), "nothing is received twice");
    let other = Told { booked_on: named.booked_on.succ_opt().unwrap(), ..again };
    assert_eq!(does(&only(other, &told)), (Doing::Receive, 1), "another day is another transfer");
}

#[test]
fn a_label_that_names_a_grant_speaks_of_no_other_debt() {
    let debt = |number: u8, euros| Debt {
        id: format!("0198c0a1-7b5c-7def-8123-0000000000{number:02}").parse().unwrap(),
        amount: Euros::whole(euros),
        requested_on: day("2027-05-01"),
        accounts: vec![iban(1)],
        grant_reference: format!("TAN-2027-00{number}"),
    };
    let world = Awaited { debts: vec![debt(1, 120), debt(2, 300), debt(3, 120)], ..awaited(&[]) };
    let account = iban(1);
    let credit = Told { side: StatementSide::Credit, account: Some(&account), ..debit(120) };
    assert!(why(only(credit, &world)).contains("Plusieurs trop-perçus de ce montant"));
    for (label, place) in [("SOLDE TAN-2027-003", 2), ("ACOMPTE TAN-2027-002", 1)] {
        let verdict = only(Told { label, ..credit }, &world);
        assert_eq!(verdict.effect().unwrap().subjects, [Subject::Debt(world.debts[place].id)], "{label}");
    }
}

#[test]
fn one_payment_is_made_by_one_line() {
    let world = awaited(&[payment(1, 500, 0)]);
    let line = Told { end_to_end_id: Some("TAN-2027-001-1"), ..debit(500) };
    let verdicts = judge(&[line, line, Told { is_double: true, ..line }, Told { is_done: true, ..line }], &world);
    assert!(matches!(verdicts[0], Verdict::Sure(_)));
    assert!(matches!(&verdicts[1], Verdict::Unknown(why) if why.contains("plus haut")));
    assert_eq!(verdicts[2..], [Verdict::Double, Verdict::Done]);
}

fn due(number: u8, euros: i64, names: &[&str]) -> Due {
    let id = format!("0198c0a1-7b5c-7def-8123-0000000001{number:02}").parse().unwrap();
    Due::new(id, Euros::whole(euros), names)
}

#[test]
fn what_a_funder_is_to_pay_is_proposed_by_its_amount_and_by_who_is_named() {
    let region = ["REG-2027-9", "Région Hauts-de-France", "region"];
    let afd = ["AFD-2026-ECM", "Agence française de développement", "afd"];
    let world = Awaited { dues: vec![due(1, 500, &region), due(2, 500, &afd)], ..awaited(&[]) };
    let credit = Told { side: StatementSide::Credit, end_to_end_id: Some("MANDAT-8"), ..debit(500) };
    let named = Told { label: "VIR REGION HAUTS DE FRANCE SUBV", ..credit };
    assert_eq!(only(named, &world).effects(), [due(1, 500, &region).effect()]);
    let payer = Told { counterpart: "AGENCE FRANCAISE DE DEVELOPPEMENT", ..credit };
    assert_eq!(only(payer, &world).effects(), [due(2, 500, &afd).effect()]);
    let unsaid = only(credit, &world);
    assert!(matches!(unsaid, Verdict::Choice(..)) && unsaid.effects().len() == 2, "{unsaid:?}");
    let both = judge(&[credit, named], &world);
    assert_eq!(both[0].effects(), [due(2, 500, &afd).effect()], "the other line says for what it is");
    assert_eq!(both[1].effects(), [due(1, 500, &region).effect()]);
    let part = Told { amount: Euros::whole(499), ..named };
    assert!(why(only(part, &world)).contains("pas ce montant"));
    let nothing = Told { amount: Euros::whole(499), ..credit };
    assert!(matches!(only(nothing, &world), Verdict::NotOurs(_)));
    assert!(matches!(only(Told { side: StatementSide::Debit, ..named }, &world), Verdict::NotOurs(_)));
    assert!(!matches!(only(Told { is_return: true, ..named }, &world), Verdict::Proposed(..) | Verdict::Choice(..)));
    let account = iban(3);
    let known = Told { account: Some(&account), ..credit };
    assert!(matches!(only(known, &world), Verdict::NotOurs(_)), "a beneficiary pays for no funder");
    assert_eq!(only(Told { account: Some(&account), ..named }, &world).effects(), [due(1, 500, &region).effect()]);
}

#[test]
fn what_came_from_a_funder_is_not_proposed_a_second_time() {
    let names = ["REG-2027-9"];
    let world = Awaited { dues: vec![due(1, 500, &names), due(2, 700, &names)], ..awaited(&[]) };
    let credit = Told { side: StatementSide::Credit, label: "MANDAT REG-2027-9", ..debit(500) };
    let twice = judge(&[credit, credit], &world);
    assert!(matches!(twice[0], Verdict::Proposed(..)) && why(twice[1].clone()).contains("Une ligne plus haut"));
    let told = Awaited { echoes: vec![echo(&credit)], ..world.clone() };
    assert!(why(only(credit, &told)).contains("déjà confirmée sur un autre relevé"));
    let noted = Awaited { noted: BTreeSet::from([(credit.booked_on, credit.amount)]), ..world.clone() };
    assert!(why(only(credit, &noted)).contains("déjà noté comme reçu ce jour-là"));
    let alone = Awaited { dues: Vec::new(), ..noted };
    assert!(matches!(only(credit, &alone), Verdict::NotOurs(why) if why.contains("déjà noté")));
}

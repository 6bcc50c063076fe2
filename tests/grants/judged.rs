//! A report judged line by line, reopened where it is asked, and the balance that follows to the cent.

use crate::support::{
    databases::{each_database, sqlite},
    grants::{Grantee, IBANS, Paying},
};
use tisserand::{
    domain::{
        budgets::RateBase,
        complements::Item,
        definitions::{CallDefinition, Need, Question, QuestionKind},
        forms::Answers,
        ids::ReportId,
        letters::LetterKind,
        lifecycles::{disbursements::DisbursementState, grants::GrantState, reports::ReportState},
        money::{Euros, Rate},
        reports::{GapRule, ReportKind},
    },
    store::{
        StoreError, Tx, answers, balances, documents, recoveries,
        reports::{self as rows, ReportRow},
    },
    usecases::{
        Outcome, UseCaseError, attachments,
        report_changes::{self, Asking},
        report_judgements::{self, LineForm},
        report_lacks,
        reports::{self, ReportForm},
    },
};

const NAME: &str = "Les Passeurs";
const PDF: &[u8] = b"%PDF-1.7\nfactures\n%%EOF\n";

/// A grant of 10 000 €, half of it paid.
fn half_paid(paying: &Paying) -> Grantee {
    let grantee = paying.award(NAME, Euros::whole(10_000));
    paying.announce();
    paying.ready(&grantee, NAME, IBANS[0]);
    paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
    grantee
}

fn last(paying: &Paying, grantee: &Grantee) -> ReportRow {
    let all = paying.db.read(|conn| rows::of_grant(conn, grantee.grant)).unwrap();
    all.into_iter().find(|row| row.kind == ReportKind::Final).unwrap()
}

/// What is written in a report: the same answer everywhere, these amounts line by line.
fn written(tx: &mut Tx, id: ReportId, grantee: &Grantee, actual: &[Euros], why: &str) -> Outcome<()> {
    let holder = &grantee.holder;
    let paper = reports::paper(tx.conn(), holder, id)?;
    let questions = paper.template.sections.iter().flat_map(|section| &section.questions);
    let lines = paper.lines.iter().zip(actual);
    let form = ReportForm {
        answers: questions.map(|question| (question.code.clone(), "12".to_owned())).collect(),
        lines: lines.map(|(line, actual)| (line.position, *actual, why.to_owned())).collect(),
        ..ReportForm::default()
    };
    reports::save(tx, holder, id, &form)
}

/// Starts, fills in and files the final report.
fn filed(paying: &Paying, grantee: &Grantee, actual: &[Euros]) -> ReportRow {
    let (id, holder, now) = (last(paying, grantee).id, &grantee.holder, paying.now);
    let slip = attachments::judge("f", "factures.pdf", PDF).unwrap();
    paying.does(|tx| reports::start(tx, holder, id, 0, now).map(drop)).unwrap();
    paying.does(|tx| written(tx, id, grantee, actual, "Moins cher.")).unwrap();
    let file = |tx: &mut Tx| {
        for document in reports::paper(tx.conn(), holder, id)?.template.documents {
            reports::attach(tx, holder, id, &document.code, &slip, now)?;
        }
        reports::submit(tx, holder, id, 1, now).map(drop)
    };
    paying.does(file).unwrap();
    last(paying, grantee)
}

fn judged(paying: &Paying, row: &ReportRow, lines: &[LineForm]) -> Outcome<()> {
    paying.does(|tx| report_judgements::accept(tx, &paying.officer, row.id, row.version, lines, paying.now).map(drop))
}

fn line(position: i32, accepted: i64, reason: &str) -> LineForm {
    LineForm { position, accepted: Euros::whole(accepted), reason: reason.into() }
}

fn wrong(refused: Outcome<()>) -> Vec<String> {
    match refused {
        Err(UseCaseError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("{other:?}"),
    }
}

/// Half of what is eligible, valuations counted.
fn with_valuations(call: &mut CallDefinition) {
    call.amount.rate = Rate::percent(50);
    call.amount.base = RateBase::WithValuations;
}

/// 20 000 € with valuations, of which 3 000 € are not eligible, at 50 %: 8 500 €, not 10 000 €.
#[test]
fn a_budget_with_valuations_and_ineligible_costs_gives_half_of_the_eligible_cost() {
    for db in each_database() {
        let paying = Paying::with(db, with_valuations);
        let grantee = paying.award(NAME, Euros::whole(10_000));
        let application = paying.grant(grantee.grant).application_id;
        let line = |position, account: &str, planned, ineligible| answers::BudgetLineRow {
            application_id: application,
            position,
            account: account.into(),
            side: "expense".into(),
            label: String::new(),
            planned_cents: Euros::whole(planned),
            is_eligible: true,
            is_secured: false,
            ineligible_cents: Euros::whole(ineligible),
        };
        let budget = [line(0, "60.2", 14_000, 3_000), line(1, "864", 6_000, 0)];
        paying.does(|tx| Ok(answers::set_budget(tx, application, &budget)?)).unwrap();
        paying.announce();
        paying.ready(&grantee, NAME, IBANS[0]);
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        let row = filed(&paying, &grantee, &[Euros::whole(14_000), Euros::whole(6_000)]);
        let paper = paying.db.read(|conn| reports::paper(conn, &paying.officer, row.id)).unwrap();
        assert_eq!(paper.eligible(), Euros::whole(17_000));
        judged(&paying, &row, &[]).unwrap();
        let grant = paying.grant(grantee.grant);
        assert_eq!((grant.state, grant.amount_cents), (GrantState::Closing, Euros::whole(8_500)));
        let balance = paying.db.read(|conn| balances::find(conn, grantee.grant)).unwrap().unwrap();
        let said = (balance.cost_cents, balance.award_cents, balance.paid_cents, balance.to_return_cents);
        let [cost, award, paid] = [17_000, 10_000, 5_000].map(Euros::whole);
        assert_eq!(said, (cost, award, paid, Euros::ZERO), "as it was, though the grant is revised");
        let open = paying.payments(grantee.grant);
        let open: Vec<_> = open.iter().filter(|row| row.state == DisbursementState::Planned).collect();
        assert_eq!(open.iter().map(|row| row.amount_cents).collect::<Vec<_>>(), [Euros::whole(3_500)]);
        paying.check();
    }
}

#[test]
fn a_cost_accepted_below_the_advance_is_asked_back_to_the_cent_and_told_line_by_line() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = half_paid(&paying);
        let row = filed(&paying, &grantee, &[Euros::whole(6_000)]);
        assert_eq!(wrong(judged(&paying, &row, &[line(0, 6_001, "")])), ["retenu-0"], "more than was spent");
        assert_eq!(wrong(judged(&paying, &row, &[line(0, 4_000, " ")])), ["motif-0"], "less, and no word of why");
        let some = LineForm { accepted: Euros::from_cents(400_001), ..line(0, 0, "Deux factures manquent.") };
        judged(&paying, &row, &[some]).unwrap();
        // 90 % of 4 000,01 € is 3 600,00 €, rounded down; 5 000 € were paid.
        let owed = paying.db.read(|conn| recoveries::of_grant(conn, grantee.grant)).unwrap();
        assert_eq!(owed.iter().map(|row| row.amount_cents).collect::<Vec<_>>(), [Euros::whole(1_400)]);
        let letters = paying.db.read(|conn| documents::of_subject(conn, row.id.as_str())).unwrap();
        let letter = letters.iter().find(|letter| letter.kind == LetterKind::ReportAccepted).unwrap();
        for said in ["Deux factures manquent.", "× taux de la subvention", "− déjà versé", "= solde", "dont à reverser"]
        {
            assert!(letter.facts.contains(said), "{said}: {}", letter.facts);
        }
        paying.check();
    }
}

#[test]
fn the_call_says_which_gaps_are_explained() {
    let rules = [(GapRule { rate: Rate::percent(60), amount: Euros::ZERO }, 0), (GapRule::default(), 1)];
    for (rule, wanted) in rules {
        let paying = Paying::with(sqlite(), |call| call.reports.explain = rule);
        let grantee = half_paid(&paying);
        let id = last(&paying, &grantee).id;
        paying.does(|tx| reports::start(tx, &grantee.holder, id, 0, paying.now).map(drop)).unwrap();
        paying.does(|tx| written(tx, id, &grantee, &[Euros::whole(10_000)], "")).unwrap();
        let row = last(&paying, &grantee);
        let lacks = paying.db.read(|conn| report_lacks::obstacles(conn, &row)).unwrap();
        let gaps: Vec<_> = lacks.iter().filter(|lack| lack.field == "explication-0").collect();
        assert_eq!(gaps.len(), wanted, "half of 20 000 € under {rule:?}: {lacks:?}");
    }
}

#[test]
fn only_what_is_asked_reopens() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = half_paid(&paying);
        let row = filed(&paying, &grantee, &[Euros::whole(20_000)]);
        let (id, holder, now) = (row.id, &grantee.holder, paying.now);
        let asked = |wanted, items| Asking { wanted, items };
        let ask = |asking: &Asking| {
            paying.does(|tx| report_changes::request(tx, &paying.officer, id, row.version, asking, now).map(drop))
        };
        assert_eq!(wrong(ask(&asked("", Vec::new()))), ["element", "motif"]);
        let appris = Item::Question("appris".into());
        ask(&asked("Dites-en plus.", vec![(appris.clone(), "Deux phrases suffisent.")])).unwrap();
        let before = paying.db.read(|conn| reports::paper(conn, holder, id)).unwrap();
        assert_eq!(before.changes, [(appris, "Deux phrases suffisent.".to_owned())]);
        assert!(before.report.due_on >= now.paris_date(), "there is time to answer");
        let codes = ["appris", "realise"];
        let form = ReportForm {
            answers: codes.map(|code| (code.to_owned(), "Partir plus tôt.".to_owned())).to_vec(),
            lines: vec![(0, Euros::whole(1), "Rien.".into())],
            added: vec![("62.3".into(), Euros::whole(99), "Affiches".into())],
        };
        paying.does(|tx| reports::save(tx, holder, id, &form)).unwrap();
        let after = paying.db.read(|conn| reports::paper(conn, holder, id)).unwrap();
        let said = |answers: &Answers, code: &str| answers.get(code).cloned().unwrap_or_default();
        assert_eq!(said(&after.answered(), "appris"), "Partir plus tôt.");
        assert_eq!(said(&after.answered(), "realise"), "12");
        assert_eq!(after.lines, before.lines, "the table is shut");
        let slip = attachments::judge("f", "autre.pdf", PDF).unwrap();
        let attached = paying.does(|tx| reports::attach(tx, holder, id, "justificatifs", &slip, now).map(drop));
        assert!(matches!(attached, Err(UseCaseError::Store(StoreError::NotFound))), "{attached:?}");
        let version = last(&paying, &grantee).version;
        paying.does(|tx| reports::submit(tx, holder, id, version, now).map(drop)).unwrap();
        assert_eq!(last(&paying, &grantee).state, ReportState::Submitted);
        paying.check();
    }
}

/// The application and the final report ask how many people, and which goals.
fn with_indicators(call: &mut CallDefinition) {
    let asked = |code: &str, kind| Question {
        label: format!("Indicateur {code}"),
        need: Need::Optional,
        ..Question::blank(code.into(), kind)
    };
    let questions = [asked("touchees", QuestionKind::Number), asked("objectifs", QuestionKind::Goals)];
    call.sections[0].questions.extend(questions.clone());
    call.reports.last.sections[0].questions.extend(questions);
}

#[test]
fn what_the_application_planned_is_there_when_a_report_begins() {
    let paying = Paying::with(sqlite(), with_indicators);
    let grantee = paying.award(NAME, Euros::whole(10_000));
    let application = paying.grant(grantee.grant).application_id;
    for (code, value) in [("touchees", "80"), ("objectifs", "4\n13")] {
        paying.does(|tx| Ok(answers::insert(tx, application, code, value, paying.now)?)).unwrap();
    }
    paying.announce();
    paying.ready(&grantee, NAME, IBANS[0]);
    let id = last(&paying, &grantee).id;
    paying.does(|tx| reports::start(tx, &grantee.holder, id, 0, paying.now).map(drop)).unwrap();
    let paper = paying.db.read(|conn| reports::paper(conn, &grantee.holder, id)).unwrap();
    assert_eq!(paper.planned.get("touchees").map(String::as_str), Some("80"));
    let begun = paper.answered();
    assert_eq!(begun.get("objectifs").map(String::as_str), Some("4\n13"), "the goals are those that were planned");
    assert_eq!(begun.get("touchees"), None, "people are counted anew");
}

/// The final report asks for the axis again, and for a word on one's honour.
fn with_engagement(call: &mut CallDefinition) {
    let statement = Some(call.statements[0].code.clone());
    let sworn = Question::blank("engagement_final".into(), QuestionKind::Statement);
    let axis = Question::blank("axe_final".into(), QuestionKind::Axis);
    let sworn = Question { label: "Votre engagement".into(), statement, ..sworn };
    let axis = Question { label: "L’axe du projet".into(), ..axis };
    call.reports.last.sections[0].questions.extend([sworn, axis]);
}

#[test]
fn a_report_may_ask_for_an_axis_and_a_word_on_ones_honour() {
    let paying = Paying::with(sqlite(), with_engagement);
    let grantee = half_paid(&paying);
    let (id, holder) = (last(&paying, &grantee).id, &grantee.holder);
    paying.does(|tx| reports::start(tx, holder, id, 0, paying.now).map(drop)).unwrap();
    let codes = ["engagement_final", "axe_final"];
    let lacking = || {
        let row = last(&paying, &grantee);
        let lacks = paying.db.read(|conn| report_lacks::obstacles(conn, &row)).unwrap();
        lacks.into_iter().map(|lack| lack.field).filter(|field| codes.contains(&field.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(lacking(), codes);
    let axis = paying.db.read(|conn| reports::paper(conn, holder, id)).unwrap().call.axes[0].clone();
    let answers = vec![(codes[0].to_owned(), "oui".to_owned()), (codes[1].to_owned(), axis)];
    let form = ReportForm { answers, ..ReportForm::default() };
    paying.does(|tx| reports::save(tx, holder, id, &form)).unwrap();
    assert_eq!(lacking(), Vec::<String>::new());
}

//! Amendments: each kind changes what it must and nothing else, once both have signed where the agreement was.

use super::{NAME, Stage, hidden, leads, page};
use crate::support::{
    databases::each_database,
    grants::{Grantee, IBANS, Paying},
};
use chrono::NaiveDate;
use tisserand::{
    domain::{
        amendments::AmendmentKind,
        ids::{AmendmentId, GrantId},
        journal::Stage as Lies,
        letters::{Letter, LetterKind},
        lifecycles::{amendments::AmendmentState, disbursements::DisbursementState, grants::GrantState},
        money::Euros,
        reports::ReportKind,
    },
    store::{
        Conn, Tx, amendments as rows, answers, documents, evidence_facts, journal, reports as report_rows,
        signing as papers,
    },
    usecases::{
        Outcome, UseCaseError,
        amendments::{self, AmendmentForm},
        disbursements, grant_papers, reports,
    },
};

/// A grant of this amount, accepted and with a verified account, on each database; above 23 000 € both have signed.
fn each(euros: i64, test: impl Fn(&Paying, &Grantee)) {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award(NAME, Euros::whole(euros));
        two_lines(&paying, &grantee);
        paying.announce();
        paying.ready(&grantee, NAME, IBANS[0]);
        if euros > 23_000 {
            paying.send_agreement(grantee.grant);
            sign_both(&paying, &grantee);
        }
        test(&paying, &grantee);
        paying.check();
    }
}

fn sign_both(paying: &Paying, grantee: &Grantee) {
    paying.sign(&grantee.holder, grantee.grant, &format!("Hélo {NAME}")).unwrap();
    paying.sign(&paying.director, grantee.grant, "Diane Direction").unwrap();
}

/// A budget whose expenses can be shifted.
fn two_lines(paying: &Paying, grantee: &Grantee) {
    let application = paying.grant(grantee.grant).application_id;
    paying
        .does(|tx| {
            let mut lines = answers::budget_of(tx.conn(), application)?;
            let mut more = lines[0].clone();
            (more.position, more.account, more.label) = (1, "62.4".into(), "Transport".into());
            more.planned_cents = Euros::whole(1_000);
            lines.push(more);
            Ok(answers::set_budget(tx, application, &lines)?)
        })
        .unwrap();
}

fn ask(paying: &Paying, grantee: &Grantee, form: &AmendmentForm) -> Outcome<AmendmentId> {
    paying.does(|tx| amendments::request(tx, &grantee.holder, grantee.grant, form, paying.now))
}

fn grants_it(paying: &Paying, id: AmendmentId) -> Outcome<()> {
    paying.does(|tx| amendments::decide(tx, &paying.officer, (id, 0), (true, ""), paying.now).map(drop))
}

fn said(error: UseCaseError) -> String {
    match error {
        UseCaseError::Invalid(wrong) => wrong.into_iter().map(|one| one.message).collect::<Vec<_>>().join(" "),
        UseCaseError::Refused(refusal) => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

fn form(kind: AmendmentKind) -> AmendmentForm {
    AmendmentForm::new(kind, "Changer cela", "Le projet a changé")
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rows_of(paying: &Paying, id: GrantId) -> Vec<AmendmentId> {
    paying.db.read(|conn| rows::of_grant(conn, id)).unwrap().iter().map(|row| row.id).collect()
}

fn state(paying: &Paying, id: AmendmentId) -> AmendmentState {
    paying.db.read(|conn| rows::find(conn, id)).unwrap().state
}

fn lies(paying: &Paying, stage: Lies, grant: GrantId) -> Euros {
    paying.db.read(|conn| journal::balance(conn, stage, journal::Scope::Grant(grant))).unwrap()
}

fn planned(paying: &Paying, grant: GrantId) -> Vec<Euros> {
    let rows = paying.payments(grant).into_iter().filter(|row| row.state == DisbursementState::Planned);
    rows.map(|row| row.amount_cents).collect()
}

/// The words of the amendments issued to this grant, plain spaces only, by their numbers.
fn letters(paying: &Paying, id: AmendmentId) -> Vec<(String, Letter)> {
    let mut found = paying.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap();
    found.retain(|row| row.kind == LetterKind::Amendment);
    found.sort_by_key(|row| row.reference.clone());
    let read = |row: &documents::DocumentRow| {
        (row.facts.replace(['\u{a0}', '\u{202f}'], " "), serde_json::from_str(&row.facts).unwrap())
    };
    found.iter().map(read).collect()
}

#[test]
fn an_amount_is_amended_above_what_is_paid_and_the_commitment_follows() {
    each(10_000, |paying, grantee| {
        let id = grantee.grant;
        let first = paying.payments(id)[0].clone();
        let run = paying.prepare(&[first.id]);
        let more = AmendmentForm { new_amount: Some(Euros::whole(12_000)), ..form(AmendmentKind::Amount) };
        let amendment = ask(paying, grantee, &more).unwrap();
        let early = said(grants_it(paying, amendment).unwrap_err());
        assert!(early.contains("Un versement est en cours"), "{early}");
        assert_eq!(
            (state(paying, amendment), paying.grant(id).amount_cents),
            (AmendmentState::Requested, Euros::whole(10_000))
        );
        paying.pay(run);
        grants_it(paying, amendment).unwrap();
        assert_eq!(paying.grant(id).amount_cents, Euros::whole(12_000));
        assert_eq!(planned(paying, id), [Euros::whole(5_600), Euros::whole(1_400)], "7 000 € as 4 000 and 1 000 were");
        assert_eq!(
            (lies(paying, Lies::Committed, id), lies(paying, Lies::Paid, id)),
            (Euros::whole(7_000), Euros::whole(5_000))
        );
        let (text, _) = &letters(paying, amendment)[0];
        assert!(text.contains("10 000 €") && text.contains("12 000 €") && text.contains("Reste à verser"), "{text}");
        assert!(text.contains("4 000 € le ") && text.contains("5 600 € le "), "the payments before and after: {text}");

        let less = AmendmentForm { new_amount: Some(Euros::whole(4_999)), ..form(AmendmentKind::Amount) };
        let below = ask(paying, grantee, &less).unwrap();
        let refused = said(grants_it(paying, below).unwrap_err());
        assert!(refused.contains("déjà versés"), "{refused}");
        let less = AmendmentForm { new_amount: Some(Euros::whole(5_000)), ..form(AmendmentKind::Amount) };
        let all_paid = ask(paying, grantee, &less).unwrap();
        grants_it(paying, all_paid).unwrap();
        assert_eq!((planned(paying, id), lies(paying, Lies::Committed, id)), (vec![], Euros::ZERO));
        let most = AmendmentForm { new_amount: Some(Euros::whole(24_000)), ..form(AmendmentKind::Amount) };
        let above = ask(paying, grantee, &most).unwrap();
        grants_it(paying, above).unwrap();
        let waits = (AmendmentState::ToSign, Euros::whole(5_000));
        assert_eq!((state(paying, above), paying.grant(id).amount_cents), waits, "above 23 000 € both sign first");
    });
}

#[test]
fn an_amount_never_takes_more_than_the_envelope_has() {
    each(24_000, |paying, grantee| {
        let most = AmendmentForm { new_amount: Some(Euros::whole(9_000_000)), ..form(AmendmentKind::Amount) };
        let amendment = ask(paying, grantee, &most).unwrap();
        let refused = said(grants_it(paying, amendment).unwrap_err());
        assert!(refused.contains("enveloppe"), "{refused}");
        assert_eq!(paying.grant(grantee.grant).amount_cents, Euros::whole(24_000));
    });
}

#[test]
fn an_amount_never_goes_beyond_what_the_call_gives_one_project() {
    for db in each_database() {
        let paying = Paying::with(db, |call| call.amount.ceiling = Euros::whole(10_000));
        let grantee = paying.award(NAME, Euros::whole(5_000));
        paying.announce();
        paying.accept(&grantee);
        let becomes = |euros| {
            let asked = AmendmentForm { new_amount: Some(Euros::whole(euros)), ..form(AmendmentKind::Amount) };
            grants_it(&paying, ask(&paying, &grantee, &asked).unwrap())
        };
        let refused = said(becomes(10_001).unwrap_err());
        assert!(refused.contains("Le règlement de l’appel limite une subvention"), "{refused}");
        becomes(10_000).unwrap();
        assert_eq!(paying.grant(grantee.grant).amount_cents, Euros::whole(10_000));
        paying.check();
    }
}

#[test]
fn a_small_grant_that_grows_before_it_is_paid_is_paid_as_the_schedule_says() {
    for db in each_database() {
        let paying = Paying::with(db, |call| call.schedule.single_up_to = Some(Euros::whole(4_000)));
        let grantee = paying.award(NAME, Euros::whole(4_000));
        paying.announce();
        paying.ready(&grantee, NAME, IBANS[0]);
        let id = grantee.grant;
        assert_eq!(planned(&paying, id), [Euros::whole(4_000)]);
        let becomes = |euros| {
            let asked = AmendmentForm { new_amount: Some(Euros::whole(euros)), ..form(AmendmentKind::Amount) };
            grants_it(&paying, ask(&paying, &grantee, &asked).unwrap()).unwrap();
            planned(&paying, id)
        };
        let three = [Euros::whole(5_000), Euros::whole(4_000), Euros::whole(1_000)];
        assert_eq!(becomes(10_000), three, "not everything before the project spends");
        let first = paying.payments(id).into_iter().find(|row| row.state == DisbursementState::Planned).unwrap();
        paying.pay(paying.prepare(&[first.id]));
        assert_eq!(becomes(9_000), [Euros::whole(3_200), Euros::whole(800)], "what is left is shared as it was");
        let (left, paid) = (lies(&paying, Lies::Committed, id), lies(&paying, Lies::Paid, id));
        assert_eq!((left, paid), (Euros::whole(4_000), Euros::whole(5_000)));
        paying.check();
    }
}

#[test]
fn a_new_end_moves_reports_by_their_rule_and_payments_held_back_too() {
    each(10_000, |paying, grantee| {
        let id = grantee.grant;
        let last = paying.payments(id)[2].clone();
        let hold = |tx: &mut Tx| {
            disbursements::withhold(tx, &paying.finance, last.id, last.version, "Une vérification", paying.now)
                .map(drop)
        };
        paying.does(hold).unwrap();
        let asked = AmendmentForm { new_ends_on: Some(day("2028-01-30")), ..form(AmendmentKind::Duration) };
        grants_it(paying, ask(paying, grantee, &asked).unwrap()).unwrap();
        let payments: Vec<_> = paying.payments(id).iter().filter_map(|row| row.due_on).collect();
        let reports = paying.db.read(|conn| report_rows::of_grant(conn, id)).unwrap();
        let due = |kind| reports.iter().find(|row| row.kind == kind).unwrap().due_on;
        assert_eq!((due(ReportKind::Interim), payments[1]), (day("2027-09-15"), day("2027-09-15")), "half way");
        assert_eq!(
            (due(ReportKind::Final), payments[2]),
            (day("2028-02-29"), day("2028-04-30")),
            "months after the end"
        );
        let (text, _) = &letters(paying, rows_of(paying, id)[0])[0];
        assert!(text.contains("31 janvier 2028") && text.contains("29 février 2028"), "{text}");
        assert!(text.contains("Versement (acompte)") && text.contains("15 septembre 2027"), "{text}");
    });
}

#[test]
fn a_year_mistyped_is_no_end_of_a_project() {
    each(5_000, |paying, grantee| {
        let asked = AmendmentForm { new_ends_on: Some(day("9027-12-31")), ..form(AmendmentKind::Duration) };
        let refused = said(ask(paying, grantee, &asked).unwrap_err());
        assert!(refused.contains("Relisez l’année"), "{refused}");
    });
}

#[test]
fn two_amendments_that_change_the_same_are_not_signed_at_once() {
    each(24_000, |paying, grantee| {
        let until = |text| AmendmentForm { new_ends_on: Some(day(text)), ..form(AmendmentKind::Duration) };
        let first = ask(paying, grantee, &until("2028-01-30")).unwrap();
        let second = ask(paying, grantee, &until("2028-02-28")).unwrap();
        let less = AmendmentForm { new_amount: Some(Euros::whole(23_500)), ..form(AmendmentKind::Amount) };
        let less = ask(paying, grantee, &less).unwrap();
        let with = AmendmentForm { new_partner: "Le Fil".into(), ..form(AmendmentKind::Partner) };
        let other = ask(paying, grantee, &with).unwrap();
        grants_it(paying, first).unwrap();
        let refused = said(grants_it(paying, second).unwrap_err());
        assert!(refused.contains("attend d’être signé"), "what it says was before would not be true: {refused}");
        assert_eq!(state(paying, second), AmendmentState::Requested);
        let refused = said(grants_it(paying, less).unwrap_err());
        assert!(refused.contains("attend d’être signé"), "both name the payments and their days: {refused}");
        grants_it(paying, other).unwrap();
        let refuse = |tx: &mut Tx| {
            let no = (false, "La seconde demande la remplace.");
            amendments::decide(tx, &paying.officer, (first, 1), no, paying.now).map(drop)
        };
        paying.does(refuse).unwrap();
        grants_it(paying, second).unwrap();
        assert_eq!(state(paying, second), AmendmentState::ToSign);
    });
}

#[test]
fn an_amendment_to_an_agreement_is_in_force_once_both_have_signed_it() {
    each(24_000, |paying, grantee| {
        let id = grantee.grant;
        let before = paying.grant(id).ends_on;
        let due: Vec<_> = paying.payments(id).iter().map(|row| row.due_on).collect();
        let asked = AmendmentForm { new_ends_on: Some("2028-01-30".parse().unwrap()), ..form(AmendmentKind::Duration) };
        let amendment = ask(paying, grantee, &asked).unwrap();
        grants_it(paying, amendment).unwrap();
        assert_eq!((state(paying, amendment), paying.grant(id).ends_on), (AmendmentState::ToSign, before));
        let (text, letter) = letters(paying, amendment)[0].clone();
        assert!(text.contains("31 décembre 2027") && text.contains("30 janvier 2028"), "before and after: {text}");
        assert_eq!((letter.parties.len(), letter.parties[0].signed.as_ref()), (2, None));
        paying.sign(&paying.director, id, "Diane Direction").unwrap();
        assert_eq!(paying.grant(id).ends_on, before, "one signature changes nothing");
        paying.sign(&grantee.holder, id, &format!("Hélo {NAME}")).unwrap();
        assert_eq!((state(paying, amendment), paying.grant(id).ends_on), (AmendmentState::Approved, asked.new_ends_on));
        let moved: Vec<_> = paying.payments(id).iter().map(|row| row.due_on).collect();
        assert!(moved.last() > due.last(), "what is paid after the end comes later: {due:?} {moved:?}");
        assert_eq!(moved[0], due[0], "the advance stays where it was");
        let (text, signed) = letters(paying, amendment)[1].clone();
        assert!(text.contains("Preuve des signatures") && signed.subject.contains("signé par les deux parties"));
        assert!(signed.parties.iter().all(|party| party.signed.is_some()));
        let agreement = paying.db.read(|conn| papers::papers_of(conn, id)).unwrap();
        assert_eq!(agreement.len(), 2, "the agreement and its amendment");
        assert_eq!(paying.grant(id).state, GrantState::Active);
    });
}

#[test]
fn an_amendment_to_be_signed_may_still_be_refused_and_is_then_not_signed() {
    each(24_000, |paying, grantee| {
        let asked = AmendmentForm { new_amount: Some(Euros::whole(23_500)), ..form(AmendmentKind::Amount) };
        let amendment = ask(paying, grantee, &asked).unwrap();
        grants_it(paying, amendment).unwrap();
        paying.sign(&grantee.holder, grantee.grant, &format!("Hélo {NAME}")).unwrap();
        let run = paying.prepare(&[paying.payments(grantee.grant)[0].id]);
        let late = paying.sign(&paying.director, grantee.grant, "Diane Direction");
        assert!(said(late.unwrap_err()).contains("Un versement est en cours"));
        paying.pay(run);
        let refuse = |motive: &str| {
            paying.does(|tx| {
                amendments::decide(tx, &paying.officer, (amendment, 1), (false, motive), paying.now).map(drop)
            })
        };
        assert!(said(refuse(" ").unwrap_err()).contains("Écrivez le motif"));
        refuse("Le projet reprend comme prévu.").unwrap();
        assert_eq!(state(paying, amendment), AmendmentState::Refused);
        assert_eq!(paying.grant(grantee.grant).amount_cents, Euros::whole(24_000));
        assert!(paying.sign(&paying.director, grantee.grant, "Diane Direction").is_err(), "nothing is left to sign");
    });
}

#[test]
fn a_budget_is_shifted_within_its_total_and_the_report_compares_with_it() {
    each(5_000, |paying, grantee| {
        let asked = |lines: &[(i32, i64)]| AmendmentForm {
            lines: lines.iter().map(|(position, euros)| (*position, Euros::whole(*euros))).collect(),
            ..form(AmendmentKind::Budget)
        };
        let unchanged = said(ask(paying, grantee, &asked(&[(0, 10_000)])).unwrap_err());
        assert!(unchanged.contains("au moins deux lignes"), "{unchanged}");
        let more = said(ask(paying, grantee, &asked(&[(0, 10_000), (1, 3_000)])).unwrap_err());
        assert!(more.contains("doit rester de"), "{more}");
        let twice = said(ask(paying, grantee, &asked(&[(0, 8_000), (0, 8_000), (1, 3_000)])).unwrap_err());
        assert!(twice.contains("une seule fois"), "{twice}");
        let amendment = ask(paying, grantee, &asked(&[(0, 8_000), (1, 3_000)])).unwrap();
        let read = |conn: &mut Conn| grant_papers::find(conn, &paying.officer, grantee.grant, paying.now);
        let shifts: Vec<_> = paying.db.read(read).unwrap().changes.into_iter().map(|row| row.becomes).collect();
        let (less, more) = (Euros::whole(8_000).to_string(), Euros::whole(3_000).to_string());
        assert_eq!(shifts, [less, more], "who decides sees which lines move");
        grants_it(paying, amendment).unwrap();
        let (text, _) = &letters(paying, amendment)[0];
        assert!(text.contains("Animation des ateliers") && text.contains("8 000 €") && text.contains("Transport"));
        let agreed = paying.db.read(|conn| amendments::agreed_expenses(conn, &grantee.holder, grantee.grant)).unwrap();
        let amounts: Vec<_> = agreed.iter().map(|(.., amount)| *amount).collect();
        assert_eq!(amounts, [Euros::whole(8_000), Euros::whole(3_000)]);
        let filed =
            paying.db.read(|conn| answers::budget_of(conn, paying.grant(grantee.grant).application_id)).unwrap();
        assert_eq!(filed[0].planned_cents, Euros::whole(10_000), "what was filed stays as it was");
        let application = paying.grant(grantee.grant).application_id;
        let told = paying.db.read(|conn| evidence_facts::planned(conn, &[application])).unwrap();
        let told: Vec<_> = told.into_iter().filter(|line| line.2 == "expense").map(|line| line.3).collect();
        assert_eq!(told, [Euros::whole(8_000), Euros::whole(3_000)], "a funder is told what was agreed");
        let last = paying.db.read(|conn| report_rows::of_grant(conn, grantee.grant)).unwrap();
        let last = last.iter().find(|row| row.kind == ReportKind::Final).unwrap().id;
        paying.does(|tx| reports::start(tx, &grantee.holder, last, 0, paying.now).map(drop)).unwrap();
        let lines = paying.db.read(|conn| report_rows::lines(conn, last)).unwrap();
        let compared: Vec<_> = lines.iter().map(|line| line.planned_cents).collect();
        assert_eq!(compared, [Euros::whole(8_000), Euros::whole(3_000)]);
        assert_eq!(paying.grant(grantee.grant).amount_cents, Euros::whole(5_000));
    });
}

#[test]
fn a_shift_of_a_budget_that_has_changed_since_is_not_granted() {
    each(5_000, |paying, grantee| {
        let asked = |lines: [(i32, i64); 2]| AmendmentForm {
            lines: lines.map(|(position, euros)| (position, Euros::whole(euros))).to_vec(),
            ..form(AmendmentKind::Budget)
        };
        let first = ask(paying, grantee, &asked([(0, 8_000), (1, 3_000)])).unwrap();
        let second = ask(paying, grantee, &asked([(0, 9_000), (1, 2_000)])).unwrap();
        let application = paying.grant(grantee.grant).application_id;
        paying
            .does(|tx| {
                let mut lines = answers::budget_of(tx.conn(), application)?;
                let mut third = lines[1].clone();
                (third.position, third.planned_cents) = (2, Euros::whole(500));
                lines.push(third);
                Ok(answers::set_budget(tx, application, &lines)?)
            })
            .unwrap();
        let third = ask(paying, grantee, &asked([(0, 9_500), (2, 1_000)])).unwrap();
        grants_it(paying, first).unwrap();
        let refused = said(grants_it(paying, third).unwrap_err());
        assert!(refused.contains("Le budget a changé depuis cette demande"), "{refused}");
        assert_eq!(state(paying, third), AmendmentState::Requested);
        grants_it(paying, second).unwrap();
        let agreed = paying.db.read(|conn| amendments::agreed_expenses(conn, &grantee.holder, grantee.grant)).unwrap();
        let total: Euros = agreed.iter().map(|(.., amount)| *amount).sum();
        assert_eq!(total, Euros::whole(11_500));
    });
}

/// Where the newest amendment of a page stands and who acts next, in the words of its stepper.
fn standing(page: &str) -> [String; 2] {
    let amendments = page.split("<h2>Avenants</h2>").nth(1).unwrap();
    let here = amendments.split("aria-current=\"step\"").nth(1).unwrap().split("step-label\">").nth(1).unwrap();
    let who = amendments.split("<dt>Qui agit maintenant</dt><dd>").nth(1).unwrap();
    [here, who].map(|text| text.split('<').next().unwrap().to_lowercase())
}

#[actix_web::test]
async fn an_amendment_to_sign_says_who_signs_next_and_by_when() {
    let stage = Stage::of(24_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    stage.paying.send_agreement(stage.grantee.grant);
    sign_both(&stage.paying, &stage.grantee);
    let less = AmendmentForm { new_amount: Some(Euros::whole(23_500)), ..form(AmendmentKind::Amount) };
    let amendment = ask(&stage.paying, &stage.grantee, &less).unwrap();
    grants_it(&stage.paying, amendment).unwrap();
    let officer = stage.cookie(&stage.paying.officer);
    let home = format!("/suivi/{}", stage.grantee.grant);
    let mine = stage.reads(&stage.home()).await;
    let theirs = page(stage.site.get(&officer, &home).await, 200).await;
    assert_eq!(standing(&mine), ["accordé, à signer", "vous"], "{mine}");
    assert_eq!(standing(&theirs), ["accordé, à signer", "l’organisation"], "{theirs}");
    let amendments = mine.split("<h2>Avenants</h2>").nth(1).unwrap();
    assert!(amendments.contains("<dt>Pour quand</dt><dd>avant le "), "{amendments}");
    stage.paying.sign(&stage.grantee.holder, stage.grantee.grant, &format!("Hélo {NAME}")).unwrap();
    assert_eq!(standing(&stage.reads(&stage.home()).await), ["accordé, à signer", "la direction"]);
    stage.paying.check();
}

#[actix_web::test]
async fn partners_are_changed_and_both_sides_read_it_with_what_was_before() {
    let stage = Stage::of(10_000);
    stage.paying.accept(&stage.grantee);
    let path = format!("{}/avenants", stage.home());
    let asking = stage.reads(&path).await;
    let wrong = [("nature", "partner"), ("demande", "Un autre partenaire"), ("motif", "Le premier arrête")];
    let refused = page(stage.presses(&asking, &path, &wrong).await, 422).await;
    assert!(refused.contains("Indiquez les partenaires") && refused.contains("Un autre partenaire"), "{refused}");
    let right: Vec<_> = wrong.into_iter().chain([("nouveau_partenaire", "Le Fil de Lomé")]).collect();
    leads(&stage.presses(&refused, &path, &right).await);
    let officer = stage.cookie(&stage.paying.officer);
    let home = format!("/suivi/{}", stage.grantee.grant);
    let file = page(stage.site.get(&officer, &home).await, 200).await;
    for shown in [stage.reads(&stage.home()).await, file.clone()] {
        assert_eq!(standing(&shown), ["demandé", "l’équipe du fonds ou la direction"], "{shown}");
    }
    let address = file.split("/avenants/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let token = hidden(&file, "token");
    let fields = [("version", "0"), ("token", token.as_str()), ("suite", "approve"), ("motif", "Bon choix.")];
    leads(&stage.site.post(&officer, &format!("{home}/avenants/{address}"), &fields).await);
    for shown in [stage.reads(&stage.home()).await, page(stage.site.get(&officer, &home).await, 200).await] {
        assert!(shown.contains("aucun avant l’avenant, Le Fil de Lomé après"), "{shown}");
        assert!(shown.contains("Bon choix."), "the motive is told: {shown}");
        assert!(shown.contains("Partenaires"), "{shown}");
        assert_eq!(standing(&shown), ["accordé", "personne"], "{shown}");
    }
    stage.paying.check();
}

#[actix_web::test]
async fn what_is_no_amount_is_said_beside_its_field_and_kept() {
    let stage = Stage::of(10_000);
    two_lines(&stage.paying, &stage.grantee);
    stage.paying.accept(&stage.grantee);
    let path = format!("{}/avenants", stage.home());
    let asking = stage.reads(&path).await;
    assert!(asking.contains("Animation des ateliers") && asking.contains("Montant actuel"), "{asking}");
    let typed = [("nature", "budget"), ("demande", "Plus de cars"), ("motif", "Trop loin"), ("ligne-0", "beaucoup")];
    let refused = page(stage.presses(&asking, &path, &typed).await, 422).await;
    assert!(refused.contains("Écrivez un montant en euros") && refused.contains("value=\"beaucoup\""), "{refused}");
    let typed = [("nature", "amount"), ("demande", "Plus"), ("motif", "Plus cher"), ("nouveau_montant", "10 000")];
    let refused = page(stage.presses(&refused, &path, &typed).await, 422).await;
    assert!(refused.contains("déjà le montant") && refused.contains("value=\"10 000\""), "{refused}");
}

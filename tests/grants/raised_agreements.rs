//! A grant without agreement that grows to where one is owed: a whole agreement, in force with its amount once both sign.

use super::{NAME, Stage, hidden, leads, page};
use crate::support::{
    databases::{each_database, sqlite},
    grants::{Grantee, IBANS, Paying},
};
use tisserand::{
    domain::{
        amendments::AmendmentKind,
        ids::{AmendmentId, GrantId},
        journal::Stage as Lies,
        letters::LetterKind,
        lifecycles::{amendments::AmendmentState, disbursements::DisbursementState, grants::GrantState},
        messages::MessageKind,
        money::Euros,
    },
    store::{amendments as rows, documents, journal, messages},
    usecases::{
        Outcome,
        amendments::{self, AmendmentForm},
        clock,
    },
};

fn amount(euros: i64) -> AmendmentForm {
    AmendmentForm {
        new_amount: Some(Euros::whole(euros)),
        ..AmendmentForm::new(AmendmentKind::Amount, "Une salle de plus", "La première ne suffit pas")
    }
}

fn ask(paying: &Paying, grantee: &Grantee, form: &AmendmentForm) -> AmendmentId {
    paying.does(|tx| amendments::request(tx, &grantee.holder, grantee.grant, form, paying.now)).unwrap()
}

fn grants_it(paying: &Paying, id: AmendmentId) -> Outcome<()> {
    paying.does(|tx| amendments::decide(tx, &paying.officer, (id, 0), (true, ""), paying.now).map(drop))
}

fn state(paying: &Paying, id: AmendmentId) -> AmendmentState {
    paying.db.read(|conn| rows::find(conn, id)).unwrap().state
}

fn planned(paying: &Paying, grant: GrantId) -> Vec<Euros> {
    let open = paying.payments(grant).into_iter().filter(|row| row.state == DisbursementState::Planned);
    open.map(|row| row.amount_cents).collect()
}

fn whole(euros: [i64; 3]) -> Vec<Euros> {
    euros.into_iter().map(Euros::whole).collect()
}

/// The agreements that came with an amendment, plain spaces only, oldest first.
fn agreements(paying: &Paying, id: AmendmentId) -> Vec<String> {
    let mut found = paying.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap();
    assert!(found.iter().all(|row| row.kind == LetterKind::Agreement), "no amendment besides");
    found.sort_by_key(|row| row.reference.clone());
    found.iter().map(|row| row.facts.replace(['\u{a0}', '\u{202f}'], " ")).collect()
}

/// A grant of 20 000 € without agreement, in three payments, its account verified.
fn running(paying: &Paying) -> Grantee {
    let grantee = paying.award(NAME, Euros::whole(20_000));
    paying.announce();
    paying.ready(&grantee, NAME, IBANS[0]);
    assert!(!paying.grant(grantee.grant).is_agreement_required);
    grantee
}

#[test]
fn the_amount_changes_with_the_agreement_once_both_have_signed_it() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = running(&paying);
        let id = grantee.grant;
        let raise = ask(&paying, &grantee, &amount(24_000));
        grants_it(&paying, raise).unwrap();
        let is_as_before = || {
            let grant = paying.grant(id);
            assert_eq!((grant.amount_cents, grant.is_agreement_required), (Euros::whole(20_000), false));
            assert_eq!((grant.holder_signed_at, grant.issuer_signed_at), (None, None));
            assert_eq!(planned(&paying, id), whole([10_000, 8_000, 2_000]));
            paying.check();
        };
        is_as_before();
        assert_eq!(state(&paying, raise), AmendmentState::ToSign);
        let sent = agreements(&paying, raise);
        assert_eq!(sent.len(), 1);
        for words in ["24 000 €", "de 20 000 € à 24 000 €", "12 000 €", "9 600 €", "2001-495", "convention signée"]
        {
            assert!(sent[0].contains(words), "{words}: {}", sent[0]);
        }
        paying.sign(&paying.director, id, "Diane Direction").unwrap();
        is_as_before();
        paying.sign(&grantee.holder, id, &format!("Hélo {NAME}")).unwrap();
        let grant = paying.grant(id);
        assert_eq!((grant.amount_cents, grant.state), (Euros::whole(24_000), GrantState::Active));
        assert!(grant.is_agreement_required && grant.holder_signed_at.is_some() && grant.issuer_signed_at.is_some());
        assert_eq!((grant.holder_signed_by, grant.issuer_signed_by), (grantee.holder.person, paying.director.person));
        assert_eq!(planned(&paying, id), whole([12_000, 9_600, 2_400]));
        let lies = paying.db.read(|conn| journal::balance(conn, Lies::Committed, journal::Scope::Grant(id))).unwrap();
        assert_eq!((lies, state(&paying, raise)), (Euros::whole(24_000), AmendmentState::Approved));
        let both = agreements(&paying, raise);
        assert!(both.len() == 2 && both[1].contains("Preuve des signatures"), "the signed copy: {both:?}");
        paying.check();
        let first = paying.payments(id).into_iter().find(|row| row.state == DisbursementState::Planned).unwrap();
        paying.pay(paying.prepare(&[first.id]));
        let later = ask(&paying, &grantee, &amount(24_500));
        grants_it(&paying, later).unwrap();
        let found = paying.db.read(|conn| documents::of_subject(conn, later.as_str())).unwrap();
        assert_eq!(found[0].kind, LetterKind::Amendment, "it amends the agreement there is now");
        paying.check();
    }
}

#[test]
fn nothing_else_changes_while_the_agreement_waits_and_what_is_paid_meanwhile_is_written_anew() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = running(&paying);
        let (id, holder) = (grantee.grant, format!("Hélo {NAME}"));
        let raise = ask(&paying, &grantee, &amount(24_000));
        grants_it(&paying, raise).unwrap();
        let with = AmendmentForm {
            new_partner: "Le Fil".into(),
            ..AmendmentForm::new(AmendmentKind::Partner, "Un autre partenaire", "Le premier se retire")
        };
        let other = ask(&paying, &grantee, &with);
        let refused = grants_it(&paying, other).unwrap_err().to_string();
        assert!(refused.contains("Une convention attend d’être signée"), "{refused}");

        paying.pay(paying.prepare(&[paying.payments(id)[0].id]));
        paying.sign(&grantee.holder, id, &holder).unwrap();
        let late = paying.sign(&paying.director, id, "Diane Direction").unwrap_err().to_string();
        assert!(late.contains("Les versements ont changé"), "it is not what the text says: {late}");
        assert_eq!(paying.grant(id).amount_cents, Euros::whole(20_000));
        let no = (false, "Un versement est parti depuis.");
        paying.does(|tx| amendments::decide(tx, &paying.officer, (raise, 1), no, paying.now).map(drop)).unwrap();
        assert!(paying.sign(&paying.director, id, "Diane Direction").is_err(), "nothing is left to sign");
        paying.check();

        grants_it(&paying, other).unwrap();
        let again = ask(&paying, &grantee, &amount(24_000));
        grants_it(&paying, again).unwrap();
        let sent = agreements(&paying, again);
        assert!(sent[0].contains("versé le") && sent[0].contains("11 200 €"), "{}", sent[0]);
        paying.sign(&grantee.holder, id, &holder).unwrap();
        paying.sign(&paying.director, id, "Diane Direction").unwrap();
        assert_eq!(planned(&paying, id), [Euros::whole(11_200), Euros::whole(2_800)]);
        assert!(paying.grant(id).is_agreement_required);
        paying.check();
    }
}

#[test]
fn whoever_has_not_signed_is_reminded_of_the_agreement() {
    let paying = Paying::on(sqlite());
    let grantee = running(&paying);
    grants_it(&paying, ask(&paying, &grantee, &amount(24_000))).unwrap();
    paying.does(|tx| clock::run_due(tx, paying.now.plus_days(7))).unwrap();
    let told = paying.db.read(|conn| messages::about(conn, grantee.grant.as_str(), 100)).unwrap();
    let due: Vec<_> = told.iter().filter(|mail| mail.kind == MessageKind::SignatureDue).collect();
    assert_eq!(due.len(), 1);
    assert!(due[0].subject_line.contains("la convention de subvention"), "{}", due[0].subject_line);
    paying.check();
}

#[actix_web::test]
async fn whoever_grants_the_raise_reads_that_an_agreement_leaves_and_both_sign_it_on_their_pages() {
    let stage = Stage::of(20_000);
    stage.paying.accept(&stage.grantee);
    let raise = ask(&stage.paying, &stage.grantee, &amount(24_000));
    let (officer, home) = (stage.cookie(&stage.paying.officer), format!("/suivi/{}", stage.grantee.grant));
    let shown = page(stage.site.get(&officer, &home).await, 200).await;
    assert!(shown.contains("la loi veut une convention (décret 2001-495)"), "{shown}");
    assert!(shown.contains("la convention part à signer"), "{shown}");
    let token = hidden(&shown, "token");
    let typed = [("version", "0"), ("token", token.as_str()), ("suite", "approve"), ("motif", ""), ("derogation", "")];
    assert_eq!(leads(&stage.site.post(&officer, &format!("{home}/avenants/{raise}"), &typed).await), home);
    let mine = stage.reads(&stage.home()).await;
    assert!(!mine.contains("Si vous accordez"), "what the team weighs is not the holder’s");
    assert!(mine.contains("avant l’avenant") && mine.contains("Convention de subvention"), "{mine}");
    assert!(mine.contains("La convention attend la signature de l’organisation"), "it is no amendment: {mine}");
    let director = stage.cookie(&stage.paying.director);
    leads(&stage.signs((&stage.holder, &stage.home()), &format!("Hélo {NAME}")).await);
    leads(&stage.signs((&director, &home), "Diane Direction").await);
    let grant = stage.paying.grant(stage.grantee.grant);
    assert_eq!((grant.amount_cents, grant.is_agreement_required), (Euros::whole(24_000), true));
    let mine = stage.reads(&stage.home()).await.replace(['\u{a0}', '\u{202f}'], " ");
    assert!(mine.contains("24 000 €") && mine.contains("signée par les deux parties"), "{mine}");
    stage.paying.check();
}

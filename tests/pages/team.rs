//! What the team finds: the mails that really left, its own grants out of the checklist, reports to read.

use super::text;
use crate::support::{
    databases::{each_database, sqlite},
    grants::{IBANS, Paying},
    programme::{Programme, closed},
    site::Site,
};
use tisserand::{
    domain::{
        decisions::Verdict,
        eligibility::{Rule, Verdict as Finding},
        lifecycles::{calls::CallEvent, recoveries::RecoveryState, sessions::SessionEvent},
        messages::MessageKind,
        money::Euros,
        reports::ReportKind,
    },
    store::{StoreError, recoveries},
    usecases::{
        decisions::{self, DecisionForm},
        eligibility, releases,
    },
};

/// A call announced through its committee, and its one awarded file.
fn announced(world: &Programme) -> tisserand::domain::ids::ApplicationId {
    let (_, file, _) = world.in_review(1, 3_000);
    let session = world.session();
    let form = DecisionForm {
        verdict: Verdict::Award,
        amount: "3 000".into(),
        motive: "Un projet construit avec les habitant·es.".into(),
        conditions: String::new(),
    };
    let version = world.application(file).version;
    world.db.write(|tx| decisions::decide(tx, &world.officer, file, &form, version, closed())).unwrap();
    world.step(session, SessionEvent::Minute);
    world.try_step(&world.director, session, SessionEvent::Confirm).unwrap();
    for event in [CallEvent::StartReview, CallEvent::Deliberate] {
        world.advance_call(event).unwrap();
    }
    let version = world.call_row().version;
    world.db.write(|tx| releases::announce(tx, &world.officer, world.call, version, closed())).unwrap();
    file
}

#[actix_web::test]
async fn the_page_of_an_announced_call_shows_what_was_sent_and_not_what_would_be_today() {
    for db in each_database() {
        let world = Programme::on(db);
        let file = announced(&world);
        let site = Site::over(&world.db, closed().plus_days(90));
        let officer = site.cookie_of(&world.officer);
        let path = format!("/appels-a-projets/{}/annonce", world.definition.reference);
        let page = text(site.get(&officer, &path).await, 200).await;
        let written = world.db.read(|conn| {
            let mails = tisserand::store::messages::about(conn, file.as_str(), 20)?;
            Ok::<_, StoreError>(mails.into_iter().find(|mail| mail.kind == MessageKind::Award).unwrap())
        });
        let written = written.unwrap();
        let subject = written.subject_line.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(page.contains(&subject), "{subject}: {page}");
        assert!(page.contains("Porteuse 1, en attente d’envoi"), "{page}");
        assert!(
            page.contains(&format!("/instruction/{file}/documents/")) && page.contains("<p>décision</p>"),
            "{page}"
        );
    }
}

#[test]
fn the_grant_of_a_file_does_not_speak_against_itself() {
    for db in each_database() {
        let world = Programme::with(db, |call| call.eligibility.push(Rule::OncePerProgramme));
        let file = announced(&world);
        let now = closed().plus_days(30);
        let found = world.db.read(|conn| eligibility::checklist(conn, &world.officer, file, now)).unwrap();
        let (_, once) = found.iter().find(|(rule, _)| *rule == Rule::OncePerProgramme).unwrap();
        assert_eq!(once.verdict, Finding::Met, "{}", once.sentence);
    }
}

#[test]
fn the_officers_get_one_mail_when_a_report_is_filed() {
    use diesel::prelude::*;
    use tisserand::store::schema::messages::dsl;
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, "Les Passeurs", Euros::whole(10_000));
        paying.report(&grantee, ReportKind::Interim, Euros::whole(4_000));
        let told = dsl::messages.filter(dsl::kind.eq(MessageKind::ReportFiled));
        let told = told.filter(dsl::recipient_id.eq(paying.officer.person)).select((dsl::subject_line, dsl::facts));
        let told: Vec<(String, String)> = paying.db.read(|conn| told.load(conn).map_err(StoreError::from)).unwrap();
        let [(subject, facts)] = &told[..] else { panic!("{told:?}") };
        assert!(subject.contains("À lire") && facts.contains("/suivi/bilans/"), "{told:?}");
    }
}

#[test]
fn recoveries_go_on_after_the_last_one_shown() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantees: Vec<_> = ["Les Passeurs", "Le Fil"]
            .iter()
            .zip(IBANS)
            .map(|(name, iban)| (paying.award(name, Euros::whole(10_000)), *name, iban))
            .collect();
        paying.announce();
        for (grantee, name, iban) in &grantees {
            paying.ready(grantee, name, iban);
            paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
            paying.report(grantee, ReportKind::Final, Euros::whole(1_000));
        }
        let page = |key| {
            let rows =
                paying.db.read(|conn| recoveries::in_state(conn, (RecoveryState::Requested, None), key, 1)).unwrap();
            rows.into_iter().map(|file| (file.recovery.due_on, file.recovery.id)).next()
        };
        let first = page(None).unwrap();
        let second = page(Some(first)).unwrap();
        assert!(first != second && page(Some(second)).is_none());
        let total = paying.db.read(|conn| recoveries::total_in_state(conn, (RecoveryState::Requested, None))).unwrap();
        assert!(total.is_positive());
        let count = paying.db.read(|conn| recoveries::count_in_state(conn, (RecoveryState::Requested, None))).unwrap();
        assert_eq!(count, 2);
        paying.check();
    }
}

#[actix_web::test]
async fn a_page_of_recoveries_adds_up_all_of_them() {
    let (paying, grantee) = Paying::granted(sqlite(), "Les Passeurs", Euros::whole(10_000));
    paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
    paying.report(&grantee, ReportKind::Final, Euros::whole(1_000));
    let row = paying.db.read(|conn| recoveries::of_grant(conn, grantee.grant)).unwrap().remove(0);
    let site = Site::over(&paying.db, paying.now);
    let cookie = site.cookie_of(&paying.finance);
    let page = text(site.get(&cookie, "/finances/trop-percus").await, 200).await;
    let amount = row.amount_cents.to_string().replace(['\u{a0}', '\u{202f}'], " ");
    assert_eq!(page.matches(&amount).count(), 2, "on its line and in the total: {page}");
    let rest =
        text(site.get(&cookie, &format!("/finances/trop-percus?etat=requested&apres={}", row.id)).await, 200).await;
    assert!(rest.contains("Aucun trop-perçu ici"), "{rest}");
    let overview = text(site.get(&cookie, "/finances").await, 200).await;
    assert!(overview.contains("Trop-perçus attendus (1)") && overview.contains(&amount), "{overview}");
}

#[actix_web::test]
async fn an_account_to_pay_from_is_proposed_by_one_person_and_confirmed_by_another() {
    for db in each_database() {
        let paying = Paying::on(db);
        let site = Site::over(&paying.db, paying.now);
        let (finance, director) = (site.cookie_of(&paying.finance), site.cookie_of(&paying.director));
        let list = "/finances/comptes-payeurs";
        let token = super::field(&text(site.get(&finance, list).await, 200).await, "token");
        let wrong = text(site.post(&finance, list, &[("token", &token), ("iban", "FR12")]).await, 422).await;
        assert!(
            wrong.contains("Recopiez le titulaire") && wrong.contains("27 caractères : celui-ci en a 4."),
            "{wrong}"
        );
        let token = super::field(&wrong, "token");
        let fields = [("token", token.as_str()), ("titulaire", "Lianes coopération"), ("iban", IBANS[1])];
        assert_eq!(site.post(&finance, list, &fields).await.status(), 303);
        let mine = text(site.get(&finance, list).await, 200).await;
        assert!(mine.contains("à confirmer") && mine.contains("Une autre personne que celle qui a proposé"), "{mine}");
        let theirs = text(site.get(&director, list).await, 200).await;
        let path = theirs.split("action=\"").find(|part| part.contains("/confirmation\"")).unwrap();
        let path = path.split('"').next().unwrap().to_owned();
        let before = paying.db.read(tisserand::usecases::payment_runs::payers).unwrap().len();
        let token = super::field(&theirs, "token");
        assert_eq!(site.post(&finance, &path, &[("token", &"a".repeat(64))]).await.status(), 409);
        assert_eq!(site.post(&director, &path, &[("token", &token)]).await.status(), 303);
        let after = paying.db.read(tisserand::usecases::payment_runs::payers).unwrap().len();
        assert_eq!(after, before + 1, "only now a run may use it");
        assert!(text(site.get(&finance, list).await, 200).await.contains("confirmé par"));
        paying.check();
    }
}

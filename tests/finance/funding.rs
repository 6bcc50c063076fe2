//! Funders and their agreements on screen: what they say, what came, what is owed, and what no call may live on.

use super::{Desk, NAME, field, led_to, text};
use crate::support::{
    databases::each_database,
    grants::{Paying, definition},
    site::Site,
};
use tisserand::{
    domain::{
        definitions,
        ids::FundingSourceId,
        journal::Stage,
        lifecycles::calls::{Call, CallEvent},
        messages::MessageKind,
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{
        Tx, funding_sources,
        journal::{self, Scope},
        messages,
    },
    usecases::{
        Actor, UseCaseError,
        advance::advance_now,
        calls, clock,
        funding_sources::{self as agreements, SourceForm},
        people,
    },
};

const REFERENCE: &str = "AFD-2026-TANDEMS";

fn source(paying: &Paying) -> FundingSourceId {
    paying.db.read(|conn| funding_sources::by_reference(conn, REFERENCE)).unwrap().unwrap().id
}

/// The form of an agreement as its page shows it.
fn known(paying: &Paying, id: FundingSourceId) -> SourceForm {
    let found = paying.db.read(|conn| agreements::find(conn, &paying.finance, id, paying.now)).unwrap();
    SourceForm::of(&found.definition)
}

#[test]
fn a_call_is_not_published_on_an_agreement_without_its_clause() {
    for db in each_database() {
        let definition = definitions::parse(include_str!("../../fixtures/tandems.toml")).unwrap();
        let now = definition.calls[0].window.opens.plus_days(1);
        let system = Actor::system();
        let finance = db
            .write(|tx| {
                calls::load(tx, &system, &definition, now)?;
                let email = "farid@finances.example".parse().unwrap();
                people::ensure(tx, &email, "Farid Finance", Role::Finance, now)
            })
            .map(|id| Actor::person(id, vec![Role::Finance]))
            .unwrap();
        let known = db.read(|conn| funding_sources::by_reference(conn, REFERENCE)).unwrap().unwrap();
        let read = |conn: &mut tisserand::store::Conn| agreements::find(conn, &finance, known.id, now);
        let was = SourceForm::of(&db.read(read).unwrap().definition);
        let without = SourceForm { clause: String::new(), ceiling: String::new(), ..was.clone() };
        db.write(|tx| agreements::save(tx, &finance, Some(known.id), &without, now)).unwrap();
        let publish = |tx: &mut Tx| {
            let call = calls::by_reference(tx.conn(), &definition.calls[0].reference)?.id;
            advance_now::<Call>(tx, &system, call, CallEvent::Publish, now).map(drop)
        };
        let refused = db.write(publish);
        let Err(UseCaseError::Refused(why)) = refused else { panic!("published") };
        assert!(why.to_string().contains("n’autorise pas le reversement"), "{why}");
        db.write(|tx| agreements::save(tx, &finance, Some(known.id), &was, now)).unwrap();
        db.write(publish).unwrap();
        // From then on the clause stays.
        let kept = db.write(|tx| agreements::save(tx, &finance, Some(known.id), &without, now));
        let Err(UseCaseError::Invalid(wrong)) = kept else { panic!("the clause is gone") };
        assert_eq!(wrong[0].field, "clause");
    }
}

#[actix_web::test]
async fn an_agreement_is_changed_on_screen_and_keeps_what_calls_have_taken() {
    let desk = Desk::open();
    let id = source(&desk.paying);
    let path = format!("/finances/conventions/{id}");
    let edit = format!("{path}/modification");
    let lies = || desk.paying.db.read(|conn| journal::balance(conn, Stage::Source, Scope::Source(id))).unwrap();
    let before = lies();
    let fields = |amount: &'static str, from: &'static str| {
        [
            ("titre", "Volet scolaire, avenant 1"),
            ("montant", amount),
            ("debut", "2025-01-01"),
            ("fin", "2028-12-31"),
            ("eligible-debut", from),
            ("eligible-fin", "2028-06-30"),
            ("clause", "Article 7"),
            ("plafond", "3 000"),
            ("conservation", "10"),
        ]
    };
    let less = text(desk.send(&desk.finance, &edit, &edit, &fields("9 999,99", "2026-01-01")).await, 422).await;
    assert!(less.contains("ont déjà pris 10 000 €") && less.contains("value=\"9 999,99\""), "{less}");
    assert_eq!(lies(), before);
    let late = text(desk.send(&desk.finance, &edit, &edit, &fields("45 000", "2028-12-01")).await, 422).await;
    assert!(late.contains("Les dates d’éligibilité finissent avant de commencer"), "{late}");
    assert_eq!(led_to(&desk.send(&desk.finance, &edit, &edit, &fields("50 000", "2026-01-01")).await), path);
    assert_eq!(lies() - before, Euros::whole(5_000));
    // To the cent what the call has taken, and back.
    assert_eq!(led_to(&desk.send(&desk.finance, &edit, &edit, &fields("10 000", "2026-01-01")).await), path);
    assert_eq!(lies(), Euros::ZERO);
    desk.paying.check();
    let journal = desk.page(&desk.finance, "/finances/journal", 200).await;
    assert!(journal.contains("Convention réduite"), "{journal}");
    assert_eq!(led_to(&desk.send(&desk.finance, &edit, &edit, &fields("50 000", "2026-01-01")).await), path);
    assert_eq!(lies() - before, Euros::whole(5_000));
    let page = desk.page(&desk.director, &path, 200).await;
    for words in ["avenant 1", "50 000 €", "30 juin 2028", "Article 7", "par Farid Finance"] {
        assert!(page.contains(words), "{words} is not in {page}");
    }
    assert!(!page.contains("/modification"), "management reads");
    desk.paying.check();
}

#[test]
fn a_file_takes_no_clause_from_a_published_call_and_no_ceiling_below_what_is_promised() {
    for db in each_database() {
        let (paying, _) = Paying::granted(db, NAME, Euros::whole(10_000));
        let system = Actor::system();
        let load = |definition: &definitions::Definition| {
            paying.does(|tx| calls::load(tx, &system, definition, paying.now).map(drop))
        };
        let refused = |definition: &definitions::Definition| {
            let Err(UseCaseError::Refused(why)) = load(definition) else { panic!("loaded") };
            why.to_string()
        };
        load(&definition()).unwrap();
        let mut without = definition();
        without.funding_sources[1].regranting = None;
        assert!(refused(&without).contains("sa clause de reversement reste"));
        let mut capped = definition();
        let (fund, limit) = (capped.fund.code.clone(), definitions::EarmarkLimit::Ceiling);
        let amount = Euros::whole(1);
        capped.funding_sources[0].fund_earmarks = vec![definitions::FundEarmark { fund, amount, share: None, limit }];
        assert!(refused(&capped).contains("est déjà promis à des projets"));
        capped.funding_sources[0].fund_earmarks[0].amount = Euros::whole(10_000);
        load(&capped).unwrap();
        paying.check();
    }
}

#[actix_web::test]
async fn an_administrator_corrects_everything_but_money() {
    let desk = Desk::open();
    let id = source(&desk.paying);
    let admin = desk.door.person(Role::Admin);
    let list = desk.page(&admin, "/finances/bailleurs", 200).await;
    assert!(list.contains(REFERENCE) && !list.contains("href=\"/finances/lots\""), "{list}");
    let edit = format!("/finances/conventions/{id}/modification");
    let form = desk.page(&admin, &edit, 200).await;
    assert!(form.contains("type=\"hidden\" name=\"montant\""), "{form}");
    let actor = Actor::person(
        desk.paying.db.read(|conn| people::by_email(conn, &"admin@essai.example".parse().unwrap())).unwrap(),
        vec![Role::Admin],
    );
    let wanted = SourceForm { amount: "99 000".into(), ..known(&desk.paying, id) };
    let refused = desk.paying.does(|tx| agreements::save(tx, &actor, Some(id), &wanted, desk.paying.now));
    let Err(UseCaseError::Invalid(wrong)) = refused else { panic!("taken") };
    assert_eq!(wrong[0].field, "montant");
    assert_eq!(desk.door.get(&admin, "/finances/conventions/nouvelle").await.status().as_u16(), 404);
}

#[actix_web::test]
async fn a_part_for_an_axis_is_typed_in_euros_or_as_a_share() {
    let desk = Desk::open();
    let edit = format!("/finances/conventions/{}/modification", source(&desk.paying));
    let name = format!("fleche-{}-reserved", tisserand::domain::references::axes()[0].code);
    let fields = |part: &'static str| {
        [
            ("titre", "Volet scolaire"),
            ("montant", "45 000"),
            ("debut", "2025-01-01"),
            ("fin", "2028-12-31"),
            ("clause", "Article 7"),
            ("conservation", "10"),
            (name.as_str(), part),
        ]
    };
    let wrong = text(desk.send(&desk.finance, &edit, &edit, &fields("130 %")).await, 422).await;
    assert!(wrong.contains("un pourcentage, par exemple 30 %") && wrong.contains("value=\"130 %\""), "{wrong}");
    led_to(&desk.send(&desk.finance, &edit, &edit, &fields("12,5 %")).await);
    let form = desk.page(&desk.finance, &edit, 200).await;
    assert!(form.contains("en euros ou en pourcentage") && form.contains("value=\"12,5 %\""), "{form}");
    assert!(form.contains("jeunes, part réservée") && form.contains("jeunes, maximum"), "{form}");
    led_to(&desk.send(&desk.finance, &edit, &edit, &fields("5 000")).await);
    assert!(desk.page(&desk.finance, &edit, 200).await.contains("value=\"5 000\""));
    desk.paying.check();
}

#[actix_web::test]
async fn a_new_funder_and_its_agreement_bring_money() {
    let desk = Desk::open();
    let list = "/finances/bailleurs";
    let odd = [("code", "metropole"), ("nom", "Métropole 都"), ("mention", "Avec la Métropole")];
    let odd = text(desk.send(&desk.finance, list, list, &odd).await, 422).await;
    assert!(odd.contains("ne savent pas encore imprimer") && odd.contains("Avec la Métropole"), "{odd}");
    let funder = [("code", "metropole"), ("nom", "Métropole de Lille"), ("mention", "")];
    assert_eq!(led_to(&desk.send(&desk.finance, list, list, &funder).await), list);
    let twice = text(desk.send(&desk.finance, list, list, &funder).await, 422).await;
    assert!(twice.contains("Un bailleur a déjà ce code"), "{twice}");
    let new = "/finances/conventions/nouvelle";
    let blank = text(desk.send(&desk.finance, new, new, &[("titre", "Essai")]).await, 422).await;
    assert!(blank.contains("Indiquez le numéro de la convention") && blank.contains("value=\"Essai\""), "{blank}");
    assert!(blank.contains("Écrivez la date de début en entier") && blank.contains("la date de fin"), "{blank}");
    let fields = [
        ("bailleur", "metropole"),
        ("reference", "MEL-2027"),
        ("titre", "Essaimage"),
        ("montant", "12 000"),
        ("debut", "2027-01-01"),
        ("fin", "2027-12-31"),
        ("conservation", "5"),
        ("clause", "Article 3"),
    ];
    let page = led_to(&desk.send(&desk.finance, new, new, &fields).await);
    let shown = desk.page(&desk.finance, &page, 200).await;
    assert!(shown.contains("Métropole de Lille") && shown.contains("12 000 €"), "{shown}");
    assert!(!shown.contains("Non renseigné"), "no call is published on it, which is known: {shown}");
    desk.paying.check();
}

#[actix_web::test]
async fn what_came_from_the_funder_is_cash_in_hand() {
    let desk = Desk::open();
    desk.paying.pay(desk.run());
    let path = format!("/finances/conventions/{}", source(&desk.paying));
    let (due, report) = (format!("{path}/versements"), format!("{path}/rapports"));
    let empty = text(desk.send(&desk.finance, &path, &due, &[("versement", "Avance")]).await, 422).await;
    assert!(empty.contains("Écrivez cette date en entier") && empty.contains("value=\"Avance\""), "{empty}");
    let awaited = [("versement", "Avance 2026"), ("prevu-le", "2026-01-15"), ("prevu", "20 000")];
    led_to(&desk.send(&desk.finance, &path, &due, &awaited).await);
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains("en retard") && page.contains("sur 20 000 € attendus"), "{page}");
    let open = "<details class=\"panel\" open><summary>Noter la réception : Avance 2026, attendu le 15 janvier 2026";
    assert!(page.contains(open), "what is late is at hand: {page}");
    let at = page.split("action=\"").find(|rest| rest.contains("/recu\"")).unwrap().split('"').next().unwrap();
    let id = at.split('/').nth_back(1).unwrap();
    let names = [format!("recu-le-{id}"), format!("recu-{id}"), format!("reference-{id}")];
    let came = [(names[0].as_str(), "2026-02-01"), (names[1].as_str(), "18 000"), (names[2].as_str(), "VIR 42")];
    led_to(&desk.send(&desk.finance, &path, at, &came).await);
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains("18 000 €, le 1") && page.contains("VIR 42") && !page.contains("/recu\""), "{page}");
    let paper =
        desk.paying.db.read(|conn| agreements::find(conn, &desk.paying.finance, source(&desk.paying), desk.paying.now));
    let line = paper.unwrap().line;
    assert!(line.progress.paid.is_positive());
    assert_eq!(line.in_hand(), Euros::whole(18_000) - line.progress.paid);
    // What was noted is not noted over: it is taken back first.
    let over = [(names[0].as_str(), "2026-02-02"), (names[1].as_str(), "19 000")];
    assert_eq!(desk.send(&desk.finance, &path, at, &over).await.status().as_u16(), 409);
    led_to(&desk.send(&desk.finance, &path, &at.replace("/recu", "/reprise"), &[]).await);
    let page = desk.page(&desk.finance, &path, 200).await;
    assert!(page.contains("/recu\"") && page.contains("en retard") && !page.contains("VIR 42"), "{page}");
    led_to(&desk.send(&desk.finance, &path, at, &over).await);
    assert!(desk.page(&desk.finance, &path, 200).await.contains("19 000 €, le 2"));
    let owed = [("rapport", "Rapport financier"), ("rapport-le", "2026-01-31")];
    led_to(&desk.send(&desk.finance, &path, &report, &owed).await);
    let overview = desk.page(&desk.finance, "/finances", 200).await;
    assert!(overview.contains("Rapports dus aux bailleurs") && overview.contains("Rapport financier"), "{overview}");
    let page = desk.page(&desk.finance, &path, 200).await;
    let sent = page.split("action=\"").find(|rest| rest.contains("/envoi\"")).unwrap().split('"').next().unwrap();
    led_to(&desk.send(&desk.finance, &path, sent, &[]).await);
    assert!(!desk.page(&desk.finance, "/finances", 200).await.contains("Rapports dus aux bailleurs"));
    assert_eq!(field(&page, "token").len(), 64);
}

#[test]
fn finance_is_reminded_of_a_report_owed_once_for_each_reminder() {
    for db in each_database() {
        let paying = Paying::on(db);
        let id = source(&paying);
        let said = ("Rapport annuel", "2027-06-30");
        let report = paying
            .does(|tx| tisserand::usecases::funding_dues::owe(tx, &paying.finance, id, said, paying.now))
            .unwrap();
        let mails = || {
            let mails = paying.db.read(|conn| messages::about(conn, report.as_str(), 10)).unwrap();
            assert!(mails.iter().all(|mail| mail.kind == MessageKind::SourceReportDue));
            mails.len()
        };
        let look = |day: &str| {
            let at = Moment::start_of_day(day.parse().unwrap()).plus_minutes(600);
            paying.does(|tx| clock::run_due(tx, at).map(drop)).unwrap();
            mails()
        };
        assert_eq!([look("2027-05-01"), look("2027-05-31"), look("2027-06-01")], [0, 1, 1]);
        assert_eq!([look("2027-06-24"), look("2027-06-24")], [2, 2]);
        let found = paying.db.read(|conn| agreements::find(conn, &paying.finance, id, paying.now)).unwrap();
        assert_eq!(found.reports.len(), 1);
        let sent = tisserand::usecases::funding_dues::Sent::Today;
        paying
            .does(|tx| tisserand::usecases::funding_dues::send(tx, &paying.finance, (id, report), sent, paying.now))
            .unwrap();
        assert_eq!(look("2027-07-05"), 2);
        paying.check();
    }
}

#[actix_web::test]
async fn an_administrator_says_for_which_funder_somebody_reads() {
    let desk = Desk::open();
    let admin = desk.door.person(Role::Admin);
    desk.door.person(Role::Funder);
    let id = desk.paying.db.read(|conn| people::by_email(conn, &"funder@essai.example".parse().unwrap())).unwrap();
    let page = format!("/administration/personnes/{id}");
    assert!(desk.page(&admin, &page, 200).await.contains("Bailleur pour qui cette personne lit"));
    let chosen = [("bailleur", "afd")];
    assert_eq!(led_to(&desk.door.post(&admin, &format!("{page}/bailleur"), &chosen).await), page);
    let cookie = desk.door.cookie_of(&Actor::person(id, vec![Role::Funder]));
    assert!(desk.page(&cookie, "/bailleur", 200).await.contains(REFERENCE));
    assert_eq!(led_to(&desk.door.post(&admin, &format!("{page}/bailleur"), &[("bailleur", "")]).await), page);
    assert!(!desk.page(&cookie, "/bailleur", 200).await.contains(REFERENCE));
    let nobody: &Site = &desk.door;
    assert_eq!(nobody.post(&desk.finance, &format!("{page}/bailleur"), &chosen).await.status().as_u16(), 404);
}

//! Parts of an agreement for a fund, in euros or as a share: refused or overridden like those for axes, and shown with them.

use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, assert_whole, closed},
    site::Site,
};
use std::{sync::Barrier, thread};
use tisserand::{
    domain::{
        decisions::Verdict,
        definitions::{BeyondCeiling, Definition, EarmarkLimit, FundEarmark, Share},
        ids::ApplicationId,
        money::{Euros, Rate},
        roles::Role,
    },
    store::{Db, Entropy, Tx, earmark_overrides, funding_sources as rows},
    usecases::{
        Actor, Outcome, UseCaseError,
        decisions::{self, DecisionForm},
        funding_sources::{self, SourceForm},
        people, rooms,
    },
};

const WHY: &str = "Une crise que personne ne prévoyait.";

fn award(tx: &mut Tx, officer: &Actor, at: (ApplicationId, i32), amount: &str, why: &str) -> Outcome<()> {
    let form = DecisionForm {
        verdict: Verdict::Award,
        amount: amount.into(),
        motive: "Un partenariat solide.".into(),
        conditions: String::new(),
    };
    decisions::decide_beyond(tx, officer, at.0, (&form, why), at.1, closed())
}

fn decide(world: &Programme, file: ApplicationId, amount: &str, why: &str) -> Outcome<()> {
    let version = world.application(file).version;
    world.db.write(|tx| award(tx, &world.officer, (file, version), amount, why))
}

/// The agreement gives the fund of the call at most so much.
fn at_most(euros: i64, beyond: BeyondCeiling) -> impl FnOnce(&mut Definition) {
    move |definition| {
        let fund = definition.fund.code.clone();
        let part = FundEarmark { fund, amount: Euros::whole(euros), share: None, limit: EarmarkLimit::Ceiling };
        definition.funding_sources[0].fund_earmarks = vec![part];
        definition.calls[0].beyond_ceiling = beyond;
    }
}

#[test]
fn the_ceiling_of_a_fund_is_refused_to_the_cent_or_overridden_in_writing() {
    for db in each_database() {
        let world = Programme::with_definition(db, at_most(3_000, BeyondCeiling::Refuse));
        let (_, first, _) = world.in_review(1, 3_000);
        let (_, second, _) = world.in_review(2, 3_000);
        let session = world.session();
        decide(&world, first, "2 500", "").unwrap();
        let refused = decide(&world, second, "500,01", WHY).unwrap_err().to_string();
        assert!(refused.starts_with("Le plafond du fonds «\u{a0}Récital\u{a0}»"), "{refused}");
        assert!(refused.contains("la convention AFD-2026-ECM-HDF") && refused.contains("500\u{a0}€"), "{refused}");
        let room = world.db.read(|conn| rooms::for_team(conn, &world.officer, session)).unwrap();
        let gauge = room.cut.gauges.iter().find(|gauge| gauge.label.contains("Fonds «\u{a0}Récital\u{a0}»")).unwrap();
        assert_eq!((gauge.total, gauge.committed), (Euros::whole(3_000), Euros::whole(2_500)));
        decide(&world, second, "500", "").unwrap();
        assert_whole(&world.db);
    }
    for db in each_database() {
        let world = Programme::with_definition(db, at_most(1_000, BeyondCeiling::Override));
        let (_, file, _) = world.in_review(1, 3_000);
        world.session();
        let Err(UseCaseError::Invalid(wrong)) = decide(&world, file, "1 500", "") else { panic!("no reason") };
        assert!(wrong[0].field == "derogation" && wrong[0].message.contains("du fonds"), "{wrong:?}");
        decide(&world, file, "1 500", WHY).unwrap();
        let kept = world.db.read(|conn| earmark_overrides::of_application(conn, file)).unwrap();
        assert_eq!((kept.len(), kept[0].over_cents), (1, Euros::whole(500)));
        assert_eq!(kept[0].axis, "fund:recital");
        assert_whole(&world.db);
    }
}

#[test]
fn what_is_reserved_for_another_fund_is_protected() {
    for db in each_database() {
        let world = Programme::with_definition(db, |definition| {
            let limit = EarmarkLimit::Reserved;
            let share = Some(Share(Rate::percent(100)));
            let part = FundEarmark { fund: "tandems".into(), amount: Euros::ZERO, share, limit };
            definition.funding_sources[0].fund_earmarks = vec![part];
            definition.calls[0].beyond_ceiling = BeyondCeiling::Refuse;
        });
        let (_, file, _) = world.in_review(1, 3_000);
        world.session();
        let refused = decide(&world, file, "1 000", WHY).unwrap_err().to_string();
        assert!(refused.contains("réserve au fonds «\u{a0}tandems\u{a0}»"), "{refused}");
    }
}

#[test]
fn two_awards_at_once_never_go_beyond_the_ceiling_of_a_fund_together() {
    for db in each_database() {
        let world = Programme::with_definition(db, at_most(3_000, BeyondCeiling::Refuse));
        let (_, first, _) = world.in_review(1, 3_000);
        let (_, second, _) = world.in_review(2, 3_000);
        world.session();
        let start = Barrier::new(2);
        let answers: Vec<bool> = thread::scope(|scope| {
            let (world, start) = (&world, &start);
            let asked = [first, second].map(|file| {
                let version = world.application(file).version;
                scope.spawn(move || {
                    let own = Db::open(world.db.url(), Entropy::System).unwrap();
                    start.wait();
                    own.write(|tx| award(tx, &world.officer, (file, version), "2 000", "")).is_ok()
                })
            });
            asked.into_iter().map(|answer| answer.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|is_granted| **is_granted).count(), 1, "one of the two");
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn finance_marks_a_part_for_a_fund_on_screen_and_reads_what_is_left() {
    let world = Programme::with_definition(sqlite(), at_most(4_000, BeyondCeiling::Refuse));
    let (_, file, _) = world.in_review(1, 3_000);
    world.session();
    decide(&world, file, "2 500", "").unwrap();
    let email = "farid@finances.example".parse().unwrap();
    let farid = world.db.write(|tx| people::ensure(tx, &email, "Farid Finance", Role::Finance, closed())).unwrap();
    let finance = Actor::person(farid, vec![Role::Finance]);
    let source = world.db.read(rows::all).unwrap().into_iter().find(|row| row.settings.contains("ceiling\"")).unwrap();
    let change = |typed: &str| {
        world.db.write(|tx| {
            let known = funding_sources::find(tx.conn(), &finance, source.id, closed())?;
            let mut form = SourceForm::of(&known.definition);
            let key = form.earmarks.keys().find(|(mark, _)| mark == "fund:recital").unwrap().clone();
            form.earmarks.insert(key, typed.to_owned());
            funding_sources::save(tx, &finance, Some(source.id), &form, closed()).map(drop)
        })
    };
    let Err(UseCaseError::Invalid(wrong)) = change("2 000") else { panic!("lower than what is promised") };
    assert_eq!(wrong[0].field, "fleche-fund-recital-ceiling");
    assert!(wrong[0].message.contains("de ce fonds"), "{wrong:?}");
    change("3 000").unwrap();
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&finance);
    for path in ["/finances".to_owned(), format!("/finances/conventions/{}", source.id)] {
        let page = site.get(&cookie, &path).await.text().await.unwrap().replace(['\u{a0}', '\u{202f}'], " ");
        let (_, marked) = page.split_once("Fléchages</h").unwrap();
        for said in ["Fonds « Récital »", "au plus", "3 000 €", "2 500 €", "500 €"] {
            assert!(marked.contains(said), "{path}: {said}: {marked}");
        }
    }
    let page = site.get(&cookie, &format!("/finances/conventions/{}/modification", source.id)).await;
    let page = page.text().await.unwrap();
    assert!(page.contains("Fléchages par fonds") && page.contains("name=\"fleche-fund-recital-ceiling\""), "{page}");
    let call =
        site.get(&site.cookie_of(&world.officer), &format!("/appels-a-projets/{}", world.definition.reference)).await;
    let call = call.text().await.unwrap();
    assert!(call.contains("Fonds «\u{a0}Récital\u{a0}», convention"), "{call}");
}

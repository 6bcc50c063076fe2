//! Files of the reserve list that are awarded beyond a ceiling on their axis, for a written reason.

use super::decided::Decided;
use crate::support::{
    databases::{TestDb, each_database, sqlite},
    programme::{Programme, assert_whole, closed, id},
    site::Site,
};
use tisserand::{
    domain::{
        decisions::Verdict,
        definitions::{BeyondCeiling, CallDefinition, Earmark, EarmarkLimit},
        ids::ApplicationId,
        lifecycles::applications::ApplicationState,
        money::Euros,
    },
    store::earmark_overrides::{self as overrides, OverrideRow},
    usecases::{
        Outcome, UseCaseError,
        promotions::{self, Candidate, PromotionForm},
    },
};

const WHY: &str = "Le seul projet de la montagne.";

/// The axis of every file may take 3 000 €: one took 2 500 €, another waits on the reserve list. The results are told.
fn told(db: TestDb, beyond: BeyondCeiling) -> Decided {
    let change = |call: &mut CallDefinition| {
        call.earmarks = vec![Earmark::fixed(call.axes[0].clone(), Euros::whole(3_000), EarmarkLimit::Ceiling)];
        call.beyond_ceiling = beyond;
    };
    let decided = Decided::with(db, change, &[Verdict::Award, Verdict::ReserveList]).confirmed();
    decided.announce();
    decided
}

fn propose(world: &Programme, file: ApplicationId, why: &str) -> Outcome<bool> {
    let form = PromotionForm {
        amount: "2 000".into(),
        motive: "Le premier de la liste.".into(),
        beyond: why.into(),
        ..PromotionForm::default()
    };
    let version = world.application(file).version;
    let candidate = Candidate { reference: &world.definition.reference, id: file, version };
    world.db.write(|tx| promotions::propose(tx, &world.officer, candidate, &form, closed()))
}

fn kept(world: &Programme, file: ApplicationId) -> Vec<OverrideRow> {
    world.db.read(|conn| overrides::of_application(conn, file)).unwrap()
}

#[test]
fn a_file_of_the_reserve_list_goes_beyond_a_ceiling_once_its_reason_is_confirmed() {
    for db in each_database() {
        let decided = told(db, BeyondCeiling::Override);
        let (world, file) = (&decided.world, decided.files[1]);
        let Err(UseCaseError::Invalid(wrong)) = propose(world, file, " ") else { panic!("no reason") };
        assert!(wrong[0].field == "derogation" && wrong[0].message.contains("passer outre"), "{wrong:?}");
        assert!(propose(world, file, WHY).unwrap(), "it waits for the management");
        assert!(kept(world, file).is_empty(), "nothing goes beyond before it is confirmed");
        let waiting = world.db.read(|conn| promotions::to_confirm(conn, &world.director, None, 10)).unwrap();
        let version = world.application(file).version;
        world.db.write(|tx| promotions::confirm(tx, &world.director, waiting[0].0, version, closed())).unwrap();
        assert_eq!(world.application(file).state, ApplicationState::Awarded);
        let rows = kept(world, file);
        assert_eq!((rows.len(), rows[0].over_cents, rows[0].number), (1, Euros::whole(1_500), 1));
        assert_eq!((rows[0].reason.as_str(), rows[0].decided_by), (WHY, id(&world.officer)));
        assert_whole(&world.db);
    }
}

#[test]
fn no_reason_helps_a_file_of_the_reserve_list_where_the_call_refuses() {
    let decided = told(sqlite(), BeyondCeiling::Refuse);
    let refused = propose(&decided.world, decided.files[1], WHY).unwrap_err().to_string();
    assert!(refused.starts_with("Le plafond de l’axe"), "{refused}");
    assert_whole(&decided.world.db);
}

#[actix_web::test]
async fn the_reason_is_asked_of_the_officer_and_read_by_the_management() {
    let decided = told(sqlite(), BeyondCeiling::Override);
    let (world, file) = (&decided.world, decided.files[1]);
    let site = Site::over(&world.db, closed());
    let path = format!("/appels-a-projets/{}/reserve/{file}", world.definition.reference);
    let page = site.get(&site.cookie_of(&world.officer), &path).await.text().await.unwrap();
    assert!(page.contains("Si le plafond d’un axe est dépassé, pourquoi"), "{page}");
    propose(world, file, WHY).unwrap();
    let waiting = world.db.read(|conn| promotions::to_confirm(conn, &world.director, None, 10)).unwrap();
    let path = format!("/direction/promotions/{}", waiting[0].0);
    let page = site.get(&site.cookie_of(&world.director), &path).await.text().await.unwrap();
    assert!(page.contains("Au-delà du plafond") && page.contains(WHY), "{page}");
}

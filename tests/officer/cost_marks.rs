//! Expenses of a filed budget that an officer sets aside, in whole or in part: the rate counts what is left.

use super::{Office, content};
use crate::support::{
    databases::each_database,
    forms,
    programme::{Programme, assert_whole, closed},
};
use tisserand::{
    domain::{
        budgets::Stage, eligibility::Verdict, ids::ApplicationId, lifecycles::applications::ApplicationState,
        money::Euros,
    },
    store::Tx,
    usecases::{
        Outcome, UseCaseError, admissions, answers, applications,
        cost_marks::{self, Marking},
        eligibility,
    },
};

fn mark(world: &Programme, id: ApplicationId, amount: &str) -> Outcome<()> {
    let version = world.application(id).version;
    let marking = Marking { account: "60.2", amount, reason: "Des repas à titre personnel." };
    world.db.write(|tx| cost_marks::mark(tx, &world.officer, id, version, &marking, closed()))
}

/// What the file's own checklist and that of all files say of the rate.
fn rates(world: &Programme, id: ApplicationId) -> (Verdict, Verdict) {
    let one = world.db.read(|conn| eligibility::checklist(conn, &world.officer, id, closed())).unwrap();
    let place = one.iter().position(|(rule, _)| rule.code() == "maximum_rate").unwrap();
    let all = world.db.read(|conn| admissions::waiting(conn, &world.officer, None, closed())).unwrap();
    let of_all = all.iter().find(|checked| checked.row.id == id).unwrap().findings[place].verdict;
    (one[place].1.verdict, of_all)
}

#[test]
fn the_rate_counts_what_is_left_and_what_was_filed_stays() {
    for db in each_database() {
        let world = Programme::on(db);
        // 3 000 € of 6 000 €, where the call pays 80 % at most.
        let (who, id) = world.filed(1, 3_000);
        assert_eq!(rates(&world, id), (Verdict::Met, Verdict::Met));
        mark(&world, id, "3 000").unwrap();
        assert_eq!(rates(&world, id), (Verdict::NotMet, Verdict::NotMet), "100 % of what is left");
        let version = world.application(id).version;
        let admit = |tx: &mut Tx| applications::declare_eligible(tx, &world.officer, id, version, closed()).map(drop);
        assert!(matches!(world.db.write(admit), Err(UseCaseError::Refused(_))));
        mark(&world, id, "1 000").unwrap();
        assert_eq!(rates(&world, id), (Verdict::Met, Verdict::Met));
        let found = world.db.read(|conn| answers::find(conn, &who, id)).unwrap();
        let base = world.definition.amount.base;
        assert_eq!(found.retained_budget().eligible_cost(Stage::Planned, base), Euros::whole(5_000));
        assert_eq!(found.budget.eligible_cost(Stage::Planned, base), Euros::whole(6_000));
        assert_eq!(Some(found.digest().unwrap()), found.row.content_hash, "the receipt still holds");
        mark(&world, id, "6 000").unwrap();
        assert_eq!(rates(&world, id).0, Verdict::NotMet, "the whole line is set aside");
        mark(&world, id, "0").unwrap();
        world.db.write(admit).unwrap();
        assert_eq!(world.application(id).state, ApplicationState::Eligible);
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn the_page_marks_a_line_and_says_why() {
    let office = Office::open();
    let world = &office.programme;
    let (_, id) = world.filed(1, 3_000);
    let (home, path) = (format!("/instruction/{id}"), format!("/instruction/{id}/depenses"));
    let page = office.read(&world.officer, &home).await;
    let form = forms::fields(&page, &path);
    let sent = |changes: &[(&str, &str)]| forms::changed(form.clone(), changes);
    let send = async |fields: Vec<(String, String)>| {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        office.send(&world.officer, &path, &pairs).await
    };
    let (status, page) = send(sent(&[("poste", "60.2"), ("part", "6 000,01"), ("pourquoi", " ")])).await;
    assert_eq!(status, 422, "{page}");
    for said in ["dépasse le montant du poste", "Dites en quelques mots pourquoi", "value=\"6 000,01\"", "selected"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let (status, page) = send(sent(&[("poste", "74.4"), ("part", "1"), ("pourquoi", "Non.")])).await;
    assert!(status == 422 && page.contains("Choisissez une dépense"), "an income is no expense: {page}");
    for _ in 0..2 {
        let right = sent(&[("poste", "60.2"), ("part", "1 000"), ("pourquoi", "Des repas.")]);
        assert_eq!(send(right).await.0, 303, "and a second click");
    }
    let page = office.read(&world.officer, &home).await.replace(['\u{a0}', '\u{202f}'], " ");
    assert!(page.contains("1 000 € non éligibles, selon Lucie Hennebelle") && page.contains("Des repas."), "{page}");
    assert!(content(&page).contains("soit 60 % du coût éligible"), "{page}");
    let page = office.read(&world.director, &home).await;
    assert!(page.contains("Des repas.") && !page.contains(&path), "others read it: {page}");
}

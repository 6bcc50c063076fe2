//! Lists that were cut go on by key, to their end, and ask no more questions of a long list than of a short one.

use super::text;
use crate::{
    queries::copy_rows,
    support::{
        databases::{self, sqlite},
        grants::Paying,
        programme::{Programme, closed},
        site::Site,
    },
};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
};
use tisserand::{domain::money::Euros, store::Db};

/// What every page of a list leads to, following « Suivants », and how many questions each page asked.
async fn walk(site: &Site, cookie: &str, from: &str, to: &str, questions: &AtomicU64) -> (Vec<String>, BTreeSet<u64>) {
    let (mut next, mut found, mut asked) = (Some(from.to_owned()), Vec::new(), BTreeSet::new());
    while let Some(address) = next {
        let before = questions.load(Ordering::Relaxed);
        let page = text(site.get(cookie, &address).await, 200).await;
        asked.insert(questions.load(Ordering::Relaxed) - before);
        let start = format!("href=\"{to}");
        let links = page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        found.extend(links.filter(|link| !link.is_empty() && !link.contains('?')));
        let way_on = page.split("\" rel=\"next\"").next().filter(|_| page.contains("rel=\"next\""));
        next = way_on.and_then(|before| before.rsplit("href=\"").next()).map(|href| href.replace("&#38;", "&"));
        assert!(found.len() < 1_000, "it ends: {next:?}");
    }
    (found, asked)
}

#[actix_web::test]
async fn every_call_is_found_page_by_page() {
    let world = Programme::on(sqlite());
    let questions = databases::counter();
    let db = Db::open_counting(world.db.url(), questions.clone()).unwrap();
    let site = Site::over(&db, closed());
    let cookie = site.cookie_of(&world.officer);
    let (few, asked) = walk(&site, &cookie, "/appels-a-projets", "/appels-a-projets/RECITAL", &questions).await;
    assert_eq!(few, ["-2027-1"]);
    db.read(|conn| copy_rows(conn, "calls")).unwrap();
    let (many, of_many) = walk(&site, &cookie, "/appels-a-projets", "/appels-a-projets/RECITAL", &questions).await;
    let distinct: BTreeSet<_> = many.iter().collect();
    assert_eq!((many.len(), distinct.len()), (30, 30), "each once: {many:?}");
    assert!(of_many.iter().max() <= asked.iter().max(), "{of_many:?} for {asked:?}");
}

#[actix_web::test]
async fn every_run_that_waits_for_the_management_is_found_page_by_page() {
    let (paying, grantee) = Paying::granted(sqlite(), "Les Passeurs", Euros::whole(10_000));
    paying.prepare(&[paying.payments(grantee.grant)[0].id]);
    let questions = databases::counter();
    let db = Db::open_counting(paying.db.url(), questions.clone()).unwrap();
    let site = Site::over(&db, paying.now);
    let cookie = site.cookie_of(&paying.director);
    let (few, asked) = walk(&site, &cookie, "/direction", "/finances/lots/", &questions).await;
    assert_eq!(few.len(), 1);
    db.read(|conn| copy_rows(conn, "payment_runs")).unwrap();
    let (many, of_many) = walk(&site, &cookie, "/direction", "/finances/lots/", &questions).await;
    let distinct: BTreeSet<_> = many.iter().collect();
    assert_eq!((many.len(), distinct.len()), (30, 30), "each once: {many:?}");
    assert_eq!(of_many, asked);
    let preparer = site.cookie_of(&paying.finance);
    assert_eq!(site.get(&preparer, "/direction").await.status(), 404);
}

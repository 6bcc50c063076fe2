//! How sure readers are of their marks: said if they like, read beside the mark once one's own is in, weighed by nothing.

use super::text;
use crate::support::{
    databases::sqlite,
    forms,
    programme::{Programme, assert_whole, closed},
    site::Site,
};
use tisserand::{
    domain::reviews::Confidence,
    store::{review_confidences, reviews as rows},
    usecases::reviews,
};

#[actix_web::test]
async fn it_is_read_beside_the_mark_and_changes_no_figure() {
    let world = Programme::on(sqlite());
    let (_, file, first) = world.in_review(1, 3_000);
    let second = world.assign(file, &world.members[1]).unwrap();
    let site = Site::over(&world.db, closed());
    let (one, other) = (site.cookie_of(&world.members[0]), site.cookie_of(&world.members[1]));
    let path = format!("/comite/evaluations/{first}");
    let page = text(site.get(&one, &path).await, 200).await;
    assert!(page.contains("Êtes-vous à l’aise avec ce dossier") && page.contains("Je ne le dis pas"), "{page}");
    let mut form = forms::fields(&page, &path);
    form.retain(|(name, _)| !["note-", "commentaire-"].iter().any(|start| name.starts_with(start)));
    form.retain(|(name, _)| !["confiance", "suite"].contains(&name.as_str()));
    for criterion in &world.definition.grid.criteria {
        form.push((format!("note-{}", criterion.code), "4".into()));
        form.push((format!("commentaire-{}", criterion.code), String::new()));
    }
    form.push(("suite".into(), "remettre".into()));
    let post = async |said: &str| {
        let mut fields: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("confiance", said));
        site.post(&one, &path, &fields).await.status().as_u16()
    };
    assert_eq!(post("beaucoup").await, 422, "one of the words, or none");
    assert_eq!(post("unsure").await, 303);
    let kept = world.db.read(|conn| review_confidences::find(conn, first)).unwrap();
    assert_eq!(kept, Some(Confidence::Unsure));
    assert!(text(site.get(&one, &path).await, 200).await.contains("vous êtes peu à l’aise"));
    let unsaid = format!("/comite/evaluations/{second}");
    let page = text(site.get(&other, &unsaid).await, 200).await;
    assert!(!page.contains(">Assurance<"), "nothing of the others before one's own is in: {page}");
    let submit = |tx: &mut tisserand::store::Tx| {
        reviews::save_and_submit(tx, &world.members[1], second, &world.marks("2"), "", closed())
    };
    world.db.write(submit).unwrap();
    let page = text(site.get(&other, &unsaid).await, 200).await;
    assert!(page.contains(">Assurance<") && page.contains("peu à l’aise"), "{page}");
    let found = world.db.read(|conn| rows::of_application(conn, file)).unwrap();
    let totals: Vec<_> = found.iter().map(|review| review.total.unwrap()).collect();
    let mean = world.application(file).score_mean;
    assert!((mean * 2 - totals.iter().sum::<i64>()).abs() <= 1, "it weighs nothing: {mean}, {totals:?}");
    let officer = site.cookie_of(&world.officer);
    let reference = &world.definition.reference;
    let page = text(site.get(&officer, &format!("/appels-a-projets/{reference}/classement/{file}")).await, 200).await;
    assert!(page.contains("peu à l’aise"), "{page}");
    let session = world.session();
    let page = text(site.get(&officer, &format!("/seances/{session}/dossiers/{file}")).await, 200).await;
    assert!(page.contains("Claire Vanhoutte, peu à l’aise"), "{page}");
    assert_whole(&world.db);
}

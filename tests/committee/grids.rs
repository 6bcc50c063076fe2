//! Grids: criteria that stand apart, weights that change after scoring has begun, points that set the amount.

use super::{decisions::reject, text};
use crate::support::{
    databases::{each_database, sqlite},
    forms,
    programme::{Programme, assert_whole, closed},
    site::Site,
};
use tisserand::{
    domain::{
        definitions::CallDefinition,
        ids::{ApplicationId, ReviewId},
        lifecycles::{
            calls::{CallEvent, CallState},
            sessions::SessionEvent,
        },
        money::{Euros, Rate},
        point_amounts::{Band, PointAmounts},
        scoring::{Criterion, Marks, Score},
    },
    store::{Tx, history, reviews as rows},
    usecases::{Outcome, UseCaseError, preparations, recusals, reviews, reviews::TypedMark, revisions, rooms},
};

/// Five for the first criterion, two for every other.
fn uneven(world: &Programme) -> Vec<TypedMark> {
    let mut marks = world.marks("2");
    marks[0].points = "5".into();
    marks
}

fn submit(world: &Programme, review: ReviewId, marks: &[TypedMark]) {
    let act = |tx: &mut Tx| reviews::save_and_submit(tx, &world.members[0], review, marks, "Solide.", closed());
    world.db.write(act).unwrap();
}

fn total(call: &CallDefinition, marks: &[TypedMark]) -> Score {
    let marks: Marks = marks.iter().map(|mark| (mark.criterion.clone(), mark.points.parse().unwrap())).collect();
    call.grid.total(&marks).unwrap()
}

/// Prepares a revision that changes the call, as its screens do.
fn prepare(world: &Programme, change: impl Fn(&mut CallDefinition)) -> Outcome<()> {
    world.db.write(|tx| {
        let known = preparations::find(tx.conn(), &world.officer, &world.definition.reference)?;
        let mut changed = CallDefinition::clone(&known.definition);
        change(&mut changed);
        preparations::save(tx, &world.officer, known, &changed, &[], closed())
    })
}

/// Publishes it on its page; gives the status and the page that answers.
async fn publish(world: &Programme) -> (u16, String) {
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let ask = format!("/appels-a-projets/{}/revision/publication", world.definition.reference);
    let page = text(site.get(&cookie, &ask).await, 200).await;
    let fields = forms::changed(forms::fields(&page, &ask), &[("motif", "Le comité l’a demandé.")]);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let reply = site.post(&cookie, &ask, &fields).await;
    (reply.status().as_u16(), reply.text().await.unwrap())
}

fn heavier(call: &mut CallDefinition) {
    call.grid.criteria[0].weight = 9;
}

/// The fields that a change was refused for, each with its sentence.
fn refused(done: Outcome<()>) -> Vec<(String, String)> {
    let Err(UseCaseError::Invalid(wrong)) = done else { panic!("{done:?}") };
    wrong.into_iter().map(|field| (field.field, field.message)).collect()
}

#[actix_web::test]
async fn new_weights_work_out_every_total_again_and_the_history_and_the_ranking_say_so() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, file, review) = world.in_review(1, 3_000);
        let (_, _, second) = world.in_review(2, 2_000);
        let (_, _, draft) = world.in_review(3, 2_000);
        let marks = uneven(&world);
        submit(&world, review, &marks);
        submit(&world, second, &world.marks("3"));
        world.db.write(|tx| reviews::save_scores(tx, &world.members[0], draft, &marks, "", closed())).unwrap();
        let mut heavy = world.definition.clone();
        heavier(&mut heavy);
        let (before, after) = (total(&world.definition, &marks), total(&heavy, &marks));
        assert!(after > before, "{before} {after}");
        prepare(&world, heavier).unwrap();
        assert_eq!(world.application(file).score_mean, before.hundredths(), "what is prepared changes nothing");
        let site = Site::over(&world.db, closed());
        let cookie = site.cookie_of(&world.officer);
        let base = format!("/appels-a-projets/{}", world.definition.reference);
        let page = text(site.get(&cookie, &format!("{base}/revision")).await, 200).await;
        assert!(page.contains("seront recalculées") && page.contains("3 → 9"), "{page}");
        assert_eq!(publish(&world).await.0, 303);
        assert_eq!(world.application(file).score_mean, after.hundredths());
        let of = |review| world.db.read(|conn| rows::find(conn, review)).unwrap().total;
        assert_eq!((of(review), of(draft)), (Some(after.hundredths()), Some(after.hundredths())));
        assert_eq!(of(second), Some(6_000), "the same marks everywhere weigh the same");
        let told = world.db.read(|conn| history::of_subject(conn, world.call.as_str())).unwrap();
        let reason = &told.last().unwrap().reason;
        assert!(reason.starts_with("Le comité l’a demandé. Coefficients") && reason.contains("3 → 9"), "{reason}");
        let page = text(site.get(&cookie, &format!("{base}/classement")).await, 200).await;
        assert!(page.contains("ont été recalculées") && page.contains("Lucie Hennebelle"), "{page}");
        assert!(page.contains(&format!("{before} avant le nouveau calcul")), "{page}");
        assert_eq!(page.matches("avant le nouveau calcul").count(), 1, "one mean alone has changed: {page}");
        assert_whole(&world.db);
    }
}

#[test]
fn marks_that_are_handed_in_keep_their_criteria_and_their_scales() {
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 3_000);
    let removed = |call: &mut CallDefinition| drop(call.grid.criteria.remove(0));
    let longer = |call: &mut CallDefinition| {
        call.grid.criteria[1].most = 10;
        call.grid.criteria[1].descriptors.clear();
    };
    let added = |call: &mut CallDefinition| {
        let code = "nouveau".to_owned();
        let new = Criterion { code, label: "Nouveau".into(), ..call.grid.criteria[0].clone() };
        call.grid.criteria.push(new);
    };
    prepare(&world, removed).unwrap();
    world
        .db
        .write(|tx| {
            let known = preparations::find(tx.conn(), &world.officer, &world.definition.reference)?;
            revisions::give_up(tx, &world.officer, &world.definition.reference, known.stamp, closed())
        })
        .unwrap();
    submit(&world, review, &world.marks("3"));
    let last = world.definition.grid.criteria.len();
    let said = refused(prepare(&world, removed));
    assert!(said[0].0 == "grid.criterion" && said[0].1.contains("ne peut plus être retiré"), "{said:?}");
    let said = refused(prepare(&world, longer));
    assert!(said[0].0 == "grid.criterion.1.most" && said[0].1.contains("de 0 à 5"), "{said:?}");
    let said = refused(prepare(&world, added));
    assert!(said[0].0 == format!("grid.criterion.{last}.label") && said[0].1.contains("ne s’ajoute plus"), "{said:?}");
}

#[actix_web::test]
async fn a_change_prepared_before_a_review_came_in_is_refused_when_it_is_published() {
    let world = Programme::on(sqlite());
    let (_, file, review) = world.in_review(1, 3_000);
    prepare(&world, |call| drop(call.grid.criteria.remove(0))).unwrap();
    submit(&world, review, &world.marks("3"));
    let (status, page) = publish(&world).await;
    assert!(status == 409 && page.contains("retiré"), "{status} {page}");
    assert_eq!(world.application(file).score_mean, 6_000);
}

#[actix_web::test]
async fn once_the_minutes_are_written_the_weights_stay() {
    let world = Programme::on(sqlite());
    let (_, file, review) = world.in_review(1, 3_000);
    submit(&world, review, &uneven(&world));
    let session = world.session();
    prepare(&world, heavier).unwrap();
    reject(&world, file);
    world.step(session, SessionEvent::Minute);
    let said = refused(prepare(&world, |call| call.grid.criteria[0].weight = 8));
    assert_eq!(said[0].0, "grid.criterion.0.weight");
    assert!(said[0].1.contains("procès-verbal"), "{said:?}");
    let (status, page) = publish(&world).await;
    assert!(status == 409 && page.contains("procès-verbal"), "{status} {page}");
    assert_eq!(world.application(file).score_mean, total(&world.definition, &uneven(&world)).hundredths());
}

/// A call with a criterion that stands apart.
fn with_one_apart() -> Programme {
    Programme::with(sqlite(), |call| {
        let apart = Criterion {
            code: "ambition".into(),
            label: "Ambition".into(),
            weight: 0,
            independent: true,
            ..call.grid.criteria[0].clone()
        };
        call.grid.criteria.push(apart);
    })
}

#[actix_web::test]
async fn a_criterion_apart_is_marked_never_counted_and_shown_with_its_own_mean() {
    let world = with_one_apart();
    let (_, file, review) = world.in_review(1, 3_000);
    let second = world.assign(file, &world.members[1]).unwrap();
    let site = Site::over(&world.db, closed());
    let member = site.cookie_of(&world.members[0]);
    let sheet = text(site.get(&member, &format!("/comite/evaluations/{review}")).await, 200).await;
    assert!(sheet.contains("Ambition") && sheet.contains("à part, hors de la note"), "{sheet}");
    let mut marks = world.marks("3");
    marks.last_mut().unwrap().points = String::new();
    let done = world.db.write(|tx| reviews::save_and_submit(tx, &world.members[0], review, &marks, "", closed()));
    assert!(done.is_err(), "it waits for a mark like any other");
    marks.last_mut().unwrap().points = "5".into();
    submit(&world, review, &marks);
    let others = world.marks("2");
    let act = |tx: &mut Tx| reviews::save_and_submit(tx, &world.members[1], second, &others, "", closed());
    world.db.write(act).unwrap();
    assert_eq!(world.application(file).score_mean, 5_000, "60 and 40, whatever the ambition");
    let session = world.session();
    let cookie = site.cookie_of(&world.officer);
    let base = format!("/appels-a-projets/{}/classement", world.definition.reference);
    for path in [base, format!("/seances/{session}/salle")] {
        let page = text(site.get(&cookie, &path).await, 200).await;
        assert!(page.contains("À part, Ambition\u{a0}: 3,50 sur 5"), "{path}: {page}");
    }
    let page = text(site.get(&cookie, &format!("/seances/{session}/dossiers/{file}")).await, 200).await;
    assert!(page.contains("À part, Ambition") && page.contains("3,50 sur 5"), "{page}");
}

#[actix_web::test]
async fn the_mean_of_a_criterion_apart_leaves_out_who_is_recused() {
    let world = with_one_apart();
    let (_, file, review) = world.in_review(1, 3_000);
    submit(&world, review, &world.marks("4"));
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let path = format!("/appels-a-projets/{}/classement", world.definition.reference);
    assert!(text(site.get(&cookie, &path).await, 200).await.contains("À part, Ambition\u{a0}: 4,00 sur 5"));
    let member = world.members[0].person.unwrap();
    let recuse = |tx: &mut Tx| recusals::declare_conflict(tx, &world.members[0], member, file, "Ma sœur", closed());
    world.db.write(recuse).unwrap();
    assert!(!text(site.get(&cookie, &path).await, 200).await.contains("À part"));
}

/// A call whose points set the amount: from 50, half of what is asked; from 80, all of it; to ten euros.
fn by_points() -> Programme {
    Programme::with(sqlite(), |call| {
        let band = |from, percent| Band { from, rate: Rate::percent(percent) };
        let bands = vec![band(50, 50), band(80, 100)];
        call.grid.amounts = Some(PointAmounts { per_point: None, step: Euros::whole(10), bands });
    })
}

fn scored(world: &Programme, number: u32, requested: i64, points: &str) -> ApplicationId {
    let (_, file, review) = world.in_review(number, requested);
    submit(world, review, &world.marks(points));
    file
}

#[actix_web::test]
async fn the_amount_that_the_points_open_is_offered_explained_and_free_to_change() {
    let world = by_points();
    let (best, middle, last) =
        (scored(&world, 1, 3_000, "5"), scored(&world, 2, 2_750, "3"), scored(&world, 3, 2_000, "2"));
    let session = world.session();
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let room = format!("/seances/{session}/salle");
    let page = text(site.get(&cookie, &room).await, 200).await.replace(['\u{a0}', '\u{202f}'], " ");
    assert!(page.contains("60,00 sur 100 ouvre 50 % des 2 750 € demandés, soit 1 370 €"), "{page}");
    assert!(page.contains("value=\"3 000\"") && page.contains("value=\"1 370\""), "{page}");
    assert!(page.contains("aucun montant n’est proposé"), "{page}");
    for (file, amount) in [(best, "3\u{202f}000"), (middle, "1\u{202f}370"), (last, "")] {
        let page = text(site.get(&cookie, &format!("/seances/{session}/dossiers/{file}")).await, 200).await;
        assert!(page.contains("D’après la grille"), "{page}");
        let field = page.split("name=\"montant\"").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
        assert!(field.contains(&format!("value=\"{amount}\"")), "{amount}: {field}");
    }
    let draw = |tx: &mut Tx| rooms::draw(tx, &world.officer, session, last);
    world.db.write(draw).unwrap();
    let lines = world.db.read(|conn| rooms::for_team(conn, &world.officer, session)).unwrap().cut.lines;
    let proposed: Vec<_> = lines.iter().map(|line| line.candidate.proposal.map(|p| p.amount)).collect();
    assert_eq!(proposed, [Some(Euros::whole(3_000)), Some(Euros::whole(1_370)), None]);
    let path = format!("{room}/dossiers/{middle}");
    let vu = format!("award:{}", Euros::whole(1_370).cents());
    let other = [("proposition", "award"), ("montant", "2 000"), ("vu", &vu)];
    assert_eq!(site.post(&cookie, &path, &other).await.status(), 303, "a person may still change it");
}

#[actix_web::test]
async fn members_do_not_read_a_mean_in_what_the_points_open() {
    let world = by_points();
    scored(&world, 1, 3_000, "3");
    let session = world.session();
    let site = Site::over(&world.db, closed());
    let page = site.get(&site.cookie_of(&world.members[1]), &format!("/comite/seances/{session}/salle")).await;
    let page = text(page, 200).await;
    assert!(!page.contains("D’après la grille") && !page.contains("60,00"), "{page}");
}

#[actix_web::test]
async fn while_the_files_are_scored_the_grid_of_a_call_changes_and_nothing_else() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, file, review) = world.in_review(1, 3_000);
        submit(&world, review, &uneven(&world));
        world.advance_call(CallEvent::StartReview).unwrap();
        let said = refused(prepare(&world, |call| call.summary.push_str(" Autrement.")));
        assert!(said[0].1.contains("seule sa grille"), "{said:?}");
        prepare(&world, heavier).unwrap();
        assert_eq!(publish(&world).await.0, 303);
        let mut heavy = world.definition.clone();
        heavier(&mut heavy);
        assert_eq!(world.application(file).score_mean, total(&heavy, &uneven(&world)).hundredths());
        assert_eq!(world.call_row().state, CallState::InReview);
        assert_whole(&world.db);
    }
}

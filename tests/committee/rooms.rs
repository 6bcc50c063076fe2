//! The team's pages: ranking, sessions, decisions, announcement, confirmation.

use super::{field, text};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, closed, id, person},
    site::Site,
};
use tisserand::{
    domain::{
        decisions::Verdict,
        ids::{ApplicationId, SessionId},
        lifecycles::{applications::ApplicationState, calls::CallState, reviews::ReviewState, sessions::SessionState},
        money::Euros,
        roles::Role,
    },
    store::{Tx, reviews as rows, sessions},
    usecases::{
        Actor, calls, recusals, reviews,
        rooms::{self, ProposalForm},
    },
};

fn small(call: &mut tisserand::domain::definitions::CallDefinition) {
    call.envelope = Euros::whole(4_000);
    call.sources[0].amount = Euros::whole(4_000);
}

fn score(world: &Programme, review: tisserand::domain::ids::ReviewId, points: &str) {
    let marks = world.marks(points);
    let act = |tx: &mut Tx| reviews::save_and_submit(tx, &world.members[0], review, &marks, "Solide.", closed());
    world.db.write(act).unwrap();
}

#[actix_web::test]
async fn the_ranking_shows_where_the_envelope_ends() {
    let world = Programme::with(sqlite(), small);
    let (_, _, first) = world.in_review(1, 3_000);
    let (_, second, best) = world.in_review(2, 2_500);
    score(&world, first, "3");
    score(&world, best, "5");
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let base = format!("/appels-a-projets/{}/classement", world.definition.reference);
    let page = text(site.get(&cookie, &base).await, 200).await;
    let (best_at, cut_at, other_at) =
        (page.find("classes 2").unwrap(), page.find("Ligne de coupe").unwrap(), page.find("classes 1").unwrap());
    assert!(best_at < cut_at && cut_at < other_at, "{page}");
    assert!(page.contains(&Euros::whole(5_500).to_string()), "the amounts add up");
    let path = format!("{base}/{second}");
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("Claire Vanhoutte") && page.contains("5 sur 5"), "{page}");
    let row = world.db.read(|conn| rows::find(conn, best)).unwrap();
    let (review, version, motive) = (best.to_string(), row.version.to_string(), format!("motif-{best}"));
    let empty = [("evaluation", review.as_str()), ("version", &version), (&motive, "")];
    assert!(text(site.post(&cookie, &path, &empty).await, 422).await.contains("ce qu’elle doit revoir"));
    let fields = [("evaluation", review.as_str()), ("version", &version), (&motive, "Relisez le budget")];
    assert_eq!(site.post(&cookie, &path, &fields).await.status(), 303);
    assert_eq!(world.db.read(|conn| rows::find(conn, best)).unwrap().state, ReviewState::Reopened);
}

/// Presses the button that posts to `path`, with what its page says.
async fn press(site: &Site, cookie: &str, page: &str, path: &str) -> String {
    let html = text(site.get(cookie, page).await, 200).await;
    // What cannot be taken back stands behind a link to its question.
    let is_asked = html.contains(&format!("href=\"{path}\""));
    let question = if is_asked { text(site.get(cookie, path).await, 200).await } else { html.clone() };
    let form = question
        .split("<form")
        .find(|form| form.contains(&format!("action=\"{path}\"")))
        .unwrap_or_else(|| panic!("no button to {path} in {html}"));
    let (version, token) = (field(form, "version"), field(form, "token"));
    let sent = [("version", version.as_str()), ("token", &token)];
    assert_eq!(site.post(cookie, path, &sent).await.status(), 303, "{path}");
    assert_eq!(site.post(cookie, path, &sent).await.status(), 303, "a second click on {path}");
    html
}

async fn plan(site: &Site, cookie: &str, world: &Programme) -> SessionId {
    let token = field(&text(site.get(cookie, "/seances").await, 200).await, "token");
    let call = world.call.to_string();
    let mut fields = vec![
        ("appel", call.as_str()),
        ("titre", "Jury de mars"),
        ("date", "2027-03-11"),
        ("heure", "14:00"),
        ("token", &token),
    ];
    let page = text(site.post(cookie, "/seances", &fields).await, 422).await;
    assert!(page.contains("Indiquez où la séance se tient") && page.contains("Jury de mars"), "{page}");
    fields.push(("lieu", "MRES, Lille"));
    let to = site.post(cookie, "/seances", &fields).await.headers()["location"].to_str().unwrap().to_owned();
    to.rsplit('/').next().unwrap().parse().unwrap()
}

async fn decide(site: &Site, cookie: &str, path: &str, (decision, amount): (&str, &str)) -> reqwest::Response {
    let page = text(site.get(cookie, path).await, 200).await;
    let (version, token) = (field(&page, "version"), field(&page, "token"));
    let motive = ("motif", "Un projet construit avec les habitant·es.");
    let fields =
        [("version", version.as_str()), ("token", &token), ("decision", decision), ("montant", amount), motive];
    site.post(cookie, path, &fields).await
}

async fn opened(site: &Site, cookie: &str, world: &Programme) -> SessionId {
    let session = plan(site, cookie, world).await;
    let page = format!("/seances/{session}");
    assert!(text(site.get(cookie, &page).await, 200).await.contains("L’ordre du jour est vide"));
    assert_eq!(site.post(cookie, &format!("{page}/ordre-du-jour"), &[]).await.status(), 303);
    press(site, cookie, &page, &format!("{page}/convocation")).await;
    assert!(text(site.get(cookie, &page).await, 200).await.contains("Le quorum n’est pas atteint"));
    let seats: Vec<_> = world.members.iter().map(|member| format!("presence-{}", id(member))).collect();
    let proxy = format!("represented:{}", id(&world.members[0]));
    let mut there: Vec<_> = seats.iter().map(String::as_str).zip(["present", &proxy, "late", "absent"]).collect();
    let chair = id(&world.members[0]).to_string();
    there.push(("presidence", &chair));
    site.post(cookie, &format!("{page}/presences"), &there).await;
    press(site, cookie, &page, &format!("{page}/ouverture")).await;
    session
}

#[actix_web::test]
async fn a_session_runs_from_its_planning_to_the_announcement() {
    let world = Programme::with(sqlite(), small);
    let (applicant, first, review) = world.in_review(1, 3_000);
    let (_, second, _) = world.in_review(2, 3_000);
    score(&world, review, "4");
    let declare = |tx: &mut Tx| {
        recusals::declare_conflict(tx, &world.members[1], id(&world.members[1]), second, "J’y siège", closed())
    };
    world.db.write(declare).unwrap();
    let site = Site::over(&world.db, closed());
    let (cookie, director) = (site.cookie_of(&world.officer), site.cookie_of(&world.director));
    let session = opened(&site, &cookie, &world).await;
    let page = format!("/seances/{session}");
    let html = text(site.get(&cookie, &page).await, 200).await;
    assert!(html.contains("Mamadou Sarr") && html.contains("data-label=\"Déport\">Mamadou Sarr"), "{html}");
    let hearing = |file: ApplicationId| format!("{page}/dossiers/{file}");
    let nothing = text(decide(&site, &cookie, &hearing(first), ("", "")).await, 422).await;
    assert!(nothing.contains("Choisissez une décision.") && nothing.contains("Un projet construit"), "{nothing}");
    assert_eq!(decide(&site, &cookie, &hearing(first), ("award", "3 000")).await.status(), 303);
    let beyond = text(decide(&site, &cookie, &hearing(second), ("award", "2 000")).await, 409).await;
    let left = format!("L’enveloppe de l’appel n’a plus que {} de disponible.", Euros::whole(1_000));
    assert!(beyond.contains(&left) && beyond.contains("Un projet construit"), "{beyond}");
    assert_eq!(decide(&site, &cookie, &hearing(second), ("reject", "")).await.status(), 303);
    let applicants = site.cookie_of(&applicant);
    assert!(!text(site.get(&applicants, &format!("/dossiers/{first}")).await, 200).await.contains("retenu"));
    press(&site, &cookie, &page, &format!("{page}/proces-verbal")).await;
    let list = text(site.get(&director, "/direction").await, 200).await;
    assert!(list.contains(&format!("/direction/seances/{session}")), "{list}");
    let minutes = format!("/direction/seances/{session}");
    let early = text(site.get(&director, &minutes).await, 200).await;
    assert!(early.contains("attend la signature de la personne qui a présidé"), "{early}");
    let chair = format!("/comite/seances/{session}/proces-verbal");
    signed(&site, &site.cookie_of(&world.members[0]), &chair).await;
    let html = text(site.get(&director, &minutes).await, 200).await;
    let (version, token) = (field(&html, "version"), field(&html, "token"));
    let day = |day: &'static str| [("version", version.as_str()), ("token", &token), ("reunion", day)];
    let ahead = text(site.post(&director, &minutes, &day("2027-02-16")).await, 422).await;
    assert!(ahead.contains("Ce jour n’est pas encore venu."), "{ahead}");
    assert_eq!(site.post(&director, &minutes, &day("2027-02-15")).await.status(), 303);
    assert!(html.contains("Un projet construit") && html.contains("Mamadou Sarr"), "{html}");
    let row = world.db.read(|conn| sessions::find(conn, session)).unwrap();
    assert_eq!(row.state, SessionState::Confirmed);
    announced(&world, &site, &cookie, (first, second)).await;
    assert!(text(site.get(&applicants, &format!("/dossiers/{first}")).await, 200).await.contains("retenu"));
    crate::support::programme::assert_whole(&world.db);
}

/// Signs the minutes as whoever presided, twice as a hurried hand does.
async fn signed(site: &Site, cookie: &str, path: &str) {
    let html = text(site.get(cookie, path).await, 200).await;
    let (version, token, digest) = (field(&html, "version"), field(&html, "token"), field(&html, "empreinte"));
    let sent = [("version", version.as_str()), ("token", &token), ("empreinte", &digest)];
    assert_eq!(site.post(cookie, path, &sent).await.status(), 303);
    assert_eq!(site.post(cookie, path, &sent).await.status(), 303, "a second click");
}

async fn announced(world: &Programme, site: &Site, cookie: &str, (first, second): (ApplicationId, ApplicationId)) {
    world.advance_call(tisserand::domain::lifecycles::calls::CallEvent::StartReview).unwrap();
    let base = format!("/appels-a-projets/{}", world.definition.reference);
    let page = format!("{base}/annonce");
    press(site, cookie, &page, &format!("{base}/deliberation")).await;
    let html = text(site.get(cookie, &page).await, 200).await;
    assert!(html.contains("Rien n’est parti") && html.contains("à confirmer avant le"), "{html}");
    for file in [first, second] {
        let letter = site.get(cookie, &format!("{page}/{file}/pdf")).await;
        assert_eq!((letter.status().as_u16(), &letter.headers()["content-type"] == "application/pdf"), (200, true));
        assert!(letter.bytes().await.unwrap().starts_with(b"%PDF"));
    }
    press(site, cookie, &page, &page).await;
    assert_eq!(world.call_row().state, CallState::Announced);
    assert!(text(site.get(cookie, &page).await, 200).await.contains("sont partis."));
}

#[actix_web::test]
async fn of_two_officers_who_decide_at_once_the_second_reads_the_reason_and_loses_nothing() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let session = opened(&site, &cookie, &world).await;
    let colleague = site.cookie_of(&person(&world.db, "Paul Lemaire", Role::Officer));
    let path = format!("/seances/{session}/dossiers/{file}");
    let page = text(site.get(&colleague, &path).await, 200).await;
    assert_eq!(decide(&site, &cookie, &path, ("award", "3 000")).await.status(), 303);
    let (version, token) = (field(&page, "version"), field(&page, "token"));
    let fields =
        [("version", version.as_str()), ("token", &token), ("decision", "reject"), ("motif", "Hors sujet, selon moi.")];
    let second = text(site.post(&colleague, &path, &fields).await, 409).await;
    assert!(
        second.contains("Une autre personne a changé ce dossier") && second.contains("Décision écrite"),
        "{second}"
    );
    assert!(second.contains("Hors sujet, selon moi."), "what was typed is still there");
    assert_eq!(world.application(file).state, ApplicationState::Awarded);
}

#[actix_web::test]
async fn a_letter_that_lacks_something_keeps_everything_from_leaving() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let session = opened(&site, &cookie, &world).await;
    decide(&site, &cookie, &format!("/seances/{session}/dossiers/{file}"), ("reject", "")).await;
    world.db.write(|tx| tisserand::store::decisions::set(tx, file, None, Some(" "), None)).unwrap();
    let page = format!("/appels-a-projets/{}/annonce", world.definition.reference);
    let html = text(site.get(&cookie, &page).await, 200).await;
    assert!(html.contains("À corriger avant d’annoncer") && html.contains("Le motif manque."), "{html}");
    assert!(!html.contains("qui signe pour lui"), "{html}");
    let mut fund = tisserand::domain::definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap();
    fund.fund.signatory = None;
    fund.calls.clear();
    world.db.write(|tx| calls::load(tx, &Actor::system(), &fund, closed())).unwrap();
    let html = text(site.get(&cookie, &page).await, 200).await;
    assert!(html.contains("La définition du fonds ne dit pas qui signe pour lui (nom et qualité)."), "{html}");
}

#[test]
fn a_change_of_a_file_rings_no_bell_of_whoever_is_recused_from_it() {
    for db in each_database() {
        let world = Programme::on(db);
        let files: Vec<ApplicationId> = (1..=2).map(|number| world.in_review(number, 3_000).1).collect();
        let session = world.session();
        let (away, there) = (&world.members[1], &world.members[2]);
        let declare = |tx: &mut Tx| recusals::declare_conflict(tx, away, id(away), files[0], "J’y siège", closed());
        world.db.write(declare).unwrap();
        let turns = || [away, there].map(|who| world.db.read(|conn| rooms::turn(conn, who, session)).unwrap());
        let propose = |file| {
            let form = ProposalForm { verdict: Some(Verdict::Award), amount: "1 500".into() };
            world.db.write(|tx| rooms::propose(tx, &world.officer, session, file, None, &form)).unwrap();
        };
        let before = turns();
        propose(files[0]);
        assert_eq!(turns(), [before[0], before[1] + 1]);
        super::decisions::reject(&world, files[0]);
        assert_eq!(turns()[0], before[0]);
        propose(files[1]);
        assert_eq!(turns()[0], before[0] + 1);
    }
}

#[test]
fn a_line_that_is_drawn_rings_for_the_files_it_changes_alone() {
    for db in each_database() {
        let world = Programme::on(db);
        let files: Vec<ApplicationId> = (1..=2).map(|number| world.in_review(number, 3_000).1).collect();
        let session = world.session();
        let cut = world.db.read(|conn| rooms::for_team(conn, &world.officer, session)).unwrap().cut;
        let order: Vec<ApplicationId> = cut.lines.iter().map(|line| line.row.id).collect();
        assert!(files.iter().all(|file| order.contains(file)));
        let away = &world.members[1];
        let declare = |tx: &mut Tx| recusals::declare_conflict(tx, away, id(away), order[0], "J’y siège", closed());
        world.db.write(declare).unwrap();
        let turn = || world.db.read(|conn| rooms::turn(conn, away, session)).unwrap();
        let draw = |last| world.db.write(|tx| rooms::draw(tx, &world.officer, session, last)).unwrap();
        let before = turn();
        draw(order[0]);
        assert_eq!(turn(), before, "nothing changed that exists for them");
        draw(order[1]);
        assert_eq!(turn(), before + 1);
        draw(order[1]);
        assert_eq!(turn(), before + 1, "nothing changed at all");
    }
}

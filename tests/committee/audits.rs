//! axe-core on every page of reading and deciding, the hall included, and on each where what was sent is wrong.

use super::{
    PASSWORD,
    decided::Decided,
    signed_in,
    walks::{lived_in, waiting},
};
use crate::support::{
    browser::{Browser, Step},
    databases::sqlite,
    programme::{Programme, closed, declare_interests, id, open, person},
    site::Site,
};
use tisserand::{
    domain::{decisions::Verdict, roles::Role},
    store::Tx,
    usecases::{
        Actor,
        committees::{self, Vote},
        minutes, passwords, people,
        promotions::{self, Candidate, PromotionForm},
        sessions::{self, SessionForm},
    },
    web::routes::SITE_MAP,
};

/// Pages of a member while a session is under way.
const MEMBER: &[&str] = &[
    "/comite",
    "/comite/declaration",
    "/comite/miroir/{reference}",
    "/comite/hors-ligne/{reference}",
    "/comite/evaluations/{id}",
    "/comite/evaluations/{id}/decliner",
    "/comite/dossiers/{application}/deport",
    "/comite/appels/{reference}/statistiques",
    "/comite/seances/{id}",
    "/comite/seances/{id}/declaration",
    "/comite/seances/{id}/salle",
];

/// Pages of a guest, who votes on nothing.
const GUEST: &[&str] = &["/comite/lectures", "/comite/lectures/{application}"];

/// Pages of the team while a session is under way.
const TEAM: &[&str] = &[
    "/seances",
    "/seances/{id}",
    "/seances/{id}/dossiers/{application}",
    "/seances/{id}/salle",
    "/seances/{id}/ecran",
    "/seances/{id}/scenarios",
    "/appels-a-projets/{reference}/classement",
    "/appels-a-projets/{reference}/classement/{application}",
    "/appels-a-projets/{reference}/repartition",
    "/appels-a-projets/{reference}/conflits",
    "/appels-a-projets/{reference}/declarations",
    "/appels-a-projets/{reference}/comite/{person}",
    "/appels-a-projets/{reference}/statistiques",
];

/// Pages of the team once the committee has deliberated.
const AFTER: &[&str] = &[
    "/seances/{id}/correction",
    "/appels-a-projets/{reference}/annonce",
    "/appels-a-projets/{reference}/annonce/{application}",
    "/appels-a-projets/{reference}/reserve",
    "/appels-a-projets/{reference}/reserve/{application}",
];

/// Pages of the management then.
const MANAGEMENT: &[&str] = &["/direction", "/direction/seances/{id}", "/direction/promotions/{id}"];

/// Addresses that show no page of their own, or are looked at elsewhere, each with why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("/comite/suivant/{reference}", "leads to a sheet"),
    ("/comite/hors-ligne/{reference}/dossiers.zip", "a file"),
    ("/comite/appels/{reference}/statistiques/tableau", "a file"),
    ("/comite/seances/{id}/proces-verbal", "tests/committee/minutes.rs"),
    ("/comite/seances/{id}/proces-verbal/{number}", "a file"),
    ("/comite/seances/{id}/flux", "a stream"),
    ("/seances/{id}/flux", "a stream"),
    ("/seances/{id}/proces-verbal", "asks once more, as every page that asks: tests/pages/confirmations.rs"),
    ("/seances/{id}/cloture", "asks once more, as every page that asks: tests/pages/confirmations.rs"),
    ("/seances/{id}/proces-verbal/{number}", "a file"),
    ("/appels-a-projets/{reference}/classement/fichier", "a file"),
    ("/appels-a-projets/{reference}/annonce/{application}/pdf", "a file"),
    ("/appels-a-projets/{reference}/statistiques/tableau", "a file"),
];

/// Where the pages of reading and deciding begin.
const OF_COMMITTEE: &[&str] = &[
    "/comite",
    "/seances",
    "/direction",
    "/appels-a-projets/{reference}/annonce",
    "/appels-a-projets/{reference}/classement",
    "/appels-a-projets/{reference}/comite",
    "/appels-a-projets/{reference}/conflits",
    "/appels-a-projets/{reference}/declarations",
    "/appels-a-projets/{reference}/repartition",
    "/appels-a-projets/{reference}/reserve",
    "/appels-a-projets/{reference}/statistiques",
];

#[test]
fn every_page_of_the_committee_is_looked_at() {
    let walked: Vec<&str> = [MEMBER, GUEST, TEAM, AFTER, MANAGEMENT].concat();
    let is_known = |path: &str| walked.contains(&path) || ELSEWHERE.iter().any(|(known, _)| *known == path);
    let of_committee = |path: &str| OF_COMMITTEE.iter().any(|begin| path.starts_with(begin));
    let pages = SITE_MAP.iter().filter(|address| address.method == "get" && of_committee(address.path));
    let missing: Vec<_> = pages.filter(|address| !is_known(address.path)).map(|address| address.path).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// What stands in the holes of an address.
type Holes = Vec<(&'static str, String)>;

fn filled(pattern: &str, holes: &Holes) -> String {
    holes.iter().fold(pattern.to_owned(), |path, (hole, value)| path.replace(hole, value))
}

/// Opens each of these pages and looks at it.
fn each(patterns: &[&str], holes: &Holes) -> Vec<Step> {
    let look = |pattern: &&str| [Step::Goto(filled(pattern, holes)), Step::Status(200), Step::Reflow, Step::Audit];
    patterns.iter().flat_map(look).collect()
}

/// Sends what is wrong from a page and looks at what comes back.
fn wrong(page: String, typed: &[(&str, &str)], pressed: &str) -> Vec<Step> {
    let mut steps = vec![Step::Goto(page)];
    steps.extend(typed.iter().map(|(field, value)| Step::Fill(format!("css={field}"), (*value).to_owned())));
    steps.extend([Step::Click(pressed.to_owned()), Step::Expect("à corriger".into())]);
    steps.extend([Step::Summary, Step::Reflow, Step::Audit]);
    steps
}

fn let_in(world: &Programme, people_: &[&Actor]) {
    let hash = passwords::hash(PASSWORD).unwrap();
    for actor in people_ {
        world.db.write(|tx| people::set_password(tx, id(actor), &hash, closed())).unwrap();
    }
}

#[test]
fn the_pages_of_a_member_and_of_a_guest_are_fit_for_everybody() {
    let Some(browser) = Browser::open() else { return };
    let world = lived_in();
    let session = world.session();
    let guest = person(&world.db, "Zoe Leroy", Role::Reviewer);
    let appoint =
        |tx: &mut Tx| committees::appoint(tx, &world.officer, world.call, id(&guest), "Région", Vote::Guest, open());
    world.db.write(appoint).unwrap();
    declare_interests(&world.db, &guest, &[]);
    let_in(&world, &[&guest]);
    let items = world.db.read(|conn| tisserand::store::sessions::items(conn, session, None)).unwrap();
    let reference = world.definition.reference.clone();
    let holes: Holes = vec![
        ("evaluations/{id}", format!("evaluations/{}", waiting(&world))),
        ("seances/{id}", format!("seances/{session}")),
        ("{reference}", reference.clone()),
        ("{application}", items[0].application_id.to_string()),
    ];
    let site = Site::over(&world.db, closed());
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    steps.extend(each(MEMBER, &holes));
    steps.extend(each(&["/comite?liste=passees"], &holes));
    steps.extend(wrong(format!("/comite/hors-ligne/{reference}"), &[], "Lire la feuille"));
    steps.extend(signed_in("zoe.leroy", "/comite"));
    steps.extend(each(GUEST, &holes));
    browser.walk("audit-members", &site.base, &steps).unwrap();
}

#[test]
fn the_pages_of_a_session_and_its_hall_are_fit_for_everybody() {
    let Some(browser) = Browser::open() else { return };
    let world = lived_in();
    let session = world.session();
    let form = SessionForm {
        title: "Jury d’avril".into(),
        date: "2027-04-11".into(),
        time: "14:00".into(),
        place: "Lille".into(),
    };
    let planned = world.db.write(|tx| sessions::plan(tx, &world.officer, world.call, &form, closed())).unwrap();
    let items = world.db.read(|conn| tisserand::store::sessions::items(conn, session, None)).unwrap();
    let (reference, file) = (world.definition.reference.clone(), items[0].application_id);
    let holes: Holes = vec![
        ("seances/{id}", format!("seances/{session}")),
        ("{reference}", reference.clone()),
        ("{application}", file.to_string()),
        ("{person}", id(&world.members[0]).to_string()),
    ];
    let site = Site::over(&world.db, closed());
    let mut steps = signed_in("lucie.hennebelle", "/seances");
    steps.extend(each(TEAM, &holes));
    // A file before the committee, in the room and in the hall.
    steps.extend([Step::Goto(format!("/seances/{session}/salle")), Step::Expect("En direct".into())]);
    steps.extend([Step::Click("Appeler le dossier suivant".into()), Step::Expect("devant le comité".into())]);
    steps.extend(each(&["/seances/{id}/salle", "/seances/{id}/ecran"], &holes));
    steps.extend([Step::Goto(format!("/seances/{session}/salle")), Step::Expect("En direct".into())]);
    steps.extend([Step::Click("Garder ce scénario".into()), Step::Expect("Donnez un nom".into())]);
    steps.extend([Step::Reflow, Step::Audit]);
    let plan = "css=form[action='/seances'] button";
    steps.extend(wrong("/seances".into(), &[("#champ-titre", "")], plan));
    steps.extend([Step::Goto(format!("/seances/{planned}")), Step::Click("Changer la date ou le lieu".into())]);
    steps.push(Step::Fill("css=#champ-lieu".into(), String::new()));
    steps.push(Step::Click(format!("css=form[action='/seances/{planned}'] button")));
    steps.extend([Step::Expect("à corriger".into()), Step::Summary, Step::Reflow, Step::Audit]);
    let heard = format!("/seances/{session}/dossiers/{file}");
    steps.extend(wrong(heard, &[("input[name=pour]", "99")], "Compter ce vote"));
    let reviews = format!("/appels-a-projets/{reference}/classement/{file}");
    steps.extend(wrong(reviews, &[], "Rouvrir l’évaluation"));
    browser.walk("audit-session", &site.base, &steps).unwrap();
}

#[test]
fn the_pages_after_a_deliberation_are_fit_for_everybody() {
    let Some(browser) = Browser::open() else { return };
    let verdicts = [Verdict::Award, Verdict::ReserveList, Verdict::ReserveList, Verdict::Reject];
    let decided = Decided::with(sqlite(), |_| {}, &verdicts);
    let (world, session, files) = (&decided.world, decided.session, &decided.files);
    world.db.write(|tx| minutes::sign_read(tx, session, closed())).unwrap();
    let form = PromotionForm {
        amount: "1 500".into(),
        motive: "Il peut commencer tout de suite.".into(),
        ..PromotionForm::default()
    };
    let (reference, version) = (world.definition.reference.clone(), world.application(files[1]).version);
    let candidate = Candidate { reference: &reference, id: files[1], version };
    world.db.write(|tx| promotions::propose(tx, &world.officer, candidate, &form, closed())).unwrap();
    let proposed = world.db.read(|conn| promotions::to_confirm(conn, &world.director, None, 10)).unwrap()[0].0;
    let_in(world, &[&world.officer, &world.director]);
    let of = |file: usize| -> Holes {
        vec![
            ("seances/{id}", format!("seances/{session}")),
            ("promotions/{id}", format!("promotions/{proposed}")),
            ("{reference}", reference.clone()),
            ("{application}", files[file].to_string()),
        ]
    };
    let site = Site::over(&world.db, closed());
    let page = |rest: &str| format!("/appels-a-projets/{reference}/{rest}");
    let mut steps = signed_in("lucie.hennebelle", "/seances");
    steps.extend(each(AFTER, &of(2)));
    steps.extend(wrong(page("annonce"), &[("#champ-jour", "")], "css=form[action$='/annonce/heure'] button"));
    let letter = page(&format!("annonce/{}", files[0]));
    steps.extend(wrong(letter, &[("#champ-objet", "")], "Enregistrer cette version"));
    steps.extend(wrong(page(&format!("reserve/{}", files[2])), &[], "Proposer à la direction"));
    steps.extend(signed_in("nadia.belkacem", "/direction"));
    steps.extend(each(MANAGEMENT, &of(1)));
    let confirm = "Confirmer les décisions";
    steps.extend(wrong(format!("/direction/seances/{session}"), &[("#champ-reunion", "")], confirm));
    steps.extend(wrong(format!("/direction/promotions/{proposed}"), &[], "Refuser"));
    browser.walk("audit-after", &site.base, &steps).unwrap();
}

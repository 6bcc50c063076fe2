//! What members declare of their interests, and what it keeps from them.

use super::{bare, field, text};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, assert_whole, closed, declare_interests, id, open, person},
    site::Site,
};
use tisserand::{
    domain::{
        decisions::Verdict,
        definitions,
        ids::{ApplicationId, SessionId},
        interests::Bond,
        lifecycles::{reviews::ReviewState, sessions::SessionEvent},
        messages::MessageKind,
        organisations::MemberSeat,
        roles::Role,
        time::Moment,
    },
    store::{Tx, attachments, messages, recusals as recusal_rows, reviews as review_rows},
    usecases::{
        Actor, UseCaseError, calls,
        committee_mandates::{self, About},
        committees::{self, Vote},
        decisions::{self, DecisionForm},
        interests::{self, InterestsForm, TypedInterest},
        organisations, reviews,
    },
};

fn why(world: &Programme, file: ApplicationId, member: &Actor) -> Option<String> {
    let rows = world.db.read(|conn| recusal_rows::of_application(conn, file)).unwrap();
    rows.into_iter().find(|(person, ..)| *person == id(member)).map(|(_, _, reason)| reason)
}

#[test]
fn a_declared_tie_keeps_the_member_from_files_there_are_and_from_those_to_come() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, scored, review) = world.in_review(1, 3_000);
        let member = &world.members[0];
        let act = |tx: &mut Tx| reviews::save_and_submit(tx, member, review, &world.marks("4"), "", closed());
        world.db.write(act).unwrap();
        let (_, other, _) = world.in_review(3, 3_000);
        declare_interests(&world.db, member, &["Association PASSERELLES 1", "Passerelles 2"]);
        assert_eq!(
            why(&world, scored, member).unwrap(),
            "Lien déclaré le 1er\u{a0}décembre 2026 avec Association PASSERELLES 1\u{a0}: emploi"
        );
        let row = world.db.read(|conn| review_rows::find(conn, review)).unwrap();
        assert_eq!(row.state, ReviewState::Recused, "what they had written of it goes");
        assert_eq!(world.application(scored).score_count, 0);
        assert_eq!(why(&world, other, member), None, "a name that is only like it keeps nobody away");
        let (_, later) = world.filed(2, 2_000);
        assert!(why(&world, later, member).unwrap().contains("Passerelles 2"), "a file to come");
        assert_eq!(why(&world, later, &world.members[1]), None);
        declare_interests(&world.db, &world.members[1], &["Médiathèque"]);
        for file in [other, later] {
            assert!(why(&world, file, &world.members[1]).is_some(), "as a partner of the project");
        }
        let (_, next) = world.filed(4, 2_000);
        assert!(why(&world, next, &world.members[1]).is_some());
        assert_whole(&world.db);
    }
}

#[test]
fn whoever_acts_for_an_applicant_is_kept_from_its_files_there_are_and_those_to_come() {
    for db in each_database() {
        let world = Programme::on(db);
        let (first, there) = world.filed(1, 3_000);
        let (second, draft) = world.complete(2, 3_000);
        let member = &world.members[0];
        for (applicant, file) in [(&first, there), (&second, draft)] {
            let organisation = world.application(file).organisation_id;
            let email = "claire.vanhoutte@example.org".parse().unwrap();
            let invite = |tx: &mut Tx| {
                let guest = (&email, "Claire Vanhoutte");
                organisations::invite(tx, applicant, organisation, guest, MemberSeat::Member, open())
            };
            assert_eq!(world.db.write(invite).unwrap(), id(member));
        }
        assert_eq!(why(&world, there, member).unwrap(), "Agit pour une organisation qui porte ce dossier.");
        assert_eq!(why(&world, draft, member), None, "a draft is before nobody");
        world.submit(&second, draft);
        assert!(why(&world, draft, member).is_some());
        assert_eq!(why(&world, there, &world.members[1]), None);
        assert_whole(&world.db);
    }
}

#[test]
fn a_tie_declared_while_a_file_is_on_the_reserve_list_keeps_it_from_the_next_session() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    world.session();
    let form = DecisionForm {
        verdict: Verdict::ReserveList,
        amount: String::new(),
        motive: "À revoir.".into(),
        conditions: String::new(),
    };
    let version = world.application(file).version;
    world.db.write(|tx| decisions::decide(tx, &world.officer, file, &form, version, closed())).unwrap();
    declare_interests(&world.db, &world.members[0], &["Passerelles 1"]);
    assert!(why(&world, file, &world.members[0]).is_some());
}

#[test]
fn nothing_to_declare_beside_a_named_organisation_is_asked_again() {
    let world = Programme::on(sqlite());
    let member = &world.members[0];
    let line = |name: &str| TypedInterest {
        organisation: name.into(),
        bond: Bond::ALL[0].code().into(),
        ..TypedInterest::default()
    };
    let declare = |answer: &str, lines: Vec<TypedInterest>, minutes: i64| {
        let form = InterestsForm { answer: answer.into(), lines, ..InterestsForm::default() };
        world.db.write(|tx| interests::declare(tx, member, &form, None, open().plus_minutes(minutes)))
    };
    let refused = declare("rien", vec![line("Passerelles 9")], 1);
    assert!(matches!(refused, Err(UseCaseError::Invalid(_))), "{refused:?}");
    declare("liens", vec![line("Passerelles 9")], 2).unwrap();
    declare("rien", vec![line("Passerelles 9")], 3).unwrap();
    assert!(world.db.read(|conn| interests::own(conn, member)).unwrap().ties.is_empty(), "what stood is taken back");
}

#[test]
fn a_new_member_is_kept_from_what_they_declared_before_they_sat() {
    let world = Programme::on(sqlite());
    let (_, file) = world.filed(1, 3_000);
    let member = person(&world.db, "Zoe Leroy", Role::Reviewer);
    declare_interests(&world.db, &member, &["Passerelles 1"]);
    assert_eq!(why(&world, file, &member), None, "no seat, no file");
    let appoint = |tx: &mut Tx| {
        committees::appoint(tx, &world.officer, world.call, id(&member), "", Vote::Deliberative, closed())
    };
    world.db.write(appoint).unwrap();
    assert!(why(&world, file, &member).is_some());
}

#[test]
fn another_declaration_takes_the_place_of_the_last_one_and_takes_no_recusal_back() {
    let world = Programme::on(sqlite());
    let member = &world.members[0];
    let (_, first) = world.filed(1, 3_000);
    declare_interests(&world.db, member, &["Passerelles 1"]);
    let nothing = InterestsForm { answer: "rien".into(), lines: Vec::new(), ..InterestsForm::default() };
    let at = open().plus_minutes(5);
    world.db.write(|tx| interests::declare(tx, member, &nothing, None, at)).unwrap();
    let own = world.db.read(|conn| interests::own(conn, member)).unwrap();
    assert_eq!((own.last, own.ties), (Some(at), Vec::new()));
    assert!(why(&world, first, member).is_some(), "what was kept from them stays so");
}

#[test]
fn each_mandate_has_its_own_declaration_which_keeps_from_its_own_files() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, file) = world.filed(1, 3_000);
        let member = &world.members[0];
        let other = definitions::parse(include_str!("../../fixtures/tandems.toml")).unwrap();
        world.db.write(|tx| calls::load(tx, &Actor::system(), &other, open())).unwrap();
        let (here, there) = (&world.definition.reference, &other.calls[0].reference);
        let second = world.db.read(|conn| calls::by_reference(conn, there)).unwrap().id;
        let appoint =
            |tx: &mut Tx| committees::appoint(tx, &world.officer, second, id(member), "", Vote::Deliberative, closed());
        world.db.write(appoint).unwrap();
        let bars =
            |about: About| world.db.read(|conn| committee_mandates::bars(conn, member, &about, closed())).unwrap();
        assert!(bars(About::Call(there.clone())), "another mandate, another declaration");
        assert!(!bars(About::Call(here.clone())) && !bars(About::All), "it closes what it opens alone");
        let mandates = world.db.read(|conn| interests::own_mandates(conn, member)).unwrap();
        let of = |is_new: bool| {
            let found = mandates.iter().find(|own| own.declared.last.is_none() == is_new).unwrap();
            found.mandate.id.to_string()
        };
        let declare = |mandates: Vec<String>, minutes: i64| {
            let line = TypedInterest {
                organisation: "Passerelles 1".into(),
                bond: Bond::ALL[0].code().into(),
                ..TypedInterest::default()
            };
            let form = InterestsForm { answer: "liens".into(), lines: vec![line], mandates };
            world.db.write(|tx| interests::declare(tx, member, &form, None, closed().plus_minutes(minutes)))
        };
        assert!(matches!(declare(vec![String::new()], 1), Err(UseCaseError::Invalid(_))), "for none of them");
        declare(vec![of(true)], 2).unwrap();
        assert!(!bars(About::Call(there.clone())));
        assert_eq!(why(&world, file, member), None, "a tie of one mandate is no tie of the other");
        declare(vec![of(false)], 3).unwrap();
        assert!(why(&world, file, member).is_some());
        world.db.write(|tx| committees::dismiss(tx, &world.officer, second, id(member), closed())).unwrap();
        assert_eq!(world.db.read(|conn| interests::own_mandates(conn, member)).unwrap().len(), 1, "it has ended");
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn whoever_has_two_mandates_chooses_for_which_they_declare() {
    let world = Programme::on(sqlite());
    world.in_review(1, 3_000);
    let member = &world.members[0];
    let other = definitions::parse(include_str!("../../fixtures/tandems.toml")).unwrap();
    world.db.write(|tx| calls::load(tx, &Actor::system(), &other, open())).unwrap();
    let second = world.db.read(|conn| calls::by_reference(conn, &other.calls[0].reference)).unwrap().id;
    let appoint =
        |tx: &mut Tx| committees::appoint(tx, &world.officer, second, id(member), "", Vote::Deliberative, closed());
    world.db.write(appoint).unwrap();
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(member);
    let list = text(site.get(&cookie, "/comite").await, 200).await;
    assert!(list.contains(&other.fund.name) && list.contains("Un océan"), "what stands is open: {list}");
    let page = text(site.get(&cookie, "/comite/declaration").await, 200).await;
    assert!(page.contains("Vos mandats") && page.contains(&format!("{}\u{a0}: à faire", other.fund.name)), "{page}");
    let token = field(&page, "token");
    let mut fields = vec![("token", token.as_str()), ("plusieurs", "oui"), ("declaration", "rien")];
    let none = text(site.post(&cookie, "/comite/declaration", &fields).await, 422).await;
    assert!(none.contains("Choisissez pour quels comités"), "{none}");
    let mandates = world.db.read(|conn| interests::own_mandates(conn, member)).unwrap();
    let owed = mandates.iter().find(|own| own.declared.last.is_none()).unwrap().mandate.id.to_string();
    fields.push(("mandats", &owed));
    assert_eq!(site.post(&cookie, "/comite/declaration", &fields).await.status(), 303);
    let list = text(site.get(&cookie, "/comite").await, 200).await;
    assert!(!list.contains("Votre déclaration manque"), "{list}");
}

#[actix_web::test]
async fn once_a_year_the_pages_of_the_committee_wait_for_the_declaration() {
    let world = Programme::on(sqlite());
    let (_, file, review) = world.in_review(1, 3_000);
    let year_later = Moment::start_of_day("2027-12-01".parse().unwrap());
    let site = Site::over(&world.db, year_later.plus_minutes(-1));
    let cookie = site.cookie_of(&world.members[0]);
    assert_eq!(site.get(&cookie, "/comite").await.status(), 200, "the last day");
    site.clock.set(year_later);
    let sheet = format!("/comite/evaluations/{review}");
    let papers = world.db.read(|conn| attachments::of_owner(conn, file.as_str())).unwrap();
    for path in ["/comite", &sheet, &format!("/pieces/{}", papers[0].id)] {
        let reply = site.get(&cookie, path).await;
        let wanted = format!("/comite/declaration?suite={}", path.replace('/', "%2F"));
        assert_eq!((reply.status().as_u16(), reply.headers()["location"].to_str().unwrap()), (303, wanted.as_str()));
    }
    let marks = [("avis", "Commencé avant minuit"), ("empreinte", "")];
    assert_eq!(site.post(&cookie, &sheet, &marks).await.status(), 409, "what is typed comes back all the same");
    let page = text(site.get(&cookie, &format!("/comite/declaration?suite={sheet}")).await, 200).await;
    assert!(page.contains("Votre déclaration est à faire"), "{page}");
    let token = field(&page, "token");
    let send = |fields: Vec<(&'static str, &'static str)>| {
        let mut all = vec![("token", token.as_str()), ("suite", sheet.as_str())];
        all.extend(fields);
        all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
    };
    let post = async |fields: Vec<(String, String)>| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        site.post(&cookie, "/comite/declaration", &fields).await
    };
    let nothing = text(post(send(vec![("detail-0", "depuis 2024")])).await, 422).await;
    assert!(nothing.contains("Choisissez l’une des deux réponses.") && nothing.contains("depuis 2024"), "{nothing}");
    let half = vec![("declaration", "liens"), ("organisation-0", "Amis du marais"), ("numero-0", "12")];
    let half = text(post(send(half)).await, 422).await;
    for said in ["Choisissez le lien.", "Écrivez un SIREN (9 chiffres)", "Amis du marais"] {
        assert!(half.contains(said), "{said}: {half}");
    }
    let whole = send(vec![("declaration", "liens"), ("organisation-0", "Amis du marais"), ("lien-0", "donor")]);
    let done = post(whole.clone()).await;
    assert_eq!((done.status().as_u16(), done.headers()["location"].to_str().unwrap()), (303, sheet.as_str()));
    assert_eq!(post(whole).await.status(), 303, "a second click");
    assert_eq!(site.get(&cookie, &sheet).await.status(), 200);
    let page = text(site.get(&cookie, "/comite/declaration").await, 200).await;
    assert!(page.contains("30\u{a0}novembre 2028") && page.contains("Amis du marais"), "{page}");
    let away = site.get(&cookie, "/comite/declaration?suite=//ailleurs.example").await;
    assert!(!text(away, 200).await.contains("ailleurs"));
}

/// A session that is convened, nobody having declared for it.
fn convened(world: &Programme) -> SessionId {
    let session = world.planned_session();
    world.step(session, SessionEvent::Convene);
    session
}

#[actix_web::test]
async fn the_room_shows_nothing_before_its_member_has_declared_for_the_session() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let session = convened(&world);
    let member = &world.members[1];
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(member);
    let (room, ask) = (format!("/comite/seances/{session}/salle"), format!("/comite/seances/{session}/declaration"));
    let reply = site.get(&cookie, &room).await;
    assert_eq!((reply.status().as_u16(), reply.headers()["location"].to_str().unwrap()), (303, ask.as_str()));
    assert_eq!(site.get(&cookie, &format!("/comite/seances/{session}/flux")).await.status(), 404);
    let stranger = site.cookie_of(&person(&world.db, "Zoe Leroy", Role::Reviewer));
    assert_eq!(site.get(&stranger, &ask).await.status(), 404);
    let page = text(site.get(&cookie, &ask).await, 200).await;
    assert!(page.contains("Jury de mars") && page.contains("Rien à déclarer."), "{page}");
    assert!(!page.contains("Un océan"), "it shows no file");
    let token = field(&page, "token");
    let fields = [
        ("token", token.as_str()),
        ("declaration", "liens"),
        ("organisation-0", "Passerelles 1"),
        ("lien-0", "family"),
        ("detail-0", "mon frère la préside"),
    ];
    let done = site.post(&cookie, &ask, &fields).await;
    assert_eq!((done.status().as_u16(), done.headers()["location"].to_str().unwrap()), (303, room.as_str()));
    assert!(why(&world, file, member).unwrap().ends_with("famille ou proche, mon frère la préside"));
    let page = text(site.get(&cookie, &room).await, 200).await;
    assert!(!page.contains("Un océan"), "{page}");
    let own = world.db.read(|conn| interests::own(conn, member)).unwrap();
    assert_eq!(own.last, Some(open()), "the yearly declaration stands beside it");
    assert_eq!(own.ties.len(), 1);
}

#[actix_web::test]
async fn the_officer_sees_who_declared_what_and_reminds_those_who_owe_it() {
    let world = Programme::on(sqlite());
    world.in_review(1, 3_000);
    declare_interests(&world.db, &world.members[0], &["Amis du marais"]);
    let session = convened(&world);
    world.confirm_interests(&world.members[0], session);
    let late = person(&world.db, "Zoe Leroy", Role::Reviewer);
    let appoint = |tx: &mut Tx| {
        committees::appoint(tx, &world.officer, world.call, id(&late), "DRAJES", Vote::Advisory, closed())
    };
    world.db.write(appoint).unwrap();
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let path = format!("/appels-a-projets/{}/declarations", world.definition.reference);
    let page = text(site.get(&cookie, &path).await, 200).await;
    for said in ["Amis du marais\u{a0}: emploi", "confirmée", "Zoe Leroy", "attendue", "4\u{a0}personnes"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let member = site.cookie_of(&world.members[0]);
    assert_eq!(site.get(&member, &path).await.status(), 404, "the team's own page");
    for _ in 0..2 {
        let page = text(site.get(&cookie, &path).await, 200).await;
        let token = field(&page, "token");
        assert_eq!(site.post(&cookie, &path, &[("token", &token)]).await.status(), 303);
    }
    let mails = world.db.read(|conn| messages::page(conn, None, None, 200)).unwrap();
    let owed: Vec<_> = mails.iter().filter(|mail| mail.kind == MessageKind::DeclarationOwed).collect();
    assert_eq!(owed.len(), 4, "once a day each");
    let hers = owed.iter().find(|mail| mail.recipient_id == late.person).unwrap();
    assert!(hers.facts.contains("/comite/declaration") && hers.facts.contains("pas encore déclaré"), "{}", hers.facts);
    let his = owed.iter().find(|mail| mail.recipient_id == world.members[1].person).unwrap();
    assert!(his.facts.contains(&format!("/comite/seances/{session}/declaration")), "{}", his.facts);
}

/// Every page of a member who declared a tie with an organisation, with or without a file of it.
async fn pages_of_a_tied_member(has_file: bool) -> Vec<(String, String)> {
    let world = Programme::on(sqlite());
    let (_, first, review) = world.in_review(1, 3_000);
    let member = &world.members[0];
    declare_interests(&world.db, member, &["Passerelles 3"]);
    world.assign(first, &world.members[1]).unwrap();
    if has_file {
        let (_, file) = world.filed(3, 4_000);
        world.eligible(file);
        assert!(matches!(world.assign(file, member), Err(UseCaseError::Invalid(_))));
        world.assign(file, &world.members[1]).unwrap();
        assert!(why(&world, file, member).is_some());
    }
    let session = convened(&world);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(member);
    let mut pages = Vec::new();
    let ask = format!("/comite/seances/{session}/declaration");
    for path in ["/comite/declaration", &ask] {
        pages.push((path.to_owned(), bare(&text(site.get(&cookie, path).await, 200).await)));
    }
    world.confirm_interests(member, session);
    for path in [
        "/comite".to_owned(),
        ask,
        format!("/comite/evaluations/{review}"),
        format!("/comite/seances/{session}"),
        format!("/comite/seances/{session}/salle"),
        "/".to_owned(),
    ] {
        pages.push((path.clone(), bare(&text(site.get(&cookie, &path).await, 200).await)));
    }
    pages
}

#[actix_web::test]
async fn for_a_tied_member_every_page_is_as_if_the_organisation_had_asked_for_nothing() {
    let (without, with) = (pages_of_a_tied_member(false).await, pages_of_a_tied_member(true).await);
    for ((path, expected), (_, page)) in without.iter().zip(&with) {
        assert_eq!(page, expected, "{path}");
    }
    assert!(without[2].1.contains("Un océan") && without[0].1.contains("Passerelles 3"), "the pages show something");
}

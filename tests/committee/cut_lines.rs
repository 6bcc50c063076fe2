//! The room of a session: proposals, the line, scenarios, and what each person in the room sees of them.

use super::{PASSWORD, field, signed_in, text};
use crate::support::{
    browser::{Browser, Step},
    databases::{TestDb, each_database, sqlite},
    programme::{Programme, assert_whole, closed, id, person},
    site::Site,
};
use tisserand::{
    domain::{
        cut_lines::{Proposal, Strategy},
        decisions::Verdict,
        ids::{ApplicationId, SessionId},
        money::Euros,
        roles::Role,
    },
    store::{StoreError, Tx, rooms as rows},
    usecases::{
        Outcome, UseCaseError, agendas,
        decisions::{self, DecisionForm},
        passwords, people, recusals, reviews,
        rooms::{self, ProposalForm},
        scenarios, sessions,
    },
};

/// Three files of 3 000 €, the first best marked, before a committee with 7 000 €.
struct Hall {
    world: Programme,
    session: SessionId,
    files: Vec<ApplicationId>,
}

fn hall(db: TestDb) -> Hall {
    let world = Programme::with(db, |call| {
        call.envelope = Euros::whole(7_000);
        call.sources[0].amount = Euros::whole(7_000);
    });
    let mut files = Vec::new();
    for (number, points) in [(1, "5"), (2, "4"), (3, "3")] {
        let (_, file, review) = world.in_review(number, 3_000);
        let marks = world.marks(points);
        let submit =
            |tx: &mut Tx| reviews::save_and_submit(tx, &world.members[0], review, &marks, "À soutenir.", closed());
        world.db.write(submit).unwrap();
        files.push(file);
    }
    let session = world.session();
    Hall { world, session, files }
}

fn award(amount: &str) -> ProposalForm {
    ProposalForm { verdict: Some(Verdict::Award), amount: amount.into() }
}

impl Hall {
    fn write<T>(&self, work: impl Fn(&mut Tx) -> Outcome<T>) -> Outcome<T> {
        self.world.db.write(|tx| work(tx))
    }

    fn propose(&self, file: usize, seen: Option<Proposal>, form: &ProposalForm) -> Outcome<()> {
        self.write(|tx| rooms::propose(tx, &self.world.officer, self.session, self.files[file], seen, form))
    }

    fn room(&self) -> rooms::Room {
        self.world.db.read(|conn| rooms::for_team(conn, &self.world.officer, self.session)).unwrap()
    }

    /// What is proposed, in euros, in the order of the ranking.
    fn proposed(&self) -> Vec<Option<i64>> {
        let amount = |line: &rooms::Line| line.candidate.proposal.map(|proposal| proposal.amount.cents() / 100);
        self.room().cut.lines.iter().map(amount).collect()
    }
}

#[test]
fn proposals_and_the_line_say_at_once_what_they_leave() {
    for db in each_database() {
        let hall = hall(db);
        hall.propose(0, None, &award("2 500")).unwrap();
        assert_eq!(hall.room().cut.gauges[0].left(), Euros::whole(4_500));
        let colleague = hall.propose(0, None, &award("1 000"));
        assert!(matches!(colleague, Err(UseCaseError::Store(StoreError::Stale))), "nobody overwrites unread");
        hall.propose(0, None, &award("2 500")).unwrap();
        let draw = |file: usize| hall.write(|tx| rooms::draw(tx, &hall.world.officer, hall.session, hall.files[file]));
        draw(2).unwrap();
        assert_eq!(hall.proposed(), [Some(2_500), Some(3_000), Some(3_000)]);
        let short = format!("Il manque {} à l’enveloppe.", Euros::whole(1_500));
        assert_eq!(hall.room().cut.gauges[0].warning, short);
        draw(1).unwrap();
        assert_eq!(hall.proposed(), [Some(2_500), Some(3_000), None]);
        assert!(matches!(hall.propose(2, None, &award("-3")), Err(UseCaseError::Invalid(_))));
        hall.propose(2, None, &ProposalForm { verdict: Some(Verdict::ReserveList), amount: String::new() }).unwrap();
        draw(0).unwrap();
        assert_eq!(hall.proposed(), [Some(2_500), None, Some(0)], "the reserve list stays");
        assert_whole(&hall.world.db);
    }
}

#[test]
fn scenarios_are_kept_worked_out_compared_and_taken_up() {
    for db in each_database() {
        let hall = hall(db);
        let (officer, session) = (&hall.world.officer, hall.session);
        hall.propose(2, None, &award("1 000")).unwrap();
        hall.write(|tx| scenarios::save(tx, officer, session, " Coup  de cœur ", closed())).unwrap();
        let unnamed = hall.write(|tx| scenarios::save(tx, officer, session, " ", closed()));
        assert!(matches!(unnamed, Err(UseCaseError::Invalid(_))));
        for (minute, strategy) in (1..).zip(Strategy::ALL) {
            let at = closed().plus_minutes(minute);
            hall.write(|tx| scenarios::work_out(tx, officer, session, *strategy, at)).unwrap();
        }
        let (_, columns) = hall.world.db.read(|conn| scenarios::compare(conn, officer, session)).unwrap();
        let sums: Vec<_> = columns.iter().map(|column| (column.count, column.left.cents() / 100)).collect();
        assert_eq!(sums, [(1, 6_000), (1, 6_000), (2, 1_000), (2, 1_000), (2, 1_600)]);
        assert_eq!(columns[1].scenario.as_ref().unwrap().name, "Coup de cœur");
        let ranking = columns[2].scenario.as_ref().unwrap().id;
        hall.write(|tx| scenarios::adopt(tx, officer, session, ranking)).unwrap();
        assert_eq!(hall.proposed(), [Some(3_000), Some(3_000), None]);
        hall.write(|tx| scenarios::drop(tx, officer, session, ranking)).unwrap();
        let again = hall.write(|tx| scenarios::adopt(tx, officer, session, ranking));
        assert!(matches!(again, Err(UseCaseError::Store(StoreError::NotFound))));
        for number in 0..5 {
            hall.write(|tx| scenarios::save(tx, officer, session, &format!("n° {number}"), closed())).unwrap();
        }
        let many = hall.write(|tx| scenarios::save(tx, officer, session, "encore", closed()));
        assert!(matches!(many, Err(UseCaseError::Refused(_))), "as many as can be read side by side");
    }
}

#[test]
fn a_file_that_its_marks_rule_out_is_flagged_and_in_no_scenario() {
    for db in each_database() {
        let world = Programme::with(db, |call| {
            call.grid.pass_mark = Some(50);
            call.grid.criteria[0].eliminatory_below = Some(2);
        });
        for (number, points) in [(1, "5"), (2, "1")] {
            let (_, _, review) = world.in_review(number, 3_000);
            let marks = world.marks(points);
            let submit = |tx: &mut Tx| reviews::save_and_submit(tx, &world.members[0], review, &marks, "Lu.", closed());
            world.db.write(submit).unwrap();
        }
        let (session, officer) = (world.session(), &world.officer);
        let work = |tx: &mut Tx| scenarios::work_out(tx, officer, session, Strategy::Ranking, closed());
        world.db.write(work).unwrap();
        let (cut, columns) = world.db.read(|conn| scenarios::compare(conn, officer, session)).unwrap();
        assert_eq!((columns[1].count, columns[1].amount), (1, Euros::whole(3_000)));
        assert_eq!(cut.lines[0].objections, Vec::<String>::new());
        let told = cut.lines[1].objections.join(" ");
        assert!(told.contains("sous la note éliminatoire") && told.contains("sous le seuil de l’appel"), "{told}");
    }
}

#[actix_web::test]
async fn the_room_keeps_what_is_typed_and_shows_a_member_what_is_proposed() {
    let hall = hall(sqlite());
    let site = Site::over(&hall.world.db, closed());
    let (officer, member) = (site.cookie_of(&hall.world.officer), site.cookie_of(&hall.world.members[1]));
    let room = format!("/seances/{}/salle", hall.session);
    let of = |file: usize| format!("{room}/dossiers/{}", hall.files[file]);
    let empty = text(site.get(&officer, &room).await, 200).await;
    assert!(!empty.contains("id=\"coupe\"") && empty.contains("Aucun dossier pour l’instant"), "{empty}");
    let wrong = [("vu", ""), ("proposition", "award"), ("montant", "beaucoup")];
    let page = text(site.post(&officer, &of(0), &wrong).await, 422).await;
    assert!(page.contains("value=\"beaucoup\"") && page.contains("Indiquez le montant proposé"), "{page}");
    let right = [("vu", ""), ("proposition", "award"), ("montant", "2 750,50")];
    assert_eq!(site.post(&officer, &of(0), &right).await.status(), 303);
    let late = [("vu", ""), ("proposition", "award"), ("montant", "1 000")];
    let page = text(site.post(&officer, &of(0), &late).await, 409).await;
    assert!(page.contains("vient de changer cette proposition") && page.contains("value=\"1 000\""), "{page}");
    let seen = text(site.get(&officer, &room).await, 200).await;
    assert_eq!(field(&seen, "vu"), "award:275050");
    assert!(seen.contains("id=\"coupe\""), "{seen}");
    let page = text(site.get(&member, &format!("/comite{room}")).await, 200).await;
    assert!(
        page.contains(&Euros::from_cents(275_050).to_string()) && page.contains("Un océan, deux classes 1"),
        "{page}"
    );
    let nobody = site.cookie_of(&person(&hall.world.db, "Zoe Leroy", Role::Reviewer));
    for path in ["salle", "flux"] {
        let status = site.get(&nobody, &format!("/comite/seances/{}/{path}", hall.session)).await.status();
        assert_eq!(status, 404, "a reviewer of another call: {path}");
    }
}

#[actix_web::test]
async fn the_room_follows_the_order_of_discussion_that_the_officer_sets() {
    let hall = hall(sqlite());
    let site = Site::over(&hall.world.db, closed());
    let (officer, page) = (site.cookie_of(&hall.world.officer), format!("/seances/{}", hall.session));
    let html = text(site.get(&officer, &page).await, 200).await;
    let (token, last) = (field(&html, "token"), hall.files[2]);
    let path = format!("{page}/dossiers/{last}/ordre");
    assert!(html.contains(&format!("action=\"{path}\"")), "{html}");
    let up = [("token", token.as_str()), ("sens", "haut")];
    assert_eq!(site.post(&officer, &path, &up).await.status(), 303);
    assert_eq!(site.post(&officer, &path, &up).await.status(), 303, "a second click moves nothing");
    let read = |conn: &mut tisserand::store::Conn| tisserand::store::sessions::items(conn, hall.session, None);
    let order: Vec<_> = hall.world.db.read(read).unwrap().into_iter().map(|item| item.application_id).collect();
    assert_eq!(order, [hall.files[0], last, hall.files[1]]);
    let call = |file| hall.write(|tx| rooms::call_up(tx, &hall.world.officer, hall.session, Some(file))).unwrap();
    call(hall.files[0]);
    let room = text(site.get(&officer, &format!("{page}/salle")).await, 200).await;
    let form = room.split("<form").find(|form| form.contains("Appeler le dossier suivant")).unwrap();
    assert!(form.contains(&format!("value=\"{last}\"")), "{form}");
    call(last);
    assert!(text(site.get(&officer, &format!("{page}/ecran")).await, 200).await.contains("Dossier 2 sur 3"));
    let (officer, hidden) = (&hall.world.officer, hall.files[1]);
    hall.write(|tx| recusals::declare_conflict(tx, officer, id(officer), hidden, "J’y siège", closed())).unwrap();
    let refused = hall.write(|tx| sessions::move_item(tx, officer, hall.session, hidden, true));
    assert!(matches!(refused, Err(UseCaseError::Store(StoreError::NotFound))));
}

#[actix_web::test]
async fn members_and_the_hall_read_what_each_agreement_has_left() {
    let world = Programme::with_definition(sqlite(), |definition| {
        let mut source = definition.funding_sources[0].clone();
        source.reference = "AUTRE-2027".into();
        source.earmarks.clear();
        definition.funding_sources.push(source);
        let call = &mut definition.calls[0];
        call.envelope = Euros::whole(8_000);
        call.sources.truncate(1);
        let mut second = call.sources[0].clone();
        second.reference = "AUTRE-2027".into();
        second.amount = Euros::whole(3_000);
        call.sources[0].amount = Euros::whole(5_000);
        call.sources.push(second);
    });
    world.in_review(1, 3_000);
    let session = world.session();
    let site = Site::over(&world.db, closed());
    let (officer, member) = (site.cookie_of(&world.officer), site.cookie_of(&world.members[0]));
    let (hall, room) = (format!("/seances/{session}/ecran"), format!("/comite/seances/{session}/salle"));
    for (cookie, path) in [(officer, hall), (member, room)] {
        let page = text(site.get(&cookie, &path).await, 200).await;
        assert!(page.contains("Convention AUTRE-2027"), "{path}: {page}");
    }
}

#[actix_web::test]
async fn a_member_out_of_the_room_learns_nothing_of_the_file() {
    let hall = hall(sqlite());
    let member = &hall.world.members[1];
    let hide = |tx: &mut Tx| {
        recusals::declare_conflict(tx, member, id(member), hall.files[0], "Ma sœur y travaille", closed())
    };
    hall.world.db.write(hide).unwrap();
    let site = Site::over(&hall.world.db, closed());
    let (officer, cookie) = (site.cookie_of(&hall.world.officer), site.cookie_of(member));
    let (room, file) = (format!("/seances/{}/salle", hall.session), hall.files[0].to_string());
    let before = text(site.get(&cookie, &format!("/comite{room}")).await, 200).await;
    let proposal = [("vu", ""), ("proposition", "award"), ("montant", "3 000")];
    assert_eq!(site.post(&officer, &format!("{room}/dossiers/{file}"), &proposal).await.status(), 303);
    let after = text(site.get(&cookie, &format!("/comite{room}")).await, 200).await;
    assert_eq!(super::bare(&after), super::bare(&before), "the proposal changes no byte");
    assert_eq!(site.post(&officer, &room, &[("dossier", &file)]).await.status(), 303);
    let out = text(site.get(&cookie, &format!("/comite{room}")).await, 200).await;
    assert!(out.contains("Hors séance") && !out.contains("classes 1") && !out.contains(&file), "{out}");
    let there = site.cookie_of(&hall.world.members[2]);
    let page = text(site.get(&there, &format!("/comite{room}")).await, 200).await;
    assert!(page.contains("devant le comité") && page.contains("classes 1"), "{page}");
    let screen = text(site.get(&officer, &format!("/seances/{}/ecran", hall.session)).await, 200).await;
    assert!(screen.contains("Dossier 1 sur 3") && screen.contains("classes 1"), "{screen}");
}

#[test]
fn a_member_sees_no_proposal_before_they_sit_and_no_ranking_ever() {
    let world = Programme::on(sqlite());
    let (_, plain, _) = world.in_review(1, 3_000);
    let (_, best, review) = world.in_review(2, 3_000);
    let form = sessions::SessionForm {
        title: "Jury".into(),
        date: "2027-03-11".into(),
        time: "14:00".into(),
        place: "Lille".into(),
    };
    let session = world.db.write(|tx| sessions::plan(tx, &world.officer, world.call, &form, closed())).unwrap();
    world.db.write(|tx| sessions::fill_agenda(tx, &world.officer, session)).unwrap();
    let marks = world.marks("5");
    let submit = |tx: &mut Tx| reviews::save_and_submit(tx, &world.members[0], review, &marks, "", closed());
    world.db.write(submit).unwrap();
    let propose = |tx: &mut Tx| rooms::propose(tx, &world.officer, session, best, None, &award("1 000"));
    world.db.write(propose).unwrap();
    let team = world.db.read(|conn| rooms::for_team(conn, &world.officer, session)).unwrap().cut;
    let order = |cut: &rooms::CutLine| cut.lines.iter().map(|line| line.row.id).collect::<Vec<_>>();
    assert_eq!(order(&team), [best, plain], "best mean first");
    assert_eq!(team.lines.iter().map(|line| line.rank).collect::<Vec<_>>(), [Some(1), None]);
    let (cut, _) = world.db.read(|conn| rooms::for_member(conn, &world.members[1], session)).unwrap();
    assert_eq!(order(&cut), [plain, best], "in the order of the agenda");
    assert!(cut.lines.iter().all(|line| line.candidate.proposal.is_none()));
    assert_eq!(cut.gauges[0].proposed, Euros::ZERO);
}

#[test]
fn what_was_awarded_to_a_file_is_in_no_sum_of_whoever_is_recused_from_it() {
    for db in each_database() {
        let hall = hall(db);
        let member = &hall.world.members[1];
        let version = hall.world.application(hall.files[0]).version;
        let form = DecisionForm {
            verdict: Verdict::Award,
            amount: "3 000".into(),
            motive: "Solide.".into(),
            conditions: String::new(),
        };
        hall.write(|tx| decisions::decide(tx, &hall.world.officer, hall.files[0], &form, version, closed())).unwrap();
        let left = || {
            let seen = hall.world.db.read(|conn| rooms::for_member(conn, member, hall.session)).unwrap();
            (seen.0.lines.len(), seen.0.gauges[0].left())
        };
        assert_eq!(left(), (3, Euros::whole(4_000)));
        let before = hall.world.db.read(|conn| rows::find(conn, hall.session)).unwrap().turn;
        let file = hall.files[0];
        hall.write(|tx| recusals::declare_conflict(tx, member, id(member), file, "J’y siège", closed())).unwrap();
        assert_eq!(left(), (2, Euros::whole(7_000)), "as if the file did not exist");
        let director = &hall.world.director;
        let told = || {
            let seen = |conn: &mut tisserand::store::Conn| agendas::room(conn, director, hall.session, closed());
            hall.world.db.read(seen).unwrap().envelope.left
        };
        assert_eq!(told(), Euros::whole(4_000));
        let officer = &hall.world.officer;
        hall.write(|tx| recusals::declare_conflict(tx, officer, id(director), file, "Ma sœur y siège", closed()))
            .unwrap();
        assert_eq!(told(), Euros::whole(7_000), "nor in the money of the session");
        let awarded = |reader| hall.world.db.read(|conn| rows::awarded(conn, hall.world.call, reader)).unwrap().len();
        assert_eq!((awarded(id(&hall.world.members[2])), awarded(id(director))), (1, 0));
        let after = hall.world.db.read(|conn| rows::find(conn, hall.session)).unwrap().turn;
        assert!(after > before, "their page asks for itself again");
    }
}

#[test]
fn an_officer_neither_counts_nor_removes_a_file_hidden_from_them() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, seen, _) = world.in_review(1, 3_000);
        let (_, hidden, _) = world.in_review(2, 3_000);
        let officer = &world.officer;
        let declare =
            |tx: &mut Tx| recusals::declare_conflict(tx, officer, id(officer), hidden, "Ma sœur y siège", closed());
        world.db.write(declare).unwrap();
        let form = sessions::SessionForm {
            title: "Jury".into(),
            date: "2027-03-11".into(),
            time: "14:00".into(),
            place: "Lille".into(),
        };
        let session = world.db.write(|tx| sessions::plan(tx, officer, world.call, &form, closed())).unwrap();
        assert_eq!(world.db.write(|tx| sessions::fill_agenda(tx, officer, session)).unwrap(), 1);
        let remove = |file| world.db.write(|tx| sessions::remove_item(tx, officer, session, file));
        assert!(matches!(remove(hidden), Err(UseCaseError::Store(StoreError::NotFound))));
        let agenda = world.db.read(|conn| tisserand::store::sessions::items(conn, session, None)).unwrap();
        assert_eq!(agenda.len(), 2, "others discuss it");
        remove(seen).unwrap();
    }
}

#[actix_web::test]
async fn a_change_reaches_those_who_follow_the_session() {
    let hall = hall(sqlite());
    let site = Site::over(&hall.world.db, closed());
    let (officer, member) = (site.cookie_of(&hall.world.officer), site.cookie_of(&hall.world.members[1]));
    let mut stream = site.get(&member, &format!("/comite/seances/{}/flux", hall.session)).await;
    assert_eq!(
        (stream.status().as_u16(), &stream.headers()["content-type"]),
        (200, &"text/event-stream".parse().unwrap())
    );
    let greeting = stream.chunk().await.unwrap().unwrap();
    assert!(greeting.starts_with(b"retry: 1000\ndata:"), "{greeting:?}");
    let path = format!("/seances/{}/salle/dossiers/{}", hall.session, hall.files[0]);
    let proposal = [("vu", ""), ("proposition", "award"), ("montant", "3 000")];
    assert_eq!(site.post(&officer, &path, &proposal).await.status(), 303);
    let mut heard = stream.chunk().await.unwrap().unwrap();
    while heard.starts_with(b":") {
        heard = stream.chunk().await.unwrap().unwrap();
    }
    assert_eq!(&heard[..], b"data: -\n\n", "what changed is for each one's own page to say");
    let turn = hall.world.db.read(|conn| rows::find(conn, hall.session)).unwrap().turn;
    assert!(turn > 0);
}

#[actix_web::test]
async fn a_recusal_reaches_at_once_those_who_follow_the_session() {
    let hall = hall(sqlite());
    let site = Site::over(&hall.world.db, closed());
    let (officer, member) = (site.cookie_of(&hall.world.officer), site.cookie_of(&hall.world.members[1]));
    let mut stream = site.get(&officer, &format!("/seances/{}/flux", hall.session)).await;
    stream.chunk().await.unwrap().unwrap();
    let path = format!("/comite/dossiers/{}/deport", hall.files[0]);
    let token = field(&text(site.get(&member, &path).await, 200).await, "token");
    let reply = site.post(&member, &path, &[("token", token.as_str()), ("motif", "J’y siège")]).await;
    assert_eq!(reply.status(), 303);
    assert_eq!(&stream.chunk().await.unwrap().unwrap()[..], b"data: -\n\n", "no need to wait for the next look");
}

#[test]
fn three_members_and_the_hall_follow_the_officer() {
    let Some(browser) = Browser::open() else { return };
    let hall = hall(sqlite());
    let (world, session) = (&hall.world, hall.session);
    let out = &world.members[2];
    let hide = |tx: &mut Tx| recusals::declare_conflict(tx, out, id(out), hall.files[0], "J’y siège", closed());
    world.db.write(hide).unwrap();
    let hash = passwords::hash(PASSWORD).unwrap();
    let people_here: Vec<_> = world.members[..3].iter().chain([&world.officer]).collect();
    let mut names = Vec::new();
    for actor in people_here {
        world.db.write(|tx| people::set_password(tx, id(actor), &hash, closed())).unwrap();
        let row = world.db.read(|conn| tisserand::store::people::find(conn, id(actor))).unwrap();
        names.push(row.email.to_string().split('@').next().unwrap().to_owned());
    }
    let site = Site::over(&world.db, closed());
    let (room, theirs) = (format!("/seances/{session}/salle"), format!("/comite/seances/{session}/salle"));
    let mut steps = Vec::new();
    for name in &names[..3] {
        steps.extend(signed_in(name, &theirs));
        steps.push(Step::Expect("En direct".into()));
    }
    steps.extend(signed_in(&names[3], &room));
    steps.push(Step::Expect("En direct".into()));
    steps.push(Step::Tab("salle".into()));
    steps.push(Step::Goto(format!("/seances/{session}/ecran")));
    steps.push(Step::Expect("Le comité se réunit".into()));
    steps.push(Step::Expect("En direct".into()));
    steps.push(Step::Tab(String::new()));
    steps.push(Step::Click("Appeler le dossier suivant".into()));
    steps.push(Step::Expect("tous les écrans suivent".into()));
    let first = format!("css=#dossier-{}", hall.files[0]);
    steps.push(Step::Choose(format!("{first} select"), "Retenir".into()));
    steps.push(Step::Fill(format!("{first} input[name=montant]"), "2 750".into()));
    steps.push(Step::Click(format!("{first} button:has-text('Proposer')")));
    steps.push(Step::Expect("La proposition est notée".into()));
    steps.extend([Step::Reflow, Step::Audit, Step::Screenshot("room-team".into())]);
    for name in &names[..2] {
        steps.push(Step::Become(name.clone()));
        steps.push(Step::Expect(Euros::whole(2_750).to_string()));
        steps.push(Step::Expect("devant le comité".into()));
    }
    steps.extend([Step::Reflow, Step::Audit, Step::Screenshot("room-member".into())]);
    steps.push(Step::Become(names[2].clone()));
    steps.push(Step::Expect("Hors séance".into()));
    steps.push(Step::Absent("classes 1".into()));
    steps.push(Step::Absent(Euros::whole(2_750).to_string()));
    steps.extend([Step::Audit, Step::Screenshot("room-out".into())]);
    steps.push(Step::Become(names[3].clone()));
    steps.push(Step::Tab("salle".into()));
    steps.push(Step::Expect(Euros::whole(2_750).to_string()));
    steps.extend([Step::Reflow, Step::Audit, Step::Screenshot("room-hall".into())]);
    steps.push(Step::Tab(String::new()));
    steps.push(Step::Choose("css=#champ-calcul".into(), "Classement strict".into()));
    steps.push(Step::Click("Calculer".into()));
    steps.push(Step::Expect("Scénarios côte à côte".into()));
    steps.extend([Step::Reflow, Step::Audit, Step::Screenshot("room-scenarios".into())]);
    browser.walk("room", &site.base, &steps).unwrap();
}

//! The reserve list after the results: money that comes free, the next file in order, its promotion and who says yes.

use super::{decided::Decided, field, text};
use crate::support::{
    databases::{TestDb, each_database, sqlite},
    programme::{Programme, assert_whole, closed, person},
    site::Site,
};
use std::{sync::Barrier, thread};
use tisserand::{
    domain::{
        decisions::Verdict,
        definitions::CallDefinition,
        ids::ApplicationId,
        journal::Stage,
        letters::LetterKind,
        lifecycles::{
            applications::ApplicationState,
            grants::{Grant, GrantEvent, GrantState},
        },
        messages::MessageKind,
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{Db, Entropy, StoreError, documents, grants, journal, messages},
    usecases::{
        Actor, Outcome, UseCaseError,
        advance::advance_now,
        decisions::{self, DecisionForm},
        promotions::{self, Candidate, PromotionForm, Reserve},
    },
};

/// One file awarded 2 500 € of an envelope of 4 000 €, three on the reserve list; the results are told.
fn told(db: TestDb) -> Decided {
    let small = |call: &mut CallDefinition| {
        call.envelope = Euros::whole(4_000);
        call.sources[0].amount = Euros::whole(4_000);
    };
    let verdicts = [Verdict::Award, Verdict::ReserveList, Verdict::ReserveList, Verdict::ReserveList];
    let decided = Decided::with(db, small, &verdicts).confirmed();
    decided.announce();
    decided
}

fn decline(decided: &Decided) {
    let (world, holder) = (&decided.world, &decided.applicants[0]);
    let grant = world.db.read(|conn| grants::of_application(conn, decided.files[0])).unwrap().unwrap().id;
    world.db.write(|tx| advance_now::<Grant>(tx, holder, grant, GrantEvent::Decline, closed())).unwrap();
}

fn reserve(world: &Programme, who: &Actor) -> Reserve {
    world.db.read(|conn| promotions::reserve(conn, who, &world.definition.reference, closed())).unwrap()
}

fn form(amount: &str, skipping: &str) -> PromotionForm {
    let motive = "Le comité l’avait classé premier de la liste.".to_owned();
    PromotionForm { amount: amount.into(), motive, skipping: skipping.into(), ..PromotionForm::default() }
}

fn propose_on(db: &Db, world: &Programme, file: ApplicationId, form: &PromotionForm) -> Outcome<bool> {
    let version = world.application(file).version;
    let candidate = Candidate { reference: &world.definition.reference, id: file, version };
    db.write(|tx| promotions::propose(tx, &world.officer, candidate, form, closed()))
}

fn propose(world: &Programme, file: ApplicationId, form: &PromotionForm) -> Outcome<bool> {
    propose_on(&world.db, world, file, form)
}

/// Confirms the only proposal that waits.
fn confirm(world: &Programme, who: &Actor, file: ApplicationId) -> Outcome<()> {
    let waiting = world.db.read(|conn| promotions::to_confirm(conn, &world.director, None, 10)).unwrap();
    let (id, version) = (waiting[0].0, world.application(file).version);
    world.db.write(|tx| promotions::confirm(tx, who, id, version, closed()))
}

fn balance(world: &Programme, stage: Stage) -> Euros {
    world.db.read(|conn| journal::balance(conn, stage, journal::Scope::Call(world.call))).unwrap()
}

fn fields(outcome: Outcome<bool>) -> Vec<String> {
    match outcome {
        Err(UseCaseError::Invalid(wrong)) => wrong.into_iter().map(|field| field.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn money_that_comes_free_goes_to_the_next_of_the_list_once_the_management_says_yes() {
    for db in each_database() {
        let decided = told(db);
        let (world, next) = (&decided.world, decided.files[1]);
        assert_eq!(reserve(world, &world.officer).left(), Euros::whole(1_500));
        decline(&decided);
        let list = reserve(world, &world.officer);
        assert_eq!((list.left(), list.freed.len(), list.freed[0].1), (Euros::whole(4_000), 1, Euros::whole(2_500)));
        let order: Vec<_> = list.files.iter().map(|file| (file.row.id, file.is_next)).collect();
        assert_eq!(order, [(next, true), (decided.files[2], false), (decided.files[3], false)]);
        assert!(propose(world, next, &form("3 000", "")).unwrap(), "it waits for the management");
        assert_eq!(world.application(next).state, ApplicationState::ReserveListed);
        assert_eq!(decided.told()[1], [MessageKind::ReserveList], "its people hear nothing yet");
        let list = reserve(world, &world.officer);
        assert_eq!((list.left(), list.files[1].is_next), (Euros::whole(1_000), true));
        confirm(world, &world.director, next).unwrap();
        assert_eq!(world.application(next).state, ApplicationState::Awarded);
        assert_eq!(decided.told()[1], [MessageKind::Award, MessageKind::ReserveList]);
        let letters = world.db.read(|conn| documents::of_subject(conn, next.as_str())).unwrap();
        assert_eq!(letters.last().unwrap().kind, LetterKind::Award);
        assert!(letters.last().unwrap().facts.contains("classé premier de la liste"));
        let grant = world.db.read(|conn| grants::of_application(conn, next)).unwrap().unwrap();
        assert_eq!((grant.amount_cents, grant.state), (Euros::whole(3_000), GrantState::Offered));
        assert_eq!(
            (balance(world, Stage::Envelope), balance(world, Stage::Committed)),
            (Euros::whole(1_000), Euros::whole(3_000))
        );
        assert_whole(&world.db);
    }
}

#[test]
fn passing_over_a_file_needs_a_written_reason_that_the_management_reads() {
    for db in each_database() {
        let decided = told(db);
        let (world, third) = (&decided.world, decided.files[3]);
        decline(&decided);
        assert_eq!(fields(propose(world, third, &form("2 000", " "))), ["ordre"]);
        assert_eq!(fields(propose(world, third, &PromotionForm::default())), ["montant", "motif", "ordre"]);
        propose(world, third, &form("2 000", "Les deux autres ont trouvé ailleurs.")).unwrap();
        let waiting = world.db.read(|conn| promotions::to_confirm(conn, &world.director, None, 10)).unwrap();
        let sheet = world.db.read(|conn| promotions::sheet(conn, &world.director, waiting[0].0, closed())).unwrap();
        assert_eq!(sheet.row.skipping, "Les deux autres ont trouvé ailleurs.");
        let passed: Vec<_> = sheet.passed.iter().map(|row| row.id).collect();
        assert_eq!(passed, [decided.files[1], decided.files[2]]);
        propose(world, decided.files[1], &form("1 000", "")).unwrap();
        assert!(propose(world, decided.files[1], &form("1 000", "")).is_err(), "proposed already");
    }
}

#[test]
fn two_officers_never_promise_the_same_money_twice() {
    for db in each_database() {
        let decided = told(db);
        let (world, start) = (&decided.world, Barrier::new(2));
        decline(&decided);
        let outcomes: Vec<Outcome<bool>> = thread::scope(|scope| {
            let runs: Vec<_> = [decided.files[1], decided.files[2]]
                .into_iter()
                .map(|file| {
                    let start = &start;
                    scope.spawn(move || {
                        let own = Db::open(world.db.url(), Entropy::System).unwrap();
                        start.wait();
                        propose_on(&own, world, file, &form("3 000", "Il peut commencer tout de suite."))
                    })
                })
                .collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 1), "{lost:?}");
        let left = Euros::whole(1_000);
        let said = lost[0].as_ref().unwrap_err().to_string();
        assert_eq!(said, format!("L’enveloppe de l’appel n’a plus que {left} de disponible."));
        let waiting = world.db.read(|conn| promotions::to_confirm(conn, &world.director, None, 10)).unwrap();
        assert_eq!(waiting.len(), 1);
        assert_whole(&world.db);
    }
}

#[test]
fn two_confirmations_at_once_award_once() {
    for db in each_database() {
        let decided = told(db);
        let (world, next, start) = (&decided.world, decided.files[1], Barrier::new(2));
        decline(&decided);
        propose(world, next, &form("3 000", "")).unwrap();
        let id = world.db.read(|conn| promotions::to_confirm(conn, &world.director, None, 10)).unwrap()[0].0;
        let version = world.application(next).version;
        let outcomes: Vec<Outcome<()>> = thread::scope(|scope| {
            let run = || {
                let own = Db::open(world.db.url(), Entropy::System).unwrap();
                start.wait();
                own.write(|tx| promotions::confirm(tx, &world.director, id, version, closed()))
            };
            let both = [scope.spawn(run), scope.spawn(run)];
            both.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        assert_eq!(decided.told()[1], [MessageKind::Award, MessageKind::ReserveList]);
        assert_eq!(balance(world, Stage::Committed), Euros::whole(3_000));
        assert_whole(&world.db);
    }
}

#[test]
fn after_the_results_no_officer_awards_alone_and_nobody_confirms_their_own_proposal() {
    let decided = told(sqlite());
    let (world, next) = (&decided.world, decided.files[1]);
    decline(&decided);
    let alone = DecisionForm {
        verdict: Verdict::Award,
        amount: "3 000".into(),
        motive: "Vite.".into(),
        conditions: String::new(),
    };
    let version = world.application(next).version;
    let refused = world.db.write(|tx| decisions::decide(tx, &world.officer, next, &alone, version, closed()));
    assert!(refused.unwrap_err().to_string().contains("depuis la liste d’attente"));
    propose(world, next, &form("3 000", "")).unwrap();
    let both = Actor { person: world.officer.person, roles: vec![Role::Officer, Role::Director] };
    assert!(confirm(world, &both, next).unwrap_err().to_string().contains("Une autre personne"));
    assert!(matches!(confirm(world, &world.officer, next), Err(UseCaseError::Store(StoreError::NotFound))));
    let id = world.db.read(|conn| promotions::to_confirm(conn, &world.director, None, 10)).unwrap()[0].0;
    let refuse = |why: &str| world.db.write(|tx| promotions::refuse(tx, &world.director, id, why, closed()));
    assert!(matches!(refuse(" "), Err(UseCaseError::Invalid(_))));
    refuse("Le partenaire s’est retiré.").unwrap();
    assert_eq!(world.application(next).state, ApplicationState::ReserveListed);
    let list = reserve(world, &world.officer);
    assert!(list.files[0].is_next && list.left() == Euros::whole(4_000), "the file stays on the list");
    let answers = world.db.read(|conn| promotions::answered(conn, &world.officer, world.call)).unwrap();
    assert_eq!(answers[0].0.answer, "Le partenaire s’est retiré.");
}

#[test]
fn an_offer_left_without_an_answer_is_closed_after_its_day_and_gives_its_money_back() {
    for db in each_database() {
        let decided = told(db);
        let (world, holder) = (&decided.world, &decided.applicants[0]);
        let grant = world.db.read(|conn| grants::of_application(conn, decided.files[0])).unwrap().unwrap();
        let day = grant.confirm_by.unwrap();
        let lapse =
            |now| world.db.write(|tx| advance_now::<Grant>(tx, &world.officer, grant.id, GrantEvent::Lapse, now));
        let early = lapse(Moment::end_of_day(day).plus_seconds(-1)).unwrap_err();
        assert_eq!(early.to_string(), "Le délai pour accepter court encore.");
        let late = Moment::end_of_day(day);
        let overdue = world
            .db
            .read(|conn| promotions::reserve(conn, &world.officer, &world.definition.reference, late))
            .unwrap()
            .overdue;
        assert_eq!(overdue.len(), 1, "the officer is shown whose answer did not come");
        lapse(late).unwrap();
        assert_eq!(balance(world, Stage::Envelope), Euros::whole(4_000));
        let accept = world.db.write(|tx| advance_now::<Grant>(tx, holder, grant.id, GrantEvent::Accept, late));
        assert!(accept.is_err(), "it is too late");
        let mails = world.db.read(|conn| messages::page(conn, None, None, 500)).unwrap();
        let told = mails.iter().find(|mail| mail.subject_line.starts_with("Offre close sans réponse")).unwrap();
        assert_eq!(told.recipient_id, holder.person);
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn the_pages_show_the_freed_sum_the_order_and_the_two_people() {
    let decided = told(sqlite());
    let (world, files) = (&decided.world, &decided.files);
    decline(&decided);
    let site = Site::over(&world.db, closed());
    let (officer, director) = (site.cookie_of(&world.officer), site.cookie_of(&world.director));
    let base = format!("/appels-a-projets/{}/reserve", world.definition.reference);
    let list = text(site.get(&officer, &base).await, 200).await;
    let freed = Euros::whole(2_500).to_string();
    assert!(list.contains(&freed) && list.contains("non acceptée") && list.contains("suivant"), "{list}");
    let page = format!("{base}/{}", files[2]);
    let html = text(site.get(&officer, &page).await, 200).await;
    let first = world.application(files[1]).reference;
    assert!(html.contains("Pourquoi avant les dossiers") && html.contains(&first), "{html}");
    let send = async |html: &str, order: &str| {
        let (version, token) = (field(html, "version"), field(html, "token"));
        let fields = [("version", version.as_str()), ("token", &token), ("montant", "2 000"), ("ordre", order)];
        site.post(&officer, &page, &[&fields[..], &[("motif", "Un beau projet.")]].concat()).await
    };
    let wrong = text(send(&html, "").await, 422).await;
    assert!(wrong.contains("passe avant") && wrong.contains("Un beau projet."), "{wrong}");
    assert_eq!(send(&wrong, "L’autre attend un partenaire.").await.status().as_u16(), 303);
    let home = text(site.get(&director, "/direction").await, 200).await;
    let at = home.find("/direction/promotions/").unwrap();
    let sheet = home[at..].split('"').next().unwrap().to_owned();
    let html = text(site.get(&director, &sheet).await, 200).await;
    for words in ["L’autre attend un partenaire.", "Lucie Hennebelle", &first, "Refuser la proposition"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let (version, token) = (field(&html, "version"), field(&html, "token"));
    let confirmed = site.post(&director, &sheet, &[("version", version.as_str()), ("token", token.as_str())]).await;
    assert_eq!(confirmed.status().as_u16(), 303);
    assert_eq!(world.application(files[2]).state, ApplicationState::Awarded);
    assert_eq!(site.get(&director, &sheet).await.status().as_u16(), 404, "answered once");
    let colleague = person(&world.db, "Paul Lemaire", Role::Officer);
    decided.recuse(&colleague, files[1]);
    let list = text(site.get(&site.cookie_of(&colleague), &base).await, 200).await;
    assert!(!list.contains(&first), "{list}");
    assert_eq!(site.get(&site.cookie_of(&colleague), &format!("{base}/{}", files[1])).await.status().as_u16(), 404);
}

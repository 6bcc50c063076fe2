//! One mail for one act: what is entrusted at once, or given up at once, is told of once, on a real mail server.

use crate::support::{
    databases::{TestDb, each_database, sqlite},
    programme::{Programme, assert_whole, closed, id, person},
    smtp::{Mail as Arrived, Sink},
};
use tempfile::TempDir;
use tisserand::{
    domain::{
        ids::{ApplicationId, PersonId},
        letters::Letter,
        lifecycles::messages::MessageState,
        messages::MessageKind,
        roles::Role,
    },
    mail::{Transport, Worker},
    store::{Files, Tx, messages as rows},
    usecases::{
        Actor, UseCaseError, assignments,
        clock::Clock,
        interests::{self, InterestsForm, TypedInterest},
        messages, recusals,
    },
};

/// A programme whose mails really leave.
struct Post {
    world: Programme,
    sink: Sink,
    folder: TempDir,
    clock: Clock,
}

impl Post {
    fn over(world: Programme) -> Self {
        Post { world, sink: Sink::open(), folder: TempDir::new().unwrap(), clock: Clock::at(closed()) }
    }

    fn on(db: TestDb) -> Self {
        Self::over(Programme::on(db))
    }

    /// What reaches these addresses in the next minutes.
    async fn after(&self, minutes: i64, who: &[&Actor]) -> Vec<Arrived> {
        self.clock.set(self.clock.now().plus_minutes(minutes));
        let before = self.sink.mails().len();
        let files = Files::local(self.folder.path()).unwrap();
        let from = "Lianes coopération <fonds@example.org>".parse().unwrap();
        let transport = Transport::smtp(&self.sink.url()).unwrap();
        let db: &tisserand::store::Db = &self.world.db;
        Worker::new(db.clone(), self.clock.clone(), files, transport, from, press).drain().await.unwrap();
        let addresses: Vec<_> = who.iter().map(|actor| self.address(actor)).collect();
        let mut arrived = self.sink.mails().split_off(before);
        arrived.retain(|mail| mail.to.iter().any(|to| addresses.contains(to)));
        arrived
    }

    fn address(&self, actor: &Actor) -> String {
        let found = self.world.db.read(|conn| tisserand::store::people::find(conn, id(actor))).unwrap();
        found.email.to_string()
    }

    fn entrust(&self, files: &[ApplicationId], members: &[PersonId]) -> usize {
        let place = |file: ApplicationId| {
            move |(place, member): (usize, &PersonId)| (assignments::field(file, place), file, *member)
        };
        let chosen: Vec<_> = files.iter().flat_map(|file| members.iter().enumerate().map(place(*file))).collect();
        let (world, due) = (&self.world, "2027-03-01".parse().ok());
        let reference = &world.definition.reference;
        let now = self.clock.now();
        world.db.write(|tx| assignments::apply(tx, &world.officer, reference, &chosen, due, now)).unwrap()
    }
}

fn press(_: &Letter) -> Result<Vec<u8>, String> {
    Ok(b"%PDF-1.4".to_vec())
}

fn eligible(world: &Programme, count: u32) -> Vec<ApplicationId> {
    let file = |number| {
        let (_, file) = world.filed(number, 1_000);
        world.eligible(file);
        file
    };
    (1..=count).map(file).collect()
}

#[tokio::test]
async fn forty_files_entrusted_to_three_readers_make_three_mails() {
    let post = Post::on(sqlite());
    let world = &post.world;
    let files = eligible(world, 40);
    let readers: Vec<&Actor> = world.members.iter().take(3).collect();
    let people: Vec<_> = readers.iter().map(|reader| id(reader)).collect();
    assert_eq!(post.entrust(&files, &people), 120);
    assert_eq!(post.after(9, &readers).await, [], "it waits for what may be entrusted next");
    let mails = post.after(1, &readers).await;
    assert_eq!(mails.len(), 3, "{:?}", mails.iter().map(Arrived::subject).collect::<Vec<_>>());
    for mail in &mails {
        assert_eq!(mail.subject(), "40 dossiers à lire avant le 1er\u{a0}mars 2027");
        let text = mail.text();
        for file in &files {
            assert!(text.contains(&world.application(*file).reference), "{text}");
        }
        assert!(text.contains("Un océan, deux classes 40") && text.contains("/comite"), "{text}");
    }
    assert_eq!(post.after(60, &readers).await, [], "sent once");
    assert_whole(&world.db);
}

#[tokio::test]
async fn a_list_names_no_one_to_a_reader_who_reads_without_names() {
    let post = Post::over(Programme::with(sqlite(), |call| call.grid.blind = true));
    let world = &post.world;
    let files = eligible(world, 2);
    let reader = &world.members[0];
    assert_eq!(post.entrust(&files, &[id(reader)]), 2);
    let mails = post.after(10, &[reader]).await;
    assert_eq!(mails.len(), 1);
    assert!(!mails[0].raw.contains("Passerelles") && !mails[0].text().contains("Passerelles"), "{}", mails[0].text());
}

#[tokio::test]
async fn a_declaration_that_gives_up_many_files_tells_the_team_once() {
    let post = Post::on(sqlite());
    let world = &post.world;
    let files = eligible(world, 6);
    let reader = &world.members[0];
    assert_eq!(post.entrust(&files, &[id(reader)]), 6);
    post.after(10, &[]).await;
    // They work for each of the six.
    let line = |number: u32| TypedInterest {
        organisation: format!("Passerelles {number}"),
        bond: "employer".into(),
        ..TypedInterest::default()
    };
    let form = InterestsForm { answer: "liens".into(), lines: (1..=6).map(line).collect(), ..InterestsForm::default() };
    world.db.write(|tx| interests::declare(tx, reader, &form, None, post.clock.now())).unwrap();
    let mails = post.after(1, &[&world.officer]).await;
    assert_eq!(mails.len(), 1, "{:?}", mails.iter().map(Arrived::subject).collect::<Vec<_>>());
    assert_eq!(mails[0].subject(), "À réattribuer\u{a0}: 6\u{a0}lectures");
    let text = mails[0].text();
    assert!(files.iter().all(|file| text.contains(&world.application(*file).reference)), "{text}");
    assert!(text.contains("Claire Vanhoutte se déporte"), "{text}");
}

#[test]
fn for_a_keeper_of_the_outbox_who_is_recused_a_mail_about_that_file_alone_does_not_exist() {
    for db in each_database() {
        let world = Programme::on(db);
        let files = eligible(&world, 2);
        let keeper = person(&world.db, "Ada Admin", Role::Admin);
        let reader = &world.members[0];
        for file in &files {
            world.assign(*file, reader).unwrap();
        }
        let recuse = |person: PersonId, file: ApplicationId| {
            let declare =
                |tx: &mut Tx| recusals::declare_conflict(tx, &world.officer, person, file, "Sa sœur", closed());
            world.db.write(declare).unwrap();
        };
        recuse(id(&keeper), files[0]);
        let seen = || {
            let seen = world.db.read(|conn| {
                let hidden = messages::hidden_from(conn, &keeper)?;
                Ok::<_, UseCaseError>(rows::page_without(conn, &hidden, None, None, 500)?)
            });
            seen.unwrap().into_iter().filter(|mail| mail.kind == MessageKind::ReviewGivenUp).count()
        };
        recuse(id(reader), files[0]);
        let all = world.db.read(|conn| rows::in_state(conn, MessageState::Queued, 500)).unwrap();
        let mail = all.iter().find(|mail| mail.kind == MessageKind::ReviewGivenUp).unwrap();
        assert_eq!(seen(), 0);
        assert!(world.db.read(|conn| messages::find(conn, &keeper, mail.id)).is_err());
        recuse(id(reader), files[1]);
        assert_eq!(seen(), 1, "of the other file there is one");
        assert!(files.iter().all(|file| !mail.facts.contains(&world.application(*file).reference)), "{}", mail.facts);
    }
}

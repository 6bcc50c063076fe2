//! One mail for what is entrusted to a reader within a while, with what they may know of it as it leaves.

use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, assert_whole, closed, id, open, person},
};
use diesel::connection::SimpleConnection;
use std::collections::BTreeMap;
use tisserand::{
    domain::{
        ids::{ApplicationId, PersonId},
        lifecycles::messages::MessageState,
        messages::{Mail, MessageKind},
        roles::Role,
    },
    store::{
        StoreError, Tx,
        messages::{self as rows, MessageRow},
        recusals::{self as recused, RecusalRow},
        reviews,
    },
    usecases::{
        Actor, Outcome, answers, applications, assignments,
        entrustments::{self, GATHERING_MINUTES},
        messages::{self, Claimed},
        recusals, retention,
    },
};

/// The mails that entrust files, the newest first.
fn told(world: &Programme) -> Vec<MessageRow> {
    let mut mails = world.db.read(|conn| rows::page(conn, None, None, 5_000)).unwrap();
    mails.retain(|mail| mail.kind == MessageKind::ReviewAssigned);
    mails
}

/// Entrusts these files by one act.
fn entrust(world: &Programme, pairs: &[(ApplicationId, &Actor)]) -> Outcome<usize> {
    let numbered = pairs.iter().enumerate();
    let chosen: Vec<_> =
        numbered.map(|(place, (file, member))| (assignments::field(*file, place), *file, id(member))).collect();
    let (reference, due) = (&world.definition.reference, "2027-03-15".parse().ok());
    world.db.write(|tx| assignments::apply(tx, &world.officer, reference, &chosen, due, closed()))
}

fn eligible(world: &Programme, number: u32) -> ApplicationId {
    let (_, file) = world.filed(number, 1_000);
    world.eligible(file);
    file
}

fn names(world: &Programme, text: &str, file: ApplicationId) -> bool {
    text.contains(&format!("\"{}\"", world.application(file).reference))
}

/// What a mail would say if it left now.
fn said(world: &Programme, mail: &MessageRow) -> Mail {
    world.db.read(|conn| entrustments::composed(conn, mail)).unwrap().unwrap()
}

fn words(mail: &Mail) -> String {
    serde_json::to_string(mail).unwrap()
}

/// The mails that entrust files and leave once they have waited for more.
fn leave(world: &Programme) -> Vec<Claimed> {
    let later = closed().plus_minutes(GATHERING_MINUTES);
    let mut left = world.db.write(|tx| messages::claim(tx, later, 500)).unwrap();
    left.retain(|mail| mail.row.kind == MessageKind::ReviewAssigned);
    left
}

#[test]
fn forty_files_and_three_readers_make_three_mails() {
    for db in each_database() {
        let world = Programme::on(db);
        let files: Vec<_> = (1..=40).map(|number| eligible(&world, number)).collect();
        let pairs: Vec<_> = files.iter().enumerate().map(|(n, file)| (*file, &world.members[n % 3])).collect();
        assert_eq!(entrust(&world, &pairs).unwrap(), 40);
        let mails = told(&world);
        assert_eq!(mails.len(), 3);
        for (place, member) in world.members[..3].iter().enumerate() {
            let mail = mails.iter().find(|mail| mail.recipient_id == member.person).unwrap();
            let (count, said) = (if place == 0 { 14 } else { 13 }, said(&world, mail));
            assert_eq!(said.subject, format!("{count} dossiers à lire avant le 15\u{a0}mars 2027"));
            for (file, reader) in &pairs {
                assert_eq!(names(&world, &words(&said), *file), reader.person == member.person, "{said:?}");
                assert!(!names(&world, &mail.facts, *file), "the outbox names no file: {}", mail.facts);
            }
            assert_eq!(said.action.unwrap().path, "/comite");
            assert_eq!(said.facts.len(), count + 1, "the call, then each file");
        }
        assert!(entrust(&world, &pairs).is_err(), "a second click finds them entrusted");
        assert_eq!(told(&world).len(), 3);
        assert_whole(&world.db);
    }
}

#[test]
fn files_given_by_hand_one_after_the_other_are_one_mail() {
    for db in each_database() {
        let world = Programme::on(db);
        let files: Vec<_> = (1..=4).map(|number| eligible(&world, number)).collect();
        let reader = &world.members[0];
        let give = |file: ApplicationId, due: Option<&str>, minutes: i64| {
            let (due, now) = (due.map(|day| day.parse().unwrap()), closed().plus_minutes(minutes));
            let assign = |tx: &mut Tx| assignments::assign(tx, &world.officer, file, id(reader), due, now);
            world.db.write(assign).unwrap();
        };
        give(files[0], Some("2027-03-15"), 0);
        let alone = said(&world, &told(&world)[0]);
        assert!(alone.subject.ends_with(&world.application(files[0]).reference), "{}", alone.subject);
        let soon = world.db.write(|tx| messages::claim(tx, closed().plus_minutes(GATHERING_MINUTES - 1), 500)).unwrap();
        assert!(soon.iter().all(|mail| mail.row.kind != MessageKind::ReviewAssigned), "it waits for more");
        give(files[1], Some("2027-03-12"), 3);
        give(files[2], None, 9);
        assert_eq!(told(&world).len(), 1);
        let left = leave(&world);
        assert_eq!(left.len(), 1, "it does not wait longer for each");
        let mail = &left[0].mail;
        assert_eq!(mail.subject, "3 dossiers à lire, le premier avant le 12\u{a0}mars 2027");
        assert!(files[..3].iter().all(|file| names(&world, &words(mail), *file)), "{mail:?}");
        give(files[3], None, 11);
        assert_eq!(told(&world).len(), 2, "what has left is not added to");
        assert_whole(&world.db);
    }
}

#[test]
fn what_is_proposed_for_a_call_and_again_after_a_recusal_is_one_mail_for_each_reader() {
    for db in each_database() {
        let world = Programme::on(db);
        let files: Vec<_> = (1..=4).map(|number| eligible(&world, number)).collect();
        let propose = || {
            let act = |tx: &mut Tx| assignments::assign_proposed(tx, &world.officer, world.call, None, closed());
            world.db.write(act).unwrap()
        };
        assert_eq!(propose(), 8, "two readers for each file");
        let first = told(&world);
        let listed: Vec<_> = first.iter().map(|mail| (mail.recipient_id, words(&said(&world, mail)))).collect();
        let readers: Vec<_> = world.members.iter().map(|member| member.person).collect();
        let of = |mails: &[MessageRow], reader: Option<PersonId>| {
            mails.iter().filter(|mail| mail.recipient_id == reader).count()
        };
        assert!(readers.iter().all(|reader| of(&first, *reader) <= 1), "{first:?}");
        assert_eq!(propose(), 0);
        assert_eq!(told(&world).len(), first.len(), "nothing lacks a reader, nobody is told");
        let reader = world
            .members
            .iter()
            .find(|member| listed.iter().any(|(who, said)| *who == member.person && names(&world, said, files[0])));
        let reader = reader.unwrap();
        assert_eq!(leave(&world).len(), first.len());
        let declare = |tx: &mut Tx| recusals::declare_conflict(tx, reader, id(reader), files[0], "Ma sœur", closed());
        world.db.write(declare).unwrap();
        assert_eq!(propose(), 1);
        let mails = told(&world);
        assert_eq!(mails.len(), first.len() + 1);
        let more: Vec<_> = mails.iter().filter(|mail| first.iter().all(|known| known.id != mail.id)).collect();
        let said = words(&said(&world, more[0]));
        assert!(more[0].recipient_id != reader.person && names(&world, &said, files[0]), "{said}");
        assert_whole(&world.db);
    }
}

#[test]
fn a_file_its_reader_is_kept_away_from_leaves_the_list_before_the_mail_does() {
    for db in each_database() {
        let world = Programme::on(db);
        let files: Vec<_> = (1..=3).map(|number| eligible(&world, number)).collect();
        let (one, other) = (&world.members[0], &world.members[1]);
        let pairs = [(files[0], one), (files[1], one), (files[2], one), (files[0], other)];
        entrust(&world, &pairs).unwrap();
        for member in [one, other] {
            let declare =
                |tx: &mut Tx| recusals::declare_conflict(tx, member, id(member), files[0], "J’y siège", closed());
            world.db.write(declare).unwrap();
        }
        let left = leave(&world);
        assert_eq!(left.len(), 1, "nothing is left to say to the other");
        let said = words(&left[0].mail);
        assert!(!names(&world, &said, files[0]) && names(&world, &said, files[1]), "{said}");
        assert_eq!(left[0].mail.subject, "2 dossiers à lire avant le 15\u{a0}mars 2027");
        let kept = told(&world).into_iter().find(|mail| mail.recipient_id == other.person).unwrap();
        assert_eq!(kept.state, MessageState::Cancelled);
        assert_whole(&world.db);
    }
}

/// Makes a mail what it was when its own words listed its files: about the first review it gives.
fn as_before(world: &Programme, mail: &MessageRow, file: ApplicationId, reader: PersonId) {
    let review = world.db.read(|conn| reviews::of(conn, file, reader)).unwrap().unwrap().id;
    let facts = words(&said(world, mail)).replace('\'', "''");
    let sql = format!("UPDATE messages SET about_id = '{review}', facts = '{facts}' WHERE id = '{}'", mail.id);
    world.db.write(|tx| Ok::<_, StoreError>(tx.conn().batch_execute(&sql)?)).unwrap();
}

#[test]
fn a_list_says_nothing_of_a_file_that_must_not_exist_for_whoever_keeps_the_outbox() {
    for db in each_database() {
        let world = Programme::on(db);
        let files: Vec<_> = (1..=3).map(|number| eligible(&world, number)).collect();
        let [one, other, third, _] = &world.members[..] else { panic!("four members") };
        entrust(&world, &[(files[0], one), (files[1], one), (files[0], other), (files[1], third)]).unwrap();
        entrust(&world, &[(files[2], one)]).unwrap();
        let admin = person(&world.db, "Ada Admin", Role::Admin);
        let recuse = |tx: &mut Tx| {
            let row = RecusalRow {
                id: tx.mint(open())?,
                person_id: id(&admin),
                application_id: files[1],
                reason: "Ma sœur y travaille".into(),
                declared_by: id(&admin),
                declared_at: open(),
            };
            recused::insert(tx, &row)
        };
        world.db.write(recuse).unwrap();
        let seen = || {
            let hidden = world.db.read(|conn| messages::hidden_from(conn, &admin)).unwrap();
            let seen = world.db.read(|conn| rows::page_without(conn, &hidden, None, None, 5_000)).unwrap();
            let counts = world.db.read(|conn| rows::counts(conn, &hidden)).unwrap();
            let count: i64 = counts.into_iter().map(|(_, count)| count).sum();
            assert_eq!(count, i64::try_from(seen.len()).unwrap(), "the count tells no more than the list");
            assert!(seen.iter().all(|mail| !names(&world, &mail.facts, files[1])));
            let of = seen.into_iter().filter(|mail| mail.kind == MessageKind::ReviewAssigned);
            of.map(|mail| mail.recipient_id).collect::<Vec<_>>()
        };
        let found = seen();
        assert!(found.len() == 2 && !found.contains(&third.person), "what tells of that file alone is not there");
        let mails = told(&world);
        for mail in &mails {
            let found = world.db.read(|conn| messages::find(conn, &admin, mail.id));
            assert_eq!(found.is_ok(), mail.recipient_id != third.person, "{}", mail.facts);
        }
        let mail = mails.iter().find(|mail| mail.recipient_id == one.person).unwrap();
        as_before(&world, mail, files[0], id(one));
        assert_eq!(seen(), [other.person], "a mail whose own words name it is not there either");
    }
}

#[test]
fn a_list_of_a_blind_call_names_no_organisation() {
    let world = Programme::with(sqlite(), |call| call.grid.blind = true);
    let named = |number: u32| {
        let (applicant, file) = world.complete(number, 3_000);
        let typed = BTreeMap::from([("titre".to_owned(), format!("Le jardin de PASSERELLES {number}"))]);
        let sections = world.definition.sections.iter();
        let mut sections = sections.filter(|section| section.questions.iter().any(|question| question.code == "titre"));
        let section = sections.next().unwrap();
        let save = |tx: &mut Tx| answers::save_section(tx, &applicant, file, &section.code, &typed, open());
        assert_eq!(world.db.write(save).unwrap(), []);
        world.submit(&applicant, file);
        world.eligible(file);
        assert!(world.application(file).title.contains("PASSERELLES"));
        file
    };
    let files = [named(1), named(2)];
    let member = &world.members[0];
    entrust(&world, &[(files[0], member), (files[1], member)]).unwrap();
    let mails = told(&world);
    let [mail] = &mails[..] else { panic!("{} mails", mails.len()) };
    let left = leave(&world).into_iter().find(|left| left.row.id == mail.id).unwrap();
    let said = words(&left.mail);
    assert!(files.iter().all(|file| names(&world, &said, *file)) && said.contains("nom masqué"), "{said}");
    assert!(!said.contains("PASSERELLES") && !said.contains("Passerelles"), "{said}");
}

#[test]
fn no_list_is_left_of_a_file_whose_time_is_over() {
    for db in each_database() {
        let world = Programme::on(db);
        let (holder, file) = world.filed(1, 1_000);
        world.eligible(file);
        let (other, member) = (eligible(&world, 2), &world.members[0]);
        entrust(&world, &[(other, member), (file, member)]).unwrap();
        as_before(&world, &told(&world)[0], other, id(member));
        let another = &world.members[1];
        entrust(&world, &[(other, another), (file, another)]).unwrap();
        let later = closed().plus_minutes(GATHERING_MINUTES);
        let send = |tx: &mut Tx| -> Outcome<()> {
            for one in messages::claim(tx, later, 500)? {
                messages::record_sent(tx, one.row.id, one.version, later)?;
            }
            Ok(())
        };
        world.db.write(send).unwrap();
        let version = world.application(file).version;
        world.db.write(|tx| applications::withdraw(tx, &holder, file, version, closed())).unwrap();
        let later = closed().plus_days(3 * 365);
        let due = world.db.read(|conn| retention::due_applications(conn, None, later)).unwrap();
        assert!(due.contains(&file) && !due.contains(&other));
        world.db.write(|tx| retention::erase_application(tx, file, later)).unwrap();
        let mails = told(&world);
        assert_eq!(mails.iter().filter(|mail| mail.subject_line.is_empty()).count(), 1, "{mails:?}");
        for mail in mails {
            assert!(!names(&world, &mail.facts, file) && !mail.facts.contains("classes 1"), "{mail:?}");
        }
        assert_whole(&world.db);
    }
}

//! One mail for each act that entrusts files to a reader, with what they may know of them.

use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, assert_whole, closed, id, open, person},
};
use std::collections::BTreeMap;
use tisserand::{
    domain::{
        ids::{ApplicationId, PersonId},
        lifecycles::messages::MessageState,
        messages::{Mail, MessageKind},
        roles::Role,
    },
    store::{
        Tx,
        messages::{self as rows, MessageRow},
        recusals::{self as recused, RecusalRow},
    },
    usecases::{Actor, Outcome, answers, applications, assignments, messages, recusals, retention},
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
            let count = if place == 0 { 14 } else { 13 };
            assert_eq!(mail.subject_line, format!("{count} dossiers à lire avant le 15\u{a0}mars 2027"));
            for (file, reader) in &pairs {
                assert_eq!(names(&world, &mail.facts, *file), reader.person == member.person, "{}", mail.facts);
            }
            let said: Mail = serde_json::from_str(&mail.facts).unwrap();
            assert_eq!(said.action.unwrap().path, "/comite");
            assert_eq!(said.facts.len(), count + 1, "the call, then each file");
        }
        assert!(entrust(&world, &pairs).is_err(), "a second click finds them entrusted");
        assert_eq!(told(&world).len(), 3);
        world.assign(files[0], &world.members[3]).unwrap();
        let mails = told(&world);
        assert_eq!(mails.len(), 4, "by hand, later: one more");
        let by_hand = mails.iter().find(|mail| mail.recipient_id == world.members[3].person).unwrap();
        let reference = world.application(files[0]).reference;
        assert_eq!(by_hand.subject_line, format!("À évaluer\u{a0}: {reference}"));
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
        let readers: Vec<_> = world.members.iter().map(|member| member.person).collect();
        let of = |mails: &[MessageRow], reader: Option<PersonId>| {
            mails.iter().filter(|mail| mail.recipient_id == reader).count()
        };
        assert!(readers.iter().all(|reader| of(&first, *reader) <= 1), "{first:?}");
        assert_eq!(propose(), 0);
        assert_eq!(told(&world).len(), first.len(), "nothing lacks a reader, nobody is told");
        let reader = world.members.iter().find(|member| {
            first.iter().any(|mail| mail.recipient_id == member.person && names(&world, &mail.facts, files[0]))
        });
        let reader = reader.unwrap();
        let declare = |tx: &mut Tx| recusals::declare_conflict(tx, reader, id(reader), files[0], "Ma sœur", closed());
        world.db.write(declare).unwrap();
        assert_eq!(propose(), 1);
        let mails = told(&world);
        assert_eq!(mails.len(), first.len() + 1);
        let more: Vec<_> = mails.iter().filter(|mail| first.iter().all(|known| known.id != mail.id)).collect();
        assert!(more[0].recipient_id != reader.person && names(&world, &more[0].facts, files[0]));
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
        let left = world.db.write(|tx| messages::claim(tx, closed(), 500)).unwrap();
        let left: Vec<_> = left.into_iter().filter(|mail| mail.row.kind == MessageKind::ReviewAssigned).collect();
        assert_eq!(left.len(), 1, "nothing is left to say to the other");
        let said = serde_json::to_string(&left[0].mail).unwrap();
        assert!(!names(&world, &said, files[0]) && names(&world, &said, files[1]), "{said}");
        assert_eq!(left[0].mail.subject, "2 dossiers à lire avant le 15\u{a0}mars 2027");
        let kept = told(&world).into_iter().find(|mail| mail.recipient_id == other.person).unwrap();
        assert_eq!(kept.state, MessageState::Cancelled);
        assert_whole(&world.db);
    }
}

#[test]
fn a_list_with_a_file_that_must_not_exist_for_somebody_does_not_exist_for_them() {
    for db in each_database() {
        let world = Programme::on(db);
        let files: Vec<_> = (1..=3).map(|number| eligible(&world, number)).collect();
        let (one, other) = (&world.members[0], &world.members[1]);
        entrust(&world, &[(files[0], one), (files[1], one), (files[0], other)]).unwrap();
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
        let hidden = world.db.read(|conn| messages::hidden_from(conn, &admin)).unwrap();
        let seen = world.db.read(|conn| rows::page_without(conn, &hidden, None, None, 5_000)).unwrap();
        assert!(seen.iter().all(|mail| !names(&world, &mail.facts, files[1])));
        let count = |hidden: &[String]| -> i64 {
            world.db.read(|conn| rows::counts(conn, hidden)).unwrap().into_iter().map(|(_, count)| count).sum()
        };
        assert_eq!(count(&hidden), i64::try_from(seen.len()).unwrap(), "the count tells no more than the list");
        for mail in told(&world) {
            let found = world.db.read(|conn| messages::find(conn, &admin, mail.id));
            assert_eq!(found.is_ok(), !names(&world, &mail.facts, files[1]), "{}", mail.facts);
        }
        assert_eq!(seen.iter().filter(|mail| mail.kind == MessageKind::ReviewAssigned).count(), 2);
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
    let left = world.db.write(|tx| messages::claim(tx, closed(), 500)).unwrap();
    let left = left.into_iter().find(|left| left.row.id == mail.id).unwrap();
    for said in [&mail.facts, &serde_json::to_string(&left.mail).unwrap()] {
        assert!(files.iter().all(|file| names(&world, said, *file)) && said.contains("nom masqué"), "{said}");
        assert!(!said.contains("PASSERELLES") && !said.contains("Passerelles"), "{said}");
    }
}

#[test]
fn a_list_goes_with_the_first_of_its_files_whose_time_is_over() {
    for db in each_database() {
        let world = Programme::on(db);
        let (holder, file) = world.filed(1, 1_000);
        world.eligible(file);
        let (other, member) = (eligible(&world, 2), &world.members[0]);
        entrust(&world, &[(other, member), (file, member)]).unwrap();
        let send = |tx: &mut Tx| -> Outcome<()> {
            for one in messages::claim(tx, closed(), 500)? {
                messages::record_sent(tx, one.row.id, one.version, closed())?;
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
        assert!(mails.len() == 1 && mails[0].subject_line.is_empty(), "{mails:?}");
        assert!(!names(&world, &mails[0].facts, file) && !mails[0].facts.contains("classes 1"), "{mails:?}");
        assert_whole(&world.db);
    }
}

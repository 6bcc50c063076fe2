//! What is said of a file because of another one of its organisation: the ceiling of an agreement counts what its other files
//! take, and a hidden file is in no figure and in no checklist.

use crate::support::{
    databases::{TestDb, each_database},
    programme::{Programme, closed, id, person},
};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::{
        decisions::Verdict,
        eligibility::{Rule, Verdict as Judged},
        ids::{ApplicationId, SessionId},
        money::Euros,
        roles::Role,
    },
    store::{StoreError, Tx},
    usecases::{
        Actor, admissions,
        decisions::{self, DecisionForm},
        eligibility, recusals,
        rooms::{self, ProposalForm},
    },
};

/// Two files of one organisation, which may have 4 000 € from each agreement.
fn room(db: TestDb) -> (Programme, [ApplicationId; 2], SessionId) {
    let world = Programme::on(db);
    let files = [world.in_review(1, 3_000).1, world.in_review(2, 3_000).1];
    let sql = format!(
        "UPDATE funding_sources SET beneficiary_ceiling_cents = 400000;
         UPDATE applications SET organisation_id = (SELECT organisation_id FROM applications WHERE id = '{}')
         WHERE id = '{}'",
        files[0], files[1]
    );
    world.db.write(|tx| tx.conn().batch_execute(&sql).map_err(StoreError::from)).unwrap();
    let session = world.session();
    (world, files, session)
}

fn propose(world: &Programme, session: SessionId, file: ApplicationId, amount: &str) {
    let form = ProposalForm { verdict: Some(Verdict::Award), amount: amount.into() };
    world.db.write(|tx| rooms::propose(tx, &world.officer, session, file, None, &form)).unwrap();
}

/// What the room says to somebody of a file.
fn objections(world: &Programme, who: &Actor, session: SessionId, file: ApplicationId) -> String {
    let room = world.db.read(|conn| rooms::for_team(conn, who, session)).unwrap();
    room.cut.line(file).unwrap().objections.join(" ")
}

fn at_most(euros: i64) -> String {
    format!("peut encore recevoir à {}.", Euros::whole(euros))
}

#[test]
fn proposals_for_one_organisation_add_up_under_its_ceiling() {
    for db in each_database() {
        let (world, [first, second], session) = room(db);
        propose(&world, session, first, "2 500");
        assert!(!objections(&world, &world.officer, session, first).contains("recevoir"), "alone it fits");
        propose(&world, session, second, "2 500");
        for file in [first, second] {
            let said = objections(&world, &world.officer, session, file);
            assert!(said.contains(&at_most(1_500)), "{said}");
        }
    }
}

#[test]
fn what_an_organisation_was_awarded_for_a_hidden_file_is_in_no_figure() {
    for db in each_database() {
        let (world, [first, second], session) = room(db);
        let form = DecisionForm {
            verdict: Verdict::Award,
            amount: "3 000".into(),
            motive: "Solide.".into(),
            conditions: String::new(),
        };
        let version = world.application(first).version;
        world.db.write(|tx| decisions::decide(tx, &world.officer, first, &form, version, closed())).unwrap();
        let colleague = person(&world.db, "Paul Lemaire", Role::Officer);
        let declare =
            |tx: &mut Tx| recusals::declare_conflict(tx, &colleague, id(&colleague), first, "Ma sœur", closed());
        world.db.write(declare).unwrap();
        propose(&world, session, second, "2 000");
        let said = objections(&world, &world.officer, session, second);
        assert!(said.contains(&at_most(1_000)) && said.contains("Un autre projet"), "{said}");
        let said = objections(&world, &colleague, session, second);
        assert!(!said.contains("recevoir") && !said.contains("Un autre projet"), "{said}");
    }
}

#[test]
fn a_checklist_counts_no_file_that_is_hidden_from_its_reader() {
    for db in each_database() {
        let world = Programme::with(db, |call| call.eligibility.push(Rule::FilesPerCall { most: 1 }));
        let files = [world.filed(1, 3_000).1, world.filed(2, 3_000).1];
        let sql = format!(
            "UPDATE applications SET organisation_id = (SELECT organisation_id FROM applications WHERE id = '{}')
             WHERE id = '{}'",
            files[0], files[1]
        );
        world.db.write(|tx| tx.conn().batch_execute(&sql).map_err(StoreError::from)).unwrap();
        let colleague = person(&world.db, "Paul Lemaire", Role::Officer);
        let is_one_too_many = |who: &Actor, file: ApplicationId| {
            let found = world.db.read(|conn| eligibility::checklist(conn, who, file, closed())).unwrap();
            let (_, finding) = found.into_iter().find(|(rule, _)| *rule == Rule::FilesPerCall { most: 1 }).unwrap();
            let waiting = world.db.read(|conn| admissions::waiting(conn, who, None, closed())).unwrap();
            let together = waiting.into_iter().find(|checked| checked.row.id == file).unwrap();
            assert!(together.findings.contains(&finding), "the page of the file and the list say the same");
            finding.verdict == Judged::NotMet
        };
        let [first, second] = files;
        let is_second_late = is_one_too_many(&world.officer, second);
        let (early, late) = if is_second_late { (first, second) } else { (second, first) };
        assert!(is_one_too_many(&world.officer, late) && is_one_too_many(&colleague, late));
        let declare =
            |tx: &mut Tx| recusals::declare_conflict(tx, &colleague, id(&colleague), early, "Ma sœur", closed());
        world.db.write(declare).unwrap();
        assert!(!is_one_too_many(&colleague, late), "for them there is one");
        assert!(is_one_too_many(&world.officer, late));
    }
}

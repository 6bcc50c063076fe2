//! The checks see who did what they must not: a form that filed twice, a file met after a recusal, two duties in one hand.

use crate::support::{databases::each_database, grants::Paying};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::money::Euros,
    store::{StoreError, guards},
    usecases::{UseCaseError, integrity},
};

const FORMS: &str = "one submission per idempotency key";
const AWAY: &str = "nobody recused was given the file";
const APART: &str = "whoever prepared, authorised or entered";
const LAST: &str = "what a payment needs came before it";

/// A call announced with one grant whose advance is paid.
fn each_world() -> Vec<Paying> {
    let world = |db| {
        let (paying, grantee) = Paying::granted(db, "Les Passeurs", Euros::whole(10_000));
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        paying.check();
        paying
    };
    each_database().into_iter().map(world).collect()
}

/// What the promise of this name counts, looked at and broken, once the rows were changed behind its back; the change is
/// undone afterwards.
fn counted(paying: &Paying, begins: &str, sql: &str) -> (i64, i64) {
    let mut counts = None;
    let undone: Result<(), _> = paying.db.write(|tx| {
        guards::lift(tx.conn())?;
        tx.conn().batch_execute(sql).map_err(StoreError::from)?;
        let promises = integrity::check(tx.conn(), None, &mut |_| {})?;
        counts =
            promises.iter().find(|promise| promise.name.starts_with(begins)).map(|promise| &promise.tally).cloned();
        Err(UseCaseError::Store(StoreError::NotFound))
    });
    assert!(undone.is_err());
    let tally = counts.unwrap();
    (tally.checked, tally.broken)
}

fn broken(paying: &Paying, begins: &str, sql: &str) -> i64 {
    counted(paying, begins, sql).1
}

/// The line of the history with which the awarded application was filed.
const FILED: &str = "event = 'submit' AND subject_id = (SELECT id FROM applications WHERE state = 'awarded')";

#[test]
fn a_form_that_filed_twice_or_not_at_all_is_seen() {
    for paying in each_world() {
        let answered = |at: &str| {
            format!(
                "INSERT INTO form_tokens (token, person_id, route, body_digest, answer, answered_at)
                 SELECT 'cle', (SELECT MIN(id) FROM people), '/dossiers/' || subject_id || '/depot', '', '', {at} FROM transitions
                 WHERE {FILED};"
            )
        };
        let again = format!(
            "INSERT INTO transitions (seq, machine, subject_id, edge_id, from_state, event, to_state, actor_id, role,
               reason, at, previous_hash, hash)
             SELECT (SELECT MAX(seq) + 1 FROM transitions), machine, subject_id, edge_id, from_state, event, to_state,
               actor_id, role, reason, at, 'x', 'y' FROM transitions WHERE {FILED};"
        );
        assert_eq!(counted(&paying, FORMS, &answered("at")), (1, 0), "one form, one filing");
        let twice = format!("{}{again}", answered("at"));
        assert_eq!(counted(&paying, FORMS, &twice), (1, 1), "one form filed twice");
        assert_eq!(counted(&paying, FORMS, &answered("'2020-01-01 00:00:00'")), (1, 1), "a form filed nothing");
        paying.check();
    }
}

/// What a person, written as SQL, is told of the awarded file or does to it.
fn faults_of(person: &str) -> [(&'static str, String); 4] {
    [
        (
            "a mail about it",
            format!(
                "UPDATE messages SET recipient_id = {person}, kind = 'piece_provided',
                   about_id = (SELECT id FROM applications WHERE state = 'awarded')
                 WHERE id = (SELECT MIN(id) FROM messages);"
            ),
        ),
        (
            "a review given",
            format!(
                "INSERT INTO reviews (id, call_id, application_id, person_id, opinion, state, version, state_at,
                   created_at)
                 SELECT 'r', call_id, id, {person}, '', 'assigned', 0, state_at, state_at FROM applications
                 WHERE state = 'awarded';"
            ),
        ),
        (
            "a condition judged",
            format!(
                "INSERT INTO judgements (application_id, rule_code, number, is_met, sentence, note, basis, judged_by,
                   judged_at)
                 SELECT id, 'regle', 99, TRUE, '', '', '', {person}, state_at FROM applications
                 WHERE state = 'awarded';"
            ),
        ),
        (
            "a message written",
            format!(
                "INSERT INTO exchanges (id, application_id, number, side, author_id, body, written_at)
                 SELECT 'e', id, 99, 'team', {person}, '', state_at FROM applications WHERE state = 'awarded';"
            ),
        ),
    ]
}

#[test]
fn what_reaches_somebody_recused_is_seen() {
    for paying in each_world() {
        // Each time the person had been recused from the awarded file long before.
        let recused = |person: &str| {
            format!(
                "INSERT INTO recusals (id, person_id, application_id, reason, declared_by, declared_at)
                 SELECT 'x', {person}, id, '', {person}, '2020-01-01 00:00:00' FROM applications
                 WHERE state = 'awarded';"
            )
        };
        let (officer, finance) = (paying.officer.person.unwrap(), paying.finance.person.unwrap());
        let (officer, finance) = (format!("'{officer}'"), format!("'{finance}'"));
        let admitted = format!(
            "UPDATE transitions SET actor_id = {officer} WHERE event = 'declare_eligible'
             AND subject_id = (SELECT id FROM applications WHERE state = 'awarded');"
        );
        assert!(broken(&paying, AWAY, &format!("{}{admitted}", recused(&officer))) > 0, "she declared it admissible");
        let (looked_at, none) = counted(&paying, AWAY, &recused(&finance));
        assert!(looked_at > 0 && none == 0, "he did nothing with the file itself: {none}");
        for (fault, sql) in faults_of(&finance) {
            assert_eq!(broken(&paying, AWAY, &sql), 0, "{fault}, before any recusal");
            assert_eq!(broken(&paying, AWAY, &format!("{}{sql}", recused(&finance))), 1, "{fault}");
        }
        // A mail to those who apply is none of the team's, also once its reader has left the organisation.
        let applied = faults_of(&finance)[0].1.replace("piece_provided", "report_filed");
        assert_eq!(broken(&paying, AWAY, &format!("{}{applied}", recused(&finance))), 0);
        // The people who apply keep their file, whatever was declared of them.
        let holder = "created_by";
        assert_eq!(broken(&paying, AWAY, &recused(holder)), 0, "a holder is told of what becomes of the file");
        paying.check();
    }
}

#[test]
fn two_duties_in_one_hand_are_seen_in_the_history() {
    let born =
        |machine: &str| format!("(SELECT actor_id FROM transitions WHERE machine = '{machine}' AND event = 'create')");
    for paying in each_world() {
        let took = |machine: &str, event: &str| {
            let who = born(machine);
            format!("UPDATE transitions SET actor_id = {who} WHERE machine = '{machine}' AND event = '{event}'")
        };
        assert_eq!(counted(&paying, APART, "SELECT 1").1, 0);
        assert!(counted(&paying, APART, "SELECT 1").0 >= 3, "a run, its line and an account");
        assert!(broken(&paying, APART, &took("payment_run", "approve")) > 0, "whoever prepared a run approved it");
        assert_eq!(
            broken(&paying, APART, &took("bank_account", "verify")),
            1,
            "whoever entered an account verified it"
        );
        let authorised = "UPDATE transitions SET actor_id = (SELECT actor_id FROM transitions
            WHERE machine = 'payment_run' AND event = 'approve') WHERE event = 'authorise'";
        assert_eq!(broken(&paying, APART, authorised), 1, "whoever authorised a payment approved its run");
        for (fault, event) in [("before its grant was accepted", "accept"), ("to an account never verified", "verify")]
        {
            let sql = format!("UPDATE transitions SET event = 'lost' WHERE event = '{event}'");
            assert_eq!(broken(&paying, LAST, &sql), 1, "{fault}");
        }
        paying.check();
    }
}

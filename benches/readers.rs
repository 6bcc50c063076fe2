//! What the pages of a reader cost: 40 files entrusted to one person, with their answers, beside many files of another
//! call.

use super::{
    rankings::{self, Made, Shape},
    score,
    server::{Done, Server, get, load, say},
};
use diesel::connection::SimpleConnection;
use std::path::Path;
use tisserand::{
    domain::{definitions::QuestionKind, ids::PersonId, roles::Role, time::Moment},
    store::{StoreError, Tx, reviews},
    usecases::{
        Actor, Outcome, calls,
        committees::{self, Vote},
        interests::{self, InterestsForm},
    },
};

/// Files entrusted to the reader.
const ENTRUSTED: u32 = 40;

/// Prints what the reader's list, one file and the post of a score cost, with so many files in another call.
pub fn measure(
    folder: &Path,
    program: &Path,
    others: u32,
    now: Moment,
    (requests, connections): (usize, usize),
) -> Done {
    let folder = rankings::empty(&folder.join(format!("reader-{others}")))?;
    let made = rankings::make(&folder, Shape { files: ENTRUSTED, others, readers: 24 }, now)?;
    let reader = made.db.write(|tx| seated(tx, &made, now))?;
    let questions = made.db.read(|conn| calls::definition(conn, made.call))?;
    let asked = questions.questions().filter(|(_, question)| question.kind == QuestionKind::LongText);
    let asked: Vec<String> = asked.map(|(_, question)| question.code.clone()).collect();
    made.db.read(|conn| conn.batch_execute(&entrusted(&made, reader, &asked)).map_err(StoreError::from))?;
    let cookie = rankings::sign_in(&made.db, reader, now)?;
    let first = made.db.read(|conn| reviews::of_person(conn, reader))?.into_iter().next();
    let first = first.ok_or("nothing is entrusted")?;
    let pages = [
        get("reviewer's list", cookie.clone(), "/comite"),
        get("one file beside its grid", cookie.clone(), &format!("/comite/evaluations/{}", first.id)),
        score(&made.db, &first, cookie)?,
    ];
    let server = Server::start(program, &folder, None)?;
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for page in &pages {
        let told = match rt.block_on(load(&server, page, requests, connections))? {
            Ok(cpu) => format!("{}.{:03} ms of CPU a request", cpu / 1000, cpu % 1000),
            Err(status) => format!("answers {status}"),
        };
        say(format!("| {others} in another call, {ENTRUSTED} entrusted | {} | {told} |", page.name))?;
    }
    Ok(())
}

/// Somebody new in the committee, who has declared.
fn seated(tx: &mut Tx, made: &Made, now: Moment) -> Outcome<PersonId> {
    let officer = Actor { person: Some(made.officer), roles: vec![Role::Officer] };
    let reader = rankings::person(tx, "lectrice", Role::Reviewer, now)?;
    committees::appoint(tx, &officer, made.call, reader, "Région Hauts-de-France", Vote::Deliberative, now)?;
    let actor = Actor { person: Some(reader), roles: vec![Role::Reviewer] };
    interests::declare(tx, &actor, &InterestsForm { answer: "rien".into(), ..InterestsForm::default() }, None, now)?;
    Ok(reader)
}

/// Entrusts every file of the call to the reader, each with an answer to these questions.
fn entrusted(made: &Made, reader: PersonId, questions: &[String]) -> String {
    let (call, at) = (made.call, "2027-02-15 10:00:00");
    let text = "Des ateliers au bord de l''eau, avec les habitants. ".repeat(20);
    let answers = questions.iter().map(|code| {
        format!(
            "INSERT INTO answers (application_id, question, value, updated_at)
             SELECT id, '{code}', '{text}', '{at}' FROM applications WHERE call_id = '{call}';"
        )
    });
    let answers: String = answers.collect();
    format!(
        "BEGIN;
         INSERT INTO reviews (id, call_id, application_id, person_id, opinion, state, version, state_at, created_at)
         SELECT printf('0198c0a1-0009-7000-8000-%s', substr(id, 25)), call_id, id, '{reader}', '', 'assigned', 0, '{at}', '{at}'
         FROM applications WHERE call_id = '{call}';
         {answers}
         COMMIT;"
    )
}

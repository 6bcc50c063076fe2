//! What the ranking of a call costs: 1,000 files with three reviews each of eight criteria, beside many files of another
//! call.

use super::server::{Done, Server, get, load, say};
use diesel::connection::SimpleConnection;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tisserand::{
    domain::{
        definitions::{self, CallDefinition},
        identity::Email,
        ids::{CallId, OrganisationId, PersonId},
        money::Euros,
        rankings::Order,
        roles::Role,
        time::Moment,
    },
    store::{Db, Entropy, StoreError, Tx},
    usecases::{
        Actor, Outcome, UseCaseError, calls,
        organisations::{self, OrganisationForm},
        people, reference_data, sign_ins,
    },
};

/// Files of the call that is ranked.
const FILES: u32 = 1_000;
/// Readers of each call; three of them read a file.
const READERS: usize = 24;
pub const RANKED: &str = "CLASSEMENT";
const OTHERS: &str = "AUTRES";

/// Prints what a page of the ranking costs in each order, with so many files in another call.
pub fn measure(
    folder: &Path,
    program: &Path,
    others: u32,
    now: Moment,
    (requests, connections): (usize, usize),
) -> Done {
    let folder = folder.join(format!("ranking-{others}"));
    let folder = empty(&folder)?;
    let made = make(&folder, Shape { files: FILES, others, readers: READERS }, now)?;
    let cookie = sign_in(&made.db, made.officer, now)?;
    let server = Server::start(program, &folder, None)?;
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for order in Order::ALL {
        let path = format!("/appels-a-projets/{RANKED}/classement?tri={order}");
        let page = get("ranking", cookie.clone(), &path);
        let told = match rt.block_on(load(&server, &page, requests, connections))? {
            Ok(cpu) => format!("{}.{:03} ms of CPU a request", cpu / 1000, cpu % 1000),
            Err(status) => format!("answers {status}"),
        };
        say(format!("| {others} in another call | ranking of {FILES} files by {order} | {told} |"))?;
    }
    Ok(())
}

/// A folder without anything in it.
pub fn empty(folder: &Path) -> Done<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.canonicalize()?)
}

/// What a database is to hold: files of the call that is measured, files of another call, readers of both.
#[derive(Clone, Copy)]
pub struct Shape {
    pub files: u32,
    pub others: u32,
    pub readers: usize,
}

/// A database that was made, and who is in it.
pub struct Made {
    pub db: Db,
    pub call: CallId,
    pub officer: PersonId,
    pub readers: Vec<PersonId>,
}

/// The cookie of somebody who signs in.
pub fn sign_in(db: &Db, person: PersonId, now: Moment) -> Done<String> {
    Ok(db.write(|tx| Ok::<_, UseCaseError>(format!("sid={}", sign_ins::open(tx, person, "bench", now)?)))?)
}

/// Makes the database.
pub fn make(folder: &Path, shape: Shape, now: Moment) -> Done<Made> {
    let db = Db::open(&format!("sqlite:{}", folder.join("history.db").display()), Entropy::System)?;
    db.migrate()?;
    db.write(reference_data::load)?;
    let mut definition = definitions::parse(include_str!("../fixtures/recital.toml"))?;
    let call = eight_criteria(definition.calls.remove(0));
    definition.calls = [RANKED, OTHERS].map(|name| CallDefinition { reference: name.into(), ..call.clone() }).into();
    for source in &mut definition.funding_sources {
        source.amount = Euros::whole(10_000_000);
    }
    db.write(|tx| calls::load(tx, &Actor::system(), &definition, now))?;
    let (holder, organisation, readers) = db.write(|tx| parties(tx, shape.readers, now))?;
    let criteria: Vec<&str> = call.grid.criteria.iter().map(|criterion| criterion.code.as_str()).collect();
    for (name, from, count) in [(RANKED, 0, shape.files), (OTHERS, shape.files, shape.others)] {
        let id = db.read(|conn| calls::by_reference(conn, name))?.id;
        let sql = files(id, (holder, organisation), (from, count), &readers, &criteria);
        db.read(|conn| conn.batch_execute(&sql).map_err(StoreError::from))?;
    }
    let officer = db.write(|tx| person(tx, "chargee", Role::Officer, now))?;
    let call = db.read(|conn| calls::by_reference(conn, RANKED))?.id;
    Ok(Made { db, call, officer, readers })
}

/// The call with a grid of eight criteria of the same weight, two of which may rule a file out.
fn eight_criteria(mut call: CallDefinition) -> CallDefinition {
    let known = call.grid.criteria.clone();
    call.grid.criteria = known.iter().cycle().take(8).cloned().collect();
    for (number, criterion) in call.grid.criteria.iter_mut().enumerate() {
        criterion.code = format!("critere{number}");
        criterion.label = format!("{} {number}", criterion.label);
        (criterion.weight, criterion.eliminatory_below) = (1, (number < 2).then_some(1));
    }
    call
}

pub fn person(tx: &mut Tx, name: &str, role: Role, now: Moment) -> Outcome<PersonId> {
    let address: Email = format!("{name}@exemple.fr").parse().map_err(|_| StoreError::NotFound)?;
    people::ensure(tx, &address, name, role, now)
}

fn parties(tx: &mut Tx, readers: usize, now: Moment) -> Outcome<(PersonId, OrganisationId, Vec<PersonId>)> {
    let holder = person(tx, "porteuse", Role::Applicant, now)?;
    let form = OrganisationForm {
        nom: "Passerelles".into(),
        forme: "association".into(),
        rna: "W590000001".into(),
        rue: "3 rue du Port".into(),
        code_postal: "59000".into(),
        ville: "Lille".into(),
        representant: "Anaïs Lefèvre".into(),
        qualite: "présidente".into(),
        ..OrganisationForm::default()
    };
    let actor = Actor { person: Some(holder), roles: vec![Role::Applicant] };
    let organisation = organisations::create(tx, &actor, &form, now)?;
    let readers = (0..readers).map(|number| person(tx, &format!("lecture{number}"), Role::Reviewer, now));
    Ok((holder, organisation, readers.collect::<Outcome<_>>()?))
}

/// Writes files before their committee, with their reviews and marks. They are not born as the lifecycle wants it: so many
/// histories would take longer than what is measured.
fn files(
    call: CallId,
    (holder, organisation): (PersonId, OrganisationId),
    (from, count): (u32, u32),
    readers: &[PersonId],
    criteria: &[&str],
) -> String {
    let places = |names: Vec<String>| {
        let rows = names.iter().enumerate().map(|(place, name)| format!("({place}, '{name}')"));
        rows.collect::<Vec<_>>().join(", ")
    };
    let people = places(readers.iter().map(PersonId::to_string).collect());
    let codes = places(criteria.iter().map(|code| (*code).to_owned()).collect());
    let (to, at) = (from + count, "2027-02-15 10:00:00");
    let (most, readers) = (5 * criteria.len(), readers.len());
    format!(
        "DROP TRIGGER IF EXISTS applications_is_born;
         DROP TRIGGER IF EXISTS reviews_is_born;
         BEGIN;
         WITH RECURSIVE n (i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {to})
         INSERT INTO applications (id, call_id, organisation_id, reference, title, requested_cents, revision, created_by,
           score_sum, score_count, score_mean, sort_key, search_key, state, version, state_at, created_at, updated_at)
         SELECT printf('0198c0a1-0000-7000-8000-%012x', i), '{call}', '{organisation}', printf('BENCH-%06d', i),
           'Un projet au bord de l''eau ' || i, 300000, 1, '{holder}', 0, 0, 0, '', '', 'in_review', 3, '{at}', '{at}', '{at}'
         FROM n WHERE i < {to};
         WITH readers (place, id) AS (VALUES {people}), turns (k) AS (VALUES (0), (1), (2)),
           files (i, id) AS (SELECT CAST(substr(reference, 7) AS INTEGER), id FROM applications WHERE call_id = '{call}')
         INSERT INTO reviews (id, call_id, application_id, person_id, opinion, submitted_at, state, version, state_at, created_at)
         SELECT printf('0198c0a1-%04x-7000-8000-%012x', k, i), '{call}', files.id, readers.id, '', '{at}', 'submitted', 2,
           '{at}', '{at}'
         FROM files, turns JOIN readers ON readers.place = (i + k * (1 + i % 5)) % {readers};
         WITH criteria (place, code) AS (VALUES {codes})
         INSERT INTO review_scores (review_id, criterion, points, comment)
         SELECT reviews.id, code, (unicode(substr(reviews.id, 36)) * 7 + unicode(substr(reviews.id, 13)) + place * 5) % 6, ''
         FROM reviews, criteria WHERE call_id = '{call}';
         UPDATE reviews SET total = (SELECT SUM(points) * 10000 / {most} FROM review_scores WHERE review_id = reviews.id)
         WHERE call_id = '{call}';
         UPDATE applications SET score_count = 3,
           score_sum = (SELECT SUM(total) FROM reviews WHERE application_id = applications.id) WHERE call_id = '{call}';
         UPDATE applications SET score_mean = (2 * score_sum + 3) / 6 WHERE call_id = '{call}';
         COMMIT;"
    )
}

//! How far the committee's reading of a call has come, by reader and by file.

use super::{
    Actor, Outcome,
    access::{self, TEAM},
};
use crate::{
    domain::{
        decisions::BEFORE_COMMITTEE,
        ids::{ApplicationId, CallId, PersonId},
        lifecycles::{applications::ApplicationState, reviews::ReviewState},
    },
    store::{
        Conn, StoreError, people,
        reviews::{self, FileRow},
        seats::{self, Member},
    },
};
use std::collections::BTreeMap;

/// How many reviews there are, and how many of them are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Neither recused nor declined.
    pub given: usize,
    pub begun: usize,
    pub submitted: usize,
    /// Recused or declined.
    pub given_up: usize,
}

impl Progress {
    fn count(&mut self, state: ReviewState) {
        match state {
            ReviewState::Assigned => self.given += 1,
            ReviewState::InProgress | ReviewState::Reopened => {
                (self.given, self.begun) = (self.given + 1, self.begun + 1)
            }
            ReviewState::Submitted => (self.given, self.submitted) = (self.given + 1, self.submitted + 1),
            ReviewState::Recused | ReviewState::Declined => self.given_up += 1,
        }
    }
}

/// The reading of one call.
#[derive(Debug, Clone, Default)]
pub struct Readings {
    pub members: Vec<Member>,
    /// Every reader by name: the members, then those who left the committee.
    pub readers: Vec<(String, Progress)>,
    /// Admissible files and those before the committee, by reference.
    pub files: Vec<(FileRow, Progress)>,
}

impl Readings {
    /// How many admissible files nobody is to read.
    pub fn without_readers(&self) -> usize {
        self.admissible().filter(|(_, progress)| progress.given == 0).count()
    }

    /// How many admissible files have readers and wait to be handed to the committee.
    pub fn ready(&self) -> usize {
        self.admissible().filter(|(_, progress)| progress.given > 0).count()
    }

    /// How many readers the files lack, where each wants so many.
    pub fn lacking(&self, per_file: usize) -> usize {
        let readable = [ApplicationState::Eligible, ApplicationState::InReview];
        let files = self.files.iter().filter(|(file, _)| readable.contains(&file.state));
        files.map(|(_, progress)| per_file.saturating_sub(progress.given)).sum()
    }

    fn admissible(&self) -> impl Iterator<Item = &(FileRow, Progress)> {
        self.files.iter().filter(|(file, _)| file.state == ApplicationState::Eligible)
    }
}

/// The committee of a call and its reading, as this member of the team may see it.
pub fn of_call(conn: &mut Conn, actor: &Actor, call: CallId) -> Outcome<Readings> {
    access::require(actor, TEAM)?;
    let reader = actor.person.ok_or(StoreError::NotFound)?;
    let states: Vec<_> = std::iter::once(ApplicationState::Eligible).chain(BEFORE_COMMITTEE.iter().copied()).collect();
    let files = reviews::files(conn, reader, call, &states)?;
    let members = seats::members(conn, call)?;
    let mut of_file: BTreeMap<ApplicationId, Progress> =
        files.iter().map(|file| (file.id, Progress::default())).collect();
    let mut of_reader: BTreeMap<PersonId, Progress> = BTreeMap::new();
    for (application, person, state) in reviews::pairs_of_call(conn, call)? {
        // A file that is hidden from whoever looks counts nowhere.
        if let Some(progress) = of_file.get_mut(&application) {
            progress.count(state);
            of_reader.entry(person).or_default().count(state);
        }
    }
    let known = |person: PersonId| members.iter().any(|member| member.person_id == person);
    let gone: Vec<_> = of_reader.keys().copied().filter(|person| !known(*person)).collect();
    let gone = if gone.is_empty() { Vec::new() } else { people::of_ids(conn, &gone)? };
    let progress = |person: PersonId| of_reader.get(&person).copied().unwrap_or_default();
    let readers = members.iter().map(|member| (member.name.clone(), progress(member.person_id)));
    let readers = readers.chain(gone.iter().map(|row| (row.name.clone(), progress(row.id)))).collect();
    let files = files.into_iter().map(|file| {
        let progress = of_file.get(&file.id).copied().unwrap_or_default();
        (file, progress)
    });
    Ok(Readings { readers, files: files.collect(), members })
}

//! Who reads which file: a balanced proposal that never brings together those who must not meet, the same for the same
//! facts, with the reason of each.

use super::{
    codes::codes,
    ids::{ApplicationId, PersonId},
    references::{axis, department_name},
    text::counted,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

codes! {
    /// What a member may know well.
    pub enum Skill {
        Axis => "axis",
        Department => "department",
    }

    /// How sure a reader is of what they think of a file; it weighs nothing.
    pub enum Confidence {
        Sure => "sure",
        Fair => "fair",
        Unsure => "unsure",
    }
}

impl Confidence {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Confidence::Sure => "à l’aise",
            Confidence::Fair => "moyennement à l’aise",
            Confidence::Unsure => "peu à l’aise",
        }
    }
}

/// What several readers said of it, in one line: « 2 à l’aise, 1 peu à l’aise ».
pub fn confidences_in_words(said: &[Confidence]) -> String {
    let count = |one: &Confidence| (said.iter().filter(|other| *other == one).count(), one.label());
    let counted = Confidence::ALL.iter().map(count).filter(|(count, _)| *count > 0);
    counted.map(|(count, label)| format!("{count} {label}")).collect::<Vec<_>>().join(", ")
}

/// A file that needs readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileToRead {
    pub id: ApplicationId,
    /// Members who read it already.
    pub readers: BTreeSet<PersonId>,
    /// Members who may not: recused, tied to the applicant, or having declined.
    pub excluded: BTreeSet<PersonId>,
    /// Codes of its axes.
    pub axes: BTreeSet<String>,
    /// Where its organisations are and where the project happens.
    pub departments: BTreeSet<String>,
}

/// A member who may be given files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub person: PersonId,
    /// In whose name the member sits; empty for a qualified person.
    pub institution: String,
    /// The code of their college; empty for none.
    pub college: String,
    /// What the member knows well: codes of axes, and departments.
    pub axes: BTreeSet<String>,
    pub departments: BTreeSet<String>,
}

/// Why a member is proposed for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    Axis(String),
    Department(String),
    /// The label of a college of which the file is to have a reader.
    College(String),
    /// Nobody else who reads it sits for the same institution.
    OtherInstitution,
    /// How many files the member reads with this one, of the call.
    Load(usize),
}

impl Why {
    /// The reason in French words.
    pub fn words(&self) -> String {
        match self {
            Why::Axis(code) => {
                format!("connaît l’axe «\u{a0}{}\u{a0}»", axis(code).map_or(code.as_str(), |a| &a.label))
            }
            Why::Department(code) => format!("connaît le territoire\u{a0}: {}", department_name(code).unwrap_or(code)),
            Why::College(label) => format!("siège au collège «\u{a0}{label}\u{a0}»"),
            Why::OtherInstitution => "siège pour une autre institution".to_owned(),
            Why::Load(load) => {
                let files = counted(i64::try_from(*load).unwrap_or(i64::MAX), "dossier", "dossiers");
                format!("{files} à lire avec celui-ci")
            }
        }
    }
}

/// A member proposed for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    pub file: ApplicationId,
    pub reader: PersonId,
    pub why: Vec<Why>,
}

/// Pairs of members who do not read the same file, in either order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Apart(BTreeSet<(PersonId, PersonId)>);

impl Apart {
    /// These pairs.
    pub fn new(pairs: impl IntoIterator<Item = (PersonId, PersonId)>) -> Self {
        Apart(pairs.into_iter().flat_map(|(one, other)| [(one, other), (other, one)]).collect())
    }

    /// Whether a member is kept apart from one of these.
    pub fn parts(&self, member: PersonId, from: &BTreeSet<PersonId>) -> bool {
        from.iter().any(|other| self.0.contains(&(member, *other)))
    }
}

/// How many readers a file is to have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quota {
    pub per_file: usize,
    /// How many of them are of a college at least, by code, with its label.
    pub colleges: BTreeMap<String, (String, usize)>,
}

const BY_AXIS: i32 = 2;
const BY_DEPARTMENT: i32 = 1;
/// Two readers of one institution are one point of view.
const BY_SAME_INSTITUTION: i32 = -4;

/// A proposal being made.
struct Draft<'a> {
    files: BTreeMap<ApplicationId, &'a FileToRead>,
    readers: BTreeMap<PersonId, &'a Reader>,
    apart: &'a Apart,
    quota: &'a Quota,
    /// Everybody who reads each file, proposed or not.
    reading: BTreeMap<ApplicationId, BTreeSet<PersonId>>,
    load: BTreeMap<PersonId, usize>,
    proposal: Vec<(ApplicationId, PersonId)>,
}

impl Draft<'_> {
    fn load(&self, member: PersonId) -> usize {
        self.load.get(&member).copied().unwrap_or_default()
    }

    /// Who reads a file, one of them left out.
    fn others(&self, file: ApplicationId, without: Option<PersonId>) -> BTreeSet<PersonId> {
        let all = self.reading.get(&file).into_iter().flatten().copied();
        all.filter(|person| Some(*person) != without).collect()
    }

    fn may_read(&self, file: &FileToRead, member: PersonId, others: &BTreeSet<PersonId>) -> bool {
        !file.excluded.contains(&member) && !others.contains(&member) && !self.apart.parts(member, others)
    }

    fn is_alone_of_institution(&self, reader: &Reader, others: &BTreeSet<PersonId>) -> bool {
        let of = |person: &PersonId| self.readers.get(person).map_or("", |other| other.institution.as_str());
        reader.institution.is_empty() || others.iter().all(|other| of(other) != reader.institution)
    }

    fn college(&self, member: PersonId) -> &str {
        self.readers.get(&member).map_or("", |reader| reader.college.as_str())
    }

    /// How many readers of a college a file still lacks beside these.
    fn lacks_of(&self, college: &str, others: &BTreeSet<PersonId>) -> usize {
        let wanted = self.quota.colleges.get(college).map_or(0, |(_, wanted)| *wanted);
        wanted.saturating_sub(others.iter().filter(|other| self.college(**other) == college).count())
    }

    /// The same of all colleges together.
    fn lacks(&self, others: &BTreeSet<PersonId>) -> usize {
        self.quota.colleges.keys().map(|college| self.lacks_of(college, others)).sum()
    }

    /// Those whose college a file still lacks; when there is none, everybody, unless the places left are promised.
    fn of_wanted_colleges(&self, free: Vec<(usize, PersonId)>, others: &BTreeSet<PersonId>) -> Vec<(usize, PersonId)> {
        let lacks = self.lacks(others);
        if lacks == 0 {
            return free;
        }
        let is_wanted = |(_, member): &(usize, PersonId)| self.lacks_of(self.college(*member), others) > 0;
        let wanted: Vec<_> = free.iter().copied().filter(is_wanted).collect();
        let places = self.quota.per_file.saturating_sub(others.len());
        if wanted.is_empty() && places > lacks { free } else { wanted }
    }

    /// Whether a file has no less of its colleges when one member reads it in the place of another.
    fn keeps_colleges(&self, others: &BTreeSet<PersonId>, from: PersonId, to: PersonId) -> bool {
        let (from, to) = (self.college(from), self.college(to));
        from == to || self.lacks_of(from, others) == 0
    }

    /// How well a member fits a file beside these others.
    fn fit(&self, file: &FileToRead, member: PersonId, others: &BTreeSet<PersonId>) -> i32 {
        let Some(reader) = self.readers.get(&member) else { return 0 };
        let axis = if file.axes.is_disjoint(&reader.axes) { 0 } else { BY_AXIS };
        let place = if file.departments.is_disjoint(&reader.departments) { 0 } else { BY_DEPARTMENT };
        let side = if self.is_alone_of_institution(reader, others) { 0 } else { BY_SAME_INSTITUTION };
        axis + place + side
    }

    fn take(&mut self, file: ApplicationId, member: PersonId) {
        self.reading.entry(file).or_default().insert(member);
        *self.load.entry(member).or_default() += 1;
        self.proposal.push((file, member));
    }

    /// Gives a file its next reader: among those who have the least to read, or one file more, the one who fits best.
    fn serve(&mut self, file: &FileToRead, members: &[PersonId], turn: usize) -> bool {
        let others = self.others(file.id, None);
        let free: Vec<(usize, PersonId)> =
            members.iter().copied().enumerate().filter(|(_, member)| self.may_read(file, *member, &others)).collect();
        let free = self.of_wanted_colleges(free, &others);
        let Some(least) = free.iter().map(|(_, member)| self.load(*member)).min() else { return false };
        // Members with the same load take turns, so that the same two do not always read together.
        let rotated = |seat: usize| (seat + members.len() - turn % members.len()) % members.len();
        let key = |(seat, member): &(usize, PersonId)| {
            let load = self.load(*member);
            (load > least + 1, Reverse(self.fit(file, *member, &others)), load, rotated(*seat), Reverse(*member))
        };
        let best = free.iter().min_by_key(|free| key(free)).map(|(_, member)| *member);
        if let Some(best) = best {
            self.take(file.id, best);
        }
        best.is_some()
    }

    /// Moves one file from somebody who reads more to somebody who reads two less, where that loses the least.
    fn even_out(&mut self) -> bool {
        let mut best: Option<(Reverse<usize>, i32, usize, PersonId)> = None;
        for (place, (id, from)) in self.proposal.iter().enumerate() {
            let Some(file) = self.files.get(id) else { continue };
            let others = self.others(*id, Some(*from));
            let now = self.fit(file, *from, &others);
            for to in self.readers.keys().filter(|to| self.load(**to) + 2 <= self.load(*from)) {
                if !self.may_read(file, *to, &others) || to == from || !self.keeps_colleges(&others, *from, *to) {
                    continue;
                }
                let gap = Reverse(self.load(*from) - self.load(*to));
                let move_ = (gap, now - self.fit(file, *to, &others), place, *to);
                if best.is_none_or(|known| move_ < known) {
                    best = Some(move_);
                }
            }
        }
        let Some((.., place, to)) = best else { return false };
        let (file, from) = self.proposal[place];
        self.proposal[place] = (file, to);
        let reading = self.reading.entry(file).or_default();
        reading.remove(&from);
        reading.insert(to);
        *self.load.entry(from).or_default() -= 1;
        *self.load.entry(to).or_default() += 1;
        true
    }

    fn why(&self, file: ApplicationId, member: PersonId) -> Vec<Why> {
        let (Some(known), Some(reader)) = (self.files.get(&file), self.readers.get(&member)) else { return Vec::new() };
        let others = self.others(file, Some(member));
        let axes = known.axes.intersection(&reader.axes).take(1).cloned().map(Why::Axis);
        let places = known.departments.intersection(&reader.departments).take(1).cloned().map(Why::Department);
        let college = self.quota.colleges.get(&reader.college).filter(|(_, wanted)| *wanted > 0);
        let college = college.map(|(label, _)| Why::College(label.clone()));
        let is_other = !others.is_empty() && !reader.institution.is_empty();
        let is_other = is_other && self.is_alone_of_institution(reader, &others);
        let side = is_other.then_some(Why::OtherInstitution);
        axes.chain(places).chain(college).chain(side).chain([Why::Load(self.load(member))]).collect()
    }
}

/// Adds readers until each file has as many as the quota says, those of the colleges first: whoever has the least to read, and among them whoever knows the axis or
/// the territory, preferably of another institution than the other readers; what each member reads already counts.
/// Files with the smallest choice are served first. A file for which nobody is left, in a college it lacks, gets fewer.
/// Where no college is asked for, no member ends with two
/// files more than another who could have read one of them.
pub fn propose(files: &[FileToRead], readers: &[Reader], apart: &Apart, quota: &Quota) -> Vec<Proposed> {
    let members: Vec<PersonId> = readers.iter().map(|reader| reader.person).collect();
    let mut draft = Draft {
        files: files.iter().map(|file| (file.id, file)).collect(),
        readers: readers.iter().map(|reader| (reader.person, reader)).collect(),
        apart,
        quota,
        reading: files.iter().map(|file| (file.id, file.readers.clone())).collect(),
        load: members.iter().map(|member| (*member, 0)).collect(),
        proposal: Vec::new(),
    };
    for reader in files.iter().flat_map(|file| &file.readers) {
        *draft.load.entry(*reader).or_default() += 1;
    }
    let mut order: Vec<&FileToRead> = files.iter().filter(|file| file.readers.len() < quota.per_file).collect();
    let choice = |file: &FileToRead| members.iter().filter(|m| draft.may_read(file, **m, &file.readers)).count();
    order.sort_by_key(|file| (choice(file), file.id));
    for (turn, file) in order.into_iter().enumerate() {
        let mut wanted = quota.per_file.saturating_sub(file.readers.len());
        while wanted > 0 && draft.serve(file, &members, turn) {
            wanted -= 1;
        }
    }
    while draft.even_out() {}
    let proposal = draft.proposal.iter();
    proposal.map(|(file, reader)| Proposed { file: *file, reader: *reader, why: draft.why(*file, *reader) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::Minted, time::Moment};
    use proptest::prelude::*;

    fn people(n: u8) -> Vec<Reader> {
        let person = |i| PersonId::mint(Moment::from_unix_seconds(0), [i; 10]);
        let reader = |i| Reader {
            person: person(i),
            institution: String::new(),
            college: String::new(),
            axes: BTreeSet::new(),
            departments: BTreeSet::new(),
        };
        (0..n).map(reader).collect()
    }

    fn files(n: u8) -> Vec<FileToRead> {
        let id = |i| ApplicationId::mint(Moment::from_unix_seconds(0), [i; 10]);
        let file = |i| FileToRead {
            id: id(i),
            readers: BTreeSet::new(),
            excluded: BTreeSet::new(),
            axes: BTreeSet::new(),
            departments: BTreeSet::new(),
        };
        (0..n).map(file).collect()
    }

    fn each(per_file: usize) -> Quota {
        Quota { per_file, colleges: BTreeMap::new() }
    }

    fn readers_of(proposal: &[Proposed], file: &FileToRead) -> Vec<PersonId> {
        proposal.iter().filter(|one| one.file == file.id).map(|one| one.reader).collect()
    }

    #[test]
    fn a_second_proposal_adds_nothing() {
        let (members, mut files) = (people(4), files(6));
        let first = propose(&files, &members, &Apart::default(), &each(2));
        assert_eq!(first.len(), 12);
        assert_eq!(propose(&files, &members, &Apart::default(), &each(2)), first, "the same facts, the same proposal");
        for file in &mut files {
            file.readers = readers_of(&first, file).into_iter().collect();
        }
        assert_eq!(propose(&files, &members, &Apart::default(), &each(2)), []);
    }

    #[test]
    fn who_knows_the_axis_or_the_territory_reads_it_and_two_of_one_institution_do_not_read_together() {
        let (mut members, mut files) = (people(4), files(2));
        for (member, institution) in members.iter_mut().zip(["Région", "Région", "DRAJES", "DRAJES"]) {
            member.institution = institution.into();
        }
        members[1].axes.insert("JEUNES".into());
        members[2].departments.insert("62".into());
        files[0].axes.insert("JEUNES".into());
        files[1].departments.insert("62".into());
        let proposal = propose(&files, &members, &Apart::default(), &each(2));
        let of = |file: usize| readers_of(&proposal, &files[file]);
        assert!(of(0).contains(&members[1].person) && of(1).contains(&members[2].person), "{proposal:?}");
        for file in &files {
            let sides: BTreeSet<_> = readers_of(&proposal, file)
                .iter()
                .map(|person| members.iter().find(|member| member.person == *person).unwrap().institution.as_str())
                .collect();
            assert_eq!(sides.len(), 2, "{proposal:?}");
        }
        let first = proposal.iter().find(|one| one.reader == members[1].person).unwrap();
        assert_eq!(first.why, [Why::Axis("JEUNES".into()), Why::OtherInstitution, Why::Load(1)]);
    }

    #[test]
    fn each_file_has_a_reader_of_each_college_that_is_asked_for() {
        let (mut members, files) = (people(5), files(8));
        for (member, college) in members.iter_mut().zip(["etat", "", "asso", "asso", ""]) {
            member.college = college.into();
        }
        let one = |label: &str| (label.to_owned(), 1);
        let colleges = [("etat".to_owned(), one("État")), ("asso".to_owned(), one("Associations"))].into();
        let quota = Quota { per_file: 2, colleges };
        let proposal = propose(&files, &members, &Apart::default(), &quota);
        for file in &files {
            let of = readers_of(&proposal, file);
            let college = |person: &PersonId| members.iter().find(|m| m.person == *person).unwrap().college.as_str();
            let sides: BTreeSet<_> = of.iter().map(college).collect();
            assert_eq!((of.len(), sides), (2, ["asso", "etat"].into()), "{proposal:?}");
        }
        assert!(proposal[0].why.iter().any(|why| matches!(why, Why::College(_))), "{proposal:?}");
        let third = Quota { per_file: 3, ..quota.clone() };
        let proposal = propose(&files, &members, &Apart::default(), &third);
        assert!(files.iter().all(|file| readers_of(&proposal, file).len() == 3), "the third place is anybody's");
        let nobody = [("elus".to_owned(), one("Élu·es"))].into();
        let proposal = propose(&files[..1], &members, &Apart::default(), &Quota { colleges: nobody, ..quota });
        assert_eq!(proposal.len(), 1, "the place of a college stays free for it");
    }

    #[test]
    fn members_kept_apart_never_read_the_same_file() {
        let (members, files) = (people(3), files(6));
        let apart = Apart::new([(members[0].person, members[1].person)]);
        let proposal = propose(&files, &members, &apart, &each(2));
        for file in &files {
            let of: BTreeSet<_> = readers_of(&proposal, file).into_iter().collect();
            assert_eq!(of.len(), 2);
            assert!(!(of.contains(&members[0].person) && of.contains(&members[1].person)), "{of:?}");
        }
        let alone = propose(&files[..1], &members[..2], &apart, &each(2));
        assert_eq!(alone.len(), 1, "a file gets fewer rather than both");
    }

    proptest! {
        #[test]
        fn nobody_reads_what_they_must_not_and_the_load_is_even(
            n in 1u8..20, seats in 1u8..8, per_file in 0usize..4, barred in prop::collection::vec((0u8..20, 0u8..8), 0..6),
            known in prop::collection::vec((0u8..20, 0u8..8), 0..12),
        ) {
            let (mut members, mut files) = (people(seats), files(n));
            for (file, member) in &barred {
                if let (Some(file), Some(member)) = (files.get_mut(usize::from(*file)), members.get(usize::from(*member))) {
                    file.excluded.insert(member.person);
                }
            }
            for (file, member) in &known {
                if let (Some(file), Some(member)) = (files.get_mut(usize::from(*file)), members.get_mut(usize::from(*member))) {
                    file.axes.insert(member.person.to_string());
                    member.axes.insert(member.person.to_string());
                }
            }
            let proposal = propose(&files, &members, &Apart::default(), &each(per_file));
            for file in &files {
                let readers = readers_of(&proposal, file);
                prop_assert!(readers.iter().all(|member| !file.excluded.contains(member)));
                prop_assert_eq!(readers.iter().collect::<BTreeSet<_>>().len(), readers.len());
                let possible = members.len() - file.excluded.len();
                prop_assert_eq!(readers.len(), per_file.min(possible));
            }
            if barred.is_empty() {
                let load = |member: &Reader| proposal.iter().filter(|one| one.reader == member.person).count();
                let loads: Vec<usize> = members.iter().map(load).collect();
                let (most, least) = (loads.iter().max().unwrap(), loads.iter().min().unwrap());
                prop_assert!(most - least <= 1, "{:?}", loads);
            }
        }
    }
}

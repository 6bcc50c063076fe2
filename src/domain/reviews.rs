//! Who reads which file: a balanced proposal that never brings together those who must not meet.

use super::ids::{ApplicationId, PersonId};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// A file that needs readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileToRead {
    pub id: ApplicationId,
    /// Members who read it already.
    pub readers: BTreeSet<PersonId>,
    /// Members who may not: recused, tied to the applicant, or having declined.
    pub excluded: BTreeSet<PersonId>,
}

/// Adds readers until each file has `per_file`, always the member with the least to read; what each member reads
/// already counts. Files with the smallest choice are served first. A file for which nobody is left gets fewer.
pub fn propose(files: &[FileToRead], members: &[PersonId], per_file: usize) -> Vec<(ApplicationId, PersonId)> {
    let mut load: BTreeMap<PersonId, usize> = members.iter().map(|member| (*member, 0)).collect();
    for reader in files.iter().flat_map(|file| &file.readers) {
        *load.entry(*reader).or_default() += 1;
    }
    let may_read =
        |file: &FileToRead, member: &PersonId| !file.readers.contains(member) && !file.excluded.contains(member);
    let mut order: Vec<&FileToRead> = files.iter().collect();
    order.sort_by_key(|file| (members.iter().filter(|member| may_read(file, member)).count(), file.id));
    let mut proposal = Vec::new();
    for (turn, file) in order.into_iter().enumerate() {
        let wanted = per_file.saturating_sub(file.readers.len());
        let mut free: Vec<(usize, PersonId)> =
            members.iter().copied().enumerate().filter(|(_, member)| may_read(file, member)).collect();
        // Members with the same load take turns, so that the same two do not always read together.
        let rotated = |seat: usize| (seat + members.len() - turn % members.len().max(1)) % members.len().max(1);
        free.sort_by_key(|(seat, member)| {
            (load.get(member).copied().unwrap_or_default(), rotated(*seat), Reverse(*member))
        });
        for (_, member) in free.into_iter().take(wanted) {
            *load.entry(member).or_default() += 1;
            proposal.push((file.id, member));
        }
    }
    proposal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::Minted, time::Moment};
    use proptest::prelude::*;

    fn people(n: u8) -> Vec<PersonId> {
        (0..n).map(|i| PersonId::mint(Moment::from_unix_seconds(0), [i; 10])).collect()
    }

    fn files(n: u8) -> Vec<FileToRead> {
        let id = |i| ApplicationId::mint(Moment::from_unix_seconds(0), [i; 10]);
        (0..n).map(|i| FileToRead { id: id(i), readers: BTreeSet::new(), excluded: BTreeSet::new() }).collect()
    }

    #[test]
    fn a_second_proposal_adds_nothing() {
        let (members, mut files) = (people(4), files(6));
        let first = propose(&files, &members, 2);
        assert_eq!(first.len(), 12);
        for file in &mut files {
            file.readers = first.iter().filter(|(id, _)| *id == file.id).map(|(_, member)| *member).collect();
        }
        assert_eq!(propose(&files, &members, 2), []);
    }

    proptest! {
        #[test]
        fn nobody_reads_what_they_must_not_and_the_load_is_even(
            n in 1u8..20, seats in 1u8..8, per_file in 0usize..4, barred in prop::collection::vec((0u8..20, 0u8..8), 0..6),
        ) {
            let (members, mut files) = (people(seats), files(n));
            for (file, member) in &barred {
                if let (Some(file), Some(member)) = (files.get_mut(usize::from(*file)), members.get(usize::from(*member))) {
                    file.excluded.insert(*member);
                }
            }
            let proposal = propose(&files, &members, per_file);
            for file in &files {
                let readers: Vec<_> = proposal.iter().filter(|(id, _)| *id == file.id).map(|(_, m)| *m).collect();
                prop_assert!(readers.iter().all(|member| !file.excluded.contains(member)));
                let possible = members.len() - file.excluded.len();
                prop_assert_eq!(readers.len(), per_file.min(possible));
            }
            if barred.is_empty() {
                let load = |member| proposal.iter().filter(|(_, m)| m == member).count();
                let loads: Vec<usize> = members.iter().map(load).collect();
                let (most, least) = (loads.iter().max().unwrap(), loads.iter().min().unwrap());
                prop_assert!(most - least <= 1, "{:?}", loads);
            }
        }
    }
}

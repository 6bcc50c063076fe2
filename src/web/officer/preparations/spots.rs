//! One thing of a list of a call: a rule, a paper, a statement, a criterion, a section or a question. Where it is, its
//! form, and what can be done with it.

use super::{
    documents, grids,
    inputs::{Group, Reading, Typed},
    questions::{self, Place},
    rules,
};
use crate::{
    domain::definitions::{CallDefinition, CallPart, DocumentDefinition, Section, Way, shift, shift_question},
    web::Fields,
};

/// Whose form something is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Call,
    Interim,
    Last,
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rule,
    Document,
    Statement,
    Criterion,
    Section,
    Question,
}

/// One thing, or a new one when it has no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    pub owner: Owner,
    pub kind: Kind,
    pub key: Option<String>,
}

const OWNERS: [(&str, Owner); 2] = [("final-", Owner::Last), ("intermediaire-", Owner::Interim)];
const KINDS: [(&str, Kind); 6] = [
    ("regle", Kind::Rule),
    ("piece", Kind::Document),
    ("attestation", Kind::Statement),
    ("critere", Kind::Criterion),
    ("rubrique", Kind::Section),
    ("question", Kind::Question),
];

impl Owner {
    /// The sections of its form.
    pub(super) fn sections(self, call: &CallDefinition) -> &[Section] {
        match self {
            Owner::Call => &call.sections,
            Owner::Last => &call.reports.last.sections,
            Owner::Interim => call.reports.interim.as_ref().map_or(&[], |report| &report.sections),
        }
    }

    fn sections_mut(self, call: &mut CallDefinition) -> Option<&mut Vec<Section>> {
        match self {
            Owner::Call => Some(&mut call.sections),
            Owner::Last => Some(&mut call.reports.last.sections),
            Owner::Interim => call.reports.interim.as_mut().map(|report| &mut report.sections),
        }
    }

    /// The papers it asks for.
    pub(super) fn documents(self, call: &CallDefinition) -> &[DocumentDefinition] {
        match self {
            Owner::Call => &call.documents,
            Owner::Last => &call.reports.last.documents,
            Owner::Interim => call.reports.interim.as_ref().map_or(&[], |report| &report.documents),
        }
    }

    fn documents_mut(self, call: &mut CallDefinition) -> Option<&mut Vec<DocumentDefinition>> {
        match self {
            Owner::Call => Some(&mut call.documents),
            Owner::Last => Some(&mut call.reports.last.documents),
            Owner::Interim => call.reports.interim.as_mut().map(|report| &mut report.documents),
        }
    }

    /// Where its form lies in the definition.
    const fn path(self) -> &'static str {
        match self {
            Owner::Call => "",
            Owner::Last => "reports.final.",
            Owner::Interim => "reports.interim.",
        }
    }
}

/// Puts something in its place, or at the end of the list; gives the place.
fn put<T>(items: &mut Vec<T>, at: Option<usize>, item: T) -> usize {
    match at {
        Some(at) => items[at] = item,
        None => items.push(item),
    }
    at.unwrap_or(items.len() - 1)
}

impl Spot {
    pub(super) const fn new(owner: Owner, kind: Kind, key: Option<String>) -> Self {
        Spot { owner, kind, key }
    }

    /// What an address names within a part: `question.titre`, `final-rubrique` for a new one.
    pub(super) fn parse(part: CallPart, item: &str) -> Option<Self> {
        let (owner, rest) = OWNERS
            .iter()
            .find_map(|(prefix, owner)| Some((*owner, item.strip_prefix(prefix)?)))
            .unwrap_or((Owner::Call, item));
        let (word, key) = rest.split_once('.').map_or((rest, None), |(word, key)| (word, Some(key.to_owned())));
        let (_, kind) = KINDS.iter().find(|(name, _)| *name == word)?;
        let spot = Spot::new(owner, *kind, key);
        (spot.part() == Some(part)).then_some(spot)
    }

    /// The part it belongs to.
    pub(super) fn part(&self) -> Option<CallPart> {
        Some(match (self.owner, self.kind) {
            (Owner::Call, Kind::Rule) => CallPart::Eligibility,
            (Owner::Call, Kind::Document | Kind::Statement) => CallPart::Documents,
            (Owner::Call, Kind::Criterion) => CallPart::Grid,
            (Owner::Call, Kind::Section | Kind::Question) => CallPart::Form,
            (_, Kind::Document | Kind::Section | Kind::Question) => CallPart::Reports,
            (_, Kind::Rule | Kind::Statement | Kind::Criterion) => return None,
        })
    }

    /// Its address below its part.
    pub(super) fn item(&self) -> String {
        let owner = OWNERS.iter().find(|(_, owner)| *owner == self.owner).map_or("", |(prefix, _)| prefix);
        let kind = KINDS.iter().find(|(_, kind)| *kind == self.kind).map_or("", |(word, _)| word);
        match &self.key {
            Some(key) => format!("{owner}{kind}.{key}"),
            None => format!("{owner}{kind}"),
        }
    }

    /// The same as something new, for when somebody else has taken it away meanwhile.
    pub(super) fn anew(&self) -> Self {
        Spot { key: None, ..self.clone() }
    }

    /// What its page is called.
    pub(super) const fn title(&self) -> &'static str {
        match (self.kind, self.key.is_some()) {
            (Kind::Rule, true) => "Modifier la règle",
            (Kind::Rule, false) => "Nouvelle règle",
            (Kind::Document, true) => "Modifier la pièce",
            (Kind::Document, false) => "Nouvelle pièce",
            (Kind::Statement, true) => "Modifier l’attestation",
            (Kind::Statement, false) => "Nouvelle attestation",
            (Kind::Criterion, true) => "Modifier le critère",
            (Kind::Criterion, false) => "Nouveau critère",
            (Kind::Section, true) => "Modifier la rubrique",
            (Kind::Section, false) => "Nouvelle rubrique",
            (Kind::Question, true) => "Modifier la question",
            (Kind::Question, false) => "Nouvelle question",
        }
    }

    /// The place of a known thing in its list; `None` for a new one. `Err` when there is no such thing.
    fn at(&self, call: &CallDefinition) -> Result<Option<usize>, ()> {
        let Some(key) = &self.key else { return Ok(None) };
        let found = match self.kind {
            Kind::Rule => key.parse::<usize>().ok().filter(|at| *at < call.eligibility.len()),
            Kind::Document => self.owner.documents(call).iter().position(|document| document.code == *key),
            Kind::Statement => call.statements.iter().position(|statement| statement.code == *key),
            Kind::Criterion => call.grid.criteria.iter().position(|criterion| criterion.code == *key),
            Kind::Section => self.owner.sections(call).iter().position(|section| section.code == *key),
            Kind::Question => None,
        };
        found.map(Some).ok_or(())
    }

    /// Where a question is, or the section that the form names for a new one.
    fn place(&self, call: &CallDefinition, form: &Fields) -> Option<Place> {
        let sections = self.owner.sections(call);
        match &self.key {
            None => sections.iter().position(|section| section.code == form.text("rubrique")).map(|at| (at, None)),
            Some(key) => sections.iter().enumerate().find_map(|(i, section)| {
                let j = section.questions.iter().position(|question| question.code == *key)?;
                Some((i, Some(j)))
            }),
        }
    }

    fn is_of_application(&self) -> bool {
        self.owner == Owner::Call
    }

    /// Its form; `None` when there is no such thing. `seed` says what a new thing begins with.
    pub(super) fn groups(&self, call: &CallDefinition, typed: Typed<'_>, seed: &Fields) -> Option<Vec<Group>> {
        let at = self.at(call);
        let of = |at: Option<usize>| at.unwrap_or(usize::MAX);
        Some(match self.kind {
            Kind::Rule => rules::groups(call, call.eligibility.get(of(at.ok()?)), seed.text("rule"))?,
            Kind::Document => documents::document_groups(call, self.owner.documents(call).get(of(at.ok()?))),
            Kind::Statement => documents::statement_groups(call, call.statements.get(of(at.ok()?))),
            Kind::Criterion => grids::criterion_groups(call, call.grid.criteria.get(of(at.ok()?))),
            Kind::Section => {
                questions::section_groups(call, (self.owner.sections(call), at.ok()?), self.is_of_application())
            }
            Kind::Question => {
                let place = self.place(call, seed)?;
                let sections = self.owner.sections(call);
                questions::question_groups(
                    call,
                    (sections, place),
                    self.is_of_application(),
                    (typed, seed.text("modele")),
                )?
            }
        })
    }

    /// Writes what its form says; gives the path of the thing in the definition, `None` when there is no such thing.
    /// `used` are codes that may not be given again.
    pub(super) fn apply(
        &self,
        call: &mut CallDefinition,
        used: &[String],
        reading: &mut Reading<'_>,
    ) -> Option<String> {
        if self.kind == Kind::Question {
            return self.apply_question(call, used, reading);
        }
        let (at, owner, key) = (self.at(call).ok()?, self.owner.path(), self.key.as_deref());
        let taken = self.taken(call, used);
        Some(match self.kind {
            Kind::Rule => {
                let rule = rules::read(call, reading)?;
                format!("eligibility.{}", put(&mut call.eligibility, at, rule))
            }
            Kind::Document => {
                let document = documents::read_document(call, reading, key, &taken);
                format!("{owner}documents.{}", put(self.owner.documents_mut(call)?, at, document))
            }
            Kind::Statement => {
                let statement = documents::read_statement(reading, key, &taken);
                format!("statements.{}", put(&mut call.statements, at, statement))
            }
            Kind::Criterion => {
                let criterion = grids::read_criterion(reading, key, &taken);
                format!("grid.criterion.{}", put(&mut call.grid.criteria, at, criterion))
            }
            Kind::Section | Kind::Question => {
                let known = at.and_then(|at| self.owner.sections(call).get(at)).cloned();
                let section =
                    questions::read_section(call, reading, known.as_ref(), (&taken, self.is_of_application()));
                format!("{owner}sections.{}", put(self.owner.sections_mut(call)?, at, section))
            }
        })
    }

    fn apply_question(&self, call: &mut CallDefinition, used: &[String], reading: &mut Reading<'_>) -> Option<String> {
        let (from, place) = self.place(call, reading.form)?;
        let taken = self.taken(call, used);
        let known = place.and_then(|place| self.owner.sections(call)[from].questions.get(place)).cloned();
        let question = questions::read_question(reading, known.as_ref(), &taken);
        let wanted = reading.text("rubrique");
        let sections = self.owner.sections_mut(call)?;
        let into = sections.iter().position(|section| section.code == wanted).unwrap_or(from);
        let at = match place {
            Some(place) if into == from => put(&mut sections[from].questions, Some(place), question),
            Some(place) => {
                sections[from].questions.remove(place);
                put(&mut sections[into].questions, None, question)
            }
            None => put(&mut sections[into].questions, None, question),
        };
        Some(format!("{}sections.{into}.question.{at}", self.owner.path()))
    }

    /// Codes that a new thing of this kind may not have.
    fn taken(&self, call: &CallDefinition, used: &[String]) -> Vec<String> {
        let sections = self.owner.sections(call);
        let mut taken: Vec<String> = match self.kind {
            Kind::Rule => Vec::new(),
            // The file that answers a question is kept under the code of the question, as a document under its own.
            Kind::Document | Kind::Question => {
                let documents = self.owner.documents(call).iter().map(|document| document.code.clone());
                documents.chain(sections.iter().flat_map(|s| &s.questions).map(|q| q.code.clone())).collect()
            }
            Kind::Statement => call.statements.iter().map(|statement| statement.code.clone()).collect(),
            Kind::Criterion => call.grid.criteria.iter().map(|criterion| criterion.code.clone()).collect(),
            Kind::Section => sections.iter().map(|section| section.code.clone()).collect(),
        };
        taken.extend_from_slice(used);
        taken
    }

    /// Moves it in its list; `None` when there is no such thing.
    pub(super) fn shift(&self, call: &mut CallDefinition, way: Way) -> Option<()> {
        if self.kind == Kind::Question {
            let (section, place) = self.place(call, &Fields::default())?;
            shift_question(self.owner.sections_mut(call)?, (section, place?), way);
            return Some(());
        }
        let at = self.at(call).ok()??;
        match self.kind {
            Kind::Rule => shift(&mut call.eligibility, at, way),
            Kind::Document => shift(self.owner.documents_mut(call)?, at, way),
            Kind::Statement => shift(&mut call.statements, at, way),
            Kind::Criterion => shift(&mut call.grid.criteria, at, way),
            Kind::Section | Kind::Question => shift(self.owner.sections_mut(call)?, at, way),
        }
        Some(())
    }

    /// Takes it away; `None` when there is no such thing.
    pub(super) fn remove(&self, call: &mut CallDefinition) -> Option<()> {
        if self.kind == Kind::Question {
            let (section, place) = self.place(call, &Fields::default())?;
            self.owner.sections_mut(call)?[section].questions.remove(place?);
            grids::look_away(call);
            return Some(());
        }
        let at = self.at(call).ok()??;
        match self.kind {
            Kind::Rule => drop(call.eligibility.remove(at)),
            Kind::Document => drop(self.owner.documents_mut(call)?.remove(at)),
            Kind::Statement => drop(call.statements.remove(at)),
            Kind::Criterion => drop(call.grid.criteria.remove(at)),
            Kind::Section | Kind::Question => drop(self.owner.sections_mut(call)?.remove(at)),
        }
        grids::look_away(call);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_one_thing_of_its_own_part() {
        for (part, item) in [
            (CallPart::Form, "question.titre"),
            (CallPart::Form, "rubrique"),
            (CallPart::Reports, "final-question.realise"),
            (CallPart::Reports, "intermediaire-piece"),
            (CallPart::Eligibility, "regle.3"),
            (CallPart::Documents, "attestation.cer"),
            (CallPart::Grid, "critere.budget"),
        ] {
            assert_eq!(Spot::parse(part, item).map(|spot| spot.item()).as_deref(), Some(item));
        }
        for (part, item) in
            [(CallPart::Grid, "question.titre"), (CallPart::Reports, "final-critere"), (CallPart::Form, "rien")]
        {
            assert_eq!(Spot::parse(part, item), None, "{item}");
        }
    }
}

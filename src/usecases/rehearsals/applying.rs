//! The applicants of a rehearsal: their organisations, their files, and whether these may be filed and admitted.

use super::{
    DeadEnd, Outcome, Rehearsal, Thing, UseCaseError,
    fictions::{self, Project},
    money,
    walks::{Dossier, Walk, engage},
};
use crate::{
    domain::{
        definitions::{CallDefinition, CallPart, DocumentNeed, FilingSignature, Question, SectionContent},
        eligibility::{Rule, Verdict},
        ids::OrganisationId,
        organisations::LegalForm,
        roles::Role,
        text::counted,
    },
    store::organisations as organisation_rows,
    usecases::{
        Actor, answers, applications, eligibility, file_answers, organisations, signatures,
        ties::{self, TiesForm},
    },
};

/// Where the numbers of the made-up organisations begin.
const NUMBERS: i64 = 7_000_000;

impl Walk<'_, '_> {
    pub(super) fn fill_in(&mut self, met: &mut Rehearsal) -> Outcome<Vec<String>> {
        self.now = self.call.window.opens;
        let room = money::room(self.tx.conn(), &self.call)?;
        let project = Project::fitting(&self.call, &room, &mut met.dead_ends);
        for number in 0..2 {
            let dossier = self.start(number)?;
            self.write(&dossier, &project, met)?;
            self.dossiers.push(dossier);
        }
        let said = format!("{} demandés par chacune", project.requested);
        self.project = Some(project);
        Ok(vec![said])
    }

    /// Somebody and their organisation, whose numbers nobody here has.
    fn holder(&mut self, forms: &[LegalForm], number: i64) -> Outcome<(Actor, String, OrganisationId)> {
        let mut form = fictions::organisation(&self.call, forms, NUMBERS + number);
        for next in 1..1_000 {
            let siret = form.siret.parse().map_err(|_| UseCaseError::Unreadable(form.siret.clone()))?;
            let is_school_known = match form.uai.parse() {
                Ok(uai) => organisation_rows::by_uai(self.tx.conn(), &uai)?.is_some(),
                Err(_) => false,
            };
            if !is_school_known && organisation_rows::by_siret(self.tx.conn(), &siret)?.is_none() {
                break;
            }
            let other = fictions::organisation(&self.call, forms, NUMBERS + number + 10 * next);
            (form.siret, form.uai) = (other.siret, other.uai);
        }
        let name = format!("Répétition Porteur {}", number + 1);
        let person = engage(self.tx, &name, &format!("porteur{number}"), Role::Applicant, self.now)?;
        let organisation = organisations::create(self.tx, &person, &form, self.now)?;
        Ok((person, name, organisation))
    }

    fn start(&mut self, number: i64) -> Outcome<Dossier> {
        let (holder, name, organisation) = self.holder(&self.call.lead_forms(), 2 * number)?;
        let id = applications::start(self.tx, &holder, self.id, organisation, self.now)?;
        let partner_forms = self.call.pair.as_ref().map(|pair| pair.partner_forms.clone());
        let partner = match partner_forms {
            Some(forms) => {
                let (person, _, partner) = self.holder(&forms, 2 * number + 1)?;
                answers::join_partner(self.tx, &holder, id, partner, self.now)?;
                Some((person, partner))
            }
            None => None,
        };
        Ok(Dossier { id, holder, name, organisation, partner })
    }

    /// Fills every section in; an answer that is refused although it is the simplest one is a dead end.
    fn write(&mut self, dossier: &Dossier, project: &Project, met: &mut Rehearsal) -> Outcome<()> {
        let mut content = answers::to_write(self.tx.conn(), &dossier.holder, dossier.id)?;
        for section in &self.call.sections {
            let mut typed: answers::Typed = section
                .questions
                .iter()
                .map(|question| (question.code.clone(), project.answer(&self.call, question)))
                .collect();
            match section.content {
                SectionContent::Budget => typed.extend(project.budget()),
                SectionContent::Partners => typed.extend([
                    ("partenaire-0-nom".to_owned(), "Partenaire fictif".to_owned()),
                    ("partenaire-0-role".to_owned(), "Aide à la répétition".to_owned()),
                ]),
                SectionContent::Questions | SectionContent::Documents => {}
            }
            if content.section(&section.code).is_none() {
                continue;
            }
            for wrong in answers::write_section(self.tx, &mut content, &section.code, &typed, self.now)? {
                let asked = section.questions.iter().find(|question| question.code == wrong.field);
                met.meet(unanswerable(asked, &wrong.message).unwrap_or_else(|| {
                    DeadEnd::new(
                        CallPart::Form,
                        format!(
                            "La rubrique «\u{a0}{}\u{a0}» ne peut pas être remplie\u{a0}: {}",
                            section.title, wrong.message
                        ),
                    )
                    .at(Thing::Section(section.code.clone()))
                }));
            }
        }
        for document in self.call.documents.iter().filter(|document| document.need != DocumentNeed::Optional) {
            answers::attach(self.tx, &dossier.holder, dossier.id, &document.code, &self.paper, self.now)?;
        }
        for code in file_answers::asked(&content) {
            file_answers::put(self.tx, &dossier.holder, &mut content, (&code, &self.paper), self.now)?;
        }
        let none = TiesForm { liens: "non".into(), rows: Vec::new() };
        let read_at = ties::last_declared(self.tx.conn(), dossier.id)?;
        ties::declare(self.tx, &dossier.holder, dossier.id, &none, read_at, self.now)
    }

    pub(super) fn file(&mut self, met: &mut Rehearsal) -> Outcome<Vec<String>> {
        let mut said = Vec::new();
        for dossier in &self.dossiers {
            let content = answers::find(self.tx.conn(), &dossier.holder, dossier.id)?;
            let lacks = content.lacks();
            for lack in &lacks {
                let asked = lack.field.as_deref().and_then(|code| self.call.question(code));
                met.meet(unanswerable(asked, &lack.sentence).unwrap_or_else(|| DeadEnd {
                    thing: lack.section.clone().map(Thing::Section),
                    ..DeadEnd::new(CallPart::Form, format!("Le dossier reste incomplet\u{a0}: {}", lack.sentence))
                }));
            }
            if !lacks.is_empty() {
                return Ok(said);
            }
            if let Some(FilingSignature::Representative) = self.call.filing_signature {
                let signers = std::iter::once(&dossier.holder).chain(dossier.partner.iter().map(|(person, _)| person));
                for signer in signers {
                    let digest = signatures::digest(&content)?;
                    signatures::sign(self.tx, signer, dossier.id, (&digest, true), self.now)?;
                }
            }
            let version = answers::find(self.tx.conn(), &dossier.holder, dossier.id)?.row.version;
            applications::submit(self.tx, &dossier.holder, dossier.id, version, self.now)?;
            said.push(applications::find(self.tx.conn(), &dossier.holder, dossier.id)?.reference);
        }
        Ok(said)
    }

    pub(super) fn admit(&mut self, met: &mut Rehearsal) -> Outcome<Vec<String>> {
        self.now = self.call.window.closes.plus_minutes(10 * 60);
        let officer = &self.crew.officer;
        let mut judged = 0;
        for dossier in &self.dossiers {
            let findings = eligibility::checklist(self.tx.conn(), officer, dossier.id, self.now)?;
            judged = findings.len();
            let unmet = findings.into_iter().filter(|(_, finding)| finding.verdict == Verdict::NotMet);
            let unmet: Vec<_> = unmet.collect();
            for (rule, finding) in &unmet {
                met.meet(unfit(&self.call, rule, &finding.sentence));
            }
            if unmet.is_empty() {
                let version = applications::find(self.tx.conn(), officer, dossier.id)?.version;
                applications::declare_eligible(self.tx, officer, dossier.id, version, self.now)?;
            }
        }
        Ok(vec![format!("{} par dossier", counted(count(judged), "condition vérifiée", "conditions vérifiées"))])
    }
}

fn count(things: usize) -> i64 {
    i64::try_from(things).unwrap_or(i64::MAX)
}

/// A question that takes no answer, as a dead end.
fn unanswerable(asked: Option<&Question>, why: &str) -> Option<DeadEnd> {
    let question = asked?;
    let said = format!("La question «\u{a0}{}\u{a0}» ne peut pas recevoir de réponse\u{a0}: {why}", question.label);
    Some(DeadEnd::new(CallPart::Form, said).at(Thing::Question(question.code.clone())))
}

/// A rule that even an organisation made up for it does not meet.
fn unfit(call: &CallDefinition, rule: &Rule, sentence: &str) -> DeadEnd {
    let said = format!("Même un dossier fait pour cet appel n’est pas recevable\u{a0}: {sentence}");
    match call.eligibility.iter().position(|declared| declared == rule) {
        Some(place) => DeadEnd::new(CallPart::Eligibility, said).at(Thing::Rule(place)),
        None => {
            let part = match rule {
                Rule::DocumentsPresent | Rule::RepublicanContract { .. } => CallPart::Documents,
                Rule::AmountBetween { .. } | Rule::MaximumRate { .. } => CallPart::Money,
                _ => CallPart::Eligibility,
            };
            DeadEnd::new(part, said)
        }
    }
}

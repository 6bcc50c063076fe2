//! The applicants' side of a made-up story: an organisation, a file filled in section by section, its filing.

use super::{
    cast::{self, Player},
    dice::Dice,
    organisations::{self as made_up, MadeUp, Where},
    projects::{self, Project},
};
use crate::{
    domain::{
        definitions::{CallDefinition, DocumentNeed, Section, SectionContent},
        eligibility::Rule,
        ids::{ApplicationId, CallId, OrganisationId},
        organisations::LegalForm,
        roles::Role,
        time::Moment,
    },
    store::{Tx, applications as rows},
    usecases::{Outcome, UseCaseError, answers, applications, attachments::FitFile, organisations},
};

/// A call that is applied to.
#[derive(Debug, Clone)]
pub(crate) struct OpenCall {
    pub id: CallId,
    pub definition: CallDefinition,
}

/// A file and who stands behind it.
#[derive(Debug, Clone)]
pub(crate) struct Dossier {
    pub id: ApplicationId,
    pub applicant: Player,
    pub organisation: OrganisationId,
    pub made_up: MadeUp,
}

/// Starts and fills in the file number `number`; nothing is missing but its filing.
pub(crate) fn draft(
    tx: &mut Tx,
    dice: &Dice,
    call: &OpenCall,
    paper: &FitFile,
    number: i64,
    now: Moment,
) -> Outcome<Dossier> {
    let dossier = start_empty(tx, dice, call, number, now)?;
    let mut dice = dice.apart(number.unsigned_abs()).apart(1);
    if let Some(pair) = &call.definition.pair {
        join(tx, &mut dice, &dossier, &pair.partner_forms, number, now)?;
    }
    let project = projects::make(&mut dice, &call.definition, dossier.made_up.town);
    for section in &call.definition.sections {
        fill_in(tx, &dossier, section, &project, now)?;
    }
    for document in call.definition.documents.iter().filter(|document| document.need == DocumentNeed::Required) {
        answers::attach(tx, &dossier.applicant.actor(), dossier.id, &document.code, paper, now)?;
    }
    Ok(dossier)
}

/// The other half of a pair joins.
fn join(tx: &mut Tx, dice: &mut Dice, dossier: &Dossier, forms: &[LegalForm], number: i64, now: Moment) -> Outcome<()> {
    let other = made_up::make(dice, number + 500_000, forms, Where::Anywhere);
    let person = cast::engage(tx, &other.person, &other.email, Role::Applicant, now)?;
    let partner = organisations::create(tx, &person.actor(), &other.form, now)?;
    answers::join_partner(tx, &dossier.applicant.actor(), dossier.id, partner)
}

fn fill_in(tx: &mut Tx, dossier: &Dossier, section: &Section, project: &Project, now: Moment) -> Outcome<()> {
    let mut typed = answers::Typed::new();
    for question in &section.questions {
        typed.insert(question.code.clone(), project.answers.get(&question.code).cloned().unwrap_or_default());
    }
    match section.content {
        SectionContent::Budget => {
            for line in &project.budget {
                typed.insert(format!("montant-{}", line.account), line.amount.plain());
                typed.insert(format!("intitule-{}", line.account), line.label.to_owned());
            }
        }
        SectionContent::Partners => {
            for (i, (name, part)) in project.partners.iter().enumerate() {
                typed.insert(format!("partenaire-{i}-nom"), name.clone());
                typed.insert(format!("partenaire-{i}-role"), part.clone());
            }
        }
        SectionContent::Questions | SectionContent::Documents => {}
    }
    let wrong = answers::save_section(tx, &dossier.applicant.actor(), dossier.id, &section.code, &typed, now)?;
    if wrong.is_empty() { Ok(()) } else { Err(UseCaseError::Invalid(wrong)) }
}

/// Files it.
pub(crate) fn file(tx: &mut Tx, dossier: &Dossier, now: Moment) -> Outcome<()> {
    let actor = dossier.applicant.actor();
    let version = version(tx, dossier.id)?;
    applications::submit(tx, &actor, dossier.id, version, now)?;
    Ok(())
}

/// The version a page would show.
pub(crate) fn version(tx: &mut Tx, id: ApplicationId) -> Outcome<i32> {
    let sight = rows::Sight { person: None, reach: rows::Reach::Everything };
    Ok(rows::find(tx.conn(), sight, id)?.version)
}

fn forms_of(call: &CallDefinition) -> Vec<LegalForm> {
    let asked = call.eligibility.iter().find_map(|rule| match rule {
        Rule::LegalForms { forms } => Some(forms.clone()),
        _ => None,
    });
    asked.unwrap_or_else(|| vec![LegalForm::Association])
}

fn place_of(call: &CallDefinition) -> Where {
    let is_coast = call.eligibility.iter().any(|rule| matches!(rule, Rule::ProjectInCommunes { .. }));
    if is_coast { Where::Coast } else { Where::Anywhere }
}

/// Starts a file and writes nothing into it.
pub(crate) fn start_empty(tx: &mut Tx, dice: &Dice, call: &OpenCall, number: i64, now: Moment) -> Outcome<Dossier> {
    let mut dice = dice.apart(number.unsigned_abs());
    let made_up = made_up::make(&mut dice, number, &forms_of(&call.definition), place_of(&call.definition));
    let applicant = cast::engage(tx, &made_up.person, &made_up.email, Role::Applicant, now)?;
    let organisation = organisations::create(tx, &applicant.actor(), &made_up.form, now)?;
    let id = applications::start(tx, &applicant.actor(), call.id, organisation, now)?;
    Ok(Dossier { id, applicant, organisation, made_up })
}

//! The applicants' side of a made-up story: an organisation, a file filled in section by section, its filing.

use super::{
    cast::{self, Player},
    dice::Dice,
    organisations::{self as made_up, MadeUp, Where},
    projects::{self, Project},
};
use crate::{
    domain::{
        definitions::{CallDefinition, DocumentNeed, Pair, Section, SectionContent},
        eligibility::Rule,
        ids::{ApplicationId, CallId, OrganisationId},
        roles::Role,
        time::Moment,
    },
    store::{Tx, applications as rows, calls},
    usecases::{
        Actor, Outcome, UseCaseError,
        answers::{self, Content},
        applications,
        attachments::FitFile,
        definitions, file_answers, organisations,
        profiles::{self, MandateForm, ProfileForm},
        signatures,
        ties::{self, TiesForm},
    },
};

/// The eyes of whoever tells the story.
const EVERYTHING: rows::Sight = rows::Sight { person: None, reach: rows::Reach::Everything };

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

/// An organisation of the story and who applies for it.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub applicant: Player,
    pub organisation: OrganisationId,
    pub made_up: MadeUp,
}

impl Holder {
    /// One of its files.
    pub(crate) fn dossier(&self, id: ApplicationId) -> Dossier {
        let Holder { applicant, organisation, made_up } = self.clone();
        Dossier { id, applicant, organisation, made_up }
    }
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
        let partner = settle_partner(tx, &mut dice, pair, number + 500_000, now)?;
        join(tx, &dossier, &partner, now)?;
    }
    write(tx, &mut dice, call, paper, &dossier, now)?;
    Ok(dossier)
}

/// The other half of a pair joins.
pub(crate) fn join(tx: &mut Tx, dossier: &Dossier, partner: &Holder, now: Moment) -> Outcome<()> {
    answers::join_partner(tx, &dossier.applicant.actor(), dossier.id, partner.organisation, now)
}

/// Fills every section in and attaches what is asked.
pub(crate) fn write(
    tx: &mut Tx,
    dice: &mut Dice,
    call: &OpenCall,
    paper: &FitFile,
    dossier: &Dossier,
    now: Moment,
) -> Outcome<()> {
    let project = projects::make(dice, &call.definition, dossier.made_up.town);
    let mut content = answers::to_write(tx.conn(), &dossier.applicant.actor(), dossier.id)?;
    for section in &call.definition.sections {
        fill_in(tx, &mut content, section, &project, now)?;
    }
    for document in call.definition.documents.iter().filter(|document| document.need != DocumentNeed::Optional) {
        answers::attach(tx, &dossier.applicant.actor(), dossier.id, &document.code, paper, now)?;
    }
    for code in file_answers::asked(&content) {
        file_answers::put(tx, &dossier.applicant.actor(), &mut content, (&code, paper), now)?;
    }
    declare(tx, dice, dossier, now)
}

/// Says whether somebody has a tie with the network; few do.
fn declare(tx: &mut Tx, dice: &mut Dice, dossier: &Dossier, now: Moment) -> Outcome<()> {
    let name = dossier.made_up.form.representant.clone();
    let tie = (name, "siège au conseil d’administration du réseau".to_owned());
    let form = match dice.chance(8) {
        true => TiesForm { liens: "oui".into(), rows: vec![tie] },
        false => TiesForm { liens: "non".into(), rows: Vec::new() },
    };
    let read_at = ties::last_declared(tx.conn(), dossier.id)?;
    ties::declare(tx, &dossier.applicant.actor(), dossier.id, &form, read_at, now)
}

fn fill_in(tx: &mut Tx, content: &mut Content, section: &Section, project: &Project, now: Moment) -> Outcome<()> {
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
    let wrong = answers::write_section(tx, content, &section.code, &typed, now)?;
    if wrong.is_empty() { Ok(()) } else { Err(UseCaseError::Invalid(wrong)) }
}

/// Files it.
pub(crate) fn file(tx: &mut Tx, dossier: &Dossier, now: Moment) -> Outcome<()> {
    let actor = dossier.applicant.actor();
    sign(tx, dossier, now)?;
    let version = version(tx, dossier.id)?;
    applications::submit(tx, &actor, dossier.id, version, now)?;
    Ok(())
}

/// Everybody signs whom the call asks.
fn sign(tx: &mut Tx, dossier: &Dossier, now: Moment) -> Outcome<()> {
    let row = rows::find(tx.conn(), EVERYTHING, dossier.id)?;
    let call = calls::find(tx.conn(), row.call_id)?;
    if definitions::call(&call.settings)?.filing_signature.is_none() {
        return Ok(());
    }
    let content = answers::find(tx.conn(), &dossier.applicant.actor(), dossier.id)?;
    for party in signatures::parties(tx.conn(), &content)? {
        if let Some((signer, _)) = party.signers.first() {
            let signer = Actor::person(*signer, vec![Role::Applicant]);
            signatures::sign(tx, &signer, dossier.id, (&signatures::digest(&content)?, true), now)?;
        }
    }
    Ok(())
}

/// The version a page would show.
pub(crate) fn version(tx: &mut Tx, id: ApplicationId) -> Outcome<i32> {
    Ok(rows::find(tx.conn(), EVERYTHING, id)?.version)
}

fn place_of(call: &CallDefinition) -> Where {
    let is_coast = call.eligibility.iter().any(|rule| matches!(rule, Rule::ProjectInCommunes { .. }));
    if is_coast { Where::Coast } else { Where::Anywhere }
}

/// Starts a file and writes nothing into it.
pub(crate) fn start_empty(tx: &mut Tx, dice: &Dice, call: &OpenCall, number: i64, now: Moment) -> Outcome<Dossier> {
    let holder = settle(tx, &mut dice.apart(number.unsigned_abs()), &call.definition, number, now)?;
    start(tx, call, &holder, now)
}

/// Starts a file of an organisation that is there already.
pub(crate) fn start(tx: &mut Tx, call: &OpenCall, holder: &Holder, now: Moment) -> Outcome<Dossier> {
    let id = applications::start(tx, &holder.applicant.actor(), call.id, holder.organisation, now)?;
    Ok(holder.dossier(id))
}

/// Brings in the organisation of this number, of a form and from a place that the call takes.
pub(crate) fn settle(tx: &mut Tx, dice: &mut Dice, call: &CallDefinition, number: i64, now: Moment) -> Outcome<Holder> {
    let made_up = made_up::make(dice, number, &call.lead_forms(), place_of(call));
    bring_in(tx, &mut dice.apart(86), made_up, now)
}

/// Brings in the organisation of this number, fit to be the other half of a pair.
pub(crate) fn settle_partner(tx: &mut Tx, dice: &mut Dice, pair: &Pair, number: i64, now: Moment) -> Outcome<Holder> {
    let made_up = made_up::make(dice, number, &pair.partner_forms, Where::Anywhere);
    bring_in(tx, &mut dice.apart(86), made_up, now)
}

fn bring_in(tx: &mut Tx, dice: &mut Dice, made_up: MadeUp, now: Moment) -> Outcome<Holder> {
    let applicant = cast::engage(tx, &made_up.person, &made_up.email, Role::Applicant, now)?;
    let organisation = organisations::create(tx, &applicant.actor(), &made_up.form, now)?;
    let holder = Holder { applicant, organisation, made_up };
    describe(tx, dice, &holder, now)?;
    Ok(holder)
}

/// Fills its profile in, with who leads it.
fn describe(tx: &mut Tx, dice: &mut Dice, holder: &Holder, now: Moment) -> Outcome<()> {
    let (actor, id) = (holder.applicant.actor(), holder.organisation);
    let form = ProfileForm {
        osim: if dice.chance(20) { "oui" } else { "non" }.into(),
        effectif: dice.pick(&["0", "0", "1-2", "1-2", "3-5", "6-9"]).to_string(),
        benevoles: dice.between(5, 60).to_string(),
        adherents: dice.between(20, 300).to_string(),
        reseau: dice.pick(&["outside", "applying", "member"]).to_string(),
        delegation: String::new(),
    };
    profiles::save(tx, &actor, id, &form, Moment::from_unix_seconds(0), now)?;
    let since = now.plus_days(-dice.between(30, 600)).paris_date().to_string();
    let treasurer = made_up::name(dice);
    for (nom, fonction) in [(holder.made_up.form.representant.clone(), "president"), (treasurer, "treasurer")] {
        let led = MandateForm { nom, fonction: fonction.into(), debut: since.clone(), fin: String::new() };
        profiles::add_mandate(tx, &actor, id, &led, now)?;
    }
    Ok(())
}

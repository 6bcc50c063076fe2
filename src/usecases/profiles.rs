//! The profile of an organisation: what it says of itself once, for every file, and who leads it.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    organisations::{self, require},
};
use crate::{
    domain::{
        ids::{MandateId, OrganisationId},
        organisations::Right,
        profiles::{Duty, Identity, Membership, StaffBand},
        text::unprintable_sentence,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        organisations::OrganisationRow,
        profiles::{self as rows, MandateRow, ProfileRow},
    },
};
use chrono::NaiveDate;

/// The most mandates an organisation keeps, past ones included.
const MOST_MANDATES: usize = 60;
/// The longest name and the longest delegation, in characters.
const LONGEST_NAME: usize = 120;
const LONGEST_DELEGATION: usize = 300;

/// The profile of an organisation and everybody who leads or led it.
#[derive(Debug, Clone)]
pub struct Profile {
    pub card: OrganisationRow,
    /// Nothing until it has been filled in once.
    pub row: Option<ProfileRow>,
    pub mandates: Vec<MandateRow>,
}

impl Profile {
    /// What is filed of the organisation.
    pub fn identity(&self) -> Identity {
        let (card, row) = (&self.card, self.row.as_ref());
        Identity {
            name: card.name.clone(),
            legal_form: card.legal_form,
            siret: card.siret.as_ref().map(ToString::to_string),
            rna: card.rna.as_ref().map(ToString::to_string),
            uai: card.uai.as_ref().map(ToString::to_string),
            street: card.street.clone(),
            postcode: card.postcode.clone(),
            city: card.city.clone(),
            country: card.country_code.clone(),
            founded_on: card.founded_on,
            annual_budget_cents: card.annual_budget_cents.map(|budget| budget.cents()),
            email: card.email.as_ref().map(ToString::to_string),
            phone: card.phone.as_ref().map(ToString::to_string),
            representative: (card.representative_name.clone(), card.representative_title.clone()),
            delegation: row.map(|row| row.delegation.clone()).unwrap_or_default(),
            is_osim: row.and_then(|row| row.is_osim),
            staff: row.and_then(|row| row.staff),
            volunteers: row.and_then(|row| row.volunteers),
            members: row.and_then(|row| row.members),
            membership: row.and_then(|row| row.membership),
            mandates: self.mandates.iter().map(Into::into).collect(),
        }
    }
}

/// What these organisations are and say of themselves today, in the order they are given.
pub(super) fn identities(conn: &mut Conn, cards: &[&OrganisationRow]) -> Outcome<Vec<Identity>> {
    let ids: Vec<_> = cards.iter().map(|card| card.id).collect();
    let (profiles, mandates) = (rows::of_organisations(conn, &ids)?, rows::mandates(conn, &ids)?);
    let identity = |card: &&OrganisationRow| {
        let mandates = mandates.iter().filter(|row| row.organisation_id == card.id).cloned().collect();
        let row = profiles.iter().find(|row| row.organisation_id == card.id).cloned();
        Profile { card: (*card).clone(), row, mandates }.identity()
    };
    Ok(cards.iter().map(identity).collect())
}

/// The profile of an organisation, for those who may know it.
pub fn find(conn: &mut Conn, actor: &Actor, id: OrganisationId) -> Outcome<Profile> {
    let card = organisations::find(conn, actor, id)?;
    Ok(Profile { card, row: rows::of_organisations(conn, &[id])?.pop(), mandates: rows::mandates(conn, &[id])? })
}

/// A profile as typed. Field names are those of the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileForm {
    /// `oui`, `non`, or nothing.
    pub osim: String,
    pub effectif: String,
    pub benevoles: String,
    pub adherents: String,
    pub reseau: String,
    pub delegation: String,
}

impl From<&ProfileRow> for ProfileForm {
    fn from(row: &ProfileRow) -> Self {
        let number = |count: Option<i32>| count.map(|count| count.to_string()).unwrap_or_default();
        ProfileForm {
            osim: row.is_osim.map_or("", |yes| if yes { "oui" } else { "non" }).to_owned(),
            effectif: row.staff.map_or("", StaffBand::code).to_owned(),
            benevoles: number(row.volunteers),
            adherents: number(row.members),
            reseau: row.membership.map_or("", Membership::code).to_owned(),
            delegation: row.delegation.clone(),
        }
    }
}

fn count(field: &str, typed: &str, errors: &mut Vec<FieldError>) -> Option<i32> {
    let digits: String = typed.split_whitespace().collect();
    if digits.is_empty() {
        return None;
    }
    let read = digits.parse::<i32>().ok().filter(|count| (0..=1_000_000).contains(count));
    if read.is_none() {
        errors.push(FieldError::new(field, "Écrivez un nombre entier, sans unité. Exemple\u{a0}: 12."));
    }
    read
}

fn line(field: &str, typed: &str, longest: usize, errors: &mut Vec<FieldError>) -> String {
    let text = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > longest {
        errors.push(FieldError::new(field, format!("C’est trop long\u{a0}: {longest} caractères au plus.")));
    } else if let Some(sentence) = unprintable_sentence(&text) {
        errors.push(FieldError::new(field, sentence));
    }
    text
}

fn code<T: std::str::FromStr>(field: &str, typed: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    let read = Some(typed).filter(|typed| !typed.is_empty()).map(str::parse::<T>);
    if matches!(read, Some(Err(_))) {
        errors.push(FieldError::new(field, "Choisissez une des réponses."));
    }
    read.and_then(Result::ok)
}

/// Writes the profile of an organisation again; `read_at` is when the page showed it last changed.
pub fn save(
    tx: &mut Tx,
    actor: &Actor,
    id: OrganisationId,
    form: &ProfileForm,
    read_at: Moment,
    now: Moment,
) -> Outcome<()> {
    require(tx.conn(), actor, &[id], Right::Write)?;
    let mut errors = Vec::new();
    let row = ProfileRow {
        organisation_id: id,
        is_osim: match form.osim.as_str() {
            "oui" => Some(true),
            "non" => Some(false),
            _ => None,
        },
        staff: code("effectif", &form.effectif, &mut errors),
        volunteers: count("benevoles", &form.benevoles, &mut errors),
        members: count("adherents", &form.adherents, &mut errors),
        membership: code("reseau", &form.reseau, &mut errors),
        delegation: line("delegation", &form.delegation, LONGEST_DELEGATION, &mut errors),
        updated_at: now,
    };
    if !errors.is_empty() {
        return Err(UseCaseError::Invalid(errors));
    }
    match rows::of_organisations(tx.conn(), &[id])?.pop() {
        None if read_at == Moment::from_unix_seconds(0) => rows::insert(tx, &row)?,
        _ => rows::update(tx, &row, read_at)?,
    }
    Ok(())
}

/// A mandate as typed. Field names are those of the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MandateForm {
    pub nom: String,
    pub fonction: String,
    pub debut: String,
    pub fin: String,
}

impl From<&MandateRow> for MandateForm {
    fn from(row: &MandateRow) -> Self {
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        MandateForm {
            nom: row.name.clone(),
            fonction: row.duty.code().to_owned(),
            debut: day(row.from_on),
            fin: day(row.until_on),
        }
    }
}

impl MandateForm {
    fn read(&self, id: MandateId, organisation_id: OrganisationId, now: Moment) -> Outcome<MandateRow> {
        let mut errors = Vec::new();
        let name = line("nom", &self.nom, LONGEST_NAME, &mut errors);
        if name.is_empty() {
            errors.push(FieldError::new("nom", "Indiquez le prénom et le nom."));
        }
        let duty = self.fonction.parse::<Duty>();
        if duty.is_err() {
            errors.push(FieldError::new("fonction", "Choisissez une fonction."));
        }
        let from_on = day("debut", &self.debut, &mut errors);
        let until_on = day("fin", &self.fin, &mut errors);
        if from_on.zip(until_on).is_some_and(|(from, until)| until < from) {
            errors.push(FieldError::new("fin", "Le mandat finit avant de commencer\u{a0}: vérifiez les deux dates."));
        }
        match duty {
            Ok(duty) if errors.is_empty() => {
                Ok(MandateRow { id, organisation_id, name, duty, from_on, until_on, updated_at: now })
            }
            _ => Err(UseCaseError::Invalid(errors)),
        }
    }
}

fn day(field: &str, typed: &str, errors: &mut Vec<FieldError>) -> Option<NaiveDate> {
    let read = crate::domain::forms::day(typed.trim());
    if read.is_none() && !typed.trim().is_empty() {
        errors.push(FieldError::new(field, "Cette date n’existe pas. Exemple\u{a0}: 31/12/2027."));
    }
    read
}

/// Adds somebody who leads an organisation.
pub fn add_mandate(tx: &mut Tx, actor: &Actor, id: OrganisationId, form: &MandateForm, now: Moment) -> Outcome<()> {
    require(tx.conn(), actor, &[id], Right::Write)?;
    if rows::mandates(tx.conn(), &[id])?.len() >= MOST_MANDATES {
        let sentence = format!("La liste compte déjà {MOST_MANDATES} mandats\u{a0}: retirez-en d’abord un.");
        return Err(UseCaseError::Invalid(vec![FieldError::new("nom", sentence)]));
    }
    let row = form.read(tx.mint(now)?, id, now)?;
    Ok(rows::insert_mandate(tx, &row)?)
}

/// Writes a mandate again: it was prolonged, or it has ended.
pub fn change_mandate(
    tx: &mut Tx,
    actor: &Actor,
    (id, mandate): (OrganisationId, MandateId),
    form: &MandateForm,
    read_at: Moment,
    now: Moment,
) -> Outcome<()> {
    require(tx.conn(), actor, &[id], Right::Write)?;
    if !rows::mandates(tx.conn(), &[id])?.iter().any(|row| row.id == mandate) {
        return Err(StoreError::NotFound.into());
    }
    let row = form.read(mandate, id, now)?;
    Ok(rows::update_mandate(tx, &row, read_at)?)
}

/// Takes away a mandate that was written by mistake; one that has ended is kept with its last day.
pub fn remove_mandate(tx: &mut Tx, actor: &Actor, id: OrganisationId, mandate: MandateId) -> Outcome<()> {
    require(tx.conn(), actor, &[id], Right::Write)?;
    Ok(rows::delete_mandate(tx, id, mandate)?)
}

//! People: signing up, names, passwords, roles.

use super::{Actor, FieldError, Outcome, UseCaseError, login_links, own_passwords, passwords};
use crate::{
    domain::{
        correspondence::passwords::PasswordChange,
        identity::{Email, Phone, faults},
        ids::PersonId,
        lifecycle::Refusal,
        roles::Role,
        text::{fold, sort_key, unprintable_sentence},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, login_links as links,
        people::{self, PersonRoleRow, PersonRow},
        sign_ins,
    },
};

/// Most characters of a name.
const LONGEST_NAME: usize = 120;

/// An address as the key of a person: nobody means two mailboxes by two ways of writing capitals.
pub fn canonical(email: &Email) -> Email {
    email.as_str().to_ascii_lowercase().parse().unwrap_or_else(|_| email.clone())
}

/// A name as typed, or what is wrong with it.
pub fn parse_name(typed: &str) -> Result<String, FieldError> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = if name.is_empty() {
        "Indiquez le prénom et le nom.".to_owned()
    } else if name.chars().count() > LONGEST_NAME {
        format!("Le nom est trop long\u{a0}: {LONGEST_NAME} caractères au plus.")
    } else if name.chars().any(|c| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')) {
        "Le nom contient des caractères invisibles\u{a0}: retapez-le.".to_owned()
    } else if let Some(sentence) = unprintable_sentence(&name) {
        sentence
    } else {
        return Ok(name);
    };
    Err(FieldError::new("nom", sentence))
}

fn search_key(name: &str, email: &Email) -> String {
    fold(&format!("{name} {email}"))
}

/// Adds a person without any role.
pub fn add(tx: &mut Tx, email: &Email, name: &str, now: Moment) -> Outcome<PersonId> {
    let name = parse_name(name).map_err(|error| UseCaseError::Invalid(vec![error]))?;
    let email = canonical(email);
    let id = tx.mint(now)?;
    let row = PersonRow {
        id,
        sort_key: sort_key(&name),
        search_key: search_key(&name, &email),
        email,
        name,
        phone: None,
        password_hash: None,
        created_at: now,
        disabled_at: None,
    };
    people::insert(tx, &row)?;
    Ok(id)
}

/// Signs somebody up as a project holder and sends the link that proves the address. Somebody known gets a link
/// too, and the page says the same.
pub fn sign_up(tx: &mut Tx, email: &Email, name: &str, next_path: &str, now: Moment) -> Outcome<()> {
    if people::by_email(tx.conn(), &canonical(email))?.is_none() {
        let id = add(tx, email, name, now)?;
        give_role(tx, None, id, Role::Applicant, now)?;
    } else {
        parse_name(name).map_err(|error| UseCaseError::Invalid(vec![error]))?;
    }
    login_links::ask(tx, email, next_path, now)
}

/// Finds or adds a person and makes sure of a role: how the command line and the demo bring people in.
pub fn ensure(tx: &mut Tx, email: &Email, name: &str, role: Role, now: Moment) -> Outcome<PersonId> {
    let id = match people::by_email(tx.conn(), &canonical(email))? {
        Some(row) => row.id,
        None => add(tx, email, name, now)?,
    };
    give_role(tx, None, id, role, now)?;
    Ok(id)
}

/// Adds somebody with a first role, from what an administrator typed: fields `nom`, `email` and `role`.
pub fn invite(tx: &mut Tx, actor: &Actor, name: &str, email: &str, role: &str, now: Moment) -> Outcome<PersonId> {
    let mut errors = Vec::new();
    let name = parse_name(name).map_err(|error| errors.push(error)).ok();
    let wrong = faults::email(email, "Indiquez une adresse comme prenom@asso.fr.");
    let email = email.parse::<Email>().ok();
    let role = role.parse::<Role>().ok();
    match &email {
        None => errors.push(FieldError::new("email", wrong)),
        Some(email) if people::by_email(tx.conn(), &canonical(email))?.is_some() => {
            errors.push(FieldError::new("email", "Cette adresse est déjà celle de quelqu’un\u{a0}: cherchez-la."));
        }
        Some(_) => {}
    }
    if role.is_none() {
        errors.push(FieldError::new("role", "Choisissez un rôle."));
    }
    let (Some(name), Some(email), Some(role), true) = (name, email, role, errors.is_empty()) else {
        return Err(UseCaseError::Invalid(errors));
    };
    let id = add(tx, &email, &name, now)?;
    add_role(tx, actor, id, role, now)?;
    Ok(id)
}

fn give_role(tx: &mut Tx, by: Option<PersonId>, id: PersonId, role: Role, now: Moment) -> Outcome<()> {
    if role == Role::System {
        return Err(Refusal::because("Ce rôle n’est pas celui d’une personne.").into());
    }
    if !people::roles_of(tx.conn(), id)?.contains(&role) {
        people::insert_role(tx, &PersonRoleRow { person_id: id, role, granted_by: by, granted_at: now })?;
        super::sign_ins::renew(tx, id, role, now)?;
    }
    Ok(())
}

/// Gives somebody else a role. One of the team ends their sign-ins: they enter with it by a new one.
pub fn add_role(tx: &mut Tx, actor: &Actor, id: PersonId, role: Role, now: Moment) -> Outcome<()> {
    let by = administrator(actor, id)?;
    people::find(tx.conn(), id)?;
    give_role(tx, Some(by), id, role, now)
}

/// Takes a role from somebody else. It ends their sign-ins, so that it holds at once.
pub fn remove_role(tx: &mut Tx, actor: &Actor, id: PersonId, role: Role, now: Moment) -> Outcome<()> {
    administrator(actor, id)?;
    people::find(tx.conn(), id)?;
    withdraw_role(tx, id, role, now)
}

/// The same for whoever holds the machine itself.
pub fn withdraw_role(tx: &mut Tx, id: PersonId, role: Role, now: Moment) -> Outcome<()> {
    people::delete_role(tx, id, role)?;
    sign_ins::end_all(tx, id, now)?;
    Ok(())
}

/// The person with this address.
pub fn by_email(conn: &mut Conn, email: &Email) -> Result<PersonId, StoreError> {
    people::by_email(conn, &canonical(email))?.map(|row| row.id).ok_or(StoreError::NotFound)
}

/// Shuts somebody out at once, links included.
pub fn disable(tx: &mut Tx, actor: &Actor, id: PersonId, now: Moment) -> Outcome<()> {
    administrator(actor, id)?;
    people::set_disabled(tx, id, Some(now))?;
    take_away(tx, id, PasswordChange::Closed, now)
}

/// Lets somebody in again.
pub fn enable(tx: &mut Tx, actor: &Actor, id: PersonId) -> Outcome<()> {
    administrator(actor, id)?;
    Ok(people::set_disabled(tx, id, None)?)
}

/// Forgets the password, ends every sign-in and kills every link: a mail link is then the only way in.
pub fn reset(tx: &mut Tx, id: PersonId, now: Moment) -> Outcome<()> {
    take_away(tx, id, PasswordChange::Withdrawn, now)
}

/// The same, and whoever had a password is told that it is gone.
fn take_away(tx: &mut Tx, id: PersonId, change: PasswordChange, now: Moment) -> Outcome<()> {
    let had_one = people::find(tx.conn(), id)?.password_hash.is_some();
    people::set_password_hash(tx, id, None)?;
    links::spend_all_of(tx, id, now)?;
    sign_ins::end_all(tx, id, now)?;
    if had_one { own_passwords::tell(tx, id, (change, ""), now) } else { Ok(()) }
}

/// Only an administrator, and never for themselves: nobody gives themselves power.
fn administrator(actor: &Actor, subject: PersonId) -> Outcome<PersonId> {
    let by = actor.person.filter(|_| actor.is(Role::Admin)).ok_or(StoreError::NotFound)?;
    if by == subject {
        return Err(Refusal::because("Personne ne change ses propres droits\u{a0}: demandez à un·e collègue.").into());
    }
    Ok(by)
}

/// Writes one's own name and telephone.
pub fn rename(tx: &mut Tx, id: PersonId, name: &str, phone: &str) -> Outcome<()> {
    let mut errors = Vec::new();
    let name = parse_name(name).map_err(|error| errors.push(error)).ok();
    let phone: Option<Phone> = match phone.trim() {
        "" => None,
        typed => match typed.parse() {
            Ok(phone) => Some(phone),
            Err(_) => {
                let sentence = "Ce numéro de téléphone n’a pas la bonne forme. Exemple\u{a0}: 06 12 34 56 78.";
                errors.push(FieldError::new("telephone", sentence));
                None
            }
        },
    };
    let (Some(name), true) = (name, errors.is_empty()) else { return Err(UseCaseError::Invalid(errors)) };
    let email = people::find(tx.conn(), id)?.email;
    Ok(people::set_name(tx, id, &name, phone.as_ref(), (&sort_key(&name), &search_key(&name, &email)))?)
}

/// Keeps the hash of a new password (see [`passwords::judge`] and [`passwords::hash`], which are slow and come
/// before the transaction) and ends every sign-in: whoever knew the old one is out. Nobody is told: see
/// [`own_passwords::choose`].
pub fn set_password(tx: &mut Tx, id: PersonId, hash: &str, now: Moment) -> Outcome<()> {
    people::set_password_hash(tx, id, Some(hash))?;
    sign_ins::end_all(tx, id, now)?;
    Ok(())
}

/// The same for the demo and the command line, in one step.
pub fn give_password(tx: &mut Tx, id: PersonId, password: &str, now: Moment) -> Outcome<()> {
    let email = people::find(tx.conn(), id)?.email;
    passwords::judge(password, &email)?;
    set_password(tx, id, &passwords::hash(password)?, now)
}

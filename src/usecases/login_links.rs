//! Signing in by a one-time link sent by mail, and the brake on guessing.
//!
//! The database never holds a usable link: its secret is drawn when the mail leaves, and only its digest is kept.

use super::{Outcome, documents::Recipient, messages, own_passwords::FORGOTTEN, settings};
use crate::{
    domain::{
        correspondence,
        identity::Email,
        ids::{LoginLinkId, PersonId},
        lifecycle::Refusal,
        messages::Mail,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        digests::sha256,
        login_links::{self, LoginLinkRow},
        people::{self, PersonRow},
    },
};

/// How long a link is valid once its mail has left.
const VALID_MINUTES: i64 = 30;
/// The longest any link is valid.
const LONGEST_MINUTES: i64 = 3 * 24 * 60;
/// Over how many minutes attempts are counted.
const BRAKE_MINUTES: i64 = 15;
/// Wrong passwords for one address, and from one source, before the brake holds.
const TRIES_PER_EMAIL: i64 = 8;
const TRIES_PER_SOURCE: i64 = 60;
/// Links sent to one address before further ones are quietly left out.
const LINKS_PER_EMAIL: i64 = 5;

/// Asks for a link. Whoever asks learns nothing: an unknown or shut-out address gets the same answer and no mail.
pub fn ask(tx: &mut Tx, email: &Email, next_path: &str, now: Moment) -> Outcome<()> {
    match reader(tx, email, now)? {
        Some(person) => send(tx, &person, next_path, now),
        None => Ok(()),
    }
}

/// Asks for the link of whoever forgot their password: they are signed in, and nobody else asks for it in their name.
pub fn ask_forgotten(tx: &mut Tx, email: &Email, now: Moment) -> Outcome<()> {
    match reader(tx, email, now)? {
        Some(person) => queue(tx, &person, FORGOTTEN, now),
        None => Ok(()),
    }
}

/// To whom a link goes that is asked for with this address; to nobody after too many of them.
fn reader(tx: &mut Tx, email: &Email, now: Moment) -> Outcome<Option<PersonRow>> {
    let email = super::people::canonical(email);
    let who = format!("lien:{email}");
    let asked = login_links::count_attempts(tx.conn(), &who, now.plus_minutes(-BRAKE_MINUTES))?;
    let person = people::by_email(tx.conn(), &email)?.filter(|row| row.disabled_at.is_none());
    let Some(person) = person.filter(|_| asked < LINKS_PER_EMAIL) else { return Ok(None) };
    login_links::insert_attempt(tx, &who, now)?;
    Ok(Some(person))
}

/// Queues a link for this person: whoever asks for it, it is none for a forgotten password.
pub(super) fn send(tx: &mut Tx, person: &PersonRow, next_path: &str, now: Moment) -> Outcome<()> {
    let next_path = if next_path == FORGOTTEN { "/compte" } else { next_path };
    queue(tx, person, next_path, now)
}

fn queue(tx: &mut Tx, person: &PersonRow, next_path: &str, now: Moment) -> Outcome<()> {
    let settings = settings::load(tx.conn())?;
    let to = Recipient { person: Some(person.id), address: person.email.to_string(), name: person.name.clone() };
    let mail = correspondence::people::login_link(&settings.issuer_name, &settings.issuer_contact);
    send_for(tx, &to, (next_path, VALID_MINUTES), &mail, now)
}

/// Queues a mail whose link signs its reader in and goes on to this path; it is valid so many minutes once the mail has
/// left.
pub(super) fn send_for(
    tx: &mut Tx,
    to: &Recipient,
    (next_path, minutes): (&str, i64),
    mail: &Mail,
    now: Moment,
) -> Outcome<()> {
    let id = tx.mint(now)?;
    let row = LoginLinkRow {
        id,
        person_id: to.person.ok_or(StoreError::NotFound)?,
        // Nobody knows this secret: the link opens nothing until `arm` gives it another.
        token_hash: sha256(tx.secret()?),
        next_path: own_path(next_path).to_owned(),
        created_at: now,
        expires_at: now.plus_minutes(minutes),
        used_at: None,
    };
    login_links::insert(tx, &row)?;
    messages::queue_login_link(tx, id, to, mail, now)
}

/// Gives a link its secret just before its mail leaves, and the path to print in that mail. Sending again draws
/// another secret, and the former one is dead.
pub fn arm(tx: &mut Tx, id: LoginLinkId, now: Moment) -> Outcome<String> {
    let secret = tx.secret()?;
    let row = login_links::find(tx.conn(), id)?;
    let seconds = row.expires_at.unix_seconds() - row.created_at.unix_seconds();
    // A link that was armed before keeps the length it was made for, no less.
    let term = now.plus_seconds(seconds.clamp(VALID_MINUTES * 60, LONGEST_MINUTES * 60));
    login_links::arm(tx, id, &sha256(&secret), term)?;
    Ok(format!("/connexion/lien/{secret}"))
}

/// Whose link this is, without using it up: what the page shows before its button.
pub fn show(conn: &mut Conn, secret: &str, now: Moment) -> Outcome<PersonRow> {
    let link = login_links::live(conn, &sha256(secret), now)?;
    let person = people::find(conn, link.person_id)?;
    if person.disabled_at.is_some() {
        return Err(StoreError::NotFound.into());
    }
    Ok(person)
}

/// Uses a link up: the person to sign in and the path to go on to.
pub fn consume(tx: &mut Tx, secret: &str, now: Moment) -> Outcome<(PersonId, String)> {
    let link = login_links::live(tx.conn(), &sha256(secret), now)?;
    let person = show(tx.conn(), secret, now)?;
    login_links::spend(tx, link.id, now)?;
    Ok((person.id, link.next_path))
}

/// A path of our own site, or the home page: never another site, whatever was asked for.
pub fn own_path(path: &str) -> &str {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && path.chars().all(|c| !c.is_control() && c != '\\')
        && path.len() <= 500;
    if ours { path } else { "/" }
}

/// Refuses another password when too many were wrong, for this address or from this source. The address is not
/// told whether it is known, and links by mail still work.
pub fn brake(conn: &mut Conn, email: &str, source: &str, now: Moment) -> Outcome<()> {
    let since = now.plus_minutes(-BRAKE_MINUTES);
    let for_email = login_links::count_attempts(conn, &by_email(email), since)?;
    let for_source = login_links::count_attempts(conn, &by_source(source), since)?;
    if for_email < TRIES_PER_EMAIL && for_source < TRIES_PER_SOURCE {
        return Ok(());
    }
    Err(Refusal::because(
        "Trop d’essais en peu de temps. Attendez un quart d’heure, ou demandez un lien de connexion par courriel.",
    )
    .into())
}

/// Notes a wrong password.
pub fn note_failure(tx: &mut Tx, email: &str, source: &str, now: Moment) -> Outcome<()> {
    login_links::insert_attempt(tx, &by_email(email), now)?;
    Ok(login_links::insert_attempt(tx, &by_source(source), now)?)
}

/// Forgets the wrong passwords of an address that has given the right one.
pub fn forget_failures(tx: &mut Tx, email: &str, now: Moment) -> Outcome<()> {
    Ok(login_links::forget_attempts(tx, &by_email(email), now.plus_days(-1))?)
}

fn by_email(email: &str) -> String {
    format!("email:{}", email.trim().to_lowercase().chars().take(254).collect::<String>())
}

fn by_source(source: &str) -> String {
    format!("source:{source}")
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn a_link_never_leads_to_another_site() {
        assert_eq!(own_path("/dossiers/42?x=1"), "/dossiers/42?x=1");
        for bad in ["", "dossiers", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb"] {
            assert_eq!(own_path(bad), "/", "{bad}");
        }
    }
}

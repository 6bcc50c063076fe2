//! Choosing a password of one's own: whoever does it shows more than a screen that was left open.
//!
//! Whoever has a password types it. Whoever forgot it comes in by a link asked for on that page, within half an hour; such a
//! link proves the mailbox and no more, so that an account number cannot be changed on the faith of that password at once
//! (see [`super::account_changes`]). The first password is chosen soon after signing in, which without one is by a link.
//!
//! Whose password was set, changed or taken away is told by mail, in the same transaction. The mail about one that was chosen
//! holds such a link: whoever did not choose it replaces it without knowing it.

use super::{Outcome, documents::Recipient, login_links, messages, settings, sign_ins::SignedInPerson};
use crate::{
    domain::{
        correspondence::passwords::{PasswordChange, changed_mail},
        ids::PersonId,
        time::Moment,
    },
    store::{Conn, Tx, login_links as links, people},
};

/// Where the link of whoever forgot their password leads: by this path it is told from any other link. Only they can ask for
/// it, signed in (see [`super::login_links::ask_forgotten`]), and it comes with the word that their password was chosen.
pub const FORGOTTEN: &str = "/compte?oubli=oui";

/// Minutes after signing in within which that sign-in says who is there.
const FRESH_MINUTES: i64 = 30;
/// How long the link of the mail about a chosen password is valid: it may come on a Friday evening.
const LINK_MINUTES: i64 = 3 * 24 * 60;

/// What whoever chooses a password is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Nothing more.
    Nothing,
    /// The password there is.
    Former,
    /// To come in by a link first: there is none, and the sign-in is not fresh any more.
    Link,
}

/// What this person is asked for now.
pub fn asked(conn: &mut Conn, who: &SignedInPerson, now: Moment) -> Outcome<Asked> {
    let is_fresh = now < who.opened_at.plus_minutes(FRESH_MINUTES);
    if people::find(conn, who.id)?.password_hash.is_none() {
        return Ok(if is_fresh { Asked::Nothing } else { Asked::Link });
    }
    // The link and the sign-in that it opened are of one instant.
    let is_by_link = is_fresh && forgotten_at(conn, who.id)? == Some(who.opened_at);
    Ok(if is_by_link { Asked::Nothing } else { Asked::Former })
}

/// When this person last came in because they forgot their password, if they did lately.
pub(super) fn forgotten_at(conn: &mut Conn, person: PersonId) -> Outcome<Option<Moment>> {
    Ok(links::last_used(conn, person, FORGOTTEN)?)
}

/// Keeps the hash of the password that somebody chose in this browser and ends every sign-in (see
/// [`super::people::set_password`]); they are told.
pub fn choose(tx: &mut Tx, id: PersonId, hash: &str, device: &str, now: Moment) -> Outcome<()> {
    let change = match people::find(tx.conn(), id)?.password_hash {
        Some(_) => PasswordChange::Another,
        None => PasswordChange::First,
    };
    super::people::set_password(tx, id, hash, now)?;
    tell(tx, id, (change, device), now)
}

/// Tells somebody what became of their password, and in which browser.
pub(super) fn tell(tx: &mut Tx, id: PersonId, (change, device): (PasswordChange, &str), now: Moment) -> Outcome<()> {
    let person = people::find(tx.conn(), id)?;
    let settings = settings::load(tx.conn())?;
    let mail = changed_mail(&settings.issuer_name, change, device, now, &settings.issuer_contact);
    let to = Recipient { person: Some(id), address: person.email.to_string(), name: person.name };
    match change {
        PasswordChange::First | PasswordChange::Another => {
            login_links::send_for(tx, &to, (FORGOTTEN, LINK_MINUTES), &mail, now)
        }
        PasswordChange::Withdrawn | PasswordChange::Closed => {
            let key = format!("{change:?}:{}", now.machine());
            messages::queue_reminder(tx, (&key, id.as_str()), &to, &mail, now)
        }
    }
}

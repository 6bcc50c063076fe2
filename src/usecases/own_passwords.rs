//! Choosing a password of one's own: whoever does it shows more than a screen that was left open.
//!
//! Whoever has a password types it. Whoever forgot it comes in by a link asked for on that page, within half an hour; such a
//! link proves the mailbox and no more, so that an account number cannot be changed on the faith of that password at once
//! (see [`super::account_changes`]). The first password is chosen soon after signing in, which without one is by a link.

use super::{Outcome, sign_ins::SignedInPerson};
use crate::{
    domain::{ids::PersonId, time::Moment},
    store::{Conn, login_links, people},
};

/// Where the link of whoever forgot their password leads: by this path it is told from any other link, and only they can ask
/// for it, signed in (see [`super::login_links::ask_forgotten`]).
pub const FORGOTTEN: &str = "/compte?oubli=oui";

/// Minutes after signing in within which that sign-in says who is there.
const FRESH_MINUTES: i64 = 30;

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
    Ok(login_links::last_used(conn, person, FORGOTTEN)?)
}

//! A copy of the database holds itself back: started elsewhere, it neither mails nor pays until somebody has let it.

use super::Outcome;
use crate::{
    domain::time::Moment,
    store::{
        Conn, Tx,
        instances::{self, InstanceMark, InstanceRow},
    },
};

/// Whether this place may act. Where no place is known yet, none is a copy.
pub fn may_act(conn: &mut Conn, mark: &InstanceMark) -> Outcome<bool> {
    Ok(instances::is_known(conn, mark)? || !instances::are_any(conn)?)
}

/// Comes to a database: the first place ever is at home there. Gives whether this one may act.
pub fn arrive(tx: &mut Tx, mark: &InstanceMark, now: Moment) -> Outcome<bool> {
    let may_act = may_act(tx.conn(), mark)?;
    if may_act {
        adopt(tx, mark, now)?;
    }
    Ok(may_act)
}

/// Lets this place act from now on.
pub fn adopt(tx: &mut Tx, mark: &InstanceMark, now: Moment) -> Outcome<()> {
    if !instances::is_known(tx.conn(), mark)? {
        let InstanceMark { id, place } = mark.clone();
        instances::insert(tx, &InstanceRow { id, place, known_at: now })?;
    }
    Ok(())
}

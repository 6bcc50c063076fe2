//! Everything of a small world that has a state, under a name one can read.

use super::world::World;
use tisserand::{
    domain::lifecycle::Machine,
    store::{
        Conn, StoreError, amendments, applications, bank_accounts, calls, disbursements, grants, payment_runs,
        recoveries, reports,
    },
    usecases::applications::sight,
};

/// One object as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    pub machine: Machine,
    /// The same in every run of the same walk, unlike the identifier.
    pub name: String,
    pub id: String,
    pub state: &'static str,
    pub version: i32,
    /// The number of the holder it belongs to; none for what is the house's.
    pub holder: Option<usize>,
    /// Everything stored of it.
    pub row: String,
}

macro_rules! thing {
    ($machine:ident, $name:expr, $row:expr, $holder:expr) => {
        Thing {
            machine: Machine::$machine,
            name: $name,
            id: $row.id.to_string(),
            state: $row.state.code(),
            version: $row.version,
            holder: $holder,
            row: format!("{:?}", $row),
        }
    };
}

/// Everything that has a state, in a fixed order.
pub fn all(world: &World, conn: &mut Conn) -> Result<Vec<Thing>, StoreError> {
    let call = calls::find(conn, world.paying.call)?;
    let mut found = vec![thing!(Call, "the call".to_owned(), call, None)];
    for run in payment_runs::page(conn, None, None, 1_000)? {
        found.push(thing!(PaymentRun, format!("run {}", run.reference), run, None));
    }
    for (number, candidate) in world.candidates.iter().enumerate() {
        let holder = Some(number);
        let file = applications::find(conn, sight(&tisserand::usecases::Actor::system()), candidate.application)?;
        found.push(thing!(Application, format!("file {number}"), file, holder));
        for row in bank_accounts::open_of(conn, candidate.organisation)? {
            let name = format!("account {} of {number}", row.iban.masked());
            found.push(thing!(BankAccount, name, row, holder));
        }
        let Some(grant) = grants::of_application(conn, candidate.application)? else { continue };
        for row in disbursements::of_grant(conn, grant.id)? {
            found.push(thing!(Disbursement, format!("payment {} of {number}", row.number), row, holder));
        }
        for row in reports::of_grant(conn, grant.id)? {
            found.push(thing!(Report, format!("{} report of {number}", row.kind), row, holder));
        }
        for row in recoveries::of_grant(conn, grant.id)? {
            found.push(thing!(Recovery, format!("recovery of {} from {number}", row.amount_cents), row, holder));
        }
        for (nth, row) in amendments::of_grant(conn, grant.id)?.iter().enumerate() {
            found.push(thing!(Amendment, format!("amendment {nth} of {number}"), row, holder));
        }
        found.push(thing!(Grant, format!("grant {number}"), grant, holder));
    }
    Ok(found)
}

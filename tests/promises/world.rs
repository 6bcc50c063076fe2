//! A small world: a call with its envelope, three organisations before the committee, and everybody who acts on them.

use super::{
    moves,
    things::{self, Thing},
};
use crate::support::{
    databases::TestDb,
    grants::{Candidate, Paying, person},
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use std::{collections::BTreeMap, fmt};
use tisserand::{
    domain::{money::Euros, roles::Role, time::Moment},
    store::StoreError,
    usecases::{Actor, integrity},
};

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Holder(usize),
    Officer,
    Finance,
    SecondFinance,
    Director,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Holder(number) => write!(f, "holder {number}"),
            other => f.write_str(&format!("{other:?}").to_lowercase()),
        }
    }
}

impl Who {
    pub const ALL: [Who; 7] =
        [Who::Holder(0), Who::Holder(1), Who::Holder(2), Who::Officer, Who::Finance, Who::SecondFinance, Who::Director];

    pub fn role(self) -> Role {
        match self {
            Who::Holder(_) => Role::Applicant,
            Who::Officer => Role::Officer,
            Who::Finance | Who::SecondFinance => Role::Finance,
            Who::Director => Role::Director,
        }
    }
}

/// The world, and what has happened in it.
pub struct World {
    pub paying: Paying,
    pub candidates: Vec<Candidate>,
    second: Actor,
    /// One line per step, to read when a promise breaks.
    pub story: Vec<String>,
}

/// The names the bank accounts are in.
pub const NAMES: [&str; 3] = ["Les Passeurs", "Les Voisins", "Les Rivages"];

/// Where a walk begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Three files before the committee, which together ask for more than the envelope of 25 000 € holds.
    Committee,
    /// Three grants accepted, their bank accounts verified.
    Grants,
}

impl World {
    pub fn on(db: TestDb, start: Start) -> Self {
        let paying = Paying::on(db);
        let third = if start == Start::Committee { 24_000 } else { 10_000 };
        let asked = [Euros::whole(10_000), Euros::from_cents(400_001), Euros::whole(third)];
        let candidates = NAMES.iter().zip(asked).map(|(name, asked)| paying.candidate(name, asked)).collect();
        let second = paying.does(|tx| person(tx, "Fanny Finance", Role::Finance, paying.now)).unwrap();
        let mut world = World { paying, candidates, second, story: Vec::new() };
        if start == Start::Grants {
            world.goes_on_to_grants();
        }
        world
    }

    fn goes_on_to_grants(&mut self) {
        let tried = |world: &World, wanted: &str| {
            for thing in world.things() {
                let moves = moves::onward(world, &[thing]);
                if let Some(next) = moves.iter().find(|next| next.to_string().contains(wanted)) {
                    moves::attempt(world, next).unwrap();
                }
            }
        };
        tried(self, "award");
        self.paying.now = self.deadline();
        for wanted in ["start_review", "deliberate", "announce", ": accept", "enter account", "verify"] {
            tried(self, wanted);
        }
    }

    /// The day after the call has closed.
    pub fn deadline(&self) -> Moment {
        let call = self.paying.db.read(|conn| tisserand::store::calls::find(conn, self.paying.call)).unwrap();
        call.closes_at.plus_days(1)
    }

    pub fn actor(&self, who: Who) -> &Actor {
        match who {
            Who::Holder(number) => &self.candidates[number].holder,
            Who::Officer => &self.paying.officer,
            Who::Finance => &self.paying.finance,
            Who::SecondFinance => &self.second,
            Who::Director => &self.paying.director,
        }
    }

    pub fn things(&self) -> Vec<Thing> {
        self.paying.db.read(|conn| things::all(self, conn)).unwrap()
    }

    /// How much was ever written.
    pub fn written(&self) -> Vec<i64> {
        let counted = ["transitions", "transfers", "messages", "documents", "disbursement_splits", "payment_files"];
        let counts = self.paying.db.read(|conn| {
            counted
                .iter()
                .map(|table| {
                    let sql =
                        format!("SELECT 'n' AS stage, CAST(COUNT(*) AS BIGINT) AS cents, NULL AS owner FROM {table}");
                    Ok(sql_query(sql).get_result::<Flow>(conn).map_err(StoreError::from)?.cents)
                })
                .collect::<Result<Vec<_>, StoreError>>()
        });
        counts.unwrap()
    }

    /// Every promise of `check`, and the chain of the journal: what each stage ever received covers what went further.
    pub fn broken(&self) -> Vec<String> {
        let found = self.paying.db.read(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
        let broken = found.iter().filter(|promise| promise.tally.broken > 0);
        let told = broken.map(|promise| format!("{}: {:?}", promise.name, promise.tally.examples));
        told.chain(self.out_of_order()).collect()
    }

    /// Where envelope ≥ committed ≥ authorised ≥ paid ≥ 0 does not hold, by call and source, and by grant and source.
    fn out_of_order(&self) -> Vec<String> {
        const FLOWS: &str = "SELECT t.kind AS stage, CAST(SUM(t.amount_cents) AS BIGINT) AS cents,
              a.funding_source_id || ' ' || {owner} AS owner
            FROM transfers t JOIN accounts f ON f.id = t.from_account JOIN accounts a ON a.id = t.to_account
            WHERE t.kind <> 'grant' GROUP BY t.kind, a.funding_source_id, {owner}";
        let owners = ["COALESCE(a.call_id, f.call_id)", "COALESCE(a.grant_id, f.grant_id, '')"];
        let mut broken = Vec::new();
        for owner in owners {
            let flows: Vec<Flow> = self
                .paying
                .db
                .read(|conn| sql_query(FLOWS.replace("{owner}", owner)).load(conn).map_err(StoreError::from))
                .unwrap();
            let mut by_owner: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
            for flow in flows {
                by_owner.entry(flow.owner.unwrap_or_default()).or_default().insert(flow.stage, flow.cents);
            }
            for (owner, sums) in by_owner.iter().filter(|(owner, _)| !owner.ends_with(' ')) {
                let of = |kind: &str| sums.get(kind).copied().unwrap_or_default();
                let envelope = of("fund") - of("unfund");
                let stages = [
                    of("commit") - of("release"),
                    of("authorise") - of("revoke"),
                    of("pay") - of("return"),
                    of("recover") - of("reopen"),
                    0,
                ];
                let is_call = sums.contains_key("fund");
                let ordered = stages.windows(2).all(|pair| pair[0] >= pair[1]);
                if !ordered || (is_call && envelope < stages[0]) {
                    broken.push(format!("{owner}: envelope {envelope}, then {stages:?}"));
                }
            }
        }
        broken
    }
}

#[derive(QueryableByName)]
struct Flow {
    #[diesel(sql_type = Text)]
    stage: String,
    #[diesel(sql_type = BigInt)]
    cents: i64,
    #[diesel(sql_type = Nullable<Text>)]
    owner: Option<String>,
}

//! The people of a made-up story: one for each role, and a committee.

use super::{dice::Dice, organisations};
use crate::{
    domain::{identity::Email, ids::PersonId, roles::Role, time::Moment},
    store::Tx,
    usecases::{Actor, Outcome, UseCaseError, funding_sources, people},
};

/// A person of the story.
#[derive(Debug, Clone)]
pub(crate) struct Player {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub role: Role,
}

impl Player {
    /// The person as whoever acts.
    pub(crate) fn actor(&self) -> Actor {
        Actor::person(self.id, vec![self.role])
    }
}

/// Everybody on the side of the fund.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub officer: Player,
    pub finance: Player,
    pub director: Player,
    pub admin: Player,
    pub auditor: Player,
    pub reviewers: Vec<Player>,
}

const REVIEWERS: &[(&str, &str)] = &[
    ("Claire Vanhoutte", "claire.vanhoutte@comite.example"),
    ("Mamadou Sarr", "mamadou.sarr@comite.example"),
    ("Élodie Mercier", "elodie.mercier@comite.example"),
    ("Rachid Hamdi", "rachid.hamdi@comite.example"),
    ("Sabine Delcourt", "sabine.delcourt@comite.example"),
];

/// Finds or adds a person with one role.
pub(crate) fn engage(tx: &mut Tx, name: &str, email: &str, role: Role, now: Moment) -> Outcome<Player> {
    let address: Email = email.parse().map_err(|_| UseCaseError::Unreadable(email.to_owned()))?;
    let id = people::ensure(tx, &address, name, role, now)?;
    Ok(Player { id, name: name.to_owned(), email: email.to_owned(), role })
}

/// The funder whose money is in two of the funds.
pub(crate) const FUNDER: &str = "afd";

/// Brings somebody in who reads for [`FUNDER`], which is known by now.
pub(crate) fn seat_funder(tx: &mut Tx, cast: &Cast, now: Moment) -> Outcome<Player> {
    let reader = engage(tx, "Amélie Roussel", "amelie.roussel@afd.example", Role::Funder, now)?;
    funding_sources::seat(tx, &cast.admin.actor(), reader.id, FUNDER, now)?;
    Ok(reader)
}

/// Adds readers until there are `wanted`.
pub(crate) fn enlarge(tx: &mut Tx, cast: &mut Cast, dice: &Dice, wanted: usize, now: Moment) -> Outcome<()> {
    for number in (0u64..).skip(cast.reviewers.len()).take(wanted.saturating_sub(cast.reviewers.len())) {
        let name = organisations::name(&mut dice.apart(number));
        cast.reviewers.push(engage(tx, &name, &format!("membre{number}@comite.example"), Role::Reviewer, now)?);
    }
    Ok(())
}

/// Brings everybody in.
pub(crate) fn gather(tx: &mut Tx, now: Moment) -> Outcome<Cast> {
    let mut staff =
        |name, local: &str, role| engage(tx, name, &format!("{local}@lianescooperation.example"), role, now);
    let officer = staff("Lucie Hennebelle", "lucie.hennebelle", Role::Officer)?;
    let finance = staff("Thierry Wallaert", "thierry.wallaert", Role::Finance)?;
    let director = staff("Nadia Belkacem", "nadia.belkacem", Role::Director)?;
    let admin = staff("Hugo Planckaert", "hugo.planckaert", Role::Admin)?;
    let auditor = staff("Sylvie Morel", "sylvie.morel", Role::Auditor)?;
    let mut reviewers = Vec::with_capacity(REVIEWERS.len());
    for (name, email) in REVIEWERS {
        reviewers.push(engage(tx, name, email, Role::Reviewer, now)?);
    }
    Ok(Cast { officer, finance, director, admin, auditor, reviewers })
}

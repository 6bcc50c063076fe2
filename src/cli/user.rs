//! `user`: people and their roles, for the first administrator and for the day nobody else can.

use super::{Done, Failure, databases::Url, terminal};
use crate::{
    domain::{identity::Email, ids::PersonId, roles::Role, time::Moment},
    store::{Db, StoreError},
    usecases::{Outcome, clock::Clock, login_links, people},
};

/// Adds people, gives and takes roles, resets an access. The site has pages for this; this is for the first person.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tisserand user add amelie@example.org --name \"Amélie Caron\" --role admin\n  \
                  tisserand user role amelie@example.org --give officer --take admin\n  \
                  tisserand user reset amelie@example.org")]
pub(super) struct User {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Adds a person, or another role to a known one, and sends a sign-in link.
    #[command(after_help = "Example:\n  tisserand user add amelie@example.org --name \"Amélie Caron\" --role officer")]
    Add {
        #[arg(value_parser = email)]
        email: Email,
        #[arg(long)]
        name: String,
        /// applicant, reviewer, officer, finance, director, funder, auditor or admin; may be repeated.
        #[arg(long, value_parser = role, required = true)]
        role: Vec<Role>,
    },
    /// Gives and takes roles.
    #[command(after_help = "Example:\n  tisserand user role amelie@example.org --give finance --take officer")]
    Role {
        #[arg(value_parser = email)]
        email: Email,
        #[arg(long, value_parser = role, required_unless_present = "take")]
        give: Vec<Role>,
        #[arg(long, value_parser = role)]
        take: Vec<Role>,
    },
    /// Forgets the password, ends every sign-in and sends a new link.
    #[command(after_help = "Example:\n  tisserand user reset amelie@example.org")]
    Reset {
        #[arg(value_parser = email)]
        email: Email,
    },
}

/// What was typed as a mail address.
pub(super) fn email(text: &str) -> Result<Email, String> {
    text.parse().map_err(|_| "this is not a mail address".to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    let known = Role::ALL.iter().filter(|role| **role != Role::System);
    let known = known.map(|role| role.code()).collect::<Vec<_>>().join(", ");
    text.parse()
        .ok()
        .filter(|role| *role != Role::System)
        .ok_or_else(|| format!("there is no such role; there are {known}"))
}

impl User {
    pub(super) fn run(self, url: &Url) -> Done {
        let (db, now) = (url.open()?, Clock::System.now());
        match self.verb {
            Verb::Add { email, name, role } => add(&db, &email, &name, &role, now),
            Verb::Role { email, give, take } => change(&db, &email, &give, &take, now),
            Verb::Reset { email } => reset(&db, &email, now),
        }
    }
}

fn add(db: &Db, email: &Email, name: &str, roles: &[Role], now: Moment) -> Done {
    db.write(|tx| {
        for role in roles {
            people::ensure(tx, email, name, *role, now)?;
        }
        login_links::ask(tx, email, "/", now)
    })?;
    terminal::say(format!("{email} may sign in; the link is on its way."))
}

fn change(db: &Db, email: &Email, give: &[Role], take: &[Role], now: Moment) -> Done {
    let person = find(db, email)?;
    db.write(|tx| {
        for role in give {
            people::ensure(tx, email, "", *role, now)?;
        }
        for role in take {
            people::withdraw_role(tx, person, *role, now)?;
        }
        Outcome::Ok(())
    })?;
    terminal::say(format!("The roles of {email} are changed."))
}

fn reset(db: &Db, email: &Email, now: Moment) -> Done {
    let person = find(db, email)?;
    db.write(|tx| {
        people::reset(tx, person, now)?;
        login_links::ask(tx, email, "/", now)
    })?;
    terminal::say(format!("{email} is signed out everywhere; a new link is on its way."))
}

fn find(db: &Db, email: &Email) -> Result<PersonId, Failure> {
    match db.read(|conn| people::by_email(conn, email)) {
        Ok(person) => Ok(person),
        Err(StoreError::NotFound) => Err(Failure::because(format!("nobody is known under {email}"))),
        Err(error) => Err(error.into()),
    }
}

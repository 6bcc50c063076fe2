//! Which database a command works on, and what is asked of it before anything is done.

use super::{Done, Failure, iban_keys::GivenKeys, instances, terminal};
use crate::store::{Db, Entropy, StoreError, connection::Address, migrations};
use std::{fs, path::Path};

const DEFAULT: &str = "sqlite:var/tisserand.db";

/// The address given by `--database-url` or `DATABASE_URL`, and the keys of the account numbers.
#[derive(Debug, Clone)]
pub(super) struct Url {
    given: Option<String>,
    keys: GivenKeys,
    instance: Option<String>,
}

impl Url {
    pub(super) fn new(given: Option<String>, keys: GivenKeys, instance: Option<String>) -> Self {
        Url { given, keys, instance }
    }

    /// The address given, if one was.
    pub(super) fn given(&self) -> Option<&str> {
        self.given.as_deref()
    }

    fn address(&self) -> &str {
        self.given().unwrap_or(DEFAULT)
    }

    /// Opens a database that exists and is up to date.
    pub(super) fn open(&self) -> Result<Db, Failure> {
        if let Address::Sqlite(path) = self.address().parse::<Address>()? {
            // Opening would create an empty file.
            if !path.exists() {
                let path = path.display();
                return Err(Failure::because(format!("there is no database at {path}; `tisserand migrate` makes one")));
            }
        }
        let db = open(self.address(), Entropy::System)?;
        if db.read(migrations::are_pending)? {
            return Err(Failure::because("the database is older than this program; run `tisserand migrate` first"));
        }
        Ok(db)
    }

    /// Gives a database the key of the account numbers, which is in `data` unless it was given; made there where there is
    /// none yet.
    pub(super) fn unlock(&self, db: &Db, data: &Path) -> Done {
        self.keys.unlock(db, data)
    }

    /// The name given to this place, if one was.
    pub(super) fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// Comes to a database with what mails and pays: a copy is held back.
    pub(super) fn arrive(&self, db: &Db, data: &Path) -> Done {
        instances::arrive(db, self.instance(), data)
    }

    /// The address given, or that of an embedded database in `folder`.
    pub(super) fn or_in(self, folder: &Path) -> Self {
        let given = self.given.or_else(|| Some(format!("sqlite:{}", folder.join("tisserand.db").display())));
        Url { given, ..self }
    }

    /// Opens the database, making and migrating it as needed.
    pub(super) fn open_or_make(&self) -> Result<Db, Failure> {
        make(self.address(), Entropy::System)
    }

    /// The same for made-up data: identifiers and codes grow from `seed`.
    pub(super) fn make_seeded(&self, seed: u64) -> Result<Db, Failure> {
        make(self.address(), Entropy::seeded(seed))
    }
}

/// Opens the database at `url`, making and migrating it as needed.
pub(super) fn make(url: &str, entropy: Entropy) -> Result<Db, Failure> {
    if let Address::Sqlite(path) = url.parse::<Address>()?
        && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder)?;
    }
    let db = open(url, entropy)?;
    let bar = terminal::progress(0, "migrating")?;
    let migrated = db.migrate_telling(&mut |left| {
        // The first one says how many there are.
        if bar.length() == Some(0) {
            bar.set_length(left as u64);
        }
        bar.set_position(bar.length().unwrap_or_default().saturating_sub(left as u64));
    });
    bar.finish_and_clear();
    migrated?;
    Ok(db)
}

fn open(url: &str, entropy: Entropy) -> Result<Db, Failure> {
    Db::open(url, entropy).map_err(|error| match error {
        StoreError::Pool(reason) => Failure::because(format!("the database cannot be opened: {}", reason.trim())),
        error => error.into(),
    })
}

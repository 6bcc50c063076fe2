//! `instance`: whether the database is at home here. A copy started elsewhere holds mails and payments back until somebody
//! has compared it with what was really sent and paid, and lets it act.

use super::{Done, Failure, databases::Url, terminal};
use crate::{
    store::{Db, Entropy, instances::InstanceMark},
    usecases::{clock::Clock, instances},
};
use std::{
    fs,
    io::Write,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// The file of the mark, in the folder of the data.
const FILE: &str = "instance";

/// Says whether the database is at home here; a copy neither mails nor makes bank files until it is adopted.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand instance --adopt --data-dir /var/lib/tisserand")]
pub(super) struct Instance {
    /// Let this copy mail and pay from now on. Compare it with the bank's statement first.
    #[arg(long)]
    adopt: bool,
    /// Where the mark of the place is.
    #[arg(long, env = "DATA_DIR", default_value = "var", value_name = "DIR")]
    data_dir: PathBuf,
}

impl Instance {
    pub(super) fn run(&self, url: &Url) -> Done {
        let db = url.open()?;
        let mark = mark(url.instance(), &self.data_dir)?;
        if self.adopt {
            db.write(|tx| instances::adopt(tx, &mark, Clock::System.now()))?;
            return terminal::say("The database is at home here: mails leave, payments too.");
        }
        if db.read(|conn| instances::may_act(conn, &mark))? {
            return terminal::say("The database is at home here.");
        }
        Err(Failure::because(
            "this is a copy: no mail leaves and no bank file is made until `tisserand instance --adopt`",
        ))
    }
}

/// Comes to a database with what mails and pays: the first place ever is at home there, a copy is held back and says so.
pub(super) fn arrive(db: &Db, given: Option<&str>, data: &Path) -> Done {
    let mark = mark(given, data)?;
    if !db.write(|tx| instances::arrive(tx, &mark, Clock::System.now()))? {
        db.hold_back(mark);
        terminal::note(
            "this is a copy of a database that is at home elsewhere: mails wait and no bank file is made until \
             `tisserand instance --adopt`",
        );
    }
    Ok(())
}

/// Holds a copy back, for what only looks.
pub(super) fn recognise(db: &Db, given: Option<&str>, data: &Path) -> Done {
    let mark = mark(given, data)?;
    if !db.read(|conn| instances::may_act(conn, &mark))? {
        db.hold_back(mark);
    }
    Ok(())
}

/// The name given by the configuration, or the file in `data`, made where there is none.
fn mark(given: Option<&str>, data: &Path) -> Result<InstanceMark, Failure> {
    if let Some(name) = given.map(str::trim).filter(|name| !name.is_empty()) {
        return Ok(InstanceMark { id: name.to_owned(), place: String::new() });
    }
    let file = data.join(FILE);
    if !file.exists() {
        fs::create_dir_all(data)?;
        let mut made = fs::OpenOptions::new().write(true).create_new(true).open(&file)?;
        writeln!(made, "{}", crate::domain::text::hexadecimal(&Entropy::System.draw()?))?;
        made.sync_all()?;
    }
    let id = fs::read_to_string(&file)?.trim().to_owned();
    Ok(InstanceMark { id, place: place(&fs::metadata(&file)?) })
}

/// The number of the file and when it was born, as the file system counts them: a copy has others.
fn place(file: &fs::Metadata) -> String {
    let born = file.created().ok().and_then(|born| born.duration_since(UNIX_EPOCH).ok());
    format!("{}:{}", file.ino(), born.map_or(0, |born| born.as_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_keeps_its_mark_and_a_copy_of_its_folder_has_another() {
        let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mark_of = |folder: &tempfile::TempDir| mark(None, folder.path()).ok().unwrap();
        let first = mark_of(&folder);
        assert_eq!(mark_of(&folder), first);
        fs::copy(folder.path().join(FILE), copy.path().join(FILE)).unwrap();
        let copied = mark_of(&copy);
        assert_eq!(copied.id, first.id);
        assert_ne!(copied, first);
        let named = mark(Some("fonds-1"), copy.path()).ok();
        assert_eq!(named, Some(InstanceMark { id: "fonds-1".into(), place: String::new() }));
    }
}

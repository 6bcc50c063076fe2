//! `demo`: a site full of made-up people and projects, to click through.

use super::{
    Done, Failure,
    databases::Url,
    serve,
    story::cast::{self, Cast, Player},
    terminal,
    worker::Post,
};
use crate::{
    domain::{labels, time::Moment},
    store::Db,
    usecases::{Outcome, clock::Clock, passwords, people},
    web::App,
};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// The password of everybody in the demo.
const PASSWORD: &str = "tisserand-demo";

/// Starts a site with made-up people and projects; mails stay in a folder and can be read on the site.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand demo --port 8080 --data-dir var")]
pub(super) struct Demo {
    /// The port to listen on, on this machine only.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where everything is kept; a second start finds it again.
    #[arg(long, default_value = "var", value_name = "DIR")]
    data_dir: PathBuf,
    /// Fill the database and stop.
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    pub(super) fn run(self, url: &Url) -> Done {
        fs::create_dir_all(&self.data_dir)?;
        let url = url.clone().or_in(&self.data_dir);
        let db = url.open_or_make()?;
        let origin = format!("http://127.0.0.1:{}", self.port);
        serve::remember_address(&db, &origin)?;
        let logins = self.data_dir.join("logins.json");
        if !logins.exists() {
            let cast = fill(&db, Clock::System.now())?;
            write_logins(&logins, &origin, &cast)?;
        }
        show_logins(&logins, &origin)?;
        if self.no_serve {
            return Ok(());
        }
        let listener = serve::listen(&format!("127.0.0.1:{}", self.port))?;
        let post = Post::in_folder(self.data_dir);
        let worker = post.worker(&db, Clock::System)?;
        let app = App::new(db, Clock::System, false).with_mailbox(post.mails());
        serve::serve(app, &origin, listener, Some(worker))
    }
}

/// Everybody with the password of the demo.
fn fill(db: &Db, now: Moment) -> Result<Cast, Failure> {
    let hash = passwords::hash(PASSWORD)?;
    Ok(db.write(|tx| {
        let cast = cast::gather(tx, now)?;
        for player in everybody(&cast) {
            people::set_password(tx, player.id, &hash, now)?;
        }
        Outcome::Ok(cast)
    })?)
}

fn everybody(cast: &Cast) -> Vec<&Player> {
    let staff = [&cast.officer, &cast.finance, &cast.director, &cast.admin, &cast.auditor];
    staff.into_iter().chain(&cast.reviewers).collect()
}

/// Writes who can sign in, whole or not at all.
fn write_logins(file: &Path, origin: &str, cast: &Cast) -> Done {
    let login = |player: &Player| {
        serde_json::json!({
            "role": player.role.code(), "label": labels::role(player.role), "name": player.name,
            "email": player.email, "password": PASSWORD,
        })
    };
    let logins: Vec<_> = everybody(cast).into_iter().map(login).collect();
    let text =
        serde_json::json!({ "address": origin, "mailbox": format!("{origin}/boite-aux-lettres"), "logins": logins });
    let mut part = tempfile::NamedTempFile::new_in(file.parent().unwrap_or(Path::new(".")))?;
    writeln!(part, "{text:#}")?;
    part.persist(file).map_err(|error| error.error)?;
    Ok(())
}

fn show_logins(file: &Path, origin: &str) -> Done {
    let unreadable = |_| Failure::because(format!("{} is not a list of logins", file.display()));
    let text: serde_json::Value = serde_json::from_str(&fs::read_to_string(file)?).map_err(unreadable)?;
    let logins = text["logins"].as_array().cloned().unwrap_or_default();
    let cell = |login: &serde_json::Value, name: &str| login[name].as_str().unwrap_or_default().to_owned();
    let rows: Vec<_> = logins
        .iter()
        .map(|login| ["role", "name", "email", "password"].map(|name| cell(login, name)).to_vec())
        .collect();
    terminal::table(&["ROLE", "NAME", "EMAIL", "PASSWORD"], &rows)?;
    terminal::say(format!("\n{origin}  (mails: {origin}/boite-aux-lettres)"))
}

//! `serve`: the web server, with a worker beside it.

use super::{Done, Failure, databases::Url, terminal, user::email, worker::Post};
use crate::{
    domain::{
        identity::Email,
        sign_ins::{IDLE_MINUTES, Limits, SIGN_IN_HOURS},
    },
    mail::Worker,
    store::Db,
    usecases::{clock::Clock, settings, sign_ins},
    web::{self, App},
};
use std::net::TcpListener;
use tokio::sync::watch;

/// Serves the site, and runs the worker that sends mails and renders letters.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand serve --bind 127.0.0.1:8080 --base-url https://fonds.example.org\n  \
                  tisserand serve --staff-idle-minutes 60 --applicant-idle-minutes 240 --sign-in-hours 10")]
pub(super) struct Serve {
    /// The address and port to listen on.
    #[arg(long, env = "BIND", default_value = "127.0.0.1:8080")]
    bind: String,
    /// The address people type, without a final slash [default: http:// and the address listened on].
    #[arg(long, env = "BASE_URL", value_name = "URL")]
    base_url: Option<String>,
    /// Minutes without a visit after which a device of the team, of the committee or of a funder is signed out.
    #[arg(long, env = "STAFF_IDLE_MINUTES", value_name = "MINUTES", default_value_t = Limits::USUAL.staff_idle_minutes,
        value_parser = clap::value_parser!(i64).range(IDLE_MINUTES))]
    staff_idle_minutes: i64,
    /// The same for project holders.
    #[arg(long, env = "APPLICANT_IDLE_MINUTES", value_name = "MINUTES",
        default_value_t = Limits::USUAL.applicant_idle_minutes, value_parser = clap::value_parser!(i64).range(IDLE_MINUTES))]
    applicant_idle_minutes: i64,
    /// Hours after which a device is signed out, whatever was done on it.
    #[arg(long, env = "SIGN_IN_HOURS", value_name = "HOURS", default_value_t = Limits::USUAL.sign_in_hours,
        value_parser = clap::value_parser!(i64).range(SIGN_IN_HOURS))]
    sign_in_hours: i64,
    /// The mail address of a witness outside, who receives the head of the history by night as administrators and
    /// directors do [default: nobody].
    #[arg(long, env = "HISTORY_WITNESS", value_name = "ADDRESS", value_parser = email)]
    history_witness: Option<Email>,
    #[command(flatten)]
    post: Post,
    /// Serve only; a `tisserand worker` runs elsewhere.
    #[arg(long)]
    no_worker: bool,
}

impl Serve {
    pub(super) fn run(self, url: &Url) -> Done {
        let db = url.open()?;
        let listener = listen(&self.bind)?;
        url.unlock(&db, &self.post.data_dir)?;
        url.arrive(&db, &self.post.data_dir)?;
        let origin = match self.base_url {
            Some(base_url) => base_url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", listener.local_addr()?),
        };
        remember_address(&db, &origin)?;
        let limits = Limits {
            staff_idle_minutes: self.staff_idle_minutes,
            applicant_idle_minutes: self.applicant_idle_minutes,
            sign_in_hours: self.sign_in_hours,
        };
        limit_sign_ins(&db, limits)?;
        remember_witness(&db, self.history_witness.as_ref())?;
        // Apart from its worker, the site does not know whether files are scanned.
        if !self.no_worker || self.post.clamav_socket.is_some() {
            self.post.remember_scanner(&db)?;
        }
        db.refresh_statistics()?;
        terminal::say(format!("Tisserand listens on {origin}"))?;
        let worker = if self.no_worker { None } else { Some(self.post.worker(&db, Clock::System)?) };
        let app = App::new(db, Clock::System, origin.starts_with("https://")).with_files(self.post.files()?);
        serve(app, &origin, listener, worker)
    }
}

/// Opens the socket.
pub(super) fn listen(bind: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(bind).map_err(|error| Failure::because(format!("{bind} cannot be listened on: {error}")))
}

/// Writes the address of the site where letters and mails find it.
pub(super) fn remember_address(db: &Db, origin: &str) -> Done {
    db.write(|tx| {
        let mut known = settings::load(tx.conn())?;
        if known.base_url != origin {
            known.base_url = origin.to_owned();
            settings::save(tx, known)?;
        }
        crate::usecases::Outcome::Ok(())
    })?;
    Ok(())
}

/// Writes how long sign-ins last where they find it.
pub(super) fn limit_sign_ins(db: &Db, limits: Limits) -> Done {
    db.write(|tx| sign_ins::limit(tx, limits, Clock::System.now()))?;
    Ok(())
}

/// Writes who outside receives the head of the history where the reports of the night find it.
fn remember_witness(db: &Db, witness: Option<&Email>) -> Done {
    let wanted = witness.map_or("", Email::as_str);
    db.write(|tx| {
        let mut known = settings::load(tx.conn())?;
        if known.history_witness != wanted {
            known.history_witness = wanted.to_owned();
            settings::save(tx, known)?;
        }
        crate::usecases::Outcome::Ok(())
    })?;
    Ok(())
}

/// Serves until the process is asked to stop; the worker then ends between two mails.
pub(super) fn serve(app: App, origin: &str, listener: TcpListener, worker: Option<Worker>) -> Done {
    actix_web::rt::System::new().block_on(async move {
        let (stop, stopped) = watch::channel(false);
        let working = worker.map(|worker| actix_web::rt::spawn(worker.run(stopped)));
        web::server::start(app, origin, listener, 2)?.await?;
        stop.send(true).ok();
        if let Some(working) = working {
            working.await.ok();
        }
        Ok(())
    })
}

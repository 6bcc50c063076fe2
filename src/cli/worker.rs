//! `worker`: sends what the outbox owes, renders what was issued, wakes the clock.

use super::{Done, Failure, databases::Url, terminal};
use crate::{
    documents,
    domain::{evidence_packs::Evidence, letters::Letter},
    exports::evidence_packs,
    mail,
    store::{Db, Files, scanner::Scanner},
    usecases::{clock::Clock, scans},
};
use std::path::PathBuf;
use tokio::sync::watch;

/// Works the outbox off, apart from the web server: `tisserand serve --no-worker` leaves it the work.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tisserand worker --smtp-url smtps://USER:PASSWORD@relay.example.org")]
pub(super) struct Worker {
    #[command(flatten)]
    post: Post,
    /// Do what is due now and stop.
    #[arg(long)]
    once: bool,
}

/// Where files are and how mails leave.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Post {
    /// Where attachments and documents are kept.
    #[arg(long, env = "DATA_DIR", default_value = "var", value_name = "DIR")]
    pub data_dir: PathBuf,
    /// The bucket that keeps attachments and documents instead, s3://BUCKET/PREFIX; keys, region and endpoint are read
    /// from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT.
    #[arg(long, env = "FILES_URL", value_name = "URL")]
    pub files_url: Option<String>,
    /// The relay that sends mails: smtps://USER:PASSWORD@HOST or smtp://HOST?tls=required. Without one they are
    /// written to the folder `mail` of the data.
    #[arg(long, env = "SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<String>,
    /// Who mails are from.
    #[arg(long, env = "MAIL_FROM", default_value = "Lianes coopération <fonds@lianescooperation.example>")]
    pub mail_from: String,
    /// The antivirus (clamd) that scans attached files: the path of its socket, or tcp://HOST:PORT [default: none].
    #[arg(long, env = "CLAMAV_SOCKET", value_name = "ADDRESS")]
    pub clamav_socket: Option<String>,
}

impl Post {
    /// Everything below one folder, mails too.
    pub(super) fn in_folder(data_dir: PathBuf) -> Self {
        let mail_from = "Lianes coopération <fonds@lianescooperation.example>".to_owned();
        Post { data_dir, files_url: None, smtp_url: None, mail_from, clamav_socket: None }
    }

    /// The files.
    pub(super) fn files(&self) -> Result<Files, Failure> {
        Ok(match &self.files_url {
            Some(url) => Files::bucket(url)?,
            None => Files::local(&self.data_dir.join("files"))?,
        })
    }

    /// The folder of the mails.
    pub(super) fn mails(&self) -> PathBuf {
        self.data_dir.join("mail")
    }

    /// Writes down whether files are scanned, for the pages that say so.
    pub(super) fn remember_scanner(&self, db: &Db) -> Done {
        let is_on = self.clamav_socket.is_some();
        Ok(db.write(|tx| scans::switch(tx, is_on, Clock::System.now()))?)
    }

    /// A worker that sends and keeps as told.
    pub(super) fn worker(&self, db: &Db, clock: Clock) -> Result<mail::Worker, Failure> {
        let transport = match &self.smtp_url {
            Some(url) => mail::Transport::smtp(url)
                .map_err(|_| Failure::because("the address of the mail relay is not understood"))?,
            None => mail::Transport::folder(self.mails())?,
        };
        let from = self.mail_from.parse();
        let from = from.map_err(|_| Failure::because("the address that mails are from is not understood"))?;
        let worker = mail::Worker::new(db.clone(), clock, self.files()?, transport, from, press);
        let worker = worker.with_binder(bind);
        Ok(match &self.clamav_socket {
            Some(address) => worker.with_scanner(Scanner::at(address)),
            None => worker,
        })
    }
}

fn press(letter: &Letter) -> Result<Vec<u8>, String> {
    documents::render(letter).map_err(|error| error.to_string())
}

fn bind(evidence: &Evidence, made: Vec<mail::Made>, proofs: Vec<Vec<u8>>) -> Result<Vec<u8>, String> {
    evidence_packs::bind(evidence, made, &proofs).map_err(|error| error.to_string())
}

impl Worker {
    pub(super) fn run(self, url: &Url) -> Done {
        let db = url.open()?;
        url.unlock(&db, &self.post.data_dir)?;
        url.arrive(&db, &self.post.data_dir)?;
        if self.post.clamav_socket.is_some() {
            self.post.remember_scanner(&db)?;
        }
        let mut worker = self.post.worker(&db, Clock::System)?;
        actix_web::rt::System::new().block_on(async move {
            if self.once {
                let done = worker.drain().await?;
                let (letters, sent, failed) = (done.rendered, done.sent, done.failed);
                return terminal::say(format!("{letters} letters rendered, {sent} mails sent, {failed} failed."));
            }
            let (stop, stopped) = watch::channel(false);
            let mut ended = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
            let working = actix_web::rt::spawn(worker.run(stopped));
            terminal::say("The worker works the outbox off")?;
            tokio::select! {
                stopped = tokio::signal::ctrl_c() => stopped?,
                _ = ended.recv() => {}
            }
            stop.send(true).ok();
            working.await.ok();
            Ok(())
        })
    }
}

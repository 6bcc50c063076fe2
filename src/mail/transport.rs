//! How mails leave: by SMTP, or into a folder to be looked at.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{self, PoolConfig},
};
use std::{io, path::PathBuf, time::Duration};

/// The longest silence of a mail server that is put up with.
const PATIENCE: Duration = Duration::from_secs(20);
/// Conversations held at the same time.
pub(super) const CONVERSATIONS: u32 = 4;

/// A way out for mails.
#[derive(Debug, Clone)]
pub enum Transport {
    /// A mail server.
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    /// A folder, one `.eml` file a mail.
    Folder(PathBuf),
}

/// Why a mail did not leave; the worker treats each in its own way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// No conversation, or one that broke off: it is not known whether the mail was taken.
    #[error("serveur de courriel injoignable\u{a0}: {0}")]
    Unreachable(String),
    /// The server says: later.
    #[error("remis à plus tard par le serveur\u{a0}: {0}")]
    Postponed(String),
    /// The server says: never.
    #[error("refusé par le serveur\u{a0}: {0}")]
    Refused(String),
}

impl Transport {
    /// Through the server at `url` (`smtp://host:port`, `smtps://user:password@host`, `?tls=required`).
    pub fn smtp(url: &str) -> Result<Transport, smtp::Error> {
        let pool = PoolConfig::new().max_size(CONVERSATIONS).idle_timeout(Duration::from_secs(30));
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.timeout(Some(PATIENCE)).pool_config(pool);
        Ok(Transport::Smtp(Box::new(builder.build())))
    }

    /// Into this folder, made if need be.
    pub fn folder(folder: impl Into<PathBuf>) -> io::Result<Transport> {
        let folder = folder.into();
        std::fs::create_dir_all(&folder)?;
        Ok(Transport::Folder(folder))
    }

    /// Hands one mail over. `file_name` is its name in a folder.
    pub async fn send(&self, message: Message, file_name: &str) -> Result<(), SendError> {
        match self {
            Transport::Smtp(server) => server.send(message).await.map(drop).map_err(|error| judge(&error)),
            Transport::Folder(folder) => {
                // Renamed into place, so that nobody reads half a mail.
                let (part, whole) = (folder.join(format!(".{file_name}.part")), folder.join(file_name));
                let written = tokio::fs::write(&part, message.formatted()).await;
                let kept = match written {
                    Ok(()) => tokio::fs::rename(&part, &whole).await,
                    failed => failed,
                };
                kept.map_err(|error| SendError::Unreachable(error.to_string()))
            }
        }
    }

    /// Whether the server takes a conversation now.
    pub async fn is_reachable(&self) -> bool {
        match self {
            Transport::Smtp(server) => server.test_connection().await.unwrap_or(false),
            Transport::Folder(folder) => folder.is_dir(),
        }
    }
}

fn judge(error: &smtp::Error) -> SendError {
    let words = error.to_string();
    match (error.is_permanent(), error.is_transient()) {
        (true, _) => SendError::Refused(words),
        (_, true) => SendError::Postponed(words),
        _ => SendError::Unreachable(words),
    }
}

//! The antivirus daemon (clamd), spoken to by its INSTREAM command: the bytes leave in chunks, one line comes back.

use super::StoreError;
use std::{path::PathBuf, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    time::timeout,
};

/// The most bytes of one chunk.
const CHUNK: usize = 64 * 1024;
/// How long one file may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// The most bytes of an answer.
const LONGEST_ANSWER: u64 = 1024;

/// Where the daemon listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanner {
    /// The path of its socket.
    Socket(PathBuf),
    /// Host and port.
    Tcp(String),
}

/// What the daemon says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    Clean,
    /// The name of what was found.
    Found(String),
}

impl Scanner {
    /// At a path (`/run/clamav/clamd.ctl`) or a host and port (`tcp://127.0.0.1:3310`).
    pub fn at(address: &str) -> Scanner {
        match address.strip_prefix("tcp://") {
            Some(host) => Scanner::Tcp(host.to_owned()),
            None => Scanner::Socket(PathBuf::from(address)),
        }
    }

    /// Has these bytes scanned. `StoreError::File` when the daemon does not answer, or not in words it knows.
    pub async fn scan(&self, bytes: &[u8]) -> Result<Finding, StoreError> {
        match timeout(PATIENCE, self.converse(bytes)).await {
            Ok(Ok(answer)) => read(&answer),
            Ok(Err(error)) => Err(StoreError::File(format!("the antivirus cannot be reached: {error}"))),
            Err(_) => Err(StoreError::File("the antivirus does not answer".into())),
        }
    }

    async fn converse(&self, bytes: &[u8]) -> Result<String, std::io::Error> {
        match self {
            Scanner::Socket(path) => stream(UnixStream::connect(path).await?, bytes).await,
            Scanner::Tcp(host) => stream(TcpStream::connect(host).await?, bytes).await,
        }
    }
}

/// The command, each chunk after its length, an empty chunk for the end; then the answer.
async fn stream(mut line: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> Result<String, std::io::Error> {
    line.write_all(b"zINSTREAM\0").await?;
    for chunk in bytes.chunks(CHUNK) {
        let length = u32::try_from(chunk.len()).unwrap_or_default();
        line.write_all(&length.to_be_bytes()).await?;
        line.write_all(chunk).await?;
    }
    line.write_all(&0u32.to_be_bytes()).await?;
    line.flush().await?;
    let mut answer = Vec::new();
    line.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).trim_matches(['\0', '\n', ' ']).to_owned())
}

/// `stream: OK`, `stream: NAME FOUND`, or an error in words.
fn read(answer: &str) -> Result<Finding, StoreError> {
    let said = answer.strip_prefix("stream: ").unwrap_or(answer);
    match said.strip_suffix(" FOUND") {
        Some(name) => Ok(Finding::Found(name.to_owned())),
        None if said == "OK" => Ok(Finding::Clean),
        None => Err(StoreError::File(format!("the antivirus says {answer:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_clean_found_or_an_error() {
        assert_eq!(read("stream: OK").unwrap(), Finding::Clean);
        assert_eq!(read("stream: Eicar-Signature FOUND").unwrap(), Finding::Found("Eicar-Signature".into()));
        assert!(read("INSTREAM size limit exceeded. ERROR").is_err());
        assert!(read("").is_err());
    }

    #[test]
    fn an_address_is_a_path_or_a_host() {
        assert_eq!(Scanner::at("tcp://127.0.0.1:3310"), Scanner::Tcp("127.0.0.1:3310".into()));
        assert_eq!(Scanner::at("/run/clamav/clamd.ctl"), Scanner::Socket("/run/clamav/clamd.ctl".into()));
    }
}

//! Bytes that leave as they are made: a thread writes, the browser reads, and neither waits for the whole.

use actix_web::web::Bytes;
use futures_util::{Stream, stream};
use std::{
    io::{self, Write},
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::mpsc::{self, Sender},
};

/// Pieces that wait for the reader.
const WAITING: usize = 4;
/// How long a reader may leave a piece lying before it is taken for gone.
const PATIENCE: Duration = Duration::from_secs(60);

type Piece = Result<Bytes, io::Error>;

/// Where the writing thread puts its bytes; each write is a piece.
pub(super) struct Pipe {
    to: Sender<Piece>,
    on: Handle,
}

impl Pipe {
    fn send(&self, piece: Piece) -> io::Result<()> {
        let sent = self.on.block_on(self.to.send_timeout(piece, PATIENCE));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.send(Ok(Bytes::copy_from_slice(bytes)))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs `work` on a thread of its own. What it writes is the stream; when it fails, the stream breaks off, so that the
/// browser does not take a part for the whole.
pub(super) fn of(work: impl FnOnce(&mut Pipe) -> io::Result<()> + Send + 'static) -> impl Stream<Item = Piece> {
    let (to, from) = mpsc::channel(WAITING);
    let on = Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut pipe = Pipe { to, on };
        if let Err(error) = work(&mut pipe) {
            if error.kind() != io::ErrorKind::BrokenPipe {
                tracing::error!(%error, "a table broke off");
            }
            pipe.send(Err(error)).ok();
        }
    });
    stream::unfold(from, |mut from| async move { from.recv().await.map(|piece| (piece, from)) })
}

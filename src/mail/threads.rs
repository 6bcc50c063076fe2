//! Where the worker does what takes long.

use crate::{store::StoreError, usecases::Outcome};

/// Work that would keep others waiting, on a thread of its own.
pub(super) async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
    let joined = tokio::task::spawn_blocking(work).await;
    joined.map_err(|error| StoreError::Pool(error.to_string()).into())
}

//! The files: issued documents and attachments, each kept under the hash of its bytes.

use super::{StoreError, digests::sha256};
use crate::domain::time::Moment;
use futures_util::{StreamExt, future, stream::BoxStream};
use object_store::{
    Error, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, local::LocalFileSystem, path::Path,
};
use std::{fs, sync::Arc};

/// Characters of a hash; what is being written has another name.
const HASH_LENGTH: usize = 64;

/// Where the bytes are; cheap to clone.
#[derive(Debug, Clone)]
pub struct Files(Arc<dyn ObjectStore>);

/// What the row of a file keeps of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// 64 hexadecimal characters.
    pub sha256: String,
    /// In bytes.
    pub size: i64,
}

impl StoredFile {
    /// What would be kept of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        StoredFile { sha256: sha256(bytes), size: i64::try_from(bytes.len()).unwrap_or(i64::MAX) }
    }
}

impl Files {
    /// In a folder of this machine, made if need be. A file is on disk before its row is written.
    pub fn local(folder: &std::path::Path) -> Result<Files, StoreError> {
        fs::create_dir_all(folder).map_err(|error| StoreError::File(error.to_string()))?;
        Ok(Files(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))))
    }

    /// In a bucket: `s3://BUCKET` or `s3://BUCKET/PREFIX`. Keys, region and endpoint come from the usual variables
    /// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`).
    /// Whoever waits for a bucket that is away is told within seconds, not after the library's three minutes.
    #[cfg(feature = "s3")]
    pub fn bucket(url: &str) -> Result<Files, StoreError> {
        use object_store::{RetryConfig, aws::AmazonS3Builder, prefix::PrefixStore};
        use std::time::Duration;
        let place = url.strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            return Err(StoreError::File(format!("{url:?} is not s3://BUCKET/PREFIX")));
        }
        let retry = RetryConfig { max_retries: 2, retry_timeout: Duration::from_secs(4), ..RetryConfig::default() };
        let store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry).build()?;
        Ok(Files(Arc::new(PrefixStore::new(store, prefix))))
    }

    /// A bucket asks for the feature `s3`.
    #[cfg(not(feature = "s3"))]
    pub fn bucket(url: &str) -> Result<Files, StoreError> {
        Err(StoreError::File(format!("{url:?} needs a program built with --features s3")))
    }

    /// In any store of objects.
    pub fn over(store: Arc<dyn ObjectStore>) -> Files {
        Files(store)
    }

    /// Keeps these bytes; the same bytes are kept once.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<StoredFile, StoreError> {
        let file = StoredFile::of(&bytes);
        let (place, payload) = (place(&file.sha256), PutPayload::from(bytes));
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let kept = match self.0.put_opts(&place, payload.clone(), options).await {
            // Some buckets know no "only if it is not there"; under their hash the same bytes replace themselves.
            Err(Error::NotImplemented { .. }) => self.0.put(&place, payload).await,
            kept => kept,
        };
        match kept {
            Ok(_) | Err(Error::AlreadyExists { .. }) => Ok(file),
            Err(error) => Err(error.into()),
        }
    }

    /// The bytes with this hash. `StoreError::NotFound` when they are not there, `File` when they are not the same.
    pub async fn get(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        let bytes = self.0.get(&place(sha256)).await?.bytes().await?.to_vec();
        if StoredFile::of(&bytes).sha256 != sha256 {
            return Err(StoreError::File(format!("the bytes of {sha256} have changed")));
        }
        Ok(bytes)
    }

    /// The hashes of what was kept before an instant of the store's own clock, in no order.
    pub fn kept_before(&self, end: Moment) -> BoxStream<'static, Result<String, StoreError>> {
        let end = end.unix_seconds();
        let hash = move |found: Result<ObjectMeta, Error>| match found {
            Ok(file) if file.last_modified.timestamp() >= end => None,
            Ok(file) => {
                file.location.filename().filter(|name| name.len() == HASH_LENGTH).map(|name| Ok(name.to_owned()))
            }
            Err(error) => Some(Err(StoreError::from(error))),
        };
        self.0.list(None).filter_map(move |found| future::ready(hash(found))).boxed()
    }

    /// Forgets the bytes with this hash; nothing happens when they are not there.
    pub async fn remove(&self, sha256: &str) -> Result<(), StoreError> {
        match self.0.delete(&place(sha256)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Two characters of the hash name the folder, so that no folder grows without bound.
fn place(sha256: &str) -> Path {
    let folder = sha256.get(..2).unwrap_or(sha256);
    Path::from_iter([folder, sha256])
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound { .. } => StoreError::NotFound,
            error @ (Error::InvalidPath { .. } | Error::NotSupported { .. } | Error::NotImplemented { .. }) => {
                StoreError::File(error.to_string())
            }
            // A full disk, a folder or a bucket that is gone.
            error => StoreError::Away(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_come_back_by_their_hash_and_a_change_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path()).unwrap();
        let file = files.put(b"une lettre".to_vec()).await.unwrap();
        assert_eq!(files.put(b"une lettre".to_vec()).await.unwrap(), file);
        assert_eq!((files.get(&file.sha256).await.unwrap(), file.size), (b"une lettre".to_vec(), 10));
        fs::write(folder.path().join(&file.sha256[..2]).join(&file.sha256), "autre chose").unwrap();
        assert!(matches!(files.get(&file.sha256).await, Err(StoreError::File(_))));
        files.remove(&file.sha256).await.unwrap();
        files.remove(&file.sha256).await.unwrap();
        assert!(matches!(files.get(&file.sha256).await, Err(StoreError::NotFound)));
        assert!(matches!(files.get("../../etc/passwd").await, Err(StoreError::NotFound)));
    }
}

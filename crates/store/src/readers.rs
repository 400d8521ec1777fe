//! The connections that read an SQLite file.
//!
//! A pool made for servers asks each connection whether it is still there, before and after every use. A file does not hang up,
//! and that question costs about as much as a small query does: docs/benchmarks.md has the numbers.

use crate::{Result, StoreError};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

type Idle = Arc<Mutex<Vec<SqliteConnection>>>;

/// At most so many connections, opened when they are needed and kept.
pub(crate) struct FileReaders {
    options: SqliteConnectOptions,
    places: Arc<Semaphore>,
    idle: Idle,
    patience: Duration,
}

/// A connection on loan; it goes back when it is dropped.
pub(crate) struct Lent {
    connection: Option<SqliteConnection>,
    idle: Idle,
    _place: OwnedSemaphorePermit,
}

impl FileReaders {
    pub(crate) fn new(options: SqliteConnectOptions, connections: u32, patience: Duration) -> Self {
        Self { options, places: Arc::new(Semaphore::new(connections as usize)), idle: Idle::default(), patience }
    }

    pub(crate) async fn lend(&self) -> Result<Lent> {
        let place = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => place,
            Err(_) => tokio::time::timeout(self.patience, Arc::clone(&self.places).acquire_owned())
                .await
                .map_err(|_| StoreError::unavailable("every reading connection was in use"))?
                .map_err(|_| StoreError::unavailable("the store is closed"))?,
        };
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        Ok(Lent { connection: Some(connection), idle: Arc::clone(&self.idle), _place: place })
    }

    /// Lets nobody borrow any more and closes what is not on loan.
    pub(crate) async fn close(&self) {
        self.places.close();
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "closing a reading connection");
            }
        }
    }
}

impl Lent {
    pub(crate) fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.connection.as_mut().ok_or_else(|| StoreError::unavailable("the connection was given up"))
    }

    /// After an error nobody shall borrow it again; the next one opens a new connection.
    pub(crate) fn give_up(&mut self) {
        self.connection = None;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readers(folder: &tempfile::TempDir) -> FileReaders {
        let options = SqliteConnectOptions::new().filename(folder.path().join("a.db")).create_if_missing(true);
        FileReaders::new(options, 1, Duration::from_millis(20))
    }

    #[tokio::test]
    async fn a_connection_comes_back_and_whoever_finds_none_is_told_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let readers = readers(&folder);
        let lent = readers.lend().await.expect("there is one");
        assert!(matches!(readers.lend().await, Err(StoreError::Unavailable { .. })));
        drop(lent);
        let mut again = readers.lend().await.expect("it came back");
        assert_eq!(readers.idle.lock().expect("sound").len(), 0, "no second one was opened");
        again.give_up();
        assert!(again.connection().is_err());
        drop(again);
        assert!(readers.lend().await.expect("a new one").connection().is_ok());
    }

    #[tokio::test]
    async fn a_closed_store_lends_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let readers = readers(&folder);
        readers.close().await;
        assert!(readers.lend().await.is_err());
    }
}

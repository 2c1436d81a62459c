//! Whose turn it is with an upload: the latest request's. An earlier one, whose sender may be gone for all anybody knows, is told to
//! end; what it got is kept.

use crate::error::Error;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use storage::{Digest, Partial, Store};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// How long the one before has to write down what it got. Another process's, which nobody tells to end, keeps its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
const BETWEEN_TRIES: Duration = Duration::from_millis(10);
/// So many digests are kept to be gone on with. The rest of the uploads are read once more at their end.
const MOST_DIGESTS: usize = 4096;

/// Cheap to clone: all clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<Shared>>);

#[derive(Debug, Default)]
struct Shared {
    /// Whose turn it is. Dropping its sender ends it.
    holders: HashMap<Uuid, watch::Sender<()>>,
    digests: HashMap<Uuid, Digest>,
}

/// A request's turn, until it is dropped or another takes it.
#[derive(Debug)]
pub(crate) struct Turn {
    turns: Turns,
    id: Uuid,
    is_mine: watch::Receiver<()>,
}

impl Turns {
    /// Takes the turn, and with it that of whoever had it.
    pub(crate) fn take(&self, id: Uuid) -> Turn {
        let (sender, is_mine) = watch::channel(());
        // Held until the sender before is gone, by which its turn knows that it is over.
        let mut shared = self.lock();
        shared.holders.insert(id, sender);
        Turn { turns: self.clone(), id, is_mine }
    }

    /// Keeps the digest of an upload's bytes for its next piece.
    pub(crate) fn keep_digest(&self, id: Uuid, digest: Option<Digest>) {
        let Some(digest) = digest else { return };
        let mut shared = self.lock();
        if shared.digests.len() >= MOST_DIGESTS
            && let Some(any) = shared.digests.keys().next().copied()
        {
            shared.digests.remove(&any);
        }
        shared.digests.insert(id, digest);
    }

    /// The digest that was kept, which is nobody's then.
    pub(crate) fn take_digest(&self, id: Uuid) -> Option<Digest> {
        self.lock().digests.remove(&id)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Ends when another request takes the turn. Dropped before, nothing has happened.
    pub(crate) async fn is_over(&mut self) {
        while self.is_mine.changed().await.is_ok() {}
    }

    /// The upload's file, once the one before has let it go.
    ///
    /// # Errors
    /// [`Error::UploadLocked`] when it does not in time, or a later request wants it too, and [`Error::UploadGone`] when there is none.
    pub(crate) async fn open(&mut self, store: &Store) -> Result<Partial, Error> {
        let until = Instant::now() + LONGEST_WAIT;
        loop {
            match store.open_partial(self.id).await {
                Ok(Some(partial)) => return Ok(partial),
                Ok(None) => {}
                Err(storage::Error::NotFound) => return Err(Error::UploadGone),
                Err(error) => return Err(error.into()),
            }
            tokio::select! {
                () = self.is_over() => return Err(Error::UploadLocked),
                () = sleep(BETWEEN_TRIES) => {}
            }
            if Instant::now() >= until {
                return Err(Error::UploadLocked);
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut shared = self.turns.lock();
        // An error says that its sender is gone: the turn is another's.
        if self.is_mine.has_changed().is_ok() {
            shared.holders.remove(&self.id);
        }
    }
}

//! A file's bytes on their way into the store, in whatever form they come: what is too much is refused while it comes.

use crate::AppState;
use crate::accept::is_small;
use crate::error::Error;
use bytes::Bytes;
use storage::{Received, Receiver};

/// How often the space on the volume is looked at while a file of unknown length comes.
const CHECK_SPACE_EVERY_BYTES: u64 = 64 << 20;

/// A file being received. Dropping it leaves nothing behind.
pub(crate) struct Incoming<'a> {
    state: &'a AppState,
    receiver: Receiver,
    size_bytes: u64,
    check_space_at: u64,
}

impl<'a> Incoming<'a> {
    /// Begins to receive a file of at most `UPLOAD_MAX_BYTES`.
    pub(crate) async fn begin(state: &'a AppState) -> Result<Self, Error> {
        let receiver = state.context.store.receiver(state.config.upload_max_bytes).await?;
        Ok(Self { state, receiver, size_bytes: 0, check_space_at: CHECK_SPACE_EVERY_BYTES })
    }

    /// Takes the next bytes. A file that turns out not to be small is refused when the queue is full.
    pub(crate) async fn push(&mut self, chunk: Bytes) -> Result<(), Error> {
        let was_small = is_small(self.size_bytes);
        self.size_bytes += chunk.len() as u64;
        if was_small && !is_small(self.size_bytes) {
            self.state.capacity().await?.require()?;
        }
        if self.size_bytes >= self.check_space_at {
            self.state.context.store.require_space(0, self.state.config.reserve_bytes).await?;
            self.check_space_at = self.size_bytes + CHECK_SPACE_EVERY_BYTES;
        }
        Ok(self.receiver.push(chunk).await?)
    }

    /// That was all of it. Nothing is kept yet.
    pub(crate) async fn finish(self) -> Result<Received, Error> {
        Ok(self.receiver.finish().await?)
    }
}

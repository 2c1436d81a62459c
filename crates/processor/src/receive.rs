//! A file's bytes on their way into the store, in whatever form they come: what is too much is refused while it comes.

use crate::AppState;
use crate::accept::is_small;
use crate::error::Error;
use crate::room::Reservation;
use bytes::Bytes;
use storage::{Received, Receiver};

/// A file being received. Dropping it leaves nothing behind.
pub(crate) struct Incoming<'a> {
    state: &'a AppState,
    /// Room on the volume: what was announced, and more step by step.
    room: &'a mut Reservation,
    person: Option<&'a str>,
    receiver: Receiver,
    size_bytes: u64,
}

impl<'a> Incoming<'a> {
    /// Begins to receive a file of at most `UPLOAD_MAX_BYTES`, of that person if one is known by now.
    pub(crate) async fn begin(
        state: &'a AppState,
        room: &'a mut Reservation,
        person: Option<&'a str>,
    ) -> Result<Self, Error> {
        let receiver = state.context.store.receiver(state.config.upload_max_bytes).await?;
        Ok(Self { state, room, person, receiver, size_bytes: 0 })
    }

    /// Takes the next bytes. A file that turns out not to be small is refused when the queue is full, and every file when there is no
    /// room for more of it.
    pub(crate) async fn push(&mut self, chunk: Bytes) -> Result<(), Error> {
        let was_small = is_small(self.size_bytes);
        let bytes = chunk.len() as u64;
        self.size_bytes += bytes;
        if was_small && !is_small(self.size_bytes) {
            self.state.capacity(self.person).await?.require()?;
        }
        self.room.cover(&self.state.context.store, bytes, self.state.config.reserve_bytes).await?;
        self.receiver.push(chunk).await?;
        self.room.spend(bytes);
        Ok(())
    }

    /// That was all of it. Nothing is kept yet.
    pub(crate) async fn finish(self) -> Result<Received, Error> {
        Ok(self.receiver.finish().await?)
    }
}

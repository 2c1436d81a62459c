//! Room on the volume that is promised to what is being written, so that many who each would fit do not together take what is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use storage::Store;

/// How much is promised at a time to a file of unknown length.
const STEP_BYTES: u64 = 16 << 20;

/// The bytes that are promised and not written yet. Cheap to clone: all clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Room {
    promised_bytes: Arc<AtomicU64>,
    /// The same for uploads in pieces, as the database last said: they outlive this process.
    announced_bytes: Arc<AtomicU64>,
}

/// Bytes that may be written. Dropping it gives the rest back.
#[derive(Debug)]
pub(crate) struct Reservation {
    room: Room,
    left_bytes: u64,
}

impl Room {
    /// Nothing yet.
    pub(crate) fn nothing(&self) -> Reservation {
        Reservation { room: self.clone(), left_bytes: 0 }
    }

    /// What uploads in pieces have announced and not sent yet.
    pub(crate) fn set_announced(&self, bytes: u64) {
        self.announced_bytes.store(bytes, Ordering::Relaxed);
    }

    /// Promises so many bytes, if `watermark_bytes` stay free when everybody has written all that is promised.
    ///
    /// # Errors
    /// [`storage::Error::NoSpace`] when they would not.
    pub(crate) async fn reserve(
        &self,
        store: &Store,
        bytes: u64,
        watermark_bytes: u64,
    ) -> Result<Reservation, storage::Error> {
        let mut reservation = self.nothing();
        reservation.grow(store, bytes, watermark_bytes).await?;
        Ok(reservation)
    }
}

impl Reservation {
    /// Sees to room for the next bytes of a file, step by step where nobody has said how many there will be.
    ///
    /// # Errors
    /// [`storage::Error::NoSpace`] when there is none.
    pub(crate) async fn cover(
        &mut self,
        store: &Store,
        bytes: u64,
        watermark_bytes: u64,
    ) -> Result<(), storage::Error> {
        match self.left_bytes < bytes {
            true => self.grow(store, bytes.max(STEP_BYTES), watermark_bytes).await,
            false => Ok(()),
        }
    }

    /// Promises so many bytes more.
    async fn grow(&mut self, store: &Store, bytes: u64, watermark_bytes: u64) -> Result<(), storage::Error> {
        // Counted before it is asked for: of two at once, at least the later sees both.
        let before = self.room.promised_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.left_bytes += bytes;
        let announced = self.room.announced_bytes.load(Ordering::Relaxed);
        let promised = before.saturating_add(bytes).saturating_add(announced);
        let asked = store.require_space(promised, watermark_bytes).await;
        if asked.is_err() {
            self.spend(bytes);
        }
        asked
    }

    /// So many of them are written, so that the volume itself has them no longer free.
    pub(crate) fn spend(&mut self, bytes: u64) {
        let spent = bytes.min(self.left_bytes);
        self.left_bytes -= spent;
        self.room.promised_bytes.fetch_sub(spent, Ordering::Relaxed);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.spend(self.left_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use storage::Error;

    /// H5: free space was looked at and never reserved, so that many uploads that each fitted filled the volume.
    #[tokio::test]
    async fn h5_what_is_promised_to_one_is_not_promised_to_another() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        // Far more than others may write on this volume during the test, and less than half of what is free.
        let free = store.space().await.unwrap().free_bytes;
        let (part, room) = (free / 3, Room::default());
        let first = room.reserve(&store, part, 0).await.unwrap();
        let mut second = room.reserve(&store, part, 0).await.unwrap();
        assert!(matches!(room.reserve(&store, 2 * part, 0).await, Err(Error::NoSpace)));
        assert!(matches!(second.grow(&store, 2 * part, 0).await, Err(Error::NoSpace)));
        assert_eq!(second.left_bytes, part, "what was refused is not promised");
        drop(first);
        second.grow(&store, part / 2, 0).await.unwrap();
        second.spend(part);
        assert_eq!((second.left_bytes, room.promised_bytes.load(Ordering::Relaxed)), (part / 2, part / 2));
        drop(second);
        assert_eq!(room.promised_bytes.load(Ordering::Relaxed), 0);
    }
}

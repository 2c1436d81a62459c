//! Texts that earlier releases kept among the images, moved to where no clean-up takes them.

use crate::AppState;

impl AppState {
    /// Moves all of them, until shutdown. One that is asked for before its turn is moved at once, and what is left by a failure is
    /// taken up by the next sweep or start.
    pub(crate) async fn move_texts(&self) {
        let mut moved = 0;
        for shard in 0..=u8::MAX {
            let done = tokio::select! {
                done = self.context.store.move_texts(shard) => done,
                () = self.shutdown.begun() => return,
            };
            match done {
                Ok(texts) => moved += texts,
                Err(error) => {
                    tracing::warn!(%error, shard, "texts could not be moved out of the cache");
                    return;
                }
            }
        }
        if moved > 0 {
            tracing::info!(texts = moved, "texts were moved out of the cache, into derived/");
        }
    }
}

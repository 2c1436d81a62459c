//! Keeping the image cache within its bound by bytes while images are made. What is old goes at a clean-up.

use crate::AppState;

impl AppState {
    /// Trims the cache whenever it may have outgrown its bound, until shutdown. A failed look is made up for by the next.
    pub(crate) async fn keep_cache_trimmed(&self) {
        loop {
            tokio::select! {
                () = self.context.cache_budget.used_up() => {}
                () = self.shutdown.begun() => return,
            }
            if let Err(error) = self.trim_cache().await {
                tracing::warn!(error = format!("{error:#}"), "the cache could not be trimmed");
            }
        }
    }

    /// Removes the longest unread images if there are more bytes than there may be.
    pub async fn trim_cache(&self) -> anyhow::Result<jobs::Cleaned> {
        let _alone = self.cleanup.lock().await;
        // What was read a moment ago is not to go for want of a note of it.
        self.access.flush(&self.context.pool).await;
        let cleaned = jobs::trim_cache(&self.context).await?;
        if cleaned.deleted > 0 {
            tracing::info!(deleted = cleaned.deleted, freed_bytes = cleaned.freed_bytes, "cache trimmed");
        }
        Ok(cleaned)
    }
}

//! Hashing the store's files again in the background, one after the other, and telling what is damaged.

use crate::AppState;
use jobs::{ScrubPace, Scrubbed};
use std::time::Duration;

/// How long nothing is looked at when nothing is due, or when the database does not answer.
const PAUSE: Duration = Duration::from_secs(600);

impl AppState {
    /// Scrubs until shutdown, unless it is switched off.
    pub(crate) async fn keep_scrubbed(&self) {
        let Some(pace) = self.config.scrub else { return };
        while !self.shutdown.has_begun() {
            let is_idle = match self.scrub_next(pace).await {
                Ok(scrubbed) => scrubbed == Scrubbed::NothingDue,
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "the store could not be scrubbed");
                    true
                }
            };
            if is_idle && tokio::time::timeout(PAUSE, self.shutdown.begun()).await.is_ok() {
                return;
            }
        }
    }

    /// Looks at the file whose turn it is, and says so when it is damaged.
    pub async fn scrub_next(&self, pace: ScrubPace) -> anyhow::Result<Scrubbed> {
        let scrubbed = jobs::scrub_next(&self.context, pace, self.shutdown.begun()).await?;
        let outcome = match &scrubbed {
            Scrubbed::Sound(_) => "sound",
            Scrubbed::Damaged(hash, damage) => {
                tracing::error!(content.hash = %hash, damage, "a file in the store is damaged");
                "damaged"
            }
            Scrubbed::Gone | Scrubbed::NothingDue | Scrubbed::Stopped => return Ok(scrubbed),
        };
        metrics::counter!("storage_scrubbed_files_total", "outcome" => outcome).increment(1);
        Ok(scrubbed)
    }
}

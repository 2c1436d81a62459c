//! Texts that are not found yet, indexed in the background, a few at a time.

use crate::AppState;
use std::time::{Duration, Instant};

/// How long nothing is looked at when nothing is to be done, when a text could not be indexed, or when the database does not answer.
const PAUSE: Duration = Duration::from_secs(30);

impl AppState {
    /// Indexes until shutdown. Half of the time is left to others.
    pub(crate) async fn keep_indexed(&self) {
        let mut from = None;
        while !self.shutdown.has_begun() {
            let began = Instant::now();
            let pause = match jobs::index_texts(&self.context, from).await {
                Ok(indexed) => {
                    metrics::counter!("search_indexed_texts_total").increment(indexed.contents);
                    from = indexed.next;
                    if from.is_some() && !indexed.is_cut_short { began.elapsed() } else { PAUSE }
                }
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "texts could not be indexed");
                    from = None;
                    PAUSE
                }
            };
            if tokio::time::timeout(pause, self.shutdown.begun()).await.is_ok() {
                return;
            }
        }
    }
}

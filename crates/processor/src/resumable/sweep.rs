//! What expiry leaves in the store is removed, and the room for it given back, once a minute.

use super::open::count_announced;
use crate::AppState;
use crate::error::Error;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(60);

/// Keeps at it until the service stops. Begins at once: what was announced to the process before holds for this one.
pub(crate) async fn keep_swept(state: &AppState) {
    loop {
        if let Err(error) = sweep(state).await {
            tracing::warn!(%error, "uploads that are over were not removed");
        }
        if tokio::time::timeout(EVERY, state.shutdown.begun()).await.is_ok() {
            return;
        }
    }
}

async fn sweep(state: &AppState) -> Result<(), Error> {
    let removed = jobs::sweep_uploads(&state.context, None).await?;
    if removed > 0 {
        tracing::info!(removed, "uploads that were not gone on with were removed");
    }
    count_announced(state).await
}

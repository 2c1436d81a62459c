//! The watched folder (`IMPORT_DIR`): files that lie in its subfolder `<id of a drive>/` become files of that drive. What was taken is
//! moved to `done/` beside it, what cannot be taken to `failed/` with a sentence.
//!
//! It is polled, because a network mount tells nobody what changes on other machines. A file is taken when it has stayed as it is for
//! five seconds; whoever copies slower than that writes under a name with a dot before it and renames it at the end. Nothing is taken
//! twice: that a file was taken is written down in the transaction that adds it, and forgotten when it has left its place.

mod folder;
mod round;
mod set_aside;
mod settling;
mod take;

pub use round::WatchedFolder;

use crate::AppState;
use std::time::{Duration, Instant};

/// Between two looks at the folder.
const PAUSE: Duration = Duration::from_secs(2);

/// Watches until shutdown, if there is a folder to be watched.
pub(crate) async fn keep_watched(state: &AppState) {
    let Some(path) = &state.config.import_dir else { return };
    let mut watched = WatchedFolder::new(path);
    while !state.shutdown.has_begun() {
        watched.round(state, Instant::now()).await;
        if tokio::time::timeout(PAUSE, state.shutdown.begun()).await.is_ok() {
            return;
        }
    }
}

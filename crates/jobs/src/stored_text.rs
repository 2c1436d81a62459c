//! A content's texts as they are stored.

use crate::context::Context;
use anyhow::Context as _;
use model::ContentHash;

/// The text of an artifact, or nothing when it is not there.
pub(crate) async fn stored_text(context: &Context, hash: &ContentHash, name: &str) -> anyhow::Result<Option<String>> {
    match context.store.open_artifact(hash, name).await {
        Ok(blob) => Ok(Some(tokio::task::spawn_blocking(move || blob.read_to_string()).await??)),
        Err(storage::Error::NotFound) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {name}")),
    }
}

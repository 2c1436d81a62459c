//! The answer for a text whose file is gone while its row is there: it is being read again, or why it is not.

use crate::AppState;
use crate::error::Error;
use db::artifacts::Artifact;
use jobs::Again;

/// Has the content of a text read again, unless that is under way or was done since `seen`, the text's row, was looked up.
/// Always an error: whoever asked has to ask again.
pub(crate) async fn lost_text(state: &AppState, seen: &Artifact) -> Error {
    match read_again(state, seen).await {
        Ok(error) | Err(error) => error,
    }
}

async fn read_again(state: &AppState, seen: &Artifact) -> Result<Error, Error> {
    let (hash, name) = (&seen.content_hash, seen.name.as_str());
    let capacity = state.capacity(None).await?;
    let mut tx = db::begin(&state.context.pool).await?;
    let is_new = match jobs::read_again(&mut tx, state.context.ocr.as_ref(), seen).await? {
        Again::Begun => true,
        Again::Underway => false,
        Again::Over(why) => return Ok(Error::TextLost(why)),
        Again::Gone => return Ok(Error::ArtifactNotFound),
    };
    if is_new {
        capacity.require()?;
        tx.commit().await?;
        state.backpressure.add(1, None);
        state.context.queue.wake();
        tracing::warn!(content.hash = %hash, artifact = name, "a text is missing from the store; it is read again");
    }
    Ok(Error::BeingReadAgain)
}

//! The answer for a text whose file is gone while its row is there: it is being read again, or why it is not.

use crate::AppState;
use crate::error::Error;
use jobs::Again;
use model::ContentHash;

/// Has the content read again, unless that is under way. Always an error: who asked has to ask again.
pub(crate) async fn lost_text(state: &AppState, hash: &ContentHash, name: &str) -> Error {
    match read_again(state, hash, name).await {
        Ok(error) | Err(error) => error,
    }
}

async fn read_again(state: &AppState, hash: &ContentHash, name: &str) -> Result<Error, Error> {
    let room = state.require_room().await;
    let mut tx = db::begin(&state.context.pool).await?;
    let is_new = match jobs::read_again(&mut tx, state.context.ocr.as_ref(), hash, name).await? {
        Again::Begun => true,
        Again::Underway => false,
        Again::Over(why) => return Ok(Error::TextLost(why)),
        Again::Gone => return Ok(Error::ArtifactNotFound),
    };
    if is_new {
        room?;
        tx.commit().await?;
        state.room.add(1);
        state.context.queue.wake();
        tracing::warn!(content.hash = %hash, artifact = name, "a text is missing from the store; it is read again");
    }
    Ok(Error::BeingReadAgain)
}

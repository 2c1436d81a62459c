//! Finding, opening and ending an upload in pieces.

use crate::AppState;
use crate::error::Error;
use crate::turns::Turn;
use db::uploads::{Owner, Upload};
use storage::Partial;
use uuid::Uuid;

/// An upload of that owner's that can be gone on with, or was finished.
pub(crate) async fn find(state: &AppState, id: Uuid, owner: Owner) -> Result<Upload, Error> {
    let found = db::uploads::find(&mut *state.db().await?, id, owner).await?;
    let upload = found.ok_or(Error::UploadNotFound)?;
    if upload.is_expired() { Err(Error::UploadGone) } else { Ok(upload) }
}

/// The upload with its file, once whoever had it has let it go; without, when it was finished. Where the bytes are gone it is over.
pub(crate) async fn open(
    state: &AppState,
    turn: &mut Turn,
    id: Uuid,
    owner: Owner,
) -> Result<(Upload, Option<Partial>), Error> {
    let opened = turn.open(&state.context.store).await;
    // What the last one got is known only now.
    let upload = find(state, id, owner).await?;
    if upload.file_id.is_some() {
        return Ok((upload, None));
    }
    match opened {
        Ok(partial) if partial.size_bytes() >= upload.offset_bytes => Ok((upload, Some(partial))),
        Ok(_) | Err(Error::UploadGone) => {
            give_up(state, &upload).await?;
            Err(Error::UploadGone)
        }
        Err(error) => Err(error),
    }
}

/// Ends an upload, whatever was under way with it. A file that it became stays.
pub(crate) async fn end(state: &AppState, id: Uuid, owner: Owner) -> Result<(), Error> {
    find(state, id, owner).await?;
    let mut turn = state.turns.take(id);
    let _partial = match turn.open(&state.context.store).await {
        Ok(partial) => Some(partial),
        Err(Error::UploadGone) => None,
        Err(error) => return Err(error),
    };
    db::uploads::delete(&mut *state.db().await?, id).await?;
    state.context.store.remove_partial(id).await?;
    state.turns.take_digest(id);
    count_announced(state).await
}

/// Writes down how much of an upload is on the disk for certain, which gives it more time.
///
/// # Errors
/// [`Error::UploadGone`] when it was ended or finished meanwhile.
pub(crate) async fn advance(state: &AppState, id: Uuid, offset_bytes: u64) -> Result<(), Error> {
    let expiry = state.config.upload_expiry;
    let is_there = db::uploads::advance(&mut *state.db().await?, id, offset_bytes, expiry).await?;
    if is_there { Ok(()) } else { Err(Error::UploadGone) }
}

/// Room for what uploads have announced and not sent, as the database knows it now.
pub(crate) async fn count_announced(state: &AppState) -> Result<(), Error> {
    let bytes = db::uploads::announced_bytes(&mut *state.db().await?).await?;
    state.room.set_announced(bytes);
    Ok(())
}

/// A database was restored without the store's uploads, or a disk lost them. One that was finished needs none.
async fn give_up(state: &AppState, upload: &Upload) -> Result<(), Error> {
    tracing::warn!(upload.id = %upload.id, "the bytes of an upload are gone; it has to be begun anew");
    db::uploads::give_up(&mut *state.db().await?, upload.id).await?;
    count_announced(state).await
}

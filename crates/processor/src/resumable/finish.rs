//! The end of an upload in pieces: one that has all its bytes becomes a file, by the path of every other upload.

use super::open::{count_announced, find, open};
use crate::AppState;
use crate::accept::{NewUpload, accept};
use crate::error::Error;
use crate::origin::Origin;
use db::uploads::{Owner, Upload};
use storage::Partial;
use uuid::Uuid;

/// The upload as far as it has come, once whatever was under way with it has ended. What is whole becomes a file now if it has not yet:
/// who is told that all of it is there takes it for done.
pub(crate) async fn look(state: &AppState, id: Uuid, owner: Owner) -> Result<Upload, Error> {
    let upload = find(state, id, owner).await?;
    if upload.file_id.is_some() || upload.parts.is_some() {
        return Ok(upload);
    }
    let mut turn = state.turns.take(id);
    match open(state, &mut turn, id, owner).await? {
        (upload, Some(partial)) => finish_if_whole(state, upload, partial, &[]).await,
        (upload, None) => Ok(upload),
    }
}

/// Makes a file of what is whole and no part. The bytes stay until that is written down, so that it can be tried again.
pub(super) async fn finish_if_whole(
    state: &AppState,
    mut upload: Upload,
    partial: Partial,
    parts: &[Uuid],
) -> Result<Upload, Error> {
    if upload.is_part || !upload.is_whole() {
        return Ok(upload);
    }
    let (id, store) = (upload.id, &state.context.store);
    let digest = state.turns.take_digest(id);
    let received = partial.into_received(digest.clone()).await?;
    let (editor, drive) = upload.owner.ours.unzip();
    let [editor_text, drive_text] = [editor, drive].map(|id| id.map(|id| id.to_string()));
    let new = NewUpload {
        name: &upload.name,
        drive: drive_text.as_deref().or(upload.foreign_drive.as_deref()),
        owner: editor_text.as_deref().or(upload.foreign_user.as_deref()),
        editor,
        page_id: upload.page_id.as_deref(),
        key: None,
        origin: Origin::Pieces { id, parts },
    };
    let accepted = accept(state, received, &new).await.inspect_err(|_| state.turns.keep_digest(id, digest))?;
    // What a crash leaves here is swept: it is known to be over.
    for id in parts.iter().chain([&id]) {
        store.remove_partial(*id).await?;
    }
    upload.file_id = Some(accepted.file_id);
    count_announced(state).await?;
    Ok(upload)
}

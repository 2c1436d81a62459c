//! A file made of parts that came beside each other.

use super::begin::{NewResumable, begin};
use super::finish::finish_if_whole;
use super::metadata::Metadata;
use super::open::{advance, find, open};
use crate::AppState;
use crate::error::Error;
use db::uploads::{Owner, Upload};
use tracing::Instrument;
use uuid::Uuid;

/// Makes a file of these parts, each of which is whole. Asked again for the same, it answers with the file that was made then, or goes
/// on where a crash ended it.
pub(crate) async fn concatenate(
    state: &AppState,
    owner: Owner,
    metadata: &Metadata,
    text: &str,
    ids: Vec<Uuid>,
) -> Result<Upload, Error> {
    let known = db::uploads::find_of_parts(&mut *state.db().await?, owner, text).await?;
    if let Some(finished) = known.filter(|upload| upload.file_id.is_some()) {
        return Ok(finished);
    }
    let mut parts = Vec::with_capacity(ids.len());
    for id in ids {
        let part = find(state, id, owner).await?;
        if !part.is_part || !part.is_whole() {
            return Err(Error::bad_request("A file is made of parts (Upload-Concat: partial) that are whole."));
        }
        parts.push((id, part.offset_bytes));
    }
    let length_bytes = parts.iter().fold(0u64, |sum, (_, bytes)| sum.saturating_add(*bytes));
    let new = NewResumable { owner, metadata, is_part: false, parts: Some(text), length_bytes: Some(length_bytes) };
    let upload = begin(state, &new).await?;
    // It goes on when the sender does not wait for it: who asks again finds it done.
    let work = put_together(state.clone(), upload.id, owner, parts).in_current_span();
    tokio::spawn(work).await.map_err(|_| Error::Internal)?
}

async fn put_together(state: AppState, id: Uuid, owner: Owner, parts: Vec<(Uuid, u64)>) -> Result<Upload, Error> {
    let mut turn = state.turns.take(id);
    let (mut upload, partial) = open(&state, &mut turn, id, owner).await?;
    let Some(partial) = partial else { return Ok(upload) };
    let ids: Vec<Uuid> = parts.iter().map(|(id, _)| *id).collect();
    let (partial, digest) = match partial.concatenate(parts).await {
        Err(storage::Error::NotFound) => return Err(Error::UploadGone),
        other => other?,
    };
    let size_bytes = partial.size_bytes();
    advance(&state, id, size_bytes).await?;
    upload.offset_bytes = size_bytes;
    state.turns.keep_digest(id, Some(digest));
    finish_if_whole(&state, upload, partial, &ids).await
}

//! A piece of an upload on its way into the store. Whatever ends it, what came of it is kept, but for a piece with a checksum.

use super::begin::{require_capacity, take_length};
use super::finish::finish_if_whole;
use super::open::{advance, find, open};
use crate::AppState;
use crate::error::Error;
use crate::pace::Pace;
use crate::turns::Turn;
use axum::body::{Body, BodyDataStream, Bytes};
use db::uploads::{Owner, Upload};
use futures_util::StreamExt;
use std::pin::pin;
use std::time::Duration;
use storage::{Checksum, PartialWriter};
use tokio::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

/// How much, and for how long, a crash may take of what has come.
const SYNC_BYTES: u64 = 32 << 20;
const SYNC_EVERY: Duration = Duration::from_secs(5);

/// A piece, as its sender announces it.
pub(crate) struct Piece {
    /// Whose upload.
    pub(crate) owner: Owner,
    /// Which one.
    pub(crate) id: Uuid,
    /// Where the piece begins.
    pub(crate) offset_bytes: u64,
    /// How long the whole is, of an upload that was begun without.
    pub(crate) length_bytes: Option<u64>,
    /// How many bytes the piece has, if that was said.
    pub(crate) announced_bytes: Option<u64>,
    /// What the piece is by its sender's words.
    pub(crate) checksum: Option<Checksum>,
    /// The piece.
    pub(crate) body: Body,
}

/// Takes a piece, and makes a file of the upload if it was the last.
pub(crate) async fn receive(state: &AppState, piece: Piece) -> Result<Upload, Error> {
    // In a task of its own: a request is dropped when its sender is gone, and what came has to be written down then.
    let work = take(state.clone(), piece).in_current_span();
    tokio::spawn(work).await.map_err(|_| Error::Internal)?
}

async fn take(state: AppState, piece: Piece) -> Result<Upload, Error> {
    let Piece { owner, id, offset_bytes, .. } = piece;
    let _place = state.uploads.clone().try_acquire_owned().map_err(|_| Error::TooManyUploads { retry_after_s: 2 })?;
    if find(&state, id, owner).await?.parts.is_some() {
        return Err(Error::UploadOfParts);
    }
    let mut turn = state.turns.take(id);
    let (mut upload, partial) = open(&state, &mut turn, id, owner).await?;
    if upload.offset_bytes != offset_bytes {
        return Err(Error::OffsetMismatch { offset_bytes: upload.offset_bytes });
    }
    if let Some(length_bytes) = piece.length_bytes {
        take_length(&state, &mut upload, length_bytes).await?;
    } else if upload.length_bytes.is_none() {
        // Nobody sends a gigabyte of what nobody knows the length of to hear at its end that the queue is full.
        require_capacity(&state, &upload, offset_bytes).await?;
    }
    let most_bytes = upload.length_bytes.unwrap_or(state.config.upload_max_bytes);
    if piece.announced_bytes.is_some_and(|bytes| bytes > most_bytes.saturating_sub(offset_bytes)) {
        return Err(Error::TooLarge { limit_bytes: most_bytes });
    }
    // A finished one takes nothing more, and its sender may not know yet that it is.
    let Some(partial) = partial else { return Ok(upload) };
    let digest = state.turns.take_digest(id);
    let mut writer = partial.writer(offset_bytes, digest, piece.checksum).await?;
    let ended = pass(&state, &mut turn, &upload, &mut writer, piece.body.into_data_stream()).await;
    let written = writer.finish(ended.is_err()).await?;
    state.turns.keep_digest(id, written.digest);
    if written.offset_bytes > offset_bytes {
        advance(&state, id, written.offset_bytes).await?;
    }
    ended?;
    if !written.is_right {
        return Err(Error::ChecksumMismatch);
    }
    // When it expires now.
    let upload = find(&state, id, owner).await?;
    finish_if_whole(&state, upload, written.partial, &[]).await
}

/// Takes what comes, and writes down now and then how much of it is on the disk.
async fn pass(
    state: &AppState,
    turn: &mut Turn,
    upload: &Upload,
    writer: &mut PartialWriter,
    mut body: BodyDataStream,
) -> Result<(), Error> {
    let (mut pace, mut room) = (Pace::new(), state.room.nothing());
    let most_bytes = upload.length_bytes.unwrap_or(state.config.upload_max_bytes);
    let (mut synced_bytes, mut synced_at) = (writer.offset_bytes(), Instant::now());
    // One at a time, beside what comes meanwhile.
    let mut syncing = pin!(None);
    loop {
        let chunk = tokio::select! {
            chunk = pace.next(next(&mut body)) => chunk?,
            synced = async { syncing.as_mut().as_pin_mut().expect("it is looked at only if it is there").await }, if syncing.is_some() => {
                syncing.set(None);
                note_progress(state, upload.id, synced?).await?;
                continue;
            }
            () = turn.is_over() => return Err(Error::UploadLocked),
            // The rest is sent when there is somebody to take it.
            () = state.shutdown.begun() => return Err(Error::Unavailable),
        };
        let Some(chunk) = chunk else { return Ok(()) };
        let bytes = chunk.len() as u64;
        if writer.offset_bytes().saturating_add(bytes) > most_bytes {
            return Err(Error::TooLarge { limit_bytes: most_bytes });
        }
        if upload.length_bytes.is_none() {
            room.cover(&state.context.store, bytes, state.config.reserve_bytes).await?;
            room.spend(bytes);
        }
        writer.push(&chunk).await?;
        let is_due = writer.offset_bytes() - synced_bytes >= SYNC_BYTES || synced_at.elapsed() >= SYNC_EVERY;
        if is_due && !writer.has_checksum() && syncing.is_none() {
            (synced_bytes, synced_at) = (writer.offset_bytes(), Instant::now());
            syncing.set(Some(writer.begin_sync().await?.wait()));
        }
    }
}

async fn next(body: &mut BodyDataStream) -> Result<Option<Bytes>, Error> {
    body.next().await.transpose().map_err(|_| Error::bad_request("The piece broke off; what came of it is kept."))
}

/// While the database is away the piece goes on: what came is written down at its end, if it is back by then.
async fn note_progress(state: &AppState, id: Uuid, offset_bytes: u64) -> Result<(), Error> {
    match advance(state, id, offset_bytes).await {
        Err(error) if !matches!(error, Error::UploadGone) => {
            tracing::warn!(upload.id = %id, %error, "how far an upload has come was not written down");
            Ok(())
        }
        noted => noted,
    }
}

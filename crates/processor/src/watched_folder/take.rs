//! Taking one file: its bytes go the way of every upload.

use super::folder::{Folder, blocking, os_name, watched_file};
use crate::AppState;
use crate::accept::{NewUpload, accept};
use crate::error::Error;
use crate::origin::Origin;
use crate::receive::Incoming;
use bytes::BytesMut;
use db::watched_files::WatchedFile;
use model::file_name;
use std::io;
use tokio::io::AsyncReadExt;
use uuid::Uuid;

/// Bytes of a file that are in memory at a time.
const CHUNK_BYTES: usize = 256 << 10;

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taking {
    /// It is a file of the drive.
    Kept,
    /// It was written to meanwhile. Nothing is kept of it.
    Changed,
    /// It will never be taken, for this reason.
    Refused(String),
    /// The service stops. Nothing is kept of it.
    Stopped,
}

/// Takes a file for its drive, whose owner that is. An error is no fault of the file's.
pub(super) async fn take(state: &AppState, folder: &Folder, file: &WatchedFile, owner: Uuid) -> Result<Taking, Error> {
    let limit_bytes = state.config.upload_max_bytes;
    if file.size_bytes > limit_bytes {
        return Ok(Taking::Refused(Error::TooLarge { limit_bytes }.to_string()));
    }
    let (opened, name) = (folder.clone(), os_name(file).to_owned());
    let mut reader = match blocking(move || opened.open_file(&name)).await {
        Ok(opened) => tokio::fs::File::from_std(opened),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Ok(Taking::Refused("This service may not read the file.".into()));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Taking::Changed),
        Err(error) => return Err(unread(error)),
    };
    let is_same = async |reader: &tokio::fs::File| {
        let now = reader.metadata().await.map_err(unread)?;
        Ok::<_, Error>(watched_file(file.drive_id, os_name(file), &now).as_ref() == Some(file))
    };
    if !is_same(&reader).await? {
        return Ok(Taking::Changed);
    }
    let person = owner.to_string();
    let (store, reserve_bytes) = (&state.context.store, state.config.reserve_bytes);
    let mut room = state.room.reserve(store, file.size_bytes, reserve_bytes).await?;
    let mut incoming = Incoming::begin(state, &mut room, Some(&person)).await?;
    let mut read_bytes = 0;
    loop {
        if state.shutdown.has_begun() {
            return Ok(Taking::Stopped);
        }
        let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
        let bytes = reader.read_buf(&mut chunk).await.map_err(unread)?;
        read_bytes += bytes as u64;
        if bytes == 0 || read_bytes > file.size_bytes {
            break;
        }
        incoming.push(chunk.freeze()).await?;
    }
    let received = incoming.finish().await?;
    if read_bytes != file.size_bytes || !is_same(&reader).await? {
        return Ok(Taking::Changed);
    }
    let (name, drive) = (file_name::clean(&os_name(file).to_string_lossy()), file.drive_id.to_string());
    let new = NewUpload {
        name: &name,
        drive: Some(&drive),
        owner: Some(&person),
        editor: Some(owner),
        page_id: None,
        key: None,
        origin: Origin::WatchedFolder(file),
    };
    accept(state, received, &new).await?;
    Ok(Taking::Kept)
}

/// The folder's volume has a fault: the file may be read another time.
fn unread(error: io::Error) -> Error {
    tracing::warn!(%error, "a file of the watched folder could not be read");
    Error::Internal
}

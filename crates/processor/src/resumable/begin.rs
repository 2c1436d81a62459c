//! The beginning of an upload in pieces: what is too much is refused before a byte of it is sent.

use super::metadata::Metadata;
use super::open::count_announced;
use crate::AppState;
use crate::accept::{is_small, require_editor};
use crate::error::Error;
use db::uploads::{NewUpload, Owner, Upload};
use model::wire::field;

/// The part of what is free on the volume that one person may announce and not send: others have the rest.
const SHARE: u64 = 4;

/// An upload that is to be.
#[derive(Debug)]
pub(crate) struct NewResumable<'a> {
    /// Whose it is.
    pub(crate) owner: Owner,
    /// What its sender says of it.
    pub(crate) metadata: &'a Metadata,
    /// It is a part, and no file by itself.
    pub(crate) is_part: bool,
    /// The parts that it is made of, as their sender names them.
    pub(crate) parts: Option<&'a str>,
    /// How many bytes it has; nothing when that is said later.
    pub(crate) length_bytes: Option<u64>,
}

/// Begins an upload. One that is made of the same parts as another is that one.
pub(crate) async fn begin(state: &AppState, new: &NewResumable<'_>) -> Result<Upload, Error> {
    let (store, config) = (&state.context.store, &state.config);
    let limit_bytes = config.upload_max_bytes;
    let length_bytes = new.length_bytes.unwrap_or(0);
    if length_bytes > limit_bytes {
        return Err(Error::TooLarge { limit_bytes });
    }
    let foreign = |word| if new.owner.ours.is_none() { new.metadata.id(word) } else { Ok(None) };
    let (foreign_user, foreign_drive) = (foreign(field::USER_ID)?, foreign(field::DRIVE_ID)?);
    let editor = new.owner.ours.map(|(editor, _)| editor.to_string());
    let person = editor.as_deref().or(foreign_user);
    if !is_small(length_bytes) {
        state.capacity(person).await?.require()?;
    }
    let name = new.metadata.name();
    let row = NewUpload {
        owner: new.owner,
        foreign_user,
        foreign_drive,
        page_id: foreign(field::PAGE_ID)?,
        name: &name,
        metadata: &new.metadata.text,
        is_part: new.is_part,
        parts: new.parts,
        modified_at: new.metadata.modified_at(),
        length_bytes: new.length_bytes,
    };
    // Until the row says so itself.
    let _room = state.room.reserve(store, length_bytes, config.reserve_bytes).await?;
    let most_bytes = share(state).await?;

    let mut tx = db::begin(&state.context.pool).await?;
    if let Some((editor, drive)) = new.owner.ours {
        require_editor(&mut tx, editor, Some(&drive.to_string())).await?;
    }
    if let Some(whose) = person.or(new.parts) {
        db::uploads::take_turn(&mut tx, whose).await?;
    }
    if let Some(parts) = new.parts
        && let Some(found) = db::uploads::find_of_parts(&mut tx, new.owner, parts).await?
    {
        return Ok(found);
    }
    if person.is_some() {
        let editor = new.owner.ours.map(|(editor, _)| editor);
        let unfinished = db::uploads::unfinished(&mut tx, editor, foreign_user).await?;
        let is_much = unfinished.announced_bytes.saturating_add(length_bytes) > most_bytes;
        if unfinished.count >= config.unfinished_uploads_per_person.get() || is_much {
            return Err(Error::TooManyUnfinished);
        }
    }
    let upload = db::uploads::insert(&mut tx, &row, config.upload_expiry).await?;
    tx.commit().await?;
    // The row first: bytes without a row would be swept, and a row without bytes says that it has to be begun anew.
    if let Err(error) = store.create_partial(upload.id).await {
        db::uploads::delete(&mut *state.db().await?, upload.id).await?;
        return Err(error.into());
    }
    count_announced(state).await?;
    Ok(upload)
}

/// The length of an upload that was begun without. Once said it stays, and it is asked for as that of any other is when it begins.
pub(super) async fn take_length(state: &AppState, upload: &mut Upload, length_bytes: u64) -> Result<(), Error> {
    let limit_bytes = state.config.upload_max_bytes;
    match upload.length_bytes {
        Some(known) if known == length_bytes => return Ok(()),
        None if length_bytes >= upload.offset_bytes => {}
        _ => return Err(Error::bad_request("An upload has one length, and no more bytes than that.")),
    }
    if length_bytes > limit_bytes {
        return Err(Error::TooLarge { limit_bytes });
    }
    require_capacity(state, upload, length_bytes).await?;
    let (store, left_bytes) = (&state.context.store, length_bytes - upload.offset_bytes);
    let _room = state.room.reserve(store, left_bytes, state.config.reserve_bytes).await?;
    let most_bytes = share(state).await?;
    let mut tx = db::begin(&state.context.pool).await?;
    let editor = upload.owner.ours.map(|(editor, _)| editor);
    if let Some(person) = person(upload) {
        db::uploads::take_turn(&mut tx, &person).await?;
        let unfinished = db::uploads::unfinished(&mut tx, editor, upload.foreign_user.as_deref()).await?;
        if unfinished.announced_bytes.saturating_add(left_bytes) > most_bytes {
            return Err(Error::TooManyUnfinished);
        }
    }
    if !db::uploads::set_length(&mut tx, upload.id, length_bytes).await? {
        return Err(Error::UploadGone);
    }
    tx.commit().await?;
    upload.length_bytes = Some(length_bytes);
    count_announced(state).await
}

/// Whether the queue takes what an upload of so many bytes will need, of its person.
pub(super) async fn require_capacity(state: &AppState, upload: &Upload, size_bytes: u64) -> Result<(), Error> {
    match is_small(size_bytes) {
        true => Ok(()),
        false => state.capacity(person(upload).as_deref()).await?.require(),
    }
}

/// Whose turn an upload takes: our person's, or somebody else's as its sender names them.
fn person(upload: &Upload) -> Option<String> {
    let editor = upload.owner.ours.map(|(editor, _)| editor.to_string());
    editor.or_else(|| upload.foreign_user.clone())
}

/// The most bytes that one person may have announced and not sent.
async fn share(state: &AppState) -> Result<u64, Error> {
    let config = &state.config;
    let free_bytes = state.context.store.space().await?.free_bytes;
    Ok(config.upload_max_bytes.max(free_bytes.saturating_sub(config.reserve_bytes) / SHARE))
}

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
        length_bytes: new.length_bytes,
    };
    // Until the row says so itself.
    let _room = state.room.reserve(store, length_bytes, config.reserve_bytes).await?;
    let most_bytes = limit_bytes.max(store.space().await?.free_bytes.saturating_sub(config.reserve_bytes) / SHARE);

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

//! What a sweep takes lies in `trash/<day>` for a while, in the folders it had in the store, so that a mistake has a way back:
//! whoever copies a day's folders over the store's has everything as it was.

use crate::durable::{lock_folder, make_folders, sync_folder};
use crate::sweep::{age, entries};
use crate::{Error, Store};
use model::{ArtifactLife, ContentHash};
use std::io;
use std::path::Path;
use std::time::Duration;
use time::Date;
use time::macros::format_description;

impl Store {
    /// Moves a blob and its artifacts to the day's trash, unless it came again within `older_than`: an upload that found it
    /// there is about to write its row. Says how many bytes the blob has, or nothing when it stays.
    pub async fn trash_blob(&self, hash: &ContentHash, older_than: Duration, day: Date) -> Result<Option<u64>, Error> {
        let (store, hash) = (self.clone(), hash.clone());
        self.run(move || {
            // Held until both have moved: the same bytes, uploaded again meanwhile, wait and are then stored and read anew.
            let _held = match lock_folder(&store.blobs().join(hash.shard())) {
                Err(Error::NotFound) => return Ok(None),
                other => other?,
            };
            let blob = store.blob(&hash);
            let found = match std::fs::metadata(&blob) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                other => other?,
            };
            if age(found.modified()?) < older_than {
                return Ok(None);
            }
            // The blob goes last: while it is there, a sweep that broke off is taken up by the next.
            let day = day.to_string();
            for life in ArtifactLife::ALL {
                let to = make_folders(&store.trash(), &[&day, Self::artifacts_name(life), hash.shard()])?;
                move_into(&store.artifacts_of(&hash, life), &to)?;
            }
            move_into(&blob, &make_folders(&store.trash(), &[&day, "blobs", hash.shard()])?)?;
            Ok(Some(found.len()))
        })
        .await
    }

    /// The days that have a trash.
    pub async fn trash_days(&self) -> Result<Vec<Date>, Error> {
        let trash = self.trash();
        self.run(move || {
            let mut days = vec![];
            for entry in entries(&trash)?.into_iter().flatten() {
                // What is named otherwise was put there by a person.
                if let Ok(name) = entry?.file_name().into_string()
                    && let Ok(day) = Date::parse(&name, format_description!("[year]-[month]-[day]"))
                {
                    days.push(day);
                }
            }
            Ok(days)
        })
        .await
    }

    /// Removes a day's trash for good and says how many bytes it had.
    pub async fn empty_trash(&self, day: Date) -> Result<u64, Error> {
        let folder = self.trash().join(day.to_string());
        self.run(move || {
            let bytes = bytes_in(&folder)?;
            std::fs::remove_dir_all(&folder)?;
            Ok(bytes)
        })
        .await
    }
}

/// Moves a file or a folder into `folder`, durably. What is not there need not be moved.
fn move_into(from: &Path, folder: &Path) -> Result<(), Error> {
    let (Some(name), Some(left)) = (from.file_name(), from.parent()) else { return Ok(()) };
    let to = folder.join(name);
    match std::fs::symlink_metadata(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    // The same was taken earlier this day and came back. A folder is not renamed over a full one, nor a file over a link to
    // itself, which is what comes back as a link would be.
    match std::fs::symlink_metadata(&to) {
        Ok(earlier) if earlier.is_dir() => std::fs::remove_dir_all(&to)?,
        Ok(_) => std::fs::remove_file(&to)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    std::fs::rename(from, &to)?;
    sync_folder(folder)?;
    sync_folder(left)
}

fn bytes_in(folder: &Path) -> Result<u64, Error> {
    let mut bytes = 0;
    for entry in entries(folder)?.into_iter().flatten() {
        let entry = entry?;
        let found = entry.metadata()?;
        bytes += if found.is_dir() { bytes_in(&entry.path())? } else { found.len() };
    }
    Ok(bytes)
}

//! Texts that lie among the images, where earlier releases kept them and where whoever clears the cache would take them along.
//! They are moved to their own folder: all of them when a program starts, and one that is asked for before its turn at once.
//!
//! An earlier program may still be running and write there. So nothing is overwritten by what is older, and each step can be
//! broken off and done again.

use crate::durable::sync_folder;
use crate::sweep::artifacts_in;
use crate::{Error, Store};
use model::{ArtifactLife, ContentHash};
use std::io;
use std::path::{Path, PathBuf};

impl Store {
    /// Moves the texts among the images of contents whose hash begins with the byte `shard`, and says how many. All are 256 calls.
    pub async fn move_texts(&self, shard: u8) -> Result<u64, Error> {
        let store = self.clone();
        self.run(move || {
            let mut moved = 0;
            // Each start and each sweep looks: the images, which are nearly all, are told by their names alone.
            for artifact in artifacts_in(&store.artifacts(ArtifactLife::Cached), shard, &[ArtifactLife::Kept])? {
                moved += u64::from(move_one(&store, &artifact.hash, &artifact.name)?);
            }
            Ok(moved)
        })
        .await
    }

    /// Moves one text, if it lies among the images. False when it does not.
    pub(crate) async fn move_misplaced(&self, hash: &ContentHash, name: &str) -> Result<bool, Error> {
        let (store, hash, name) = (self.clone(), hash.clone(), name.to_owned());
        self.run(move || move_one(&store, &hash, &name)).await
    }
}

/// Removes what an earlier program left among the images: there is a newer one, or none is to be.
pub(crate) fn forget_misplaced(store: &Store, hash: &ContentHash, name: &str) -> Result<(), Error> {
    match misplaced(store, hash, name) {
        Some(path) => remove(&path),
        None => Ok(()),
    }
}

fn move_one(store: &Store, hash: &ContentHash, name: &str) -> Result<bool, Error> {
    let Some(from) = misplaced(store, hash, name) else { return Ok(false) };
    let modified = |path: &Path| std::fs::metadata(path).and_then(|found| found.modified());
    let written = match modified(&from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        other => other?,
    };
    let folder = store.make_artifacts_folder(hash, ArtifactLife::Kept)?;
    let to = folder.join(name);
    // A second name instead of a new one, which would replace what somebody has put there meanwhile.
    match std::fs::hard_link(&from, &to) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // The earlier program wrote it anew after it was moved.
            if written > modified(&to)? {
                std::fs::rename(&from, &to)?;
            }
        }
        // Somebody else has moved it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(to.exists()),
        // A volume without such names.
        Err(_) if !to.exists() => std::fs::rename(&from, &to)?,
        Err(error) => return Err(error.into()),
    }
    sync_folder(&folder)?;
    remove(&from)?;
    store.recent().forget(hash, name);
    Ok(true)
}

/// Where it would lie; nothing for what belongs there.
fn misplaced(store: &Store, hash: &ContentHash, name: &str) -> Option<PathBuf> {
    let is_kept = model::artifact_life(name) == Some(ArtifactLife::Kept);
    is_kept.then(|| store.artifacts_of(hash, ArtifactLife::Cached).join(name))
}

fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => other?,
    }
    // Fails while images are in it, as it should.
    let _ = path.parent().map(std::fs::remove_dir);
    Ok(())
}

//! Moving a finished file into place so that no power cut loses it.

use crate::Error;
use crate::temp::TempFile;
use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Makes `folder` in its parent, which is there. Its entry is synced even if somebody else has made it: they may not have synced it
/// yet. (To sync what was not changed costs next to nothing.)
pub(crate) fn make_folder(folder: &Path) -> Result<(), Error> {
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        other => other?,
    }
    match folder.parent() {
        Some(parent) => sync_folder(parent),
        None => Ok(()),
    }
}

/// Makes the folders of these names, each inside the one before, and gives the last.
pub(crate) fn make_folders(within: &Path, names: &[&str]) -> Result<PathBuf, Error> {
    let mut folder = within.to_owned();
    for name in names {
        folder.push(name);
        make_folder(&folder)?;
    }
    Ok(folder)
}

/// Syncs a folder's entries.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), Error> {
    Ok(File::open(folder)?.sync_all()?)
}

/// Renames synced temporary files to their names in one folder and syncs the folder, once.
pub(crate) fn move_into_place(folder: &Path, files: Vec<(TempFile, &str)>) -> Result<(), Error> {
    for (temp, name) in files {
        temp.rename(&folder.join(name))?;
    }
    sync_folder(folder)
}

/// Holds a folder against other processes until dropped: whoever keeps a file that is already there and whoever sweeps old ones
/// must not do so at once.
pub(crate) fn lock_folder(folder: &Path) -> Result<File, Error> {
    let handle = File::open(folder)?;
    flock(&handle, FlockOperation::LockExclusive).map_err(std::io::Error::from)?;
    Ok(handle)
}

//! Temporary files with names, which move into place.

use crate::Error;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// A named temporary file, removed when dropped unless it was moved into place.
#[derive(Debug)]
pub(crate) struct TempFile {
    path: Option<PathBuf>,
}

impl TempFile {
    /// Creates `tmp/<uuid>`, readable by its owner only.
    pub(crate) fn create(tmp: &Path) -> Result<(Self, File), Error> {
        use std::os::unix::fs::OpenOptionsExt;
        let path = tmp.join(Uuid::now_v7().to_string());
        let file = File::options().read(true).write(true).create_new(true).mode(0o640).open(&path)?;
        Ok((Self { path: Some(path) }, file))
    }

    /// Another name for the bytes of a synced file, or a synced copy of them where a file has but one name.
    pub(crate) fn of_same_bytes(tmp: &Path, file: &Path) -> Result<Self, Error> {
        let path = tmp.join(Uuid::now_v7().to_string());
        match std::fs::hard_link(file, &path) {
            Ok(()) => Ok(Self { path: Some(path) }),
            Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied) => {
                let (temp, mut copy) = Self::create(tmp)?;
                std::io::copy(&mut File::open(file)?, &mut copy)?;
                copy.sync_all()?;
                Ok(temp)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Renames it, after which it is no longer temporary.
    pub(crate) fn rename(mut self, target: &Path) -> Result<(), Error> {
        if let Some(path) = &self.path {
            std::fs::rename(path, target)?;
        }
        self.path = None;
        Ok(())
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if let Some(path) = &self.path
            && let Err(error) = std::fs::remove_file(path)
        {
            tracing::warn!(%error, "a temporary file could not be removed; the sweep will");
        }
    }
}

//! Temporary files: named ones that move into place, and unlinked ones that vanish by themselves.

use crate::{Error, Store};
use std::fs::File;
use std::path::{Path, PathBuf};
use uuid::Uuid;

impl Store {
    /// A file without a name on the store's volume, gone when it is closed: where a sandboxed child writes.
    pub async fn temp_output(&self) -> Result<File, Error> {
        let tmp = self.tmp();
        self.run(move || Ok(tempfile::tempfile_in(tmp)?)).await
    }
}

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

//! The disk that the store is on: a small one of its own, where this is allowed, so that it can be full.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;
use system_tests::is_root;
use tempfile::TempDir;

/// Enough for what half an hour leaves on it.
const SIZE: &str = "size=1g";

/// The folder, and whether it is a disk of its own.
pub struct Volume {
    dir: TempDir,
    is_mounted: bool,
}

impl Volume {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("chaos-volume-").tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "chaos"]).arg(dir.path());
        let is_mounted = is_root() && mount.output().is_ok_and(|output| output.status.success());
        let volume = Self { dir, is_mounted };
        std::fs::create_dir(volume.storage()).unwrap();
        volume
    }

    /// The store's folder.
    pub fn storage(&self) -> PathBuf {
        self.dir.path().join("storage")
    }

    /// False where nothing may be mounted: there a disk is full by the reserve that uploads leave.
    pub fn can_be_full(&self) -> bool {
        self.is_mounted
    }

    /// Takes all room but so many bytes.
    pub fn fill(&self, leave_bytes: u64) {
        let mut ballast = File::create(self.ballast()).unwrap();
        let chunk = vec![b'x'; 1 << 20];
        loop {
            match ballast.write(&chunk) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
        let size = ballast.metadata().unwrap().len();
        ballast.set_len(size.saturating_sub(leave_bytes)).unwrap();
    }

    /// Gives it back.
    pub fn clear(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.dir.path().join("ballast")
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        if self.is_mounted {
            // Lazily: a process that has not quite ended may have a file open.
            let _ = Command::new("umount").arg("--lazy").arg(self.dir.path()).status();
        }
    }
}

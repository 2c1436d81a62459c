//! Folders by their handles: what lies in one is reached from there and by its own name alone, so that no link leads elsewhere.

use db::watched_files::WatchedFile;
use rustix::fs::{Dir, FlockOperation, Mode, OFlags, RenameFlags, flock, mkdirat, openat, renameat, renameat_with};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io::{self, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// A folder that is there, or was when it was opened. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Folder(Arc<File>);

const INSIDE: OFlags = OFlags::NOFOLLOW.union(OFlags::CLOEXEC);
const FOLDER: OFlags = INSIDE.union(OFlags::RDONLY).union(OFlags::DIRECTORY);
/// Without waiting for the other end of what proves to be a pipe.
const FILE: OFlags = INSIDE.union(OFlags::RDONLY).union(OFlags::NONBLOCK);
const NEW_FILE: OFlags = INSIDE.union(OFlags::WRONLY).union(OFlags::CREATE).union(OFlags::TRUNC);

impl Folder {
    /// The folder of that path, which may lead over links.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let folder = File::open(path)?;
        match folder.metadata()?.is_dir() {
            true => Ok(Self(Arc::new(folder))),
            false => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    /// One inside of it, which is no link.
    pub(super) fn folder(&self, name: &OsStr) -> io::Result<Self> {
        Ok(Self(Arc::new(openat(&*self.0, name, FOLDER, Mode::empty())?.into())))
    }

    /// The same, made if there is none.
    pub(super) fn make_folder(&self, name: &OsStr) -> io::Result<Self> {
        match mkdirat(&*self.0, name, Mode::from_raw_mode(0o770)) {
            Err(Errno::EXIST) => {}
            other => other?,
        }
        self.folder(name)
    }

    /// The names in it, in their order.
    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = vec![];
        for entry in Dir::read_from(&*self.0)? {
            let name = OsString::from_vec(entry?.file_name().to_bytes().to_vec());
            if name != "." && name != ".." {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// What has that name, itself and not what it may lead to; nothing when nothing has.
    pub(super) fn look(&self, name: &OsStr) -> io::Result<Option<Metadata>> {
        match openat(&*self.0, name, INSIDE.union(OFlags::PATH), Mode::empty()) {
            Ok(found) => File::from(found).metadata().map(Some),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The ordinary files in it, but for those whose name begins with a dot: programs write those, and rename them when they are whole.
    pub(super) fn files(&self, drive_id: Uuid) -> io::Result<Vec<WatchedFile>> {
        let mut files = vec![];
        for name in self.names()?.iter().filter(|name| !name.as_bytes().starts_with(b".")) {
            // What is gone meanwhile is none.
            if let Some(found) = self.look(name)? {
                files.extend(watched_file(drive_id, name, &found));
            }
        }
        Ok(files)
    }

    /// Opens a file to be read.
    pub(super) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        Ok(openat(&*self.0, name, FILE, Mode::empty())?.into())
    }

    /// Writes a small file, over one of its name.
    pub(super) fn write(&self, name: &OsStr, text: &str) -> io::Result<()> {
        let mut file = File::from(openat(&*self.0, name, NEW_FILE, Mode::from_raw_mode(0o660))?);
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    /// Moves a file into another folder of the same volume. False when something there has that name.
    pub(super) fn move_into(&self, name: &OsStr, folder: &Self, new_name: &OsStr) -> io::Result<bool> {
        match renameat_with(&*self.0, name, &*folder.0, new_name, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            // Many network mounts cannot do it in one; nobody else moves files there.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
                if folder.look(new_name)?.is_some() {
                    return Ok(false);
                }
                renameat(&*self.0, name, &*folder.0, new_name)?;
                Ok(true)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Makes its entries durable.
    pub(super) fn sync(&self) -> io::Result<()> {
        match self.0.sync_all() {
            // There are mounts that cannot.
            Err(error) if error.raw_os_error() == Some(Errno::INVAL.raw_os_error()) => Ok(()),
            other => other,
        }
    }

    /// Holds the folder against other processes, as long as a clone of this one lives. False when another one has it. A mount without
    /// locks is held by whoever asks: then there is to be one processor.
    pub(super) fn hold(&self) -> bool {
        flock(&*self.0, FlockOperation::NonBlockingLockExclusive) != Err(Errno::WOULDBLOCK)
    }
}

/// The file that this is about, if it is about one.
pub(super) fn watched_file(drive_id: Uuid, name: &OsStr, found: &Metadata) -> Option<WatchedFile> {
    let modified_ns = found.mtime().saturating_mul(1_000_000_000).saturating_add(found.mtime_nsec());
    let file = WatchedFile { drive_id, name: name.as_bytes().to_vec(), modified_ns, size_bytes: found.len() };
    found.is_file().then_some(file)
}

/// Its name, for the file system.
pub(super) fn os_name(file: &WatchedFile) -> &OsStr {
    OsStr::from_bytes(&file.name)
}

/// Does what waits for a disk, or for a network.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

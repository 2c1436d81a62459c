//! Files of this machine that are to be sent.

use crate::error::Error;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// A file as it was when it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its path, without links in it.
    pub path: PathBuf,
    /// Bytes.
    pub size_bytes: u64,
    /// When it was last changed: nanoseconds since 1970.
    changed_ns: i128,
}

/// What was found under the paths that were typed.
#[derive(Debug, Default)]
pub struct Collected {
    /// The files, each once, in the order of their names.
    pub sources: Vec<Source>,
    /// What could not be looked at, and why.
    pub failed: Vec<Error>,
    /// Links and devices in folders, which are left out.
    pub left_out: usize,
}

/// Finds all files under the paths.
pub fn collect(paths: &[PathBuf]) -> Collected {
    let mut found = Collected::default();
    let mut seen = HashSet::new();
    for path in paths {
        match fs::canonicalize(path).and_then(|path| Ok((fs::metadata(&path)?, path))) {
            Ok((metadata, path)) => add(path, &metadata, &mut found, &mut seen),
            Err(cause) => found.failed.push(Error::local("reading", path, cause)),
        }
    }
    found
}

fn add(path: PathBuf, metadata: &Metadata, found: &mut Collected, seen: &mut HashSet<PathBuf>) {
    if metadata.is_dir() {
        match entries(&path) {
            Ok(entries) => entries.into_iter().for_each(|(path, metadata)| add(path, &metadata, found, seen)),
            Err(cause) => found.failed.push(Error::local("reading", &path, cause)),
        }
    } else if !metadata.is_file() {
        found.left_out += 1;
    } else if seen.insert(path.clone()) {
        found.sources.push(Source::new(path, metadata));
    }
}

/// What is in a folder, by name. Links are not followed: they may lead around in a circle, or out of the folder.
fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, Metadata)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        entries.push((fs::symlink_metadata(&path)?, path));
    }
    entries.sort_by(|(_, a), (_, b)| a.cmp(b));
    Ok(entries.into_iter().map(|(metadata, path)| (path, metadata)).collect())
}

impl Source {
    fn new(path: PathBuf, metadata: &Metadata) -> Self {
        Self { path, size_bytes: metadata.len(), changed_ns: changed_ns(metadata) }
    }

    /// What the file is to be called: as the server writes names, so that it is found there by its own.
    pub fn name(&self) -> String {
        let name = self.path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
        let name: String = name.chars().filter(|letter| !letter.is_control()).nfc().collect();
        name.trim().to_owned()
    }

    /// What this file at this time is known by, for this drive of this server: 64 hexadecimal digits.
    pub fn key(&self, url: &str, drive_id: &str) -> String {
        let mut hash = Sha256::new();
        for part in [url.as_bytes(), drive_id.as_bytes(), self.path.as_os_str().as_bytes()] {
            hash.update(part);
            // No path and no address has it in it.
            hash.update([0]);
        }
        hash.update(self.size_bytes.to_be_bytes());
        hash.update(self.changed_ns.to_be_bytes());
        hex::encode(hash.finalize())
    }

    /// Opens the file, if it is still the one that was found.
    pub fn open(&self) -> Result<File, Error> {
        let file = File::open(&self.path).map_err(|cause| self.error(cause))?;
        self.require_unchanged(&file).map_err(|cause| self.error(cause))?;
        Ok(file)
    }

    /// All of it, for files that are small.
    pub fn read(&self) -> Result<Vec<u8>, Error> {
        let mut file = self.open()?;
        let mut bytes = Vec::with_capacity(self.size_bytes as usize);
        let read = (&mut file).take(self.size_bytes + 1).read_to_end(&mut bytes);
        read.and_then(|_| self.require_unchanged(&file)).map_err(|cause| self.error(cause))?;
        if bytes.len() as u64 == self.size_bytes { Ok(bytes) } else { Err(self.error(changed())) }
    }

    /// The SHA-256 of its bytes, in hexadecimal.
    pub fn content_hash(&self) -> Result<String, Error> {
        let (mut file, mut hash, mut buffer) = (self.open()?, Sha256::new(), vec![0; 256 << 10]);
        loop {
            match file.read(&mut buffer).map_err(|cause| self.error(cause))? {
                0 => return Ok(hex::encode(hash.finalize())),
                bytes => hash.update(&buffer[..bytes]),
            }
        }
    }

    /// Fails when the open file is no longer what was found.
    pub fn require_unchanged(&self, file: &File) -> io::Result<()> {
        let now = file.metadata()?;
        let is_same = now.len() == self.size_bytes && changed_ns(&now) == self.changed_ns;
        if is_same { Ok(()) } else { Err(changed()) }
    }

    /// What went wrong with it.
    pub fn error(&self, cause: io::Error) -> Error {
        Error::local("reading", &self.path, cause)
    }
}

/// What is said of a file that somebody writes to while it is sent.
pub fn changed() -> io::Error {
    io::Error::other("it changed while it was sent; put it again")
}

fn changed_ns(metadata: &Metadata) -> i128 {
    i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    fn tree() -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("b/c")).unwrap();
        for (name, text) in [("b/c/z.txt", "z"), ("b/y.txt", "yy"), ("a.txt", "")] {
            fs::write(dir.path().join(name), text).unwrap();
        }
        symlink(dir.path(), dir.path().join("b/round")).unwrap();
        symlink(dir.path().join("a.txt"), dir.path().join("link")).unwrap();
        dir
    }

    #[test]
    fn a_tree_is_found_once_and_without_its_links() {
        let dir = tree();
        let found = collect(&[dir.path().into(), dir.path().join("b/y.txt"), dir.path().join("missing")]);
        let names: Vec<String> = found.sources.iter().map(Source::name).collect();
        assert_eq!(names, ["a.txt", "z.txt", "y.txt"]);
        assert_eq!((found.left_out, found.failed.len()), (2, 1));
        // Somebody who types a link means what it leads to.
        assert_eq!(collect(&[dir.path().join("link")]).sources, found.sources[..1]);
    }

    #[test]
    fn a_changed_file_is_another_one() {
        let dir = tree();
        let path = dir.path().join("b/y.txt");
        let found = || collect(std::slice::from_ref(&path)).sources.remove(0);
        let before = found();
        assert_eq!(before.key("https://a", "1"), found().key("https://a", "1"));
        assert_ne!(before.key("https://a", "1"), before.key("https://a", "2"));
        assert_eq!(before.read().unwrap(), b"yy");
        fs::write(&path, "yyy").unwrap();
        assert!(before.read().unwrap_err().to_string().contains("changed"));
        assert_ne!(before.key("https://a", "1"), found().key("https://a", "1"));
    }

    /// As other people's file systems write it, and as the server does.
    #[test]
    fn a_name_is_composed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(" e\u{301}\u{7}.txt");
        fs::write(&path, "abc").unwrap();
        let source = collect(&[path]).sources.remove(0);
        assert_eq!(source.name(), "\u{e9}.txt");
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(source.content_hash().unwrap(), hash);
    }
}

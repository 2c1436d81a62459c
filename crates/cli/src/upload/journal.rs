//! What is known of files that were sent before: lines of JSON that are only ever added, one file for each drive.

use crate::account::make_private_folder;
use crate::error::Error;
use crate::output::note;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// How far a file has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Sending it was begun, at so many seconds since 1970; whether it arrived is not known.
    Begun(u64),
    /// It is sent in pieces to this path of the API.
    Upload(String),
    /// It is the file of this id.
    File(String),
}

/// The journal of one drive. Threads share it; other processes wait for its end.
pub struct Journal {
    path: PathBuf,
    inner: Mutex<Inner>,
}

struct Inner {
    file: File,
    known: HashMap<String, Known>,
    /// Files of the drive that came from a file of this machine.
    taken: HashSet<String>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    begun: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upload: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

impl Journal {
    /// The journal of a drive, in that folder. Waits while another process has it: two of them would send the same file twice.
    pub fn open(folder: &Path, url: &str, drive_id: &str) -> Result<Self, Error> {
        make_private_folder(folder)?;
        let server = hex::encode(&Sha256::digest(url)[..8]);
        let path = folder.join(format!("{server}-{drive_id}.jsonl"));
        let opened = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&path);
        let inner = opened.and_then(|file| {
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    note("another `pagespace put` sends to this drive; waiting for its end");
                    file.lock()?;
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
            Inner::read(file)
        });
        let inner = inner.map_err(|cause| Error::local("opening", &path, cause))?;
        Ok(Self { path, inner: Mutex::new(inner) })
    }

    /// What is known of a file.
    pub fn known(&self, key: &str) -> Option<Known> {
        self.lock().known.get(key).cloned()
    }

    /// Notes that these are about to be sent. It is on the disk when this returns, so that none of them is forgotten whatever happens.
    pub fn begin(&self, keys: &[String]) -> Result<(), Error> {
        let begun = Some(now_s());
        let lines = keys.iter().map(|key| Line { key: key.clone(), begun, upload: None, file: None });
        self.add(lines.collect(), true)
    }

    /// Notes where a file is sent to in pieces. It is on the disk when this returns.
    pub fn note_upload(&self, key: &str, path: &str) -> Result<(), Error> {
        self.add(vec![Line { key: key.into(), begun: None, upload: Some(path.into()), file: None }], true)
    }

    /// Notes that a file has arrived. If that is lost with the power, the server is asked when it is sent again.
    pub fn note_file(&self, key: &str, id: &str) -> Result<(), Error> {
        self.add(vec![Line { key: key.into(), begun: None, upload: None, file: Some(id.into()) }], false)
    }

    /// Takes a file of the drive for one of this machine's. False when another of this machine's became it.
    pub fn take(&self, id: &str) -> bool {
        self.lock().taken.insert(id.to_owned())
    }

    fn add(&self, lines: Vec<Line>, is_synced: bool) -> Result<(), Error> {
        if lines.is_empty() {
            return Ok(());
        }
        self.lock().add(lines, is_synced).map_err(|cause| Error::local("writing", &self.path, cause))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn read(mut file: File) -> io::Result<Self> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        // A process that was killed while it wrote leaves half a line, which says nothing and gets an end.
        if bytes.last().is_some_and(|last| *last != b'\n') {
            file.write_all(b"\n")?;
        }
        let mut inner = Self { file, known: HashMap::new(), taken: HashSet::new() };
        for line in bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()) {
            inner.learn(line);
        }
        Ok(inner)
    }

    fn add(&mut self, lines: Vec<Line>, is_synced: bool) -> io::Result<()> {
        let mut bytes = Vec::new();
        for line in &lines {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        self.file.write_all(&bytes)?;
        if is_synced {
            self.file.sync_data()?;
        }
        lines.into_iter().for_each(|line| self.learn(line));
        Ok(())
    }

    fn learn(&mut self, line: Line) {
        let known = match line {
            Line { file: Some(id), .. } => {
                self.taken.insert(id.clone());
                Known::File(id)
            }
            Line { upload: Some(path), .. } => Known::Upload(path),
            Line { begun: Some(at), .. } => Known::Begun(at),
            Line { .. } => return,
        };
        self.known.insert(line.key, known);
    }
}

/// Seconds since 1970.
pub fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_known_to_the_next_process() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Journal::open(dir.path(), "https://a.example", "1").unwrap();
        let journal = open();
        journal.begin(&["a".into(), "b".into(), "c".into()]).unwrap();
        journal.note_upload("b", "/drives/1/uploads/2").unwrap();
        journal.note_file("c", "3").unwrap();
        drop(journal);
        let journal = open();
        assert!(matches!(journal.known("a"), Some(Known::Begun(at)) if now_s() - at < 60));
        assert_eq!(journal.known("b"), Some(Known::Upload("/drives/1/uploads/2".into())));
        assert_eq!(journal.known("c"), Some(Known::File("3".into())));
        assert_eq!(journal.known("d"), None);
        assert!(!journal.take("3") && journal.take("4") && !journal.take("4"));
    }

    /// Whatever of a line was on the disk when the process was killed, the lines before and after it hold.
    #[test]
    fn half_a_line_costs_nothing_but_itself() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Journal::open(dir.path(), "https://a.example", "1").unwrap();
        let journal = open();
        journal.note_file("a", "1").unwrap();
        let path = journal.path.clone();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            std::fs::write(&path, [&whole[..], &whole[..cut]].concat()).unwrap();
            open().note_file("b", "2").unwrap();
            let journal = open();
            assert_eq!(journal.known("a"), Some(Known::File("1".into())), "cut at {cut}");
            assert_eq!(journal.known("b"), Some(Known::File("2".into())), "cut at {cut}");
        }
    }

    #[test]
    fn each_server_and_drive_has_its_own() {
        let dir = tempfile::tempdir().unwrap();
        Journal::open(dir.path(), "https://a.example", "1").unwrap().note_file("a", "1").unwrap();
        for (url, drive) in [("https://a.example", "2"), ("https://b.example", "1")] {
            assert_eq!(Journal::open(dir.path(), url, drive).unwrap().known("a"), None);
        }
    }
}

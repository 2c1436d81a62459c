//! Sends many files at once, each by the way that suits it.

use super::journal::{Journal, Known, now_s};
use super::patience::Patience;
use super::progress::Progress;
use super::source::Source;
use super::{pieces, whole};
use crate::api::{Client, File};
use crate::error::Error;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Up to here a file is sent in one request, from memory.
const WHOLE_BYTES: u64 = 8 << 20;
/// The server knows keys of requests for a day. After this many seconds it is asked for the file instead.
const KEY_LIFETIME_S: u64 = 20 * 3600;

/// A file that is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It was sent before; its id.
    Before(String),
    /// It was sent by this call; its id.
    Now(String),
}

/// Sends files to one drive.
pub struct Sender<'a> {
    /// The way there.
    pub client: &'a Client,
    /// Which drive.
    pub drive_id: &'a str,
    /// What is known from before.
    pub journal: &'a Journal,
    /// Where it is shown how far it has come.
    pub progress: &'a Progress,
    /// True when it is no use to go on: nobody is signed in any more, or the server is gone.
    pub ended: AtomicBool,
}

impl Sent {
    /// The file's id.
    pub fn id(&self) -> &str {
        match self {
            Self::Before(id) | Self::Now(id) => id,
        }
    }
}

impl Sender<'_> {
    /// Sends the files, so many at once, and tells what became of each by its number. When it is no use to go on, the rest is not told of.
    pub fn send_all(
        &self,
        sources: &[Source],
        parallel: usize,
        mut each: impl FnMut(usize, Result<Sent, Error>),
    ) -> Result<(), Error> {
        self.begin_all(sources)?;
        let next = AtomicUsize::new(0);
        let (sender, results) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..parallel.min(sources.len()) {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || {
                    while !self.ended.load(Ordering::Relaxed) {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(source) = sources.get(index) else { return };
                        let sent = self.send(source);
                        if sent.as_ref().is_err_and(Error::concerns_all) {
                            self.ended.store(true, Ordering::Relaxed);
                        }
                        if sender.send((index, sent)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            results.into_iter().for_each(|(index, sent)| each(index, sent));
        });
        Ok(())
    }

    /// Notes all that is new at once, as the disk takes its time for each note.
    fn begin_all(&self, sources: &[Source]) -> Result<(), Error> {
        let mut new = Vec::new();
        for source in sources {
            let key = self.key(source);
            let known = self.journal.known(&key);
            if !matches!(known, Some(Known::File(_))) {
                self.progress.expect_more(source.size_bytes);
            }
            if known.is_none() {
                new.push(key);
            }
        }
        self.journal.begin(&new)
    }

    fn key(&self, source: &Source) -> String {
        source.key(&self.client.account.url, self.drive_id)
    }

    /// Sends a file that is not there yet.
    fn send(&self, source: &Source) -> Result<Sent, Error> {
        let key = self.key(source);
        let sent = match self.journal.known(&key) {
            Some(Known::File(id)) if self.is_there(&id)? => return Ok(Sent::Before(id)),
            Some(Known::File(_)) => {
                self.progress.expect_more(source.size_bytes);
                self.send_anew(source, &key)?
            }
            Some(Known::Begun(at)) if now_s().saturating_sub(at) > KEY_LIFETIME_S => match self.find_same(source)? {
                Some(id) => Sent::Before(id),
                None => self.send_anew(source, &key)?,
            },
            Some(Known::Upload(_)) => pieces::send(self, source, &key)?,
            Some(Known::Begun(_)) | None => self.send_one(source, &key)?,
        };
        self.journal.note_file(&key, sent.id())?;
        Ok(sent)
    }

    fn send_anew(&self, source: &Source, key: &str) -> Result<Sent, Error> {
        self.journal.begin(&[key.to_owned()])?;
        self.send_one(source, key)
    }

    fn send_one(&self, source: &Source, key: &str) -> Result<Sent, Error> {
        if source.size_bytes > WHOLE_BYTES {
            return pieces::send(self, source, key);
        }
        match whole::send(self, source, key) {
            Err(error) if error.is_of_a_proxy() => pieces::send(self, source, key),
            sent => sent.map(Sent::Now),
        }
    }

    /// Waits until something is worth another try, and says why once.
    pub fn wait(&self, patience: &mut Patience<'_>, error: Error) -> Result<(), Error> {
        if error.is_passing() {
            self.progress.pause(&error);
        }
        patience.wait(error)
    }

    /// Whether a file that was sent before is still there; in the trash, too, where somebody has put it.
    fn is_there(&self, id: &str) -> Result<bool, Error> {
        let mut patience = Patience::new(&self.ended);
        loop {
            match self.client.get::<Value>(&format!("/files/{id}")) {
                Ok(_) => return Ok(true),
                Err(error) if error.has_status(404) => return Ok(false),
                Err(error) => self.wait(&mut patience, error)?,
            }
        }
    }

    /// The file that this one became when its answer was lost: of the same name and bytes, and no other file of this machine's.
    pub fn find_same(&self, source: &Source) -> Result<Option<String>, Error> {
        let (name, hash) = (source.name(), source.content_hash()?);
        let mut found = None;
        self.client.items(&format!("/drives/{}/files", self.drive_id), &[("q", &name)], |value| {
            let file = File::of(&value)?;
            let is_same = file.name == name && file.size_bytes == source.size_bytes && file.content_hash == hash;
            if is_same && self.journal.take(&file.id) {
                found = Some(file.id);
            }
            Ok(found.is_none())
        })?;
        Ok(found)
    }
}

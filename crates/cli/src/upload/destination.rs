//! Where files go, and what is asked and known about those that are there.

use super::journal::Journal;
use super::patience::Patience;
use super::progress::Progress;
use super::source::Source;
use crate::api::{Client, File};
use crate::error::Error;
use serde_json::Value;
use std::sync::atomic::AtomicBool;

/// A file that is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It was sent before; its id.
    Before(String),
    /// It was sent by this call; its id.
    Now(String),
}

/// A drive of a server that files are sent to. Threads share it.
pub struct Destination<'a> {
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

impl Destination<'_> {
    /// What a file is known by there.
    pub fn key(&self, source: &Source) -> String {
        source.key(&self.client.account.url, self.drive_id)
    }

    /// Waits until something is worth another try, and says why once.
    pub fn wait(&self, patience: &mut Patience<'_>, error: Error) -> Result<(), Error> {
        if error.is_passing() {
            self.progress.pause(&error);
        }
        patience.wait(error)
    }

    /// Whether a file that was sent before is still there; in the trash, too, where somebody has put it.
    pub fn is_there(&self, id: &str) -> Result<bool, Error> {
        match self.ask(|| self.client.get::<Value>(&format!("/files/{id}"))) {
            Ok(_) => Ok(true),
            Err(error) if error.has_status(404) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The file that this one became when its answer was lost: of the same name and bytes, and no other file of this machine's.
    pub fn find_same(&self, source: &Source) -> Result<Option<String>, Error> {
        let (name, hash) = (source.name(), source.content_hash()?);
        let path = format!("/drives/{}/files", self.drive_id);
        let mut found = None;
        self.ask(|| {
            self.client.items(&path, &[("q", &name)], usize::MAX, |value| {
                let file = File::of(&value)?;
                let is_same = file.name == name && file.size_bytes == source.size_bytes && file.content_hash == hash;
                if is_same && self.journal.take(&file.id) {
                    found = Some(file.id);
                }
                Ok(found.is_none())
            })
        })?;
        Ok(found)
    }

    /// The answer to what may be asked again as it stands, with patience.
    fn ask<T>(&self, mut question: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
        let mut patience = Patience::new(&self.ended);
        loop {
            match question() {
                Ok(answer) => return Ok(answer),
                Err(error) => self.wait(&mut patience, error)?,
            }
        }
    }
}

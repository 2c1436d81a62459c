//! What clients did and were told. Every attempt has a name of its own, so that what is in the drive afterwards can be told apart:
//! an attempt whose answer was lost may have come to its end or not, and is then tried again under another name.

use std::collections::BTreeMap;
use std::sync::Mutex;

/// One attempt to upload.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The SHA-256 of what was sent.
    pub sha256: String,
    /// The id that the file has, by the answer.
    pub acknowledged: Option<String>,
    /// It was broken off on purpose before its end.
    pub is_cut: bool,
}

/// All of them, by the file's name.
#[derive(Debug, Default)]
pub struct Log {
    attempts: Mutex<BTreeMap<String, Attempt>>,
    /// How often each status, or none, was answered.
    answers: Mutex<BTreeMap<String, usize>>,
    complaints: Mutex<Vec<String>>,
}

impl Log {
    /// Before the first byte is sent.
    pub fn begun(&self, name: &str, sha256: &str, is_cut: bool) {
        let attempt = Attempt { sha256: sha256.into(), acknowledged: None, is_cut };
        let before = self.attempts.lock().unwrap().insert(name.into(), attempt);
        assert!(before.is_none(), "{name} is a name twice");
    }

    /// It was answered that the file is kept.
    pub fn acknowledged(&self, name: &str, id: &str) {
        self.attempts.lock().unwrap().get_mut(name).unwrap().acknowledged = Some(id.into());
    }

    /// What was answered, in a word.
    pub fn answered(&self, answer: &str) {
        *self.answers.lock().unwrap().entry(answer.into()).or_default() += 1;
    }

    /// Something is wrong already.
    pub fn complain(&self, complaint: String) {
        self.complaints.lock().unwrap().push(complaint);
    }

    pub fn attempts(&self) -> BTreeMap<String, Attempt> {
        self.attempts.lock().unwrap().clone()
    }

    pub fn answers(&self) -> BTreeMap<String, usize> {
        self.answers.lock().unwrap().clone()
    }

    pub fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }

    /// How many files were acknowledged so far.
    pub fn count(&self) -> usize {
        self.attempts.lock().unwrap().values().filter(|attempt| attempt.acknowledged.is_some()).count()
    }
}

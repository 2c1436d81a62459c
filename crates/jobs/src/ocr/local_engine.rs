//! Which engine recognises text here, and how.

use super::accurate::Accurate;
use super::auto::Auto;
use super::tesseract::Tesseract;
use db::ocr::Run;
use model::{ContentHash, OcrEngine, OcrLanguages};

/// How text is recognised here.
#[derive(Clone)]
pub struct Ocr {
    /// The engine that is set.
    pub engine: OcrEngine,
    /// What it is told to expect.
    pub languages: OcrLanguages,
    /// The engine at work, or the sentence that says what is missing. Jobs wait until that is put right.
    pub local_engine: Result<LocalEngine, String>,
    /// The external service is asked first, by the worker.
    pub external_first: bool,
    /// Nobody is to read here, so that nothing waits for an engine.
    pub external_only: bool,
}

/// An engine that is there.
#[derive(Clone)]
pub enum LocalEngine {
    /// Models.
    Accurate(Accurate),
    /// The command, and models for what it is not sure of.
    Auto(Auto),
    /// The command.
    Tesseract(Tesseract),
}

impl Ocr {
    /// The key of this engine's results for a content.
    pub fn run<'a>(&'a self, hash: &'a ContentHash) -> Run<'a> {
        Run { hash, engine: self.engine, languages: &self.languages }
    }
}

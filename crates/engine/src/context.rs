//! What a reader works with: the bytes, the bounds, and the places for what it learns.

use model::{Facts, Limits, Preset, Progress, Warning};
use std::io::{Read, Seek};

/// The bytes of one content. Readers find it rewound to the start.
pub trait Source: Read + Seek {}

impl<T: Read + Seek + ?Sized> Source for T {}

/// One run over one content, as its reader sees it.
pub struct Job<'a> {
    /// The bounds to keep.
    pub limits: &'a Limits,
    /// The file's extension as the client named it, lower case: a hint among text formats, nothing more.
    pub extension: Option<&'a str>,
    /// The images to make, for readers of images.
    pub presets: &'a [&'static Preset],
    /// Whether what a picture looks like is among the facts: it is asked once, when the content is new.
    pub looks: bool,
    /// Whether a picture is wanted as a page for text recognition, and no presets.
    pub draws: bool,
    /// What was learned.
    pub facts: Facts,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) partial: bool,
    progress: &'a dyn Fn(Progress),
}

impl<'a> Job<'a> {
    pub(crate) fn new(
        limits: &'a Limits,
        extension: Option<&'a str>,
        presets: &'a [&'static Preset],
        progress: &'a dyn Fn(Progress),
    ) -> Self {
        let (facts, warnings) = (Facts::default(), vec![]);
        Self { limits, extension, presets, looks: false, draws: false, facts, warnings, partial: false, progress }
    }

    /// Tells the parent how far we are, which also keeps the stall clock from running out.
    pub fn progress(&self, stage: &str, done: u32, total: u32) {
        (self.progress)(Progress { stage: stage.into(), done, total });
    }

    /// Notes something the reader of the result should know. Nothing is missing; each code is noted once.
    pub fn warn(&mut self, code: &str, message: impl Into<String>) {
        if !self.warnings.iter().any(|warning| warning.code == code) {
            self.warnings.push(Warning::new(code, message));
        }
    }

    /// Notes that something is missing from the result, which makes the outcome partial.
    pub fn missing(&mut self, code: &str, message: impl Into<String>) {
        self.partial = true;
        self.warn(code, message);
    }
}

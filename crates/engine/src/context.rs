//! What a reader works with besides the bytes: the limits to keep, what is wanted of it, and where it notes what it learns.

use model::{Facts, Limits, PageView, Preset, Progress, Warning};

/// One run over one content, as its reader sees it.
pub struct ReadContext<'a> {
    /// The bounds to keep.
    pub limits: &'a Limits,
    /// The file's extension as the client named it, lower case: a hint among text formats, nothing more.
    pub extension: Option<&'a str>,
    /// The images to make, for readers of images.
    pub presets: &'a [&'static Preset],
    /// Also compute a picture's dominant colour, ThumbHash and perceptual hash: once, when the content is new.
    pub wants_fingerprint: bool,
    /// The media type of the format that an extension belongs to.
    pub mime_of: fn(&str) -> Option<&'static str>,
    /// What was learned.
    pub facts: Facts,
    /// How the page that was drawn is seen.
    pub page: Option<PageView>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) partial: bool,
    progress: &'a dyn Fn(Progress),
}

impl<'a> ReadContext<'a> {
    pub(crate) fn new(
        limits: &'a Limits,
        extension: Option<&'a str>,
        presets: &'a [&'static Preset],
        mime_of: fn(&str) -> Option<&'static str>,
        progress: &'a dyn Fn(Progress),
    ) -> Self {
        Self {
            limits,
            extension,
            presets,
            wants_fingerprint: false,
            mime_of,
            facts: Facts::default(),
            page: None,
            warnings: vec![],
            partial: false,
            progress,
        }
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

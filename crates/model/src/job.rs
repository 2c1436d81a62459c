//! The names of job kinds and their priorities.

use serde::{Deserialize, Serialize};

/// A kind of job. A kind's name is for ever: it stands in rows and in people's dashboards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// Remove temporary files, orphaned blobs and expired cache entries.
    CacheCleanup,
    /// Identify a new content and derive its default presets and its text.
    IngestFile,
    /// Derive presets somebody asked for.
    ImageOptimize,
    /// Have an outside service recognise the text of a content's pages, or of one of them.
    OcrExternal,
    /// Recognise the text of an image or a scanned document.
    OcrProcess,
    /// Drop old events, finished jobs, sessions and tickets.
    Retention,
    /// Extract the text of a content again.
    TextExtract,
}

/// How soon a job is taken. Ordered: `High` first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Somebody waits for it.
    High,
    /// The ordinary work.
    Normal,
    /// Work that may wait: OCR and maintenance.
    Low,
}

impl JobKind {
    /// Every kind, in alphabetical order of its name.
    pub const ALL: [JobKind; 7] = [
        Self::CacheCleanup,
        Self::ImageOptimize,
        Self::IngestFile,
        Self::OcrExternal,
        Self::OcrProcess,
        Self::Retention,
        Self::TextExtract,
    ];

    /// The name in the job table and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::CacheCleanup => "cache-cleanup",
            Self::ImageOptimize => "image-optimize",
            Self::IngestFile => "ingest-file",
            Self::OcrExternal => "ocr-external",
            Self::OcrProcess => "ocr-process",
            Self::Retention => "retention",
            Self::TextExtract => "text-extract",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// How soon it is taken.
    pub fn priority(self) -> Priority {
        match self {
            Self::ImageOptimize => Priority::High,
            Self::IngestFile | Self::TextExtract => Priority::Normal,
            Self::CacheCleanup | Self::OcrExternal | Self::OcrProcess | Self::Retention => Priority::Low,
        }
    }
}

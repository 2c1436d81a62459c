//! What the parent asks of the engine, and what the engine says it made.

use crate::{ContentStatus, Limits, Outcome, Warning};
use serde::{Deserialize, Serialize};

/// Name of the artifact with the plain text, UTF-8, NFC, pages separated by a form feed (U+000C).
pub const EXTRACTED_TEXT: &str = "extracted-text.txt";
/// Name of the artifact with the text as Markdown; pages begin with `<!-- page: N -->`.
pub const MARKDOWN: &str = "text.md";
/// Name of the artifact with the page index: a JSON array of [`PageSpan`].
pub const PAGES: &str = "pages.json";
/// Name of the artifact with the text that was recognised in pictures of pages, pages separated by a form feed.
pub const OCR_TEXT: &str = "ocr-text.txt";
/// Name of the picture of one page that [`Task::PageImage`] makes: 8-bit grey, as PNG. It is never stored.
pub const PAGE_PNG: &str = "page.png";
/// Name of the picture of one page that [`Task::Raster`] makes: 8-bit grey, as a binary PGM. It is never stored.
pub const PAGE_IMAGE: &str = "page.pgm";

/// Name of the Word document that [`Task::ExportDocx`] makes. It is never stored.
pub const EXPORT_DOCX: &str = "export.docx";
/// The media type of Word documents.
pub const DOCX_MIME: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// One request to the engine, about one content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// What to make.
    pub task: Task,
    /// The file's extension as the client named it, lower case, without the dot. A hint for text files only:
    /// type is decided by content.
    pub extension: Option<String>,
    /// The bounds to keep.
    pub limits: Limits,
}

/// What to make of a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Task {
    /// Identify it; make these presets if it is an image, and its text if it is a document.
    Ingest {
        /// Names of presets.
        presets: Vec<String>,
    },
    /// Make these presets; anything but an image is rejected as unsupported.
    Optimize {
        /// Names of presets.
        presets: Vec<String>,
    },
    /// Write a Word document, [`EXPORT_DOCX`], of the content, which is Markdown as [`MARKDOWN`] has it.
    ExportDocx {
        /// The title that the document says it has.
        title: Option<String>,
        /// Who it says it is by.
        author: Option<String>,
    },
    /// Make the text; a picture is rejected as unsupported.
    ExtractText,
    /// Draw one page as [`Task::Raster`] does, and write it as [`PAGE_PNG`], for others than recognisers.
    PageImage {
        /// 1-based page number.
        page: u32,
        /// Dots per inch of a drawn page.
        dpi: u32,
    },
    /// Draw one page as [`PAGE_IMAGE`], for text recognition: a page of a PDF, or a picture, whose only page is 1, turned
    /// as it says and made larger when it is small. What has no pages is rejected as unsupported.
    Raster {
        /// 1-based page number.
        page: u32,
        /// Dots per inch of a drawn page; fewer where it would exceed `Limits::page_pixels`.
        dpi: u32,
    },
}

/// The engine's answer. The parent believes none of it unchecked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How it went.
    pub outcome: Outcome,
    /// The format's short name (`jpeg`, `pdf`, `docx`, …) once identified.
    pub format: Option<String>,
    /// The media type that belongs to the format.
    pub mime: Option<String>,
    /// What was learned of the content.
    pub facts: Facts,
    /// What was written to the output, in order, without gaps.
    pub artifacts: Vec<ArtifactPart>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
}

/// One artifact's place in the output descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactPart {
    /// A preset's name, or one of the names in this module.
    pub name: String,
    /// Media type of the bytes.
    pub mime: String,
    /// Where it begins in the output, in bytes.
    pub offset: u64,
    /// How long it is, in bytes.
    pub size_bytes: u64,
    /// Width in pixels, for images.
    pub width: Option<u32>,
    /// Height in pixels, for images.
    pub height: Option<u32>,
}

/// What was learned of a content. Fields that do not apply are absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Facts {
    /// Width in pixels as stored, before orientation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels as stored, before orientation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// EXIF orientation, 1 to 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orientation: Option<u8>,
    /// It has an alpha channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha: Option<bool>,
    /// It has more than one frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub animated: Option<bool>,
    /// It carries a picture of itself: a book's cover, the preview that an office program keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<bool>,
    /// The colour most of it has, as `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dominant_color: Option<String>,
    /// A placeholder of some 25 bytes to show until the picture is there (ThumbHash), in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumb_hash: Option<String>,
    /// What it looks like, as 64 bits in hexadecimal: pictures that look alike differ in few of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perceptual_hash: Option<String>,
    /// Number of pages (slides, sheets).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// Number of words of the extracted text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<u64>,
    /// Number of characters (Unicode scalar values) of the extracted text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub characters: Option<u64>,
    /// The language most of the text is in (BCP 47: `en`, `zh`), when there is little doubt; else the one it says it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Title from the document's own metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Author from the document's own metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// When it was made, from the document's own metadata: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// When it was last changed, from the document's own metadata: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// It was encrypted, with a password that opens by itself (the empty one).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// Files inside of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Encoding the text was stored in (WHATWG label), for text files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Numbers of pages without usable text, 1-based: the ones that need OCR.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pages_without_text: Vec<u32>,
    /// What text recognition added, once it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocr: Option<Recognised>,
}

/// What text recognition made of a content's pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recognised {
    /// Who read: `tesseract`, `accurate` or `external`.
    pub engine: String,
    /// The languages it was told to expect, as Tesseract writes them: `eng`, `deu+fra`.
    pub languages: String,
    /// Pages it found text on.
    pub pages: u32,
    /// How sure it was of the words, in per cent; absent when nobody can say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
}

/// A file inside of a document, as the document describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// How large it is, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// Its media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
}

/// One page's place in the plain text. Offsets count Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSpan {
    /// 1-based page number.
    pub page: u32,
    /// First character.
    pub start: u64,
    /// One past the last character.
    pub end: u64,
}

/// How far a run has come; the engine calls back with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// A word for the stage: `identify`, `decode`, `encode`, `text`, `page`.
    pub stage: String,
    /// Steps done.
    pub done: u32,
    /// Steps in all, 0 when unknown.
    pub total: u32,
}

impl Report {
    /// A report that made nothing.
    pub fn of(outcome: Outcome) -> Self {
        Self { outcome, format: None, mime: None, facts: Facts::default(), artifacts: vec![], warnings: vec![] }
    }

    /// True when one of the artifacts is text.
    pub fn has_text(&self) -> bool {
        self.artifacts.iter().any(|part| part.name == EXTRACTED_TEXT && part.size_bytes > 0)
    }

    /// The state a content has after this report.
    pub fn status(&self) -> ContentStatus {
        if !self.outcome.is_success() {
            ContentStatus::Failed
        } else if self.has_text() {
            ContentStatus::Completed
        } else {
            ContentStatus::Visual
        }
    }
}

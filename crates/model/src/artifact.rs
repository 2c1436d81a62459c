//! What the engine makes: the artifacts' names, and where each lies in the output.

use crate::PageArtifact;
use serde::{Deserialize, Serialize};

/// Name of the artifact with the plain text, UTF-8, NFC, pages separated by a form feed (U+000C).
pub const EXTRACTED_TEXT: &str = "extracted-text.txt";
/// Name of the artifact with the text as Markdown; pages begin with `<!-- page: N -->`.
pub const MARKDOWN: &str = "text.md";
/// Name of the artifact with the page index: a JSON array of [`PageSpan`].
pub const PAGES: &str = "pages.json";
/// Name of the artifact with the text that was recognised in pictures of pages, pages separated by a form feed.
pub const OCR_TEXT: &str = "ocr-text.txt";
/// Name of the picture of one page that [`Task::RenderPage`](crate::Task::RenderPage) makes as
/// [`PageFormat::Png`](crate::PageFormat::Png). It is never stored.
pub const PAGE_PNG: &str = "page.png";
/// Name of the picture of one page that [`Task::RenderPage`](crate::Task::RenderPage) makes as
/// [`PageFormat::Pgm`](crate::PageFormat::Pgm). It is never stored.
pub const PAGE_PGM: &str = "page.pgm";

/// Files that are made of what is attached to one mail.
pub const MOST_ATTACHMENTS: usize = 100;

/// Name of one of the files that [`Task::UnpackMail`](crate::Task::UnpackMail) takes out, counted from 0. It is never stored.
pub fn attachment_part(index: usize) -> String {
    format!("attachment-{index}")
}

/// Name of the Word document that [`Task::ExportDocx`](crate::Task::ExportDocx) makes. It is never stored.
pub const EXPORT_DOCX: &str = "export.docx";
/// The media type of Word documents.
pub const DOCX_MIME: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Name of the searchable PDF that [`Task::ExportPdf`](crate::Task::ExportPdf) makes. It is never stored.
pub const EXPORT_PDF: &str = "export.pdf";
/// The media type of PDF.
pub const PDF_MIME: &str = "application/pdf";

/// What may happen to a stored artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArtifactLife {
    /// It may be deleted at any moment, and is made again when somebody asks for it.
    Cached,
    /// What was read: no clean-up takes it, backups have it, and where it is gone all the same the content is read again.
    Kept,
}

impl ArtifactLife {
    /// Each of them; first what may not be lost.
    pub const ALL: [Self; 2] = [Self::Kept, Self::Cached];
}

/// Which life the stored artifact of that name has; none for a name that nothing here stores. Whoever makes a new kind of artifact
/// decides it here, or the store refuses it. Images are named by their presets, whose names have no dot; everything else has one.
pub fn artifact_life(name: &str) -> Option<ArtifactLife> {
    match name {
        EXTRACTED_TEXT | MARKDOWN | OCR_TEXT | PAGES => Some(ArtifactLife::Kept),
        preset if !preset.contains('.') => Some(ArtifactLife::Cached),
        name => PageArtifact::named(name).map(|_| ArtifactLife::Cached),
    }
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

/// One page's place in the plain text. Offsets count Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSpan {
    /// 1-based page number.
    pub page: u32,
    /// First character.
    pub start: u64,
    /// One past the last character.
    pub end: u64,
    /// How sure text recognition was of the page, 0 to 100; absent when it read nothing there or cannot say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Preset;

    #[test]
    fn every_artifact_that_is_stored_has_a_life_and_no_other() {
        for name in [EXTRACTED_TEXT, MARKDOWN, OCR_TEXT, PAGES] {
            assert_eq!(artifact_life(name), Some(ArtifactLife::Kept), "{name}");
        }
        for preset in Preset::all() {
            assert_eq!(artifact_life(preset.name), Some(ArtifactLife::Cached), "{}", preset.name);
        }
        for name in ["page-3-800.jpg", "page-3-words.json", "page-sizes.json"] {
            assert_eq!(artifact_life(name), Some(ArtifactLife::Cached), "{name}");
        }
        for name in [PAGE_PNG, PAGE_PGM, EXPORT_DOCX, "of-tomorrow.json", "page-3-801.jpg"] {
            assert_eq!(artifact_life(name), None, "{name}");
        }
    }
}

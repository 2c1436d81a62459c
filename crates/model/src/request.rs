//! What the parent asks of the engine.

use crate::{Limits, PageArtifact, PageRanges};
use serde::{Deserialize, Serialize};

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
    /// Write a Word document, [`EXPORT_DOCX`](crate::EXPORT_DOCX), of the content, which is Markdown as
    /// [`MARKDOWN`](crate::MARKDOWN) has it.
    ExportDocx {
        /// The title that the document says it has.
        title: Option<String>,
        /// Who it says it is by.
        author: Option<String>,
    },
    /// Write a searchable PDF, [`EXPORT_PDF`](crate::EXPORT_PDF), of the content, a PDF or a picture. It is the input's beginning; behind
    /// it stands a line of JSON, [`PageWords`](crate::PageWords), for each page whose words are known, in order.
    ExportPdf {
        /// How many bytes of the input are the content.
        original_bytes: u64,
        /// The pages that are wanted; all of them when absent.
        pages: Option<PageRanges>,
    },
    /// Make the text; a picture is rejected as unsupported.
    ExtractText,
    /// Take out what is attached to a mail and can be read, each as an [`attachment_part`](crate::attachment_part); the report's
    /// facts name them in the same order. Anything but a mail is rejected as unsupported.
    UnpackMail,
    /// Make one of the artifacts that somebody sees pages by: of a PDF, or of a picture, which has one page or more and no words of
    /// its own. What has no pages is rejected as unsupported, and a page that there is not as [`NoSuchPage`](crate::Reason::NoSuchPage).
    ShowPage {
        /// Which.
        artifact: PageArtifact,
    },
    /// Draw one page in 8-bit grey: a page of a PDF, or a picture, whose only page is 1, turned as it says and made larger
    /// when it is small. What has no pages is rejected as unsupported.
    RenderPage {
        /// 1-based page number.
        page: u32,
        /// Dots per inch of a drawn page; fewer where it would exceed `Limits::page_pixels`.
        dpi: u32,
        /// What the drawing is written as.
        format: PageFormat,
    },
}

/// What [`Task::RenderPage`] writes a page as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageFormat {
    /// [`PAGE_PGM`](crate::PAGE_PGM): binary PGM, what text recognition reads.
    Pgm,
    /// [`PAGE_PNG`](crate::PAGE_PNG): PNG, for whoever else looks at a page.
    Png,
}

//! A content's text in other formats, under names that follow the content's in [`cache_path`](super::cache_path).

use crate::{Chunking, PageRanges};
use serde::{Deserialize, Serialize};

/// What a content is exported as; plain text and Markdown are artifacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// A Word document.
    Docx,
    /// JSON with everything that is known of the text.
    Json,
    /// The content itself, a PDF or a picture, as a PDF whose recognised pages can be searched.
    Pdf,
}

/// How a text is to be cut into chunks, as [`Chunking::new`] takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunksQuery {
    /// Most tokens of a chunk.
    pub size: Option<u32>,
    /// Most tokens that a chunk repeats of the one before.
    pub overlap: Option<u32>,
}

/// What an export is asked for by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportQuery {
    /// The format.
    pub format: ExportFormat,
    /// The pages that are wanted, of a PDF; all of them when absent.
    pub pages: Option<PageRanges>,
}

impl ExportFormat {
    /// The export's name, with its query.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docx => "export?format=docx",
            Self::Json => "export?format=json",
            Self::Pdf => "export?format=pdf",
        }
    }
}

/// The name of the searchable PDF of a content, with its query; of these pages where they are chosen.
pub fn pdf_name(pages: Option<&PageRanges>) -> String {
    let all = ExportFormat::Pdf.name();
    pages.map_or_else(|| all.into(), |pages| format!("{all}&pages={pages}"))
}

/// The name of a text's chunks, with its query: a JSON object of [`Chunk`](crate::Chunk) a line.
pub fn chunks_name(chunking: Chunking) -> String {
    format!("chunks?size={}&overlap={}", chunking.size(), chunking.overlap())
}

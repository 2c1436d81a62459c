//! A content's text in other formats, under names that follow the content's in [`cache_path`](super::cache_path).

use crate::Chunking;
use serde::{Deserialize, Serialize};

/// What a text is exported as; plain text and Markdown are artifacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// A Word document.
    Docx,
    /// JSON with everything that is known of the text.
    Json,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportQuery {
    /// The format.
    pub format: ExportFormat,
}

impl ExportFormat {
    /// The export's name, with its query.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docx => "export?format=docx",
            Self::Json => "export?format=json",
        }
    }
}

/// The name of a text's chunks, with its query: a JSON object of [`Chunk`](crate::Chunk) a line.
pub fn chunks_name(chunking: Chunking) -> String {
    format!("chunks?size={}&overlap={}", chunking.size(), chunking.overlap())
}

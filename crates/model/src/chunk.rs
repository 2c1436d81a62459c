//! Pieces of a text, as retrieval wants them.

use serde::{Deserialize, Serialize};

/// One piece of a content's plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chunk {
    /// Counted from 0.
    pub index: u32,
    /// Exactly the plain text from `start` to `end`.
    pub text: String,
    /// First character in the plain text, counted in Unicode scalar values.
    pub start: u64,
    /// One past the last character.
    pub end: u64,
    /// The page it begins on, counted from 1.
    pub first_page: u32,
    /// The page it ends on.
    pub last_page: u32,
    /// The headings it begins under, outermost first.
    pub headings: Vec<String>,
    /// About how many tokens a model counts in it.
    pub tokens: u32,
}

/// How a text is cut into chunks, in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunking {
    size: u32,
    overlap: u32,
}

/// A size or an overlap that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadChunking {
    /// The size is out of bounds.
    Size,
    /// The overlap is out of bounds.
    Overlap,
}

impl Chunking {
    /// Tokens of a chunk, unless it is said otherwise: what most embedding models take.
    pub const DEFAULT_SIZE: u32 = 512;
    /// The smallest size.
    pub const MIN_SIZE: u32 = 32;
    /// The largest size.
    pub const MAX_SIZE: u32 = 8192;

    /// Chunks of at most `size` tokens, 512 when absent, that repeat at most `overlap` of those before, an eighth of the size
    /// when absent.
    pub fn new(size: Option<u32>, overlap: Option<u32>) -> Result<Self, BadChunking> {
        let size = size.unwrap_or(Self::DEFAULT_SIZE);
        let overlap = overlap.unwrap_or(size / 8);
        if !(Self::MIN_SIZE..=Self::MAX_SIZE).contains(&size) {
            return Err(BadChunking::Size);
        }
        if overlap > size / 2 {
            return Err(BadChunking::Overlap);
        }
        Ok(Self { size, overlap })
    }

    /// Most tokens of a chunk.
    pub fn size(self) -> u32 {
        self.size
    }

    /// Most tokens that a chunk repeats of the one before.
    pub fn overlap(self) -> u32 {
        self.overlap
    }
}

impl std::fmt::Display for BadChunking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Size => write!(f, "a chunk has {} to {} tokens", Chunking::MIN_SIZE, Chunking::MAX_SIZE),
            Self::Overlap => f.write_str("chunks overlap by at most half of their size"),
        }
    }
}

impl std::error::Error for BadChunking {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_overlaps_have_bounds() {
        let of = |size, overlap| Chunking::new(size, overlap).map(|chunking| (chunking.size, chunking.overlap));
        assert_eq!(of(None, None), Ok((512, 64)));
        assert_eq!(of(Some(32), None), Ok((32, 4)));
        assert_eq!(of(Some(8192), Some(4096)), Ok((8192, 4096)));
        assert_eq!(of(Some(100), Some(0)), Ok((100, 0)));
        for size in [0, 31, 8193, u32::MAX] {
            assert_eq!(of(Some(size), Some(0)), Err(BadChunking::Size), "{size}");
        }
        assert_eq!(of(Some(100), Some(51)), Err(BadChunking::Overlap));
        assert_eq!(of(None, Some(257)), Err(BadChunking::Overlap));
    }
}

//! Where a content stands.

use serde::{Deserialize, Serialize};

/// The state of a content, and so of every file that points at it. The words are PageSpace's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentStatus {
    /// Stored; its job waits.
    Pending,
    /// Its job runs.
    Processing,
    /// It has text.
    Completed,
    /// It has images and no text.
    Visual,
    /// Nothing could be made of it; the outcome says why.
    Failed,
}

impl ContentStatus {
    /// Every status, in the order a content goes through them.
    pub const ALL: [ContentStatus; 5] = [Self::Pending, Self::Processing, Self::Completed, Self::Visual, Self::Failed];

    /// The status of that word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// The word in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Visual => "visual",
            Self::Failed => "failed",
        }
    }

    /// True when no job will change it by itself.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Processing)
    }
}

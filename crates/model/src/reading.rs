//! Reading again: which files, and what becomes of their pictures of pages.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which of the files in question are read again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReadWhat {
    /// All of them.
    #[default]
    All,
    /// Of which nothing could be made, whatever the reason.
    Failed,
    /// Read by an older version of their reader.
    OlderReader,
    /// Without text, or with pages without text that nobody has recognised.
    WithoutText,
}

/// Whether the text of pictures is recognised when a file is read again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReadOcr {
    /// As it is set up; pages that were recognised are not recognised again.
    #[default]
    AsSet,
    /// All pages that are pictures are recognised anew, where recognition is set up.
    Force,
    /// None is. A file whose text was recognised is left as it is.
    Off,
}

/// What a job of the kind `read-again` carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadAgain {
    /// The reading, whose list of contents the job works through.
    pub reading_id: Uuid,
}

impl ReadWhat {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::All, Self::Failed, Self::OlderReader, Self::WithoutText];

    /// The word in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Failed => "failed",
            Self::OlderReader => "older_reader",
            Self::WithoutText => "without_text",
        }
    }
}

impl ReadOcr {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::AsSet, Self::Force, Self::Off];

    /// The word in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsSet => "as_set",
            Self::Force => "force",
            Self::Off => "off",
        }
    }
}

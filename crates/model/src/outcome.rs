//! What became of an attempt to read untrusted bytes. An outcome is data, shown to people, not an error.

use serde::{Deserialize, Serialize};

/// The result of one run over one content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything asked for was made.
    Ok,
    /// Something was made; the report's warnings say what is missing.
    Partial,
    /// The bytes are refused, for good.
    Rejected {
        /// Why.
        reason: Reason,
        /// One sentence for a person.
        detail: String,
    },
    /// A clock ran out.
    Timeout,
    /// The memory limit was reached.
    Memory,
    /// The child died.
    Crashed {
        /// The signal that ended it, or 0 when it exited by itself.
        signal: i32,
    },
    /// Our own fault: a panic, a protocol error, a full disk.
    Internal {
        /// What happened, for the log and the job's history.
        detail: String,
    },
}

/// Why bytes are refused. The codes are stable: they stand in the database and in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// No bytes at all.
    Empty,
    /// It wants a password we do not have.
    Encrypted,
    /// Not what its own structure says it is.
    Malformed,
    /// It has fewer pages, and one of those was asked for.
    NoSuchPage,
    /// It does not move, and an animation was asked for.
    NotAnimated,
    /// More bytes than a limit allows.
    TooLarge,
    /// More bytes than a limit allows once unpacked.
    TooLargeDecompressed,
    /// More pixels, or a longer side, than a limit allows.
    TooManyPixels,
    /// Its name says one type and its bytes say another in a way that matters.
    TypeMismatch,
    /// A format, or a variant of one, that nothing here reads.
    Unsupported,
    /// XML with a document type declaration, which is where entity bombs live.
    XmlEntities,
}

/// Something a reader of the result should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// A stable word, such as `truncated` or `text-cut`.
    pub code: String,
    /// One sentence for a person.
    pub message: String,
}

impl Outcome {
    /// The stable word kept in the database.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Rejected { .. } => "rejected",
            Self::Timeout => "timeout",
            Self::Memory => "memory",
            Self::Crashed { .. } => "crashed",
            Self::Internal { .. } => "internal",
        }
    }

    /// The stable word of the reason for which bytes are refused, and of other outcomes their own.
    pub fn reason_code(&self) -> &'static str {
        match self {
            Self::Rejected { reason, .. } => reason.code(),
            other => other.code(),
        }
    }

    /// True when something was made.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Ok | Self::Partial)
    }

    /// One sentence for a person who is not a programmer.
    pub fn sentence(&self) -> String {
        match self {
            Self::Ok => "Done.".into(),
            Self::Partial => "Done, with parts missing.".into(),
            Self::Rejected { detail, .. } => detail.clone(),
            Self::Timeout => "It took too long to read and was stopped.".into(),
            Self::Memory => "It needs more memory than is allowed.".into(),
            Self::Crashed { .. } => "The reader crashed on it.".into(),
            Self::Internal { .. } => "Something went wrong on our side.".into(),
        }
    }
}

impl Reason {
    /// The stable word that stands in the database and in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Encrypted => "encrypted",
            Self::Malformed => "malformed",
            Self::NoSuchPage => "no-such-page",
            Self::NotAnimated => "not-animated",
            Self::TooLarge => "too-large",
            Self::TooLargeDecompressed => "too-large-decompressed",
            Self::TooManyPixels => "too-many-pixels",
            Self::TypeMismatch => "type-mismatch",
            Self::Unsupported => "unsupported",
            Self::XmlEntities => "xml-entities",
        }
    }
}

impl Warning {
    /// A warning with a stable code and a sentence.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_reason_is_the_word_it_is_kept_as() {
        for reason in [
            Reason::Empty,
            Reason::Encrypted,
            Reason::Malformed,
            Reason::NoSuchPage,
            Reason::NotAnimated,
            Reason::TooLarge,
            Reason::TooLargeDecompressed,
            Reason::TooManyPixels,
            Reason::TypeMismatch,
            Reason::Unsupported,
            Reason::XmlEntities,
        ] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
        }
    }
}

//! What stops a reader: the bytes are refused, or reading and writing themselves failed.

use model::{Outcome, Reason};
use std::io;

/// Why a reader stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The content's own fault; final.
    #[error("{}", .0.detail)]
    Rejected(Rejection),
    /// The machine's fault: a descriptor that cannot be read or written.
    #[error("input or output failed: {0}")]
    Io(io::Error),
}

/// A refusal, with one sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The stable word.
    pub reason: Reason,
    /// One sentence for a person.
    pub detail: String,
}

impl Error {
    /// A refusal for this reason.
    pub fn rejected(reason: Reason, detail: impl Into<String>) -> Self {
        Self::Rejected(Rejection { reason, detail: detail.into() })
    }

    /// The content is not what its own structure says it is.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::rejected(Reason::Malformed, detail)
    }

    /// The outcome that this error is.
    pub fn into_outcome(self) -> Outcome {
        match self {
            Self::Rejected(Rejection { reason, detail }) => Outcome::Rejected { reason, detail },
            Self::Io(cause) => Outcome::Internal { detail: format!("input or output failed: {cause}") },
        }
    }
}

/// Decoders report broken data through `io::Error` too. A descriptor never gives these kinds by itself, so they
/// are the content's fault. A limit kept inside a `Read` travels as an `Error` wrapped in an `io::Error`.
impl From<io::Error> for Error {
    fn from(cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                Self::malformed("The file is damaged or cut off.")
            }
            _ => match cause.downcast::<Error>() {
                Ok(error) => error,
                Err(cause) => Self::Io(cause),
            },
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(cause) => cause,
            rejected => io::Error::other(rejected),
        }
    }
}

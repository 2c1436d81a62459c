//! What stops a reader: the bytes are refused, or reading and writing themselves failed. What a decoder said goes along, for
//! the log; people are told a sentence of ours.

use model::{Outcome, Reason, Report};
use std::fmt::Display;
use std::io;

/// Why a reader stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The content's own fault; final.
    #[error("{}", .0.detail)]
    Rejected(Rejection),
    /// The machine's fault: a descriptor that cannot be read or written.
    #[error("input or output failed")]
    Io(#[source] io::Error),
}

/// A refusal, with one sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The stable word.
    pub reason: Reason,
    /// One sentence for a person.
    pub detail: String,
    /// What the decoder said, where one did.
    pub cause: Option<String>,
}

impl Error {
    /// A refusal for this reason.
    pub fn rejected(reason: Reason, detail: impl Into<String>) -> Self {
        Self::Rejected(Rejection { reason, detail: detail.into(), cause: None })
    }

    /// The content is not what its own structure says it is.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::rejected(Reason::Malformed, detail)
    }

    /// The same refusal, with what the decoder said of it.
    #[must_use]
    pub fn because(mut self, cause: impl Display) -> Self {
        if let Self::Rejected(rejection) = &mut self {
            rejection.cause = Some(model::cause_line(&cause.to_string()));
        }
        self
    }

    /// The report of a run that ended so.
    pub fn into_report(self) -> Report {
        match self {
            Self::Rejected(Rejection { reason, detail, cause }) => {
                Report { cause, ..Report::of(Outcome::Rejected { reason, detail }) }
            }
            Self::Io(cause) => Report::of(Outcome::Internal { detail: format!("input or output failed: {cause}") }),
        }
    }
}

/// Decoders report broken data through `io::Error` too. A descriptor never gives these kinds by itself, so they
/// are the content's fault. A limit kept inside a `Read` travels as an `Error` wrapped in an `io::Error`.
impl From<io::Error> for Error {
    fn from(cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                Self::malformed("The file is damaged or cut off.").because(cause)
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

//! What can go wrong, told apart by what whoever typed the command can do about it.

use std::io;
use std::path::Path;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Whoever reads our output has gone, and wants no more.
    #[error("nobody reads this any more")]
    Closed,
    /// Some of several things were not done; each has been told by itself.
    #[error("{0}")]
    Incomplete(String),
    /// This machine, or a file on it.
    #[error("{what}: {cause}")]
    Local {
        /// What we were doing.
        what: String,
        /// What came of it.
        cause: io::Error,
    },
    /// There is no token, or none that is good.
    #[error("{0}")]
    NotSignedIn(String),
    /// The server says no.
    #[error("{detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The API's stable word; empty when the answer is not the API's.
        code: String,
        /// One sentence for a person.
        detail: String,
        /// Seconds after which it may be better by itself.
        retry_after_s: Option<u64>,
    },
    /// The server does not answer, or what answers is no suite.
    #[error("{0}")]
    Unreachable(String),
    /// What was typed cannot be done.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// What a file of this machine refused.
    pub fn local(doing: &str, path: &Path, cause: io::Error) -> Self {
        Self::Local { what: format!("{doing} {}", path.display()), cause }
    }

    /// What the program ends with. README.md lists them.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Incomplete(_) | Self::Local { .. } | Self::Refused { .. } => 1,
            Self::Usage(_) => 2,
            Self::NotSignedIn(_) => 3,
            Self::Unreachable(_) => 4,
        }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::Closed => "closed",
            Self::Incomplete(_) => "incomplete",
            Self::Local { .. } => "local",
            Self::NotSignedIn(_) => "not-signed-in",
            Self::Refused { code, .. } if !code.is_empty() => code,
            Self::Refused { .. } => "refused",
            Self::Unreachable(_) => "unreachable",
            Self::Usage(_) => "usage",
        }
    }

    /// Whether the same may well succeed a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused { status: 408 | 423 | 425 | 500 | 502 | 503 | 504, .. } => true,
            // Without a time it is something the person has to do.
            Self::Refused { status: 429, retry_after_s, .. } => retry_after_s.is_some(),
            Self::Refused { status: 409, code, .. } => {
                matches!(code.as_str(), "idempotency-key-in-use" | "offset-mismatch")
            }
            _ => false,
        }
    }

    /// Whether every further request would end the same.
    pub fn concerns_all(&self) -> bool {
        matches!(self, Self::NotSignedIn(_) | Self::Unreachable(_))
    }

    /// Whether the server said this with that status.
    pub fn has_status(&self, wanted: u16) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == wanted)
    }

    /// Whether a proxy on the way takes no request as large as this one. The suite's own limit has a code.
    pub fn is_of_a_proxy(&self) -> bool {
        matches!(self, Self::Refused { status: 413, code, .. } if code.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: &str, retry_after_s: Option<u64>) -> Error {
        Error::Refused { status, code: code.into(), detail: String::new(), retry_after_s }
    }

    #[test]
    fn what_passes_is_tried_again_and_nothing_else() {
        assert!(refused(503, "busy", Some(1)).is_passing());
        assert!(refused(429, "too-many-uploads", Some(5)).is_passing());
        assert!(!refused(429, "too-many-unfinished-uploads", None).is_passing());
        assert!(refused(409, "idempotency-key-in-use", None).is_passing());
        assert!(!refused(409, "email-taken", None).is_passing());
        assert!(!refused(507, "storage-full", None).is_passing());
        assert!(!Error::NotSignedIn(String::new()).is_passing());
    }

    #[test]
    fn a_proxys_limit_is_not_the_suites() {
        assert!(refused(413, "", None).is_of_a_proxy());
        assert!(!refused(413, "too-large", None).is_of_a_proxy());
    }
}

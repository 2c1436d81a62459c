//! What can go wrong, by what the caller can do about it.

use std::io;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such blob, artifact or avatar.
    #[error("there is no such file in the store")]
    NotFound,
    /// The store itself is not there: its volume is not mounted, or somebody moved it. Nothing is wrong with what was asked for.
    #[error("the store is away")]
    Away,
    /// The stream is longer than the caller's limit; nothing of it was kept.
    #[error("more than {limit_bytes} bytes")]
    TooLarge {
        /// The limit it went over.
        limit_bytes: u64,
    },
    /// The volume is full, or below the watermark that keeps space for the database.
    #[error("no space left in the store")]
    NoSpace,
    /// A name that could leave its folder, or that no artifact has.
    #[error("{0:?} is not a name the store uses")]
    BadName(String),
    /// Anything else the file system says.
    #[error("file system: {0}")]
    Io(#[source] io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace,
            _ => Self::Io(error),
        }
    }
}

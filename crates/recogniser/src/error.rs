//! What can go wrong. None of it is the page's doing: a page without text is an empty answer.

use std::path::PathBuf;

/// Why nothing was read, as a sentence for the person who runs the service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A model's file is not there, or may not be read.
    #[error("{}: {cause}", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A model's file is another than the one this program was made for, or damaged.
    #[error("{} is damaged or another version: its SHA-256 is {found}, and should be {expected}", path.display())]
    Changed {
        /// Where it is.
        path: PathBuf,
        /// What it should hash to.
        expected: &'static str,
        /// What it hashes to.
        found: String,
    },
    /// A model cannot be used.
    #[error("{name}: {cause}")]
    Model {
        /// Its file's name.
        name: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// The picture is none that our reader draws.
    #[error("the picture is no grey PGM")]
    Picture,
}

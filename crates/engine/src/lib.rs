//! Bytes and a request in, artifacts and warnings out.
//!
//! The engine is a function: [`run()`] reads one content, decides by its bytes what it is, and writes what can be
//! made of it. It knows no HTTP, SQL, clock, network or path, starts no thread and opens no file, so it runs in a
//! child process that may do none of these things. Everything it reads is assumed hostile: a broken file is an
//! outcome in the report, never a panic or an error of ours.

pub mod chunks;
mod containers;
mod context;
mod cover;
mod error;
mod export;
mod formats;
mod head;
mod identify;
mod image;
mod input;
mod markup;
mod output;
mod run;
mod text;
mod unpack;

pub use formats::{format_names, mime_of_archive};
pub use run::run;

pub(crate) use context::ReadContext;
pub(crate) use error::{Error, Rejection};
pub(crate) use head::Head;
pub(crate) use identify::identify;
pub(crate) use input::Source;
pub(crate) use output::{Output, Target};
pub(crate) use text::TextSink;

//! Bytes and a request in, artifacts and warnings out.
//!
//! The engine is a function: [`run()`] reads one content, decides by its bytes what it is, and writes what can be
//! made of it. It knows no HTTP, SQL, clock, network or path, starts no thread and opens no file, so it runs in a
//! child process that may do none of these things. Everything it reads is assumed hostile: a broken file is an
//! outcome in the report, never a panic or an error of ours.

pub mod chunks;
mod compound;
mod cover;
mod doc;
mod docx;
mod embedded;
mod error;
mod export;
mod formats;
mod html;
mod identify;
mod image;
mod job;
mod mail;
mod odf;
mod output;
mod package;
mod pdf;
mod ppt;
mod pptx;
mod rtf;
mod run;
mod text;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

pub use error::{Error, Rejection};
pub use formats::{FORMATS, Format, Reader};
pub use identify::{Head, identify};
pub use job::{Job, Source};
pub use output::{Output, Target};
pub use run::run;
pub use text::{Charset, TextSink};

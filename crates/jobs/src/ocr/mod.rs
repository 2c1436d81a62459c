//! The text of pages that are pictures, recognised page by page.
//!
//! Each page is kept as soon as it is read, and counts as done; whoever takes the job up again, after a crash, a stop or its
//! turn, goes on with the next. When all are done, what was recognised is merged into one document with what was text before.

mod accurate;
mod auto;
mod find_tesseract;
mod follow_up;
mod local_engine;
mod merge;
mod own_text;
mod page_words;
mod pages;
mod paragraphs;
mod persist_text;
mod recognise_page;
mod tesseract;
mod tsv;

pub use accurate::{Accurate, OwnProgram, find_models};
pub use auto::Auto;
pub use find_tesseract::find_tesseract;
pub use local_engine::{LocalEngine, Ocr};
pub use tesseract::Tesseract;

pub(crate) use follow_up::{follow_up, is_wanted, new_recognition_job};
pub(crate) use pages::{OcrPlan, pages_read, pages_to_read};
pub(crate) use persist_text::persist_text;
pub(crate) use recognise_page::{RecognisedPage, recognise_page};

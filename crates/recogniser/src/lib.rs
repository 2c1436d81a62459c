//! The picture of a page in, its words out: PP-OCR's models over rten.
//!
//! Two models do the seeing: one says where lines of text are (`detect`), one reads a line (`letters`). Around them is
//! what models leave to others: which way up the page is, in which order its lines are read, what belongs together.
//!
//! It is a function, and a program ([`child_main`]): one process reads one page and ends, confined, without a thread, on a
//! picture our own reader drew. The models are files that somebody puts into a folder; none is part of the program.
#![forbid(unsafe_code)]

mod child;
mod detect;
mod error;
mod geometry;
mod languages;
mod layout;
mod letters;
mod line_image;
mod models;
mod page;
mod picture;
mod table;
mod threads;

pub use child::{CHECK, READ, child_main, child_requested};
pub use error::Error;
pub use languages::unknown_language;
pub use models::Models;
pub use page::read_page;
pub use picture::Picture;
pub use table::table;

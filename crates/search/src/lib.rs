//! What texts are found by: how a page is cut into words and these are folded and stemmed, what somebody's search means, how well a
//! page answers it and which lines of it are shown. Whoever writes the index and whoever asks it use the same words, so that both
//! agree. It only computes: it reaches no database and no file.
#![forbid(unsafe_code)]

mod fold;
mod language;
mod matcher;
mod misspelling;
mod name;
mod page;
mod query;
mod snippet;
mod tokens;
mod tsquery;

pub use fold::fold;
pub use language::Language;
pub use matcher::Matcher;
pub use misspelling::misspellings;
pub use name::NamePatterns;
pub use page::{IndexedPage, index_pages};
pub use query::{BadQuery, MOST_CHARACTERS, MOST_WORDS, Query};
pub use snippet::{SnippetPart, mark, snippet};
pub use tsquery::TextConditions;

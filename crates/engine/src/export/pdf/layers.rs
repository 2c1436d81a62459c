//! The words of recognised pages on their way in, one page after the other.

use crate::Error;
use model::PageWords;
use std::io::{BufRead, Read};

/// Bytes of what is said of one page: the most words that are kept of one, all of them long.
const MAX_PAGE_BYTES: u64 = 32 << 20;

/// Pages in order, a line each.
pub struct Layers<'a>(&'a mut dyn BufRead);

impl<'a> Layers<'a> {
    pub fn new(lines: &'a mut dyn BufRead) -> Self {
        Self(lines)
    }

    /// The next page, or nothing after the last.
    pub fn next(&mut self) -> Result<Option<PageWords>, Error> {
        let mut line = vec![];
        (&mut self.0).take(MAX_PAGE_BYTES).read_until(b'\n', &mut line).map_err(Error::Io)?;
        if line.is_empty() {
            return Ok(None);
        }
        let page = serde_json::from_slice(&line);
        page.map(Some).map_err(|error| Error::malformed("What was recognised on a page cannot be read.").because(error))
    }
}

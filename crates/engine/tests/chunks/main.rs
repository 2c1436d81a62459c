//! Cutting texts into chunks: what holds for every text, and where the cuts are in some.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

mod places;
mod promises;

use engine::chunks::Shape;
use model::{Chunk, Chunking, PageSpan};

/// The chunks of a text whose pages are separated by form feeds.
pub fn cut(text: &str, markdown: &str, size: u32, overlap: u32) -> Vec<Chunk> {
    let chunking = Chunking::new(Some(size), Some(overlap)).unwrap();
    Shape::new(text, pages(text), markdown).chunks(text, chunking).collect()
}

fn pages(text: &str) -> Vec<PageSpan> {
    let mut start = 0;
    let span = |(page, text): (usize, &str)| {
        let end = start + text.chars().count() as u64;
        let span = PageSpan { page: page as u32 + 1, start, end, confidence: None };
        start = end + 1;
        span
    };
    text.split('\u{c}').enumerate().map(span).collect()
}

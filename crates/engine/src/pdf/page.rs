//! One page of a PDF: its content decoded within bounds and interpreted into glyphs.

use super::glyphs::{Glyphs, TooMuch};
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::object::{Array, Stream};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, RenderContent, interpret, interpret_page};
use kurbo::Rect;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes one decoded stream may have.
const MOST_STREAM_BYTES: u64 = 64 << 20;
/// Deflate makes at most so many bytes of one.
const MOST_RATIO: u64 = 1032;

/// What reading a page gave.
pub struct PageRead {
    pub glyphs: Glyphs,
    /// Bytes of content decoded.
    pub bytes: u64,
    /// The interpreter stopped early: the page is damaged or does more than any real page.
    pub is_cut: bool,
}

/// Draws a page into [`Glyphs`]. `room` is how many bytes of content may still be decoded.
pub fn read_page<'a>(page: &Page<'a>, cache: &InterpreterCache<'a>, room: u64) -> PageRead {
    let mut glyphs = Glyphs::default();
    let content = content(page, room.min(MOST_STREAM_BYTES));
    let bytes = content.as_ref().map_or(0, |content| content.len() as u64);
    let drawn = catch_unwind(AssertUnwindSafe(|| {
        if let Some(content) = &content {
            let mut context = context(page, cache, RenderContent::PAGE);
            interpret(TypedIter::new(content), page.resources(), &mut context, &mut glyphs);
        }
        interpret_page(page, &mut context(page, cache, RenderContent::ANNOTATIONS), &mut glyphs);
    }));
    let is_cut = match drawn {
        Ok(()) => content.is_none(),
        Err(panic) => panic.is::<TooMuch>() || panic.is::<&str>() || panic.is::<String>(),
    };
    PageRead { glyphs, bytes, is_cut }
}

fn context<'a>(page: &Page<'a>, cache: &InterpreterCache<'a>, render_content: RenderContent) -> Context<'a> {
    let (width, height) = page.render_dimensions();
    let settings = InterpreterSettings { render_content, ..Default::default() };
    let transform = hayro_interpret::TransformExt::to_kurbo(&page.initial_transform(true));
    let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    Context::new(transform, bounds, cache, page.xref(), settings)
}

/// The page's content, decoded here rather than by the page, which would keep it until the end of the document.
/// Nothing when it is more than the room.
fn content(page: &Page<'_>, room: u64) -> Option<Vec<u8>> {
    let raw = page.raw();
    let streams: Vec<Stream<'_>> = match raw.get::<Stream<'_>>(b"Contents") {
        Some(stream) => vec![stream],
        None => raw.get::<Array<'_>>(b"Contents").map(|array| array.iter::<Stream<'_>>().collect()).unwrap_or_default(),
    };
    let mut content = vec![];
    for stream in streams {
        let left = room.saturating_sub(content.len() as u64);
        if !fits(&stream, left) {
            return None;
        }
        // A stream that cannot be decoded is skipped; the others may be whole.
        if let Ok(decoded) = stream.decoded_data() {
            content.extend_from_slice(&decoded);
            content.push(b' ');
        }
    }
    Some(content)
}

/// Decoders of streams have no bound of their own, so a stream that could exceed the room is measured first.
fn fits(stream: &Stream<'_>, room: u64) -> bool {
    let raw = stream.raw_data();
    let filters = stream.filters().len().max(1) as u32;
    if (raw.len() as u64).saturating_mul(MOST_RATIO.saturating_pow(filters)) <= room {
        return true;
    }
    if raw.len() as u64 > room {
        return false;
    }
    if stream.filters().is_empty() {
        return true;
    }
    let mut measured: Box<dyn Read + '_> = Box::new(&raw[..]);
    for _ in 0..filters {
        measured = Box::new(flate2::bufread::ZlibDecoder::new(std::io::BufReader::new(measured)));
    }
    let mut sink = std::io::sink();
    // What is not deflate fails at once here and cannot grow like it.
    std::io::copy(&mut measured.take(room + 1), &mut sink).map_or(true, |bytes| bytes <= room)
}

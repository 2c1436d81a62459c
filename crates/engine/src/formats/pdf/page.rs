//! One page of a PDF: its content decoded within bounds and interpreted into glyphs.

use super::annotations::Annotations;
use super::fonts::Fonts;
use super::glyphs::Glyphs;
use super::order::ordered_lines;
use super::segments::{Surroundings, field_segment, segments};
use super::table::take_tables;
use super::words::page_words;
use super::writer::PageText;
use crate::Error;
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::object::{Array, Stream};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, RenderContent, TransformExt, interpret, interpret_page,
};
use kurbo::Rect;
use model::{Attachment, PageWords};
use std::borrow::Cow;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes one decoded stream may have.
const MAX_STREAM_BYTES: u64 = 64 << 20;
/// Deflate makes at most so many bytes of one.
const MAX_RATIO: u64 = 1032;

/// Reads one page after the other.
pub struct PageReader<'a> {
    cache: InterpreterCache<'a>,
    settings: InterpreterSettings,
    glyphs: Glyphs,
    fonts: Fonts,
}

/// One page as it was read.
pub struct PageRead {
    pub text: PageText,
    pub attachments: Vec<Attachment>,
    /// Bytes of content decoded.
    pub bytes: u64,
    /// The interpreter stopped early: the page is damaged or does more than any real page.
    pub is_cut: bool,
    /// Its text does not say what it shows.
    pub needs_ocr: bool,
}

impl<'a> PageReader<'a> {
    pub fn new() -> Self {
        let (cache, settings) = (InterpreterCache::new(), InterpreterSettings::default());
        Self { cache, settings, glyphs: Glyphs::default(), fonts: Fonts::default() }
    }

    /// Reads a page. `room` is how many bytes of content may still be decoded.
    pub fn read(&mut self, page: &Page<'a>, room: u64) -> PageRead {
        let annotations = Annotations::read(page);
        let content = content(page, room.min(MAX_STREAM_BYTES));
        let (own_glyphs, is_cut) = self.draw(page, content.as_deref(), annotations.are_drawn);
        let glyphs = &self.glyphs;
        let around = Surroundings { rules: &glyphs.rules, links: &annotations.links, own_glyphs };
        let mut segments = segments(&glyphs.glyphs, &around);
        for (value, area) in annotations.fields {
            segments.extend(field_segment(&value, area, &segments));
        }
        let lines = ordered_lines(take_tables(segments, &glyphs.rules));
        let (width, height) = page.render_dimensions();
        PageRead {
            text: PageText { lines, notes: annotations.texts, height: f64::from(height) },
            attachments: annotations.attachments,
            bytes: content.as_ref().map_or(0, |content| content.len() as u64),
            is_cut: is_cut || content.is_none(),
            needs_ocr: glyphs.counts.needs_ocr(f64::from(width) * f64::from(height)),
        }
    }

    /// The words that a page draws, and where each is seen; nothing of a page with more content than the room has. A page that is
    /// damaged has those before the damage.
    pub fn words(&mut self, page: &Page<'a>, number: u32, room: u64) -> Result<PageWords, Error> {
        let content = content(page, room.min(MAX_STREAM_BYTES));
        let (own_glyphs, _) = self.draw(page, content.as_deref(), Annotations::read(page).are_drawn);
        let around = Surroundings { rules: &self.glyphs.rules, links: &[], own_glyphs };
        page_words(&self.glyphs.glyphs, &around, number, page.render_dimensions())
    }

    /// Draws a page, and its annotations if it has such that are drawn, and finds what its glyphs mean. Gives the number of glyphs
    /// that are the page's own, and whether it was stopped.
    fn draw(&mut self, page: &Page<'a>, content: Option<&[u8]>, with_annotations: bool) -> (usize, bool) {
        self.glyphs.clear();
        let own = (content.is_some()).then(|| {
            let mut context = self.context(page, RenderContent::PAGE);
            let draw = || {
                interpret(TypedIter::new(content.unwrap_or_default()), page.resources(), &mut context, &mut self.glyphs)
            };
            catch_unwind(AssertUnwindSafe(draw))
        });
        let own_glyphs = self.glyphs.glyphs.len();
        let notes = with_annotations.then(|| {
            let mut context = self.context(page, RenderContent::ANNOTATIONS);
            catch_unwind(AssertUnwindSafe(|| interpret_page(page, &mut context, &mut self.glyphs)))
        });
        if self.glyphs.has_unmapped() {
            self.fonts.learn(page);
            self.glyphs.map_unmapped(&mut self.fonts);
        }
        self.glyphs.measure_type3();
        (own_glyphs, own.into_iter().chain(notes).any(|drawn| drawn.is_err()))
    }

    fn context(&self, page: &Page<'a>, render_content: RenderContent) -> Context<'a> {
        let (width, height) = page.render_dimensions();
        let settings = InterpreterSettings { render_content, ..self.settings.clone() };
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        Context::new(page.initial_transform(true).to_kurbo(), bounds, &self.cache, page.xref(), settings)
    }
}

/// True when the document's streams are encrypted.
pub fn is_encrypted(page: &Page<'_>) -> bool {
    // Only what had to be decrypted is not borrowed from the file.
    streams(page).first().is_some_and(|stream| matches!(stream.raw_data(), Cow::Owned(_)))
}

fn streams<'a>(page: &Page<'a>) -> Vec<Stream<'a>> {
    match page.raw().get::<Stream<'_>>(b"Contents") {
        Some(stream) => vec![stream],
        None => {
            let parts = page.raw().get::<Array<'_>>(b"Contents");
            parts.map(|parts| parts.iter::<Stream<'_>>().collect()).unwrap_or_default()
        }
    }
}

/// True when a page's content is no larger than any page's may be.
pub fn is_bounded(page: &Page<'_>, room: u64) -> bool {
    content(page, room.min(MAX_STREAM_BYTES)).is_some()
}

/// The page's content, decoded here rather than by the page, which would keep it until the end of the document.
/// Nothing when it is more than the room.
fn content(page: &Page<'_>, room: u64) -> Option<Vec<u8>> {
    let mut content = vec![];
    for stream in streams(page) {
        let left = room.saturating_sub(content.len() as u64);
        if !fits(&stream, left) {
            return None;
        }
        // A stream that cannot be decoded is skipped; the others may be whole.
        if let Ok(decoded) = stream.decoded_data() {
            if content.is_empty() {
                content = decoded.into_owned();
            } else {
                content.extend_from_slice(&decoded);
            }
            content.push(b' ');
        }
    }
    Some(content)
}

/// Decoders of streams have no bound of their own, so a stream that could exceed the room is measured first.
fn fits(stream: &Stream<'_>, room: u64) -> bool {
    let raw = stream.raw_data();
    let filters = stream.filters().len().max(1) as u32;
    if (raw.len() as u64).saturating_mul(MAX_RATIO.saturating_pow(filters)) <= room {
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

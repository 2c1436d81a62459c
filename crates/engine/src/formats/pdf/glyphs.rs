//! A device that keeps the glyphs and the straight lines a page draws, and paints nothing.

use super::cid_to_unicode::{CidToUnicode, UnmappedGlyph};
use super::needs_ocr::ContentCounts;
use super::rules::Rules;
use super::text::{Text, text_of};
use hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro_interpret::hayro_cmap::WritingMode;
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};
use kurbo::{Affine, BezPath, Point, Rect, Vec2};

/// Glyphs of one page; more are hostile. A dense newspaper page has 30,000.
const MAX_GLYPHS: usize = 500_000;
/// Drawing operations of one page; a detailed map has some 1,000,000.
const MAX_OPERATIONS: usize = 10_000_000;

/// One glyph in the frame of its own writing direction: `u` grows along the line, `v` from line to line.
#[derive(Debug, Clone)]
pub struct Glyph {
    pub text: Text,
    pub u: f64,
    pub v: f64,
    pub advance: f64,
    pub size: f64,
    /// Writing direction in degrees, 0 for upright horizontal text.
    pub angle: i16,
}

/// What one page drew.
#[derive(Default)]
pub struct Glyphs {
    pub glyphs: Vec<Glyph>,
    pub rules: Rules,
    pub counts: ContentCounts,
    unmapped: Vec<UnmappedGlyph>,
    operations: usize,
}

/// Unwinds out of the interpreter, which has no other way to be stopped, when a page does more than any real one.
pub struct TooMuch;

impl Glyphs {
    /// Forgets the page and keeps the memory for the next one.
    pub fn clear(&mut self) {
        self.glyphs.clear();
        self.rules.clear();
        self.counts = ContentCounts::default();
        self.unmapped.clear();
        self.operations = 0;
    }

    /// Glyphs were drawn that their fonts do not say the meaning of.
    pub fn has_unmapped(&self) -> bool {
        !self.unmapped.is_empty()
    }

    /// Gives the unmapped glyphs their characters, as far as they are known.
    pub fn map_unmapped(&mut self, cid_to_unicode: &CidToUnicode) {
        for unmapped in self.unmapped.drain(..) {
            let Some(text) = cid_to_unicode.of(&unmapped).and_then(text_of) else { continue };
            self.counts.reveal(&text);
            self.glyphs[unmapped.index].text = text;
        }
    }

    fn count(&mut self) {
        self.operations += 1;
        if self.operations > MAX_OPERATIONS || self.glyphs.len() > MAX_GLYPHS {
            std::panic::resume_unwind(Box::new(TooMuch));
        }
    }

    fn keep(&mut self, drawn: &Drawn<'_>, at: Affine, is_vertical: bool, is_hidden: bool) {
        let text = match drawn.as_unicode() {
            Some(text) => text_of(text),
            None => Some(Text::One(char::REPLACEMENT_CHARACTER)),
        };
        let Some(text) = text else { return self.counts.add_nothing() };
        let [a, b, c, d, e, f] = at.as_coeffs();
        if ![a, b, c, d, e, f].iter().all(|number| number.is_finite()) {
            return;
        }
        self.counts.add(&text, is_hidden);
        if text == Text::One(char::REPLACEMENT_CHARACTER)
            && let Drawn::Outline(outline) = drawn
            && let Some(font) = outline.font_data().and_then(|data| data.postscript_name)
        {
            self.unmapped.push(UnmappedGlyph { index: self.glyphs.len(), font, code: outline.char_code() });
        }
        // Glyph space has 1,000 units to the em.
        let size = c.hypot(d) * 1000.0;
        let along = if is_vertical { Vec2::new(-c, -d) } else { Vec2::new(a, b) };
        let angle = quantised_angle(along);
        let (u, v) = turned(Point::new(e, f), angle);
        let advance = if is_vertical { size } else { f64::from(advance(drawn)) * a.hypot(b) };
        self.glyphs.push(Glyph { text, u, v, advance, size, angle });
    }
}

fn advance(drawn: &Drawn<'_>) -> f32 {
    let advance = match drawn {
        Drawn::Outline(glyph) => glyph.advance_width(),
        Drawn::Type3(glyph) => glyph.advance_width(),
    };
    advance.unwrap_or(500.0)
}

impl<'a> Device<'a> for Glyphs {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let is_vertical = matches!(run.writing_mode(), WritingMode::Vertical);
        let is_hidden = matches!(mode, DrawMode::Invisible);
        for glyph in run.glyphs() {
            self.count();
            self.keep(glyph, props.transform * glyph.transform(), is_vertical, is_hidden);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count();
        let dict = match &image {
            Image::Raster(image) => image.stream().dict(),
            Image::Stencil(image) => image.stream().dict(),
        };
        let side = |long: &[u8], short: &[u8]| dict.get::<u32>(long).or_else(|| dict.get::<u32>(short)).unwrap_or(0);
        let pixels = f64::from(side(b"Width", b"W")) * f64::from(side(b"Height", b"H"));
        // The transform is that of one pixel.
        self.counts.image_area += props.transform.determinant().abs() * pixels;
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.count();
        self.counts.paths += 1;
        self.rules.add_path(path, props.transform, matches!(mode, DrawMode::Stroke(_)));
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        self.count();
        self.counts.paths += 1;
        self.rules.add_rect(rect, props.transform, matches!(mode, DrawMode::Stroke(_)));
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.count();
    }

    fn push_clip_rect(&mut self, _: &Rect) {
        self.count();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.count();
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// A place of the page in the frame of a writing direction.
pub fn turned(point: Point, angle: i16) -> (f64, f64) {
    match angle {
        0 => (point.x, point.y),
        90 => (point.y, -point.x),
        180 => (-point.x, -point.y),
        270 => (-point.y, point.x),
        angle => {
            let (sine, cosine) = f64::from(angle).to_radians().sin_cos();
            (point.x * cosine + point.y * sine, point.y * cosine - point.x * sine)
        }
    }
}

/// Whole degrees, and right angles for what is nearly one: scans are often a degree or two off.
fn quantised_angle(along: Vec2) -> i16 {
    if along.x > 0.0 && along.y.abs() < along.x * 0.06 {
        return 0;
    }
    let degrees = along.y.atan2(along.x).to_degrees().round() as i16;
    let right = (f64::from(degrees) / 90.0).round() as i16 * 90;
    let angle = if (degrees - right).abs() <= 3 { right } else { degrees };
    angle.rem_euclid(360)
}

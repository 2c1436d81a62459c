//! A device that keeps the glyphs and the straight lines a page draws, and paints nothing.

use super::fonts::Fonts;
use super::meanings::meanings;
use super::needs_ocr::ContentCounts;
use super::replacements::Replacements;
use super::rules::Rules;
use super::text::{Text, text_of};
use super::unmapped::UnmappedGlyph;
use hayro_interpret::font::{Glyph as Drawn, GlyphRun, PositionedGlyph};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::object::Dict;
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};
use kurbo::{Affine, BezPath, Point, Rect, Vec2};
use std::collections::HashMap;

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
    /// Indexes of the glyphs of Type 3 fonts.
    type3: Vec<usize>,
    replacements: Replacements,
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
        self.type3.clear();
        self.replacements = Replacements::default();
        self.operations = 0;
    }

    /// Glyphs were drawn that their fonts do not say the meaning of.
    pub fn has_unmapped(&self) -> bool {
        !self.unmapped.is_empty()
    }

    /// Gives the unmapped glyphs their characters, as far as they are known.
    pub fn map_unmapped(&mut self, fonts: &mut Fonts) {
        for (unmapped, meaning) in self.unmapped.iter().zip(meanings(&self.unmapped, fonts)) {
            let Some(meaning) = meaning else { continue };
            if !meaning.is_guess {
                self.counts.reveal(1, &meaning.text);
            }
            self.glyphs[unmapped.index].text = meaning.text;
        }
        self.unmapped.clear();
    }

    /// Letters that are filled and then stroked, or drawn again a hair aside to look bold, are there once. `first` is the
    /// first glyph of the run drawn last.
    fn drop_repetition(&mut self, first: usize) {
        let (before, run) = self.glyphs.split_at(first);
        let Some(before) = before.len().checked_sub(run.len()).map(|start| &before[start..]) else { return };
        let is_again = |(one, other): (&Glyph, &Glyph)| {
            let near = one.size * 0.1;
            one.text == other.text && (one.u - other.u).abs() < near && (one.v - other.v).abs() < near
        };
        if before.iter().zip(run).all(is_again) {
            self.truncate(first);
        }
    }

    /// Puts the text that the file has for the glyphs since this one in their place: on one of them that is as wide as all.
    fn replace(&mut self, first: usize, text: Text) {
        let Some((one, others)) = self.glyphs.get_mut(first..).and_then(<[Glyph]>::split_first_mut) else { return };
        let is_on_line = |other: &Glyph| other.angle == one.angle && (other.v - one.v).abs() < one.size * 0.5;
        let is_unknown = |glyph: &&Glyph| glyph.text == Text::One(char::REPLACEMENT_CHARACTER);
        // What goes over several lines says no place for its words, and the letters do.
        if !others.iter().all(is_on_line) {
            return;
        }
        let unknown = others.iter().filter(is_unknown).count() + usize::from(is_unknown(&&*one));
        self.counts.reveal(unknown, &text);
        while self.unmapped.pop_if(|glyph| glyph.index >= first).is_some() {}
        // A letter for each glyph leaves them where they are, where both go from left to right.
        if text.chars().count() == others.len() + 1 && text.chars().all(|c| c < '\u{590}') {
            self.glyphs[first..].iter_mut().zip(text.chars()).for_each(|(glyph, c)| glyph.text = Text::One(c));
            return;
        }
        let end = others.iter().map(|other| other.u + other.advance).fold(one.u + one.advance, f64::max);
        one.u = others.iter().map(|other| other.u).fold(one.u, f64::min);
        one.advance = end - one.u;
        one.text = text;
        self.truncate(first + 1);
    }

    fn truncate(&mut self, length: usize) {
        self.glyphs.truncate(length);
        while self.unmapped.pop_if(|glyph| glyph.index >= length).is_some() {}
        while self.type3.pop_if(|index| *index >= length).is_some() {}
    }

    /// A Type 3 font may call any size one, and draw its letters as large as it likes: where the size cannot be theirs, it
    /// is told by how far they move the line.
    pub fn measure_type3(&mut self) {
        let mut by_size: HashMap<u64, Vec<usize>> = HashMap::new();
        for index in self.type3.drain(..) {
            by_size.entry(self.glyphs[index].size.to_bits()).or_default().push(index);
        }
        for (size, indexes) in by_size {
            let advances = indexes.iter().map(|&index| &self.glyphs[index]).filter(|glyph| !glyph.text.is_blank());
            let mut advances: Vec<f64> = advances.map(|glyph| glyph.advance).filter(|advance| *advance > 0.0).collect();
            if advances.is_empty() {
                continue;
            }
            let middle = advances.len() / 2;
            let em = *advances.select_nth_unstable_by(middle, f64::total_cmp).1 * 2.0;
            if !(0.4..2.5).contains(&(f64::from_bits(size) / em)) {
                indexes.into_iter().for_each(|index| self.glyphs[index].size = em);
            }
        }
    }

    fn count(&mut self) {
        self.operations += 1;
        if self.operations > MAX_OPERATIONS || self.glyphs.len() > MAX_GLYPHS {
            std::panic::resume_unwind(Box::new(TooMuch));
        }
    }

    fn keep(&mut self, drawn: &Drawn<'_>, at: Affine, run: &Run) {
        let text = match drawn.as_unicode() {
            // A map that has this for a glyph says nothing.
            None | Some(BfString::Char('\0')) => Some(Text::One(char::REPLACEMENT_CHARACTER)),
            Some(text) => text_of(text),
        };
        let Some(text) = text else { return self.counts.add_nothing() };
        let [a, b, c, d, e, f] = at.as_coeffs();
        if ![a, b, c, d, e, f].iter().all(|number| number.is_finite()) {
            return;
        }
        self.counts.add(&text, run.is_hidden);
        if matches!(drawn, Drawn::Type3(_)) {
            self.type3.push(self.glyphs.len());
        }
        if text == Text::One(char::REPLACEMENT_CHARACTER) {
            self.unmapped.push(UnmappedGlyph::new(self.glyphs.len(), drawn));
        }
        // Glyph space has 1,000 units to the em.
        let size = c.hypot(d) * 1000.0;
        let along = if run.is_vertical { Vec2::new(-c, -d) } else { Vec2::new(a, b) };
        let angle = quantised_angle(along);
        let (u, v) = turned(Point::new(e, f), angle);
        let advance = match advance(drawn) {
            _ if run.is_vertical => size,
            advance if run.is_stretched => f64::from(advance) * size / 1000.0,
            advance => f64::from(advance) * a.hypot(b),
        };
        self.glyphs.push(Glyph { text, u, v, advance, size, angle });
    }
}

/// What the glyphs of one run share.
struct Run {
    is_vertical: bool,
    is_hidden: bool,
    is_stretched: bool,
}

/// Letters of a font that stands in for another are drawn as wide as the other's, each by its own measure. What they move the
/// line by is the other's width already.
fn is_stretched(glyphs: &[PositionedGlyph<'_>]) -> bool {
    let scale = |glyph: &PositionedGlyph<'_>| {
        let [a, b, c, d, ..] = glyph.transform().as_coeffs();
        (a * a + b * b) / (c * c + d * d)
    };
    let Some((first, others)) = glyphs.split_first() else { return false };
    let first = scale(first);
    others.iter().any(|other| (scale(other) - first).abs() > first * 0.01)
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
        let glyphs = run.glyphs();
        let run = Run {
            is_vertical: matches!(run.writing_mode(), WritingMode::Vertical),
            is_hidden: matches!(mode, DrawMode::Invisible),
            is_stretched: is_stretched(glyphs),
        };
        let first = self.glyphs.len();
        for glyph in glyphs {
            self.count();
            self.keep(glyph, props.transform * glyph.transform(), &run);
        }
        self.drop_repetition(first);
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

    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&Dict<'_>>) {
        self.count();
        self.replacements.begin(properties, self.glyphs.len());
    }

    fn end_marked_content(&mut self) {
        if let Some((first, text)) = self.replacements.end() {
            self.replace(first, text);
        }
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

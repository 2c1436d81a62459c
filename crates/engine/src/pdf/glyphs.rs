//! A device that keeps the glyphs a page draws, and what else it drew in a word, and paints nothing.

use hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};
use kurbo::{Affine, BezPath, Point, Vec2};
use unicode_normalization::UnicodeNormalization;

/// Glyphs of one page; more are hostile. A dense newspaper page has 30,000.
const MOST_GLYPHS: usize = 500_000;
/// Drawing operations of one page; a detailed map has some 1,000,000.
const MOST_OPERATIONS: usize = 10_000_000;

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

/// What a glyph stands for: nearly always one character.
#[derive(Debug, Clone, PartialEq)]
pub enum Text {
    One(char),
    Many(Box<str>),
}

impl Text {
    pub fn chars(&self) -> impl Iterator<Item = char> + '_ {
        let (one, many) = match self {
            Self::One(c) => (Some(*c), ""),
            Self::Many(text) => (None, &**text),
        };
        one.into_iter().chain(many.chars())
    }

    pub fn is_blank(&self) -> bool {
        self.chars().all(char::is_whitespace)
    }
}

/// What one page drew.
#[derive(Default)]
pub struct Glyphs {
    pub glyphs: Vec<Glyph>,
    /// Area of the pictures, in square points.
    pub image_area: f64,
    operations: usize,
}

/// Unwinds out of the interpreter, which has no other way to be stopped, when a page does more than any real one.
pub struct TooMuch;

impl Glyphs {
    /// True when the page shows something that only looking at it could read: no letters, or a handful over a
    /// picture, or letters that the file does not say the meaning of. An empty page shows nothing.
    pub fn needs_ocr(&self, page_area: f64) -> bool {
        let (mut known, mut unknown) = (0usize, 0usize);
        for c in self.glyphs.iter().flat_map(|glyph| glyph.text.chars()).filter(|c| !c.is_whitespace()) {
            let is_unknown = matches!(c, char::REPLACEMENT_CHARACTER | '\u{e000}'..='\u{f8ff}');
            *(if is_unknown { &mut unknown } else { &mut known }) += 1;
        }
        let is_picture = self.image_area > page_area * 0.25;
        match known + unknown {
            0 => self.operations > 0,
            _ if known < 20 && is_picture => true,
            all => unknown * 10 > all * 3,
        }
    }

    fn count(&mut self) {
        self.operations += 1;
        if self.operations > MOST_OPERATIONS || self.glyphs.len() > MOST_GLYPHS {
            std::panic::resume_unwind(Box::new(TooMuch));
        }
    }

    fn keep(&mut self, drawn: &Drawn<'_>, at: Affine, is_vertical: bool) {
        let Some(text) = text_of(drawn) else { return };
        let advance = match drawn {
            Drawn::Outline(glyph) => glyph.advance_width(),
            Drawn::Type3(glyph) => glyph.advance_width(),
        };
        let [a, b, c, d, e, f] = at.as_coeffs();
        if ![a, b, c, d, e, f].iter().all(|number| number.is_finite()) {
            return;
        }
        // Glyph space has 1,000 units to the em.
        let size = c.hypot(d) * 1000.0;
        let along = if is_vertical { Vec2::new(-c, -d) } else { Vec2::new(a, b) };
        let angle = quantised_angle(along);
        let (sine, cosine) = f64::from(angle).to_radians().sin_cos();
        let origin = at * Point::ZERO;
        let advance = if is_vertical { size } else { f64::from(advance.unwrap_or(500.0)) * a.hypot(b) };
        self.glyphs.push(Glyph {
            text,
            u: origin.x * cosine + origin.y * sine,
            v: origin.y * cosine - origin.x * sine,
            advance,
            size,
            angle,
        });
    }
}

impl<'a> Device<'a> for Glyphs {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        let is_vertical = matches!(run.writing_mode(), WritingMode::Vertical);
        for glyph in run.glyphs() {
            self.count();
            self.keep(glyph, props.transform * glyph.transform(), is_vertical);
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count();
        self.image_area += props.transform.determinant().abs();
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.count();
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.count();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.count();
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// Whole degrees, and right angles for what is nearly one: scans are often a degree or two off.
fn quantised_angle(along: Vec2) -> i16 {
    let degrees = along.y.atan2(along.x).to_degrees().round() as i16;
    let right = (f64::from(degrees) / 90.0).round() as i16 * 90;
    let angle = if (degrees - right).abs() <= 3 { right } else { degrees };
    angle.rem_euclid(360)
}

fn text_of(drawn: &Drawn<'_>) -> Option<Text> {
    match drawn.as_unicode() {
        Some(BfString::Char(c)) => clean(c),
        Some(BfString::String(text)) => {
            let text: String =
                text.chars().filter_map(clean).flat_map(|text| text.chars().collect::<Vec<_>>()).collect();
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (None, _) => None,
                (Some(one), None) => Some(Text::One(one)),
                _ => Some(Text::Many(text.into())),
            }
        }
        None => Some(Text::One(char::REPLACEMENT_CHARACTER)),
    }
}

/// Ligatures and Arabic presentation forms become the letters they stand for, so that words can be found; bullets
/// of symbol fonts become bullets; soft hyphens stay, for joining words.
fn clean(c: char) -> Option<Text> {
    match c {
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => None,
        '\u{f0b7}' => Some(Text::One('•')),
        '\u{f0a7}' => Some(Text::One('▪')),
        '\u{f0d8}' => Some(Text::One('➢')),
        '\u{f0fc}' => Some(Text::One('✓')),
        '\u{fb00}'..='\u{fb4f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' => {
            let letters: String = c.nfkc().filter(|c| *c != ' ').collect();
            Some(Text::Many(letters.into()))
        }
        c => Some(Text::One(c)),
    }
}

//! One page of a PDF as a grey picture, for text recognition.

use super::page::is_bounded;
use crate::Error;
use crate::image::{GrayPage, luma};
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use hayro_interpret::InterpreterSettings;
use hayro_interpret::hayro_syntax::page::Page;
use model::{Limits, Reason};

/// A PDF's own unit: so many to the inch.
const POINTS_PER_INCH: f32 = 72.0;

/// Draws a page on white paper with so many dots per inch, or fewer where it would have more pixels than are allowed.
pub fn draw_page(page: &Page<'_>, dpi: u32, limits: &Limits) -> Result<GrayPage, Error> {
    if !is_bounded(page, limits.pdf_bytes) {
        return Err(Error::rejected(Reason::TooLargeDecompressed, "The page has more content than is read."));
    }
    let scale = scale(page.render_dimensions(), dpi as f32 / POINTS_PER_INCH, limits)
        .ok_or_else(|| Error::malformed("The page has no size that can be drawn."))?;
    // Small pictures are drawn smooth when they are made larger: steps would look like strokes.
    let settings = RenderSettings { force_image_interpolation: true, ..RenderSettings::default() };
    let paper = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let drawn = render(page, &RenderCache::new(), &InterpreterSettings::default(), &settings, &paper);
    gray(&drawn)
}

/// How many pixels a point becomes; nothing for a page without area.
fn scale((width, height): (f32, f32), wanted: f32, limits: &Limits) -> Option<f32> {
    let drawable = width.is_finite() && height.is_finite() && width > 0.0 && height > 0.0;
    if !drawable {
        return None;
    }
    let by_area = (limits.page_pixels as f32 / (width * height)).sqrt();
    let by_side = limits.image_side as f32 / width.max(height);
    let scale = wanted.min(by_area).min(by_side);
    (width * scale >= 1.0 && height * scale >= 1.0).then_some(scale)
}

/// What is drawn on white paper is opaque, so nothing is to be divided by its opacity.
fn gray(drawn: &Pixmap) -> Result<GrayPage, Error> {
    let data = drawn.data().iter().map(|pixel| luma(pixel.r, pixel.g, pixel.b)).collect();
    GrayPage::new(drawn.width().into(), drawn.height().into(), data)
}

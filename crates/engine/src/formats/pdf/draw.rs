//! One page of a PDF as a picture: grey for text recognition, in colour for people and models.

use super::page::is_bounded;
use crate::Error;
use crate::image::{Decoding, GrayPage, Header, Layout, Picture, Pixels, Profile, Size, luma};
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use hayro_interpret::InterpreterSettings;
use hayro_interpret::hayro_syntax::page::Page;
use model::{Limits, Reason};

/// A PDF's own unit: so many to the inch.
const POINTS_PER_INCH: f32 = 72.0;

/// As large as a page is when images are made of it, which are never made larger: what models read small print at.
const IMAGE_DPI: f32 = 200.0;

/// Pictures within a page are made smaller by taking some of their pixels, so images of few pixels are made of a page drawn
/// twice as large.
const FEW_PIXELS: u64 = 1_000_000;

/// Draws a page on white paper with so many dots per inch, or fewer where it would have more pixels than are allowed.
pub fn draw_page(page: &Page<'_>, dpi: u32, limits: &Limits) -> Result<GrayPage, Error> {
    let scale = scale(page, dpi as f32 / POINTS_PER_INCH, limits)?;
    gray(&draw(page, (scale, scale), limits)?)
}

/// How a page looks to those who make images of it.
pub fn page_header(page: &Page<'_>, limits: &Limits) -> Result<Header, Error> {
    let scale = scale(page, IMAGE_DPI / POINTS_PER_INCH, limits)?;
    let (width, height) = page.render_dimensions();
    let pixels = |side: f32| ((side * scale) as u32).max(1);
    Ok(Header { decoding: Decoding::Scaled, ..Header::plain(pixels(width), pixels(height)) })
}

/// Draws a page on white paper, in colour, at least of this size.
pub fn draw_in_color(page: &Page<'_>, needed: Size, limits: &Limits) -> Result<Picture, Error> {
    let times = if needed.pixels() <= FEW_PIXELS { 2 } else { 1 };
    let (width, height) = page.render_dimensions();
    // The renderer rounds down.
    let scale = |pixels: u32, side: f32| ((pixels * times) as f32 + 0.01) / side;
    let drawn = draw(page, (scale(needed.width, width), scale(needed.height, height)), limits)?;
    let data = drawn.data().iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect();
    let (width, height) = (drawn.width().into(), drawn.height().into());
    Ok(Picture::whole(Pixels { width, height, layout: Layout::Rgb, data }, Profile::srgb()))
}

/// What is drawn on white paper is opaque, so nothing is to be divided by its opacity.
fn draw(page: &Page<'_>, (x_scale, y_scale): (f32, f32), limits: &Limits) -> Result<Pixmap, Error> {
    if !is_bounded(page, limits.pdf_bytes) {
        return Err(Error::rejected(Reason::TooLargeDecompressed, "The page has more content than is read."));
    }
    // Small pictures are drawn smooth when they are made larger: steps would look like strokes.
    let settings = RenderSettings { force_image_interpolation: true, ..RenderSettings::default() };
    let paper = PixmapSettings { x_scale, y_scale, bg_color: WHITE };
    Ok(render(page, &RenderCache::new(), &InterpreterSettings::default(), &settings, &paper))
}

/// How large a page is when it has so many pixels from left to right, or fewer where it would have more than are allowed.
pub fn size_at_width(page: &Page<'_>, width: u32, limits: &Limits) -> Result<Size, Error> {
    let (across, down) = page.render_dimensions();
    let scale = scale(page, width as f32 / across, limits)?;
    let pixels = |side: f32| ((side * scale).round() as u32).max(1);
    Ok(Size { width: pixels(across), height: pixels(down) })
}

/// How many pixels a point becomes: as many as wanted, if the page is then within its limits.
fn scale(page: &Page<'_>, wanted: f32, limits: &Limits) -> Result<f32, Error> {
    let (width, height) = page.render_dimensions();
    let by_area = (limits.page_pixels as f32 / (width * height)).sqrt();
    let by_side = limits.image_side as f32 / width.max(height);
    let scale = wanted.min(by_area).min(by_side);
    let is_drawable = width.is_finite() && height.is_finite() && width * scale >= 1.0 && height * scale >= 1.0;
    if is_drawable { Ok(scale) } else { Err(Error::malformed("The page has no size that can be drawn.")) }
}

fn gray(drawn: &Pixmap) -> Result<GrayPage, Error> {
    let data = drawn.data().iter().map(|pixel| luma(pixel.r, pixel.g, pixel.b)).collect();
    GrayPage::new(drawn.width().into(), drawn.height().into(), data)
}

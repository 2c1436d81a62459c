//! A picture as a page for text recognition: upright, grey, and large enough for its letters to be told apart.

use super::shown::reduced;
use super::{Codec, Layout, Pixels, Size, compositing, resize};
use crate::{Error, Output, ReadContext, Source};
use model::{Limits, OCR_DPI, PAGE_PGM, PageView};

/// Below this a picture's letters are likely smaller than any recogniser was taught: it is made twice as large.
const SMALL_SIDE: u32 = 2_000;

const POINTS_PER_INCH: f32 = 72.0;

/// A grey picture of a page.
pub struct GrayPage {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) data: Vec<u8>,
}

impl GrayPage {
    /// A page of these pixels, row by row from the top.
    pub fn new(width: u32, height: u32, data: Vec<u8>) -> Result<Self, Error> {
        if data.is_empty() || data.len() != width as usize * height as usize {
            return Err(Error::malformed("The page has no pixels."));
        }
        Ok(Self { width, height, data })
    }

    /// How it is seen: as it was drawn, on a page of so many points.
    pub fn view(&self, (width_points, height_points): (f32, f32)) -> PageView {
        PageView { width: self.width, height: self.height, width_points, height_points, to_seen: None }
    }

    /// Writes it as a binary PGM, which every recogniser reads and which leaves nothing to be decoded.
    pub fn write(&self, output: &mut Output<'_>) -> Result<(), Error> {
        let mut bytes = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        bytes.extend_from_slice(&self.data);
        output.put_image(PAGE_PGM, "image/x-portable-graymap", &bytes, (self.width, self.height))
    }
}

/// Makes one of the pages of the picture in `input`, counted from 1.
pub fn make_ocr_page(
    codec: &Codec,
    page: u32,
    input: &mut dyn Source,
    context: &mut ReadContext<'_>,
) -> Result<GrayPage, Error> {
    let (bytes, header) = codec.open_page(input, page, context)?;
    let upright = header.upright();
    let size = drawn_size(upright, context.limits);
    // Made smaller while it is decoded, and larger afterwards: only so does a large picture never stand here whole.
    let decoded = if size.pixels() < upright.pixels() { size } else { upright };
    let stored = header.orientation.stored(decoded);
    let picture = codec.decode_page(bytes, page, &header, stored, context)?;
    let gray = gray(&reduced(picture, &header, stored)?);
    let drawn = if gray.size() == size { gray } else { resize::pixels(&gray, size)? };
    let page = GrayPage::new(drawn.width, drawn.height, drawn.data)?;
    context.page = Some(page.view((points(page.width), points(page.height))));
    Ok(page)
}

/// How long a side is on paper. A picture says nothing dependable of that, so it has as many pixels to an inch as a page that is drawn.
pub fn points(pixels: u32) -> f32 {
    pixels as f32 / OCR_DPI as f32 * POINTS_PER_INCH
}

/// Twice as large when it is small, and never more pixels than are allowed.
fn drawn_size(upright: Size, limits: &Limits) -> Size {
    let wanted = if upright.width.max(upright.height) < SMALL_SIDE { 2.0 } else { 1.0 };
    let allowed = (limits.page_pixels as f64 / upright.pixels() as f64).sqrt();
    let scale = f64::min(wanted, allowed);
    // Rounded down, so that the product keeps the limit; a line one pixel high stays one pixel high.
    let side = |side: u32| ((f64::from(side) * scale) as u32).clamp(1, limits.image_side);
    Size { width: side(upright.width), height: side(upright.height) }
}

/// As it looks on white paper.
fn gray(pixels: &Pixels) -> Pixels {
    let one = |pixel: &[u8]| match *pixel {
        [red, green, blue] => luma(red, green, blue),
        _ => pixel[0],
    };
    let data = compositing::on_white(pixels, one);
    Pixels { width: pixels.width, height: pixels.height, layout: Layout::Gray, data }
}

/// How bright a colour is.
pub fn luma(red: u8, green: u8, blue: u8) -> u8 {
    ((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114 + 500) / 1000) as u8
}

//! A drawn page as PNG, which every reader of pictures takes.

use crate::{Error, Output};
use model::PAGE_PNG;

/// Writes [`PAGE_PNG`] of a binary PGM of that size, as `Task::RenderPage` draws it.
pub fn write_page(pgm: &[u8], (width, height): (u32, u32), output: &mut Output<'_>) -> Result<(), Error> {
    let pixels = width as usize * height as usize;
    let gray = pgm.len().checked_sub(pixels).map(|head| &pgm[head..]).filter(|gray| !gray.is_empty());
    let gray = gray.ok_or_else(|| Error::malformed("The page has no pixels."))?;
    let mut bytes = vec![];
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(gray));
    written.map_err(|error| Error::Io(std::io::Error::other(error)))?;
    output.put_image(PAGE_PNG, "image/png", &bytes, (width, height))
}

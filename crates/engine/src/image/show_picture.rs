//! The pages of a picture as somebody sees them: at the width that is asked for, and how large each is.

use super::ocr_page::points;
use super::shown::{encode_jpeg, on_paper, reduced};
use super::{Codec, Pixels, Size};
use crate::{Error, Output, ReadContext, Source};
use model::{PageArtifact, PageSize, Reason};

/// Letters keep their edges, and nobody sees the difference to the page itself.
const QUALITY: u8 = 85;

/// Makes that artifact of the picture in `input`.
pub fn show_picture(
    codec: &Codec,
    artifact: PageArtifact,
    input: &mut dyn Source,
    context: &mut ReadContext<'_>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    match artifact {
        PageArtifact::Image { page, width } => {
            let (bytes, header) = codec.open_page(input, page, context)?;
            let stored = header.orientation.stored(at_width(header.upright(), width));
            let decoded = codec.decode_page(bytes, page, &header, stored, context)?;
            put_page(artifact, reduced(decoded, &header, stored)?, output)
        }
        PageArtifact::Words { .. } => Err(Error::rejected(Reason::Unsupported, "A picture has no words of its own.")),
        PageArtifact::Sizes => {
            let (bytes, _) = codec.open(input, context)?;
            let count = codec.count_pages(&bytes).min(context.limits.pdf_pages);
            let mut sizes = vec![];
            for page in 1..=count {
                context.progress("page", page - 1, count);
                let Size { width, height } = codec.header_of_page(&bytes, page)?.upright();
                sizes.push(PageSize { page, width_points: points(width), height_points: points(height) });
            }
            output.put_json(artifact, &sizes)
        }
    }
}

/// Writes a page as it looks on white paper.
pub fn put_page(artifact: PageArtifact, pixels: Pixels, output: &mut Output<'_>) -> Result<(), Error> {
    let pixels = on_paper(pixels);
    let bytes = encode_jpeg(&pixels, QUALITY)?;
    output.put_image(&artifact.name(), artifact.mime(), &bytes, (pixels.width, pixels.height))
}

/// A picture is never made larger.
fn at_width(upright: Size, width: u32) -> Size {
    if upright.width <= width {
        return upright;
    }
    let height = u64::from(upright.height) * u64::from(width) / u64::from(upright.width);
    Size { width, height: (height as u32).max(1) }
}

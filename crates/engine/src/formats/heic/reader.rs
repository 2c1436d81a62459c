//! HEIC, as phones take it: HEVC pictures, grids and alpha.

use super::grid::HevcGrid;
use super::planes::HevcPlanes;
use crate::containers::isobmff::{self, Colors, Heif, Named};
use crate::formats::{Format, Reader};
use crate::image::{self, Codec, FrameRows, Header, Layout, Picture, Planes, Profile, Rows, Size};
use crate::{Error, ReadContext};
use heic_decoder::{DecodeOptions, HeifError};
use model::Reason;

pub const FORMAT: Format = Format {
    name: "heic",
    mime: "image/heic",
    extensions: &["heic", "heif", "hif"],
    is_text: false,
    archive: None,
    detect: |head| {
        let brands = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];
        isobmff::has_brand(&head.bytes, &brands) && !isobmff::has_brand(&head.bytes, &[b"avif", b"avis"])
    },
    reader: Reader::Image(CODEC),
};

const CODEC: Codec = Codec { header, decode, frames: None, pages: None };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let heif = Heif::parse(bytes).ok();
    let animated = isobmff::has_brand(bytes, &[b"msf1", b"hevc", b"hevx"]);
    let plain = match heif.as_ref().and_then(grid_size) {
        // A grid whose last tiles are missing can still be read.
        Some((size, alpha)) => Header { alpha, ..Header::plain(size.width, size.height) },
        None => {
            let probed = heic_decoder::probe(bytes)?;
            let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
            let plain = Header::plain(side(probed.coded_width), side(probed.coded_height));
            Header { alpha: probed.alpha_bit_depth.is_some(), ..plain }
        }
    };
    // A sequence may do without a still picture, and then has nothing to be turned by.
    let Some(heif) = heif else { return Ok(Header { animated, ..plain }) };
    let visible = heif.crop(heif.primary).map_or(plain.size, |crop| crop.size);
    Ok(Header { animated, orientation: heif.orientation(heif.primary), visible, ..plain })
}

/// The size of a grid, and whether it has alpha.
fn grid_size(heif: &Heif<'_>) -> Option<(Size, bool)> {
    heif.grid(heif.primary)?;
    Some((heif.size(heif.primary)?, heif.alpha(heif.primary).is_some()))
}

fn decode(bytes: Vec<u8>, header: &Header, _: Size, context: &mut ReadContext<'_>) -> Result<Picture, Error> {
    let heif = Heif::parse(&bytes).ok();
    let crop = heif.as_ref().and_then(|heif| heif.crop(heif.primary));
    if !header.alpha && crop.is_none() && heif.as_ref().is_some_and(HevcGrid::is_in) {
        let icc = heif.as_ref().and_then(icc).map(<[u8]>::to_vec);
        let (grid, colors) = HevcGrid::of(bytes, header.size)?;
        let profile = profile(icc.as_deref(), colors, grid.layout());
        return Ok(Picture::in_rows(grid, profile));
    }
    if heif.is_some_and(|heif| !heif.is_complete(heif.primary)) {
        context.missing("truncated", "The file is damaged or cut off; what could be read is shown.");
    }
    image::stay_on_this_thread();
    // Turning is left to the pipeline, which does it on fewer pixels.
    let mut decoded = heic_decoder::decode_with(&bytes, &DecodeOptions { apply_transforms: false })?;
    drop(bytes);
    let (icc, alpha) = (decoded.metadata.icc_profile.take(), decoded.alpha.take());
    let planes = HevcPlanes::of(decoded, None)?;
    let (size, colors) = (planes.size(), planes.colors());
    if alpha.is_none() && crop.is_none() {
        let rows = FrameRows::new(planes)?;
        let profile = profile(icc.as_deref(), colors, rows.layout());
        return Ok(Picture::in_rows(rows, profile));
    }
    let mut pixels = planes.frame()?.to_pixels();
    if let Some(alpha) = alpha {
        let premultiplied = alpha.premultiplied;
        pixels = pixels.with_alpha(&HevcPlanes::of_alpha(alpha, size)?.frame()?.to_pixels())?;
        if premultiplied {
            pixels.unmultiply();
        }
    }
    if let Some(crop) = crop {
        pixels = pixels.cropped(crop)?;
    }
    let profile = profile(icc.as_deref(), colors, pixels.layout);
    Ok(Picture::whole(pixels, profile))
}

fn icc<'a>(heif: &Heif<'a>) -> Option<&'a [u8]> {
    heif.colors(heif.primary).find_map(|colors| match colors {
        Colors::Icc(icc) => Some(icc),
        Colors::Named(_) => None,
    })
}

fn profile(icc: Option<&[u8]>, colors: Named, layout: Layout) -> Profile {
    match icc {
        Some(icc) => Profile::icc(Some(icc), layout),
        None => Profile::cicp(colors.primaries, colors.transfer, layout),
    }
}

impl From<HeifError> for Error {
    fn from(cause: HeifError) -> Self {
        let refusal = match &cause {
            HeifError::Unsupported(_) => Self::rejected(Reason::Unsupported, "This variant of HEIC cannot be read."),
            HeifError::LimitExceeded(_) => {
                Self::rejected(Reason::TooManyPixels, "The picture has more pixels than are read.")
            }
            _ => Self::malformed("The HEIC is damaged or cut off."),
        };
        refusal.because(cause)
    }
}

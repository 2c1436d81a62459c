//! HEIC, as phones take it: HEVC pictures, grids and alpha.

use crate::image::{self, Codec, Colors, Header, Heif, HevcGrid, Layout, Picture, PixelSource, Pixels, Profile, Size};
use crate::{Error, Format, Job, Reader};
use heic_decoder::{ColorInfo, DecodeOptions, DecodedImage, HeifError};
use model::Reason;

pub const FORMAT: Format = Format {
    name: "heic",
    mime: "image/heic",
    extensions: &["heic", "heif", "hif"],
    detect: |head| {
        let brands = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];
        image::has_brand(&head.bytes, &brands) && !image::has_brand(&head.bytes, &[b"avif", b"avis"])
    },
    reader: Reader::Image(|input, job, output| image::make_presets(&CODEC, input, job, output)),
};

const CODEC: Codec = Codec { header, decode, frames: None };

/// Matrix coefficients (ITU-T H.273). Files that do not say are made with BT.601 by everything that makes them.
const UNSPECIFIED: u16 = 2;
const BT_601: u16 = 6;

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let heif = Heif::parse(bytes).ok();
    let animated = image::has_brand(bytes, &[b"msf1", b"hevc", b"hevx"]);
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

fn decode<'a>(bytes: &'a [u8], header: &Header, _: Size, job: &mut Job<'_>) -> Result<Picture<'a>, Error> {
    let heif = Heif::parse(bytes).ok();
    let crop = heif.as_ref().and_then(|heif| heif.crop(heif.primary));
    if !header.alpha
        && crop.is_none()
        && let Some((grid, meaning)) = HevcGrid::of(bytes, header.size, named)?
    {
        let icc = heif.as_ref().and_then(icc);
        let extent = (f64::from(header.size.width), f64::from(header.size.height));
        let profile = profile(icc, meaning, Layout::Rgb);
        return Ok(Picture { source: PixelSource::Rows(Box::new(grid)), extent, profile });
    }
    if heif.is_some_and(|heif| !heif.is_complete(heif.primary)) {
        job.missing("truncated", "The file is damaged or cut off; what could be read is shown.");
    }
    image::stay_on_this_thread();
    // Turning is left to the pipeline, which does it on fewer pixels.
    let mut decoded = heic_decoder::decode_with(bytes, &DecodeOptions { apply_transforms: false })?;
    let meaning = named(decoded.color_info);
    decoded.color_info = Some(meaning);
    let mut pixels = pixels(&decoded)?;
    let profile = profile(decoded.metadata.icc_profile.as_deref(), meaning, pixels.layout);
    if let Some(crop) = crop {
        pixels = pixels.cropped(crop)?;
    }
    Ok(Picture::whole(pixels, profile))
}

/// What the samples mean, by what the file says of it.
fn named(said: Option<ColorInfo>) -> ColorInfo {
    let unnamed = ColorInfo { matrix_coefficients: UNSPECIFIED, ..ColorInfo::default() };
    let named = said.unwrap_or(unnamed);
    match named.matrix_coefficients {
        UNSPECIFIED => ColorInfo { matrix_coefficients: BT_601, ..named },
        _ => named,
    }
}

fn icc<'a>(heif: &Heif<'a>) -> Option<&'a [u8]> {
    heif.colors(heif.primary).find_map(|colors| match colors {
        Colors::Icc(icc) => Some(icc),
        Colors::Named(_) => None,
    })
}

fn profile(icc: Option<&[u8]>, meaning: ColorInfo, layout: Layout) -> Profile {
    let code = |code: u16| u8::try_from(code).unwrap_or(UNSPECIFIED as u8);
    match icc {
        Some(icc) => Profile::icc(Some(icc), layout),
        None => Profile::cicp(code(meaning.color_primaries), code(meaning.transfer_characteristics), layout),
    }
}

fn pixels(decoded: &DecodedImage) -> Result<Pixels, Error> {
    let (width, height) = (decoded.width as u32, decoded.height as u32);
    match &decoded.alpha {
        None => Ok(Pixels { width, height, layout: Layout::Rgb, data: decoded.to_rgb8()?.data }),
        Some(alpha) => {
            let mut pixels = Pixels { width, height, layout: Layout::Rgba, data: decoded.to_rgba8()?.data };
            if alpha.premultiplied {
                pixels.unmultiply();
            }
            Ok(pixels)
        }
    }
}

impl From<HeifError> for Error {
    fn from(cause: HeifError) -> Self {
        match cause {
            HeifError::Unsupported(_) => Self::rejected(Reason::Unsupported, "This variant of HEIC cannot be read."),
            HeifError::LimitExceeded(_) => {
                Self::rejected(Reason::TooManyPixels, "The picture has more pixels than are read.")
            }
            _ => Self::malformed("The HEIC is damaged or cut off."),
        }
    }
}

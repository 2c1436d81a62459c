//! HEIC, as phones take it: HEVC pictures, grids and alpha.

use crate::image::{self, Codec, Header, Heif, Layout, Picture, Pixels, Profile, Size};
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
    let probed = heic_decoder::probe(bytes)?;
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let plain = Header {
        alpha: probed.alpha_bit_depth.is_some(),
        animated: image::has_brand(bytes, &[b"msf1", b"hevc", b"hevx"]),
        ..Header::plain(side(probed.coded_width), side(probed.coded_height))
    };
    // A sequence may do without a still picture, and then has nothing to be turned by.
    let Ok(heif) = Heif::parse(bytes) else { return Ok(plain) };
    let visible = heif.crop(heif.primary).map_or(plain.size, |crop| crop.size);
    Ok(Header { orientation: heif.orientation(heif.primary), visible, ..plain })
}

fn decode(bytes: &[u8], _: &Header, _: Size, _: &mut Job<'_>) -> Result<Picture<'static>, Error> {
    image::stay_on_this_thread();
    // Turning is left to the pipeline, which does it on fewer pixels.
    let mut decoded = heic_decoder::decode_with(bytes, &DecodeOptions { apply_transforms: false })?;
    let unnamed = ColorInfo { matrix_coefficients: UNSPECIFIED, ..ColorInfo::default() };
    let named = decoded.color_info.unwrap_or(unnamed);
    if named.matrix_coefficients == UNSPECIFIED {
        decoded.color_info = Some(ColorInfo { matrix_coefficients: BT_601, ..named });
    }
    let mut pixels = pixels(&decoded)?;
    let code = |code: u16| u8::try_from(code).unwrap_or(UNSPECIFIED as u8);
    let profile = match &decoded.metadata.icc_profile {
        Some(icc) => Profile::icc(Some(icc), pixels.layout),
        None => Profile::cicp(code(named.color_primaries), code(named.transfer_characteristics), pixels.layout),
    };
    if let Some(crop) = Heif::parse(bytes).ok().and_then(|heif| heif.crop(heif.primary)) {
        pixels = pixels.cropped(crop)?;
    }
    Ok(Picture::whole(pixels, profile))
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

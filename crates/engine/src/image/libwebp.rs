//! libwebp's decoder behind a safe face.

use super::{Layout, Pixels, Size};
use crate::Error;
use libwebp_sys::*;
use model::Reason;
use std::mem::MaybeUninit;

/// What a WebP's header says.
pub struct WebpFeatures {
    /// Of the picture, or of the canvas of an animation.
    pub size: Size,
    /// It may have transparent pixels.
    pub alpha: bool,
    /// It has frames.
    pub animated: bool,
}

/// Reads the header.
pub fn webp_features(bytes: &[u8]) -> Result<WebpFeatures, Error> {
    let mut features = MaybeUninit::<WebPBitstreamFeatures>::zeroed();
    // SAFETY: It reads `bytes` and writes to the struct, for which zero is valid.
    let (status, features) = unsafe {
        let status = WebPGetFeatures(bytes.as_ptr(), bytes.len(), features.as_mut_ptr());
        (status, features.assume_init())
    };
    check(status)?;
    Ok(WebpFeatures {
        size: Size { width: features.width as u32, height: features.height as u32 },
        alpha: features.has_alpha != 0,
        animated: features.has_animation != 0,
    })
}

/// Decodes a still picture, or as much of it as there is; the flag is false when the end is missing.
pub fn webp_decode(bytes: &[u8]) -> Result<(Pixels, bool), Error> {
    let features = webp_features(bytes)?;
    let (layout, mode) = match features.alpha {
        true => (Layout::Rgba, WEBP_CSP_MODE::MODE_RGBA),
        false => (Layout::Rgb, WEBP_CSP_MODE::MODE_RGB),
    };
    let Size { width, height } = features.size;
    let stride = width as usize * layout.channels();
    // White, so that what is missing looks like paper.
    let mut data = vec![255; stride * height as usize];

    let mut config = WebPDecoderConfig::new().map_err(|()| Error::malformed("The WebP cannot be decoded."))?;
    config.output.colorspace = mode;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = WebPRGBABuffer { rgba: data.as_mut_ptr(), stride: stride as i32, size: data.len() };
    // SAFETY: `config` describes `data`, which is large enough for the picture, and `bytes` outlives the decoder.
    // The incremental decoder is used because it leaves what it has when the end is missing.
    let status = unsafe {
        let decoder = WebPIDecode(std::ptr::null(), 0, &mut config);
        if decoder.is_null() {
            VP8StatusCode::VP8_STATUS_OUT_OF_MEMORY
        } else {
            let status = WebPIUpdate(decoder, bytes.as_ptr(), bytes.len());
            WebPIDelete(decoder);
            status
        }
    };
    match status {
        VP8StatusCode::VP8_STATUS_SUSPENDED => Ok((Pixels { width, height, layout, data }, false)),
        status => check(status).map(|()| (Pixels { width, height, layout, data }, true)),
    }
}

fn check(status: VP8StatusCode) -> Result<(), Error> {
    match status {
        VP8StatusCode::VP8_STATUS_OK => Ok(()),
        VP8StatusCode::VP8_STATUS_UNSUPPORTED_FEATURE => {
            Err(Error::rejected(Reason::Unsupported, "This variant of WebP cannot be read."))
        }
        VP8StatusCode::VP8_STATUS_OUT_OF_MEMORY => {
            Err(Error::rejected(Reason::TooManyPixels, "The picture needs more memory than is allowed."))
        }
        _ => Err(Error::malformed("The WebP is damaged or cut off.")),
    }
}

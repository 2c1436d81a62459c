//! libwebp's decoder behind a safe face.

use crate::Error;
use crate::containers::isobmff::Named;
use crate::image::color::yuv::{Frame, Plane, Planes};
use crate::image::{Layout, Pixels, Size};
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
    /// It is one picture, stored as luma and chroma.
    pub lossy: bool,
}

/// Reads the header.
pub fn webp_features(bytes: &[u8]) -> Result<WebpFeatures, Error> {
    const LOSSY: i32 = 1;
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
        lossy: features.format == LOSSY,
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
    // SAFETY: `data` is large enough for the picture.
    let complete = unsafe {
        decode(bytes, |config| {
            config.output.colorspace = mode;
            config.output.u.RGBA = WebPRGBABuffer { rgba: data.as_mut_ptr(), stride: stride as i32, size: data.len() };
        })
    }?;
    Ok((Pixels { width, height, layout, data }, complete))
}

/// A lossy picture without alpha as it is stored, at half of what its pixels take.
pub struct WebpPlanes {
    size: Size,
    luma: Vec<u8>,
    chroma: [Vec<u8>; 2],
}

impl WebpPlanes {
    /// Decodes a still picture that is lossy and opaque, or as much of it as there is; the flag is false when the end is
    /// missing.
    pub fn decode(bytes: &[u8]) -> Result<(Self, bool), Error> {
        // White of BT.601, and no colour.
        const PAPER: u8 = 235;
        const COLORLESS: u8 = 128;
        let size = webp_features(bytes)?.size;
        let (width, height) = (size.width as usize, size.height as usize);
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        let mut luma = vec![PAPER; width * height];
        let mut chroma = [(); 2].map(|()| vec![COLORLESS; half_width * half_height]);
        // SAFETY: The buffers are as large as such a picture's planes.
        let complete = unsafe {
            let [blue, red] = &mut chroma;
            decode(bytes, |config| {
                config.output.colorspace = WEBP_CSP_MODE::MODE_YUV;
                config.output.u.YUVA = WebPYUVABuffer {
                    y: luma.as_mut_ptr(),
                    u: blue.as_mut_ptr(),
                    v: red.as_mut_ptr(),
                    a: std::ptr::null_mut(),
                    y_stride: width as i32,
                    u_stride: half_width as i32,
                    v_stride: half_width as i32,
                    a_stride: 0,
                    y_size: luma.len(),
                    u_size: blue.len(),
                    v_size: red.len(),
                    a_size: 0,
                };
            })
        }?;
        Ok((Self { size, luma, chroma }, complete))
    }
}

impl Planes for WebpPlanes {
    fn frame(&self) -> Result<Frame<'_>, Error> {
        let columns = self.size.width as usize;
        let half = |bytes| Plane { bytes, stride: columns.div_ceil(2) };
        Ok(Frame {
            width: self.size.width,
            height: self.size.height,
            depth: 8,
            luma: Plane { bytes: &self.luma, stride: columns },
            chroma: Some(self.chroma.each_ref().map(|plane| half(plane))),
            half_width: true,
            half_height: true,
            // The format's own (RFC 6386, section 9.2): BT.601 as television has it.
            colors: Named { primaries: 1, transfer: 13, matrix: 6, full_range: false },
        })
    }
}

/// Decodes into memory of ours that `into` names; true when nothing is missing. The incremental decoder is used because it
/// leaves what it has when the end is missing.
///
/// # Safety
/// The memory is large enough for the picture in that layout.
unsafe fn decode(bytes: &[u8], into: impl FnOnce(&mut WebPDecoderConfig)) -> Result<bool, Error> {
    let mut config = WebPDecoderConfig::new().map_err(|()| Error::malformed("The WebP cannot be decoded."))?;
    config.output.is_external_memory = 1;
    into(&mut config);
    // SAFETY: `bytes` outlives the decoder, and the caller answers for the output.
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
        VP8StatusCode::VP8_STATUS_SUSPENDED => Ok(false),
        status => check(status).map(|()| true),
    }
}

fn check(status: VP8StatusCode) -> Result<(), Error> {
    let refusal = match status {
        VP8StatusCode::VP8_STATUS_OK => return Ok(()),
        VP8StatusCode::VP8_STATUS_UNSUPPORTED_FEATURE => {
            Error::rejected(Reason::Unsupported, "This variant of WebP cannot be read.")
        }
        VP8StatusCode::VP8_STATUS_OUT_OF_MEMORY => {
            Error::rejected(Reason::TooManyPixels, "The picture needs more memory than is allowed.")
        }
        _ => Error::malformed("The WebP is damaged or cut off."),
    };
    Err(refusal.because(format_args!("{status:?}")))
}

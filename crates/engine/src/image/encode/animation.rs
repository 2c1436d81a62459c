//! Animated WebP out: libwebp's encoder, which stores of each frame what differs from the one before.

use super::webp::{Picture, config, failed};
use crate::Error;
use crate::image::{Pixels, Size};
use libwebp_sys::*;
use model::Effort;
use std::{ptr, slice};

/// Takes frame after frame of one size and makes a WebP that repeats them for ever.
pub struct AnimationEncoder {
    encoder: ptr::NonNull<WebPAnimEncoder>,
    config: WebPConfig,
    at_ms: i32,
}

impl AnimationEncoder {
    /// An encoder of frames of that size.
    pub fn new(size: Size, quality: u8, effort: Effort) -> Result<Self, Error> {
        let config = config(quality, effort)?;
        // SAFETY: Plain data, which the call fills in.
        let options = unsafe {
            let mut options: WebPAnimEncoderOptions = std::mem::zeroed();
            WebPAnimEncoderOptionsInitInternal(&mut options, WEBP_MUX_ABI_VERSION as i32);
            options
        };
        let (width, height) = (size.width as i32, size.height as i32);
        // SAFETY: The options are copied.
        let encoder = unsafe { WebPAnimEncoderNewInternal(width, height, &options, WEBP_MUX_ABI_VERSION as i32) };
        Ok(Self { encoder: ptr::NonNull::new(encoder).ok_or_else(failed)?, config, at_ms: 0 })
    }

    /// Adds a frame that is shown for so long.
    pub fn add(&mut self, pixels: &Pixels, duration_ms: u32) -> Result<(), Error> {
        // The encoder compares frames pixel by pixel, and wants them in its own layout.
        let mut picture = Picture::new(true)?;
        picture.import(pixels)?;
        // SAFETY: All three are valid; the encoder copies what it keeps.
        let added = unsafe { WebPAnimEncoderAdd(self.encoder.as_ptr(), picture.as_mut(), self.at_ms, &self.config) };
        self.at_ms = self.at_ms.saturating_add_unsigned(duration_ms);
        if added == 0 { Err(failed()) } else { Ok(()) }
    }

    /// The animation's bytes.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        let mut data = WebPData { bytes: ptr::null(), size: 0 };
        // SAFETY: Null in the place of a frame says when the last one ends. `data` is ours to free afterwards.
        unsafe {
            let encoder = self.encoder.as_ptr();
            let made = WebPAnimEncoderAdd(encoder, ptr::null_mut(), self.at_ms, ptr::null()) != 0
                && WebPAnimEncoderAssemble(encoder, &mut data) != 0
                && !data.bytes.is_null();
            let bytes = if made { Ok(slice::from_raw_parts(data.bytes, data.size).to_vec()) } else { Err(failed()) };
            WebPFree(data.bytes.cast_mut().cast());
            bytes
        }
    }
}

impl Drop for AnimationEncoder {
    fn drop(&mut self) {
        // SAFETY: It came from `WebPAnimEncoderNewInternal` and is not used after this.
        unsafe { WebPAnimEncoderDelete(self.encoder.as_ptr()) }
    }
}

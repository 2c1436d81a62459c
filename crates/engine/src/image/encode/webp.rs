//! WebP out, lossy or lossless, alpha kept.

use crate::Error;
use crate::image::{Layout, Pixels};
use libwebp_sys::*;
use model::Effort;
use std::{ptr, slice};

/// Effort 0 to 6; 4 is libwebp's and sharp's default.
const METHOD: i32 = 4;
/// More finds hardly fewer bytes.
const METHOD_SMALLEST: i32 = 6;

/// The picture as a WebP without any metadata. Takes grey, RGB or RGBA.
pub fn encode(pixels: &Pixels, quality: u8, effort: Effort) -> Result<Vec<u8>, Error> {
    let config = config(quality, effort)?;
    let lossless = effort == Effort::Lossless;
    let mut picture = Picture::new(lossless)?;
    picture.import(pixels)?;
    let mut output = Output::new();
    let WebPPicture { writer, custom_ptr, .. } = &mut picture.0;
    *writer = Some(WebPMemoryWrite);
    *custom_ptr = (&raw mut output.0).cast();
    // SAFETY: `config` is valid, `picture` holds pixels, and `output` outlives the call.
    match unsafe { WebPEncode(&config, &mut picture.0) } {
        0 => Err(failed()),
        _ => Ok(output.bytes().to_vec()),
    }
}

pub(super) fn config(quality: u8, effort: Effort) -> Result<WebPConfig, Error> {
    let mut config = WebPConfig::new().map_err(|()| failed())?;
    // Thumbnails that sharp makes at the same number are as long and score up to 0.9 points (ssimulacra2) more; measured,
    // and this makes up for it.
    config.quality = (f32::from(quality) + 1.5).min(100.0);
    config.method = if effort == Effort::Smallest { METHOD_SMALLEST } else { METHOD };
    // Colours below full transparency are not kept: nobody sees them, and they cost bytes.
    config.lossless = i32::from(effort == Effort::Lossless);
    Ok(config)
}

/// Pixels in libwebp's own memory.
pub(super) struct Picture(WebPPicture);

impl Picture {
    pub(super) fn new(lossless: bool) -> Result<Self, Error> {
        let mut picture = WebPPicture::new().map_err(|()| failed())?;
        // Otherwise importing makes luma and chroma of the pixels, which loses some.
        picture.use_argb = i32::from(lossless);
        Ok(Self(picture))
    }

    pub(super) fn import(&mut self, pixels: &Pixels) -> Result<(), Error> {
        let gray_as_rgb: Vec<u8>;
        let (data, channels) = match pixels.layout {
            Layout::Gray => {
                gray_as_rgb = pixels.data.iter().flat_map(|&gray| [gray; 3]).collect();
                (&gray_as_rgb, 3)
            }
            layout => (&pixels.data, layout.channels()),
        };
        self.0.width = pixels.width as i32;
        self.0.height = pixels.height as i32;
        let stride = (pixels.width as usize * channels) as i32;
        // SAFETY: `data` has `height` rows of `stride` bytes; libwebp copies them.
        let imported = unsafe {
            match channels {
                4 => WebPPictureImportRGBA(&mut self.0, data.as_ptr(), stride),
                _ => WebPPictureImportRGB(&mut self.0, data.as_ptr(), stride),
            }
        };
        if imported == 0 { Err(failed()) } else { Ok(()) }
    }
}

impl Picture {
    /// libwebp's own struct.
    pub(super) fn as_mut(&mut self) -> &mut WebPPicture {
        &mut self.0
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: Initialised in `new`; freeing one without pixels is allowed.
        unsafe { WebPPictureFree(&mut self.0) }
    }
}

/// Encoded bytes in libwebp's own memory.
struct Output(WebPMemoryWriter);

impl Output {
    fn new() -> Self {
        let mut writer = WebPMemoryWriter { mem: ptr::null_mut(), size: 0, max_size: 0, pad: [0] };
        // SAFETY: It only writes to the struct.
        unsafe { WebPMemoryWriterInit(&mut writer) };
        Self(writer)
    }

    fn bytes(&self) -> &[u8] {
        match self.0.mem.is_null() {
            true => &[],
            // SAFETY: libwebp has written `size` bytes there, and they stay until `drop`.
            false => unsafe { slice::from_raw_parts(self.0.mem, self.0.size) },
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // SAFETY: Initialised in `new`.
        unsafe { WebPMemoryWriterClear(&mut self.0) }
    }
}

/// Sizes and settings are ours and valid, so that only memory can be missing.
pub(super) fn failed() -> Error {
    Error::Io(std::io::Error::new(std::io::ErrorKind::OutOfMemory, "libwebp could not encode"))
}

//! libjpeg (mozjpeg) behind a safe face: decoding at a scale, and what was lost on the way.

use super::coefficients::Coefficients;
use super::libjpeg_errors::{Errors, Failure, guard};
use crate::Error;
use crate::image::{Layout, Rows, Size};
use mozjpeg_sys::*;
use std::borrow::Cow;
use std::panic::resume_unwind;
use std::{mem, ptr};

/// Scans read before a file counts as an attack. Real progressive files have about ten, the format allows any
/// number, and each one goes over all coefficients.
const MAX_SCANS: i32 = 100;

/// A JPEG whose header has been read.
pub struct Jpeg<'a> {
    // Raw, because libjpeg keeps pointers among these three for as long as they live.
    info: *mut jpeg_decompress_struct,
    errors: *mut Errors,
    progress: *mut jpeg_progress_mgr,
    coefficients: *mut Coefficients,
    // Read through a pointer of libjpeg's, so that nothing may be written to it.
    bytes: Cow<'a, [u8]>,
}

/// What the samples of a JPEG are, whatever it says itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum JpegColors {
    /// Luma and chroma, if they are three.
    Luma,
    /// Nothing that could be converted: they come out as they are stored.
    Unknown,
}

/// A JPEG that is being decoded.
pub struct JpegRows<'a> {
    jpeg: Jpeg<'a>,
    size: Size,
    layout: Layout,
    next: u32,
    damaged_from: Option<u32>,
}

impl<'a> Jpeg<'a> {
    /// Reads the header.
    pub fn open(bytes: impl Into<Cow<'a, [u8]>>) -> Result<Self, Error> {
        // SAFETY: All-zero is how libjpeg wants this struct before `jpeg_create_decompress`; pointers in it are null.
        let info = Box::into_raw(Box::new(unsafe { mem::zeroed::<jpeg_decompress_struct>() }));
        let progress = jpeg_progress_mgr {
            progress_monitor: Some(count_scans),
            pass_counter: 0,
            pass_limit: 0,
            completed_passes: 0,
            total_passes: 0,
        };
        let progress = Box::into_raw(Box::new(progress));
        let coefficients = Box::into_raw(Box::default());
        let jpeg = Self { info, errors: Errors::new(), progress, coefficients, bytes: bytes.into() };
        guard(|| {
            let bytes = &*jpeg.bytes;
            // SAFETY: `info` and `errors` are valid until `drop`, and so are the bytes, which stay where they are when `self`
            // moves.
            unsafe {
                (*info).common.err = jpeg.errors.cast();
                jpeg_create_decompress(info);
                (*info).common.progress = progress;
                jpeg_mem_src(&mut *info, bytes.as_ptr(), bytes.len() as _);
                jpeg_read_header(&mut *info, 1);
            }
        })?;
        Ok(jpeg)
    }

    /// Width and height as stored.
    pub fn size(&self) -> (u32, u32) {
        let info = self.info();
        (info.image_width, info.image_height)
    }

    /// Takes the samples for these colours.
    pub fn take_as(&mut self, colors: JpegColors) {
        let space = match (colors, self.info().num_components) {
            (JpegColors::Luma, 3) => J_COLOR_SPACE::JCS_YCbCr,
            _ => J_COLOR_SPACE::JCS_UNKNOWN,
        };
        // SAFETY: `info` is valid until `drop`, and between its header and its start it may be changed so.
        unsafe { (*self.info).jpeg_color_space = space };
    }

    /// True when all coefficients must be in memory before the first pixel can be made.
    pub fn is_progressive(&self) -> bool {
        // SAFETY: The header has been read, which is all this needs.
        unsafe { jpeg_has_multiple_scans(self.info()) != 0 }
    }

    /// The layout its pixels are decoded to.
    pub fn layout(&self) -> Layout {
        match self.info().jpeg_color_space {
            J_COLOR_SPACE::JCS_GRAYSCALE => Layout::Gray,
            J_COLOR_SPACE::JCS_CMYK | J_COLOR_SPACE::JCS_YCCK => Layout::Cmyk,
            J_COLOR_SPACE::JCS_UNKNOWN => match self.info().num_components {
                1 => Layout::Gray,
                4 => Layout::Cmyk,
                _ => Layout::Rgb,
            },
            _ => Layout::Rgb,
        }
    }

    /// Begins to decode at `eighths`/8 of the stored size, rounded up. Inks come out as they are stored. With an error the
    /// file comes back.
    pub fn start(mut self, eighths: u32) -> Result<JpegRows<'a>, (Error, Cow<'a, [u8]>)> {
        match self.begin(eighths) {
            Ok((size, layout)) => {
                let damaged_from = self.has_lost_data().then_some(0);
                Ok(JpegRows { jpeg: self, size, layout, next: 0, damaged_from })
            }
            Err(error) => Err((error, mem::take(&mut self.bytes))),
        }
    }

    fn begin(&mut self, eighths: u32) -> Result<(Size, Layout), Error> {
        // All that is left of a file once its coefficients are read.
        static END: [u8; 2] = [0xff, 0xd9];
        let (info, layout, in_scans) = (self.info, self.layout(), self.is_progressive());
        let (width, height) = guard(|| {
            // SAFETY: `info` has been through `jpeg_read_header`, the state these calls need.
            unsafe {
                (*info).scale_num = eighths;
                (*info).scale_denom = 8;
                (*info).out_color_space = match layout {
                    _ if (*info).jpeg_color_space == J_COLOR_SPACE::JCS_UNKNOWN => J_COLOR_SPACE::JCS_UNKNOWN,
                    Layout::Gray => J_COLOR_SPACE::JCS_GRAYSCALE,
                    Layout::Cmyk => J_COLOR_SPACE::JCS_CMYK,
                    Layout::Rgb | Layout::Rgba => J_COLOR_SPACE::JCS_RGB,
                };
                if in_scans {
                    Coefficients::keep(self.coefficients, &mut *info);
                }
                jpeg_start_decompress(&mut *info);
                if in_scans {
                    jpeg_mem_src(&mut *info, END.as_ptr(), END.len() as _);
                }
                ((*info).output_width, (*info).output_height)
            }
        })?;
        if self.info().output_components as usize != layout.channels() {
            return Err(Error::malformed("The JPEG has a number of channels that does not fit its colours."));
        }
        if in_scans {
            self.bytes = Cow::default();
        }
        Ok((Size { width, height }, layout))
    }

    /// True when parts of what was decoded so far could not be read and were made up.
    fn has_lost_data(&self) -> bool {
        // SAFETY: `errors` is valid until `drop`.
        unsafe { (*self.errors).lost > 0 }
    }

    fn info(&self) -> &jpeg_decompress_struct {
        // SAFETY: `info` is valid until `drop`, and nothing writes to it while `self` is borrowed.
        unsafe { &*self.info }
    }
}

impl Rows for JpegRows<'_> {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self) -> Layout {
        self.layout
    }

    fn read(&mut self, rows: &mut [u8]) -> Result<(), Error> {
        let info = self.jpeg.info;
        for line in rows.chunks_exact_mut(self.size.width as usize * self.layout.channels()) {
            let mut line = line.as_mut_ptr();
            // SAFETY: Decompression has started. One row is asked for, and `line` has room for one; when no row is
            // left, none is written.
            let read = guard(|| unsafe { jpeg_read_scanlines(&mut *info, &mut line, 1) })?;
            if read != 1 {
                return Err(Error::malformed(format!("The JPEG ends in row {}.", self.next)));
            }
            // Rows are decoded a few ahead, so that the damage is at most so many further down.
            if self.damaged_from.is_none() && self.jpeg.has_lost_data() {
                self.damaged_from = Some(self.next);
            }
            self.next += 1;
        }
        Ok(())
    }

    fn damaged_from(&self) -> Option<u32> {
        self.damaged_from
    }
}

impl Drop for Jpeg<'_> {
    fn drop(&mut self) {
        // SAFETY: All four came from `Box::into_raw` in `open` and are not used after this. Destroying is allowed
        // in every state, also after a failure, and when creating failed (`mem` is null then). It calls no callback.
        unsafe {
            jpeg_destroy_decompress(&mut *self.info);
            drop(Box::from_raw(self.info));
            drop(Box::from_raw(self.progress));
            drop(Box::from_raw(self.errors));
            drop(Box::from_raw(self.coefficients));
        }
    }
}

unsafe extern "C-unwind" fn count_scans(info: &mut jpeg_common_struct) {
    // SAFETY: Only ever installed on a decompressor, whose struct begins with the common one.
    let scans = unsafe { (*ptr::from_mut(info).cast::<jpeg_decompress_struct>()).input_scan_number };
    if scans > MAX_SCANS {
        resume_unwind(Box::new(Failure(JERR_BAD_PROGRESSION)));
    }
}

//! JPEG out: progressive, 4:2:0, mozjpeg's tables and deringing, without its trellis.
//!
//! Trellis quantisation takes four fifths of the time and saves two per cent of the bytes. Without it the same
//! visual quality needs a slightly lower number, which `calibrated` knows from scores.

use super::libjpeg::{Errors, guard};
use super::{Layout, Pixels};
use crate::Error;
use mozjpeg_sys::*;
use std::{mem, ptr, slice};

/// mozjpeg's default quantisation table (N. Robidoux).
const QUANT_TABLE: i32 = 3;

/// The picture as a JPEG without any metadata. Takes grey or RGB.
pub fn encode(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, Error> {
    let mut encoder = Encoder::new();
    encoder.encode(pixels, calibrated(quality))?;
    Ok(encoder.bytes().to_vec())
}

/// The encoder's number for a preset's quality.
fn calibrated(quality: u8) -> i32 {
    let quality = i32::from(quality.clamp(1, 100));
    match quality {
        95.. => quality,
        88.. => quality - 1,
        _ => (quality - 2).max(1),
    }
}

struct Encoder {
    // Raw, because libjpeg keeps pointers to all of these.
    info: *mut jpeg_compress_struct,
    errors: *mut Errors,
    output: *mut Output,
}

/// A buffer that libjpeg allocates and enlarges with `malloc`.
struct Output {
    bytes: *mut u8,
    length: std::os::raw::c_ulong,
}

impl Encoder {
    fn new() -> Self {
        // SAFETY: All-zero is how libjpeg wants this struct before `jpeg_create_compress`.
        let info = Box::into_raw(Box::new(unsafe { mem::zeroed::<jpeg_compress_struct>() }));
        let output = Box::into_raw(Box::new(Output { bytes: ptr::null_mut(), length: 0 }));
        Self { info, errors: Errors::new(), output }
    }

    fn encode(&mut self, pixels: &Pixels, quality: i32) -> Result<(), Error> {
        let Self { info, errors, output } = *self;
        let (components, space) = match pixels.layout {
            Layout::Gray => (1, J_COLOR_SPACE::JCS_GRAYSCALE),
            _ => (3, J_COLOR_SPACE::JCS_RGB),
        };
        debug_assert_eq!(pixels.layout.channels(), components as usize);
        guard(|| {
            // SAFETY: `info`, `errors` and `output` are valid until `drop`; the calls are in the order libjpeg.txt
            // gives.
            unsafe {
                let info = &mut *info;
                info.common.err = errors.cast();
                jpeg_create_compress(info);
                jpeg_mem_dest(info, &raw mut (*output).bytes, &raw mut (*output).length);
                info.image_width = pixels.width;
                info.image_height = pixels.height;
                info.input_components = components;
                info.in_color_space = space;
                jpeg_c_set_int_param(info, JINT_COMPRESS_PROFILE, JCP_MAX_COMPRESSION as i32);
                jpeg_set_defaults(info);
                jpeg_c_set_int_param(info, JINT_BASE_QUANT_TBL_IDX, QUANT_TABLE);
                for costly in [JBOOLEAN_TRELLIS_QUANT, JBOOLEAN_TRELLIS_QUANT_DC, JBOOLEAN_OPTIMIZE_SCANS] {
                    jpeg_c_set_bool_param(info, costly, 0);
                }
                jpeg_c_set_bool_param(info, JBOOLEAN_OVERSHOOT_DERINGING, 1);
                jpeg_set_quality(info, quality, 1);
                jpeg_simple_progression(info);
                jpeg_start_compress(info, 1);
            }
        })?;
        for row in pixels.data.chunks_exact(pixels.row_bytes()) {
            let row = row.as_ptr();
            // SAFETY: Compression has started, and `row` has `image_width` pixels.
            guard(|| unsafe { jpeg_write_scanlines(&mut *info, &row, 1) })?;
        }
        // SAFETY: All rows are written.
        guard(|| unsafe { jpeg_finish_compress(&mut *info) })?;
        Ok(())
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: After `encode` libjpeg has set both fields to a buffer that stays until `drop`; the fields are
        // only read here.
        unsafe {
            match (*self.output).bytes.is_null() {
                true => &[],
                false => slice::from_raw_parts((*self.output).bytes, (*self.output).length as usize),
            }
        }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: All came from `Box::into_raw` and are not used after this. `bytes` is null or came from `malloc`.
        unsafe {
            jpeg_destroy_compress(&mut *self.info);
            libc::free((*self.output).bytes.cast());
            drop(Box::from_raw(self.info));
            drop(Box::from_raw(self.output));
            drop(Box::from_raw(self.errors));
        }
    }
}

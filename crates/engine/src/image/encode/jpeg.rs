//! JPEG out: progressive, 4:2:0, mozjpeg's tables and deringing; its trellis only where bytes matter more than time.
//!
//! Trellis quantisation takes four fifths of the time and saves two per cent of the bytes. Without it the same
//! visual quality needs slightly different tables, which `steps` knows from scores.

use crate::Error;
use crate::image::decode::libjpeg_errors::{Errors, guard};
use crate::image::{Layout, Pixels};
use model::Effort;
use mozjpeg_sys::*;
use std::ops::Range;
use std::{mem, ptr, slice};

/// mozjpeg's default quantisation table (N. Robidoux).
const QUANT_TABLE: i32 = 3;

/// What each scan holds: DC of everything, bands of each component's AC, and the last bit of luma's. mozjpeg's own script
/// keeps two bits of luma for scans of their own, which takes longer and saves next to nothing.
static COLOR_SCANS: [jpeg_scan_info; 6] = [
    dc_scan(3),
    ac_scan(0, 1..9, 0, 1),
    ac_scan(1, 1..64, 0, 0),
    ac_scan(2, 1..64, 0, 0),
    ac_scan(0, 9..64, 0, 1),
    ac_scan(0, 1..64, 1, 0),
];
static GRAY_SCANS: [jpeg_scan_info; 4] =
    [dc_scan(1), ac_scan(0, 1..9, 0, 1), ac_scan(0, 9..64, 0, 1), ac_scan(0, 1..64, 1, 0)];

/// The picture as a JPEG without any metadata. Takes grey or RGB.
pub fn encode(pixels: &Pixels, quality: u8, effort: Effort) -> Result<Vec<u8>, Error> {
    let mut encoder = Encoder::new();
    encoder.encode(pixels, quality, effort)?;
    Ok(encoder.bytes().to_vec())
}

/// How many per cent of the tables' steps make a preset's quality. Without the trellis they are a little smaller in high
/// quality and a little larger below, for the same score.
fn steps(quality: u8, effort: Effort) -> i32 {
    let per_cent = |quality: u8| match quality.clamp(1, 100) {
        low @ ..50 => 5000 / i32::from(low),
        high => 200 - 2 * i32::from(high),
    };
    match (effort, quality) {
        (Effort::Smallest, _) | (_, 95..) => per_cent(quality),
        (_, 88..) => per_cent(quality) + 1,
        _ => per_cent(quality.saturating_sub(2)),
    }
}

const fn dc_scan(components: i32) -> jpeg_scan_info {
    jpeg_scan_info { comps_in_scan: components, component_index: [0, 1, 2, 0], Ss: 0, Se: 0, Ah: 0, Al: 0 }
}

/// A band of one component's frequencies, from the bit `high` (0: not sent yet) down to the bit `low`.
const fn ac_scan(component: i32, band: Range<i32>, high: i32, low: i32) -> jpeg_scan_info {
    let component_index = [component, 0, 0, 0];
    jpeg_scan_info { comps_in_scan: 1, component_index, Ss: band.start, Se: band.end - 1, Ah: high, Al: low }
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

    fn encode(&mut self, pixels: &Pixels, quality: u8, effort: Effort) -> Result<(), Error> {
        let Self { info, errors, output } = *self;
        let (components, space, scans) = match pixels.layout {
            Layout::Gray => (1, J_COLOR_SPACE::JCS_GRAYSCALE, GRAY_SCANS.as_slice()),
            _ => (3, J_COLOR_SPACE::JCS_RGB, COLOR_SCANS.as_slice()),
        };
        let (steps, trellis) = (steps(quality, effort), i32::from(effort == Effort::Smallest));
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
                jpeg_c_set_bool_param(info, JBOOLEAN_TRELLIS_QUANT, trellis);
                jpeg_c_set_bool_param(info, JBOOLEAN_TRELLIS_QUANT_DC, 0);
                jpeg_c_set_bool_param(info, JBOOLEAN_OPTIMIZE_SCANS, 0);
                jpeg_c_set_bool_param(info, JBOOLEAN_OVERSHOOT_DERINGING, 1);
                jpeg_set_linear_quality(info, steps, 1);
                info.scan_info = scans.as_ptr();
                info.num_scans = scans.len() as i32;
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

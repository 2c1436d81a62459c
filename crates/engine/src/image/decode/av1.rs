//! AV1 still pictures, decoded by rav1d (dav1d in Rust) on this thread alone.

use crate::Error;
use crate::containers::isobmff::Named;
use crate::image::color::yuv::{Frame, Plane, Planes};
use model::Reason;
use re_rav1d::include::dav1d::data::Dav1dData;
use re_rav1d::include::dav1d::dav1d::{Dav1dContext, Dav1dLogger, Dav1dSettings};
use re_rav1d::include::dav1d::headers::{
    DAV1D_PIXEL_LAYOUT_I400, DAV1D_PIXEL_LAYOUT_I420, DAV1D_PIXEL_LAYOUT_I422, Dav1dSequenceHeader,
};
use re_rav1d::include::dav1d::picture::Dav1dPicture;
use re_rav1d::src::lib::{
    dav1d_close, dav1d_data_create, dav1d_data_unref, dav1d_default_settings, dav1d_get_picture, dav1d_open,
    dav1d_picture_unref, dav1d_send_data,
};
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::slice;

const AGAIN: i32 = -libc::EAGAIN;

/// Decodes the first frame of these units. Larger frames than `most_pixels` are refused, whatever the container said.
/// `named` wins over what the frame itself says of its colours.
pub fn decode(units: &[u8], max_pixels: u64, named: Option<Named>) -> Result<Av1Picture, Error> {
    let picture = Decoder::new(max_pixels)?.decode(units)?;
    let colors = named.or_else(|| picture.named()).ok_or_else(damaged)?;
    Ok(Av1Picture { picture, colors })
}

/// A decoded picture. It outlives its decoder, which needs a few times its memory.
pub struct Av1Picture {
    picture: Picture,
    colors: Named,
}

impl Planes for Av1Picture {
    fn frame(&self) -> Result<Frame<'_>, Error> {
        self.picture.frame(self.colors)
    }
}

struct Decoder(Option<Dav1dContext>);

/// dav1d counts who refers to its planes.
struct Picture(Dav1dPicture);

impl Decoder {
    fn new(max_pixels: u64) -> Result<Self, Error> {
        let mut settings = MaybeUninit::<Dav1dSettings>::uninit();
        // SAFETY: It fills in the struct.
        let mut settings = unsafe {
            dav1d_default_settings(NonNull::from(&mut settings).cast());
            settings.assume_init()
        };
        // More than one would be threads, which the sandbox forbids.
        settings.n_threads = 1;
        settings.max_frame_delay = 1;
        settings.all_layers = 0;
        settings.frame_size_limit = max_pixels.try_into().unwrap_or(u32::MAX);
        // SAFETY: No callback means that nothing is logged.
        settings.logger = unsafe { Dav1dLogger::new(None, None) };
        let mut context = None;
        // SAFETY: Both are valid for the call.
        let result = unsafe { dav1d_open(Some(NonNull::from(&mut context)), Some(NonNull::from(&mut settings))) };
        if result.0 == 0 { Ok(Self(context)) } else { Err(refused(result.0)) }
    }

    fn decode(&mut self, units: &[u8]) -> Result<Picture, Error> {
        let mut data = Dav1dData::default();
        // SAFETY: `data` is valid; the answer is null or room for that many bytes.
        unsafe {
            let room = dav1d_data_create(Some(NonNull::from(&mut data)), units.len());
            if room.is_null() {
                return Err(damaged());
            }
            room.copy_from_nonoverlapping(units.as_ptr(), units.len());
        }
        let picture = self.feed(&mut data);
        // SAFETY: It is valid, and empty when all was taken.
        unsafe { dav1d_data_unref(Some(NonNull::from(&mut data))) };
        picture
    }

    fn feed(&mut self, data: &mut Dav1dData) -> Result<Picture, Error> {
        loop {
            if data.sz > 0 {
                // SAFETY: The context is open and `data` valid.
                let sent = unsafe { dav1d_send_data(self.0, Some(NonNull::from(&mut *data))) };
                if sent.0 != 0 && sent.0 != AGAIN {
                    return Err(refused(sent.0));
                }
            }
            let mut picture = Dav1dPicture::default();
            // SAFETY: The context is open and `picture` valid.
            let got = unsafe { dav1d_get_picture(self.0, Some(NonNull::from(&mut picture))) };
            match got.0 {
                0 => return Ok(Picture(picture)),
                AGAIN if data.sz > 0 => {}
                AGAIN => return Err(damaged()),
                code => return Err(refused(code)),
            }
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: It is open and not used after this.
        unsafe { dav1d_close(Some(NonNull::from(&mut self.0))) }
    }
}

impl Picture {
    fn frame(&self, colors: Named) -> Result<Frame<'_>, Error> {
        let picture = &self.0;
        let layout = picture.p.layout;
        let (width, height) = (picture.p.w as u32, picture.p.h as u32);
        let half_width = [DAV1D_PIXEL_LAYOUT_I420, DAV1D_PIXEL_LAYOUT_I422].contains(&layout);
        let half_height = layout == DAV1D_PIXEL_LAYOUT_I420;
        let chroma = if layout == DAV1D_PIXEL_LAYOUT_I400 {
            None
        } else {
            let rows = if half_height { height.div_ceil(2) } else { height };
            Some([self.plane(1, rows)?, self.plane(2, rows)?])
        };
        Ok(Frame {
            width,
            height,
            depth: picture.p.bpc as u8,
            luma: self.plane(0, height)?,
            chroma,
            half_width,
            half_height,
            colors,
        })
    }

    fn plane(&self, index: usize, rows: u32) -> Result<Plane<'_>, Error> {
        let start = self.0.data[index].ok_or_else(damaged)?;
        // Only decoders with their own allocator get planes that run upwards.
        let stride = usize::try_from(self.0.stride[index.min(1)]).map_err(|_| damaged())?;
        // SAFETY: dav1d's planes have `stride` bytes for each row (picture.h), and stay until `drop`.
        let bytes = unsafe { slice::from_raw_parts(start.as_ptr().cast::<u8>(), stride * rows as usize) };
        Ok(Plane { bytes, stride })
    }

    fn named(&self) -> Option<Named> {
        // SAFETY: The header belongs to the picture, which holds it until `drop`.
        let header: &Dav1dSequenceHeader = unsafe { self.0.seq_hdr?.as_ref() };
        let code = |code: u32| u8::try_from(code).unwrap_or(2);
        Some(Named {
            primaries: code(header.pri),
            transfer: code(header.trc),
            matrix: code(header.mtrx),
            full_range: header.color_range != 0,
        })
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: It came from `dav1d_get_picture` and is not used after this.
        unsafe { dav1d_picture_unref(Some(NonNull::from(&mut self.0))) }
    }
}

fn refused(code: i32) -> Error {
    if code == -libc::ERANGE {
        return Error::rejected(Reason::TooManyPixels, "The picture has more pixels than are read.");
    }
    damaged().because(std::io::Error::from_raw_os_error(-code))
}

fn damaged() -> Error {
    Error::malformed("The AV1 picture is damaged or cut off.")
}

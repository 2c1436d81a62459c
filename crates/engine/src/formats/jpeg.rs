//! JPEG: baseline, progressive, arithmetic; grey, YCbCr, RGB, CMYK and YCCK.

use crate::formats::{Format, Reader};
use crate::image::{self, Codec, Decoding, Header, Jpeg, JpegRows, Layout, Picture, PixelSource, Profile, Rows, Size};
use crate::{Error, ReadContext};

pub const FORMAT: Format = Format {
    name: "jpeg",
    mime: "image/jpeg",
    extensions: &["jpg", "jpeg", "jpe", "jfif"],
    is_text: false,
    archive: None,
    detect: |head| head.starts_with(b"\xff\xd8\xff"),
    reader: Reader::Image(CODEC),
};

pub(super) const CODEC: Codec = Codec { header, decode, frames: None, pages: None };

const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const SOS: u8 = 0xda;

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let jpeg = Jpeg::open(bytes)?;
    let (width, height) = jpeg.size();
    let exif = segments(bytes).find(|&(marker, body)| marker == APP1 && body.starts_with(b"Exif\0\0"));
    // Coefficients of a progressive file are all in memory, whatever the scale.
    let decoding = if jpeg.is_progressive() { Decoding::Whole } else { Decoding::Scaled };
    Ok(Header {
        orientation: exif.map(|(_, body)| image::orientation_of(body)).unwrap_or_default(),
        decoding,
        ..Header::plain(width, height)
    })
}

fn decode(bytes: Vec<u8>, header: &Header, needed: Size, _: &mut ReadContext<'_>) -> Result<Picture, Error> {
    let eighths = scale(header.size, needed);
    let (icc, adobe) = (icc(&bytes), is_adobe(&bytes));
    let (rows, complete) = match Jpeg::open(bytes)?.start(eighths) {
        Ok(rows) => (rows, true),
        Err((error, bytes)) => {
            let bytes = without_last_scan(&bytes).ok_or(error)?.to_vec();
            (Jpeg::open(bytes)?.start(eighths).map_err(|(error, _)| error)?, false)
        }
    };
    let layout = rows.layout();
    // Photoshop stores paper as 255, and everybody follows it.
    let inverted = layout == Layout::Cmyk && adobe;
    let profile = Profile::icc(icc.as_deref(), layout);
    let exact = |side: u32| f64::from(side) * f64::from(eighths) / 8.0;
    let extent = (exact(header.size.width), exact(header.size.height));
    let source = PixelSource::Rows(Box::new(Stored { rows, complete, inverted }));
    Ok(Picture { source, extent, profile })
}

/// Rows as the pipeline wants them.
struct Stored {
    rows: JpegRows<'static>,
    complete: bool,
    inverted: bool,
}

impl Rows for Stored {
    fn size(&self) -> Size {
        self.rows.size()
    }

    fn layout(&self) -> Layout {
        self.rows.layout()
    }

    fn read(&mut self, rows: &mut [u8]) -> Result<(), Error> {
        self.rows.read(rows)?;
        if self.inverted {
            rows.iter_mut().for_each(|ink| *ink = 255 - *ink);
        }
        Ok(())
    }

    fn damaged_from(&self) -> Option<u32> {
        if self.complete { self.rows.damaged_from() } else { Some(0) }
    }
}

/// A progressive file whose end is missing may stop in the header of a scan, which libjpeg takes for an error. The
/// scans before that are a picture already.
fn without_last_scan(bytes: &[u8]) -> Option<&[u8]> {
    let is_scan = |window: &[u8]| window == [0xff, SOS];
    let first = bytes.windows(2).position(is_scan)?;
    let last = bytes.windows(2).rposition(is_scan)?;
    (last > first).then(|| &bytes[..last])
}

/// The smallest scale that keeps 1.5 times the pixels needed: with fewer, the resize would have to enlarge some
/// frequencies, which shows. Only the scales with SIMD are worth it.
fn scale(stored: Size, needed: Size) -> u32 {
    let keeps = |stored: u32, needed: u32, eighths: u32| {
        u64::from(stored) * u64::from(eighths) * 2 >= u64::from(needed) * 8 * 3
    };
    let enough =
        |eighths: &u32| keeps(stored.width, needed.width, *eighths) && keeps(stored.height, needed.height, *eighths);
    [1, 2, 4].into_iter().find(enough).unwrap_or(8)
}

fn is_adobe(bytes: &[u8]) -> bool {
    segments(bytes).any(|(marker, body)| marker == APP14 && body.starts_with(b"Adobe"))
}

/// The ICC profile, which is spread over segments that carry their number.
fn icc(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<&[u8]> = segments(bytes)
        .filter(|&(marker, _)| marker == APP2)
        .filter_map(|(_, body)| body.strip_prefix(b"ICC_PROFILE\0"))
        .filter(|part| part.len() > 2)
        .collect();
    parts.sort_by_key(|part| part[0]);
    (!parts.is_empty()).then(|| parts.iter().flat_map(|part| &part[2..]).copied().collect())
}

/// Size and number of components, as the frame's header says (ISO/IEC 10918-1, B.2.2).
pub(super) fn frame(bytes: &[u8]) -> Option<(Size, usize)> {
    let is_frame = |marker: u8| matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
    let (_, body) = segments(bytes).find(|&(marker, _)| is_frame(marker))?;
    let &[_, a, b, c, d, components] = body.first_chunk()?;
    let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
    Some((Size { width: side(c, d), height: side(a, b) }, components.into()))
}

/// Marker and body of every segment before the first scan.
fn segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        let start = rest.iter().position(|&byte| byte == 0xff)?;
        let fill = rest[start..].iter().position(|&byte| byte != 0xff)?;
        let (&marker, after) = rest[start + fill..].split_first()?;
        let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
        let body = after.get(2..length)?;
        rest = &after[length..];
        (marker != SOS).then_some((marker, body))
    })
}

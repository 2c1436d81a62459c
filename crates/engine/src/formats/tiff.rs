//! TIFF: the first page. Fax, JPEG, LZW and the rest; grey, palette, RGB, CMYK and YCbCr of any depth.

use crate::formats::{jpeg, tiff_strips::Strips};
use crate::image::{self, Codec, Header, Layout, Orientation, Picture, Pixels, Profile, Size};
use crate::{Error, Format, Job, Reader};
use model::Reason;
use std::borrow::Cow;
use std::io::Cursor;
use tiff::decoder::{BufferLayoutPreference, Decoder, DecodingResult, Limits};
use tiff::tags::{PhotometricInterpretation, Tag};
use tiff::{ColorType, TiffError};

pub const FORMAT: Format = Format {
    name: "tiff",
    mime: "image/tiff",
    extensions: &["tif", "tiff"],
    detect: |head| [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|&magic| head.starts_with(magic)),
    reader: Reader::Image(|input, job, output| image::make_presets(&CODEC, input, job, output)),
};

const CODEC: Codec = Codec { header, decode, frames: None };

/// Bytes of all samples, and of one strip or tile.
const SAMPLE_BYTES: usize = 400 << 20;
/// Bytes of one entry of the directory: colour profiles can be large.
const ENTRY_BYTES: usize = 16 << 20;

pub(super) type Tiff<Bytes> = Decoder<Cursor<Bytes>>;

pub(super) fn open<Bytes: AsRef<[u8]>>(bytes: Bytes) -> Result<Tiff<Bytes>, Error> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = SAMPLE_BYTES;
    limits.intermediate_buffer_size = SAMPLE_BYTES;
    limits.ifd_value_size = ENTRY_BYTES;
    Ok(Decoder::new(Cursor::new(bytes))?.with_limits(limits))
}

fn header(bytes: &[u8]) -> Result<Header, Error> {
    if let Some(jpeg) = jpeg_inside(bytes) {
        return (jpeg::CODEC.header)(jpeg);
    }
    let (bytes, _) = with_palette_as_gray(bytes);
    let mut tiff = open(&*bytes)?;
    let (width, height) = tiff.dimensions()?;
    let orientation = tiff.find_tag_unsigned(Tag::Orientation).ok().flatten().unwrap_or(1);
    let alpha = match tiff.colortype()? {
        ColorType::GrayA(_) | ColorType::RGBA(_) | ColorType::CMYKA(_) => true,
        ColorType::Multiband { num_samples, .. } => num_samples == 2,
        _ => false,
    };
    Ok(Header { alpha, orientation: Orientation::from_exif(orientation), ..Header::plain(width, height) })
}

fn decode(bytes: Vec<u8>, header: &Header, needed: Size, job: &mut Job<'_>) -> Result<Picture, Error> {
    match jpeg_inside(&bytes) {
        Some(jpeg) => (jpeg::CODEC.decode)(jpeg.to_vec(), header, needed, job),
        None if Strips::fit(&bytes)? => {
            let (strips, profile) = Strips::open(bytes)?;
            Ok(Picture::in_rows(strips, profile))
        }
        None => decode_samples(&bytes),
    }
}

fn decode_samples(bytes: &[u8]) -> Result<Picture, Error> {
    let (bytes, has_palette) = with_palette_as_gray(bytes);
    let bytes = in_usual_bit_order(&bytes)?;
    let mut tiff = open(&*bytes)?;
    let (width, height) = tiff.dimensions()?;
    let color = match tiff.colortype()? {
        ColorType::Gray(bits) if has_palette => ColorType::Palette(bits),
        color => color,
    };
    let mut samples = DecodingResult::U8(vec![]);
    let order = tiff.read_image_to_buffer(&mut samples)?;
    let bits = bits(color);
    let samples = if bits < 8 { unpack(samples, bits, width, color)? } else { to_bytes(samples)? };
    let samples = interleaved(samples, &order, bits)?;
    let mut pixels = pixels(&mut tiff, color, samples, (width, height))?;
    if pixels.layout == Layout::Rgba && is_premultiplied(&mut tiff) {
        pixels.unmultiply();
    }
    let icc = tiff.find_tag(Tag::IccProfile).ok().flatten().and_then(|value| value.into_u8_vec().ok());
    let profile = Profile::icc(icc.as_deref(), pixels.layout);
    Ok(Picture::whole(pixels, profile))
}

/// Tags of the first directory with their short values and where these are, for what the decoder refuses to look at.
fn entries(bytes: &[u8]) -> Option<impl Iterator<Item = Entry>> {
    const ENTRY_BYTES: usize = 12;
    let little = bytes.starts_with(b"II*\0");
    let u16 = move |at: usize| {
        let pair = *bytes.get(at..)?.first_chunk()?;
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let u32 = move |at: usize| {
        let word = *bytes.get(at..)?.first_chunk()?;
        Some(if little { u32::from_le_bytes(word) } else { u32::from_be_bytes(word) })
    };
    let directory = u32(4)? as usize;
    let entry = move |index: usize| {
        let at = directory + 2 + index * ENTRY_BYTES;
        let place = if little { at + 8 } else { at + 9 };
        Some(Entry { tag: u16(at)?, short: u16(at + 8)?, long: u32(at + 8)?, low_byte: place })
    };
    Some((0..usize::from(u16(directory)?)).map_while(entry))
}

struct Entry {
    tag: u16,
    /// The value, if it is one short number.
    short: u16,
    /// The value, if it is one long number.
    long: u32,
    /// Where the low byte of the short value is.
    low_byte: usize,
}

/// Before TIFF had JPEG as it has now (TIFF 6.0, section 22), whole JPEG files were put inside, which other readers
/// show as they are.
fn jpeg_inside(bytes: &[u8]) -> Option<&[u8]> {
    const COMPRESSION: u16 = 259;
    const OLD_JPEG: u16 = 6;
    const JPEG_INTERCHANGE_FORMAT: u16 = 513;
    entries(bytes)?.find(|entry| entry.tag == COMPRESSION && entry.short == OLD_JPEG)?;
    let start = entries(bytes)?.find(|entry| entry.tag == JPEG_INTERCHANGE_FORMAT)?.long as usize;
    bytes.get(start..).filter(|jpeg| jpeg.starts_with(b"\xff\xd8\xff"))
}

/// The decoder refuses palettes, but their numbers are stored like grey: with one byte changed it takes them for it.
/// The flag says that this was done.
fn with_palette_as_gray(bytes: &[u8]) -> (Cow<'_, [u8]>, bool) {
    const PHOTOMETRIC_INTERPRETATION: u16 = 262;
    const BLACK_IS_ZERO: u8 = 1;
    const PALETTE: u16 = 3;
    let entry = entries(bytes).and_then(|mut all| all.find(|entry| entry.tag == PHOTOMETRIC_INTERPRETATION));
    match entry.filter(|entry| entry.short == PALETTE) {
        Some(Entry { low_byte, .. }) => {
            let mut bytes = bytes.to_vec();
            bytes[low_byte] = BLACK_IS_ZERO;
            (Cow::Owned(bytes), true)
        }
        None => (Cow::Borrowed(bytes), false),
    }
}

/// Fax machines send the lowest bit first (`FillOrder` 2), and the decoder knows only the other order.
fn in_usual_bit_order(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    let mut tiff = open(bytes)?;
    if tiff.find_tag_unsigned::<u16>(Tag::FillOrder)? != Some(2) {
        return Ok(Cow::Borrowed(bytes));
    }
    let starts = tiff.get_tag_u64_vec(Tag::StripOffsets)?;
    let lengths = tiff.get_tag_u64_vec(Tag::StripByteCounts)?;
    let mut turned = bytes.to_vec();
    for (start, length) in starts.into_iter().zip(lengths) {
        let strip = start as usize..(start as usize).saturating_add(length as usize).min(bytes.len());
        let strip = turned.get_mut(strip).ok_or_else(damaged)?;
        strip.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    }
    Ok(Cow::Owned(turned))
}

/// Bits of one sample.
fn bits(color: ColorType) -> u8 {
    match color {
        ColorType::Gray(bits)
        | ColorType::RGB(bits)
        | ColorType::Palette(bits)
        | ColorType::GrayA(bits)
        | ColorType::RGBA(bits)
        | ColorType::CMYK(bits)
        | ColorType::CMYKA(bits)
        | ColorType::YCbCr(bits)
        | ColorType::Lab(bits)
        | ColorType::Multiband { bit_depth: bits, .. } => bits,
        _ => 8,
    }
}

/// Samples of less than a byte, packed in rows that begin with a byte. Grey fills the range of a byte afterwards; a
/// palette's numbers stay as they are.
fn unpack(samples: DecodingResult, bits: u8, width: u32, color: ColorType) -> Result<Vec<u8>, Error> {
    let (DecodingResult::U8(packed), 1 | 2 | 4) = (samples, bits) else { return Err(unsupported()) };
    let scale = match color {
        ColorType::Gray(_) => 255 / ((1 << bits) - 1),
        ColorType::Palette(_) => 1,
        _ => return Err(unsupported()),
    };
    let (width, per_byte) = (width as usize, usize::from(8 / bits));
    let mask = 0xff_u8 >> (8 - bits);
    let row = |row: &[u8]| -> Vec<u8> {
        let sample = |x: usize| (row[x / per_byte] >> (8 - bits as usize * (x % per_byte + 1))) & mask;
        (0..width).map(|x| sample(x) * scale).collect()
    };
    Ok(packed.chunks_exact(width.div_ceil(per_byte)).flat_map(row).collect())
}

/// Samples of any kind as bytes.
pub(super) fn to_bytes(samples: DecodingResult) -> Result<Vec<u8>, Error> {
    // `as` clamps, and makes 0 of what is not a number.
    let real = |sample: f32| (sample * 255.0).round() as u8;
    Ok(match samples {
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().map(|sample| (sample >> 8) as u8).collect(),
        DecodingResult::U32(samples) => samples.into_iter().map(|sample| (sample >> 24) as u8).collect(),
        DecodingResult::F32(samples) => samples.into_iter().map(real).collect(),
        DecodingResult::F64(samples) => samples.into_iter().map(|sample| real(sample as f32)).collect(),
        _ => return Err(unsupported()),
    })
}

/// Planes, one after another, as pixels.
fn interleaved(samples: Vec<u8>, order: &BufferLayoutPreference, bits: u8) -> Result<Vec<u8>, Error> {
    if order.planes <= 1 {
        return Ok(samples);
    }
    // The stride is in bytes of the samples as they were stored.
    let stride = order.plane_stride.map_or(0, |stride| stride.get() / usize::from(bits / 8).max(1));
    if bits < 8 || stride == 0 || samples.len() < stride * order.planes {
        return Err(unsupported());
    }
    let planes: Vec<&[u8]> = samples.chunks_exact(stride).take(order.planes).collect();
    Ok((0..stride).flat_map(|index| planes.iter().map(move |plane| plane[index])).collect())
}

fn pixels(
    tiff: &mut Tiff<&[u8]>,
    color: ColorType,
    samples: Vec<u8>,
    (width, height): (u32, u32),
) -> Result<Pixels, Error> {
    let (layout, data) = match color {
        ColorType::Gray(_) => (Layout::Gray, samples),
        ColorType::GrayA(_) | ColorType::Multiband { num_samples: 2, .. } => {
            (Layout::Rgba, image::gray_alpha_to_rgba(&samples))
        }
        ColorType::RGB(_) => (Layout::Rgb, samples),
        ColorType::RGBA(_) => (Layout::Rgba, samples),
        ColorType::CMYK(_) => (Layout::Cmyk, samples),
        ColorType::CMYKA(_) => {
            let inks = samples.as_chunks::<5>().0.iter().flat_map(|&[c, m, y, k, _]| [c, m, y, k]);
            (Layout::Cmyk, inks.collect())
        }
        ColorType::Palette(bits) => (Layout::Rgb, from_palette(tiff, &samples, bits)?),
        ColorType::YCbCr(8) => (Layout::Rgb, image::jpeg_ycc_to_rgb(samples)),
        _ => return Err(unsupported()),
    };
    if data.len() != width as usize * height as usize * layout.channels() {
        return Err(damaged());
    }
    Ok(Pixels { width, height, layout, data })
}

/// All reds, then all greens, then all blues, of 16 bits each.
fn from_palette(tiff: &mut Tiff<&[u8]>, samples: &[u8], bits: u8) -> Result<Vec<u8>, Error> {
    let map = tiff.get_tag_u16_vec(Tag::ColorMap)?;
    let colors = 1 << bits.min(8);
    if map.len() < 3 * colors {
        return Err(damaged());
    }
    let color = |&index: &u8| {
        let index = usize::from(index).min(colors - 1);
        [map[index], map[colors + index], map[2 * colors + index]].map(|value| (value >> 8) as u8)
    };
    Ok(samples.iter().flat_map(color).collect())
}

fn is_premultiplied(tiff: &mut Tiff<&[u8]>) -> bool {
    const ASSOCIATED: u16 = 1;
    let extra: Option<Vec<u16>> = tiff.find_tag_unsigned_vec(Tag::ExtraSamples).ok().flatten();
    let photometric = tiff.find_tag_unsigned(Tag::PhotometricInterpretation).ok().flatten();
    photometric == Some(PhotometricInterpretation::RGB.to_u16()) && extra.is_some_and(|kinds| kinds == [ASSOCIATED])
}

pub(super) fn unsupported() -> Error {
    Error::rejected(Reason::Unsupported, "This variant of TIFF cannot be read.")
}

pub(super) fn damaged() -> Error {
    Error::malformed("The TIFF is damaged or cut off.")
}

impl From<TiffError> for Error {
    fn from(cause: TiffError) -> Self {
        match cause {
            TiffError::UnsupportedError(_) => unsupported(),
            TiffError::LimitsExceeded => {
                Self::rejected(Reason::TooManyPixels, "The picture needs more memory than is allowed.")
            }
            _ => damaged(),
        }
    }
}

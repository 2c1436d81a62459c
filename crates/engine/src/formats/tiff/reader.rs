//! TIFF: the first page. Fax, JPEG, LZW and the rest; grey, palette, RGB, CMYK and YCbCr of any depth.

use super::colors::{self, Colors};
use super::entries;
use super::strips::Strips;
use crate::formats::jpeg;
use crate::formats::{Format, Reader};
use crate::image::{Codec, Header, Layout, Orientation, Picture, Pixels, Profile, Size};
use crate::{Error, ReadContext};
use model::Reason;
use std::io::Cursor;
use tiff::TiffError;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

pub const FORMAT: Format = Format {
    name: "tiff",
    mime: "image/tiff",
    extensions: &["tif", "tiff"],
    is_text: false,
    archive: None,
    detect: |head| [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|&magic| head.starts_with(magic)),
    reader: Reader::Image(CODEC),
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
    if let Some((jpeg, orientation)) = entries::jpeg_inside(bytes)? {
        return Ok(Header { orientation, ..(jpeg::CODEC.header)(jpeg)? });
    }
    let mut tiff = open(bytes)?;
    let (width, height) = tiff.dimensions()?;
    let orientation = tiff.find_tag_unsigned(Tag::Orientation).ok().flatten().unwrap_or(1);
    let alpha = Colors::of(&mut tiff)?.alpha.is_some();
    Ok(Header { alpha, orientation: Orientation::from_exif(orientation), ..Header::plain(width, height) })
}

fn decode(mut bytes: Vec<u8>, header: &Header, needed: Size, context: &mut ReadContext<'_>) -> Result<Picture, Error> {
    if let Some((jpeg, _)) = entries::jpeg_inside(&bytes)? {
        return (jpeg::CODEC.decode)(jpeg.to_vec(), header, needed, context);
    }
    let mut tiff = open(&*bytes)?;
    let colors = Colors::of(&mut tiff)?;
    let in_strips = Strips::fit(&mut tiff, &colors)?;
    entries::refuse_what_is_taken_wrong(&bytes, &mut tiff, &colors)?;
    let compression = entries::compression(&mut tiff)?;
    entries::give_all_samples(&mut bytes, compression)?;
    if in_strips {
        let (strips, profile) = Strips::open(bytes, colors)?;
        return Ok(Picture::in_rows(strips, profile));
    }
    entries::turn_bits(&mut bytes)?;
    decode_samples(&bytes, &colors)
}

fn decode_samples(bytes: &[u8], colors: &Colors) -> Result<Picture, Error> {
    let mut tiff = open(bytes)?;
    let (width, height) = tiff.dimensions()?;
    let mut samples = DecodingResult::U8(vec![]);
    let order = tiff.read_image_to_buffer(&mut samples)?;
    let planes = if order.planes > 1 { order.planes } else { 1 };
    let samples = unpack(samples, colors.bits, width as usize * (colors.samples / planes))?;
    let area = width as usize * height as usize;
    let (data, opacity) = if colors.has_palette() {
        let palette = colors::palette(&mut tiff, colors.bits)?;
        let data = match samples {
            DecodingResult::U8(samples) => colors.in_palette(&palette, &interleaved(samples, planes, area)?),
            DecodingResult::U16(samples) => colors.in_palette(&palette, &interleaved(samples, planes, area)?),
            _ => return Err(unsupported()),
        };
        (data, None)
    } else {
        let samples = interleaved(to_bytes(samples, colors.bits)?, planes, area)?;
        let opacity = colors.opacity_of_inks(&samples, (width, height));
        (colors.pixels(samples), opacity)
    };
    let layout = colors.layout();
    if data.len() != area * layout.channels() {
        return Err(damaged());
    }
    let pixels = Pixels { width, height, layout, data };
    let profile = profile(&mut tiff, layout);
    match opacity {
        Some(opacity) => Ok(Picture::whole(profile.to_srgb(pixels).with_alpha(&opacity)?, Profile::srgb())),
        None => Ok(Picture::whole(pixels, profile)),
    }
}

/// What the colours mean, if the file says so.
pub(super) fn profile<Bytes: AsRef<[u8]>>(tiff: &mut Tiff<Bytes>, layout: Layout) -> Profile {
    let icc = tiff.find_tag(Tag::IccProfile).ok().flatten().and_then(|value| value.into_u8_vec().ok());
    Profile::icc(icc.as_deref(), layout)
}

/// Samples of less than a byte, packed in rows that begin with a byte, each in a byte of its own.
fn unpack(samples: DecodingResult, bits: u8, row_samples: usize) -> Result<DecodingResult, Error> {
    let packed = match samples {
        DecodingResult::U8(packed) if bits < 8 => packed,
        _ if bits < 8 => return Err(unsupported()),
        samples => return Ok(samples),
    };
    let bits = usize::from(bits);
    let mask = 0xff_u8 >> (8 - bits);
    let mut unpacked = Vec::with_capacity(packed.len() * 8 / bits);
    for row in packed.chunks_exact((row_samples * bits).div_ceil(8)) {
        let byte = |at: usize| u16::from(row.get(at).copied().unwrap_or_default());
        let sample = |at: usize| ((byte(at / 8) << 8 | byte(at / 8 + 1)) >> (16 - bits - at % 8)) as u8 & mask;
        unpacked.extend((0..row_samples).map(|index| sample(index * bits)));
    }
    Ok(DecodingResult::U8(unpacked))
}

/// Samples of any kind as bytes, of which each fills the range.
pub(super) fn to_bytes(samples: DecodingResult, bits: u8) -> Result<Vec<u8>, Error> {
    // `as` clamps, and makes 0 of what is not a number.
    let real = |sample: f32| (sample * 255.0).round() as u8;
    Ok(match samples {
        DecodingResult::U8(samples) if bits < 8 => {
            let max = (1 << bits) - 1;
            samples.into_iter().map(|sample| (u16::from(sample) * 255 / max) as u8).collect()
        }
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().map(|sample| (sample >> 8) as u8).collect(),
        DecodingResult::U32(samples) => samples.into_iter().map(|sample| (sample >> 24) as u8).collect(),
        DecodingResult::F32(samples) if are_shades(&samples, |&sample| sample.into()) => {
            samples.into_iter().map(real).collect()
        }
        DecodingResult::F64(samples) if are_shades(&samples, |&sample| sample) => {
            samples.into_iter().map(|sample| real(sample as f32)).collect()
        }
        _ => return Err(unsupported()),
    })
}

/// Real numbers from 0 to 1 are shades, with a few beyond in photos of high range. Others are heights of a landscape
/// and the like, which would be a white or a black picture.
fn are_shades<Sample>(samples: &[Sample], value: impl Fn(&Sample) -> f64) -> bool {
    let beyond = samples.iter().filter(|sample| !(0.0..=1.0).contains(&value(sample))).count();
    beyond <= samples.len() / 4
}

/// Planes, one after another, as pixels.
fn interleaved<Sample: Copy>(samples: Vec<Sample>, planes: usize, area: usize) -> Result<Vec<Sample>, Error> {
    if planes == 1 {
        return Ok(samples);
    }
    // The decoder gives the first plane alone when it is not allowed to hold all.
    if samples.len() != area * planes {
        return Err(TiffError::LimitsExceeded.into());
    }
    Ok((0..area).flat_map(|index| samples[index..].iter().step_by(area).copied()).collect())
}

pub(super) fn unsupported() -> Error {
    Error::rejected(Reason::Unsupported, "This variant of TIFF cannot be read.")
}

pub(super) fn damaged() -> Error {
    Error::malformed("The TIFF is damaged or cut off.")
}

impl From<TiffError> for Error {
    fn from(cause: TiffError) -> Self {
        let refusal = match &cause {
            TiffError::UnsupportedError(_) => unsupported(),
            TiffError::LimitsExceeded => {
                Self::rejected(Reason::TooManyPixels, "The picture needs more memory than is allowed.")
            }
            _ => damaged(),
        };
        refusal.because(cause)
    }
}

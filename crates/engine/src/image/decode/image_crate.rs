//! Decoders of the `image` crate, for the formats that need nothing beyond it.

use crate::Error;
use crate::image::{Header, Layout, Orientation, Picture, Pixels, Profile};
use image::{ColorType, ImageDecoder, ImageError};
use model::Reason;

/// What the decoder says of the picture.
pub fn header(decoder: &mut impl ImageDecoder) -> Header {
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation().map(|orientation| u32::from(orientation.to_exif()));
    Header {
        alpha: decoder.color_type().has_alpha(),
        orientation: Orientation::from_exif(orientation.unwrap_or(1)),
        ..Header::plain(width, height)
    }
}

/// The picture, brought to 8 bits.
pub fn decode(mut decoder: impl ImageDecoder) -> Result<Picture, Error> {
    let (width, height) = decoder.dimensions();
    let color = decoder.color_type();
    let icc = decoder.icc_profile().ok().flatten();
    let mut data = vec![0; decoder.total_bytes() as usize];
    decoder.read_image(&mut data)?;
    let (layout, data) = to_8_bits(data, color);
    let profile = Profile::icc(icc.as_deref(), layout);
    Ok(Picture::whole(Pixels { width, height, layout, data }, profile))
}

fn to_8_bits(data: Vec<u8>, color: ColorType) -> (Layout, Vec<u8>) {
    let data = match color.bytes_per_pixel() / color.channel_count() {
        1 => data,
        // In place: a second copy of a large picture would not fit.
        2 => shrink(data, |&sample: &[u8; 2]| (u16::from_ne_bytes(sample) >> 8) as u8),
        // `as` clamps, and makes 0 of what is not a number.
        _ => shrink(data, |&sample: &[u8; 4]| (f32::from_ne_bytes(sample) * 255.0).round() as u8),
    };
    match color.channel_count() {
        1 => (Layout::Gray, data),
        2 => (Layout::Rgba, gray_alpha_to_rgba(&data)),
        3 => (Layout::Rgb, data),
        _ => (Layout::Rgba, data),
    }
}

/// Grey with alpha as red, green, blue and alpha.
pub fn gray_alpha_to_rgba(data: &[u8]) -> Vec<u8> {
    data.as_chunks().0.iter().flat_map(|&[gray, alpha]| [gray, gray, gray, alpha]).collect()
}

fn shrink<const BYTES: usize>(mut data: Vec<u8>, to_byte: fn(&[u8; BYTES]) -> u8) -> Vec<u8> {
    let samples = data.len() / BYTES;
    for index in 0..samples {
        let sample = data[index * BYTES..].first_chunk().map(to_byte);
        data[index] = sample.unwrap_or_default();
    }
    data.truncate(samples);
    data
}

impl From<ImageError> for Error {
    fn from(cause: ImageError) -> Self {
        let refusal = match &cause {
            ImageError::Unsupported(_) => {
                Self::rejected(Reason::Unsupported, "This variant of the format cannot be read.")
            }
            ImageError::Limits(_) => {
                Self::rejected(Reason::TooManyPixels, "The picture needs more memory than is allowed.")
            }
            _ => Self::malformed("The picture is damaged or cut off."),
        };
        refusal.because(cause)
    }
}

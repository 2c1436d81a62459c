//! AVIF out: one AV1 picture by rav1e, 4:2:0, and one of its opacity if it has any, on this thread alone.

use crate::Error;
use crate::image::{Layout, Pixels, stay_on_this_thread};
use avif_serialize::Aviffy;
use avif_serialize::constants::MatrixCoefficients as Matrix;
use model::Effort;
use rav1e::prelude::*;

/// rav1e's 0 to 10. At 9 a picture of two megapixels takes about a second; 6 saves a tenth of the bytes for several times that.
const SPEED: u8 = 9;
const SPEED_SMALLEST: u8 = 6;
/// Opacity is seen as edges, where loss shows more than in colours.
const ALPHA_QUALITY: u8 = 90;

/// The picture as an AVIF without any metadata. Takes grey, RGB or RGBA.
pub fn encode(pixels: &Pixels, quality: u8, effort: Effort) -> Result<Vec<u8>, Error> {
    stay_on_this_thread();
    let speed = if effort == Effort::Smallest { SPEED_SMALLEST } else { SPEED };
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let color = match pixels.layout {
        Layout::Gray => frame(&[Plane { data: pixels.data.clone(), width, height }], quality, speed)?,
        _ => frame(&planes(pixels), quality, speed)?,
    };
    let alpha = match pixels.layout {
        Layout::Rgba if !pixels.is_opaque() => {
            let data = pixels.data.as_chunks::<4>().0.iter().map(|pixel| pixel[3]).collect();
            Some(frame(&[Plane { data, width, height }], quality.max(ALPHA_QUALITY), speed)?)
        }
        _ => None,
    };
    let gray = pixels.layout == Layout::Gray;
    let mut container = Aviffy::new();
    container.set_matrix_coefficients(Matrix::Bt601).set_full_color_range(true);
    container.set_monochrome(gray).set_chroma_subsampling((true, true));
    Ok(container.to_vec(&color, alpha.as_deref(), pixels.width, pixels.height, 8))
}

struct Plane {
    data: Vec<u8>,
    width: usize,
    height: usize,
}

/// One AV1 picture: luma alone, or luma and two planes of chroma of half its width and height.
fn frame(planes: &[Plane], quality: u8, speed: u8) -> Result<Vec<u8>, Error> {
    let Plane { width, height, .. } = planes[0];
    let settings = EncoderConfig {
        width,
        height,
        time_base: Rational { num: 1, den: 1 },
        bit_depth: 8,
        chroma_sampling: if planes.len() == 1 { ChromaSampling::Cs400 } else { ChromaSampling::Cs420 },
        pixel_range: PixelRange::Full,
        color_description: Some(ColorDescription {
            color_primaries: ColorPrimaries::BT709,
            transfer_characteristics: TransferCharacteristics::SRGB,
            matrix_coefficients: MatrixCoefficients::BT601,
        }),
        still_picture: true,
        quantizer: quantizer(quality),
        tiles: 1,
        ..EncoderConfig::with_speed_preset(speed)
    };
    let mut encoder: Context<u8> =
        Config::new().with_encoder_config(settings).with_threads(1).new_context().map_err(failed)?;
    let mut frame = encoder.new_frame();
    for (target, plane) in frame.planes.iter_mut().zip(planes) {
        target.copy_from_raw_u8(&plane.data, plane.width, 1);
    }
    encoder.send_frame(frame).map_err(failed)?;
    encoder.flush();
    let mut units = vec![];
    loop {
        match encoder.receive_packet() {
            Ok(packet) => units.extend(packet.data),
            Err(EncoderStatus::Encoded) => {}
            Err(EncoderStatus::LimitReached) => return Ok(units),
            Err(other) => return Err(failed(other)),
        }
    }
}

/// AV1's 0 to 255 for a preset's quality. Measured on photos: a picture comes as near to its original as a JPEG of the same
/// quality from 60 to 92 does, in about three fifths of the bytes.
fn quantizer(quality: u8) -> usize {
    let loss = f64::from(100 - quality.clamp(1, 100)) / 100.0;
    (loss.powf(0.3) * 0.82 * 255.0).round() as usize
}

/// Luma and chroma (BT.601, full range) of RGB or RGBA; each sample of chroma is the mean of four pixels.
fn planes(pixels: &Pixels) -> [Plane; 3] {
    let (width, height, channels) = (pixels.width as usize, pixels.height as usize, pixels.layout.channels());
    let mut luma = Vec::with_capacity(width * height);
    for pixel in pixels.data.chunks_exact(channels) {
        let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(i32::from);
        luma.push(((19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16) as u8);
    }
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let mut chroma = [Vec::with_capacity(half_width * half_height), Vec::with_capacity(half_width * half_height)];
    for y in 0..half_height {
        let rows =
            [2 * y, (2 * y + 1).min(height - 1)].map(|row| &pixels.data[row * width * channels..][..width * channels]);
        for x in 0..half_width {
            let columns = [2 * x, (2 * x + 1).min(width - 1)];
            let mut sums = [0; 3];
            for pixel in rows.iter().flat_map(|row| columns.map(|column| &row[column * channels..][..3])) {
                sums.iter_mut().zip(pixel).for_each(|(sum, &color)| *sum += i32::from(color));
            }
            // Sums of four, so that two more bits are shifted away; 128 is no colour.
            let [red, green, blue] = sums;
            let sample = |weighted: i32| (((weighted + (1 << 17)) >> 18) + 128).clamp(0, 255) as u8;
            chroma[0].push(sample(-11_059 * red - 21_709 * green + 32_768 * blue));
            chroma[1].push(sample(32_768 * red - 27_439 * green - 5_329 * blue));
        }
    }
    let [blue, red] = chroma.map(|data| Plane { data, width: half_width, height: half_height });
    [Plane { data: luma, width, height }, blue, red]
}

/// Sizes and settings are ours and valid, so that only memory can be missing.
fn failed(cause: impl std::fmt::Display) -> Error {
    Error::Io(std::io::Error::new(std::io::ErrorKind::OutOfMemory, cause.to_string()))
}

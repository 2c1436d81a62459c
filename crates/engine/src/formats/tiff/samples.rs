//! Samples as the decoder gives them, brought to one byte each, pixel by pixel.

use super::decoder::unsupported;
use crate::Error;
use tiff::TiffError;
use tiff::decoder::DecodingResult;

/// Samples of less than a byte, packed in rows that begin with a byte, each in a byte of its own.
pub fn unpack(samples: DecodingResult, bits: u8, row_samples: usize) -> Result<DecodingResult, Error> {
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
pub fn to_bytes(samples: DecodingResult, bits: u8) -> Result<Vec<u8>, Error> {
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
pub fn interleaved<Sample: Copy>(samples: Vec<Sample>, planes: usize, area: usize) -> Result<Vec<Sample>, Error> {
    if planes == 1 {
        return Ok(samples);
    }
    // The decoder gives the first plane alone when it is not allowed to hold all.
    if samples.len() != area * planes {
        return Err(TiffError::LimitsExceeded.into());
    }
    Ok((0..area).flat_map(|index| samples[index..].iter().step_by(area).copied()).collect())
}
